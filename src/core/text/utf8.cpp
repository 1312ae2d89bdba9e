// UTF-8 as the text format needs it.
// Spec: binary/values (names), text/lexical (characters).
#include "core/text/utf8.hpp"

namespace wasmi::core::text {

std::size_t utf8_length(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) -> u32 {
        return at + i < text.size() ? static_cast<u8>(text[at + i]) : 0u;
    };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
    const u32 b0 = byte(0);
    const u32 b1 = byte(1);
    if (b0 < 0x80) return at < text.size() ? 1 : 0;
    if (b0 < 0xC2) return 0;
    if (b0 < 0xE0) return continues(1) ? 2 : 0;
    if (b0 < 0xF0) {
        // E0 80..9F would be overlong, ED A0..BF a surrogate.
        if (!continues(1) || !continues(2)) return 0;
        if ((b0 == 0xE0 && b1 < 0xA0) || (b0 == 0xED && b1 >= 0xA0)) return 0;
        return 3;
    }
    if (b0 < 0xF5) {
        if (!continues(1) || !continues(2) || !continues(3)) return 0;
        if ((b0 == 0xF0 && b1 < 0x90) || (b0 == 0xF4 && b1 >= 0x90)) return 0;
        return 4;
    }
    return 0;
}

bool is_utf8(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t n = utf8_length(text, at);
        if (n == 0) return false;
        at += n;
    }
    return true;
}

bool append_utf8(std::string& out, u32 scalar) {
    const auto put = [&](u32 byte) { out.push_back(static_cast<char>(byte)); };
    if (scalar < 0x80) {
        put(scalar);
    } else if (scalar < 0x800) {
        put(0xC0 | scalar >> 6);
        put(0x80 | (scalar & 0x3F));
    } else if (scalar < 0x1'0000) {
        if (scalar >= 0xD800 && scalar < 0xE000) return false;
        put(0xE0 | scalar >> 12);
        put(0x80 | (scalar >> 6 & 0x3F));
        put(0x80 | (scalar & 0x3F));
    } else if (scalar < 0x11'0000) {
        put(0xF0 | scalar >> 18);
        put(0x80 | (scalar >> 12 & 0x3F));
        put(0x80 | (scalar >> 6 & 0x3F));
        put(0x80 | (scalar & 0x3F));
    } else {
        return false;
    }
    return true;
}

}  // namespace wasmi::core::text
