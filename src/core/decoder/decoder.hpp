// decode: bytes of a binary module → ModuleData.
// Spec: binary/modules.
//
// Function bodies are not looked into; constant expressions are skipped over. What is wrong with
// the format is `malformed`. Two things that validation would find are found here, because nothing
// could go on without them: type indices that name nothing ("unknown type") and functions and tags
// whose type is no function type. These are `invalid`, as in the validator.
#pragma once

#include "core/types/basics.hpp"
#include "core/types/error_list.hpp"
#include "core/types/module.hpp"

#include <wasmi/result.hpp>

#include <memory>
#include <span>

namespace wasmi::core {

/// The module refers to `bytes` as long as it lives; `keep` owns them (null: the caller does).
/// Errors: malformed, invalid, unsupported, limit. Each has its byte offset and the name of the
/// section. `all`, if not null, takes every error that was found, what is returned among them.
/// Thread rule: may run in many threads for one engine.
[[nodiscard]] Result<std::shared_ptr<ModuleData>> decode(std::shared_ptr<EngineData> engine,
                                                         std::span<const u8> bytes,
                                                         std::shared_ptr<const void> keep,
                                                         ErrorList* all = nullptr);

}  // namespace wasmi::core
