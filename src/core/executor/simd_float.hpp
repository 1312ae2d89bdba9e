// The vector instructions on floating-point lanes as pure functions, named after their rows in
// instructions.def. Spec: exec/numerics (vectors, floating-point lanes).
#pragma once

#include "core/executor/numeric.hpp"
#include "core/executor/simd_int.hpp"

namespace wasmi::core::simd {

template <class F>
using BitsOf = numeric::BitsOf<F>;

/// The sign bits of all lanes.
template <class F>
WASMI_VFN sign_bits() {
    return splat<BitsOf<F>>(numeric::kSignBit<F>);
}

/// Minimum: NaNs come out quiet through the addition, and of two equal values the sign bits decide
/// (zeros); maximum likewise.
template <class F>
WASMI_VFN float_min(V128 x, V128 y) {
    const auto a = as<F>(x), b = as<F>(y);
    const V128 smaller = blend(raw(a < b), x, y) | (x & raw(a == b));
    return blend(raw(a == a) & raw(b == b), smaller, raw(a + b));
}
template <class F>
WASMI_VFN float_max(V128 x, V128 y) {
    const auto a = as<F>(x), b = as<F>(y);
    const V128 larger = blend(raw(a > b), x, y) & (x | raw(a != b));
    return blend(raw(a == a) & raw(b == b), larger, raw(a + b));
}

// Roundings as in numeric.hpp: a sum with 2^(mantissa bits) rounds a magnitude below that to an
// integer. A NaN comes out quiet, with sign and payload; larger values are integers already.
template <class F>
struct Rounded {
    V128 value;     ///< nearest integer, ties to even, with the sign of the operand
    V128 integral;  ///< mask: the operand was an integer or an infinity
};
template <class F>
WASMI_ALWAYS_INLINE Rounded<F> round(V128 x) {
    const V128 sign = x & sign_bits<F>();
    const auto magnitude = as<F>(x ^ sign);
    const auto big = as<F>(splat<F>(numeric::kIntegral<F>));
    Vec<F> sum = magnitude + big;
    // Keeps compilers from folding the pair away.
#if defined(__x86_64__)
    __asm__("" : "+x"(sum));
#elif defined(__aarch64__)
    __asm__("" : "+w"(sum));
#else
    volatile Vec<F> barrier = sum;
    sum = barrier;
#endif
    return {raw(sum - big) | sign, raw(magnitude >= big)};
}
template <class F>
WASMI_VFN float_nearest(V128 x) {
    const Rounded<F> r = round<F>(x);
    return blend(r.integral, x, r.value);
}
/// The lanes of the mask as one, the others as zero.
template <class F>
WASMI_ALWAYS_INLINE Vec<F> one_if(V128 mask) {
    return as<F>(mask & splat<F>(F{1}));
}
template <class F>
WASMI_VFN float_floor(V128 x) {
    const Rounded<F> r = round<F>(x);
    const auto nearest = as<F>(r.value);
    return blend(r.integral, x, raw(nearest - one_if<F>(raw(nearest > as<F>(x)))));
}
/// What rounds up to zero keeps its sign.
template <class F>
WASMI_VFN float_ceil(V128 x) {
    const Rounded<F> r = round<F>(x);
    const auto nearest = as<F>(r.value);
    const V128 up = raw(nearest + one_if<F>(raw(nearest < as<F>(x))));
    return blend(r.integral, x, up | (x & sign_bits<F>()));
}
template <class F>
WASMI_VFN float_trunc(V128 x) {
    const V128 sign = x & sign_bits<F>();
    return float_floor<F>(x ^ sign) | sign;
}

#define WASMI_FLOAT_LANES(id, F)                                                              \
    WASMI_VFN id##_add(V128 a, V128 b) { return raw(as<F>(a) + as<F>(b)); }                   \
    WASMI_VFN id##_sub(V128 a, V128 b) { return raw(as<F>(a) - as<F>(b)); }                   \
    WASMI_VFN id##_mul(V128 a, V128 b) { return raw(as<F>(a) * as<F>(b)); }                   \
    WASMI_VFN id##_div(V128 a, V128 b) { return raw(as<F>(a) / as<F>(b)); }                   \
    WASMI_VFN id##_min(V128 a, V128 b) { return float_min<F>(a, b); }                         \
    WASMI_VFN id##_max(V128 a, V128 b) { return float_max<F>(a, b); }                         \
    WASMI_VFN id##_pmin(V128 a, V128 b) { return blend(raw(as<F>(b) < as<F>(a)), b, a); }     \
    WASMI_VFN id##_pmax(V128 a, V128 b) { return blend(raw(as<F>(a) < as<F>(b)), b, a); }     \
    WASMI_VFN id##_eq(V128 a, V128 b) { return raw(as<F>(a) == as<F>(b)); }                   \
    WASMI_VFN id##_ne(V128 a, V128 b) { return raw(as<F>(a) != as<F>(b)); }                   \
    WASMI_VFN id##_lt(V128 a, V128 b) { return raw(as<F>(a) < as<F>(b)); }                    \
    WASMI_VFN id##_le(V128 a, V128 b) { return raw(as<F>(a) <= as<F>(b)); }                   \
    WASMI_VFN id##_abs(V128 a) { return a & ~sign_bits<F>(); }                                \
    WASMI_VFN id##_neg(V128 a) { return a ^ sign_bits<F>(); }                                 \
    WASMI_VFN id##_ceil(V128 a) { return float_ceil<F>(a); }                                  \
    WASMI_VFN id##_floor(V128 a) { return float_floor<F>(a); }                                \
    WASMI_VFN id##_trunc(V128 a) { return float_trunc<F>(a); }                                \
    WASMI_VFN id##_nearest(V128 a) { return float_nearest<F>(a); }                            \
    /* Relaxed: in two steps, each rounded. The product is kept apart from the sum, lest a */ \
    /* compiler contracts them. */                                                            \
    WASMI_VFN id##_relaxed_madd(V128 a, V128 b, V128 c) {                                     \
        return id##_add(apart(id##_mul(a, b)), c);                                            \
    }                                                                                         \
    WASMI_VFN id##_relaxed_nmadd(V128 a, V128 b, V128 c) {                                    \
        return id##_add(apart(id##_mul(id##_neg(a), b)), c);                                  \
    }
/// The value, of which the compiler knows nothing.
WASMI_VFN apart(V128 v) {
#if defined(__x86_64__)
    __asm__("" : "+x"(v));
#elif defined(__aarch64__)
    __asm__("" : "+w"(v));
#else
    volatile V128 barrier = v;
    v = barrier;
#endif
    return v;
}
WASMI_FLOAT_LANES(f32x4, f32)
WASMI_FLOAT_LANES(f64x2, f64)
#undef WASMI_FLOAT_LANES

WASMI_VFN f32x4_sqrt(V128 a) {
#if defined(WASMI_SSE2)
    return from_m(_mm_sqrt_ps(to_ps(a)));
#else
    const auto x = as<f32>(a);
    return raw(Vec<f32>{__builtin_sqrtf(x[0]), __builtin_sqrtf(x[1]), __builtin_sqrtf(x[2]),
                        __builtin_sqrtf(x[3])});
#endif
}
WASMI_VFN f64x2_sqrt(V128 a) {
#if defined(WASMI_SSE2)
    return from_m(_mm_sqrt_pd(to_pd(a)));
#else
    const auto x = as<f64>(a);
    return raw(Vec<f64>{__builtin_sqrt(x[0]), __builtin_sqrt(x[1])});
#endif
}

// ---- conversions --------------------------------------------------------------------------------
WASMI_VFN f32x4_convert_i32x4_s(V128 a) {
    return raw(__builtin_convertvector(as<i32>(a), Vec<f32>));
}
/// The halves are exact, so that only their sum is rounded.
WASMI_VFN f32x4_convert_i32x4_u(V128 a) {
    const auto low = __builtin_convertvector(as<i32>(a & splat<u32>(0xFFFF)), Vec<f32>);
    const auto high = __builtin_convertvector(as<i32>(i32x4_shr_u(a, 16)), Vec<f32>);
    return raw(as<f32>(apart(raw(high * 65536.0f))) + low);
}
/// An integer below 2^32 in the mantissa of 2^52 reads as their sum.
WASMI_VFN f64x2_convert_low_i32x4_u(V128 a) {
    const V128 sum = interleave_low<u32>(a, splat<u32>(0x4330'0000));
    return raw(as<f64>(sum) - as<f64>(splat<f64>(4503599627370496.0)));
}
WASMI_VFN f64x2_convert_low_i32x4_s(V128 a) {
#if defined(WASMI_SSE2)
    return from_m(_mm_cvtepi32_pd(to_m(a)));
#else
    const auto x = as<i32>(a);
    return raw(Vec<f64>{static_cast<f64>(x[0]), static_cast<f64>(x[1])});
#endif
}
WASMI_VFN f32x4_demote_f64x2_zero(V128 a) {
#if defined(WASMI_SSE2)
    return from_m(_mm_cvtpd_ps(to_pd(a)));
#else
    const auto x = as<f64>(a);
    return raw(Vec<f32>{static_cast<f32>(x[0]), static_cast<f32>(x[1]), 0, 0});
#endif
}
WASMI_VFN f64x2_promote_low_f32x4(V128 a) {
#if defined(WASMI_SSE2)
    return from_m(_mm_cvtps_pd(to_ps(a)));
#else
    const auto x = as<f32>(a);
    return raw(Vec<f64>{static_cast<f64>(x[0]), static_cast<f64>(x[1])});
#endif
}

// Saturating truncations. x86-64 yields 0x80000000 for what does not fit, which is right below
// the range; the rest is repaired by masks.
#if defined(WASMI_SSE2)
WASMI_VFN i32x4_trunc_sat_f32x4_s(V128 a) {
    const auto x = as<f32>(a);
    const V128 truncated = from_m(_mm_cvttps_epi32(to_ps(a)));
    const V128 too_large = raw(x >= as<f32>(splat<f32>(2147483648.0f)));
    return (truncated ^ too_large) & raw(x == x);
}
WASMI_VFN i32x4_trunc_sat_f32x4_u(V128 a) {
    const auto high = as<f32>(splat<f32>(2147483648.0f));
    const auto x = as<f32>(a & raw(as<f32>(a) > Vec<f32>{}));  // NaN and negative: 0
    const V128 upper = raw(x >= high);  // subtract 2^31 before, add it again after
    const auto rest = x - as<f32>(upper & raw(high));
    const V128 truncated = from_m(_mm_cvttps_epi32(to_ps(raw(rest))));
    return (truncated ^ (upper & splat<u32>(0x8000'0000))) | raw(rest >= high);
}
WASMI_VFN i32x4_trunc_sat_f64x2_s_zero(V128 a) {
    const auto low = as<f64>(splat<f64>(-2147483648.0));
    const auto high = as<f64>(splat<f64>(2147483647.0));
    auto x = as<f64>(a & raw(as<f64>(a) == as<f64>(a)));
    x = x < low ? low : x;
    x = x > high ? high : x;
    return from_m(_mm_cvttpd_epi32(to_pd(raw(x))));
}
WASMI_VFN i32x4_trunc_sat_f64x2_u_zero(V128 a) {
    const auto half = as<f64>(splat<f64>(2147483648.0));
    const auto high = as<f64>(splat<f64>(4294967295.0));
    auto x = as<f64>(a & raw(as<f64>(a) > Vec<f64>{}));
    x = x > high ? high : x;
    const V128 upper = raw(x >= half);
    const V128 truncated = from_m(_mm_cvttpd_epi32(to_pd(raw(x - as<f64>(upper & raw(half))))));
    return truncated ^ (evens<u32>(upper, V128{}) & splat<u32>(0x8000'0000));
}
#else
template <class Int, class F>
WASMI_ALWAYS_INLINE u32 trunc_lane(F x) {
    return numeric::trunc_sat<u32, Int>(x);
}
template <class Int>
WASMI_VFN trunc_sat_f32x4(V128 a) {
    const auto x = as<f32>(a);
    return raw(Vec<u32>{trunc_lane<Int>(x[0]), trunc_lane<Int>(x[1]), trunc_lane<Int>(x[2]),
                        trunc_lane<Int>(x[3])});
}
template <class Int>
WASMI_VFN trunc_sat_f64x2(V128 a) {
    const auto x = as<f64>(a);
    return raw(Vec<u32>{trunc_lane<Int>(x[0]), trunc_lane<Int>(x[1]), 0, 0});
}
WASMI_VFN i32x4_trunc_sat_f32x4_s(V128 a) { return trunc_sat_f32x4<i32>(a); }
WASMI_VFN i32x4_trunc_sat_f32x4_u(V128 a) { return trunc_sat_f32x4<u32>(a); }
WASMI_VFN i32x4_trunc_sat_f64x2_s_zero(V128 a) { return trunc_sat_f64x2<i32>(a); }
WASMI_VFN i32x4_trunc_sat_f64x2_u_zero(V128 a) { return trunc_sat_f64x2<u32>(a); }
#endif

}  // namespace wasmi::core::simd
