// disassemble: a module in the binary format becomes text that assembles to the same module.
// Spec: text/modules.
//
// Kept are: all sections, indices, names, custom sections and branch hints. Not kept are the ways
// of writing what has several: padded LEB128 numbers, groups of locals, empty else branches.
#pragma once

#include "core/types/basics.hpp"

#include <wasmi/result.hpp>

#include <span>
#include <string>

namespace wasmi::core::text {

struct DisassembleOptions {
    bool folded = false;      ///< operands inside their instructions
    bool names = true;        ///< $ids from the name section
    bool customs = true;      ///< other custom sections as @custom annotations
    bool index_notes = true;  ///< `(;7;)` beside each definition
};

/// Errors: those of the decoder, and malformed function bodies.
[[nodiscard]] Result<std::string> disassemble(std::span<const u8> bytes,
                                              const DisassembleOptions& options = {});

}  // namespace wasmi::core::text
