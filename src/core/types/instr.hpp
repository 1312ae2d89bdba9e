// Instr: every instruction as one enumeration, and what instructions.def says about each of them.
// Spec: syntax/instructions, binary/instructions.
#pragma once

#include "core/types/basics.hpp"

#include <wasmi/config.hpp>

#include <array>
#include <optional>
#include <string_view>

namespace wasmi::core {

/// Sorted by prefix, then code; dense from 0.
enum class Instr : u16 {
#define WASMI_INSTR(prefix, code, id, ...) id,
#include "core/types/instructions.def"
};

inline constexpr u32 kInstrCount = 0
#define WASMI_INSTR(...) +1
#include "core/types/instructions.def"
    ;

/// A gap in the opcode space: "illegal opcode".
inline constexpr Instr kIllegalInstr = static_cast<Instr>(0xFFFF);

/// How the immediates of an instruction are encoded. Names list them in binary order.
enum class Imm : u8 {
    none,
    block_type,     ///< s33: empty, value type or type index
    label,          ///< labelidx
    label_table,    ///< vec(labelidx) labelidx
    func,           ///< funcidx
    type,           ///< typeidx
    type_table,     ///< typeidx tableidx
    type_field,     ///< typeidx u32
    type_count,     ///< typeidx u32
    type_data,      ///< typeidx dataidx
    type_elem,      ///< typeidx elemidx
    type_type,      ///< typeidx typeidx
    local,          ///< localidx
    global,         ///< globalidx
    table,          ///< tableidx
    table_table,    ///< tableidx (destination) tableidx (source)
    elem_table,     ///< elemidx tableidx
    elem,           ///< elemidx
    memory,         ///< memidx
    memory_memory,  ///< memidx (destination) memidx (source)
    data_memory,    ///< dataidx memidx
    data,           ///< dataidx
    tag,            ///< tagidx
    memarg,         ///< align, optional memidx, offset
    memarg_lane,    ///< memarg, lane byte
    lane,           ///< lane byte
    lanes16,        ///< 16 lane bytes
    s32,            ///< signed LEB128
    s64,            ///< signed LEB128
    bits32,         ///< 4 bytes
    bits64,         ///< 8 bytes
    bits128,        ///< 16 bytes
    select_types,   ///< vec(valtype)
    heap_type,      ///< heaptype
    br_cast,        ///< flags byte, labelidx, heaptype, heaptype
    try_table,      ///< blocktype vec(catch)
    zero_byte,      ///< 0x00
};

/// Operands_results; see instructions.def for the letters. One line per shape in use.
enum class Sig : u8 {
    poly,
    // clang-format off
    n_n, n_i, n_l, n_f, n_d, n_v, n_a,
    i_i, i_l, i_f, i_d, i_v, l_i, l_l, l_f, l_d, l_v,
    f_i, f_l, f_f, f_d, f_v, d_i, d_l, d_f, d_d, d_v,
    v_i, v_l, v_f, v_d, v_v,
    ii_i, ll_i, ll_l, ff_i, ff_f, dd_i, dd_d,
    vi_v, vl_v, vf_v, vd_v, vv_v, vvv_v,
    ll_ll, llll_ll,
    a_a, a_i, a_l, a_f, a_d, a_v,
    ai_n, al_n, af_n, ad_n, av_n, av_v,
    ai_i, al_l, aii_i, ail_i, all_i, all_l, aia_n, aii_n,
    // clang-format on
};

/// Bits of the flags column.
enum InstrFlags : u8 {
    kNone = 0,
    kConst = 1,
    kTraps = 2,
    // log2 of the size in bytes, from bit 4 on
    kAccess1 = 0x00,
    kAccess2 = 0x10,
    kAccess4 = 0x20,
    kAccess8 = 0x30,
    kAccess16 = 0x40,
};

/// The columns that readers look at once per instruction: four bytes, one load.
struct InstrTraits {
    Imm imm;
    Sig sig;
    u8 flags;
    Feature feature;
};

inline constexpr std::array<InstrTraits, kInstrCount> kInstrTraits = {{
#define WASMI_INSTR(prefix, code, id, text, imm, sig, flags, feature) \
    {Imm::imm, Sig::sig, (flags), Feature::feature},
#include "core/types/instructions.def"
}};

struct Opcode {
    u8 prefix;  ///< 0 for one-byte opcodes
    u16 code;
    friend constexpr bool operator==(Opcode, Opcode) = default;
};

inline constexpr std::array<Opcode, kInstrCount> kInstrOpcodes = {{
#define WASMI_INSTR(prefix, code, ...) {prefix, code},
#include "core/types/instructions.def"
}};

[[nodiscard]] constexpr u32 index_of(Instr instr) { return static_cast<u32>(instr); }
[[nodiscard]] constexpr InstrTraits traits_of(Instr instr) { return kInstrTraits[index_of(instr)]; }
[[nodiscard]] constexpr Imm imm_of(Instr instr) { return traits_of(instr).imm; }
[[nodiscard]] constexpr Sig sig_of(Instr instr) { return traits_of(instr).sig; }
[[nodiscard]] constexpr Feature feature_of(Instr instr) { return traits_of(instr).feature; }
[[nodiscard]] constexpr bool may_trap(Instr instr) {
    return (traits_of(instr).flags & kTraps) != 0;
}
[[nodiscard]] constexpr bool is_const(Instr instr) {
    return (traits_of(instr).flags & kConst) != 0;
}
/// log2 of the bytes of the memory access (its natural alignment) or of the lane.
[[nodiscard]] constexpr u32 access_log2(Instr instr) { return traits_of(instr).flags >> 4; }
/// Lanes that a lane immediate may name: 16 / bytes of a lane.
[[nodiscard]] constexpr u32 lane_count(Instr instr) { return 16u >> access_log2(instr); }
[[nodiscard]] constexpr Opcode opcode_of(Instr instr) { return kInstrOpcodes[index_of(instr)]; }
/// Of an instruction without prefix: its byte.
[[nodiscard]] constexpr u32 code_of(Instr instr) { return opcode_of(instr).code; }
/// Structure without run-time effect is free; everything else costs one unit of fuel.
[[nodiscard]] constexpr bool is_charged(Instr instr) {
    switch (instr) {
        case Instr::nop:
        case Instr::block:
        case Instr::loop:
        case Instr::try_table:
        case Instr::try_:
        case Instr::catch_:
        case Instr::catch_all:
        case Instr::delegate:
        case Instr::else_:
        case Instr::end:
            return false;
        default:
            return true;
    }
}

namespace detail {
constexpr bool instr_rows_sorted() {
    for (u32 i = 1; i < kInstrCount; ++i) {
        const Opcode a = kInstrOpcodes[i - 1];
        const Opcode b = kInstrOpcodes[i];
        if (a.prefix > b.prefix || (a.prefix == b.prefix && a.code >= b.code)) return false;
    }
    return true;
}
static_assert(instr_rows_sorted(), "instructions.def: rows sorted by opcode, no opcode twice");

constexpr u32 opcode_page_size(u8 prefix) {
    u32 size = prefix == 0 ? 256 : 0;
    for (const Opcode op : kInstrOpcodes) {
        if (op.prefix == prefix && op.code >= size) size = op.code + 1u;
    }
    return size;
}
template <u8 prefix>
constexpr std::array<Instr, opcode_page_size(prefix)> make_opcode_page() {
    std::array<Instr, opcode_page_size(prefix)> page{};
    for (Instr& instr : page) instr = kIllegalInstr;
    for (u32 i = 0; i < kInstrCount; ++i) {
        if (kInstrOpcodes[i].prefix == prefix) {
            page[kInstrOpcodes[i].code] = static_cast<Instr>(i);
        }
    }
    return page;
}
}  // namespace detail

/// One page per prefix byte, from code to Instr.
inline constexpr auto kOpcodePage = detail::make_opcode_page<0x00>();
inline constexpr auto kOpcodePageFb = detail::make_opcode_page<0xFB>();
inline constexpr auto kOpcodePageFc = detail::make_opcode_page<0xFC>();
inline constexpr auto kOpcodePageFd = detail::make_opcode_page<0xFD>();
inline constexpr auto kOpcodePageFe = detail::make_opcode_page<0xFE>();

/// 0xFB..0xFE start an opcode of two parts.
[[nodiscard]] constexpr bool is_opcode_prefix(u8 byte) { return byte >= 0xFB && byte <= 0xFE; }

/// kIllegalInstr for a gap.
[[nodiscard]] constexpr Instr instr_from_opcode(u8 prefix, u32 code) {
    switch (prefix) {
        case 0x00:
            return code < kOpcodePage.size() ? kOpcodePage[code] : kIllegalInstr;
        case 0xFB:
            return code < kOpcodePageFb.size() ? kOpcodePageFb[code] : kIllegalInstr;
        case 0xFC:
            return code < kOpcodePageFc.size() ? kOpcodePageFc[code] : kIllegalInstr;
        case 0xFD:
            return code < kOpcodePageFd.size() ? kOpcodePageFd[code] : kIllegalInstr;
        case 0xFE:
            return code < kOpcodePageFe.size() ? kOpcodePageFe[code] : kIllegalInstr;
        default:
            return kIllegalInstr;
    }
}

/// The keyword of the text format ("i32.add"); static storage.
[[nodiscard]] std::string_view to_string(Instr instr) noexcept;

/// The instruction of that keyword. Where one keyword stands for several (select, ref.test,
/// ref.cast) the one with the lowest opcode is found.
[[nodiscard]] std::optional<Instr> instr_from_text(std::string_view text) noexcept;

}  // namespace wasmi::core
