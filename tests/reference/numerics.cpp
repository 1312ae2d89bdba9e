// Numeric instructions of the reference interpreter: which function stands for which instruction.
// Spec: exec/instructions (numeric).
#include "tests/reference/numerics.hpp"

#include "core/types/instr.hpp"
#include "tests/reference/machine.hpp"

namespace wasmi::reference {
namespace {

template <class R, class A>
bool apply(Stack& stack, R (*function)(A)) {
    stack.push(function(stack.pop<A>()));
    return true;
}
template <class R, class A>
bool apply(Stack& stack, R (*function)(A, A)) {
    const A b = stack.pop<A>();
    const A a = stack.pop<A>();
    stack.push(function(a, b));
    return true;
}

Wide pop_wide(Stack& stack) {
    const u64 hi = stack.pop<u64>();
    return {stack.pop<u64>(), hi};
}
bool push_wide(Stack& stack, Wide v) {
    stack.push(v.lo);
    stack.push(v.hi);
    return true;
}
bool apply_wide(Stack& stack, Wide (*function)(Wide, Wide)) {
    const Wide b = pop_wide(stack);
    const Wide a = pop_wide(stack);
    return push_wide(stack, function(a, b));
}
bool multiply_wide(Stack& stack, bool is_signed) {
    const u64 b = stack.pop<u64>();
    const u64 a = stack.pop<u64>();
    return push_wide(stack, mul_wide(a, b, is_signed));
}

}  // namespace

// The instructions of both widths that the same function stands for.
#define REFERENCE_INTEGERS(name, function)  \
    case Instr::i32_##name:                 \
        return apply(stack, function<u32>); \
    case Instr::i64_##name:                 \
        return apply(stack, function<u64>)
#define REFERENCE_FLOATS(name, function)      \
    case Instr::f32_##name:                   \
        return apply(stack, function<float>); \
    case Instr::f64_##name:                   \
        return apply(stack, function<double>)

bool execute_numeric(Instr instr, const Immediates& imm, Stack& stack) {
    switch (instr) {
        case Instr::i32_const:
            stack.push(static_cast<u32>(imm.bits));
            return true;
        case Instr::f32_const:
            stack.push(static_cast<u32>(imm.bits));
            return true;
        case Instr::i64_const:
        case Instr::f64_const:
            stack.push(imm.bits);
            return true;

            REFERENCE_INTEGERS(eqz, ieqz);
            REFERENCE_INTEGERS(eq, ieq);
            REFERENCE_INTEGERS(ne, ine);
            REFERENCE_INTEGERS(lt_s, ilt_s);
            REFERENCE_INTEGERS(lt_u, ilt_u);
            REFERENCE_INTEGERS(gt_s, igt_s);
            REFERENCE_INTEGERS(gt_u, igt_u);
            REFERENCE_INTEGERS(le_s, ile_s);
            REFERENCE_INTEGERS(le_u, ile_u);
            REFERENCE_INTEGERS(ge_s, ige_s);
            REFERENCE_INTEGERS(ge_u, ige_u);
            REFERENCE_INTEGERS(clz, iclz);
            REFERENCE_INTEGERS(ctz, ictz);
            REFERENCE_INTEGERS(popcnt, ipopcnt);
            REFERENCE_INTEGERS(add, iadd);
            REFERENCE_INTEGERS(sub, isub);
            REFERENCE_INTEGERS(mul, imul);
            REFERENCE_INTEGERS(div_s, idiv_s);
            REFERENCE_INTEGERS(div_u, idiv_u);
            REFERENCE_INTEGERS(rem_s, irem_s);
            REFERENCE_INTEGERS(rem_u, irem_u);
            REFERENCE_INTEGERS(and, iand);
            REFERENCE_INTEGERS(or, ior);
            REFERENCE_INTEGERS(xor, ixor);
            REFERENCE_INTEGERS(shl, ishl);
            REFERENCE_INTEGERS(shr_s, ishr_s);
            REFERENCE_INTEGERS(shr_u, ishr_u);
            REFERENCE_INTEGERS(rotl, irotl);
            REFERENCE_INTEGERS(rotr, irotr);

            REFERENCE_FLOATS(eq, feq);
            REFERENCE_FLOATS(ne, fne);
            REFERENCE_FLOATS(lt, flt);
            REFERENCE_FLOATS(gt, fgt);
            REFERENCE_FLOATS(le, fle);
            REFERENCE_FLOATS(ge, fge);
            REFERENCE_FLOATS(abs, fabs);
            REFERENCE_FLOATS(neg, fneg);
            REFERENCE_FLOATS(ceil, fceil);
            REFERENCE_FLOATS(floor, ffloor);
            REFERENCE_FLOATS(trunc, ftrunc);
            REFERENCE_FLOATS(nearest, fnearest);
            REFERENCE_FLOATS(sqrt, fsqrt);
            REFERENCE_FLOATS(add, fadd);
            REFERENCE_FLOATS(sub, fsub);
            REFERENCE_FLOATS(mul, fmul);
            REFERENCE_FLOATS(div, fdiv);
            REFERENCE_FLOATS(min, fmin);
            REFERENCE_FLOATS(max, fmax);
            REFERENCE_FLOATS(copysign, fcopysign);

        case Instr::i32_wrap_i64:
            return apply(stack, extend_u<u32, u64>);
        case Instr::i64_extend_i32_u:
            return apply(stack, extend_u<u64, u32>);
        case Instr::i64_extend_i32_s:
            return apply(stack, extend_s<u64, u32>);
        case Instr::i32_extend8_s:
            return apply(stack, extend_s<u32, u8, u32>);
        case Instr::i32_extend16_s:
            return apply(stack, extend_s<u32, u16, u32>);
        case Instr::i64_extend8_s:
            return apply(stack, extend_s<u64, u8, u64>);
        case Instr::i64_extend16_s:
            return apply(stack, extend_s<u64, u16, u64>);
        case Instr::i64_extend32_s:
            return apply(stack, extend_s<u64, u32, u64>);

        case Instr::i32_trunc_f32_s:
            return apply(stack, trunc<i32, float>);
        case Instr::i32_trunc_f32_u:
            return apply(stack, trunc<u32, float>);
        case Instr::i32_trunc_f64_s:
            return apply(stack, trunc<i32, double>);
        case Instr::i32_trunc_f64_u:
            return apply(stack, trunc<u32, double>);
        case Instr::i64_trunc_f32_s:
            return apply(stack, trunc<i64, float>);
        case Instr::i64_trunc_f32_u:
            return apply(stack, trunc<u64, float>);
        case Instr::i64_trunc_f64_s:
            return apply(stack, trunc<i64, double>);
        case Instr::i64_trunc_f64_u:
            return apply(stack, trunc<u64, double>);
        case Instr::i32_trunc_sat_f32_s:
            return apply(stack, trunc_sat<i32, float>);
        case Instr::i32_trunc_sat_f32_u:
            return apply(stack, trunc_sat<u32, float>);
        case Instr::i32_trunc_sat_f64_s:
            return apply(stack, trunc_sat<i32, double>);
        case Instr::i32_trunc_sat_f64_u:
            return apply(stack, trunc_sat<u32, double>);
        case Instr::i64_trunc_sat_f32_s:
            return apply(stack, trunc_sat<i64, float>);
        case Instr::i64_trunc_sat_f32_u:
            return apply(stack, trunc_sat<u64, float>);
        case Instr::i64_trunc_sat_f64_s:
            return apply(stack, trunc_sat<i64, double>);
        case Instr::i64_trunc_sat_f64_u:
            return apply(stack, trunc_sat<u64, double>);

        case Instr::f32_convert_i32_s:
            return apply(stack, convert<float, i32>);
        case Instr::f32_convert_i32_u:
            return apply(stack, convert<float, u32>);
        case Instr::f32_convert_i64_s:
            return apply(stack, convert<float, i64>);
        case Instr::f32_convert_i64_u:
            return apply(stack, convert<float, u64>);
        case Instr::f64_convert_i32_s:
            return apply(stack, convert<double, i32>);
        case Instr::f64_convert_i32_u:
            return apply(stack, convert<double, u32>);
        case Instr::f64_convert_i64_s:
            return apply(stack, convert<double, i64>);
        case Instr::f64_convert_i64_u:
            return apply(stack, convert<double, u64>);
        case Instr::f32_demote_f64:
            return apply(stack, demote);
        case Instr::f64_promote_f32:
            return apply(stack, promote);
        case Instr::i32_reinterpret_f32:
            return apply(stack, reinterpret<u32, float>);
        case Instr::i64_reinterpret_f64:
            return apply(stack, reinterpret<u64, double>);
        case Instr::f32_reinterpret_i32:
            return apply(stack, reinterpret<float, u32>);
        case Instr::f64_reinterpret_i64:
            return apply(stack, reinterpret<double, u64>);
        case Instr::i64_add128:
            return apply_wide(stack, add128);
        case Instr::i64_sub128:
            return apply_wide(stack, sub128);
        case Instr::i64_mul_wide_s:
            return multiply_wide(stack, true);
        case Instr::i64_mul_wide_u:
            return multiply_wide(stack, false);
        default:
            return false;
    }
}

}  // namespace wasmi::reference
