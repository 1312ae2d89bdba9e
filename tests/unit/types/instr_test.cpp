// The instruction table: opcode ↔ enum ↔ keyword, and facts that the rows must agree on.
// Spec: appendix/index-instructions.
#include "core/types/instr.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

std::vector<Instr> all_instrs() {
    std::vector<Instr> all;
    for (u32 i = 0; i < kInstrCount; ++i) all.push_back(static_cast<Instr>(i));
    return all;
}

std::string id_of(Instr instr) {
    static const char* const ids[] = {
#define WASMI_INSTR(prefix, code, id, ...) #id,
#include "core/types/instructions.def"
    };
    return ids[index_of(instr)];
}

std::string sig_text(Sig sig) {
    for (const Instr instr : all_instrs()) {
        static const char* const texts[] = {
#define WASMI_INSTR(prefix, code, id, text, imm, sig, ...) #sig,
#include "core/types/instructions.def"
        };
        if (sig_of(instr) == sig) return texts[index_of(instr)];
    }
    return "";
}

TEST(Instr, opcode_leads_back_to_the_row) {
    for (const Instr instr : all_instrs()) {
        const Opcode op = opcode_of(instr);
        EXPECT_EQ(instr_from_opcode(op.prefix, op.code), instr) << to_string(instr);
        EXPECT_TRUE(op.prefix == 0 || is_opcode_prefix(op.prefix));
    }
}

TEST(Instr, gaps_are_illegal) {
    for (const u32 code : {0x16u, 0x17u, 0x1Du, 0x1Eu, 0x27u, 0xC5u, 0xCFu, 0xD7u, 0xFFu, 0x100u}) {
        EXPECT_EQ(instr_from_opcode(0, code), kIllegalInstr) << code;
    }
    EXPECT_EQ(instr_from_opcode(0xFB, 31), kIllegalInstr);
    EXPECT_EQ(instr_from_opcode(0xFC, 0x12), kIllegalInstr);
    EXPECT_EQ(instr_from_opcode(0xFD, 0x9A), kIllegalInstr);
    EXPECT_EQ(instr_from_opcode(0xFD, 0x114), kIllegalInstr);
    EXPECT_EQ(instr_from_opcode(0xFD, 0xFFFFFFFF), kIllegalInstr);
    EXPECT_EQ(instr_from_opcode(0xFE, 4), kIllegalInstr);
    EXPECT_EQ(instr_from_opcode(0xFF, 0), kIllegalInstr);
    EXPECT_EQ(to_string(kIllegalInstr), "illegal");
}

TEST(Instr, counts_per_prefix_are_those_of_the_specification) {
    std::array<u32, 256> counts{};
    for (const Instr instr : all_instrs()) ++counts[opcode_of(instr).prefix];
    EXPECT_EQ(counts[0x00], 194u + 5u);  // 3.0, and the five of the old exceptions
    EXPECT_EQ(counts[0xFB], 31u);
    EXPECT_EQ(counts[0xFC], 18u + 4u);    // 3.0, and wide arithmetic
    EXPECT_EQ(counts[0xFD], 236u + 20u);  // fixed width and relaxed
    EXPECT_EQ(counts[0xFE], 67u);
}

TEST(Instr, keyword_leads_back_to_the_row) {
    for (const Instr instr : all_instrs()) {
        const auto found = instr_from_text(to_string(instr));
        ASSERT_TRUE(found.has_value()) << to_string(instr);
        if (*found != instr) {
            // Only these keywords stand for two opcodes.
            EXPECT_TRUE(instr == Instr::select_t || instr == Instr::ref_test_null ||
                        instr == Instr::ref_cast_null)
                << to_string(instr);
            EXPECT_LT(*found, instr);
        }
    }
    EXPECT_FALSE(instr_from_text("").has_value());
    EXPECT_FALSE(instr_from_text("i32.ad").has_value());
    EXPECT_FALSE(instr_from_text("i32.addx").has_value());
    EXPECT_FALSE(instr_from_text("zzz").has_value());
}

TEST(Instr, id_is_the_keyword_with_underscores) {
    for (const Instr instr : all_instrs()) {
        if (instr == Instr::select_t || instr == Instr::ref_test_null ||
            instr == Instr::ref_cast_null) {
            continue;
        }
        std::string text(to_string(instr));
        std::replace(text.begin(), text.end(), '.', '_');
        std::string id = id_of(instr);
        if (id.back() == '_') id.pop_back();
        EXPECT_EQ(id, text);
    }
}

TEST(Instr, signature_fits_the_immediates) {
    for (const Instr instr : all_instrs()) {
        const InstrTraits t = traits_of(instr);
        const std::string sig = sig_text(t.sig);
        if (t.imm == Imm::memarg || t.imm == Imm::memarg_lane) {
            EXPECT_EQ(sig.front(), 'a') << to_string(instr);
            EXPECT_TRUE(may_trap(instr)) << to_string(instr);
        }
        if (t.imm == Imm::lane) {
            EXPECT_EQ(sig.front(), 'v') << to_string(instr);
        }
    }
}

TEST(Instr, access_sizes_are_in_bytes_as_powers_of_two) {
    EXPECT_EQ(access_log2(Instr::i32_load), 2u);
    EXPECT_EQ(access_log2(Instr::i64_load8_s), 0u);
    EXPECT_EQ(access_log2(Instr::i64_store32), 2u);
    EXPECT_EQ(access_log2(Instr::v128_load), 4u);
    EXPECT_EQ(access_log2(Instr::v128_load8x8_u), 3u);
    EXPECT_EQ(access_log2(Instr::v128_load16_splat), 1u);
    EXPECT_EQ(access_log2(Instr::v128_store64_lane), 3u);
    EXPECT_EQ(access_log2(Instr::i64_atomic_rmw16_xchg_u), 1u);
    EXPECT_EQ(access_log2(Instr::memory_atomic_wait64), 3u);
    EXPECT_EQ(lane_count(Instr::i8x16_extract_lane_s), 16u);
    EXPECT_EQ(lane_count(Instr::f64x2_replace_lane), 2u);
    EXPECT_EQ(lane_count(Instr::v128_load8_lane), 16u);
}

TEST(Instr, rows_say_what_the_specification_says) {
    EXPECT_EQ(opcode_of(Instr::i32_add), (Opcode{0, 0x6A}));
    EXPECT_EQ(sig_of(Instr::i32_add), Sig::ii_i);
    EXPECT_TRUE(is_const(Instr::i32_add));
    EXPECT_FALSE(is_const(Instr::i32_and));
    EXPECT_TRUE(may_trap(Instr::i32_div_s));
    EXPECT_TRUE(may_trap(Instr::i64_trunc_f32_u));
    EXPECT_FALSE(may_trap(Instr::i64_trunc_sat_f32_u));
    EXPECT_EQ(sig_of(Instr::i64_trunc_sat_f32_u), Sig::f_l);
    EXPECT_EQ(opcode_of(Instr::i32x4_relaxed_dot_i8x16_i7x16_add_s), (Opcode{0xFD, 0x113}));
    EXPECT_EQ(feature_of(Instr::i32x4_relaxed_dot_i8x16_i7x16_add_s), Feature::relaxed_simd);
    EXPECT_EQ(opcode_of(Instr::i64_atomic_rmw32_cmpxchg_u), (Opcode{0xFE, 0x4E}));
    EXPECT_EQ(opcode_of(Instr::i64_mul_wide_u), (Opcode{0xFC, 0x16}));
    EXPECT_EQ(to_string(Instr::i32_atomic_rmw8_add_u), "i32.atomic.rmw8.add_u");
    EXPECT_EQ(to_string(Instr::ref_as_non_null), "ref.as_non_null");
    EXPECT_EQ(to_string(Instr::return_call_indirect), "return_call_indirect");
    EXPECT_EQ(sig_of(Instr::i8x16_shl), Sig::vi_v);
    EXPECT_EQ(sig_of(Instr::v128_bitselect), Sig::vvv_v);
    EXPECT_EQ(sig_of(Instr::i64x2_all_true), Sig::v_i);
}

}  // namespace
}  // namespace wasmi::core
