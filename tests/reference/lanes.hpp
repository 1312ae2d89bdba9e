// Vectors as lanes.
// Spec: exec/numerics (vector operations: lanes).
#pragma once

#include "tests/reference/values.hpp"

#include <array>

namespace wasmi::reference {

template <class T>
using Lanes = std::array<T, 16 / sizeof(T)>;

template <class T>
Lanes<T> to_lanes(const Vector& v) {
    Lanes<T> lanes;
    for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i] = from_bytes<T>(&v[i * sizeof(T)]);
    return lanes;
}
template <class Array>
Vector of_lanes(const Array& lanes) {
    using T = typename Array::value_type;
    static_assert(sizeof(T) * std::tuple_size_v<Array> == 16);
    Vector v;
    for (std::size_t i = 0; i < lanes.size(); ++i) to_bytes<T>(lanes[i], &v[i * sizeof(T)]);
    return v;
}

}  // namespace wasmi::reference
