// The vector instructions as pure functions: this file has those that move bytes and lanes, and
// includes the arithmetic. Spec: exec/numerics (vectors).
//
// Relaxed instructions always choose the first result that the specification lists, as its
// deterministic profile does: they are the instruction without "relaxed" where there is one,
// multiply-add rounds twice, dot products are signed and saturate, and laneselect is bitselect.
#pragma once

#include "core/executor/simd_float.hpp"

namespace wasmi::core::simd {

// ---- memory: what load instructions make of the bytes they read ---------------------------------
WASMI_VFN mem_v128(V128 v) { return v; }
WASMI_VFN load64_zero(u64 x) { return V128{x, 0}; }
WASMI_VFN load32_zero(u32 x) { return V128{x, 0}; }
WASMI_VFN load8x8_s(u64 x) { return extend_low<i8>(load64_zero(x)); }
WASMI_VFN load8x8_u(u64 x) { return extend_low<u8>(load64_zero(x)); }
WASMI_VFN load16x4_s(u64 x) { return extend_low<i16>(load64_zero(x)); }
WASMI_VFN load16x4_u(u64 x) { return extend_low<u16>(load64_zero(x)); }
WASMI_VFN load32x2_s(u64 x) { return extend_low<i32>(load64_zero(x)); }
WASMI_VFN load32x2_u(u64 x) { return extend_low<u32>(load64_zero(x)); }
WASMI_VFN load8_splat(u8 x) { return splat<u8>(x); }
WASMI_VFN load16_splat(u16 x) { return splat<u16>(x); }
WASMI_VFN load32_splat(u32 x) { return splat<u32>(x); }
WASMI_VFN load64_splat(u64 x) { return splat<u64>(x); }

// ---- lanes --------------------------------------------------------------------------------------
WASMI_VFN i8x16_splat(u32 x) { return splat<u8>(static_cast<u8>(x)); }
WASMI_VFN i16x8_splat(u32 x) { return splat<u16>(static_cast<u16>(x)); }
WASMI_VFN i32x4_splat(u32 x) { return splat<u32>(x); }
WASMI_VFN i64x2_splat(u64 x) { return splat<u64>(x); }
WASMI_VFN f32x4_splat(f32 x) { return splat<f32>(x); }
WASMI_VFN f64x2_splat(f64 x) { return splat<f64>(x); }

// Results of extract_lane, from the bytes of the lane.
WASMI_ALWAYS_INLINE u32 i8x16_extract_lane_s(u8 x) {
    return static_cast<u32>(i32{static_cast<i8>(x)});
}
WASMI_ALWAYS_INLINE u32 i8x16_extract_lane_u(u8 x) { return x; }
WASMI_ALWAYS_INLINE u32 i16x8_extract_lane_s(u16 x) {
    return static_cast<u32>(i32{static_cast<i16>(x)});
}
WASMI_ALWAYS_INLINE u32 i16x8_extract_lane_u(u16 x) { return x; }
WASMI_ALWAYS_INLINE u32 i32x4_extract_lane(u32 x) { return x; }
WASMI_ALWAYS_INLINE u64 i64x2_extract_lane(u64 x) { return x; }
WASMI_ALWAYS_INLINE f32 f32x4_extract_lane(u32 x) { return std::bit_cast<f32>(x); }
WASMI_ALWAYS_INLINE f64 f64x2_extract_lane(u64 x) { return std::bit_cast<f64>(x); }

/// The lane that begins at a byte of the vector, a multiple of the size of T.
template <class T>
WASMI_ALWAYS_INLINE T lane_at(V128 v, u32 byte) {
    const V128 words = v >> u64{byte % 8 * 8};
    return static_cast<T>(byte < 8 ? words[0] : words[1]);
}

// ---- bytes by index -----------------------------------------------------------------------------
// One table lookup per instruction where the machine has one. On x86-64 that is SSSE3, beyond the
// baseline that the library is compiled for: the translator asks the processor and then chooses
// the operation that contains the instruction. Everywhere else sixteen comparisons do it.
#if defined(__x86_64__) || defined(WASMI_NEON)
#define WASMI_BYTE_LOOKUP 1
inline bool has_byte_lookup() noexcept {
#if defined(__x86_64__)
    return __builtin_cpu_supports("ssse3") != 0;
#else
    return true;
#endif
}
/// Bytes of `table`: the low four bits of an index say which; zero where its highest bit is set.
WASMI_VFN look_up(V128 table, V128 index) {
#if defined(__x86_64__)
    __asm__("pshufb %1, %0" : "+x"(table) : "x"(index));
    return table;
#else
    return std::bit_cast<V128>(vqtbl1q_u8(std::bit_cast<uint8x16_t>(table),
                                          std::bit_cast<uint8x16_t>(index & splat<u8>(0x8F))));
#endif
}
#else
inline bool has_byte_lookup() noexcept { return false; }
WASMI_VFN look_up(V128, V128) { return V128{}; }
#endif

/// Indices from 16 on get their highest bit, by saturation.
WASMI_VFN i8x16_swizzle(V128 a, V128 index) {
    return look_up(a, i8x16_add_sat_u(index, splat<u8>(0x70)));
}
/// Indices are below 32: adding 0x70 sets the highest bit of those that mean b, flipping it of
/// those that mean a.
WASMI_VFN i8x16_shuffle(V128 a, V128 b, V128 index) {
    const V128 of_a = index + splat<u8>(0x70);
    return look_up(a, of_a) | look_up(b, of_a ^ splat<u8>(0x80));
}

/// Bytes of `table`; zero for indices from 16 on. Byte by byte: the lowest one goes to all lanes
/// whose index it has, then the table turns. (Shuffles that every vector unit has.)
WASMI_VFN compare_and_pick(V128 table, V128 index) {
    V128 result{};
    V128 number{};
    // Unrolled and reordered, it would need more registers than there are.
#if defined(__clang__)
#pragma clang loop unroll(disable)
#else
#pragma GCC unroll 1
#endif
    for (int i = 0; i < 16; ++i) {
        const V128 pairs = interleave_low<u8>(table, table);
        const auto quads = as<u32>(interleave_low<u16>(pairs, pairs));
        const V128 first = raw(__builtin_shufflevector(quads, quads, 0, 0, 0, 0));
        result |= raw(as<u8>(index) == as<u8>(number)) & first;
        number = i8x16_add(number, splat<u8>(1));
        const V128 carry = table << 56;
        table = table >> 8 | __builtin_shufflevector(carry, carry, 1, 0);
    }
    return result;
}
WASMI_VFN i8x16_swizzle_plain(V128 a, V128 index) { return compare_and_pick(a, index); }
WASMI_VFN i8x16_shuffle_plain(V128 a, V128 b, V128 index) {
    return compare_and_pick(a, index) | compare_and_pick(b, i8x16_sub(index, splat<u8>(16)));
}

}  // namespace wasmi::core::simd
