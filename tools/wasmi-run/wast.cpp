// wasmi-run wast: runs test scripts.
// Spec: interpreter/README.md of the specification (scripts).
#include "command.hpp"
#include "options.hpp"
#include "spectests/runner/suite.hpp"

#include <cstdio>

#include <CLI/CLI.hpp>

namespace wasmi::tool {

namespace {

constexpr const char* kHelp = R"(wasmi-run wast: runs test scripts (.wast)

usage: wasmi-run wast [options] FILE|DIRECTORY...

Each failure is a line "file:line: what was expected, and what came". The last line counts
assertions: "N passed, N failed"; modules and plain calls that fail count as failed, too.
A script below a directory named after a proposal (wide-arithmetic, custom-page-sizes,
compact-import-section, threads, legacy-exceptions) has it switched on.

  --verbose, -v        a line for each script
  --features LIST      proposals, as for wasmi-run run
  --round-trip FORM    print every module that runs as text (flat or folded) and assemble it again
  --no-fuse, --no-pins, --no-accumulators
                       switch parts of the translator off
  --gc-stress          collect garbage at every allocation
  --eager              translate all functions at load
  --lazy               validate and translate a function at its first call; assert_invalid and
                       assert_malformed validate the whole module as ever
  --metered            with fuel and a deadline, of which there is enough
)";

}  // namespace

int wast_main(int argc, char** argv) {
    spectest::SuiteOptions options;
    std::string features;
    std::string round_trip;
    CLI::App app;
    app.add_flag("-v,--verbose", options.verbose);
    app.add_option("--features", features);
    app.add_option("--round-trip", round_trip);
    for (const char* mode : spectest::kModes) {
        app.add_flag_callback(mode, [mode, &options] { spectest::set_mode(mode, options); });
    }
    app.add_option("FILE", options.paths);
    if (const auto code = read_options(app, argc, argv, kHelp)) return *code;
    if (options.paths.empty()) return report_usage("no FILE given");
    if (!features.empty()) {
        if (const auto code = apply_features(features, options.config.features)) return *code;
    }
    if (round_trip == "flat") {
        options.round_trip = spectest::RoundTrip::flat;
    } else if (round_trip == "folded") {
        options.round_trip = spectest::RoundTrip::folded;
    } else if (!round_trip.empty()) {
        return report_usage("--round-trip: use flat or folded");
    }
    return spectest::run_suite(options).ok() ? kOk : kTrouble;
}

}  // namespace wasmi::tool
