// Store: everything that exists at run time, and the handles to it.
//
//     wasmi::Store store(engine, {.memory_bytes = 64 << 20});
//     store.set_fuel(10'000'000);
//     auto instance = linker.instantiate(store, module);
//     auto add = instance->func<int32_t(int32_t, int32_t)>(store, "add");
//     auto five = (*add)(store, 2, 3);          // Result<int32_t>
//
// Thread rule: a Store and its handles belong to one thread at a time (it may move between calls);
// only InterruptHandle may be used from other threads.
// Lifetime: the store owns all instances; handles are small values, checked on use, and die with
// it. Spec: appendix/embedding (store, functions, tables, memories, globals, tags).
#pragma once

#include <wasmi/module.hpp>
#include <wasmi/result.hpp>
#include <wasmi/value.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace wasmi {

namespace core {
struct StoreData;
struct ModuleInstance;
}  // namespace core

class Store;
class Instance;
class Caller;

/// What a store may use. 0 is a real limit, not "none".
struct StoreLimits {
    std::uint64_t memory_bytes = ~std::uint64_t{0};  ///< all linear memories together
    std::uint64_t table_elements = 100'000'000;      ///< all tables together
    std::uint64_t gc_heap_bytes = std::uint64_t{1} << 30;
    std::uint64_t stack_bytes = std::uint64_t{8} << 20;  ///< guest frames; the depth limit, exact
    std::uint32_t instances = 100'000;
    std::uint32_t host_nesting = 200;  ///< host function calls guest calls host function …
};

/// Stops a running call from any thread. Bound to the call that runs when interrupt() is
/// invoked (or, if none runs, to nothing: it never hits a later call).
class WASMI_EXPORT InterruptHandle {
  public:
    struct State;
    void interrupt() const noexcept;
    explicit InterruptHandle(std::shared_ptr<State> state) : state_(std::move(state)) {}

  private:
    std::shared_ptr<State> state_;
};

class WASMI_EXPORT Store {
  public:
    explicit Store(const Engine& engine, const StoreLimits& limits = {});
    ~Store();
    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;

    [[nodiscard]] const Engine& engine() const noexcept;
    [[nodiscard]] const StoreLimits& limits() const noexcept;

    /// Fuel in Wasm instructions; without it (the default) calls are not limited.
    /// A call that needs more ends with ErrorKind::out_of_fuel.
    void set_fuel(std::optional<std::uint64_t> fuel) noexcept;
    [[nodiscard]] std::optional<std::uint64_t> fuel() const noexcept;
    /// Wasm instructions charged so far in this store, whether or not fuel is limited.
    [[nodiscard]] std::uint64_t fuel_consumed() const noexcept;
    /// Calls end with ErrorKind::deadline when the steady clock passes this point; nullopt: none.
    void set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline) noexcept;
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> deadline() const noexcept;
    [[nodiscard]] InterruptHandle interrupt_handle() const;

    /// A host object as a reference of type externref; the store keeps only the number.
    [[nodiscard]] Result<Ref> extern_ref(std::uint64_t host_object);
    /// The host object of a non-null externref that extern_ref made; nullopt for others.
    [[nodiscard]] std::optional<std::uint64_t> host_object(Ref ref) const noexcept;

    [[nodiscard]] core::StoreData* data() const noexcept { return data_.get(); }

  private:
    struct Deleter {
        void operator()(core::StoreData*) const noexcept;
    };
    std::unique_ptr<core::StoreData, Deleter> data_;
};

/// Identity of a store object: which store, which address. The base of all handles.
struct Handle {
    std::uint32_t store_id = 0;
    std::uint32_t addr = ~std::uint32_t{0};
    friend bool operator==(const Handle&, const Handle&) = default;
};

namespace detail {

/// C++ parameter and result types that have a WebAssembly equal.
template <class T>
struct Native;
#define WASMI_NATIVE(cpp, wasm)                                  \
    template <>                                                  \
    struct Native<cpp> {                                         \
        static constexpr ValType type = ValType::wasm;           \
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
template <>
struct Native<bool> {
    static constexpr ValType type = ValType::i32;
    static bool load(const std::uint64_t* slot) noexcept {
        return static_cast<std::uint32_t>(*slot) != 0;
    }
    static void store(std::uint64_t* slot, bool v) noexcept { *slot = v ? 1 : 0; }
};

template <class R>
struct Results {
    using Value = R;
    static constexpr std::size_t count = 1;
    static void append(std::vector<ValType>& types) { types.push_back(Native<R>::type); }
    static R load(const std::uint64_t* slots) { return Native<R>::load(slots); }
    static void store(std::uint64_t* slots, const R& v) { Native<R>::store(slots, v); }
};
template <>
struct Results<void> {
    using Value = void;
    static constexpr std::size_t count = 0;
    static void append(std::vector<ValType>&) {}
};
template <class... R>
struct Results<std::tuple<R...>> {
    using Value = std::tuple<R...>;
    static constexpr std::size_t count = sizeof...(R);
    static void append(std::vector<ValType>& types) { (types.push_back(Native<R>::type), ...); }
    static Value load(const std::uint64_t* slots) {
        std::size_t i = 0;
        return Value{Native<R>::load(slots + i++)...};
    }
    static void store(std::uint64_t* slots, const Value& v) {
        std::size_t i = 0;
        std::apply([&](const R&... r) { (Native<R>::store(slots + i++, r), ...); }, v);
    }
};

/// What a host function sees of the call: raw slots in, raw slots out, an error aside.
/// Slots: parameters from 0 on, results from 0 on; v128 takes two.
struct HostCallContext;
using HostThunk = bool (*)(void* env, Caller& caller, std::uint64_t* slots);

/// Fails the running host call; the thunk then returns false.
WASMI_EXPORT void fail_host_call(Caller& caller, Error error);

}  // namespace detail

/// A memory of a store. bytes() is valid until the next call into the guest or grow().
class WASMI_EXPORT Memory : public Handle {
  public:
    [[nodiscard]] static Result<Memory> create(Store& store, const MemoryType& type);
    [[nodiscard]] Result<std::span<std::byte>> bytes(Store& store) const;
    [[nodiscard]] Result<std::uint64_t> size_in_pages(const Store& store) const;
    /// The size before, in pages. Errors: limit.
    [[nodiscard]] Result<std::uint64_t> grow(Store& store, std::uint64_t pages) const;
    [[nodiscard]] Result<MemoryType> type(const Store& store) const;
};

class WASMI_EXPORT Global : public Handle {
  public:
    [[nodiscard]] static Result<Global> create(Store& store, const GlobalType& type, Val value);
    [[nodiscard]] Result<Val> get(const Store& store) const;
    [[nodiscard]] Result<void> set(Store& store, Val value) const;
    [[nodiscard]] Result<GlobalType> type(const Store& store) const;
};

class WASMI_EXPORT Table : public Handle {
  public:
    [[nodiscard]] static Result<Table> create(Store& store, const TableType& type, Val initial);
    [[nodiscard]] Result<Val> get(const Store& store, std::uint64_t index) const;
    [[nodiscard]] Result<void> set(Store& store, std::uint64_t index, Val value) const;
    [[nodiscard]] Result<std::uint64_t> size(const Store& store) const;
    [[nodiscard]] Result<std::uint64_t> grow(Store& store, std::uint64_t elements, Val value) const;
    [[nodiscard]] Result<TableType> type(const Store& store) const;
};

class WASMI_EXPORT Tag : public Handle {
  public:
    [[nodiscard]] static Result<Tag> create(Store& store, const FuncType& type);
    [[nodiscard]] Result<FuncType> type(const Store& store) const;
};

template <class Signature>
class TypedFunc;

/// A function of a store, of the guest or of the host.
class WASMI_EXPORT Func : public Handle {
  public:
    /// A host function called with dynamic values. `results` comes typed and zeroed.
    using Callback = std::function<Result<void>(Caller&, std::span<const Val>, std::span<Val>)>;
    [[nodiscard]] static Result<Func> create(Store& store, const FuncType& type, Callback callback);
    /// A host function from a C++ callable: R(Caller&, Args...) or R(Args...), where R is void, a
    /// native type, a std::tuple of them, or a Result of one of these.
    template <class F>
    [[nodiscard]] static Result<Func> wrap(Store& store, F&& callable);

    [[nodiscard]] Result<FuncType> type(const Store& store) const;
    /// Calls with dynamic values; sizes and types must fit the type of the function.
    [[nodiscard]] Result<void> call(Store& store, std::span<const Val> args,
                                    std::span<Val> results) const;
    /// The function with a C++ signature, checked once. Errors: api_misuse.
    template <class Signature>
    [[nodiscard]] Result<TypedFunc<Signature>> typed(const Store& store) const;
    [[nodiscard]] Result<Val> to_ref(const Store& store) const;
    [[nodiscard]] static Result<Func> from_ref(const Store& store, Ref ref);

    // For the templates of this header; use wrap() and typed() instead.
    [[nodiscard]] static Result<Func> create_raw(Store& store, const FuncType& type,
                                                 detail::HostThunk thunk,
                                                 std::shared_ptr<void> env);
    [[nodiscard]] Result<std::uint64_t*> begin_raw_call(Store& store) const;
    [[nodiscard]] Result<void> finish_raw_call(Store& store, std::uint64_t* slots) const;
};

/// A Func whose signature was checked; calling it converts nothing.
template <class R, class... Args>
class TypedFunc<R(Args...)> : public Func {
  public:
    [[nodiscard]] Result<typename detail::Results<R>::Value> operator()(Store& store,
                                                                        Args... args) const {
        Result<std::uint64_t*> slots = begin_raw_call(store);
        if (!slots) return std::move(slots).error();
        [[maybe_unused]] std::size_t i = 0;
        (detail::Native<Args>::store(*slots + i++, args), ...);
        Result<void> end = finish_raw_call(store, *slots);
        if (!end) return std::move(end).error();
        if constexpr (std::is_void_v<R>) {
            return {};
        } else {
            return detail::Results<R>::load(*slots);
        }
    }
};

/// One item of an instance or a linker.
struct Extern {
    ExternKind kind = ExternKind::func;
    Handle handle;
};

/// An instantiated module.
class WASMI_EXPORT Instance : public Handle {
  public:
    [[nodiscard]] Result<Extern> get(const Store& store, std::string_view name) const;
    [[nodiscard]] Result<Func> func(const Store& store, std::string_view name) const;
    template <class Signature>
    [[nodiscard]] Result<TypedFunc<Signature>> func(const Store& store,
                                                    std::string_view name) const {
        Result<Func> f = func(store, name);
        if (!f) return std::move(f).error();
        return f->template typed<Signature>(store);
    }
    [[nodiscard]] Result<Memory> memory(const Store& store, std::string_view name) const;
    [[nodiscard]] Result<Table> table(const Store& store, std::string_view name) const;
    [[nodiscard]] Result<Global> global(const Store& store, std::string_view name) const;
    [[nodiscard]] Result<Module> module(const Store& store) const;
};

/// The guest that calls a host function. Valid during the call only.
class WASMI_EXPORT Caller {
  public:
    Caller(Store& store, core::ModuleInstance* instance) : store_(&store), instance_(instance) {}
    [[nodiscard]] Store& store() const noexcept { return *store_; }
    /// The calling instance; an error if the host called the function directly.
    [[nodiscard]] Result<Instance> instance() const;
    /// The bytes of the caller's exported memory "memory" (else its memory 0; else empty). Valid
    /// until the guest runs again or the memory grows.
    [[nodiscard]] std::span<std::byte> memory() const noexcept;

    std::optional<Error> error;  ///< set by detail::fail_host_call

  private:
    Store* store_;
    core::ModuleInstance* instance_;
};

// ---- templates --------------------------------------------------------------------------------

namespace detail {

template <class T>
struct IsResult : std::false_type {};
template <class T>
struct IsResult<Result<T>> : std::true_type {
    using Value = T;
};

template <class F, bool kCaller, class R, class... Args>
struct HostFunction {
    template <class X>
    struct Unwrap {
        using type = X;
    };
    template <class X>
    struct Unwrap<Result<X>> {
        using type = X;
    };
    using Value = typename Unwrap<R>::type;

    static FuncType type() {
        FuncType t;
        (t.params.push_back(Native<Args>::type), ...);
        Results<Value>::append(t.results);
        return t;
    }

    template <std::size_t... I>
    static R apply(F& f, Caller& caller, std::uint64_t* slots, std::index_sequence<I...>) {
        if constexpr (kCaller) {
            return f(caller, Native<Args>::load(slots + I)...);
        } else {
            (void)caller;
            return f(Native<Args>::load(slots + I)...);
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
};

template <class F, class Signature>
struct HostFunctionOf;
#define WASMI_MEMBER(qualifiers)                                       \
    template <class F, class C, class R, class... Args>                \
    struct HostFunctionOf<F, R (C::*)(Args...) qualifiers> {           \
        using type = HostFunction<F, false, R, std::decay_t<Args>...>; \
    };                                                                 \
    template <class F, class C, class R, class... Args>                \
    struct HostFunctionOf<F, R (C::*)(Caller&, Args...) qualifiers> {  \
        using type = HostFunction<F, true, R, std::decay_t<Args>...>;  \
    };
WASMI_MEMBER()
WASMI_MEMBER(const)
WASMI_MEMBER(noexcept)
WASMI_MEMBER(const noexcept)
#undef WASMI_MEMBER
template <class F, class R, class... Args>
struct HostFunctionOf<F, R (*)(Args...)> {
    using type = HostFunction<F, false, R, std::decay_t<Args>...>;
};
template <class F, class R, class... Args>
struct HostFunctionOf<F, R (*)(Caller&, Args...)> {
    using type = HostFunction<F, true, R, std::decay_t<Args>...>;
};

template <class F, class = void>
struct CallableOf {  // a function pointer
    using type = typename HostFunctionOf<F, F>::type;
};
template <class F>
struct CallableOf<F, std::void_t<decltype(&F::operator())>> {
    using type = typename HostFunctionOf<F, decltype(&F::operator())>::type;
};

}  // namespace detail

template <class F>
Result<Func> Func::wrap(Store& store, F&& callable) {
    using Fn = std::decay_t<F>;
    using Host = typename detail::CallableOf<Fn>::type;
    auto env = std::make_shared<Fn>(std::forward<F>(callable));
    return create_raw(store, Host::type(), &Host::thunk, std::move(env));
}

namespace detail {
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
}  // namespace detail

template <class Signature>
Result<TypedFunc<Signature>> Func::typed(const Store& store) const {
    Result<FuncType> actual = type(store);
    if (!actual) return std::move(actual).error();
    const FuncType expected = detail::SignatureOf<Signature>::type();
    if (!(*actual == expected)) {
        return Error(ErrorKind::api_misuse, "the function has type " + to_string(*actual) +
                                                ", not " + to_string(expected));
    }
    TypedFunc<Signature> typed;
    static_cast<Handle&>(typed) = *this;
    return typed;
}

}  // namespace wasmi
