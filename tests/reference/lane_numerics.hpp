// The functions of the specification's chapter on numerics that only vector instructions use.
// Spec: exec/numerics.
#pragma once

#include "tests/reference/numerics.hpp"

namespace wasmi::reference {

template <class T>
T sat_u(i64 a) {
    if (a < 0) return 0;
    return a > i64{std::numeric_limits<T>::max()} ? std::numeric_limits<T>::max()
                                                  : static_cast<T>(a);
}
template <class T>
T sat_s(i64 a) {
    if (a < kMinSigned<T>) return static_cast<T>(kMinSigned<T>);
    return a > kMaxSigned<T> ? static_cast<T>(kMaxSigned<T>) : static_cast<T>(a);
}
template <class T>
T iadd_sat_u(T a, T b) {
    return sat_u<T>(i64{a} + i64{b});
}
template <class T>
T iadd_sat_s(T a, T b) {
    return sat_s<T>(as_signed(a) + as_signed(b));
}
template <class T>
T isub_sat_u(T a, T b) {
    return sat_u<T>(i64{a} - i64{b});
}
template <class T>
T isub_sat_s(T a, T b) {
    return sat_s<T>(as_signed(a) - as_signed(b));
}
template <class T>
T ineg(T a) {
    return static_cast<T>(0 - u64{a});
}
template <class T>
T iabs(T a) {
    return as_signed(a) < 0 ? ineg(a) : a;
}
template <class T>
T inot(T a) {
    return static_cast<T>(~a);
}
template <class T>
T iandnot(T a, T b) {
    return static_cast<T>(a & ~b);
}
template <class T>
T ibitselect(T a, T b, T c) {
    return static_cast<T>((a & c) | (b & ~c));
}
template <class T>
T imin_u(T a, T b) {
    return a < b ? a : b;
}
template <class T>
T imin_s(T a, T b) {
    return as_signed(a) < as_signed(b) ? a : b;
}
template <class T>
T imax_u(T a, T b) {
    return a > b ? a : b;
}
template <class T>
T imax_s(T a, T b) {
    return as_signed(a) > as_signed(b) ? a : b;
}
template <class T>
T iavgr_u(T a, T b) {
    return static_cast<T>((u64{a} + u64{b} + 1) / 2);
}
inline u16 iq15mulr_sat_s(u16 a, u16 b) {
    return sat_s<u16>((as_signed(a) * as_signed(b) + (1 << 14)) >> 15);
}

}  // namespace wasmi::reference
