// Parser of scripts.
// Spec: interpreter/README.md of the specification (scripts), with the threads proposal.
#include "spectests/runner/script.hpp"

#include "core/text/assemble.hpp"
#include "core/text/numbers.hpp"
#include "core/text/utf8.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace wasmi::spectest {
namespace {

using text::Token;
using text::TokenKind;

struct NamedKind {
    std::string_view text;
    Command::Kind kind;
};
constexpr NamedKind kCommandNames[] = {
    {"module", Command::Kind::module},
    {"module instance", Command::Kind::instance},
    {"register", Command::Kind::register_},
    {"action", Command::Kind::action},
    {"assert_return", Command::Kind::assert_return},
    {"assert_trap", Command::Kind::assert_trap},
    {"assert_trap", Command::Kind::assert_trap_module},
    {"assert_exhaustion", Command::Kind::assert_exhaustion},
    {"assert_exception", Command::Kind::assert_exception},
    {"assert_invalid", Command::Kind::assert_invalid},
    {"assert_malformed", Command::Kind::assert_malformed},
    {"assert_unlinkable", Command::Kind::assert_unlinkable},
    {"assert_invalid_custom", Command::Kind::assert_invalid_custom},
    {"assert_malformed_custom", Command::Kind::assert_malformed_custom},
    {"assert_suspension", Command::Kind::assert_suspension},
    {"thread", Command::Kind::thread},
    {"wait", Command::Kind::wait},
};

class ScriptParser {
  public:
    explicit ScriptParser(std::string_view source) : tokens_(text::tokenize(source)) {}

    Result<Script> parse() {
        Script script;
        if (kind() == TokenKind::lparen && is_module_field(word(1))) {
            Command c;
            c.module.end = static_cast<u32>(tokens_.tokens.size() - 1);
            script.commands.push_back(std::move(c));
        } else {
            while (!error_ && kind() != TokenKind::eof) {
                script.commands.push_back(command(false));
            }
        }
        if (error_) return *std::move(error_);
        script.tokens = std::move(tokens_);
        return script;
    }

  private:
    static bool is_module_field(std::string_view word) {
        static constexpr std::string_view kFields[] = {"type",   "rec",    "import", "func",
                                                       "table",  "memory", "global", "tag",
                                                       "export", "start",  "elem",   "data"};
        return std::find(std::begin(kFields), std::end(kFields), word) != std::end(kFields);
    }

    [[nodiscard]] const Token& peek(u32 ahead = 0) const {
        const std::size_t last = tokens_.tokens.size() - 1;
        return error_ ? tokens_.tokens[last]
                      : tokens_.tokens[std::min<std::size_t>(at_ + ahead, last)];
    }
    [[nodiscard]] TokenKind kind(u32 ahead = 0) const { return peek(ahead).kind; }
    [[nodiscard]] std::string_view text_at(u32 ahead = 0) const {
        return tokens_.text(peek(ahead));
    }
    [[nodiscard]] std::string_view word(u32 ahead = 0) const {
        return kind(ahead) == TokenKind::keyword ? text_at(ahead) : std::string_view();
    }
    [[nodiscard]] bool at_open(std::string_view w) const {
        return kind() == TokenKind::lparen && word(1) == w;
    }
    void fail(std::string_view expected) {
        if (!error_) error_ = text::unexpected(tokens_, at_, expected);
    }
    void open() {
        if (kind() != TokenKind::lparen) return fail("(");
        ++at_;
    }
    void close() {
        if (kind() != TokenKind::rparen) return fail(")");
        ++at_;
    }
    std::string string() {
        if (kind() != TokenKind::string) {
            fail("a string");
            return {};
        }
        std::string s = text::unescape(text_at());
        ++at_;
        return s;
    }
    std::string optional_id() {
        if (kind() != TokenKind::id) return {};
        std::string_view id = text_at().substr(1);
        ++at_;
        return id[0] == '"' ? text::unescape(id) : std::string(id);
    }

    /// Moves over the rest of a parenthesis; leaves the closing one.
    void skip_to_close() {
        for (u64 depth = 0; !error_; ++at_) {
            switch (kind()) {
                case TokenKind::eof:
                case TokenKind::error:
                    return fail(")");
                case TokenKind::lparen:
                    ++depth;
                    break;
                case TokenKind::rparen:
                    if (depth-- == 0) return;
                    break;
                default:
                    break;
            }
        }
    }

    Command command(bool in_thread) {
        Command c;
        c.offset = peek().offset;
        open();
        const std::string_view w = word();
        if (w == "module") {
            module_command(c);
        } else if (w == "invoke" || w == "get") {
            c.kind = Command::Kind::action;
            c.action = action_body();
        } else if (w == "register") {
            ++at_;
            c.kind = Command::Kind::register_;
            c.name = string();
            c.of = optional_id();
        } else if (w == "thread" && !in_thread) {
            thread_command(c);
        } else if (w == "wait") {
            ++at_;
            c.kind = Command::Kind::wait;
            c.name = optional_id();
        } else if (w.substr(0, 7) == "assert_") {
            assertion(c);
        } else {
            fail("a script command");
        }
        close();
        return c;
    }

    void thread_command(Command& c) {
        ++at_;
        c.kind = Command::Kind::thread;
        c.name = optional_id();
        while (at_open("shared")) {
            at_ += 2;
            open();
            if (word() != "module") fail("module");
            ++at_;
            c.shared.push_back(optional_id());
            close();
            close();
        }
        // Threads may nest; a few levels are enough for every script.
        if (++thread_depth_ > 100) fail("fewer nested threads");
        while (!error_ && kind() == TokenKind::lparen) c.commands.push_back(command(false));
        --thread_depth_;
    }

    /// At `module`: a module, a definition, or an instance of one.
    void module_command(Command& c) {
        if (word(1) != "instance") {
            c.kind = Command::Kind::module;
            c.module = module_source();
            return;
        }
        at_ += 2;
        c.kind = Command::Kind::instance;
        c.name = optional_id();
        c.of = optional_id();
        if (c.of.empty()) c.of = std::exchange(c.name, {});
    }

    /// At `module`; stops before the closing parenthesis.
    ModuleSource module_source() {
        ModuleSource m;
        if (word() != "module") fail("module");
        ++at_;
        if (word() == "definition") {
            m.is_definition = true;
            ++at_;
        }
        const u32 id_token = at_;
        m.name = optional_id();
        if (!m.name.empty()) m.name_token = id_token;
        if (word() == "binary" || word() == "quote") {
            m.form = word() == "binary" ? ModuleSource::Form::binary : ModuleSource::Form::quote;
            ++at_;
            while (kind() == TokenKind::string) {
                text::unescape_to(text_at(), m.bytes);
                ++at_;
            }
            return m;
        }
        m.begin = at_;
        skip_to_close();
        m.end = at_;
        return m;
    }

    Action action_body() {
        Action a;
        a.is_get = word() == "get";
        if (!a.is_get && word() != "invoke") fail("invoke or get");
        ++at_;
        a.instance = optional_id();
        a.field = string();
        while (!error_ && kind() == TokenKind::lparen) a.args.push_back(pattern(false));
        return a;
    }

    void assertion(Command& c) {
        const std::string_view w = word();
        const auto* named = std::find_if(std::begin(kCommandNames), std::end(kCommandNames),
                                         [&](const NamedKind& k) { return k.text == w; });
        if (named == std::end(kCommandNames)) return fail("an assertion");
        c.kind = named->kind;
        ++at_;
        open();
        switch (c.kind) {
            case Command::Kind::assert_return:
                c.action = action_body();
                close();
                while (!error_ && kind() == TokenKind::lparen) c.results.push_back(pattern(true));
                return;
            case Command::Kind::assert_exception:
                c.action = action_body();
                close();
                return;
            case Command::Kind::assert_trap:
            case Command::Kind::assert_exhaustion:
            case Command::Kind::assert_suspension:
                if (word() != "module") {
                    c.action = action_body();
                    close();
                    break;
                }
                c.kind = Command::Kind::assert_trap_module;
                [[fallthrough]];
            default:
                c.module = module_source();
                close();
        }
        c.expected = string();
    }

    // ---- values ---------------------------------------------------------------------------------

    /// A literal, or (where allowed) a pattern.
    Pattern pattern(bool is_result) {
        Pattern p;
        open();
        const std::string_view w = word();
        ++at_;
        if (w == "i32.const") {
            p.kind = Pattern::Kind::i32;
            p.bits = number(32, false, nullptr);
        } else if (w == "i64.const") {
            p.kind = Pattern::Kind::i64;
            p.bits = number(64, false, nullptr);
        } else if (w == "f32.const") {
            p.kind = Pattern::Kind::f32;
            p.bits = number(32, true, is_result ? &p.nan : nullptr);
        } else if (w == "f64.const") {
            p.kind = Pattern::Kind::f64;
            p.bits = number(64, true, is_result ? &p.nan : nullptr);
        } else if (w == "v128.const") {
            vector(p, is_result);
        } else if (w == "ref.null") {
            p.kind = Pattern::Kind::null;
            if (kind() == TokenKind::keyword) {
                p.heap = word();
                ++at_;
            } else if (kind() == TokenKind::nat) {
                ++at_;  // a type index: any null will do
            } else if (!is_result) {
                fail("a heap type");
            }
        } else if (w == "ref.extern" && kind() == TokenKind::nat) {
            p.kind = Pattern::Kind::extern_;
            p.bits = number(32, false, nullptr);
        } else if (w == "ref.host") {
            p.kind = Pattern::Kind::host;
            p.bits = number(32, false, nullptr);
        } else if (is_result && w == "either") {
            p.kind = Pattern::Kind::either;
            while (!error_ && kind() == TokenKind::lparen) {
                if (word(1) == "either") {
                    ++at_;
                    fail("a result");
                }
                p.choices.push_back(pattern(true));
            }
        } else if (is_result && reference_kind(w, p.ref)) {
            p.kind = Pattern::Kind::ref_kind;
        } else {
            --at_;
            fail(is_result ? "a result" : "a literal");
        }
        close();
        return p;
    }

    static bool reference_kind(std::string_view w, RefKind& out) {
        static constexpr std::pair<std::string_view, RefKind> kKinds[] = {
            {"ref", RefKind::any},
            {"ref.any", RefKind::any},
            {"ref.eq", RefKind::eq},
            {"ref.i31", RefKind::i31},
            {"ref.struct", RefKind::struct_},
            {"ref.array", RefKind::array},
            {"ref.func", RefKind::func},
            {"ref.exn", RefKind::exn},
            {"ref.extern", RefKind::extern_},
            {"ref.host", RefKind::host},
        };
        for (const auto& [name, ref] : kKinds) {
            if (name == w) {
                out = ref;
                return true;
            }
        }
        return false;
    }

    /// `nan`: where a NaN pattern goes; null if none is allowed.
    u64 number(unsigned bits, bool is_float, Pattern::Nan* nan) {
        if (nan != nullptr && (word() == "nan:canonical" || word() == "nan:arithmetic")) {
            *nan = word() == "nan:canonical" ? Pattern::Nan::canonical : Pattern::Nan::arithmetic;
            ++at_;
            return 0;
        }
        if (kind() != TokenKind::nat && kind() != TokenKind::integer && kind() != TokenKind::real) {
            fail("a number");
            return 0;
        }
        std::optional<u64> value;
        if (!is_float) {
            value = text::parse_int(text_at(), bits);
        } else if (bits == 32) {
            value = text::parse_f32(text_at());
        } else {
            value = text::parse_f64(text_at());
        }
        if (!value && !error_) {
            error_ = text::error_at(tokens_.source, peek().offset, "constant out of range");
        }
        ++at_;
        return value.value_or(0);
    }

    void vector(Pattern& p, bool is_result) {
        p.kind = Pattern::Kind::v128;
        unsigned lane_bits = 0;
        bool is_float = false;
        static constexpr std::pair<std::string_view, unsigned> kShapes[] = {
            {"i8x16", 8},  {"i16x8", 16}, {"i32x4", 32},
            {"i64x2", 64}, {"f32x4", 32}, {"f64x2", 64}};
        for (const auto& [name, bits] : kShapes) {
            if (word() == name) {
                lane_bits = bits;
                is_float = name[0] == 'f';
            }
        }
        if (lane_bits == 0) return fail("a vector shape");
        ++at_;
        if (is_float && is_result) p.float_lane_bits = lane_bits;
        for (unsigned lane = 0; lane < 128 / lane_bits; ++lane) {
            Pattern::Nan nan = Pattern::Nan::none;
            const u64 bits = number(lane_bits, is_float, is_float && is_result ? &nan : nullptr);
            if (is_float && is_result) p.lane_nans[lane] = nan;
            const unsigned at = lane * lane_bits;
            (at < 64 ? p.bits : p.bits_hi) |= bits << at % 64;
        }
    }

    text::TokenStream tokens_;
    u32 at_ = 0;
    u32 thread_depth_ = 0;
    std::optional<Error> error_;
};

}  // namespace

Result<Script> parse_script(std::string_view source) { return ScriptParser(source).parse(); }

std::string_view to_string(Command::Kind kind) {
    for (const NamedKind& k : kCommandNames) {
        if (k.kind == kind) return k.text;
    }
    return "command";
}

}  // namespace wasmi::spectest
