// Runner: executes scripts and counts what held.
#pragma once

#include "spectests/runner/script.hpp"

#include <wasmi/config.hpp>
#include <wasmi/limits.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace wasmi::spectest {

/// What there is to say about a command.
struct Remark {
    u32 line = 0;
    std::string message;
};

/// An assert_invalid of an old script that a later version of the specification contradicts: the
/// module is valid now, which is asserted instead.
struct Superseded {
    u32 line = 0;
    std::string_view expected;  ///< the words of the old assertion
    std::string_view reason;
};

/// What came of one script. Modules, registers and plain actions are no assertions: they are
/// counted only where they fail.
struct ScriptResult {
    u64 passed = 0;
    u64 failed = 0;
    std::vector<Remark> failures;
    std::vector<Remark> superseded;  ///< neither passed nor failed; what was asserted instead held
};

struct RunOptions {
    Config config;
    StoreLimits limits;
    /// With so much fuel and so late a deadline that neither ends.
    bool metered = false;
    std::vector<Superseded> superseded;
    bool round_trip = false;  ///< print modules that run as text and assemble it again
    bool round_trip_folded = false;
};

/// Each script gets an engine, a store and a host module `spectest` of its own.
[[nodiscard]] ScriptResult run_script(std::string_view source, const RunOptions& options);

/// Assertions that a script makes, run or not.
[[nodiscard]] u64 count_assertions(const std::vector<Command>& commands);

}  // namespace wasmi::spectest
