// Options of a subcommand: one way to read them, to fail and to print the help.
// Spec: none.
#pragma once

#include <optional>

#include <CLI/CLI.hpp>

namespace wasmi::tool {

/// Reads the options of `app`, and --help, which prints `text`. An exit code if the program ends
/// here.
std::optional<int> read_options(CLI::App& app, int argc, char** argv, const char* text);

}  // namespace wasmi::tool
