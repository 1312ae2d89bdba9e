// Emitter: see emitter.hpp.
#include "core/translator/emitter.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace wasmi::core {

namespace {

/// Of an encoded instruction, the targets of br_table apart: header, three sources, immediate,
/// destination. Fields are written in words of eight bytes, and parts of them overwritten.
constexpr std::size_t kMostBytes = kHeaderSize + 3 * 16 + kMostImm + 8;
/// Of one target of a br_table.
constexpr std::size_t kTargetBytes = 8;

static_assert([] {
    for (const OpInfo& op : kOps) {
        if (imm_size(op.imm) > kMostImm) return false;
    }
    return true;
}());

/// How an operation is encoded. Tables by class instead of jumps: which instruction comes next is
/// hard to predict.
struct alignas(64) Encoding {
    /// plain: without C, vectors, calls; a forward branch, or at most 8 bytes of immediate.
    enum class Kind : u8 { plain, other };
    /// Summands of the form id: form_id() without multiplications.
    u16 form_a[kNumClasses];
    u8 form_b[kNumClasses], form_c[kNumClasses], form_d[kNumClasses];
    u8 size_a[kNumClasses], size_b[kNumClasses], size_d[kNumClasses];  ///< of the fields
    Kind kind;
    bool is_branch;
    u8 imm;  ///< size of the immediate
};
static_assert(sizeof(Encoding) == 64);

constexpr Encoding::Kind kind_of(const OpInfo& o, Op op) {
    using Kind = Encoding::Kind;
    for (const char type : o.types) {
        if (type == 'v') return Kind::other;
    }
    if (o.types[2] != '-') return Kind::other;
    switch (o.imm) {
        case ImmKind::loop:
        case ImmKind::call:
            return Kind::other;
        default:
            return imm_size(o.imm) > 8 || op == Op::br_table ? Kind::other : Kind::plain;
    }
}

inline void does_not_fit() {}  // no constant expression calls it

constexpr u8 byte(u32 value) {
    if (value > 0xFF) does_not_fit();
    return static_cast<u8>(value);
}

constexpr auto kEncodings = [] {
    std::array<Encoding, kNumOps> encodings{};
    for (std::size_t op = 0; op < kNumOps; ++op) {
        const OpInfo& o = kOps[op];
        Encoding& e = encodings[op];
        for (u32 i = 0; i < kNumClasses; ++i) {
            const Cls cls = static_cast<Cls>(i);
            e.form_a[i] = static_cast<u16>(o.first_form + rank_in(o.shape.a, cls) * o.step_a);
            e.form_b[i] = byte(rank_in(o.shape.b, cls) * o.step_b);
            e.form_c[i] = byte(rank_in(o.shape.c, cls) * o.step_c);
            e.form_d[i] = byte(rank_in(o.shape.d, cls));
            e.size_a[i] = byte(field_size(o.types[0], cls));
            e.size_b[i] = byte(field_size(o.types[1], cls));
            e.size_d[i] = byte(dest_size(cls));
        }
        e.kind = kind_of(o, static_cast<Op>(op));
        e.is_branch = o.imm == ImmKind::rel;
        e.imm = byte(imm_size(o.imm));
    }
    return encodings;
}();

constexpr const Encoding& encoding_of(Op op) { return kEncodings[static_cast<std::size_t>(op)]; }

template <class T>
WASMI_ALWAYS_INLINE u32 by_class(const T* table, Cls cls) {
    return table[static_cast<std::size_t>(cls)];
}

WASMI_ALWAYS_INLINE u32 form_of(const Ins& ins) {
    WASMI_ASSERT(form_exists(ins.op, ins.k));
    WASMI_ASSERT(in_mask(info(ins.op).shape.a, ins.k.a) && in_mask(info(ins.op).shape.b, ins.k.b) &&
                 in_mask(info(ins.op).shape.c, ins.k.c) && in_mask(info(ins.op).shape.d, ins.k.d));
    const Encoding& e = encoding_of(ins.op);
    const u32 form = by_class(e.form_a, ins.k.a) + by_class(e.form_b, ins.k.b) +
                     by_class(e.form_c, ins.k.c) + by_class(e.form_d, ins.k.d);
    WASMI_ASSERT(form == form_id(ins.op, ins.k));
    return form;
}

template <class T>
WASMI_ALWAYS_INLINE u8* put(u8* p, T value) {
    std::memcpy(p, &value, sizeof value);
    return p + sizeof value;
}

}  // namespace

void Emitter::start(const CodeTarget& target, const Options& options) {
    if (target.fuse.keys != target_.fuse.keys) fuse_filter_.clear();
    if (encoded_ >= kFilterPays && !fuse_filter_.is_made()) fuse_filter_.make(target.fuse);
    loop_depth_ = block_depth_ = 0;
    target_ = target;
    options_ = options;
    count_ = 0;
    size_ = 0;
    labels_.clear();
    num_fixups_ = 0;
    cost_fixups_.clear();
    table_cost_fixups_.clear();
    tables_.clear();
    return_addresses_.clear();
    vectors_.clear();
}

void Emitter::grow_block() {
    capacity_ = capacity_ * 2 + 256;
    block_.resize(capacity_);
}

LabelId Emitter::new_label() {
    labels_.emplace_back();
    return static_cast<LabelId>(labels_.size() - 1);
}

void Emitter::bind(LabelId label) {
    flush();
    labels_[label].position = position();
}

u32 Emitter::add_table(const std::vector<TableTarget>& targets) {
    const auto first = static_cast<u32>(tables_.size());
    tables_.insert(tables_.end(), targets.begin(), targets.end());
    for (const TableTarget& t : targets) mark_used(t.label);
    return first;
}

u8* Emitter::put_branch(LabelId label, u8* p, u32 run) {
    WASMI_ASSERT(labels_[label].used);
    fixups_[num_fixups_++] = {offset_of(p), run, label};
    return put(p, i32{0});
}

u8* Emitter::encode_other(const Ins& ins, u8* p, u32 run) {
    const OpInfo& o = info(ins.op);
    const u64 values[] = {ins.a, ins.b, ins.c};
    const Cls classes[] = {ins.k.a, ins.k.b, ins.k.c};
    for (int i = 0; i < 3; ++i) {
        const u32 size = field_size(o.types[i], classes[i]);
        if (size == 16) {
            p = put(p, vectors_[values[i]]);
        } else {
            put(p, values[i]);
            p += size;
        }
    }
    if (o.imm == ImmKind::rel || o.imm == ImmKind::loop) {
        p = put_branch(ins.label, p, run);
        if (o.imm == ImmKind::loop) {
            cost_fixups_.push_back({offset_of(p), run, ins.label});
            p = put(p, i64{0});
        }
    } else if (o.imm == ImmKind::call) {
        p = put(p, ins.imm[0]);
        return_addresses_.push_back(offset_of(p));
        p = put(p, u64{offset_of(p)} + 16);  // a call is the last of its run: the next one follows
        p = put(p, ins.imm[1]);
    } else {
        std::memcpy(p, ins.imm, sizeof ins.imm);
        p += imm_size(o.imm);
    }
    if (dest_size(ins.k.d) != 0) p = put(p, static_cast<u16>(ins.d));
    if (ins.op == Op::br_table) {
        u32 count = 0;
        std::memcpy(&count, ins.imm, sizeof count);
        for (u32 i = ins.label; i <= ins.label + count; ++i) {
            p = put_branch(tables_[i].label, p, run);
            if (tables_[i].backward) {
                table_cost_fixups_.push_back({offset_of(p), run, tables_[i].label});
            }
            p = put(p, u32{0});
        }
    }
    return p;
}

void Emitter::keep_forms() {
    FormBlock& block = options_.blocks->emplace_back();
    block.loop_depth = block_depth_;
    for (u32 i = 0; i < count_; ++i) block.forms.push_back(static_cast<u16>(form_of(block_[i])));
}

void Emitter::encode_block() {
    const std::size_t most = count_ * kMostBytes + tables_.size() * kTargetBytes;
    if (code_.size() - size_ < most) code_.resize(std::max(code_.size() * 2, size_ + most));
    const std::size_t most_fixups = num_fixups_ + count_ + tables_.size();
    if (fixups_.size() < most_fixups) fixups_.resize(most_fixups * 2);
    const FuseTable fuse = options_.fuse ? target_.fuse : FuseTable{};
    std::vector<CodePosition>* const positions = options_.positions;
    const bool shared_memory = options_.shared_memory;
    // What the loop writes could be any member: it keeps copies of those that it needs.
    u8* const code = code_.data();
    u8* p = code + size_;
    Fixup* fixup = fixups_.data() + num_fixups_;
    const Ins* ins = block_.data();
    const Ins* const end = ins + count_;
    u32 form = form_of(*ins);
    while (ins != end) {
        u32 id = form;
        const Op first = ins->op;
        u8* const run = p;
        p += kHeaderSize;
        for (;;) {
            if (WASMI_UNLIKELY(positions != nullptr)) {
                positions->push_back({offset_of(p), offset_in_module(*ins)});
            }
            const Encoding& e = encoding_of(ins->op);
            if (WASMI_UNLIKELY(e.kind == Encoding::Kind::other)) {
                num_fixups_ = static_cast<u32>(fixup - fixups_.data());
                p = encode_other(*ins, p, offset_of(run));
                fixup = fixups_.data() + num_fixups_;
            } else {
                put(p, ins->a);
                p += by_class(e.size_a, ins->k.a);
                put(p, ins->b);
                p += by_class(e.size_b, ins->k.b);
                // Written in any case: whether it is a branch is hard to predict.
                fixup->at = static_cast<u32>(p - code);
                fixup->base = static_cast<u32>(run - code);
                fixup->label = ins->label;
                fixup += e.is_branch ? 1 : 0;
                put(p, ins->imm[0]);
                p += e.imm;
                put(p, static_cast<u16>(ins->d));
                p += by_class(e.size_d, ins->k.d);
            }
            if (++ins == end) break;
            form = form_of(*ins);
            if (WASMI_UNLIKELY(shared_memory) && info(ins->op).imm == ImmKind::access) break;
            if (!fuse_filter_.may_have(id, form)) break;
            const u32 longer = fuse.find(id, form);
            if (longer == 0) break;
            id = longer;
        }
        const u64 header = id < kNumForms ? target_.header(first, id) : target_.fuse.header(id);
        WASMI_ASSERT(header != 0);
        put(run, header);
    }
    num_fixups_ = static_cast<u32>(fixup - fixups_.data());
    size_ = offset_of(p);
    count_ = 0;
    tables_.clear();
}

std::span<const u8> Emitter::finish() {
    flush();
    for (u32 i = 0; i < num_fixups_; ++i) {
        const Fixup& f = fixups_[i];
        const i32 distance = static_cast<i32>(labels_[f.label].position) - static_cast<i32>(f.base);
        std::memcpy(code_.data() + f.at, &distance, sizeof distance);
    }
    // At least 1: in a br_table 0 stands for a forward branch.
    const auto cost_of = [this](const Fixup& f) { return std::max(labels_[f.label].cost, 1u); };
    for (const Fixup& f : cost_fixups_) {
        const i64 cost = cost_of(f);
        std::memcpy(code_.data() + f.at, &cost, sizeof cost);
    }
    for (const Fixup& f : table_cost_fixups_) {
        const u32 cost = cost_of(f);
        std::memcpy(code_.data() + f.at, &cost, sizeof cost);
    }
    encoded_ += size_;
    return {code_.data(), size_};
}

void FuseFilter::clear() {
    is_made_ = false;
    bits_.fill(~u64{0});
}

void FuseFilter::make(const FuseTable& table) {
    is_made_ = true;
    bits_.fill(0);
    for (u32 i = 0; i <= table.mask; ++i) {
        const u32 key = table.keys[i];
        if (key != 0) bits_[FuseTable::hash(key) / 64 % bits_.size()] |= bit(FuseTable::hash(key));
    }
}

}  // namespace wasmi::core
