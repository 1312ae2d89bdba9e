// Translation of atomic instructions and of wide arithmetic.
// Spec: proposals/threads, proposals/wide-arithmetic.
#include "core/translator/function_translator.hpp"

namespace wasmi::core {

namespace {

/// Operations of a family stand in the order of their widths.
constexpr Op of_width(Op first, Instr instr) {
    return static_cast<Op>(static_cast<u32>(first) + access_log2(instr));
}
static_assert(of_width(Op::atomic_load8, Instr::i64_atomic_load32_u) == Op::atomic_load32);
static_assert(of_width(Op::mem_atomic_store8, Instr::i64_atomic_store) == Op::mem_atomic_store64);

/// Read-modify-write instructions come in groups of seven, operations in groups of four.
constexpr Op rmw_op(Op first, Instr instr) {
    const u32 family = (code_of(instr) - code_of(Instr::i32_atomic_rmw_add)) / 7;
    return of_width(static_cast<Op>(static_cast<u32>(first) + family * 4), instr);
}
static_assert(rmw_op(Op::atomic_add8, Instr::i64_atomic_rmw_add) == Op::atomic_add64);
static_assert(rmw_op(Op::atomic_add8, Instr::i32_atomic_rmw16_xchg_u) == Op::atomic_xchg16);
static_assert(rmw_op(Op::mem_atomic_add8, Instr::i32_atomic_rmw8_cmpxchg_u) ==
              Op::mem_atomic_cmpxchg8);

struct AtomicForm {
    Op op;         ///< on memory 0 with 32-bit addresses
    Op any;        ///< on others
    u32 operands;  ///< address included
    bool has_result;
};

constexpr AtomicForm form_of(Instr instr) {
    const u32 code = code_of(instr);
    if (code < code_of(Instr::i32_atomic_store)) {
        return {of_width(Op::atomic_load8, instr), of_width(Op::mem_atomic_load8, instr), 1, true};
    }
    if (code < code_of(Instr::i32_atomic_rmw_add)) {
        return {of_width(Op::atomic_store8, instr), of_width(Op::mem_atomic_store8, instr), 2,
                false};
    }
    return {rmw_op(Op::atomic_add8, instr), rmw_op(Op::mem_atomic_add8, instr),
            code < code_of(Instr::i32_atomic_rmw_cmpxchg) ? 2u : 3u, true};
}

constexpr ValKind result_of(Instr instr) {
    const Sig sig = sig_of(instr);
    return sig == Sig::a_l || sig == Sig::al_l || sig == Sig::all_l ? ValKind::i64 : ValKind::i32;
}

}  // namespace

void FunctionTranslator::atomic_access(Instr instr, const Immediates& imm) {
    const AtomicForm form = form_of(instr);
    const bool plain = is_plain_access(imm);
    if (!plain) materialize_top(form.operands);
    Value values[3];
    for (u32 i = form.operands; i-- > 0;) values[i] = pop();
    Ins ins;
    ins.op = plain ? form.op : form.any;
    const OpInfo& o = info(ins.op);
    const u8 masks[] = {o.shape.a, o.shape.b, o.shape.c};
    Operand operands[3];
    for (u32 i = 0; i < form.operands; ++i) {
        operands[i] = operand(values[i], masks[i], o.types[i]);
        // No register takes part in the accesses to other memories.
        if (!plain) operands[i] = {Cls::S, values[i].home};
    }
    set_a(ins, operands[0]);
    set_b(ins, operands[1]);
    set_c(ins, operands[2]);
    if (plain) {
        ins.set_imm(static_cast<u32>(imm.bits));
    } else {
        ins.set_imm(static_cast<u16>(imm.index), imm.bits);
    }
    if (!form.has_result) {
        emit(ins);
    } else if (plain) {
        emit_result(ins, result_of(instr));
    } else {
        ins.k.d = Cls::S;
        ins.d = next_home();
        emit(ins);
        forget_slot(ins.d);
        push_slot(result_of(instr));
    }
}

void FunctionTranslator::wait_or_notify(Op op, u32 operands, const Immediates& imm) {
    materialize_top(operands);
    u32 slots[3] = {};
    for (u32 i = operands; i-- > 0;) slots[i] = pop().home;
    emit_slow(op, {slots[0], slots[1], slots[2], imm.index}, static_cast<u32>(imm.bits),
              static_cast<u32>(imm.bits >> 32));
    forget_slot(slots[0]);
    push_slot(ValKind::i32);
}

void FunctionTranslator::wide(Op op, u32 operands) {
    materialize_top(operands);
    u32 first = 0;
    for (u32 i = 0; i < operands; ++i) first = pop().home;
    Ins ins;
    ins.op = op;
    ins.set_imm(static_cast<u16>(first));
    emit(ins);
    forget_slot(first);
    forget_slot(first + 1);
    push_slot(ValKind::i64);
    push_slot(ValKind::i64);
}

bool FunctionTranslator::translate_atomic(Instr instr, const Immediates& imm) {
    const bool is_atomic = opcode_of(instr).prefix == 0xFE;
    if (is_atomic && instr != Instr::atomic_fence && imm.index > 0xFFFF) {
        error_ = std::make_unique<Error>(ErrorKind::limit, "more than 65,536 memories");
        return true;
    }
    switch (instr) {
        case Instr::i64_add128:
            wide(Op::add128, 4);
            return true;
        case Instr::i64_sub128:
            wide(Op::sub128, 4);
            return true;
        case Instr::i64_mul_wide_s:
            wide(Op::mul_wide_s, 2);
            return true;
        case Instr::i64_mul_wide_u:
            wide(Op::mul_wide_u, 2);
            return true;
        case Instr::memory_atomic_notify:
            wait_or_notify(Op::slow_atomic_notify, 2, imm);
            return true;
        case Instr::memory_atomic_wait32:
            wait_or_notify(Op::slow_atomic_wait32, 3, imm);
            return true;
        case Instr::memory_atomic_wait64:
            wait_or_notify(Op::slow_atomic_wait64, 3, imm);
            return true;
        case Instr::atomic_fence: {
            Ins ins;
            ins.op = Op::atomic_fence;
            emit(ins);
            return true;
        }
        default:
            if (is_atomic) atomic_access(instr, imm);
            return is_atomic;
    }
}

}  // namespace wasmi::core
