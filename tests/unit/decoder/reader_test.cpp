// Reader: integers, names, ranges and the exact words of their failures.
// Spec: binary/values.
#include "core/decoder/reader.hpp"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

using Bytes = std::vector<u8>;

/// What a read yields: the value, or the message with the offset.
template <class F>
std::string outcome(const Bytes& bytes, F read) {
    Reader r{bytes};
    const auto value = read(r);
    if (!r.ok()) {
        const Error error = r.take_error();
        return error.message() + " @" + std::to_string(error.offset());
    }
    return std::to_string(value) + " +" + std::to_string(r.offset());
}

const auto u32_of = [](const Bytes& b) {
    return outcome(b, [](Reader& r) { return r.read_u32(); });
};
const auto u64_of = [](const Bytes& b) {
    return outcome(b, [](Reader& r) { return r.read_u64(); });
};
const auto s32_of = [](const Bytes& b) {
    return outcome(b, [](Reader& r) { return r.read_s32(); });
};
const auto s33_of = [](const Bytes& b) {
    return outcome(b, [](Reader& r) { return r.read_s33(); });
};
const auto s64_of = [](const Bytes& b) {
    return outcome(b, [](Reader& r) { return r.read_s64(); });
};

TEST(Reader, u32_takes_one_to_five_bytes) {
    EXPECT_EQ(u32_of({0x00}), "0 +1");
    EXPECT_EQ(u32_of({0x7F}), "127 +1");
    EXPECT_EQ(u32_of({0x80, 0x01}), "128 +2");
    EXPECT_EQ(u32_of({0xE5, 0x8E, 0x26}), "624485 +3");
    EXPECT_EQ(u32_of({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}), "4294967295 +5");
    EXPECT_EQ(u32_of({0x82, 0x80, 0x80, 0x80, 0x00}), "2 +5");
}

TEST(Reader, u32_refuses_unused_bits_and_further_bytes) {
    EXPECT_EQ(u32_of({0x82, 0x80, 0x80, 0x80, 0x10}), "integer too large @4");
    EXPECT_EQ(u32_of({0x82, 0x80, 0x80, 0x80, 0x70}), "integer too large @4");
    EXPECT_EQ(u32_of({0x82, 0x80, 0x80, 0x80, 0x80, 0x00}), "integer representation too long @4");
}

TEST(Reader, the_end_may_come_within_an_integer) {
    EXPECT_EQ(u32_of({}), "unexpected end of section or function @0");
    EXPECT_EQ(u32_of({0x80, 0x80}), "unexpected end of section or function @2");
    EXPECT_EQ(s64_of({0x80}), "unexpected end of section or function @1");
}

TEST(Reader, u64_takes_up_to_ten_bytes) {
    const Bytes ones(9, 0xFF);
    Bytes max = ones;
    max.push_back(0x01);
    EXPECT_EQ(u64_of(max), "18446744073709551615 +10");
    max.back() = 0x02;
    EXPECT_EQ(u64_of(max), "integer too large @9");
    max.back() = 0x81;
    EXPECT_EQ(u64_of(max), "integer representation too long @9");
}

TEST(Reader, signed_integers_extend_their_sign) {
    EXPECT_EQ(s32_of({0x7F}), "-1 +1");
    EXPECT_EQ(s32_of({0x3F}), "63 +1");
    EXPECT_EQ(s32_of({0x40}), "-64 +1");
    EXPECT_EQ(s32_of({0x80, 0x7F}), "-128 +2");
    EXPECT_EQ(s32_of({0x80, 0x80, 0x80, 0x80, 0x78}), "-2147483648 +5");
    EXPECT_EQ(s32_of({0xFF, 0xFF, 0xFF, 0xFF, 0x07}), "2147483647 +5");
    EXPECT_EQ(s32_of({0xFF, 0xFF, 0xFF, 0xFF, 0x7F}), "-1 +5");
    EXPECT_EQ(s64_of({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F}),
              "-9223372036854775808 +10");
    EXPECT_EQ(s64_of({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00}),
              "9223372036854775807 +10");
    EXPECT_EQ(s33_of({0x70}), "-16 +1");
    EXPECT_EQ(s33_of({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}), "4294967295 +5");
    EXPECT_EQ(s33_of({0x80, 0x80, 0x80, 0x80, 0x70}), "-4294967296 +5");
}

TEST(Reader, signed_integers_refuse_wrong_unused_bits) {
    EXPECT_EQ(s32_of({0x80, 0x80, 0x80, 0x80, 0x70}), "integer too large @4");
    EXPECT_EQ(s32_of({0xFF, 0xFF, 0xFF, 0xFF, 0x0F}), "integer too large @4");
    EXPECT_EQ(s32_of({0x80, 0x80, 0x80, 0x80, 0x4F}), "integer too large @4");
    EXPECT_EQ(s32_of({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}), "integer representation too long @4");
    EXPECT_EQ(s33_of({0x80, 0x80, 0x80, 0x80, 0x20}), "integer too large @4");
    EXPECT_EQ(s64_of({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7E}),
              "integer too large @9");
}

TEST(Reader, words_are_little_endian) {
    const Bytes bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    Reader r{bytes};
    EXPECT_EQ(r.read_bits32(), 0x04030201u);
    EXPECT_EQ(r.read_byte(), 5u);
    EXPECT_EQ(r.read_bits32(), 0x09080706u);
    EXPECT_TRUE(r.at_end());
    EXPECT_TRUE(r.ok());
    EXPECT_EQ(r.read_bits64(), 0u);
    EXPECT_FALSE(r.ok());
}

TEST(Reader, the_first_failure_stays) {
    const Bytes bytes = {0x80, 0x80, 0x80, 0x80, 0x10, 7, 7};
    Reader r{bytes};
    (void)r.read_u32();
    EXPECT_EQ(r.read_u32(), 0u);
    EXPECT_TRUE(r.at_end());
    EXPECT_EQ(r.take_error().message(), "integer too large");
}

TEST(Reader, counts_are_checked_against_the_bytes_left_and_the_limit) {
    const Bytes bytes = {3, 1, 2, 3};
    Reader good{bytes};
    EXPECT_EQ(good.read_count(3), 3u);
    Reader limited{bytes};
    EXPECT_EQ(limited.read_count(2, "locals"), 0u);
    EXPECT_EQ(limited.error()->kind(), ErrorKind::limit);
    EXPECT_EQ(limited.error()->message(), "too many locals: 3, the limit is 2");
    // The byte of the count itself is among the bytes left; what lies behind it is found later.
    const Bytes lying = {5, 1, 2, 3};
    Reader bad{lying};
    EXPECT_EQ(bad.read_count(), 0u);
    ASSERT_FALSE(bad.ok());
    EXPECT_EQ(bad.error()->kind(), ErrorKind::malformed);
    EXPECT_EQ(bad.error()->message(), "length out of bounds");
    EXPECT_EQ(bad.error()->offset(), 0u);
}

TEST(Reader, lengths_reach_no_further_than_the_bytes) {
    const Bytes bytes = {2, 8, 9, 1};
    Reader r{bytes};
    const ByteRange range = r.read_bytes();
    EXPECT_EQ(range.offset, 1u);
    EXPECT_EQ(range.size, 2u);
    EXPECT_EQ(r.read_bytes().size, 0u);
    ASSERT_FALSE(r.ok());
    EXPECT_EQ(r.error()->message(), kUnexpectedEnd);
}

TEST(Reader, names_are_utf8) {
    const Bytes bytes = {2, 0xC3, 0xA4, 1, 0xC3};
    Reader r{bytes};
    EXPECT_EQ(r.read_name(), "\xC3\xA4");
    EXPECT_EQ(r.read_name(), "");
    EXPECT_EQ(r.error()->message(), "malformed UTF-8 encoding");
    EXPECT_EQ(r.error()->offset(), 3u);
}

TEST(Reader, a_range_keeps_the_offsets_of_the_module) {
    const Bytes bytes = {0, 0, 0, 5, 6, 0};
    Reader r(bytes, {3, 2});
    EXPECT_EQ(r.offset(), 3u);
    EXPECT_EQ(r.read_byte(), 5u);
    r.skip(1);
    EXPECT_TRUE(r.at_end());
    (void)r.read_byte();
    EXPECT_EQ(r.error()->offset(), 5u);
}

// ---- UTF-8 --------------------------------------------------------------------------------------

bool utf8(const std::string& text) {
    return is_utf8({reinterpret_cast<const u8*>(text.data()), text.size()});
}

/// A slow reference: decodes by the definition and encodes again.
bool utf8_by_definition(const std::string& text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const auto at = [&](std::size_t k) { return static_cast<u8>(text[k]); };
        const u8 lead = at(i);
        std::size_t size = 1;
        u32 code = lead;
        if (lead >= 0xF0) {
            size = 4, code = lead & 0x07;
            if (lead > 0xF7) return false;
        } else if (lead >= 0xE0) {
            size = 3, code = lead & 0x0F;
        } else if (lead >= 0xC0) {
            size = 2, code = lead & 0x1F;
        } else if (lead >= 0x80) {
            return false;
        }
        if (i + size > text.size()) return false;
        for (std::size_t k = 1; k < size; ++k) {
            if ((at(i + k) & 0xC0) != 0x80) return false;
            code = code << 6 | (at(i + k) & 0x3Fu);
        }
        constexpr u32 least[] = {0, 0, 0x80, 0x800, 0x10000};
        if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
            return false;
        }
        i += size;
    }
    return true;
}

TEST(Utf8, agrees_with_the_definition_on_all_short_strings) {
    for (unsigned a = 0; a < 256; ++a) {
        const std::string one(1, static_cast<char>(a));
        EXPECT_EQ(utf8(one), utf8_by_definition(one));
        for (unsigned b = 0; b < 256; ++b) {
            const std::string two = one + static_cast<char>(b);
            ASSERT_EQ(utf8(two), utf8_by_definition(two)) << a << ' ' << b;
            if (a < 0xC0) continue;
            for (const unsigned c :
                 {0x00u, 0x7Fu, 0x80u, 0x8Fu, 0x90u, 0x9Fu, 0xA0u, 0xBFu, 0xC0u}) {
                const std::string three = two + static_cast<char>(c);
                ASSERT_EQ(utf8(three), utf8_by_definition(three)) << a << ' ' << b << ' ' << c;
                for (const unsigned d : {0x41u, 0x80u, 0xBFu, 0xC0u}) {
                    const std::string four = three + static_cast<char>(d);
                    ASSERT_EQ(utf8(four), utf8_by_definition(four))
                        << a << ' ' << b << ' ' << c << ' ' << d;
                }
            }
        }
    }
}

TEST(Utf8, bad_bytes_are_found_at_every_place_of_a_long_string) {
    for (std::size_t size = 0; size < 40; ++size) {
        EXPECT_TRUE(utf8(std::string(size, 'x')));
        for (std::size_t i = 0; i < size; ++i) {
            std::string text(size, 'x');
            text[i] = '\xFF';
            EXPECT_FALSE(utf8(text)) << size << ' ' << i;
        }
    }
}

}  // namespace
}  // namespace wasmi::core
