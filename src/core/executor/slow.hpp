// Slow operations: C++ functions on slots, one per WASMI_SLOW row of code.def.
//
// Immediate: slots s0..s3, words i0 and i1; what they mean stands at each function.
// All operands and results are in slots, so nothing but the frame matters.
#pragma once

#include "core/executor/runtime.hpp"

namespace wasmi::core {

struct SlowFields {
    u16 s0, s1, s2, s3;
    u32 i0, i1;
};
static_assert(sizeof(SlowFields) == 16);

namespace slow {

inline SlowFields fields_at(const u8* p) { return load_raw<SlowFields>(p); }
inline u64 get(const ExecContext& ctx, u32 slot) { return load_raw<u64>(ctx.fp + u64{slot} * 8); }
inline void set(ExecContext& ctx, u32 slot, u64 value) { store_raw(ctx.fp + u64{slot} * 8, value); }

inline const u8* fail(ExecContext& ctx, const u8* fields, TrapCode code) {
    raise_trap(ctx, fields, code);
    return nullptr;
}

/// Long operations charge fuel for their bytes and poll in between: this many at a time.
inline constexpr u64 kChunk = u64{1} << 20;
inline constexpr u64 kBytesPerFuel = 64;

/// False: leave the executor. A chunk takes long enough to look for interrupts at each.
inline bool charge_bytes(ExecContext& ctx, u64 bytes) {
    return charge(ctx.budget, static_cast<i64>(bytes / kBytesPerFuel)) ? poll(ctx) : go_on(ctx);
}

#define WASMI_SLOW_FN(id) const u8* id(ExecContext& ctx, const u8* fields, const u8* next)
WASMI_SLOW_FN(lazy_entry);          // i0 bytes of the frame, i1 fuel of the call
WASMI_SLOW_FN(tail_call);           // s0 arguments; i0 function index
WASMI_SLOW_FN(tail_call_indirect);  // s0 arguments, s1 index; i0 table, i1 type id
WASMI_SLOW_FN(tail_call_ref);       // s0 arguments, s1 reference; i1 type id
WASMI_SLOW_FN(memory_size);         // s0 result; i0 memory
WASMI_SLOW_FN(memory_grow);         // s0 delta and result; i0 memory
WASMI_SLOW_FN(memory_fill);         // s0 at, s1 value, s2 count; i0 memory
WASMI_SLOW_FN(memory_copy);         // s0 to, s1 from, s2 count; i0 to memory, i1 from memory
WASMI_SLOW_FN(memory_init);         // s0 to, s1 from, s2 count; i0 data segment, i1 memory
WASMI_SLOW_FN(data_drop);           // i0 data segment
WASMI_SLOW_FN(table_get);           // s0 index and result; i0 table
WASMI_SLOW_FN(table_set);           // s0 index, s1 reference; i0 table
WASMI_SLOW_FN(table_size);          // s0 result; i0 table
WASMI_SLOW_FN(table_grow);          // s0 reference and result, s1 delta; i0 table
WASMI_SLOW_FN(table_fill);          // s0 at, s1 reference, s2 count; i0 table
WASMI_SLOW_FN(table_copy);          // s0 to, s1 from, s2 count; i0 to table, i1 from table
WASMI_SLOW_FN(table_init);          // s0 to, s1 from, s2 count; i0 element segment, i1 table
WASMI_SLOW_FN(elem_drop);           // i0 element segment
WASMI_SLOW_FN(ref_func);            // s0 result; i0 function index
WASMI_SLOW_FN(ref_as_non_null);     // s0 reference
WASMI_SLOW_FN(throw_);              // s0 fields; i0 tag
WASMI_SLOW_FN(throw_ref);           // s0 reference
WASMI_SLOW_FN(global_get_v128);     // s0 result; i0 global
WASMI_SLOW_FN(global_set_v128);     // s0 value; i0 global

// Structures and arrays: gc_ops.cpp. Sizes are log2 of bytes; types are ids.
WASMI_SLOW_FN(struct_new);          // s0 first field and result; i0 type
WASMI_SLOW_FN(struct_new_default);  // s0 result; i0 type
WASMI_SLOW_FN(struct_get_v128);     // s0 reference and result; i0 offset
WASMI_SLOW_FN(struct_set_v128);     // s0 reference, s1 value; i0 offset
WASMI_SLOW_FN(array_new);           // s0 value and result, s1 length; i0 type
WASMI_SLOW_FN(array_new_default);   // s0 length and result; i0 type
WASMI_SLOW_FN(array_new_fixed);     // s0 first element and result; i0 type, i1 count
WASMI_SLOW_FN(array_new_data);      // s0 from and result, s1 length; i0 type, i1 data segment
WASMI_SLOW_FN(array_new_elem);      // s0 from and result, s1 length; i0 type, i1 element segment
WASMI_SLOW_FN(array_get_v128);      // s0 reference and result, s1 index
WASMI_SLOW_FN(array_set_v128);      // s0 reference, s1 index, s2 value
WASMI_SLOW_FN(array_fill);          // s0 reference, s1 at, s2 value, s3 count; i0 size
// The operands of these are in slots from s0 on.
WASMI_SLOW_FN(array_copy);       // to, at, from, at, count; i0 size
WASMI_SLOW_FN(array_init_data);  // to, at, from, count; i0 size, i1 data segment
WASMI_SLOW_FN(array_init_elem);  // to, at, from, count; i0 size, i1 element segment
// s0 address and result, s1 expected or count, s2 timeout, s3 memory; i0 i1 offset, low half first
WASMI_SLOW_FN(atomic_wait32);
WASMI_SLOW_FN(atomic_wait64);
WASMI_SLOW_FN(atomic_notify);
#undef WASMI_SLOW_FN

}  // namespace slow
}  // namespace wasmi::core
