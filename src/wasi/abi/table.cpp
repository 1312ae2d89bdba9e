// The table of the functions, made from preview1.def.
// Spec: wasi preview1, module wasi_snapshot_preview1.
#include "wasi/abi/functions.hpp"

#include <type_traits>
#include <utility>

namespace wasmi::wasi {

namespace {

template <class Signature>
struct Adapter;
template <class... Args>
struct Adapter<Errno (*)(Call&, Args...)> {
    /// Whether the row of the table and the function agree.
    static constexpr bool matches(std::string_view params) {
        if (params.size() != sizeof...(Args)) return false;
        std::size_t i = 0;
        return ((params[i++] == (std::is_same_v<Args, u64> ? 'l' : 'i')) && ... && true);
    }
    template <Errno (*kFunction)(Call&, Args...)>
    static Errno invoke(Call& call, const u64* slots) {
        return invoke<kFunction>(call, slots, std::index_sequence_for<Args...>{});
    }

  private:
    template <Errno (*kFunction)(Call&, Args...), std::size_t... I>
    static Errno invoke(Call& call, [[maybe_unused]] const u64* slots, std::index_sequence<I...>) {
        return kFunction(call, static_cast<Args>(slots[I])...);
    }
};

#define WASI_CALL(name, params, group)                                  \
    static_assert(Adapter<decltype(&abi::name)>::matches(params), #name \
                  ": row and function "                                 \
                  "disagree");
#include "wasi/preview1.def"
#undef WASI_CALL

constexpr Function kFunctions[] = {
#define WASI_CALL(name, params, group)                      \
    {#name, params, std::string_view(#name) != "proc_exit", \
     &Adapter<decltype(&abi::name)>::invoke<&abi::name>},
#include "wasi/preview1.def"
#undef WASI_CALL
};

}  // namespace

std::span<const Function> functions() { return kFunctions; }

}  // namespace wasmi::wasi
