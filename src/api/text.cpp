// wat_to_wasm and wasm_to_wat.
// Spec: text/modules.
#include "core/text/assemble.hpp"
#include "core/text/disassemble.hpp"

#include <wasmi/text.hpp>

#include <cstring>
#include <utility>

namespace wasmi {

Result<std::vector<std::byte>> wat_to_wasm(std::string_view text) {
    const Result<std::vector<core::u8>> bytes = core::text::assemble(text);
    if (!bytes) return bytes.error();
    std::vector<std::byte> out(bytes->size());
    std::memcpy(out.data(), bytes->data(), bytes->size());
    return out;
}

Result<std::string> wasm_to_wat(std::span<const std::byte> bytes, const WatOptions& options) {
    const core::text::DisassembleOptions o{.folded = options.folded,
                                           .names = options.names,
                                           .customs = options.customs,
                                           .index_notes = options.index_notes};
    return core::text::disassemble({reinterpret_cast<const core::u8*>(bytes.data()), bytes.size()},
                                   o);
}

}  // namespace wasmi
