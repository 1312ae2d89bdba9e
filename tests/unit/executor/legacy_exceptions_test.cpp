// Legacy exceptions: what the official scripts leave out, in every setting of the translator.
// Spec: legacy/exceptions.
#include "tests/util/tuning_test.hpp"

#include <wasmi/wasmi.hpp>

#include <gtest/gtest.h>

namespace wasmi {
namespace {

struct LegacyExceptions : test::TuningTest {};

INSTANTIATE_TEST_SUITE_P(Tunings, LegacyExceptions, test::kTunings);

// The body changes a local that the catch body reads, and one that is pinned by the loop.
TEST_P(LegacyExceptions, a_catch_body_sees_the_locals_of_the_throw) {
    const Instance in = instantiate(R"((module
        (tag $e (param i32 f64))
        (func $fail (param i32) (throw $e (local.get 0) (f64.const 0.5)))
        (func (export "f") (param $n i32) (result f64)
          (local $i i32) (local $sum f64)
          (loop $l
            (local.set $sum (f64.add (local.get $sum)
              (try (result f64)
                (do
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (call $fail (local.get $i))
                  (f64.const 1000))
                (catch $e
                  (local.set $sum (f64.add (local.get $sum) (f64.const 100)))
                  (f64.add (f64.convert_i32_s (i32.const 10)))
                  (f64.add (f64.convert_i32_s (local.get $i)))
                  (f64.mul (f64.const 2)) (drop) (drop) (f64.const 7)))))
            (br_if $l (i32.lt_s (local.get $i) (local.get $n))))
          (local.get $sum))))");
    const auto f = in.func<double(int32_t)>(store, "f").value();
    // The left operand of the outer addition is the sum before the try.
    EXPECT_EQ(*f(store, 3), 21.0);
}

// Values below the try survive, whatever they are: constant, local, accumulator.
TEST_P(LegacyExceptions, values_below_a_try_survive_a_throw) {
    const Instance in = instantiate(R"((module
        (tag $e)
        (func (export "f") (param i32 i32) (result i32)
          (i32.const 1000)
          (local.get 0)
          (i32.mul (local.get 1) (i32.const 10))
          (try (result i32)
            (do (local.set 0 (i32.const 77)) (throw $e))
            (catch $e (i32.add (local.get 0) (i32.const 1))))
          (i32.add) (i32.add) (i32.add))))");
    EXPECT_EQ(*(in.func<int32_t(int32_t, int32_t)>(store, "f").value()(store, 1, 2)),
              1000 + 1 + 20 + 78);
}

TEST_P(LegacyExceptions, several_results_leave_body_and_catch_at_the_same_place) {
    const Instance in = instantiate(R"((module
        (tag $e (param i64 i32))
        (func (export "f") (param i32) (result i32 i64 f64)
          (try (result i32 i64 f64)
            (do
              (if (local.get 0) (then (throw $e (i64.const 5) (i32.const 6))))
              (i32.const 1) (i64.const 2) (f64.const 3))
            (catch $e
              (local.set 0)
              (drop)
              (local.get 0) (i64.extend_i32_u (local.get 0)) (f64.const 9))
            (catch_all
              (i32.const 0) (i64.const 0) (f64.const 0))))))");
    const auto f = in.func<std::tuple<int32_t, int64_t, double>(int32_t)>(store, "f").value();
    EXPECT_EQ(*f(store, 0), std::tuple(1, 2, 3.0));
    EXPECT_EQ(*f(store, 1), std::tuple(6, 6, 9.0));
}

TEST_P(LegacyExceptions, rethrow_hands_on_the_fields_of_the_outer_exception) {
    const Instance in = instantiate(R"((module
        (tag $e (param i32))
        (tag $g (param i32))
        (func (export "f") (param i32) (result i32)
          (try (result i32)
            (do
              (try (result i32)
                (do (throw $e (local.get 0)))
                (catch $e
                  (drop)
                  (try (result i32)
                    (do (throw $g (i32.const 1)))
                    (catch $g
                      (drop)
                      (rethrow 1))))))
            (catch $e (i32.add (i32.const 100)))
            (catch $g (i32.add (i32.const 200)))))))");
    EXPECT_EQ(*(in.func<int32_t(int32_t)>(store, "f").value()(store, 7)), 107);
}

// A branch out of a catch body passes the hidden slot of the exception.
TEST_P(LegacyExceptions, branches_leave_catch_bodies) {
    const Instance in = instantiate(R"((module
        (tag $e (param i32))
        (func (export "f") (param i32) (result i32)
          (i32.const 5)
          (block $out (result i32)
            (try $t (result i32)
              (do (throw $e (i32.const 3)))
              (catch $e
                (br_table $t $out (local.get 0))))
            (i32.add (i32.const 10)))
          (i32.add))))");
    const auto f = in.func<int32_t(int32_t)>(store, "f").value();
    EXPECT_EQ(*f(store, 0), 18);
    EXPECT_EQ(*f(store, 1), 8);
}

// delegate skips the handlers between, also those of try_table, also from inside a catch body.
TEST_P(LegacyExceptions, delegate_passes_handlers_of_both_kinds) {
    const Instance in = instantiate(R"((module
        (tag $e)
        (func (export "table") (result i32)
          (try $t (result i32)
            (do
              (block $h
                (try_table (catch_all $h)
                  (try (do (throw $e)) (delegate $t))))
              (i32.const 1))
            (catch $e (i32.const 2))))
        (func (export "to_table") (result i32)
          (block $h
            (try_table $t (catch_all $h)
              (try
                (do (try (do (throw $e)) (delegate $t)))
                (catch_all (unreachable))))
            (return (i32.const 1)))
          (i32.const 2))
        (func (export "in_catch") (result i32)
          (try $t (result i32)
            (do
              (try (result i32)
                (do (throw $e))
                (catch_all
                  (try (result i32)
                    (do
                      (try (result i32)
                        (do (throw $e))
                        (delegate $t)))
                    (catch_all (i32.const 3))))))
            (catch $e (i32.const 4))))))");
    EXPECT_EQ(*(in.func<int32_t()>(store, "table").value()(store)), 2);
    EXPECT_EQ(*(in.func<int32_t()>(store, "to_table").value()(store)), 2);
    EXPECT_EQ(*(in.func<int32_t()>(store, "in_catch").value()(store)), 4);
}

// The frame has room for the hidden slot of each catch body around the highest stack.
TEST_P(LegacyExceptions, frames_have_room_for_nested_catch_bodies) {
    const Instance in = instantiate(R"((module
        (tag $e)
        (func $clobber (param i32 i32 i32) (result i32)
          (local i64 i64 i64 i64)
          (local.set 3 (i64.const -1)) (local.set 4 (i64.const -1))
          (local.set 5 (i64.const -1)) (local.set 6 (i64.const -1))
          (i32.add (i32.add (local.get 0) (local.get 1)) (local.get 2)))
        (func (export "f") (result i32)
          (try (result i32)
            (do (throw $e))
            (catch_all
              (try (result i32)
                (do (throw $e))
                (catch_all
                  (try (result i32)
                    (do (throw $e))
                    (catch_all
                      (call $clobber (i32.const 1) (i32.const 2)
                        (call $clobber (i32.const 3) (i32.const 4) (i32.const 5))))))))))))");
    EXPECT_EQ(*(in.func<int32_t()>(store, "f").value()(store)), 15);
}

TEST_P(LegacyExceptions, an_exception_of_a_catch_body_reaches_the_caller) {
    const Instance in = instantiate(R"((module
        (tag $e)
        (func (export "f") (try (do (throw $e)) (catch_all (rethrow 0))))))");
    const Result<void> r = in.func<void()>(store, "f").value()(store);
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().kind(), ErrorKind::exception);
}

}  // namespace
}  // namespace wasmi
