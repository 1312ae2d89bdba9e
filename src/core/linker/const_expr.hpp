// Evaluates constant expressions, which have been validated.
// Spec: valid/instructions (constant expressions), exec/instructions (expressions).
#pragma once

#include "core/linker/store.hpp"

#include <wasmi/result.hpp>

#include <vector>

namespace wasmi::core {

/// Reads what the instance has so far: func_addrs (all), globals (imported ones and those already
/// evaluated). Keep one per instantiation: it reuses its stack.
class ConstEvaluator {
  public:
    ConstEvaluator(const ModuleData& module, const ModuleInstance& instance)
        : module_(&module), instance_(&instance) {}

    /// Errors: unsupported, for instructions of the GC proposal that allocate.
    [[nodiscard]] Result<GlobalCell> evaluate(ConstExpr expr);

  private:
    [[nodiscard]] GlobalCell pop();

    const ModuleData* module_;
    const ModuleInstance* instance_;
    std::vector<GlobalCell> stack_;
};

}  // namespace wasmi::core
