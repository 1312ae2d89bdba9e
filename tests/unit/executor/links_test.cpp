// Links of calls lie at the end of the guest stack: every way to leave a frame takes its link away.
// Guards src/core/executor (calls, unwinding, invocation). Spec: exec/runtime (stack).
#include "tests/util/wat.hpp"

#include <wasmi/wasmi.hpp>

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace wasmi {
namespace {

using test::compile_wat;

constexpr std::uint64_t kStack = 64 * 1024;

/// A guest with a small stack that can say how deep a recursion goes on what is left of it.
class Links : public ::testing::Test {
  protected:
    /// A module of these fields and of $f, which recurses until the stack is full.
    Instance make(const std::string& fields) {
        return linker
            .instantiate(compile_wat(engine, "(module " + fields + R"(
                (global $depth (export "depth") (mut i32) (i32.const 0))
                (func $f (export "f") (param i32)
                  (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
                  (call $f (local.get 0)))))"))
            .value();
    }
    /// Levels of $f from here to the end of the stack.
    std::int32_t depth(const Instance& i) {
        const Global counter = i.global(store, "depth").value();
        EXPECT_TRUE(counter.set(store, Val(std::int32_t{0})));
        const Result<void> end = i.func<void(std::int32_t)>(store, "f").value()(store, 1);
        if (end) {
            ADD_FAILURE() << "the recursion came to an end";
            return 0;
        }
        EXPECT_EQ(TrapCode::call_stack_exhausted, end.error().trap());
        return counter.get(store).value().i32();
    }

    Engine engine;
    Store store{engine, {.stack_bytes = kStack}};
    Linker linker{store};
};

TEST_F(Links, of_frames_that_a_trap_ends_are_gone) {
    const Instance i = make("");
    const std::int32_t first = depth(i);
    EXPECT_GT(first, 2000);
    for (int n = 0; n < 100; ++n) EXPECT_EQ(first, depth(i));
}

TEST_F(Links, of_a_nested_call_that_a_trap_ends_are_gone) {
    const Instance inner = make("");
    std::int32_t first = 0;
    ASSERT_TRUE(linker.func("host", "recurse", [&](std::int32_t n) {
        const std::int32_t now = depth(inner);
        if (n == 0) first = now;
        EXPECT_EQ(first, now);
    }));
    const Instance outer = make(R"((import "host" "recurse" (func $recurse (param i32)))
        (func (export "loop") (result i32) (local $i i32)
          (loop $l
            (call $recurse (local.get $i))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $i) (i32.const 50))))
          (local.get $i)))");
    EXPECT_EQ(50, outer.func<std::int32_t()>(store, "loop").value()(store).value());
    EXPECT_GT(first, 1000);
}

TEST_F(Links, of_frames_that_an_exception_passes_are_gone) {
    const Instance i = make(R"((tag $e (param i32))
        (func $throw (param $n i32) (param $v i32)
          (if (local.get $n)
            (then (call $throw (i32.sub (local.get $n) (i32.const 1)) (local.get $v)))
            (else (throw $e (local.get $v)))))
        (func $caught (param i32) (result i32)
          (block $h (result i32)
            (try_table (catch $e $h) (call $throw (i32.const 100) (local.get 0)))
            (i32.const -1)))
        (func (export "loop") (param $n i32) (result i32) (local $s i32)
          (loop $l
            (local.set $s (i32.add (local.get $s) (call $caught (local.get $n))))
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br_if $l (local.get $n)))
          (local.get $s)))");
    const std::int32_t first = depth(i);
    const auto loop = i.func<std::int32_t(std::int32_t)>(store, "loop").value();
    EXPECT_EQ(500'500, loop(store, 1000).value());
    EXPECT_EQ(first, depth(i));
}

TEST_F(Links, of_frames_that_tail_calls_replace_are_gone) {
    ASSERT_TRUE(linker.func("host", "id", [](std::int32_t v) { return v; }));
    const Instance other = make(R"((func (export "id") (param i32) (result i32) (local.get 0)))");
    ASSERT_TRUE(linker.define_instance("other", other));
    const Instance i = make(R"((import "host" "id" (func $host (param i32) (result i32)))
        (import "other" "id" (func $other (param i32) (result i32)))
        (func $count (param $n i32) (param $s i32) (result i32)
          (if (local.get $n) (then
            (return_call $count (i32.sub (local.get $n) (i32.const 1))
                                (i32.add (local.get $s) (i32.const 1)))))
          (local.get $s))
        (func $to_host (param i32) (result i32) (return_call $host (local.get 0)))
        (func $to_other (param i32) (result i32) (return_call $other (local.get 0)))
        (func (export "loop") (param $n i32) (result i32) (local $s i32)
          (loop $l
            (local.set $s (i32.add (local.get $s) (i32.add (call $to_host (i32.const 1))
              (i32.add (call $to_other (i32.const 1))
                       (call $count (i32.const 10) (i32.const 0))))))
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br_if $l (local.get $n)))
          (local.get $s)))");
    const std::int32_t first = depth(i);
    const auto loop = i.func<std::int32_t(std::int32_t)>(store, "loop").value();
    EXPECT_EQ(12 * 10'000, loop(store, 10'000).value());
    EXPECT_EQ(first, depth(i));
}

TEST_F(Links, and_large_frames_share_the_stack_to_the_last_word) {
    // A frame: a parameter, 500 locals, at most two operands. The next one begins at the operands.
    std::string locals;
    for (int n = 0; n < 500; ++n) locals += " i64";
    const Instance i =
        make(R"((global $levels (export "levels") (mut i32) (i32.const 0))
        (func $g (export "g") (param i32) (local)" +
             locals + R"() (global.set $levels (i32.add (global.get $levels) (i32.const 1)))
          (call $g (local.get 0))))");
    const Result<void> end = i.func<void(std::int32_t)>(store, "g").value()(store, 1);
    ASSERT_FALSE(end);
    EXPECT_EQ(TrapCode::call_stack_exhausted, end.error().trap());
    constexpr std::uint64_t kFrame = (1 + 500 + 2) * 8;
    constexpr std::uint64_t kDistance = (1 + 500) * 8;
    constexpr std::uint64_t kLink = 2 * 8;
    EXPECT_EQ(
        (kStack - kFrame - kLink) / (kDistance + kLink) + 1,
        static_cast<std::uint64_t>(i.global(store, "levels").value().get(store).value().i32()));
}

}  // namespace
}  // namespace wasmi
