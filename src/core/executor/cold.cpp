// What handlers go to off the fast path, and the stubs.
#include "core/executor/fused_table.hpp"
#include "core/executor/handler_tables.hpp"
#include "core/executor/handlers.hpp"

#include <utility>

namespace wasmi::core {
namespace handlers {

WASMI_NOINLINE WASMI_CC void cold_trap(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    to_context(s);
    raise_trap(*s.ctx, s.ip, static_cast<TrapCode>(s.r));
}

WASMI_NOINLINE WASMI_CC void cold_out_of_bounds(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    s.r = static_cast<u64>(TrapCode::out_of_bounds_memory_access);
    WASMI_GO(cold_trap, s);
}

WASMI_NOINLINE WASMI_CC void cold_first_out_of_bounds(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    const u64 now = __atomic_load_n(s.ctx->live_mem_size, __ATOMIC_RELAXED);
    if (now > seen_mem_size(s)) {
        s.mem_size = s.ctx->mem_size = now;
        WASMI_DISPATCH(s);
    }
    s.ip += kHeaderSize;
    WASMI_GO(cold_out_of_bounds, s);
}

WASMI_NOINLINE WASMI_CC void cold_poll(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    to_context(s);
    if (!poll(*s.ctx)) return;
    from_context(s);
    WASMI_DISPATCH(s);
}

WASMI_NOINLINE WASMI_CC void cold_call(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    to_context(s);
    const FuncInstance& callee = s.ctx->funcs[static_cast<u32>(s.r)];
    if (WASMI_UNLIKELY(callee.host == nullptr)) WASMI_GO(cold_cross_call, s);
    u8* const base = s.fp + s.ctx->spill[0];
    if (!call_host(*s.ctx, *callee.host, base, s.ip - 1)) return;
    from_context_in_frame(s);
    // A lone result is expected in the accumulators too. After a call nothing is pinned.
    s.r = load_raw<u64>(base);
    s.f = vreg(load_raw<f64>(base));
    s.p0 = anything();
    s.p1 = anything();
    s.f0 = s.f1 = s.f;
    WASMI_DISPATCH(s);
}

/// A call of a guest function of another instance.
WASMI_NOINLINE WASMI_CC void cold_cross_call(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    to_context(s);
    const FuncInstance& callee = s.ctx->funcs[static_cast<u32>(s.r)];
    const u8* next = enter_across(*s.ctx, callee, s.ctx->spill[0], s.ip);
    WASMI_RESUME(s, next);
}

WASMI_NOINLINE WASMI_CC void cold_checked_call(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    to_context(s);
    const FuncInstance& callee = s.ctx->funcs[static_cast<u32>(s.r)];
    if (!check_type(*s.ctx, callee, static_cast<TypeId>(s.ctx->spill[1]), s.ip - 1)) return;
    WASMI_GO(cold_call, s);
}

#if defined(WASMI_DISPATCH_LOOP)
WASMI_NOINLINE WASMI_CC void cold_pause(WASMI_HANDLER_PARAMS) {
    const Regs s = WASMI_REGS;
    to_context(s);
    ExecContext::Paused& to = s.ctx->paused;
    to.ip = s.ip;
    to.ints[0] = s.r;
    to.ints[1] = s.p0;
    to.ints[2] = s.p1;
    store_raw(reinterpret_cast<u8*>(to.vectors[0]), s.f);
    store_raw(reinterpret_cast<u8*>(to.vectors[1]), s.f0);
    store_raw(reinterpret_cast<u8*>(to.vectors[2]), s.f1);
}

Regs resume(ExecContext& ctx) noexcept {
    ExecContext::Paused& from = ctx.paused;
    Regs s{};
    s.ctx = &ctx;
    s.ip = std::exchange(from.ip, nullptr);
    from_context(s);
    s.r = from.ints[0];
    s.p0 = from.ints[1];
    s.p1 = from.ints[2];
    s.f = load_raw<VReg>(reinterpret_cast<const u8*>(from.vectors[0]));
    s.f0 = load_raw<VReg>(reinterpret_cast<const u8*>(from.vectors[1]));
    s.f1 = load_raw<VReg>(reinterpret_cast<const u8*>(from.vectors[2]));
    s.chain = kLongestChain;
    return s;
}
#endif

WASMI_NOINLINE WASMI_CC void stub_leave(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    to_context(s);
    s.ctx->status = ExecStatus::done;
}

WASMI_NOINLINE WASMI_CC void stub_cross_return(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    to_context(s);
    const u8* next = return_across(*s.ctx);
    WASMI_RESUME(s, next);
}

WASMI_NOINLINE WASMI_CC void stub_host_return(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    const auto* results = reinterpret_cast<const u8*>(s.ctx->spill[2]);
    s.r = load_raw<u64>(results);
    s.f = vreg(load_raw<f64>(results));
    s.ip = reinterpret_cast<const u8*>(s.ctx->spill[3]);
    WASMI_DISPATCH(s);
}

WASMI_NOINLINE WASMI_CC void stub_translate(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    to_context(s);
    const u8* next = translate_entry(*s.ctx, s.ip);
    WASMI_RESUME(s, next);
}

namespace {

/// By operation the handlers of its forms, then those of the fused runs. Filled once; 4 KB.
struct HeaderTable {
    const u64* by_op[kNumOps + kFusedParts];
    HeaderTable() {
        fill(std::make_integer_sequence<u32, kHandlerParts>{});
#if defined(WASMI_FUSED_RUNS)
        fill_fused(std::make_integer_sequence<u32, kFusedParts>{});
#endif
    }

    template <u32... kPart>
    void fill(std::integer_sequence<u32, kPart...>) {
        (fill_part<kPart>(), ...);
    }
    template <u32 kPart>
    void fill_part() {
        // Constants: counted at run time, they were most of the start of the whole program.
        constexpr u32 first = first_op_of_part(kPart);
        constexpr u32 end = first_op_of_part(kPart + 1);
        for (u32 op = first; op < end; ++op) {
            by_op[op] = reinterpret_cast<const u64*>(part_table<kPart>()[op - first]);
        }
    }
    template <u32... kPart>
    void fill_fused(std::integer_sequence<u32, kPart...>) {
        ((by_op[kNumOps + kPart] = reinterpret_cast<const u64*>(fused_part<kPart>())), ...);
    }
};

}  // namespace
}  // namespace handlers

static_assert(sizeof(handlers::Handler) == sizeof(u64), "headers are pointers to handlers");

const CodeTarget& code_target() noexcept {
    static const handlers::HeaderTable table;
#if defined(WASMI_FUSED_RUNS)
    const FuseTable fuse = fuse_table();
#else
    const FuseTable fuse;
#endif
    static const CodeTarget target{table.by_op, fuse, simd::has_byte_lookup()};
    return target;
}

const StubHeader kStubs[4] = {reinterpret_cast<StubHeader>(&handlers::stub_leave),
                              reinterpret_cast<StubHeader>(&handlers::stub_cross_return),
                              reinterpret_cast<StubHeader>(&handlers::stub_host_return),
                              reinterpret_cast<StubHeader>(&handlers::stub_translate)};

}  // namespace wasmi::core
