// Vectors of tests: lanes as arrays, and operands to try.
#pragma once

#include "core/executor/simd.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi::core::test {

template <class T>
std::array<T, 16 / sizeof(T)> lanes(V128 v) {
    return std::bit_cast<std::array<T, 16 / sizeof(T)>>(v);
}
template <class T, std::size_t n>
V128 vector_of(const std::array<T, n>& lanes) {
    static_assert(n * sizeof(T) == 16);
    return std::bit_cast<V128>(lanes);
}

/// Bytes: all; wider integers: limits, powers of two and their neighbours, bits without order;
/// floating point: every kind of value, and what lies around the limits of integer types.
template <class T>
const std::vector<T>& samples() {
    static const std::vector<T> all = [] {
        std::vector<T> s;
        if constexpr (std::is_floating_point_v<T>) {
            using Bits = numeric::BitsOf<T>;
            using Limits = std::numeric_limits<T>;
            const T payload = std::bit_cast<T>(std::bit_cast<Bits>(Limits::quiet_NaN()) | 5);
            const T signaling = std::bit_cast<T>(std::bit_cast<Bits>(Limits::infinity()) | 9);
            for (const T x : {T(0),
                              T(0.25),
                              T(0.5),
                              T(0.75),
                              T(1),
                              T(1.5),
                              T(2.5),
                              T(3.5),
                              T(1e10),
                              T(-7.9),
                              T(2147483647),
                              T(2147483648),
                              T(2147483649),
                              T(4294967295),
                              T(4294967296),
                              T(4294967297),
                              T(2147483647.5),
                              T(4294967295.5),
                              T(8388607.5),
                              T(8388608),
                              T(8388609),
                              T(4503599627370495.5),
                              T(4503599627370496),
                              T(4503599627370497),
                              Limits::min(),
                              Limits::denorm_min(),
                              Limits::max(),
                              Limits::infinity(),
                              payload,
                              signaling,
                              Limits::quiet_NaN(),
                              std::nextafter(T(0.5), T(0)),
                              std::nextafter(T(2147483648), T(0)),
                              std::nextafter(T(4294967296), T(0))}) {
                s.push_back(x);
                s.push_back(numeric::float_neg(x));
            }
        } else if constexpr (sizeof(T) == 1) {
            for (int i = 0; i < 256; ++i) s.push_back(static_cast<T>(i));
        } else {
            for (unsigned bit = 0; bit < sizeof(T) * 8; ++bit) {
                const u64 power = u64{1} << bit;
                for (const u64 x : {power - 1, power, power + 1, ~power}) {
                    s.push_back(static_cast<T>(x));
                }
            }
            u64 x = 0x9E37'79B9'7F4A'7C15u;
            for (int i = 0; i < 32; ++i, x = x * 0x5851'F42D'4C95'7F2Du + 1) {
                s.push_back(static_cast<T>(x >> 16 ^ x << 48));
            }
        }
        return s;
    }();
    return all;
}

/// Calls f(V128) until every sample has been in some lane.
template <class T, class F>
void for_each_vector(F f) {
    const std::vector<T>& all = samples<T>();
    for (std::size_t i = 0; i < all.size(); i += 16 / sizeof(T)) {
        std::array<T, 16 / sizeof(T)> x{};
        for (std::size_t j = 0; j < x.size(); ++j) x[j] = all[(i + j) % all.size()];
        f(vector_of(x));
    }
}
/// Calls f(V128, V128) until every pair of samples has been in some lane.
template <class T, class F>
void for_each_pair(F f) {
    for (const T b : samples<T>()) {
        std::array<T, 16 / sizeof(T)> y{};
        y.fill(b);
        for_each_vector<T>([&](V128 a) { f(a, vector_of(y)); });
    }
}

/// The function does to each lane what the reference says.
template <class T, class Reference>
void expect_lanes(V128 (*fn)(V128), Reference reference) {
    for_each_vector<T>([&](V128 v) {
        const auto x = lanes<T>(v), result = lanes<T>(fn(v));
        for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(result[i], reference(x[i])) << +x[i];
    });
}
template <class T, class Reference>
void expect_lanes(V128 (*fn)(V128, V128), Reference reference) {
    for_each_pair<T>([&](V128 a, V128 b) {
        const auto x = lanes<T>(a), y = lanes<T>(b), result = lanes<T>(fn(a, b));
        for (std::size_t i = 0; i < x.size(); ++i) {
            ASSERT_EQ(result[i], reference(x[i], y[i])) << +x[i] << " " << +y[i];
        }
    });
}

}  // namespace wasmi::core::test
