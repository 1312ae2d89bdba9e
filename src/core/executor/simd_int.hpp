// The vector instructions on bits and integer lanes as pure functions, named after their rows in
// instructions.def. Spec: exec/numerics (vectors, integer lanes).
#pragma once

#include "core/executor/simd_lanes.hpp"

#include <limits>

namespace wasmi::core::simd {

#define WASMI_VFN WASMI_ALWAYS_INLINE V128

// ---- bits ---------------------------------------------------------------------------------------
WASMI_VFN v128_not(V128 a) { return ~a; }
WASMI_VFN v128_and(V128 a, V128 b) { return a & b; }
WASMI_VFN v128_andnot(V128 a, V128 b) { return a & ~b; }
WASMI_VFN v128_or(V128 a, V128 b) { return a | b; }
WASMI_VFN v128_xor(V128 a, V128 b) { return a ^ b; }
WASMI_VFN v128_bitselect(V128 a, V128 b, V128 mask) { return blend(mask, a, b); }
WASMI_ALWAYS_INLINE u32 v128_any_true(V128 a) { return (a[0] | a[1]) != 0; }

// ---- arithmetic and comparisons that are the same for all lanes ---------------------------------
#define WASMI_LANES(id, T)                                                        \
    WASMI_VFN id##_add(V128 a, V128 b) { return raw(as<u##T>(a) + as<u##T>(b)); } \
    WASMI_VFN id##_sub(V128 a, V128 b) { return raw(as<u##T>(a) - as<u##T>(b)); } \
    WASMI_VFN id##_neg(V128 a) { return raw(Vec<u##T>{} - as<u##T>(a)); }         \
    WASMI_VFN id##_abs(V128 a) {                                                  \
        const V128 sign = sign_mask<i##T>(a);                                     \
        return raw(as<u##T>(a ^ sign) - as<u##T>(sign));                          \
    }
#define WASMI_NARROW_LANES(id, T)                                                   \
    WASMI_VFN id##_eq(V128 a, V128 b) { return raw(as<i##T>(a) == as<i##T>(b)); }   \
    WASMI_VFN id##_ne(V128 a, V128 b) { return raw(as<i##T>(a) != as<i##T>(b)); }   \
    WASMI_VFN id##_lt_s(V128 a, V128 b) { return raw(as<i##T>(a) < as<i##T>(b)); }  \
    WASMI_VFN id##_lt_u(V128 a, V128 b) { return raw(as<u##T>(a) < as<u##T>(b)); }  \
    WASMI_VFN id##_le_s(V128 a, V128 b) { return raw(as<i##T>(a) <= as<i##T>(b)); } \
    WASMI_VFN id##_le_u(V128 a, V128 b) { return raw(as<u##T>(a) <= as<u##T>(b)); } \
    WASMI_VFN id##_min_s(V128 x, V128 y) {                                          \
        const auto a = as<i##T>(x), b = as<i##T>(y);                                \
        return raw(a < b ? a : b);                                                  \
    }                                                                               \
    WASMI_VFN id##_min_u(V128 x, V128 y) {                                          \
        const auto a = as<u##T>(x), b = as<u##T>(y);                                \
        return raw(a < b ? a : b);                                                  \
    }                                                                               \
    WASMI_VFN id##_max_s(V128 x, V128 y) {                                          \
        const auto a = as<i##T>(x), b = as<i##T>(y);                                \
        return raw(a > b ? a : b);                                                  \
    }                                                                               \
    WASMI_VFN id##_max_u(V128 x, V128 y) {                                          \
        const auto a = as<u##T>(x), b = as<u##T>(y);                                \
        return raw(a > b ? a : b);                                                  \
    }
WASMI_LANES(i8x16, 8)
WASMI_LANES(i16x8, 16)
WASMI_LANES(i32x4, 32)
WASMI_LANES(i64x2, 64)
WASMI_NARROW_LANES(i8x16, 8)
WASMI_NARROW_LANES(i16x8, 16)
WASMI_NARROW_LANES(i32x4, 32)
#undef WASMI_LANES
#undef WASMI_NARROW_LANES
WASMI_VFN i16x8_mul(V128 a, V128 b) { return raw(as<u16>(a) * as<u16>(b)); }
WASMI_VFN i32x4_mul(V128 a, V128 b) { return raw(as<u32>(a) * as<u32>(b)); }
WASMI_VFN i64x2_mul(V128 a, V128 b) { return raw(a * b); }

// SSE2 compares 32-bit lanes only.
WASMI_VFN i64x2_eq(V128 a, V128 b) {
#if defined(WASMI_SSE2)
    const auto halves = as<i32>(a) == as<i32>(b);
    return raw(halves & __builtin_shufflevector(halves, halves, 1, 0, 3, 2));
#else
    return raw(as<i64>(a) == as<i64>(b));
#endif
}
WASMI_VFN i64x2_lt_s(V128 a, V128 b) {
#if defined(WASMI_SSE2)
    // The high halves decide; if they are equal, the borrow of the difference does.
    const V128 equal = raw(as<i32>(a) == as<i32>(b));
    const V128 less = raw(as<i32>(a) < as<i32>(b));
    return sign_mask<i64>((equal & (a - b)) | less);
#else
    return raw(as<i64>(a) < as<i64>(b));
#endif
}
WASMI_VFN i64x2_ne(V128 a, V128 b) { return ~i64x2_eq(a, b); }
WASMI_VFN i64x2_le_s(V128 a, V128 b) { return ~i64x2_lt_s(b, a); }

// ---- saturating and rounding arithmetic ---------------------------------------------------------
#if defined(WASMI_SSE2)
#define WASMI_SATURATING(id, T, op, intrinsic) \
    WASMI_VFN id(V128 a, V128 b) { return from_m(intrinsic(to_m(a), to_m(b))); }
#else
// Signed: the wrapped result is wrong exactly if its sign is not what the operands' signs allow;
// then the limit on the side of `a` is right. Unsigned: carry and borrow show in a comparison.
template <class T>
WASMI_VFN add_sat(V128 x, V128 y) {
    const auto a = as<T>(x), b = as<T>(y);
    if constexpr (std::is_unsigned_v<T>) {
        const Vec<T> sum = a + b;
        return raw(sum) | raw(sum < a);
    } else {
        using U = UnsignedOf<T>;
        const V128 sum = raw(as<U>(x) + as<U>(y));
        const V128 wrong = sign_mask<T>((x ^ sum) & (y ^ sum));
        const V128 limit = sign_mask<T>(x) ^ splat<U>(std::numeric_limits<T>::max());
        return blend(wrong, limit, sum);
    }
}
template <class T>
WASMI_VFN sub_sat(V128 x, V128 y) {
    const auto a = as<T>(x), b = as<T>(y);
    if constexpr (std::is_unsigned_v<T>) {
        return raw(a - b) & raw(a > b);
    } else {
        using U = UnsignedOf<T>;
        const V128 difference = raw(as<U>(x) - as<U>(y));
        const V128 wrong = sign_mask<T>((x ^ y) & (x ^ difference));
        const V128 limit = sign_mask<T>(x) ^ splat<U>(std::numeric_limits<T>::max());
        return blend(wrong, limit, difference);
    }
}
#define WASMI_SATURATING(id, T, op, intrinsic) \
    WASMI_VFN id(V128 a, V128 b) { return op<T>(a, b); }
#endif
WASMI_SATURATING(i8x16_add_sat_s, i8, add_sat, _mm_adds_epi8)
WASMI_SATURATING(i8x16_add_sat_u, u8, add_sat, _mm_adds_epu8)
WASMI_SATURATING(i8x16_sub_sat_s, i8, sub_sat, _mm_subs_epi8)
WASMI_SATURATING(i8x16_sub_sat_u, u8, sub_sat, _mm_subs_epu8)
WASMI_SATURATING(i16x8_add_sat_s, i16, add_sat, _mm_adds_epi16)
WASMI_SATURATING(i16x8_add_sat_u, u16, add_sat, _mm_adds_epu16)
WASMI_SATURATING(i16x8_sub_sat_s, i16, sub_sat, _mm_subs_epi16)
WASMI_SATURATING(i16x8_sub_sat_u, u16, sub_sat, _mm_subs_epu16)
#undef WASMI_SATURATING

/// (a + b + 1) / 2 without the ninth bit.
template <class T>
WASMI_VFN average(V128 a, V128 b) {
    return raw(as<T>(a | b) - (as<T>(a ^ b) >> 1));
}
WASMI_VFN i8x16_avgr_u(V128 a, V128 b) {
#if defined(WASMI_SSE2)
    return from_m(_mm_avg_epu8(to_m(a), to_m(b)));
#else
    return average<u8>(a, b);
#endif
}
WASMI_VFN i16x8_avgr_u(V128 a, V128 b) {
#if defined(WASMI_SSE2)
    return from_m(_mm_avg_epu16(to_m(a), to_m(b)));
#else
    return average<u16>(a, b);
#endif
}

// ---- shifts: the count is taken modulo the size of a lane ---------------------------------------
WASMI_VFN i16x8_shl(V128 a, u32 n) { return raw(as<u16>(a) << static_cast<u16>(n & 15)); }
WASMI_VFN i16x8_shr_u(V128 a, u32 n) { return raw(as<u16>(a) >> static_cast<u16>(n & 15)); }
WASMI_VFN i16x8_shr_s(V128 a, u32 n) { return raw(as<i16>(a) >> static_cast<i16>(n & 15)); }
WASMI_VFN i32x4_shl(V128 a, u32 n) { return raw(as<u32>(a) << (n & 31)); }
WASMI_VFN i32x4_shr_u(V128 a, u32 n) { return raw(as<u32>(a) >> (n & 31)); }
WASMI_VFN i32x4_shr_s(V128 a, u32 n) { return raw(as<i32>(a) >> static_cast<i32>(n & 31)); }
WASMI_VFN i64x2_shl(V128 a, u32 n) { return a << u64{n & 63}; }
WASMI_VFN i64x2_shr_u(V128 a, u32 n) { return a >> u64{n & 63}; }
// A sign bit that was shifted like any other is extended by (x ^ bit) - bit.
WASMI_VFN i64x2_shr_s(V128 a, u32 n) {
    const V128 sign = splat<u64>(u64{1} << 63) >> u64{n & 63};
    return ((a >> u64{n & 63}) ^ sign) - sign;
}
// No vector unit shifts bytes: shift pairs, and clear what came from the neighbour by a mask that
// is shifted in the same way.
WASMI_VFN i8x16_shl(V128 a, u32 n) {
    const V128 mask = i16x8_shl(splat<u16>(0xFF00), n & 7);
    return i16x8_shl(a, n & 7) & (mask | mask >> 8);
}
WASMI_VFN i8x16_shr_u(V128 a, u32 n) {
    const V128 mask = i16x8_shr_u(splat<u16>(0x00FF), n & 7);
    return i16x8_shr_u(a, n & 7) & (mask | mask << 8);
}
WASMI_VFN i8x16_shr_s(V128 a, u32 n) {
    V128 sign = i16x8_shr_u(splat<u16>(0x0080), n & 7);
    sign |= sign << 8;
    return i8x16_sub(i8x16_shr_u(a, n) ^ sign, sign);
}

// ---- population count, tests and masks ----------------------------------------------------------
WASMI_VFN i8x16_popcnt(V128 a) {
    a = i8x16_sub(a, (a >> 1) & splat<u8>(0x55));
    a = i8x16_add(a & splat<u8>(0x33), (a >> 2) & splat<u8>(0x33));
    return i8x16_add(a, a >> 4) & splat<u8>(0x0F);
}
WASMI_ALWAYS_INLINE u32 i8x16_bitmask(V128 a) {
#if defined(WASMI_SSE2)
    return static_cast<u32>(_mm_movemask_epi8(to_m(a)));
#else
    // The multiplication gathers the sign bits of eight bytes in the highest byte.
    const V128 bits = a >> 7 & splat<u8>(1);
    constexpr u64 kGather = 0x0102'0408'1020'4080u;
    return static_cast<u32>(bits[0] * kGather >> 56 | bits[1] * kGather >> 56 << 8);
#endif
}
WASMI_ALWAYS_INLINE u32 i16x8_bitmask(V128 a) {
#if defined(WASMI_SSE2)
    return static_cast<u32>(_mm_movemask_epi8(_mm_packs_epi16(to_m(a), _mm_setzero_si128())));
#else
    return i8x16_bitmask(evens<u8>(a >> 8, V128{}));
#endif
}
WASMI_ALWAYS_INLINE u32 i64x2_bitmask(V128 a) {
    return static_cast<u32>(a[0] >> 63 | a[1] >> 63 << 1);
}
WASMI_ALWAYS_INLINE u32 i32x4_bitmask(V128 a) {
#if defined(WASMI_SSE2)
    return static_cast<u32>(_mm_movemask_ps(to_ps(a)));
#else
    const u32 even = i64x2_bitmask(a << 32);
    const u32 odd = i64x2_bitmask(a);
    return (even & 1) | (odd & 1) << 1 | (even & 2) << 1 | (odd & 2) << 2;
#endif
}
template <class T>
WASMI_ALWAYS_INLINE u32 all_true(V128 a) {
    return v128_any_true(raw(as<T>(a) == 0)) ^ 1;
}
WASMI_ALWAYS_INLINE u32 i8x16_all_true(V128 a) { return all_true<i8>(a); }
WASMI_ALWAYS_INLINE u32 i16x8_all_true(V128 a) { return all_true<i16>(a); }
WASMI_ALWAYS_INLINE u32 i32x4_all_true(V128 a) { return all_true<i32>(a); }
WASMI_ALWAYS_INLINE u32 i64x2_all_true(V128 a) { return a[0] != 0 && a[1] != 0; }

// ---- lanes of twice and half the size -----------------------------------------------------------
/// The low (high) half of the lanes of T, extended to lanes of twice the size.
template <class T>
WASMI_VFN extend_low(V128 a) {
    return interleave_low<T>(a, std::is_signed_v<T> ? sign_mask<T>(a) : V128{});
}
template <class T>
WASMI_VFN extend_high(V128 a) {
    return interleave_high<T>(a, std::is_signed_v<T> ? sign_mask<T>(a) : V128{});
}
/// Lane times lane of the extended halves. A product of two T fits, so signs need no care.
template <class T, class Wide>
WASMI_VFN extmul_low(V128 a, V128 b) {
    return raw(as<Wide>(extend_low<T>(a)) * as<Wide>(extend_low<T>(b)));
}
template <class T, class Wide>
WASMI_VFN extmul_high(V128 a, V128 b) {
    return raw(as<Wide>(extend_high<T>(a)) * as<Wide>(extend_high<T>(b)));
}
#define WASMI_EXTEND(wide, narrow, sign, T, Wide)                                        \
    WASMI_VFN wide##_extend_low_##narrow##_##sign(V128 a) { return extend_low<T>(a); }   \
    WASMI_VFN wide##_extend_high_##narrow##_##sign(V128 a) { return extend_high<T>(a); } \
    WASMI_VFN wide##_extmul_low_##narrow##_##sign(V128 a, V128 b) {                      \
        return extmul_low<T, Wide>(a, b);                                                \
    }                                                                                    \
    WASMI_VFN wide##_extmul_high_##narrow##_##sign(V128 a, V128 b) {                     \
        return extmul_high<T, Wide>(a, b);                                               \
    }
WASMI_EXTEND(i16x8, i8x16, s, i8, u16)
WASMI_EXTEND(i16x8, i8x16, u, u8, u16)
WASMI_EXTEND(i32x4, i16x8, s, i16, u32)
WASMI_EXTEND(i32x4, i16x8, u, u16, u32)
WASMI_EXTEND(i64x2, i32x4, s, i32, u64)
WASMI_EXTEND(i64x2, i32x4, u, u32, u64)
#undef WASMI_EXTEND

// A pair is one lane of twice the size: its upper part, and its lower part moved up and back.
WASMI_VFN i16x8_extadd_pairwise_i8x16_s(V128 a) {
    return i16x8_add(i16x8_shr_s(i16x8_shl(a, 8), 8), i16x8_shr_s(a, 8));
}
WASMI_VFN i16x8_extadd_pairwise_i8x16_u(V128 a) {
    return i16x8_add(a & splat<u16>(0xFF), i16x8_shr_u(a, 8));
}
WASMI_VFN i32x4_extadd_pairwise_i16x8_s(V128 a) {
    return i32x4_add(i32x4_shr_s(i32x4_shl(a, 16), 16), i32x4_shr_s(a, 16));
}
WASMI_VFN i32x4_extadd_pairwise_i16x8_u(V128 a) {
    return i32x4_add(a & splat<u32>(0xFFFF), i32x4_shr_u(a, 16));
}

#if !defined(WASMI_SSE2)
/// Lanes of Wide limited to the range of the narrow type.
template <class Wide, Wide kLow, Wide kHigh>
WASMI_VFN clamp(V128 v) {
    const auto low = as<Wide>(splat<Wide>(kLow)), high = as<Wide>(splat<Wide>(kHigh));
    auto a = as<Wide>(v);
    a = a < low ? low : a;
    return raw(a > high ? high : a);
}
#endif
WASMI_VFN i8x16_narrow_i16x8_s(V128 a, V128 b) {
#if defined(WASMI_SSE2)
    return from_m(_mm_packs_epi16(to_m(a), to_m(b)));
#else
    return evens<u8>(clamp<i16, -128, 127>(a), clamp<i16, -128, 127>(b));
#endif
}
WASMI_VFN i8x16_narrow_i16x8_u(V128 a, V128 b) {
#if defined(WASMI_SSE2)
    return from_m(_mm_packus_epi16(to_m(a), to_m(b)));
#else
    return evens<u8>(clamp<i16, 0, 255>(a), clamp<i16, 0, 255>(b));
#endif
}
WASMI_VFN i16x8_narrow_i32x4_s(V128 a, V128 b) {
#if defined(WASMI_SSE2)
    return from_m(_mm_packs_epi32(to_m(a), to_m(b)));
#else
    return evens<u16>(clamp<i32, -32768, 32767>(a), clamp<i32, -32768, 32767>(b));
#endif
}
WASMI_VFN i16x8_narrow_i32x4_u(V128 a, V128 b) {
#if defined(WASMI_SSE2)
    // SSE2 packs signed lanes only: clear the negative ones, move the range and move it back.
    // Lanes above 65535 stay above 32767 as 65535 - 32768 saturates: no lane wraps, for negative
    // ones are gone.
    const V128 bias = splat<u32>(0x8000);
    a = i32x4_sub(a & ~sign_mask<i32>(a), bias);
    b = i32x4_sub(b & ~sign_mask<i32>(b), bias);
    return from_m(_mm_packs_epi32(to_m(a), to_m(b))) ^ splat<u16>(0x8000);
#else
    return evens<u16>(clamp<i32, 0, 65535>(a), clamp<i32, 0, 65535>(b));
#endif
}

// ---- products that are added or rounded ---------------------------------------------------------
WASMI_VFN i32x4_dot_i16x8_s(V128 a, V128 b) {
#if defined(WASMI_SSE2)
    return from_m(_mm_madd_epi16(to_m(a), to_m(b)));
#else
    const V128 low = i32x4_extmul_low_i16x8_s(a, b);
    const V128 high = i32x4_extmul_high_i16x8_s(a, b);
    return i32x4_add(evens<u32>(low, high), odds<u32>(low, high));
#endif
}
/// (a * b + 2^14) >> 15. Only -1 * -1 is too large, and the narrowing limits it.
WASMI_VFN i16x8_q15mulr_sat_s(V128 a, V128 b) {
    const V128 half = splat<u32>(0x4000);
    const V128 low = i32x4_add(i32x4_extmul_low_i16x8_s(a, b), half);
    const V128 high = i32x4_add(i32x4_extmul_high_i16x8_s(a, b), half);
    return i16x8_narrow_i32x4_s(i32x4_shr_s(low, 15), i32x4_shr_s(high, 15));
}

// ---- relaxed products: see simd.hpp for the choices ---------------------------------------------
/// Both operands signed; the sum of two products saturates.
WASMI_VFN i16x8_relaxed_dot_i8x16_i7x16_s(V128 a, V128 b) {
    const V128 low = i16x8_extmul_low_i8x16_s(a, b);
    const V128 high = i16x8_extmul_high_i8x16_s(a, b);
    return i16x8_add_sat_s(evens<u16>(low, high), odds<u16>(low, high));
}
WASMI_VFN i32x4_relaxed_dot_i8x16_i7x16_add_s(V128 a, V128 b, V128 c) {
    return i32x4_add(i32x4_extadd_pairwise_i16x8_s(i16x8_relaxed_dot_i8x16_i7x16_s(a, b)), c);
}

}  // namespace wasmi::core::simd
