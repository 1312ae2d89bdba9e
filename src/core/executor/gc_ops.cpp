// Slow operations on structures and arrays: see slow.hpp for their operands.
// Spec: exec/instructions (aggregate instructions).
#include "core/executor/gc.hpp"
#include "core/executor/slow.hpp"
#include "core/memory/bulk.hpp"

namespace wasmi::core::slow {

namespace {

const Slot* slots_at(const ExecContext& ctx, u32 slot) {
    return reinterpret_cast<const Slot*>(ctx.fp) + slot;
}
u32 length_of(const ExecContext& ctx, u64 array) {
    return ctx.heap.header(static_cast<u32>(array)).length;
}
u8* element_at(const ExecContext& ctx, u64 array, u64 index, u32 size_log2) {
    return ctx.heap_data + array + kObjectHeaderSize + (index << size_log2);
}

/// The result of an allocation; charges for the bytes written.
const u8* finish_new(ExecContext& ctx, const u8* fields, const u8* next, u32 at, u64 bytes) {
    set(ctx, fields_at(fields).s0, at);
    return bytes < kBytesPerFuel || charge_bytes(ctx, bytes) ? next : nullptr;
}

const u8* exhausted(ExecContext& ctx, const u8* fields) {
    return fail(ctx, fields, TrapCode::heap_exhausted);
}

/// References as elements of an array.
void copy_refs(u8* to, u32 size_log2, const u64* refs, u64 count) {
    for (u64 i = 0; i < count; ++i) store_field(to + (i << size_log2), size_log2, refs + i);
}

/// Operands of array.init_*: in consecutive slots from s0 on.
struct InitOperands {
    u64 array, at, from, count;
    InitOperands(const ExecContext& ctx, u16 slot)
        : array(get(ctx, slot)),
          at(get(ctx, slot + 1u)),
          from(get(ctx, slot + 2u)),
          count(get(ctx, slot + 3u)) {}
};

}  // namespace

// ---- structures ---------------------------------------------------------------------------------

const u8* struct_new(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const DefinedType& type = ctx.types->get(o.i0);
    const u32 at = gc_allocate(ctx, o.i0, 0, type.object_size, false, fields);
    if (at == 0) return exhausted(ctx, fields);
    init_fields(ctx.heap_data + at, type, slots_at(ctx, o.s0));
    return finish_new(ctx, fields, next, at, type.object_size);
}
const u8* struct_new_default(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u32 bytes = ctx.types->get(o.i0).object_size;
    const u32 at = gc_allocate(ctx, o.i0, 0, bytes, true, fields);
    if (at == 0) return exhausted(ctx, fields);
    return finish_new(ctx, fields, next, at, bytes);
}
const u8* struct_get_v128(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u64 ref = get(ctx, o.s0);
    if (ref == 0) return fail(ctx, fields, TrapCode::null_structure_reference);
    std::memcpy(ctx.fp + u64{o.s0} * 8, ctx.heap_data + ref + o.i0, 16);
    return next;
}
const u8* struct_set_v128(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u64 ref = get(ctx, o.s0);
    if (ref == 0) return fail(ctx, fields, TrapCode::null_structure_reference);
    std::memcpy(ctx.heap_data + ref + o.i0, ctx.fp + u64{o.s1} * 8, 16);
    return next;
}

// ---- new arrays ---------------------------------------------------------------------------------

const u8* array_new(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u32 length = static_cast<u32>(get(ctx, o.s1));
    const FieldLayout f = ctx.types->get(o.i0).layout[0];
    const u32 at = gc_allocate_array(ctx, o.i0, length, false, fields);
    if (at == 0) return exhausted(ctx, fields);
    fill_elements(element_at(ctx, at, 0, 0), f.size_log2, length, slots_at(ctx, o.s0));
    return finish_new(ctx, fields, next, at, u64{length} << f.size_log2);
}
const u8* array_new_default(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u32 length = static_cast<u32>(get(ctx, o.s0));
    const u32 at = gc_allocate_array(ctx, o.i0, length, true, fields);
    if (at == 0) return exhausted(ctx, fields);
    return finish_new(ctx, fields, next, at,
                      u64{length} << ctx.types->get(o.i0).layout[0].size_log2);
}
const u8* array_new_fixed(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u32 at = gc_allocate_array(ctx, o.i0, o.i1, false, fields);
    if (at == 0) return exhausted(ctx, fields);
    init_object(ctx, at, slots_at(ctx, o.s0));
    return finish_new(ctx, fields, next, at, u64{o.i1} * 8);
}
const u8* array_new_data(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u64 from = get(ctx, o.s0);
    const u32 length = static_cast<u32>(get(ctx, o.s1));
    const u64 bytes = u64{length} << ctx.types->get(o.i0).layout[0].size_log2;
    const DataInstance& data = ctx.instance->datas[o.i1];
    if (!in_bounds(from, bytes, data.size)) {
        return fail(ctx, fields, TrapCode::out_of_bounds_memory_access);
    }
    const u32 at = gc_allocate_array(ctx, o.i0, length, false, fields);
    if (at == 0) return exhausted(ctx, fields);
    if (bytes != 0) std::memcpy(element_at(ctx, at, 0, 0), data.data + from, bytes);
    return finish_new(ctx, fields, next, at, bytes);
}
const u8* array_new_elem(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u64 from = get(ctx, o.s0);
    const u32 length = static_cast<u32>(get(ctx, o.s1));
    const ElemInstance& elem = ctx.instance->elems[o.i1];
    if (!in_bounds(from, length, elem.refs.size())) {
        return fail(ctx, fields, TrapCode::out_of_bounds_table_access);
    }
    const u32 at = gc_allocate_array(ctx, o.i0, length, false, fields);
    if (at == 0) return exhausted(ctx, fields);
    const u32 size_log2 = ctx.types->get(o.i0).layout[0].size_log2;
    copy_refs(element_at(ctx, at, 0, 0), size_log2, elem.refs.data() + from, length);
    return finish_new(ctx, fields, next, at, u64{length} * 8);
}

// ---- elements -----------------------------------------------------------------------------------

const u8* array_get_v128(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u64 ref = get(ctx, o.s0);
    const u64 index = get(ctx, o.s1);
    if (ref == 0) return fail(ctx, fields, TrapCode::null_array_reference);
    if (index >= length_of(ctx, ref))
        return fail(ctx, fields, TrapCode::out_of_bounds_array_access);
    std::memcpy(ctx.fp + u64{o.s0} * 8, element_at(ctx, ref, index, 4), 16);
    return next;
}
const u8* array_set_v128(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u64 ref = get(ctx, o.s0);
    const u64 index = get(ctx, o.s1);
    if (ref == 0) return fail(ctx, fields, TrapCode::null_array_reference);
    if (index >= length_of(ctx, ref))
        return fail(ctx, fields, TrapCode::out_of_bounds_array_access);
    std::memcpy(element_at(ctx, ref, index, 4), ctx.fp + u64{o.s2} * 8, 16);
    return next;
}
const u8* array_fill(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u64 ref = get(ctx, o.s0);
    const u64 at = get(ctx, o.s1);
    const u64 count = get(ctx, o.s3);
    if (ref == 0) return fail(ctx, fields, TrapCode::null_array_reference);
    if (!in_bounds(at, count, length_of(ctx, ref))) {
        return fail(ctx, fields, TrapCode::out_of_bounds_array_access);
    }
    fill_elements(element_at(ctx, ref, at, o.i0), o.i0, count, slots_at(ctx, o.s2));
    return charge_bytes(ctx, count << o.i0) ? next : nullptr;
}
const u8* array_copy(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const Slot* operands = slots_at(ctx, o.s0);
    const u64 to = operands[0];
    const u64 to_at = operands[1];
    const u64 from = operands[2];
    const u64 from_at = operands[3];
    const u64 count = operands[4];
    if (to == 0 || from == 0) return fail(ctx, fields, TrapCode::null_array_reference);
    if (!in_bounds(to_at, count, length_of(ctx, to)) ||
        !in_bounds(from_at, count, length_of(ctx, from))) {
        return fail(ctx, fields, TrapCode::out_of_bounds_array_access);
    }
    std::memmove(element_at(ctx, to, to_at, o.i0), element_at(ctx, from, from_at, o.i0),
                 count << o.i0);
    return charge_bytes(ctx, count << o.i0) ? next : nullptr;
}
const u8* array_init_data(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const InitOperands in(ctx, o.s0);
    if (in.array == 0) return fail(ctx, fields, TrapCode::null_array_reference);
    if (!in_bounds(in.at, in.count, length_of(ctx, in.array))) {
        return fail(ctx, fields, TrapCode::out_of_bounds_array_access);
    }
    const DataInstance& data = ctx.instance->datas[o.i1];
    const u64 bytes = in.count << o.i0;
    if (!in_bounds(in.from, bytes, data.size)) {
        return fail(ctx, fields, TrapCode::out_of_bounds_memory_access);
    }
    if (bytes != 0) {
        std::memcpy(element_at(ctx, in.array, in.at, o.i0), data.data + in.from, bytes);
    }
    return charge_bytes(ctx, bytes) ? next : nullptr;
}
const u8* array_init_elem(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const InitOperands in(ctx, o.s0);
    if (in.array == 0) return fail(ctx, fields, TrapCode::null_array_reference);
    if (!in_bounds(in.at, in.count, length_of(ctx, in.array))) {
        return fail(ctx, fields, TrapCode::out_of_bounds_array_access);
    }
    const ElemInstance& elem = ctx.instance->elems[o.i1];
    if (!in_bounds(in.from, in.count, elem.refs.size())) {
        return fail(ctx, fields, TrapCode::out_of_bounds_table_access);
    }
    copy_refs(element_at(ctx, in.array, in.at, o.i0), o.i0, elem.refs.data() + in.from, in.count);
    return charge_bytes(ctx, in.count * 8) ? next : nullptr;
}

}  // namespace wasmi::core::slow
