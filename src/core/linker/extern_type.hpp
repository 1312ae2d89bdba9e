// External types: of what a module declares, of what a store holds, and whether they match.
// Spec: valid/matching (external types), exec/values (external typing).
#pragma once

#include "core/linker/store.hpp"
#include "core/types/module.hpp"

#include <wasmi/types.hpp>

namespace wasmi::core {

/// The declared type of an item of a module's index space.
[[nodiscard]] ExternType declared_type(const ModuleData& module, ExternKind kind, u32 index);
/// The type of an item of a store; sizes are the current ones.
[[nodiscard]] ExternType type_of(const StoreData& store, ExternAddr item);
[[nodiscard]] bool extern_matches(const TypeRegistry& types, const ExternType& sub,
                                  const ExternType& super) noexcept;
/// extern_matches(type_of(given), declared_type(…)) without building the types.
[[nodiscard]] bool import_matches(const StoreData& store, ExternAddr given,
                                  const ModuleData& module, const ImportDesc& import) noexcept;

}  // namespace wasmi::core
