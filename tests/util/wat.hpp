// Modules of tests, written in the text format.
#pragma once

#include <wasmi/module.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace wasmi::test {

/// The binary form of `(module …)`; a text that is not a module fails the test.
[[nodiscard]] std::vector<std::byte> wat(std::string_view text);
/// The module, compiled; a module that is not valid fails the test.
[[nodiscard]] Module compile_wat(const Engine& engine, std::string_view text);

}  // namespace wasmi::test
