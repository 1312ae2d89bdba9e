// assemble: a module in the text format becomes a module in the binary format.
// Spec: text/modules.
//
// The text is parsed as a whole; its names go into the name section. Whether the module is valid
// is the business of the decoder and validator, which see the same bytes as for a binary module.
#pragma once

#include "core/text/lexer.hpp"

#include <wasmi/result.hpp>

#include <string_view>
#include <vector>

namespace wasmi::core::text {

struct AssembleOptions {
    bool names = true;               ///< write $ids and @name annotations to a name section
    bool custom_annotations = true;  ///< understand @custom, @name, @metadata.code.branch_hint
    bool memory64 = true;            ///< sizes may need 64 bits even without 64-bit addresses
};

/// `(module …)`, or its fields alone. Also `(module binary "…")` and `(module quote "…")`.
/// Errors: malformed, ending with the line and column ("… at 3:14"); they have no offset(), which
/// would be one in the binary module. invalid for an annotation that makes no sense.
[[nodiscard]] Result<std::vector<u8>> assemble(std::string_view source,
                                               const AssembleOptions& options = {});

/// The same for fields that stand in a longer text (a script): the tokens [begin, end).
/// `name_token`: the index of the module's id, or kNoIndex.
[[nodiscard]] Result<std::vector<u8>> assemble_fields(const TokenStream& stream, u32 begin, u32 end,
                                                      u32 name_token,
                                                      const AssembleOptions& options = {});

/// Whether some rule of modules or scripts takes this keyword.
[[nodiscard]] bool is_known_keyword(std::string_view word);
/// An error at an offset of a text: "message at line:column".
[[nodiscard]] Error error_at(std::string_view source, std::size_t offset, std::string message,
                             ErrorKind kind = ErrorKind::malformed);
/// What to say of a token that no rule takes: "unexpected token x: expected y", "unknown operator
/// x", or what the lexer had to say.
[[nodiscard]] Error unexpected(const TokenStream& stream, u32 token, std::string_view expected);

}  // namespace wasmi::core::text
