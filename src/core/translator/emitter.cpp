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
static_assert(kMostBytes >= 8);  // of a target of a br_table

static_assert([] {
    for (const OpInfo& op : kOps) {
        if (imm_size(op.imm) > kMostImm) return false;
    }
    return true;
}());

/// Summands of the form id, by class: form_id() without multiplications.
struct Summands {
    u16 a[kNumClasses];
    u8 b[kNumClasses], c[kNumClasses], d[kNumClasses];
};

inline void does_not_fit() {}  // no constant expression calls it

constexpr u8 byte(u32 value) {
    if (value > 0xFF) does_not_fit();
    return static_cast<u8>(value);
}

constexpr auto kSummands = [] {
    std::array<Summands, kNumOps> summands{};
    for (std::size_t op = 0; op < kNumOps; ++op) {
        const OpInfo& o = kOps[op];
        for (u32 i = 0; i < kNumClasses; ++i) {
            const Cls cls = static_cast<Cls>(i);
            summands[op].a[i] = static_cast<u16>(o.first_form + rank_in(o.shape.a, cls) * o.step_a);
            summands[op].b[i] = byte(rank_in(o.shape.b, cls) * o.step_b);
            summands[op].c[i] = byte(rank_in(o.shape.c, cls) * o.step_c);
            summands[op].d[i] = byte(rank_in(o.shape.d, cls));
        }
    }
    return summands;
}();

/// Where the fields of an instruction go. There are few ways; each form has the number of its own.
struct alignas(8) Plan {
    u8 b, imm, d, end;  ///< offsets; A is at 0
    bool is_branch;
    bool is_other;  ///< the rest: encode_other() knows
};

/// Sizes in as few bits as they take: of A and B none, 2, 4 or 8 bytes, of D none or 2.
constexpr u32 plan_number(u32 a, u32 b, u32 d, u32 imm_number) {
    const auto bits = [](u32 size) { return size == 8 ? 3 : size / 2; };
    return bits(a) | bits(b) << 2 | d / 2 << 4 | imm_number << 5;
}
constexpr u32 kMostPlainImm = 8;
constexpr u32 kImmOfBranch = kMostPlainImm / 2 + 1;  // after 0, 2, … bytes
constexpr u32 kImmOfOther = kImmOfBranch + 1;
constexpr u32 kNumPlans = (kImmOfOther + 1) << 5;

constexpr auto kPlans = [] {
    std::array<Plan, kNumPlans> plans{};
    for (const u32 a : {0u, 2u, 4u, 8u}) {
        for (const u32 b : {0u, 2u, 4u, 8u}) {
            for (const u32 d : {0u, 2u}) {
                for (u32 imm = 0; imm <= kImmOfOther; ++imm) {
                    Plan& plan = plans[plan_number(a, b, d, imm)];
                    plan.b = byte(a);
                    plan.imm = byte(a + b);
                    plan.is_branch = imm == kImmOfBranch;
                    plan.d = byte(plan.imm + (plan.is_branch ? imm_size(ImmKind::rel) : imm * 2));
                    plan.end = byte(plan.d + d);
                    plan.is_other = imm == kImmOfOther;
                }
            }
        }
    }
    return plans;
}();

/// Plain are instructions without C, vectors, calls; forward branches, and what has at most 8 bytes
/// of immediate.
constexpr bool is_plain(const OpInfo& o, Op op) {
    for (const char type : o.types) {
        if (type == 'v') return false;
    }
    return o.types[2] == '-' && o.imm != ImmKind::loop && o.imm != ImmKind::call &&
           imm_size(o.imm) <= kMostPlainImm && op != Op::br_table;
}

constexpr auto kPlanOfForm = [] {
    std::array<u8, kNumForms> numbers{};
    for (std::size_t op = 0; op < kNumOps; ++op) {
        const OpInfo& o = kOps[op];
        const u32 imm = !is_plain(o, static_cast<Op>(op)) ? kImmOfOther
                        : o.imm == ImmKind::rel           ? kImmOfBranch
                                                          : imm_size(o.imm) / 2;
        for (u32 form = 0; form < o.num_forms; ++form) {
            u32 number = plan_number(0, 0, 0, kImmOfOther);
            if (imm != kImmOfOther) {
                const Classes k = classes_of(static_cast<Op>(op), form);
                number = plan_number(field_size(o.types[0], k.a), field_size(o.types[1], k.b),
                                     dest_size(k.d), imm);
            }
            numbers[o.first_form + form] = byte(number);
        }
    }
    return numbers;
}();

template <class T>
WASMI_ALWAYS_INLINE u32 by_class(const T* table, Cls cls) {
    return table[static_cast<std::size_t>(cls)];
}

WASMI_ALWAYS_INLINE u32 form_of(const Ins& ins) {
    WASMI_ASSERT(form_exists(ins.op, ins.k));
    WASMI_ASSERT(in_mask(info(ins.op).shape.a, ins.k.a) && in_mask(info(ins.op).shape.b, ins.k.b) &&
                 in_mask(info(ins.op).shape.c, ins.k.c) && in_mask(info(ins.op).shape.d, ins.k.d));
    const Summands& summands = kSummands[static_cast<std::size_t>(ins.op)];
    const u32 form = by_class(summands.a, ins.k.a) + by_class(summands.b, ins.k.b) +
                     by_class(summands.c, ins.k.c) + by_class(summands.d, ins.k.d);
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
    loop_depth_ = block_depth_ = 0;
    target_ = target;
    options_ = options;
    next_ = block_.data();
    size_ = 0;
    room_ = 0;
    labels_.clear();
    next_fixup_ = fixups_.data();
    cost_fixups_.clear();
    table_cost_fixups_.clear();
    tables_.clear();
    return_addresses_.clear();
    vectors_.clear();
}

void Emitter::grow_block() {
    const std::size_t count = size();
    block_.resize(block_.size() * 2 + 256);
    next_ = block_.data() + count;
    limit_ = &block_.back();
    steps_.resize(block_.size());
    long_ = block_.data() + std::min(kLongBlock, block_.size());
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
    *next_fixup_++ = {offset_of(p), run, label};
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
    for (u32 i = 0; i < size(); ++i) block.forms.push_back(static_cast<u16>(form_of(block_[i])));
}

/// For that many instructions and targets of the open block, and for as many as there is room for.
void Emitter::make_room(std::size_t items) {
    const std::size_t used = static_cast<std::size_t>(next_fixup_ - fixups_.data());
    if (code_.size() < size_ + items * kMostBytes) {
        code_.resize(std::max(code_.size() * 2, size_ + items * kMostBytes));
    }
    if (fixups_.size() < used + items) fixups_.resize(std::max(fixups_.size() * 2, used + items));
    next_fixup_ = fixups_.data() + used;
    room_ = std::min((code_.size() - size_) / kMostBytes, fixups_.size() - used);
}

void Emitter::encode_block() {
    const std::size_t items = size() + tables_.size();
    if (WASMI_UNLIKELY(items > room_)) make_room(items);
    room_ -= items;
    const FuseTable fuse = options_.fuse ? target_.fuse : FuseTable{};
    std::vector<CodePosition>* const positions = options_.positions;
    const bool shared_memory = options_.shared_memory;
    // What comes after the block is no part of any run: it ends without being asked for the end.
    next_->op = Op::slow_lazy_entry;
    next_->k = {};
    // What the loops write could be any member: they keep copies of those that they need.
    const Ins* ins = block_.data();
    const Ins* const end = next_;
    // All pairs are looked up before it is known which of them matter. This takes no branch, and
    // the next loop, in whose branches processors go wrong often, finds out early that it did.
    Step* step = steps_.data();
    step->form = static_cast<u16>(form_of(*ins));
    for (const Ins* i = ins; i != end; ++i, ++step) {
        const u32 next = form_of(i[1]);
        step->pair = static_cast<u16>(fuse.find(step->form, next));
        step[1].form = static_cast<u16>(next);
    }
    step = steps_.data();
    u8* const code = code_.data();
    u8* p = code + size_;
    Fixup* fixup = next_fixup_;
    while (ins != end) {
        u32 id = step->form;
        u32 longer = step->pair;
        const Op first = ins->op;
        u8* const run = p;
        p += kHeaderSize;
        for (;;) {
            if (WASMI_UNLIKELY(positions != nullptr)) {
                positions->push_back({offset_of(p), offset_in_module(*ins)});
            }
            const Plan& plan = kPlans[kPlanOfForm[step->form]];
            if (WASMI_UNLIKELY(plan.is_other)) {
                next_fixup_ = fixup;
                p = encode_other(*ins, p, offset_of(run));
                fixup = next_fixup_;
            } else {
                put(p, ins->a);
                put(p + plan.b, ins->b);
                // Written in any case: whether it is a branch is hard to predict.
                fixup->at = static_cast<u32>(p + plan.imm - code);
                fixup->base = static_cast<u32>(run - code);
                fixup->label = ins->label;
                fixup += plan.is_branch ? 1 : 0;
                put(p + plan.imm, ins->imm[0]);
                put(p + plan.d, static_cast<u16>(ins->d));
                p += plan.end;
            }
            ++ins;
            ++step;
            if (longer == 0) break;
            if (WASMI_UNLIKELY(shared_memory) && info(ins->op).imm == ImmKind::access) break;
            id = longer;
            longer = fuse.find(id, step[1].form);
        }
        const u64 header = target_.header(first, id);
        WASMI_ASSERT(header != 0);
        put(run, header);
    }
    next_fixup_ = fixup;
    size_ = offset_of(p);
    next_ = block_.data();
    tables_.clear();
}

std::span<const u8> Emitter::finish() {
    flush();
    for (const Fixup* fixup = fixups_.data(); fixup != next_fixup_; ++fixup) {
        const Fixup& f = *fixup;
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
    return {code_.data(), size_};
}

}  // namespace wasmi::core
