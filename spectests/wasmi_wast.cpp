// wasmi-wast: runs scripts, for the tests.
//
//     wasmi-wast [-v] [--expect CSV [--prefix PREFIX] [--ready]] [--round-trip flat|folded] PATH...
//     wasmi-wast --count PATH... > expected_counts.csv
#include "spectests/runner/suite.hpp"

#include <cstdio>
#include <cstring>

int main(int argc, char** argv) {
    wasmi::spectest::SuiteOptions options;
    bool count = false;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "-v") == 0) {
            options.verbose = true;
        } else if (std::strcmp(argv[i], "--count") == 0) {
            count = true;
        } else if (std::strcmp(argv[i], "--ready") == 0) {
            options.only_ready = true;
        } else if (std::strcmp(argv[i], "--expect") == 0 && i + 1 < argc) {
            options.expected_counts = argv[++i];
        } else if (std::strcmp(argv[i], "--round-trip") == 0 && i + 1 < argc) {
            options.round_trip = std::strcmp(argv[++i], "folded") == 0
                                     ? wasmi::spectest::RoundTrip::folded
                                     : wasmi::spectest::RoundTrip::flat;
        } else if (std::strcmp(argv[i], "--prefix") == 0 && i + 1 < argc) {
            options.prefix = argv[++i];
        } else {
            options.paths.emplace_back(argv[i]);
        }
    }
    if (options.paths.empty()) {
        std::fputs(
            "usage: wasmi-wast [-v] [--expect CSV [--prefix PREFIX] [--ready]] PATH...\n"
            "       wasmi-wast --count PATH...\n",
            stderr);
        return 64;
    }
    if (count) return wasmi::spectest::print_counts(options.paths) ? 0 : 1;
    return wasmi::spectest::run_suite(options).ok() ? 0 : 1;
}
