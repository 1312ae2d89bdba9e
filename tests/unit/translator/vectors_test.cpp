// Vectors among other values: where the translator keeps them, in every setting.
// The instructions themselves: tests/unit/executor/simd_*_test.cpp and the official scripts.
#include "tests/util/outcome.hpp"
#include "tests/util/tuning_test.hpp"

#include <wasmi/wasmi.hpp>

#include <bit>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace wasmi {
namespace {

struct Vectors : test::TuningTest {
    /// Calls the export "f".
    template <class Signature, class... Args>
    auto call(const Instance& in, Args... args) {
        return in.func<Signature>(store, "f").value()(store, args...).value();
    }
};

INSTANTIATE_TEST_SUITE_P(Tunings, Vectors, test::kTunings);

// The result of a tee is in a register and in two slots; then one of each changes.
TEST_P(Vectors, a_local_is_read_after_tee_and_after_it_changed) {
    const Instance in = instantiate(R"((module
        (func (export "f") (param $v v128) (result v128)
          (local $w v128) (local $x v128)
          (local.set $x (i64x2.mul
            (local.tee $w (i64x2.add (local.get $v) (v128.const i64x2 1 2)))
            (local.get $w)))
          (local.set $w (i64x2.add (local.get $w) (local.get $x)))
          (i64x2.sub (local.get $w) (local.get $v)))))");
    // w = {4, 6}; x = {16, 36}; w = {20, 42}
    EXPECT_EQ((call<V128(V128)>(in, V128{3, 4})), (V128{17, 38}));
}

TEST_P(Vectors, a_get_before_a_set_keeps_the_old_value) {
    const Instance in = instantiate(R"((module
        (func (export "f") (param $v v128) (result v128)
          (local.get $v)
          (local.set $v (v128.const i64x2 100 200))
          (local.get $v)
          (local.set $v (i64x2.add (local.get $v) (local.get $v)))
          (local.get $v)
          (i64x2.add) (i64x2.add))))");
    EXPECT_EQ((call<V128(V128)>(in, V128{1, 2})), (V128{301, 602}));
}

// One register serves floats and vectors.
TEST_P(Vectors, floats_and_vectors_take_turns_in_the_register) {
    const Instance in = instantiate(R"((module
        (func (export "f") (param $v v128) (param $d f64) (result v128)
          (local $a f64) (local $w v128) (local $b f64)
          (local.set $w (f64x2.add (local.get $v) (f64x2.splat (local.tee $a
            (f64.mul (local.get $d) (local.get $d))))))
          (local.set $b (f64.add (local.get $a) (f64x2.extract_lane 1 (local.get $w))))
          (f64x2.add (f64x2.replace_lane 0 (local.get $w) (local.get $b))
                     (f64x2.mul (local.get $w) (f64x2.splat (f64.neg (local.get $a))))))))");
    // a = 4; w = {5, 6}; b = 10; {10, 6} + {5, 6} * -4
    const auto bits = [](double d) { return std::bit_cast<std::uint64_t>(d); };
    EXPECT_EQ((call<V128(V128, double)>(in, V128{bits(1), bits(2)}, 2.0)),
              (V128{bits(-10), bits(-18)}));
}

// A float in the first of two slots that a vector had, and the other way round.
TEST_P(Vectors, operands_of_both_sizes_share_places_on_the_stack) {
    const Instance in = instantiate(R"((module
        (func $v (param v128) (result v128) (i64x2.add (local.get 0) (v128.const i64x2 1 1)))
        (func $d (param f64) (result f64) (f64.add (local.get 0) (f64.const 1)))
        (func (export "f") (param v128 f64) (result i64)
          (drop (call $v (local.get 0)))
          (drop (call $d (local.get 1)))
          (i64x2.extract_lane 1 (call $v (call $v (local.get 0))))
          (drop (call $v (local.get 0)))
          (i64.trunc_f64_s (call $d (call $d (local.get 1))))
          (i64.add))))");
    EXPECT_EQ((call<std::int64_t(V128, double)>(in, V128{10, 20}, 0.0)), 24);
}

TEST_P(Vectors, constants_are_operands_on_both_sides) {
    const Instance in = instantiate(R"((module
        (memory 1)
        (func $id (param v128) (result v128) (local.get 0))
        (func (export "f") (param $v v128) (result v128)
          (local $k v128)
          (local.set $k (v128.const i64x2 5 6))
          (v128.store (i32.const 8) (v128.const i64x2 7 8))
          (i64x2.sub (v128.const i64x2 1000 2000) (local.get $v))
          (i64x2.sub (v128.const i64x2 1 2))
          (i64x2.add (v128.const i64x2 10 20))
          (v128.const i64x2 100 200)
          (i64x2.add)
          (i64x2.add (local.get $k))
          (i64x2.add (call $id (v128.const i64x2 3 4)))
          (i64x2.add (v128.load (i32.const 8)))
          (i64x2.add (v128.or (v128.const i64x2 1 0) (v128.const i64x2 0 1)))
          (i64x2.add (i64x2.shl (v128.const i64x2 1 2) (i32.const 65)))
          (i64x2.add (i64x2.gt_s (v128.const i64x2 2 0) (local.get $v)))
          (i64x2.add (i64x2.gt_s (local.get $v) (v128.const i64x2 2 0))))))");
    // 1000 - 1 - 1 + 10 + 100 + 5 + 3 + 7 + 1 + 2 - 1 - 0, 2000 - 9 - 2 + 20 + 200 + 6 + 4 + 8 + 1
    // + 4
    EXPECT_EQ((call<V128(V128)>(in, V128{1, 9})), (V128{1125, 2231}));
}

TEST_P(Vectors, select_takes_vectors_wherever_they_are) {
    const Instance in = instantiate(R"((module
        (func (export "f") (param $v v128) (param $c i32) (result v128)
          (select (i64x2.add (local.get $v) (local.get $v)) (local.get $v) (local.get $c))
          (select (result v128) (v128.const i64x2 100 100) (local.get $v) (local.get $c))
          (i64x2.add)
          (select (local.get $v) (i64x2.neg (local.get $v)) (i32.eqz (local.get $c)))
          (i64x2.add))))");
    EXPECT_EQ((call<V128(V128, std::int32_t)>(in, V128{3, 4}, 0)), (V128{9, 12}));
    EXPECT_EQ((call<V128(V128, std::int32_t)>(in, V128{3, 4}, 7)), (V128{103, 104}));
    EXPECT_EQ((call<V128(V128, std::int32_t)>(in, V128{3, 4}, INT32_MIN)), (V128{103, 104}));
}

TEST_P(Vectors, branches_carry_vectors) {
    const Instance in = instantiate(R"((module
        (func (export "f") (param $v v128) (param $n i32) (result v128)
          (local $sum v128)
          (loop $next
            (local.set $sum (i64x2.add (local.get $sum)
              (block $out (result v128)
                (block $one (result v128 i64)
                  (block $two (result v128)
                    (i64x2.add (local.get $v) (local.get $v))
                    (br_table $two $out (i32.and (local.get $n) (i32.const 1))))
                  (i64.const 5)
                  (br_if $one (i32.eq (local.get $n) (i32.const 2)))
                  (drop)
                  (br $out (i64x2.sub (local.get $v))))
                (i64x2.splat)
                (i64x2.add))))
            (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
          (if (result v128) (i64x2.all_true (local.get $sum))
            (then (local.get $sum)) (else (v128.const i64x2 -1 -1))))))");
    // n = 4: v; 3: 2v; 2: 2v + 5; 1: 2v
    EXPECT_EQ((call<V128(V128, std::int32_t)>(in, V128{1, 10}, 4)), (V128{12, 75}));
    EXPECT_EQ((call<V128(V128, std::int32_t)>(in, V128{0, 10}, 1)), (V128{~0ull, ~0ull}));
}

TEST_P(Vectors, calls_pass_vectors_between_other_values) {
    const Instance in = instantiate(R"((module
        (type $t (func (param i32 v128 f32 v128) (result v128 i64 v128)))
        (table funcref (elem $g))
        (func $g (type $t)
          (i64x2.add (local.get 1) (i64x2.splat (i64.extend_i32_s (local.get 0))))
          (i64.trunc_f32_s (local.get 2))
          (i64x2.mul (local.get 1) (local.get 3)))
        (func $down (param $v v128) (param $n i32) (result v128)
          (if (result v128) (local.get $n)
            (then (i64x2.add (local.get $v)
              (call $down (i64x2.add (local.get $v) (local.get $v))
                          (i32.sub (local.get $n) (i32.const 1)))))
            (else (local.get $v))))
        (func $twice (param $v v128) (result v128)
          (return_call $down (i64x2.add (local.get $v) (local.get $v)) (i32.const 1)))
        (func (export "f") (param $v v128) (result v128)
          (local $last v128)
          (call_indirect (type $t) (i32.const 1000) (local.get $v) (f32.const 7.5)
            (i64x2.add (local.get $v) (v128.const i64x2 1 1)) (i32.const 0))
          (local.set $last)
          (i64x2.splat)
          (i64x2.add)
          (i64x2.add (local.get $last))
          (i64x2.add (call $down (local.get $v) (i32.const 3)))
          (i64x2.add (call $twice (local.get $v))))))");
    // {2 + 1000 + 7 + 6 + 30 + 12, 3 + 1000 + 7 + 12 + 45 + 18}
    EXPECT_EQ((call<V128(V128)>(in, V128{2, 3})), (V128{1057, 1085}));
}

TEST_P(Vectors, host_functions_take_and_return_vectors) {
    Linker linker(store);
    ASSERT_TRUE(linker.func("h", "swap", [](V128 v) { return V128{v.hi, v.lo}; }));
    const Instance in = linker
                            .instantiate(test::compile_wat(engine, R"((module
        (import "h" "swap" (func $swap (param v128) (result v128)))
        (func (export "f") (param v128) (result v128)
          (i64x2.add (call $swap (local.get 0)) (call $swap (i64x2.neg (local.get 0)))) (drop)
          (i64x2.sub (call $swap (local.get 0)) (local.get 0)))))"))
                            .value();
    EXPECT_EQ((call<V128(V128)>(in, V128{10, 13})), (V128{3, static_cast<std::uint64_t>(-3)}));
}

TEST_P(Vectors, globals_hold_vectors) {
    const Instance in = instantiate(R"((module
        (global $k v128 (v128.const i64x2 5 6))
        (global $g (mut v128) (v128.const i64x2 1 2))
        (func (export "f") (param v128) (result v128)
          (global.set $g (i64x2.add (global.get $g) (local.get 0)))
          (i64x2.add (global.get $k) (global.get $g)))))");
    EXPECT_EQ((call<V128(V128)>(in, V128{10, 20})), (V128{16, 28}));
    EXPECT_EQ((call<V128(V128)>(in, V128{10, 20})), (V128{26, 48}));
}

TEST_P(Vectors, exceptions_carry_vectors) {
    const Instance in = instantiate(R"((module
        (tag $e (param i32 v128))
        (func $fail (param v128) (throw $e (i32.const 3) (i64x2.neg (local.get 0))))
        (func (export "f") (param $v v128) (result v128)
          (local $n i32) (local $w v128)
          (block $h (result i32 v128)
            (try_table (catch $e $h) (call $fail (local.get $v)))
            (unreachable))
          (local.set $w)
          (i64x2.mul (i64x2.splat (i64.extend_i32_s)) (local.get $w)))))");
    EXPECT_EQ((call<V128(V128)>(in, V128{1, static_cast<std::uint64_t>(-2)})),
              (V128{static_cast<std::uint64_t>(-3), 6}));
}

// Every access by the same body: to memory 0, where it has operations of its own, to another
// memory, and to one with 64-bit addresses.
TEST_P(Vectors, accesses_are_the_same_in_all_memories) {
    const auto body = [](std::string_view memory, std::string_view address) {
        std::string text = R"(
            (local $i ADDR) (local $x v128) (local $sum v128)
            (local.set $i (ADDR.const 40))
            (v128.store MEM offset=2 (local.get $i) (local.get $v))
            (v128.store MEM (ADDR.add (local.get $i) (ADDR.const 16))
              (local.tee $x (i8x16.add (local.get $v) (local.get $v))))
            (v128.store8_lane MEM offset=1 9 (local.get $i) (local.get $v))
            (v128.store16_lane MEM 5 (ADDR.add (local.get $i) (ADDR.const 9)) (local.get $x))
            (v128.store32_lane MEM 2 (local.get $i) (i8x16.neg (local.get $x)))
            (v128.store64_lane MEM offset=30 1 (local.get $i) (local.get $v))
            (local.set $sum (v128.load MEM offset=3 (local.get $i)))
        )";
        for (const std::string_view load :
             {"load8x8_s", "load8x8_u", "load16x4_s", "load16x4_u", "load32x2_s", "load32x2_u",
              "load8_splat", "load16_splat", "load32_splat", "load64_splat", "load32_zero",
              "load64_zero", "load"}) {
            text +=
                "(local.set $i (ADDR.add (local.get $i) (ADDR.const 1)))"
                "(local.set $sum (i64x2.add (i64x2.shl (local.get $sum) (i32.const 3))"
                " (v128." +
                std::string(load) + " MEM offset=3 (local.get $i))))";
        }
        for (const std::string_view lane :
             {"load8_lane MEM 3", "load16_lane MEM 7", "load32_lane MEM 0", "load64_lane MEM 1"}) {
            text += "(local.set $sum (v128." + std::string(lane) +
                    " (ADDR.sub (local.get $i) (ADDR.const 5)) (i8x16.add (local.get $sum)"
                    " (local.get $x))))";
        }
        for (const auto& [from, to] :
             {std::pair<std::string_view, std::string_view>{"MEM", memory}, {"ADDR", address}}) {
            for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;) {
                text.replace(at, from.size(), to);
            }
        }
        return "(param $v v128) (result v128)" + text + "(local.get $sum))";
    };
    const std::string module =
        "(module (memory 1) (memory 1) (memory i64 1)"
        "(func (export \"plain\") " +
        body("0", "i32") + "(func (export \"other\") " + body("1", "i32") +
        "(func (export \"long\") " + body("2", "i64") + ")";
    const Instance in = instantiate(module);
    const V128 v{0x8091'A2B3'C4D5'E6F7u, 0x0817'2635'4453'6271u};
    const auto run = [&](std::string_view name) {
        return in.func<V128(V128)>(store, name).value()(store, v).value();
    };
    const V128 plain = run("plain");
    EXPECT_EQ(run("other"), plain);
    EXPECT_EQ(run("long"), plain);
}

TEST_P(Vectors, accesses_beyond_the_end_trap_and_change_nothing) {
    const Instance in = instantiate(R"((module
        (memory 1) (memory i64 1)
        (func (export "store") (param i32) (v128.store (local.get 0) (v128.const i64x2 -1 -1)))
        (func (export "store_long") (param i64)
          (v128.store 1 (local.get 0) (v128.const i64x2 -1 -1)))
        (func (export "load") (param i32) (result v128) (v128.load offset=1 (local.get 0)))
        (func (export "splat") (param i32) (result v128) (v128.load32_splat (local.get 0)))
        (func (export "lane") (param i32)
          (v128.store16_lane 0 (local.get 0) (v128.const i64x2 -1 -1)))
        (func (export "f") (result i64)
          (i64.or (i64.load (i32.const 65528)) (i64.load 1 (i64.const 65528))))))");
    const auto trap = [&](std::string_view name, std::int32_t at) {
        return test::trap_of(in.func<void(std::int32_t)>(store, name).value()(store, at));
    };
    const auto trap_of_load = [&](std::string_view name, std::int32_t at) {
        return test::trap_of(in.func<V128(std::int32_t)>(store, name).value()(store, at));
    };
    EXPECT_EQ(trap("store", 65521), TrapCode::out_of_bounds_memory_access);
    EXPECT_EQ(trap("lane", 65535), TrapCode::out_of_bounds_memory_access);
    EXPECT_EQ(trap_of_load("load", 65520), TrapCode::out_of_bounds_memory_access);
    EXPECT_EQ(trap_of_load("load", 65519), TrapCode::none);
    EXPECT_EQ(trap_of_load("load", -1), TrapCode::out_of_bounds_memory_access);
    EXPECT_EQ(trap_of_load("splat", 65533), TrapCode::out_of_bounds_memory_access);
    EXPECT_EQ(trap_of_load("splat", 65532), TrapCode::none);
    const auto store_long = in.func<void(std::int64_t)>(store, "store_long").value();
    EXPECT_EQ(test::trap_of(store_long(store, 65521)), TrapCode::out_of_bounds_memory_access);
    EXPECT_EQ(test::trap_of(store_long(store, -16)), TrapCode::out_of_bounds_memory_access);
    EXPECT_EQ(call<std::int64_t()>(in), 0);
    EXPECT_EQ(trap("store", 65520), TrapCode::none);
    EXPECT_EQ(call<std::int64_t()>(in), -1);
}

TEST_P(Vectors, lanes_are_read_from_registers_and_slots) {
    const Instance in = instantiate(R"((module
        (func (export "f") (param $v v128) (result i64)
          (local $w v128)
          (i64.extend_i32_u (i8x16.extract_lane_u 15 (i8x16.neg (local.get $v))))
          (i64.add (i64.extend_i32_s (i16x8.extract_lane_s 6 (local.get $v))))
          (i64.add (i64.extend_i32_s (i32x4.extract_lane 1
            (local.tee $w (i32x4.add (local.get $v) (local.get $v))))))
          (i64.add (i64x2.extract_lane 1 (i64x2.replace_lane 1 (local.get $w) (i64.const 50))))
          (i64.add (i64.trunc_f32_s (f32x4.extract_lane 3 (f32x4.convert_i32x4_s (local.get $w)))))
          (i64.add (i64.extend_i32_s (i8x16.bitmask (local.get $w)))))))");
    // Lanes of 32 bits: 1, 2, 3, 4; doubled: 2, 4, 6, 8.
    EXPECT_EQ((call<std::int64_t(V128)>(in, V128{0x2'0000'0001u, 0x4'0000'0003u})),
              0 + 4 + 4 + 50 + 8);
}

}  // namespace
}  // namespace wasmi
