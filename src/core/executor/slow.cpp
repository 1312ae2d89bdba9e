// Slow operations: see slow.hpp for their operands. Spec: exec/instructions.
#include "core/executor/slow.hpp"

#include "core/memory/bulk.hpp"
#include "core/memory/ref.hpp"

#include <algorithm>

namespace wasmi::core::slow {

namespace {

u64 failed(bool is_64) { return is_64 ? ~u64{0} : u64{0xFFFF'FFFF}; }

// ---- tail calls ---------------------------------------------------------------------------------

/// As a return does, without going anywhere.
void pop_frame(ExecContext& ctx, const Link& link) {
    ctx.fp -= link.distance;
    ctx.frame_limit += sizeof(Link);
}

/// Replaces the current frame by one of funcs[addr]; the arguments move down.
const u8* replace_frame(ExecContext& ctx, const u8* fields, u32 addr, TypeId type) {
    const SlowFields o = fields_at(fields);
    const FuncInstance& f = ctx.funcs[addr];
    if (!check_type(ctx, f, type, fields)) return nullptr;
    u8* const frame = ctx.fp;
    const Link link = load_raw<Link>(newest_link(ctx.frame_limit));
    u8* const args = frame + u64{o.s0} * 8;
    const DefinedType& t = ctx.types->get(f.type);
    if (f.host != nullptr) {
        // The host is called from this frame; its results are then returned.
        if (!call_host(ctx, *f.host, args, fields)) return nullptr;
        std::memmove(frame, args, u64{t.result_slots} * 8);
        pop_frame(ctx, link);
        // The caller finds a lone result in the accumulators.
        ctx.spill[2] = reinterpret_cast<u64>(frame);
        ctx.spill[3] = reinterpret_cast<u64>(link.return_ip);
        return stub_code(StubKind::host_return);
    }
    const bool leaves = f.instance != ctx.instance;
    if (frame + f.code->frame_bytes > newest_link(ctx.frame_limit)) {
        return fail(ctx, fields, TrapCode::call_stack_exhausted);
    }
    std::memmove(frame, args, u64{t.param_slots} * 8);
    // Once per chain: a frame that returns across already, or to the host, needs no second one.
    const u8* return_ip = link.return_ip;
    if (leaves && return_ip != stub_code(StubKind::cross_return) &&
        return_ip != stub_code(StubKind::leave)) {
        ctx.cross_frames.push_back({return_ip, ctx.instance});
        return_ip = stub_code(StubKind::cross_return);
    }
    if (leaves) switch_instance(ctx, f.instance);
    pop_frame(ctx, link);
    return enter_function(ctx, *f.code, link.distance, return_ip, nullptr);
}

/// Element of a table as a function address, or a trap.
bool callee_of(ExecContext& ctx, const u8* fields, u32 table, u64 index, u32& addr) {
    const TableInstance& t = *ctx.tables[table];
    if (index >= t.elements.size()) {
        raise_trap(ctx, fields, TrapCode::undefined_element);
        return false;
    }
    const u64 ref = t.elements[index];
    if (ref == kNullRef) {
        ctx.trap_detail = index;
        raise_trap(ctx, fields, TrapCode::uninitialized_element);
        return false;
    }
    addr = func_addr_of(ref);
    return true;
}

}  // namespace

const u8* lazy_entry(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    if (ctx.fp + o.i0 > newest_link(ctx.frame_limit)) {
        return fail(ctx, fields, TrapCode::call_stack_exhausted);
    }
    if (charge(ctx.budget, o.i1) && !poll(ctx)) return nullptr;
    return next;
}

const u8* tail_call(ExecContext& ctx, const u8* fields, const u8*) {
    const u32 addr = ctx.func_addrs[fields_at(fields).i0];
    return replace_frame(ctx, fields, addr, ctx.funcs[addr].type);
}
const u8* tail_call_indirect(ExecContext& ctx, const u8* fields, const u8*) {
    const SlowFields o = fields_at(fields);
    u32 addr = 0;
    if (!callee_of(ctx, fields, o.i0, get(ctx, o.s1), addr)) return nullptr;
    return replace_frame(ctx, fields, addr, o.i1);
}
const u8* tail_call_ref(ExecContext& ctx, const u8* fields, const u8*) {
    const SlowFields o = fields_at(fields);
    const u64 ref = get(ctx, o.s1);
    if (ref == kNullRef) return fail(ctx, fields, TrapCode::null_function_reference);
    const u32 addr = func_addr_of(ref);
    return replace_frame(ctx, fields, addr, ctx.funcs[addr].type);
}

// ---- memory -------------------------------------------------------------------------------------

const u8* memory_size(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    set(ctx, o.s0, ctx.instance->memories[o.i0]->pages());
    return next;
}
const u8* memory_grow(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    MemoryInstance& m = *ctx.instance->memories[o.i0];
    const i64 old = m.grow(get(ctx, o.s0));
    set(ctx, o.s0, old < 0 ? failed(m.type.is_64) : static_cast<u64>(old));
    refresh_memory(ctx);
    return next;
}
const u8* memory_fill(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    MemoryInstance& m = *ctx.instance->memories[o.i0];
    u64 at = get(ctx, o.s0);
    u64 n = get(ctx, o.s2);
    if (!in_bounds(at, n, m.load_size()))
        return fail(ctx, fields, TrapCode::out_of_bounds_memory_access);
    const u8 value = static_cast<u8>(get(ctx, o.s1));
    do {
        const u64 part = std::min(n, kChunk);
        (void)core::memory_fill(m, at, value, part);
        if (!charge_bytes(ctx, part)) return nullptr;
        at += part;
        n -= part;
    } while (n != 0);
    return next;
}
const u8* memory_copy(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    MemoryInstance& to = *ctx.instance->memories[o.i0];
    const MemoryInstance& from = *ctx.instance->memories[o.i1];
    const u64 to_at = get(ctx, o.s0);
    const u64 from_at = get(ctx, o.s1);
    const u64 n = get(ctx, o.s2);
    if (!in_bounds(to_at, n, to.load_size()) || !in_bounds(from_at, n, from.load_size())) {
        return fail(ctx, fields, TrapCode::out_of_bounds_memory_access);
    }
    // Upwards if the destination is above, so that an overlap is read before it is written.
    const bool downwards = to_at <= from_at;
    u64 done = 0;
    do {
        const u64 part = std::min(n - done, kChunk);
        const u64 at = downwards ? done : n - done - part;
        (void)core::memory_copy(to, to_at + at, from, from_at + at, part);
        if (!charge_bytes(ctx, part)) return nullptr;
        done += part;
    } while (done != n);
    return next;
}
const u8* memory_init(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u64 n = get(ctx, o.s2);
    if (!core::memory_init(*ctx.instance->memories[o.i1], get(ctx, o.s0), ctx.instance->datas[o.i0],
                           get(ctx, o.s1), n)) {
        return fail(ctx, fields, TrapCode::out_of_bounds_memory_access);
    }
    return charge_bytes(ctx, n) ? next : nullptr;
}
const u8* data_drop(ExecContext& ctx, const u8* fields, const u8* next) {
    ctx.instance->datas[fields_at(fields).i0] = DataInstance{};
    return next;
}

// ---- tables -------------------------------------------------------------------------------------

const u8* table_get(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const TableInstance& t = *ctx.tables[o.i0];
    const u64 index = get(ctx, o.s0);
    if (index >= t.elements.size()) return fail(ctx, fields, TrapCode::out_of_bounds_table_access);
    set(ctx, o.s0, t.elements[index]);
    return next;
}
const u8* table_set(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    TableInstance& t = *ctx.tables[o.i0];
    const u64 index = get(ctx, o.s0);
    if (index >= t.elements.size()) return fail(ctx, fields, TrapCode::out_of_bounds_table_access);
    t.elements[index] = get(ctx, o.s1);
    return next;
}
const u8* table_size(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    set(ctx, o.s0, ctx.tables[o.i0]->elements.size());
    return next;
}
const u8* table_grow(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    TableInstance& t = *ctx.tables[o.i0];
    const u64 delta = get(ctx, o.s1);
    const i64 old = t.grow(delta, get(ctx, o.s0));
    set(ctx, o.s0, old < 0 ? failed(t.type.is_64) : static_cast<u64>(old));
    return old < 0 || charge_bytes(ctx, delta * 8) ? next : nullptr;
}
const u8* table_fill(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u64 n = get(ctx, o.s2);
    if (!core::table_fill(*ctx.tables[o.i0], get(ctx, o.s0), get(ctx, o.s1), n)) {
        return fail(ctx, fields, TrapCode::out_of_bounds_table_access);
    }
    return charge_bytes(ctx, n * 8) ? next : nullptr;
}
const u8* table_copy(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u64 n = get(ctx, o.s2);
    if (!core::table_copy(*ctx.tables[o.i0], get(ctx, o.s0), *ctx.tables[o.i1], get(ctx, o.s1),
                          n)) {
        return fail(ctx, fields, TrapCode::out_of_bounds_table_access);
    }
    return charge_bytes(ctx, n * 8) ? next : nullptr;
}
const u8* table_init(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u64 n = get(ctx, o.s2);
    if (!core::table_init(*ctx.tables[o.i1], get(ctx, o.s0), ctx.instance->elems[o.i0],
                          get(ctx, o.s1), n)) {
        return fail(ctx, fields, TrapCode::out_of_bounds_table_access);
    }
    return charge_bytes(ctx, n * 8) ? next : nullptr;
}
const u8* elem_drop(ExecContext& ctx, const u8* fields, const u8* next) {
    ctx.instance->elems[fields_at(fields).i0] = ElemInstance{};
    return next;
}

// ---- references, exceptions, vectors ------------------------------------------------------------

const u8* ref_func(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    set(ctx, o.s0, core::func_ref(ctx.func_addrs[o.i0]));
    return next;
}
const u8* ref_as_non_null(ExecContext& ctx, const u8* fields, const u8* next) {
    if (get(ctx, fields_at(fields).s0) != kNullRef) return next;
    return fail(ctx, fields, TrapCode::null_reference);
}

const u8* throw_(ExecContext& ctx, const u8* fields, const u8*) {
    const SlowFields o = fields_at(fields);
    TagInstance* tag = ctx.instance->tags[o.i0];
    std::vector<Slot> values(ctx.types->get(tag->type).param_slots);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = get(ctx, static_cast<u16>(o.s0 + i));
    }
    return unwind(ctx, fields, tag, std::move(values), kNullRef);
}
const u8* throw_ref(ExecContext& ctx, const u8* fields, const u8*) {
    const u64 ref = get(ctx, fields_at(fields).s0);
    if (ref == kNullRef) return fail(ctx, fields, TrapCode::null_exception_reference);
    const ExceptionInstance& e = ctx.exceptions[exn_index_of(ref)];
    return unwind(ctx, fields, e.tag, e.fields, ref);
}

const u8* global_get_v128(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const GlobalCell& g = *ctx.globals[o.i0];
    set(ctx, o.s0, g.lo);
    set(ctx, static_cast<u16>(o.s0 + 1), g.hi);
    return next;
}
const u8* global_set_v128(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    *ctx.globals[o.i0] = {get(ctx, o.s0), get(ctx, static_cast<u16>(o.s0 + 1))};
    return next;
}

}  // namespace wasmi::core::slow
