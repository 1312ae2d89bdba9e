// Wide arithmetic against an independent computation. Spec: proposals/wide-arithmetic.
#include "tests/util/wat.hpp"

#include <wasmi/wasmi.hpp>

#include <random>

#include <gtest/gtest.h>

namespace wasmi {
namespace {

using Pair = std::tuple<uint64_t, uint64_t>;

/// Products digit by digit, as on paper, in base 2^16.
Pair multiply(uint64_t a, uint64_t b) {
    uint64_t digits[9] = {};
    for (unsigned i = 0; i < 4; ++i) {
        for (unsigned k = 0; k < 4; ++k) {
            uint64_t carry = (a >> 16 * i & 0xFFFF) * (b >> 16 * k & 0xFFFF);
            for (unsigned at = i + k; carry != 0; ++at) {
                digits[at] += carry & 0xFFFF;
                carry = (carry >> 16) + (digits[at] >> 16);
                digits[at] &= 0xFFFF;
            }
        }
    }
    return {digits[0] | digits[1] << 16 | digits[2] << 32 | digits[3] << 48,
            digits[4] | digits[5] << 16 | digits[6] << 32 | digits[7] << 48};
}

Pair negate(Pair p) {
    const uint64_t low = ~std::get<0>(p) + 1;
    return {low, ~std::get<1>(p) + (low == 0 ? 1 : 0)};
}

Pair multiply_signed(uint64_t a, uint64_t b) {
    const bool negative = (a ^ b) >> 63 != 0;
    const Pair p = multiply(a >> 63 != 0 ? ~a + 1 : a, b >> 63 != 0 ? ~b + 1 : b);
    return negative ? negate(p) : p;
}

TEST(WideArithmetic, agrees_with_a_computation_by_digits) {
    Config config;
    config.features.set(Feature::wide_arithmetic, true);
    Engine engine(config);
    Store store(engine);
    const Instance in = Linker(store)
                            .instantiate(test::compile_wat(engine, R"((module
                (func (export "u") (param i64 i64) (result i64 i64)
                  (i64.mul_wide_u (local.get 0) (local.get 1)))
                (func (export "s") (param i64 i64) (result i64 i64)
                  (i64.mul_wide_s (local.get 0) (local.get 1)))
                ;; (a, b) + (b, a) - (b, a), with other values around
                (func (export "round") (param i64 i64) (result i64 i64)
                  (i64.const 5)
                  (i64.sub128
                    (i64.add128 (local.get 0) (local.get 1) (local.get 1) (local.get 0))
                    (local.get 1) (local.get 0))
                  (local.set 0) (local.set 1)
                  (i64.sub (i64.const 5)) (i64.add (local.get 1))
                  (local.get 0))
                (func (export "add") (param i64 i64) (result i64 i64)
                  (i64.add128 (local.get 0) (local.get 1) (local.get 1) (local.get 0)))))"))
                            .value();
    const auto u = in.func<Pair(uint64_t, uint64_t)>(store, "u").value();
    const auto s = in.func<Pair(uint64_t, uint64_t)>(store, "s").value();
    const auto round = in.func<Pair(uint64_t, uint64_t)>(store, "round").value();
    const auto add = in.func<Pair(uint64_t, uint64_t)>(store, "add").value();
    std::mt19937_64 random(7);
    for (int i = 0; i < 2000; ++i) {
        // Short numbers and those around powers of two, too.
        uint64_t n[2];
        for (uint64_t& x : n) {
            x = random() >> random() % 64;
            if (random() % 4 == 0) x = ~x;
            if (random() % 8 == 0) x = 1ull << random() % 64;
        }
        EXPECT_EQ(*u(store, n[0], n[1]), multiply(n[0], n[1]));
        EXPECT_EQ(*s(store, n[0], n[1]), multiply_signed(n[0], n[1]));
        EXPECT_EQ(*round(store, n[0], n[1]), Pair(n[0], n[1]));
        const uint64_t low = n[0] + n[1];
        EXPECT_EQ(*add(store, n[0], n[1]), Pair(low, low + (low < n[0] ? 1 : 0)));
    }
}

}  // namespace
}  // namespace wasmi
