// The switch wrapping: one loop, one case per form. For compilers without reliable tail calls,
// for debug builds and for sanitizers. Headers are form ids; stubs follow after the last form.
#include "core/executor/atomics.hpp"
#include "core/executor/bodies.hpp"
#include "core/executor/gc_bodies.hpp"
#include "core/executor/runtime.hpp"
#include "core/executor/simd_bodies.hpp"
#include "core/executor/slow.hpp"
#include "core/executor/wide.hpp"

namespace wasmi::core {

namespace {

template <Op kOp>
struct BodyOf;
#define WASMI_OP(id, shape, types, imm, ...) \
    template <>                              \
    struct BodyOf<Op::id> {                  \
        using type = __VA_ARGS__;            \
    };
#include "core/translator/code.def"
#undef WASMI_OP

constexpr u32 kFirstStub = kNumForms;
/// Upper bound of the forms of one operation; labels beyond an operation's own are never met.
constexpr u32 kMaxForms = 36;
static_assert([] {
    for (const OpInfo& op : kOps) {
        if (op.num_forms > kMaxForms) return false;
    }
    return true;
}());

constexpr u32 case_label(Op op, u32 index) {
    if (index < info(op).num_forms) return info(op).first_form + index;
    return 0x10000 + static_cast<u32>(op) * kMaxForms + index;
}

/// Executes the form; ip is moved past it unless it jumps. False: leave.
template <Op kOp, u32 kIndex>
WASMI_ALWAYS_INLINE Flow exec_case(Regs& s) {
    if constexpr (kIndex < info(kOp).num_forms) {
        constexpr Classes k = classes_of(kOp, kIndex);
        if constexpr (form_exists(kOp, k)) {
            using Body = typename BodyOf<kOp>::type;
            using F = Form<kOp, k.a, k.b, k.c, k.d>;
            if constexpr (IsSlow<Body>::value) {
                s.ctx->fp = s.fp;
                s.ip = Body::fn(*s.ctx, s.ip + kHeaderSize, s.ip + kHeaderSize + F::layout.size);
                s.fp = s.ctx->fp;
                s.mem = s.ctx->mem_data;
                s.mem_size = s.ctx->mem_size;
                return Flow::jump;  // to null: leave
            } else {
                const Flow flow = Body::template exec<F, kHeaderSize>(s);
                if (flow == Flow::next) s.ip += kHeaderSize + F::layout.size;
                return flow;
            }
        }
    }
    WASMI_UNREACHABLE();
    return Flow::next;
}

/// Goes on at s.ip = `next` in the frame, instance and memory of the context.
void resume(Regs& s, const u8* next) {
    s.ip = next;
    s.fp = s.ctx->fp;
    s.mem = s.ctx->mem_data;
    s.mem_size = s.ctx->mem_size;
}

/// A flow that the loop cannot handle by itself. False: leave.
WASMI_NOINLINE bool exec_cold(Regs& s, Flow flow) {
    s.ctx->fp = s.fp;
    switch (flow) {
        case Flow::poll:
            return poll(*s.ctx);
        case Flow::trap:
            raise_trap(*s.ctx, s.ip, static_cast<TrapCode>(s.r));
            return false;
        case Flow::call: {
            const u8* base = s.fp + s.ctx->spill[0];
            resume(s, call_outside(*s.ctx, s.ip, static_cast<u32>(s.r)));
            s.r = load_raw<u64>(base);
            s.f = vreg(load_raw<f64>(base));
            return s.ip != nullptr;
        }
        case Flow::next:
        case Flow::jump:
            break;
    }
    return true;
}

WASMI_NOINLINE bool exec_stub(Regs& s, StubKind kind) {
    s.ctx->fp = s.fp;
    switch (kind) {
        case StubKind::leave:
            s.ctx->status = ExecStatus::done;
            return false;
        case StubKind::cross_return:
            resume(s, return_across(*s.ctx));
            return true;
        case StubKind::host_return:
            s.r = load_raw<u64>(reinterpret_cast<const u8*>(s.ctx->spill[2]));
            s.f = vreg(load_raw<f64>(reinterpret_cast<const u8*>(s.ctx->spill[2])));
            s.ip = reinterpret_cast<const u8*>(s.ctx->spill[3]);
            return true;
        case StubKind::translate:
            resume(s, translate_entry(*s.ctx, s.ip));
            return s.ip != nullptr;
    }
    return false;
}

/// Runs `f` on a copy: were the address of the registers to leave the loop, they would live in
/// memory all the time.
template <class F>
WASMI_ALWAYS_INLINE bool exec_apart(Regs& s, F f) {
    Regs t = s;
    const bool go_on = f(t);
    s = t;
    return go_on;
}

}  // namespace

const CodeTarget& code_target() noexcept {
    static const CodeTarget target{nullptr, {}, simd::has_byte_lookup()};
    return target;
}

u64 stub_header(StubKind kind) noexcept { return kFirstStub + static_cast<u32>(kind); }

namespace {

/// Operations that run often enough to be part of the loop; the others are functions of their own,
/// or the loop would take minutes to compile.
constexpr bool is_inlined(Op op) {
#if defined(WASMI_OUTLINE_FORMS)  // sanitizers and debug builds: compile time is what matters
    return static_cast<u32>(op) >= kNumOps;
#else
    const OpInfo& o = info(op);
    for (const char t : o.types) {
        if (t == 'f' || t == 'v') return false;
    }
    const bool is_store = o.imm == ImmKind::u32 && o.shape.d == shapes::kN;
    return o.imm != ImmKind::mem && o.imm != ImmKind::slow &&
           (o.shape.d != shapes::kSR || op <= Op::i64_extend16_s || op == Op::select ||
            op == Op::select32) &&
           (!is_store || o.shape.b != (shapes::kR | shapes::kP));
#endif
}

template <Op kOp, u32 kIndex>
WASMI_NOINLINE Flow exec_outside(Regs& s) {
    return exec_case<kOp, kIndex>(s);
}

template <Op kOp, u32 kIndex>
WASMI_ALWAYS_INLINE Flow exec_form(Regs& s) {
    if constexpr (is_inlined(kOp)) {
        return exec_case<kOp, kIndex>(s);
    } else {
        Regs t = s;
        const Flow flow = exec_outside<kOp, kIndex>(t);
        s = t;
        return flow;
    }
}

}  // namespace

#define WASMI_REP4(M, op, n) M(op, n) M(op, n + 1) M(op, n + 2) M(op, n + 3)
#define WASMI_REP12(M, op, n) WASMI_REP4(M, op, n) WASMI_REP4(M, op, n + 4) WASMI_REP4(M, op, n + 8)
#define WASMI_REP36(M, op) WASMI_REP12(M, op, 0) WASMI_REP12(M, op, 12) WASMI_REP12(M, op, 24)
#define WASMI_CASE(op, n)               \
    case case_label(Op::op, n):         \
        flow = exec_form<Op::op, n>(s); \
        break;

void run_code(ExecContext& ctx, const u8* ip) {
    Regs s{ip, ctx.fp, ctx.mem_data, ctx.mem_size, &ctx, 0, 0, 0, VReg{}, VReg{}, VReg{}};
    while (s.ip != nullptr) {
        Flow flow = Flow::next;
        const u32 form = static_cast<u32>(load_raw<u64>(s.ip));
        switch (form) {
#define WASMI_OP(id, ...) WASMI_REP36(WASMI_CASE, id)
#include "core/translator/code.def"
#undef WASMI_OP
            default:
                if (!exec_apart(s, [&](Regs& t) {
                        return exec_stub(t, static_cast<StubKind>(form - kFirstStub));
                    })) {
                    return;
                }
                break;
        }
        if (WASMI_UNLIKELY(flow > Flow::jump) &&
            !exec_apart(s, [&](Regs& t) { return exec_cold(t, flow); })) {
            return;
        }
    }
}

}  // namespace wasmi::core
