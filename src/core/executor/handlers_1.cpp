// Part 1 of the handlers of the tail-call wrapping; see handlers_part.hpp.
#define WASMI_PART 1
#include "core/executor/handlers_part.hpp"
