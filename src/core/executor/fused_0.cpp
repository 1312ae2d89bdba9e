// Part 0 of the handlers of fused runs; see fused_part.hpp.
#define WASMI_FUSED_PART 0
#define WASMI_FUSED_FILE "core/executor/fused_runs_0.def"
#include "core/executor/fused_part.hpp"
