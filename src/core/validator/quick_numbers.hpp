// LEB128 numbers read eight bytes at a time, where as many can be read; see
// FunctionValidator::run(). Spec: binary/values (integers).
#pragma once

#include "core/types/basics.hpp"

#include <bit>
#include <cstddef>
#include <cstring>

namespace wasmi::core {

/// Eight bytes, the first lowest.
WASMI_ALWAYS_INLINE u64 word_at(const u8* p) {
    u64 word = 0;
    std::memcpy(&word, p, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

/// A LEB128 number of at most five bytes at the beginning of a word, without a branch on its
/// length, which is hard to predict.
struct LebNumber {
    u64 bytes;  ///< cut off behind it, without the last byte's top bit; has bit 39 if it is longer
    u64 last;   ///< the top bit of its last byte

    WASMI_ALWAYS_INLINE explicit LebNumber(u64 word) {
        const u64 ends = ~word & 0x80'8080'8080;
        last = ends & (0 - ends);
        bytes = word & (last - 1);
    }
    [[nodiscard]] std::ptrdiff_t size() const { return (__builtin_ctzll(last) >> 3) + 1; }
    [[nodiscard]] bool is_u32() const { return bytes >> 36 == 0; }
    /// Bits beyond the 32nd are copies of the sign.
    [[nodiscard]] bool is_s32() const { return bytes >> 35 == 0 || bytes >> 35 == 0xF; }
    [[nodiscard]] u32 as_u32() const {
        return static_cast<u32>((bytes & 0x7F) | (bytes >> 1 & 0x3F80) | (bytes >> 2 & 0x1F'C000) |
                                (bytes >> 3 & 0xFE0'0000) | (bytes >> 4 & 0xF000'0000));
    }
};

/// An index: mostly of one byte.
struct LebIndex {
    u32 value;
    std::ptrdiff_t size;  ///< 0: not a number of 32 bits

    WASMI_ALWAYS_INLINE explicit LebIndex(const u8* p) : value(*p), size(1) {
        if (WASMI_LIKELY(value < 0x80)) return;
        const LebNumber number(word_at(p));
        value = number.as_u32();
        size = number.is_u32() ? number.size() : 0;
    }
};

}  // namespace wasmi::core
