// Store: everything that exists at run time, and the handles to it.
//
//     wasmi::Store store(engine, {.memory_bytes = 64 << 20});
//     store.set_fuel(10'000'000);
//     wasmi::Linker linker(store);
//     auto instance = linker.instantiate(module);
//     auto add = instance->func<int32_t(int32_t, int32_t)>(store, "add");
//     auto five = (*add)(store, 2, 3);          // Result<int32_t>
//
// Thread rule: a Store and its handles belong to one thread at a time (it may move between calls);
// only InterruptHandle and SharedMemory may be used from other threads.
// Lifetime: the store owns all instances; handles are small values, checked on use, and die with
// it. A handle of another store, or none, gives ErrorKind::api_misuse.
// Spec: appendix/embedding (store, functions, tables, memories, globals, tags).
#pragma once

#include <wasmi/limits.hpp>
#include <wasmi/module.hpp>
#include <wasmi/native.hpp>
#include <wasmi/result.hpp>
#include <wasmi/value.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace wasmi {

namespace core {
struct InterruptState;
struct StoreData;
struct ModuleInstance;
struct MemoryInstance;
}  // namespace core

class Store;
class Instance;
class Caller;

/// Stops a running call from any thread, also one that waits in memory.atomic.wait or in WASI.
/// Bound to the call that runs when interrupt() is invoked (or, if none runs, to nothing: it never
/// hits a later call). May outlive the store.
class WASMI_EXPORT InterruptHandle {
  public:
    void interrupt() const noexcept;
    explicit InterruptHandle(std::shared_ptr<core::InterruptState> state)
        : state_(std::move(state)) {}

  private:
    std::shared_ptr<core::InterruptState> state_;
};

/// A store that was moved from refuses every operation; it may be assigned to.
class WASMI_EXPORT Store {
  public:
    explicit Store(const Engine& engine, const StoreLimits& limits = {});
    ~Store();
    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;

    [[nodiscard]] const Engine& engine() const noexcept { return engine_; }
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

    // For host functions that wait. The interrupt() of a handle ends the guest's code by itself,
    // but not what the host does in between: that has to look, and to be woken.
    /// Whether anybody has ever asked for an interrupt_handle().
    [[nodiscard]] bool has_interrupt_handles() const noexcept;
    /// Whether the call that runs now has been interrupted.
    [[nodiscard]] bool is_interrupted() const noexcept;
    /// Has every interrupt() of a running call do this, too, on the thread of interrupt(), after
    /// is_interrupted() became true. It must not block, nor use the store. Kept as long as the
    /// store.
    void on_interrupt(std::function<void()> wake);

    /// A host object as a reference of type externref; the store keeps only the number. The same
    /// number gives the same reference.
    [[nodiscard]] Result<Ref> extern_ref(std::uint64_t host_object);
    /// The host object of a non-null externref that extern_ref made; nullopt for others.
    [[nodiscard]] std::optional<std::uint64_t> host_object(Ref ref) const noexcept;
    /// The exact type of a reference: of the function it names, of a null, and so on.
    [[nodiscard]] Result<ValType> ref_type(Val ref) const;

    /// What all linear memories of the store take now, in bytes.
    [[nodiscard]] std::uint64_t memory_bytes_used() const noexcept;
    /// What structures and arrays of the guest take now, in bytes, dead ones included that have
    /// not been collected.
    [[nodiscard]] std::uint64_t gc_heap_bytes_used() const noexcept;
    /// Frees the structures, arrays and exceptions that nothing refers to. The store does so by
    /// itself when needed.
    void collect_garbage() noexcept;

    [[nodiscard]] core::StoreData* data() const noexcept { return data_.get(); }

  private:
    struct Deleter {
        void operator()(core::StoreData*) const noexcept;
    };
    Engine engine_;
    std::unique_ptr<core::StoreData, Deleter> data_;
};

/// While a scope is open, the references to structures, arrays and exceptions that the host gets
/// (results of calls, values of globals and tables) keep these alive; when it closes, they no
/// longer do. A host function has such a scope around it. Outside of both, they are kept as long
/// as the store: open one where many references come and go. To keep a single one for longer, put
/// it into a Global or a Table. Scopes nest, and close before their store ends.
class WASMI_EXPORT RefScope {
  public:
    explicit RefScope(Store& store) noexcept;
    ~RefScope();
    RefScope(const RefScope&) = delete;
    RefScope& operator=(const RefScope&) = delete;

  private:
    core::StoreData* data_;
    std::size_t size_;
};

/// Identity of a store object: which store, which address. The base of all handles.
struct Handle {
    std::uint32_t store_id = 0;  ///< 0: of no store
    std::uint32_t addr = ~std::uint32_t{0};
    friend bool operator==(const Handle&, const Handle&) = default;
};

/// A shared memory, apart from the stores that use it: give it to the Store of each thread with
/// Memory::from_shared. It lives as long as the last of them. Copies are the same memory; all
/// members may be called from any thread.
class WASMI_EXPORT SharedMemory {
  public:
    /// `type` must be one of a shared memory. Errors: limit.
    [[nodiscard]] static Result<SharedMemory> create(const MemoryType& type);
    /// The limits tell the current size as minimum.
    [[nodiscard]] MemoryType type() const;
    /// The bytes there are now; they never move. Guests may read and write them at any time.
    [[nodiscard]] std::span<std::byte> bytes() const noexcept;

    explicit SharedMemory(std::shared_ptr<core::MemoryInstance> memory) noexcept
        : memory_(std::move(memory)) {}
    [[nodiscard]] const std::shared_ptr<core::MemoryInstance>& data() const noexcept {
        return memory_;
    }

  private:
    std::shared_ptr<core::MemoryInstance> memory_;
};

/// A memory of a store. bytes() is valid until the next call into the guest or grow().
class WASMI_EXPORT Memory : public Handle {
  public:
    [[nodiscard]] static Result<Memory> create(Store& store, const MemoryType& type);
    /// The same memory in another store. Its largest size counts against the limits of both.
    [[nodiscard]] static Result<Memory> from_shared(Store& store, const SharedMemory& shared);
    /// A memory of a shared type, for other stores. Errors: api_misuse.
    [[nodiscard]] Result<SharedMemory> share(Store& store) const;
    [[nodiscard]] Result<std::span<std::byte>> bytes(Store& store) const;
    [[nodiscard]] Result<std::uint64_t> size_in_pages(const Store& store) const;
    /// The size before, in pages. Errors: limit.
    [[nodiscard]] Result<std::uint64_t> grow(Store& store, std::uint64_t pages) const;
    /// The limits tell the current size as minimum.
    [[nodiscard]] Result<MemoryType> type(const Store& store) const;

    /// Copies out of or into the memory; all or nothing. Errors: trap "out of bounds memory
    /// access".
    Result<void> read(const Store& store, std::uint64_t offset, std::span<std::byte> out) const;
    Result<void> write(Store& store, std::uint64_t offset, std::span<const std::byte> in) const;
    /// A number in little-endian order; need not be aligned.
    template <class T>
    [[nodiscard]] Result<T> read(const Store& store, std::uint64_t offset) const {
        static_assert(std::is_arithmetic_v<T>);
        T value{};
        Result<void> done = read(store, offset, std::as_writable_bytes(std::span<T, 1>(&value, 1)));
        if (!done) return std::move(done).error();
        return value;
    }
    template <class T>
    Result<void> write(Store& store, std::uint64_t offset,
                       T value) const requires std::is_arithmetic_v<T> {
        return write(store, offset, std::as_bytes(std::span<const T, 1>(&value, 1)));
    }
};

class WASMI_EXPORT Global : public Handle {
  public:
    [[nodiscard]] static Result<Global> create(Store& store, const GlobalType& type, Val value);
    [[nodiscard]] Result<Val> get(const Store& store) const;
    Result<void> set(Store& store, Val value) const;
    [[nodiscard]] Result<GlobalType> type(const Store& store) const;
};

class WASMI_EXPORT Table : public Handle {
  public:
    [[nodiscard]] static Result<Table> create(Store& store, const TableType& type, Val initial);
    /// Errors of get and set: trap "out of bounds table access".
    [[nodiscard]] Result<Val> get(const Store& store, std::uint64_t index) const;
    Result<void> set(Store& store, std::uint64_t index, Val value) const;
    [[nodiscard]] Result<std::uint64_t> size(const Store& store) const;
    /// The size before. Errors: limit.
    Result<std::uint64_t> grow(Store& store, std::uint64_t elements, Val value) const;
    /// The limits tell the current size as minimum.
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
    /// A host function called with dynamic values. `results` comes typed and zeroed; the callback
    /// must leave values of the same types, else the call fails.
    using Callback = std::function<Result<void>(Caller&, std::span<const Val>, std::span<Val>)>;
    [[nodiscard]] static Result<Func> create(Store& store, const FuncType& type, Callback callback);
    /// A host function from a C++ callable: R(Caller&, Args...) or R(Args...), where R is void, a
    /// native type (<wasmi/native.hpp>), a std::tuple of them, or a Result of one of these.
    template <class F>
    [[nodiscard]] static Result<Func> wrap(Store& store, F&& callable);

    [[nodiscard]] Result<FuncType> type(const Store& store) const;
    /// The canonical id of the type in the store's engine.
    [[nodiscard]] Result<TypeId> type_id(const Store& store) const;
    /// Calls with dynamic values; sizes and types must fit the type of the function.
    Result<void> call(Store& store, std::span<const Val> args, std::span<Val> results) const;
    /// The function with a C++ signature, checked once. Errors: api_misuse.
    template <class Signature>
    [[nodiscard]] Result<TypedFunc<Signature>> typed(const Store& store) const;
    [[nodiscard]] Result<Val> to_ref(const Store& store) const;
    [[nodiscard]] static Result<Func> from_ref(const Store& store, Ref ref);

    // For the templates of this header; use wrap() and typed() instead.
    [[nodiscard]] static Result<Func> create_raw(Store& store, const FuncType& type,
                                                 detail::HostThunk thunk,
                                                 std::shared_ptr<void> env);
    /// How a raw call ended: 0, or what raw_call_error turns into words.
    struct RawEnd {
        int status;
        const std::uint64_t* results;  ///< on the guest stack, until the next call
    };
    /// Calls with the arguments slots[0..in). `most` is the greater of `in` and the slots that the
    /// results take. `type` is that of the function, and says as much of the slots.
    [[nodiscard]] RawEnd raw_call(Store& store, const std::uint64_t* slots, std::uint32_t in,
                                  std::uint32_t most, TypeId type) const noexcept;
    /// The same with references among the arguments, which are checked.
    [[nodiscard]] RawEnd raw_call_checked(Store& store, const std::uint64_t* slots,
                                          std::uint32_t in, std::uint32_t most,
                                          TypeId type) const noexcept;
    [[nodiscard]] Error raw_call_error(Store& store, int status) const;
    /// Keeps references among the results alive, as handles on the embedder's side.
    void hold_raw_refs(Store& store, const std::uint64_t* slots) const;

  private:
    using Guard = Result<void> (*)(Callback&, Caller&, std::span<const Val>, std::span<Val>);
    [[nodiscard]] static Result<Func> create_guarded(Store& store, const FuncType& type,
                                                     Callback callback, Guard guard);
};

/// A Func whose signature was checked; calling it converts nothing.
template <class R, class... Args>
class TypedFunc<R(Args...)> : public Func {
  public:
    Result<typename detail::Results<R>::Value> operator()(Store& store, Args... args) const {
        constexpr std::size_t kIn = detail::slot_of<Args...>(sizeof...(Args));
        constexpr std::size_t kOut = detail::Results<R>::width;
        constexpr std::size_t kMost = kIn > kOut ? kIn : kOut;
        std::uint64_t slots[kIn + (kIn == 0)];
        store_args(slots, std::index_sequence_for<Args...>{}, args...);
        const RawEnd end = detail::any_ref<Args...>()
                               ? raw_call_checked(store, slots, kIn, kMost, type_)
                               : raw_call(store, slots, kIn, kMost, type_);
        if (end.status != 0) [[unlikely]]
            return raw_call_error(store, end.status);
        if constexpr (std::is_void_v<R>) {
            return {};
        } else {
            if constexpr (detail::Results<R>::has_ref) hold_raw_refs(store, end.results);
            return detail::Results<R>::load(end.results);
        }
    }

  private:
    friend Func;
    TypeId type_ = kNoType;
    template <std::size_t... I>
    static void store_args([[maybe_unused]] std::uint64_t* slots, std::index_sequence<I...>,
                           Args... args) {
        (detail::Native<Args>::store(slots + detail::slot_of<Args...>(I), args), ...);
    }
};

/// One item of an instance or a linker.
struct Extern {
    ExternKind kind = ExternKind::func;
    Handle handle;

    Extern() = default;
    Extern(ExternKind k, Handle h) : kind(k), handle(h) {}
    Extern(const Func& f) : Extern(ExternKind::func, f) {}
    Extern(const Table& t) : Extern(ExternKind::table, t) {}
    Extern(const Memory& m) : Extern(ExternKind::memory, m) {}
    Extern(const Global& g) : Extern(ExternKind::global, g) {}
    Extern(const Tag& t) : Extern(ExternKind::tag, t) {}
    /// The item as a handle of its kind; nothing if it is of another kind.
    [[nodiscard]] std::optional<Func> func() const { return as<Func>(ExternKind::func); }
    [[nodiscard]] std::optional<Table> table() const { return as<Table>(ExternKind::table); }
    [[nodiscard]] std::optional<Memory> memory() const { return as<Memory>(ExternKind::memory); }
    [[nodiscard]] std::optional<Global> global() const { return as<Global>(ExternKind::global); }
    [[nodiscard]] std::optional<Tag> tag() const { return as<Tag>(ExternKind::tag); }
    /// The type, with the current size of memories and tables as minimum.
    [[nodiscard]] WASMI_EXPORT Result<ExternType> type(const Store& store) const;

  private:
    template <class H>
    [[nodiscard]] std::optional<H> as(ExternKind wanted) const {
        if (kind != wanted) return std::nullopt;
        H typed;
        static_cast<Handle&>(typed) = handle;
        return typed;
    }
};

/// An instantiated module.
class WASMI_EXPORT Instance : public Handle {
  public:
    /// The export of that name. Errors: link.
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
    [[nodiscard]] Result<Tag> tag(const Store& store, std::string_view name) const;
    [[nodiscard]] Result<Module> module(const Store& store) const;
};

/// The guest that calls a host function. Valid during the call only.
class WASMI_EXPORT Caller {
  public:
    explicit Caller(core::StoreData& store) noexcept : store_(&store) {}
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

    [[nodiscard]] Store& store() const noexcept;
    /// The calling instance; an error if the host called the function directly.
    [[nodiscard]] Result<Instance> instance() const;
    /// The bytes of the caller's exported memory "memory" (else its memory 0; else empty). Valid
    /// until the guest runs again or the memory grows.
    [[nodiscard]] std::span<std::byte> memory() const noexcept;

  private:
    friend void detail::fail_host_call(Caller& caller, Error error);
    [[nodiscard]] core::ModuleInstance* running() const noexcept;
    core::StoreData* store_;
};

// ---- templates ----------------------------------------------------------------------------------

namespace detail {

/// Calls a callback from code that is built without exceptions.
template <bool kExceptions>
Result<void> guarded(Func::Callback& callback, Caller& caller, std::span<const Val> args,
                     std::span<Val> results) {
#if defined(__cpp_exceptions)
    try {
        return callback(caller, args, results);
    } catch (...) {
        return Error::from_exception(std::current_exception());
    }
#else
    return callback(caller, args, results);
#endif
}

}  // namespace detail

inline Result<Func> Func::create(Store& store, const FuncType& type, Callback callback) {
    return create_guarded(store, type, std::move(callback), &detail::guarded<detail::kCatch>);
}

template <class F>
Result<Func> Func::wrap(Store& store, F&& callable) {
    using Fn = std::decay_t<F>;
    using Host = typename detail::CallableOf<Fn>::type;
    auto env = std::make_shared<Fn>(std::forward<F>(callable));
    return create_raw(store, Host::type(), &Host::thunk, std::move(env));
}

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
    typed.type_ = *type_id(store);
    return typed;
}

}  // namespace wasmi
