// The GC heap of a store: structures and arrays, addressed by 32-bit offsets.
// Spec: exec/runtime (structure and array instances).
//
// Objects never move; the mapping that holds them does, so no native pointer survives an
// allocation. The heap is cut into blocks. Small objects are laid one after the other into free
// blocks and into the gaps that a collection has left in others; large ones take whole blocks.
// Who collects knows the roots: the heap says when, marks what it is shown, and sweeps.
//
//     while allocate() returns 0 for want of a collection:
//         begin_marking();  mark(word)…;  drain(…) until nothing is new;  sweep(…)
//
// A bitmap of object starts tells references from other words, so roots may be anything.
#pragma once

#include "core/memory/instance.hpp"
#include "core/types/basics.hpp"
#include "core/types/type_registry.hpp"

#include <cstring>
#include <vector>

namespace wasmi::core {

/// Pages that grow; never shrink before the end.
class GrowingPages {
  public:
    GrowingPages() = default;
    ~GrowingPages();
    GrowingPages(const GrowingPages&) = delete;
    GrowingPages& operator=(const GrowingPages&) = delete;
    [[nodiscard]] bool grow_to(u64 bytes) noexcept;
    [[nodiscard]] u8* data() const { return data_; }

  private:
    u8* data_ = nullptr;
    u64 size_ = 0;
};

/// What precedes the fields of every object.
struct ObjectHeader {
    TypeId type;
    u32 length;  ///< of arrays, in elements
};
static_assert(sizeof(ObjectHeader) == kObjectHeaderSize);

class GcHeap {
  public:
    static constexpr u32 kBlockSize = 32 * 1024;
    /// Larger objects have blocks of their own.
    static constexpr u32 kMaxSmall = kBlockSize / 2;

    GcHeap() = default;
    GcHeap(const GcHeap&) = delete;
    GcHeap& operator=(const GcHeap&) = delete;

    /// Before the first allocation. The limit counts whole blocks.
    void configure(const TypeRegistry& types, u64 limit_bytes, u32 stress) noexcept;

    /// Offset of a new object of this type; its fields are zero if `zeroed`, else anything.
    /// 0: collect first, or, if `collected`, the heap is exhausted. `bytes` includes the header.
    [[nodiscard]] u32 allocate(TypeId type, u32 length, u64 bytes, bool zeroed,
                               bool collected) noexcept;
    /// False if not even an empty heap could hold an object of that size.
    [[nodiscard]] bool can_hold(u64 bytes) const noexcept { return bytes <= limit_bytes(); }

    /// All offsets count from here. Changes when the heap grows.
    [[nodiscard]] u8* data() const noexcept { return pages_.data(); }
    [[nodiscard]] ObjectHeader header(u32 at) const noexcept;
    [[nodiscard]] u64 object_size(u32 at) const noexcept;
    /// Whether any word is a reference to an object of this heap.
    [[nodiscard]] bool is_object(u64 word) const noexcept {
        return word >= kBlockSize && word < u64{used_} * kBlockSize && (word & 7) == 0 &&
               test(starts_, static_cast<u32>(word));
    }

    // ---- collection ----------------------------------------------------------------------------
    void begin_marking() noexcept;
    /// Marks what `word` refers to, if it is a reference to an object.
    void mark(u64 word) noexcept {
        if (is_object(word)) mark_object(static_cast<u32>(word));
    }
    /// Follows references from marked objects. Exceptions in fields go to `exception` as words.
    template <class Fn>
    void drain(Fn&& exception) noexcept {
        while (depth_ != 0) {
            const u32 at = reinterpret_cast<u32*>(stack_.data())[--depth_];
            const ObjectHeader h = header(at);
            const DefinedType& type = types_->get(h.type);
            if (type.sub.kind == CompositeKind::array) {
                const FieldLayout f = type.layout[0];
                for (u64 i = 0; i < h.length; ++i) {
                    trace(f.trace, at + f.offset + (i << f.size_log2), exception);
                }
            } else {
                for (const FieldLayout& f : type.layout) {
                    trace(f.trace, u64{at} + f.offset, exception);
                }
            }
        }
    }
    /// Frees what is not marked. The more bytes of roots there were, the later the next one.
    void sweep(u64 root_bytes) noexcept;

    /// Bytes of blocks that hold objects, dead ones included.
    [[nodiscard]] u64 bytes_in_use() const noexcept { return u64{in_use_} * kBlockSize; }
    [[nodiscard]] u64 collections() const noexcept { return collections_; }

  private:
    enum class Block : u8 {
        free,
        small,       ///< holds small objects; not to be looked at until the next collection
        recyclable,  ///< the same, with gaps
        large_head,
        large_tail,
    };
    /// Objects up to here are placed in gaps of any size; what a skipped gap wastes is less.
    static constexpr u32 kMaxInGaps = 256;
    /// Bytes allocated between collections, at least.
    static constexpr u64 kMinThreshold = u64{2} << 20;
    static constexpr u32 kBitmapBytesPerBlock = kBlockSize / 8 / 8;
    static constexpr u32 kNoBlock = 0;  ///< block 0 is never used: offset 0 is null

    [[nodiscard]] u64 limit_bytes() const noexcept { return u64{max_blocks_ - 1} * kBlockSize; }
    [[nodiscard]] static bool test(const GrowingPages& bits, u32 at) noexcept {
        return (bits.data()[at >> 6] >> (at >> 3 & 7) & 1u) != 0;
    }
    static void set(const GrowingPages& bits, u32 at) noexcept {
        bits.data()[at >> 6] = static_cast<u8>(bits.data()[at >> 6] | 1u << (at >> 3 & 7));
    }

    /// Whether it is time to collect before taking so many bytes.
    [[nodiscard]] bool is_due(u64 bytes, bool collected) const noexcept {
        return !collected && allocated_ + bytes > threshold_ && in_use_ != 0;
    }
    [[nodiscard]] u32 place(u32 bytes, bool zeroed, bool collected) noexcept;
    [[nodiscard]] u32 place_large(u64 bytes, bool zeroed, bool collected) noexcept;
    [[nodiscard]] bool next_run(u32 bytes, bool collected) noexcept;
    [[nodiscard]] bool next_gap(u32 bytes) noexcept;
    [[nodiscard]] u32 take_blocks(u32 count, bool collected, bool& fresh) noexcept;
    [[nodiscard]] u32 find_free(u32 count) noexcept;
    [[nodiscard]] u32 extend(u32 count) noexcept;
    [[nodiscard]] u32 next_start(u32 from, u32 end) const noexcept;
    [[nodiscard]] bool block_is_marked(u32 block) const noexcept;

    void mark_object(u32 at) noexcept;
    template <class Fn>
    void trace(FieldLayout::Trace kind, u64 at, Fn&& exception) noexcept {
        if (kind == FieldLayout::Trace::none) return;
        if (kind == FieldLayout::Trace::exception) {
            u64 word = 0;
            std::memcpy(&word, data() + at, sizeof word);
            if (word != 0) exception(word);
            return;
        }
        u32 word = 0;
        std::memcpy(&word, data() + at, sizeof word);
        if (word != 0 && (word & 7) == 0) mark_object(word);
    }

    const TypeRegistry* types_ = nullptr;
    GrowingPages pages_;
    GrowingPages starts_;  ///< one bit for eight bytes: an object begins here
    GrowingPages marks_;   ///< the same for marked objects; all zero between collections
    GrowingPages stack_;   ///< marked objects to follow: room for all that refer to others
    u64 depth_ = 0;
    std::vector<Block> blocks_;  ///< as many as are mapped
    u32 max_blocks_ = 1;
    u32 used_ = 1;    ///< blocks from here on were never used and are zero
    u32 in_use_ = 0;  ///< blocks that are not free

    // Where small objects go next, and the block whose gaps are being used up.
    u32 run_ = 0, run_end_ = 0;
    u32 gap_ = 0, gap_end_ = 0;
    u32 recycle_ = 1;              ///< no recyclable block below
    u32 wide_ = 0, wide_end_ = 0;  ///< run of whole blocks for objects above kMaxInGaps
    u32 free_ = 1;                 ///< no free block below
    u32 free_run_ = 1;             ///< where the search for several free blocks goes on

    u64 allocated_ = 0;  ///< since the last collection
    u64 threshold_ = kMinThreshold;
    u64 live_bytes_ = 0;  ///< of the objects that the last collection has found alive
    u64 collections_ = 0;
    bool tight_ = false;  ///< the last collection freed next to nothing
    u32 stress_ = 0;      ///< collect at every n-th allocation; 0: when needed
    u32 until_stress_ = 0;
};

}  // namespace wasmi::core
