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

// ---- casts
// -----------------------------------------------------------------------------------------

/// What non-null references a cast lets pass.
enum class CastTo : u8 {
    all,      ///< the top of a hierarchy
    nothing,  ///< its bottom
    i31,
    eq,
    struct_,
    array,
    object,  ///< a structure or array of a concrete type
    func,    ///< a function of a concrete type
};

WASMI_ALWAYS_INLINE bool is_heap_ref(u64 ref) { return (ref & 7) == 0; }

/// By the display of the type: level is the number of supertypes of `to`.
WASMI_ALWAYS_INLINE bool has_type(const ExecContext& ctx, TypeId type, TypeId to, u32 level) {
    if (WASMI_LIKELY(type == to)) return true;
    const std::vector<TypeId>& display = ctx.types->get(type).supers;
    return level < display.size() && display.data()[level] == to;
}

/// Immediate: u16 level, u32 bits of the ValType.
template <CastTo kTo, class F, unsigned kOff>
WASMI_ALWAYS_INLINE bool cast_passes(const Regs& s, u64 ref) {
    constexpr unsigned imm = kOff + F::layout.imm;
    const u32 bits = load_raw<u32>(s.ip + imm + 2);
    if (ref == kNullRef) return (bits & 8u) != 0;
    // References that are no objects may meet a heap that does not exist yet: look only at objects.
    [[maybe_unused]] const auto type_of_object = [&] {
        return load_raw<TypeId>(s.ctx->heap_data + ref);
    };
    [[maybe_unused]] const auto is_kind = [&](CompositeKind kind) {
        return is_heap_ref(ref) && s.ctx->types->get(type_of_object()).sub.kind == kind;
    };
    if constexpr (kTo == CastTo::all) return true;
    if constexpr (kTo == CastTo::nothing) return false;
    if constexpr (kTo == CastTo::i31) return is_i31_ref(ref);
    if constexpr (kTo == CastTo::eq) return !is_host_ref(ref);
    if constexpr (kTo == CastTo::struct_) return is_kind(CompositeKind::struct_);
    if constexpr (kTo == CastTo::array) return is_kind(CompositeKind::array);
    const u32 level = load_raw<u16>(s.ip + imm);
    const TypeId to = bits >> 10;
    if constexpr (kTo == CastTo::object) {
        return is_heap_ref(ref) && has_type(*s.ctx, type_of_object(), to, level);
    }
    return has_type(*s.ctx, s.ctx->funcs[func_addr_of(ref)].type, to, level);
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
