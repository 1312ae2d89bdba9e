// Tokens of the text format.
// Spec: text/lexical (characters, tokens, white space, comments, annotations).
#include "core/text/lexer.hpp"

#include "core/text/numbers.hpp"
#include "core/text/utf8.hpp"

#include <array>
#include <utility>

namespace wasmi::core::text {
namespace {

constexpr std::array<bool, 256> make_id_chars() {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS"
                                         "TUVWXYZ!#$%&'*+-./:<=>?@\\^_`|~")) {
        table[static_cast<u8>(c)] = true;
    }
    return table;
}
constexpr std::array<bool, 256> kIdChar = make_id_chars();

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
u32 hex_of(char c) { return static_cast<u32>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10); }

class Lexer {
  public:
    Lexer(std::string_view source, u32 begin, u32 end, TokenStream& out)
        : out_(out), source_(source.substr(0, end)), at_(begin) {}

    void run(bool in_annotation) {
        if (in_annotation) {
            while (next_of_annotation(nullptr)) {
            }
        } else {
            while (next()) {
            }
        }
        out_.tokens.push_back({static_cast<u32>(at_), 0, TokenKind::eof});
    }

  private:
    [[nodiscard]] bool at_end() const { return at_ >= source_.size(); }
    /// 0 at the end; use at_end() where a zero byte matters.
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
    }

    bool fail(std::size_t offset, std::string message) {
        out_.error = std::move(message);
        out_.tokens.push_back({static_cast<u32>(offset), 0, TokenKind::error});
        at_ = source_.size();
        return false;
    }

    void add(std::size_t begin, TokenKind kind) {
        if (sink_ == nullptr) return;
        sink_->push_back({static_cast<u32>(begin), static_cast<u32>(at_ - begin), kind});
    }

    /// White space and comments; false after an error. `stop`: what an unclosed comment is in.
    bool skip_space() {
        while (!at_end()) {
            const char c = peek();
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                ++at_;
            } else if (c == ';' && peek(1) == ';') {
                if (!skip_line_comment()) return false;
            } else if (c == '(' && peek(1) == ';') {
                if (!skip_block_comment()) return false;
            } else {
                break;
            }
        }
        return true;
    }

    bool skip_line_comment() {
        while (!at_end() && peek() != '\n' && peek() != '\r') {
            const std::size_t n = utf8_length(source_, at_);
            if (n == 0) return fail(at_, "malformed UTF-8 encoding");
            at_ += n;
        }
        return true;
    }

    bool skip_block_comment() {
        const std::size_t begin = at_;
        u64 depth = 0;
        do {
            if (at_end()) return fail(begin, "unclosed comment");
            if (peek() == '(' && peek(1) == ';') {
                ++depth;
                at_ += 2;
            } else if (peek() == ';' && peek(1) == ')') {
                --depth;
                at_ += 2;
            } else {
                const std::size_t n = utf8_length(source_, at_);
                if (n == 0) return fail(at_, "malformed UTF-8 encoding");
                at_ += n;
            }
        } while (depth != 0);
        return true;
    }

    struct StringScan {
        std::size_t end = 0;  ///< after the closing quote; 0 if the string is broken
        std::size_t error_at = 0;
        const char* error = nullptr;
    };
    /// Looks at the string that starts at `begin` without moving.
    [[nodiscard]] StringScan scan_string(std::size_t begin) const {
        std::size_t at = begin + 1;
        while (true) {
            if (at >= source_.size()) return {0, begin, "unclosed string literal"};
            const char c = source_[at];
            if (c == '"') return {at + 1, 0, nullptr};
            if (c == '\n' || c == '\r') return {0, begin, "unclosed string literal"};
            if (static_cast<u8>(c) < 0x20 || c == 0x7F) {
                return {0, at, "illegal control character in string literal"};
            }
            std::size_t n = 0;
            if (c == '\\') {
                n = escape_length(at);
                if (n == 0) return {0, at, "illegal escape in string literal"};
            } else {
                n = utf8_length(source_, at);
                if (n == 0) return {0, at, "malformed UTF-8 encoding in string literal"};
            }
            at += n;
        }
    }

    [[nodiscard]] std::size_t escape_length(std::size_t at) const {
        if (at + 1 >= source_.size()) return 0;
        const char c = source_[at + 1];
        if (std::string_view("tnr\"'\\").find(c) != std::string_view::npos) return 2;
        if (is_hex(c)) return at + 2 < source_.size() && is_hex(source_[at + 2]) ? 3 : 0;
        if (c != 'u' || at + 2 >= source_.size() || source_[at + 2] != '{') return 0;
        u32 scalar = 0;
        bool after_digit = false;
        for (std::size_t i = at + 3; i < source_.size(); ++i) {
            const char d = source_[i];
            if (is_hex(d)) {
                if (scalar < 0x11'0000) scalar = scalar * 16 + hex_of(d);
                after_digit = true;
            } else if (d == '_' && after_digit) {
                after_digit = false;
            } else if (d == '}' && after_digit) {
                const bool is_scalar = scalar < 0x11'0000 && !(scalar >= 0xD800 && scalar < 0xE000);
                return is_scalar ? i + 1 - at : 0;
            } else {
                return 0;
            }
        }
        return 0;
    }

    /// Moves over a maximal run of identifier characters and complete strings.
    void skip_run() {
        while (!at_end()) {
            if (kIdChar[static_cast<u8>(peek())]) {
                ++at_;
            } else if (peek() == '"') {
                const StringScan s = scan_string(at_);
                if (s.end == 0) break;
                at_ = s.end;
            } else {
                break;
            }
        }
    }

    /// Bytes that start no token: says what they are.
    bool fail_stray(bool in_annotation) {
        const auto c = static_cast<u8>(peek());
        if (utf8_length(source_, at_) == 0) return fail(at_, "malformed UTF-8 encoding");
        if (in_annotation) return fail(at_, "illegal character in annotation");
        if (c < 0x20 || c == 0x7F) return fail(at_, "misplaced control character");
        return fail(at_, "misplaced unicode character");
    }

    /// A token that is not a parenthesis; false after an error.
    bool plain_token(bool in_annotation) {
        const std::size_t begin = at_;
        const char c = peek();
        if (c == '"') {
            const StringScan s = scan_string(at_);
            if (s.end == 0) return fail(s.error_at, s.error);
        }
        if (kIdChar[static_cast<u8>(c)] || c == '"') {
            skip_run();
            const TokenKind kind = classify(source_.substr(begin, at_ - begin));
            if (kind == TokenKind::error) {
                // `$` alone, or a name that is no name.
                const std::string_view run = source_.substr(begin, at_ - begin);
                const bool empty = run == "$" || run == "$\"\"";
                return fail(begin, empty ? "empty identifier" : "malformed UTF-8 encoding in name");
            }
            add(begin, kind);
            return true;
        }
        if (std::string_view(",;[]{}").find(c) != std::string_view::npos) {
            ++at_;
            add(begin, TokenKind::reserved);
            return true;
        }
        return fail_stray(in_annotation);
    }

    [[nodiscard]] static TokenKind classify(std::string_view run) {
        const char c = run[0];
        if (c == '"') {
            return only_string(run) ? TokenKind::string : TokenKind::reserved;
        }
        if (c == '$') {
            if (run.size() == 1) return TokenKind::error;
            if (run[1] == '"') {
                if (!only_string(run.substr(1))) return TokenKind::reserved;
                const std::string name = unescape(run.substr(1));
                return name.empty() || !is_utf8(name) ? TokenKind::error : TokenKind::id;
            }
            return run.find('"') == std::string_view::npos ? TokenKind::id : TokenKind::reserved;
        }
        switch (number_form(run)) {
            case NumberForm::nat:
                return TokenKind::nat;
            case NumberForm::integer:
                return TokenKind::integer;
            case NumberForm::real:
                return TokenKind::real;
            case NumberForm::none:
                break;
        }
        if (c >= 'a' && c <= 'z') {
            if (run.substr(0, 7) == "offset=" && number_form(run.substr(7)) == NumberForm::nat) {
                return TokenKind::offset_eq;
            }
            if (run.substr(0, 6) == "align=" && number_form(run.substr(6)) == NumberForm::nat) {
                return TokenKind::align_eq;
            }
            return run.find('"') == std::string_view::npos ? TokenKind::keyword
                                                           : TokenKind::reserved;
        }
        return TokenKind::reserved;
    }

    /// Whether a run that starts with a quote is one string and nothing else.
    [[nodiscard]] static bool only_string(std::string_view run) {
        std::size_t at = 1;
        while (at < run.size() && run[at] != '"')
            at += run[at] == '\\' ? std::size_t{2} : std::size_t{1};
        return at + 1 == run.size();
    }

    /// One token of ordinary text; false at the end or after an error.
    bool next() {
        if (!skip_space() || at_end()) return false;
        const std::size_t begin = at_;
        const char c = peek();
        if (c == '(') {
            if (peek(1) == '@') return annotation();
            ++at_;
            add(begin, TokenKind::lparen);
            return true;
        }
        if (c == ')') {
            ++at_;
            add(begin, TokenKind::rparen);
            return true;
        }
        return plain_token(false);
    }

    /// Reads `(@` and the id; false after an error, or if it is none and `required`.
    bool annotation_id(std::string& id, bool required, bool& found) {
        const std::size_t begin = at_;
        at_ += 2;
        const std::size_t name_at = at_;
        found = true;
        if (peek() == '"' && !at_end()) {
            const StringScan s = scan_string(at_);
            if (s.end != 0) {
                at_ = s.end;
                unescape_to(source_.substr(name_at, at_ - name_at), id);
                if (id.empty()) return fail(begin, "empty annotation id");
                if (!is_utf8(id)) return fail(name_at, "malformed UTF-8 encoding in annotation id");
                return true;
            }
        }
        while (!at_end() && kIdChar[static_cast<u8>(peek())]) ++at_;
        id = source_.substr(name_at, at_ - name_at);
        if (!id.empty()) return true;
        if (required) return fail(begin, "empty annotation id");
        at_ = begin;
        found = false;
        return true;
    }

    /// A whole annotation, whose content need only be lexically sound and balanced.
    bool annotation() {
        Annotation a;
        a.token = static_cast<u32>(out_.tokens.size());
        a.offset = static_cast<u32>(at_);
        bool found = false;
        if (!annotation_id(a.id, true, found)) return false;
        a.content = static_cast<u32>(at_);
        std::vector<Token>* const kept = std::exchange(sink_, nullptr);
        u64 depth = 1;
        while (depth != 0) {
            if (next_of_annotation(&depth)) continue;
            if (out_.tokens.empty() || out_.tokens.back().kind != TokenKind::error) {
                fail(a.offset, "unclosed annotation");
            }
            return false;
        }
        sink_ = kept;
        a.end = static_cast<u32>(at_ - 1);
        out_.annotations.push_back(std::move(a));
        return true;
    }

    /// One token inside an annotation. Nested annotations count as parentheses.
    bool next_of_annotation(u64* depth) {
        if (!skip_space() || at_end()) return false;
        const std::size_t begin = at_;
        const char c = peek();
        if (c == '(') {
            bool nested = false;
            if (peek(1) == '@') {
                std::string id;
                if (!annotation_id(id, false, nested)) return false;
            }
            if (!nested) ++at_;
            if (depth != nullptr) ++*depth;
            add(begin, TokenKind::lparen);
            return true;
        }
        if (c == ')') {
            ++at_;
            if (depth != nullptr) --*depth;
            add(begin, TokenKind::rparen);
            return true;
        }
        return plain_token(true);
    }

    TokenStream& out_;
    std::vector<Token>* sink_ = &out_.tokens;  ///< null while skipping an annotation
    std::string_view source_;
    std::size_t at_;
};

}  // namespace

TokenStream tokenize(std::string_view source) {
    TokenStream out;
    out.source = source;
    if (source.size() > kMaxTextSize) {
        out.error = "text too large";
        out.tokens = {{0, 0, TokenKind::error}, {0, 0, TokenKind::eof}};
        return out;
    }
    Lexer(source, 0, static_cast<u32>(source.size()), out).run(false);
    return out;
}

TokenStream tokenize_annotation(std::string_view source, u32 begin, u32 end) {
    TokenStream out;
    out.source = source;
    Lexer(source, begin, end, out).run(true);
    return out;
}

Position position_of(std::string_view source, std::size_t offset) {
    Position p;
    for (std::size_t i = 0; i < offset && i < source.size(); ++i) {
        const char c = source[i];
        const bool ends_line =
            c == '\n' || (c == '\r' && !(i + 1 < source.size() && source[i + 1] == '\n'));
        if (ends_line) {
            ++p.line;
            p.column = 1;
        } else if ((static_cast<u8>(c) & 0xC0) != 0x80) {
            ++p.column;
        }
    }
    return p;
}

void unescape_to(std::string_view literal, std::string& out) {
    const std::string_view s = literal.substr(1, literal.size() - 2);
    for (std::size_t i = 0; i < s.size(); ++i) {
        if (s[i] != '\\') {
            out.push_back(s[i]);
            continue;
        }
        const char c = s[++i];
        if (c == 'n') {
            out.push_back('\n');
        } else if (c == 't') {
            out.push_back('\t');
        } else if (c == 'r') {
            out.push_back('\r');
        } else if (c == 'u') {
            u32 scalar = 0;
            for (i += 2; s[i] != '}'; ++i) {
                if (s[i] != '_') scalar = scalar * 16 + hex_of(s[i]);
            }
            static_cast<void>(append_utf8(out, scalar));
        } else if (is_hex(c)) {
            out.push_back(static_cast<char>(hex_of(c) * 16 + hex_of(s[i + 1])));
            ++i;
        } else {
            out.push_back(c);
        }
    }
}

std::string unescape(std::string_view literal) {
    std::string out;
    out.reserve(literal.size());
    unescape_to(literal, out);
    return out;
}

}  // namespace wasmi::core::text
