// Import names: a table from (module, name) to items, and names in messages.
// Spec: syntax/modules (imports).
#pragma once

#include "core/linker/store.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace wasmi::core {

/// Definitions by (module, name). A later definition of the same name replaces.
class NameTable {
  public:
    void define(std::string_view module, std::string_view name, ExternAddr item);
    [[nodiscard]] std::optional<ExternAddr> find(std::string_view module,
                                                 std::string_view name) const;
    /// The defined name that looks most like this one, as `"module" "name"`; empty if none does.
    [[nodiscard]] std::string nearest(std::string_view module, std::string_view name) const;

  private:
    using Names = std::map<std::string, ExternAddr, std::less<>>;
    std::map<std::string, Names, std::less<>> modules_;
};

/// The name in quotes, fit for a one-line message: control characters escaped, long names cut.
[[nodiscard]] std::string show_name(std::string_view name);

/// Edits (insert, delete, replace a byte) that turn one into the other; more than `limit` counts
/// as limit + 1.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

}  // namespace wasmi::core
