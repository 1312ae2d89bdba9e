// Reader: failures, names and UTF-8.
// Spec: binary/values.
#include "core/decoder/reader.hpp"

namespace wasmi::core {

bool is_utf8(std::span<const u8> bytes) noexcept {
    const u8* p = bytes.data();
    const u8* const end = p + bytes.size();
    const auto tail = [](u8 byte) { return (byte & 0xC0) == 0x80; };
    while (p != end) {
        while (end - p >= 8) {
            u64 word;
            std::memcpy(&word, p, sizeof word);
            if ((word & 0x8080'8080'8080'8080u) != 0) break;
            p += 8;
        }
        if (p == end) break;
        const u8 lead = *p;
        const auto size = static_cast<std::size_t>(end - p);
        if (lead < 0x80) {
            p += 1;
        } else if (lead >= 0xC2 && lead <= 0xDF) {
            if (size < 2 || !tail(p[1])) return false;
            p += 2;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            if (size < 3 || !tail(p[1]) || !tail(p[2])) return false;
            if (lead == 0xE0 && p[1] < 0xA0) return false;   // overlong
            if (lead == 0xED && p[1] >= 0xA0) return false;  // surrogate
            p += 3;
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            if (size < 4 || !tail(p[1]) || !tail(p[2]) || !tail(p[3])) return false;
            if (lead == 0xF0 && p[1] < 0x90) return false;   // overlong
            if (lead == 0xF4 && p[1] >= 0x90) return false;  // above U+10FFFF
            p += 4;
        } else {
            return false;
        }
    }
    return true;
}

std::string_view Reader::read_name() {
    const u32 start = offset();
    const std::span<const u8> bytes = view(read_bytes());
    if (WASMI_UNLIKELY(!is_utf8(bytes))) {
        fail("malformed UTF-8 encoding", start);
        return {};
    }
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void Reader::fail(ErrorKind kind, std::string message, u64 at) {
    if (error_ == nullptr) error_ = std::make_unique<Error>(kind, std::move(message), at);
    pos_ = end_;
}

void Reader::fail_feature(Feature feature, std::string_view what, u64 at) {
    if (error_ == nullptr) error_ = std::make_unique<Error>(Error::from_feature(feature, what, at));
    pos_ = end_;
}

void Reader::fail_last(std::string_view message) {
    fail(ErrorKind::malformed, std::string(message), offset() - 1);
}

void Reader::fail_end() {
    fail(ErrorKind::malformed, std::string(kUnexpectedEnd), static_cast<u64>(end_ - base_));
}

void Reader::fail_count(const u8* at, u32 count, u32 limit, const char* what) {
    const u64 start = static_cast<u64>(at - base_);
    if (count > static_cast<std::size_t>(end_ - at)) {
        fail("length out of bounds", start);
    } else {
        fail(ErrorKind::limit,
             "too many " + std::string(what) + ": " + std::to_string(count) + ", the limit is " +
                 std::to_string(limit),
             start);
    }
}

}  // namespace wasmi::core
