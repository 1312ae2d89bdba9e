// WebAssembly values as text: arguments and results of `wasmi-run --invoke`.
// Spec: text/values.
#pragma once

#include <wasmi/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace wasmi::tool {

/// i32, i64: decimal or 0x…, with sign, in the signed or the unsigned range. f32, f64: decimal or
/// hexadecimal, inf, nan, nan:0x…. v128: 0x… of up to 32 digits. References: null.
/// nullopt: not a value of that type.
std::optional<Val> parse_value(ValType type, std::string_view text);

/// Integers signed, floats in the shortest form that reads back the same.
std::string print_value(Val value);

}  // namespace wasmi::tool
