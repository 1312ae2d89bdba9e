// Rules of modules: types, limits, constant expressions, segments, exports, start; malformed
// bodies. Spec: valid/modules, binary/modules.
#include "tests/unit/validator/validator_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmi::core::test {
namespace {

using ::testing::StartsWith;
using B = ModuleBuilder;

TEST(ValidatorSubTypes, must_match_a_supertype_that_is_not_final) {
    // (type 0 (sub (struct (field i32)))): 50 0 5F 1 7F 0
    const Bytes open = {0x50, 0, 0x5F, 1, kI32, 0};
    // (type 1 (sub 0 (struct (field i32) (field i64))))
    EXPECT_EQ(
        verdict(B().add(B::kType, open).add(B::kType, {0x50, 1, 0, 0x5F, 2, kI32, 0, kI64, 0})),
        "valid");
    // (type 1 (sub 0 (struct (field i64))))
    EXPECT_EQ(verdict(B().add(B::kType, open).add(B::kType, {0x50, 1, 0, 0x5F, 1, kI64, 0})),
              "invalid: sub type 1 does not match super type 0");
    // (type 0 (struct (field i32))) (type 1 (sub 0 (struct (field i32))))
    EXPECT_EQ(
        verdict(
            B().add(B::kType, {0x5F, 1, kI32, 0}).add(B::kType, {0x50, 1, 0, 0x5F, 1, kI32, 0})),
        "invalid: sub type 1 has final super type 0");
}

TEST(ValidatorSubTypes, functions_take_more_and_return_less) {
    // (type 0 (sub (func (param (ref null i31)) (result anyref))))
    const Bytes open = {0x50, 0, 0x60, 1, 0x6C, 1, 0x6E};
    // (type 1 (sub 0 (func (param anyref) (result i31ref))))
    EXPECT_EQ(verdict(B().add(B::kType, open).add(B::kType, {0x50, 1, 0, 0x60, 1, 0x6E, 1, 0x6C})),
              "valid");
    EXPECT_THAT(verdict(B().add(B::kType, {0x50, 0, 0x60, 1, 0x6E, 1, 0x6E})
                            .add(B::kType, {0x50, 1, 0, 0x60, 1, 0x6C, 1, 0x6E})),
                StartsWith("invalid: sub type 1 does not match"));
}

TEST(ValidatorSubTypes, are_not_nested_too_deep) {
    B b;
    b.add(B::kType, {0x50, 0, 0x5F, 0});
    for (u8 i = 0; i < 63; ++i) b.add(B::kType, {0x50, 1, i, 0x5F, 0});
    EXPECT_EQ(verdict(b), "valid");
    b.add(B::kType, {0x50, 1, 63, 0x5F, 0});
    EXPECT_THAT(verdict(b), StartsWith("limit: subtyping too deep"));
}

TEST(ValidatorLimits, of_memories) {
    EXPECT_EQ(verdict(B().memory({1, 1, 0x80, 0x80, 0x04})), "valid");  // max 65536
    EXPECT_THAT(verdict(B().memory({1, 1, 0x81, 0x80, 0x04})),
                StartsWith("invalid: memory size must be at most 65536 pages (4GiB)"));
    EXPECT_THAT(verdict(B().memory({1, 2, 1})),
                StartsWith("invalid: size minimum must not be greater than maximum"));
    // i64: 2^48 pages and one more
    EXPECT_EQ(verdict(B().memory(join({{4}, leb(u64{1} << 48)}))), "valid");
    EXPECT_THAT(verdict(B().memory(join({{4}, leb((u64{1} << 48) + 1)}))),
                StartsWith("invalid: memory size must be at most"));
    // shared without maximum
    EXPECT_THAT(verdict(B().memory({2, 1})),
                StartsWith("invalid: shared memory must have maximum"));
    EXPECT_EQ(verdict(B().memory({3, 1, 2})), "valid");
}

TEST(ValidatorLimits, of_tables) {
    EXPECT_EQ(verdict(B().table(join({{kFuncref, 1, 0}, leb(0xFFFF'FFFF)}))), "valid");
    EXPECT_THAT(verdict(B().table(join({{kFuncref, 1, 0}, leb(0x1'0000'0000)}))),
                StartsWith("invalid: table size must be at most 2^32-1"));
    EXPECT_EQ(verdict(B().table(join({{kFuncref, 5, 0}, leb(~u64{0})}))), "valid");
}

TEST(ValidatorTables, of_references_that_are_never_null_need_a_value) {
    // (table 1 (ref func))
    EXPECT_THAT(verdict(B().table({0x64, 0x70, 0, 1})), StartsWith("invalid: type mismatch"));
    // (table 1 (ref func) (ref.func 0))
    B b = function({}, {}, {});
    EXPECT_EQ(verdict(b.table({0x40, 0, 0x64, 0x70, 0, 1, 0xD2, 0, 0x0B})), "valid");
}

TEST(ValidatorConstants, hold_constant_instructions_only) {
    EXPECT_EQ(verdict(B().global(kI32, false, {0x41, 1, 0x41, 2, 0x6A, 0x0B})), "valid");
    EXPECT_THAT(verdict(B().global(kI32, false, {0x41, 1, 0x67, 0x0B})),
                StartsWith("invalid: constant expression required"));
    EXPECT_EQ(verdict(B().global(kI32, false, {0x42, 1, 0x0B})),
              "invalid: type mismatch: instruction requires [i32] but stack has [i64] (end)");
    EXPECT_THAT(verdict(B().global(kI32, false, {0x0B})), StartsWith("invalid: type mismatch"));
    EXPECT_THAT(verdict(B().global(kI32, false, {0x41, 1, 0x41, 1, 0x0B})),
                StartsWith("invalid: type mismatch: block requires [i32]"));
}

TEST(ValidatorConstants, may_refer_to_earlier_immutable_globals) {
    const Bytes zero = {0x41, 0, 0x0B};
    const Bytes get0 = {0x23, 0, 0x0B};
    EXPECT_EQ(verdict(B().global(kI32, false, zero).global(kI32, false, get0)), "valid");
    EXPECT_THAT(verdict(B().global(kI32, false, get0)), StartsWith("invalid: unknown global 0"));
    EXPECT_THAT(verdict(B().global(kI32, true, zero).global(kI32, false, get0)),
                StartsWith("invalid: constant expression required"));
    // Tables come before globals.
    B b = B().global(kFuncref, false, {0xD0, 0x70, 0x0B});
    EXPECT_THAT(verdict(b.table({0x40, 0, kFuncref, 0, 1, 0x23, 0, 0x0B})),
                StartsWith("invalid: unknown global 0"));
}

TEST(ValidatorSegments, fit_their_memory_or_table) {
    // (data (i32.const 0) "")
    EXPECT_THAT(verdict(B().add(B::kData, {0, 0x41, 0, 0x0B, 0})),
                StartsWith("invalid: unknown memory 0"));
    EXPECT_EQ(verdict(B().memory().add(B::kData, {0, 0x41, 0, 0x0B, 0})), "valid");
    EXPECT_THAT(verdict(B().memory({4, 1}).add(B::kData, {0, 0x41, 0, 0x0B, 0})),
                StartsWith("invalid: type mismatch"));
    // (elem (i32.const 0) func 0) without function, without table
    EXPECT_THAT(verdict(B().table().add(B::kElement, {0, 0x41, 0, 0x0B, 1, 0})),
                StartsWith("invalid: unknown function 0"));
    EXPECT_THAT(verdict(B().add(B::kElement, {0, 0x41, 0, 0x0B, 0})),
                StartsWith("invalid: unknown table 0"));
    EXPECT_THAT(verdict(B().table({kExternref, 0, 1}).add(B::kElement, {0, 0x41, 0, 0x0B, 0})),
                StartsWith("invalid: type mismatch"));
}

TEST(ValidatorTags, have_no_results) {
    EXPECT_THAT(verdict(B().type({}, {kI32}).add(B::kTag, {0, 0})),
                StartsWith("invalid: non-empty tag result type"));
}

TEST(ValidatorExports, are_unique_and_exist) {
    EXPECT_EQ(verdict(B().memory().export_("a", 2, 0).export_("b", 2, 0)), "valid");
    EXPECT_THAT(verdict(B().memory().export_("a", 2, 0).export_("a", 2, 0)),
                StartsWith("invalid: duplicate export name \"a\""));
    EXPECT_THAT(verdict(B().export_("a", 2, 0)), StartsWith("invalid: unknown memory 0"));
    EXPECT_THAT(verdict(B().export_("a", 0, 3)), StartsWith("invalid: unknown function 3"));
    EXPECT_THAT(verdict(B().export_("a", 4, 3)), StartsWith("invalid: unknown tag 3"));
}

TEST(ValidatorExports, errors_point_into_their_section) {
    const Checked checked = check(B().memory().export_("a", 2, 1).bytes());
    EXPECT_THAT(checked.verdict, StartsWith("invalid: unknown memory 1"));
    EXPECT_EQ(checked.bytes.at(checked.offset - 2), 7);  // id, size, content
}

TEST(ValidatorStart, takes_and_returns_nothing) {
    EXPECT_EQ(verdict(function({}, {}, {}).start(0)), "valid");
    EXPECT_THAT(verdict(function({}, {kI32}, {0x41, 0}).start(0)),
                StartsWith("invalid: start function"));
    EXPECT_THAT(verdict(B().start(0)), StartsWith("invalid: unknown function 0"));
}

TEST(ValidatorMalformedBodies, are_told_from_invalid_ones) {
    EXPECT_THAT(verdict(function({}, {}, {0xFF})), StartsWith("malformed: illegal opcode ff"));
    // i32.const with six bytes
    EXPECT_THAT(verdict(function({}, {}, {0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0x1A})),
                StartsWith("malformed: integer representation too long"));
    EXPECT_THAT(verdict(function({}, {}, {0x41, 0x80, 0x80, 0x80, 0x80, 0x10, 0x1A})),
                StartsWith("malformed: integer too large"));
    EXPECT_EQ(verdict(function({}, {}, {0x41, 0x80, 0x80, 0x80, 0x80, 0x78, 0x1A})), "valid");
    // i64.const with ten bytes
    EXPECT_EQ(verdict(function({}, {}, join({{0x42}, Bytes(9, 0x80), {0x7F, 0x1A}}))), "valid");
    EXPECT_THAT(verdict(function({}, {}, join({{0x42}, Bytes(9, 0x80), {0x02, 0x1A}}))),
                StartsWith("malformed: integer too large"));
    // else without if
    EXPECT_THAT(verdict(function({}, {}, {0x02, 0x40, 0x05, 0x0B})),
                StartsWith("malformed: END opcode expected"));
    // instructions after the end
    EXPECT_THAT(verdict(function({}, {}, {0x0B, 0x01})), StartsWith("malformed: section size"));
    // no end, at the end of the module
    B b;
    b.type({}, {}).func(0, {0x01});
    EXPECT_THAT(verdict(b), StartsWith("malformed: unexpected end"));
    // memop flags
    EXPECT_THAT(verdict(function({}, {}, {0x41, 0, 0x28, 0x80, 1, 0, 0x1A}).memory()),
                StartsWith("malformed: malformed memop flags"));
}

TEST(ValidatorMalformedBodies, too_many_locals) {
    const Bytes many = join({{2}, leb(0xFFFF'FFFF), {kI32}, leb(0xFFFF'FFFF), {kI64}});
    EXPECT_THAT(verdict(function({}, {}, {}, many)), StartsWith("malformed: too many locals"));
    const Bytes above = join({{1}, leb(50'001), {kI32}});
    EXPECT_THAT(verdict(function({}, {}, {}, above)), StartsWith("limit: too many locals"));
    const Bytes most = join({{1}, leb(50'000), {kI32}});
    EXPECT_EQ(verdict(function({}, {}, {}, most)), "valid");
}

Bytes nested(std::size_t depth) {
    Bytes code;
    for (std::size_t i = 0; i < depth; ++i) append(code, {0x02, 0x40});
    code.insert(code.end(), depth, 0x0B);
    return code;
}

TEST(ValidatorDeepNesting, needs_no_native_stack) {
    EXPECT_EQ(verdict(function({}, {}, nested(100'000))), "valid");
    EXPECT_THAT(verdict(function({}, {}, nested(kMaxBlockDepth))),
                StartsWith("limit: too many nested blocks"));
}

TEST(ValidatorManyOperands, are_limited) {
    Bytes code;
    for (u32 i = 0; i < kMaxOperandSlots; ++i) append(code, {0x41, 0});
    code.push_back(0x00);  // unreachable: what lies on the stack is of no concern
    EXPECT_EQ(verdict(function({}, {}, code)), "valid");
    code.insert(code.begin(), {0x41, 0});
    EXPECT_THAT(verdict(function({}, {}, code)), StartsWith("limit: too many operands"));
}

}  // namespace
}  // namespace wasmi::core::test
