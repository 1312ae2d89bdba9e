// Run-time storage: what the instructions of a module instance reach.
// Spec: exec/runtime (module, function, table, memory, global, tag, data, element instances).
//
// The linker allocates and fills these, the executor reads them. References are words (see
// ref.hpp), never pointers.
#pragma once

#include "core/types/basics.hpp"
#include "core/types/module.hpp"

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

/// Budget shared by all memories (or tables) of a store.
struct StorageBudget {
    u64 used = 0;
    u64 limit = ~u64{0};
};

/// A linear memory. data is page-aligned and zero beyond what was written; it may move on growth.
struct MemoryInstance {
    u8* data = nullptr;
    u64 size = 0;      ///< bytes
    u64 reserved = 0;  ///< bytes mapped
    MemoryType type;   ///< limits.min is kept at the current size in pages
    StorageBudget* budget = nullptr;

    MemoryInstance() = default;
    ~MemoryInstance();
    MemoryInstance(const MemoryInstance&) = delete;
    MemoryInstance& operator=(const MemoryInstance&) = delete;
    /// Maps the minimum size; false if the host or the budget refuses.
    [[nodiscard]] bool allocate(const MemoryType& t, StorageBudget& b);
    [[nodiscard]] u64 pages() const { return size >> type.page_size_log2; }
    /// The old size in pages, or -1.
    [[nodiscard]] i64 grow(u64 delta_pages);
};

struct TableInstance {
    std::vector<u64> elements;  ///< reference words
    TableType type;             ///< limits.min is kept at the current size
    StorageBudget* budget = nullptr;
    [[nodiscard]] bool allocate(const TableType& t, StorageBudget& b, u64 init);
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
};

}  // namespace wasmi::core
