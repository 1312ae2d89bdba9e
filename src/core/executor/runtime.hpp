// What handlers call when they leave the fast path, for every wrapping; and the stubs.
// These are ordinary C++ functions. The frame pointer travels in ctx.fp.
#pragma once

#include "core/executor/executor.hpp"
#include "core/executor/regs.hpp"
#include "core/translator/target.hpp"

namespace wasmi::core {

/// Stubs stand where code is expected: a header word and nothing else.
enum class StubKind : u8 {
    leave,         ///< return address of a call from the host
    cross_return,  ///< return address of a call from another instance
    host_return,   ///< after a tail call of a host function: spill[2] results, spill[3] address
    translate,     ///< entry of a function that has not been translated
};
inline constexpr u32 kNumStubs = 4;

/// The header words of this build. Defined by the wrapping.
[[nodiscard]] const CodeTarget& code_target() noexcept;
[[nodiscard]] u64 stub_header(StubKind kind) noexcept;
[[nodiscard]] const u8* leave_stub() noexcept;
[[nodiscard]] const u8* cross_return_stub() noexcept;
[[nodiscard]] const u8* host_return_stub() noexcept;

/// Runs code at `ip` in frame ctx.fp until it leaves; the outcome is in ctx.status.
/// Defined by the wrapping.
void run_code(ExecContext& ctx, const u8* ip);

/// Makes `instance` the current one: refreshes the cached pointers and memory 0.
void switch_instance(ExecContext& ctx, ModuleInstance* instance) noexcept;
/// Refreshes what a host function or memory.grow may have changed.
void refresh_memory(ExecContext& ctx) noexcept;

/// False if the call was interrupted.
[[nodiscard]] bool go_on(ExecContext& ctx) noexcept;
/// The slice is used up. True: go on with a new one.
[[nodiscard]] bool poll(ExecContext& ctx) noexcept;
/// Ends the call with a trap. `ip` is the position of the trapping instruction.
void raise_trap(ExecContext& ctx, const u8* ip, TrapCode code) noexcept;
/// Calls funcs[addr], which is of the host or of another instance, or needs a subtype check.
/// Arguments at ctx.fp + spill[0]; expected type in spill[1]. Where to go on, or null.
[[nodiscard]] const u8* call_outside(ExecContext& ctx, const u8* return_ip, u32 addr) noexcept;
/// Returns to the calling instance; the frame is popped already. Where to go on.
[[nodiscard]] const u8* return_across(ExecContext& ctx) noexcept;
/// Translates the function whose stub is at `ip`. Its entry, or null.
[[nodiscard]] const u8* translate_entry(ExecContext& ctx, const u8* ip) noexcept;

/// Makes a complete frame for guest function `f` at ctx.fp + distance and enters it; ctx.fp moves.
/// Null and a trap if the stack is exhausted. `position` is for the trap.
[[nodiscard]] const u8* enter_function(ExecContext& ctx, const FuncCode& f, u64 distance,
                                       const u8* return_ip, const u8* position) noexcept;

/// Finds the handler of an exception thrown at `ip`; the frame becomes that of the handler.
/// Null if none of this call catches it.
[[nodiscard]] const u8* unwind(ExecContext& ctx, const u8* ip, TagInstance* tag,
                               std::vector<Slot> fields, u64 ref) noexcept;

/// A new exception instance as a reference word; null if the store's limit is reached. May collect.
/// `stack_top`: end of the frame of the throwing function.
[[nodiscard]] u64 allocate_exception(ExecContext& ctx, TagInstance* tag, std::vector<Slot> fields,
                                     const u8* stack_top);

/// Frames from `ip` in ctx.fp outwards, into ctx.backtrace.
void collect_backtrace(ExecContext& ctx, const u8* ip) noexcept;

}  // namespace wasmi::core
