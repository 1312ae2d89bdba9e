// Part 7 of the handlers of the tail-call wrapping; see handlers_part.hpp.
#define WASMI_PART 7
#include "core/executor/handlers_part.hpp"
