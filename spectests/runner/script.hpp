// Script: a parsed .wast file.
// Spec: interpreter/README.md of the specification (scripts), with the threads proposal.
#pragma once

#include "core/text/lexer.hpp"

#include <wasmi/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace wasmi::spectest {

namespace text = core::text;
using core::i64;
using core::u32;
using core::u64;
using core::u8;

/// A module as a script gives it: text, bytes, or text in strings.
struct ModuleSource {
    enum class Form : u8 { text, binary, quote };
    Form form = Form::text;
    bool is_definition = false;
    std::string name;              ///< without $; may be empty
    u32 begin = 0;                 ///< Form::text: the tokens of its fields
    u32 end = 0;                   ///< Form::text
    u32 name_token = 0xFFFF'FFFF;  ///< Form::text: the token of the id
    std::string bytes;             ///< Form::binary and Form::quote
};

/// The kinds of reference that results are matched against.
enum class RefKind : u8 { any, eq, i31, struct_, array, func, exn, extern_, host };

/// An argument or an expected result.
struct Pattern {
    enum class Kind : u8 {
        i32,
        i64,
        f32,
        f64,
        v128,
        null,      ///< null of the type `heap` if it has one
        extern_,   ///< the host object `bits` as externref
        host,      ///< the host object `bits` as anyref
        ref_kind,  ///< any non-null reference of `ref`
        either,    ///< any of `choices`
    };
    enum class Nan : u8 { none, canonical, arithmetic };
    Kind kind = Kind::i32;
    u64 bits = 0;
    u64 bits_hi = 0;
    Nan nan = Nan::none;      ///< f32, f64
    u32 float_lane_bits = 0;  ///< v128 whose lanes may be NaN patterns: 32 or 64
    Nan lane_nans[4] = {};    ///< v128
    RefKind ref = RefKind::any;
    std::string heap;  ///< of null: the keyword, or empty for any null
    std::vector<Pattern> choices;
};

struct Action {
    bool is_get = false;
    std::string instance;  ///< empty: the latest
    std::string field;
    std::vector<Pattern> args;
};

struct Command {
    enum class Kind : u8 {
        module,
        instance,
        register_,
        action,
        assert_return,
        assert_trap,
        assert_trap_module,
        assert_exhaustion,
        assert_exception,
        assert_invalid,
        assert_malformed,
        assert_unlinkable,
        assert_invalid_custom,
        assert_malformed_custom,
        assert_suspension,
        thread,
        wait,
    };
    Kind kind = Kind::module;
    u32 offset = 0;  ///< in the file
    ModuleSource module;
    Action action;
    std::vector<Pattern> results;
    std::string expected;             ///< the message of an assertion
    std::string name;                 ///< register: under which; instance, thread, wait: its name
    std::string of;                   ///< register: which instance; instance: of which module
    std::vector<std::string> shared;  ///< thread: modules that it sees
    std::vector<Command> commands;    ///< thread

    [[nodiscard]] bool is_assertion() const {
        return kind >= Kind::assert_return && kind <= Kind::assert_suspension;
    }
};

struct Script {
    text::TokenStream tokens;  ///< refers to the source that was parsed
    std::vector<Command> commands;
};

/// `source` must outlive the script.
[[nodiscard]] Result<Script> parse_script(std::string_view source);

/// The name of a command as scripts write it; static storage.
[[nodiscard]] std::string_view to_string(Command::Kind kind);

}  // namespace wasmi::spectest
