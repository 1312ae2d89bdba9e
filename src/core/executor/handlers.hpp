// The wrapping of the bodies: one function per form or fused run.
//
// Tail dispatch: each ends in a jump to the next. With musttail and preserve_none (clang >= 19 on
// x86-64 and AArch64) all state is in argument registers; elsewhere six integer arguments fit, the
// size of memory 0 is read from the context and one integer local is pinned. GCC makes sibling
// calls of the returns at -O2. tools/check_handlers.py checks the machine code: no prologue, no
// call, no spill.
//
// Loop dispatch, for compilers without reliable tail calls, debug builds and sanitizers: each
// returns to a loop in run_code(), which calls the next. Position and integer accumulator travel
// in the two registers of the result, the rest in the context; nothing is pinned.
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
#if defined(__clang__)
#define WASMI_MUSTTAIL [[clang::musttail]]
#else
#define WASMI_MUSTTAIL
#endif

// A handler ends with one of: WASMI_DISPATCH(s), go on at s.ip; WASMI_GO(handler, s), go on in a
// cold handler; `return Outcome();`, leave the executor.
#if defined(WASMI_DISPATCH_LOOP)
#define WASMI_HANDLER_PARAMS const u8 *ip, u8 *fp, u8 *mem, u64 mem_size, ExecContext *ctx, u64 r
#define WASMI_REGS                                                                         \
    Regs {                                                                                 \
        ip, fp, mem, mem_size, ctx, r, 0, 0, 0,                                            \
            load_raw<VReg>(reinterpret_cast<const u8*>(ctx->accumulator)), VReg{}, VReg {} \
    }
#define WASMI_GO(handler, s) return (handler)((s).ip, (s).fp, (s).mem, (s).mem_size, (s).ctx, (s).r)
#define WASMI_DISPATCH(s) return leave_to_loop(s, fp)
#else
#if defined(WASMI_PRESERVE_NONE)
// On x86-64 the arguments are r12 to r15, rdi, rsi, rdx, rcx, r8, r9. Instructions with ip, fp and
// r are the shortest with rdi, rsi, rdx; rcx stays free for the counts of shifts.
#define WASMI_HANDLER_PARAMS                                                                   \
    ExecContext *ctx, u64 p1, u8 *mem, u64 mem_size, const u8 *ip, u8 *fp, u64 r, u64, u64 p0, \
        i64 budget, VReg f, VReg f0, VReg f1
#define WASMI_REGS \
    Regs { ip, fp, mem, mem_size, ctx, r, p0, p1, budget, f, f0, f1 }
#define WASMI_GO(handler, s)                                                                       \
    WASMI_MUSTTAIL return (handler)((s).ctx, (s).p1, (s).mem, (s).mem_size, (s).ip, (s).fp, (s).r, \
                                    wasmi::core::handlers::nothing(), (s).p0, (s).budget, (s).f,   \
                                    (s).f0, (s).f1)
#else
#define WASMI_HANDLER_PARAMS \
    const u8 *ip, u8 *fp, u8 *mem, ExecContext *ctx, u64 r, u64 p0, VReg f, VReg f0, VReg f1
#define WASMI_REGS \
    Regs { ip, fp, mem, 0, ctx, r, p0, 0, 0, f, f0, f1 }
#define WASMI_GO(handler, s)                                                                \
    WASMI_MUSTTAIL return (handler)((s).ip, (s).fp, (s).mem, (s).ctx, (s).r, (s).p0, (s).f, \
                                    (s).f0, (s).f1)
#endif
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

#if defined(WASMI_DISPATCH_LOOP)
/// Where to go on, null: leave; and the integer accumulator.
struct Outcome {
    const u8* ip = nullptr;
    u64 r = 0;
};
#else
using Outcome = void;

/// Whatever is in a register. It is the eighth integer argument: on x86-64 that is rcx, which
/// shifts need for their count, so that no handler has to save it.
WASMI_ALWAYS_INLINE u64 nothing() {
    u64 value;
    __asm__("" : "=r"(value));
    return value;
}
#endif

using Handler = WASMI_CC Outcome (*)(WASMI_HANDLER_PARAMS);

// Continuations off the fast path; same signature, so that a jump reaches them (cold.cpp).
WASMI_CC Outcome cold_trap(WASMI_HANDLER_PARAMS);
WASMI_CC Outcome cold_out_of_bounds(WASMI_HANDLER_PARAMS);
WASMI_CC Outcome cold_first_out_of_bounds(WASMI_HANDLER_PARAMS);
WASMI_CC Outcome cold_poll(WASMI_HANDLER_PARAMS);
WASMI_CC Outcome cold_call(WASMI_HANDLER_PARAMS);
WASMI_CC Outcome cold_checked_call(WASMI_HANDLER_PARAMS);

#if defined(WASMI_DISPATCH_LOOP)
/// Back to the loop of run_code(). What the handler has not changed costs nothing: the compiler
/// sees that the frame is still `old_fp`, and the accumulator the one that was loaded.
WASMI_ALWAYS_INLINE Outcome leave_to_loop(const Regs& s, const u8* old_fp) {
    if (s.fp != old_fp) s.ctx->fp = s.fp;
    if (s.f_changed) store_raw(reinterpret_cast<u8*>(s.ctx->accumulator), s.f);
    return {s.ip, s.r};
}
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
WASMI_CC Outcome run(WASMI_HANDLER_PARAMS) {
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
WASMI_CC Outcome heavy_run(WASMI_HANDLER_PARAMS) {
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
#define WASMI_RESUME(s, next)                \
    if ((next) == nullptr) return Outcome(); \
    (s).ip = (next);                         \
    from_context(s);                         \
    WASMI_DISPATCH(s)

template <SlowFn kFn>
WASMI_CC Outcome slow_run(WASMI_HANDLER_PARAMS) {
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
