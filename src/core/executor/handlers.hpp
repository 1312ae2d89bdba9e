// The wrapping of the bodies: one function per form or fused run.
//
// Each ends in a jump to the next. With preserve_none (clang >= 19 on x86-64 and AArch64) all state
// is in argument registers; elsewhere six integer arguments fit, the size of memory 0 is read from
// the context and one integer local is pinned, or none.
//
// Tail dispatch relies on these jumps: clang's musttail demands them, GCC makes them at -O2.
// tools/check_handlers.py checks the machine code: no prologue, no call, no spill.
//
// Loop dispatch does not, for other compilers, debug builds and sanitizers: a handler counts in
// `chain`, and at its end puts the state into the context and returns to the loop in run_code().
// So the native stack is bounded even if each jump is a call.
#pragma once

#include "core/executor/atomics.hpp"
#include "core/executor/bodies.hpp"
#include "core/executor/gc_bodies.hpp"
#include "core/executor/runtime.hpp"
#include "core/executor/simd_bodies.hpp"
#include "core/executor/slow.hpp"
#include "core/executor/wide.hpp"

#if defined(WASMI_PRESERVE_NONE)
#define WASMI_CC __attribute__((preserve_none))
#else
#define WASMI_CC
#endif
#if defined(__clang__) && defined(WASMI_DISPATCH_TAIL)
#define WASMI_MUSTTAIL [[clang::musttail]]
#else
#define WASMI_MUSTTAIL
#endif

// The state as parameters, as Regs, and as arguments.
#if defined(WASMI_PRESERVE_NONE)
// On x86-64 the arguments are r12 to r15, rdi, rsi, rdx, rcx, r8, r9, r11. Instructions with ip, fp
// and r are the shortest with rdi, rsi, rdx.
#define WASMI_HANDLER_PARAMS                                                      \
    ExecContext *ctx, u64 p1, u8 *mem, u64 mem_size, const u8 *ip, u8 *fp, u64 r, \
        [[maybe_unused]] u64 chain, u64 p0, i64 budget, u8 *frame_limit, VReg f, VReg f0, VReg f1
#define WASMI_REGS \
    Regs { ip, fp, mem, mem_size, ctx, r, p0, p1, budget, frame_limit, chain, f, f0, f1 }
#define WASMI_HANDLER_ARGS_WITH(s, next_chain)                                           \
    (s).ctx, (s).p1, (s).mem, (s).mem_size, (s).ip, (s).fp, (s).r, (next_chain), (s).p0, \
        (s).budget, (s).frame_limit, (s).f, (s).f0, (s).f1
#if defined(WASMI_DISPATCH_LOOP)
#define WASMI_HANDLER_ARGS(s) WASMI_HANDLER_ARGS_WITH(s, (s).chain)
#else
#define WASMI_HANDLER_ARGS(s) WASMI_HANDLER_ARGS_WITH(s, wasmi::core::handlers::anything())
#endif
#elif defined(WASMI_DISPATCH_LOOP)
#define WASMI_HANDLER_PARAMS \
    const u8 *ip, u8 *fp, u8 *mem, ExecContext *ctx, u64 r, u64 chain, VReg f, VReg f0, VReg f1
#define WASMI_REGS \
    Regs { ip, fp, mem, 0, ctx, r, 0, 0, 0, nullptr, chain, f, f0, f1 }
#define WASMI_HANDLER_ARGS(s) \
    (s).ip, (s).fp, (s).mem, (s).ctx, (s).r, (s).chain, (s).f, (s).f0, (s).f1
#else
#define WASMI_HANDLER_PARAMS \
    const u8 *ip, u8 *fp, u8 *mem, ExecContext *ctx, u64 r, u64 p0, VReg f, VReg f0, VReg f1
#define WASMI_REGS \
    Regs { ip, fp, mem, 0, ctx, r, p0, 0, 0, nullptr, 0, f, f0, f1 }
#define WASMI_HANDLER_ARGS(s) (s).ip, (s).fp, (s).mem, (s).ctx, (s).r, (s).p0, (s).f, (s).f0, (s).f1
#endif

// A handler ends with one of: WASMI_DISPATCH(s), go on at s.ip; WASMI_GO(handler, s), go on in a
// cold handler; `return`, leave the executor.
#define WASMI_GO(handler, s) WASMI_MUSTTAIL return (handler)(WASMI_HANDLER_ARGS(s))
#if defined(WASMI_DISPATCH_LOOP)
#define WASMI_DISPATCH(s)                                          \
    if (WASMI_UNLIKELY(--(s).chain == 0)) WASMI_GO(cold_pause, s); \
    WASMI_GO(load_raw<Handler>((s).ip), s)
#elif defined(WASMI_PRESERVE_NONE)
// Tail dispatch has no use for the chain. On x86-64 it is rcx, which shifts need for their count,
// so that no handler has to save it; and what it jumps to may be there: so it is said to be the
// chain.
#define WASMI_DISPATCH(s)                                                                        \
    {                                                                                            \
        const Handler target = load_raw<Handler>((s).ip);                                        \
        WASMI_MUSTTAIL return target(WASMI_HANDLER_ARGS_WITH(s, reinterpret_cast<u64>(target))); \
    }
#else
#define WASMI_DISPATCH(s) WASMI_GO(load_raw<Handler>((s).ip), s)
#endif

namespace wasmi::core {

template <Op kOp>
struct BodyOf;
#define WASMI_OP(id, shape, types, imm, ...) \
    template <>                              \
    struct BodyOf<Op::id> {                  \
        using type = __VA_ARGS__;            \
    };
#include "core/translator/code.def"
#undef WASMI_OP

namespace handlers {

using Handler = WASMI_CC void (*)(WASMI_HANDLER_PARAMS);

/// Whatever is in a register.
WASMI_ALWAYS_INLINE u64 anything() {
    u64 value;
    __asm__("" : "=r"(value));
    return value;
}

// Continuations off the fast path; same signature, so that a jump reaches them (cold.cpp).
WASMI_CC void cold_trap(WASMI_HANDLER_PARAMS);
WASMI_CC void cold_out_of_bounds(WASMI_HANDLER_PARAMS);
WASMI_CC void cold_first_out_of_bounds(WASMI_HANDLER_PARAMS);
WASMI_CC void cold_poll(WASMI_HANDLER_PARAMS);
WASMI_CC void cold_call(WASMI_HANDLER_PARAMS);
WASMI_CC void cold_checked_call(WASMI_HANDLER_PARAMS);
WASMI_CC void cold_cross_call(WASMI_HANDLER_PARAMS);

#if defined(WASMI_DISPATCH_LOOP)
/// Handlers from one turn of the loop in run_code() to the next: many, as a turn costs a branch
/// that is predicted badly, but not too many for a small native stack.
inline constexpr u64 kLongestChain = 128;
/// The end of a chain: keeps the state for the next one (ExecContext::paused).
WASMI_CC void cold_pause(WASMI_HANDLER_PARAMS);
/// The state at the beginning of a chain.
Regs resume(ExecContext& ctx) noexcept;
#endif

/// Ends a handler off the fast path.
#define WASMI_GO_COLD(flow, s)                 \
    if ((flow) == Flow::poll) {                \
        WASMI_GO(cold_poll, s);                \
    }                                          \
    if ((flow) == Flow::call) {                \
        WASMI_GO(cold_call, s);                \
    }                                          \
    if ((flow) == Flow::checked_call) {        \
        WASMI_GO(cold_checked_call, s);        \
    }                                          \
    if ((flow) == Flow::first_out_of_bounds) { \
        WASMI_GO(cold_first_out_of_bounds, s); \
    }                                          \
    if ((flow) == Flow::out_of_bounds) {       \
        WASMI_GO(cold_out_of_bounds, s);       \
    }                                          \
    WASMI_GO(cold_trap, s)

template <unsigned kOff, class F, class... Rest>
WASMI_ALWAYS_INLINE Flow exec_run(Regs& s) {
    const Flow flow = BodyOf<F::op>::type::template exec<F, kOff>(s);
    if constexpr (sizeof...(Rest) == 0) {
        return flow;
    } else {
        if (flow != Flow::next) return flow;
        return exec_run<kOff + F::layout.size, Rest...>(s);
    }
}

template <class... Fs>
inline constexpr u32 kRunSize = kHeaderSize + (Fs::layout.size + ...);

/// The handler of one form or of a run of forms.
template <class... Fs>
WASMI_CC void run(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    const Flow flow = exec_run<kHeaderSize, Fs...>(s);
    if (flow == Flow::next) {
        s.ip += kRunSize<Fs...>;
        WASMI_DISPATCH(s);
    }
    if (WASMI_LIKELY(flow == Flow::jump)) {
        WASMI_DISPATCH(s);
    }
    WASMI_GO_COLD(flow, s);
}

/// The same for operations that need more registers than GCC has left beside the arguments:
/// divisions, minimum and the like, calls through references. The name tells the check of the
/// machine code.
template <class... Fs>
WASMI_CC void heavy_run(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    const Flow flow = exec_run<kHeaderSize, Fs...>(s);
    if (flow == Flow::next) s.ip += kRunSize<Fs...>;
    if (WASMI_LIKELY(flow <= Flow::jump)) {
        WASMI_DISPATCH(s);
    }
    WASMI_GO_COLD(flow, s);
}

constexpr bool is_heavy(Op op) {
    const Shape& shape = info(op).shape;
    return (shape.a == shapes::bin_rare.a && shape.b == shapes::bin_rare.b &&
            shape.d == shapes::bin_rare.d) ||
           op == Op::call_indirect || op == Op::call_ref || op == Op::call_zn || op == Op::retn ||
           (op >= Op::ref_test_all && op <= Op::ref_cast_func);
}

/// Goes on at `next` in the frame, instance and memory of the context; null: leaves the executor.
#define WASMI_RESUME(s, next)      \
    if ((next) == nullptr) return; \
    (s).ip = (next);               \
    from_context(s);               \
    WASMI_DISPATCH(s)

template <SlowFn kFn>
WASMI_CC void slow_run(WASMI_HANDLER_PARAMS) {
    Regs s = WASMI_REGS;
    to_context(s);
    const u8* next = kFn(*ctx, ip + kHeaderSize, ip + kHeaderSize + sizeof(SlowFields));
    WASMI_RESUME(s, next);
}

template <Op kOp, u32 kIndex>
constexpr Handler handler_for() {
    constexpr Classes k = classes_of(kOp, kIndex);
    if constexpr (!form_exists(kOp, k)) {
        return nullptr;
    } else if constexpr (IsSlow<typename BodyOf<kOp>::type>::value) {
        return &slow_run<BodyOf<kOp>::type::fn>;
    } else if constexpr (is_heavy(kOp)) {
        return &heavy_run<Form<kOp, k.a, k.b, k.c, k.d>>;
    } else {
        return &run<Form<kOp, k.a, k.b, k.c, k.d>>;
    }
}

}  // namespace handlers
}  // namespace wasmi::core
