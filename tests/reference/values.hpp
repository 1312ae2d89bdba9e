// Values and the value stack of the reference interpreter.
// Spec: exec/runtime (values, stack), exec/numerics (storage).
//
// The reference interpreter is slow and simple on purpose: it follows the rules of the execution
// chapter one by one, so that a reader can compare the two. It has nothing in common with the
// translator, the executor, the memories and the linker of the library, which are checked
// against it.
#pragma once

#include "core/types/basics.hpp"

#include <wasmi/error.hpp>
#include <wasmi/types.hpp>

#include <array>
#include <bit>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace wasmi::reference {

using core::i16;
using core::i32;
using core::i64;
using core::i8;
using core::u16;
using core::u32;
using core::u64;
using core::u8;

/// A position in one of the lists of the store.
using Addr = u32;

/// What a reference refers to. `host` is an object of the host, seen as externref or anyref:
/// converting one to the other changes the type only, as the two never meet without conversion.
enum class RefKind : u8 { null, func, exn, host, i31, object };

/// A number (bits in `lo`; 32 bits zero-extended), a vector (low half in `lo`) or a reference (its
/// address, number of the host, or i31 in `lo`). Which of them is known from validation.
struct Value {
    u64 lo = 0;
    u64 hi = 0;
    RefKind ref = RefKind::null;

    [[nodiscard]] bool is_null() const { return ref == RefKind::null; }
    [[nodiscard]] Addr addr() const { return static_cast<Addr>(lo); }
    static Value of_ref(RefKind kind, u64 number) { return {number, 0, kind}; }
    friend bool operator==(const Value&, const Value&) = default;
};

/// A vector as its 16 bytes; lane 0 comes first, and within a lane the low byte.
using Vector = std::array<u8, 16>;

/// The unsigned integer of the same size.
template <class T>
using BitsOf = std::conditional_t<
    sizeof(T) == 1, u8,
    std::conditional_t<sizeof(T) == 2, u16, std::conditional_t<sizeof(T) == 4, u32, u64>>>;

/// Spec: exec/numerics (bytes, little-endian).
template <class T>
T from_bytes(const u8* bytes) {
    u64 bits = 0;
    for (unsigned i = 0; i < sizeof(T); ++i) bits |= u64{bytes[i]} << (8 * i);
    return std::bit_cast<T>(static_cast<BitsOf<T>>(bits));
}
template <class T>
void to_bytes(T value, u8* bytes) {
    const u64 bits = std::bit_cast<BitsOf<T>>(value);
    for (unsigned i = 0; i < sizeof(T); ++i) bytes[i] = static_cast<u8>(bits >> (8 * i));
}

/// Conversion between what instructions work on (u32, u64, float, double, Vector) and values.
template <class T>
Value to_value(T v) {
    if constexpr (std::is_same_v<T, Vector>) {
        return {from_bytes<u64>(v.data()), from_bytes<u64>(v.data() + 8), RefKind::null};
    } else {
        static_assert(sizeof(T) >= 4);
        return {std::bit_cast<BitsOf<T>>(v), 0, RefKind::null};
    }
}
template <class T>
T from_value(const Value& v) {
    if constexpr (std::is_same_v<T, Vector>) {
        Vector bytes;
        to_bytes(v.lo, bytes.data());
        to_bytes(v.hi, bytes.data() + 8);
        return bytes;
    } else {
        static_assert(sizeof(T) >= 4);
        return std::bit_cast<T>(static_cast<BitsOf<T>>(v.lo));
    }
}

/// How execution ends early: these are thrown. Nothing of the library is on the native stack then.
struct Trap {
    TrapCode code;
    std::string detail;  ///< goes after the words of the code
    [[nodiscard]] std::string message() const { return std::string(to_string(code)) + detail; }
};
struct UncaughtException {
    Addr exception;
};
/// The limit of steps was reached.
struct OutOfSteps {};
/// The module needs something that this interpreter does not have.
struct Unsupported {
    std::string what;
};
/// An import is missing or has another type.
struct LinkError {
    std::string message;
};

[[noreturn]] inline void trap(TrapCode code, std::string detail = {}) {
    throw Trap{code, std::move(detail)};
}

/// The operands of all frames.
class Stack {
  public:
    [[nodiscard]] std::size_t height() const { return values_.size(); }

    void push_value(const Value& v) { values_.push_back(v); }
    Value pop_value() {
        const Value top = values_.back();
        values_.pop_back();
        return top;
    }
    template <class T>
    void push(T v) {
        push_value(to_value(v));
    }
    template <class T>
    T pop() {
        return from_value<T>(pop_value());
    }

    /// Several values, of which the last is on top.
    void push_values(std::span<const Value> values) {
        values_.insert(values_.end(), values.begin(), values.end());
    }
    std::vector<Value> pop_values(std::size_t count) {
        const auto first = values_.end() - static_cast<std::ptrdiff_t>(count);
        std::vector<Value> values(first, values_.end());
        values_.erase(first, values_.end());
        return values;
    }
    void cut_to(std::size_t height) { values_.resize(height); }

  private:
    std::vector<Value> values_;
};

}  // namespace wasmi::reference
