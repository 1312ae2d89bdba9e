// Number literals of the text format.
// Spec: text/values (integers, floating-point).
//
// Floats are rounded once, from the exact value of the literal, whatever its length. Hexadecimal
// literals only lose bits; decimal ones are divided out as big integers. A double has at most 768
// significant decimal digits at the midpoint between two neighbours, so digits beyond 800 cannot
// decide a rounding except by being there at all: they count as one sticky digit.
#include "core/text/numbers.hpp"

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <vector>

namespace wasmi::core::text {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_hex_digit(char c) { return hex_value(c) >= 0; }

/// Reads digits with single underscores between them; false if there is not one.
template <class IsDigit>
bool skip_digits(std::string_view s, std::size_t& at, IsDigit is) {
    if (at >= s.size() || !is(s[at])) return false;
    while (at < s.size()) {
        if (is(s[at])) {
            ++at;
        } else if (s[at] == '_' && at + 1 < s.size() && is(s[at + 1])) {
            at += 2;
        } else {
            break;
        }
    }
    return true;
}

bool skip_sign(std::string_view s, std::size_t& at) {
    if (at >= s.size() || (s[at] != '+' && s[at] != '-')) return false;
    ++at;
    return true;
}

bool skip_prefix(std::string_view s, std::size_t& at, std::string_view prefix) {
    if (s.substr(std::min(at, s.size()), prefix.size()) != prefix) return false;
    at += prefix.size();
    return true;
}

/// A binary floating-point format of IEEE 754.
struct Format {
    unsigned fraction_bits;
    int max_exponent;  ///< of 1.f × 2^e
    [[nodiscard]] int min_exponent() const { return 1 - max_exponent; }
};
constexpr Format kF32{23, 127};
constexpr Format kF64{52, 1023};

/// Rounds (mantissa + sticky) × 2^(exponent - 63), mantissa normalised (top bit set) or zero.
/// nullopt on overflow. The sign is added by the caller.
std::optional<u64> round_to(const Format& f, u64 mantissa, bool sticky, i64 exponent) {
    if (mantissa == 0) return 0;
    if (exponent > f.max_exponent) return std::nullopt;
    // How many low bits of the 64 go; more for subnormal results.
    i64 drop = 63 - static_cast<i64>(f.fraction_bits);
    const bool subnormal = exponent < f.min_exponent();
    if (subnormal) drop += f.min_exponent() - exponent;
    if (drop > 65) return 0;
    u64 kept = 0;
    bool half = false;
    bool rest = sticky;
    if (drop == 65) {
        rest = true;
    } else if (drop == 64) {
        half = mantissa >> 63 != 0;
        rest = rest || (mantissa << 1) != 0;
    } else {
        kept = mantissa >> drop;
        half = (mantissa >> (drop - 1) & 1) != 0;
        rest = rest || (mantissa & ((u64{1} << (drop - 1)) - 1)) != 0;
    }
    if (half && (rest || (kept & 1) != 0)) ++kept;
    // A carry runs from the fraction into the exponent field, which is what is wanted.
    u64 bits = kept;
    if (!subnormal) bits += static_cast<u64>(exponent - f.min_exponent()) << f.fraction_bits;
    const u64 infinity = u64(2 * f.max_exponent + 1) << f.fraction_bits;
    if (bits >= infinity) return std::nullopt;
    return bits;
}

/// Reads an exponent at `at` (after 'e' or 'p'), saturating far outside every format.
i64 read_exponent(std::string_view s, std::size_t at) {
    constexpr i64 kSaturated = i64{1} << 40;
    const bool negative = at < s.size() && s[at] == '-';
    skip_sign(s, at);
    i64 e = 0;
    for (; at < s.size(); ++at) {
        if (s[at] == '_') continue;
        e = std::min(e * 10 + (s[at] - '0'), kSaturated);
    }
    return negative ? -e : e;
}

std::optional<u64> hex_to(const Format& f, std::string_view s) {
    u64 mantissa = 0;
    bool sticky = false;
    i64 exponent = 0;  // of the lowest mantissa bit
    bool after_point = false;
    std::size_t at = 0;
    for (; at < s.size(); ++at) {
        const char c = s[at];
        if (c == '_') continue;
        if (c == '.') {
            after_point = true;
            continue;
        }
        if (c == 'p' || c == 'P') break;
        const auto digit = static_cast<u64>(hex_value(c));
        if (mantissa >> 60 == 0) {
            mantissa = mantissa << 4 | digit;
            if (after_point) exponent -= 4;
        } else {
            sticky = sticky || digit != 0;
            if (!after_point) exponent += 4;
        }
    }
    if (at < s.size()) exponent += read_exponent(s, at + 1);
    if (mantissa == 0) return 0;
    const int shift = std::countl_zero(mantissa);
    return round_to(f, mantissa << shift, sticky, exponent + 63 - shift);
}

/// A natural number of any size, little-endian in 32-bit limbs, without leading zero limbs.
class BigNat {
  public:
    void multiply_add(u32 factor, u32 addend) {
        u64 carry = addend;
        for (u32& limb : limbs_) {
            carry += u64{limb} * factor;
            limb = static_cast<u32>(carry);
            carry >>= 32;
        }
        if (carry != 0) limbs_.push_back(static_cast<u32>(carry));
    }
    void shift_left(u64 bits) {
        if (limbs_.empty()) return;
        const auto rest = static_cast<u32>(bits % 32);
        if (rest != 0) multiply_add(u32{1} << rest, 0);
        limbs_.insert(limbs_.begin(), bits / 32, 0u);
    }
    /// Needs *this >= other.
    void subtract(const BigNat& other) {
        u64 borrow = 0;
        for (std::size_t i = 0; i < limbs_.size(); ++i) {
            const u64 take = borrow + (i < other.limbs_.size() ? other.limbs_[i] : 0u);
            borrow = limbs_[i] < take ? 1 : 0;
            limbs_[i] = static_cast<u32>(limbs_[i] - take);
        }
        while (!limbs_.empty() && limbs_.back() == 0) limbs_.pop_back();
    }
    [[nodiscard]] bool operator<(const BigNat& other) const {
        if (limbs_.size() != other.limbs_.size()) return limbs_.size() < other.limbs_.size();
        return std::lexicographical_compare(limbs_.rbegin(), limbs_.rend(), other.limbs_.rbegin(),
                                            other.limbs_.rend());
    }
    [[nodiscard]] i64 bit_width() const {
        if (limbs_.empty()) return 0;
        return static_cast<i64>(limbs_.size()) * 32 - std::countl_zero(limbs_.back());
    }
    [[nodiscard]] bool is_zero() const { return limbs_.empty(); }

  private:
    std::vector<u32> limbs_;
};

/// The first 64 bits of numerator / denominator, rounded.
std::optional<u64> divide_to(const Format& f, BigNat numerator, BigNat denominator) {
    // Scale so that 1 <= numerator / denominator < 2.
    i64 exponent = numerator.bit_width() - denominator.bit_width();
    if (exponent > 0) {
        denominator.shift_left(static_cast<u64>(exponent));
    } else if (exponent < 0) {
        numerator.shift_left(static_cast<u64>(-exponent));
    }
    if (numerator < denominator) {
        numerator.shift_left(1);
        --exponent;
    }
    u64 mantissa = 0;
    for (int i = 0; i < 64; ++i) {
        mantissa <<= 1;
        if (!(numerator < denominator)) {
            mantissa |= 1;
            numerator.subtract(denominator);
        }
        numerator.shift_left(1);
    }
    return round_to(f, mantissa, !numerator.is_zero(), exponent);
}

/// Powers of ten that a double (23) or a float (11) holds exactly.
constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/// One correctly rounded operation on two exact operands rounds correctly.
std::optional<u64> exact_product(const Format& f, u64 digits, i64 exponent) {
    if (FLT_EVAL_METHOD != 0) return std::nullopt;
    const bool wide = f.fraction_bits == kF64.fraction_bits;
    const i64 limit = wide ? 22 : 10;
    if (digits >> (f.fraction_bits + 1) != 0 || exponent < -limit || exponent > limit) {
        return std::nullopt;
    }
    const double power = kPowers[exponent < 0 ? -exponent : exponent];
    if (wide) {
        const auto d = static_cast<double>(digits);
        return std::bit_cast<u64>(exponent < 0 ? d / power : d * power);
    }
    const auto d = static_cast<float>(digits);
    const auto p = static_cast<float>(power);
    return std::bit_cast<u32>(exponent < 0 ? d / p : d * p);
}

std::optional<u64> decimal_to(const Format& f, std::string_view s) {
    constexpr i64 kMaxDigits = 800;
    BigNat number;
    u64 small = 0;        // the same number while it has at most 19 digits
    i64 significant = 0;  // digits in `number`
    i64 exponent = 0;     // of its last digit
    bool sticky = false;
    bool after_point = false;
    // Digits are gathered nine at a time, to keep long literals linear.
    u32 chunk = 0;
    u32 chunk_scale = 1;
    std::size_t at = 0;
    for (; at < s.size(); ++at) {
        const char c = s[at];
        if (c == '_') continue;
        if (c == '.') {
            after_point = true;
            continue;
        }
        if (c == 'e' || c == 'E') break;
        const auto digit = static_cast<u32>(c - '0');
        if (significant == 0 && digit == 0) {
            if (after_point) --exponent;
            continue;
        }
        if (significant < kMaxDigits) {
            ++significant;
            if (significant <= 19) small = small * 10 + digit;
            chunk = chunk * 10 + digit;
            chunk_scale *= 10;
            if (chunk_scale == 1'000'000'000) {
                number.multiply_add(chunk_scale, chunk);
                chunk = 0;
                chunk_scale = 1;
            }
            if (after_point) --exponent;
        } else {
            sticky = sticky || digit != 0;
            if (!after_point) ++exponent;
        }
    }
    if (significant == 0) return 0;
    if (at < s.size()) exponent += read_exponent(s, at + 1);
    // Far outside every format: do not build the power of ten.
    if (significant + exponent > 400) return std::nullopt;
    if (significant + exponent < -400) return 0;
    if (significant <= 19) {
        if (const auto exact = exact_product(f, small, exponent)) return exact;
    }
    number.multiply_add(chunk_scale, chunk);
    if (sticky) {
        number.multiply_add(10, 1);
        --exponent;
    }
    BigNat denominator;
    denominator.multiply_add(1, 1);
    BigNat& scaled = exponent < 0 ? denominator : number;
    for (i64 left = exponent < 0 ? -exponent : exponent; left > 0; left -= 9) {
        u32 power = 1;
        for (i64 i = 0; i < std::min<i64>(left, 9); ++i) power *= 10;
        scaled.multiply_add(power, 0);
    }
    return divide_to(f, std::move(number), std::move(denominator));
}

std::optional<u64> parse_float(const Format& f, std::string_view literal) {
    const bool negative = !literal.empty() && literal[0] == '-';
    const u64 sign = negative ? u64(f.max_exponent + 1) << (f.fraction_bits + 1) : 0;
    const u64 infinity = u64(2 * f.max_exponent + 1) << f.fraction_bits;
    std::size_t at = 0;
    skip_sign(literal, at);
    const std::string_view s = literal.substr(at);
    std::optional<u64> magnitude;
    if (s == "inf") {
        magnitude = infinity;
    } else if (s == "nan") {
        magnitude = infinity | u64{1} << (f.fraction_bits - 1);
    } else if (s.substr(0, 4) == "nan:") {
        const auto payload = parse_nat(s.substr(4), f.fraction_bits);
        if (payload && *payload != 0) magnitude = infinity | *payload;
    } else if (s.substr(0, 2) == "0x") {
        magnitude = hex_to(f, s.substr(2));
    } else {
        magnitude = decimal_to(f, s);
    }
    if (!magnitude) return std::nullopt;
    return *magnitude | sign;
}

/// What is no finite number; empty for the others.
std::string format_special(const Format& f, u64 bits) {
    const u64 sign = u64(f.max_exponent + 1) << (f.fraction_bits + 1);
    const u64 infinity = u64(2 * f.max_exponent + 1) << f.fraction_bits;
    const u64 magnitude = bits & (sign - 1);
    const std::string minus = (bits & sign) != 0 ? "-" : "";
    if (magnitude < infinity) return {};
    if (magnitude == infinity) return minus + "inf";
    const u64 payload = magnitude - infinity;
    if (payload == u64{1} << (f.fraction_bits - 1)) return minus + "nan";
    return minus + "nan:" + format_hex(payload);
}

/// A number as sign, significant digits and exponent: d.ddd × 10^exponent.
struct Decimal {
    bool negative = false;
    std::string digits;
    int exponent = 0;
};

/// Rounded to so many digits. The standard library's std::to_chars would do it, at 170 KB.
Decimal decimal_of(double value, int digits) {
    char text[64];
    const int size = std::snprintf(text, sizeof text, "%.*e", digits - 1, value);
    const std::string_view all(text, static_cast<std::size_t>(size));
    const std::size_t e = all.find('e');
    Decimal d;
    d.negative = all[0] == '-';
    // What is no digit is the sign or the decimal point of the locale.
    std::copy_if(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(e),
                 std::back_inserter(d.digits), is_digit);
    for (std::size_t i = e + 2; i < all.size(); ++i) d.exponent = d.exponent * 10 + (all[i] - '0');
    if (all[e + 1] == '-') d.exponent = -d.exponent;
    const std::size_t last = d.digits.find_last_not_of('0');
    d.digits.resize(last == std::string::npos ? 1 : last + 1);
    return d;
}

std::string scientific(const Decimal& d) {
    std::string out = d.digits;
    if (out.size() > 1) out.insert(1, ".");
    const std::string exponent = std::to_string(std::abs(d.exponent));
    out += d.exponent < 0 ? "e-" : "e+";
    return out + (exponent.size() == 1 ? "0" : "") + exponent;
}

/// A whole number has all its digits, also those that are not needed to tell it from others.
std::string fixed(const Decimal& d, double value) {
    if (d.exponent < 0) {
        return "0." + std::string(static_cast<u32>(-d.exponent) - 1, '0') + d.digits;
    }
    const std::size_t whole = static_cast<u32>(d.exponent) + 1;
    if (whole < d.digits.size()) return d.digits.substr(0, whole) + "." + d.digits.substr(whole);
    char text[64];
    return {text,
            static_cast<std::size_t>(std::snprintf(text, sizeof text, "%.0f", std::abs(value)))};
}

/// With the fewest digits that are read as the same number, in the shorter notation. A normal
/// number that has a decimal of `sure` digits or fewer is found by rounding to as many.
std::string format_finite(const Format& f, u64 bits, double value, int sure) {
    const u64 sign = u64(f.max_exponent + 1) << (f.fraction_bits + 1);
    const bool is_normal = (bits & (sign - 1)) >> f.fraction_bits != 0;
    for (int digits = is_normal ? sure : 1;; ++digits) {
        const Decimal d = decimal_of(value, digits);
        const std::string minus = d.negative ? "-" : "";
        std::string text = minus + scientific(d);
        if (parse_float(f, text) != bits) continue;
        if (std::abs(d.exponent) < 32) {  // else the other notation is longer
            std::string other = minus + fixed(d, value);
            if (other.size() <= text.size()) return other;
        }
        return text;
    }
}

}  // namespace

std::string format_hex(u64 value) {
    std::string out;
    for (; value != 0; value >>= 4) out.insert(out.begin(), "0123456789abcdef"[value & 15]);
    return "0x" + (out.empty() ? "0" : out);
}

std::string format_f32(u32 bits) {
    std::string special = format_special(kF32, bits);
    if (!special.empty()) return special;
    return format_finite(kF32, bits, double{std::bit_cast<float>(bits)}, FLT_DIG);
}

std::string format_f64(u64 bits) {
    std::string special = format_special(kF64, bits);
    if (!special.empty()) return special;
    return format_finite(kF64, bits, std::bit_cast<double>(bits), DBL_DIG);
}

NumberForm number_form(std::string_view s) noexcept {
    std::size_t at = 0;
    const bool sign = skip_sign(s, at);
    if (at == s.size()) return NumberForm::none;
    if (s.substr(at) == "inf" || s.substr(at) == "nan") return NumberForm::real;
    if (skip_prefix(s, at, "nan:0x")) {
        return skip_digits(s, at, is_hex_digit) && at == s.size() ? NumberForm::real
                                                                  : NumberForm::none;
    }
    const bool hex = skip_prefix(s, at, "0x");
    const auto digits = [&] {
        return hex ? skip_digits(s, at, is_hex_digit) : skip_digits(s, at, is_digit);
    };
    if (!digits()) return NumberForm::none;
    if (at == s.size()) return sign ? NumberForm::integer : NumberForm::nat;
    if (s[at] == '.') {
        ++at;
        if (at < s.size() && (hex ? is_hex_digit(s[at]) : is_digit(s[at]))) digits();
        if (at == s.size()) return NumberForm::real;
    }
    const char c = s[at];
    if (hex ? c != 'p' && c != 'P' : c != 'e' && c != 'E') return NumberForm::none;
    ++at;
    skip_sign(s, at);
    return skip_digits(s, at, is_digit) && at == s.size() ? NumberForm::real : NumberForm::none;
}

std::optional<u64> parse_nat(std::string_view literal, unsigned bits) noexcept {
    const u64 max = bits == 64 ? ~u64{0} : (u64{1} << bits) - 1;
    const bool hex = literal.substr(0, 2) == "0x";
    const u64 base = hex ? 16 : 10;
    u64 value = 0;
    for (const char c : literal.substr(hex ? 2 : 0)) {
        if (c == '_') continue;
        const int digit = hex ? hex_value(c) : is_digit(c) ? c - '0' : -1;
        if (digit < 0) return std::nullopt;
        const auto d = static_cast<u64>(digit);
        if (value > (max - d) / base) return std::nullopt;
        value = value * base + d;
    }
    return value;
}

std::optional<u64> parse_int(std::string_view literal, unsigned bits) noexcept {
    std::size_t at = 0;
    const bool negative = !literal.empty() && literal[0] == '-';
    const bool sign = skip_sign(literal, at);
    const auto magnitude = parse_nat(literal.substr(at), bits);
    if (!magnitude) return std::nullopt;
    const u64 half = u64{1} << (bits - 1);
    if (sign && *magnitude > (negative ? half : half - 1)) return std::nullopt;
    if (!negative) return magnitude;
    return (~*magnitude + 1) & (half | (half - 1));
}

std::optional<u32> parse_f32(std::string_view literal) {
    const auto bits = parse_float(kF32, literal);
    if (!bits) return std::nullopt;
    return static_cast<u32>(*bits);
}

std::optional<u64> parse_f64(std::string_view literal) { return parse_float(kF64, literal); }

}  // namespace wasmi::core::text
