// Runner: executes scripts and counts what held.
#pragma once

#include "spectests/runner/script.hpp"

#include <wasmi/config.hpp>
#include <wasmi/limits.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace wasmi::spectest {

struct Failure {
    u32 line = 0;
    std::string message;
};

/// What came of one script. Modules, registers and plain actions are no assertions: they are
/// counted only where they fail.
struct ScriptResult {
    u64 passed = 0;
    u64 failed = 0;
    std::vector<Failure> failures;
};

struct RunOptions {
    Config config;
    StoreLimits limits;
    bool round_trip = false;  ///< print modules that run as text and assemble it again
    bool round_trip_folded = false;
};

/// Each script gets an engine, a store and a host module `spectest` of its own.
[[nodiscard]] ScriptResult run_script(std::string_view source, const RunOptions& options);

/// Assertions that a script makes, run or not.
[[nodiscard]] u64 count_assertions(const std::vector<Command>& commands);

}  // namespace wasmi::spectest
