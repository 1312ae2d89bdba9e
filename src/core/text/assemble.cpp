// assemble: the entry points of the text parser, and the wording of syntax errors.
// Spec: text/modules.
#include "core/text/assemble.hpp"

#include "core/text/parser.hpp"

#include <algorithm>

namespace wasmi::core::text {
namespace {

/// Keywords of modules and scripts that are no instructions. A known keyword in a wrong place is an
/// unexpected token, any other an unknown operator.
constexpr std::string_view kKeywords[] = {
    "after",
    "any",
    "anyref",
    "array",
    "arrayref",
    "assert_exception",
    "assert_exhaustion",
    "assert_invalid",
    "assert_invalid_custom",
    "assert_malformed",
    "assert_malformed_custom",
    "assert_return",
    "assert_trap",
    "assert_unlinkable",
    "before",
    "binary",
    "catch",
    "catch_all_ref",
    "catch_ref",
    "data",
    "declare",
    "definition",
    "do",
    "either",
    "elem",
    "eq",
    "eqref",
    "exn",
    "exnref",
    "export",
    "extern",
    "externref",
    "f32",
    "f32x4",
    "f64",
    "f64x2",
    "field",
    "final",
    "func",
    "funcref",
    "get",
    "global",
    "i16",
    "i16x8",
    "i31",
    "i31ref",
    "i32",
    "i32x4",
    "i64",
    "i64x2",
    "i8",
    "i8x16",
    "import",
    "instance",
    "invoke",
    "item",
    "local",
    "memory",
    "module",
    "mut",
    "nan:arithmetic",
    "nan:canonical",
    "noexn",
    "noextern",
    "nofunc",
    "none",
    "null",
    "nullexnref",
    "nullexternref",
    "nullfuncref",
    "nullref",
    "offset",
    "pagesize",
    "param",
    "quote",
    "rec",
    "ref",
    "ref.array",
    "ref.exn",
    "ref.extern",
    "ref.host",
    "ref.struct",
    "register",
    "result",
    "shared",
    "start",
    "struct",
    "structref",
    "sub",
    "table",
    "tag",
    "then",
    "thread",
    "type",
    "v128",
    "wait",
};

std::string shortened(std::string_view text) {
    constexpr std::size_t kMax = 48;
    if (text.size() <= kMax) return std::string(text);
    std::size_t cut = kMax;
    while (cut > 0 && (static_cast<u8>(text[cut]) & 0xC0) == 0x80) --cut;
    return std::string(text.substr(0, cut)) + "…";
}

/// The module of a token range that is all of `stream`; `nested`: already inside a quote.
Result<std::vector<u8>> assemble_text(std::string_view source, const AssembleOptions& options,
                                      bool nested);

Result<std::vector<u8>> assemble_strings(const TokenStream& stream, u32 at, bool quote,
                                         const AssembleOptions& options) {
    const auto& tokens = stream.tokens;
    std::string bytes;
    for (; tokens[at].kind == TokenKind::string; ++at) unescape_to(stream.text(tokens[at]), bytes);
    if (tokens[at].kind != TokenKind::rparen) return unexpected(stream, at, "a string or )");
    if (tokens[at + 1].kind != TokenKind::eof) {
        return unexpected(stream, at + 1, "the end of the text");
    }
    if (quote) return assemble_text(bytes, options, true);
    return std::vector<u8>(bytes.begin(), bytes.end());
}

Result<std::vector<u8>> assemble_text(std::string_view source, const AssembleOptions& options,
                                      bool nested) {
    const TokenStream stream = tokenize(source);
    const auto& tokens = stream.tokens;
    const auto end = static_cast<u32>(tokens.size() - 1);
    const bool is_module = tokens[0].kind == TokenKind::lparen &&
                           tokens[1].kind == TokenKind::keyword &&
                           stream.text(tokens[1]) == "module";
    if (!is_module) return assemble_fields(stream, 0, end, kNoIndex, options);

    u32 begin = 2;
    u32 name_token = kNoIndex;
    if (tokens[begin].kind == TokenKind::id) name_token = begin++;
    if (!nested && tokens[begin].kind == TokenKind::keyword) {
        const std::string_view word = stream.text(tokens[begin]);
        if (word == "binary" || word == "quote") {
            return assemble_strings(stream, begin + 1, word == "quote", options);
        }
    }
    // The parenthesis that closes the module is the last token, unless something is wrong: then
    // the parser goes on to the place where it shows.
    u32 close = begin;
    u64 depth = 1;
    for (; close < end; ++close) {
        if (tokens[close].kind == TokenKind::lparen) ++depth;
        if (tokens[close].kind == TokenKind::rparen && --depth == 0) break;
    }
    if (close == end) {
        Parser parser(stream, begin, end, options);
        Result<std::vector<u8>> module = parser.module(name_token);
        if (!module) return module;
        return unexpected(stream, end, ")");
    }
    Result<std::vector<u8>> module = assemble_fields(stream, begin, close, name_token, options);
    if (module && close + 1 != end) return unexpected(stream, close + 1, "the end of the text");
    return module;
}

}  // namespace

Result<std::vector<u8>> assemble(std::string_view source, const AssembleOptions& options) {
    return assemble_text(source, options, false);
}

Result<std::vector<u8>> assemble_fields(const TokenStream& stream, u32 begin, u32 end,
                                        u32 name_token, const AssembleOptions& options) {
    return Parser(stream, begin, end, options).module(name_token);
}

bool is_known_keyword(std::string_view word) {
    return instr_from_text(word).has_value() ||
           std::find(std::begin(kKeywords), std::end(kKeywords), word) != std::end(kKeywords);
}

Error error_at(std::string_view source, std::size_t offset, std::string message, ErrorKind kind) {
    const Position p = position_of(source, offset);
    message += " at " + std::to_string(p.line) + ":" + std::to_string(p.column);
    return {kind, std::move(message)};
}

Error unexpected(const TokenStream& stream, u32 token, std::string_view expected) {
    const Token& t = stream.tokens[std::min<std::size_t>(token, stream.tokens.size() - 1)];
    const std::string_view text = stream.text(t);
    std::string message;
    switch (t.kind) {
        case TokenKind::error:
            return error_at(stream.source, t.offset, stream.error);
        case TokenKind::eof:
            message = "unexpected token: the text ends";
            break;
        case TokenKind::reserved:
            message = "unknown operator " + shortened(text);
            break;
        case TokenKind::keyword:
            message = (is_known_keyword(text) ? "unexpected token " : "unknown operator ") +
                      shortened(text);
            break;
        default:
            message = "unexpected token " + shortened(text);
    }
    message += ", expected ";
    message += expected;
    return error_at(stream.source, t.offset, std::move(message));
}

}  // namespace wasmi::core::text
