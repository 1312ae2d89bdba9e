// wasmi-run: runs and inspects WebAssembly modules from the command line.
// Spec: none.
//
// Each subcommand is a file of its own and parses its own options; `run` is the default. To add
// one: a file, a declaration in command.hpp, a row here, a line in CMakeLists.txt.
#include "command.hpp"

#include <csignal>
#include <cstring>

namespace {

constexpr wasmi::tool::Command kCommands[] = {
    {"run", "run a module (the default)", wasmi::tool::run_main},
};

}  // namespace

int main(int argc, char** argv) {
    // A guest that writes to a closed pipe ends as any program does, even if our parent ignores
    // the signal (a shell pipeline expects it).
    std::signal(SIGPIPE, SIG_DFL);
    if (argc > 1) {
        for (const wasmi::tool::Command& command : kCommands) {
            if (std::strcmp(argv[1], command.name) == 0) return command.main(argc - 1, argv + 1);
        }
    }
    return wasmi::tool::run_main(argc, argv);
}
