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

/// The header words of this build. Defined by the wrapping.
[[nodiscard]] const CodeTarget& code_target() noexcept;
/// The header words of the stubs, in the order of StubKind: handlers, whatever their type is.
using StubHeader = void (*)();
extern const StubHeader kStubs[4];
/// A stub as code.
[[nodiscard]] inline const u8* stub_code(StubKind kind) noexcept {
    return reinterpret_cast<const u8*>(kStubs + static_cast<std::size_t>(kind));
}

/// Makes `instance` the current one: refreshes the cached pointers and memory 0.
void switch_instance(ExecContext& ctx, ModuleInstance* instance) noexcept;
/// Refreshes what a host function or memory.grow may have changed.
inline void refresh_memory(ExecContext& ctx) noexcept {
    ctx.mem_size = __atomic_load_n(ctx.live_mem_size, __ATOMIC_ACQUIRE);
    ctx.mem_data = *ctx.live_mem_data;
}

/// False if the call was interrupted.
[[nodiscard]] inline bool go_on(ExecContext& ctx) noexcept {
    if (WASMI_LIKELY(ctx.stop.load(std::memory_order_acquire) >= 0)) return true;
    ctx.status = ExecStatus::interrupted;
    return false;
}
/// The slice is used up. True: go on with a new one.
[[nodiscard]] bool poll(ExecContext& ctx) noexcept;
/// Ends the call with a trap. `ip` is the position of the trapping instruction.
void raise_trap(ExecContext& ctx, const u8* ip, TrapCode code) noexcept;
/// Whether the function may be called as one of that type; else traps.
[[nodiscard]] bool check_type(ExecContext& ctx, const FuncInstance& f, TypeId type,
                              const u8* position) noexcept;
/// Enters a guest function of any instance. Where to go on, or null.
[[nodiscard]] const u8* enter_across(ExecContext& ctx, const FuncInstance& f, u64 distance,
                                     const u8* return_ip) noexcept;
/// The end of a host function that failed.
void host_call_failed(ExecContext& ctx, const u8* position) noexcept;
/// Calls a host function from guest code. Arguments and results at `base`. False: leave.
[[nodiscard]] WASMI_ALWAYS_INLINE bool call_host(ExecContext& ctx, const HostFunc& host, u8* base,
                                                 const u8* position) noexcept {
    if (WASMI_UNLIKELY(base + host.frame_bytes > newest_link(ctx.frame_limit))) {
        raise_trap(ctx, position, TrapCode::call_stack_exhausted);
        return false;
    }
    ctx.entry_base = base + host.frame_bytes;
    const std::size_t held = ctx.held_refs.size();
    const bool ok = host.entry(host.env, *ctx.caller, reinterpret_cast<Slot*>(base));
    if (WASMI_UNLIKELY(ctx.held_refs.size() > held)) ctx.held_refs.resize(held);
    if (WASMI_UNLIKELY(!ok)) {
        host_call_failed(ctx, position);
        return false;
    }
    if (WASMI_UNLIKELY(!go_on(ctx))) return false;
    refresh_memory(ctx);
    return true;
}
/// Returns to the calling instance; the frame is popped already. Where to go on.
[[nodiscard]] const u8* return_across(ExecContext& ctx) noexcept;
/// Translates the function whose stub is at `ip`. Its entry, or null.
[[nodiscard]] const u8* translate_entry(ExecContext& ctx, const u8* ip) noexcept;

/// Makes a complete frame for guest function `f` at ctx.fp + distance, and its link, and enters it;
/// ctx.fp moves. Null and a trap if the stack is exhausted. `position` is for the trap.
[[nodiscard]] const u8* enter_function(ExecContext& ctx, const FuncCode& f, u64 distance,
                                       const u8* return_ip, const u8* position) noexcept;
/// The same without a call.
[[nodiscard]] WASMI_ALWAYS_INLINE const u8* enter_function_here(ExecContext& ctx, const FuncCode& f,
                                                                u64 distance, const u8* return_ip,
                                                                const u8* position) noexcept {
    u8* const frame = ctx.fp + distance;
    u8* const limit = ctx.frame_limit;
    if (WASMI_UNLIKELY(frame + f.frame_bytes > new_link(limit))) {
        raise_trap(ctx, position, TrapCode::call_stack_exhausted);
        return nullptr;
    }
    if (f.local_bytes != f.param_bytes) {  // a call of memset costs more than the rest of this
        std::memset(frame + f.param_bytes, 0, f.local_bytes - f.param_bytes);
    }
    store_raw(new_link(limit), Link{return_ip, distance});
    ctx.frame_limit = limit - sizeof(Link);
    ctx.fp = frame;
    if (charge(ctx.budget, f.entry_cost) && !poll(ctx)) return nullptr;
    return f.entry.load(std::memory_order_acquire);
}

/// The frames of the running call from the host, from the innermost outwards.
struct FrameWalk {
    const u8* ip;  ///< in the code of the frame
    u8* fp;
    u8* frame_limit;
    ModuleInstance* instance;
    std::size_t cross;  ///< ExecContext::cross_frames that the frames from here outwards need

    FrameWalk(const ExecContext& ctx, const u8* at) noexcept
        : ip(at),
          fp(ctx.fp),
          frame_limit(ctx.frame_limit),
          instance(ctx.instance),
          cross(ctx.cross_frames.size()) {}
    /// Goes to the caller. False: it is the host.
    [[nodiscard]] bool leave(const ExecContext& ctx) noexcept;
};

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
