// What the validator measures for the translator.
// Spec: none; see FuncFacts in core/types/module.hpp.
#include "tests/unit/validator/validator_fixture.hpp"

#include <gtest/gtest.h>

namespace wasmi::core::test {
namespace {

constexpr u16 kNone = FuncFacts::kNoLocal;

// (func (param i32 v128) (local f64 f64))
TEST(ValidatorFacts, count_slots_of_locals) {
    const FuncFacts f = facts(function({kI32, kV128}, {}, {}, {1, 2, kF64}));
    EXPECT_TRUE(f.validated);
    EXPECT_EQ(f.local_slots, 5u);
    EXPECT_EQ(f.max_operand_slots, 0u);
    EXPECT_EQ(f.instructions, 0u);
}

// i32.const 1 i32.const 2 i32.const 3 drop drop drop i32.const 1 drop
TEST(ValidatorFacts, hold_the_highest_stack) {
    const FuncFacts f =
        facts(function({}, {}, {0x41, 1, 0x41, 2, 0x41, 3, 0x1A, 0x1A, 0x1A, 0x41, 1, 0x1A}));
    EXPECT_EQ(f.max_operand_slots, 3u);
    EXPECT_EQ(f.instructions, 8u);
}

// local.get 0 (v128) i32.const 0 drop drop i32.const 0 i32.const 0 i32.const 0 drop drop drop
TEST(ValidatorFacts, count_a_vector_as_two_slots_while_it_lies_there) {
    EXPECT_EQ(
        facts(function({kV128}, {},
                       {0x20, 0, 0x41, 0, 0x1A, 0x1A, 0x41, 0, 0x41, 0, 0x41, 0, 0x1A, 0x1A, 0x1A}))
            .max_operand_slots,
        3u);
    // Three vectors, one of them under a block that ends by a branch.
    EXPECT_EQ(
        facts(function({kV128}, {},
                       {0x20, 0, 0x02, 0x40, 0x20, 0, 0x20, 0, 0x0C, 0, 0x0B, 0x20, 0, 0x1A, 0x1A}))
            .max_operand_slots,
        6u);
    // After the branch only the vector below the block counts: a second one, then i32s to five.
    EXPECT_EQ(facts(function({kV128}, {},
                             {0x20, 0, 0x02, 0x40, 0x20, 0, 0x0C, 0, 0x0B, 0x41, 0, 0x41, 0, 0x41,
                              0, 0x1A, 0x1A, 0x1A, 0x1A}))
                  .max_operand_slots,
              5u);
}

// (try (do) (catch_all (try (do) (catch_all nop)) drop(i32.const 0)))
TEST(ValidatorFacts, reserve_a_slot_for_the_exception_of_each_open_catch) {
    EXPECT_EQ(facts(function({}, {}, {0x06, 0x40, 0x19, 0x0B})).max_operand_slots, 1u);
    EXPECT_EQ(
        facts(function({}, {}, {0x06, 0x40, 0x19, 0x06, 0x40, 0x19, 0x41, 0, 0x1A, 0x0B, 0x0B}))
            .max_operand_slots,
        3u);
    // One after the other, and none for the body; what follows has the stack for itself.
    EXPECT_EQ(facts(function({}, {},
                             {0x06, 0x40, 0x41, 0, 0x1A, 0x19, 0x01, 0x0B, 0x06, 0x40, 0x19, 0x0B,
                              0x41, 0, 0x1A}))
                  .max_operand_slots,
              1u);
}

// A call with two results counts them.
TEST(ValidatorFacts, count_results_of_calls) {
    ModuleBuilder b = function({}, {}, {0x10, 1, 0x1A, 0x1A});
    b.type({}, {kI32, kI32});
    b.func(1, {0x41, 0, 0x41, 0, 0x0B});
    EXPECT_EQ(facts(b).max_operand_slots, 2u);
}

// (block (loop nop)) i32.const 0 (if (then) (else))
TEST(ValidatorFacts, do_not_charge_for_markers) {
    const FuncFacts f = facts(function(
        {}, {}, {0x02, 0x40, 0x03, 0x40, 0x01, 0x0B, 0x0B, 0x41, 0, 0x04, 0x40, 0x05, 0x0B}));
    EXPECT_EQ(f.instructions, 2u);  // i32.const and if
}

TEST(ValidatorFacts, charge_for_unreachable_code) {
    // return i32.const 0 drop
    EXPECT_EQ(facts(function({}, {}, {0x0F, 0x41, 0, 0x1A})).instructions, 3u);
}

/// `local.get local drop`, so many times.
Bytes uses(u8 local, int count) {
    Bytes code;
    for (int i = 0; i < count; ++i) append(code, {0x20, local, 0x1A});
    return code;
}
Bytes in_loop(const Bytes& body) {
    Bytes code = {0x03, 0x40};
    code.insert(code.end(), body.begin(), body.end());
    code.push_back(0x0B);
    return code;
}
Bytes operator+(Bytes first, const Bytes& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

TEST(ValidatorPins, are_the_hottest_locals_by_loop_depth) {
    const FuncFacts f =
        facts(function({kI32, kI64, kI32}, {}, in_loop(uses(1, 9) + uses(0, 10)) + uses(2, 60)));
    EXPECT_EQ(f.int_pins[0], 0);  // weight 80
    EXPECT_EQ(f.int_pins[1], 1);  // weight 72
    EXPECT_EQ(f.float_pins[0], kNone);
}

TEST(ValidatorPins, of_floats_are_apart) {
    const FuncFacts f = facts(function({kF32, kF64}, {}, in_loop(uses(0, 9) + uses(1, 9))));
    EXPECT_EQ(f.float_pins[0], 0);
    EXPECT_EQ(f.float_pins[1], 1);
    EXPECT_EQ(f.int_pins[0], kNone);
}

TEST(ValidatorPins, need_more_weight_than_the_calls) {
    EXPECT_EQ(facts(function({kI32}, {}, uses(0, 64))).int_pins[0], kNone);
    EXPECT_EQ(facts(function({kI32}, {}, uses(0, 65))).int_pins[0], 0);
    const Bytes call = {0x41, 0, 0x10, 0};
    EXPECT_EQ(facts(function({kI32}, {}, uses(0, 65) + call)).int_pins[0], kNone);
    // the call outside of a loop, the local within
    EXPECT_EQ(facts(function({kI32}, {}, call + in_loop(uses(0, 9)))).int_pins[0], 0);
}

TEST(ValidatorPins, are_never_vectors) {
    const FuncFacts f = facts(function({kV128}, {}, in_loop(uses(0, 9))));
    EXPECT_EQ(f.int_pins[0], kNone);
    EXPECT_EQ(f.float_pins[0], kNone);
}

// Weights of one function do not leak into the next.
TEST(ValidatorPins, start_afresh_with_each_function) {
    ModuleBuilder b = function({kI32}, {}, in_loop(uses(0, 9)));
    b.func(0, {0x0B});
    const Checked checked = check(b.bytes());
    ASSERT_EQ(checked.verdict, "valid");
    EXPECT_EQ(checked.module->facts[0].int_pins[0], 0);
    EXPECT_EQ(checked.module->facts[1].int_pins[0], kNone);
}

}  // namespace
}  // namespace wasmi::core::test
