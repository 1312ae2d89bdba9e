// What the tools of the fused runs know about forms of the register code, and the file between
// them: the blocks of a group's modules. It is made anew when the forms change, so it needs no
// version: a fingerprint of the forms tells.
//
//     u64 fingerprint; then per basic block: u32 loop depth, u32 count, u16 form[count]
#pragma once

#include "core/translator/code.hpp"

#include <string>
#include <string_view>

namespace wasmi::core::fusion {

inline constexpr std::string_view kOpNames[] = {
#define WASMI_OP(id, ...) #id,
#include "core/translator/code.def"
#undef WASMI_OP
};

struct BlockHeader {
    u32 loop_depth;
    u32 count;
};

/// What the code after starts anew after: a run ends with it.
constexpr bool ends_run(Op op) {
    const std::string_view name = kOpNames[static_cast<std::size_t>(op)];
    for (const std::string_view other : {"br", "loop_br", "br_table", "unreachable"}) {
        if (name == other) return true;
    }
    for (const std::string_view start : {"ret", "fret", "vret", "call"}) {
        if (name.starts_with(start)) return true;
    }
    return false;
}

/// Has no body of its own that could be a part of a run.
constexpr bool is_excluded(Op op) {
    return kOpNames[static_cast<std::size_t>(op)].starts_with("slow_");
}

constexpr Op op_of(u16 form) {
    std::size_t low = 0, high = kNumOps;  // the last operation that begins at the form or before
    while (high - low > 1) {
        const std::size_t middle = (low + high) / 2;
        (kOps[middle].first_form <= form ? low : high) = middle;
    }
    return static_cast<Op>(low);
}

/// "op, A, B, C, D", as in fused_runs_*.def.
inline std::string form_text(u16 form) {
    constexpr const char* kClassNames[] = {"N", "S", "R", "K", "P0", "P1", "RS"};
    const Op op = op_of(form);
    std::string text(kOpNames[static_cast<std::size_t>(op)]);
    const Classes k = classes_of(op, form - info(op).first_form);
    for (const Cls c : {k.a, k.b, k.c, k.d}) {
        text += std::string(", ") + kClassNames[static_cast<std::size_t>(c)];
    }
    return text;
}

constexpr u64 fingerprint() {
    u64 hash = 0xCBF29CE484222325;  // FNV-1a
    auto mix = [&](u64 value) { hash = (hash ^ value) * 0x100000001B3; };
    for (std::size_t i = 0; i < kNumOps; ++i) {
        for (const char c : kOpNames[i]) mix(static_cast<u8>(c));
        mix(kOps[i].first_form);
    }
    return hash;
}

}  // namespace wasmi::core::fusion
