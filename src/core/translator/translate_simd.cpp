// Translation of vector instructions. Spec: exec/instructions (vector instructions).
//
// Most are rows of code_simd.def of the same name. Accesses of less than a vector to any memory but
// a plain memory 0, and all that read or write a lane, are an integer access and another operation.
#include "core/translator/function_translator.hpp"
#include "core/translator/instruction_rows.hpp"

namespace wasmi::core {

namespace {

ValKind kind_of(char type) {
    switch (type) {
        case 'i':
            return ValKind::i32;
        case 'l':
            return ValKind::i64;
        case 'f':
            return ValKind::f32;
        case 'd':
            return ValKind::f64;
        default:
            return ValKind::v128;
    }
}

/// The row of code_simd.def of that name, or Op::br.
Op row_of(Instr instr) {
    switch (instr) {
#define WASMI_OP(...)
#define WASMI_VOP(id, ...) \
    case Instr::id:        \
        return Op::id;
#include "core/translator/code_simd.def"
#undef WASMI_OP
        // Relaxed instructions that equal another one; docs/RATIONALE.md has the choices.
        case Instr::i32x4_relaxed_trunc_f32x4_s:
            return Op::i32x4_trunc_sat_f32x4_s;
        case Instr::i32x4_relaxed_trunc_f32x4_u:
            return Op::i32x4_trunc_sat_f32x4_u;
        case Instr::i32x4_relaxed_trunc_f64x2_s_zero:
            return Op::i32x4_trunc_sat_f64x2_s_zero;
        case Instr::i32x4_relaxed_trunc_f64x2_u_zero:
            return Op::i32x4_trunc_sat_f64x2_u_zero;
        case Instr::i8x16_relaxed_laneselect:
        case Instr::i16x8_relaxed_laneselect:
        case Instr::i32x4_relaxed_laneselect:
        case Instr::i64x2_relaxed_laneselect:
            return Op::v128_bitselect;
        case Instr::f32x4_relaxed_min:
            return Op::f32x4_min;
        case Instr::f32x4_relaxed_max:
            return Op::f32x4_max;
        case Instr::f64x2_relaxed_min:
            return Op::f64x2_min;
        case Instr::f64x2_relaxed_max:
            return Op::f64x2_max;
        case Instr::i16x8_relaxed_q15mulr_s:
            return Op::i16x8_q15mulr_sat_s;
        default:
            return Op::br;
    }
}

/// The comparison that a greater-than is with its operands exchanged, or Op::br.
Op exchanged_row_of(Instr instr) {
    switch (instr) {
#define WASMI_EXCHANGED(lanes, sign) \
    case Instr::lanes##_gt##sign:    \
        return Op::lanes##_lt##sign; \
    case Instr::lanes##_ge##sign:    \
        return Op::lanes##_le##sign;
        WASMI_EXCHANGED(i8x16, _s)
        WASMI_EXCHANGED(i8x16, _u)
        WASMI_EXCHANGED(i16x8, _s)
        WASMI_EXCHANGED(i16x8, _u)
        WASMI_EXCHANGED(i32x4, _s)
        WASMI_EXCHANGED(i32x4, _u)
        WASMI_EXCHANGED(i64x2, _s)
        WASMI_EXCHANGED(f32x4, )
        WASMI_EXCHANGED(f64x2, )
#undef WASMI_EXCHANGED
        default:
            return Op::br;
    }
}

constexpr InstrRow kVectorLoad = {ValKind::v128, false, Op::v128_load, Op::mem_v128_load, 16};

/// What an integer access of that size is like.
const InstrRow& load_of(u32 log2) {
    constexpr Instr kLoads[] = {Instr::i32_load8_u, Instr::i32_load16_u, Instr::i32_load,
                                Instr::i64_load};
    return family_row_of(kLoads[log2]);
}
const InstrRow& store_of(u32 log2) {
    constexpr Instr kStores[] = {Instr::i32_store8, Instr::i32_store16, Instr::i32_store,
                                 Instr::i64_store};
    return family_row_of(kStores[log2]);
}
Op replace_of(u32 log2) {
    constexpr Op kOps[] = {Op::i8x16_replace_lane, Op::i16x8_replace_lane, Op::i32x4_replace_lane,
                           Op::i64x2_replace_lane};
    return kOps[log2];
}
Op extract_of(u32 log2) {
    constexpr Op kOps[] = {Op::i8x16_extract_lane_u, Op::i16x8_extract_lane_u,
                           Op::i32x4_extract_lane, Op::i64x2_extract_lane};
    return kOps[log2];
}

}  // namespace

void FunctionTranslator::vector(Ins ins, bool swap) {
    const OpInfo& o = info(ins.op);
    Value values[3];
    u32 n = 0;
    while (n < 3 && o.types[n] != '-') ++n;
    for (u32 i = n; i-- > 0;) values[i] = pop();
    if (swap || (o.shape.commutes && values[0].kind == Value::Kind::konst)) {
        std::swap(values[0], values[1]);
    }
    set_a(ins, operand(values[0], o.shape.a, o.types[0]));
    if (n > 1) set_b(ins, operand(values[1], o.shape.b, o.types[1]));
    if (n > 2) set_c(ins, operand(values[2], o.shape.c, o.types[2]));
    emit_result(ins, kind_of(o.types[3]));
}

/// The immediate of a lane: its place, or its bits.
void FunctionTranslator::set_lane(Ins& ins, u32 lane, u32 log2) {
    const u32 byte = lane << log2;
    if (info(ins.op).imm == ImmKind::u16) {
        ins.set_imm(static_cast<u16>(byte));
        return;
    }
    const u64 bits = (log2 == 3 ? ~u64{0} : (u64{1} << (8u << log2)) - 1) << (byte % 8 * 8);
    ins.set_imm(byte < 8 ? bits : u64{0}, byte < 8 ? u64{0} : bits);
}

void FunctionTranslator::vector_load(Op op, Op narrow, Instr instr, const Immediates& imm) {
    if (!is_plain_access(imm)) {
        load(load_of(access_log2(instr)), imm);
        Ins ins;
        ins.op = narrow;
        vector(ins);
        return;
    }
    Ins ins;
    ins.op = op;
    set_a(ins, operand(pop(), info(op).shape.a, 'i'));
    ins.set_imm(end_of_access(imm.bits, 1u << access_log2(instr)));
    emit_result(ins, ValKind::v128);
}

void FunctionTranslator::vector_store(const Immediates& imm) {
    const Value value = pop();
    const Value address = pop();
    Ins ins;
    if (!is_plain_access(imm)) {
        ins.op = Op::mem_v128_store;
        set_a(ins, operand(address, info(ins.op).shape.a, 'l'));
        set_b(ins, operand(value, info(ins.op).shape.b, 'v'));
        ins.set_imm(static_cast<u16>(imm.index), imm.bits);
        emit(ins);
        return;
    }
    ins.set_imm(end_of_access(imm.bits, kVectorLoad.size));
    Operand a, b;
    if (take_address_pair(address, Op::v128_store_ab, a, b)) {
        ins.op = Op::v128_store_ab;
        set_a(ins, a);
        set_b(ins, b);
        set_c(ins, operand(value, info(ins.op).shape.c, 'v'));
    } else {
        ins.op = Op::v128_store;
        set_a(ins, operand(address, info(ins.op).shape.a, 'i'));
        set_b(ins, operand(value, info(ins.op).shape.b, 'v'));
    }
    emit(ins);
}

void FunctionTranslator::load_lane(u32 log2, const Immediates& imm) {
    const Value v = pop();
    load(load_of(log2), imm);
    const Value x = pop();
    Ins ins;
    ins.op = replace_of(log2);
    set_lane(ins, imm.lane, log2);
    set_a(ins, operand(v, info(ins.op).shape.a, 'v'));
    set_b(ins, operand(x, info(ins.op).shape.b, info(ins.op).types[1]));
    emit_result(ins, ValKind::v128);
}

void FunctionTranslator::store_lane(u32 log2, const Immediates& imm) {
    Ins ins;
    ins.op = extract_of(log2);
    set_lane(ins, imm.lane, log2);
    vector(ins);
    store(store_of(log2), imm);
}

bool FunctionTranslator::translate_simd(Instr instr, const Immediates& imm) {
    Ins ins;
    ins.op = row_of(instr);
    if (ins.op != Op::br) {
        if (info(ins.op).imm != ImmKind::none) set_lane(ins, imm.lane, access_log2(instr));
        vector(ins);
        return true;
    }
    ins.op = exchanged_row_of(instr);
    if (ins.op != Op::br) {
        vector(ins, true);
        return true;
    }
    switch (instr) {
        case Instr::v128_const:
            push_const(ValKind::v128, emitter_.add_vector(imm.bits, imm.bits_hi));
            return true;
        case Instr::v128_load:
            load(kVectorLoad, imm);
            return true;
        case Instr::v128_store:
            vector_store(imm);
            return true;
#define WASMI_LOAD_CASE(id, narrow)                  \
    case Instr::id:                                  \
        vector_load(Op::id, Op::narrow, instr, imm); \
        return true;
            WASMI_LOAD_CASE(v128_load8x8_s, v128_extend8x8_s)
            WASMI_LOAD_CASE(v128_load8x8_u, v128_extend8x8_u)
            WASMI_LOAD_CASE(v128_load16x4_s, v128_extend16x4_s)
            WASMI_LOAD_CASE(v128_load16x4_u, v128_extend16x4_u)
            WASMI_LOAD_CASE(v128_load32x2_s, v128_extend32x2_s)
            WASMI_LOAD_CASE(v128_load32x2_u, v128_extend32x2_u)
            WASMI_LOAD_CASE(v128_load8_splat, i8x16_splat)
            WASMI_LOAD_CASE(v128_load16_splat, i16x8_splat)
            WASMI_LOAD_CASE(v128_load32_splat, i32x4_splat)
            WASMI_LOAD_CASE(v128_load64_splat, i64x2_splat)
            WASMI_LOAD_CASE(v128_load32_zero, v128_zero_extend)
            WASMI_LOAD_CASE(v128_load64_zero, v128_zero_extend)
#undef WASMI_LOAD_CASE
        case Instr::v128_load8_lane:
        case Instr::v128_load16_lane:
        case Instr::v128_load32_lane:
        case Instr::v128_load64_lane:
            load_lane(access_log2(instr), imm);
            return true;
        case Instr::v128_store8_lane:
        case Instr::v128_store16_lane:
        case Instr::v128_store32_lane:
        case Instr::v128_store64_lane:
            store_lane(access_log2(instr), imm);
            return true;
        case Instr::i8x16_shuffle:
            ins.op = code_target_.byte_lookup ? Op::i8x16_shuffle : Op::i8x16_shuffle_plain;
            ins.set_imm(imm.bits, imm.bits_hi);
            vector(ins);
            return true;
        case Instr::i8x16_swizzle:
        case Instr::i8x16_relaxed_swizzle:
            ins.op = code_target_.byte_lookup ? Op::i8x16_swizzle : Op::i8x16_swizzle_plain;
            vector(ins);
            return true;
        default:
            return false;
    }
}

}  // namespace wasmi::core
