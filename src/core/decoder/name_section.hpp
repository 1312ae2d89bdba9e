// The name section, read on demand: names are for messages and backtraces only.
// Spec: appendix/custom (name section).
#pragma once

#include "core/types/basics.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace wasmi::core {

/// Subsections that name whole index spaces of the module.
enum class NameSubsection : u8 {
    module = 0,
    function = 1,
    local = 2,
    label = 3,
    type = 4,
    table = 5,
    memory = 6,
    global = 7,
    element = 8,
    data = 9,
    field = 10,
    tag = 11,
};

/// The name of the module in the content of a name section. A malformed section names nothing.
[[nodiscard]] std::optional<std::string_view> find_module_name(std::span<const u8> content);

/// The name of an entity in a subsection that is a plain name map.
[[nodiscard]] std::optional<std::string_view> find_name(std::span<const u8> content,
                                                        NameSubsection subsection, u32 index);

}  // namespace wasmi::core
