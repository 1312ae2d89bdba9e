// Plain access to bytes that other threads may write at the same time.
// Spec: exec/instructions (memory instructions), proposals/threads (non-atomic accesses).
//
// WebAssembly gives races between plain accesses a meaning, C++ does not. Here each access is one
// machine instruction (or memmove, memset), whose bytes the hardware reads or writes one by one.
// Under the thread sanitizer it is made of relaxed atomic accesses, so that the sanitizer speaks
// of races in the engine only, not of those in guests.
#pragma once

#include "core/types/basics.hpp"

#include <cstring>

#if defined(__SANITIZE_THREAD__)
#define WASMI_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WASMI_TSAN 1
#endif
#endif

namespace wasmi::core {

#if defined(WASMI_TSAN)

inline void move_guest(u8* to, const u8* from, u64 n) {
    const bool up = to <= from;
    for (u64 i = 0; i < n; ++i) {
        const u64 at = up ? i : n - 1 - i;
        const u8 byte = __atomic_load_n(from + at, __ATOMIC_RELAXED);
        __atomic_store_n(to + at, byte, __ATOMIC_RELAXED);
    }
}
inline void fill_guest(u8* to, u8 value, u64 n) {
    for (u64 i = 0; i < n; ++i) __atomic_store_n(to + i, value, __ATOMIC_RELAXED);
}
template <class T>
T load_guest(const u8* p) {
    T v;
    move_guest(reinterpret_cast<u8*>(&v), p, sizeof v);
    return v;
}
template <class T>
void store_guest(u8* p, T v) {
    move_guest(p, reinterpret_cast<const u8*>(&v), sizeof v);
}

#else

template <class T>
WASMI_ALWAYS_INLINE T load_guest(const u8* p) {
    T v;
    std::memcpy(&v, p, sizeof v);
    return v;
}
template <class T>
WASMI_ALWAYS_INLINE void store_guest(u8* p, T v) {
    std::memcpy(p, &v, sizeof v);
}
// Neither may see a null pointer, even for no bytes: an empty memory has no data.
inline void move_guest(u8* to, const u8* from, u64 n) {
    if (n != 0) std::memmove(to, from, static_cast<std::size_t>(n));
}
inline void fill_guest(u8* to, u8 value, u64 n) {
    if (n != 0) std::memset(to, value, static_cast<std::size_t>(n));
}

#endif

}  // namespace wasmi::core
