// Result<T, E>: a value or an error, with the member names of std::expected (which is C++23).
//
//     Result<Module> m = Module::compile(engine, bytes);
//     if (!m) return m.error();
//     use(*m);
#pragma once

#include <wasmi/error.hpp>

#include <exception>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace wasmi {

namespace detail {
/// Ends the process with the message: value() was called on an error. The library never calls it.
[[noreturn]] WASMI_EXPORT void bad_result_access(const Error* error) noexcept;
}  // namespace detail

#if defined(__cpp_exceptions)
/// What value() throws in a program that has exceptions.
class Exception : public std::exception {
  public:
    explicit Exception(Error error) : error_(std::move(error)), text_(error_.to_string()) {}
    [[nodiscard]] const Error& error() const noexcept { return error_; }
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

  private:
    Error error_;
    std::string text_;
};
#endif

namespace detail {
/// value() without a value: rethrows what a host function threw, else throws the error as
/// Exception; without exceptions it ends the process.
template <class E>
[[noreturn]] void no_value(const E& error) {
    if constexpr (std::is_same_v<E, Error>) {
#if defined(__cpp_exceptions)
        if (error.exception()) std::rethrow_exception(error.exception());
        throw Exception(error);
#else
        bad_result_access(&error);
#endif
    } else {
        bad_result_access(nullptr);
    }
}
}  // namespace detail

/// Either a T or an E; test it before use. Not copyable where T is not.
template <class T, class E = Error>
class [[nodiscard]] Result {
  public:
    using value_type = T;
    using error_type = E;

    template <class U = T, class = std::enable_if_t<std::is_constructible_v<T, U&&> &&
                                                    !std::is_same_v<std::decay_t<U>, Result> &&
                                                    !std::is_same_v<std::decay_t<U>, E>>>
    Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
    Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    T& operator*() & noexcept { return *std::get_if<0>(&state_); }
    const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
    T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
    T* operator->() noexcept { return std::get_if<0>(&state_); }
    const T* operator->() const noexcept { return std::get_if<0>(&state_); }

    /// The value. Without one: throws Exception (or what a host function threw); in a program
    /// without exceptions, ends it with the error's text.
    T& value() & { return check(), **this; }
    const T& value() const& { return check(), **this; }
    T&& value() && { return check(), std::move(**this); }
    template <class U>
    [[nodiscard]] T value_or(U&& other) const& {
        return has_value() ? **this : static_cast<T>(std::forward<U>(other));
    }
    template <class U>
    [[nodiscard]] T value_or(U&& other) && {
        return has_value() ? std::move(**this) : static_cast<T>(std::forward<U>(other));
    }

    E& error() & noexcept { return *std::get_if<1>(&state_); }
    const E& error() const& noexcept { return *std::get_if<1>(&state_); }
    E&& error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

    template <class F>
    auto and_then(F&& f) && -> std::invoke_result_t<F, T&&> {
        if (!has_value()) return std::move(*this).error();
        return std::forward<F>(f)(std::move(**this));
    }
    template <class F>
    auto transform(F&& f) && -> Result<std::invoke_result_t<F, T&&>, E> {
        if (!has_value()) return std::move(*this).error();
        return std::forward<F>(f)(std::move(**this));
    }

  private:
    void check() const {
        if (!has_value()) detail::no_value(error());
    }
    std::variant<T, E> state_;
};

/// Success without a value, or an error.
template <class E>
class [[nodiscard]] Result<void, E> {
  public:
    using value_type = void;
    using error_type = E;

    Result() = default;
    Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }
    void value() const {
        if (!has_value()) detail::no_value(error());
    }
    template <class F>
    auto and_then(F&& f) && -> std::invoke_result_t<F> {
        if (!has_value()) return std::move(*this).error();
        return std::forward<F>(f)();
    }
    E& error() & noexcept { return *std::get_if<1>(&state_); }
    const E& error() const& noexcept { return *std::get_if<1>(&state_); }
    E&& error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

  private:
    std::variant<std::monostate, E> state_;
};

}  // namespace wasmi
