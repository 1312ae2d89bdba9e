// Fuzz target: any bytes as a module, through the whole library under tight limits.
#include "tests/util/run_hostile.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    wasmi::test::run_hostile(std::as_bytes(std::span(data, size)));
    return 0;
}
