// Looks for malformed function bodies, which decode() leaves alone.
// Spec: binary/modules (code section).
#pragma once

#include "core/types/module.hpp"

#include <wasmi/error.hpp>

#include <optional>

namespace wasmi::core {

/// The first malformed function body. For the validator: the specification decodes a module whole
/// before it validates, so once a body is found wrong in any way this says whether the module is
/// malformed rather than invalid, and in which words. Never called for valid modules.
[[nodiscard]] std::optional<Error> find_malformed_body(const ModuleData& module);

}  // namespace wasmi::core
