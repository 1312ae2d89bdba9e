// The numeric instructions as pure functions, named after their rows in instructions.def.
// Spec: exec/numerics. Integers are unsigned words; i32 results leave the upper half zero.
//
// Nothing here calls into a library: the functions are inlined into handlers, which must not
// contain calls. Hence population count, rounding and the like by arithmetic.
#pragma once

#include "core/types/basics.hpp"

#include <wasmi/error.hpp>

#include <bit>
#include <limits>
#include <type_traits>

namespace wasmi::core {

/// A value or a trap.
template <class T>
struct Trapping {
    T value;
    TrapCode trap;
    constexpr Trapping(T v) : value(v), trap(TrapCode::none) {}
    constexpr Trapping(TrapCode t) : value(), trap(t) {}
};

namespace numeric {

#define WASMI_FN WASMI_ALWAYS_INLINE constexpr

// ---- integers -----------------------------------------------------------------------------------
#define WASMI_INT(ty, U, I, kBits)                                                                \
    WASMI_FN U ty##_add(U a, U b) { return static_cast<U>(a + b); }                               \
    WASMI_FN U ty##_sub(U a, U b) { return static_cast<U>(a - b); }                               \
    WASMI_FN U ty##_mul(U a, U b) { return static_cast<U>(a * b); }                               \
    WASMI_FN U ty##_and(U a, U b) { return a & b; }                                               \
    WASMI_FN U ty##_or(U a, U b) { return a | b; }                                                \
    WASMI_FN U ty##_xor(U a, U b) { return a ^ b; }                                               \
    WASMI_FN U ty##_shl(U a, U b) { return a << (b & (kBits - 1)); }                              \
    WASMI_FN U ty##_shr_u(U a, U b) { return a >> (b & (kBits - 1)); }                            \
    WASMI_FN U ty##_shr_s(U a, U b) {                                                             \
        return static_cast<U>(static_cast<I>(a) >> (b & (kBits - 1)));                            \
    }                                                                                             \
    WASMI_FN U ty##_rotl(U a, U b) {                                                              \
        return a << (b & (kBits - 1)) | a >> ((0 - b) & (kBits - 1));                             \
    }                                                                                             \
    WASMI_FN U ty##_rotr(U a, U b) {                                                              \
        return a >> (b & (kBits - 1)) | a << ((0 - b) & (kBits - 1));                             \
    }                                                                                             \
    WASMI_FN Trapping<U> ty##_div_s(U a, U b) {                                                   \
        if (WASMI_UNLIKELY(b == 0)) return TrapCode::integer_divide_by_zero;                      \
        if (WASMI_UNLIKELY(b == static_cast<U>(-1))) {                                            \
            if (a == U{1} << (kBits - 1)) return TrapCode::integer_overflow;                      \
            return static_cast<U>(0 - a);                                                         \
        }                                                                                         \
        return static_cast<U>(static_cast<I>(a) / static_cast<I>(b));                             \
    }                                                                                             \
    WASMI_FN Trapping<U> ty##_div_u(U a, U b) {                                                   \
        if (WASMI_UNLIKELY(b == 0)) return TrapCode::integer_divide_by_zero;                      \
        return a / b;                                                                             \
    }                                                                                             \
    WASMI_FN Trapping<U> ty##_rem_s(U a, U b) {                                                   \
        if (WASMI_UNLIKELY(b == 0)) return TrapCode::integer_divide_by_zero;                      \
        if (WASMI_UNLIKELY(b == static_cast<U>(-1))) return U{0};                                 \
        return static_cast<U>(static_cast<I>(a) % static_cast<I>(b));                             \
    }                                                                                             \
    WASMI_FN Trapping<U> ty##_rem_u(U a, U b) {                                                   \
        if (WASMI_UNLIKELY(b == 0)) return TrapCode::integer_divide_by_zero;                      \
        return a % b;                                                                             \
    }                                                                                             \
    WASMI_FN u32 ty##_eq(U a, U b) { return a == b; }                                             \
    WASMI_FN u32 ty##_ne(U a, U b) { return a != b; }                                             \
    WASMI_FN u32 ty##_lt_s(U a, U b) { return static_cast<I>(a) < static_cast<I>(b); }            \
    WASMI_FN u32 ty##_lt_u(U a, U b) { return a < b; }                                            \
    WASMI_FN u32 ty##_le_s(U a, U b) { return static_cast<I>(a) <= static_cast<I>(b); }           \
    WASMI_FN u32 ty##_le_u(U a, U b) { return a <= b; }                                           \
    WASMI_FN u32 ty##_gt_s(U a, U b) { return static_cast<I>(a) > static_cast<I>(b); }            \
    WASMI_FN u32 ty##_gt_u(U a, U b) { return a > b; }                                            \
    WASMI_FN u32 ty##_ge_s(U a, U b) { return static_cast<I>(a) >= static_cast<I>(b); }           \
    WASMI_FN u32 ty##_ge_u(U a, U b) { return a >= b; }                                           \
    WASMI_FN u32 ty##_eqz(U a) { return a == 0; }                                                 \
    WASMI_FN u32 ty##_nez(U a) { return a != 0; }                                                 \
    WASMI_FN U ty##_clz(U a) { return static_cast<U>(std::countl_zero(a)); }                      \
    WASMI_FN U ty##_ctz(U a) { return static_cast<U>(std::countr_zero(a)); }                      \
    WASMI_FN U ty##_extend8_s(U a) { return static_cast<U>(static_cast<I>(static_cast<i8>(a))); } \
    WASMI_FN U ty##_extend16_s(U a) { return static_cast<U>(static_cast<I>(static_cast<i16>(a))); }
WASMI_INT(i32, u32, i32, 32u)
WASMI_INT(i64, u64, i64, 64u)
#undef WASMI_INT

WASMI_FN u64 i64_popcnt(u64 a) {
    a -= a >> 1 & 0x5555'5555'5555'5555u;
    a = (a & 0x3333'3333'3333'3333u) + (a >> 2 & 0x3333'3333'3333'3333u);
    a = (a + (a >> 4)) & 0x0F0F'0F0F'0F0F'0F0Fu;
    return a * 0x0101'0101'0101'0101u >> 56;
}
WASMI_FN u32 i32_popcnt(u32 a) { return static_cast<u32>(i64_popcnt(a)); }
WASMI_FN u64 i64_extend32_s(u64 a) { return static_cast<u64>(i64{static_cast<i32>(a)}); }
WASMI_FN u64 i64_extend_i32_s(u32 a) { return static_cast<u64>(i64{static_cast<i32>(a)}); }
WASMI_FN u64 i64_extend_i32_u(u32 a) { return a; }
WASMI_FN u32 i32_wrap_i64(u64 a) { return static_cast<u32>(a); }

// ---- floating point -----------------------------------------------------------------------------
template <class F>
using BitsOf = std::conditional_t<sizeof(F) == 4, u32, u64>;
template <class F>
inline constexpr BitsOf<F> kSignBit = BitsOf<F>{1} << (sizeof(F) * 8 - 1);

template <class F>
WASMI_FN F float_abs(F a) {
    return std::bit_cast<F>(static_cast<BitsOf<F>>(std::bit_cast<BitsOf<F>>(a) & ~kSignBit<F>));
}
template <class F>
WASMI_FN F float_neg(F a) {
    return std::bit_cast<F>(static_cast<BitsOf<F>>(std::bit_cast<BitsOf<F>>(a) ^ kSignBit<F>));
}
template <class F>
WASMI_FN F float_copysign(F a, F b) {
    return std::bit_cast<F>(static_cast<BitsOf<F>>((std::bit_cast<BitsOf<F>>(a) & ~kSignBit<F>) |
                                                   (std::bit_cast<BitsOf<F>>(b) & kSignBit<F>)));
}
// NaNs come out quiet through the addition; of two equal values the sign bits decide (zeros).
template <class F>
WASMI_FN F float_min(F a, F b) {
    if (a != a || b != b) return a + b;
    if (a == b) return std::bit_cast<F>(std::bit_cast<BitsOf<F>>(a) | std::bit_cast<BitsOf<F>>(b));
    return a < b ? a : b;
}
template <class F>
WASMI_FN F float_max(F a, F b) {
    if (a != a || b != b) return a + b;
    if (a == b) return std::bit_cast<F>(std::bit_cast<BitsOf<F>>(a) & std::bit_cast<BitsOf<F>>(b));
    return a > b ? a : b;
}
template <class F>
inline constexpr F kIntegral = sizeof(F) == 4 ? F(8388608.0) : F(4503599627370496.0);
// Adding and subtracting 2^(mantissa bits) rounds a smaller value to an integer, ties to even, in
// the default rounding mode. The barrier keeps compilers from folding the pair away.
template <class F>
WASMI_ALWAYS_INLINE F round_magnitude(F a) {
    F sum = a + kIntegral<F>;
#if defined(__x86_64__)
    __asm__("" : "+x"(sum));
#elif defined(__aarch64__)
    __asm__("" : "+w"(sum));
#else
    volatile F barrier = sum;
    sum = barrier;
#endif
    return sum - kIntegral<F>;
}
/// Integers already, infinities and NaNs.
template <class F>
WASMI_ALWAYS_INLINE bool is_integral(F a) {
    return !(float_abs(a) < kIntegral<F>);
}
// A sum with zero would do, but compilers drop it.
template <class F>
WASMI_ALWAYS_INLINE F quiet(F a) {
    constexpr BitsOf<F> kQuietBit = BitsOf<F>{1} << (sizeof(F) == 4 ? 22 : 51);
    return a == a
               ? a
               : std::bit_cast<F>(static_cast<BitsOf<F>>(std::bit_cast<BitsOf<F>>(a) | kQuietBit));
}
template <class F>
WASMI_ALWAYS_INLINE F float_nearest(F a) {
    if (is_integral(a)) return quiet(a);
    return float_copysign(round_magnitude(float_abs(a)), a);
}
template <class F>
WASMI_ALWAYS_INLINE F float_trunc(F a) {
    if (is_integral(a)) return quiet(a);
    const F m = float_abs(a);
    F r = round_magnitude(m);
    if (r > m) r -= F{1};
    return float_copysign(r, a);
}
template <class F>
WASMI_ALWAYS_INLINE F float_floor(F a) {
    if (is_integral(a)) return quiet(a);
    F r = float_copysign(round_magnitude(float_abs(a)), a);
    if (r > a) r -= F{1};
    return float_copysign(r, a);
}
template <class F>
WASMI_ALWAYS_INLINE F float_ceil(F a) {
    if (is_integral(a)) return quiet(a);
    F r = float_copysign(round_magnitude(float_abs(a)), a);
    if (r < a) r += F{1};
    return float_copysign(r, a);
}

#define WASMI_FLOAT(ty)                                                    \
    WASMI_FN ty ty##_add(ty a, ty b) { return a + b; }                     \
    WASMI_FN ty ty##_sub(ty a, ty b) { return a - b; }                     \
    WASMI_FN ty ty##_mul(ty a, ty b) { return a * b; }                     \
    WASMI_FN ty ty##_div(ty a, ty b) { return a / b; }                     \
    WASMI_FN ty ty##_min(ty a, ty b) { return float_min(a, b); }           \
    WASMI_FN ty ty##_max(ty a, ty b) { return float_max(a, b); }           \
    WASMI_FN ty ty##_copysign(ty a, ty b) { return float_copysign(a, b); } \
    WASMI_FN u32 ty##_eq(ty a, ty b) { return a == b; }                    \
    WASMI_FN u32 ty##_ne(ty a, ty b) { return a != b; }                    \
    WASMI_FN u32 ty##_lt(ty a, ty b) { return a < b; }                     \
    WASMI_FN u32 ty##_le(ty a, ty b) { return a <= b; }                    \
    WASMI_FN u32 ty##_gt(ty a, ty b) { return a > b; }                     \
    WASMI_FN u32 ty##_ge(ty a, ty b) { return a >= b; }                    \
    WASMI_FN u32 ty##_nlt(ty a, ty b) { return !(a < b); }                 \
    WASMI_FN u32 ty##_nle(ty a, ty b) { return !(a <= b); }                \
    WASMI_FN ty ty##_abs(ty a) { return float_abs(a); }                    \
    WASMI_FN ty ty##_neg(ty a) { return float_neg(a); }                    \
    WASMI_ALWAYS_INLINE ty ty##_ceil(ty a) { return float_ceil(a); }       \
    WASMI_ALWAYS_INLINE ty ty##_floor(ty a) { return float_floor(a); }     \
    WASMI_ALWAYS_INLINE ty ty##_trunc(ty a) { return float_trunc(a); }     \
    WASMI_ALWAYS_INLINE ty ty##_nearest(ty a) { return float_nearest(a); }
WASMI_FLOAT(f32)
WASMI_FLOAT(f64)
#undef WASMI_FLOAT
WASMI_ALWAYS_INLINE f32 f32_sqrt(f32 a) { return __builtin_sqrtf(a); }
WASMI_ALWAYS_INLINE f64 f64_sqrt(f64 a) { return __builtin_sqrt(a); }

// ---- conversions --------------------------------------------------------------------------------
// The bounds are powers of two (or zero), so that they are exact in f32 and f64: a truncation is in
// range exactly if low <= a < high, with low - 1 < a where that is representable.
template <class Int, class F>
WASMI_FN bool in_range(F a) {
    using Limits = std::numeric_limits<Int>;
    constexpr F kHigh = static_cast<F>(u64{1} << (Limits::digits - 1)) * F{2};
    if constexpr (std::is_unsigned_v<Int>) {
        return a > F{-1} && a < kHigh;
    } else if constexpr (sizeof(F) > sizeof(Int)) {
        return a > -kHigh - F{1} && a < kHigh;
    } else {
        return a >= -kHigh && a < kHigh;
    }
}
template <class U, class Int, class F>
WASMI_FN Trapping<U> trunc(F a) {
    if (WASMI_UNLIKELY(!in_range<Int>(a))) {
        return a != a ? TrapCode::invalid_conversion_to_integer : TrapCode::integer_overflow;
    }
    return static_cast<U>(static_cast<Int>(a));
}
template <class U, class Int, class F>
WASMI_FN U trunc_sat(F a) {
    if (WASMI_LIKELY(in_range<Int>(a))) return static_cast<U>(static_cast<Int>(a));
    if (a != a) return 0;
    return static_cast<U>(a < F{0} ? std::numeric_limits<Int>::min()
                                   : std::numeric_limits<Int>::max());
}
#define WASMI_TRUNC(ty)                                                                    \
    WASMI_FN Trapping<u32> i32_trunc_##ty##_s(ty a) { return trunc<u32, i32>(a); }         \
    WASMI_FN Trapping<u32> i32_trunc_##ty##_u(ty a) { return trunc<u32, u32>(a); }         \
    WASMI_FN Trapping<u64> i64_trunc_##ty##_s(ty a) { return trunc<u64, i64>(a); }         \
    WASMI_FN Trapping<u64> i64_trunc_##ty##_u(ty a) { return trunc<u64, u64>(a); }         \
    WASMI_FN u32 i32_trunc_sat_##ty##_s(ty a) { return trunc_sat<u32, i32>(a); }           \
    WASMI_FN u32 i32_trunc_sat_##ty##_u(ty a) { return trunc_sat<u32, u32>(a); }           \
    WASMI_FN u64 i64_trunc_sat_##ty##_s(ty a) { return trunc_sat<u64, i64>(a); }           \
    WASMI_FN u64 i64_trunc_sat_##ty##_u(ty a) { return trunc_sat<u64, u64>(a); }           \
    WASMI_FN ty ty##_convert_i32_s(u32 a) { return static_cast<ty>(static_cast<i32>(a)); } \
    WASMI_FN ty ty##_convert_i32_u(u32 a) { return static_cast<ty>(a); }                   \
    WASMI_FN ty ty##_convert_i64_s(u64 a) { return static_cast<ty>(static_cast<i64>(a)); } \
    WASMI_FN ty ty##_convert_i64_u(u64 a) { return static_cast<ty>(a); }
WASMI_TRUNC(f32)
WASMI_TRUNC(f64)
#undef WASMI_TRUNC
WASMI_FN f32 f32_demote_f64(f64 a) { return static_cast<f32>(a); }
WASMI_FN f64 f64_promote_f32(f32 a) { return static_cast<f64>(a); }
WASMI_FN u32 i32_reinterpret_f32(f32 a) { return std::bit_cast<u32>(a); }
WASMI_FN u64 i64_reinterpret_f64(f64 a) { return std::bit_cast<u64>(a); }
WASMI_FN f32 f32_reinterpret_i32(u32 a) { return std::bit_cast<f32>(a); }
WASMI_FN f64 f64_reinterpret_i64(u64 a) { return std::bit_cast<f64>(a); }

// ---- what a load makes of the bytes -------------------------------------------------------------
WASMI_FN u32 mem_u8(u8 v) { return v; }
WASMI_FN u32 mem_s8_32(i8 v) { return static_cast<u32>(i32{v}); }
WASMI_FN u32 mem_u16(u16 v) { return v; }
WASMI_FN u32 mem_s16_32(i16 v) { return static_cast<u32>(i32{v}); }
WASMI_FN u32 mem_u32(u32 v) { return v; }
WASMI_FN u64 mem_u64(u64 v) { return v; }
WASMI_FN u64 mem_s8_64(i8 v) { return static_cast<u64>(i64{v}); }
WASMI_FN u64 mem_s16_64(i16 v) { return static_cast<u64>(i64{v}); }
WASMI_FN u64 mem_s32_64(i32 v) { return static_cast<u64>(i64{v}); }
WASMI_FN f32 mem_f32(f32 v) { return v; }
WASMI_FN f64 mem_f64(f64 v) { return v; }

#undef WASMI_FN

}  // namespace numeric
}  // namespace wasmi::core
