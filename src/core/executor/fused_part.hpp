// One part of the handlers of fused runs: the rows of one fused_runs_*.def file.
//
//     WASMI_RUN(parent, F(op, a, b, c, d), F(…)…)
// parent: number of the row that has all forms but the last, -1 for pairs. Rows are numbered
// through all files, kRunsPerPart to a file. The files are made by tools/fusion (see there).
#include "core/executor/fused_table.hpp"
#include "core/executor/handlers.hpp"

namespace wasmi::core::handlers {
namespace {

#define F(op, a, b, c, d) Listed<Op::op, Cls::a, Cls::b, Cls::c, Cls::d>::type
#define WASMI_RUN(parent, ...) run_or_null<__VA_ARGS__>(),

/// Builds with fewer pins or registers lack some.
template <class... Fs>
constexpr Handler run_or_null() {
    if constexpr (run_available<Fs...>) {
        if constexpr ((is_heavy(Fs::op) || ...)) return &heavy_run<Fs...>;
        return &run<Fs...>;
    } else {
        return nullptr;
    }
}

constexpr Handler kRuns[] = {
#include WASMI_FUSED_FILE
    nullptr};

#undef F
#undef WASMI_RUN

static_assert(std::size(kRuns) - 1 <= FuseTable::kRunsPerPart);

}  // namespace

template <>
const Handler* fused_part<WASMI_FUSED_PART>() noexcept {
    return kRuns;
}

}  // namespace wasmi::core::handlers
