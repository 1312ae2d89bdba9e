// StoreData: everything of one store, addresses being indices into its arrays.
// Spec: exec/runtime (store).
#pragma once

#include "core/executor/executor.hpp"
#include "core/memory/instance.hpp"
#include "core/types/module.hpp"

#include <wasmi/error.hpp>
#include <wasmi/limits.hpp>
#include <wasmi/value.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wasmi::core {

/// The meeting point of interrupt handles (any thread) and their store. The word `stop` of the
/// context tells whether a call runs:
///     even: none      odd: the call of that number      negative: that call is to stop
/// Call numbers are never used twice, so a compare-and-swap by a late interrupt() cannot hit a
/// later call; calls themselves take no lock.
struct InterruptState {
    std::mutex mutex;            ///< between interrupt() and the end of the store
    ExecContext* ctx = nullptr;  ///< null after the end of the store
    /// What hosts do to be woken; run by interrupt() after it has marked a call.
    std::vector<std::function<void()>> wakers;
    void interrupt() noexcept;
    void add_waker(std::function<void()> waker);
};

/// What an import or export names. Spec: exec/runtime (external addresses).
struct ExternAddr {
    ExternKind kind = ExternKind::func;
    u32 addr = 0;
    friend bool operator==(const ExternAddr&, const ExternAddr&) = default;
};

struct StoreData {
    StoreData(std::shared_ptr<EngineData> e, const StoreLimits& l);
    ~StoreData();
    StoreData(const StoreData&) = delete;
    StoreData& operator=(const StoreData&) = delete;

    const u32 id;  ///< unique in the process, not 0
    std::shared_ptr<EngineData> engine;
    StoreLimits limits;
    StorageBudget memory_budget;  // before the memories and tables that give back to them
    StorageBudget table_budget;
    ExecContext ctx;

    /// Contiguous for the executor: ctx.funcs follows every growth. The rest never moves.
    std::vector<FuncInstance> funcs;
    std::vector<std::unique_ptr<TableInstance>> tables;
    std::vector<std::shared_ptr<MemoryInstance>> memories;  ///< other stores may share them
    std::vector<std::unique_ptr<GlobalInstance>> globals;
    std::vector<std::unique_ptr<TagInstance>> tags;
    std::vector<std::unique_ptr<ModuleInstance>> instances;
    std::vector<std::shared_ptr<HostFunc>> hosts;  ///< shared_ptr: knows how to delete
    std::shared_ptr<Caller> caller;                ///< of ctx.caller; set by the API

    std::vector<u64> host_objects;  ///< by index in reference words
    std::unordered_map<u64, u32> host_object_index;

    std::shared_ptr<InterruptState> interrupt;
    bool has_interrupt_handles = false;  ///< somebody may use it
    i64 last_call = 0;                   ///< number of the last outermost call, even

    /// The wasmi::Store that owns this, for host functions; it follows moves. `self` outlives the
    /// store and is then null: linkers look there.
    void* handle = nullptr;
    std::shared_ptr<StoreData*> self;

    [[nodiscard]] const TypeRegistry& types() const { return engine->types; }

    /// Spec: exec/modules (allocation). Errors: limit.
    [[nodiscard]] Result<u32> add_host_func(TypeId type, std::shared_ptr<HostFunc> host);
    [[nodiscard]] Result<u32> add_table(const TableType& type, u64 init);
    [[nodiscard]] Result<u32> add_memory(const MemoryType& type);
    /// A shared memory that another store has made; takes as much from the budget as there.
    [[nodiscard]] Result<u32> adopt_memory(std::shared_ptr<MemoryInstance> memory);
    [[nodiscard]] Result<u32> add_global(const GlobalType& type, GlobalCell value);
    [[nodiscard]] Result<u32> add_tag(TypeId type);
    /// The reference word of a host object; the same for the same object. Errors: limit.
    [[nodiscard]] Result<u64> add_host_object(u64 object);

    /// Makes room for n more functions; ctx.funcs stays right.
    void reserve_funcs(std::size_t n);
    [[nodiscard]] bool contains(ExternAddr item) const noexcept;

    /// The exact type of a reference word of the hierarchy `top`; nothing if no such reference
    /// exists in this store. Spec: exec/values (ref_type).
    [[nodiscard]] std::optional<ValType> type_of_ref(HeapKind top, u64 word) const noexcept;
    /// Whether the value is one of this type, checking references against the store.
    [[nodiscard]] bool fits(const Val& value, ValType type) const noexcept;
    [[nodiscard]] bool ref_fits(u64 word, ValType type) const noexcept;
};

/// Slots that the arguments and results of a function take.
struct CallSlots {
    u32 in = 0;
    u32 out = 0;
    [[nodiscard]] u32 most() const { return in > out ? in : out; }
};
[[nodiscard]] inline CallSlots slots_of(const FuncInstance& f) noexcept {
    if (f.host != nullptr) return {f.host->param_slots, f.host->result_slots};
    return {f.code->param_bytes / u32{sizeof(Slot)}, f.code->result_bytes / u32{sizeof(Slot)}};
}

/// Runs funcs[addr] with the arguments at `base`, where begin_call has found room; the results
/// come there too. Calls from the host are numbered for InterruptState.
[[nodiscard]] inline ExecStatus run_call(StoreData& store, u32 addr, Slot* base) noexcept {
    ExecContext& ctx = store.ctx;
    // A host function calls the guest again: part of the same call.
    if (WASMI_UNLIKELY(ctx.nesting != 0)) return invoke(ctx, addr, base);
    // Odd while it runs, even afterwards; both stores overwrite what an interrupt() of the call
    // before may have left.
    ctx.stop.store(store.last_call + 1, std::memory_order_relaxed);
    const ExecStatus status = invoke(ctx, addr, base);
    store.last_call += 2;
    ctx.stop.store(store.last_call, std::memory_order_relaxed);
    return status;
}

/// The end of a call as an Error; status is not done. Takes what the context holds of it.
[[nodiscard]] Error take_error(StoreData& store, ExecStatus status);

}  // namespace wasmi::core
