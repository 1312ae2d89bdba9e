// Reference words: how references look in slots, tables, globals and segments.
// Spec: exec/runtime (values). Words are indices, so they survive a move of the store.
//
//   0                       null of every type
//   func hierarchy          function address + 1
//   exn hierarchy           0xE7 << 48 | exception index + 1; the mark keeps ordinary integers on
//                           the stack from looking like exceptions to the collector
//   any and extern          tag in the low three bits:
//     ..1                   i31: 31 bits from bit 1
//     ..010                 host object: (index into the store's host objects + 1) << 3 | 2
//     ..000                 heap object: 32-bit offset into the GC heap, 8-aligned, not 0
// any.convert_extern and extern.convert_any keep the word. All but exceptions fit into 32 bits,
// which is what fields of objects hold.
#pragma once

#include "core/types/basics.hpp"

namespace wasmi::core {

inline constexpr u64 kNullRef = 0;

constexpr u64 func_ref(u32 addr) { return u64{addr} + 1; }
constexpr u32 func_addr_of(u64 ref) { return static_cast<u32>(ref - 1); }

inline constexpr u64 kExnMark = u64{0xE7} << 48;
constexpr u64 exn_ref(u32 index) { return kExnMark | (u64{index} + 1); }
constexpr bool is_exn_ref(u64 ref) {
    return ref >> 32 == kExnMark >> 32 && (ref & 0xFFFF'FFFF) != 0;
}
constexpr u32 exn_index_of(u64 ref) { return static_cast<u32>(ref) - 1; }

constexpr bool is_host_ref(u64 ref) { return (ref & 7) == 2; }
constexpr u64 host_ref(u64 index) { return (index + 1) << 3 | 2; }
constexpr u64 host_index_of(u64 ref) { return (ref >> 3) - 1; }

inline constexpr u64 kMaxHostObjects = (u64{1} << 29) - 1;

constexpr bool is_i31_ref(u64 ref) { return (ref & 1) != 0; }
constexpr u64 i31_ref(u32 value) { return (u64{value} & 0x7FFF'FFFF) << 1 | 1; }
constexpr u32 i31_bits_of(u64 ref) { return static_cast<u32>(ref >> 1) & 0x7FFF'FFFF; }

}  // namespace wasmi::core
