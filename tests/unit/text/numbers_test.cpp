// Number literals: ranges of integers, exact rounding of floats.
// Spec: text/values.
#include "core/text/numbers.hpp"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace wasmi::core::text {
namespace {

std::optional<u32> f32_bits(float f) { return std::bit_cast<u32>(f); }
std::optional<u64> f64_bits(double d) { return std::bit_cast<u64>(d); }

TEST(NumberForm, TellsNaturalsIntegersAndReals) {
    for (const char* s : {"0", "00", "1_000", "0x0", "0xaB_cD", "123"}) {
        EXPECT_EQ(number_form(s), NumberForm::nat) << s;
    }
    for (const char* s : {"+0", "-0", "-0x1", "+1_0"}) {
        EXPECT_EQ(number_form(s), NumberForm::integer) << s;
    }
    for (const char* s : {"0.", "1.5", "-1.5e3", "1e5", "1E+5", "1_0.0_1e-1_0", "0x1.", "0x1.8p1",
                          "-0x1P-3", "inf", "+inf", "-nan", "nan:0x1", "-nan:0x4_0"}) {
        EXPECT_EQ(number_form(s), NumberForm::real) << s;
    }
}

TEST(NumberForm, RefusesWhatIsNoNumber) {
    for (const char* s :
         {"",        "+",         "-",    "_1",    "1_",   "1__0",  "0x",     "0x_1",
          "0x1_",    "x1",        "1.e",  "1e",    "1e+",  ".5",    "1._5",   "1_.5",
          "0x1.8g",  "0x1p",      "1p1",  "0x1pA", "nan:", "nan:1", "nan:0x", "infty",
          "nan:0xg", "0x1.8p0x1", "1.5f", "--1",   "0b1"}) {
        EXPECT_EQ(number_form(s), NumberForm::none) << s;
    }
}

TEST(ParseInt, TakesSignedAndUnsignedRange) {
    EXPECT_EQ(parse_int("4294967295", 32), 0xFFFF'FFFFu);
    EXPECT_EQ(parse_int("-2147483648", 32), 0x8000'0000u);
    EXPECT_EQ(parse_int("-1", 8), 0xFFu);
    EXPECT_EQ(parse_int("-0x80", 8), 0x80u);
    EXPECT_EQ(parse_int("18446744073709551615", 64), ~u64{0});
    EXPECT_EQ(parse_int("-9223372036854775808", 64), u64{1} << 63);
    EXPECT_EQ(parse_int("+0x7fff_ffff", 32), 0x7FFF'FFFFu);
    EXPECT_EQ(parse_int("-0", 32), 0u);
}

TEST(ParseInt, RefusesWhatDoesNotFit) {
    EXPECT_EQ(parse_int("4294967296", 32), std::nullopt);
    EXPECT_EQ(parse_int("-2147483649", 32), std::nullopt);
    EXPECT_EQ(parse_int("256", 8), std::nullopt);
    EXPECT_EQ(parse_int("-129", 8), std::nullopt);
    EXPECT_EQ(parse_int("18446744073709551616", 64), std::nullopt);
    EXPECT_EQ(parse_int("-9223372036854775809", 64), std::nullopt);
    EXPECT_EQ(parse_int("0x1_0000_0000_0000_0000", 64), std::nullopt);
    EXPECT_EQ(parse_int("99999999999999999999999999", 64), std::nullopt);
    EXPECT_EQ(parse_int("1.0", 32), std::nullopt);
    EXPECT_EQ(parse_nat("256", 8), std::nullopt);
    EXPECT_EQ(parse_nat("255", 8), 255u);
}

TEST(ParseFloat, RoundsTiesToEven) {
    // 2^24 + 1 lies between two floats; a bit more or less decides.
    EXPECT_EQ(parse_f32("16777217"), f32_bits(16777216.0f));
    EXPECT_EQ(parse_f32("16777219"), f32_bits(16777220.0f));
    EXPECT_EQ(parse_f32("16777217.0000000000000000000000000000000000001"), f32_bits(16777218.0f));
    EXPECT_EQ(parse_f64("9007199254740993"), f64_bits(9007199254740992.0));
    EXPECT_EQ(parse_f64("9007199254740995"), f64_bits(9007199254740996.0));
    EXPECT_EQ(parse_f64("9007199254740992.9999999999999999"), f64_bits(9007199254740992.0));
    EXPECT_EQ(parse_f32("0x1.000001p0"), f32_bits(1.0f));
    EXPECT_EQ(parse_f32("0x1.000003p0"), f32_bits(0x1.000004p0f));
    EXPECT_EQ(parse_f32("0x1.00000100000000000000000000000000001p0"), f32_bits(0x1.000002p0f));
    EXPECT_EQ(parse_f64("0x1.00000000000008p0"), f64_bits(1.0));
    EXPECT_EQ(parse_f64("0x1.000000000000080000000000000000000001p0"),
              f64_bits(0x1.0000000000001p0));
}

TEST(ParseFloat, RoundsOnceNotThroughDouble) {
    // As a double this is the tie 1 + 2^-24, which would round to even.
    EXPECT_EQ(parse_f32("1.000000059604644775390625000000000000001"), f32_bits(0x1.000002p0f));
    EXPECT_EQ(parse_f32("0x1.00000100000000000001p0"), f32_bits(0x1.000002p0f));
}

TEST(ParseFloat, RoundsSubnormals) {
    EXPECT_EQ(parse_f32("1.401298464324817e-45"), 1u);
    EXPECT_EQ(parse_f32("0.7006492321624085e-45"), 0u);  // just below half of the smallest
    EXPECT_EQ(parse_f32("0.7006492321624086e-45"), 1u);
    EXPECT_EQ(parse_f32("0x1p-150"), 0u);
    EXPECT_EQ(parse_f32("0x1.000000000000000000001p-150"), 1u);
    EXPECT_EQ(parse_f32("0x1.8p-149"), 2u);
    EXPECT_EQ(parse_f32("0x1p-151"), 0u);
    EXPECT_EQ(parse_f64("4.9406564584124654e-324"), 1u);
    EXPECT_EQ(parse_f64("2.4703282292062327e-324"), 0u);
    EXPECT_EQ(parse_f64("2.4703282292062328e-324"), 1u);
    EXPECT_EQ(parse_f64("2.2250738585072011e-308"), 0x000F'FFFF'FFFF'FFFFu);
    EXPECT_EQ(parse_f64("0x1p-1075"), 0u);
    EXPECT_EQ(parse_f64("0x1.0000000000001p-1075"), 1u);
    EXPECT_EQ(parse_f64("1e-1000000000000000000000"), 0u);
    EXPECT_EQ(parse_f64("-1e-400"), u64{1} << 63);
}

TEST(ParseFloat, RefusesOverflowAtTheExactBorder) {
    EXPECT_EQ(parse_f32("340282356779733661637539395458142568447"), 0x7F7F'FFFFu);
    EXPECT_EQ(parse_f32("340282356779733661637539395458142568448"), std::nullopt);
    EXPECT_EQ(parse_f32("0x1.fffffefffffffffffp127"), 0x7F7F'FFFFu);
    EXPECT_EQ(parse_f32("0x1.ffffffp127"), std::nullopt);
    EXPECT_EQ(parse_f64("1.7976931348623158e308"), 0x7FEF'FFFF'FFFF'FFFFu);
    EXPECT_EQ(parse_f64("1.7976931348623159e308"), std::nullopt);
    EXPECT_EQ(parse_f64("0x1.fffffffffffff8p1023"), std::nullopt);
    EXPECT_EQ(parse_f64("1e999999999999999999999"), std::nullopt);
    EXPECT_EQ(parse_f64("0e999999999999999999999"), 0u);
    EXPECT_EQ(parse_f64("0x0p999999999999999999999"), 0u);
}

TEST(ParseFloat, ReadsLiteralsOfAnyLength) {
    const std::string zeros(100'000, '0');
    EXPECT_EQ(parse_f64("1" + zeros + "e-100000"), f64_bits(1.0));
    EXPECT_EQ(parse_f64("0." + zeros + "1e100001"), f64_bits(1.0));
    EXPECT_EQ(parse_f64("0x1" + zeros + "p-400000"), f64_bits(1.0));
    EXPECT_EQ(parse_f64("0x0." + zeros + "1p400004"), f64_bits(1.0));
    // The digit after a very long tie still decides.
    EXPECT_EQ(parse_f64("9007199254740993." + zeros + "1"), f64_bits(9007199254740994.0));
    EXPECT_EQ(parse_f64("9007199254740993." + zeros), f64_bits(9007199254740992.0));
}

TEST(ParseFloat, ReadsInfinitiesAndNans) {
    EXPECT_EQ(parse_f32("inf"), 0x7F80'0000u);
    EXPECT_EQ(parse_f32("-inf"), 0xFF80'0000u);
    EXPECT_EQ(parse_f32("nan"), 0x7FC0'0000u);
    EXPECT_EQ(parse_f32("-nan:0x20_0000"), 0xFFA0'0000u);
    EXPECT_EQ(parse_f32("nan:0x7fffff"), 0x7FFF'FFFFu);
    EXPECT_EQ(parse_f32("nan:0x0"), std::nullopt);
    EXPECT_EQ(parse_f32("nan:0x80_0000"), std::nullopt);
    EXPECT_EQ(parse_f64("nan:0x1"), 0x7FF0'0000'0000'0001u);
    EXPECT_EQ(parse_f64("-nan"), 0xFFF8'0000'0000'0000u);
    EXPECT_EQ(parse_f64("nan:0x10000000000000"), std::nullopt);
}

TEST(ParseFloat, AgreesWithTheCLibraryOnRandomLiterals) {
    std::mt19937_64 random(42);
    for (int i = 0; i < 20'000; ++i) {
        const u64 bits = random();
        const auto d = std::bit_cast<double>(bits);
        const auto f = std::bit_cast<float>(static_cast<u32>(bits));
        char text[64];
        const int precision = static_cast<int>(random() % 25);
        if (std::isfinite(d)) {
            std::snprintf(text, sizeof text, i % 4 == 0 ? "%.*a" : "%.*e", precision % 18, d);
            const double expected = std::strtod(text, nullptr);
            if (std::isfinite(expected)) {
                EXPECT_EQ(parse_f64(text), std::bit_cast<u64>(expected)) << text;
            } else {
                EXPECT_EQ(parse_f64(text), std::nullopt) << text;
            }
        }
        if (std::isfinite(f)) {
            std::snprintf(text, sizeof text, i % 4 == 0 ? "%.*a" : "%.*e", precision,
                          static_cast<double>(f));
            const float expected = std::strtof(text, nullptr);
            if (std::isfinite(expected)) {
                EXPECT_EQ(parse_f32(text), std::bit_cast<u32>(expected)) << text;
            } else {
                EXPECT_EQ(parse_f32(text), std::nullopt) << text;
            }
        }
    }
}

}  // namespace
}  // namespace wasmi::core::text
