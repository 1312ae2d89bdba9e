// Handler bodies of the atomic instructions. Spec: proposals/threads.
//
// Each is one sequentially consistent operation of the host. Memory data is page-aligned, so that
// an aligned address is aligned for the host too. On memory 0 the immediate is the u32 offset, on
// others as in LoadAny.
#pragma once

#include "core/executor/bodies.hpp"

namespace wasmi::core {

/// In the order of code_atomic.def.
enum class Rmw : u8 { add, sub, and_, or_, xor_, xchg };

/// The type in which operands and results travel: T of memory 0, whole words of others.
template <class F, class T>
using AtomicCarrier = std::conditional_t<F::info.imm == ImmKind::mem || sizeof(T) == 8, u64, u32>;

/// The host address of the access, or null: the access is to trap with `code`.
template <class T, class F, unsigned kOff>
WASMI_ALWAYS_INLINE T* atomic_address(Regs& s, TrapCode& code) {
    code = TrapCode::out_of_bounds_memory_access;
    constexpr unsigned imm = kOff + F::layout.imm;
    u64 address = 0;
    u8* data = nullptr;
    if constexpr (F::info.imm == ImmKind::mem) {
        const MemoryInstance* m = s.ctx->instance->memories[load_raw<u16>(s.ip + imm)];
        const u64 base = read<u64, F::a, kOff + F::layout.a>(s);
        if (__builtin_add_overflow(base, load_raw<u64>(s.ip + imm + 2), &address)) return nullptr;
        const u64 size = __atomic_load_n(&m->size, __ATOMIC_RELAXED);
        if ((address & (sizeof(T) - 1)) == 0 && (address > size || size - address < sizeof(T))) {
            return nullptr;
        }
        data = m->data;
    } else {
        address = u64{read<u32, F::a, kOff + F::layout.a>(s)} + load_raw<u32>(s.ip + imm);
        const u64 end = address + sizeof(T);
        if (WASMI_UNLIKELY((address & (sizeof(T) - 1)) == 0 && end > seen_mem_size(s)) &&
            end > __atomic_load_n(s.ctx->live_mem_size, __ATOMIC_RELAXED)) {
            return nullptr;
        }
        data = s.mem;
    }
    if (WASMI_UNLIKELY((address & (sizeof(T) - 1)) != 0)) {
        code = TrapCode::unaligned_atomic;
        return nullptr;
    }
    return reinterpret_cast<T*>(data + address);
}

template <class T>
struct AtomicLoad {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        TrapCode code{};
        const T* p = atomic_address<T, F, kOff>(s, code);
        if (WASMI_UNLIKELY(p == nullptr)) return trap<kOff>(s, code);
        return finish<F, kOff>(s, AtomicCarrier<F, T>{__atomic_load_n(p, __ATOMIC_SEQ_CST)});
    }
};

template <class T>
struct AtomicStore {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        TrapCode code{};
        T* p = atomic_address<T, F, kOff>(s, code);
        if (WASMI_UNLIKELY(p == nullptr)) return trap<kOff>(s, code);
        const auto value = read<AtomicCarrier<F, T>, F::b, kOff + F::layout.b>(s);
        __atomic_store_n(p, static_cast<T>(value), __ATOMIC_SEQ_CST);
        return Flow::next;
    }
};

template <class T, Rmw kRmw>
struct AtomicRmw {
    static WASMI_ALWAYS_INLINE T apply(T* p, T value) {
        if constexpr (kRmw == Rmw::add) return __atomic_fetch_add(p, value, __ATOMIC_SEQ_CST);
        if constexpr (kRmw == Rmw::sub) return __atomic_fetch_sub(p, value, __ATOMIC_SEQ_CST);
        if constexpr (kRmw == Rmw::and_) return __atomic_fetch_and(p, value, __ATOMIC_SEQ_CST);
        if constexpr (kRmw == Rmw::or_) return __atomic_fetch_or(p, value, __ATOMIC_SEQ_CST);
        if constexpr (kRmw == Rmw::xor_) return __atomic_fetch_xor(p, value, __ATOMIC_SEQ_CST);
        if constexpr (kRmw == Rmw::xchg) return __atomic_exchange_n(p, value, __ATOMIC_SEQ_CST);
    }
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        TrapCode code{};
        T* p = atomic_address<T, F, kOff>(s, code);
        if (WASMI_UNLIKELY(p == nullptr)) return trap<kOff>(s, code);
        const auto value = read<AtomicCarrier<F, T>, F::b, kOff + F::layout.b>(s);
        return finish<F, kOff>(s, AtomicCarrier<F, T>{apply(p, static_cast<T>(value))});
    }
};

template <class T>
struct AtomicCmpxchg {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        TrapCode code{};
        T* p = atomic_address<T, F, kOff>(s, code);
        if (WASMI_UNLIKELY(p == nullptr)) return trap<kOff>(s, code);
        // Narrow instructions wrap what they expect, too.
        auto found = static_cast<T>(read<AtomicCarrier<F, T>, F::b, kOff + F::layout.b>(s));
        const auto value = read<AtomicCarrier<F, T>, F::c, kOff + F::layout.c>(s);
        __atomic_compare_exchange_n(p, &found, static_cast<T>(value), false, __ATOMIC_SEQ_CST,
                                    __ATOMIC_SEQ_CST);
        return finish<F, kOff>(s, AtomicCarrier<F, T>{found});
    }
};

struct AtomicFence {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs&) {
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
        return Flow::next;
    }
};

}  // namespace wasmi::core
