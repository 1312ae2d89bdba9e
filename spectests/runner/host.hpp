// The host module `spectest` that scripts import from.
// Spec: interpreter/README.md of the specification (spectest host module).
#pragma once

#include <wasmi/linker.hpp>

namespace wasmi::spectest {

Result<void> define_spectest(Store& store, Linker& linker);

}  // namespace wasmi::spectest
