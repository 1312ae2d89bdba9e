// Tokens of the text format (and of test scripts, which share its lexical rules).
// Spec: text/lexical.
#pragma once

#include "core/types/basics.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wasmi::core::text {

enum class TokenKind : u8 {
    eof,
    lparen,
    rparen,
    nat,      ///< an integer without sign
    integer,  ///< an integer with sign
    real,     ///< a floating-point number
    string,
    id,         ///< $name or $"name"
    keyword,    ///< begins with a small letter
    offset_eq,  ///< offset= and a natural number
    align_eq,   ///< align= and a natural number
    reserved,   ///< any other run of characters: no rule of the grammar takes it
    error,      ///< not a token: TokenStream::error says why. Only before eof.
};

struct Token {
    u32 offset = 0;
    u32 size = 0;
    TokenKind kind = TokenKind::eof;
};

/// An annotation `(@id …)`; it stands before the token of that index.
struct Annotation {
    u32 token = 0;
    u32 offset = 0;   ///< of the opening parenthesis
    u32 content = 0;  ///< offset after the id
    u32 end = 0;      ///< offset of the closing parenthesis
    std::string id;
};

/// Counted from 1; columns count characters.
struct Position {
    u32 line = 1;
    u32 column = 1;
};

/// A text cut into tokens. The last token is always eof. Characters that are no tokens do not make
/// the whole text bad: a parser finds an error token when it comes to the place.
struct TokenStream {
    std::string_view source;  ///< must outlive the stream
    std::vector<Token> tokens;
    std::vector<Annotation> annotations;  ///< in order; nested ones only as content
    std::string error;

    [[nodiscard]] std::string_view text(const Token& t) const {
        return source.substr(t.offset, t.size);
    }
};

/// Texts beyond this size are refused (offsets have 32 bits).
inline constexpr u64 kMaxTextSize = u64{1} << 30;

[[nodiscard]] TokenStream tokenize(std::string_view source);
/// The same for what stands inside an annotation, where brackets and punctuation are tokens.
[[nodiscard]] TokenStream tokenize_annotation(std::string_view source, u32 begin, u32 end);

[[nodiscard]] Position position_of(std::string_view source, std::size_t offset);

/// The bytes of a string token (with its quotes).
[[nodiscard]] std::string unescape(std::string_view literal);
/// Appends the same.
void unescape_to(std::string_view literal, std::string& out);

}  // namespace wasmi::core::text
