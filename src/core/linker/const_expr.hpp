// Evaluates constant expressions, which have been validated.
// Spec: valid/instructions (constant expressions), exec/instructions (expressions).
#pragma once

#include "core/decoder/immediates.hpp"
#include "core/linker/store.hpp"

#include <wasmi/result.hpp>

#include <vector>

namespace wasmi::core {

/// Reads what the instance has so far: func_addrs (all), globals (imported ones and those already
/// evaluated). Keep one per instantiation: it reuses its stack.
class ConstEvaluator {
  public:
    ConstEvaluator(StoreData& store, const ModuleData& module, const ModuleInstance& instance)
        : store_(&store), module_(&module), instance_(&instance) {}

    /// Errors: trap "heap exhausted".
    [[nodiscard]] Result<GlobalCell> evaluate(ConstExpr expr);
    /// What it holds while it allocates.
    void visit(RefVisitor& visitor) const {
        visitor.visit(visitor, &stack_.data()->lo, stack_.size() * 2);
    }

  private:
    [[nodiscard]] GlobalCell pop();
    /// struct.new, array.new and their kin: the operands on the stack become a reference.
    [[nodiscard]] Result<void> allocate(Instr instr, const Immediates& imm);

    StoreData* store_;
    const ModuleData* module_;
    const ModuleInstance* instance_;
    std::vector<GlobalCell> stack_;
};

}  // namespace wasmi::core
