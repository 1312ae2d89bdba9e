// Waiting and notifying: see slow.hpp for the operands. Spec: proposals/threads.
#include "core/executor/slow.hpp"
#include "core/memory/wait_queue.hpp"

#include <algorithm>

namespace wasmi::core::slow {

namespace {

const u8* leave(ExecContext& ctx, ExecStatus status) {
    ctx.status = status;
    return nullptr;
}

/// The host address of an aligned access of n bytes; null after a trap.
u8* address_of(ExecContext& ctx, const u8* fields, u64 n) {
    const SlowFields o = fields_at(fields);
    const MemoryInstance& m = *ctx.instance->memories[o.s3];
    u64 address = get(ctx, o.s0);
    if (!m.type.is_64) address = static_cast<u32>(address);
    const u64 size = m.load_size();
    const bool overflows = __builtin_add_overflow(address, o.i0 | u64{o.i1} << 32, &address);
    TrapCode code = TrapCode::none;
    if (!overflows && address % n != 0) {
        code = TrapCode::unaligned_atomic;
    } else if (overflows || size < n || address > size - n) {
        code = TrapCode::out_of_bounds_memory_access;
    } else {
        return m.data + address;
    }
    raise_trap(ctx, fields, code);
    return nullptr;
}

template <class T>
const u8* wait(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u8* address = address_of(ctx, fields, sizeof(T));
    if (address == nullptr) return nullptr;
    if (!ctx.instance->memories[o.s3]->type.is_shared) {
        return fail(ctx, fields, TrapCode::expected_shared_memory);
    }
    const auto timeout = static_cast<i64>(get(ctx, o.s2));
    i64 until = kForever;
    if (timeout >= 0 && __builtin_add_overflow(steady_now_ns(), timeout, &until)) until = kForever;
    const bool ends_early = ctx.has_deadline && ctx.deadline_ns < until;
    if (ends_early) until = ctx.deadline_ns;
    const WaitResult result = wait_on(reinterpret_cast<const T*>(address),
                                      static_cast<T>(get(ctx, o.s1)), until, ctx.parker, ctx.stop);
    if (result == WaitResult::stopped) return leave(ctx, ExecStatus::interrupted);
    if (result == WaitResult::timed_out && ends_early) return leave(ctx, ExecStatus::deadline);
    set(ctx, o.s0, static_cast<u64>(result));
    return next;
}

}  // namespace

const u8* atomic_wait32(ExecContext& ctx, const u8* fields, const u8* next) {
    return wait<u32>(ctx, fields, next);
}
const u8* atomic_wait64(ExecContext& ctx, const u8* fields, const u8* next) {
    return wait<u64>(ctx, fields, next);
}
const u8* atomic_notify(ExecContext& ctx, const u8* fields, const u8* next) {
    const SlowFields o = fields_at(fields);
    const u8* address = address_of(ctx, fields, sizeof(u32));
    if (address == nullptr) return nullptr;
    // Nobody can wait on a memory that is not shared.
    set(ctx, o.s0, notify_waiters(address, static_cast<u32>(get(ctx, o.s1))));
    return next;
}

}  // namespace wasmi::core::slow
