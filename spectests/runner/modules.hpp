// The modules of scripts, without what the scripts do with them: for other assemblers to read, and
// to be printed and assembled again.
// Spec: interpreter/README.md of the specification (scripts).
#pragma once

#include "core/types/basics.hpp"

#include <wasmi/result.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wasmi::spectest {

/// A module that must be readable: any but those that a script asserts to be malformed.
struct NamedModule {
    std::string name;             ///< "core/block.wast:17"; of a binary file: its name
    std::string text;             ///< empty for a module in the binary format
    std::vector<core::u8> bytes;  ///< its binary format
    bool asserted_invalid = false;
};

/// The modules of the scripts (.wast) and binary files (.wasm) in and below `paths`. What cannot be
/// read or assembled is reported on standard output and makes `ok` false.
struct ModuleList {
    std::vector<NamedModule> modules;
    bool ok = true;
};
[[nodiscard]] ModuleList modules_of(const std::vector<std::string>& paths);

/// What came of a binary module printed as text and assembled again.
struct RoundTripped {
    std::vector<core::u8> bytes;
    /// Not the bytes of before, but the same text: a module written with numbers longer
    /// than needed, locals in several groups, or the like.
    bool other_encoding = false;
};
/// Errors: those of the printer and the assembler, and where another module came out.
[[nodiscard]] Result<RoundTripped> round_trip(std::span<const core::u8> bytes, bool folded);

/// Round trips, flat and folded, of all modules; prints what failed and, at last, counts.
bool check_round_trips(const std::vector<std::string>& paths);

/// Writes each module as `NUMBER.wat` (if it is one in the text format) and `NUMBER.wasm` into the
/// directory, and `names.txt` with a line "NUMBER name" for each.
bool extract_modules(const std::vector<std::string>& paths, const std::string& directory);

}  // namespace wasmi::spectest
