// Suite: many scripts, from files and directories, with a report.
#pragma once

#include <wasmi/config.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wasmi::spectest {

/// Whether modules that run are printed as text and assembled again before.
enum class RoundTrip : std::uint8_t { none, flat, folded };

struct SuiteOptions {
    std::vector<std::string> paths;  ///< scripts, and directories of scripts
    bool verbose = false;            ///< a line for each file
    Config config;
    /// A table of `file,assertions` by which exactly so many must pass; empty: none.
    /// Files are named by `prefix` and the path from the directory in `paths`.
    std::string expected_counts;
    std::string prefix;  ///< "core/"; only such lines of the table count
    std::uint64_t gc_heap_bytes = std::uint64_t{1} << 30;
    bool metered = false;  ///< with fuel and a deadline, of which there is enough
    RoundTrip round_trip = RoundTrip::none;
};

struct SuiteResult {
    std::uint64_t passed = 0;
    std::uint64_t failed = 0;
    std::uint64_t files = 0;
    std::uint64_t superseded = 0;       ///< assertions whose contrary WebAssembly 3.0 demands
    std::vector<std::string> problems;  ///< unreadable files, counts that differ
    [[nodiscard]] bool ok() const { return failed == 0 && problems.empty() && files != 0; }
};

/// Runs all scripts; writes failures (`file:line: reason`) and at last "N passed, N failed" to
/// standard output. A script in a directory named after a proposal gets its feature switched on.
SuiteResult run_suite(const SuiteOptions& options);

/// Ways to run that change no result: the names of the options that set_mode takes.
constexpr const char* kModes[] = {"--no-fuse", "--no-pins", "--no-accumulators", "--gc-stress",
                                  "--eager",   "--lazy",    "--metered"};
/// Whether it is one of kModes, which is set then.
bool set_mode(std::string_view option, SuiteOptions& options);

/// Writes the table that `expected_counts` reads: for each script the number of its assertions.
bool print_counts(const std::vector<std::string>& paths);

}  // namespace wasmi::spectest
