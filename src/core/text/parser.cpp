// Parser: access to tokens, errors, identifiers and index spaces; the three passes.
// Spec: text/conventions (contexts), text/modules.
#include "core/text/parser.hpp"

#include "core/text/numbers.hpp"
#include "core/text/utf8.hpp"

#include <utility>

namespace wasmi::core::text {
namespace {

constexpr std::string_view kSpaceNames[kSpaceCount] = {
    "type", "function", "table", "memory", "global", "tag", "elem segment", "data segment"};

}  // namespace

Parser::Parser(const TokenStream& stream, u32 begin, u32 end, const AssembleOptions& options)
    : stream_(stream), begin_(begin), end_(end), options_(options), at_(begin) {
    end_token_.offset = stream.tokens[end].offset;
    const auto& annotations = stream.annotations;
    while (first_annotation_ < annotations.size() && annotations[first_annotation_].token < begin) {
        ++first_annotation_;
    }
    last_annotation_ = first_annotation_;
    while (last_annotation_ < annotations.size() && annotations[last_annotation_].token <= end) {
        ++last_annotation_;
    }
    if (!options.custom_annotations) last_annotation_ = first_annotation_;
    taken_.resize(last_annotation_ - first_annotation_);
}

Result<std::vector<u8>> Parser::module(u32 name_token) {
    std::string name;
    if (name_token != kNoIndex) name = identifier(stream_.tokens[name_token]);
    builder_.names.has_module = !name.empty();
    take_name_annotation(name, "module");
    builder_.names.has_module = builder_.names.has_module || !name.empty();
    builder_.names.module = std::move(name);

    scan_fields();
    at_ = failed() ? end_ : begin_;
    type_fields();
    for (const Field& f : fields_) {
        if (failed()) break;
        field(f);
    }
    if (!failed()) check_all_annotations_taken();
    if (!failed()) write_hints();
    if (failed()) return *std::move(error_);
    return builder_.write(options_.names);
}

// ---- tokens and errors --------------------------------------------------------------------------

const Token& Parser::peek(u32 ahead) const {
    const u32 i = at_ + ahead;
    return i < end_ ? stream_.tokens[i] : end_token_;
}

bool Parser::at_non_token() const {
    const TokenKind k = kind();
    return k == TokenKind::error || k == TokenKind::reserved ||
           (k == TokenKind::keyword && !is_known_keyword(text()));
}

void Parser::advance(u32 n) { at_ = end_ - at_ < n ? end_ : at_ + n; }

bool Parser::take_keyword(std::string_view word) {
    if (!at_keyword(word)) return false;
    advance();
    return true;
}

bool Parser::take_open(std::string_view word) {
    if (!at_open(word)) return false;
    advance(2);
    return true;
}

void Parser::expect_open(std::string_view word) {
    if (take_open(word)) return;
    if (kind() == TokenKind::lparen) advance();
    fail_expected("(" + std::string(word) + " ...)");
}

void Parser::close() {
    if (kind() == TokenKind::rparen) {
        advance();
    } else {
        fail_expected(")");
    }
}

/// Moves behind the parenthesis that closes the one the parser is in.
void Parser::skip_to_close() {
    u64 depth = 1;
    while (!failed()) {
        const TokenKind k = kind();
        if (k == TokenKind::eof || k == TokenKind::error) {
            fail_expected(")");
            return;
        }
        advance();
        if (k == TokenKind::lparen) ++depth;
        if (k == TokenKind::rparen && --depth == 0) return;
    }
}

void Parser::fail_at(u32 token, std::string message, ErrorKind kind) {
    if (failed()) return;
    const std::size_t offset =
        token < stream_.tokens.size() ? stream_.tokens[token].offset : stream_.source.size();
    error_ = error_at(stream_.source, offset, std::move(message), kind);
    at_ = end_;
}

void Parser::fail_expected(std::string_view what) {
    if (failed()) return;
    error_ = unexpected(stream_, at_, what);
    at_ = end_;
}

std::string_view Parser::identifier(const Token& token) {
    const std::string_view name = stream_.text(token).substr(1);
    if (name.empty() || name[0] != '"') return name;
    return string_ids_.emplace_back(unescape(name));
}

std::string Parser::name_string() {
    if (kind() != TokenKind::string) {
        fail_expected("a string");
        return {};
    }
    std::string name = unescape(text());
    if (!is_utf8(name)) fail("malformed UTF-8 encoding");
    advance();
    return name;
}

std::string Parser::data_strings() {
    std::string bytes;
    while (kind() == TokenKind::string) {
        unescape_to(text(), bytes);
        advance();
    }
    return bytes;
}

u64 Parser::nat(unsigned bits, std::string_view what) {
    if (kind() != TokenKind::nat) {
        fail_expected("a number");
        return 0;
    }
    const std::optional<u64> value = parse_nat(text(), bits);
    if (!value) fail(std::string(what) + " constant out of range");
    advance();
    return value.value_or(0);
}

// ---- index spaces -------------------------------------------------------------------------------

/// Takes an optional id (and name annotation) and gives the next index to it.
u32 Parser::bind(Space s) {
    IndexSpace& in = space(s);
    const u32 index = in.count++;
    std::string name;
    if (kind() == TokenKind::id) {
        const std::string_view id = identifier(peek());
        if (!in.names.emplace(id, index).second) {
            const std::string_view category = kSpaceNames[static_cast<u32>(s)];
            fail("duplicate " + std::string(category) + " " + std::string(text()));
            return index;
        }
        name = id;
        advance();
    }
    NameMap* map = nullptr;
    switch (s) {
        case Space::type:
            map = &builder_.names.types;
            break;
        case Space::func:
            map = &builder_.names.funcs;
            break;
        case Space::table:
            map = &builder_.names.tables;
            break;
        case Space::memory:
            map = &builder_.names.memories;
            break;
        case Space::global:
            map = &builder_.names.globals;
            break;
        case Space::tag:
            map = &builder_.names.tags;
            break;
        case Space::elem:
            map = &builder_.names.elems;
            break;
        case Space::data:
            map = &builder_.names.datas;
            break;
    }
    add_name(*map, index, name, kSpaceNames[static_cast<u32>(s)]);
    return index;
}

u32 Parser::bind_anonymous(Space s) { return space(s).count++; }

u32 Parser::index_in(const Names32& names, std::string_view what) {
    if (kind() == TokenKind::nat) return static_cast<u32>(nat(32, "i32"));
    if (kind() != TokenKind::id) {
        fail_expected("an index or identifier of a " + std::string(what));
        return 0;
    }
    const auto found = names.find(identifier(peek()));
    if (found == names.end()) {
        fail("unknown " + std::string(what) + " " + std::string(text()));
        return 0;
    }
    advance();
    return found->second;
}

u32 Parser::index(Space s) { return index_in(space(s).names, kSpaceNames[static_cast<u32>(s)]); }

}  // namespace wasmi::core::text
