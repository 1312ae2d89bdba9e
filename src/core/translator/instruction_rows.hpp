// What the main loop of the translator does with an opcode byte, and with which operation.
// Spec: binary/instructions.
#pragma once

#include "core/translator/code.hpp"
#include "core/types/instr.hpp"

#include <wasmi/types.hpp>

#include <array>

namespace wasmi::core {

/// What the translator does with one opcode byte.
struct InstrRow {
    /// other: everything without a place of its own in the loop. marker: likewise, and free.
    enum class Action : u8 {
        other,
        marker,
        unary,
        int_binary,
        compare,
        float_binary,
        load,
        store,
        local_get,
        local_set,
        local_tee,
        global_get,
        global_set,
        drop,
        select,
        i32_const,
        i64_const,
        nop,
        block,
        loop,
        if_,
        else_,
        end,
        br,
        br_if,
        return_,
        call,
    };
    Action action = Action::other;
    ValKind result = ValKind::i32;
    Op op = Op::br;
    Op any = Op::br;    ///< load, store: the operation for any memory
    u8 log2 = 0;        ///< load, store: of the bytes
    bool swap = false;  ///< binary: the operation takes the operands exchanged
};

namespace detail {

constexpr InstrRow row_of(Instr instr) {
    using Action = InstrRow::Action;
    const u8 log2 = static_cast<u8>(access_log2(instr));
    switch (instr) {
#define WASMI_PLAIN(id) \
    case Instr::id:     \
        return {Action::id};
        WASMI_PLAIN(local_get)
        WASMI_PLAIN(local_set)
        WASMI_PLAIN(local_tee)
        WASMI_PLAIN(global_get)
        WASMI_PLAIN(global_set)
        WASMI_PLAIN(drop)
        WASMI_PLAIN(select)
        WASMI_PLAIN(i32_const)
        WASMI_PLAIN(i64_const)
        WASMI_PLAIN(nop)
        WASMI_PLAIN(block)
        WASMI_PLAIN(loop)
        WASMI_PLAIN(if_)
        WASMI_PLAIN(else_)
        WASMI_PLAIN(end)
        WASMI_PLAIN(br)
        WASMI_PLAIN(br_if)
        WASMI_PLAIN(return_)
        WASMI_PLAIN(call)
#undef WASMI_PLAIN
        case Instr::try_table:
        case Instr::try_:
        case Instr::catch_:
        case Instr::catch_all:
        case Instr::delegate:
            return {Action::marker};
        case Instr::ref_is_null:
            return {Action::unary, ValKind::i32, Op::i64_eqz};
        case Instr::ref_eq:
            return {Action::compare, ValKind::i32, Op::i64_eq};
        case Instr::i64_extend_i32_s:
            return {Action::unary, ValKind::i64, Op::i64_extend32_s};

            // An i64 load of an unsigned narrow value equals the i32 one; a narrow store likewise.
#define WASMI_LOAD(id, op, type) \
    case Instr::id:              \
        return {Action::load, ValKind::type, Op::op, Op::mem_##op, log2};
            WASMI_LOAD(i32_load, load32, i32)
            WASMI_LOAD(i32_load8_s, load8_s, i32)
            WASMI_LOAD(i32_load8_u, load8_u, i32)
            WASMI_LOAD(i32_load16_s, load16_s, i32)
            WASMI_LOAD(i32_load16_u, load16_u, i32)
            WASMI_LOAD(i64_load, load64, i64)
            WASMI_LOAD(i64_load8_s, load8_s_64, i64)
            WASMI_LOAD(i64_load8_u, load8_u, i64)
            WASMI_LOAD(i64_load16_s, load16_s_64, i64)
            WASMI_LOAD(i64_load16_u, load16_u, i64)
            WASMI_LOAD(i64_load32_s, load32_s_64, i64)
            WASMI_LOAD(i64_load32_u, load32, i64)
#undef WASMI_LOAD
        case Instr::f32_load:
            return {Action::load, ValKind::f32, Op::f32_load, Op::mem_load32, log2};
        case Instr::f64_load:
            return {Action::load, ValKind::f64, Op::f64_load, Op::mem_load64, log2};
        case Instr::i32_store:
        case Instr::i64_store32:
        case Instr::f32_store:
            return {Action::store, {}, Op::store32, Op::mem_store32, log2};
        case Instr::i64_store:
        case Instr::f64_store:
            return {Action::store, {}, Op::store64, Op::mem_store64, log2};
        case Instr::i32_store8:
        case Instr::i64_store8:
            return {Action::store, {}, Op::store8, Op::mem_store8, log2};
        case Instr::i32_store16:
        case Instr::i64_store16:
            return {Action::store, {}, Op::store16, Op::mem_store16, log2};

#define WASMI_BINARY(action, id, result) \
    case Instr::id:                      \
        return {Action::action, ValKind::result, Op::id};
#define WASMI_SWAPPED(action, id, op) \
    case Instr::id:                   \
        return {Action::action, ValKind::i32, Op::op, {}, 0, true};
#define WASMI_UNARY(id, result) \
    case Instr::id:             \
        return {Action::unary, ValKind::result, Op::id};
// clang-format off
#define WASMI_INT(ty)                                                                             \
    WASMI_BINARY(int_binary, ty##_add, ty) WASMI_BINARY(int_binary, ty##_sub, ty) WASMI_BINARY(int_binary, ty##_mul, ty)              \
    WASMI_BINARY(int_binary, ty##_div_s, ty) WASMI_BINARY(int_binary, ty##_div_u, ty) WASMI_BINARY(int_binary, ty##_rem_s, ty)        \
    WASMI_BINARY(int_binary, ty##_rem_u, ty) WASMI_BINARY(int_binary, ty##_and, ty) WASMI_BINARY(int_binary, ty##_or, ty)             \
    WASMI_BINARY(int_binary, ty##_xor, ty) WASMI_BINARY(int_binary, ty##_shl, ty) WASMI_BINARY(int_binary, ty##_shr_s, ty)            \
    WASMI_BINARY(int_binary, ty##_shr_u, ty) WASMI_BINARY(int_binary, ty##_rotl, ty) WASMI_BINARY(int_binary, ty##_rotr, ty)          \
    WASMI_BINARY(compare, ty##_eq, i32) WASMI_BINARY(compare, ty##_ne, i32) WASMI_BINARY(compare, ty##_lt_s, i32)            \
    WASMI_BINARY(compare, ty##_lt_u, i32) WASMI_BINARY(compare, ty##_le_s, i32) WASMI_BINARY(compare, ty##_le_u, i32)        \
    WASMI_SWAPPED(compare, ty##_gt_s, ty##_lt_s) WASMI_SWAPPED(compare, ty##_gt_u, ty##_lt_u) WASMI_SWAPPED(compare, ty##_ge_s, ty##_le_s)\
    WASMI_SWAPPED(compare, ty##_ge_u, ty##_le_u) WASMI_UNARY(ty##_eqz, i32) WASMI_UNARY(ty##_clz, ty)      \
    WASMI_UNARY(ty##_ctz, ty) WASMI_UNARY(ty##_popcnt, ty) WASMI_UNARY(ty##_extend8_s, ty)        \
    WASMI_UNARY(ty##_extend16_s, ty)
            // clang-format on
            WASMI_INT(i32)
            WASMI_INT(i64)
#undef WASMI_INT
// clang-format off
#define WASMI_FLOAT(ty)                                                                           \
    WASMI_BINARY(float_binary, ty##_add, ty) WASMI_BINARY(float_binary, ty##_sub, ty) WASMI_BINARY(float_binary, ty##_mul, ty)              \
    WASMI_BINARY(float_binary, ty##_div, ty) WASMI_BINARY(float_binary, ty##_min, ty) WASMI_BINARY(float_binary, ty##_max, ty)              \
    WASMI_BINARY(float_binary, ty##_copysign, ty) WASMI_BINARY(float_binary, ty##_eq, i32) WASMI_BINARY(float_binary, ty##_ne, i32)         \
    WASMI_BINARY(float_binary, ty##_lt, i32) WASMI_BINARY(float_binary, ty##_le, i32) WASMI_SWAPPED(float_binary, ty##_gt, ty##_lt)         \
    WASMI_SWAPPED(float_binary, ty##_ge, ty##_le) WASMI_UNARY(ty##_abs, ty) WASMI_UNARY(ty##_neg, ty)           \
    WASMI_UNARY(ty##_sqrt, ty) WASMI_UNARY(ty##_ceil, ty) WASMI_UNARY(ty##_floor, ty)             \
    WASMI_UNARY(ty##_trunc, ty) WASMI_UNARY(ty##_nearest, ty) WASMI_UNARY(i32_trunc_##ty##_s, i32)\
    WASMI_UNARY(i32_trunc_##ty##_u, i32) WASMI_UNARY(i64_trunc_##ty##_s, i64) WASMI_UNARY(i64_trunc_##ty##_u, i64)\
    WASMI_UNARY(ty##_convert_i32_s, ty) WASMI_UNARY(ty##_convert_i32_u, ty)\
    WASMI_UNARY(ty##_convert_i64_s, ty) WASMI_UNARY(ty##_convert_i64_u, ty)
            // clang-format on
            WASMI_FLOAT(f32)
            WASMI_FLOAT(f64)
#undef WASMI_FLOAT
            WASMI_UNARY(f32_demote_f64, f32)
            WASMI_UNARY(f64_promote_f32, f64)
            WASMI_UNARY(i32_reinterpret_f32, i32)
            WASMI_UNARY(i64_reinterpret_f64, i64)
            WASMI_UNARY(f32_reinterpret_i32, f32)
            WASMI_UNARY(f64_reinterpret_i64, f64)
            WASMI_UNARY(i32_wrap_i64, i32)
            WASMI_UNARY(i64_extend32_s, i64)
#undef WASMI_BINARY
#undef WASMI_SWAPPED
#undef WASMI_UNARY
        default:
            return {};
    }
}

}  // namespace detail

inline constexpr auto kInstrRows = [] {
    std::array<InstrRow, 256> rows{};
    for (u32 code = 0; code < 256; ++code) {
        const Instr instr = kOpcodePage[code];
        if (instr != kIllegalInstr) rows[code] = detail::row_of(instr);
    }
    return rows;
}();

}  // namespace wasmi::core
