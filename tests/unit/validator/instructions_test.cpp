// Rules of variables, memory, tables, references, GC, exceptions, vectors and atomics.
// Spec: valid/instructions.
#include "tests/unit/validator/validator_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmi::core::test {
namespace {

using ::testing::StartsWith;

TEST(ValidatorLocals, must_exist) {
    EXPECT_THAT(verdict(function({kI32}, {}, {0x20, 1, 0x1A})),
                StartsWith("invalid: unknown local 1"));
    EXPECT_EQ(verdict(function({kI32}, {}, {0x20, 1, 0x1A}, {1, 1, kI32})), "valid");
}

// (local (ref func)) is not readable until it is set; (ref func) is 64 70
TEST(ValidatorLocals, without_default_value_must_be_set_first) {
    const Bytes locals = {1, 1, 0x64, 0x70};
    EXPECT_THAT(verdict(function({}, {}, {0x20, 0, 0x1A}, locals)),
                StartsWith("invalid: uninitialized local 0"));
    // (ref.as_non_null (ref.null func)) local.set 0 local.get 0 drop
    EXPECT_EQ(verdict(function({}, {}, {0xD0, 0x70, 0xD4, 0x21, 0, 0x20, 0, 0x1A}, locals)),
              "valid");
    // Set within a block, it is unset again after it.
    EXPECT_THAT(verdict(function(
                    {}, {}, {0x02, 0x40, 0xD0, 0x70, 0xD4, 0x21, 0, 0x0B, 0x20, 0, 0x1A}, locals)),
                StartsWith("invalid: uninitialized local 0"));
    // Set before a block, it is set in it and after it; local.tee sets as well.
    EXPECT_EQ(verdict(function(
                  {}, {},
                  {0xD0, 0x70, 0xD4, 0x22, 0, 0x1A, 0x02, 0x40, 0x20, 0, 0x1A, 0x0B, 0x20, 0, 0x1A},
                  locals)),
              "valid");
    // Parameters are set: (type (func (param (ref func)))).
    ModuleBuilder b;
    b.add(ModuleBuilder::kType, {0x60, 1, 0x64, 0x70, 0});
    EXPECT_EQ(verdict(b.func(0, {0x20, 0, 0x1A, 0x0B})), "valid");
}

TEST(ValidatorLocals, set_and_tee_check_the_type) {
    EXPECT_THAT(verdict(function({kI32}, {}, {0x42, 0, 0x21, 0})),
                StartsWith("invalid: type mismatch: instruction requires [i32] but stack has [i64] "
                           "(local.set)"));
    EXPECT_THAT(verdict(function({kI32}, {}, {0x42, 0, 0x22, 0, 0x1A})),
                StartsWith("invalid: type mismatch"));
}

TEST(ValidatorGlobals, that_are_immutable_cannot_be_set) {
    ModuleBuilder b = function({}, {}, {0x41, 0, 0x24, 0});
    b.global(kI32, false, {0x41, 0, 0x0B});
    EXPECT_THAT(verdict(b), StartsWith("invalid: immutable global"));
    ModuleBuilder c = function({}, {}, {0x41, 0, 0x24, 0});
    c.global(kI32, true, {0x41, 0, 0x0B});
    EXPECT_EQ(verdict(c), "valid");
    EXPECT_THAT(verdict(function({}, {}, {0x23, 0, 0x1A})),
                StartsWith("invalid: unknown global 0"));
}

// i32.load with align=8
TEST(ValidatorMemory, alignment_must_not_be_larger_than_natural) {
    const Bytes code = {0x41, 0, 0x28, 3, 0, 0x1A};
    EXPECT_THAT(verdict(function({}, {}, code).memory()),
                StartsWith("invalid: alignment must not be larger than natural"));
    EXPECT_THAT(verdict(function({}, {}, code)), StartsWith("invalid: unknown memory 0"));
}

TEST(ValidatorMemory, offsets_fit_the_address_type) {
    // i32.load offset=2^32
    const Bytes load = {0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10, 0x1A};
    EXPECT_THAT(verdict(function({}, {}, join({{0x41, 0}, load})).memory()),
                StartsWith("invalid: offset out of range"));
    // (memory i64 1)
    EXPECT_EQ(verdict(function({}, {}, join({{0x42, 0}, load})).memory({4, 1})), "valid");
    // i32.load offset=2^32-1
    EXPECT_EQ(
        verdict(function({}, {}, {0x41, 0, 0x28, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x1A}).memory()),
        "valid");
}

TEST(ValidatorMemory, address_type_follows_the_memory_named) {
    // (memory 1) (memory i64 1); i64.const 0 i32.load 1 drop; memory.size 1 drop
    ModuleBuilder b = function({}, {kI64}, {0x42, 0, 0x28, 0x42, 1, 0, 0x1A, 0x3F, 1});
    EXPECT_EQ(verdict(b.memory().memory({4, 1})), "valid");
    // memory.copy between them takes (i64 i32 i32)
    ModuleBuilder c = function({}, {}, {0x42, 0, 0x41, 0, 0x41, 0, 0xFC, 0x0A, 1, 0});
    EXPECT_EQ(verdict(c.memory().memory({4, 1})), "valid");
    ModuleBuilder d = function({}, {}, {0x42, 0, 0x41, 0, 0x42, 0, 0xFC, 0x0A, 1, 0});
    EXPECT_THAT(verdict(d.memory().memory({4, 1})), StartsWith("invalid: type mismatch"));
}

TEST(ValidatorMemory, segments_need_a_data_count) {
    ModuleBuilder b = function({}, {}, {0xFC, 0x09, 0});  // data.drop 0
    b.add(ModuleBuilder::kData, {1, 0});
    EXPECT_THAT(verdict(b), StartsWith("malformed: data count section required"));
    b.data_count(1);
    EXPECT_EQ(verdict(b), "valid");
    ModuleBuilder c = function({}, {}, {0xFC, 0x09, 1});
    c.add(ModuleBuilder::kData, {1, 0}).data_count(1);
    EXPECT_THAT(verdict(c), StartsWith("invalid: unknown data segment 1"));
}

TEST(ValidatorTables, hold_their_element_type) {
    // i32.const 0 ref.null extern table.set 0
    EXPECT_THAT(verdict(function({}, {}, {0x41, 0, 0xD0, 0x6F, 0x26, 0}).table()),
                StartsWith("invalid: type mismatch: instruction requires [i32 funcref]"));
    // call_indirect (type 0) through a table of externref
    EXPECT_THAT(verdict(function({}, {}, {0x41, 0, 0x11, 0, 0}).table({kExternref, 0, 1})),
                StartsWith("invalid: type mismatch: instruction requires table of function type"));
    EXPECT_THAT(verdict(function({}, {}, {0x41, 0, 0x11, 0, 0})),
                StartsWith("invalid: unknown table 0"));
    // (table i64 1 funcref); i64.const 0 table.get 0 drop
    EXPECT_EQ(verdict(function({}, {}, {0x42, 0, 0x25, 0, 0x1A}).table({kFuncref, 4, 1})), "valid");
}

TEST(ValidatorReferences, to_functions_must_be_declared) {
    EXPECT_THAT(verdict(function({}, {}, {0xD2, 0, 0x1A})),
                StartsWith("invalid: undeclared function reference 0"));
    EXPECT_EQ(verdict(function({}, {}, {0xD2, 0, 0x1A}).export_("f", 0, 0)), "valid");
    // (elem declare func 0)
    ModuleBuilder b = function({}, {}, {0xD2, 0, 0x1A});
    EXPECT_EQ(verdict(b.add(ModuleBuilder::kElement, {3, 0, 1, 0})), "valid");
    // (global funcref (ref.func 0))
    EXPECT_EQ(verdict(function({}, {}, {0xD2, 0, 0x1A}).global(kFuncref, false, {0xD2, 0, 0x0B})),
              "valid");
}

TEST(ValidatorReferences, is_null_needs_one) {
    EXPECT_THAT(verdict(function({}, {}, {0x41, 0, 0xD1, 0x1A})),
                StartsWith("invalid: type mismatch: instruction requires reference type but stack "
                           "has i32"));
    EXPECT_EQ(verdict(function({}, {}, {0x00, 0xD1, 0x1A})), "valid");
}

// (type 1 (struct (field i32) (field (mut i8)))): 5F 2 7F 0 78 1
ModuleBuilder with_struct(const Bytes& code) {
    ModuleBuilder b = function({}, {}, code);
    return b.add(ModuleBuilder::kType, {0x5F, 2, kI32, 0, 0x78, 1});
}

TEST(ValidatorStructures, fields_are_checked) {
    // i32.const 1 i32.const 2 struct.new 1 struct.get 1 0 drop
    EXPECT_EQ(verdict(with_struct({0x41, 1, 0x41, 2, 0xFB, 0, 1, 0xFB, 2, 1, 0, 0x1A})), "valid");
    // struct.new_default 1 struct.get 1 1: packed
    EXPECT_THAT(verdict(with_struct({0xFB, 1, 1, 0xFB, 2, 1, 1, 0x1A})),
                StartsWith("invalid: field is packed"));
    // struct.get_u 1 1
    EXPECT_EQ(verdict(with_struct({0xFB, 1, 1, 0xFB, 4, 1, 1, 0x1A})), "valid");
    // struct.get 1 2
    EXPECT_THAT(verdict(with_struct({0xFB, 1, 1, 0xFB, 2, 1, 2, 0x1A})),
                StartsWith("invalid: unknown field 2"));
    // struct.set 1 0
    EXPECT_THAT(verdict(with_struct({0xFB, 1, 1, 0x41, 0, 0xFB, 5, 1, 0})),
                StartsWith("invalid: immutable field"));
    // struct.new_default 0, a function type
    EXPECT_THAT(verdict(with_struct({0xFB, 1, 0, 0x1A})),
                StartsWith("invalid: non-structure type 0"));
}

TEST(ValidatorStructures, default_values_need_defaultable_fields) {
    // (type 1 (struct (field (ref any)))); struct.new_default 1 drop, twice
    const Bytes code = {0xFB, 1, 1, 0x1A, 0xFB, 1, 1, 0x1A};
    ModuleBuilder b = function({}, {}, code);
    b.add(ModuleBuilder::kType, {0x5F, 1, 0x64, 0x6E, 0});
    EXPECT_THAT(verdict(b), StartsWith("invalid: field type is not defaultable: field 0"));
    EXPECT_EQ(verdict(with_struct(code)), "valid");
}

// (type 1 (array i32)): 5E 7F 0
ModuleBuilder with_array(const Bytes& code, u8 is_mutable = 0) {
    ModuleBuilder b = function({}, {}, code);
    return b.add(ModuleBuilder::kType, {0x5E, kI32, is_mutable});
}

TEST(ValidatorArrays, are_checked) {
    // i32.const 1 i32.const 2 array.new_fixed 1 2 array.len drop
    EXPECT_EQ(verdict(with_array({0x41, 1, 0x41, 2, 0xFB, 8, 1, 2, 0xFB, 0x0F, 0x1A})), "valid");
    EXPECT_THAT(verdict(with_array({0x41, 1, 0x41, 2, 0xFB, 8, 1, 3, 0x1A})),
                StartsWith("invalid: type mismatch"));
    // array.new_default 1, i32.const 0, i32.const 0, array.set 1
    const Bytes set = {0x41, 1, 0xFB, 7, 1, 0x41, 0, 0x41, 0, 0xFB, 0x0E, 1};
    EXPECT_THAT(verdict(with_array(set)), StartsWith("invalid: immutable array"));
    EXPECT_EQ(verdict(with_array(set, 1)), "valid");
}

// In unreachable code 2^32-1 operands are there at once.
TEST(ValidatorArrays, of_any_fixed_length_are_fine_in_unreachable_code) {
    EXPECT_EQ(verdict(with_array({0x00, 0xFB, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x1A})), "valid");
}

TEST(ValidatorCasts, stay_in_their_hierarchy) {
    // ref.null any, ref.cast (ref i31), drop
    EXPECT_EQ(verdict(function({}, {}, {0xD0, 0x6E, 0xFB, 0x16, 0x6C, 0x1A})), "valid");
    // ref.null func, ref.cast (ref i31)
    EXPECT_THAT(verdict(function({}, {}, {0xD0, 0x70, 0xFB, 0x16, 0x6C, 0x1A})),
                StartsWith("invalid: type mismatch"));
    // (block (result (ref i31)) ref.null any br_on_cast 0 anyref (ref i31) unreachable) drop
    EXPECT_EQ(verdict(function(
                  {}, {},
                  {0x02, 0x64, 0x6C, 0xD0, 0x6E, 0xFB, 0x18, 1, 0, 0x6E, 0x6C, 0x00, 0x0B, 0x1A})),
              "valid");
    // the same towards (ref func): not below anyref
    EXPECT_THAT(verdict(function({}, {},
                                 {0x02, 0x64, 0x6C, 0xD0, 0x6E, 0xFB, 0x18, 1, 0, 0x6E, 0x70, 0x00,
                                  0x0B, 0x1A})),
                StartsWith("invalid: type mismatch"));
    EXPECT_THAT(verdict(function({}, {}, {0xFB, 0x18, 4, 0, 0x6E, 0x6C})),
                StartsWith("malformed: malformed br_on_cast flags"));
}

// (type 1 (func (param i32))) (tag (type 1))
ModuleBuilder with_tag(const Bytes& code) {
    ModuleBuilder b = function({}, {}, code);
    return b.type({kI32}, {}).add(ModuleBuilder::kTag, {0, 1});
}

TEST(ValidatorExceptions, throw_takes_the_parameters_of_the_tag) {
    EXPECT_EQ(verdict(with_tag({0x41, 1, 0x08, 0})), "valid");
    EXPECT_THAT(verdict(with_tag({0x08, 0})),
                StartsWith("invalid: type mismatch: instruction requires [i32] but stack has []"));
    EXPECT_THAT(verdict(with_tag({0x08, 1})), StartsWith("invalid: unknown tag 1"));
}

TEST(ValidatorExceptions, clauses_of_try_table_fit_their_labels) {
    // (block (result i32) (try_table (catch 0 0)) i32.const 1) drop
    EXPECT_EQ(verdict(with_tag({0x02, kI32, 0x1F, 0x40, 1, 0, 0, 0, 0x0B, 0x41, 1, 0x0B, 0x1A})),
              "valid");
    // (try_table (catch 0 0)): the function has no results
    EXPECT_THAT(verdict(with_tag({0x1F, 0x40, 1, 0, 0, 0, 0x0B})),
                StartsWith("invalid: type mismatch: catch handler"));
    // (try_table (catch_all 0))
    EXPECT_EQ(verdict(with_tag({0x1F, 0x40, 1, 2, 0, 0x0B})), "valid");
    EXPECT_THAT(verdict(with_tag({0x1F, 0x40, 1, 4, 0, 0x0B})),
                StartsWith("malformed: malformed catch clause"));
}

TEST(ValidatorLegacyExceptions, catch_pushes_the_parameters_of_the_tag) {
    // (try (result i32) (do i32.const 1) (catch 0) (catch_all i32.const 2)) drop
    EXPECT_EQ(verdict(with_tag({0x06, kI32, 0x41, 1, 0x07, 0, 0x19, 0x41, 2, 0x0B, 0x1A})),
              "valid");
    // catch after catch_all
    EXPECT_THAT(verdict(with_tag({0x06, 0x40, 0x19, 0x07, 0, 0x1A, 0x0B})),
                StartsWith("malformed: END opcode expected"));
}

TEST(ValidatorLegacyExceptions, rethrow_names_a_catch) {
    EXPECT_EQ(verdict(with_tag({0x06, 0x40, 0x19, 0x09, 0, 0x0B})), "valid");
    EXPECT_THAT(verdict(with_tag({0x06, 0x40, 0x09, 0, 0x0B})),
                StartsWith("invalid: invalid rethrow label"));
}

TEST(ValidatorLegacyExceptions, delegate_counts_labels_outside_of_the_try) {
    EXPECT_EQ(verdict(with_tag({0x06, 0x40, 0x18, 0})), "valid");
    EXPECT_THAT(verdict(with_tag({0x06, 0x40, 0x18, 1})), StartsWith("invalid: unknown label 1"));
}

TEST(ValidatorVectors, lanes_are_bounded) {
    const Bytes zero = join({{0xFD, 0x0C}, Bytes(16, 0)});
    // i8x16.extract_lane_s 15 and 16
    EXPECT_EQ(verdict(function({}, {}, join({zero, {0xFD, 0x15, 15, 0x1A}}))), "valid");
    EXPECT_THAT(verdict(function({}, {}, join({zero, {0xFD, 0x15, 16, 0x1A}}))),
                StartsWith("invalid: invalid lane index"));
    // f64x2.extract_lane 2
    EXPECT_THAT(verdict(function({}, {}, join({zero, {0xFD, 0x21, 2, 0x1A}}))),
                StartsWith("invalid: invalid lane index"));
    // i8x16.shuffle with a lane of 32
    Bytes lanes(16, 31);
    EXPECT_EQ(verdict(function({}, {}, join({zero, zero, {0xFD, 0x0D}, lanes, {0x1A}}))), "valid");
    lanes[7] = 32;
    EXPECT_THAT(verdict(function({}, {}, join({zero, zero, {0xFD, 0x0D}, lanes, {0x1A}}))),
                StartsWith("invalid: invalid lane index"));
}

TEST(ValidatorAtomics, alignment_is_exactly_natural) {
    // i32.const 0 i32.atomic.load align=N drop
    const auto load = [](u8 align) {
        return verdict(function({}, {}, {0x41, 0, 0xFE, 0x10, align, 0, 0x1A}).memory());
    };
    EXPECT_EQ(load(2), "valid");
    EXPECT_THAT(load(1), StartsWith("invalid: atomic alignment must be natural"));
    EXPECT_THAT(load(3), StartsWith("invalid: atomic alignment must be natural"));
}

TEST(ValidatorFeatures, that_are_off_are_named) {
    Config config;
    config.features.set(Feature::sign_extension, false);
    EXPECT_EQ(verdict(function({}, {}, {0x41, 0, 0xC0, 0x1A}), config),
              "unsupported: i32.extend8_s needs the feature sign-extension, which is switched off");
    EXPECT_EQ(verdict(function({}, {}, {0x41, 0, 0xC0, 0x1A})), "valid");
}

// i64.add128
TEST(ValidatorFeatures, wide_arithmetic_is_off_unless_asked_for) {
    const ModuleBuilder b =
        function({}, {}, {0x42, 0, 0x42, 0, 0x42, 0, 0x42, 0, 0xFC, 0x13, 0x1A, 0x1A});
    EXPECT_NE(verdict(b), "valid");
    Config config;
    config.features.set(Feature::wide_arithmetic, true);
    EXPECT_EQ(verdict(b, config), "valid");
}

}  // namespace
}  // namespace wasmi::core::test
