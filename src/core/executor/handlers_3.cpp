// Part 3 of the handlers of the tail-call wrapping; see handlers_part.hpp.
#define WASMI_PART 3
#include "core/executor/handlers_part.hpp"
