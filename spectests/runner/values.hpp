// Values of scripts: arguments, expected results, and their comparison with what a call returned.
#pragma once

#include "spectests/runner/script.hpp"

#include <wasmi/store.hpp>

#include <span>
#include <string>

namespace wasmi::spectest {

/// The value of a literal. Errors: no value, but a pattern.
[[nodiscard]] Result<Val> to_val(Store& store, const Pattern& literal);

[[nodiscard]] bool matches(const Store& store, const Val& value, const Pattern& pattern);

[[nodiscard]] std::string describe(const Store& store, const Val& value);
[[nodiscard]] std::string describe(const Pattern& pattern);

}  // namespace wasmi::spectest
