// Scripts: what the parser makes of them, and what it says of broken ones.
// Spec: interpreter/README.md of the specification (scripts).
#include "spectests/runner/script.hpp"

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmi::spectest {
namespace {

using ::testing::HasSubstr;

std::string error_of(std::string_view source) {
    const Result<Script> script = parse_script(source);
    return script ? "(a script)" : script.error().message();
}

TEST(Script, commands_keep_their_order_and_place) {
    const std::string_view source =
        "(module $m (func))\n(register \"r\" $m)\n(invoke $m \"f\" (i32.const 1))\n"
        "(assert_trap (module (start 0)) \"unreachable\")";
    const Result<Script> script = parse_script(source);
    ASSERT_TRUE(script) << script.error().message();
    ASSERT_EQ(script->commands.size(), 4u);
    EXPECT_EQ(script->commands[0].module.name, "m");
    EXPECT_EQ(script->commands[1].kind, Command::Kind::register_);
    EXPECT_EQ(script->commands[1].of, "m");
    EXPECT_EQ(script->commands[2].action.args.size(), 1u);
    EXPECT_EQ(script->commands[3].kind, Command::Kind::assert_trap_module);
    EXPECT_EQ(script->commands[3].expected, "unreachable");
    EXPECT_EQ(script->commands[1].offset, source.find("(register"));
}

TEST(Script, bare_fields_are_one_module) {
    const Result<Script> script = parse_script("(func) (memory 1)");
    ASSERT_TRUE(script);
    ASSERT_EQ(script->commands.size(), 1u);
    EXPECT_EQ(script->commands[0].kind, Command::Kind::module);
}

TEST(Script, nan_patterns_of_lanes_are_kept_apart) {
    const Result<Script> script = parse_script(
        "(assert_return (invoke \"f\") (v128.const f32x4 nan:canonical 1 nan:arithmetic nan))");
    ASSERT_TRUE(script) << script.error().message();
    const Pattern& p = script->commands[0].results[0];
    EXPECT_EQ(p.float_lane_bits, 32u);
    EXPECT_EQ(p.lane_nans[0], Pattern::Nan::canonical);
    EXPECT_EQ(p.lane_nans[1], Pattern::Nan::none);
    EXPECT_EQ(p.lane_nans[2], Pattern::Nan::arithmetic);
    EXPECT_EQ(p.lane_nans[3], Pattern::Nan::none);
    EXPECT_EQ(p.bits >> 32, 0x3F80'0000u);
    EXPECT_EQ(p.bits_hi >> 32, 0x7FC0'0000u);
}

TEST(ScriptError, says_line_column_and_what_was_expected) {
    const std::pair<const char*, const char*> cases[] = {
        {"(module", ") at 1:8"},
        {"(module)\n  (assert_nothing)", "2:4"},
        {"(assert_nothing)", "an assertion"},
        {"(frobnicate)", "a script command"},
        {"module", "( at 1:1"},
        {"(invoke)", "a string at 1:8"},
        {"(invoke \"f\" (i32.const))", "a number at 1:23"},
        {"(invoke \"f\" (i32.const 0x1_0000_0000))", "1:24"},
        {"(invoke \"f\" (f32.const nan:canonical))", "1:24"},
        {"(invoke \"f\" (either (i32.const 1)))", "a literal at 1:14"},
        {"(invoke \"f\" (v128.const i32x5 1))", "a vector shape at 1:25"},
        {"(invoke \"f\" (ref.null))", "a heap type at 1:22"},
        {"(assert_return (invoke \"f\") (i32.cons 1))", "a result"},
        {"(assert_trap (invoke \"f\"))", "a string at 1:26"},
        {"(assert_return (call \"f\"))", "invoke or get at 1:17"},
        {"(register $m)", "a string at 1:11"},
        {"(module)\n(module) \x01", "2:10"},
        {"(assert_return (invoke \"f\") (either (either (i32.const 1))))", "a result"},
    };
    for (const auto& [source, words] : cases) {
        EXPECT_THAT(error_of(source), HasSubstr(words)) << source;
    }
}

TEST(ScriptHostile, nesting_of_100000_levels_needs_no_native_stack) {
    constexpr std::size_t kLevels = 100'000;
    const auto nested = [](std::string_view open, std::string_view close) {
        std::string out;
        for (std::size_t i = 0; i < kLevels; ++i) out += open;
        for (std::size_t i = 0; i < kLevels; ++i) out += close;
        return out;
    };
    EXPECT_THAT(error_of(nested("(", "")), HasSubstr("1:2"));
    EXPECT_THAT(error_of(nested("(thread ", ")")), HasSubstr("fewer nested threads"));
    EXPECT_THAT(error_of("(assert_return (invoke \"f\")" + nested("(either ", ")") + ")"),
                HasSubstr("a result"));
    // What stands in a module is not looked at before it is assembled.
    EXPECT_EQ(error_of("(module (func " + nested("(block ", ")") + "))"), "(a script)");
    EXPECT_EQ(error_of("(module " + nested("(@a ", ")") + ")"), "(a script)");
}

}  // namespace
}  // namespace wasmi::spectest
