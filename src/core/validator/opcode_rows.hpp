// What the main loop of the validator knows of opcode bytes, derived from instructions.def.
// Spec: valid/instructions.
#pragma once

#include "core/types/instr.hpp"
#include "core/validator/function_validator.hpp"
#include "core/validator/sig_shape.hpp"

#include <array>

namespace wasmi::core {

/// What the loop has to know of an opcode byte with a plain signature.
struct OpcodeRow {
    ValType in0;  ///< the lower operand; of a store, the value
    ValType in1;
    ValType out;
    u8 access = 0;
};

constexpr Action plain_action(Instr instr) {
    const SigShape& shape = kSigShapes[index_of(instr)];
    const Imm imm = imm_of(instr);
    if (shape.is_poly || shape.out_count > 1) return Action::rule;
    if (imm == Imm::memarg) return shape.out_count == 1 ? Action::load : Action::store;
    if (imm == Imm::none && shape.out_count == 1 && shape.in_count == 1) return Action::unary;
    if (imm == Imm::none && shape.out_count == 1 && shape.in_count == 2) return Action::binary;
    return Action::rule;
}

constexpr std::array<Action, 256> make_actions() {
    std::array<Action, 256> actions{};
    for (u32 code = 0; code < 256; ++code) {
        const Instr instr = kOpcodePage[code];
        actions[code] = instr == kIllegalInstr ? Action::rule : plain_action(instr);
    }
    actions[code_of(Instr::local_get)] = Action::local_get;
    actions[code_of(Instr::local_set)] = Action::local_set;
    actions[code_of(Instr::local_tee)] = Action::local_tee;
    actions[code_of(Instr::global_get)] = Action::global_get;
    actions[code_of(Instr::global_set)] = Action::global_set;
    actions[code_of(Instr::drop)] = Action::drop;
    actions[code_of(Instr::select)] = Action::select;
    actions[code_of(Instr::i32_const)] = Action::s32_const;
    actions[code_of(Instr::i64_const)] = Action::s64_const;
    actions[code_of(Instr::f32_const)] = Action::bits32_const;
    actions[code_of(Instr::f64_const)] = Action::bits64_const;
    actions[code_of(Instr::nop)] = Action::nop;
    actions[code_of(Instr::block)] = Action::block;
    actions[code_of(Instr::loop)] = Action::loop;
    actions[code_of(Instr::if_)] = Action::if_;
    actions[code_of(Instr::else_)] = Action::else_;
    actions[code_of(Instr::end)] = Action::end;
    actions[code_of(Instr::br)] = Action::br;
    actions[code_of(Instr::br_if)] = Action::br_if;
    actions[code_of(Instr::return_)] = Action::return_;
    actions[code_of(Instr::call)] = Action::call;
    actions[code_of(Instr::unreachable)] = Action::unreachable;
    for (const Instr marker :
         {Instr::try_, Instr::catch_, Instr::catch_all, Instr::delegate, Instr::try_table}) {
        actions[code_of(marker)] = Action::marker;
    }
    return actions;
}

constexpr std::array<OpcodeRow, 256> make_rows() {
    std::array<OpcodeRow, 256> rows{};
    for (u32 code = 0; code < 256; ++code) {
        const Instr instr = kOpcodePage[code];
        if (instr == kIllegalInstr) continue;
        const SigShape& shape = kSigShapes[index_of(instr)];
        const bool is_store = plain_action(instr) == Action::store;
        rows[code] = {is_store ? shape.in[1] : shape.in[0], shape.in[1], shape.out[0],
                      static_cast<u8>(access_log2(instr))};
    }
    return rows;
}

inline constexpr std::array<Action, 256> kActions = make_actions();
inline constexpr std::array<OpcodeRow, 256> kRows = make_rows();

}  // namespace wasmi::core
