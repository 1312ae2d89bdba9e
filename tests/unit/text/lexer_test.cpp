// Tokens, comments, annotations, and what is no token.
// Spec: text/lexical.
#include "core/text/lexer.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi::core::text {
namespace {

std::vector<TokenKind> kinds(std::string_view source) {
    std::vector<TokenKind> out;
    for (const Token& t : tokenize(source).tokens) out.push_back(t.kind);
    return out;
}
std::vector<std::string> texts(std::string_view source) {
    std::vector<std::string> out;
    const TokenStream stream = tokenize(source);
    for (const Token& t : stream.tokens) {
        if (t.kind != TokenKind::eof) out.emplace_back(stream.text(t));
    }
    return out;
}
std::string error_of(std::string_view source) { return tokenize(source).error; }

using K = TokenKind;
using Texts = std::vector<std::string>;

TEST(Lexer, KnowsEveryKindOfToken) {
    EXPECT_EQ(
        kinds("( ) 1 -1 1.5 \"a\" $a i32.add offset=1 align=0x8 0a ,"),
        (std::vector{K::lparen, K::rparen, K::nat, K::integer, K::real, K::string, K::id,
                     K::keyword, K::offset_eq, K::align_eq, K::reserved, K::reserved, K::eof}));
    EXPECT_EQ(kinds("inf nan nan:0x1 nan:canonical"),
              (std::vector{K::real, K::real, K::real, K::keyword, K::eof}));
}

TEST(Lexer, TokensMustBeSeparated) {
    EXPECT_EQ(kinds("0drop"), (std::vector{K::reserved, K::eof}));
    EXPECT_EQ(kinds("\"a\"\"b\""), (std::vector{K::reserved, K::eof}));
    EXPECT_EQ(kinds("$a\"b\""), (std::vector{K::reserved, K::eof}));
    EXPECT_EQ(kinds("a\"b\""), (std::vector{K::reserved, K::eof}));
    EXPECT_EQ(kinds("$\"a\"b"), (std::vector{K::reserved, K::eof}));
    EXPECT_EQ(texts("br(nop)\"x\"(;c;)1"), (Texts{"br", "(", "nop", ")", "\"x\"", "1"}));
}

TEST(Lexer, CommentsEndAtEveryKindOfNewline) {
    EXPECT_EQ(texts("a;;x\nb;;x\rc;;x\r\nd;;x"), (Texts{"a", "b", "c", "d"}));
    EXPECT_EQ(texts("a(;x(;y;)\n;;;)b"), (Texts{"a", "b"}));
    EXPECT_EQ(error_of("a (; (; ;)"), "unclosed comment");
    EXPECT_EQ(error_of(";; \xFF"), "malformed UTF-8 encoding");
    EXPECT_EQ(error_of("(; \xC0\x80 ;)"), "malformed UTF-8 encoding");
}

TEST(Lexer, UnescapesStrings) {
    EXPECT_EQ(unescape(R"("\t\n\r\"\'\\\41\u{48}\u{1F_600}")"), "\t\n\r\"'\\AH\xF0\x9F\x98\x80");
    EXPECT_EQ(unescape(R"("")"), "");
    EXPECT_EQ(unescape(R"("\ff\00")"), std::string("\xFF\0", 2));
}

TEST(Lexer, RefusesBrokenStrings) {
    EXPECT_EQ(error_of("\"a"), "unclosed string literal");
    EXPECT_EQ(error_of("\"a\nb\""), "unclosed string literal");
    EXPECT_EQ(error_of("\"\x01\"").substr(0, 25), "illegal control character");
    EXPECT_EQ(error_of("\"\\q\"").substr(0, 14), "illegal escape");
    EXPECT_EQ(error_of("\"\\u{d800}\"").substr(0, 14), "illegal escape");
    EXPECT_EQ(error_of("\"\\u{110000}\"").substr(0, 14), "illegal escape");
    EXPECT_EQ(error_of("\"\\u{}\"").substr(0, 14), "illegal escape");
    EXPECT_EQ(error_of("\"\xED\xA0\x80\"").substr(0, 24), "malformed UTF-8 encoding");
}

TEST(Lexer, RefusesBrokenIdentifiers) {
    EXPECT_EQ(error_of("$"), "empty identifier");
    EXPECT_EQ(error_of("$ a"), "empty identifier");
    EXPECT_EQ(error_of("$\"\""), "empty identifier");
    EXPECT_EQ(error_of("$\"a\nb\""), "empty identifier");
    EXPECT_EQ(error_of("$\"\\ef\"").substr(0, 15), "malformed UTF-8");
    EXPECT_EQ(kinds("$\"a b\""), (std::vector{K::id, K::eof}));
}

TEST(Lexer, RefusesStrayCharacters) {
    EXPECT_EQ(error_of("a \x01"), "misplaced control character");
    EXPECT_EQ(error_of("a \x7F"), "misplaced control character");
    EXPECT_EQ(error_of("a \xC3\xA4"), "misplaced unicode character");
    EXPECT_EQ(error_of("a \x80"), "malformed UTF-8 encoding");
    EXPECT_EQ(error_of(std::string_view("a \0 b", 5)), "misplaced control character");
}

TEST(Lexer, ReportsAnErrorWhereItStandsAndKeepsWhatIsBefore) {
    const TokenStream stream = tokenize("a b \x01 c");
    ASSERT_EQ(stream.tokens.size(), 4u);
    EXPECT_EQ(stream.tokens[2].kind, K::error);
    EXPECT_EQ(stream.tokens[2].offset, 4u);
    EXPECT_EQ(stream.tokens[3].kind, K::eof);
}

TEST(Lexer, KeepsAnnotationsAside) {
    const TokenStream stream = tokenize("a (@x.y 1 (z \")\") (@w)) b (@\"q r\")");
    EXPECT_EQ(stream.tokens.size(), 3u);
    ASSERT_EQ(stream.annotations.size(), 2u);
    EXPECT_EQ(stream.annotations[0].id, "x.y");
    EXPECT_EQ(stream.annotations[0].token, 1u);
    EXPECT_EQ(stream.annotations[1].id, "q r");
    EXPECT_EQ(stream.annotations[1].token, 2u);
    const Annotation& a = stream.annotations[0];
    EXPECT_EQ(stream.source.substr(a.content, a.end - a.content), " 1 (z \")\") (@w)");
}

TEST(Lexer, RefusesBrokenAnnotations) {
    EXPECT_EQ(error_of("(@)"), "empty annotation id");
    EXPECT_EQ(error_of("(@ x)"), "empty annotation id");
    EXPECT_EQ(error_of("(@\"\")"), "empty annotation id");
    EXPECT_EQ(error_of("(@\"\\ef\")").substr(0, 15), "malformed UTF-8");
    EXPECT_EQ(error_of("(@x (y)"), "unclosed annotation");
    EXPECT_EQ(error_of("(@x \x01)").substr(0, 17), "illegal character");
    EXPECT_EQ(error_of("(@x \xC3\xA4)").substr(0, 17), "illegal character");
    EXPECT_EQ(error_of("(@x \")").substr(0, 15), "unclosed string");
    EXPECT_EQ(error_of("(@x \x80)"), "malformed UTF-8 encoding");
    EXPECT_EQ(error_of("(@x ,;[]{}} \"a\"b (@) @)"), "");
}

TEST(Lexer, DoesNotRecurse) {
    const std::string deep =
        "(@a " + std::string(1'000'000, '(') + std::string(1'000'000, ')') + ")";
    EXPECT_EQ(tokenize(deep).error, "");
    std::string comments;
    for (int i = 0; i < 1'000'000; ++i) comments += "(;";
    EXPECT_EQ(tokenize(comments).error, "unclosed comment");
}

TEST(Position, CountsLinesAndCharacters) {
    const std::string_view source = "ab\ncd\r\ne\rf\xC3\xA4g";
    const auto at = [&](std::size_t offset) {
        const Position p = position_of(source, offset);
        return std::pair(p.line, p.column);
    };
    EXPECT_EQ(at(0), std::pair(1u, 1u));
    EXPECT_EQ(at(2), std::pair(1u, 3u));
    EXPECT_EQ(at(3), std::pair(2u, 1u));
    EXPECT_EQ(at(7), std::pair(3u, 1u));
    EXPECT_EQ(at(9), std::pair(4u, 1u));
    EXPECT_EQ(at(12), std::pair(4u, 3u));
}

}  // namespace
}  // namespace wasmi::core::text
