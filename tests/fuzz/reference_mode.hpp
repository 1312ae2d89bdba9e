// The reference interpreter as one more mode that runs a module.
#pragma once

#include "tests/fuzz/trace.hpp"

#include <wasmi/result.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace wasmi::fuzz {

struct ReferenceRun {
    Run run;
    // What no choice of a NaN changed: lines, and lines of the state.
    std::vector<bool> lines_determined, state_determined;
    bool limited = false;  ///< a call reached a limit: the state is this interpreter's own
    /// All lines and all of the state, so that the engine's fuel is determined, too.
    [[nodiscard]] bool is_determined() const;
};

/// `nan_runs`: with other NaNs, if there are any. What depends on one bit of a NaN shows in half
/// of the runs. Errors: what the reference interpreter cannot do ("unsupported: NAME"); those of
/// loading.
[[nodiscard]] Result<ReferenceRun> run_in_reference(std::span<const std::byte> bytes,
                                                    unsigned nan_runs);

}  // namespace wasmi::fuzz
