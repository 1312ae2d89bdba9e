// How a Result ended, for EXPECT_EQ: a success does not crash the test, it just is not equal.
#pragma once

#include <wasmi/result.hpp>

#include <optional>
#include <string>

namespace wasmi::test {

template <class T>
[[nodiscard]] std::optional<ErrorKind> kind_of(const Result<T>& r) {
    return r ? std::nullopt : std::optional(r.error().kind());
}
/// TrapCode::none for a success and for errors that are no traps.
template <class T>
[[nodiscard]] TrapCode trap_of(const Result<T>& r) {
    return r ? TrapCode::none : r.error().trap();
}
template <class T>
[[nodiscard]] std::string message_of(const Result<T>& r) {
    return r ? "(success)" : r.error().message();
}

}  // namespace wasmi::test
