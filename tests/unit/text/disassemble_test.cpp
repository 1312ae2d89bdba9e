// Binary modules to text, and that the text means the same module.
// Spec: text/modules.
#include "core/text/disassemble.hpp"

#include "core/text/assemble.hpp"
#include "core/text/numbers.hpp"
#include "core/types/instr.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmi::core::text {
namespace {

using ::testing::HasSubstr;

std::string print(std::string_view source, const DisassembleOptions& options = {}) {
    const Result<std::vector<u8>> bytes = assemble(source);
    if (!bytes) return bytes.error().message();
    const Result<std::string> text = disassemble(*bytes, options);
    return text ? *text : text.error().message();
}

/// Text to binary to text to binary: both binaries must be equal, names and all.
void expect_round_trip(std::string_view source) {
    const Result<std::vector<u8>> bytes = assemble(source);
    ASSERT_TRUE(bytes) << bytes.error().message() << "\n" << source;
    for (const bool folded : {false, true}) {
        const Result<std::string> text = disassemble(*bytes, {.folded = folded});
        ASSERT_TRUE(text) << text.error().message();
        const Result<std::vector<u8>> again = assemble(*text);
        ASSERT_TRUE(again) << again.error().message() << "\n" << *text;
        EXPECT_EQ(*again, *bytes) << *text;
    }
}

constexpr std::string_view kSample =
    "(module $m (func $f (param $x i32) (result i32)"
    " (if (result i32) (i32.eqz (local.get $x)) (then (i32.const 1))"
    " (else (i32.add (local.get $x) (i32.const -2))))))";

TEST(Disassemble, Flat) {
    EXPECT_EQ(print(kSample),
              "(module $m\n"
              "  (type (;0;) (func (param i32) (result i32)))\n"
              "  (func $f (;0;) (type 0) (param $x i32) (result i32)\n"
              "    local.get $x\n"
              "    i32.eqz\n"
              "    if (result i32)\n"
              "      i32.const 1\n"
              "    else\n"
              "      local.get $x\n"
              "      i32.const -2\n"
              "      i32.add\n"
              "    end))\n");
}

TEST(Disassemble, Folded) {
    EXPECT_EQ(print(kSample, {.folded = true, .index_notes = false}),
              "(module $m\n"
              "  (type (func (param i32) (result i32)))\n"
              "  (func $f (type 0) (param $x i32) (result i32)\n"
              "    (if (result i32)\n"
              "      (i32.eqz (local.get $x))\n"
              "      (then\n"
              "        (i32.const 1))\n"
              "      (else\n"
              "        (i32.add (local.get $x) (i32.const -2))))))\n");
}

TEST(Disassemble, NamesCanBeLeftOut) {
    const std::string text = print(kSample, {.names = false});
    EXPECT_EQ(text.find('$'), std::string::npos) << text;
}

TEST(Disassemble, OddAndRepeatedNamesSurvive) {
    const std::string_view source =
        "(module $\"a b\" (func $\"\\22\\0a\") (func $\"\\ce\\bb\") (func (@name \"x\"))"
        "(func (@name \"x\")) (func $y (param $p i32) (param (@name \"p\") i64) (local "
        "$\"\\e2\\80\\8f\""
        " f32) block $l br $l block $l br $l br 1 end end))";
    expect_round_trip(source);
    const std::string text = print(source);
    EXPECT_THAT(text, HasSubstr("(module $\"a b\""));
    EXPECT_THAT(text, HasSubstr("(func $\"\\\"\\0a\""));
    EXPECT_THAT(text, HasSubstr("(func $\"\xCE\xBB\""));
    EXPECT_THAT(text, HasSubstr("(func $x"));
    EXPECT_THAT(text, HasSubstr("(func (@name \"x\")"));
    EXPECT_THAT(text, HasSubstr("\\e2\\80\\8f"));  // would turn the direction of the text
    EXPECT_THAT(text, HasSubstr("br 1"));          // the outer $l is hidden by the inner one
}

TEST(Disassemble, EveryKindOfFieldRoundTrips) {
    expect_round_trip("(module)");
    expect_round_trip(
        "(rec (type $a (sub (struct (field $f (mut i8)) (field i16 (ref null $b)))))"
        "     (type $b (sub final $a (struct (field (mut i8)) (field i16 (ref null $b)) (field "
        "f64)))))"
        "(rec) (type $c (array (mut v128))) (type $d (sub (func (param (ref $a)))))"
        "(rec (type $e (func (result nullref nullfuncref nullexternref nullexnref))))");
    expect_round_trip(
        "(import \"m\" \"f\" (func $f (param i32))) (import \"m\" \"t\" (table $t i64 1 2 "
        "externref))"
        "(import \"m\" \"m\" (memory $m i64 1 2 shared)) (import \"\\22\" \"\" (global $g (mut "
        "i64)))"
        "(import \"m\" \"e\" (tag $e (param f32))) (memory 1 (pagesize 1)) (memory 0 3)"
        "(table $t2 1 funcref) (table 2 (ref func) (ref.func $f)) (tag) (global funcref (ref.null "
        "func))"
        "(global i32 (i32.add (i32.const 1) (i32.mul (i32.const 2) (i32.const 3))))"
        "(export \"a\\00\" (func $f)) (export \"t\" (table $t)) (export \"m\" (memory 1))"
        "(export \"g\" (global $g)) (export \"e\" (tag $e)) (start $f)");
    expect_round_trip(
        "(table $t 4 funcref) (table $u 4 externref) (func $f) (memory 1) (memory 1)"
        "(elem (i32.const 0) $f $f) (elem $p func $f) (elem declare func $f)"
        "(elem (table 1) (i32.const 1) externref (ref.null extern)) (elem (table 1) (i32.const 0) "
        "func)"
        "(elem funcref (ref.func $f) (ref.null func)) (elem declare (ref null func) (ref.func $f))"
        "(elem (i32.const 0) funcref (ref.func $f)) (elem (ref func) (ref.func $f))"
        "(data (i32.const 0) \"a\\00\\ff\") (data $d \"passive\") (data (memory 1) (i32.const 1) "
        "\"\")");
    expect_round_trip("(data \"" + std::string(1000, 'x') + "\")");
}

TEST(Disassemble, CustomSectionsKeepTheirPlaces) {
    expect_round_trip(
        "(@custom \"first\" (before first) \"1\") (type (func)) (@custom \"t\" (after type) \"2\")"
        "(func (type 0)) (@custom \"f\" (after func) \"3\") (@custom \"g\" (after func) \"\\00\")"
        "(@custom \"last\" \"4\") (@custom \"producers\" \"" +
        std::string(200, 'y') + "\")");
    expect_round_trip("(@custom \"only\")");
    EXPECT_EQ(print("(@custom \"x\")", {.customs = false}), "(module)\n");
}

TEST(Disassemble, BrokenNameSectionsAreKeptAsTheyAre) {
    expect_round_trip("(@custom \"name\" \"\\01\\7f\") (func)");
    expect_round_trip("(@custom \"name\" \"\\00\\02\\05ab\") (func)");
    expect_round_trip("(@custom \"metadata.code.branch_hint\" (before code) \"\\05\") (func)");
}

TEST(Disassemble, BranchHintsReturnToTheirInstructions) {
    expect_round_trip(
        "(func (param i32) (local f32) (@metadata.code.branch_hint \"\\01\") (if (local.get 0) "
        "(then))"
        "block local.get 0 (@metadata.code.branch_hint \"\\00\") br_if 0 end)");
}

TEST(Disassemble, BlocksOfAllKinds) {
    expect_round_trip(
        "(type $t (func (param i32) (result i32 i32))) (tag $e (param i32))"
        "(func (result i32) i32.const 1 block (type $t) i32.const 2 end drop)"
        "(func (if (i32.const 1) (then (if (i32.const 0) (then) (else nop)))))"
        "(func (block (try_table (catch $e 0) (catch_ref $e 1) (catch_all 0) (catch_all_ref 1) "
        "nop)))"
        "(func try nop catch $e drop rethrow 0 catch_all br 0 end try try nop delegate 1 end)"
        "(func (result i32) (loop (br_if 0 (i32.const 0))) (unreachable) (i32.add) (drop) "
        "i32.const 0)"
        "(func (param i32) (br_table 0 0 0 (local.get 0)) (drop (select (i32.const 0) (i32.const 0)"
        " (i32.const 0))) (drop (select (result i32) (i32.const 0) (i32.const 0) (i32.const 0))))");
}

/// A module that uses the instruction with simple immediates, or empty.
std::string sample_of(Instr instr) {
    const std::string name(to_string(instr));
    std::string immediates;
    switch (imm_of(instr)) {
        case Imm::none:
        case Imm::zero_byte:
            break;
        case Imm::label:
        case Imm::func:
        case Imm::local:
        case Imm::global:
        case Imm::tag:
        case Imm::data:
        case Imm::elem:
            immediates = " 0";
            break;
        case Imm::label_table:
            immediates = " 0 0 0";
            break;
        case Imm::table:
        case Imm::memory:
            immediates = " 1";
            break;
        case Imm::type:
            immediates = " $s";
            break;
        case Imm::type_table:
            immediates = " 1 (type $t) (param i32)";
            break;
        case Imm::type_field:
            immediates = " $s $x";
            break;
        case Imm::type_count:
        case Imm::type_data:
        case Imm::type_elem:
            immediates = " $a 0";
            break;
        case Imm::type_type:
            immediates = " $a $a";
            break;
        case Imm::table_table:
        case Imm::memory_memory:
            immediates = " 0 1";
            break;
        case Imm::elem_table:
        case Imm::data_memory:
            immediates = " 1 0";
            break;
        case Imm::memarg:
            immediates = " 1 offset=7 align=1";
            break;
        case Imm::memarg_lane:
            immediates = " 1 offset=7 align=1 1";
            break;
        case Imm::lane:
            immediates = " 1";
            break;
        case Imm::lanes16:
            immediates = " 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31";
            break;
        case Imm::s32:
            immediates = " -2147483648";
            break;
        case Imm::s64:
            immediates = " -9223372036854775808";
            break;
        case Imm::bits32:
        case Imm::bits64:
            immediates = " -nan:0x123";
            break;
        case Imm::bits128:
            immediates = " i16x8 1 2 3 4 5 6 7 -8";
            break;
        case Imm::heap_type:
            immediates = instr == Instr::ref_null ? " $s"
                         : instr == Instr::ref_test_null || instr == Instr::ref_cast_null
                             ? " anyref"
                             : " (ref $s)";
            break;
        case Imm::br_cast:
            immediates = " 0 anyref (ref $s)";
            break;
        case Imm::select_types:
            immediates = " (result f32)";
            break;
        case Imm::block_type:
        case Imm::try_table:
            return {};
    }
    if (instr == Instr::else_ || instr == Instr::end || instr == Instr::catch_ ||
        instr == Instr::catch_all || instr == Instr::delegate) {
        return {};
    }
    return "(type $t (func (param i32))) (type $s (struct (field $x i32))) (type $a (array i8))"
           "(table 1 funcref) (table 1 funcref) (memory 1) (memory 1) (global i32 (i32.const 0))"
           "(tag) (elem func) (data \"\") (func (local i32) " +
           name + immediates + ")";
}

TEST(Disassemble, EveryInstructionRoundTrips) {
    int tested = 0;
    for (u32 i = 0; i < kInstrCount; ++i) {
        const auto instr = static_cast<Instr>(i);
        const std::string source = sample_of(instr);
        if (source.empty()) continue;
        expect_round_trip(source);
        EXPECT_THAT(print(source), HasSubstr("\n    " + std::string(to_string(instr))));
        ++tested;
    }
    EXPECT_EQ(tested, static_cast<int>(kInstrCount) - 10);  // blocks and their parts
}

TEST(Disassemble, FloatsReadBackBitForBit) {
    for (const u32 bits :
         {0u, 0x8000'0000u, 1u, 0x007F'FFFFu, 0x0080'0000u, 0x3DCC'CCCDu, 0x7F7F'FFFFu,
          0x7F80'0000u, 0xFF80'0000u, 0x7FC0'0000u, 0xFFC0'0000u, 0x7F80'0001u, 0xFFFF'FFFFu}) {
        EXPECT_EQ(parse_f32(format_f32(bits)), bits) << format_f32(bits);
    }
    u64 bits = 1;
    for (int i = 0; i < 5000; ++i) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        EXPECT_EQ(parse_f64(format_f64(bits)), bits) << format_f64(bits);
        EXPECT_EQ(parse_f32(format_f32(static_cast<u32>(bits >> 32))), bits >> 32);
    }
    EXPECT_EQ(format_f64(0x3FB9'9999'9999'999A), "0.1");
    EXPECT_EQ(format_f32(0xFFC0'0000), "-nan");
    EXPECT_EQ(format_f32(0x7FA0'0000), "nan:0x200000");
}

/// As the standard library writes it, which need not be linked into the library for this.
template <class T, class Bits>
std::string standard(Bits bits) {
    char text[64];
    return {text, std::to_chars(text, text + sizeof text, std::bit_cast<T>(bits)).ptr};
}

TEST(Disassemble, WritesFloatsAsShortAsTheStandardLibrary) {
    for (const double value :
         {0.0, -0.0, 1.0, -1.5, 100.0, 1e5, 123456.0, 1e21, 1e22, 1e23, 0.1, 0.001, 1e-5, 1.5e-7,
          5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 9007199254740993.0}) {
        const u64 bits = std::bit_cast<u64>(value);
        EXPECT_EQ(format_f64(bits), (standard<double>(bits)));
        const u32 narrow = std::bit_cast<u32>(static_cast<float>(std::clamp(value, -1e38, 1e38)));
        EXPECT_EQ(format_f32(narrow), (standard<float>(narrow)));
    }
    u64 bits = 1;
    for (int i = 0; i < 20'000; ++i) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        if (!std::isfinite(std::bit_cast<double>(bits))) continue;
        EXPECT_EQ(format_f64(bits), (standard<double>(bits)));
        const u32 narrow = static_cast<u32>(bits >> 32);
        if (!std::isfinite(std::bit_cast<float>(narrow))) continue;
        EXPECT_EQ(format_f32(narrow), (standard<float>(narrow)));
        // Numbers that people write: few digits.
        const u64 short_one = std::bit_cast<u64>(static_cast<double>(i) / 1000);
        EXPECT_EQ(format_f64(short_one), (standard<double>(short_one)));
    }
}

TEST(DisassembleHostile, RefusesWhatIsNoModule) {
    EXPECT_FALSE(disassemble({}).has_value());
    const std::vector<u8> garbage{0, 'a', 's', 'm', 1, 0, 0, 0, 1, 200};
    EXPECT_FALSE(disassemble(garbage).has_value());
    // A body with an opcode that does not exist.
    const std::vector<u8> body{0, 'a', 's', 'm', 1, 0,  0, 0, 1, 4, 1,    0x60, 0,
                               0, 3,   2,   1,   0, 10, 5, 1, 3, 0, 0xFF, 0x0B};
    const Result<std::string> text = disassemble(body);
    ASSERT_FALSE(text.has_value());
    EXPECT_EQ(text.error().kind(), ErrorKind::malformed);
}

TEST(DisassembleHostile, DeepNestingNeedsNoNativeStackAndNoHugeText) {
    constexpr int kDepth = 50'000;
    std::string source = "(func ";
    for (int i = 0; i < kDepth; ++i) source += "(block ";
    source += std::string(kDepth + 1, ')');
    const std::string flat = print(source);
    EXPECT_LT(flat.size(), 20'000'000u);
    expect_round_trip(source);
}

}  // namespace
}  // namespace wasmi::core::text
