// What running a module shows.
#include "tests/fuzz/trace.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace wasmi::fuzz {
namespace {

/// Half of a vector; "nan" for what may be a NaN: of which operand of an addition it has the bits
/// depends on where the operands are.
std::string half(std::uint64_t bits) {
    const auto is_nan32 = [](std::uint64_t lane) { return (lane & 0x7FFF'FFFF) > 0x7F80'0000; };
    if (is_nan32(bits) || is_nan32(bits >> 32) ||
        (bits & ~(std::uint64_t{1} << 63)) > 0x7FFull << 52) {
        return "nan";
    }
    char text[20];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(bits));
    return text;
}

}  // namespace

bool Line::ends_at_limit() const {
    return text.ends_with(" exhausted") || text.ends_with(" out_of_fuel");
}

std::string to_text(const Val& v) {
    char text[64];
    switch (v.type().kind()) {
        case ValKind::i32:
            std::snprintf(text, sizeof text, " %d", v.i32());
            break;
        case ValKind::i64:
            std::snprintf(text, sizeof text, " %lld", static_cast<long long>(v.i64()));
            break;
        case ValKind::f32:
        case ValKind::f64: {
            const double d = v.type() == ValType::f32 ? double{v.f32()} : v.f64();
            std::uint64_t bits = 0;
            std::memcpy(&bits, &d, sizeof bits);
            if (std::isnan(d)) return " nan";
            std::snprintf(text, sizeof text, " %016llx", static_cast<unsigned long long>(bits));
            break;
        }
        case ValKind::v128:
            return " " + half(v.v128().hi) + half(v.v128().lo);
        default:
            return v.ref().is_null() ? " null" : " ref";
    }
    return text;
}

std::string to_text(std::span<const Val> values) {
    std::string text;
    for (const Val& v : values) text += to_text(v);
    return text;
}

std::string to_text(const std::vector<Line>& lines) {
    std::string text;
    for (const Line& line : lines) text += line.text + "\n";
    return text;
}

Line line_of_end(const std::string& name, ErrorKind kind, TrapCode trap) {
    if (kind != ErrorKind::trap) return {name + " " + std::string(to_string(kind)), {}};
    if (trap == TrapCode::call_stack_exhausted || trap == TrapCode::heap_exhausted) {
        return {name + " exhausted", {}};
    }
    return {name + " trap", std::string(to_string(trap))};
}

/// FNV-1a, in 32 bits because JavaScript has a multiplication for these.
Line line_of_memory(const std::string& name, std::span<const std::byte> bytes) {
    std::uint32_t hash = 0x811C'9DC5;
    for (const std::byte byte : bytes) {
        hash = (hash ^ std::to_integer<std::uint32_t>(byte)) * 0x0100'0193;
    }
    return {"memory " + name + " " + std::to_string(bytes.size()) + " " + std::to_string(hash), {}};
}

Val argument(ValType type) {
    switch (type.kind()) {
        case ValKind::i32:
            return Val(std::int32_t{7});
        case ValKind::i64:
            return Val(std::int64_t{-9});
        case ValKind::f32:
            return Val(1.5f);
        case ValKind::f64:
            return Val(-0.25);
        default:
            return *Val::default_of(type);
    }
}

bool agree(const std::vector<Line>& a, const std::vector<Line>& b, const std::vector<bool>& flags) {
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        const bool in_both = i < a.size() && i < b.size();
        if (in_both && (a[i].ends_at_limit() || b[i].ends_at_limit())) return true;
        if (i < flags.size() && !flags[i]) continue;
        // More lines than the other has: only if what came before is not determined.
        if (!in_both) return std::find(flags.begin(), flags.end(), false) != flags.end();
        if (!(a[i] == b[i])) return false;
    }
    return true;
}

}  // namespace wasmi::fuzz
