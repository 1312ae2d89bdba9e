// Allocation on the GC heap and its collection, together with exceptions: the two refer to each
// other. Also how fields are read and written.
// Spec: exec/runtime (structure, array and exception instances).
#pragma once

#include "core/executor/executor.hpp"

#include <cstring>
#include <span>

namespace wasmi::core {

/// Offset of a new object, or 0: the heap is exhausted. `bytes` with header; `zeroed`: the fields
/// are zero, else anything. May collect: references must be on the stack or among the roots.
/// `position`: code position of the guest in frame ctx.fp; null if the host allocates.
[[nodiscard]] u32 gc_allocate(ExecContext& ctx, TypeId type, u32 length, u64 bytes, bool zeroed,
                              const u8* position) noexcept;
[[nodiscard]] inline u32 gc_allocate_array(ExecContext& ctx, TypeId type, u32 length, bool zeroed,
                                           const u8* position) noexcept {
    const u64 bytes = u64{length} << ctx.types->get(type).layout[0].size_log2;
    return gc_allocate(ctx, type, length, kObjectHeaderSize + bytes, zeroed, position);
}

/// Frees the objects and exceptions that neither the stack up to `stack_top` (read conservatively)
/// nor the store nor the extra words refer to.
void collect_garbage(ExecContext& ctx, const u8* stack_top, std::span<const u64> extra) noexcept;

/// Keeps what the host got a reference to, as long as ctx.held_refs says.
void hold_ref(ExecContext& ctx, u64 word);

/// Fields travel in slots, as words; v128 in two.
inline void store_field(u8* field, u32 size_log2, const Slot* slots) noexcept {
    switch (size_log2) {
        case 0:
            *field = static_cast<u8>(*slots);
            return;
        case 1: {
            const u16 v = static_cast<u16>(*slots);
            std::memcpy(field, &v, sizeof v);
            return;
        }
        case 2: {
            const u32 v = static_cast<u32>(*slots);
            std::memcpy(field, &v, sizeof v);
            return;
        }
        case 3:
            std::memcpy(field, slots, 8);
            return;
        default:
            std::memcpy(field, slots, 16);
            return;
    }
}
constexpr u32 slots_of_field(const FieldLayout& f) { return f.size_log2 == 4 ? 2 : 1; }

/// Sets all fields of a structure from consecutive slots.
inline void init_fields(u8* object, const DefinedType& type, const Slot* slots) noexcept {
    for (const FieldLayout& f : type.layout) {
        store_field(object + f.offset, f.size_log2, slots);
        slots += slots_of_field(f);
    }
}
/// Sets all fields of a structure, or `length` elements of an array, from consecutive slots.
void init_object(ExecContext& ctx, u32 at, const Slot* slots) noexcept;
/// The same value for `count` elements from `first` on.
void fill_elements(u8* first, u32 size_log2, u64 count, const Slot* value) noexcept;

}  // namespace wasmi::core
