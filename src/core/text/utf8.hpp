// UTF-8: one scalar value at a time, forwards.
// Spec: binary/values (names), text/lexical (characters).
#pragma once

#include "core/types/basics.hpp"

#include <string>
#include <string_view>

namespace wasmi::core::text {

/// Bytes of the well-formed sequence that starts at `at` (1 to 4), or 0.
[[nodiscard]] std::size_t utf8_length(std::string_view text, std::size_t at) noexcept;
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;
/// Appends a scalar value; false for surrogates and values above U+10FFFF.
[[nodiscard]] bool append_utf8(std::string& out, u32 scalar);

}  // namespace wasmi::core::text
