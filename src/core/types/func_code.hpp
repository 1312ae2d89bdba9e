// FuncCode: the callable side of one function, owned by its module and shared by its instances.
// Calls read it; the translator fills `entry` at the first call.
#pragma once

#include "core/types/basics.hpp"

#include <atomic>

namespace wasmi::core {

class ModuleData;

/// Words between the locals and the operand area of a frame: the return address and the
/// caller's distance in bytes.
inline constexpr u32 kLinkSlots = 2;

/// Calls of functions with a frame of at most so many bytes look only at where the frame begins:
/// the stack ends with a reserve of that size.
inline constexpr u32 kSmallFrame = 1024;

struct FuncCode {
    std::atomic<const u8*> entry{nullptr};  ///< register code; the "translate me" stub at first
    u64 stub = 0;         ///< header of the stub that `entry` points to until then
    i64 entry_cost = 0;   ///< fuel of one call
    u32 frame_bytes = 0;  ///< from the frame pointer: locals, link, operands; covers the results
    u32 link_bytes = 0;   ///< offset of the link words = size of the locals
    u32 param_bytes = 0;  ///< size of the parameters: locals from here to link_bytes are zeroed
    u32 result_bytes = 0;
    u32 func_index = 0;  ///< in the module's function index space
    ModuleData* module = nullptr;
};

}  // namespace wasmi::core
