// Guest code never uses the native stack: deep recursion and long runs on tiny threads.
// Guards src/core/executor (handlers, dispatch). Spec: appendix/implementation (call stack).
#include "tests/util/outcome.hpp"
#include "tests/util/wat.hpp"

#include <wasmi/wasmi.hpp>

#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <pthread.h>

namespace wasmi {
namespace {

using test::compile_wat;

/// Runs `f` to its end on a thread with a native stack of that size.
void on_small_stack(std::size_t bytes, std::function<void()> f) {
    pthread_attr_t attributes;
    ASSERT_EQ(0, pthread_attr_init(&attributes));
    ASSERT_EQ(0, pthread_attr_setstacksize(&attributes, bytes));
    pthread_t thread;
    auto run = [](void* p) -> void* {
        (*static_cast<std::function<void()>*>(p))();
        return nullptr;
    };
    ASSERT_EQ(0, pthread_create(&thread, &attributes, run, &f));
    ASSERT_EQ(0, pthread_join(thread, nullptr));
    pthread_attr_destroy(&attributes);
}

// A frame of $f: one parameter, at most two operands; the next frame begins at its first operand,
// one slot up. A call takes the two words of its link, too, at the other end of the stack. Between
// both there is room for the end of the last frame, and for a link.
constexpr std::uint64_t kReserve = 1024 + 2 * 8;
constexpr std::uint64_t kDistance = (1 + 2) * 8;

const char* const kRecursion = R"((module
    (global $depth (export "depth") (mut i32) (i32.const 0))
    (func $f (export "f") (param i32)
      (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
      (call $f (local.get 0)))))";

TEST(NativeStack, deep_recursion_ends_in_a_trap_at_the_depth_that_the_limit_says) {
    for (const std::uint64_t stack : {std::uint64_t{1} << 16, std::uint64_t{32} << 20}) {
        Engine engine;
        StoreLimits limits;
        limits.stack_bytes = stack;
        Store store(engine, limits);
        Linker linker(store);
        const Instance i = linker.instantiate(compile_wat(engine, kRecursion)).value();
        const auto f = i.func<void(std::int32_t)>(store, "f").value();
        TrapCode trap = TrapCode::none;
        on_small_stack(64 * 1024, [&] {
            const Result<void> end = f(store, 7);
            if (!end) trap = end.error().trap();
        });
        EXPECT_EQ(TrapCode::call_stack_exhausted, trap);
        const std::uint64_t depth =
            static_cast<std::uint64_t>(i.global(store, "depth").value().get(store).value().i32());
        EXPECT_EQ((stack - kReserve) / kDistance + 1, depth);
    }
}

TEST(NativeStack, a_million_levels_fit_in_a_large_enough_guest_stack) {
    Engine engine;
    StoreLimits limits;
    limits.stack_bytes = std::uint64_t{256} << 20;
    Store store(engine, limits);
    Linker linker(store);
    const Instance i = linker
                           .instantiate(compile_wat(engine, R"((module
        (func $sum (export "sum") (param i32) (result i64)
          (if (result i64) (local.get 0)
            (then (i64.add (i64.extend_i32_u (local.get 0))
                           (call $sum (i32.sub (local.get 0) (i32.const 1)))))
            (else (i64.const 0))))))"))
                           .value();
    const auto sum = i.func<std::int64_t(std::int32_t)>(store, "sum").value();
    std::int64_t result = 0;
    on_small_stack(64 * 1024, [&] { result = sum(store, 1'000'000).value(); });
    EXPECT_EQ(500'000'500'000, result);
}

TEST(NativeStack, a_hundred_million_dispatches_leave_the_native_stack_alone) {
    Engine engine;
    Store store(engine);
    Linker linker(store);
    // Integers, floats, memory, direct and indirect calls, a branch table and a division a turn;
    // more than twenty instructions of register code.
    const Instance i = linker
                           .instantiate(compile_wat(engine, R"((module
        (memory 1) (type $t (func (param i32) (result i32)))
        (table funcref (elem $g))
        (func $g (type $t) (i32.rem_u (local.get 0) (i32.const 1000)))
        (func (export "run") (param $n i32) (result i32)
          (local $i i32) (local $s i32) (local $x f64)
          (loop $l
            (local.set $x (f64.add (f64.mul (local.get $x) (f64.const 0.5)) (f64.sqrt
              (f64.convert_i32_u (local.get $i)))))
            (i32.store (i32.and (local.get $i) (i32.const 0xFFFC)) (local.get $s))
            (local.set $s (i32.add (i32.load (i32.and (local.get $i) (i32.const 0xFFFC)))
              (call_indirect (type $t) (local.get $i) (i32.const 0))))
            (block $a (block $b (block $c
              (br_table $a $b $c (i32.and (local.get $i) (i32.const 3))))
              (local.set $s (i32.xor (local.get $s) (i32.const 5))) (br $a))
              (local.set $s (i32.rotl (local.get $s) (i32.const 3))))
            (local.set $s (i32.sub (local.get $s) (call $g (local.get $s))))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
          (i32.add (local.get $s) (i32.trunc_sat_f64_s (local.get $x))))))"))
                           .value();
    const auto run = i.func<std::int32_t(std::int32_t)>(store, "run").value();
    constexpr std::int32_t kTurns = 5'000'000;  // of more than twenty instructions
    const std::uint64_t before = store.fuel_consumed();
    bool ok = false;
    on_small_stack(256 * 1024, [&] { ok = run(store, kTurns).has_value(); });
    EXPECT_TRUE(ok);
    EXPECT_GT(store.fuel_consumed() - before, 100'000'000u);
}

}  // namespace
}  // namespace wasmi
