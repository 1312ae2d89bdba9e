// Val: a WebAssembly value together with its type; Ref: a reference as an opaque word.
// Spec: exec/runtime (values).
#pragma once

#include <wasmi/types.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

namespace wasmi {

/// A reference as the store sees it: never a pointer; 0 is null. Meaningful in its store only.
struct Ref {
    std::uint64_t bits = 0;
    [[nodiscard]] constexpr bool is_null() const { return bits == 0; }
    friend constexpr bool operator==(Ref, Ref) = default;
};

struct V128 {
    std::uint64_t lo = 0;
    std::uint64_t hi = 0;
    friend constexpr bool operator==(V128, V128) = default;
};

/// A value and its type. 24 bytes, trivially copyable. Floats keep their bits.
class Val {
  public:
    constexpr Val() = default;
    constexpr explicit Val(std::int32_t v) : Val(ValType::i32, static_cast<std::uint32_t>(v)) {}
    constexpr explicit Val(std::uint32_t v) : Val(ValType::i32, v) {}
    constexpr explicit Val(std::int64_t v) : Val(ValType::i64, static_cast<std::uint64_t>(v)) {}
    constexpr explicit Val(std::uint64_t v) : Val(ValType::i64, v) {}
    constexpr explicit Val(float v) : Val(ValType::f32, std::bit_cast<std::uint32_t>(v)) {}
    constexpr explicit Val(double v) : Val(ValType::f64, std::bit_cast<std::uint64_t>(v)) {}
    constexpr explicit Val(V128 v) : type_(ValType::v128), lo_(v.lo), hi_(v.hi) {}
    constexpr Val(ValType type, Ref ref) : Val(type, ref.bits) {}
    /// The value of that type with these bits (hi: v128 only).
    /// Bits beyond the size of the type are dropped.
    static constexpr Val from_bits(ValType type, std::uint64_t lo, std::uint64_t hi = 0) {
        const bool is_narrow = type == ValType::i32 || type == ValType::f32;
        Val v(type, is_narrow ? lo & 0xFFFF'FFFF : lo);
        v.hi_ = hi;
        return v;
    }

    /// Zero or null; nothing for types without a default. Spec: exec/runtime (default values).
    static constexpr std::optional<Val> default_of(ValType type) {
        if (!type.is_defaultable() || type == ValType::bottom) return std::nullopt;
        return Val(type, std::uint64_t{0});
    }

    [[nodiscard]] constexpr ValType type() const { return type_; }
    /// The accessors reinterpret the bits; they do not check the type.
    [[nodiscard]] constexpr std::int32_t i32() const { return static_cast<std::int32_t>(lo_); }
    [[nodiscard]] constexpr std::int64_t i64() const { return static_cast<std::int64_t>(lo_); }
    [[nodiscard]] constexpr float f32() const {
        return std::bit_cast<float>(static_cast<std::uint32_t>(lo_));
    }
    [[nodiscard]] constexpr double f64() const { return std::bit_cast<double>(lo_); }
    [[nodiscard]] constexpr V128 v128() const { return {lo_, hi_}; }
    [[nodiscard]] constexpr Ref ref() const { return {lo_}; }
    [[nodiscard]] constexpr std::uint64_t bits() const { return lo_; }
    [[nodiscard]] constexpr std::uint64_t bits_hi() const { return hi_; }

  private:
    constexpr Val(ValType type, std::uint64_t lo) : type_(type), lo_(lo) {}
    ValType type_ = ValType::i32;
    std::uint64_t lo_ = 0;
    std::uint64_t hi_ = 0;
};

}  // namespace wasmi
