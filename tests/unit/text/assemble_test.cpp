// Text modules to binary modules, and what is wrong with those that are none.
// Spec: text/modules.
#include "core/text/assemble.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmi::core::text {
namespace {

using ::testing::StartsWith;

constexpr AssembleOptions kPlain{.names = false, .custom_annotations = true};

std::string hex(const std::vector<u8>& bytes, std::size_t from = 8) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (std::size_t i = from; i < bytes.size(); ++i) {
        out += kDigits[bytes[i] >> 4];
        out += kDigits[bytes[i] & 15];
    }
    return out;
}
/// The sections of a module as hexadecimal digits, or the error.
std::string sections(std::string_view source) {
    const Result<std::vector<u8>> r = assemble(source, kPlain);
    return r ? hex(*r) : r.error().message();
}
std::string error_of(std::string_view source) {
    const Result<std::vector<u8>> r = assemble(source, kPlain);
    return r ? "no error" : r.error().message();
}
TEST(Assemble, EmptyModules) {
    const Result<std::vector<u8>> r = assemble("", kPlain);
    ASSERT_TRUE(r);
    EXPECT_EQ(hex(*r, 0), "0061736d01000000");
    EXPECT_EQ(sections("(module)"), "");
    EXPECT_EQ(sections("(module $m (; c ;) )"), "");
}

TEST(Assemble, FoldedAndFlatInstructionsAreTheSame) {
    const std::string flat = sections(
        "(func (param i32) (result i32) local.get 0 if (result i32) i32.const 1 else i32.const 2 "
        "end i32.const 3 i32.add)");
    const std::string folded = sections(
        "(func (param i32) (result i32) (i32.add (if (result i32) (local.get 0) "
        "(then (i32.const 1)) (else (i32.const 2))) (i32.const 3)))");
    EXPECT_EQ(flat, folded);
    EXPECT_EQ(flat,
              "01060160017f017f03020100"
              "0a1101"
              "0f00"
              "2000047f41010541020b41036a0b");
}

TEST(Assemble, TypeUsesShareAndAppendTypes) {
    EXPECT_EQ(sections("(func (param i32)) (type (func)) (func) (func (param i32))"),
              sections("(type (func)) (type (func (param i32))) (func (type 1)) (func (type 0)) "
                       "(func (type 1))"));
    // A type of a longer recursion group is another type.
    EXPECT_EQ(sections("(rec (type (func)) (type (func (param i32)))) (tag)"),
              sections("(rec (type (func)) (type (func (param i32)))) (type (func)) "
                       "(tag (type 2))"));
}

TEST(Assemble, InlineImportsExportsAndSegments) {
    EXPECT_EQ(sections("(func $f (export \"a\") (export \"b\") (import \"m\" \"n\"))"),
              sections("(import \"m\" \"n\" (func $f)) (export \"a\" (func $f)) "
                       "(export \"b\" (func $f))"));
    EXPECT_EQ(sections("(memory (data \"ab\" \"c\"))"),
              sections("(memory 1 1) (data (i32.const 0) \"abc\")"));
    EXPECT_EQ(sections("(memory i64 (data))"), sections("(memory i64 0 0) (data (i64.const 0))"));
    EXPECT_EQ(sections("(table $t funcref (elem $f $f)) (func $f)"),
              sections("(table 2 2 funcref) (elem (i32.const 0) func 0 0) (func $f)"));
    EXPECT_EQ(sections("(table externref (elem (ref.null extern)))"),
              sections("(table 1 1 externref) (elem (table 0) (offset (i32.const 0)) externref "
                       "(item ref.null extern))"));
}

TEST(Assemble, SegmentsOfInlineDefinitionsCountInTheirIndexSpace) {
    EXPECT_EQ(
        sections("(memory (data \"a\")) (data $d \"b\") (func (data.drop $d))"),
        sections("(memory 1 1) (data (i32.const 0) \"a\") (data \"b\") (func (data.drop 1))"));
}

TEST(Assemble, CompactImportsAreSpelledOut) {
    EXPECT_EQ(sections("(import \"m\" (item \"a\" (func $f)) (item \"b\" (global i32)))"),
              sections("(import \"m\" \"a\" (func)) (import \"m\" \"b\" (global i32))"));
    EXPECT_EQ(sections("(import \"m\" (item \"a\") (item \"b\") (func))"),
              sections("(import \"m\" \"a\" (func)) (import \"m\" \"b\" (func))"));
    EXPECT_THAT(error_of("(import \"m\" (item \"a\") (func $f))"),
                StartsWith("identifier not allowed"));
}

TEST(Assemble, LabelsAreFoundByNameAndShadow) {
    EXPECT_EQ(sections("(func block $a block $b br $a end br $a end)"),
              sections("(func block block br 1 end br 0 end)"));
    EXPECT_EQ(sections("(func block $a block $a br $a end br $a end)"),
              sections("(func block block br 0 end br 0 end)"));
    EXPECT_EQ(sections("(func block $a br $\"\\61\" end $a)"), sections("(func block br 0 end)"));
    EXPECT_THAT(error_of("(func block $a end br $a)"), StartsWith("unknown label $a"));
}

TEST(Assemble, LegacyTriesInBothForms) {
    const std::string_view tag = "(tag $e)";
    const std::string flat = std::string(tag) +
                             "(func try $l nop catch $e rethrow $l catch_all br $l end $l)"
                             "(func block $b try nop delegate $b end)";
    const std::string folded =
        std::string(tag) +
        "(func (try $l (do nop) (catch $e (rethrow $l)) (catch_all (br $l))))"
        "(func (block $b (try (do nop) (delegate $b))))";
    EXPECT_EQ(sections(flat), sections(folded));
    EXPECT_THAT(error_of("(func (try (do) (catch_all) (catch_all)))"),
                StartsWith("unexpected token"));
    EXPECT_THAT(error_of("(func try catch_all catch 0 end)"), StartsWith("unexpected token"));
    EXPECT_THAT(error_of("(func (catch_all))"), StartsWith("unexpected token catch_all"));
}

TEST(Assemble, MemoryArguments) {
    EXPECT_EQ(sections("(memory 1) (func i32.load offset=4 align=2 drop)"),
              sections("(memory 1) (func i32.load 0 offset=4 align=0x2 drop)"));
    const std::string lanes = "(memory $a 1) (memory $m 1) (func v128.load8_lane ";
    EXPECT_EQ(sections(lanes + "3)"), sections(lanes + "0 3)"));
    EXPECT_EQ(sections(lanes + "$m offset=1 3)"), sections(lanes + "1 offset=1 3)"));
    EXPECT_THAT(error_of("(func i32.load align=3)"),
                StartsWith("alignment must be a power of two"));
    EXPECT_THAT(error_of("(func i32.load offset=0x1_0000_0000_0000_0000)"),
                StartsWith("i64 constant out of range"));
}

TEST(Assemble, NamesGoIntoTheNameSection) {
    const Result<std::vector<u8>> r = assemble(
        "(module $m (type $t (struct (field $x i32))) (func $f (param $p i32) (local $l i32) "
        "block $b end))");
    ASSERT_TRUE(r);
    const std::string all(r->begin(), r->end());
    const std::size_t at = all.find("name");
    ASSERT_NE(at, std::string::npos);
    const std::vector<u8> names(r->begin() + static_cast<std::ptrdiff_t>(at) + 4, r->end());
    EXPECT_EQ(hex(names, 0),
              "0002016d"  // module m
              "0104010001"
              "66"  // function 0: f
              "02090100020001700101"
              "6c"                  // locals of 0: p, l
              "0306010001000162"    // labels of 0: b
              "040401000174"        // type 0: t
              "0a06010001000178");  // fields of 0: x
}

TEST(Assemble, CustomAnnotationsBecomeSections) {
    EXPECT_EQ(sections("(@custom \"a\" \"b\" \"c\") (func) (@custom \"d\" (before func) \"e\")"),
              "010401600000"
              "0003016465"
              "03020100"
              "0a040102000b"
              "000401616263");
    EXPECT_THAT(error_of("(@custom 1)"), StartsWith("@custom annotation: missing section name"));
    EXPECT_THAT(error_of("(func (@custom \"a\"))"), StartsWith("misplaced @custom annotation"));
    EXPECT_EQ(assemble("(func (@custom \"a\"))", {.names = false, .custom_annotations = false})
                  .has_value(),
              true);
}

TEST(Assemble, BranchHintsNameTheOffsetOfTheirInstruction) {
    EXPECT_THAT(sections("(func (param i32) (@metadata.code.branch_hint \"\\01\") "
                         "(if (local.get 0) (then)))"),
                testing::HasSubstr("6d657461646174612e636f64652e6272616e63685f68696e74"
                                   "010001030101"));
    const Result<std::vector<u8>> r =
        assemble("(func (@metadata.code.branch_hint \"\\01\") nop)", kPlain);
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().kind(), ErrorKind::invalid);
}

TEST(Assemble, BinaryAndQuotedModules) {
    EXPECT_EQ(sections("(module binary \"\\00asm\" \"\\01\\00\\00\\00\\01\\01\\00\")"), "010100");
    EXPECT_EQ(sections("(module quote \"(type (fu\" \"nc))\")"), sections("(type (func))"));
    EXPECT_THAT(error_of("(module quote \"(module quote)\")"), StartsWith("unexpected token"));
}

TEST(AssembleError, SaysLineColumnAndWhatWasExpected) {
    EXPECT_EQ(error_of("(module\n  (func\n    (i32.const)))"),
              "unexpected token ), expected a number at 3:15");
    EXPECT_EQ(error_of("(func (result i33))"), "unknown operator i33, expected ) at 1:15");
    EXPECT_EQ(error_of("(func (nop) (local i32))"),
              "unexpected token local, expected an instruction at 1:14");
    EXPECT_EQ(error_of("(module (func)"), "unexpected token: the text ends, expected ) at 1:15");
    EXPECT_EQ(error_of("(module) x"), "unknown operator x, expected the end of the text at 1:10");
    const Result<std::vector<u8>> r = assemble("(func\n(x))");
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().kind(), ErrorKind::malformed);
    EXPECT_EQ(r.error().to_string(),
              "malformed: unknown operator x, expected an instruction at 2:2");
}

TEST(AssembleError, UsesTheWordsOfTheOfficialScripts) {
    const std::pair<const char*, const char*> cases[] = {
        {"(func $a) (func $a)", "duplicate func"},
        {"(func (param $a i32) (local $a i32))", "duplicate local $a"},
        {"(type (struct (field $a i32) (field $a i32)))", "duplicate field"},
        {"(func (call $x))", "unknown function $x"},
        {"(func (local.get $x))", "unknown local $x"},
        {"(func (type 5) (local $x i32))", "unknown type 5"},
        {"(type (struct)) (func (type 0) (local $x i32))", "non-function type 0"},
        {"(type (func)) (func (type 0) (param i32))", "inline function type"},
        {"(func) (import \"\" \"\" (func))", "import after function"},
        {"(memory 0) (func (import \"\" \"\"))", "import after memory"},
        {"(start 0) (start 0)", "multiple start sections"},
        {"(func i32.const 4294967296)", "constant out of range"},
        {"(func (call 4294967296))", "i32 constant out of range"},
        {"(func (i8x16.extract_lane_s 256))", "i8 constant out of range"},
        {"(func (v128.const i32x4 1 2 3))", "wrong number of lane literals"},
        {"(func (i8x16.shuffle 1 2 3))", "invalid lane length"},
        {"(func block $a end $b)", "mismatching label"},
        {"(func block end $b)", "mismatching label"},
        {"(func (get_local 0))", "unknown operator get_local"},
        {"(memory 0 (pagesize 3))", "invalid custom page size"},
        {"(import \"\\80\" \"\" (func))", "malformed UTF-8 encoding"},
        {"(func (result i32) (param i32))", "unexpected token param"},
        {"(func (block (result i32) (type 0)))", "unexpected token type"},
    };
    for (const auto& [source, expected] : cases) {
        EXPECT_THAT(error_of(source), StartsWith(expected)) << source;
    }
}

TEST(AssembleHostile, DeepNestingNeedsNoNativeStack) {
    constexpr int kDepth = 100'000;
    std::string folded = "(func ";
    for (int i = 0; i < kDepth; ++i) folded += "(block ";
    EXPECT_THAT(error_of(folded), StartsWith("unexpected token: the text ends"));
    EXPECT_EQ(assemble(folded + std::string(kDepth + 1, ')')).has_value(), true);

    std::string operands = "(func (drop ";
    for (int i = 0; i < kDepth; ++i) operands += "(i32.eqz ";
    EXPECT_EQ(assemble(operands + "(i32.const 0)" + std::string(kDepth + 2, ')')).has_value(),
              true);

    std::string flat = "(func ";
    for (int i = 0; i < kDepth; ++i) flat += "loop $l ";
    flat += "br $l ";
    for (int i = 0; i < kDepth; ++i) flat += "end ";
    EXPECT_EQ(assemble(flat + ")").has_value(), true);

    EXPECT_THAT(error_of(std::string(kDepth, '(')), StartsWith("unexpected token"));
    EXPECT_THAT(error_of("(module " + std::string(kDepth, '(')), StartsWith("unexpected token"));
}

TEST(AssembleHostile, EveryPrefixOfAModuleIsAnErrorOrAModule) {
    const std::string source =
        "(module $m (@custom \"x\" \"y\") (rec (type $t (sub final (func (param $x i32) (result "
        "i32)))) (type (struct (field $f (mut i8)) (field (ref null $t))))) (import \"a\" \"b\" "
        "(func $i (type $t))) (table $tab 1 2 funcref (ref.null func)) (memory 1 2 shared) (tag "
        "$e) "
        "(global $g (mut v128) (v128.const i32x4 1 2 3 4)) (elem $el (table $tab) (offset "
        "(i32.const 0)) func $i) (data $d (i32.const 0) \"\\00\\u{20}\") (start $i) (func $f "
        "(export \"f\") (param $x i32) (local f64) (block $b (result i32) (br_table $b 0 "
        "(i32.const "
        "0) (local.get $x))) (drop) (try_table (catch $e 0) (call_indirect $tab (type $t) "
        "(i32.const "
        "1) (i32.const 0)) (drop)) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0))))";
    for (std::size_t n = 0; n <= source.size(); ++n) {
        const Result<std::vector<u8>> r = assemble(std::string_view(source).substr(0, n));
        EXPECT_EQ(r.has_value(), n == 0 || n == source.size()) << source.substr(0, n);
    }
}

}  // namespace
}  // namespace wasmi::core::text
