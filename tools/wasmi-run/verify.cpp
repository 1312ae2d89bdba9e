// wasmi-run verify: everything that is wrong with modules, and what they consist of.
// Spec: valid/modules.
#include "command.hpp"
#include "files.hpp"
#include "json.hpp"
#include "options.hpp"

#include <wasmi/module.hpp>
#include <wasmi/verify.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace wasmi::tool {

namespace {

constexpr std::uint32_t kMaxErrors = 1000;

constexpr const char* kHelp = R"(wasmi-run verify: checks modules without running them

usage: wasmi-run verify [options] FILE...        ("validate" is the same command)

Each FILE is a binary or text module ("-": standard input). Every error is a line on standard
error, with its byte offset and function: all wrong definitions, and one error for each function
body. After bytes that are no module at all nothing more is looked for. A verdict for each FILE goes
to standard output.

  --detailed, -d     also list sections, imports, exports, tables, memories, start function, counts,
                     the features that the module needs, and producers
  --json             one JSON document on standard output instead
  --max-errors N     stop after N errors of a FILE (1 to 1000, default 20)
  --features LIST    proposals, as for wasmi-run run (see wasmi-run --help)

exit codes
  0   all are valid                      65  malformed, invalid or unsupported module
  64  bad options                        66  file cannot be read
  137 a limit was reached
  With several files, that of the first one that is not valid.
)";

struct Options {
    bool detailed = false;
    bool json = false;
    std::uint32_t max_errors = 20;
    Features features = Features::defaults();
    std::vector<std::string> files;
};

/// What is known of one file.
struct Checked {
    std::string file;
    VerifyResult result;
    std::optional<ModuleInfo> info;
    int exit_code = kOk;
};

/// An exit code if the program ends here.
std::optional<int> parse(int argc, char** argv, Options& o) {
    std::string features;
    std::string max_errors;
    CLI::App app;
    app.add_flag("-d,--detailed", o.detailed);
    app.add_flag("--json", o.json);
    app.add_option("--max-errors", max_errors);
    app.add_option("--features", features);
    app.add_option("FILE", o.files);
    if (const auto code = read_options(app, argc, argv, kHelp)) return *code;
    if (o.files.empty()) return report_usage("no FILE given");
    if (!max_errors.empty()) {
        const char* const end = max_errors.data() + max_errors.size();
        const auto [stop, error] = std::from_chars(max_errors.data(), end, o.max_errors);
        if (error != std::errc() || stop != end || o.max_errors < 1 || o.max_errors > kMaxErrors) {
            return report_usage(
                fmt::format("--max-errors {}: use a number from 1 to {}", max_errors, kMaxErrors));
        }
    }
    return apply_features(features, o.features);
}

Checked check(const Options& o, const std::string& file) {
    Checked checked;
    checked.file = file;
    const Result<std::vector<std::byte>> bytes = read_all(file);
    if (bytes) {
        Config config;
        config.features = o.features;
        checked.result = verify(Engine(config), *bytes, o.max_errors);
        if (o.detailed) {
            if (Result<ModuleInfo> info = inspect(*bytes)) checked.info = std::move(*info);
        }
    } else {
        checked.result.errors.push_back(bytes.error());
        checked.result.complete = false;
    }
    if (!checked.result.valid()) checked.exit_code = exit_code_of(checked.result.errors[0].kind());
    return checked;
}

// ---- as text ------------------------------------------------------------------------------------

std::string limits_text(const SizeLimits& limits) {
    return fmt::format("min {}, max {}", limits.min,
                       limits.has_max ? std::to_string(limits.max) : "none");
}

std::string table_text(const TableType& type) {
    return fmt::format("{}, elements: {}{}", to_string(type.element), limits_text(type.limits),
                       type.is_64 ? ", 64-bit addresses" : "");
}

std::string memory_text(const MemoryType& type) {
    std::string text = "pages: " + limits_text(type.limits);
    if (type.page_size_log2 != 16) {
        text += fmt::format(", page size {}", std::uint64_t{1} << type.page_size_log2);
    }
    if (type.is_64) text += ", 64-bit addresses";
    if (type.is_shared) text += ", shared";
    return text;
}

std::string counts_text(const ModuleCounts& c) {
    std::string text;
    const auto line = [&text](const char* name, std::uint64_t all, std::uint64_t imported) {
        text += fmt::format("    {:<18}{:>10}", name, all);
        if (imported != 0) text += fmt::format("  ({} imported)", imported);
        text += '\n';
    };
    line("types", c.types, 0);
    line("functions", c.functions, c.imported_functions);
    line("tables", c.tables, c.imported_tables);
    line("memories", c.memories, c.imported_memories);
    line("globals", c.globals, c.imported_globals);
    line("tags", c.tags, c.imported_tags);
    line("element segments", c.element_segments, 0);
    line("data segments", c.data_segments, 0);
    line("bytes of code", c.code_bytes, 0);
    line("bytes of data", c.data_bytes, 0);
    return text;
}

std::string feature_text(const FeatureUse& use) {
    std::string text = fmt::format("    {:<22} first: {}", to_string(use.feature), use.what);
    if (use.function != Error::kNoFunction) {
        text += fmt::format(", func {}", use.function);
        if (!use.function_name.empty())
            text += fmt::format(" \"{}\"", printable(use.function_name));
    }
    if (use.offset != Error::kNoOffset) text += fmt::format(" (+0x{:x})", use.offset);
    return text + '\n';
}

/// What could be decoded, that is, all but sizes and sections.
std::string contents_text(const ModuleInfo& info) {
    std::string text = fmt::format("  imports ({})\n", info.imports.size());
    for (const ImportType& i : info.imports) {
        text += fmt::format("    \"{}\" \"{}\": {}\n", printable(i.module), printable(i.name),
                            to_string(i.type));
    }
    text += fmt::format("  exports ({})\n", info.exports.size());
    for (const ExportType& e : info.exports) {
        text += fmt::format("    \"{}\": {}\n", printable(e.name), to_string(e.type));
    }
    for (std::size_t i = 0; i < info.tables.size(); ++i) {
        text += fmt::format("  table {}: {}\n", i, table_text(info.tables[i]));
    }
    for (std::size_t i = 0; i < info.memories.size(); ++i) {
        text += fmt::format("  memory {}: {}\n", i, memory_text(info.memories[i]));
    }
    if (info.start) {
        text += fmt::format("  start: func {}", *info.start);
        if (!info.start_name.empty()) text += fmt::format(" \"{}\"", printable(info.start_name));
        text += '\n';
    }
    text += "  counts\n" + counts_text(info.counts);
    for (const Producer& p : info.producers) {
        text += fmt::format("  {}: {} {}\n", printable(p.field), printable(p.name),
                            printable(p.version));
    }
    return text;
}

std::string info_text(const ModuleInfo& info) {
    std::string text = fmt::format("  size: {} bytes\n", info.size);
    if (!info.name.empty()) text += fmt::format("  name: {}\n", printable(info.name));
    text += fmt::format("  sections ({})\n", info.sections.size());
    for (const SectionInfo& s : info.sections) {
        const std::string name =
            s.id == 0 ? fmt::format("custom \"{}\"", printable(s.name)) : s.name;
        text += fmt::format("    {:>2}  {:<28} at 0x{:<8x} {:>10} bytes\n", s.id, name, s.offset,
                            s.size);
    }
    if (info.decoded) text += contents_text(info);
    text += fmt::format("  features needed ({})\n", info.features.size());
    for (const FeatureUse& use : info.features) text += feature_text(use);
    return text;
}

/// Errors to standard error; the verdict and the details to standard output.
void print_text(const Checked& checked) {
    const std::vector<Error>& errors = checked.result.errors;
    for (const Error& e : errors) (void)report(e, checked.file);
    std::string text = printable(checked.file) + ": ";
    if (errors.empty()) {
        text += "valid\n";
    } else {
        text += fmt::format("{}, {} error{}", to_string(errors[0].kind()), errors.size(),
                            errors.size() == 1 ? "" : "s");
        text += checked.result.complete ? "\n" : "; the rest was not checked\n";
    }
    if (checked.info) text += info_text(*checked.info);
    std::fwrite(text.data(), 1, text.size(), stdout);
    (void)std::fflush(stdout);
}

// ---- as JSON ------------------------------------------------------------------------------------

void write_function(JsonWriter& json, std::uint32_t index, const std::string& name) {
    json.key("function");
    if (index == Error::kNoFunction) return json.null();
    json.begin_object();
    json.member("index", index);
    json.member("name", name.empty() ? std::nullopt : std::optional(name));
    json.end_object();
}

std::optional<std::uint64_t> known(std::uint64_t offset) {
    return offset == Error::kNoOffset ? std::nullopt : std::optional(offset);
}

void write_error(JsonWriter& json, const Error& e) {
    const std::optional<Feature> feature = e.feature();
    json.begin_object();
    json.member("kind", to_string(e.kind()));
    json.member("message", e.message());
    json.member("offset", known(e.offset()));
    json.member("section", e.section().empty() ? std::nullopt : std::optional(e.section()));
    write_function(json, e.function(), e.function_name());
    json.member("feature", feature ? std::optional(to_string(*feature)) : std::nullopt);
    json.end_object();
}

void write_limits(JsonWriter& json, const SizeLimits& limits, bool is_64) {
    json.member("min", limits.min);
    json.member("max", limits.has_max ? std::optional(limits.max) : std::nullopt);
    json.member("address_bits", is_64 ? 64u : 32u);
}

void write_counts(JsonWriter& json, const ModuleCounts& c) {
    json.key("counts");
    json.begin_object();
    json.member("types", c.types);
    json.member("functions", c.functions);
    json.member("imported_functions", c.imported_functions);
    json.member("tables", c.tables);
    json.member("imported_tables", c.imported_tables);
    json.member("memories", c.memories);
    json.member("imported_memories", c.imported_memories);
    json.member("globals", c.globals);
    json.member("imported_globals", c.imported_globals);
    json.member("tags", c.tags);
    json.member("imported_tags", c.imported_tags);
    json.member("element_segments", c.element_segments);
    json.member("data_segments", c.data_segments);
    json.member("code_bytes", c.code_bytes);
    json.member("data_bytes", c.data_bytes);
    json.end_object();
}

template <class List, class F>
void write_list(JsonWriter& json, const char* name, const List& list, const F& write_one) {
    json.key(name);
    json.begin_array();
    for (const auto& item : list) {
        json.begin_object();
        write_one(item);
        json.end_object();
    }
    json.end_array();
}

void write_info(JsonWriter& json, const ModuleInfo& info) {
    json.member("size", info.size);
    json.member("decoded", info.decoded);
    json.member("name", info.name.empty() ? std::nullopt : std::optional(info.name));
    write_list(json, "sections", info.sections, [&json](const SectionInfo& s) {
        json.member("id", std::uint32_t{s.id});
        json.member("name", s.name);
        json.member("offset", s.offset);
        json.member("size", s.size);
    });
    write_list(json, "imports", info.imports, [&json](const ImportType& i) {
        json.member("module", i.module);
        json.member("name", i.name);
        json.member("kind", to_string(i.type.kind));
        json.member("type", to_string(i.type));
    });
    write_list(json, "exports", info.exports, [&json](const ExportType& e) {
        json.member("name", e.name);
        json.member("kind", to_string(e.type.kind));
        json.member("type", to_string(e.type));
    });
    write_list(json, "tables", info.tables, [&json](const TableType& t) {
        json.member("element", to_string(t.element));
        write_limits(json, t.limits, t.is_64);
    });
    write_list(json, "memories", info.memories, [&json](const MemoryType& m) {
        write_limits(json, m.limits, m.is_64);
        json.member("shared", m.is_shared);
        json.member("page_size", std::uint64_t{1} << m.page_size_log2);
    });
    json.key("start");
    if (info.start) {
        json.begin_object();
        write_function(json, *info.start, info.start_name);
        json.end_object();
    } else {
        json.null();
    }
    write_counts(json, info.counts);
    write_list(json, "features", info.features, [&json](const FeatureUse& use) {
        json.member("name", to_string(use.feature));
        json.member("first_use", use.what);
        json.member("offset", known(use.offset));
        write_function(json, use.function, use.function_name);
    });
    write_list(json, "producers", info.producers, [&json](const Producer& p) {
        json.member("field", p.field);
        json.member("name", p.name);
        json.member("version", p.version);
    });
}

void write_checked(JsonWriter& json, const Checked& checked) {
    json.begin_object();
    json.member("file", checked.file);
    json.member("valid", checked.result.valid());
    json.member("complete", checked.result.complete);
    json.key("errors");
    json.begin_array();
    for (const Error& e : checked.result.errors) write_error(json, e);
    json.end_array();
    if (checked.info) write_info(json, *checked.info);
    json.end_object();
}

}  // namespace

int verify_main(int argc, char** argv) {
    Options options;
    if (const auto code = parse(argc, argv, options)) return *code;
    int exit_code = kOk;
    JsonWriter json;
    json.begin_object();
    json.key("modules");
    json.begin_array();
    for (const std::string& file : options.files) {
        const Checked checked = check(options, file);
        if (exit_code == kOk) exit_code = checked.exit_code;
        if (options.json) {
            write_checked(json, checked);
        } else {
            print_text(checked);
        }
    }
    if (!options.json) return exit_code;
    json.end_array();
    json.member("valid", exit_code == kOk);
    json.end_object();
    const std::string text = json.text() + '\n';
    const int written = write_all("-", text.data(), text.size());
    return exit_code == kOk ? written : exit_code;
}

}  // namespace wasmi::tool
