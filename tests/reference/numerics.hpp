// The functions of the specification's chapter on numerics, under its names: iadd<u32> is iadd_32.
// Spec: exec/numerics.
//
// Integers are computed in 64 bits and cut to their width. Signed ones are unsigned integers, as
// in the specification, and looked at as signed where a function says so.
#pragma once

#include "tests/reference/values.hpp"

#include <cmath>
#include <limits>

namespace wasmi::reference {

template <class T>
inline constexpr unsigned kWidth = 8 * sizeof(T);
template <class T>
inline constexpr i64 kMinSigned = std::numeric_limits<std::make_signed_t<T>>::min();
template <class T>
inline constexpr i64 kMaxSigned = std::numeric_limits<std::make_signed_t<T>>::max();

/// signed_N
template <class T>
i64 as_signed(T a) {
    return static_cast<std::make_signed_t<T>>(a);
}

// ---- integers -----------------------------------------------------------------------------------
template <class T>
T iadd(T a, T b) {
    return static_cast<T>(u64{a} + u64{b});
}
template <class T>
T isub(T a, T b) {
    return static_cast<T>(u64{a} - u64{b});
}
template <class T>
T imul(T a, T b) {
    return static_cast<T>(u64{a} * u64{b});
}
template <class T>
T idiv_u(T a, T b) {
    if (b == 0) trap(TrapCode::integer_divide_by_zero);
    return static_cast<T>(a / b);
}
template <class T>
T idiv_s(T a, T b) {
    if (b == 0) trap(TrapCode::integer_divide_by_zero);
    if (as_signed(a) == kMinSigned<T> && as_signed(b) == -1) trap(TrapCode::integer_overflow);
    return static_cast<T>(as_signed(a) / as_signed(b));
}
template <class T>
T irem_u(T a, T b) {
    if (b == 0) trap(TrapCode::integer_divide_by_zero);
    return static_cast<T>(a % b);
}
template <class T>
T irem_s(T a, T b) {
    if (b == 0) trap(TrapCode::integer_divide_by_zero);
    if (as_signed(b) == -1) return 0;
    return static_cast<T>(as_signed(a) % as_signed(b));
}
template <class T>
T iand(T a, T b) {
    return static_cast<T>(a & b);
}
template <class T>
T ior(T a, T b) {
    return static_cast<T>(a | b);
}
template <class T>
T ixor(T a, T b) {
    return static_cast<T>(a ^ b);
}
template <class T>
T ishl(T a, T b) {
    return static_cast<T>(u64{a} << b % kWidth<T>);
}
template <class T>
T ishr_u(T a, T b) {
    return static_cast<T>(u64{a} >> b % kWidth<T>);
}
template <class T>
T ishr_s(T a, T b) {
    return static_cast<T>(as_signed(a) >> b % kWidth<T>);
}
template <class T>
T irotl(T a, T b) {
    for (unsigned i = 0; i < b % kWidth<T>; ++i) {
        a = static_cast<T>(a << 1 | a >> (kWidth<T> - 1));
    }
    return a;
}
template <class T>
T irotr(T a, T b) {
    return irotl(a, static_cast<T>(kWidth<T> - b % kWidth<T>));
}
template <class T>
T iclz(T a) {
    T n = 0;
    while (n < kWidth<T> && (a >> (kWidth<T> - 1 - n) & 1) == 0) ++n;
    return n;
}
template <class T>
T ictz(T a) {
    T n = 0;
    while (n < kWidth<T> && (a >> n & 1) == 0) ++n;
    return n;
}
template <class T>
T ipopcnt(T a) {
    unsigned n = 0;
    for (unsigned i = 0; i < kWidth<T>; ++i) n += a >> i & 1;
    return static_cast<T>(n);
}
template <class T>
u32 ieqz(T a) {
    return a == 0;
}
template <class T>
u32 ieq(T a, T b) {
    return a == b;
}
template <class T>
u32 ine(T a, T b) {
    return a != b;
}
template <class T>
u32 ilt_u(T a, T b) {
    return a < b;
}
template <class T>
u32 ilt_s(T a, T b) {
    return as_signed(a) < as_signed(b);
}
template <class T>
u32 igt_u(T a, T b) {
    return a > b;
}
template <class T>
u32 igt_s(T a, T b) {
    return as_signed(a) > as_signed(b);
}
template <class T>
u32 ile_u(T a, T b) {
    return a <= b;
}
template <class T>
u32 ile_s(T a, T b) {
    return as_signed(a) <= as_signed(b);
}
template <class T>
u32 ige_u(T a, T b) {
    return a >= b;
}
template <class T>
u32 ige_s(T a, T b) {
    return as_signed(a) >= as_signed(b);
}
/// wrap, extend_u: the low bits, or zeros above.
template <class To, class From>
To extend_u(From a) {
    return static_cast<To>(a);
}
/// extend_s, iextendM_s: the low bits of From's width, with its sign.
template <class To, class From, class Operand = From>
To extend_s(Operand a) {
    return static_cast<To>(as_signed(static_cast<From>(a)));
}

// ---- floats -------------------------------------------------------------------------------------
/// Which NaN stands where the specification lets an implementation choose: the canonical one in
/// run 0, in others any, each time another. What differs between runs must not be compared. A
/// superset of what is allowed: also after canonical operands come other NaNs.
struct NanChoice {
    u32 run = 0;
    u64 made = 0;  ///< so far
};
inline NanChoice nan_choice;

/// nans_N
template <class F>
F nans() {
    using Bits = BitsOf<F>;
    constexpr unsigned kFraction = sizeof(F) == 4 ? 23 : 52;
    constexpr Bits kSign = Bits{1} << (kWidth<F> - 1);
    constexpr Bits kCanonical = (kSign - 1) & ~((Bits{1} << (kFraction - 1)) - 1);
    const u64 number = ++nan_choice.made;
    if (nan_choice.run == 0) return std::bit_cast<F>(kCanonical);
    u64 any = (number ^ u64{nan_choice.run} << 32) * 0x9E37'79B9'7F4A'7C15;
    any = (any ^ any >> 29) * 0xBF58'476D'1CE4'E5B9;
    return std::bit_cast<F>(static_cast<Bits>(kCanonical | (any ^ any >> 32)));
}
/// A result, or the NaN that stands for it.
template <class F>
F result_of(F r) {
    return std::isnan(r) ? nans<F>() : r;
}
template <class F>
F with_sign_bit(F a, bool negative) {
    using Bits = BitsOf<F>;
    constexpr Bits kSign = Bits{1} << (kWidth<F> - 1);
    const Bits bits = std::bit_cast<Bits>(a) & ~kSign;
    return std::bit_cast<F>(negative ? bits | kSign : bits);
}

template <class F>
F fadd(F a, F b) {
    return result_of(a + b);
}
template <class F>
F fsub(F a, F b) {
    return result_of(a - b);
}
template <class F>
F fmul(F a, F b) {
    return result_of(a * b);
}
template <class F>
F fdiv(F a, F b) {
    return result_of(a / b);
}
template <class F>
F fmin(F a, F b) {
    if (std::isnan(a) || std::isnan(b)) return nans<F>();
    if (a == 0 && b == 0) return std::signbit(a) ? a : b;
    return a < b ? a : b;
}
template <class F>
F fmax(F a, F b) {
    if (std::isnan(a) || std::isnan(b)) return nans<F>();
    if (a == 0 && b == 0) return std::signbit(a) ? b : a;
    return a > b ? a : b;
}
template <class F>
F fpmin(F a, F b) {
    return b < a ? b : a;
}
template <class F>
F fpmax(F a, F b) {
    return a < b ? b : a;
}
template <class F>
F fcopysign(F a, F b) {
    return with_sign_bit(a, std::signbit(b));
}
template <class F>
F fabs(F a) {
    return with_sign_bit(a, false);
}
template <class F>
F fneg(F a) {
    return with_sign_bit(a, !std::signbit(a));
}
template <class F>
F fsqrt(F a) {
    return result_of(std::sqrt(a));
}
template <class F>
F fceil(F a) {
    return result_of(std::ceil(a));
}
template <class F>
F ffloor(F a) {
    return result_of(std::floor(a));
}
template <class F>
F ftrunc(F a) {
    return result_of(std::trunc(a));
}
/// Ties to even. Of the magnitude, so that its distance to the integer below is exact.
template <class F>
F fnearest(F a) {
    if (std::isnan(a)) return nans<F>();
    if (std::isinf(a)) return a;
    const F magnitude = fabs(a);
    const F below = std::floor(magnitude);
    const F distance = magnitude - below;
    const bool below_is_odd = std::fmod(below, F{2}) == 1;
    const bool up = distance > F{0.5} || (distance == F{0.5} && below_is_odd);
    return with_sign_bit(up ? below + 1 : below, std::signbit(a));
}
template <class F>
u32 feq(F a, F b) {
    return a == b;
}
template <class F>
u32 fne(F a, F b) {
    return a != b;
}
template <class F>
u32 flt(F a, F b) {
    return a < b;
}
template <class F>
u32 fgt(F a, F b) {
    return a > b;
}
template <class F>
u32 fle(F a, F b) {
    return a <= b;
}
template <class F>
u32 fge(F a, F b) {
    return a >= b;
}

// ---- conversions --------------------------------------------------------------------------------
/// Below and above this range a truncated float is no value of the integer type. All bounds are
/// powers of two or 0, which both float types have.
template <class T>
double below_range() {
    return std::is_signed_v<T> ? -std::ldexp(1.0, kWidth<T> - 1) : 0.0;
}
template <class T>
double above_range() {
    return std::ldexp(1.0, std::is_signed_v<T> ? kWidth<T> - 1 : kWidth<T>);
}
/// trunc_u and trunc_s; T says the sign.
template <class T, class F>
std::make_unsigned_t<T> trunc(F a) {
    if (std::isnan(a)) trap(TrapCode::invalid_conversion_to_integer);
    const double t = std::trunc(double{a});
    if (t < below_range<T>() || t >= above_range<T>()) trap(TrapCode::integer_overflow);
    return static_cast<std::make_unsigned_t<T>>(static_cast<T>(t));
}
template <class T, class F>
std::make_unsigned_t<T> trunc_sat(F a) {
    using Limits = std::numeric_limits<T>;
    T r = 0;
    if (std::isnan(a)) {
        r = 0;
    } else if (const double t = std::trunc(double{a}); t < below_range<T>()) {
        r = Limits::min();
    } else if (t >= above_range<T>()) {
        r = Limits::max();
    } else {
        r = static_cast<T>(t);
    }
    return static_cast<std::make_unsigned_t<T>>(r);
}
/// convert_u and convert_s; T says the sign.
template <class F, class T>
F convert(std::make_unsigned_t<T> a) {
    return static_cast<F>(static_cast<T>(a));
}
inline float demote(double a) { return std::isnan(a) ? nans<float>() : static_cast<float>(a); }
inline double promote(float a) { return std::isnan(a) ? nans<double>() : double{a}; }
template <class To, class From>
To reinterpret(From a) {
    return std::bit_cast<To>(a);
}

// ---- numbers of 128 bits ------------------------------------------------------------------------
struct Wide {
    u64 lo = 0;
    u64 hi = 0;
};
inline Wide add128(Wide a, Wide b) {
    const u64 lo = a.lo + b.lo;
    return {lo, a.hi + b.hi + (lo < a.lo ? 1 : 0)};
}
inline Wide sub128(Wide a, Wide b) { return {a.lo - b.lo, a.hi - b.hi - (a.lo < b.lo ? 1 : 0)}; }
/// Adds the one number wherever the other has a bit. Signed, the highest bit subtracts.
inline Wide mul_wide(u64 a, u64 b, bool is_signed) {
    const u64 sign = is_signed && as_signed(a) < 0 ? ~u64{0} : 0;
    Wide shifted{a, sign};
    Wide sum;
    for (unsigned bit = 0; bit < 64; ++bit) {
        const bool subtract = is_signed && bit == 63;
        if ((b >> bit & 1) != 0) sum = subtract ? sub128(sum, shifted) : add128(sum, shifted);
        shifted = add128(shifted, shifted);
    }
    return sum;
}

}  // namespace wasmi::reference
