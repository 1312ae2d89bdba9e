// Emitter: see emitter.hpp.
#include "core/translator/emitter.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace wasmi::core {

namespace {

/// Of an encoded instruction, the targets of br_table apart: header, three sources, immediate,
/// destination.
constexpr std::size_t kMostBytes = kHeaderSize + 3 * 16 + 16 + 2;
static_assert([] {
    for (const OpInfo& op : kOps) {
        if (imm_size(op.imm) > 16) return false;
    }
    return true;
}());

u32 form_of(const Ins& ins) {
    WASMI_ASSERT(form_exists(ins.op, ins.k));
    WASMI_ASSERT(in_mask(info(ins.op).shape.a, ins.k.a) && in_mask(info(ins.op).shape.b, ins.k.b) &&
                 in_mask(info(ins.op).shape.c, ins.k.c) && in_mask(info(ins.op).shape.d, ins.k.d));
    return form_id(ins.op, ins.k);
}

}  // namespace

void Emitter::start(const CodeTarget& target, bool fuse, std::vector<CodePosition>* positions,
                    std::vector<FormBlock>* blocks) {
    blocks_ = blocks;
    loop_depth_ = block_depth_ = 0;
    target_ = target;
    fuse_ = fuse;
    positions_ = positions;
    block_.clear();
    size_ = 0;
    labels_.clear();
    fixups_.clear();
    cost_fixups_.clear();
    tables_.clear();
    vectors_.clear();
}

LabelId Emitter::new_label() {
    labels_.emplace_back();
    return static_cast<LabelId>(labels_.size() - 1);
}

void Emitter::bind(LabelId label) {
    flush();
    labels_[label].position = position();
}

u64 Emitter::add_table(const std::vector<TableTarget>& targets) {
    const u64 first = tables_.size();
    tables_.insert(tables_.end(), targets.begin(), targets.end());
    for (const TableTarget& t : targets) mark_used(t.label);
    return first;
}

void Emitter::reserve(std::size_t bytes) {
    if (code_.size() - size_ >= bytes) return;
    code_.resize(std::max(code_.size() * 2, size_ + bytes));
}

template <class T>
WASMI_ALWAYS_INLINE void Emitter::put(T value) {
    WASMI_ASSERT(code_.size() - size_ >= sizeof value);
    std::memcpy(code_.data() + size_, &value, sizeof value);
    size_ += u32{sizeof value};
}

void Emitter::put_source(char type, Cls cls, u64 value) {
    switch (field_size(type, cls)) {
        case 2:
            put(static_cast<u16>(value));
            break;
        case 4:
            put(static_cast<u32>(value));
            break;
        case 8:
            put(value);
            break;
        case 16:
            put(vectors_[value].low);
            put(vectors_[value].high);
            break;
        default:
            break;
    }
}

void Emitter::put_branch(LabelId label, u32 run) {
    labels_[label].used = true;
    fixups_.push_back({position(), run, label});
    put(i32{0});
}

void Emitter::encode_fields(const Ins& ins, u32 run) {
    const OpInfo& o = info(ins.op);
    if (positions_ != nullptr) positions_->push_back({position(), ins.offset});
    put_source(o.types[0], ins.k.a, ins.a);
    put_source(o.types[1], ins.k.b, ins.b);
    put_source(o.types[2], ins.k.c, ins.c);
    switch (o.imm) {
        case ImmKind::none:
            break;
        case ImmKind::u16:
            put(ins.s[0]);
            break;
        case ImmKind::u32:
            put(ins.w[0]);
            break;
        case ImmKind::v128:
            put(vectors_[ins.q].low);
            put(vectors_[ins.q].high);
            break;
        case ImmKind::rel:
            put_branch(ins.label, run);
            break;
        case ImmKind::loop:
            put_branch(ins.label, run);
            cost_fixups_.push_back({position(), run, ins.label});
            put(u32{0});
            break;
        case ImmKind::ldp:
            put(ins.s[0]);
            put(ins.s[1]);
            break;
        case ImmKind::call:
            put(ins.q);
            put(ins.s[0]);
            break;
        case ImmKind::icall:
            put(ins.s[0]);
            put(ins.w[0]);
            put(ins.s[1]);
            break;
        case ImmKind::mem:
            put(ins.s[0]);
            put(ins.q);
            break;
        case ImmKind::retn:
            put(ins.s[0]);
            put(ins.s[1]);
            put(ins.s[2]);
            break;
        case ImmKind::slow:
            for (const u16 slot : ins.s) put(slot);
            for (const u32 word : ins.w) put(word);
            break;
    }
    if (dest_size(ins.k.d) != 0) put(static_cast<u16>(ins.d));
    if (ins.op == Op::br_table) {
        reserve((std::size_t{ins.w[0]} + 1) * 8 + block_.size() * kMostBytes);
        for (u64 i = ins.q; i <= ins.q + ins.w[0]; ++i) {
            put_branch(tables_[i].label, run);
            if (tables_[i].backward) cost_fixups_.push_back({position(), run, tables_[i].label});
            put(u32{0});
        }
    }
}

void Emitter::flush() {
    const std::size_t count = block_.size();
    reserve(count * kMostBytes);
    forms_.clear();
    for (const Ins& ins : block_) {
        const u32 form = form_of(ins);
        if (!forms_.empty()) target_.fuse.prefetch(forms_.back(), form);
        forms_.push_back(static_cast<u16>(form));
    }
    if (blocks_ != nullptr) blocks_->push_back({block_depth_, forms_});
    for (std::size_t i = 0; i < count;) {
        const u32 run = position();
        put(u64{0});
        u32 id = forms_[i];
        u64 header = target_.header(block_[i].op, id);
        encode_fields(block_[i], run);
        while (++i < count) {
            const u32 longer = fuse_ ? target_.fuse.find(id, forms_[i]) : 0;
            if (longer == 0) break;
            id = longer;
            header = target_.fuse.header(id);
            encode_fields(block_[i], run);
        }
        WASMI_ASSERT(header != 0 || target_.headers == nullptr);
        std::memcpy(code_.data() + run, &header, sizeof header);
    }
    block_.clear();
    block_depth_ = loop_depth_;
}

std::span<const u8> Emitter::finish() {
    flush();
    for (const Fixup& f : fixups_) {
        const i32 distance = static_cast<i32>(labels_[f.label].position) - static_cast<i32>(f.base);
        std::memcpy(code_.data() + f.at, &distance, sizeof distance);
    }
    for (const Fixup& f : cost_fixups_) {
        // At least 1: in a br_table 0 stands for a forward branch.
        const u32 cost = labels_[f.label].cost != 0 ? labels_[f.label].cost : 1;
        std::memcpy(code_.data() + f.at, &cost, sizeof cost);
    }
    return {code_.data(), size_};
}

}  // namespace wasmi::core
