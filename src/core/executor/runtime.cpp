// The run-time side of handlers: polls, traps, calls that leave the instance, translation.
// Spec: exec/instructions (calls), exec/runtime.
#include "core/executor/runtime.hpp"

#include "core/translator/translator.hpp"
#include "core/validator/validator.hpp"

#include <algorithm>
#include <cstddef>

namespace wasmi::core {

namespace {

/// Deadlines and interrupts are looked at this often, in instructions: every few tens of
/// microseconds.
constexpr i64 kSlice = 100'000;

/// Fuel that the current slice does not hold goes back; the slice becomes empty.
void close_slice(ExecContext& ctx) {
    ctx.fuel_consumed += static_cast<u64>(ctx.slice - ctx.budget);
    if (ctx.fuel_limited && ctx.budget > 0) ctx.fuel_left += static_cast<u64>(ctx.budget);
    ctx.slice = ctx.budget = ctx.budget < 0 ? ctx.budget : 0;
}

void open_slice(ExecContext& ctx) {
    i64 size = kSlice;
    if (ctx.fuel_limited) {
        size = static_cast<i64>(std::min<u64>(u64{kSlice}, ctx.fuel_left));
        ctx.fuel_left -= static_cast<u64>(size);
    }
    ctx.slice = ctx.budget = size;
}

}  // namespace

// ---- fuel ---------------------------------------------------------------------------------------

void set_fuel(ExecContext& ctx, std::optional<u64> fuel) noexcept {
    close_slice(ctx);
    ctx.fuel_limited = fuel.has_value();
    // Slices are signed; a limit beyond 2^62 is as good as that.
    ctx.fuel_left = std::min<u64>(fuel.value_or(0), u64{1} << 62);
    ctx.slice = ctx.budget = 0;
    open_slice(ctx);
}

std::optional<u64> fuel(const ExecContext& ctx) noexcept {
    if (!ctx.fuel_limited) return std::nullopt;
    return ctx.fuel_left + static_cast<u64>(std::max<i64>(ctx.budget, 0));
}

u64 fuel_consumed(const ExecContext& ctx) noexcept {
    return ctx.fuel_consumed + static_cast<u64>(ctx.slice - ctx.budget);
}

bool poll(ExecContext& ctx) noexcept {
    if (!go_on(ctx)) return false;
    // The charge that emptied the slice may be paid from the rest.
    const i64 owed = -ctx.budget;
    ctx.fuel_consumed += static_cast<u64>(ctx.slice);
    if (ctx.fuel_limited) {
        if (static_cast<u64>(owed) > ctx.fuel_left) {
            ctx.fuel_consumed += ctx.fuel_left;
            ctx.fuel_left = 0;
            ctx.slice = ctx.budget = 0;
            ctx.status = ExecStatus::out_of_fuel;
            return false;
        }
        ctx.fuel_left -= static_cast<u64>(owed);
    }
    ctx.fuel_consumed += static_cast<u64>(owed);
    ctx.slice = ctx.budget = 0;
    if (ctx.has_deadline && steady_now_ns() >= ctx.deadline_ns) {
        ctx.status = ExecStatus::deadline;
        return false;
    }
    open_slice(ctx);
    return true;
}

// ---- instances ----------------------------------------------------------------------------------

void switch_instance(ExecContext& ctx, ModuleInstance* instance) noexcept {
    ctx.instance = instance;
    if (instance != nullptr) {
        ctx.own_globals = instance->own_globals.get();
        ctx.globals = instance->globals.data();
        ctx.tables = instance->tables.data();
        ctx.func_addrs = instance->func_addrs.data();
    }
    static constexpr u8* kNoData = nullptr;
    static constexpr u64 kNoSize = 0;
    ctx.live_mem_data = &kNoData;
    ctx.live_mem_size = &kNoSize;
    if (instance != nullptr && !instance->memories.empty()) {
        ctx.live_mem_data = &instance->memories[0]->data;
        ctx.live_mem_size = &instance->memories[0]->size;
    }
    refresh_memory(ctx);
}

void raise_trap(ExecContext& ctx, const u8* ip, TrapCode code) noexcept {
    ctx.status = ExecStatus::trap;
    ctx.trap = code;
    if (code != TrapCode::uninitialized_element) ctx.trap_detail = ~u64{0};
    collect_backtrace(ctx, ip);
}

// ---- calls --------------------------------------------------------------------------------------

const u8* enter_function(ExecContext& ctx, const FuncCode& f, u64 distance, const u8* return_ip,
                         const u8* position) noexcept {
    return enter_function_here(ctx, f, distance, return_ip, position);
}

void host_call_failed(ExecContext& ctx, const u8* position) noexcept {
    ctx.status = ExecStatus::host_error;
    collect_backtrace(ctx, position);
}

bool check_type(ExecContext& ctx, const FuncInstance& f, TypeId type, const u8* position) noexcept {
    if (f.type == type || ctx.types->is_subtype(f.type, type)) return true;
    raise_trap(ctx, position, TrapCode::indirect_call_type_mismatch);
    return false;
}

const u8* enter_across(ExecContext& ctx, const FuncInstance& f, u64 distance,
                       const u8* return_ip) noexcept {
    const bool leaves = f.instance != ctx.instance;
    const u8* next =
        enter_function(ctx, *f.code, distance,
                       leaves ? stub_code(StubKind::cross_return) : return_ip, return_ip - 1);
    if (next == nullptr || !leaves) return next;
    ctx.cross_frames.push_back({return_ip, ctx.instance});
    switch_instance(ctx, f.instance);
    return next;
}

const u8* return_across(ExecContext& ctx) noexcept {
    const ExecContext::CrossFrame back = ctx.cross_frames.back();
    ctx.cross_frames.pop_back();
    switch_instance(ctx, back.instance);
    return back.return_ip;
}

// ---- translation --------------------------------------------------------------------------------

namespace {

constexpr std::size_t kLargeFunction = std::size_t{1} << 20;  ///< bytes of register code

/// Translates a function unless another thread has; its entry, or null and an error.
Result<const u8*> translate_now(FuncCode& f) {
    ModuleData& module = *f.module;
    const std::lock_guard lock(module.translate_mutex);
    const u8* entry = f.entry.load(std::memory_order_acquire);
    if (entry != reinterpret_cast<const u8*>(&f.stub)) return entry;
    const u32 defined = f.func_index - module.num_imported_funcs;
    if (!module.facts[defined].validated) {
        if (Result<void> valid = validate_function(module, defined); !valid) {
            return std::move(valid).error();
        }
    }
    ModuleData::CodeMemory& memory = code_memory_of(module);
    Result<Translation> t = translate_function(module, defined, code_target(), memory.buffers);
    if (!t) return std::move(t).error().at_function(f.func_index);
    const std::size_t size = t->code.size();
    const CodeInfo* info = memory.add(f, std::move(*t));
    // What one huge function needed is not kept for the others.
    if (size > kLargeFunction) memory.buffers = TranslatorBuffers{};
    f.entry.store(info->begin, std::memory_order_release);
    return info->begin;
}

}  // namespace

const u8* translate_entry(ExecContext& ctx, const u8* ip) noexcept {
    auto* f = reinterpret_cast<FuncCode*>(const_cast<u8*>(ip) - offsetof(FuncCode, stub));
    Result<const u8*> entry = translate_now(*f);
    if (entry) return *entry;
    ctx.status = ExecStatus::host_error;
    ctx.host_error = std::make_unique<Error>(std::move(entry).error());
    return nullptr;
}

Result<void> prepare_module(ModuleData& module) {
    const auto count = static_cast<u32>(module.funcs.size());
    module.codes = std::make_unique<FuncCode[]>(count);
    const u64 stub = load_raw<u64>(stub_code(StubKind::translate));
    for (u32 i = 0; i < count; ++i) {
        FuncCode& f = module.codes[i];
        const FuncFacts& facts = module.facts[i];
        const DefinedType& type = module.type_of_func(module.num_imported_funcs + i);
        // Of a function that is not validated yet only the locals are known: enough to make its
        // frame. The operands and the cost are the business of its first instruction, lazy_entry.
        f.frame_bytes = frame_slots(facts, type) * 8;
        f.entry_cost = facts.instructions;
        f.local_bytes = facts.local_slots * 8;
        f.param_bytes = type.param_slots * 8;
        f.result_bytes = type.result_slots * 8;
        f.func_index = module.num_imported_funcs + i;
        f.module = &module;
        f.stub = stub;
        f.entry.store(reinterpret_cast<const u8*>(&f.stub), std::memory_order_relaxed);
    }
    if (module.engine->config.compile == CompileMode::eager) {
        for (u32 i = 0; i < count; ++i) {
            Result<const u8*> entry = translate_now(module.codes[i]);
            if (!entry) return std::move(entry).error();
        }
    }
    return {};
}

}  // namespace wasmi::core
