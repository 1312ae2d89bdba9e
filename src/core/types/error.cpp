// Error, ErrorKind, TrapCode: making them and putting them into words.
// Spec: appendix/embedding (error).
#include <wasmi/error.hpp>
#include <wasmi/result.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace wasmi {

namespace {

template <std::size_t N>
std::string_view pick(const std::array<std::string_view, N>& names, std::size_t index) noexcept {
    return index < N ? names[index] : std::string_view("unknown");
}

std::string hex(std::uint64_t value) {
    char text[24];
    const int size =
        std::snprintf(text, sizeof text, "%llx", static_cast<unsigned long long>(value));
    return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace

std::string_view to_string(TrapCode code) noexcept {
    static constexpr std::array names = std::to_array<std::string_view>({
        "none",
#define WASMI_TRAP(id, text) text,
#include <wasmi/traps.def>
#undef WASMI_TRAP
    });
    return pick(names, static_cast<std::size_t>(code));
}

std::string_view to_string(ErrorKind kind) noexcept {
    static constexpr std::array names = std::to_array<std::string_view>(
        {"malformed", "invalid", "link", "trap", "exception", "exit", "out_of_fuel", "interrupted",
         "deadline", "limit", "unsupported", "host", "api_misuse", "io"});
    static_assert(names.size() == static_cast<std::size_t>(ErrorKind::io) + 1);
    return pick(names, static_cast<std::size_t>(kind));
}

Error Error::from_trap(TrapCode code, std::string_view detail) {
    std::string message(wasmi::to_string(code));
    message += detail;
    Error error(ErrorKind::trap, std::move(message));
    error.trap_ = code;
    return error;
}

Error Error::from_exit(std::uint32_t code) {
    Error error(ErrorKind::exit, "exit with code " + std::to_string(code));
    error.exit_code_ = code;
    return error;
}

Error Error::from_exception(std::exception_ptr exception) {
    Error error(ErrorKind::host, "a host function failed with an exception");
    error.exception_ = std::move(exception);
    return error;
}

Error Error::from_feature(Feature feature, std::string_view what, std::uint64_t offset) {
    std::string message(what);
    message += " needs the feature ";
    message += wasmi::to_string(feature);
    message += ", which is switched off";
    Error error(ErrorKind::unsupported, std::move(message), offset);
    error.feature_ = feature;
    error.has_feature_ = true;
    return error;
}

Error& Error::at_function(std::uint32_t index, std::string name) {
    function_ = index;
    function_name_ = std::move(name);
    return *this;
}

Error& Error::in_section(std::string_view static_name) {
    section_ = static_name;
    return *this;
}

Error& Error::with_backtrace(std::vector<FrameInfo> frames) {
    backtrace_ = std::move(frames);
    return *this;
}

std::string Error::to_string() const {
    std::string text(wasmi::to_string(kind_));
    text += ": ";
    std::string where;
    if (function_ != kNoFunction) {
        where = "func " + std::to_string(function_);
        if (!function_name_.empty()) where += " \"" + function_name_ + "\"";
    } else if (!section_.empty()) {
        where = std::string(section_) + " section";
    }
    if (offset_ != kNoOffset) {
        if (!where.empty()) where += ' ';
        where += "(+0x" + hex(offset_) + ")";
    }
    if (!where.empty()) text += where + ": ";
    text += message_;
    return text;
}

namespace detail {

void bad_result_access(const Error* error) noexcept {
    const std::string text = error != nullptr ? error->to_string() : "no value";
    std::fprintf(stderr, "wasmi: value() of a failed Result: %s\n", text.c_str());
    std::abort();
}

}  // namespace detail

}  // namespace wasmi
