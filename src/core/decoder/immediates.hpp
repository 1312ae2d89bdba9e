// Reads opcodes and the immediates of any instruction by its Imm column.
// Spec: binary/instructions.
//
//     Instr instr = read_instr(r, space.features);
//     Immediates imm;
//     if (r.ok()) read_immediates(r, imm_of(instr), space, imm);
//     if (!r.ok()) return r.take_error();
//
// Only encodings are checked here; whether an index exists is the validator's business. The one
// exception are types: an unknown index in a value or heap type fails as invalid, "unknown type".
#pragma once

#include "core/decoder/reader.hpp"
#include "core/decoder/type_reader.hpp"
#include "core/types/basics.hpp"
#include "core/types/instr.hpp"

namespace wasmi::core {

/// Spec: binary/instructions (block types).
struct BlockType {
    enum class Kind : u8 { empty, value, type };
    Kind kind = Kind::empty;
    ValType value;  ///< of kind value
    u32 type = 0;   ///< of kind type: type index, not checked
};

/// One handler of try_table.
struct CatchClause {
    enum class Kind : u8 { catch_, catch_ref, catch_all, catch_all_ref };
    Kind kind = Kind::catch_;
    u32 tag = 0;  ///< of catch_ and catch_ref
    u32 label = 0;
    [[nodiscard]] bool has_tag() const { return kind <= Kind::catch_ref; }
    [[nodiscard]] bool has_ref() const {
        return kind == Kind::catch_ref || kind == Kind::catch_all_ref;
    }
};

/// The immediates of one instruction. Members that its Imm does not name are unspecified.
struct Immediates {
    u32 index = 0;   ///< first index; label, label of br_cast; memory of a memarg; list: its length
    u32 index2 = 0;  ///< second index, in binary order
    u32 align = 0;   ///< memarg: log2, at most 63
    u8 lane = 0;
    u64 bits = 0;  ///< constants (s32 sign-extended), lanes16 low; memarg: offset
    u64 bits_hi = 0;
    BlockType block;
    ValType type;   ///< heap_type (nullable); br_cast: source
    ValType type2;  ///< br_cast: target
    /// label_table: `index` labels and the default; select_types: `index` types;
    /// try_table: `index` clauses. Well-formed; read them with a Reader of this range.
    ByteRange list;

    [[nodiscard]] i32 s32() const { return static_cast<i32>(bits); }
    [[nodiscard]] i64 s64() const { return static_cast<i64>(bits); }
    [[nodiscard]] u8 lane_at(unsigned i) const {
        return static_cast<u8>((i < 8 ? bits : bits_hi) >> (i % 8 * 8));
    }
};

/// The rest of an opcode that is not a plain byte, and the failures. `byte` has been read.
[[nodiscard]] Instr read_instr_slow(Reader& r, Features features, u8 byte);

/// kIllegalInstr if the reader failed: "illegal opcode ff", or a proposal that is off.
[[nodiscard]] WASMI_ALWAYS_INLINE Instr read_instr(Reader& r, Features features) {
    const u8 byte = r.read_byte();
    const Instr instr = kOpcodePage[byte];
    if (WASMI_LIKELY(instr != kIllegalInstr && features.has(feature_of(instr)) && r.ok())) {
        return instr;
    }
    return read_instr_slow(r, features, byte);
}

/// The same of a body that was validated.
[[nodiscard]] WASMI_ALWAYS_INLINE Instr read_valid_instr(Reader& r, Features features) {
    const u8 byte = r.read_byte();
    const Instr instr = kOpcodePage[byte];
    return WASMI_LIKELY(instr != kIllegalInstr) ? instr : read_instr_slow(r, features, byte);
}

[[nodiscard]] BlockType read_block_type_slow(Reader& r, const TypeSpace& space);
[[nodiscard]] WASMI_ALWAYS_INLINE BlockType read_block_type(Reader& r, const TypeSpace& space) {
    if (WASMI_LIKELY(r.peek() == 0x40)) {
        r.skip(1);
        return {};
    }
    return read_block_type_slow(r, space);
}

[[nodiscard]] CatchClause read_catch_clause(Reader& r);

/// Lists and rare immediates.
void read_immediates_slow(Reader& r, Imm imm, const TypeSpace& space, Immediates& out);

/// Memory indices are off, or the flags mean nothing.
WASMI_NOINLINE void fail_memarg(Reader& r, u32 flags);

WASMI_ALWAYS_INLINE void read_memarg(Reader& r, const TypeSpace& space, Immediates& out) {
    const u32 flags = r.read_u32();
    out.index = 0;
    if (WASMI_UNLIKELY(flags >= 0x40)) {
        if (flags >= 0x80 || !space.features.has(Feature::multi_memory)) {
            fail_memarg(r, flags);
            return;
        }
        out.index = r.read_u32();
    }
    out.align = flags & 0x3F;
    out.bits = r.read_u64();
}

WASMI_ALWAYS_INLINE void read_immediates(Reader& r, Imm imm, const TypeSpace& space,
                                         Immediates& out) {
    switch (imm) {
        case Imm::none:
            return;
        case Imm::block_type:
            out.block = read_block_type(r, space);
            return;
        case Imm::label:
        case Imm::func:
        case Imm::type:
        case Imm::local:
        case Imm::global:
        case Imm::table:
        case Imm::elem:
        case Imm::memory:
        case Imm::data:
        case Imm::tag:
            out.index = r.read_u32();
            return;
        case Imm::type_table:
        case Imm::type_field:
        case Imm::type_count:
        case Imm::type_data:
        case Imm::type_elem:
        case Imm::type_type:
        case Imm::table_table:
        case Imm::elem_table:
        case Imm::memory_memory:
        case Imm::data_memory:
            out.index = r.read_u32();
            out.index2 = r.read_u32();
            return;
        case Imm::memarg:
            read_memarg(r, space, out);
            return;
        case Imm::memarg_lane:
            read_memarg(r, space, out);
            out.lane = r.read_lane();
            return;
        case Imm::lane:
            out.lane = r.read_lane();
            return;
        case Imm::s32:
            out.bits = static_cast<u64>(i64{r.read_s32()});
            return;
        case Imm::s64:
            out.bits = static_cast<u64>(r.read_s64());
            return;
        case Imm::bits32:
            out.bits = r.read_bits32();
            return;
        case Imm::bits64:
            out.bits = r.read_bits64();
            return;
        case Imm::label_table:
        case Imm::lanes16:
        case Imm::bits128:
        case Imm::select_types:
        case Imm::heap_type:
        case Imm::br_cast:
        case Imm::try_table:
        case Imm::zero_byte:
            read_immediates_slow(r, imm, space, out);
            return;
    }
}

}  // namespace wasmi::core
