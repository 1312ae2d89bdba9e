// Stands in for the parts of the library that are not there yet, so that what uses them links and
// host functions can be called. Weak: the real definitions win. To be deleted with the last of
// them.
#include "core/executor/executor.hpp"
#include "core/types/module.hpp"

#define WEAK __attribute__((weak))

namespace wasmi::core {

WEAK ExecContext::~ExecContext() { delete[] stack; }
WEAK bool ExecContext::allocate_stack(u64 bytes) {
    stack = new u8[bytes];
    stack_bytes = bytes;
    entry_base = stack;
    stack_end = stack + bytes;
    return true;
}
WEAK Result<void> prepare_module(ModuleData&) { return {}; }
WEAK Slot* begin_call(ExecContext& ctx, u32 slots) noexcept {
    if (static_cast<std::size_t>(ctx.stack_end - ctx.entry_base) / sizeof(Slot) < slots) {
        return nullptr;
    }
    return reinterpret_cast<Slot*>(ctx.entry_base);
}
WEAK ExecStatus invoke(ExecContext& ctx, u32 addr, Slot* base) noexcept {
    if (ctx.funcs[addr].host == nullptr || ctx.nesting >= ctx.max_nesting) {
        ctx.trap =
            ctx.nesting >= ctx.max_nesting ? TrapCode::call_stack_exhausted : TrapCode::unreachable;
        return ExecStatus::trap;
    }
    HostFunc& host = *ctx.funcs[addr].host;
    const u32 slots = host.param_slots > host.result_slots ? host.param_slots : host.result_slots;
    u8* const before = ctx.entry_base;
    ctx.entry_base = reinterpret_cast<u8*>(base + slots);
    ++ctx.nesting;
    const bool done = host.entry(ctx, host, nullptr, base);
    --ctx.nesting;
    ctx.entry_base = before;
    if (!done) return ExecStatus::host_error;
    return ctx.stop.load(std::memory_order_relaxed) < 0 ? ExecStatus::interrupted
                                                        : ExecStatus::done;
}
WEAK void set_fuel(ExecContext& ctx, std::optional<u64> fuel) noexcept {
    ctx.fuel_limited = fuel.has_value();
    ctx.fuel_left = fuel.value_or(0);
}
WEAK std::optional<u64> fuel(const ExecContext& ctx) noexcept {
    if (!ctx.fuel_limited) return std::nullopt;
    return ctx.fuel_left;
}
WEAK u64 fuel_consumed(const ExecContext& ctx) noexcept { return ctx.fuel_consumed; }

WEAK std::string ModuleData::function_name(u32) const { return {}; }
WEAK std::string ModuleData::module_name() const { return {}; }

}  // namespace wasmi::core
