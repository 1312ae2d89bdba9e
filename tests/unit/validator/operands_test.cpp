// Typing of operands: signatures, blocks, branches, unreachable code, messages.
// Spec: valid/instructions, appendix/algorithm.
#include "tests/unit/validator/validator_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmi::core::test {
namespace {

using ::testing::StartsWith;

// (func (result i32) i32.const 1 i32.const 2 i32.add)
TEST(ValidatorOperands, of_the_right_types_are_valid) {
    EXPECT_EQ(verdict(function({}, {kI32}, {0x41, 1, 0x41, 2, 0x6A})), "valid");
}

// (func (result i32) i32.const 1 i64.const 2 i32.add)
TEST(ValidatorOperands, of_another_type_are_named_with_those_wanted_and_the_instruction) {
    EXPECT_EQ(verdict(function({}, {kI32}, {0x41, 1, 0x42, 2, 0x6A})),
              "invalid: type mismatch: instruction requires [i32 i32] but stack has [i32 i64] "
              "(i32.add)");
}

// (func (result i32) i32.const 1 i32.add)
TEST(ValidatorOperands, that_are_missing_are_a_type_mismatch) {
    EXPECT_EQ(verdict(function({}, {kI32}, {0x41, 1, 0x6A})),
              "invalid: type mismatch: instruction requires [i32 i32] but stack has [i32] "
              "(i32.add)");
}

// (func i32.const 1 (block drop))
TEST(ValidatorOperands, below_the_current_block_are_out_of_reach) {
    EXPECT_THAT(verdict(function({}, {}, {0x41, 1, 0x02, 0x40, 0x1A, 0x0B, 0x1A})),
                StartsWith("invalid: type mismatch: instruction requires [any] but stack has []"));
}

// (func i32.const 1)
TEST(ValidatorOperands, left_over_at_the_end_are_a_type_mismatch) {
    EXPECT_EQ(verdict(function({}, {}, {0x41, 1})),
              "invalid: type mismatch: block requires [] but stack has [i32] (end)");
}

// (func (result i32))
TEST(ValidatorOperands, missing_results_are_a_type_mismatch) {
    EXPECT_EQ(verdict(function({}, {kI32}, {})),
              "invalid: type mismatch: instruction requires [i32] but stack has [] (end)");
}

// An error carries the function and the offset of the instruction.
TEST(ValidatorOperands, errors_say_where) {
    ModuleBuilder b;
    b.type({}, {});
    b.func(0, {0x0B});
    b.func(0, {0x01, 0x6A, 0x0B});  // nop, i32.add
    const Checked checked = check(b.bytes());
    EXPECT_EQ(checked.function, 1u);
    EXPECT_EQ(checked.bytes.at(checked.offset), 0x6A);
    EXPECT_EQ(checked.offset, checked.bytes.size() - 2);
}

// (func (result i32) unreachable i32.add)
TEST(ValidatorUnreachable, code_finds_any_operand) {
    EXPECT_EQ(verdict(function({}, {kI32}, {0x00, 0x6A})), "valid");
}

// (func (result i32) unreachable i64.const 1 i32.add)
TEST(ValidatorUnreachable, code_is_still_typed) {
    EXPECT_THAT(verdict(function({}, {kI32}, {0x00, 0x42, 1, 0x6A})),
                StartsWith("invalid: type mismatch"));
}

// (func (result i32) unreachable select), both operands unknown
TEST(ValidatorUnreachable, select_of_unknown_operands_is_unknown) {
    EXPECT_EQ(verdict(function({}, {kI32}, {0x00, 0x1B})), "valid");
    EXPECT_EQ(verdict(function({}, {kV128}, {0x00, 0x1B})), "valid");
}

// (func (result i64) unreachable i32.const 0 i32.const 0 select)
TEST(ValidatorUnreachable, select_takes_the_type_of_the_known_operand) {
    EXPECT_THAT(verdict(function({}, {kI64}, {0x00, 0x41, 0, 0x41, 0, 0x1B})),
                StartsWith("invalid: type mismatch"));
}

// (func (param externref) (result externref) local.get 0 local.get 0 i32.const 1 select)
TEST(ValidatorSelect, without_type_refuses_references) {
    EXPECT_THAT(verdict(function({kExternref}, {kExternref}, {0x20, 0, 0x20, 0, 0x41, 1, 0x1B})),
                StartsWith("invalid: type mismatch: instruction requires numeric"));
    // select (result externref)
    EXPECT_EQ(verdict(function({kExternref}, {kExternref},
                               {0x20, 0, 0x20, 0, 0x41, 1, 0x1C, 1, kExternref})),
              "valid");
    EXPECT_THAT(verdict(function({}, {}, {0x00, 0x1C, 0})),
                StartsWith("invalid: invalid result arity"));
}

// (block (result i32) i32.const 1) drop
TEST(ValidatorBlock, yields_its_results) {
    EXPECT_EQ(verdict(function({}, {}, {0x02, kI32, 0x41, 1, 0x0B, 0x1A})), "valid");
}

// (type 1 (func (param i32) (result i64))); i32.const 1 (block (type 1) i64.extend_i32_u) drop
TEST(ValidatorBlock, takes_parameters_by_type_index) {
    ModuleBuilder b = function({}, {}, {0x41, 1, 0x02, 1, 0xAD, 0x0B, 0x1A});
    b.type({kI32}, {kI64});
    EXPECT_EQ(verdict(b), "valid");
}

TEST(ValidatorBlock, of_an_unknown_type_is_invalid) {
    EXPECT_THAT(verdict(function({}, {}, {0x02, 7, 0x0B})), StartsWith("invalid: unknown type 7"));
}

// (if (result i32) (then i32.const 1)) drop
TEST(ValidatorIf, without_else_must_pass_its_parameters_on) {
    EXPECT_THAT(verdict(function({}, {}, {0x41, 1, 0x04, kI32, 0x41, 1, 0x0B, 0x1A})),
                StartsWith("invalid: type mismatch"));
    // (type 1 (func (param i32) (result i32)))
    ModuleBuilder b = function({}, {}, {0x41, 1, 0x41, 1, 0x04, 1, 0x0B, 0x1A});
    b.type({kI32}, {kI32});
    EXPECT_EQ(verdict(b), "valid");
}

// (if (result i32) (then i32.const 1) (else i64.const 1)) drop
TEST(ValidatorIf, checks_both_arms) {
    EXPECT_EQ(verdict(function({}, {}, {0x41, 1, 0x04, kI32, 0x41, 1, 0x05, 0x41, 2, 0x0B, 0x1A})),
              "valid");
    EXPECT_THAT(
        verdict(function({}, {}, {0x41, 1, 0x04, kI32, 0x41, 1, 0x05, 0x42, 2, 0x0B, 0x1A})),
        StartsWith("invalid: type mismatch"));
}

// (loop (result i32) br 0): a branch to a loop takes its parameters, here none
TEST(ValidatorBranch, to_a_loop_takes_the_parameters) {
    EXPECT_EQ(verdict(function({}, {kI32}, {0x03, kI32, 0x0C, 0, 0x0B})), "valid");
}

// (block (result i32) br 0)
TEST(ValidatorBranch, to_a_block_takes_the_results) {
    EXPECT_THAT(verdict(function({}, {kI32}, {0x02, kI32, 0x0C, 0, 0x0B})),
                StartsWith("invalid: type mismatch"));
}

TEST(ValidatorBranch, to_an_unknown_label_is_invalid) {
    EXPECT_THAT(verdict(function({}, {}, {0x0C, 1})), StartsWith("invalid: unknown label 1"));
    EXPECT_THAT(verdict(function({}, {}, {0x41, 0, 0x0D, 9})),
                StartsWith("invalid: unknown label 9"));
}

// (func (result i32) i32.const 1 i32.const 0 br_if 0)
TEST(ValidatorBranch, if_keeps_its_operands) {
    EXPECT_EQ(verdict(function({}, {kI32}, {0x41, 1, 0x41, 0, 0x0D, 0})), "valid");
}

// (block (result i32) (block (i32.const 0) (br_table 0 1)))
TEST(ValidatorBranch, table_labels_take_equally_many_values) {
    EXPECT_THAT(
        verdict(function({}, {kI32},
                         {0x02, kI32, 0x02, 0x40, 0x41, 0, 0x0E, 1, 0, 1, 0x0B, 0x41, 1, 0x0B})),
        StartsWith("invalid: type mismatch: labels"));
}

TEST(ValidatorCall, checks_arguments_and_pushes_results) {
    ModuleBuilder b = function({}, {}, {0x41, 1, 0x10, 1, 0x1A});  // i32.const 1, call 1, drop
    b.type({kI32}, {kF64});
    b.func(1, {0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x0B});
    EXPECT_EQ(verdict(b), "valid");
    EXPECT_THAT(verdict(function({}, {}, {0x10, 5})), StartsWith("invalid: unknown function 5"));
    EXPECT_EQ(verdict(function({kI32}, {}, {0x42, 1, 0x10, 0})),
              "invalid: type mismatch: instruction requires [i32] but stack has [i64] (call)");
}

// (func (result i32) return_call 1), (func (result i64) …)
TEST(ValidatorCall, in_tail_position_must_return_what_the_caller_returns) {
    ModuleBuilder b = function({}, {kI32}, {0x12, 1});
    b.type({}, {kI64});
    b.func(1, {0x42, 0, 0x0B});
    EXPECT_THAT(verdict(b), StartsWith("invalid: type mismatch: current function"));
}

// A call by an index above 127 takes the long way of reading.
TEST(ValidatorCall, by_a_large_index) {
    ModuleBuilder b = function({}, {}, {0x10, 0xAC, 0x02});  // call 300
    for (int i = 0; i < 299; ++i) b.func(0, {0x0B});
    EXPECT_THAT(verdict(b), StartsWith("invalid: unknown function 300"));
    b.func(0, {0x0B});
    EXPECT_EQ(verdict(b), "valid");
}

}  // namespace
}  // namespace wasmi::core::test
