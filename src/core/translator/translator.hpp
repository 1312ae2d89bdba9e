// Translator: one validated function body → register code, in one pass.
//
// Values of the operand stack stay symbolic (constant, local, accumulator, slot) until they are
// used; see docs/ARCHITECTURE.md, "Translation". Spec: exec/instructions, for what the code means.
#pragma once

#include "core/translator/code_memory.hpp"
#include "core/translator/target.hpp"
#include "core/types/module.hpp"

namespace wasmi::core {

/// What else to keep of a translation.
enum class Keep : u8 { nothing, positions, blocks };

/// Translates defined function `index` of a validated module. Deterministic: translating again
/// yields the same code, so that positions can be had when they are needed.
/// Errors: limit (frame of more than 65,520 slots), unsupported.
[[nodiscard]] Result<Translation> translate_function(ModuleData& module, u32 index,
                                                     const CodeTarget& target,
                                                     TranslatorBuffers& buffers,
                                                     Keep keep = Keep::nothing);

}  // namespace wasmi::core
