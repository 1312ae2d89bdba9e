// Vector instructions on floating-point lanes against an obvious reference, lane by lane.
// Spec: exec/numerics.
#include "tests/unit/executor/simd_fixture.hpp"

#include <cmath>

namespace wasmi::core::test {
namespace {

using namespace simd;  // NOLINT(google-build-using-namespace): a test of exactly that

template <class F>
using Bits = numeric::BitsOf<F>;

template <class F>
bool is_quiet(F x) {
    constexpr Bits<F> kQuiet = Bits<F>{1} << (sizeof(F) == 4 ? 22 : 51);
    return std::isnan(x) && (std::bit_cast<Bits<F>>(x) & kQuiet) != 0;
}
/// Bit by bit, but any quiet NaN will do for a NaN.
template <class F>
testing::AssertionResult same(F a, F expected) {
    if (std::isnan(expected) ? is_quiet(a)
                             : std::bit_cast<Bits<F>>(a) == std::bit_cast<Bits<F>>(expected)) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << a << " instead of " << expected;
}

template <class F, class Reference>
void expect_floats(V128 (*fn)(V128), Reference reference) {
    for_each_vector<F>([&](V128 v) {
        const auto x = lanes<F>(v), result = lanes<F>(fn(v));
        for (std::size_t i = 0; i < x.size(); ++i) {
            ASSERT_TRUE(same<F>(result[i], reference(x[i]))) << x[i];
        }
    });
}
template <class F, class Reference>
void expect_floats(V128 (*fn)(V128, V128), Reference reference) {
    for_each_pair<F>([&](V128 a, V128 b) {
        const auto x = lanes<F>(a), y = lanes<F>(b), result = lanes<F>(fn(a, b));
        for (std::size_t i = 0; i < x.size(); ++i) {
            ASSERT_TRUE(same<F>(result[i], reference(x[i], y[i]))) << x[i] << " " << y[i];
        }
    });
}
/// Exactly the bits of the reference, NaNs included.
template <class F, class Reference>
void expect_bits(V128 (*fn)(V128, V128), Reference reference) {
    for_each_pair<F>([&](V128 a, V128 b) {
        const auto x = lanes<F>(a), y = lanes<F>(b);
        const auto result = lanes<Bits<F>>(fn(a, b));
        for (std::size_t i = 0; i < x.size(); ++i) {
            ASSERT_EQ(result[i], reference(x[i], y[i])) << x[i] << " " << y[i];
        }
    });
}

template <class F>
F minimum(F a, F b) {
    if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<F>::quiet_NaN();
    if (a == b) return std::signbit(a) ? a : b;
    return a < b ? a : b;
}
template <class F>
F maximum(F a, F b) {
    if (std::isnan(a) || std::isnan(b)) return std::numeric_limits<F>::quiet_NaN();
    if (a == b) return std::signbit(a) ? b : a;
    return a > b ? a : b;
}
template <class F>
Bits<F> mask_if(bool b) {
    return b ? ~Bits<F>{0} : Bits<F>{0};
}

#define WASMI_EXPECT_FLOATS(id, F)                                                             \
    expect_floats<F>(id##_add, [](F a, F b) { return a + b; });                                \
    expect_floats<F>(id##_sub, [](F a, F b) { return a - b; });                                \
    expect_floats<F>(id##_mul, [](F a, F b) { return a * b; });                                \
    expect_floats<F>(id##_div, [](F a, F b) { return a / b; });                                \
    expect_floats<F>(id##_min, minimum<F>);                                                    \
    expect_floats<F>(id##_max, maximum<F>);                                                    \
    expect_floats<F>(id##_sqrt, [](F a) { return std::sqrt(a); });                             \
    expect_floats<F>(id##_ceil, [](F a) { return std::ceil(a); });                             \
    expect_floats<F>(id##_floor, [](F a) { return std::floor(a); });                           \
    expect_floats<F>(id##_trunc, [](F a) { return std::trunc(a); });                           \
    expect_floats<F>(id##_nearest, [](F a) { return std::nearbyint(a); });                     \
    expect_bits<F>(id##_pmin, [](F a, F b) { return std::bit_cast<Bits<F>>(b < a ? b : a); }); \
    expect_bits<F>(id##_pmax, [](F a, F b) { return std::bit_cast<Bits<F>>(a < b ? b : a); }); \
    expect_bits<F>(id##_eq, [](F a, F b) { return mask_if<F>(a == b); });                      \
    expect_bits<F>(id##_ne, [](F a, F b) { return mask_if<F>(a != b); });                      \
    expect_bits<F>(id##_lt, [](F a, F b) { return mask_if<F>(a < b); });                       \
    expect_bits<F>(id##_le, [](F a, F b) { return mask_if<F>(a <= b); });                      \
    expect_lanes<Bits<F>>(                                                                     \
        id##_abs, [](Bits<F> a) { return static_cast<Bits<F>>(a & ~numeric::kSignBit<F>); });  \
    expect_lanes<Bits<F>>(                                                                     \
        id##_neg, [](Bits<F> a) { return static_cast<Bits<F>>(a ^ numeric::kSignBit<F>); })

TEST(SimdFloat, f32x4_lanes_are_those_of_the_reference) { WASMI_EXPECT_FLOATS(f32x4, f32); }
TEST(SimdFloat, f64x2_lanes_are_those_of_the_reference) { WASMI_EXPECT_FLOATS(f64x2, f64); }

TEST(SimdFloat, relaxed_multiply_add_rounds_twice) {
    // Fused, the small product of the errors would remain.
    const f32 x = 1.0f + std::numeric_limits<f32>::epsilon();
    const f32 square = x * x;
    EXPECT_EQ(lanes<f32>(f32x4_relaxed_madd(splat(x), splat(x), splat(-square))),
              (std::array<f32, 4>{}));
    EXPECT_EQ(lanes<f32>(f32x4_relaxed_nmadd(splat(x), splat(x), splat(square))),
              (std::array<f32, 4>{}));
    const f64 y = 1.0 + std::numeric_limits<f64>::epsilon();
    EXPECT_EQ(lanes<f64>(f64x2_relaxed_madd(splat(y), splat(y), splat(-(y * y)))),
              (std::array<f64, 2>{}));
    EXPECT_EQ(lanes<f64>(f64x2_relaxed_nmadd(splat(3.0), splat(2.0), splat(1.0))),
              (std::array<f64, 2>{-5, -5}));
}

TEST(SimdFloat, integers_become_floats_rounded_once) {
    for_each_vector<i32>([](V128 v) {
        const auto x = lanes<i32>(v);
        const auto y = lanes<u32>(v);
        for (std::size_t i = 0; i < 4; ++i) {
            ASSERT_EQ(lanes<f32>(f32x4_convert_i32x4_s(v))[i], static_cast<f32>(x[i])) << x[i];
            ASSERT_EQ(lanes<f32>(f32x4_convert_i32x4_u(v))[i], static_cast<f32>(y[i])) << y[i];
        }
        for (std::size_t i = 0; i < 2; ++i) {
            ASSERT_EQ(lanes<f64>(f64x2_convert_low_i32x4_s(v))[i], static_cast<f64>(x[i]));
            ASSERT_EQ(lanes<f64>(f64x2_convert_low_i32x4_u(v))[i], static_cast<f64>(y[i]));
        }
    });
}

template <class Int, class F>
u32 truncated(F x) {
    if (std::isnan(x)) return 0;
    const f64 t = std::trunc(static_cast<f64>(x));
    if (t <= static_cast<f64>(std::numeric_limits<Int>::min())) {
        return static_cast<u32>(std::numeric_limits<Int>::min());
    }
    if (t >= static_cast<f64>(std::numeric_limits<Int>::max())) {
        return static_cast<u32>(std::numeric_limits<Int>::max());
    }
    return static_cast<u32>(static_cast<Int>(t));
}
TEST(SimdFloat, floats_become_integers_by_saturation) {
    for_each_vector<f32>([](V128 v) {
        const auto x = lanes<f32>(v);
        const auto s = lanes<u32>(i32x4_trunc_sat_f32x4_s(v));
        const auto u = lanes<u32>(i32x4_trunc_sat_f32x4_u(v));
        for (std::size_t i = 0; i < 4; ++i) {
            ASSERT_EQ(s[i], truncated<i32>(x[i])) << x[i];
            ASSERT_EQ(u[i], truncated<u32>(x[i])) << x[i];
        }
    });
    for_each_vector<f64>([](V128 v) {
        const auto x = lanes<f64>(v);
        const auto s = lanes<u32>(i32x4_trunc_sat_f64x2_s_zero(v));
        const auto u = lanes<u32>(i32x4_trunc_sat_f64x2_u_zero(v));
        for (std::size_t i = 0; i < 2; ++i) {
            ASSERT_EQ(s[i], truncated<i32>(x[i])) << x[i];
            ASSERT_EQ(u[i], truncated<u32>(x[i])) << x[i];
            ASSERT_EQ(s[i + 2], 0u);
            ASSERT_EQ(u[i + 2], 0u);
        }
    });
}

TEST(SimdFloat, sizes_of_floats_change_with_rounding_and_quiet_nans) {
    for_each_vector<f64>([](V128 v) {
        const auto result = lanes<f32>(f32x4_demote_f64x2_zero(v));
        for (std::size_t i = 0; i < 2; ++i) {
            ASSERT_TRUE(same(result[i], static_cast<f32>(lanes<f64>(v)[i])));
            ASSERT_EQ(std::bit_cast<u32>(result[i + 2]), 0u);
        }
    });
    for_each_vector<f32>([](V128 v) {
        const auto result = lanes<f64>(f64x2_promote_low_f32x4(v));
        for (std::size_t i = 0; i < 2; ++i) {
            ASSERT_TRUE(same(result[i], static_cast<f64>(lanes<f32>(v)[i])));
        }
    });
}

}  // namespace
}  // namespace wasmi::core::test
