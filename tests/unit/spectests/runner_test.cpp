// Execution of scripts: when an assertion holds and when it does not.
// Spec: interpreter/README.md of the specification (scripts).
#include "spectests/runner/runner.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmi::spectest {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::string_view kModule = R"((module
    (func (export "trap") (unreachable))
    (func (export "divide") (result i32) (i32.div_u (i32.const 1) (i32.const 0)))
    (func (export "f32") (param i32) (result f32) (f32.reinterpret_i32 (local.get 0)))
    (func (export "f64") (param i64) (result f64) (f64.reinterpret_i64 (local.get 0)))
    (func (export "lanes") (result v128) (v128.const i32x4 0x7fc00000 0x7fe00000 0 0x3f800000))
    (func (export "one") (result i32) (i32.const 1))
    (type $s (struct)) (type $a (array i8)) (tag $t)
    (func $f (export "ref") (param i32) (result anyref)
      (if (i32.eqz (local.get 0)) (then (return (ref.null none))))
      (if (i32.eq (local.get 0) (i32.const 1)) (then (return (struct.new $s))))
      (if (i32.eq (local.get 0) (i32.const 2)) (then (return (array.new_fixed $a 0))))
      (ref.i31 (local.get 0)))
    (func (export "func") (result funcref) (ref.func $f))
    (func (export "extern") (param externref) (result externref) (local.get 0))
    (func (export "any") (param externref) (result anyref) (any.convert_extern (local.get 0)))
    (func (export "exn") (result exnref)
      (block $h (result exnref) (try_table (catch_all_ref $h) (throw $t)) (unreachable))))
)";

ScriptResult run(std::string_view commands, const RunOptions& options = {}) {
    const std::string source = std::string(kModule) + std::string(commands);
    return run_script(source, options);
}

/// Whether the one assertion holds.
bool holds(const std::string& command) {
    const ScriptResult r = run(command);
    EXPECT_EQ(r.passed + r.failed, 1u) << command;
    return r.failed == 0;
}

TEST(Runner, the_expected_words_are_the_beginning_of_the_message) {
    const std::pair<const char*, bool> cases[] = {
        {"unreachable", true}, {"unreach", true},        {"", true},
        {"nreachable", false}, {"unreachable x", false},
    };
    for (const auto& [words, good] : cases) {
        EXPECT_EQ(holds(std::string("(assert_trap (invoke \"trap\") \"") + words + "\")"), good)
            << words;
    }
    EXPECT_FALSE(holds("(assert_trap (invoke \"divide\") \"integer overflow\")"));
    EXPECT_TRUE(holds("(assert_trap (invoke \"divide\") \"integer divide\")"));
}

TEST(Runner, malformed_invalid_and_unlinkable_are_told_apart) {
    const std::pair<const char*, const char*> modules[] = {
        {"assert_malformed", "(module quote \"(func (x))\")"},
        {"assert_invalid", "(module (func (result i32)))"},
        {"assert_unlinkable", "(module (import \"spectest\" \"unknown\" (func)))"},
    };
    for (const auto& [assertion, unused] : modules) {
        for (const auto& [right, module] : modules) {
            EXPECT_EQ(holds("(" + std::string(assertion) + " " + module + " \"\")"),
                      std::string_view(assertion) == right)
                << assertion << module;
        }
    }
}

TEST(Runner, nan_patterns_look_at_the_payload_only) {
    const auto f32 = [](const char* bits, const char* pattern) {
        return holds(std::string("(assert_return (invoke \"f32\" (i32.const ") + bits +
                     ")) (f32.const " + pattern + "))");
    };
    for (const char* canonical : {"0x7fc00000", "0xffc00000"}) {
        EXPECT_TRUE(f32(canonical, "nan:canonical"));
        EXPECT_TRUE(f32(canonical, "nan:arithmetic"));
    }
    EXPECT_FALSE(f32("0x7fc00001", "nan:canonical"));
    EXPECT_TRUE(f32("0xffc00001", "nan:arithmetic"));
    EXPECT_FALSE(f32("0x7fa00000", "nan:arithmetic"));
    EXPECT_FALSE(f32("0x7f800000", "nan:arithmetic"));
    EXPECT_TRUE(f32("0x7fc00000", "nan"));
    EXPECT_FALSE(f32("0xffc00000", "nan"));
    EXPECT_TRUE(f32("0x7fa00000", "nan:0x200000"));
    EXPECT_FALSE(f32("0x80000000", "0"));
    const auto f64 = [](const char* bits, const char* pattern) {
        return holds(std::string("(assert_return (invoke \"f64\" (i64.const ") + bits +
                     ")) (f64.const " + pattern + "))");
    };
    EXPECT_TRUE(f64("0xfff8000000000000", "nan:canonical"));
    EXPECT_FALSE(f64("0xfff8000000000001", "nan:canonical"));
    EXPECT_TRUE(f64("0xfff8000000000001", "nan:arithmetic"));
    EXPECT_FALSE(f64("0x7ff4000000000000", "nan:arithmetic"));
}

TEST(Runner, nan_patterns_hold_for_each_lane) {
    const auto lanes = [](const char* pattern) {
        return holds(std::string("(assert_return (invoke \"lanes\") (v128.const ") + pattern +
                     "))");
    };
    EXPECT_TRUE(lanes("f32x4 nan:canonical nan:arithmetic 0 1"));
    EXPECT_TRUE(lanes("f32x4 nan nan:0x600000 0 1"));
    EXPECT_FALSE(lanes("f32x4 nan:canonical nan:canonical 0 1"));
    EXPECT_FALSE(lanes("f32x4 nan:canonical nan:arithmetic nan:canonical 1"));
    EXPECT_FALSE(lanes("f32x4 nan:canonical nan:arithmetic 0 2"));
    EXPECT_TRUE(lanes("i64x2 0x7fe000007fc00000 0x3f80000000000000"));
}

TEST(Runner, either_takes_any_of_its_choices) {
    EXPECT_TRUE(holds(R"((assert_return (invoke "one") (either (i32.const 2) (i32.const 1))))"));
    EXPECT_FALSE(holds(R"((assert_return (invoke "one") (either (i32.const 2) (i64.const 1))))"));
    EXPECT_FALSE(holds(R"((assert_return (invoke "one") (either)))"));
}

TEST(Runner, patterns_of_references_tell_the_kinds_apart) {
    const char* const actions[] = {
        R"((invoke "ref" (i32.const 0)))",
        R"((invoke "ref" (i32.const 1)))",
        R"((invoke "ref" (i32.const 2)))",
        R"((invoke "ref" (i32.const 3)))",
        R"((invoke "func"))",
        R"((invoke "extern" (ref.extern 7)))",
        R"((invoke "any" (ref.extern 7)))",
        R"((invoke "exn"))",
    };
    // One letter for each of the actions: whether its result fits.
    const std::pair<const char*, const char*> patterns[] = {
        {"(ref.null)", "y......."},     {"(ref.null any)", "y......."},
        {"(ref.struct)", ".y......"},   {"(ref.array)", "..y....."},
        {"(ref.eq)", ".yyy...."},       {"(ref.i31)", "...y...."},
        {"(ref.func)", "....y..."},     {"(ref.extern)", ".....y.."},
        {"(ref.extern 7)", ".....y.."}, {"(ref.extern 8)", "........"},
        {"(ref.host 7)", "......y."},   {"(ref.exn)", ".......y"},
    };
    for (const auto& [pattern, fits] : patterns) {
        std::string got;
        for (const char* action : actions) {
            const bool good = holds(std::string("(assert_return ") + action + " " + pattern + ")");
            got += good ? 'y' : '.';
        }
        EXPECT_EQ(got, fits) << pattern;
    }
}

TEST(Runner, failures_say_the_line_and_both_values) {
    const ScriptResult r = run("\n(assert_return (invoke \"one\") (i32.const 2))");
    ASSERT_THAT(r.failures, SizeIs(1));
    EXPECT_EQ(r.failures[0].line,
              2 + static_cast<u32>(std::count(kModule.begin(), kModule.end(), '\n')));
    EXPECT_EQ(r.failures[0].message, "assert_return: expected [ i32:2 ], got [ i32:1 ]");
}

TEST(Runner, threads_count_with_the_script_that_started_them) {
    const ScriptResult r = run(R"(
        (thread $t (module (func (export "f") (result i32) (i32.const 1)))
          (assert_return (invoke "f") (i32.const 1))
          (assert_return (invoke "f") (i32.const 2)))
        (wait $t) (wait $t))");
    EXPECT_EQ(r.passed, 1u);
    EXPECT_EQ(r.failed, 2u);  // the second wait, too
    ASSERT_THAT(r.failures, SizeIs(2));
    EXPECT_THAT(r.failures[1].message, HasSubstr("unknown thread $t"));
}

TEST(Runner, of_superseded_assertions_the_contrary_must_hold) {
    RunOptions options;
    options.superseded = {{1, "multiple memories", "several are fine"},
                          {2, "multiple memories", "several are fine"},
                          {3, "other words", "never met"}};
    const ScriptResult r = run_script(
        "(assert_invalid (module (memory 0) (memory 0)) \"multiple memories\")\n"
        "(assert_invalid (module (memory 2 1)) \"multiple memories\")\n"
        "(assert_invalid (module (memory 0) (memory 0)) \"multiple memories\")",
        options);
    EXPECT_EQ(r.passed, 0u);
    EXPECT_EQ(r.failed, 2u);
    ASSERT_THAT(r.superseded, SizeIs(1));
    EXPECT_EQ(r.superseded[0].line, 1u);
    EXPECT_THAT(r.superseded[0].message, HasSubstr("several are fine"));
    EXPECT_THAT(r.failures[0].message, HasSubstr("expected a valid module"));
    EXPECT_THAT(r.failures[1].message, HasSubstr("got success"));
}

TEST(Runner, broken_scripts_fail_once_with_their_place) {
    const ScriptResult r = run_script("(module)\n(assert_return (invoke \"f\")", {});
    EXPECT_EQ(r.failed, 1u);
    ASSERT_THAT(r.failures, SizeIs(1));
    EXPECT_EQ(r.failures[0].line, 2u);
    EXPECT_THAT(r.failures[0].message, HasSubstr("script: "));
}

TEST(RunnerHostile, deep_modules_need_no_native_stack) {
    std::string open;
    std::string close;
    for (int i = 0; i < 100'000; ++i) {
        open += "(block ";
        close += ")";
    }
    for (const bool folded : {false, true}) {
        RunOptions options;
        options.round_trip = true;
        options.round_trip_folded = folded;
        const ScriptResult r =
            run_script("(module (func (export \"f\") (result i32) " + open + close +
                           "(i32.const 5)))(assert_return (invoke \"f\") (i32.const 5))",
                       options);
        EXPECT_EQ(r.passed, 1u);
        EXPECT_EQ(r.failed, 0u) << r.failures[0].message.substr(0, 200);
    }
}

}  // namespace
}  // namespace wasmi::spectest
