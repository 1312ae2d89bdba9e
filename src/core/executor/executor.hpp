// The executor as the linker and the API see it: run a function on an execution stack.
// Spec: exec/modules (invocation).
#pragma once

#include "core/memory/heap.hpp"
#include "core/memory/instance.hpp"
#include "core/memory/wait_queue.hpp"
#include "core/types/basics.hpp"

#include <wasmi/error.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

namespace wasmi {
class Caller;
}

namespace wasmi::core {

struct ExecContext;

/// How a call ended.
enum class ExecStatus : u8 {
    done,        ///< results are in the slots
    trap,        ///< ExecContext::trap
    exception,   ///< uncaught; ExecContext::exception holds the reference word
    host_error,  ///< ExecContext::host_error: a host function failed, exited, …
    out_of_fuel,
    interrupted,
    deadline,
};

/// Called for host functions: arguments from slots[0], results to slots[0]. Returns false after
/// setting ctx.host_error. The caller is what the API has put into the context.
using HostEntry = bool (*)(void* env, Caller& caller, Slot* slots);

/// A host function as the executor knows it; the API derives its own from it.
struct HostFunc {
    HostEntry entry = nullptr;
    void* env = nullptr;
    u32 param_slots = 0;
    u32 result_slots = 0;
    u64 frame_bytes = 0;  ///< of parameters or results, which lie in the same place
};

/// A caught or thrown exception. Spec: exec/runtime (exception instances).
struct ExceptionInstance {
    TagInstance* tag = nullptr;
    std::vector<Slot> fields;
    bool marked = false;
    bool live = false;
    [[nodiscard]] u64 bytes() const { return sizeof *this + fields.size() * sizeof(Slot); }
};

/// Position of a guest frame, innermost first.
struct FramePosition {
    const FuncCode* func = nullptr;
    ModuleInstance* instance = nullptr;
    u64 offset = 0;  ///< byte offset in the module
};

/// Takes words that may be references.
struct RefVisitor {
    void (*visit)(RefVisitor& self, const u64* words, u64 count);
};

/// References held outside the store and its stack, while it lives: an instantiation under way.
struct RootSource {
    void (*visit)(const RootSource& self, RefVisitor& visitor) = nullptr;
    RootSource* next = nullptr;
};

/// The execution state of a store: the guest stack, the budget, and the pointers that handlers
/// read. One running call at a time (host functions may nest). Fields up to the line are read by
/// handlers; keep them first.
struct ExecContext {
    // Current instance, cached. Reloaded by switch_instance(). Null while a host function runs that
    // the host called.
    ModuleInstance* instance = nullptr;
    GlobalCell* own_globals = nullptr;
    GlobalCell** globals = nullptr;
    u8* mem_data = nullptr;  ///< memory 0
    u64 mem_size = 0;        ///< its size in bytes; of a shared one, as of some time ago
    u8* const* live_mem_data = nullptr;  ///< where both are kept; the size is atomic if shared
    const u64* live_mem_size = nullptr;
    u8* fp = nullptr;          ///< frame, while handlers are not running
    i64 budget = 0;            ///< fuel left in this slice; negative: poll
    std::atomic<i64> stop{0};  ///< negative: an interrupt is pending
    /// The next frame begins here at most: kSmallFrame bytes further comes a new link, then the
    /// others. While handlers run it may be in a register.
    u8* frame_limit = nullptr;
    FuncInstance* funcs = nullptr;  ///< the store's function array; the linker keeps it current
    TableInstance** tables = nullptr;
    u32* func_addrs = nullptr;
    u8* heap_data = nullptr;        ///< heap.data(), kept current by gc_allocate()
    TypeRegistry* types = nullptr;  ///< of the engine
    Slot spill[4] = {};             ///< scratch of handlers that need memory
    // ------------------------------------------------------------------------------------------
    u8* stack = nullptr;  ///< base of the guest stack: frames from here on, links from its end down
    u64 stack_bytes = 0;
    /// Where the next call from the host puts its arguments; means nothing while guest code runs.
    u8* entry_base = nullptr;
    u32 nesting = 0;  ///< running host→guest calls
    u32 max_nesting = 200;
    void* owner = nullptr;     ///< the store
    Caller* caller = nullptr;  ///< for host functions

    // Fuel and deadline. `budget` is a slice of fuel_left.
    bool fuel_limited = false;
    u64 fuel_left = 0;      ///< beyond the current slice; meaningful if fuel_limited
    u64 fuel_consumed = 0;  ///< charged before the current slice
    i64 slice = 0;          ///< size of the current slice
    bool has_deadline = false;
    i64 deadline_ns = 0;  ///< steady clock
    Parker parker;        ///< where this context sleeps in memory.atomic.wait

    // How the last call ended.
    TrapCode trap = TrapCode::none;
    u64 trap_detail = ~u64{0};  ///< index to add to the message ("uninitialized element 2")
    u64 exception = 0;
    std::unique_ptr<Error> host_error;
    std::vector<FramePosition> backtrace;

    std::vector<ExceptionInstance> exceptions;
    std::vector<u32> free_exceptions;
    u64 exception_bytes = 0;
    u64 exception_limit = ~u64{0};  ///< for exception_bytes
    u64 exception_threshold = 1024;

    GcHeap heap;
    /// Shows the references that the store holds: in globals, tables, element segments. Set by the
    /// linker; without it nothing is collected.
    void (*visit_store_refs)(ExecContext& ctx, RefVisitor& visitor) = nullptr;
    /// References handed to the host. A host function's go when it returns; see RefScope.
    std::vector<u64> held_refs;
    RootSource* root_sources = nullptr;

    /// Calls that left their instance, outermost first: where they return to.
    struct CrossFrame {
        const u8* return_ip;
        ModuleInstance* instance;
    };
    std::vector<CrossFrame> cross_frames{};

    /// What is in registers while handlers run, between two chains of them (loop dispatch).
    struct Paused {
        const u8* ip = nullptr;  ///< where to go on; null: execution has left
        Slot ints[3] = {};
        alignas(16) Slot vectors[3][2] = {};
    };
    Paused paused{};
    ExecStatus status = ExecStatus::done;

    ExecContext() = default;
    ~ExecContext();
    ExecContext(const ExecContext&) = delete;
    ExecContext& operator=(const ExecContext&) = delete;

    /// Allocates the guest stack (committed as it is touched). False if the host refuses.
    [[nodiscard]] bool allocate_stack(u64 bytes);
};

/// Makes `entry` of every FuncCode of a freshly loaded module callable: sizes from the facts,
/// entry = stub that translates at the first call (or translated code in mode eager).
[[nodiscard]] Result<void> prepare_module(ModuleData& module);

/// Where a new link goes, with a limit from ExecContext::frame_limit.
[[nodiscard]] inline u8* new_link(u8* frame_limit) { return frame_limit + kSmallFrame; }
/// The newest link: frames end here at most.
[[nodiscard]] inline u8* newest_link(u8* frame_limit) {
    return new_link(frame_limit) + sizeof(Link);
}

/// First slot for the arguments of a call from the host, or null if the stack cannot hold
/// `slots` of them. Results appear at the same place.
[[nodiscard]] inline Slot* begin_call(ExecContext& ctx, u32 slots) noexcept {
    const u8* const end = newest_link(ctx.frame_limit);
    if (u64{slots} * 8 > static_cast<u64>(end - ctx.entry_base)) return nullptr;
    return reinterpret_cast<Slot*>(ctx.entry_base);
}
/// Runs funcs[addr] with the arguments at `base` (from begin_call).
[[nodiscard]] ExecStatus invoke(ExecContext& ctx, u32 addr, Slot* base) noexcept;

/// Fuel accounting between calls.
void set_fuel(ExecContext& ctx, std::optional<u64> fuel) noexcept;
[[nodiscard]] std::optional<u64> fuel(const ExecContext& ctx) noexcept;
[[nodiscard]] u64 fuel_consumed(const ExecContext& ctx) noexcept;

}  // namespace wasmi::core
