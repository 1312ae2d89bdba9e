// Options of a subcommand: see options.hpp.
// Spec: none.
#include "options.hpp"

#include "command.hpp"

#include <cstdio>

namespace wasmi::tool {

std::optional<int> read_options(CLI::App& app, int argc, char** argv, const char* text) {
    bool help = false;
    app.set_help_flag();  // the text is our own
    app.add_flag("-h,--help", help);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return report_usage(e.what());
    }
    if (!help) return std::nullopt;
    std::fputs(text, stdout);
    return kOk;
}

}  // namespace wasmi::tool
