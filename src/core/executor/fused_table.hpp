// The table of fused runs of this build, made at compile time from fused_runs_*.def.
#pragma once

#include "core/executor/handlers.hpp"

namespace wasmi::core {

inline constexpr u32 kFusedParts = 7;

[[nodiscard]] FuseTable fuse_table() noexcept;

/// The class that this build has in place of a pin that it lacks: a slot.
constexpr Cls without_pin(u8 mask, Cls c) {
    if (in_mask(mask, c) || (c != Cls::P0 && c != Cls::P1)) return c;
    return in_mask(mask, Cls::RS) ? Cls::RS : Cls::S;
}

/// A form of the list as this build would make it: the list is made with all pins.
template <Op kOp, Cls kA, Cls kB, Cls kC, Cls kD>
struct Listed {
    static constexpr Shape shape = info(kOp).shape;
    static constexpr Cls a = without_pin(shape.a, kA), b = without_pin(shape.b, kB),
                         c = without_pin(shape.c, kC), d = without_pin(shape.d, kD);
    static constexpr bool swapped =
        !form_exists(kOp, {a, b, c, d}) && form_exists(kOp, {b, a, c, d});
    using type = std::conditional_t<swapped, Form<kOp, b, a, c, d>, Form<kOp, a, b, c, d>>;
};

template <class F>
inline constexpr bool form_available = in_mask(F::info.shape.a, F::a) &&
                                       in_mask(F::info.shape.b, F::b) &&
                                       in_mask(F::info.shape.c, F::c) &&
                                       in_mask(F::info.shape.d, F::d) &&
                                       form_exists(F::op, {F::a, F::b, F::c, F::d});

/// Longer runs need more machine registers than six-argument handlers leave.
#if defined(WASMI_PRESERVE_NONE) || defined(WASMI_DISPATCH_LOOP)
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
