// Finds the official test scripts and the binary modules in them, without a text parser.
// Spec: the script format of the reference interpreter.
#pragma once

#include "core/types/basics.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace wasmi::test {

/// The folder of the official scripts: $WASMI_SPEC_TESTS, else ../shared/spec-tests beside the
/// repository. Nothing if there is none.
[[nodiscard]] std::optional<std::filesystem::path> spec_tests_dir();

/// ../shared/NAME beside the repository, if it exists.
[[nodiscard]] std::optional<std::filesystem::path> shared_dir(const std::string& name);

/// All files below a folder with that extension (".wast"), sorted.
[[nodiscard]] std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder,
                                                             const std::string& extension);

[[nodiscard]] std::string read_file(const std::filesystem::path& path);

/// A binary module of a script, and what the script says about it.
struct ScriptModule {
    std::string command;  ///< "module", "assert_malformed", "assert_invalid", …
    std::string text;     ///< the failure that an assertion expects
    std::vector<core::u8> bytes;
    std::string where;  ///< file and line
};

/// Modules given as `(module binary "…")` in the script itself.
[[nodiscard]] std::vector<ScriptModule> binary_modules_of(const std::filesystem::path& script);

/// Binary modules that wast2json makes of the script; empty if it cannot read it.
[[nodiscard]] std::vector<ScriptModule> converted_modules_of(const std::filesystem::path& script,
                                                             const std::filesystem::path& scratch);
[[nodiscard]] bool has_wast2json();

}  // namespace wasmi::test
