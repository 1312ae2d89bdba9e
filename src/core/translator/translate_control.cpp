// Translation of control instructions: blocks, branches, calls, exceptions.
// Spec: exec/instructions (control).
//
// At a label every value is a constant or in its home slot, the pinned registers are valid and
// the accumulators are free. bind() makes it so on the way in; branches do for theirs.
#include "core/translator/function_translator.hpp"

#include <map>

namespace wasmi::core {

namespace {

constexpr Op shifted(Op op, int by) { return static_cast<Op>(static_cast<int>(op) + by); }
constexpr bool between(Op op, Op first, Op last) { return op >= first && op <= last; }

/// The backward form of a forward branch.
Op backward(Op op) {
    if (op == Op::br) return Op::loop_br;
    if (between(op, Op::br_i32_nez, Op::br_i32_eqz) ||
        between(op, Op::br_i64_nez, Op::br_i64_eqz)) {
        return shifted(op, 2);
    }
    return shifted(op, 6);
}

/// From a comparison of integers to the branch that it feeds.
constexpr int kToBranch = 6;

static_assert(shifted(Op::br_i32_eq, 1) == Op::br_i32_ne &&
              shifted(Op::br_i32_lt_s, 2) == Op::br_i32_le_s &&
              shifted(Op::br_i64_lt_u, 2) == Op::br_i64_le_u &&
              shifted(Op::br_f32_lt, 2) == Op::br_f32_nlt &&
              shifted(Op::br_f64_le, 2) == Op::br_f64_nle);
static_assert(shifted(Op::i32_eq, kToBranch) == Op::br_i32_eq &&
              shifted(Op::i64_le_u, kToBranch) == Op::br_i64_le_u);
static_assert(shifted(Op::f32_eq, 4) == Op::br_f32_eq && shifted(Op::f64_le, 4) == Op::br_f64_le);
static_assert(shifted(Op::br_i32_nez, 2) == Op::loop_i32_nez);
static_assert(shifted(Op::br_i64_eq, 6) == Op::loop_i64_eq);
static_assert(shifted(Op::br_f64_nle, 6) == Op::loop_f64_nle);

u32 slots_of(const ValType* types, u32 count) {
    u32 n = 0;
    for (u32 i = 0; i < count; ++i) n += types[i].slots();
    return n;
}

}  // namespace

Op FunctionTranslator::branch_of_compare(Op op) {
    if (between(op, Op::i32_eq, Op::i32_le_u) || between(op, Op::i64_eq, Op::i64_le_u)) {
        return shifted(op, kToBranch);
    }
    if (between(op, Op::f32_eq, Op::f32_le) || between(op, Op::f64_eq, Op::f64_le)) {
        return shifted(op, 4);
    }
    return Op::br;
}

// ---- labels and blocks --------------------------------------------------------------------------

void FunctionTranslator::bind(LabelId label) {
    spill_accs();
    emitter_.bind(label);
    clear_mirrors();
    pins_are_valid();
}

void FunctionTranslator::push_control(Control::Kind kind, const BlockType& block) {
    controls_.emplace_back();
    Control& c = controls_.back();
    c.kind = kind;
    c.label = emitter_.new_label();
    if (block.kind == BlockType::Kind::value) {
        c.single = block.value;
        c.num_results = 1;  // results points to `single`, which moves with the vector
    } else if (block.kind == BlockType::Kind::type) {
        const FuncType& type = module_.engine->types.get(module_.types[block.type]).sub.func;
        c.params = type.params.data();
        c.num_params = static_cast<u32>(type.params.size());
        c.results = type.results.data();
        c.num_results = static_cast<u32>(type.results.size());
    }
    c.height = stack_.size() - c.num_params;
    c.base = c.num_params != 0 ? stack_[c.height].home : next_home();
    c.start_count = count_;
}

const ValType* FunctionTranslator::branch_types(const Control& c) const {
    if (c.kind == Control::Kind::loop) return c.params;
    return c.results != nullptr ? c.results : &c.single;
}

void FunctionTranslator::reset_stack(const Control& c, const ValType* types, u32 count) {
    while (stack_.size() > c.height) pop();
    for (u32 i = 0; i < count; ++i) push_slot(types[i].kind());
}

void FunctionTranslator::begin_block(Control::Kind kind, const BlockType& block) {
    // A local may change in a part of the block that not every path takes.
    spill_locals();
    push_control(kind, block);
    if (kind != Control::Kind::loop) return;
    materialize_top(controls_.back().num_params);
    ensure_pins();
    bind(controls_.back().label);
    emitter_.set_loop_depth(++loop_depth_);
}

void FunctionTranslator::begin_if(const BlockType& block) {
    Condition condition;
    pop_condition(condition);
    negate(condition);
    spill_locals();
    push_control(Control::Kind::if_, block);
    Control& c = controls_.back();
    materialize_top(c.num_params);
    ensure_pins();
    c.else_label = emitter_.new_label();
    emit_branch_to(condition, c.else_label);
}

void FunctionTranslator::begin_else() {
    Control& c = controls_.back();
    if (reachable_) {
        materialize_top(c.num_results);
        ensure_pins();
        emit_jump_to(c.label);
    }
    bind(c.else_label);
    c.kind = Control::Kind::else_;
    reset_stack(c, c.params, c.num_params);
    reachable_ = true;
}

void FunctionTranslator::begin_try_table(const Immediates& imm) {
    spill_all();
    // Labels of clauses count from outside the block.
    const u32 first = static_cast<u32>(pending_.size());
    Reader clauses(module_.bytes, imm.list);
    for (u32 i = 0; i < imm.index; ++i) {
        const CatchClause clause = read_catch_clause(clauses);
        const Control& to = target(clause.label);
        emitter_.mark_used(to.label);
        PendingCatch pending;
        pending.tag = clause.has_tag() ? clause.tag : kNoIndex;
        pending.with_ref = clause.has_ref();
        pending.pad = emitter_.new_label();
        pending.slot = to.base;
        pending.ref_slot = to.base;
        if (clause.has_tag()) {
            pending.ref_slot += module_.engine->types.get(module_.tags[clause.tag]).param_slots;
        }
        pending_.push_back(pending);
        pads_.push_back({pending.pad, to.label, to.kind == Control::Kind::loop});
    }
    push_control(Control::Kind::try_table, imm.block);
    emitter_.flush();
    controls_.back().first_catch = first;
    controls_.back().begin = emitter_.position();
}

// ---- legacy exceptions. Spec: legacy/exceptions
//
// The body of a try is a protected range; the clauses land in the catch bodies that follow it. In a
// catch body a hidden slot below the fields holds the exception, for rethrow. A delegate is an
// entry of its own in the table of clauses: it sends the search past the blocks in between.

void FunctionTranslator::begin_try(const BlockType& block) {
    spill_all();
    push_control(Control::Kind::try_, block);
    emitter_.flush();
    controls_.back().begin = emitter_.position();
}

void FunctionTranslator::begin_catch(u32 tag) {
    if (reachable_) branch(0);
    Control& c = controls_.back();
    resolve_delegates(c);
    reset_stack(c, nullptr, 0);
    emitter_.flush();
    if (c.kind == Control::Kind::try_) c.end = emitter_.position();
    c.kind = Control::Kind::catch_;
    const LabelId pad = emitter_.new_label();
    bind(pad);
    pins_are_stale();
    push_slot(ValKind::ref);
    Protected clause;
    clause.begin = c.begin;
    clause.end = c.end;
    clause.clause = {tag, false, pad, next_home(), c.base};
    c.clause = static_cast<u32>(protected_.size());
    protected_.push_back(clause);
    if (tag != kNoIndex) {
        const DefinedType& type = module_.engine->types.get(module_.tags[tag]);
        for (const ValType t : type.sub.func.params) push_slot(t.kind());
    }
    reachable_ = true;
}

void FunctionTranslator::rethrow(u32 depth) {
    const Control& c = target(depth);
    protected_[c.clause].clause.with_ref = true;
    spill_accs();
    emit_slow(Op::slow_throw_ref, {c.base});
    unreachable();
}

void FunctionTranslator::end_delegate(u32 depth) {
    spill_all();
    emitter_.flush();
    // What is delegated to this block goes on to its own target.
    resolve_delegates(controls_.back());
    Control& to = target(depth + 1);
    Protected entry;
    entry.begin = controls_.back().begin;
    entry.end = emitter_.position();
    entry.clause = {};
    entry.is_delegate = true;
    entry.go_on_at = to.delegates;
    to.delegates = static_cast<u32>(protected_.size());
    protected_.push_back(entry);
    end_block();
}

/// The handlers that protect the block itself are those that are still to come.
void FunctionTranslator::resolve_delegates(Control& c) {
    while (c.delegates != kNoIndex) {
        Protected& entry = protected_[c.delegates];
        c.delegates = std::exchange(entry.go_on_at, static_cast<u32>(protected_.size()));
    }
}

void FunctionTranslator::end_block() {
    Control& c = controls_.back();
    const ValType* results = c.results != nullptr ? c.results : &c.single;
    resolve_delegates(c);
    switch (c.kind) {
        case Control::Kind::function: {
            if (reachable_) return_values();
            unreachable();
            if (emitter_.is_used(c.label)) {
                bind(c.label);
                reset_stack(c, results, c.num_results);
                return_values();
                unreachable();
            }
            controls_.pop_back();
            return;
        }
        case Control::Kind::loop:
            emitter_.set_loop_cost(c.label, count_ - c.start_count);
            emitter_.set_loop_depth(--loop_depth_);
            controls_.pop_back();
            return;  // nothing branches to the end of a loop
        case Control::Kind::try_table: {
            spill_all();
            emitter_.flush();
            for (std::size_t i = c.first_catch; i < pending_.size(); ++i) {
                Protected clause;
                clause.begin = c.begin;
                clause.end = emitter_.position();
                clause.clause = pending_[i];
                protected_.push_back(clause);
            }
            pending_.resize(c.first_catch);
            break;
        }
        case Control::Kind::catch_:
            // The values stand above the hidden slot of the exception.
            if (reachable_) {
                move_branch_values(c);
                ensure_pins();
                reset_stack(c, results, c.num_results);
            }
            break;
        case Control::Kind::if_:
            if (reachable_) {
                materialize_top(c.num_results);
                ensure_pins();
            }
            bind(c.else_label);  // without else, the parameters are the results
            reset_stack(c, results, c.num_results);
            reachable_ = true;
            break;
        case Control::Kind::block:
        case Control::Kind::else_:
        case Control::Kind::try_:
            break;
    }
    if (emitter_.is_used(c.label)) {
        if (reachable_) {
            materialize_top(c.num_results);
            ensure_pins();
        }
        bind(c.label);
        reset_stack(c, results, c.num_results);
        reachable_ = true;
    }
    controls_.pop_back();
}

/// What is left of the block's values is dead; an accumulator that a jump took along must not be
/// redirected any more.
void FunctionTranslator::unreachable() {
    while (stack_.size() > controls_.back().height) pop();
    reachable_ = false;
}

// ---- branches -----------------------------------------------------------------------------------

void FunctionTranslator::emit_branch_to(const Condition& condition, LabelId label, bool back) {
    Ins& ins = append(back ? backward(condition.op) : condition.op);
    set_ab(ins, condition.a, condition.b);
    ins.label = label;
    emitter_.mark_used(label);
}

void FunctionTranslator::emit_jump_to(LabelId label, bool back) {
    append(back ? Op::loop_br : Op::br).label = label;
    emitter_.mark_used(label);
}

void FunctionTranslator::negate(Condition& c) {
    // Families are in one order: eq, ne, and two pairs, of which one is the opposite of the other.
    const auto negate_in = [&c](Op first) {
        const int i = static_cast<int>(c.op) - static_cast<int>(first);
        c.op = shifted(first, i < 2 ? i ^ 1 : i < 4 ? i + 2 : i - 2);
        return i >= 2;
    };
    if (between(c.op, Op::br_i32_eq, Op::br_i32_le_u)) {
        if (negate_in(Op::br_i32_eq)) std::swap(c.a, c.b);
    } else if (between(c.op, Op::br_i64_eq, Op::br_i64_le_u)) {
        if (negate_in(Op::br_i64_eq)) std::swap(c.a, c.b);
    } else if (between(c.op, Op::br_i32_nez, Op::br_i32_eqz)) {
        negate_in(Op::br_i32_nez);
    } else if (between(c.op, Op::br_i64_nez, Op::br_i64_eqz)) {
        negate_in(Op::br_i64_nez);
    } else if (between(c.op, Op::br_f32_eq, Op::br_f32_nle)) {
        negate_in(Op::br_f32_eq);
    } else {
        WASMI_ASSERT(between(c.op, Op::br_f64_eq, Op::br_f64_nle));
        negate_in(Op::br_f64_eq);
    }
    without_equal(c);
}

/// x <= K is x < K + 1, K <= x is K - 1 < x: there are no forms of "less or equal" with constants,
/// so that there are fewer forms of comparisons, and fused runs fit more of them. That K + 1 and
/// K - 1 fit an instruction is up to binary().
void FunctionTranslator::without_equal(Condition& c) {
    const bool is_signed = c.op == Op::br_i32_le_s || c.op == Op::br_i64_le_s;
    if (!is_signed && c.op != Op::br_i32_le_u && c.op != Op::br_i64_le_u) return;
    const bool is_32 = c.op < Op::br_i64_eq;
    const u64 all = is_32 ? u64{0xFFFF'FFFF} : ~u64{0};
    const u64 last = is_signed ? all >> 1 : all;  // the greatest number
    const u64 first = all ^ last;                 // the least
    const Op always = is_32 ? Op::br_i32_eq : Op::br_i64_eq;
    if (c.b.cls == Cls::K && c.b.value == last) {
        c = {always, c.a, c.a};
    } else if (c.a.cls == Cls::K && c.a.value == first) {
        c = {always, c.b, c.b};
    } else if (c.b.cls == Cls::K) {
        c.b.value = (c.b.value + 1) & all;
        c.op = strict(c.op);
    } else if (c.a.cls == Cls::K) {
        c.a.value = (c.a.value - 1) & all;
        c.op = strict(c.op);
    }
}

void FunctionTranslator::set_condition(Condition& c, Op branch, const Ins& from) {
    c.op = branch;
    c.a = {from.k.a, from.a};
    c.b = {from.k.b, from.b};
}

Op FunctionTranslator::compare_of(const Condition& condition) {
    return shifted(condition.op, -kToBranch);
}

void FunctionTranslator::pop_condition(Condition& c) {
    const Value& v = pop();
    if (tuning_.fuse && produced_by_last(v)) {
        const Ins& ins = emitter_.last();
        if (const Op branch = branch_of_compare(ins.op); branch != Op::br) {
            set_condition(c, branch, ins);
            emitter_.pop();
            return;
        }
        if (ins.op == Op::i32_eqz || ins.op == Op::i64_eqz) {
            set_condition(c, ins.op == Op::i32_eqz ? Op::br_i32_eqz : Op::br_i64_eqz, ins);
            emitter_.pop();
            // Not of a float comparison that is still at hand.
            if (c.a.cls == Cls::R && !emitter_.empty() && emitter_.last().k.d == Cls::R) {
                const Ins& inner = emitter_.last();
                if (const Op branch = branch_of_compare(inner.op); branch != Op::br) {
                    set_condition(c, branch, inner);
                    emitter_.pop();
                    negate(c);
                }
            }
            return;
        }
    }
    c = {Op::br_i32_nez, operand(v, info(Op::br_i32_nez).shape.a, 'i'), {}};
}

bool FunctionTranslator::in_place(const Control& c) const {
    const u32 n = arity(c);
    const ValType* types = branch_types(c);
    u32 slot = c.base;
    for (u32 i = 0; i < n; ++i) {
        const Value& v = stack_[stack_.size() - n + i];
        if (v.kind != Value::Kind::slot || v.home != slot) return false;
        slot += types[i].slots();
    }
    return true;
}

void FunctionTranslator::move_branch_values(const Control& c) {
    const u32 n = arity(c);
    const ValType* types = branch_types(c);
    // A lone result that was just computed is computed into its place.
    if (n == 1 && produced_by_last(stack_.back())) {
        send_to_slot(emitter_.last(), c.base);
        forget_slots(c.base, stack_.back().type);
        return;
    }
    // Ascending, and no value lies below its destination: nothing is overwritten before it moved.
    u32 slot = c.base;
    for (u32 i = 0; i < n; ++i) {
        const Value& v = stack_[stack_.size() - n + i];
        if (v.kind != Value::Kind::slot || v.home != slot) move_to_slot(v, slot);
        slot += types[i].slots();
    }
}

void FunctionTranslator::branch(u32 depth) {
    Control& c = target(depth);
    if (c.kind == Control::Kind::function) {
        return_values();
    } else {
        move_branch_values(c);
        ensure_pins();
        emit_jump_to(c.label, c.kind == Control::Kind::loop);
    }
    unreachable();
}

void FunctionTranslator::branch_if(const Condition& condition, u32 depth) {
    Control& c = target(depth);
    const bool back = c.kind == Control::Kind::loop;
    materialize_top(arity(c));
    ensure_pins();
    if (in_place(c)) {
        emit_branch_to(condition, c.label, back);
        return;
    }
    const LabelId skip = emitter_.new_label();
    Condition opposite = condition;
    negate(opposite);
    emit_branch_to(opposite, skip);
    move_branch_values(c);
    emit_jump_to(c.label, back);
    bind(skip);
}

void FunctionTranslator::br_table(const Immediates& imm) {
    const Value v = pop();
    Ins ins;
    ins.op = Op::br_table;
    const Operand index = operand(v, info(Op::br_table).shape.a, 'i');
    ins.k.a = index.cls;
    ins.a = index.value;
    Reader labels(module_.bytes, imm.list);
    std::vector<Emitter::TableTarget> targets;
    targets.reserve(imm.index + 1);
    struct Stub {
        u32 depth;
        LabelId label;
    };
    std::vector<Stub> stubs;
    std::map<u32, LabelId> stub_of;  // by depth; most tables need none
    for (u32 i = 0; i <= imm.index; ++i) {
        const u32 depth = labels.read_u32();
        Control& c = target(depth);
        if (i == 0) materialize_top(arity(c));  // all targets take the same values
        if (in_place(c)) {
            targets.push_back({c.label, c.kind == Control::Kind::loop});
            continue;
        }
        auto [stub, is_new] = stub_of.try_emplace(depth, 0);
        if (is_new) {
            stub->second = emitter_.new_label();
            stubs.push_back({depth, stub->second});
        }
        targets.push_back({stub->second, false});
    }
    ensure_pins();
    ins.set_imm(imm.index);
    ins.label = emitter_.add_table(targets);
    emit(ins);
    for (const Stub& stub : stubs) {
        bind(stub.label);
        Control& c = target(stub.depth);
        move_branch_values(c);
        emit_jump_to(c.label, c.kind == Control::Kind::loop);
    }
    unreachable();
}

void FunctionTranslator::return_values() {
    const Control& c = controls_.front();
    Ins ins;
    if (c.num_results == 0) {
        ins.op = Op::ret;
    } else if (c.num_results == 1) {
        const Value& v = stack_.back();
        if (v.type == ValKind::v128) {
            ins.op = Op::vret1;
        } else if (is_float(v.type)) {
            ins.op = Op::fret1;
        } else if (v.kind == Value::Kind::konst && v.type == ValKind::i32) {
            ins.op = Op::ret1_k32;
        } else {
            ins.op = Op::ret1;
        }
        const Operand o = operand(v, info(ins.op).shape.a, info(ins.op).types[0]);
        ins.k.a = o.cls;
        ins.a = o.value;
    } else {
        materialize_top(c.num_results);
        ins.op = Op::retn;
        const u32 slots = slots_of(c.results != nullptr ? c.results : &c.single, c.num_results);
        ins.set_imm(stack_[stack_.size() - c.num_results].home, static_cast<u16>(slots));
    }
    emit(ins);
}

// ---- calls --------------------------------------------------------------------------------------

u32 FunctionTranslator::begin_args(const DefinedType& type) {
    const u32 n = static_cast<u32>(type.sub.func.params.size());
    materialize_top(n);
    spill_accs();
    const u32 slot = n != 0 ? stack_[stack_.size() - n].home : next_home();
    for (u32 i = 0; i < n; ++i) pop();
    return slot;
}

void FunctionTranslator::push_results(const DefinedType& type) {
    clear_mirrors();
    pins_are_stale();
    for (const ValType t : type.sub.func.results) push_slot(t.kind());
    if (type.sub.func.results.size() == 1 && tuning_.accumulators) {
        const Value& v = stack_.back();  // returned in the accumulator as well
        // Host functions leave eight bytes there.
        if (v.type != ValKind::v128) set_mirror(v.type, v.home);
    }
}

void FunctionTranslator::call(u32 func) {
    const DefinedType& type = module_.type_of_func(func);
    if (func < module_.num_imported_funcs) {
        call_through(Op::call_import, {}, 0, func, type);
        return;
    }
    const u32 defined = func - module_.num_imported_funcs;
    FuncCode& callee = module_.codes[defined];
    const u32 zero = (callee.local_bytes - callee.param_bytes) / 8;
    const bool is_small = zero <= 4 && callee.frame_bytes <= kSmallFrame;
    const u64 distance = u64{begin_args(type)} * 8;
    append(is_small ? shifted(Op::call_z0, static_cast<int>(zero)) : Op::call_zn)
        .set_imm(&callee, distance);
    push_results(type);
}

void FunctionTranslator::call_through(Op op, Operand callee, u16 table, u32 word,
                                      const DefinedType& type) {
    const u16 args = static_cast<u16>(begin_args(type));
    Ins& ins = append(op);
    set_a(ins, callee);
    ins.set_imm(table, word, args);
    push_results(type);
}

void FunctionTranslator::tail_call(Op op, const DefinedType& type, u32 callee_slot, u32 i0,
                                   u32 i1) {
    const u32 args = begin_args(type);
    emit_slow(op, {args, callee_slot}, i0, i1);
    unreachable();
}

void FunctionTranslator::emit_landing_pads() {
    for (const Pad& pad : pads_) {
        bind(pad.pad);
        pins_are_stale();
        ensure_pins();
        emit_jump_to(pad.target, pad.backward);
    }
}

}  // namespace wasmi::core
