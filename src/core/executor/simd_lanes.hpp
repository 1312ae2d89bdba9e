// Vectors and their lanes: what the vector instructions are written with.
// Spec: syntax/values (vectors), exec/numerics (lanes). Lane 0 is in the lowest bytes.
//
// Lanes are GCC's vector extension, which GCC and clang translate to the vector unit of every
// target. WASMI_SSE2 selects intrinsics where the plain form becomes poor code on x86-64; define
// WASMI_PLAIN_VECTORS to do without. Nothing here calls a function or needs the native stack.
#pragma once

#include "core/types/basics.hpp"

#include <bit>
#include <type_traits>

#if defined(__SSE2__) && !defined(WASMI_PLAIN_VECTORS)
#define WASMI_SSE2 1
#include <emmintrin.h>
#endif
#if defined(__aarch64__) && !defined(WASMI_PLAIN_VECTORS)
#define WASMI_NEON 1
#include <arm_neon.h>
#endif

namespace wasmi::core {

/// A v128 without a view on its lanes.
using V128 = u64 __attribute__((vector_size(16)));

namespace simd {

template <class T>
struct VecOf;
#define WASMI_VEC(T)                                     \
    template <>                                          \
    struct VecOf<T> {                                    \
        using type = T __attribute__((vector_size(16))); \
    };
WASMI_VEC(i8)
WASMI_VEC(u8)
WASMI_VEC(i16)
WASMI_VEC(u16)
WASMI_VEC(i32)
WASMI_VEC(u32)
WASMI_VEC(i64)
WASMI_VEC(u64)
WASMI_VEC(f32)
WASMI_VEC(f64)
#undef WASMI_VEC

/// 16 bytes as lanes of T.
template <class T>
using Vec = typename VecOf<T>::type;
template <class T>
inline constexpr int kLanes = 16 / sizeof(T);

template <class T>
WASMI_ALWAYS_INLINE Vec<T> as(V128 v) {
    return std::bit_cast<Vec<T>>(v);
}
template <class V>
WASMI_ALWAYS_INLINE V128 raw(V v) {
    return std::bit_cast<V128>(v);
}

#if defined(WASMI_SSE2)
// Not std::bit_cast: GCC warns of attributes of __m128i in template arguments.
WASMI_ALWAYS_INLINE __m128i to_m(V128 v) { return reinterpret_cast<__m128i>(v); }
WASMI_ALWAYS_INLINE V128 from_m(__m128i v) { return reinterpret_cast<V128>(v); }
WASMI_ALWAYS_INLINE V128 from_m(__m128 v) { return reinterpret_cast<V128>(v); }
WASMI_ALWAYS_INLINE V128 from_m(__m128d v) { return reinterpret_cast<V128>(v); }
WASMI_ALWAYS_INLINE __m128 to_ps(V128 v) { return reinterpret_cast<__m128>(v); }
WASMI_ALWAYS_INLINE __m128d to_pd(V128 v) { return reinterpret_cast<__m128d>(v); }
#endif

/// Integer type of the same size.
template <class T>
using SignedOf = std::conditional_t<
    sizeof(T) == 1, i8,
    std::conditional_t<sizeof(T) == 2, i16, std::conditional_t<sizeof(T) == 4, i32, i64>>>;
template <class T>
using UnsignedOf = std::make_unsigned_t<SignedOf<T>>;

/// The lowest lane's value in every lane.
template <class T>
WASMI_ALWAYS_INLINE V128 splat(T x) {
    if constexpr (std::is_same_v<T, f32>) {
        return raw(Vec<f32>{x, x, x, x});
    } else if constexpr (std::is_same_v<T, f64>) {
        return raw(Vec<f64>{x, x});
    } else {
        // Filling a 64-bit word first is as short as it gets without byte shuffles.
        constexpr u64 kOnes = sizeof(T) == 1   ? 0x0101'0101'0101'0101u
                              : sizeof(T) == 2 ? 0x0001'0001'0001'0001u
                              : sizeof(T) == 4 ? 0x0000'0001'0000'0001u
                                               : 1u;
        const u64 word = u64{static_cast<UnsignedOf<T>>(x)} * kOnes;
        return V128{word, word};
    }
}

/// Bit by bit: a where the mask is set, else b.
WASMI_ALWAYS_INLINE V128 blend(V128 mask, V128 a, V128 b) { return (a & mask) | (b & ~mask); }

/// The low (high) halves of a and b, lane by lane in turn.
template <class T>
WASMI_ALWAYS_INLINE V128 interleave_low(V128 x, V128 y) {
    const auto a = as<T>(x);
    const auto b = as<T>(y);
    if constexpr (sizeof(T) == 1) {
        return raw(
            __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    } else if constexpr (sizeof(T) == 2) {
        return raw(__builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11));
    } else if constexpr (sizeof(T) == 4) {
        return raw(__builtin_shufflevector(a, b, 0, 4, 1, 5));
    } else {
        return raw(__builtin_shufflevector(a, b, 0, 2));
    }
}
template <class T>
WASMI_ALWAYS_INLINE V128 interleave_high(V128 x, V128 y) {
    const auto a = as<T>(x);
    const auto b = as<T>(y);
    if constexpr (sizeof(T) == 1) {
        return raw(__builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14,
                                           30, 15, 31));
    } else if constexpr (sizeof(T) == 2) {
        return raw(__builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15));
    } else if constexpr (sizeof(T) == 4) {
        return raw(__builtin_shufflevector(a, b, 2, 6, 3, 7));
    } else {
        return raw(__builtin_shufflevector(a, b, 1, 3));
    }
}
/// The lanes with even (odd) numbers of a, then of b.
template <class T>
WASMI_ALWAYS_INLINE V128 evens(V128 x, V128 y) {
    const auto a = as<T>(x);
    const auto b = as<T>(y);
    if constexpr (sizeof(T) == 1) {
        return raw(__builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26,
                                           28, 30));
    } else if constexpr (sizeof(T) == 2) {
        return raw(__builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14));
    } else {
        return raw(__builtin_shufflevector(a, b, 0, 2, 4, 6));
    }
}
template <class T>
WASMI_ALWAYS_INLINE V128 odds(V128 x, V128 y) {
    const auto a = as<T>(x);
    const auto b = as<T>(y);
    if constexpr (sizeof(T) == 2) {
        return raw(__builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15));
    } else {
        return raw(__builtin_shufflevector(a, b, 1, 3, 5, 7));
    }
}

/// All bits of a lane are its sign.
template <class T>
WASMI_ALWAYS_INLINE V128 sign_mask(V128 v) {
    if constexpr (sizeof(T) == 8) {
        const auto s = as<i32>(v) >> 31;
        return raw(__builtin_shufflevector(s, s, 1, 1, 3, 3));
    } else {
        return raw(as<SignedOf<T>>(v) < 0);
    }
}

}  // namespace simd
}  // namespace wasmi::core
