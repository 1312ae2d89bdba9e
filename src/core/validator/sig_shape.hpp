// What the signature column of instructions.def means for the validator: operand and result types
// of each instruction as arrays. Spec: valid/instructions.
#pragma once

#include "core/types/basics.hpp"
#include "core/types/instr.hpp"

#include <wasmi/types.hpp>

#include <array>
#include <string_view>

namespace wasmi::core {

/// Operands (bottom of the stack first) and results. An address operand is marked, as its type
/// depends on the memory.
struct SigShape {
    u8 in_count = 0;
    u8 out_count = 0;
    bool is_poly = false;
    std::array<ValType, 4> in{};
    std::array<ValType, 2> out{};
};

/// Stands for the address type of the memory in a SigShape.
inline constexpr ValType kAddressType = ValType::bottom;

namespace detail {

constexpr ValType type_of_letter(char letter) {
    switch (letter) {
        case 'i':
            return ValType::i32;
        case 'l':
            return ValType::i64;
        case 'f':
            return ValType::f32;
        case 'd':
            return ValType::f64;
        case 'v':
            return ValType::v128;
        default:
            return kAddressType;
    }
}

/// "ll_i" → operands i64 i64, result i32; 'n' stands for none.
constexpr SigShape parse_sig(std::string_view text) {
    SigShape shape;
    if (text == "poly") {
        shape.is_poly = true;
        return shape;
    }
    bool results = false;
    for (const char c : text) {
        if (c == '_') {
            results = true;
        } else if (c != 'n' && results) {
            shape.out[shape.out_count++] = type_of_letter(c);
        } else if (c != 'n') {
            shape.in[shape.in_count++] = type_of_letter(c);
        }
    }
    return shape;
}

}  // namespace detail

inline constexpr std::array<SigShape, kInstrCount> kSigShapes = {{
#define WASMI_INSTR(prefix, code, id, text, imm, sig, flags, feature) detail::parse_sig(#sig),
#include "core/types/instructions.def"
}};

}  // namespace wasmi::core
