// Handler bodies of references to structures, arrays and i31: fields, elements, casts.
// Spec: exec/instructions (aggregate and reference instructions).
//
// What allocates or copies is a slow operation: gc_ops.cpp.
#pragma once

#include "core/executor/bodies.hpp"

namespace wasmi::core {

/// How a field of an object is read: from its type in memory to the word in a slot.
namespace field {
inline u32 load8_u(u8 v) { return v; }
inline u32 load8_s(u8 v) { return static_cast<u32>(i32{static_cast<i8>(v)}); }
inline u32 load16_u(u16 v) { return v; }
inline u32 load16_s(u16 v) { return static_cast<u32>(i32{static_cast<i16>(v)}); }
inline u32 load32(u32 v) { return v; }
inline u64 load64(u64 v) { return v; }

inline u64 i31_new(u32 v) { return i31_ref(v); }
inline Trapping<u32> i31_get_u(u64 ref) {
    if (ref == kNullRef) return TrapCode::null_i31_reference;
    return i31_bits_of(ref);
}
inline Trapping<u32> i31_get_s(u64 ref) {
    if (ref == kNullRef) return TrapCode::null_i31_reference;
    return static_cast<u32>(static_cast<i32>(static_cast<u32>(ref)) >> 1);
}
}  // namespace field

/// Immediate: offset of the field.
template <auto kFn>
struct StructGet {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        using T = typename FnTraits<decltype(kFn)>::Arg0;
        const u64 ref = read<u64, F::a, kOff + F::layout.a>(s);
        if (WASMI_UNLIKELY(ref == kNullRef)) {
            return trap<kOff>(s, TrapCode::null_structure_reference);
        }
        const u32 offset = load_raw<u32>(s.ip + kOff + F::layout.imm);
        return finish<F, kOff>(s, kFn(load_raw<T>(s.ctx->heap_data + ref + offset)));
    }
};
template <class T>
struct StructSet {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        const u64 ref = read<u64, F::a, kOff + F::layout.a>(s);
        if (WASMI_UNLIKELY(ref == kNullRef)) {
            return trap<kOff>(s, TrapCode::null_structure_reference);
        }
        const u32 offset = load_raw<u32>(s.ip + kOff + F::layout.imm);
        store_raw<T>(s.ctx->heap_data + ref + offset,
                     static_cast<T>(read<Carrier<T>, F::b, kOff + F::layout.b>(s)));
        return Flow::next;
    }
};

WASMI_ALWAYS_INLINE u32 array_length(const Regs& s, u64 ref) {
    return load_raw<u32>(s.ctx->heap_data + ref + offsetof(ObjectHeader, length));
}

template <auto kFn>
struct ArrayGet {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        using T = typename FnTraits<decltype(kFn)>::Arg0;
        const u64 ref = read<u64, F::a, kOff + F::layout.a>(s);
        const u32 index = read<u32, F::b, kOff + F::layout.b>(s);
        if (WASMI_UNLIKELY(ref == kNullRef)) return trap<kOff>(s, TrapCode::null_array_reference);
        if (WASMI_UNLIKELY(index >= array_length(s, ref))) {
            return trap<kOff>(s, TrapCode::out_of_bounds_array_access);
        }
        const u8* elements = s.ctx->heap_data + ref + kObjectHeaderSize;
        return finish<F, kOff>(s, kFn(load_raw<T>(elements + u64{index} * sizeof(T))));
    }
};
template <class T>
struct ArraySet {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        const u64 ref = read<u64, F::a, kOff + F::layout.a>(s);
        const u32 index = read<u32, F::b, kOff + F::layout.b>(s);
        if (WASMI_UNLIKELY(ref == kNullRef)) return trap<kOff>(s, TrapCode::null_array_reference);
        if (WASMI_UNLIKELY(index >= array_length(s, ref))) {
            return trap<kOff>(s, TrapCode::out_of_bounds_array_access);
        }
        u8* elements = s.ctx->heap_data + ref + kObjectHeaderSize;
        store_raw<T>(elements + u64{index} * sizeof(T),
                     static_cast<T>(read<Carrier<T>, F::c, kOff + F::layout.c>(s)));
        return Flow::next;
    }
};
struct ArrayLen {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        const u64 ref = read<u64, F::a, kOff + F::layout.a>(s);
        if (WASMI_UNLIKELY(ref == kNullRef)) return trap<kOff>(s, TrapCode::null_array_reference);
        return finish<F, kOff>(s, array_length(s, ref));
    }
};

// ---- casts --------------------------------------------------------------------------------------

/// What non-null references a cast lets pass. The translator knows the order.
enum class CastTo : u8 {
    all,      ///< the top of a hierarchy
    nothing,  ///< its bottom
    i31,
    eq,
    struct_,
    array,
    object,       ///< a structure or array of a concrete type
    func,         ///< a function of a concrete type
    deep_object,  ///< the same, with more supertypes than the padding of displays
    deep_func,
};

/// Immediate: u16 level (number of supertypes of the target), u32 bits of the ValType.
/// Written for few registers and, in the frequent forms, few ways out.
template <CastTo kTo, class F, unsigned kOff>
WASMI_ALWAYS_INLINE bool cast_passes(const Regs& s, u64 ref) {
    constexpr unsigned imm = kOff + F::layout.imm;
    constexpr bool is_deep = kTo == CastTo::deep_object || kTo == CastTo::deep_func;
    constexpr bool is_func = kTo == CastTo::func || kTo == CastTo::deep_func;
    const u32 bits = load_raw<u32>(s.ip + imm + 2);
    const bool null_passes = (bits & 8u) != 0;
    if constexpr (kTo == CastTo::all) return (ref != kNullRef) | null_passes;
    if constexpr (kTo == CastTo::nothing) return (ref == kNullRef) & null_passes;
    if constexpr (kTo == CastTo::i31) {
        return is_i31_ref(ref) | ((ref == kNullRef) & null_passes);
    }
    if constexpr (kTo == CastTo::eq) {
        return ref == kNullRef ? null_passes : !is_host_ref(ref);
    }
    const bool has_no_type = is_func ? ref == kNullRef : ((ref & 7) != 0) | (ref == kNullRef);
    if (has_no_type) return (ref == kNullRef) & null_passes;
    const TypeId type =
        is_func ? s.ctx->funcs[func_addr_of(ref)].type : load_raw<TypeId>(s.ctx->heap_data + ref);
    const TypeId* display = s.ctx->types->display(type);
    if constexpr (kTo == CastTo::struct_ || kTo == CastTo::array) {
        const CompositeKind kind =
            kTo == CastTo::array ? CompositeKind::array : CompositeKind::struct_;
        return (display[0] & 3) == static_cast<TypeId>(kind);
    }
    const u32 level = load_raw<u16>(s.ip + imm);
    if constexpr (is_deep) {
        if (level >= display[0] >> 2) return false;
    }
    return display[TypeRegistry::kDisplayFirst + level] == bits >> 10;
}

template <CastTo kTo>
struct RefTest {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        const u64 ref = read<u64, F::a, kOff + F::layout.a>(s);
        return finish<F, kOff>(s, u32{cast_passes<kTo, F, kOff>(s, ref)});
    }
};
template <CastTo kTo>
struct RefCast {
    template <class F, unsigned kOff>
    static WASMI_ALWAYS_INLINE Flow exec(Regs& s) {
        const u64 ref = read<u64, F::a, kOff + F::layout.a>(s);
        if (WASMI_UNLIKELY((!cast_passes<kTo, F, kOff>(s, ref)))) {
            return trap<kOff>(s, TrapCode::cast_failure);
        }
        return finish<F, kOff>(s, ref);
    }
};

}  // namespace wasmi::core
