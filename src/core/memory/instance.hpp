// Run-time storage: what the instructions of a module instance reach.
// Spec: exec/runtime (module, function, table, memory, global, tag, data, element instances).
//
// The linker allocates and fills these, the executor reads them. References are words (see
// ref.hpp), never pointers.
#pragma once

#include "core/types/basics.hpp"
#include "core/types/module.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace wasmi::core {

struct ModuleInstance;
struct HostFunc;

/// Element of the store's contiguous function array; its address in the store is its index.
struct FuncInstance {
    TypeId type = kNoType;
    u32 func_index = 0;                  ///< in its module; host functions: 0
    FuncCode* code = nullptr;            ///< null for host functions
    ModuleInstance* instance = nullptr;  ///< null for host functions
    HostFunc* host = nullptr;            ///< null for guest functions
};

/// What all memories (or tables) of a store may use together. Shared memories grow on any thread.
struct StorageBudget {
    std::atomic<u64> used{0};
    u64 limit = ~u64{0};
    /// Takes n units; false (and nothing taken) if fewer are left.
    [[nodiscard]] bool take(u64 n) noexcept {
        u64 now = used.load(std::memory_order_relaxed);
        do {
            if (now > limit || n > limit - now) return false;
        } while (!used.compare_exchange_weak(now, now + n, std::memory_order_relaxed));
        return true;
    }
    void give_back(u64 n) noexcept { used.fetch_sub(n, std::memory_order_relaxed); }
};

/// A linear memory. data is page-aligned and zero beyond what was written; it may move on growth
/// (that of a shared memory never does). Pages that the guest does not touch cost address space
/// only.
struct MemoryInstance {
    u8* data = nullptr;
    u64 size = 0;      ///< bytes; of a shared memory: read it by load_size()
    u64 reserved = 0;  ///< bytes mapped, readable and writable, zero from `size` on
    MemoryType type;   ///< limits.min is kept at the current size in pages, if not shared
    StorageBudget* budget = nullptr;

    MemoryInstance() = default;
    ~MemoryInstance();
    MemoryInstance(const MemoryInstance&) = delete;
    MemoryInstance& operator=(const MemoryInstance&) = delete;
    /// Maps the minimum size, of a shared memory the maximum (which is also what it takes from
    /// the budget); false if the host or the budget refuses.
    [[nodiscard]] bool allocate(const MemoryType& t, StorageBudget& b);
    [[nodiscard]] u64 pages() const { return load_size() >> type.page_size_log2; }
    /// The old size in pages, or -1. Of a shared memory: from any thread.
    [[nodiscard]] i64 grow(u64 delta_pages);
    /// The size, also while another thread grows a shared memory.
    [[nodiscard]] u64 load_size() const noexcept {
        if (!type.is_shared) return size;
        return std::atomic_ref<u64>(const_cast<u64&>(size)).load(std::memory_order_acquire);
    }
    /// The type with the current size as minimum. Spec: valid/matching of memory instances.
    [[nodiscard]] MemoryType current_type() const;
    /// Before a shared memory is given to other stores: what it takes from the budget stays taken,
    /// because the memory may outlive the store that the budget is of.
    void leave_budget() noexcept;
    /// What a memory of the type takes from the budget of its store.
    [[nodiscard]] static u64 charge_of(const MemoryType& t) noexcept;
    /// Largest size in pages that the type and this host allow.
    [[nodiscard]] static u64 max_pages(const MemoryType& t) noexcept;

  private:
    u64 charged_ = 0;  ///< bytes taken from the budget
};

/// The reference words of a table: like a vector, but growth may fail, and null words come from
/// the host's untouched zero pages.
class RefArray {
  public:
    RefArray() = default;
    ~RefArray();
    RefArray(const RefArray&) = delete;
    RefArray& operator=(const RefArray&) = delete;

    [[nodiscard]] u64* data() noexcept { return data_; }
    [[nodiscard]] const u64* data() const noexcept { return data_; }
    [[nodiscard]] u64 size() const noexcept { return size_; }
    [[nodiscard]] u64& operator[](u64 i) noexcept { return data_[i]; }
    [[nodiscard]] u64 operator[](u64 i) const noexcept { return data_[i]; }
    /// Makes it n words long, the new ones `init`; n is not below size(). False: no memory.
    [[nodiscard]] bool grow_to(u64 n, u64 init) noexcept;

  private:
    u64* data_ = nullptr;
    u64 size_ = 0;
    u64 capacity_ = 0;
};

struct TableInstance {
    RefArray elements;  ///< reference words
    TableType type;     ///< limits.min is kept at the current size
    StorageBudget* budget = nullptr;

    TableInstance() = default;
    ~TableInstance();
    TableInstance(const TableInstance&) = delete;
    TableInstance& operator=(const TableInstance&) = delete;
    /// False if the host or the budget refuses.
    [[nodiscard]] bool allocate(const TableType& t, StorageBudget& b, u64 init);
    /// The old size in elements, or -1.
    [[nodiscard]] i64 grow(u64 delta, u64 init);
};

/// Content of a global; lo holds scalars and references.
struct alignas(16) GlobalCell {
    u64 lo = 0;
    u64 hi = 0;
};

struct GlobalInstance {
    GlobalType type;
    GlobalCell* cell = nullptr;
    std::unique_ptr<GlobalCell> owned;  ///< for globals not owned by a module instance
};

struct TagInstance {
    TypeId type = kNoType;
};

/// A data segment at run time; empty once dropped.
struct DataInstance {
    const u8* data = nullptr;
    u64 size = 0;
};

struct ElemInstance {
    std::vector<u64> refs;
};

/// Spec: exec/runtime (module instances). Index spaces resolved to pointers, once, by the linker.
struct ModuleInstance {
    std::shared_ptr<ModuleData> module;
    u32 addr = 0;                 ///< in the store's instances
    std::vector<u32> func_addrs;  ///< function index → address in the store
    std::vector<TableInstance*> tables;
    std::vector<MemoryInstance*> memories;
    std::vector<GlobalCell*> globals;           ///< all, imports first
    std::unique_ptr<GlobalCell[]> own_globals;  ///< defined globals, in order
    std::vector<TagInstance*> tags;
    std::vector<DataInstance> datas;
    std::vector<ElemInstance> elems;
    // Store addresses of the items, for exports and handles:
    std::vector<u32> table_addrs, memory_addrs, global_addrs, tag_addrs;
    /// What Caller::memory() shows: the memory exported as "memory", else memory 0, else null.
    MemoryInstance* main_memory = nullptr;
};

}  // namespace wasmi::core
