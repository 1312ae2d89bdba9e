// Func: host functions, calls from the host, function references; Caller.
// Spec: appendix/embedding (functions), exec/modules (invocation).
#include "api/access.hpp"
#include "core/memory/ref.hpp"

#include <array>
#include <cstring>
#include <string>
#include <utility>

namespace wasmi {

using namespace core;
using api::bad_handle;
using api::make_handle;
using api::misuse;

namespace {

/// A host function: a thunk that reads and writes slots. The executor calls it directly.
struct RawHostFunc final : HostFunc {
    std::shared_ptr<void> owner;  ///< of env
};

Error bad_result(std::size_t index, ValType type) {
    return misuse("result " + std::to_string(index) + " of a host function is not of type " +
                  to_string(type));
}

bool fail(Caller& caller, Error error) {
    detail::fail_host_call(caller, std::move(error));
    return false;
}

/// The same with results that hold references, which may not be those of another store.
struct RefHostFunc final : HostFunc {
    detail::HostThunk thunk = nullptr;
    std::shared_ptr<void> owner;
    const StoreData* store = nullptr;
    const FuncType* type = nullptr;  ///< in the type registry
};

bool ref_entry(void* env, Caller& caller, Slot* slots) {
    const RefHostFunc& f = *static_cast<RefHostFunc*>(env);
    if (!f.thunk(f.owner.get(), caller, slots)) return false;
    const std::vector<ValType>& results = f.type->results;
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (results[i].is_ref() && !f.store->ref_fits(*slots, results[i])) {
            return fail(caller, bad_result(i, results[i]));
        }
        slots += results[i].slots();
    }
    return true;
}

/// A host function called with Vals.
struct DynamicHostFunc final : HostFunc {
    using Guard = Result<void> (*)(Func::Callback&, Caller&, std::span<const Val>, std::span<Val>);
    Func::Callback callback;
    Guard guard = nullptr;
    const StoreData* store = nullptr;
    const FuncType* type = nullptr;  ///< in the type registry
};

/// Vals of one call: on the native stack if there are few of them.
class ValBuffer {
  public:
    explicit ValBuffer(std::size_t n) : size_(n) {
        if (n > few_.size()) many_.resize(n);
    }
    [[nodiscard]] std::span<Val> span() {
        return {size_ > few_.size() ? many_.data() : few_.data(), size_};
    }

  private:
    std::size_t size_;
    std::array<Val, 12> few_;
    std::vector<Val> many_;
};

bool dynamic_entry(void* env, Caller& caller, Slot* slots) {
    DynamicHostFunc& f = *static_cast<DynamicHostFunc*>(env);
    const std::vector<ValType>& params = f.type->params;
    const std::vector<ValType>& results = f.type->results;
    ValBuffer buffer(params.size() + results.size());
    const std::span<Val> args = buffer.span().first(params.size());
    const std::span<Val> out = buffer.span().last(results.size());
    const Slot* in = slots;
    for (std::size_t i = 0; i < params.size(); ++i) {
        args[i] = api::load_val(in, params[i]);
        in += params[i].slots();
    }
    for (std::size_t i = 0; i < results.size(); ++i) out[i] = Val::from_bits(results[i], 0);

    Result<void> done = f.guard(f.callback, caller, args, out);
    if (!done) return fail(caller, std::move(done).error());
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (!api::fits(*f.store, out[i], results[i]))
            return fail(caller, bad_result(i, results[i]));
        api::store_val(slots, out[i]);
        slots += results[i].slots();
    }
    return true;
}

const FuncType& type_of_func(const StoreData& store, u32 addr) {
    return store.types().get(store.funcs[addr].type).sub.func;
}

bool has_ref(const std::vector<ValType>& types) {
    for (const ValType t : types) {
        if (t.is_ref()) return true;
    }
    return false;
}

}  // namespace

// ---- host functions -----------------------------------------------------------------------------

Result<Func> Func::create_raw(Store& store, const FuncType& type, detail::HostThunk thunk,
                              std::shared_ptr<void> env) {
    StoreData* data = store.data();
    if (data == nullptr) return misuse("the store was moved from");
    Result<TypeId> id = store.engine().type_id(type);
    if (!id) return std::move(id).error();
    std::shared_ptr<HostFunc> host;
    if (has_ref(type.results)) {
        auto made = std::make_shared<RefHostFunc>();
        made->entry = ref_entry;
        made->env = made.get();
        made->thunk = thunk;
        made->owner = std::move(env);
        made->store = data;
        made->type = &data->types().get(*id).sub.func;
        host = std::move(made);
    } else {
        auto made = std::make_shared<RawHostFunc>();
        made->entry = thunk;
        made->env = env.get();
        made->owner = std::move(env);
        host = std::move(made);
    }
    Result<u32> addr = data->add_host_func(*id, std::move(host));
    if (!addr) return std::move(addr).error();
    return make_handle<Func>(*data, *addr);
}

Result<Func> Func::create_guarded(Store& store, const FuncType& type, Callback callback,
                                  Guard guard) {
    StoreData* data = store.data();
    if (data == nullptr) return misuse("the store was moved from");
    if (!callback) return misuse("the callback is empty");
    Result<TypeId> id = store.engine().type_id(type);
    if (!id) return std::move(id).error();
    auto host = std::make_shared<DynamicHostFunc>();
    host->entry = dynamic_entry;
    host->env = host.get();
    host->store = data;
    host->callback = std::move(callback);
    host->guard = guard;
    host->type = &data->types().get(*id).sub.func;
    Result<u32> addr = data->add_host_func(*id, std::move(host));
    if (!addr) return std::move(addr).error();
    return make_handle<Func>(*data, *addr);
}

// ---- calls --------------------------------------------------------------------------------------

namespace {

// What raw_call returns, beside the values of ExecStatus; done is 0.
constexpr int kBadHandle = 100;
constexpr int kBadType = 101;
constexpr int kBadRef = 102;
constexpr int kStackFull = 103;
static_assert(static_cast<int>(ExecStatus::done) == 0);

/// Few words as a rule.
WASMI_ALWAYS_INLINE void copy_slots(Slot* to, const Slot* from, u32 n) {
    for (const Slot* const end = from + n; from != end; ++from, ++to) {
        *to = *from;
        __asm__("" : "+r"(to));  // or it becomes vector code with a long run-up
    }
}

bool refs_fit(const StoreData& store, const std::vector<ValType>& types, const Slot* slots) {
    for (const ValType type : types) {
        if (type.is_ref() && !store.ref_fits(*slots, type)) return false;
        slots += type.slots();
    }
    return true;
}

}  // namespace

Func::RawEnd Func::raw_call(Store& store, const std::uint64_t* slots, std::uint32_t in,
                            std::uint32_t most, TypeId type) const noexcept {
    StoreData* data = store.data();
    if (WASMI_UNLIKELY(!api::is_func(data, *this))) return {kBadHandle, nullptr};
    if (WASMI_UNLIKELY(data->funcs[addr].type != type)) return {kBadType, nullptr};
    Slot* const base = begin_call(data->ctx, most);
    if (WASMI_UNLIKELY(base == nullptr)) return {kStackFull, nullptr};
    copy_slots(base, slots, in);
    return {static_cast<int>(run_call(*data, addr, base)), base};
}

Func::RawEnd Func::raw_call_checked(Store& store, const std::uint64_t* slots, std::uint32_t in,
                                    std::uint32_t most, TypeId type) const noexcept {
    StoreData* data = store.data();
    if (!api::is_func(data, *this)) return {kBadHandle, nullptr};
    if (data->funcs[addr].type != type) return {kBadType, nullptr};
    if (!refs_fit(*data, type_of_func(*data, addr).params, slots)) return {kBadRef, nullptr};
    return raw_call(store, slots, in, most, type);
}

Error Func::raw_call_error(Store& store, int status) const {
    switch (status) {
        case kBadHandle:
            return bad_handle(store.data(), *this, "function");
        case kBadType:
            return misuse("the function does not have the signature of this handle");
        case kBadRef:
            return misuse("an argument is a reference of another store");
        case kStackFull:
            return Error::from_trap(TrapCode::call_stack_exhausted);
        default:
            return take_error(*store.data(), static_cast<ExecStatus>(status));
    }
}

void Func::hold_raw_refs(Store& store, const std::uint64_t* slots) const {
    StoreData& data = *store.data();
    for (const ValType type : type_of_func(data, addr).results) {
        api::hold_ref(data, type, *slots);
        slots += type.slots();
    }
}

Result<void> Func::call(Store& store, std::span<const Val> args, std::span<Val> results) const {
    StoreData* data = store.data();
    if (!api::is_func(data, *this)) return bad_handle(data, *this, "function");
    const FuncType& type = type_of_func(*data, addr);
    if (args.size() != type.params.size() || results.size() != type.results.size()) {
        return misuse("the function has type " + to_string(type) + "; called with " +
                      std::to_string(args.size()) + " arguments, room for " +
                      std::to_string(results.size()) + " results");
    }
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (!api::fits(*data, args[i], type.params[i])) {
            return misuse("argument " + std::to_string(i) + " is " + to_string(args[i].type()) +
                          ", or of another store; the function has type " + to_string(type));
        }
    }
    Slot* const base = begin_call(data->ctx, slots_of(data->funcs[addr]).most());
    if (base == nullptr) return Error::from_trap(TrapCode::call_stack_exhausted);
    Slot* in = base;
    for (const Val& arg : args) {
        api::store_val(in, arg);
        in += arg.type().slots();
    }
    const ExecStatus status = run_call(*data, addr, base);
    if (status != ExecStatus::done) return take_error(*data, status);
    const Slot* out = base;
    for (std::size_t i = 0; i < results.size(); ++i) {
        results[i] = api::load_val(out, type.results[i]);
        api::hold_ref(*data, type.results[i], *out);
        out += type.results[i].slots();
    }
    return {};
}

// ---- types and references -----------------------------------------------------------------------

Result<FuncType> Func::type(const Store& store) const {
    if (!api::is_func(store.data(), *this)) return bad_handle(store.data(), *this, "function");
    return type_of_func(*store.data(), addr);
}

Result<TypeId> Func::type_id(const Store& store) const {
    if (!api::is_func(store.data(), *this)) return bad_handle(store.data(), *this, "function");
    return store.data()->funcs[addr].type;
}

Result<Val> Func::to_ref(const Store& store) const {
    if (!api::is_func(store.data(), *this)) return bad_handle(store.data(), *this, "function");
    return Val(ValType::ref_to(store.data()->funcs[addr].type, false), Ref{func_ref(addr)});
}

Result<Func> Func::from_ref(const Store& store, Ref ref) {
    const StoreData* data = store.data();
    if (data == nullptr) return misuse("the store was moved from");
    if (ref.is_null()) return misuse("the function reference is null");
    if (ref.bits > data->funcs.size()) return misuse("the store has no such function reference");
    return make_handle<Func>(*data, func_addr_of(ref.bits));
}

// ---- Caller -------------------------------------------------------------------------------------

namespace detail {

void fail_host_call(Caller& caller, Error error) {
    caller.store_->ctx.host_error = std::make_unique<Error>(std::move(error));
}

}  // namespace detail

Store& Caller::store() const noexcept { return *static_cast<Store*>(store_->handle); }

/// The instance whose code called the host; null if the host called itself.
ModuleInstance* Caller::running() const noexcept { return store_->ctx.instance; }

Result<Instance> Caller::instance() const {
    if (running() == nullptr) return misuse("the host called this function directly");
    return make_handle<Instance>(*store_, running()->addr);
}

std::span<std::byte> Caller::memory() const noexcept {
    if (running() == nullptr || running()->main_memory == nullptr) return {};
    const MemoryInstance& memory = *running()->main_memory;
    return std::as_writable_bytes(
        std::span<u8>(memory.data, static_cast<std::size_t>(memory.load_size())));
}

}  // namespace wasmi
