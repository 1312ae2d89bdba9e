// Errors and traps as values: one Error type for everything that can go wrong.
//
// An Error says what kind of trouble it is (kind), in which words (message), and where
// (byte offset in the module, function). Traps carry a backtrace, exits carry a code.
// Thread rule: plain values, no shared state. Spec: appendix/embedding (error).
#pragma once

#include <wasmi/config.hpp>
#include <wasmi/export.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wasmi {

/// What kind of trouble an Error is. The first four are those of the specification.
enum class ErrorKind : std::uint8_t {
    malformed,    ///< the bytes or the text are not a module
    invalid,      ///< a module that does not validate
    link,         ///< an import is missing or does not match (the suite's "unlinkable")
    trap,         ///< execution trapped; see Error::trap()
    exception,    ///< a WebAssembly exception reached the host uncaught
    exit,         ///< the guest asked to end (WASI proc_exit); see Error::exit_code()
    out_of_fuel,  ///< the store's fuel is used up
    interrupted,  ///< InterruptHandle::interrupt was called
    deadline,     ///< the store's deadline has passed
    limit,        ///< a limit of Limits or StoreLimits was reached
    unsupported,  ///< valid WebAssembly that needs a feature this build or Config lacks
    host,         ///< a host function failed
    api_misuse,   ///< a handle of another store, wrong argument types, …
    io,           ///< the host's file could not be read
};

/// The trap codes of the specification, `none` first; texts in traps.def.
enum class TrapCode : std::uint8_t {
    none,
#define WASMI_TRAP(id, text) id,
#include <wasmi/traps.def>
#undef WASMI_TRAP
};

/// The spec's wording of a trap ("integer divide by zero"); static storage.
[[nodiscard]] WASMI_EXPORT std::string_view to_string(TrapCode code) noexcept;
/// The name of a kind ("malformed"); static storage.
[[nodiscard]] WASMI_EXPORT std::string_view to_string(ErrorKind kind) noexcept;

/// One guest frame of a backtrace, innermost first.
struct FrameInfo {
    std::string module_name;           ///< from the name section; may be empty
    std::string function_name;         ///< from the name section or the exports; may be empty
    std::uint32_t function_index = 0;  ///< index in the module's function index space
    std::uint64_t offset = 0;          ///< byte offset of the instruction in the module
};

/// What went wrong. A plain value; cheap to move.
class WASMI_EXPORT Error {
  public:
    static constexpr std::uint64_t kNoOffset = ~std::uint64_t{0};
    static constexpr std::uint32_t kNoFunction = ~std::uint32_t{0};

    Error(ErrorKind kind, std::string message, std::uint64_t offset = kNoOffset)
        : kind_(kind), offset_(offset), message_(std::move(message)) {}

    /// A trap with the spec's wording, optionally followed by detail (" 7").
    [[nodiscard]] static Error from_trap(TrapCode code, std::string_view detail = {});
    /// The guest ended itself with this exit code.
    [[nodiscard]] static Error from_exit(std::uint32_t code);
    /// A C++ exception that left a host function; call_or_throw style wrappers rethrow it.
    [[nodiscard]] static Error from_exception(std::exception_ptr exception);
    /// A module needs a proposal that the Config switches off: "`what` needs the feature …".
    [[nodiscard]] static Error from_feature(Feature feature, std::string_view what,
                                            std::uint64_t offset = kNoOffset);

    [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
    /// The bare message, beginning with the words that the official suite expects.
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    /// Byte offset in the module, or kNoOffset.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
    /// Function index, or kNoFunction.
    [[nodiscard]] std::uint32_t function() const noexcept { return function_; }
    /// Its name, if the module has one for it.
    [[nodiscard]] const std::string& function_name() const noexcept { return function_name_; }
    /// `section` (static storage) in which a malformed module went wrong; may be empty.
    [[nodiscard]] std::string_view section() const noexcept { return section_; }
    [[nodiscard]] TrapCode trap() const noexcept { return trap_; }
    /// The proposal that the module needs and the Config switches off; of unsupported only.
    [[nodiscard]] std::optional<Feature> feature() const noexcept {
        if (!has_feature_) return std::nullopt;
        return feature_;
    }
    [[nodiscard]] std::uint32_t exit_code() const noexcept { return exit_code_; }
    [[nodiscard]] const std::vector<FrameInfo>& backtrace() const noexcept { return backtrace_; }
    [[nodiscard]] const std::exception_ptr& exception() const noexcept { return exception_; }

    Error& at_function(std::uint32_t index, std::string name = {});
    Error& in_section(std::string_view static_name);
    Error& with_backtrace(std::vector<FrameInfo> frames);

    /// One line: "invalid: func 12 "main" (+0x8f): type mismatch: expected i32, got i64".
    [[nodiscard]] std::string to_string() const;

  private:
    ErrorKind kind_;
    TrapCode trap_ = TrapCode::none;
    Feature feature_ = Feature::mvp;
    bool has_feature_ = false;
    std::uint32_t exit_code_ = 0;
    std::uint32_t function_ = kNoFunction;
    std::uint64_t offset_ = kNoOffset;
    std::string_view section_;
    std::string message_;
    std::string function_name_;
    std::vector<FrameInfo> backtrace_;
    std::exception_ptr exception_;
};

}  // namespace wasmi
