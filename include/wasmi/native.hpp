// C++ types that have a WebAssembly equal, and host functions made of C++ callables.
//
// int32_t, uint32_t, bool → i32; int64_t, uint64_t → i64; float → f32; double → f64;
// V128 → v128; FuncRef → funcref; ExternRef → externref; several results: std::tuple.
// Used by Func::wrap, Func::typed and Linker::func. Spec: exec/runtime (values).
#pragma once

#include <wasmi/export.hpp>
#include <wasmi/result.hpp>
#include <wasmi/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace wasmi {

class Caller;

/// A nullable reference to a function as parameter or result of C++ signatures.
struct FuncRef {
    Ref ref;
    friend bool operator==(FuncRef, FuncRef) = default;
};
/// The same for externref; Store::extern_ref makes one, Store::host_object reads it.
struct ExternRef {
    Ref ref;
    friend bool operator==(ExternRef, ExternRef) = default;
};

namespace detail {

// A program may mix objects built with and without exceptions: templates that differ carry this
// as an argument, so that the linker never takes one for the other.
#if defined(__cpp_exceptions)
inline constexpr bool kCatch = true;
#else
inline constexpr bool kCatch = false;
#endif

/// How a C++ type lies in execution slots.
template <class T>
struct Native;
#define WASMI_NATIVE(cpp, wasm)                                  \
    template <>                                                  \
    struct Native<cpp> {                                         \
        static constexpr ValType type = ValType::wasm;           \
        static constexpr std::size_t slots = 1;                  \
        static cpp load(const std::uint64_t* slot) noexcept {    \
            cpp v;                                               \
            std::memcpy(&v, slot, sizeof v);                     \
            return v;                                            \
        }                                                        \
        static void store(std::uint64_t* slot, cpp v) noexcept { \
            std::uint64_t bits = 0;                              \
            std::memcpy(&bits, &v, sizeof v);                    \
            *slot = bits;                                        \
        }                                                        \
    };
WASMI_NATIVE(std::int32_t, i32)
WASMI_NATIVE(std::uint32_t, i32)
WASMI_NATIVE(std::int64_t, i64)
WASMI_NATIVE(std::uint64_t, i64)
WASMI_NATIVE(float, f32)
WASMI_NATIVE(double, f64)
#undef WASMI_NATIVE
#define WASMI_NATIVE_REF(cpp, wasm)                                                    \
    template <>                                                                        \
    struct Native<cpp> {                                                               \
        static constexpr ValType type = ValType::wasm;                                 \
        static constexpr std::size_t slots = 1;                                        \
        static cpp load(const std::uint64_t* slot) noexcept { return {Ref{*slot}}; }   \
        static void store(std::uint64_t* slot, cpp v) noexcept { *slot = v.ref.bits; } \
    };
WASMI_NATIVE_REF(FuncRef, funcref)
WASMI_NATIVE_REF(ExternRef, externref)
#undef WASMI_NATIVE_REF
template <>
struct Native<bool> {
    static constexpr ValType type = ValType::i32;
    static constexpr std::size_t slots = 1;
    static bool load(const std::uint64_t* slot) noexcept {
        return static_cast<std::uint32_t>(*slot) != 0;
    }
    static void store(std::uint64_t* slot, bool v) noexcept { *slot = v ? 1 : 0; }
};
template <>
struct Native<V128> {
    static constexpr ValType type = ValType::v128;
    static constexpr std::size_t slots = 2;
    static V128 load(const std::uint64_t* slot) noexcept { return {slot[0], slot[1]}; }
    static void store(std::uint64_t* slot, V128 v) noexcept {
        slot[0] = v.lo;
        slot[1] = v.hi;
    }
};

/// First slot of the i-th of these types.
template <class... T>
constexpr std::size_t slot_of(std::size_t i) {
    const std::array<std::size_t, sizeof...(T) + 1> sizes{Native<T>::slots..., 0};
    std::size_t at = 0;
    for (std::size_t k = 0; k < i; ++k) at += sizes[k];
    return at;
}

template <class... T>
constexpr bool any_ref() {
    return (Native<T>::type.is_ref() || ... || false);
}

template <class R>
struct Results {
    using Value = R;
    static constexpr std::size_t width = Native<R>::slots;
    static constexpr bool has_ref = any_ref<R>();
    static void append(std::vector<ValType>& types) { types.push_back(Native<R>::type); }
    static R load(const std::uint64_t* slots) { return Native<R>::load(slots); }
    static void store(std::uint64_t* slots, const R& v) { Native<R>::store(slots, v); }
};
template <>
struct Results<void> {
    using Value = void;
    static constexpr std::size_t width = 0;
    static constexpr bool has_ref = false;
    static void append(std::vector<ValType>&) {}
};
template <class... R>
struct Results<std::tuple<R...>> {
    using Value = std::tuple<R...>;
    static constexpr std::size_t width = slot_of<R...>(sizeof...(R));
    static constexpr bool has_ref = any_ref<R...>();
    static void append(std::vector<ValType>& types) { (types.push_back(Native<R>::type), ...); }
    static Value load(const std::uint64_t* slots) {
        return load(slots, std::index_sequence_for<R...>{});
    }
    static void store(std::uint64_t* slots, const Value& v) {
        store(slots, v, std::index_sequence_for<R...>{});
    }

  private:
    template <std::size_t... I>
    static Value load([[maybe_unused]] const std::uint64_t* slots, std::index_sequence<I...>) {
        return Value{Native<R>::load(slots + slot_of<R...>(I))...};
    }
    template <std::size_t... I>
    static void store([[maybe_unused]] std::uint64_t* slots, [[maybe_unused]] const Value& v,
                      std::index_sequence<I...>) {
        (Native<R>::store(slots + slot_of<R...>(I), std::get<I>(v)), ...);
    }
};

template <class Signature>
struct SignatureOf;
template <class R, class... Args>
struct SignatureOf<R(Args...)> {
    static FuncType type() {
        FuncType t;
        (t.params.push_back(Native<Args>::type), ...);
        Results<R>::append(t.results);
        return t;
    }
};

/// A host function in slots: parameters from slots[0] on, results from slots[0] on. False after
/// fail_host_call.
using HostThunk = bool (*)(void* env, Caller& caller, std::uint64_t* slots);

/// Fails the running host call; the thunk then returns false.
WASMI_EXPORT void fail_host_call(Caller& caller, Error error);

template <class T>
struct IsResult : std::false_type {
    using Value = T;
};
template <class T>
struct IsResult<Result<T>> : std::true_type {
    using Value = T;
};

/// The thunk of a callable F with this signature; passes the Caller if kWithCaller.
template <class F, bool kExceptions, bool kWithCaller, class R, class... Args>
struct HostFunction {
    using Value = typename IsResult<R>::Value;
    static constexpr bool returns_ref = Results<Value>::has_ref;

    static FuncType type() { return SignatureOf<Value(Args...)>::type(); }

    static bool thunk(void* env, Caller& caller, std::uint64_t* slots) {
        F& f = *static_cast<F*>(env);
#if defined(__cpp_exceptions)
        try {
            return run(f, caller, slots);
        } catch (...) {
            fail_host_call(caller, Error::from_exception(std::current_exception()));
            return false;
        }
#else
        return run(f, caller, slots);
#endif
    }

  private:
    template <std::size_t... I>
    static R apply(F& f, [[maybe_unused]] Caller& caller,
                   [[maybe_unused]] const std::uint64_t* slots, std::index_sequence<I...>) {
        if constexpr (kWithCaller) {
            return f(caller, Native<Args>::load(slots + slot_of<Args...>(I))...);
        } else {
            return f(Native<Args>::load(slots + slot_of<Args...>(I))...);
        }
    }

    static bool run(F& f, Caller& caller, std::uint64_t* slots) {
        constexpr auto indices = std::index_sequence_for<Args...>{};
        if constexpr (IsResult<R>::value) {
            R result = apply(f, caller, slots, indices);
            if (!result) {
                fail_host_call(caller, std::move(result).error());
                return false;
            }
            if constexpr (!std::is_void_v<Value>) Results<Value>::store(slots, *result);
        } else if constexpr (std::is_void_v<R>) {
            apply(f, caller, slots, indices);
        } else {
            Results<R>::store(slots, apply(f, caller, slots, indices));
        }
        return true;
    }
};

template <class F, class Signature>
struct HostFunctionOf;
#define WASMI_MEMBER(qualifiers)                                               \
    template <class F, class C, class R, class... Args>                        \
    struct HostFunctionOf<F, R (C::*)(Args...) qualifiers> {                   \
        using type = HostFunction<F, kCatch, false, R, std::decay_t<Args>...>; \
    };                                                                         \
    template <class F, class C, class R, class... Args>                        \
    struct HostFunctionOf<F, R (C::*)(Caller&, Args...) qualifiers> {          \
        using type = HostFunction<F, kCatch, true, R, std::decay_t<Args>...>;  \
    };
WASMI_MEMBER()
WASMI_MEMBER(const)
WASMI_MEMBER(noexcept)
WASMI_MEMBER(const noexcept)
#undef WASMI_MEMBER
#define WASMI_POINTER(qualifiers)                                              \
    template <class F, class R, class... Args>                                 \
    struct HostFunctionOf<F, R (*)(Args...) qualifiers> {                      \
        using type = HostFunction<F, kCatch, false, R, std::decay_t<Args>...>; \
    };                                                                         \
    template <class F, class R, class... Args>                                 \
    struct HostFunctionOf<F, R (*)(Caller&, Args...) qualifiers> {             \
        using type = HostFunction<F, kCatch, true, R, std::decay_t<Args>...>;  \
    };
WASMI_POINTER()
WASMI_POINTER(noexcept)
#undef WASMI_POINTER

template <class F, class = void>
struct CallableOf {  // a function pointer
    using type = typename HostFunctionOf<F, F>::type;
};
template <class F>
struct CallableOf<F, std::void_t<decltype(&F::operator())>> {
    using type = typename HostFunctionOf<F, decltype(&F::operator())>::type;
};

}  // namespace detail

}  // namespace wasmi
