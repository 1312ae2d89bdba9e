// Translation of numeric, variable, memory, table and reference instructions.
// Spec: exec/instructions.
#include "core/translator/function_translator.hpp"
#include "core/translator/instruction_rows.hpp"

#include <limits>

namespace wasmi::core {

namespace {

bool is_int_compare(Op op) {
    return (op >= Op::i32_eq && op <= Op::i32_le_u) || (op >= Op::i64_eq && op <= Op::i64_le_u);
}

bool is_less_or_equal(Op op) {
    return op == Op::i32_le_s || op == Op::i32_le_u || op == Op::i64_le_s || op == Op::i64_le_u;
}

/// Of a constant of a comparison: one more or less would not fit the instruction any more.
bool is_extreme(const Value& v) {
    const i64 n = static_cast<i64>(v.bits);
    return v.kind == Value::Kind::konst && v.type == ValKind::i64 &&
           (n == std::numeric_limits<i32>::min() || n == std::numeric_limits<i32>::max());
}

/// The operation that does the same with a constant as its second operand, which may change.
Op with_constant(Op op, u64& bits) {
    switch (op) {
        case Op::i32_sub:
            bits = static_cast<u32>(0 - bits);
            return Op::i32_add;
        case Op::i64_sub:
            bits = 0 - bits;
            return fits('l', bits) ? Op::i64_add : Op::i64_add_k64;
        case Op::i64_add:
        case Op::i64_mul:
        case Op::i64_and:
        case Op::i64_or:
        case Op::i64_xor:
            break;
        default:
            return op;
    }
    if (fits('l', bits)) return op;
    return op == Op::i64_add   ? Op::i64_add_k64
           : op == Op::i64_mul ? Op::i64_mul_k64
           : op == Op::i64_and ? Op::i64_and_k64
           : op == Op::i64_or  ? Op::i64_or_k64
                               : Op::i64_xor_k64;
}

/// The operand in a class of the mask: pinned locals are in their slots too.
bool reduce(Operand& o, u8 mask) {
    if (in_mask(mask, o.cls)) return true;
    if (o.cls != Cls::P0 && o.cls != Cls::P1) return false;
    o.cls = Cls::S;
    return in_mask(mask, Cls::S);
}

}  // namespace

void FunctionTranslator::unary(Op op, ValKind result) {
    const Value& a = pop();
    // Not of a comparison is the opposite comparison.
    if (op == Op::i32_eqz && tuning_.fuse && produced_by_last(a) &&
        is_int_compare(emitter_.last().op)) {
        Condition opposite;
        set_condition(opposite, branch_of_compare(emitter_.last().op), emitter_.last());
        emitter_.pop();
        negate(opposite);
        set_ab(append_result(compare_of(opposite), ValKind::i32), opposite.a, opposite.b);
        return;
    }
    const OpInfo& o = info(op);
    const Operand from = operand(a, o.shape.a, o.types[0]);
    set_a(append_result(op, result), from);
}

/// Arithmetic of integers.
void FunctionTranslator::int_binary(Op op, ValKind result) {
    const Value* a = pop_two_ints();
    const Value* b = a + 1;
    if (a->kind == Value::Kind::konst && info(op).shape.commutes) std::swap(a, b);
    if (b->kind != Value::Kind::konst) {
        const OpInfo& o = info(op);
        const Operand first = int_operand(*a, o.shape.a, o.types[0]);
        const Operand second = int_operand(*b, o.shape.b, o.types[1]);
        set_ab(append_int_result(op, result), first, second);
        return;
    }
    u64 bits = b->bits;
    op = with_constant(op, bits);
    const OpInfo& o = info(op);
    const Operand first = int_operand(*a, o.shape.a & static_cast<u8>(~shapes::kK), o.types[0]);
    Operand second{Cls::K, bits};
    if (WASMI_UNLIKELY(!in_mask(o.shape.b, Cls::K) || !fits(o.types[1], bits))) {
        second = {Cls::S, constant_in_slot(*b)};
    }
    Ins& ins = append_int_result(op, result);
    set_a(ins, first);
    set_b(ins, second);
}

/// Of integers.
void FunctionTranslator::compare(Op op, bool swap) {
    const Value* a = pop_two_ints();
    const Value* b = a + 1;
    if (swap || (a->kind == Value::Kind::konst && info(op).shape.commutes)) std::swap(a, b);
    // "Less or equal" has no forms with constants but can be said otherwise.
    const bool is_le = is_less_or_equal(op);
    const OpInfo& o = info(is_le ? strict(op) : op);
    u8 mask_a = o.shape.a;
    u8 mask_b = o.shape.b;
    if (b->kind == Value::Kind::konst || is_extreme(*a)) mask_a &= static_cast<u8>(~shapes::kK);
    if (is_extreme(*b)) mask_b &= static_cast<u8>(~shapes::kK);
    Operand first = int_operand(*a, mask_a, o.types[0]);
    Operand second = int_operand(*b, mask_b, o.types[1]);
    if (is_le) {
        Condition c{branch_of_compare(op), first, second};
        without_equal(c);
        op = compare_of(c);
        first = c.a;
        second = c.b;
    }
    set_ab(append_int_result(op, ValKind::i32), first, second);
}

/// Arithmetic and comparisons of floats.
void FunctionTranslator::float_binary(Op op, ValKind result, bool swap) {
    const Value* a = pop_two();
    const Value* b = a + 1;
    const OpInfo& o = info(op);
    if (swap || (a->kind == Value::Kind::konst && o.shape.commutes)) std::swap(a, b);
    u8 mask_a = o.shape.a;
    if (b->kind == Value::Kind::konst) mask_a &= static_cast<u8>(~shapes::kK);
    const Operand first = operand(*a, mask_a, o.types[0]);
    const Operand second = operand(*b, o.shape.b, o.types[1]);
    set_ab(append_result(op, result), first, second);
}

// ---- memory -------------------------------------------------------------------------------------

/// Takes `a + b` back and makes it the address of the access. The value of a store is on its way
/// already: it must not need the slots of a and b.
bool FunctionTranslator::take_address_pair(const Value& address, Op pair, Operand& a, Operand& b) {
    if (!tuning_.fuse || !produced_by_last(address) || emitter_.last().op != Op::i32_add) {
        return false;
    }
    const Ins& add = emitter_.last();
    a = {add.k.a, add.a};
    b = {add.k.b, add.b};
    const Shape& shape = info(pair).shape;
    if (!reduce(a, shape.a) || !reduce(b, shape.b)) return false;
    emitter_.pop();
    return true;
}

void FunctionTranslator::load(const InstrRow& row, const Immediates& imm) {
    if (is_plain_access(imm)) {
        load_plain(row, static_cast<u32>(imm.bits));
    } else {
        load_any(row.any, row.type, imm);
    }
}

void FunctionTranslator::load_plain(const InstrRow& row, u32 offset) {
    const Value& address = pop_int();
    Operand a, b;
    const Op pair = static_cast<Op>(static_cast<u32>(row.op) + 1);
    if (take_address_pair(address, pair, a, b)) {
        Ins& ins = append_result(pair, row.type);
        set_ab(ins, a, b);
        ins.set_imm(end_of_access(offset, row.size));
        return;
    }
    a = int_operand(address, info(row.op).shape.a, 'i');
    Ins& ins = append_result(row.op, row.type);
    set_a(ins, a);
    ins.set_imm(end_of_access(offset, row.size));
}

void FunctionTranslator::load_any(Op op, ValKind result, const Immediates& imm) {
    const Operand from = operand(pop(), info(op).shape.a, 'l');
    Ins& ins = append_bits(op, result);
    set_a(ins, from);
    ins.set_imm(static_cast<u16>(imm.index), imm.bits);
}

void FunctionTranslator::store(const InstrRow& row, const Immediates& imm) {
    if (is_plain_access(imm)) {
        store_plain(row, static_cast<u32>(imm.bits));
    } else {
        store_any(row.any, imm);
    }
}

void FunctionTranslator::store_plain(const InstrRow& row, u32 offset) {
    Op op = row.op;
    const Value& address = *pop_two();
    const Value& value = *(&address + 1);
    // Floats that are not in a register are stored as integers of the same size.
    if (is_float(value.type)) {
        const bool narrow = value.type == ValKind::f32;
        const Operand v = value.kind == Value::Kind::konst
                              ? Operand{Cls::K, 0}
                              : operand(value, shapes::kSRP, narrow ? 'f' : 'd');
        if (v.cls != Cls::S && v.cls != Cls::K) {
            op = narrow ? Op::f32_store : Op::f64_store;
        } else {
            op = narrow ? Op::store32 : Op::store64;
        }
    }
    const Op pair = static_cast<Op>(static_cast<u32>(op) + static_cast<u32>(Op::store8_ab) -
                                    static_cast<u32>(Op::store8));
    const OpInfo& o = info(op);
    const char type = o.types[1];
    // A constant too large for the instruction goes to a slot that the address may still need.
    const bool simple = value.kind != Value::Kind::konst || fits(type, value.bits);
    Operand a, b, c;
    if (simple && take_address_pair(address, pair, a, b)) {
        op = pair;
        c = operand(value, info(pair).shape.c, type);
    } else {
        a = int_operand(address, o.shape.a, 'i');
        b = is_float(value.type) ? operand(value, o.shape.b, type)
                                 : int_operand(value, o.shape.b, type);
    }
    Ins& ins = append(op);
    set_ab(ins, a, b);
    set_c(ins, c);
    ins.set_imm(end_of_access(offset, row.size));
}

void FunctionTranslator::store_any(Op op, const Immediates& imm) {
    const Value& value = pop();
    const Value& address = pop();
    Ins ins;
    ins.op = op;
    set_a(ins, operand(address, info(op).shape.a, 'l'));
    // Floats are stored from their slots, as bits.
    Value bits = value;
    if (is_float(value.type) && value.kind == Value::Kind::acc) {
        move_to_slot(value, value.home);
        bits.kind = Value::Kind::slot;
    }
    set_b(ins, operand(bits, info(op).shape.b, 'l'));
    ins.set_imm(static_cast<u16>(imm.index), imm.bits);
    emit(ins);
}

// ---- parametric and variable --------------------------------------------------------------------

void FunctionTranslator::select(ValKind type) {
    const Value& c = pop();
    const Value& b = pop();
    const Value& a = pop();
    const Op op = type == ValKind::v128  ? Op::vselect
                  : is_float(type)       ? Op::fselect
                  : type == ValKind::i32 ? Op::select32
                                         : Op::select;
    const OpInfo& o = info(op);
    const Operand first = operand(a, o.shape.a, o.types[0]);
    const Operand second = operand(b, o.shape.b, o.types[1]);
    const Operand condition = operand(c, o.shape.c, o.types[2]);
    Ins& ins = append_result(op, type);
    set_a(ins, first);
    set_b(ins, second);
    set_c(ins, condition);
}

void FunctionTranslator::global_get(u32 index) {
    const ValKind type = module_.globals[index].type.value.kind();
    if (type == ValKind::v128) {
        slow(Op::slow_global_get_v128, 0, &type, index);
        return;
    }
    const u32 imported = module_.num_imported_globals;
    append_bits(index < imported ? Op::global_get_import : Op::global_get, type)
        .set_imm(index < imported ? index : index - imported);
}

void FunctionTranslator::global_set(u32 index) {
    const ValKind type = module_.globals[index].type.value.kind();
    if (type == ValKind::v128) {
        slow(Op::slow_global_set_v128, 1, nullptr, index);
        return;
    }
    if (is_float(type)) materialize(stack_.back());
    const Value& v = pop();
    const u32 imported = module_.num_imported_globals;
    const Op op = index < imported ? Op::global_set_import : Op::global_set;
    const Operand from = operand(v, info(op).shape.a, 'l');
    Ins& ins = append(op);
    set_a(ins, from);
    ins.set_imm(index < imported ? index : index - imported);
}

// ---- slow operations ----------------------------------------------------------------------------

void FunctionTranslator::emit_slow(Op op, std::initializer_list<u32> slots, u32 i0, u32 i1) {
    u16 s[4] = {};
    u32 n = 0;
    for (const u32 slot : slots) s[n++] = static_cast<u16>(slot);
    append(op).set_imm(s[0], s[1], s[2], s[3], i0, i1);
}

void FunctionTranslator::slow(Op op, u32 operands, const ValKind* result, u32 i0, u32 i1) {
    materialize_top(operands);
    u32 slots[4] = {next_home(), 0, 0, 0};
    const u32 first = stack_.size() - operands;
    for (u32 i = 0; i < operands && i < 4; ++i) slots[i] = stack_[first + i].home;
    for (u32 i = 0; i < operands; ++i) pop();
    emit_slow(op, {slots[0], slots[1], slots[2], slots[3]}, i0, i1);
    forget_slot(slots[0]);
    forget_slot(slots[0] + 1);
    if (result != nullptr) push_slot(*result);
}

}  // namespace wasmi::core
