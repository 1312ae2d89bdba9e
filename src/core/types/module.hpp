// ModuleData: a decoded module. Function bodies stay bytes.
// Spec: syntax/modules.
#pragma once

#include "core/types/basics.hpp"
#include "core/types/func_code.hpp"
#include "core/types/type_registry.hpp"

#include <wasmi/config.hpp>
#include <wasmi/types.hpp>

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wasmi::core {

/// What modules and stores of one engine share.
struct EngineData {
    Config config;
    TypeRegistry types;
};

/// A piece of the module's bytes, by offset from the start of the module.
struct ByteRange {
    u32 offset = 0;
    u32 size = 0;
};

/// A constant expression: its bytes including the final `end`. Spec: valid/instructions (constant).
using ConstExpr = ByteRange;

struct ImportDesc {
    std::string module;
    std::string name;
    ExternKind kind = ExternKind::func;
    u32 index = 0;   ///< in the index space of its kind
    u32 offset = 0;  ///< byte offset of the entry, for messages
};

struct ExportDesc {
    std::string name;
    ExternKind kind = ExternKind::func;
    u32 index = 0;
};

struct TableDesc {
    TableType type;
    bool has_init = false;
    ConstExpr init;
};

struct GlobalDesc {
    GlobalType type;
    ConstExpr init;  ///< empty for imports
};

enum class SegmentMode : u8 { active, passive, declarative };

struct ElementSegment {
    SegmentMode mode = SegmentMode::passive;
    ValType type = ValType::funcref;
    u32 table = 0;
    ConstExpr offset;        ///< active only
    std::vector<u32> funcs;  ///< the function-index form; empty if exprs is used
    std::vector<ConstExpr> exprs;
    bool uses_exprs = false;
    [[nodiscard]] u64 size() const { return uses_exprs ? exprs.size() : funcs.size(); }
};

struct DataSegment {
    SegmentMode mode = SegmentMode::passive;
    u32 memory = 0;
    ConstExpr offset;  ///< active only
    ByteRange bytes;
};

struct CustomSection {
    std::string name;
    ByteRange bytes;  ///< content after the name
};

/// Facts that the validator proves about a body; the translator and calls rely on them.
struct FuncFacts {
    static constexpr u16 kNoLocal = 0xFFFF;
    u32 max_operand_slots = 0;  ///< highest operand stack, in slots
    u32 local_slots = 0;        ///< parameters and locals, in slots
    u32 instructions = 0;       ///< charged instructions of the body (fuel of the entry)
    u16 int_pins[2] = {kNoLocal, kNoLocal};    ///< hottest i32/i64/ref locals, by local index
    u16 float_pins[2] = {kNoLocal, kNoLocal};  ///< hottest f32/f64 locals
    bool validated = false;
};

/// A function defined by the module (not imported).
struct FuncDesc {
    ByteRange body;  ///< code entry: local declarations and expression, without its size field
};

/// Immutable after load, except for translated code, which is published with release/acquire.
class ModuleData {
  public:
    explicit ModuleData(std::shared_ptr<EngineData> e) : engine(std::move(e)) {}
    ~ModuleData();
    ModuleData(const ModuleData&) = delete;
    ModuleData& operator=(const ModuleData&) = delete;

    std::shared_ptr<EngineData> engine;
    std::shared_ptr<const void> keep_bytes;  ///< owner of `bytes`, null if borrowed
    std::span<const u8> bytes;               ///< the whole binary module

    std::vector<TypeId> types;  ///< type index → canonical id
    std::vector<ImportDesc> imports;
    std::vector<TypeId> func_types;    ///< function index space, imports first
    std::vector<TableDesc> tables;     ///< table index space, imports first
    std::vector<MemoryType> memories;  ///< memory index space
    std::vector<TypeId> tags;          ///< tag index space
    std::vector<GlobalDesc> globals;   ///< global index space
    std::vector<ExportDesc> exports;
    std::vector<u32> exports_by_name;  ///< positions in exports, sorted; see index_exports()
    u32 start = kNoIndex;
    std::vector<ElementSegment> elements;
    bool has_data_count = false;
    u32 data_count = 0;
    std::vector<DataSegment> datas;
    std::vector<FuncDesc> funcs;  ///< defined functions; index space minus num_imported_funcs
    std::vector<CustomSection> customs;
    /// Functions that occur in exports, element segments, globals: those ref.func may name.
    std::vector<bool> declared_funcs;

    u32 num_imported_funcs = 0;
    u32 num_imported_tables = 0;
    u32 num_imported_memories = 0;
    u32 num_imported_globals = 0;
    u32 num_imported_tags = 0;

    std::vector<FuncFacts> facts;       ///< per defined function, filled by the validator
    std::unique_ptr<FuncCode[]> codes;  ///< per defined function, filled at load
    /// Translated code, freed with the module. Defined by the translator.
    struct CodeMemory;
    std::unique_ptr<CodeMemory, void (*)(CodeMemory*)> code_memory{nullptr, nullptr};
    std::mutex translate_mutex;

    /// Fills exports_by_name, for look-ups; once, when the module is loaded.
    void index_exports();

    [[nodiscard]] const DefinedType& type_of_func(u32 index) const {
        return engine->types.get(func_types[index]);
    }
    [[nodiscard]] std::span<const u8> slice(ByteRange r) const {
        return bytes.subspan(r.offset, r.size);
    }
    /// Name of a function from the name section, else from its export; may be empty.
    /// Parsed on demand; for messages only.
    [[nodiscard]] std::string function_name(u32 index) const;
    [[nodiscard]] std::string module_name() const;
};

}  // namespace wasmi::core
