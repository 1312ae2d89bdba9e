// What loading and verifying share: telling text from binary.
// Spec: none.
#pragma once

#include "core/types/basics.hpp"

#include <wasmi/module.hpp>

#include <span>
#include <vector>

namespace wasmi::api {

[[nodiscard]] bool is_text(std::span<const core::u8> bytes);
[[nodiscard]] Result<std::vector<core::u8>> assemble_text(Features features,
                                                          std::span<const core::u8> bytes);

}  // namespace wasmi::api
