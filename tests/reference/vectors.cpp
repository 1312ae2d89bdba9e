// Vector instructions of the reference interpreter, lane by lane.
// Spec: exec/instructions (vector), exec/numerics.
#include "core/types/instr.hpp"
#include "tests/reference/machine.hpp"
#include "tests/reference/vector_shapes.hpp"

namespace wasmi::reference {
namespace {

// ---- single instructions ------------------------------------------------------------------------
bool shuffle(Stack& stack, const Immediates& imm) {
    const auto b = stack.pop<Vector>();
    const auto a = stack.pop<Vector>();
    Vector r;
    for (unsigned i = 0; i < 16; ++i) {
        const unsigned lane = imm.lane_at(i);
        r[i] = lane < 16 ? a[lane] : b[lane - 16];
    }
    stack.push(r);
    return true;
}
bool swizzle(Stack& stack) {
    const auto indices = stack.pop<Vector>();
    const auto a = stack.pop<Vector>();
    Vector r;
    for (unsigned i = 0; i < 16; ++i) r[i] = indices[i] < 16 ? a[indices[i]] : u8{0};
    stack.push(r);
    return true;
}
bool any_true(Stack& stack) {
    u32 any = 0;
    for (const u8 byte : stack.pop<Vector>()) any |= byte != 0;
    stack.push(any);
    return true;
}
bool dot_i16x8(Stack& stack) {
    const Lanes<i16> b = to_lanes<i16>(stack.pop<Vector>());
    const Lanes<i16> a = to_lanes<i16>(stack.pop<Vector>());
    Lanes<u32> r;
    for (std::size_t i = 0; i < r.size(); ++i) {
        r[i] = static_cast<u32>(i64{a[2 * i]} * b[2 * i] + i64{a[2 * i + 1]} * b[2 * i + 1]);
    }
    stack.push(of_lanes(r));
    return true;
}
/// The sums of pairs of products, which saturate.
Lanes<i16> relaxed_dot(const Vector& a, const Vector& b) {
    const Lanes<i8> x = to_lanes<i8>(a);
    const Lanes<i8> y = to_lanes<i8>(b);
    Lanes<i16> r;
    for (std::size_t i = 0; i < r.size(); ++i) {
        const i64 sum = i64{x[2 * i]} * y[2 * i] + i64{x[2 * i + 1]} * y[2 * i + 1];
        r[i] = static_cast<i16>(sat_s<u16>(sum));
    }
    return r;
}
bool relaxed_dot_i16x8(Stack& stack) {
    const auto b = stack.pop<Vector>();
    const auto a = stack.pop<Vector>();
    stack.push(of_lanes(relaxed_dot(a, b)));
    return true;
}
bool relaxed_dot_add_i32x4(Stack& stack) {
    const Lanes<u32> c = to_lanes<u32>(stack.pop<Vector>());
    const auto b = stack.pop<Vector>();
    const auto a = stack.pop<Vector>();
    const Lanes<i16> dot = relaxed_dot(a, b);
    Lanes<u32> r;
    for (std::size_t i = 0; i < r.size(); ++i) {
        r[i] = iadd(static_cast<u32>(i64{dot[2 * i]} + i64{dot[2 * i + 1]}), c[i]);
    }
    stack.push(of_lanes(r));
    return true;
}
template <class F>
F madd(F a, F b, F c) {
    return fadd(fmul(a, b), c);
}
template <class F>
F nmadd(F a, F b, F c) {
    return fadd(fmul(fneg(a), b), c);
}

}  // namespace

// The instructions that the same function of lanes stands for.
#define REFERENCE_I8_I16(name, shape, function) \
    case Instr::i8x16_##name:                   \
        return shape(stack, function<u8>);      \
    case Instr::i16x8_##name:                   \
        return shape(stack, function<u16>)
#define REFERENCE_I8_I16_I32(name, shape, function) \
    REFERENCE_I8_I16(name, shape, function);        \
    case Instr::i32x4_##name:                       \
        return shape(stack, function<u32>)
#define REFERENCE_ALL_INTEGERS(name, shape, function) \
    REFERENCE_I8_I16_I32(name, shape, function);      \
    case Instr::i64x2_##name:                         \
        return shape(stack, function<u64>)
#define REFERENCE_FLOATS(name, shape, function) \
    case Instr::f32x4_##name:                   \
        return shape(stack, function<float>);   \
    case Instr::f64x2_##name:                   \
        return shape(stack, function<double>)
// Widening: the lower or the upper half of the lanes, signed or unsigned.
#define REFERENCE_WIDENING(name, to, to_type, from, from_bits)     \
    case Instr::to##_##name##_low_##from##_s:                      \
        return name<to_type, i##from_bits>(stack, 0);              \
    case Instr::to##_##name##_low_##from##_u:                      \
        return name<to_type, u##from_bits>(stack, 0);              \
    case Instr::to##_##name##_high_##from##_s:                     \
        return name<to_type, i##from_bits>(stack, 64 / from_bits); \
    case Instr::to##_##name##_high_##from##_u:                     \
        return name<to_type, u##from_bits>(stack, 64 / from_bits)

bool execute_vector(Instr instr, const Immediates& imm, Stack& stack) {
    switch (instr) {
        case Instr::v128_const:
            stack.push_value({imm.bits, imm.bits_hi, RefKind::null});
            return true;
        case Instr::i8x16_shuffle:
            return shuffle(stack, imm);
        case Instr::i8x16_swizzle:
        case Instr::i8x16_relaxed_swizzle:
            return swizzle(stack);

        case Instr::i8x16_splat:
            return splat<u8, u32>(stack);
        case Instr::i16x8_splat:
            return splat<u16, u32>(stack);
        case Instr::i32x4_splat:
            return splat<u32, u32>(stack);
        case Instr::i64x2_splat:
            return splat<u64, u64>(stack);
        case Instr::f32x4_splat:
            return splat<u32, u32>(stack);
        case Instr::f64x2_splat:
            return splat<u64, u64>(stack);
        case Instr::i8x16_extract_lane_s:
            return extract_lane<i8, u32>(stack, imm.lane);
        case Instr::i8x16_extract_lane_u:
            return extract_lane<u8, u32>(stack, imm.lane);
        case Instr::i16x8_extract_lane_s:
            return extract_lane<i16, u32>(stack, imm.lane);
        case Instr::i16x8_extract_lane_u:
            return extract_lane<u16, u32>(stack, imm.lane);
        case Instr::i32x4_extract_lane:
        case Instr::f32x4_extract_lane:
            return extract_lane<u32, u32>(stack, imm.lane);
        case Instr::i64x2_extract_lane:
        case Instr::f64x2_extract_lane:
            return extract_lane<u64, u64>(stack, imm.lane);
        case Instr::i8x16_replace_lane:
            return replace_lane<u8, u32>(stack, imm.lane);
        case Instr::i16x8_replace_lane:
            return replace_lane<u16, u32>(stack, imm.lane);
        case Instr::i32x4_replace_lane:
        case Instr::f32x4_replace_lane:
            return replace_lane<u32, u32>(stack, imm.lane);
        case Instr::i64x2_replace_lane:
        case Instr::f64x2_replace_lane:
            return replace_lane<u64, u64>(stack, imm.lane);

            REFERENCE_ALL_INTEGERS(eq, compare, ieq);
            REFERENCE_ALL_INTEGERS(ne, compare, ine);
            REFERENCE_ALL_INTEGERS(lt_s, compare, ilt_s);
            REFERENCE_I8_I16_I32(lt_u, compare, ilt_u);
            REFERENCE_ALL_INTEGERS(gt_s, compare, igt_s);
            REFERENCE_I8_I16_I32(gt_u, compare, igt_u);
            REFERENCE_ALL_INTEGERS(le_s, compare, ile_s);
            REFERENCE_I8_I16_I32(le_u, compare, ile_u);
            REFERENCE_ALL_INTEGERS(ge_s, compare, ige_s);
            REFERENCE_I8_I16_I32(ge_u, compare, ige_u);
            REFERENCE_FLOATS(eq, compare, feq);
            REFERENCE_FLOATS(ne, compare, fne);
            REFERENCE_FLOATS(lt, compare, flt);
            REFERENCE_FLOATS(gt, compare, fgt);
            REFERENCE_FLOATS(le, compare, fle);
            REFERENCE_FLOATS(ge, compare, fge);

        case Instr::v128_not:
            return unary(stack, inot<u64>);
        case Instr::v128_and:
            return binary(stack, iand<u64>);
        case Instr::v128_andnot:
            return binary(stack, iandnot<u64>);
        case Instr::v128_or:
            return binary(stack, ior<u64>);
        case Instr::v128_xor:
            return binary(stack, ixor<u64>);
        case Instr::v128_bitselect:
        case Instr::i8x16_relaxed_laneselect:
        case Instr::i16x8_relaxed_laneselect:
        case Instr::i32x4_relaxed_laneselect:
        case Instr::i64x2_relaxed_laneselect:
            return ternary(stack, ibitselect<u64>);
        case Instr::v128_any_true:
            return any_true(stack);
        case Instr::i8x16_all_true:
            return all_true<u8>(stack);
        case Instr::i16x8_all_true:
            return all_true<u16>(stack);
        case Instr::i32x4_all_true:
            return all_true<u32>(stack);
        case Instr::i64x2_all_true:
            return all_true<u64>(stack);
        case Instr::i8x16_bitmask:
            return bitmask<u8>(stack);
        case Instr::i16x8_bitmask:
            return bitmask<u16>(stack);
        case Instr::i32x4_bitmask:
            return bitmask<u32>(stack);
        case Instr::i64x2_bitmask:
            return bitmask<u64>(stack);

            REFERENCE_ALL_INTEGERS(abs, unary, iabs);
            REFERENCE_ALL_INTEGERS(neg, unary, ineg);
            REFERENCE_ALL_INTEGERS(shl, shift, ishl);
            REFERENCE_ALL_INTEGERS(shr_s, shift, ishr_s);
            REFERENCE_ALL_INTEGERS(shr_u, shift, ishr_u);
            REFERENCE_ALL_INTEGERS(add, binary, iadd);
            REFERENCE_ALL_INTEGERS(sub, binary, isub);
            REFERENCE_I8_I16(add_sat_s, binary, iadd_sat_s);
            REFERENCE_I8_I16(add_sat_u, binary, iadd_sat_u);
            REFERENCE_I8_I16(sub_sat_s, binary, isub_sat_s);
            REFERENCE_I8_I16(sub_sat_u, binary, isub_sat_u);
            REFERENCE_I8_I16_I32(min_s, binary, imin_s);
            REFERENCE_I8_I16_I32(min_u, binary, imin_u);
            REFERENCE_I8_I16_I32(max_s, binary, imax_s);
            REFERENCE_I8_I16_I32(max_u, binary, imax_u);
            REFERENCE_I8_I16(avgr_u, binary, iavgr_u);
        case Instr::i8x16_popcnt:
            return unary(stack, ipopcnt<u8>);
        case Instr::i16x8_mul:
            return binary(stack, imul<u16>);
        case Instr::i32x4_mul:
            return binary(stack, imul<u32>);
        case Instr::i64x2_mul:
            return binary(stack, imul<u64>);
        case Instr::i16x8_q15mulr_sat_s:
        case Instr::i16x8_relaxed_q15mulr_s:
            return binary(stack, iq15mulr_sat_s);
        case Instr::i32x4_dot_i16x8_s:
            return dot_i16x8(stack);
        case Instr::i16x8_relaxed_dot_i8x16_i7x16_s:
            return relaxed_dot_i16x8(stack);
        case Instr::i32x4_relaxed_dot_i8x16_i7x16_add_s:
            return relaxed_dot_add_i32x4(stack);

        case Instr::i8x16_narrow_i16x8_s:
            return narrow<u8, u16>(stack, sat_s<u8>);
        case Instr::i8x16_narrow_i16x8_u:
            return narrow<u8, u16>(stack, sat_u<u8>);
        case Instr::i16x8_narrow_i32x4_s:
            return narrow<u16, u32>(stack, sat_s<u16>);
        case Instr::i16x8_narrow_i32x4_u:
            return narrow<u16, u32>(stack, sat_u<u16>);
            REFERENCE_WIDENING(extend, i16x8, u16, i8x16, 8);
            REFERENCE_WIDENING(extend, i32x4, u32, i16x8, 16);
            REFERENCE_WIDENING(extend, i64x2, u64, i32x4, 32);
            REFERENCE_WIDENING(extmul, i16x8, u16, i8x16, 8);
            REFERENCE_WIDENING(extmul, i32x4, u32, i16x8, 16);
            REFERENCE_WIDENING(extmul, i64x2, u64, i32x4, 32);
        case Instr::i16x8_extadd_pairwise_i8x16_s:
            return extadd_pairwise<u16, i8>(stack);
        case Instr::i16x8_extadd_pairwise_i8x16_u:
            return extadd_pairwise<u16, u8>(stack);
        case Instr::i32x4_extadd_pairwise_i16x8_s:
            return extadd_pairwise<u32, i16>(stack);
        case Instr::i32x4_extadd_pairwise_i16x8_u:
            return extadd_pairwise<u32, u16>(stack);

            REFERENCE_FLOATS(abs, unary, fabs);
            REFERENCE_FLOATS(neg, unary, fneg);
            REFERENCE_FLOATS(sqrt, unary, fsqrt);
            REFERENCE_FLOATS(ceil, unary, fceil);
            REFERENCE_FLOATS(floor, unary, ffloor);
            REFERENCE_FLOATS(trunc, unary, ftrunc);
            REFERENCE_FLOATS(nearest, unary, fnearest);
            REFERENCE_FLOATS(add, binary, fadd);
            REFERENCE_FLOATS(sub, binary, fsub);
            REFERENCE_FLOATS(mul, binary, fmul);
            REFERENCE_FLOATS(div, binary, fdiv);
            REFERENCE_FLOATS(min, binary, fmin);
            REFERENCE_FLOATS(max, binary, fmax);
            REFERENCE_FLOATS(relaxed_min, binary, fmin);
            REFERENCE_FLOATS(relaxed_max, binary, fmax);
            REFERENCE_FLOATS(pmin, binary, fpmin);
            REFERENCE_FLOATS(pmax, binary, fpmax);
            REFERENCE_FLOATS(relaxed_madd, ternary, madd);
            REFERENCE_FLOATS(relaxed_nmadd, ternary, nmadd);

        case Instr::f32x4_demote_f64x2_zero:
            return convert_lanes(stack, demote);
        case Instr::f64x2_promote_low_f32x4:
            return convert_lanes(stack, promote);
        case Instr::i32x4_trunc_sat_f32x4_s:
        case Instr::i32x4_relaxed_trunc_f32x4_s:
            return convert_lanes(stack, trunc_sat<i32, float>);
        case Instr::i32x4_trunc_sat_f32x4_u:
        case Instr::i32x4_relaxed_trunc_f32x4_u:
            return convert_lanes(stack, trunc_sat<u32, float>);
        case Instr::i32x4_trunc_sat_f64x2_s_zero:
        case Instr::i32x4_relaxed_trunc_f64x2_s_zero:
            return convert_lanes(stack, trunc_sat<i32, double>);
        case Instr::i32x4_trunc_sat_f64x2_u_zero:
        case Instr::i32x4_relaxed_trunc_f64x2_u_zero:
            return convert_lanes(stack, trunc_sat<u32, double>);
        case Instr::f32x4_convert_i32x4_s:
            return convert_lanes(stack, convert<float, i32>);
        case Instr::f32x4_convert_i32x4_u:
            return convert_lanes(stack, convert<float, u32>);
        case Instr::f64x2_convert_low_i32x4_s:
            return convert_lanes(stack, convert<double, i32>);
        case Instr::f64x2_convert_low_i32x4_u:
            return convert_lanes(stack, convert<double, u32>);
        default:
            return false;
    }
}

}  // namespace wasmi::reference
