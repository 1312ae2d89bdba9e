// Random modules that use every numeric, vector and memory instruction of the table.
#pragma once

#include <cstdint>
#include <vector>

namespace wasmi::fuzz {

/// A valid module of many small functions, the same for the same seed. Binaryen's fuzzer makes
/// larger programs of fewer instructions, and most of its calls trap early.
[[nodiscard]] std::vector<std::uint8_t> generate_module(std::uint64_t seed);

}  // namespace wasmi::fuzz
