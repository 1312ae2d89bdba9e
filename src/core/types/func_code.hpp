// FuncCode: the callable side of one function, owned by its module and shared by its instances.
// Calls read it; the translator fills `entry` at the first call.
#pragma once

#include "core/types/basics.hpp"

#include <atomic>

namespace wasmi::core {

class ModuleData;

/// What a call leaves for the return. Links are no part of frames: they begin at the end of the
/// guest stack and grow towards the frames. So their place does not depend on the code that
/// returns, and the processor knows early where to go on.
struct Link {
    const u8* return_ip;
    u64 distance;  ///< from the caller's frame to this one, in bytes
};

/// Calls of functions with a frame of at most so many bytes look only at where the frame begins:
/// see ExecContext::frame_limit.
inline constexpr u32 kSmallFrame = 1024;

struct FuncCode {
    std::atomic<const u8*> entry{nullptr};  ///< register code; the "translate me" stub at first
    u64 stub = 0;         ///< header of the stub that `entry` points to until then
    i64 entry_cost = 0;   ///< fuel of one call
    u32 frame_bytes = 0;  ///< from the frame pointer: locals, operands; covers the results
    u32 local_bytes = 0;  ///< size of the parameters and locals
    u32 param_bytes = 0;  ///< size of the parameters: from here to local_bytes is zeroed
    u32 result_bytes = 0;
    u32 func_index = 0;  ///< in the module's function index space
    ModuleData* module = nullptr;
};

}  // namespace wasmi::core
