// Whole files in and out, and which form of a module they hold.
// Spec: binary/modules (magic).
#pragma once

#include <wasmi/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wasmi::tool {

/// "-": standard input. Errors: io, limit.
[[nodiscard]] Result<std::vector<std::byte>> read_all(const std::string& path);
/// "-" and "": standard output. Reports what goes wrong; returns the exit code.
[[nodiscard]] int write_all(const std::string& path, const void* data, std::size_t size);

[[nodiscard]] bool is_binary(const std::vector<std::byte>& bytes);
[[nodiscard]] std::string_view as_text(const std::vector<std::byte>& bytes);

}  // namespace wasmi::tool
