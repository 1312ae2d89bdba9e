// wasmi-run: runs and inspects WebAssembly modules from the command line.
// Spec: none.
//
// Each subcommand is a file of its own and parses its own options; `run` is the default. To add
// one: a file, a declaration in command.hpp, a row here, a line in CMakeLists.txt.
#include "command.hpp"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>

#include <fcntl.h>
#include <unistd.h>

namespace {

constexpr wasmi::tool::Command kCommands[] = {
    {"run", "run a module (the default)", wasmi::tool::run_main},
    {"validate", "another name of verify", wasmi::tool::verify_main},
    {"verify", "check modules and look into them", wasmi::tool::verify_main},
    {"wasm", "assemble a text to a binary module", wasmi::tool::wasm_main},
    {"wast", "run test scripts", wasmi::tool::wast_main},
    {"wat", "print a module as text", wasmi::tool::wat_main},
};

/// A descriptor 0, 1 or 2 that is closed would be given to the first file that is opened: then our
/// messages would be written into a file of the guest.
void fill_standard_descriptors() {
    for (int fd = 0; fd < 3; ++fd) {
        if (::fcntl(fd, F_GETFD) < 0) (void)::open("/dev/null", O_RDWR);
    }
}

}  // namespace

#ifdef __GLIBCXX__
/// What std::terminate calls, in place of one that prints the type of the exception: all that
/// prints C++ names would be linked in for it, and no exception leaves a command.
void __gnu_cxx::__verbose_terminate_handler() { std::abort(); }
#endif

int main(int argc, char** argv) {
    fill_standard_descriptors();
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
