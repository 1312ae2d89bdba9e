// Part 4 of the handlers of fused runs; see fused_part.hpp.
#define WASMI_FUSED_PART 4
#define WASMI_FUSED_FILE "core/executor/fused_runs_4.def"
#include "core/executor/fused_part.hpp"
