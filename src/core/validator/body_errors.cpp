// Messages of FunctionValidator. Each begins with the words that the official suite expects, names
// the instruction, and carries function index and byte offset. Nothing here runs on valid modules.
// Spec: the wording follows the reference interpreter's.

#include "core/validator/function_validator.hpp"

#include <algorithm>

namespace wasmi::core {

std::string list_to_string(std::span<const ValType> types) {
    std::string out = "[";
    for (const ValType type : types) {
        if (out.size() > 1) out += ' ';
        out += to_string(type);
    }
    return out + "]";
}

bool FunctionValidator::fail(Error error) {
    // Of a constant expression the caller knows the section.
    if (!is_constant_) {
        error.in_section("code");
        error.at_function(func_index_, module_.function_name(func_index_));
    }
    error_.emplace(std::move(error));
    return false;
}

bool FunctionValidator::fail(ErrorKind kind, std::string message, const u8* at) {
    return fail(Error(kind, std::move(message), static_cast<u64>(at - module_.bytes.data())));
}

bool FunctionValidator::feature_off(Feature feature, std::string_view what) {
    return fail(Error::from_feature(feature, what, static_cast<u64>(at_ - module_.bytes.data())));
}

/// The instruction at at_, decoded once more; kIllegalInstr if there is none.
Instr FunctionValidator::current_instr() const {
    if (at_ == end_) return kIllegalInstr;
    const u8 byte = *at_;
    if (!is_opcode_prefix(byte)) return instr_from_opcode(0, byte);
    u32 code = 0;
    for (u32 i = 0; i < 5 && end_ - at_ > 1 + static_cast<std::ptrdiff_t>(i); ++i) {
        const u8 part = at_[1 + i];
        code |= static_cast<u32>(part & 0x7F) << (7 * i);
        if (part < 0x80) return instr_from_opcode(byte, code);
    }
    return kIllegalInstr;
}

std::string FunctionValidator::current_name() const {
    const Instr instr = current_instr();
    return instr == kIllegalInstr ? std::string() : " (" + std::string(to_string(instr)) + ")";
}

bool FunctionValidator::unknown(std::string_view what, u32 index) {
    return invalid("unknown " + std::string(what) + " " + std::to_string(index) + current_name());
}

bool FunctionValidator::unexpected_end() {
    return malformed("unexpected end of section or function", end_);
}

bool FunctionValidator::out_of_memory() {
    return fail(ErrorKind::limit, "out of memory while validating", at_);
}

bool FunctionValidator::mismatch(std::string detail) {
    return invalid("type mismatch: " + std::move(detail) + current_name());
}

bool FunctionValidator::mismatch(std::span<const ValType> want) {
    const auto height = static_cast<std::size_t>(s_.sp - s_.base);
    const std::size_t count = std::min(height, want.size());
    return mismatch("instruction requires " + list_to_string(want) + " but stack has " +
                    list_to_string({s_.sp - count, count}));
}

bool FunctionValidator::leftover(std::span<const ValType> results) {
    // The results are off the stack already; they lie just above what is left.
    std::vector<ValType> stack(s_.base, s_.sp);
    stack.insert(stack.end(), results.begin(), results.end());
    return mismatch("block requires " + list_to_string(results) + " but stack has " +
                    list_to_string(stack));
}

}  // namespace wasmi::core
