// Wide arithmetic: numbers of 128 bits as pairs of i64, the low half first.
// Spec: proposals/wide-arithmetic.
#pragma once

#include "core/executor/bodies.hpp"

#include <array>
#include <type_traits>

namespace wasmi::core {

namespace numeric {

/// The low half and the high half.
using Pair = std::array<u64, 2>;

WASMI_ALWAYS_INLINE constexpr Pair i64_add128(u64 a, u64 a_high, u64 b, u64 b_high) {
    const u64 low = a + b;
    return {low, a_high + b_high + (low < a ? 1 : 0)};
}
WASMI_ALWAYS_INLINE constexpr Pair i64_sub128(u64 a, u64 a_high, u64 b, u64 b_high) {
    return {a - b, a_high - b_high - (a < b ? 1 : 0)};
}
WASMI_ALWAYS_INLINE constexpr Pair i64_mul_wide_u(u64 a, u64 b) {
#if defined(__SIZEOF_INT128__)
    __extension__ using Product = unsigned __int128;
    const Product product = static_cast<Product>(a) * b;
    return {static_cast<u64>(product), static_cast<u64>(product >> 64)};
#else
    constexpr u64 kHalf = 0xFFFF'FFFF;
    const u64 low = (a & kHalf) * (b & kHalf);
    const u64 mid = (a >> 32) * (b & kHalf) + (low >> 32);
    const u64 mid2 = (a & kHalf) * (b >> 32) + (mid & kHalf);
    return {(low & kHalf) | mid2 << 32, (a >> 32) * (b >> 32) + (mid >> 32) + (mid2 >> 32)};
#endif
}
/// Two's complement: each negative operand counts 2^64 too much.
WASMI_ALWAYS_INLINE constexpr Pair i64_mul_wide_s(u64 a, u64 b) {
    const Pair product = i64_mul_wide_u(a, b);
    return {product[0], product[1] - (a >> 63 != 0 ? b : 0) - (b >> 63 != 0 ? a : 0)};
}

}  // namespace numeric

template <auto kFn>
struct Wide {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        u8* const at = slot_at<kOff + F::layout.imm>(s);
        const u64 a = load_raw<u64>(at);
        const u64 b = load_raw<u64>(at + 8);
        numeric::Pair result;
        if constexpr (std::is_invocable_v<decltype(kFn), u64, u64>) {
            result = kFn(a, b);
        } else {
            result = kFn(a, b, load_raw<u64>(at + 16), load_raw<u64>(at + 24));
        }
        store_raw<u64>(at, result[0]);
        store_raw<u64>(at + 8, result[1]);
        return Flow::next;
    }
};

}  // namespace wasmi::core
