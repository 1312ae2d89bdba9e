// Part 6 of the handlers of the tail-call wrapping; see handlers_part.hpp.
#define WASMI_PART 6
#include "core/executor/handlers_part.hpp"
