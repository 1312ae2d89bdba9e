// The registers of the virtual machine while handlers run, and how operands are read and written.
//
// Regs is a local struct of each handler that the compiler dissolves into machine registers; its
// address never leaves the handler. i32 values are kept zero-extended everywhere.
#pragma once

#include "core/executor/executor.hpp"
#include "core/executor/simd_lanes.hpp"
#include "core/translator/code.hpp"

#include <bit>
#include <cstring>

namespace wasmi::core {

/// A floating-point or vector register; scalars use lane 0, the other lanes are undefined. A v128
/// (the type of vector operands, so that templates tell them apart) uses all of it.
using VReg = double __attribute__((vector_size(16)));
using VReg32 = float __attribute__((vector_size(16)));

struct Regs {
    const u8* ip;  ///< the header of the current run
    u8* fp;        ///< frame
    u8* mem;       ///< memory 0
    u64 mem_size;  ///< in bytes
    ExecContext* ctx;
    u64 r;            ///< integer accumulator
    u64 p0, p1;       ///< pinned integer locals
    i64 budget;       ///< ExecContext::budget, where there is a register for it
    u8* frame_limit;  ///< likewise
    u64 chain;        ///< handlers before the next turn of the loop (loop dispatch)
    VReg f;           ///< floating accumulator
    VReg f0, f1;      ///< pinned floating locals
};

/// What a body tells the code around it.
enum class Flow : u8 {
    next,           ///< go on after this instruction
    jump,           ///< ip is set
    poll,           ///< ip is set to a place where all state is in memory; the budget is used up
    trap,           ///< r holds the TrapCode, ip the position
    out_of_bounds,  ///< the trap of a plain access; ip holds the position
    first_out_of_bounds,  ///< the same of the first instruction of the run; ip is still its header
    call,  ///< a call that leaves the instance: r = function address, ip = where to return to,
           ///< ctx->spill[0] = byte distance of the new frame
    checked_call,  ///< the same if the function is of the type in ctx->spill[1]
};

template <class T>
WASMI_ALWAYS_INLINE T load_raw(const u8* p) {
    T v;
    std::memcpy(&v, p, sizeof v);
    return v;
}
template <class T>
WASMI_ALWAYS_INLINE void store_raw(u8* p, T v) {
    std::memcpy(p, &v, sizeof v);
}

template <class T>
WASMI_ALWAYS_INLINE T lane(const VReg& v) {
    if constexpr (sizeof(T) == 8) {
        return v[0];
    } else {
        return std::bit_cast<VReg32>(v)[0];
    }
}
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#endif
// Lanes above the first stay undefined on purpose: clearing them would cost an instruction.
template <class T>
WASMI_ALWAYS_INLINE VReg vreg(T x) {
    if constexpr (sizeof(T) == 8) {
        VReg v;
        v[0] = x;
        return v;
    } else {
        VReg32 v;
        v[0] = x;
        return std::bit_cast<VReg>(v);
    }
}
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

template <class T>
inline constexpr bool kIsFloat = std::is_same_v<T, f32> || std::is_same_v<T, f64>;
template <class T>
inline constexpr bool kIsVector = std::is_same_v<T, V128>;

template <unsigned kOff>
WASMI_ALWAYS_INLINE u8* slot_at(const Regs& s) {
    return s.fp + u64{load_raw<u16>(s.ip + kOff)} * 8;
}

/// The operand of type T and class kCls whose field is at ip + kOff. k64: constants of eight bytes.
template <class T, Cls kCls, unsigned kOff, bool k64 = false>
WASMI_ALWAYS_INLINE T read(const Regs& s) {
    if constexpr (kCls == Cls::S) {
        return load_raw<T>(slot_at<kOff>(s));
    } else if constexpr (kCls == Cls::K) {
        if constexpr (std::is_same_v<T, u64> && !k64) {
            return static_cast<u64>(i64{load_raw<i32>(s.ip + kOff)});
        } else {
            return load_raw<T>(s.ip + kOff);
        }
    } else if constexpr (kIsFloat<T>) {
        if constexpr (kCls == Cls::R) return lane<T>(s.f);
        if constexpr (kCls == Cls::P0) return lane<T>(s.f0);
        if constexpr (kCls == Cls::P1) return lane<T>(s.f1);
    } else if constexpr (kIsVector<T>) {
        static_assert(kCls == Cls::R);
        return std::bit_cast<V128>(s.f);
    } else {
        if constexpr (kCls == Cls::R) return static_cast<T>(s.r);
        if constexpr (kCls == Cls::P0) return static_cast<T>(s.p0);
        if constexpr (kCls == Cls::P1) return static_cast<T>(s.p1);
    }
}

/// An address of 32 bits: as i32 values are kept zero-extended, a register has it already.
template <Cls kCls, unsigned kOff>
WASMI_ALWAYS_INLINE u64 read_address(const Regs& s) {
    const u64 address = kCls == Cls::R || kCls == Cls::P0 || kCls == Cls::P1
                            ? read<u64, kCls, kOff>(s)
                            : u64{read<u32, kCls, kOff>(s)};
    WASMI_ASSERT(address >> 32 == 0);
    return address;
}

/// Slots are written in whole words, so that 64-bit moves can forward from the store.
template <class T, Cls kCls, unsigned kOff>
WASMI_ALWAYS_INLINE void write(Regs& s, T value) {
    if constexpr (kIsFloat<T>) {
        const VReg v = vreg<T>(value);
        if constexpr (kCls != Cls::R) store_raw<f64>(slot_at<kOff>(s), v[0]);
        if constexpr (kCls == Cls::R || kCls == Cls::RS) s.f = v;
        if constexpr (kCls == Cls::P0) s.f0 = v;
        if constexpr (kCls == Cls::P1) s.f1 = v;
    } else if constexpr (kIsVector<T>) {
        if constexpr (kCls != Cls::R) store_raw<V128>(slot_at<kOff>(s), value);
        if constexpr (kCls == Cls::R || kCls == Cls::RS) s.f = std::bit_cast<VReg>(value);
    } else {
        const u64 v = value;
        if constexpr (kCls != Cls::R) store_raw<u64>(slot_at<kOff>(s), v);
        if constexpr (kCls == Cls::R || kCls == Cls::RS) s.r = v;
        if constexpr (kCls == Cls::P0) s.p0 = v;
        if constexpr (kCls == Cls::P1) s.p1 = v;
    }
}

/// Traps with the position of the instruction whose fields are at ip + kOff.
template <unsigned kOff>
WASMI_ALWAYS_INLINE Flow trap(Regs& s, TrapCode code) {
    s.ip += kOff;
    s.r = static_cast<u64>(code);
    return Flow::trap;
}

template <unsigned kOff>
WASMI_ALWAYS_INLINE Flow out_of_bounds(Regs& s) {
    if constexpr (kOff == kHeaderSize) return Flow::first_out_of_bounds;
    s.ip += kOff;
    return Flow::out_of_bounds;
}

/// True if the slice is used up: the one poll of the design. Deadlines and interrupts are looked
/// at only then, so that this is a subtraction and a branch.
WASMI_ALWAYS_INLINE bool charge(i64& budget, i64 cost) {
    budget -= cost;
    return WASMI_UNLIKELY(budget < 0);
}
/// The same while handlers run.
WASMI_ALWAYS_INLINE bool charge(Regs& s, i64 cost) {
#if defined(WASMI_PRESERVE_NONE)
    return charge(s.budget, cost);
#else
    return charge(s.ctx->budget, cost);
#endif
}

/// ExecContext::frame_limit while handlers run.
WASMI_ALWAYS_INLINE u8* frame_limit_of(const Regs& s) {
#if defined(WASMI_PRESERVE_NONE)
    return s.frame_limit;
#else
    return s.ctx->frame_limit;
#endif
}
WASMI_ALWAYS_INLINE void set_frame_limit(Regs& s, u8* limit) {
#if defined(WASMI_PRESERVE_NONE)
    s.frame_limit = limit;
#else
    s.ctx->frame_limit = limit;
#endif
}

/// Before a C++ function that looks at the state of the guest.
WASMI_ALWAYS_INLINE void to_context(const Regs& s) {
    s.ctx->fp = s.fp;
#if defined(WASMI_PRESERVE_NONE)
    s.ctx->budget = s.budget;
    s.ctx->frame_limit = s.frame_limit;
#endif
}
/// After one that may have changed it, but comes back to this frame: what describes the frame stays
/// in registers, since through the context every access to the frame would wait for the store.
WASMI_ALWAYS_INLINE void from_context_in_frame(Regs& s) {
    WASMI_ASSERT(s.ctx->fp == s.fp && s.ctx->frame_limit == frame_limit_of(s));
    s.mem = s.ctx->mem_data;
    s.mem_size = s.ctx->mem_size;
    s.budget = s.ctx->budget;
}
/// After one that may have changed it.
WASMI_ALWAYS_INLINE void from_context(Regs& s) {
    s.fp = s.ctx->fp;
    s.frame_limit = s.ctx->frame_limit;
    from_context_in_frame(s);
}

/// One instruction: an operation, its operand classes, and where its fields are.
template <Op kOp, Cls kA, Cls kB, Cls kC, Cls kD>
struct Form {
    static constexpr Op op = kOp;
    static constexpr Cls a = kA, b = kB, c = kC, d = kD;
    static constexpr OpInfo info = core::info(kOp);
    static constexpr Layout layout = layout_of(kOp, {kA, kB, kC, kD});
};

}  // namespace wasmi::core
