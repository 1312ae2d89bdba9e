// Opcodes and immediates: each form, its failures, and that skipping any instruction is exact.
// Spec: binary/instructions.
#include "core/decoder/immediates.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

using Bytes = std::vector<u8>;
const TypeId kTypes[] = {10, 11, 12};
const TypeSpace kSpace{kTypes, 0, Features::all()};

/// Reads one instruction; expects that it takes all the bytes.
Immediates read_all(const Bytes& bytes, Instr expected) {
    Reader r{bytes};
    Immediates imm;
    const Instr instr = read_instr(r, kSpace.features);
    EXPECT_EQ(instr, expected) << to_string(instr);
    if (r.ok()) read_immediates(r, imm_of(instr), kSpace, imm);
    EXPECT_TRUE(r.ok()) << (r.ok() ? "" : r.error()->message());
    EXPECT_TRUE(r.at_end());
    return imm;
}

std::string failure(const Bytes& bytes, const TypeSpace& space = kSpace) {
    Reader r{bytes};
    Immediates imm;
    const Instr instr = read_instr(r, space.features);
    if (r.ok()) read_immediates(r, imm_of(instr), space, imm);
    return r.ok() ? "no failure" : r.take_error().message();
}

TEST(Immediates, indices_come_in_binary_order) {
    EXPECT_EQ(read_all({0x20, 0x85, 0x01}, Instr::local_get).index, 133u);
    const Immediates call = read_all({0x11, 0x02, 0x07}, Instr::call_indirect);
    EXPECT_EQ(call.index, 2u);
    EXPECT_EQ(call.index2, 7u);
    const Immediates init = read_all({0xFC, 0x08, 0x05, 0x01}, Instr::memory_init);
    EXPECT_EQ(init.index, 5u);
    EXPECT_EQ(init.index2, 1u);
}

TEST(Immediates, constants_keep_their_bits) {
    EXPECT_EQ(read_all({0x41, 0x7F}, Instr::i32_const).s32(), -1);
    EXPECT_EQ(read_all({0x42, 0x40}, Instr::i64_const).s64(), -64);
    EXPECT_EQ(read_all({0x43, 0, 0, 0xA0, 0x7F}, Instr::f32_const).bits, 0x7FA00000u);
    EXPECT_EQ(read_all({0x44, 1, 0, 0, 0, 0, 0, 0xF4, 0x7F}, Instr::f64_const).bits,
              0x7FF4000000000001u);
    Bytes vector = {0xFD, 0x0C};
    for (u8 i = 0; i < 16; ++i) vector.push_back(i);
    const Immediates v = read_all(vector, Instr::v128_const);
    EXPECT_EQ(v.bits, 0x0706050403020100u);
    EXPECT_EQ(v.bits_hi, 0x0F0E0D0C0B0A0908u);
    vector[1] = 0x0D;
    const Immediates lanes = read_all(vector, Instr::i8x16_shuffle);
    for (u8 i = 0; i < 16; ++i) EXPECT_EQ(lanes.lane_at(i), i);
}

TEST(Immediates, memarg_may_name_a_memory) {
    const Immediates plain = read_all({0x28, 0x02, 0x90, 0x01}, Instr::i32_load);
    EXPECT_EQ(plain.index, 0u);
    EXPECT_EQ(plain.align, 2u);
    EXPECT_EQ(plain.bits, 0x90u);
    const Immediates other = read_all({0x28, 0x42, 0x03, 0x08}, Instr::i32_load);
    EXPECT_EQ(other.index, 3u);
    EXPECT_EQ(other.align, 2u);
    EXPECT_EQ(other.bits, 8u);
    const Immediates lane = read_all({0xFD, 0x54, 0x00, 0x01, 0x0F}, Instr::v128_load8_lane);
    EXPECT_EQ(lane.lane, 15u);
    EXPECT_EQ(failure({0x28, 0x80, 0x01, 0x00}), "malformed memop flags");
}

TEST(Immediates, block_types_have_three_forms) {
    EXPECT_EQ(read_all({0x02, 0x40}, Instr::block).block.kind, BlockType::Kind::empty);
    const BlockType value = read_all({0x03, 0x7E}, Instr::loop).block;
    EXPECT_EQ(value.kind, BlockType::Kind::value);
    EXPECT_EQ(value.value, ValType::i64);
    const BlockType ref = read_all({0x04, 0x63, 0x01}, Instr::if_).block;
    EXPECT_EQ(ref.value, ValType::ref_to(11, true));
    const BlockType type = read_all({0x02, 0x83, 0x00}, Instr::block).block;
    EXPECT_EQ(type.kind, BlockType::Kind::type);
    EXPECT_EQ(type.type, 3u);
    EXPECT_EQ(failure({0x02, 0x50}), "malformed reference type");
    EXPECT_EQ(failure({0x02, 0x80, 0x40}), "malformed block type");
}

TEST(Immediates, heap_types_are_canonical) {
    EXPECT_EQ(read_all({0xD0, 0x70}, Instr::ref_null).type, ValType::funcref);
    EXPECT_EQ(read_all({0xD0, 0x02}, Instr::ref_null).type, ValType::ref_to(12, true));
    EXPECT_EQ(failure({0xD0, 0x03}), "unknown type 3");
    EXPECT_EQ(failure({0xD0, 0x40}), "malformed heap type");
    const Immediates cast = read_all({0xFB, 0x18, 0x02, 0x05, 0x6E, 0x00}, Instr::br_on_cast);
    EXPECT_EQ(cast.index, 5u);
    EXPECT_EQ(cast.type, ValType::ref(HeapKind::any, false));
    EXPECT_EQ(cast.type2, ValType::ref_to(10, true));
    EXPECT_EQ(failure({0xFB, 0x18, 0x04, 0x05, 0x6E, 0x00}), "malformed br_on_cast flags");
}

TEST(Immediates, lists_can_be_read_again) {
    const Bytes table = {0x0E, 0x02, 0x81, 0x01, 0x05, 0x06};
    const Immediates labels = read_all(table, Instr::br_table);
    EXPECT_EQ(labels.index, 2u);
    Reader r(table, labels.list);
    EXPECT_EQ(r.read_u32(), 129u);
    EXPECT_EQ(r.read_u32(), 5u);
    EXPECT_EQ(r.read_u32(), 6u);
    EXPECT_TRUE(r.at_end());

    const Bytes handlers = {0x1F, 0x40, 0x02, 0x01, 0x07, 0x03, 0x02, 0x04};
    const Immediates try_table = read_all(handlers, Instr::try_table);
    EXPECT_EQ(try_table.index, 2u);
    Reader c(handlers, try_table.list);
    const CatchClause first = read_catch_clause(c);
    EXPECT_EQ(first.kind, CatchClause::Kind::catch_ref);
    EXPECT_TRUE(first.has_tag() && first.has_ref());
    EXPECT_EQ(first.tag, 7u);
    EXPECT_EQ(first.label, 3u);
    const CatchClause second = read_catch_clause(c);
    EXPECT_EQ(second.kind, CatchClause::Kind::catch_all);
    EXPECT_FALSE(second.has_tag() || second.has_ref());
    EXPECT_EQ(second.label, 4u);
    EXPECT_EQ(failure({0x1F, 0x40, 0x01, 0x04, 0x00}), "malformed catch clause");

    const Bytes select = {0x1C, 0x01, 0x6F};
    const Immediates types = read_all(select, Instr::select_t);
    Reader t(select, types.list);
    EXPECT_EQ(read_val_type(t, kSpace), ValType::externref);
}

TEST(Immediates, a_list_longer_than_the_bytes_is_refused_at_once) {
    EXPECT_EQ(failure({0x0E, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x00}), "length out of bounds");
    EXPECT_EQ(failure({0x1C, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x7F}), "length out of bounds");
    EXPECT_EQ(failure({0x0E, 0x01, 0x00}), "unexpected end of section or function");
}

TEST(Immediates, illegal_opcodes_are_named) {
    EXPECT_EQ(failure({0xFF}), "illegal opcode ff");
    EXPECT_EQ(failure({0x27}), "illegal opcode 27");
    EXPECT_EQ(failure({0xFC, 0x99, 0x01}), "illegal opcode fc 99");
    EXPECT_EQ(failure({0xFD, 0x9A, 0x02}), "illegal opcode fd 11a");
    EXPECT_EQ(failure({0xFB}), "unexpected end of section or function");
    EXPECT_EQ(failure({}), "unexpected end of section or function");
}

TEST(Immediates, features_that_are_off_are_named) {
    TypeSpace old = kSpace;
    old.features = Features().set(Feature::mvp, true);
    const auto off = [](const std::string& feature) {
        return " needs the feature " + feature + ", which is switched off";
    };
    EXPECT_EQ(failure({0xC0}, old), "i32.extend8_s" + off("sign-extension"));
    EXPECT_EQ(failure({0xFD, 0x0F}, old), "i8x16.splat" + off("simd"));
    EXPECT_EQ(failure({0x02, 0x01}, old), "a block type with a type index" + off("multi-value"));
    EXPECT_EQ(failure({0x02, 0x7B}, old), "the type v128" + off("simd"));
    EXPECT_EQ(failure({0x28, 0x42, 0x01, 0x00}, old),
              "an access to a memory by index" + off("multi-memory"));
    EXPECT_EQ(failure({0x28, 0x82, 0x01, 0x00}, old), "malformed memop flags");
    EXPECT_EQ(failure({0x6A}, old), "no failure");
}

TEST(Immediates, a_prefixed_opcode_may_be_padded) {
    read_all({0xFC, 0x80, 0x80, 0x00}, Instr::i32_trunc_sat_f32_s);
}

TEST(Immediates, every_instruction_fails_cleanly_on_every_truncation) {
    for (u32 i = 0; i < kInstrCount; ++i) {
        const Instr instr = static_cast<Instr>(i);
        const Opcode op = opcode_of(instr);
        Bytes bytes;
        if (op.prefix != 0) {
            bytes.push_back(op.prefix);
            bytes.push_back(static_cast<u8>((op.code & 0x7F) | 0x80));
            bytes.push_back(static_cast<u8>(op.code >> 7));
        } else {
            bytes.push_back(static_cast<u8>(op.code));
        }
        bytes.resize(bytes.size() + 24, 0);
        Reader full{bytes};
        Immediates imm;
        ASSERT_EQ(read_instr(full, kSpace.features), instr);
        read_immediates(full, imm_of(instr), kSpace, imm);
        ASSERT_TRUE(full.ok()) << to_string(instr);
        const std::size_t size = full.offset();
        for (std::size_t cut = 0; cut < size; ++cut) {
            const Bytes part(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(cut));
            EXPECT_NE(failure(part), "no failure") << to_string(instr) << ' ' << cut;
        }
    }
}

}  // namespace
}  // namespace wasmi::core
