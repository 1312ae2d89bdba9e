// Reader: a cursor over a piece of a module's bytes, with the primitive values of the format.
// Spec: binary/values.
//
// The first failure is kept and moves the cursor to the end; from then on every read fails and
// yields zero. So a caller may read several values and ask ok() once, as long as it loops over no
// count that it has not checked.
#pragma once

#include "core/types/basics.hpp"
#include "core/types/module.hpp"

#include <wasmi/error.hpp>

#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace wasmi::core {

inline constexpr std::string_view kUnexpectedEnd = "unexpected end of section or function";

/// Whether the bytes are well-formed UTF-8. Spec: binary/values (names).
[[nodiscard]] bool is_utf8(std::span<const u8> bytes) noexcept;

class Reader {
  public:
    /// All of `module_bytes`, or the part of it that `range` names. Offsets in errors count from
    /// the start of the module. The range must lie within the module.
    explicit Reader(std::span<const u8> module_bytes)
        : base_(module_bytes.data()), pos_(base_), end_(base_ + module_bytes.size()) {}
    Reader(std::span<const u8> module_bytes, ByteRange range)
        : base_(module_bytes.data()), pos_(base_ + range.offset), end_(pos_ + range.size) {}

    [[nodiscard]] bool ok() const { return error_ == nullptr; }
    /// Only after !ok().
    [[nodiscard]] Error take_error() { return std::move(*error_); }
    [[nodiscard]] const Error* error() const { return error_.get(); }

    /// Of the next byte, from the start of the module.
    [[nodiscard]] u32 offset() const { return static_cast<u32>(pos_ - base_); }
    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - pos_); }
    [[nodiscard]] bool at_end() const { return pos_ == end_; }
    [[nodiscard]] const u8* pos() const { return pos_; }
    /// Goes on at another place in the same bytes.
    void seek(const u8* pos) { pos_ = pos; }
    /// The next byte without taking it; 0 at the end.
    [[nodiscard]] u8 peek() const { return WASMI_LIKELY(pos_ != end_) ? *pos_ : u8{0}; }
    WASMI_ALWAYS_INLINE u8 read_byte() {
        if (WASMI_LIKELY(pos_ != end_)) return *pos_++;
        fail_end();
        return 0;
    }
    WASMI_ALWAYS_INLINE u32 read_u32() {
        if (WASMI_LIKELY(pos_ != end_ && *pos_ < 0x80)) return *pos_++;
        return static_cast<u32>(leb<32, false>());
    }
    WASMI_ALWAYS_INLINE u64 read_u64() {
        if (WASMI_LIKELY(pos_ != end_ && *pos_ < 0x80)) return *pos_++;
        return leb<64, false>();
    }
    WASMI_ALWAYS_INLINE i32 read_s32() {
        if (WASMI_LIKELY(pos_ != end_ && *pos_ < 0x80)) return small_signed(*pos_++);
        return static_cast<i32>(leb<32, true>());
    }
    WASMI_ALWAYS_INLINE i64 read_s64() {
        if (WASMI_LIKELY(pos_ != end_ && *pos_ < 0x80)) return small_signed(*pos_++);
        return static_cast<i64>(leb<64, true>());
    }
    WASMI_ALWAYS_INLINE i64 read_s33() {
        if (WASMI_LIKELY(pos_ != end_ && *pos_ < 0x80)) return small_signed(*pos_++);
        return static_cast<i64>(leb<33, true>());
    }
    /// A lane index is a plain byte, not LEB128.
    WASMI_ALWAYS_INLINE u8 read_lane() { return read_byte(); }
    /// Little-endian words.
    [[nodiscard]] u32 read_bits32() { return read_fixed<u32>(); }
    [[nodiscard]] u64 read_bits64() { return read_fixed<u64>(); }

    void skip(std::size_t size) {
        if (WASMI_LIKELY(size <= left())) {
            pos_ += size;
        } else {
            fail_end();
        }
    }
    /// The number of elements of a list, each of which takes at least one byte; not above `limit`.
    /// As in the reference interpreter the bytes of the count itself are among those left.
    u32 read_count(u32 limit = ~u32{0}, const char* what = "elements") {
        const u8* const start = pos_;
        const u32 count = read_u32();
        if (WASMI_UNLIKELY(count > static_cast<std::size_t>(end_ - start) || count > limit)) {
            fail_count(start, count, limit, what);
            return 0;
        }
        return count;
    }
    /// A length and so many bytes.
    ByteRange read_bytes() {
        const u32 size = read_count();
        const ByteRange range{offset(), size};
        skip(size);
        return ok() ? range : ByteRange{};
    }
    /// A name. The view points into the module.
    std::string_view read_name();
    [[nodiscard]] std::span<const u8> view(ByteRange range) const {
        return {base_ + range.offset, range.size};
    }

    // ---- failing ------------------------------------------------------------------------------
    /// Keeps the first failure only. `at`: offset from the start of the module.
    WASMI_NOINLINE void fail(ErrorKind kind, std::string message, u64 at);
    void fail(std::string message, u64 at) { fail(ErrorKind::malformed, std::move(message), at); }
    /// Malformed at the next byte.
    void fail(std::string message) { fail(ErrorKind::malformed, std::move(message), offset()); }
    /// Malformed at the byte just read.
    WASMI_NOINLINE void fail_last(std::string_view message);
    WASMI_NOINLINE void fail_end();
    /// Unsupported: "`what` needs the feature …". `at`: offset from the start of the module.
    WASMI_NOINLINE void fail_feature(Feature feature, std::string_view what, u64 at);
    /// Whether `feature` is on; else fails at the next byte.
    bool require(Features on, Feature feature, std::string_view what) {
        if (WASMI_LIKELY(on.has(feature))) return true;
        fail_feature(feature, what, offset());
        return false;
    }

  private:
    static constexpr i32 small_signed(u8 byte) {
        return static_cast<i32>(static_cast<u32>(byte) << 25) >> 25;
    }
    template <class T>
    T read_fixed() {
        if (WASMI_UNLIKELY(left() < sizeof(T))) {
            fail_end();
            return 0;
        }
        T value = 0;
        for (unsigned i = 0; i < sizeof(T); ++i) value |= static_cast<T>(pos_[i]) << (8 * i);
        pos_ += sizeof(T);
        return value;
    }
    /// The general case; signed results are sign-extended to 64 bits.
    template <unsigned bits, bool is_signed>
    WASMI_NOINLINE u64 leb();
    WASMI_NOINLINE void fail_count(const u8* at, u32 count, u32 limit, const char* what);

    const u8* base_;
    const u8* pos_;
    const u8* end_;
    std::unique_ptr<Error> error_;
};

template <unsigned bits, bool is_signed>
u64 Reader::leb() {
    u64 value = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (pos_ == end_) {
            fail_end();
            return 0;
        }
        const u8 byte = *pos_++;
        const unsigned room = bits - shift;  // bits of the value that this byte may set
        if (room < 7) {
            const u8 payload = byte & 0x7F;
            const u8 unused = static_cast<u8>(0x7F << (is_signed ? room - 1 : room)) & 0x7F;
            const u8 wrong = payload & unused;
            if (wrong != 0 && !(is_signed && wrong == unused)) {
                fail_last("integer too large");
                return 0;
            }
            if ((byte & 0x80) != 0) {
                fail_last("integer representation too long");
                return 0;
            }
        }
        value |= u64{byte & 0x7Fu} << shift;
        if ((byte & 0x80) == 0) {
            if (is_signed && shift + 7 < 64 && (byte & 0x40) != 0) value |= ~u64{0} << (shift + 7);
            return value;
        }
    }
}

}  // namespace wasmi::core
