// The opcodes of one byte that the main loop of the translator treats in families: what the members
// of a family differ in. Spec: binary/instructions.
#pragma once

#include "core/translator/code.hpp"
#include "core/types/instr.hpp"

#include <wasmi/types.hpp>

#include <array>

namespace wasmi::core {

/// A member of a family.
struct InstrRow {
    ValKind type = ValKind::i32;  ///< of the result; store: of the value
    bool swap = false;            ///< binary: the operation takes the operands exchanged
    Op op = Op::br;
    Op any = Op::br;  ///< load, store: the operation for any memory
    u8 size = 0;      ///< load, store: bytes
};

// The families, as X(instruction, type, operation, swap); those of accesses as
// X(instruction, type, operation, operation for any memory).
// clang-format off
#define WASMI_INT_BINARIES_OF(X, t)                                                                \
    X(t##_add, t, t##_add, false) X(t##_sub, t, t##_sub, false) X(t##_mul, t, t##_mul, false)      \
    X(t##_div_s, t, t##_div_s, false) X(t##_div_u, t, t##_div_u, false)                            \
    X(t##_rem_s, t, t##_rem_s, false) X(t##_rem_u, t, t##_rem_u, false)                            \
    X(t##_and, t, t##_and, false) X(t##_or, t, t##_or, false) X(t##_xor, t, t##_xor, false)        \
    X(t##_shl, t, t##_shl, false) X(t##_shr_s, t, t##_shr_s, false)                                \
    X(t##_shr_u, t, t##_shr_u, false) X(t##_rotl, t, t##_rotl, false)                              \
    X(t##_rotr, t, t##_rotr, false)

#define WASMI_INT_BINARIES(X) WASMI_INT_BINARIES_OF(X, i32) WASMI_INT_BINARIES_OF(X, i64)

#define WASMI_COMPARES_OF(X, t)                                                                    \
    X(t##_eq, i32, t##_eq, false) X(t##_ne, i32, t##_ne, false) X(t##_lt_s, i32, t##_lt_s, false)  \
    X(t##_lt_u, i32, t##_lt_u, false) X(t##_le_s, i32, t##_le_s, false)                            \
    X(t##_le_u, i32, t##_le_u, false) X(t##_gt_s, i32, t##_lt_s, true)                             \
    X(t##_gt_u, i32, t##_lt_u, true) X(t##_ge_s, i32, t##_le_s, true)                              \
    X(t##_ge_u, i32, t##_le_u, true)

// References are compared as integers.
#define WASMI_COMPARES(X)                                                                          \
    WASMI_COMPARES_OF(X, i32) WASMI_COMPARES_OF(X, i64) X(ref_eq, i32, i64_eq, false)

#define WASMI_FLOAT_BINARIES_OF(X, t)                                                              \
    X(t##_add, t, t##_add, false) X(t##_sub, t, t##_sub, false) X(t##_mul, t, t##_mul, false)      \
    X(t##_div, t, t##_div, false) X(t##_min, t, t##_min, false) X(t##_max, t, t##_max, false)      \
    X(t##_copysign, t, t##_copysign, false) X(t##_eq, i32, t##_eq, false)                          \
    X(t##_ne, i32, t##_ne, false) X(t##_lt, i32, t##_lt, false) X(t##_le, i32, t##_le, false)      \
    X(t##_gt, i32, t##_lt, true) X(t##_ge, i32, t##_le, true)

#define WASMI_FLOAT_BINARIES(X) WASMI_FLOAT_BINARIES_OF(X, f32) WASMI_FLOAT_BINARIES_OF(X, f64)

#define WASMI_INT_UNARIES_OF(X, t)                                                                 \
    X(t##_eqz, i32, t##_eqz, false) X(t##_clz, t, t##_clz, false) X(t##_ctz, t, t##_ctz, false)    \
    X(t##_popcnt, t, t##_popcnt, false) X(t##_extend8_s, t, t##_extend8_s, false)                  \
    X(t##_extend16_s, t, t##_extend16_s, false)

#define WASMI_FLOAT_UNARIES_OF(X, t)                                                               \
    X(t##_abs, t, t##_abs, false) X(t##_neg, t, t##_neg, false) X(t##_sqrt, t, t##_sqrt, false)    \
    X(t##_ceil, t, t##_ceil, false) X(t##_floor, t, t##_floor, false)                              \
    X(t##_trunc, t, t##_trunc, false) X(t##_nearest, t, t##_nearest, false)                        \
    X(t##_convert_i32_s, t, t##_convert_i32_s, false)                                              \
    X(t##_convert_i32_u, t, t##_convert_i32_u, false)                                              \
    X(t##_convert_i64_s, t, t##_convert_i64_s, false)                                              \
    X(t##_convert_i64_u, t, t##_convert_i64_u, false)                                              \
    X(i32_trunc_##t##_s, i32, i32_trunc_##t##_s, false)                                            \
    X(i32_trunc_##t##_u, i32, i32_trunc_##t##_u, false)                                            \
    X(i64_trunc_##t##_s, i64, i64_trunc_##t##_s, false)                                            \
    X(i64_trunc_##t##_u, i64, i64_trunc_##t##_u, false)

#define WASMI_UNARIES(X)                                                                           \
    WASMI_INT_UNARIES_OF(X, i32) WASMI_INT_UNARIES_OF(X, i64) WASMI_FLOAT_UNARIES_OF(X, f32)       \
    WASMI_FLOAT_UNARIES_OF(X, f64) X(f32_demote_f64, f32, f32_demote_f64, false)                   \
    X(f64_promote_f32, f64, f64_promote_f32, false)                                                \
    X(i32_reinterpret_f32, i32, i32_reinterpret_f32, false)                                        \
    X(i64_reinterpret_f64, i64, i64_reinterpret_f64, false)                                        \
    X(f32_reinterpret_i32, f32, f32_reinterpret_i32, false)                                        \
    X(f64_reinterpret_i64, f64, f64_reinterpret_i64, false)                                        \
    X(i32_wrap_i64, i32, i32_wrap_i64, false) X(i64_extend32_s, i64, i64_extend32_s, false)        \
    X(i64_extend_i32_s, i64, i64_extend32_s, false) X(ref_is_null, i32, i64_eqz, false)

// An i64 load of an unsigned narrow value equals the i32 one; a narrow store likewise.
#define WASMI_LOADS(X)                                                                             \
    X(i32_load, i32, load32, mem_load32) X(i32_load8_s, i32, load8_s, mem_load8_s)                 \
    X(i32_load8_u, i32, load8_u, mem_load8_u) X(i32_load16_s, i32, load16_s, mem_load16_s)         \
    X(i32_load16_u, i32, load16_u, mem_load16_u) X(i64_load, i64, load64, mem_load64)              \
    X(i64_load8_s, i64, load8_s_64, mem_load8_s_64) X(i64_load8_u, i64, load8_u, mem_load8_u)      \
    X(i64_load16_s, i64, load16_s_64, mem_load16_s_64)                                             \
    X(i64_load16_u, i64, load16_u, mem_load16_u)                                                   \
    X(i64_load32_s, i64, load32_s_64, mem_load32_s_64) X(i64_load32_u, i64, load32, mem_load32)    \
    X(f32_load, f32, f32_load, mem_load32) X(f64_load, f64, f64_load, mem_load64)

#define WASMI_STORES(X)                                                                            \
    X(i32_store, i32, store32, mem_store32) X(i64_store32, i64, store32, mem_store32)              \
    X(f32_store, f32, store32, mem_store32) X(i64_store, i64, store64, mem_store64)                \
    X(f64_store, f64, store64, mem_store64) X(i32_store8, i32, store8, mem_store8)                 \
    X(i64_store8, i64, store8, mem_store8) X(i32_store16, i32, store16, mem_store16)               \
    X(i64_store16, i64, store16, mem_store16)
// clang-format on

inline constexpr auto kInstrRows = [] {
    std::array<InstrRow, 256> rows{};
#define WASMI_ROW(instr, type, op, swap) \
    rows[code_of(Instr::instr)] = {ValKind::type, swap, Op::op, Op::br, 0};
    WASMI_INT_BINARIES(WASMI_ROW)
    WASMI_COMPARES(WASMI_ROW)
    WASMI_FLOAT_BINARIES(WASMI_ROW)
    WASMI_UNARIES(WASMI_ROW)
#undef WASMI_ROW
#define WASMI_ROW(instr, type, op, any)                                   \
    rows[code_of(Instr::instr)] = {ValKind::type, false, Op::op, Op::any, \
                                   static_cast<u8>(1u << access_log2(Instr::instr))};
    WASMI_LOADS(WASMI_ROW)
    WASMI_STORES(WASMI_ROW)
#undef WASMI_ROW
    return rows;
}();

constexpr const InstrRow& family_row_of(Instr instr) { return kInstrRows[code_of(instr)]; }

}  // namespace wasmi::core
