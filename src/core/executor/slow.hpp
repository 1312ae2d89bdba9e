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

#define WASMI_SLOW_FN(id) const u8* id(ExecContext& ctx, const u8* fields, const u8* next)
WASMI_SLOW_FN(tail_call);           // s0 arguments, s1 link; i0 function index
WASMI_SLOW_FN(tail_call_indirect);  // s0 arguments, s1 link, s2 index; i0 table, i1 type id
WASMI_SLOW_FN(tail_call_ref);       // s0 arguments, s1 link, s2 reference; i1 type id
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
#undef WASMI_SLOW_FN

}  // namespace slow
}  // namespace wasmi::core
