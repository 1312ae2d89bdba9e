// Short names for fixed-width integers, assertions and the execution slot.
// Depends on the standard library only.
#pragma once

#include <cstddef>
#include <cstdint>

#if WASMI_ASSERTIONS + 0
#include <cassert>
#define WASMI_ASSERT(x) assert(x)
#else
#define WASMI_ASSERT(x) ((void)0)
#endif
#if defined(__GNUC__)
#define WASMI_UNREACHABLE() __builtin_unreachable()
#define WASMI_LIKELY(x) __builtin_expect(!!(x), 1)
#define WASMI_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define WASMI_ALWAYS_INLINE inline __attribute__((always_inline))
#define WASMI_NOINLINE __attribute__((noinline))
#if defined(__clang__) && (defined(__x86_64__) || defined(__aarch64__))
/// A function off the path, for which callers need not save registers.
#define WASMI_OFF_PATH __attribute__((noinline, preserve_most))
#else
#define WASMI_OFF_PATH __attribute__((noinline))
#endif
#if defined(__clang__)
/// A condition of "? :" that no branch should be made of.
#define WASMI_UNPREDICTABLE(x) __builtin_unpredictable(x)
#else
#define WASMI_UNPREDICTABLE(x) (x)
#endif
#else
#define WASMI_UNREACHABLE() ((void)0)
#define WASMI_LIKELY(x) (x)
#define WASMI_UNLIKELY(x) (x)
#define WASMI_ALWAYS_INLINE inline
#define WASMI_NOINLINE
#define WASMI_OFF_PATH
#define WASMI_UNPREDICTABLE(x) (x)
#endif

namespace wasmi::core {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
using f32 = float;
using f64 = double;

/// One cell of a frame: i32 zero-extended, i64, f32 in the low half (the high half is
/// undefined), f64, a reference; v128 takes two, low half first.
using Slot = u64;

inline constexpr u32 kNoIndex = ~u32{0};
inline constexpr u64 kWasmPageSize = 65536;

}  // namespace wasmi::core
