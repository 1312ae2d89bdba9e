// ModuleDecoder: the state of one decode() and its section readers, which are spread over
// decoder.cpp, type_section.cpp, entity_sections.cpp and segment_sections.cpp.
// Spec: binary/modules.
#pragma once

#include "core/decoder/immediates.hpp"
#include "core/decoder/reader.hpp"
#include "core/decoder/type_reader.hpp"
#include "core/types/error_list.hpp"
#include "core/types/module.hpp"

#include <wasmi/config.hpp>
#include <wasmi/result.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace wasmi::core {

/// Spec: binary/modules (sections). Values are the section ids.
enum class SectionId : u8 {
    custom,
    type,
    import,
    function,
    table,
    memory,
    global,
    export_,
    start,
    element,
    code,
    data,
    data_count,
    tag,
};
inline constexpr u8 kMaxSectionId = static_cast<u8>(SectionId::tag);

/// "data count"; static storage.
[[nodiscard]] std::string_view to_string(SectionId id) noexcept;

class ModuleDecoder {
  public:
    ModuleDecoder(ModuleData& module, const Config& config, ErrorList* all)
        : m_(module), config_(config), all_(all) {}
    [[nodiscard]] Result<void> run();

  private:
    // decoder.cpp
    [[nodiscard]] std::optional<Error> find_malformed();
    [[nodiscard]] std::optional<Error> read_sections(Reader& r);
    void read_section(SectionId id, Reader& r);
    void read_custom(Reader& r);
    [[nodiscard]] std::optional<Error> check_lengths() const;
    /// A validation error that decoding can go on after. The first one is reported at the end,
    /// if nothing malformed follows.
    void note_invalid(std::string message, u64 offset);

    // type_section.cpp
    void read_types(Reader& r);
    void read_recursion_group(Reader& r);
    void read_sub_type(Reader& r, u32 position);
    void read_composite_type(Reader& r, SubType& sub);
    [[nodiscard]] FieldType read_field_type(Reader& r);
    void read_result_types(Reader& r, std::vector<ValType>& out, u32 limit, const char* what);

    // entity_sections.cpp
    void read_imports(Reader& r);
    void read_import(Reader& r);
    void add_import(Reader& r, std::string_view module, std::string_view name, u32 offset, u8 kind);
    void note_import(Reader& r, std::string_view module, std::string_view name, u32 offset,
                     ExternKind kind, u32 index);
    /// Appends the described entity to the index space of its kind; returns its index.
    u32 read_entity(Reader& r, u8 kind);
    template <class F>
    void with_entities(ExternKind kind, F&& f);
    void drop_last_entity(ExternKind kind);
    void repeat_last_entity(ExternKind kind);
    void read_compact_imports(Reader& r, std::string_view module, u8 form);
    void read_functions(Reader& r);
    void read_tables(Reader& r);
    void read_memories(Reader& r);
    void read_tags(Reader& r);
    void read_globals(Reader& r);
    void read_exports(Reader& r);
    /// A type index that must name a function type; kNoType and a note if it does not.
    [[nodiscard]] TypeId read_func_type_index(Reader& r);
    [[nodiscard]] TypeId read_tag_type(Reader& r);
    [[nodiscard]] TableType read_table_type(Reader& r);
    [[nodiscard]] MemoryType read_memory_type(Reader& r);
    [[nodiscard]] GlobalType read_global_type(Reader& r);
    void read_size_limits(Reader& r, bool has_max, SizeLimits& out);
    void require_flag(Reader& r, u8 flags, u8 flag, Feature feature, const char* what) const;
    void require_few(Reader& r, ExternKind kind, u32 offset) const;

    // segment_sections.cpp
    void read_elements(Reader& r);
    void read_element(Reader& r);
    void read_code(Reader& r);
    void read_data(Reader& r);
    /// Skips a constant expression, and notes the functions that it names.
    [[nodiscard]] ConstExpr read_const_expr(Reader& r);
    void declare_func(u32 index);

    [[nodiscard]] TypeSpace space() const { return {m_.types, group_size_, config_.features}; }
    [[nodiscard]] bool has(Feature feature) const { return config_.features.has(feature); }
    [[nodiscard]] bool has_tags() const {
        return has(Feature::exceptions) || has(Feature::legacy_exceptions);
    }
    [[nodiscard]] bool require(Reader& r, Feature feature, const char* what) const {
        return r.require(config_.features, feature, what);
    }

    ModuleData& m_;
    const Config& config_;
    ErrorList* all_;                ///< takes every error, not only the first; may be null
    u32 group_size_ = 0;            ///< of the recursion group being read
    std::vector<SubType> group_;    ///< its members so far
    std::vector<u32> group_depth_;  ///< and their subtyping depths
    u64 import_name_bytes_ = 0;
    u32 section_start_ = 0;
    u32 section_size_ = 0;
    u32 code_count_ = 0;
    u32 function_count_ = 0;
    SectionId section_ = SectionId::custom;
    std::optional<Error> invalid_;
};

}  // namespace wasmi::core
