// Reference words: how references look in slots, tables, globals and segments.
// Spec: exec/runtime (values). Words are indices, so they survive a move of the store.
//
//   0                       null of every type
//   func hierarchy          function address + 1
//   exn hierarchy           exception index + 1
//   any and extern          tag in the low three bits:
//     ..1                   i31: 31 bits from bit 1
//     ..010                 host object: (index into the store's host objects + 1) << 3 | 2
//     ..000                 heap object: 32-bit offset into the GC heap, 8-aligned, not 0
// any.convert_extern and extern.convert_any keep the word.
#pragma once

#include "core/types/basics.hpp"

namespace wasmi::core {

inline constexpr u64 kNullRef = 0;

constexpr u64 func_ref(u32 addr) { return u64{addr} + 1; }
constexpr u32 func_addr_of(u64 ref) { return static_cast<u32>(ref - 1); }

constexpr bool is_host_ref(u64 ref) { return (ref & 7) == 2; }
constexpr u64 host_ref(u64 index) { return (index + 1) << 3 | 2; }
constexpr u64 host_index_of(u64 ref) { return (ref >> 3) - 1; }

constexpr bool is_i31_ref(u64 ref) { return (ref & 1) != 0; }
constexpr u64 i31_ref(u32 value) { return (u64{value} & 0x7FFF'FFFF) << 1 | 1; }
constexpr u32 i31_bits_of(u64 ref) { return static_cast<u32>(ref >> 1) & 0x7FFF'FFFF; }

}  // namespace wasmi::core
