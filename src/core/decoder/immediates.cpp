// Opcodes with a prefix, block types, lists and the rarer immediates.
// Spec: binary/instructions.
#include "core/decoder/immediates.hpp"

#include <string>

namespace wasmi::core {

namespace {

std::string hex_byte(u32 value) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    do {
        text.insert(text.begin(), digits[value & 15]);
        value >>= 4;
    } while (value != 0);
    if (text.size() < 2) text.insert(text.begin(), '0');
    return text;
}

}  // namespace

Instr read_instr_slow(Reader& r, Features features, u8 byte) {
    if (!r.ok()) return kIllegalInstr;
    const u32 start = r.offset() - 1;
    u32 code = byte;
    u8 prefix = 0;
    if (is_opcode_prefix(byte)) {
        prefix = byte;
        code = r.read_u32();
        if (!r.ok()) return kIllegalInstr;
    }
    const Instr instr = instr_from_opcode(prefix, code);
    if (instr != kIllegalInstr) {
        if (features.has(feature_of(instr))) return instr;
        // The older proposal has it, too.
        if (instr == Instr::throw_ && features.has(Feature::legacy_exceptions)) return instr;
        r.fail_feature(feature_of(instr), to_string(instr), start);
        return kIllegalInstr;
    }
    std::string message = "illegal opcode ";
    if (prefix != 0) message += hex_byte(prefix) + ' ';
    message += hex_byte(code);
    r.fail(std::move(message), start);
    return kIllegalInstr;
}

BlockType read_block_type_slow(Reader& r, const TypeSpace& space) {
    BlockType block;
    const u8 byte = r.peek();
    // A one-byte negative s33 is a value type, anything not negative a type index.
    if (byte >= 0x40 && byte < 0x80) {
        block.kind = BlockType::Kind::value;
        block.value = read_val_type(r, space);
        return block;
    }
    const u32 start = r.offset();
    const i64 index = r.read_s33();
    if (!r.ok()) return block;
    if (index < 0) {
        r.fail("malformed block type", start);
        return block;
    }
    if (!space.features.has(Feature::multi_value)) {
        r.fail_feature(Feature::multi_value, "a block type with a type index", start);
        return block;
    }
    block.kind = BlockType::Kind::type;
    block.type = static_cast<u32>(index);
    return block;
}

void fail_memarg(Reader& r, u32 flags) {
    if (flags < 0x80) {
        r.fail_feature(Feature::multi_memory, "an access to a memory by index", r.offset() - 1u);
    } else {
        r.fail_last("malformed memop flags");
    }
}

CatchClause read_catch_clause(Reader& r) {
    CatchClause clause;
    const u8 kind = r.read_byte();
    if (kind > 3) {
        r.fail_last("malformed catch clause");
        return clause;
    }
    clause.kind = static_cast<CatchClause::Kind>(kind);
    if (clause.has_tag()) clause.tag = r.read_u32();
    clause.label = r.read_u32();
    return clause;
}

void read_immediates_slow(Reader& r, Imm imm, const TypeSpace& space, Immediates& out) {
    const auto begin_list = [&] {
        out.index = r.read_count();
        out.list.offset = r.offset();
    };
    const auto end_list = [&] { out.list.size = r.ok() ? r.offset() - out.list.offset : 0; };
    switch (imm) {
        case Imm::label_table:
            begin_list();
            for (u32 i = 0; i < out.index; ++i) (void)r.read_u32();
            (void)r.read_u32();
            end_list();
            return;
        case Imm::select_types:
            begin_list();
            for (u32 i = 0; i < out.index && r.ok(); ++i) (void)read_val_type(r, space);
            end_list();
            return;
        case Imm::try_table:
            out.block = read_block_type(r, space);
            begin_list();
            for (u32 i = 0; i < out.index && r.ok(); ++i) (void)read_catch_clause(r);
            end_list();
            return;
        case Imm::lanes16:
            out.bits = 0;
            out.bits_hi = 0;
            for (unsigned i = 0; i < 16; ++i) {
                const u64 lane = r.read_lane();
                (i < 8 ? out.bits : out.bits_hi) |= lane << (i % 8 * 8);
            }
            return;
        case Imm::bits128:
            out.bits = r.read_bits64();
            out.bits_hi = r.read_bits64();
            return;
        case Imm::heap_type:
            out.type = read_heap_type(r, space);
            return;
        case Imm::br_cast: {
            const u8 flags = r.read_byte();
            if (flags > 3) {
                r.fail_last("malformed br_on_cast flags");
                return;
            }
            out.index = r.read_u32();
            out.type = read_heap_type(r, space).as_nullable((flags & 1) != 0);
            out.type2 = read_heap_type(r, space).as_nullable((flags & 2) != 0);
            return;
        }
        case Imm::zero_byte:
            if (r.read_byte() != 0) r.fail_last("zero byte expected");
            return;
        default:
            return;
    }
}

}  // namespace wasmi::core
