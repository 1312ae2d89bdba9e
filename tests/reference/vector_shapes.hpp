// Vector instructions by shape: the function of lanes that an instruction stands for is applied to
// all of them.
// Spec: exec/instructions (vector).
#pragma once

#include "tests/reference/lane_numerics.hpp"
#include "tests/reference/lanes.hpp"

#include <algorithm>

namespace wasmi::reference {

// All of them return true: the instruction was one of theirs.
template <class T>
bool unary(Stack& stack, T (*function)(T)) {
    const Lanes<T> a = to_lanes<T>(stack.pop<Vector>());
    Lanes<T> r;
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = function(a[i]);
    stack.push(of_lanes(r));
    return true;
}
template <class T>
bool binary(Stack& stack, T (*function)(T, T)) {
    const Lanes<T> b = to_lanes<T>(stack.pop<Vector>());
    const Lanes<T> a = to_lanes<T>(stack.pop<Vector>());
    Lanes<T> r;
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = function(a[i], b[i]);
    stack.push(of_lanes(r));
    return true;
}
template <class T>
bool ternary(Stack& stack, T (*function)(T, T, T)) {
    const Lanes<T> c = to_lanes<T>(stack.pop<Vector>());
    const Lanes<T> b = to_lanes<T>(stack.pop<Vector>());
    const Lanes<T> a = to_lanes<T>(stack.pop<Vector>());
    Lanes<T> r;
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = function(a[i], b[i], c[i]);
    stack.push(of_lanes(r));
    return true;
}
/// All bits of a lane are set where the comparison holds.
template <class T>
bool compare(Stack& stack, u32 (*function)(T, T)) {
    const Lanes<T> b = to_lanes<T>(stack.pop<Vector>());
    const Lanes<T> a = to_lanes<T>(stack.pop<Vector>());
    Lanes<BitsOf<T>> r;
    for (std::size_t i = 0; i < r.size(); ++i) {
        r[i] = static_cast<BitsOf<T>>(function(a[i], b[i]) != 0 ? ~u64{0} : 0);
    }
    stack.push(of_lanes(r));
    return true;
}
template <class T>
bool shift(Stack& stack, T (*function)(T, T)) {
    const u32 by = stack.pop<u32>();
    const Lanes<T> a = to_lanes<T>(stack.pop<Vector>());
    Lanes<T> r;
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = function(a[i], static_cast<T>(by));
    stack.push(of_lanes(r));
    return true;
}
/// Each lane of the result from the lane of the same number; lanes beyond are zero.
template <class To, class From>
bool convert_lanes(Stack& stack, To (*function)(From)) {
    const Lanes<From> a = to_lanes<From>(stack.pop<Vector>());
    Lanes<To> r{};
    for (std::size_t i = 0; i < std::min(r.size(), a.size()); ++i) r[i] = function(a[i]);
    stack.push(of_lanes(r));
    return true;
}

template <class T, class Operand>
bool splat(Stack& stack) {
    Lanes<T> r;
    r.fill(static_cast<T>(stack.pop<Operand>()));
    stack.push(of_lanes(r));
    return true;
}
/// T: type of the lane, signed if it is sign-extended.
template <class T, class Result>
bool extract_lane(Stack& stack, unsigned lane) {
    stack.push(static_cast<Result>(to_lanes<T>(stack.pop<Vector>())[lane]));
    return true;
}
template <class T, class Operand>
bool replace_lane(Stack& stack, unsigned lane) {
    const T value = static_cast<T>(stack.pop<Operand>());
    Lanes<T> lanes = to_lanes<T>(stack.pop<Vector>());
    lanes[lane] = value;
    stack.push(of_lanes(lanes));
    return true;
}
template <class T>
bool all_true(Stack& stack) {
    u32 all = 1;
    for (const T lane : to_lanes<T>(stack.pop<Vector>())) all &= lane != 0;
    stack.push(all);
    return true;
}
template <class T>
bool bitmask(Stack& stack) {
    const Lanes<T> a = to_lanes<T>(stack.pop<Vector>());
    u32 mask = 0;
    for (std::size_t i = 0; i < a.size(); ++i) mask |= u32{as_signed(a[i]) < 0} << i;
    stack.push(mask);
    return true;
}
template <class To, class From>
bool narrow(Stack& stack, To (*saturate)(i64)) {
    const Lanes<From> b = to_lanes<From>(stack.pop<Vector>());
    const Lanes<From> a = to_lanes<From>(stack.pop<Vector>());
    Lanes<To> r;
    for (std::size_t i = 0; i < a.size(); ++i) {
        r[i] = saturate(as_signed(a[i]));
        r[a.size() + i] = saturate(as_signed(b[i]));
    }
    stack.push(of_lanes(r));
    return true;
}

// From here on From is signed or unsigned, as the instruction says. The lanes that are widened
// begin at `first`.
template <class To, class From>
bool extend(Stack& stack, std::size_t first) {
    const Lanes<From> a = to_lanes<From>(stack.pop<Vector>());
    Lanes<To> r;
    for (std::size_t i = 0; i < r.size(); ++i) r[i] = static_cast<To>(i64{a[first + i]});
    stack.push(of_lanes(r));
    return true;
}
template <class To, class From>
bool extmul(Stack& stack, std::size_t first) {
    const Lanes<From> b = to_lanes<From>(stack.pop<Vector>());
    const Lanes<From> a = to_lanes<From>(stack.pop<Vector>());
    Lanes<To> r;
    for (std::size_t i = 0; i < r.size(); ++i) {
        r[i] = imul(static_cast<To>(i64{a[first + i]}), static_cast<To>(i64{b[first + i]}));
    }
    stack.push(of_lanes(r));
    return true;
}
template <class To, class From>
bool extadd_pairwise(Stack& stack) {
    const Lanes<From> a = to_lanes<From>(stack.pop<Vector>());
    Lanes<To> r;
    for (std::size_t i = 0; i < r.size(); ++i) {
        r[i] = static_cast<To>(i64{a[2 * i]} + i64{a[2 * i + 1]});
    }
    stack.push(of_lanes(r));
    return true;
}

}  // namespace wasmi::reference
