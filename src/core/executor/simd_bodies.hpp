// Handler bodies of the vector instructions that the general ones of bodies.hpp do not cover.
// Spec: exec/instructions (vector instructions).
#pragma once

#include "core/executor/bodies.hpp"
#include "core/executor/simd.hpp"

namespace wasmi::core {

template <auto kFn>
struct Ternary {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        const V128 a = read<V128, F::a, kOff + F::layout.a>(s);
        const V128 b = read<V128, F::b, kOff + F::layout.b>(s);
        const V128 c = read<V128, F::c, kOff + F::layout.c>(s);
        return finish<F, kOff>(s, kFn(a, b, c));
    }
};

struct SelectVector {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        const V128 a = read<V128, F::a, kOff + F::layout.a>(s);
        const V128 b = read<V128, F::b, kOff + F::layout.b>(s);
        const u64 c = read<u32, F::c, kOff + F::layout.c>(s);
        // -c is 0, or its upper half is all ones: no jump.
        const u64 word = (u64{0} - c) >> 32 | (u64{0} - c) >> 32 << 32;
        return finish<F, kOff>(s, simd::blend(V128{word, word}, a, b));
    }
};

/// Immediate: where the lane begins, in bytes. A slot is read at that place; nothing else is
/// loaded.
template <auto kFn>
struct ExtractLane {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        using T = typename FnTraits<decltype(kFn)>::Arg0;
        const u16 byte = load_raw<u16>(s.ip + kOff + F::layout.imm);
        if constexpr (F::a == Cls::S) {
            return finish<F, kOff>(s, kFn(load_raw<T>(slot_at<kOff + F::layout.a>(s) + byte)));
        } else {
            const V128 v = read<V128, F::a, kOff + F::layout.a>(s);
            return finish<F, kOff>(s, kFn(simd::lane_at<T>(v, byte)));
        }
    }
};

/// Immediate: the bits of the lane. kSplat puts the new value into every lane.
template <auto kSplat>
struct ReplaceLane {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        using T = typename FnTraits<decltype(kSplat)>::Arg0;
        const V128 v = read<V128, F::a, kOff + F::layout.a>(s);
        const T x = read<T, F::b, kOff + F::layout.b>(s);
        const V128 mask = load_raw<V128>(s.ip + kOff + F::layout.imm);
        return finish<F, kOff>(s, simd::blend(mask, kSplat(x), v));
    }
};

/// Immediate: the indices, each below 32.
template <auto kFn>
struct Shuffle {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        const V128 a = read<V128, F::a, kOff + F::layout.a>(s);
        const V128 b = read<V128, F::b, kOff + F::layout.b>(s);
        const V128 index = load_raw<V128>(s.ip + kOff + F::layout.imm);
        return finish<F, kOff>(s, kFn(a, b, index));
    }
};

}  // namespace wasmi::core
