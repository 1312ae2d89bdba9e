// wasmi-run wat: prints a module as text. wasmi-run wasm: writes a text as binary module.
// Spec: text/modules.
#include "command.hpp"
#include "files.hpp"
#include "options.hpp"

#include <wasmi/module.hpp>
#include <wasmi/text.hpp>

#include <cstdio>
#include <vector>

#include <CLI/CLI.hpp>

namespace wasmi::tool {

namespace {

constexpr const char* kWatHelp = R"(wasmi-run wat: prints a module as text

usage: wasmi-run wat [options] FILE.wasm

  --folded, -f       operands inside their instructions
  --no-names         numbers instead of the names of the name section
  --no-customs       leave custom sections out
  --no-notes         no comments with the index of each definition
  --output, -o FILE  write to FILE instead of standard output
)";

constexpr const char* kWasmHelp = R"(wasmi-run wasm: assembles a text to a binary module

usage: wasmi-run wasm FILE.wat -o OUT.wasm

  --output, -o FILE  where to write; "-" is standard output
  --force            write modules that are not valid, too
  --features LIST    what is valid: as for wasmi-run run, but all proposals are on by default
)";

}  // namespace

int wat_main(int argc, char** argv) {
    WatOptions options;
    bool no_names = false;
    bool no_customs = false;
    bool no_notes = false;
    std::string output;
    std::string file;
    CLI::App app;
    app.add_flag("-f,--folded", options.folded);
    app.add_flag("--no-names", no_names);
    app.add_flag("--no-customs", no_customs);
    app.add_flag("--no-notes", no_notes);
    app.add_option("-o,--output", output);
    app.add_option("FILE", file);
    if (const auto code = read_options(app, argc, argv, kWatHelp)) return *code;
    if (file.empty()) return report_usage("no FILE given");
    options.names = !no_names;
    options.customs = !no_customs;
    options.index_notes = !no_notes;
    Result<std::vector<std::byte>> bytes = read_all(file);
    if (!bytes) return report(bytes.error());
    // A text is laid out anew.
    if (!is_binary(*bytes)) {
        bytes = wat_to_wasm(as_text(*bytes));
        if (!bytes) return report(bytes.error(), file);
    }
    const Result<std::string> text = wasm_to_wat(*bytes, options);
    if (!text) return report(text.error(), file);
    return write_all(output, text->data(), text->size());
}

int wasm_main(int argc, char** argv) {
    bool force = false;
    std::string features;
    std::string output;
    std::string file;
    CLI::App app;
    app.add_flag("--force", force);
    app.add_option("--features", features);
    app.add_option("-o,--output", output);
    app.add_option("FILE", file);
    if (const auto code = read_options(app, argc, argv, kWasmHelp)) return *code;
    if (file.empty()) return report_usage("no FILE given");
    if (output.empty()) return report_usage("no --output given");
    Config config;
    config.features = Features::all();
    if (const auto code = apply_features(features, config.features)) return *code;
    Result<std::vector<std::byte>> bytes = read_all(file);
    if (!bytes) return report(bytes.error());
    if (!is_binary(*bytes)) {
        bytes = wat_to_wasm(as_text(*bytes));
        if (!bytes) return report(bytes.error(), file);
    }
    if (!force) {
        const Result<void> valid = Module::validate(Engine(config), *bytes);
        if (!valid) return report(valid.error(), file);
    }
    return write_all(output, bytes->data(), bytes->size());
}

}  // namespace wasmi::tool
