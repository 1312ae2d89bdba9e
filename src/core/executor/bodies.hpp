// Handler bodies: what each operation of code.def does, for every combination of operand classes.
// Spec: exec/instructions.
//
// A body is a template with `exec<F, kOff>(Regs&)`: F is the Form, its fields are at ip + kOff.
// Bodies are always inlined into one of the wrappings (handlers.hpp), may be concatenated, and
// contain no calls.
#pragma once

#include "core/executor/numeric.hpp"
#include "core/executor/regs.hpp"
#include "core/memory/guest_access.hpp"
#include "core/memory/ref.hpp"

namespace wasmi::core {

template <class Fn>
struct FnTraits;
template <class R, class A>
struct FnTraits<R (*)(A)> {
    using Result = R;
    using Arg0 = A;
};
template <class R, class A, class B>
struct FnTraits<R (*)(A, B)> {
    using Result = R;
    using Arg0 = A;
    using Arg1 = B;
};
template <class R, class A, class B, class C>
struct FnTraits<R (*)(A, B, C)> {
    using Result = R;
    using Arg0 = A;
};

template <class T>
struct IsTrapping : std::false_type {};
template <class T>
struct IsTrapping<Trapping<T>> : std::true_type {};

/// Writes a result to the destination of F, or traps.
template <class F, unsigned kOff, class T>
WASMI_ALWAYS_INLINE Flow finish(Regs& s, T result) {
    if constexpr (IsTrapping<T>::value) {
        if (WASMI_UNLIKELY(result.trap != TrapCode::none)) return trap<kOff>(s, result.trap);
        write<decltype(result.value), F::d, kOff + F::layout.d>(s, result.value);
    } else {
        write<T, F::d, kOff + F::layout.d>(s, result);
    }
    return Flow::next;
}

template <auto kFn>
struct Binary {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        using Fn = FnTraits<decltype(kFn)>;
        const auto a = read<typename Fn::Arg0, F::a, kOff + F::layout.a>(s);
        constexpr bool k64 = F::info.types[1] == 'L';
        const auto b = read<typename Fn::Arg1, F::b, kOff + F::layout.b, k64>(s);
        return finish<F, kOff>(s, kFn(a, b));
    }
};

template <auto kFn>
struct Unary {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        using Fn = FnTraits<decltype(kFn)>;
        const auto a = read<typename Fn::Arg0, F::a, kOff + F::layout.a>(s);
        return finish<F, kOff>(s, kFn(a));
    }
};

struct Move {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        constexpr char type = F::info.types[0];
        if constexpr (type == 'i') {
            return finish<F, kOff>(s, read<u32, F::a, kOff + F::layout.a>(s));
        } else if constexpr (type == 'f') {
            return finish<F, kOff>(s, read<f32, F::a, kOff + F::layout.a>(s));
        } else if constexpr (type == 'd') {
            return finish<F, kOff>(s, read<f64, F::a, kOff + F::layout.a>(s));
        } else if constexpr (type == 'v') {
            return finish<F, kOff>(s, read<V128, F::a, kOff + F::layout.a>(s));
        } else {
            return finish<F, kOff>(s, read<u64, F::a, kOff + F::layout.a, type == 'L'>(s));
        }
    }
};

template <int kInts, int kFloats>
struct LoadPins {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        constexpr unsigned imm = kOff + F::layout.imm;
        if constexpr (kInts >= 1) s.p0 = load_raw<u64>(slot_at<imm>(s));
        if constexpr (kInts >= 2) s.p1 = load_raw<u64>(slot_at<imm + 2>(s));
        if constexpr (kFloats >= 1) s.f0 = vreg(load_raw<f64>(slot_at<imm>(s)));
        if constexpr (kFloats >= 2) s.f1 = vreg(load_raw<f64>(slot_at<imm + 2>(s)));
        return Flow::next;
    }
};

struct Select {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        constexpr char type = F::info.types[0];
        using T = std::conditional_t<type == 'd', f64, std::conditional_t<type == 'i', u32, u64>>;
        const T a = read<T, F::a, kOff + F::layout.a>(s);
        const T b = read<T, F::b, kOff + F::layout.b>(s);
        const u32 c = read<u32, F::c, kOff + F::layout.c>(s);
        return finish<F, kOff>(s, c != 0 ? a : b);
    }
};

// ---- globals ------------------------------------------------------------------------------------

struct GlobalGet {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        const u32 i = load_raw<u32>(s.ip + kOff + F::layout.imm);
        return finish<F, kOff>(s, s.ctx->own_globals[i].lo);
    }
};
struct GlobalSet {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        const u32 i = load_raw<u32>(s.ip + kOff + F::layout.imm);
        s.ctx->own_globals[i].lo = read<u64, F::a, kOff + F::layout.a>(s);
        return Flow::next;
    }
};
struct GlobalGetImport {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        const u32 i = load_raw<u32>(s.ip + kOff + F::layout.imm);
        return finish<F, kOff>(s, s.ctx->globals[i]->lo);
    }
};
struct GlobalSetImport {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        const u32 i = load_raw<u32>(s.ip + kOff + F::layout.imm);
        s.ctx->globals[i]->lo = read<u64, F::a, kOff + F::layout.a>(s);
        return Flow::next;
    }
};

// ---- memory -------------------------------------------------------------------------------------

/// The size of memory 0 that handlers compare with. It may be behind: a shared memory grows on any
/// thread. So an access that fails asks the real one before it traps. A plain access does so by
/// beginning anew (cold_first_out_of_bounds); in code for a shared memory it is always the first of
/// its run (Emitter::start), so that nothing is done twice.
WASMI_ALWAYS_INLINE u64 seen_mem_size(const Regs& s) {
#if defined(WASMI_PRESERVE_NONE)
    return s.mem_size;
#else
    return s.ctx->mem_size;
#endif
}

template <class F, unsigned kOff, class T>
WASMI_ALWAYS_INLINE Flow store_at(Regs& s, u64 base, T value) {
    const u64 end = base + load_raw<u32>(s.ip + kOff + F::layout.imm);
    if (WASMI_UNLIKELY(end > seen_mem_size(s))) return out_of_bounds<kOff>(s);
    store_guest<T>(s.mem + end - sizeof(T), value);
    return Flow::next;
}

template <auto kFn, class F, unsigned kOff>
WASMI_ALWAYS_INLINE Flow load_at(Regs& s, u64 base) {
    using T = typename FnTraits<decltype(kFn)>::Arg0;
    const u64 end = base + load_raw<u32>(s.ip + kOff + F::layout.imm);
    if (WASMI_UNLIKELY(end > seen_mem_size(s))) return out_of_bounds<kOff>(s);
    return finish<F, kOff>(s, kFn(load_guest<T>(s.mem + end - sizeof(T))));
}

template <auto kFn>
struct Load {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        return load_at<kFn, F, kOff>(s, read_address<F::a, kOff + F::layout.a>(s));
    }
};
template <auto kFn>
struct LoadAB {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        return load_at<kFn, F, kOff>(
            s, read<u32, F::a, kOff + F::layout.a>(s) + read<u32, F::b, kOff + F::layout.b>(s));
    }
};

/// The operand type that holds a memory type: narrow integers travel as u32.
template <class T>
using Carrier = std::conditional_t<sizeof(T) < 4, u32, T>;

template <class T>
struct Store {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        return store_at<F, kOff, T>(s, read_address<F::a, kOff + F::layout.a>(s),
                                    static_cast<T>(read<Carrier<T>, F::b, kOff + F::layout.b>(s)));
    }
};
template <class T>
struct StoreAB {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        return store_at<F, kOff, T>(
            s, read<u32, F::a, kOff + F::layout.a>(s) + read<u32, F::b, kOff + F::layout.b>(s),
            static_cast<T>(read<Carrier<T>, F::c, kOff + F::layout.c>(s)));
    }
};

/// Address in any memory, or null. Immediate: u16 memory, u64 offset.
template <class T, class F, unsigned kOff>
WASMI_ALWAYS_INLINE u8* any_address(Regs& s, u64 base) {
    const u16 index = load_raw<u16>(s.ip + kOff + F::layout.imm);
    u64 address = load_raw<u64>(s.ip + kOff + F::layout.imm + 2);
    const MemoryInstance* m = s.ctx->instance->memories[index];
    if (__builtin_add_overflow(address, base, &address)) return nullptr;
    const u64 size = __atomic_load_n(&m->size, __ATOMIC_RELAXED);  // shared: see in_bounds()
    if (WASMI_UNLIKELY(address > size || size - address < sizeof(T))) return nullptr;
    return m->data + address;
}
template <auto kFn>
struct LoadAny {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        using T = typename FnTraits<decltype(kFn)>::Arg0;
        const u8* p = any_address<T, F, kOff>(s, read<u64, F::a, kOff + F::layout.a>(s));
        if (WASMI_UNLIKELY(p == nullptr)) {
            return trap<kOff>(s, TrapCode::out_of_bounds_memory_access);
        }
        return finish<F, kOff>(s, kFn(load_guest<T>(p)));
    }
};
template <class T>
struct StoreAny {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        u8* p = any_address<T, F, kOff>(s, read<u64, F::a, kOff + F::layout.a>(s));
        if (WASMI_UNLIKELY(p == nullptr)) {
            return trap<kOff>(s, TrapCode::out_of_bounds_memory_access);
        }
        using Read = std::conditional_t<kIsVector<T>, T, u64>;
        store_guest<T>(p, static_cast<T>(read<Read, F::b, kOff + F::layout.b>(s)));
        return Flow::next;
    }
};

// ---- branches -----------------------------------------------------------------------------------

/// The barrier keeps one position: the compiler would compute the new one beside the old.
WASMI_ALWAYS_INLINE void move_ip(Regs& s, i32 distance) {
    s.ip += distance;
    __asm__("" : "+r"(s.ip));
}

/// Goes where the immediate says; backward branches pay for the turn and poll.
template <class F, unsigned kOff>
WASMI_ALWAYS_INLINE Flow take_branch(Regs& s) {
    constexpr unsigned imm = kOff + F::layout.imm;
    const i32 distance = load_raw<i32>(s.ip + imm);
    if constexpr (F::info.imm == ImmKind::loop) {
        const i64 cost = load_raw<i64>(s.ip + imm + 4);
        move_ip(s, distance);
        return charge(s, cost) ? Flow::poll : Flow::jump;
    } else {
        move_ip(s, distance);
        return Flow::jump;
    }
}

struct Branch {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        return take_branch<F, kOff>(s);
    }
};
template <auto kFn>
struct BranchCompare {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        using Fn = FnTraits<decltype(kFn)>;
        const auto a = read<typename Fn::Arg0, F::a, kOff + F::layout.a>(s);
        const auto b = read<typename Fn::Arg1, F::b, kOff + F::layout.b>(s);
        if (kFn(a, b) == 0) return Flow::next;
        return take_branch<F, kOff>(s);
    }
};
template <auto kFn>
struct BranchTest {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        using Fn = FnTraits<decltype(kFn)>;
        if (kFn(read<typename Fn::Arg0, F::a, kOff + F::layout.a>(s)) == 0) return Flow::next;
        return take_branch<F, kOff>(s);
    }
};

/// Immediate: count of targets without the default. After the instruction follow count + 1
/// entries {i32 distance from the header, u32 fuel; 0 = forward}, the default last.
struct BranchTable {
    static constexpr u32 kEntrySize = 8;
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        u32 i = read<u32, F::a, kOff + F::layout.a>(s);
        const u32 count = load_raw<u32>(s.ip + kOff + F::layout.imm);
        i = i < count ? i : count;
        const u8* entry = s.ip + kOff + F::layout.size + u64{i} * kEntrySize;
        const u32 cost = load_raw<u32>(entry + 4);
        move_ip(s, load_raw<i32>(entry));
        if (cost == 0) return Flow::jump;
        return charge(s, cost) ? Flow::poll : Flow::jump;
    }
};

struct Unreachable {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        return trap<kOff>(s, TrapCode::unreachable);
    }
};

// ---- calls --------------------------------------------------------------------------------------

/// Enters guest code in the same instance: the frame is complete before the poll. A function of at
/// most kSmallFrame bytes and kZero >= 0 locals: its frame ends before the link if it begins before
/// the limit. `link` is a Link.
template <int kZero, unsigned kOff, class AnyLink>
WASMI_ALWAYS_INLINE Flow enter(Regs& s, FuncCode* f, u64 distance, AnyLink link) {
    static_assert(sizeof link == sizeof(Link));
    u8* const limit = frame_limit_of(s);
    s.fp += distance;
    __asm__("" : "+r"(s.fp));  // or a copy of the old one would be kept for the trap
    u8* const frame = s.fp;
    if (WASMI_UNLIKELY(kZero >= 0 ? frame > limit : frame + f->frame_bytes > new_link(limit))) {
        s.fp -= distance;
        return trap<kOff>(s, TrapCode::call_stack_exhausted);
    }
    if constexpr (kZero >= 0) {
        u8* const end = kZero != 0 ? frame + f->local_bytes : nullptr;
        for (int i = 1; i <= kZero; ++i) store_raw<u64>(end - 8 * i, 0);
    } else {
        u8* local = frame + f->param_bytes;
        const u8* const end = frame + f->local_bytes;
        while (local != end) {
            store_raw<u64>(local, 0);
            local += 8;
            // Keeps the loop a loop: as a call of memset it would need a stack frame.
            __asm__ volatile("" : "+r"(local));
        }
    }
    store_raw(new_link(limit), link);
    set_frame_limit(s, limit - sizeof(Link));
    s.ip = f->entry.load(std::memory_order_acquire);
    return charge(s, f->entry_cost) ? Flow::poll : Flow::jump;
}

template <int kZero>
struct Call {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        constexpr unsigned imm = kOff + F::layout.imm;
        auto* f = load_raw<FuncCode*>(s.ip + imm);
        const u64 distance = load_raw<u64>(s.ip + imm + 16);
        // The code has the link as it will stand in the stack: one move, of a vector.
        return enter<kZero, kOff>(s, f, distance, load_raw<V128>(s.ip + imm + 8));
    }
};

/// The same through a reference: nothing is known of the function.
template <class F, unsigned kOff>
WASMI_ALWAYS_INLINE Flow enter_any(Regs& s, FuncCode* f, u64 distance) {
    return enter<-1, kOff>(s, f, distance, Link{s.ip + kOff + F::layout.size, distance});
}

/// Calls funcs[r], which is of the host or of another instance.
template <class F, unsigned kOff>
WASMI_ALWAYS_INLINE Flow call_outside(Regs& s, u32 addr, u64 distance) {
    s.r = addr;
    s.ctx->spill[0] = distance;
    s.ip += kOff + F::layout.size;
    return Flow::call;
}

struct CallIndirect {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        constexpr unsigned imm = kOff + F::layout.imm;
        const u64 index = read<u64, F::a, kOff + F::layout.a>(s);
        const TableInstance* table = s.ctx->tables[load_raw<u16>(s.ip + imm)];
        if (WASMI_UNLIKELY(index >= table->elements.size())) {
            return trap<kOff>(s, TrapCode::undefined_element);
        }
        const u64 ref = table->elements[index];
        if (WASMI_UNLIKELY(ref == kNullRef)) {
            s.ctx->trap_detail = index;
            return trap<kOff>(s, TrapCode::uninitialized_element);
        }
        const FuncInstance& f = s.ctx->funcs[func_addr_of(ref)];
        const u64 distance = u64{load_raw<u16>(s.ip + imm + 6)} * 8;
        const u32 type = load_raw<u32>(s.ip + imm + 2);
        if (WASMI_UNLIKELY(f.type != type || f.instance != s.ctx->instance)) {
            s.ctx->spill[1] = type;
            (void)call_outside<F, kOff>(s, func_addr_of(ref), distance);
            return Flow::checked_call;
        }
        return enter_any<F, kOff>(s, f.code, distance);
    }
};

struct CallRef {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        constexpr unsigned imm = kOff + F::layout.imm;
        const u64 ref = read<u64, F::a, kOff + F::layout.a>(s);
        if (WASMI_UNLIKELY(ref == kNullRef)) {
            return trap<kOff>(s, TrapCode::null_function_reference);
        }
        const FuncInstance& f = s.ctx->funcs[func_addr_of(ref)];
        const u64 distance = u64{load_raw<u16>(s.ip + imm + 6)} * 8;
        if (WASMI_UNLIKELY(f.instance != s.ctx->instance)) {
            return call_outside<F, kOff>(s, func_addr_of(ref), distance);
        }
        return enter_any<F, kOff>(s, f.code, distance);
    }
};

struct CallImport {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        constexpr unsigned imm = kOff + F::layout.imm;
        const u32 addr = s.ctx->func_addrs[load_raw<u32>(s.ip + imm + 2)];
        return call_outside<F, kOff>(s, addr, u64{load_raw<u16>(s.ip + imm + 6)} * 8);
    }
};

/// Pops the frame and its link.
WASMI_ALWAYS_INLINE Flow pop_frame(Regs& s) {
    u8* const limit = frame_limit_of(s);
    const Link link = load_raw<Link>(newest_link(limit));
    s.ip = link.return_ip;
    s.fp -= link.distance;
    set_frame_limit(s, limit + sizeof(Link));
    return Flow::jump;
}

struct Return {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        return pop_frame(s);
    }
};
/// The result goes to the first slot of the frame and stays in the accumulator of its bank.
struct Return1 {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        u8* frame = s.fp;
        constexpr char type = F::info.types[0];
        using T = std::conditional_t<type == 'd', f64, std::conditional_t<type == 'v', V128, u64>>;
        // i32 constants have a form of their own: extended with zeros.
        using Read = std::conditional_t<type == 'i', u32, T>;
        const T value = read<Read, F::a, kOff + F::layout.a>(s);
        const Flow flow = pop_frame(s);
        store_raw<T>(frame, value);
        if constexpr (kIsVector<T>) {
            s.f = std::bit_cast<VReg>(value);
        } else if constexpr (kIsFloat<T>) {
            s.f = vreg(value);
        } else {
            s.r = value;
        }
        return flow;
    }
};
struct ReturnMany {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        constexpr unsigned imm = kOff + F::layout.imm;
        u8* to = s.fp;
        const u8* from = slot_at<imm>(s);
        u32 count = load_raw<u16>(s.ip + imm + 2);
        const Flow flow = pop_frame(s);
        for (; count != 0; --count) {
            store_raw<u64>(to, load_raw<u64>(from));
            to += 8;
            from += 8;
            __asm__ volatile("" : "+r"(to));  // not memmove, see enter()
        }
        return flow;
    }
};

// ---- slow operations ----------------------------------------------------------------------------

/// A C++ function on slots: returns where to go on, or null to leave the executor (status, trap in
/// the context). It finds and may change the frame in ctx->fp. See slow.hpp.
using SlowFn = const u8* (*)(ExecContext& ctx, const u8* fields, const u8* next);
template <SlowFn kFn>
struct Slow {
    static constexpr SlowFn fn = kFn;
};

template <class Body>
struct IsSlow : std::false_type {};
template <SlowFn kFn>
struct IsSlow<Slow<kFn>> : std::true_type {};

}  // namespace wasmi::core
