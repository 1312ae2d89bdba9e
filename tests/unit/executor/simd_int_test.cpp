// Vector instructions on integer lanes against an obvious reference, lane by lane: every pair of
// bytes, and samples of wider lanes. Spec: exec/numerics.
#include "tests/unit/executor/simd_fixture.hpp"

namespace wasmi::core::test {
namespace {

using namespace simd;  // NOLINT(google-build-using-namespace): a test of exactly that

template <class T>
T saturate(i64 x) {
    using Limits = std::numeric_limits<T>;
    return static_cast<T>(std::clamp<i64>(x, Limits::min(), Limits::max()));
}
/// All ones or zero.
template <class T>
T mask_if(bool b) {
    return static_cast<T>(b ? -1 : 0);
}
template <class T>
T wrap(i64 x) {
    return static_cast<T>(static_cast<u64>(x));
}

#define WASMI_EXPECT_SAME_ARITHMETIC(id, I, U)                                                 \
    expect_lanes<U>(id##_add, [](U a, U b) { return static_cast<U>(a + b); });                 \
    expect_lanes<U>(id##_sub, [](U a, U b) { return static_cast<U>(a - b); });                 \
    expect_lanes<U>(id##_neg, [](U a) { return static_cast<U>(U{0} - a); });                   \
    expect_lanes<I>(id##_abs,                                                                  \
                    [](I a) { return a < 0 ? static_cast<I>(U{0} - static_cast<U>(a)) : a; }); \
    expect_lanes<I>(id##_eq, [](I a, I b) { return mask_if<I>(a == b); });                     \
    expect_lanes<I>(id##_ne, [](I a, I b) { return mask_if<I>(a != b); });                     \
    expect_lanes<I>(id##_lt_s, [](I a, I b) { return mask_if<I>(a < b); });                    \
    expect_lanes<I>(id##_le_s, [](I a, I b) { return mask_if<I>(a <= b); })
#define WASMI_EXPECT_NARROW_ARITHMETIC(id, I, U)                             \
    expect_lanes<U>(id##_lt_u, [](U a, U b) { return mask_if<U>(a < b); });  \
    expect_lanes<U>(id##_le_u, [](U a, U b) { return mask_if<U>(a <= b); }); \
    expect_lanes<I>(id##_min_s, [](I a, I b) { return std::min(a, b); });    \
    expect_lanes<I>(id##_max_s, [](I a, I b) { return std::max(a, b); });    \
    expect_lanes<U>(id##_min_u, [](U a, U b) { return std::min(a, b); });    \
    expect_lanes<U>(id##_max_u, [](U a, U b) { return std::max(a, b); })
#define WASMI_EXPECT_SATURATING(id, I, U)                                              \
    expect_lanes<I>(id##_add_sat_s, [](I a, I b) { return saturate<I>(i64{a} + b); }); \
    expect_lanes<U>(id##_add_sat_u, [](U a, U b) { return saturate<U>(i64{a} + b); }); \
    expect_lanes<I>(id##_sub_sat_s, [](I a, I b) { return saturate<I>(i64{a} - b); }); \
    expect_lanes<U>(id##_sub_sat_u, [](U a, U b) { return saturate<U>(i64{a} - b); }); \
    expect_lanes<U>(id##_avgr_u, [](U a, U b) { return static_cast<U>((a + b + 1) / 2); })

TEST(SimdInt, bytes_are_those_of_the_reference_for_all_operands) {
    WASMI_EXPECT_SAME_ARITHMETIC(i8x16, i8, u8);
    WASMI_EXPECT_NARROW_ARITHMETIC(i8x16, i8, u8);
    WASMI_EXPECT_SATURATING(i8x16, i8, u8);
    expect_lanes<u8>(i8x16_popcnt, [](u8 a) { return static_cast<u8>(std::popcount(a)); });
}

TEST(SimdInt, wider_lanes_are_those_of_the_reference_for_samples) {
    WASMI_EXPECT_SAME_ARITHMETIC(i16x8, i16, u16);
    WASMI_EXPECT_NARROW_ARITHMETIC(i16x8, i16, u16);
    WASMI_EXPECT_SATURATING(i16x8, i16, u16);
    WASMI_EXPECT_SAME_ARITHMETIC(i32x4, i32, u32);
    WASMI_EXPECT_NARROW_ARITHMETIC(i32x4, i32, u32);
    WASMI_EXPECT_SAME_ARITHMETIC(i64x2, i64, u64);
    expect_lanes<u16>(i16x8_mul, [](u16 a, u16 b) { return static_cast<u16>(u32{a} * b); });
    expect_lanes<u32>(i32x4_mul, [](u32 a, u32 b) { return a * b; });
    expect_lanes<u64>(i64x2_mul, [](u64 a, u64 b) { return a * b; });
    expect_lanes<i16>(i16x8_q15mulr_sat_s,
                      [](i16 a, i16 b) { return saturate<i16>((i64{a} * b + 0x4000) >> 15); });
}

TEST(SimdInt, bits_are_bits) {
    expect_lanes<u64>(v128_not, [](u64 a) { return ~a; });
    expect_lanes<u64>(v128_and, [](u64 a, u64 b) { return a & b; });
    expect_lanes<u64>(v128_or, [](u64 a, u64 b) { return a | b; });
    expect_lanes<u64>(v128_xor, [](u64 a, u64 b) { return a ^ b; });
    expect_lanes<u64>(v128_andnot, [](u64 a, u64 b) { return a & ~b; });
    const V128 mask{0x00FF'F0F0'1234'5678u, ~u64{0}};
    const V128 chosen = v128_bitselect(V128{~u64{0}, 7}, V128{0, 9}, mask);
    EXPECT_EQ(chosen[0], 0x00FF'F0F0'1234'5678u);
    EXPECT_EQ(chosen[1], 7u);
}

template <class I, class U>
void expect_shifts(V128 (*shl)(V128, u32), V128 (*shr_s)(V128, u32), V128 (*shr_u)(V128, u32)) {
    constexpr u32 kBits = sizeof(U) * 8;
    for (const u32 n : {0u, 1u, 3u, 7u, 8u, 15u, 16u, 31u, 32u, 63u, 64u, 65u, 1000u, ~0u}) {
        const u32 by = n % kBits;
        for_each_vector<U>([&](V128 v) {
            const auto left = lanes<U>(shl(v, n)), right = lanes<U>(shr_u(v, n));
            const auto arithmetic = lanes<I>(shr_s(v, n));
            for (std::size_t i = 0; i < left.size(); ++i) {
                const U x = lanes<U>(v)[i];
                ASSERT_EQ(left[i], static_cast<U>(x << by)) << n;
                ASSERT_EQ(right[i], static_cast<U>(x >> by)) << n;
                ASSERT_EQ(arithmetic[i], static_cast<I>(static_cast<I>(x) >> by)) << n;
            }
        });
    }
}
TEST(SimdInt, shifts_take_the_count_modulo_the_lane) {
    expect_shifts<i8, u8>(i8x16_shl, i8x16_shr_s, i8x16_shr_u);
    expect_shifts<i16, u16>(i16x8_shl, i16x8_shr_s, i16x8_shr_u);
    expect_shifts<i32, u32>(i32x4_shl, i32x4_shr_s, i32x4_shr_u);
    expect_shifts<i64, u64>(i64x2_shl, i64x2_shr_s, i64x2_shr_u);
}

template <class T>
void expect_tests(u32 (*all_true)(V128), u32 (*bitmask)(V128)) {
    for_each_vector<T>([&](V128 v) {
        u32 mask = 0;
        bool all = true, any = false;
        const auto x = lanes<T>(v);
        for (std::size_t i = 0; i < x.size(); ++i) {
            mask |= static_cast<u32>(x[i] < 0) << i;
            all = all && x[i] != 0;
            any = any || x[i] != 0;
        }
        ASSERT_EQ(bitmask(v), mask);
        ASSERT_EQ(all_true(v), u32{all});
        ASSERT_EQ(v128_any_true(v), u32{any});
    });
    // One lane differs from the others, each in turn.
    for (std::size_t i = 0; i < 16 / sizeof(T); ++i) {
        std::array<T, 16 / sizeof(T)> x{};
        x[i] = -1;
        EXPECT_EQ(bitmask(vector_of(x)), 1u << i);
        EXPECT_EQ(v128_any_true(vector_of(x)), 1u);
        EXPECT_EQ(all_true(vector_of(x)), 0u);
        x.fill(1);
        EXPECT_EQ(all_true(vector_of(x)), 1u);
        x[i] = 0;
        EXPECT_EQ(all_true(vector_of(x)), 0u);
    }
    EXPECT_EQ(v128_any_true(V128{}), 0u);
}
TEST(SimdInt, tests_and_masks_see_every_lane) {
    expect_tests<i8>(i8x16_all_true, i8x16_bitmask);
    expect_tests<i16>(i16x8_all_true, i16x8_bitmask);
    expect_tests<i32>(i32x4_all_true, i32x4_bitmask);
    expect_tests<i64>(i64x2_all_true, i64x2_bitmask);
}

using Unary = V128 (*)(V128);
using Binary = V128 (*)(V128, V128);

/// T extends to W; the functions in the order low, high.
template <class T, class W>
void expect_widening(Unary extend_low, Unary extend_high, Binary extmul_low, Binary extmul_high) {
    for_each_pair<T>([&](V128 a, V128 b) {
        const auto x = lanes<T>(a), y = lanes<T>(b);
        const auto low = lanes<W>(extend_low(a)), high = lanes<W>(extend_high(a));
        const auto mul_low = lanes<W>(extmul_low(a, b)), mul_high = lanes<W>(extmul_high(a, b));
        for (std::size_t i = 0; i < low.size(); ++i) {
            const std::size_t j = i + low.size();
            ASSERT_EQ(low[i], static_cast<W>(x[i]));
            ASSERT_EQ(high[i], static_cast<W>(x[j]));
            ASSERT_EQ(mul_low[i], static_cast<W>(W{x[i]} * W{y[i]}));
            ASSERT_EQ(mul_high[i], static_cast<W>(W{x[j]} * W{y[j]}));
        }
    });
}
TEST(SimdInt, lanes_extend_and_multiply_into_twice_the_size) {
#define WASMI_EXPECT_WIDENING(T, W, wide, narrow, s)                                           \
    expect_widening<T, W>(wide##_extend_low_##narrow##_##s, wide##_extend_high_##narrow##_##s, \
                          wide##_extmul_low_##narrow##_##s, wide##_extmul_high_##narrow##_##s)
    WASMI_EXPECT_WIDENING(i8, i16, i16x8, i8x16, s);
    WASMI_EXPECT_WIDENING(u8, u16, i16x8, i8x16, u);
    WASMI_EXPECT_WIDENING(i16, i32, i32x4, i16x8, s);
    WASMI_EXPECT_WIDENING(u16, u32, i32x4, i16x8, u);
    WASMI_EXPECT_WIDENING(i32, i64, i64x2, i32x4, s);
    WASMI_EXPECT_WIDENING(u32, u64, i64x2, i32x4, u);
#undef WASMI_EXPECT_WIDENING
}

template <class T, class W>
void expect_pairwise(Unary fn) {
    for_each_pair<T>([&](V128 a, V128 b) {
        const auto x = lanes<T>(interleave_low<T>(a, b));
        const auto sum = lanes<W>(fn(vector_of(x)));
        for (std::size_t i = 0; i < sum.size(); ++i) {
            ASSERT_EQ(sum[i], static_cast<W>(W{x[2 * i]} + W{x[2 * i + 1]}));
        }
    });
}
TEST(SimdInt, neighbours_are_added_in_twice_the_size) {
    expect_pairwise<i8, i16>(i16x8_extadd_pairwise_i8x16_s);
    expect_pairwise<u8, u16>(i16x8_extadd_pairwise_i8x16_u);
    expect_pairwise<i16, i32>(i32x4_extadd_pairwise_i16x8_s);
    expect_pairwise<u16, u32>(i32x4_extadd_pairwise_i16x8_u);
}

template <class W, class N>
void expect_narrowing(Binary fn) {
    for_each_pair<W>([&](V128 a, V128 b) {
        const auto x = lanes<W>(a), y = lanes<W>(b);
        const auto n = lanes<N>(fn(a, b));
        for (std::size_t i = 0; i < x.size(); ++i) {
            ASSERT_EQ(n[i], saturate<N>(x[i]));
            ASSERT_EQ(n[i + x.size()], saturate<N>(y[i]));
        }
    });
}
TEST(SimdInt, narrowing_saturates) {
    expect_narrowing<i16, i8>(i8x16_narrow_i16x8_s);
    expect_narrowing<i16, u8>(i8x16_narrow_i16x8_u);
    expect_narrowing<i32, i16>(i16x8_narrow_i32x4_s);
    expect_narrowing<i32, u16>(i16x8_narrow_i32x4_u);
}

TEST(SimdInt, dot_products_add_neighbours) {
    for_each_pair<i16>([&](V128 a, V128 b) {
        const auto x = lanes<i16>(a), y = lanes<i16>(b);
        const auto dot = lanes<i32>(i32x4_dot_i16x8_s(a, b));
        for (std::size_t i = 0; i < 4; ++i) {
            ASSERT_EQ(dot[i],
                      wrap<i32>(i64{x[2 * i]} * y[2 * i] + i64{x[2 * i + 1]} * y[2 * i + 1]));
        }
    });
    for_each_pair<i8>([&](V128 p, V128 q) {
        const V128 a = interleave_low<i8>(p, q), b = interleave_low<i8>(q, p);
        const auto x = lanes<i8>(a), y = lanes<i8>(b);
        const auto dot = lanes<i16>(i16x8_relaxed_dot_i8x16_i7x16_s(a, b));
        const auto sum = lanes<i32>(i32x4_relaxed_dot_i8x16_i7x16_add_s(a, b, p));
        for (std::size_t i = 0; i < 8; ++i) {
            ASSERT_EQ(dot[i],
                      saturate<i16>(i64{x[2 * i]} * y[2 * i] + i64{x[2 * i + 1]} * y[2 * i + 1]));
        }
        for (std::size_t i = 0; i < 4; ++i) {
            ASSERT_EQ(sum[i], wrap<i32>(i64{lanes<i32>(p)[i]} + dot[2 * i] + dot[2 * i + 1]));
        }
    });
}

TEST(SimdInt, bytes_are_picked_by_index) {
    std::array<u8, 16> a{}, b{};
    for (u8 i = 0; i < 16; ++i) {
        a[i] = static_cast<u8>(100 + i);
        b[i] = static_cast<u8>(200 + i);
    }
    for (u32 first = 0; first < 256; ++first) {
        std::array<u8, 16> index{}, picked{}, shuffled{};
        for (u32 i = 0; i < 16; ++i) {
            index[i] = static_cast<u8>(first + i * 7);
            picked[i] = index[i] < 16 ? a[index[i]] : u8{0};
        }
        EXPECT_EQ(lanes<u8>(i8x16_swizzle_plain(vector_of(a), vector_of(index))), picked);
        if (has_byte_lookup()) {
            EXPECT_EQ(lanes<u8>(i8x16_swizzle(vector_of(a), vector_of(index))), picked);
        }
        for (u32 i = 0; i < 16; ++i) {
            index[i] %= 32;
            shuffled[i] = index[i] < 16 ? a[index[i]] : b[index[i] - 16u];
        }
        const V128 indices = vector_of(index);
        EXPECT_EQ(lanes<u8>(i8x16_shuffle_plain(vector_of(a), vector_of(b), indices)), shuffled);
        if (has_byte_lookup()) {
            EXPECT_EQ(lanes<u8>(i8x16_shuffle(vector_of(a), vector_of(b), indices)), shuffled);
        }
    }
}

TEST(SimdInt, lanes_are_found_by_their_first_byte) {
    std::array<u8, 16> bytes{};
    for (u8 i = 0; i < 16; ++i) bytes[i] = static_cast<u8>(0xF0 - 3 * i);
    const V128 v = vector_of(bytes);
    for (u32 i = 0; i < 16; ++i) EXPECT_EQ(lane_at<u8>(v, i), bytes[i]);
    for (u32 i = 0; i < 8; ++i) EXPECT_EQ(lane_at<u16>(v, 2 * i), lanes<u16>(v)[i]);
    for (u32 i = 0; i < 4; ++i) EXPECT_EQ(lane_at<u32>(v, 4 * i), lanes<u32>(v)[i]);
    for (u32 i = 0; i < 2; ++i) EXPECT_EQ(lane_at<u64>(v, 8 * i), lanes<u64>(v)[i]);
    EXPECT_EQ(i8x16_extract_lane_s(0x80), 0xFFFF'FF80u);
    EXPECT_EQ(i8x16_extract_lane_u(0x80), 0x80u);
    EXPECT_EQ(i16x8_extract_lane_s(0x8000), 0xFFFF'8000u);
    EXPECT_EQ(i16x8_extract_lane_u(0x8000), 0x8000u);
}

}  // namespace
}  // namespace wasmi::core::test
