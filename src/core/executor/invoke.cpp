// Calls from the host into the store, and the guest stack they run on.
// Spec: exec/modules (invocation).
#include "core/executor/handlers.hpp"
#include "core/executor/runtime.hpp"

#include <algorithm>

#if defined(__unix__)
#include <sys/mman.h>
#else
#include <cstdlib>
#endif

namespace wasmi::core {

namespace {

/// On both sides of the stack. If it is small, frame_limit lies before it; nothing should reach
/// beyond its end.
constexpr u64 kStackMargin = 2 * kSmallFrame;

u8* reserve(u64 bytes) {
#if defined(__unix__)
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#if defined(MAP_NORESERVE)
    flags |= MAP_NORESERVE;
#endif
    void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    return p == MAP_FAILED ? nullptr : static_cast<u8*>(p);
#else
    return static_cast<u8*>(std::calloc(1, bytes));
#endif
}

}  // namespace

ExecContext::~ExecContext() {
    if (stack == nullptr) return;
#if defined(__unix__)
    munmap(stack - kStackMargin, stack_bytes + 2 * kStackMargin);
#else
    std::free(stack - kStackMargin);
#endif
}

bool ExecContext::allocate_stack(u64 bytes) {
    bytes = std::min<u64>(bytes, u64{1} << 40) & ~u64{7};
    u8* const p = reserve(bytes + 2 * kStackMargin);
    if (p == nullptr) return false;
    stack = entry_base = p + kStackMargin;
    stack_bytes = bytes;
    frame_limit = stack + bytes - sizeof(Link) - kSmallFrame;
    WASMI_ASSERT(newest_link(frame_limit) == stack + bytes);
    return true;
}

namespace {

/// Runs code at `ip` in a frame that is complete until it leaves; the outcome is in ctx.status.
WASMI_ALWAYS_INLINE void run_code(ExecContext& ctx, const u8* ip, [[maybe_unused]] u8* fp,
                                  [[maybe_unused]] u8* frame_limit) {
#if defined(WASMI_DISPATCH_LOOP)
    ctx.paused.ip = ip;
    do {
        const Regs s = handlers::resume(ctx);
        load_raw<handlers::Handler>(s.ip)(WASMI_HANDLER_ARGS(s));
    } while (ctx.paused.ip != nullptr);
#else
    Regs s{};
    s.ip = ip;
    s.ctx = &ctx;
    // As the context says, from where they would have to be waited for.
    s.fp = fp;
    s.frame_limit = frame_limit;
    from_context_in_frame(s);
    load_raw<handlers::Handler>(s.ip)(WASMI_HANDLER_ARGS(s));
#endif
}

WASMI_NOINLINE void too_deep(ExecContext& ctx) {
    ctx.status = ExecStatus::trap;
    ctx.trap = TrapCode::call_stack_exhausted;
    ctx.trap_detail = ~u64{0};
}

/// The host calls a host function: nobody's code runs.
WASMI_NOINLINE void invoke_host(ExecContext& ctx, const HostFunc& host, Slot* base) {
    ModuleInstance* const saved_instance = ctx.instance;
    switch_instance(ctx, nullptr);
    ctx.entry_base = ctx.fp + host.frame_bytes;
    const bool ok = host.entry(host.env, *ctx.caller, base);
    ctx.status = ok ? ExecStatus::done : ExecStatus::host_error;
    switch_instance(ctx, saved_instance);
}

}  // namespace

ExecStatus invoke(ExecContext& ctx, u32 addr, Slot* base) noexcept {
    const FuncInstance& f = ctx.funcs[addr];
    u8* const saved_fp = ctx.fp;
    u8* const saved_base = ctx.entry_base;
    u8* const saved_limit = ctx.frame_limit;
    ctx.backtrace.clear();
    ctx.fp = reinterpret_cast<u8*>(base);
    const u32 nesting = ctx.nesting;
    ctx.nesting = nesting + 1;
    if (WASMI_UNLIKELY(nesting >= ctx.max_nesting)) {
        too_deep(ctx);
    } else if (WASMI_UNLIKELY(f.host != nullptr)) {
        invoke_host(ctx, *f.host, base);
    } else {
        ModuleInstance* const saved_instance = ctx.instance;
        const std::size_t saved_cross = ctx.cross_frames.size();
        if (WASMI_LIKELY(saved_instance == f.instance)) {
            refresh_memory(ctx);  // the host may have grown it
        } else {
            switch_instance(ctx, f.instance);
        }
        const u8* ip = enter_function_here(ctx, *f.code, 0, stub_code(StubKind::leave), nullptr);
        if (WASMI_LIKELY(ip != nullptr)) {
            run_code(ctx, ip, reinterpret_cast<u8*>(base), saved_limit - sizeof(Link));
        }
        // Returns have taken theirs away.
        if (WASMI_UNLIKELY(ctx.status != ExecStatus::done)) ctx.cross_frames.resize(saved_cross);
        // The outermost call leaves its instance behind: the next one is often of the same.
        if (nesting != 0 && ctx.instance != saved_instance) switch_instance(ctx, saved_instance);
    }
    ctx.nesting = nesting;
    ctx.fp = saved_fp;
    ctx.entry_base = saved_base;
    ctx.frame_limit = saved_limit;
    return ctx.status;
}

}  // namespace wasmi::core
