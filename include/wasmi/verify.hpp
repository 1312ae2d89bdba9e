// verify: everything that is wrong with a module. inspect: what a module consists of.
//
//     wasmi::VerifyResult checked = wasmi::verify(engine, bytes);
//     for (const wasmi::Error& e : checked.errors) std::puts(e.to_string().c_str());
//
// Module::validate says whether a module is valid, in less time; these are for tools.
// Thread rule: free functions without state. Spec: valid/modules, syntax/modules.
#pragma once

#include <wasmi/config.hpp>
#include <wasmi/error.hpp>
#include <wasmi/module.hpp>
#include <wasmi/result.hpp>
#include <wasmi/types.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace wasmi {

struct VerifyResult {
    /// The first is of the kind that Module::validate reports. Then in the order of the module:
    /// definitions, and one error for each function body.
    std::vector<Error> errors;
    /// Whether the whole module was looked at; false after malformed bytes and after max_errors.
    bool complete = true;
    [[nodiscard]] bool valid() const { return errors.empty(); }
};

/// Checks a binary or text module as Module::validate does, and goes on after an error where that
/// makes sense. At most `max_errors` are kept, and searched for (at least one).
[[nodiscard]] WASMI_EXPORT VerifyResult verify(const Engine& engine,
                                               std::span<const std::byte> bytes,
                                               std::uint32_t max_errors = 20);

struct SectionInfo {
    std::uint8_t id = 0;       ///< 0: custom
    std::string name;          ///< "type"; of a custom section its own
    std::uint64_t offset = 0;  ///< of the content
    std::uint64_t size = 0;    ///< of the content
};

/// The first place of a module that needs a feature.
struct FeatureUse {
    Feature feature = Feature::mvp;
    std::string what;          ///< "i32x4.add", "a shared memory"
    std::uint64_t offset = 0;  ///< Error::kNoOffset: unknown
    std::uint32_t function = Error::kNoFunction;
    std::string function_name;
};

/// An entry of the custom section "producers".
struct Producer {
    std::string field;  ///< "language", "processed-by", "sdk"
    std::string name;
    std::string version;
};

/// Counts of a module; index spaces include imports.
struct ModuleCounts {
    std::uint64_t types = 0;
    std::uint64_t functions = 0;
    std::uint64_t imported_functions = 0;
    std::uint64_t tables = 0;
    std::uint64_t imported_tables = 0;
    std::uint64_t memories = 0;
    std::uint64_t imported_memories = 0;
    std::uint64_t globals = 0;
    std::uint64_t imported_globals = 0;
    std::uint64_t tags = 0;
    std::uint64_t imported_tags = 0;
    std::uint64_t element_segments = 0;
    std::uint64_t data_segments = 0;
    std::uint64_t code_bytes = 0;  ///< of all function bodies
    std::uint64_t data_bytes = 0;  ///< of all data segments
};

/// Defined types appear in `imports`, `exports` and `tables` by their index in the module.
struct ModuleInfo {
    std::uint64_t size = 0;  ///< of the binary format
    std::vector<SectionInfo> sections;
    /// Whether the rest could be read; it may still be invalid.
    bool decoded = false;
    std::string name;
    std::vector<ImportType> imports;
    std::vector<ExportType> exports;
    std::vector<TableType> tables;
    std::vector<MemoryType> memories;
    std::optional<std::uint32_t> start;
    std::string start_name;
    ModuleCounts counts;
    /// The features without which the module is not valid, besides the MVP; of an invalid module
    /// those that its sound parts need.
    std::vector<FeatureUse> features;
    std::vector<Producer> producers;
};

/// Looks into a binary or text module, whatever features it uses and even if it is not valid.
/// Errors: malformed text.
[[nodiscard]] WASMI_EXPORT Result<ModuleInfo> inspect(std::span<const std::byte> bytes,
                                                      const ParseLimits& limits = {});

}  // namespace wasmi
