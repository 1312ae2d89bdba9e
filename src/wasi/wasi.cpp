// add_wasi: the functions of WASI as host functions of a store.
// Spec: wasi preview1, module wasi_snapshot_preview1.
#include "wasi/abi/functions.hpp"

#include <wasmi/wasi.hpp>

namespace wasmi {

namespace {

constexpr std::string_view kModule = "wasi_snapshot_preview1";

FuncType type_of(const wasi::Function& function) {
    FuncType type;
    for (const char c : function.params) {
        type.params.push_back(c == 'l' ? ValType::i64 : ValType::i32);
    }
    if (function.returns) type.results.push_back(ValType::i32);
    return type;
}

/// What the functions of one store work on.
struct Bound {
    std::shared_ptr<wasi::Env> env;  ///< other stores may share it
    wasi::Interrupts interrupts;
};

bool answer(Bound& bound, Caller& caller, std::uint64_t* slots, const wasi::Function& function) {
    bound.interrupts.enter(caller.store());
    const wasi::Gate::Entry entry(bound.env->vfs().gate(), &bound.interrupts);
    wasi::Call call{*bound.env, wasi::GuestMemory(caller.memory()), caller.store().deadline()};
    const wasi::Errno end = function.invoke(call, slots);
    switch (end) {
        case wasi::Errno::exit_:
            detail::fail_host_call(caller, Error::from_exit(call.exit_code));
            return false;
        case wasi::Errno::deadline_:
            detail::fail_host_call(
                caller, Error(ErrorKind::deadline, "the deadline passed while the guest waited"));
            return false;
        case wasi::Errno::interrupted_:
            detail::fail_host_call(caller, Error(ErrorKind::interrupted, "interrupted"));
            return false;
        case wasi::Errno::stopped_:
            detail::fail_host_call(caller,
                                   Error(ErrorKind::interrupted, "the program ended meanwhile"));
            return false;
        default:
            slots[0] = static_cast<std::uint64_t>(end);
            return true;
    }
}

/// One host function for each row of the table, because a thunk knows nothing but its environment.
template <std::size_t kIndex>
bool thunk(void* env, Caller& caller, std::uint64_t* slots) {
    return answer(*static_cast<Bound*>(env), caller, slots, wasi::functions()[kIndex]);
}

template <std::size_t... I>
Result<void> define_all(Linker& linker, const std::shared_ptr<wasi::Env>& env,
                        std::index_sequence<I...>) {
    static constexpr detail::HostThunk kThunks[] = {&thunk<I>...};
    const auto bound = std::make_shared<Bound>(Bound{env, {}});
    for (std::size_t i = 0; i < sizeof...(I); ++i) {
        const wasi::Function& function = wasi::functions()[i];
        Result<Func> func = Func::create_raw(linker.store(), type_of(function), kThunks[i], bound);
        if (!func) return std::move(func).error();
        Result<void> defined = linker.define(kModule, function.name, *func);
        if (!defined) return defined;
    }
    return {};
}

constexpr std::size_t kFunctionCount = 0
#define WASI_CALL(name, params, group) +1
#include "wasi/preview1.def"
#undef WASI_CALL
    ;

}  // namespace

Result<void> wasi::define_functions(Linker& linker, const std::shared_ptr<Env>& env) {
    return define_all(linker, env, std::make_index_sequence<kFunctionCount>());
}

Result<void> add_wasi(Linker& linker, const WasiConfig& config) {
    Result<std::shared_ptr<wasi::Env>> env = wasi::Env::create(config);
    if (!env) return std::move(env).error();
    return wasi::define_functions(linker, *env);
}

}  // namespace wasmi
