// Instantiation: resolves imports, allocates, runs segments and the start function.
// Spec: exec/modules (instantiation).
#pragma once

#include "core/linker/names.hpp"
#include "core/linker/store.hpp"

#include <wasmi/result.hpp>

#include <memory>
#include <optional>
#include <span>

namespace wasmi::core {

/// One item per import of the module, found by name. Errors: link, listing every import that is
/// missing or does not match.
[[nodiscard]] Result<std::vector<ExternAddr>> resolve_imports(const StoreData& store,
                                                              const ModuleData& module,
                                                              const NameTable& names);
/// The same check for items given in order.
[[nodiscard]] Result<void> check_imports(const StoreData& store, const ModuleData& module,
                                         std::span<const ExternAddr> imports);

/// The address of the new instance. The imports must have passed one of the checks above.
/// Errors: limit and unsupported (nothing has changed), and the ends of a call (the instance stays
/// in the store, and so does what it has written).
[[nodiscard]] Result<u32> instantiate(StoreData& store, std::shared_ptr<ModuleData> module,
                                      std::span<const ExternAddr> imports);

/// What an export names.
[[nodiscard]] ExternAddr export_addr(const ModuleInstance& instance, const ExportDesc& desc);
[[nodiscard]] std::optional<ExternAddr> find_export(const ModuleInstance& instance,
                                                    std::string_view name);

}  // namespace wasmi::core
