// wasmi-run: runs a WebAssembly module from the command line.
// Spec: none.
#include <wasmi/version.hpp>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

int main(int argc, char** argv) {
    CLI::App app{"Runs WebAssembly modules", "wasmi-run"};
    app.set_version_flag("--version", fmt::format("wasmi-run {}", wasmi::version()));
    CLI11_PARSE(app, argc, argv);
    fmt::print(stderr, "error: unsupported: running modules is not built in yet\n");
    return 64;
}
