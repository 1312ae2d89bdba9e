// The validator: proves that a decoded module is well formed and gathers facts for the translator.
// Spec: valid/modules, valid/instructions, appendix/algorithm.
#pragma once

#include "core/types/error_list.hpp"
#include "core/types/module.hpp"

#include <wasmi/result.hpp>

namespace wasmi::core {

/// Operand stack of one function, in slots. A module beyond it is refused with ErrorKind::limit.
inline constexpr u32 kMaxOperandSlots = 1u << 20;
/// Nested blocks of one function.
inline constexpr u32 kMaxBlockDepth = 1u << 20;

/// All rules but those of function bodies. Fills `declared_funcs` and sizes `facts`.
/// Errors: invalid, malformed (in constant expressions), unsupported, limit.
/// `all`, if not null, takes every error, and checking goes on until it is full; what is returned
/// is the first of them.
[[nodiscard]] Result<void> validate_module(ModuleData& module, ErrorList* all = nullptr);

/// The body of one defined function, after validate_module; fills its FuncFacts.
/// Errors: invalid, malformed, unsupported, limit; all with function index and byte offset.
/// Thread rule: different functions of a module may be validated at the same time.
[[nodiscard]] Result<void> validate_function(ModuleData& module, u32 defined_index);

/// For modules whose bodies are validated later: fills FuncFacts::local_slots of all functions, so
/// that frames can be made. Functions whose locals are wrong keep their parameters alone; they will
/// not be validated, and so not run.
void measure_locals(ModuleData& module);

/// All bodies, first to last. The first error ends it; `all`, if not null, takes one error of each
/// body until it is full. A module with errors is not fit for anything but more of these checks.
[[nodiscard]] Result<void> validate_bodies(ModuleData& module, ErrorList* all = nullptr);

}  // namespace wasmi::core
