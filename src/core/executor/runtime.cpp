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

u64 stub_words[kNumStubs];

const u8* stub_code(StubKind kind) {
    static const bool filled = [] {
        for (u32 i = 0; i < kNumStubs; ++i) stub_words[i] = stub_header(static_cast<StubKind>(i));
        return true;
    }();
    (void)filled;
    return reinterpret_cast<const u8*>(&stub_words[static_cast<u32>(kind)]);
}

}  // namespace

const u8* leave_stub() noexcept { return stub_code(StubKind::leave); }
const u8* cross_return_stub() noexcept { return stub_code(StubKind::cross_return); }
const u8* host_return_stub() noexcept { return stub_code(StubKind::host_return); }

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

bool go_on(ExecContext& ctx) noexcept {
    if (WASMI_LIKELY(ctx.stop.load(std::memory_order_acquire) >= 0)) return true;
    ctx.status = ExecStatus::interrupted;
    return false;
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

void refresh_memory(ExecContext& ctx) noexcept {
    ModuleInstance* instance = ctx.instance;
    if (instance != nullptr && !instance->memories.empty()) {
        const MemoryInstance& memory = *instance->memories[0];
        ctx.mem_data = memory.data;
        ctx.mem_size = memory.load_size();
        ctx.live_mem_size = memory.type.is_shared ? &memory.size : &ctx.mem_size;
    } else {
        ctx.mem_data = nullptr;
        ctx.mem_size = 0;
        ctx.live_mem_size = &ctx.mem_size;
    }
}

void switch_instance(ExecContext& ctx, ModuleInstance* instance) noexcept {
    ctx.instance = instance;
    if (instance != nullptr) {
        ctx.own_globals = instance->own_globals.get();
        ctx.globals = instance->globals.data();
        ctx.tables = instance->tables.data();
        ctx.func_addrs = instance->func_addrs.data();
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
    u8* frame = ctx.fp + distance;
    if (f.frame_bytes > static_cast<u64>(ctx.stack_end - frame)) {
        raise_trap(ctx, position, TrapCode::call_stack_exhausted);
        return nullptr;
    }
    if (f.link_bytes != f.param_bytes) {  // a call of memset costs more than the rest of this
        std::memset(frame + f.param_bytes, 0, f.link_bytes - f.param_bytes);
    }
    store_raw<const u8*>(frame + f.link_bytes, return_ip);
    store_raw<u64>(frame + f.link_bytes + 8, distance);
    ctx.fp = frame;
    if (charge(ctx.budget, f.entry_cost) && !poll(ctx)) return nullptr;
    return f.entry.load(std::memory_order_acquire);
}

namespace {

// Apart from calls of guest functions, so that those do not make this one save registers.
WASMI_NOINLINE const u8* call_host(ExecContext& ctx, FuncInstance& f, u8* base,
                                   const u8* return_ip) {
    HostFunc& host = *f.host;
    u8* const frame = ctx.fp;
    if (host.frame_bytes > static_cast<u64>(ctx.stack_end - base)) {
        raise_trap(ctx, return_ip - 1, TrapCode::call_stack_exhausted);
        return nullptr;
    }
    u8* const saved_base = ctx.entry_base;
    ctx.entry_base = base + host.frame_bytes;
    ModuleInstance* const caller = ctx.instance;
    const std::size_t held = ctx.held_refs.size();
    const bool ok = host.entry(ctx, host, caller, reinterpret_cast<Slot*>(base));
    if (ctx.held_refs.size() > held) ctx.held_refs.resize(held);
    ctx.entry_base = saved_base;
    ctx.fp = frame;
    refresh_memory(ctx);
    if (!ok) {
        ctx.status = ExecStatus::host_error;
        collect_backtrace(ctx, return_ip - 1);
        return nullptr;
    }
    return go_on(ctx) ? return_ip : nullptr;
}

}  // namespace

const u8* call_outside(ExecContext& ctx, const u8* return_ip, u32 addr) noexcept {
    FuncInstance& f = ctx.funcs[addr];
    const auto type = static_cast<TypeId>(ctx.spill[1]);
    const u64 distance = ctx.spill[0];
    if (f.type != type && !ctx.types->is_subtype(f.type, type)) {
        raise_trap(ctx, return_ip - 1, TrapCode::indirect_call_type_mismatch);
        return nullptr;
    }
    if (f.host != nullptr) return call_host(ctx, f, ctx.fp + distance, return_ip);
    if (f.instance == ctx.instance) {
        return enter_function(ctx, *f.code, distance, return_ip, return_ip - 1);
    }
    const u8* next = enter_function(ctx, *f.code, distance, cross_return_stub(), return_ip - 1);
    if (next == nullptr) return nullptr;
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
    for (u32 i = 0; i < count; ++i) {
        FuncCode& f = module.codes[i];
        const FuncFacts& facts = module.facts[i];
        const DefinedType& type = module.type_of_func(module.num_imported_funcs + i);
        // Of a function that is not validated yet only the locals are known: enough to make its
        // frame. The operands and the cost are the business of its first instruction, lazy_entry.
        f.frame_bytes = frame_slots(facts, type) * 8;
        f.entry_cost = facts.instructions;
        f.link_bytes = facts.local_slots * 8;
        f.param_bytes = type.param_slots * 8;
        f.result_bytes = type.result_slots * 8;
        f.func_index = module.num_imported_funcs + i;
        f.module = &module;
        f.stub = stub_header(StubKind::translate);
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
