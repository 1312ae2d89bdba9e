// StoreLimits: what the guests of one store may use together. A plain value.
#pragma once

#include <cstdint>

namespace wasmi {

/// 0 is a real limit, not "none". What would exceed a limit fails: allocation with
/// ErrorKind::limit, growth by the guest with -1, calls with a trap "call stack exhausted".
struct StoreLimits {
    std::uint64_t memory_bytes = ~std::uint64_t{0};  ///< all linear memories together
    std::uint64_t table_elements = 100'000'000;      ///< all tables together
    std::uint64_t gc_heap_bytes = std::uint64_t{1} << 30;
    std::uint64_t stack_bytes = std::uint64_t{8} << 20;  ///< guest frames: the depth limit
    std::uint32_t instances = 100'000;
    std::uint32_t host_nesting = 200;  ///< host function calls guest calls host function …
};

}  // namespace wasmi
