// Number literals of the text format: integers with range checks, floats rounded exactly.
// Spec: text/values (integers, floating-point).
#pragma once

#include "core/types/basics.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace wasmi::core::text {

/// What a run of characters is as a number. Spec: text/values.
enum class NumberForm : u8 { none, nat, integer, real };
[[nodiscard]] NumberForm number_form(std::string_view literal) noexcept;

// The following take literals for which number_form is not none, and answer nullopt if the value
// does not fit (or, for integers, if the literal is a float).

/// Unsigned of so many bits (1 to 64), without a sign.
[[nodiscard]] std::optional<u64> parse_nat(std::string_view literal, unsigned bits) noexcept;
/// Signed or unsigned of so many bits, as two's complement in the low bits.
[[nodiscard]] std::optional<u64> parse_int(std::string_view literal, unsigned bits) noexcept;
/// The bits of the nearest float (ties to even), also for inf, nan and nan:0x….
[[nodiscard]] std::optional<u32> parse_f32(std::string_view literal);
[[nodiscard]] std::optional<u64> parse_f64(std::string_view literal);

/// The shortest literals that read back as these bits.
[[nodiscard]] std::string format_f32(u32 bits);
[[nodiscard]] std::string format_f64(u64 bits);
/// "0x1f".
[[nodiscard]] std::string format_hex(u64 value);

}  // namespace wasmi::core::text
