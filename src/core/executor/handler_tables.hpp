// How the parts of the handler table fit together.
#pragma once

#include "core/executor/handlers.hpp"

namespace wasmi::core::handlers {

inline constexpr u32 kHandlerParts = 8;

/// Operations are dealt to parts in order, so that each part has about as many forms.
constexpr u32 first_op_of_part(u32 part) {
    if (part >= kHandlerParts) return static_cast<u32>(kNumOps);
    u32 op = 0;
    while (kOps[op].first_form * kHandlerParts < part * kNumForms) ++op;
    return op;
}

/// By operation from first_op_of_part(kPart) on: the handlers of its forms.
template <u32 kPart>
const Handler* const* part_table() noexcept;

}  // namespace wasmi::core::handlers
