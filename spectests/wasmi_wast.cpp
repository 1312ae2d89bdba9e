// wasmi-wast: runs scripts, for the tests.
//
//     wasmi-wast [-v] [--expect CSV [--prefix PREFIX]] [--round-trip flat|folded]
//                [--gc-heap BYTES] [MODE...] PATH...
//     wasmi-wast --count PATH... > expected_counts.csv
//     wasmi-wast --check-round-trips PATH...
//     wasmi-wast --extract DIRECTORY PATH...
#include "spectests/runner/modules.hpp"
#include "spectests/runner/suite.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int argc, char** argv) {
    wasmi::spectest::SuiteOptions options;
    bool count = false;
    bool round_trips = false;
    const char* extract_to = nullptr;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "-v") == 0) {
            options.verbose = true;
        } else if (std::strcmp(argv[i], "--count") == 0) {
            count = true;
        } else if (std::strcmp(argv[i], "--check-round-trips") == 0) {
            round_trips = true;
        } else if (std::strcmp(argv[i], "--extract") == 0 && i + 1 < argc) {
            extract_to = argv[++i];
        } else if (std::strcmp(argv[i], "--expect") == 0 && i + 1 < argc) {
            options.expected_counts = argv[++i];
        } else if (std::strcmp(argv[i], "--round-trip") == 0 && i + 1 < argc) {
            options.round_trip = std::strcmp(argv[++i], "folded") == 0
                                     ? wasmi::spectest::RoundTrip::folded
                                     : wasmi::spectest::RoundTrip::flat;
        } else if (std::strcmp(argv[i], "--gc-heap") == 0 && i + 1 < argc) {
            options.gc_heap_bytes = std::strtoull(argv[++i], nullptr, 10);
        } else if (std::strcmp(argv[i], "--prefix") == 0 && i + 1 < argc) {
            options.prefix = argv[++i];
        } else if (wasmi::spectest::set_mode(argv[i], options)) {
            continue;
        } else if (argv[i][0] == '-') {
            options.paths.clear();
            break;
        } else {
            options.paths.emplace_back(argv[i]);
        }
    }
    if (options.paths.empty()) {
        std::fputs(
            "usage: wasmi-wast [-v] [--expect CSV [--prefix PREFIX]] [--round-trip flat|folded]\n"
            "                  [--gc-heap BYTES] [MODE...] PATH...\n"
            "       wasmi-wast --count PATH...\n"
            "       wasmi-wast --check-round-trips PATH...\n"
            "       wasmi-wast --extract DIRECTORY PATH...\n"
            "modes:",
            stderr);
        for (const char* mode : wasmi::spectest::kModes) std::fprintf(stderr, " %s", mode);
        std::fputs("\n", stderr);
        return 64;
    }
    if (count) return wasmi::spectest::print_counts(options.paths) ? 0 : 1;
    if (round_trips) return wasmi::spectest::check_round_trips(options.paths) ? 0 : 1;
    if (extract_to != nullptr) {
        return wasmi::spectest::extract_modules(options.paths, extract_to) ? 0 : 1;
    }
    return wasmi::spectest::run_suite(options).ok() ? 0 : 1;
}
