// BinaryBuffer: bytes under construction, with the encodings of the binary format.
// Spec: binary/values.
#pragma once

#include "core/types/basics.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace wasmi::core::text {

class BinaryBuffer {
  public:
    void byte(u32 b) { bytes_.push_back(static_cast<u8>(b)); }
    void uleb(u64 v) {
        while (v >= 0x80) {
            byte(static_cast<u32>(v & 0x7F) | 0x80);
            v >>= 7;
        }
        byte(static_cast<u32>(v));
    }
    void sleb(i64 v) {
        while (true) {
            const u32 low = static_cast<u32>(v) & 0x7F;
            v >>= 7;
            if ((v == 0 && (low & 0x40) == 0) || (v == -1 && (low & 0x40) != 0)) {
                byte(low);
                return;
            }
            byte(low | 0x80);
        }
    }
    void fixed32(u32 v) {
        for (int i = 0; i < 4; ++i) byte(v >> 8 * i & 0xFF);
    }
    void fixed64(u64 v) {
        fixed32(static_cast<u32>(v));
        fixed32(static_cast<u32>(v >> 32));
    }
    void raw(std::span<const u8> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
    void raw(std::string_view bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
    void append(const BinaryBuffer& other) { raw(other.bytes()); }
    /// A length and so many bytes: vec(byte) or a name.
    void sized(std::string_view bytes) {
        uleb(bytes.size());
        raw(bytes);
    }
    void sized(const BinaryBuffer& other) {
        uleb(other.size());
        append(other);
    }

    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] bool empty() const { return bytes_.empty(); }
    [[nodiscard]] std::span<const u8> bytes() const { return bytes_; }
    [[nodiscard]] std::span<const u8> from(std::size_t at) const { return bytes().subspan(at); }
    void truncate(std::size_t size) { bytes_.resize(size); }
    void clear() { bytes_.clear(); }
    [[nodiscard]] std::vector<u8> take() && { return std::move(bytes_); }

  private:
    std::vector<u8> bytes_;
};

}  // namespace wasmi::core::text
