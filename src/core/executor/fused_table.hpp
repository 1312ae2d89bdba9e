// The table of fused runs of this build, made at compile time from fused_runs_*.def.
#pragma once

#include "core/executor/handlers.hpp"

namespace wasmi::core {

inline constexpr u32 kFusedParts = 8;

[[nodiscard]] FuseTable fuse_table() noexcept;

template <class F>
inline constexpr bool form_available = in_mask(F::info.shape.a, F::a) &&
                                       in_mask(F::info.shape.b, F::b) &&
                                       in_mask(F::info.shape.c, F::c) &&
                                       in_mask(F::info.shape.d, F::d) &&
                                       form_exists(F::op, {F::a, F::b, F::c, F::d});

/// Longer runs need more machine registers than six-argument handlers leave.
#if defined(WASMI_PRESERVE_NONE)
inline constexpr std::size_t kLongestRun = 4;
#else
inline constexpr std::size_t kLongestRun = 2;
#endif

/// Whether this build has a handler for the run.
template <class... Fs>
inline constexpr bool run_available =
    sizeof...(Fs) <= kLongestRun && (form_available<Fs> && ...) &&
    (kLongestRun > 2 || ((Fs::info.imm != ImmKind::call && Fs::info.imm != ImmKind::icall) && ...));

namespace handlers {
/// Handlers of the rows of one part, null where a form does not exist in this build.
template <u32 kPart>
const Handler* fused_part() noexcept;
}  // namespace handlers

}  // namespace wasmi::core
