// WebAssembly values as text: arguments and results of `wasmi-run --invoke`.
// Spec: text/values.
#include "values.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <type_traits>

#include <fmt/format.h>

namespace wasmi::tool {

namespace {

template <class T>
std::optional<T> parse_whole(std::string_view digits, int base) {
    T value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (text.substr(0, prefix.size()) != prefix) return false;
    text.remove_prefix(prefix.size());
    return true;
}

bool take_sign(std::string_view& text) {
    if (take_prefix(text, "-")) return true;
    take_prefix(text, "+");
    return false;
}

/// A finite number without sign and prefix. By strtod: std::from_chars would make the program
/// larger, and nothing here sets a locale.
template <class Float>
std::optional<Float> read_float(std::string_view text, bool hex) {
    const std::string_view allowed = hex ? "0123456789abcdefABCDEF.pP+-" : "0123456789.eE+-";
    if (text.empty() || text.find_first_not_of(allowed) != text.npos) return std::nullopt;
    if (text[0] == '-' || text[0] == '+') return std::nullopt;
    const std::string whole = (hex ? "0x" : "") + std::string(text);
    char* end = nullptr;
    Float value = 0;
    if constexpr (std::is_same_v<Float, float>) {
        value = std::strtof(whole.c_str(), &end);
    } else {
        value = std::strtod(whole.c_str(), &end);
    }
    if (end != whole.c_str() + whole.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// The bits of an integer of this many bits; both ranges are accepted.
std::optional<std::uint64_t> parse_integer(std::string_view text, int bits) {
    const bool negative = take_sign(text);
    const bool hex = take_prefix(text, "0x") || take_prefix(text, "0X");
    if (text.empty() || text[0] == '-' || text[0] == '+') return std::nullopt;
    const std::optional<std::uint64_t> value = parse_whole<std::uint64_t>(text, hex ? 16 : 10);
    if (!value) return std::nullopt;
    const std::uint64_t mask = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
    if (negative) {
        if (*value > std::uint64_t{1} << (bits - 1)) return std::nullopt;
        return (~*value + 1) & mask;
    }
    if (*value > mask) return std::nullopt;
    return *value;
}

template <class Float, class Bits>
std::optional<Bits> parse_float(std::string_view text) {
    constexpr int kMantissa = std::numeric_limits<Float>::digits - 1;
    constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
    const bool negative = take_sign(text);
    Bits bits = 0;
    if (text == "inf" || text == "infinity") {
        bits = std::bit_cast<Bits>(std::numeric_limits<Float>::infinity());
    } else if (take_prefix(text, "nan")) {
        const Bits infinity = std::bit_cast<Bits>(std::numeric_limits<Float>::infinity());
        Bits payload = Bits{1} << (kMantissa - 1);
        if (!text.empty()) {
            if (text == ":canonical") {
                // as it is
            } else if (take_prefix(text, ":0x")) {
                const std::optional<Bits> given = parse_whole<Bits>(text, 16);
                if (!given || *given == 0 || *given >= Bits{1} << kMantissa) return std::nullopt;
                payload = *given;
            } else {
                return std::nullopt;
            }
        }
        bits = infinity | payload;
    } else {
        const bool hex = take_prefix(text, "0x") || take_prefix(text, "0X");
        const std::optional<Float> value = read_float<Float>(text, hex);
        if (!value) return std::nullopt;
        bits = std::bit_cast<Bits>(*value);
    }
    return negative ? bits | kSign : bits;
}

std::optional<Val> parse_vector(std::string_view text) {
    if (!take_prefix(text, "0x") || text.empty() || text.size() > 32) return std::nullopt;
    std::string digits(32 - text.size(), '0');
    digits += text;
    const auto high = parse_whole<std::uint64_t>(std::string_view(digits).substr(0, 16), 16);
    const auto low = parse_whole<std::uint64_t>(std::string_view(digits).substr(16), 16);
    if (!high || !low) return std::nullopt;
    return Val(V128{*low, *high});
}

template <class Float, class Bits>
std::string print_float(Bits bits) {
    const auto value = std::bit_cast<Float>(bits);
    constexpr int kMantissa = std::numeric_limits<Float>::digits - 1;
    const char* sign = (bits >> (sizeof(Bits) * 8 - 1)) != 0 ? "-" : "";
    if (std::isnan(value)) {
        const Bits payload = bits & ((Bits{1} << kMantissa) - 1);
        if (payload == Bits{1} << (kMantissa - 1)) return fmt::format("{}nan", sign);
        return fmt::format("{}nan:0x{:x}", sign, payload);
    }
    return fmt::format("{}", value);
}

}  // namespace

std::optional<Val> parse_value(ValType type, std::string_view text) {
    switch (type.kind()) {
        case ValKind::i32:
        case ValKind::i64: {
            const auto bits = parse_integer(text, type.kind() == ValKind::i32 ? 32 : 64);
            if (!bits) return std::nullopt;
            return Val::from_bits(type, *bits);
        }
        case ValKind::f32: {
            const auto bits = parse_float<float, std::uint32_t>(text);
            if (!bits) return std::nullopt;
            return Val::from_bits(type, *bits);
        }
        case ValKind::f64: {
            const auto bits = parse_float<double, std::uint64_t>(text);
            if (!bits) return std::nullopt;
            return Val::from_bits(type, *bits);
        }
        case ValKind::v128:
            return parse_vector(text);
        case ValKind::ref:
            if (text != "null" || !type.nullable()) return std::nullopt;
            return Val(type, Ref{});
        case ValKind::bottom:
            break;
    }
    return std::nullopt;
}

std::string print_value(Val value) {
    switch (value.type().kind()) {
        case ValKind::i32:
            return fmt::format("{}", value.i32());
        case ValKind::i64:
            return fmt::format("{}", value.i64());
        case ValKind::f32:
            return print_float<float>(static_cast<std::uint32_t>(value.bits()));
        case ValKind::f64:
            return print_float<double>(value.bits());
        case ValKind::v128:
            return fmt::format("0x{:016x}{:016x}", value.bits_hi(), value.bits());
        case ValKind::ref:
            if (value.ref().is_null()) return "null";
            return to_string(value.type());
        case ValKind::bottom:
            break;
    }
    return "?";
}

}  // namespace wasmi::tool
