// GcHeap: placing objects, marking, sweeping. See heap.hpp.
// Spec: exec/runtime (structure and array instances).
#include "core/memory/heap.hpp"

#include "core/memory/pages.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace wasmi::core {

namespace {

constexpr u64 round_up(u64 v, u64 to) { return (v + to - 1) & ~(to - 1); }

}  // namespace

GrowingPages::~GrowingPages() { unmap_pages(data_, size_); }

bool GrowingPages::grow_to(u64 bytes) noexcept {
    if (bytes <= size_) return true;
    u8* p = data_ == nullptr ? map_pages(bytes) : remap_pages(data_, size_, bytes);
    if (p == nullptr) return false;
    data_ = p;
    size_ = bytes;
    return true;
}

void GcHeap::configure(const TypeRegistry& types, u64 limit_bytes, u32 stress) noexcept {
    constexpr u64 kMost = (u64{1} << 32) / kBlockSize - 1;
    types_ = &types;
    max_blocks_ = static_cast<u32>(std::min(limit_bytes / kBlockSize, kMost)) + 1;
    stress_ = stress;
}

ObjectHeader GcHeap::header(u32 at) const noexcept {
    ObjectHeader h;
    std::memcpy(&h, data() + at, sizeof h);
    return h;
}

u64 GcHeap::object_size(u32 at) const noexcept {
    const ObjectHeader h = header(at);
    const DefinedType& type = types_->get(h.type);
    if (type.sub.kind != CompositeKind::array) return type.object_size;
    return round_up(kObjectHeaderSize + (u64{h.length} << type.layout[0].size_log2), 8);
}

// ---- allocation ---------------------------------------------------------------------------------

u32 GcHeap::allocate(TypeId type, u32 length, u64 bytes, bool zeroed, bool collected) noexcept {
    if (stress_ != 0 && !collected && until_stress_-- == 0) {
        until_stress_ = stress_ - 1;
        return 0;
    }
    if (collected && tight_) return 0;
    bytes = round_up(bytes, 8);
    const u32 at = bytes <= kMaxSmall ? place(static_cast<u32>(bytes), zeroed, collected)
                                      : place_large(bytes, zeroed, collected);
    if (at == 0) return 0;
    set(starts_, at);
    const ObjectHeader h{type, length};
    std::memcpy(data() + at, &h, sizeof h);
    return at;
}

u32 GcHeap::place(u32 bytes, bool zeroed, bool collected) noexcept {
    u32 at = 0;
    if (bytes <= run_end_ - run_) {
        at = run_;
        run_ += bytes;
    } else if (bytes > kMaxInGaps) {
        // A block of its own kind, so that the gaps stay for those that fit.
        if (bytes > wide_end_ - wide_) {
            bool fresh = false;
            const u32 block = take_blocks(1, collected, fresh);
            if (block != kNoBlock) {
                wide_ = block * kBlockSize;
                wide_end_ = wide_ + kBlockSize;
            } else if (is_due(kBlockSize, collected) || !next_gap(bytes)) {
                return 0;
            }
        }
        u32& from = bytes <= wide_end_ - wide_ ? wide_ : run_;
        at = from;
        from += bytes;
    } else {
        if (!next_run(bytes, collected)) return 0;
        at = run_;
        run_ += bytes;
    }
    if (zeroed) std::memset(data() + at, 0, bytes);
    return at;
}

u32 GcHeap::place_large(u64 bytes, bool zeroed, bool collected) noexcept {
    if (!can_hold(bytes)) return 0;
    const auto count = static_cast<u32>((bytes + kBlockSize - 1) / kBlockSize);
    bool fresh = false;
    const u32 block = take_blocks(count, collected, fresh);
    if (block == kNoBlock) return 0;
    blocks_[block] = Block::large_head;
    std::fill_n(blocks_.begin() + block + 1, count - 1, Block::large_tail);
    const u32 at = block * kBlockSize;
    if (zeroed && !fresh) std::memset(data() + at, 0, bytes);
    return at;
}

/// Makes the run one that holds so many bytes.
bool GcHeap::next_run(u32 bytes, bool collected) noexcept {
    if (next_gap(bytes)) return true;
    bool fresh = false;
    const u32 block = take_blocks(1, collected, fresh);
    if (block == kNoBlock) return false;
    run_ = block * kBlockSize;
    run_end_ = run_ + kBlockSize;
    return true;
}

bool GcHeap::next_gap(u32 bytes) noexcept {
    for (;;) {
        while (gap_ < gap_end_) {
            const u32 from = gap_;
            const u32 to = next_start(from, gap_end_);
            gap_ = to < gap_end_ ? to + static_cast<u32>(object_size(to)) : gap_end_;
            if (to - from < bytes) continue;
            run_ = from;
            run_end_ = to;
            allocated_ += to - from;
            return true;
        }
        while (recycle_ < used_ && blocks_[recycle_] != Block::recyclable) ++recycle_;
        if (recycle_ == used_) return false;
        blocks_[recycle_] = Block::small;
        gap_ = recycle_ * kBlockSize;
        gap_end_ = gap_ + kBlockSize;
    }
}

/// First of so many free blocks in a row, which become `small`; kNoBlock if it is time to collect
/// or there are none. fresh: never used, all zero.
u32 GcHeap::take_blocks(u32 count, bool collected, bool& fresh) noexcept {
    const u64 bytes = u64{count} * kBlockSize;
    if (is_due(bytes, collected)) return kNoBlock;
    u32 block = find_free(count);
    fresh = block == kNoBlock;
    if (fresh) block = extend(count);
    if (block == kNoBlock) return kNoBlock;
    std::fill_n(blocks_.begin() + block, count, Block::small);
    in_use_ += count;
    allocated_ += bytes;
    return block;
}

u32 GcHeap::find_free(u32 count) noexcept {
    if (count == 1) {
        while (free_ < used_ && blocks_[free_] != Block::free) ++free_;
        return free_ < used_ ? free_ : kNoBlock;
    }
    // Blocks that are skipped here are single ones for later, or wait for the next collection.
    u32 found = 0;
    for (; free_run_ < used_; ++free_run_) {
        found = blocks_[free_run_] == Block::free ? found + 1 : 0;
        if (found == count) return free_run_++ + 1 - count;
    }
    free_run_ = used_ - found;
    return kNoBlock;
}

u32 GcHeap::extend(u32 count) noexcept {
    if (count > max_blocks_ - used_) return kNoBlock;
    const u32 needed = used_ + count;
    if (needed > blocks_.size()) {
        const u64 room = std::min<u64>(std::max<u64>(u64{needed} + needed / 2, 64), max_blocks_);
        // An object that refers to another takes 16 bytes or more.
        if (!pages_.grow_to(room * kBlockSize) || !starts_.grow_to(room * kBitmapBytesPerBlock) ||
            !marks_.grow_to(room * kBitmapBytesPerBlock) ||
            !stack_.grow_to(room * (kBlockSize / 16) * sizeof(u32))) {
            return kNoBlock;
        }
        blocks_.resize(static_cast<std::size_t>(room), Block::free);
    }
    const u32 block = used_;
    used_ = needed;
    return block;
}

/// The first object start in [from, end), or end.
u32 GcHeap::next_start(u32 from, u32 end) const noexcept {
    const u8* bits = starts_.data();
    while (from < end) {
        u64 word = 0;
        std::memcpy(&word, bits + (from >> 9) * 8, sizeof word);
        word >>= from >> 3 & 63;
        if (word != 0) return std::min(end, from + static_cast<u32>(std::countr_zero(word)) * 8);
        from = (from & ~u32{511}) + 512;
    }
    return end;
}

// ---- collection ---------------------------------------------------------------------------------

void GcHeap::begin_marking() noexcept {
    live_bytes_ = 0;
    depth_ = 0;
}

void GcHeap::mark_object(u32 at) noexcept {
    if (test(marks_, at)) return;
    set(marks_, at);
    const u64 size = object_size(at);
    live_bytes_ += size > kMaxSmall ? round_up(size, kBlockSize) : size;
    if (size > kObjectHeaderSize && types_->get(header(at).type).traced) {
        reinterpret_cast<u32*>(stack_.data())[depth_++] = at;
    }
}

bool GcHeap::block_is_marked(u32 block) const noexcept {
    const u8* bits = marks_.data() + u64{block} * kBitmapBytesPerBlock;
    u64 any = 0;
    for (u32 i = 0; i < kBitmapBytesPerBlock; i += 8) {
        u64 word = 0;
        std::memcpy(&word, bits + i, sizeof word);
        any |= word;
    }
    return any != 0;
}

void GcHeap::sweep(u64 root_bytes) noexcept {
    in_use_ = 0;
    bool keep = false;  // the large object that is being passed
    for (u32 block = 1; block < used_; ++block) {
        switch (blocks_[block]) {
            case Block::free:
                continue;
            case Block::small:
            case Block::recyclable:
                keep = block_is_marked(block);
                blocks_[block] = keep ? Block::recyclable : Block::free;
                break;
            case Block::large_head:
                keep = test(marks_, block * kBlockSize);
                [[fallthrough]];
            case Block::large_tail:
                if (!keep) blocks_[block] = Block::free;
                break;
        }
        in_use_ += keep ? 1 : 0;
    }
    // What is marked is what there is. The other bitmap becomes the next one for marks.
    const u64 bitmap_bytes = u64{used_} * kBitmapBytesPerBlock;
    if (starts_.data() != nullptr) {
        std::memcpy(starts_.data(), marks_.data(), bitmap_bytes);
        std::memset(marks_.data(), 0, bitmap_bytes);
    }
    // At the limit, a program whose every few allocations cost a collection is at its end.
    const u64 limit = limit_bytes();
    tight_ = allocated_ < limit / 64 && live_bytes_ > limit - limit / 16;
    run_ = run_end_ = gap_ = gap_end_ = wide_ = wide_end_ = 0;
    recycle_ = free_ = free_run_ = 1;
    allocated_ = 0;
    threshold_ = std::max(kMinThreshold, live_bytes_ + root_bytes / 4);
    ++collections_;
}

}  // namespace wasmi::core
