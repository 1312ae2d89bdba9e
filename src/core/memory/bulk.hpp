// Bulk operations on memories and tables with the specification's bounds checks.
// Spec: exec/instructions (table.fill/copy/init, memory.fill/copy/init).
//
// Each returns false, and changes nothing, if a range is out of bounds. Ranges of size 0 are in
// bounds up to and including the end. Offsets are u64: callers zero-extend 32-bit ones.
#pragma once

#include "core/memory/instance.hpp"

namespace wasmi::core {

/// Whether [at, at + n) lies in [0, size), without overflow.
constexpr bool in_bounds(u64 at, u64 n, u64 size) { return n <= size && at <= size - n; }

[[nodiscard]] bool memory_fill(MemoryInstance& memory, u64 at, u8 value, u64 n) noexcept;
/// Overlapping ranges (of the same memory) behave as if copied through a buffer.
[[nodiscard]] bool memory_copy(MemoryInstance& to, u64 to_at, const MemoryInstance& from,
                               u64 from_at, u64 n) noexcept;
[[nodiscard]] bool memory_init(MemoryInstance& to, u64 to_at, const DataInstance& from, u64 from_at,
                               u64 n) noexcept;

[[nodiscard]] bool table_fill(TableInstance& table, u64 at, u64 ref, u64 n) noexcept;
[[nodiscard]] bool table_copy(TableInstance& to, u64 to_at, const TableInstance& from, u64 from_at,
                              u64 n) noexcept;
[[nodiscard]] bool table_init(TableInstance& to, u64 to_at, const ElemInstance& from, u64 from_at,
                              u64 n) noexcept;

}  // namespace wasmi::core
