// Parser: opcodes with their immediates, by the `imm` column of instructions.def.
// Spec: text/instructions.
#include "core/text/numbers.hpp"
#include "core/text/parser.hpp"

#include <bit>

namespace wasmi::core::text {

/// Reads the immediates and writes the whole instruction. Not for else, end and the like.
void Parser::immediates(Instr instr, BinaryBuffer& out) {
    switch (instr) {
        case Instr::select:
        case Instr::select_t:
            select_maybe_typed(out);
            return;
        case Instr::ref_test:
        case Instr::ref_test_null:
        case Instr::ref_cast:
        case Instr::ref_cast_null: {
            const bool test = instr == Instr::ref_test || instr == Instr::ref_test_null;
            const TextType type = reference_type();
            opcode(test ? (type.nullable() ? Instr::ref_test_null : Instr::ref_test)
                        : (type.nullable() ? Instr::ref_cast_null : Instr::ref_cast),
                   out);
            out.sleb(type.heap);
            return;
        }
        default:
            break;
    }
    opcode(instr, out);
    switch (imm_of(instr)) {
        case Imm::none:
            break;
        case Imm::block_type:
            block_type(out);
            break;
        case Imm::label:
            out.uleb(label_index());
            break;
        case Imm::label_table: {
            std::vector<u32> labels;
            do {
                labels.push_back(label_index());
            } while (at_index());
            out.uleb(labels.size() - 1);
            for (const u32 label : labels) out.uleb(label);
            break;
        }
        case Imm::func:
            out.uleb(index(Space::func));
            break;
        case Imm::type:
            out.uleb(index(Space::type));
            break;
        case Imm::type_table: {
            const u32 table = index_or_zero(Space::table);
            out.uleb(resolve(type_use(ParamNames::none)));
            out.uleb(table);
            break;
        }
        case Imm::type_field: {
            const u32 type = index(Space::type);
            out.uleb(type);
            static const Names32 no_fields;
            out.uleb(index_in(type < types_.size() ? types_[type].fields : no_fields, "field"));
            break;
        }
        case Imm::type_count:
            out.uleb(index(Space::type));
            out.uleb(nat(32, "i32"));
            break;
        case Imm::type_data:
            out.uleb(index(Space::type));
            out.uleb(index(Space::data));
            builder_.need_data_count();
            break;
        case Imm::type_elem:
            out.uleb(index(Space::type));
            out.uleb(index(Space::elem));
            break;
        case Imm::type_type:
            out.uleb(index(Space::type));
            out.uleb(index(Space::type));
            break;
        case Imm::local:
            out.uleb(local_index());
            break;
        case Imm::global:
            out.uleb(index(Space::global));
            break;
        case Imm::table:
            out.uleb(index_or_zero(Space::table));
            break;
        case Imm::table_table:
            two_indices(Space::table, Space::table, true, out);
            break;
        case Imm::elem_table:
            two_indices(Space::table, Space::elem, false, out);
            break;
        case Imm::elem:
            out.uleb(index(Space::elem));
            break;
        case Imm::memory:
            out.uleb(index_or_zero(Space::memory));
            break;
        case Imm::memory_memory:
            two_indices(Space::memory, Space::memory, true, out);
            break;
        case Imm::data_memory:
            two_indices(Space::memory, Space::data, false, out);
            builder_.need_data_count();
            break;
        case Imm::data:
            out.uleb(index(Space::data));
            builder_.need_data_count();
            break;
        case Imm::tag:
            out.uleb(index(Space::tag));
            break;
        case Imm::memarg:
            memory_argument(instr, false, out);
            break;
        case Imm::memarg_lane:
            memory_argument(instr, true, out);
            break;
        case Imm::lane:
            out.byte(static_cast<u32>(nat(8, "i8")));
            break;
        case Imm::lanes16:
            shuffle_lanes(out);
            break;
        case Imm::s32:
        case Imm::s64:
        case Imm::bits32:
        case Imm::bits64:
            number_constant(instr, out);
            break;
        case Imm::bits128:
            vector_constant(out);
            break;
        case Imm::heap_type:
            out.sleb(heap_type());
            break;
        case Imm::br_cast:
            cast_immediates(out);
            break;
        case Imm::select_types:
        case Imm::try_table:
            break;  // not here
        case Imm::zero_byte:
            out.byte(0);
            break;
    }
}

void Parser::select_maybe_typed(BinaryBuffer& out) {
    if (!at_open("result")) {
        opcode(Instr::select, out);
        return;
    }
    std::vector<TextType> types;
    while (take_open("result")) {
        value_types(types);
        close();
    }
    opcode(Instr::select_t, out);
    out.uleb(types.size());
    for (const TextType& t : types) write(out, t);
}

void Parser::block_type(BinaryBuffer& out) {
    const TypeUse use = type_use(ParamNames::none);
    if (failed()) return;
    if (!use.index && use.signature.params.empty() && use.signature.results.size() <= 1) {
        if (use.signature.results.empty()) {
            out.byte(0x40);
        } else {
            write(out, use.signature.results[0]);
        }
        return;
    }
    out.sleb(i64{resolve(use)});
}

void Parser::catch_clauses(BinaryBuffer& out) {
    BinaryBuffer clauses;
    u32 count = 0;
    while (!failed()) {
        u32 clause = 0;
        if (at_open("catch")) {
            clause = 0;
        } else if (at_open("catch_ref")) {
            clause = 1;
        } else if (at_open("catch_all")) {
            clause = 2;
        } else if (at_open("catch_all_ref")) {
            clause = 3;
        } else {
            break;
        }
        advance(2);
        clauses.byte(clause);
        if (clause < 2) clauses.uleb(index(Space::tag));
        clauses.uleb(label_index());
        close();
        ++count;
    }
    out.uleb(count);
    out.append(clauses);
}

/// Copies name two indices or none; inits name a table or memory (or not) and a segment. In the
/// binary format the segment stands first.
void Parser::two_indices(Space first, Space second, bool both_default, BinaryBuffer& out) {
    if (both_default) {
        if (!at_index()) {
            out.uleb(0);
            out.uleb(0);
            return;
        }
        out.uleb(index(first));
        out.uleb(index(second));
        return;
    }
    const bool two = at_index() && (kind(1) == TokenKind::nat || kind(1) == TokenKind::id);
    const u32 target = two ? index(first) : 0;
    out.uleb(index(second));
    out.uleb(target);
}

void Parser::memory_argument(Instr instr, bool lane, BinaryBuffer& out) {
    // With a lane a single number is the lane, not the memory.
    bool has_memory = at_index();
    if (lane && has_memory) {
        const TokenKind next = kind(1);
        has_memory = kind() == TokenKind::id || next == TokenKind::nat ||
                     next == TokenKind::offset_eq || next == TokenKind::align_eq;
    }
    const u32 memory = has_memory ? index(Space::memory) : 0;
    u64 offset = 0;
    if (kind() == TokenKind::offset_eq) {
        const std::optional<u64> value = parse_nat(text().substr(7), 64);
        if (!value) fail("i64 constant out of range");
        offset = value.value_or(0);
        advance();
    }
    u32 align = access_log2(instr);
    if (kind() == TokenKind::align_eq) {
        const std::optional<u64> value = parse_nat(text().substr(6), 64);
        if (!value) {
            fail("i64 constant out of range");
        } else if (!std::has_single_bit(*value)) {
            fail("alignment must be a power of two");
        } else {
            align = static_cast<u32>(std::countr_zero(*value));
        }
        advance();
    }
    out.uleb(align | (memory != 0 ? 0x40u : 0u));
    if (memory != 0) out.uleb(memory);
    out.uleb(offset);
    if (lane) out.byte(static_cast<u32>(nat(8, "i8")));
}

void Parser::number_constant(Instr instr, BinaryBuffer& out) {
    const TokenKind k = kind();
    if (k != TokenKind::nat && k != TokenKind::integer && k != TokenKind::real) {
        fail_expected("a number");
        return;
    }
    std::optional<u64> value;
    switch (imm_of(instr)) {
        case Imm::s32:
            value = parse_int(text(), 32);
            out.sleb(static_cast<i32>(static_cast<u32>(value.value_or(0))));
            break;
        case Imm::s64:
            value = parse_int(text(), 64);
            out.sleb(static_cast<i64>(value.value_or(0)));
            break;
        case Imm::bits32:
            value = parse_f32(text());
            out.fixed32(static_cast<u32>(value.value_or(0)));
            break;
        default:
            value = parse_f64(text());
            out.fixed64(value.value_or(0));
    }
    if (!value) {
        const std::string literal(text());
        fail("constant out of range: " + literal.substr(0, 60));
    }
    advance();
}

void Parser::vector_constant(BinaryBuffer& out) {
    const std::optional<VectorShape> shape = vector_shape();
    if (!shape) return;
    const u32 first = at_;
    u32 count = 0;
    BinaryBuffer lanes;
    u32 bad = kNoIndex;
    while (kind() == TokenKind::nat || kind() == TokenKind::integer || kind() == TokenKind::real) {
        std::optional<u64> value;
        if (!shape->is_float) {
            value = parse_int(text(), shape->lane_bits);
        } else if (shape->lane_bits == 32) {
            value = parse_f32(text());
        } else {
            value = parse_f64(text());
        }
        if (!value && bad == kNoIndex) bad = at_;
        for (u32 i = 0; i < shape->lane_bits / 8; ++i) {
            lanes.byte(static_cast<u32>(value.value_or(0) >> 8 * i & 0xFF));
        }
        ++count;
        advance();
    }
    if (at_non_token()) {
        fail_expected("a number");  // says more than the count
    } else if (count != 128 / shape->lane_bits) {
        fail_at(first, "wrong number of lane literals, expected " +
                           std::to_string(128 / shape->lane_bits));
    } else if (bad != kNoIndex) {
        fail_at(bad, "constant out of range");
    }
    out.append(lanes);
}

std::optional<Parser::VectorShape> Parser::vector_shape() {
    if (take_keyword("i8x16")) return VectorShape{8, false};
    if (take_keyword("i16x8")) return VectorShape{16, false};
    if (take_keyword("i32x4")) return VectorShape{32, false};
    if (take_keyword("i64x2")) return VectorShape{64, false};
    if (take_keyword("f32x4")) return VectorShape{32, true};
    if (take_keyword("f64x2")) return VectorShape{64, true};
    fail_expected("a vector shape");
    return std::nullopt;
}

void Parser::shuffle_lanes(BinaryBuffer& out) {
    const u32 first = at_;
    u32 count = 0;
    u32 bad = kNoIndex;
    while (kind() == TokenKind::nat || kind() == TokenKind::integer || kind() == TokenKind::real) {
        std::optional<u64> lane;
        if (kind() == TokenKind::nat) lane = parse_nat(text(), 8);
        if (!lane && bad == kNoIndex) bad = at_;
        out.byte(static_cast<u32>(lane.value_or(0)));
        ++count;
        advance();
    }
    if (at_non_token()) {
        fail_expected("a lane");
    } else if (count != 16) {
        fail_at(first, "invalid lane length, expected 16 lanes");
    } else if (bad != kNoIndex) {
        fail_at(bad, "i8 constant out of range");
    }
}

void Parser::cast_immediates(BinaryBuffer& out) {
    const u32 label = label_index();
    const TextType from = reference_type();
    const TextType to = reference_type();
    out.byte((from.nullable() ? 1u : 0u) | (to.nullable() ? 2u : 0u));
    out.uleb(label);
    out.sleb(from.heap);
    out.sleb(to.heap);
}

}  // namespace wasmi::core::text
