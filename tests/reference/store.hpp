// The store of the reference interpreter: instances of everything that exists at run time.
// Spec: exec/runtime (store, instances), exec/modules.
#pragma once

#include "core/types/module.hpp"
#include "tests/reference/values.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace wasmi::reference {

struct ModuleInstance;

/// What is found out about a block once, before its function runs. Offsets are those of the module.
struct Block {
    struct Catch {
        std::optional<u32> tag;  ///< none: catch_all
        u32 begin = 0;           ///< of its instructions
    };
    std::optional<u32> else_begin;
    u32 end = 0;                  ///< of the `end` (or `delegate`)
    u32 after = 0;                ///< behind it
    std::vector<Catch> catches;   ///< of `try`
    std::optional<u32> delegate;  ///< of `try`: the label
};

/// A function body or constant expression.
struct Code {
    core::ByteRange expr;
    std::vector<ValType> locals;  ///< without the parameters
    std::map<u32, Block> blocks;  ///< by the offset of the instruction that begins the block
};

using HostFunction = std::function<std::vector<Value>(std::span<const Value>)>;

struct FuncInstance {
    TypeId type = kNoType;
    HostFunction host;                 ///< of the host, or
    ModuleInstance* module = nullptr;  ///< of a module, with
    std::unique_ptr<Code> code;        ///< its body
};
struct TableInstance {
    TableType type;
    std::vector<Value> elements;
};
struct MemoryInstance {
    MemoryType type;
    std::vector<u8> bytes;
    [[nodiscard]] u64 size_in_pages() const { return bytes.size() >> type.page_size_log2; }
};
struct GlobalInstance {
    GlobalType type;
    Value value;
};
struct TagInstance {
    TypeId type = kNoType;
};
struct ElementInstance {
    std::vector<Value> elements;
};
struct DataInstance {
    std::vector<u8> bytes;
};
struct ExceptionInstance {
    Addr tag = 0;
    std::vector<Value> fields;
};
/// A structure or an array. Packed fields hold their 8 or 16 bits.
struct ObjectInstance {
    TypeId type = kNoType;
    std::vector<Value> fields;
};

struct Extern {
    ExternKind kind = ExternKind::func;
    Addr addr = 0;
};

struct ModuleInstance {
    std::shared_ptr<core::ModuleData> module;
    std::vector<Addr> funcs, tables, memories, globals, tags, elements, datas;
    /// The export of that name.
    [[nodiscard]] std::optional<Extern> find(std::string_view name) const;
};

/// What would go beyond: growth fails, calls and allocations trap.
struct Limits {
    u64 memory_bytes = u64{1} << 30;  ///< of one memory
    u64 table_elements = 10'000'000;  ///< of one table
    u64 object_fields = 4'000'000;    ///< of all objects; none is ever freed
    u64 frames = 20'000;
    u64 values = 1'000'000;  ///< locals of all frames and operands
    u64 steps = ~u64{0};     ///< of one call from outside
};

/// Deques, so that instances never move.
struct Store {
    explicit Store(std::shared_ptr<core::EngineData> e) : engine(std::move(e)) {}

    std::shared_ptr<core::EngineData> engine;
    Limits limits;
    u64 object_fields = 0;
    std::deque<FuncInstance> funcs;
    std::deque<TableInstance> tables;
    std::deque<MemoryInstance> memories;
    std::deque<GlobalInstance> globals;
    std::deque<TagInstance> tags;
    std::deque<ElementInstance> elements;
    std::deque<DataInstance> datas;
    std::deque<ExceptionInstance> exceptions;
    std::deque<ObjectInstance> objects;
    std::deque<ModuleInstance> modules;

    [[nodiscard]] const core::DefinedType& type(TypeId id) const { return engine->types.get(id); }
    [[nodiscard]] const FuncType& func_type(TypeId id) const { return type(id).sub.func; }

    [[nodiscard]] Extern add_host_func(const FuncType& type, HostFunction function);
    [[nodiscard]] Extern add_table(const TableType& type, const Value& initial);
    [[nodiscard]] Extern add_memory(const MemoryType& type);
    [[nodiscard]] Extern add_tag(TypeId type);
    [[nodiscard]] Extern add_global(const GlobalType& type, const Value& value);
};

/// Decodes and validates. The bytes are copied.
[[nodiscard]] Result<std::shared_ptr<core::ModuleData>> load(
    const std::shared_ptr<core::EngineData>& engine, std::span<const u8> bytes);

using Resolver = std::function<std::optional<Extern>(const core::ImportDesc&)>;

/// Throws LinkError, Trap, UncaughtException, OutOfSteps, Unsupported. What was written before a
/// trap stays.
ModuleInstance& instantiate(Store& store, std::shared_ptr<core::ModuleData> module,
                            const Resolver& resolve);

/// How a call from outside ended.
struct Outcome {
    enum class Kind : u8 { values, trap, exception, out_of_steps };
    Kind kind = Kind::values;
    std::vector<Value> values;
    TrapCode trap = TrapCode::none;
    std::string message;  ///< of a trap
};
/// Throws Unsupported only.
[[nodiscard]] Outcome invoke(Store& store, Addr func, std::span<const Value> args);

}  // namespace wasmi::reference
