// Call: one call of a WASI function, and the table of the functions.
// Spec: wasi preview1, module wasi_snapshot_preview1.
#pragma once

#include "wasi/abi/guest_memory.hpp"
#include "wasi/env.hpp"

#include <span>
#include <string_view>

namespace wasmi::wasi {

struct Call {
    Env& env;
    GuestMemory memory;
    Deadline deadline;
    u32 exit_code = 0;  ///< meaningful with Errno::exit_
};

/// A function as the guest sees it. `invoke` takes its parameters from slots, as the executor has
/// them: low bytes first, i32 in the low half.
struct Function {
    std::string_view name;
    std::string_view params;  ///< i = i32, l = i64
    bool returns;             ///< an errno as i32
    Errno (*invoke)(Call& call, const u64* slots);
};

/// Defines all functions in the linker, for a guest that sees `env`; stores may share it.
[[nodiscard]] Result<void> define_functions(Linker& linker, const std::shared_ptr<Env>& env);

/// All functions, in the order of preview1.def.
[[nodiscard]] std::span<const Function> functions();

}  // namespace wasmi::wasi
