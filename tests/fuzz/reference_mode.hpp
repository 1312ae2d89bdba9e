// The reference interpreter as one more mode that runs a module.
#pragma once

#include "tests/fuzz/trace.hpp"

#include <wasmi/result.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace wasmi::fuzz {

struct ReferenceRun {
    Run run;
    /// Lines of `run` that no choice of a NaN changes.
    std::size_t determined = 0;
    /// Nor that of the state; and no limit ended a call, which each engine does at another place.
    bool state_determined = false;
};

/// Errors: what the reference interpreter cannot do ("unsupported: NAME"); those of loading.
[[nodiscard]] Result<ReferenceRun> run_in_reference(std::span<const std::byte> module);

}  // namespace wasmi::fuzz
