// The table of fused runs of this build, made at compile time from fused_runs.def.
#pragma once

#include "core/translator/target.hpp"

namespace wasmi::core {

[[nodiscard]] FuseTable fuse_table() noexcept;

}  // namespace wasmi::core
