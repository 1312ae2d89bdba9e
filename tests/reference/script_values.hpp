// Values of scripts for the reference interpreter: arguments and expected results.
// Spec: interpreter/README.md of the specification (scripts).
#pragma once

#include "spectests/runner/script.hpp"
#include "tests/reference/store.hpp"

namespace wasmi::reference {

/// Of a literal that stands for one value.
[[nodiscard]] Value value_of(const spectest::Pattern& p);

/// Whether a value of that type is one of those that the pattern describes.
[[nodiscard]] bool matches(const Store& store, const Value& value, ValType type,
                           const spectest::Pattern& pattern);

}  // namespace wasmi::reference
