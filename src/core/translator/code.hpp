// Register code: operations, operand classes, and the layout of an encoded instruction.
// One fact for both sides: the translator encodes and the executor decodes by layout_of().
//
// An instruction is [header 8 bytes: handler][fields of A, B, C][immediate][field of D], packed
// without padding. Several instructions may share one header (a fused run): the fields follow
// each other, and branch offsets count from the header of the run.
#pragma once

#include "core/types/basics.hpp"
#include "core/types/instr.hpp"

#include <array>

// The wrappings of the handler bodies (docs/ARCHITECTURE.md, "Dispatch").
#if !defined(WASMI_DISPATCH_LOOP) && !defined(WASMI_DISPATCH_TAIL)
#define WASMI_DISPATCH_LOOP 1
#endif
#if defined(__clang__) && defined(__has_attribute)
#if __has_attribute(preserve_none) && __has_attribute(musttail) && \
    (defined(__x86_64__) || defined(__aarch64__))
#if defined(WASMI_DISPATCH_TAIL) || !__has_feature(address_sanitizer)
// The frames that AddressSanitizer makes do not go with preserve_none. With tail dispatch handlers
// are never instrumented.
#define WASMI_PRESERVE_NONE 1
#endif
#endif
#endif

namespace wasmi::core {

inline constexpr int kFloatPins = 2;
#if defined(WASMI_PRESERVE_NONE)
inline constexpr int kIntPins = 2;
#elif defined(WASMI_DISPATCH_TAIL)  // six integer argument registers are all there are
inline constexpr int kIntPins = 1;
#else                               // one of the six counts
inline constexpr int kIntPins = 0;
#endif

/// Where an operand lives.
enum class Cls : u8 {
    N,   ///< no operand
    S,   ///< slot of the frame
    R,   ///< accumulator of its bank
    K,   ///< constant in the instruction
    P0,  ///< pinned local; its slot is written too, so that a frame is always whole
    P1,
    RS,  ///< destination only: accumulator and slot; what a slot alone would be, but for moves
};
inline constexpr std::size_t kNumClasses = 7;

/// What follows the source fields.
enum class ImmKind : u8 {
    none,
    u16,     ///< a slot
    u32,     ///< index, count
    access,  ///< u32 end of a plain access to memory 0: offset and size added
    v128,    ///< 16 bytes
    rel,     ///< i32 distance of a branch
    loop,    ///< i32 distance, i64 fuel of one turn
    ldp,     ///< two slots
    call,    ///< FuncCode*, return address, u64 distance of the arguments in bytes
    icall,   ///< u16 table or 0, u32 type id or function index, u16 slot of the arguments
    mem,     ///< u16 memory, u64 offset
    retn,    ///< u16 first result slot, u16 slots
    slow,    ///< four u16 and two u32, see slow.hpp
};

inline constexpr u32 kMostImm = 24;  ///< bytes of the largest

constexpr u32 imm_size(ImmKind kind) {
    switch (kind) {
        case ImmKind::none:
            return 0;
        case ImmKind::u16:
            return 2;
        case ImmKind::u32:
        case ImmKind::access:
            return 4;
        case ImmKind::v128:
            return 16;
        case ImmKind::rel:
            return 4;
        case ImmKind::loop:
            return 12;
        case ImmKind::ldp:
        case ImmKind::retn:
            return 4;
        case ImmKind::call:
            return 24;
        case ImmKind::icall:
            return 8;
        case ImmKind::mem:
            return 10;
        case ImmKind::slow:
            return 16;
    }
    return 0;
}

enum class Op : u16 {
#define WASMI_OP(id, ...) id,
#include "core/translator/code.def"
#undef WASMI_OP
    count_,
};
inline constexpr std::size_t kNumOps = static_cast<std::size_t>(Op::count_);

/// Which operand classes the forms of an operation take, as bit masks over Cls.
struct Shape {
    u8 a, b, c, d;
    bool commutes = false;  ///< only the ordered half of (A, B) exists: rank(A) <= rank(B)
    bool folds = false;     ///< (K, K) does not exist
    bool is_move = false;   ///< no move of a place to itself
};

namespace shapes {
constexpr u8 bit(Cls c) { return static_cast<u8>(1u << static_cast<unsigned>(c)); }
inline constexpr u8 kN = bit(Cls::N), kS = bit(Cls::S), kR = bit(Cls::R), kK = bit(Cls::K),
                    kP = bit(Cls::P0) | bit(Cls::P1), kRS = bit(Cls::RS);
inline constexpr u8 kSR = kS | kR, kSRK = kSR | kK, kSRP = kSR | kP, kSRPK = kSRP | kK,
                    kOut = kR | kRS, kAnyD = kOut | kP, kMoveD = kAnyD | kS;
inline constexpr Shape plain{kN, kN, kN, kN};
inline constexpr Shape bin_c{kSRP, kSRPK, kN, kAnyD, true};
inline constexpr Shape bin_nc{kSRPK, kSRPK, kN, kAnyD, false, true};
inline constexpr Shape bin_shift{kSRPK, kSRK, kN, kAnyD, false, true};
inline constexpr Shape bin_sub{kSRPK, kSRP, kN, kAnyD};
inline constexpr Shape bin_k64{kSRP, kK, kN, kAnyD};
inline constexpr Shape bin_rot{kSRP, kSRK, kN, kAnyD};
inline constexpr Shape bin_rot_rare{kSR, kSRK, kN, kOut};
inline constexpr Shape bin_rare{kSRK, kSRK, kN, kOut, false, true};
inline constexpr Shape cmp_c{kSRP, kSRPK, kN, kOut, true};
inline constexpr Shape cmp_nc{kSRPK, kSRPK, kN, kOut, false, true};
inline constexpr Shape cmp_nk{kSRP, kSRP, kN, kOut};
inline constexpr Shape br_c{kSRP, kSRPK, kN, kN, true};
inline constexpr Shape br_nc{kSRPK, kSRPK, kN, kN, false, true};
inline constexpr Shape br_nk{kSRP, kSRP, kN, kN};
inline constexpr Shape br_rare{kSRK, kSRK, kN, kN, false, true};  // as the comparisons: bin_rare
inline constexpr Shape br_1{kSRP, kN, kN, kN};
inline constexpr Shape un{kSRP, kN, kN, kAnyD};
inline constexpr Shape un_rare{kSR, kN, kN, kOut};
inline constexpr Shape mov{kSRPK, kN, kN, kMoveD, false, false, true};
inline constexpr Shape mov_k{kK, kN, kN, kMoveD};
inline constexpr Shape fmov{kSRP, kN, kN, kMoveD, false, false, true};
inline constexpr Shape fmov_k{kK, kN, kN, kMoveD};
inline constexpr Shape select{kSRK, kSRK, kSR, kOut};
inline constexpr Shape fselect{kSR, kSR, kSR, kOut};
inline constexpr Shape get{kN, kN, kN, kAnyD};
inline constexpr Shape set{kSRPK, kN, kN, kN};
inline constexpr Shape set_k{kK, kN, kN, kN};
inline constexpr Shape load_hot{kSRPK, kN, kN, kAnyD};
inline constexpr Shape load_rare{kSR, kN, kN, kOut};
inline constexpr Shape load_ab_hot{kSRP, kSRPK, kN, kAnyD, true};
inline constexpr Shape load_ab_rare{kSR, kSRK, kN, kOut, true};
inline constexpr Shape store{kSRPK, kSRPK, kN, kN};
inline constexpr Shape fstore{kSRPK, kR | kP, kN, kN};
inline constexpr Shape store_ab{kSRP, kSRPK, kSRK, kN, true};
inline constexpr Shape fstore_ab{kSRP, kSRPK, kR | kP, kN, true};
inline constexpr Shape load_m{kSR, kN, kN, kOut};
inline constexpr Shape store_m{kSR, kSRK, kN, kN};
inline constexpr Shape set_field{kSRP, kSRPK, kN, kN};
inline constexpr Shape set_field_rare{kSR, kSRK, kN, kN};
inline constexpr Shape get_element{kSR, kSRP, kN, kAnyD};
inline constexpr Shape get_element_rare{kSR, kSRK, kN, kOut};
inline constexpr Shape set_element{kSR, kSRP, kSRK, kN};
inline constexpr Shape set_element_rare{kSR, kSR, kSRK, kN};
inline constexpr Shape atomic_rmw{kSR, kSR, kN, kOut};
inline constexpr Shape atomic_cas{kSR, kSR, kSR, kOut};
inline constexpr Shape slots_ab{kS, kS, kN, kN};
inline constexpr Shape slots_a_d{kS, kN, kN, kS};
inline constexpr Shape slots_ab_d{kS, kS, kN, kS};
inline constexpr Shape slots_abc_d{kS, kS, kS, kS};
inline constexpr Shape ret1{kSRPK, kN, kN, kN};
inline constexpr Shape fret1{kSRP, kN, kN, kN};
// vectors
inline constexpr Shape vmov{kSRK, kN, kN, kSR | kRS, false, false, true};
inline constexpr Shape vselect{kSR, kSR, kSR, kOut};
inline constexpr Shape vret1{kSR, kN, kN, kN};
inline constexpr Shape vload{kSRK, kN, kN, kOut};
inline constexpr Shape vstore{kSRPK, kSRK, kN, kN};
inline constexpr Shape vstore_ab{kSRP, kSRPK, kSRK, kN, true};
inline constexpr Shape vget{kSR, kN, kN, kOut};
inline constexpr Shape vset{kSR, kSR, kN, kOut};
inline constexpr Shape vun_rare{kSR, kN, kN, kOut};
inline constexpr Shape vbin_rare{kSR, kSR, kN, kOut};

/// Of a vector instruction that is a row of instructions_fd.def. Those that programs have most of
/// take a constant.
constexpr Shape shape_of(Instr instr) {
    // clang-format off
#define WASMI_LANES(id)                                                                  \
    case Instr::id##_add: case Instr::id##_mul: case Instr::id##_eq: case Instr::id##_ne
    switch (instr) {
        case Instr::v128_and: case Instr::v128_or: case Instr::v128_xor:
        case Instr::i8x16_add: case Instr::i8x16_eq: case Instr::i8x16_ne:
        WASMI_LANES(i16x8): WASMI_LANES(i32x4): WASMI_LANES(i64x2):
        case Instr::f32x4_add: case Instr::f32x4_mul: case Instr::f64x2_add: case Instr::f64x2_mul:
#undef WASMI_LANES
#define WASMI_EXTREMES(id)                                                                       \
    case Instr::id##_min_s: case Instr::id##_min_u: case Instr::id##_max_s: case Instr::id##_max_u
        WASMI_EXTREMES(i8x16): WASMI_EXTREMES(i16x8): WASMI_EXTREMES(i32x4):
#undef WASMI_EXTREMES
            return {kSR, kSRK, kN, kOut, true};
#define WASMI_LANES(id) \
    case Instr::id##_sub: case Instr::id##_lt_s: case Instr::id##_le_s
        WASMI_LANES(i8x16): WASMI_LANES(i16x8): WASMI_LANES(i32x4): WASMI_LANES(i64x2):
        case Instr::i8x16_lt_u: case Instr::i16x8_lt_u: case Instr::i32x4_lt_u:
        case Instr::i8x16_le_u: case Instr::i16x8_le_u: case Instr::i32x4_le_u:
#undef WASMI_LANES
#define WASMI_LANES(id) \
    case Instr::id##_sub: case Instr::id##_div: case Instr::id##_lt: case Instr::id##_le
        WASMI_LANES(f32x4): WASMI_LANES(f64x2): case Instr::v128_andnot:
#undef WASMI_LANES
            return {kSR, kSRK, kN, kOut};
        default:
            break;
    }
    // clang-format on
    switch (traits_of(instr).sig) {
        case Sig::v_v:
            return {kSR, kN, kN, kOut};
        case Sig::vv_v:
            return {kSR, kSR, kN, kOut};
        case Sig::vvv_v:
            return {kSR, kSR, kSR, kOut};
        case Sig::vi_v:
            return {kSR, kSRK, kN, kOut};
        case Sig::v_i:
            return {kSR, kN, kN, kOut};
        default:  // of a number
            return {kSR, kN, kN, kOut};
    }
}
template <Instr kInstr>
inline constexpr Shape vectors = shape_of(kInstr);
}  // namespace shapes

enum class Bank : u8 { none, integer, floating };

constexpr Bank bank_of(char type) {
    switch (type) {
        case 'i':
        case 'l':
        case 'L':
            return Bank::integer;
        case 'f':
        case 'd':
        case 'v':
            return Bank::floating;
        default:
            return Bank::none;
    }
}

/// The classes of a mask that this build has for operands of a type. Vectors are never pinned.
constexpr u8 available(u8 mask, char type) {
    int pins = bank_of(type) == Bank::floating ? kFloatPins : kIntPins;
    if (type == 'v') pins = 0;
    if (pins < 2) mask &= static_cast<u8>(~shapes::bit(Cls::P1));
    if (pins < 1) mask &= static_cast<u8>(~shapes::bit(Cls::P0));
    return mask;
}

constexpr u32 count_bits(u32 mask) {
    u32 n = 0;
    for (; mask != 0; mask &= mask - 1) ++n;
    return n;
}

/// Everything the translator needs to know about an operation.
struct alignas(32) OpInfo {
    char types[4];
    ImmKind imm;
    Shape shape;                 ///< masks reduced to what is available
    u32 first_form;              ///< form ids of an operation are consecutive
    u32 num_forms;               ///< including holes: combinations that a flag of Shape excludes
    u16 step_a, step_b, step_c;  ///< forms from one class of an operand to the next
};

inline constexpr std::array<OpInfo, kNumOps> kOps = [] {
    std::array<OpInfo, kNumOps> ops{};
    std::size_t i = 0;
    u32 form = 0;
    auto add = [&](Shape shape, const char* types, ImmKind imm) {
        OpInfo& op = ops[i++];
        for (int k = 0; k < 4; ++k) op.types[k] = types[k];
        op.imm = imm;
        op.shape = shape;
        op.shape.a = available(shape.a, types[0]);
        op.shape.b = available(shape.b, types[1]);
        op.shape.c = available(shape.c, types[2]);
        op.shape.d = available(shape.d, types[3]);
        op.first_form = form;
        op.step_c = static_cast<u16>(count_bits(op.shape.d));
        op.step_b = static_cast<u16>(op.step_c * count_bits(op.shape.c));
        op.step_a = static_cast<u16>(op.step_b * count_bits(op.shape.b));
        op.num_forms = op.step_a * count_bits(op.shape.a);
        form += op.num_forms;
    };
#define WASMI_OP(id, shape, types, imm, ...) add(shapes::shape, types, ImmKind::imm);
#include "core/translator/code.def"
#undef WASMI_OP
    return ops;
}();

inline constexpr u32 kNumForms = kOps[kNumOps - 1].first_form + kOps[kNumOps - 1].num_forms;
static_assert(kNumForms < 0xFFFF);

constexpr const OpInfo& info(Op op) { return kOps[static_cast<std::size_t>(op)]; }

/// The classes of one form.
struct Classes {
    Cls a = Cls::N, b = Cls::N, c = Cls::N, d = Cls::N;
};

/// [mask][class]: how many classes of the mask come before the class.
inline constexpr auto kRanks = [] {
    std::array<std::array<u8, 8>, 128> ranks{};
    for (u32 mask = 0; mask < 128; ++mask) {
        for (u32 c = 0; c < 8; ++c) {
            ranks[mask][c] = static_cast<u8>(count_bits(mask & ((1u << c) - 1)));
        }
    }
    return ranks;
}();
constexpr u32 rank_in(u8 mask, Cls c) { return kRanks[mask][static_cast<std::size_t>(c)]; }
constexpr Cls nth_in(u8 mask, u32 n) {
    for (unsigned c = 0; c < 8; ++c) {
        if ((mask >> c & 1u) != 0 && n-- == 0) return static_cast<Cls>(c);
    }
    return Cls::N;
}
constexpr bool in_mask(u8 mask, Cls c) { return (mask >> static_cast<unsigned>(c) & 1u) != 0; }

constexpr u32 form_id(Op op, Classes k) {
    const OpInfo& o = info(op);
    return o.first_form + rank_in(o.shape.a, k.a) * o.step_a + rank_in(o.shape.b, k.b) * o.step_b +
           rank_in(o.shape.c, k.c) * o.step_c + rank_in(o.shape.d, k.d);
}

/// Classes of the i-th form of an operation; the inverse of form_id.
constexpr Classes classes_of(Op op, u32 i) {
    const Shape& s = info(op).shape;
    Classes k;
    k.d = nth_in(s.d, i % count_bits(s.d));
    i /= count_bits(s.d);
    k.c = nth_in(s.c, i % count_bits(s.c));
    i /= count_bits(s.c);
    k.b = nth_in(s.b, i % count_bits(s.b));
    i /= count_bits(s.b);
    k.a = nth_in(s.a, i);
    return k;
}

/// Order of operands of operations that commute: the constant comes last.
constexpr u32 commute_rank(Cls c) { return c == Cls::K ? 15 : static_cast<u32>(c); }

/// False for holes among the forms.
constexpr bool form_exists(Op op, Classes k) {
    const Shape& s = info(op).shape;
    if (s.commutes && commute_rank(k.a) > commute_rank(k.b)) return false;
    if (s.folds && k.a == Cls::K && k.b == Cls::K) return false;
    if (s.is_move && k.a == k.d && k.a != Cls::S) return false;
    return true;
}

constexpr u32 field_size(char type, Cls cls) {
    switch (cls) {
        case Cls::S:
            return 2;
        case Cls::K:
            if (type == 'v') return 16;
            return type == 'd' || type == 'L' ? 8 : 4;
        default:
            return 0;
    }
}
constexpr u32 dest_size(Cls cls) { return cls == Cls::N || cls == Cls::R ? 0 : 2; }

/// Offsets of the fields from the start of an instruction's fields, and their size in all.
struct Layout {
    u32 a, b, c, imm, d, size;
};

constexpr Layout layout_of(Op op, Classes k) {
    const OpInfo& o = info(op);
    Layout l{};
    l.a = 0;
    l.b = l.a + field_size(o.types[0], k.a);
    l.c = l.b + field_size(o.types[1], k.b);
    l.imm = l.c + field_size(o.types[2], k.c);
    l.d = l.imm + imm_size(o.imm);
    l.size = l.d + dest_size(k.d);
    return l;
}

/// Size of the handler word before the fields.
inline constexpr u32 kHeaderSize = 8;

}  // namespace wasmi::core
