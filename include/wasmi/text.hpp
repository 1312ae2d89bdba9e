// The text format: text to binary modules and back.
//
//     auto bytes = wasmi::wat_to_wasm("(module (func (export \"f\")))");
//     auto text = wasmi::wasm_to_wat(*bytes);
//
// Module::compile takes text by itself; these are for programs that want to see the other form.
// Thread rule: free functions without state. Spec: text/modules.
#pragma once

#include <wasmi/result.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wasmi {

/// The binary form of `(module …)` or of bare module fields; names go to the name section.
/// The module need not be valid. Errors: malformed, ending with line and column ("… at 3:14").
[[nodiscard]] WASMI_EXPORT Result<std::vector<std::byte>> wat_to_wasm(std::string_view text);

struct WatOptions {
    bool folded = false;      ///< operands inside their instructions
    bool names = true;        ///< identifiers from the name section
    bool customs = true;      ///< other custom sections as (@custom …) annotations
    bool index_notes = true;  ///< comments like (;7;) beside each definition
};

/// A text that assembles to the same module. Errors: malformed, invalid (unknown types), limit.
[[nodiscard]] WASMI_EXPORT Result<std::string> wasm_to_wat(std::span<const std::byte> bytes,
                                                           const WatOptions& options = {});

}  // namespace wasmi
