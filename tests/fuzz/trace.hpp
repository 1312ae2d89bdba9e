// What running a module shows: a line for each call, of what it logged, returned or ended with.
#pragma once

#include <wasmi/error.hpp>
#include <wasmi/types.hpp>
#include <wasmi/value.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace wasmi::fuzz {

inline constexpr std::uint64_t kFuel = 3'000'000;  ///< of one call
inline constexpr std::uint64_t kMemoryBytes = std::uint64_t{1} << 30;
inline constexpr std::uint64_t kTableElements = 10'000'000;
/// What an imported global refers to that must not be null.
inline constexpr std::uint64_t kHostObject = 1;

struct Line {
    std::string text;
    std::string detail;  ///< of a trap: which one
    /// What comes after differs between engines: depth of calls, fuel and heaps are their own.
    [[nodiscard]] bool ends_at_limit() const;
    friend bool operator==(const Line&, const Line&) = default;
};

struct Run {
    std::vector<Line> lines;  ///< what every engine shows
    std::vector<Line> state;  ///< exported memories and globals at the end, the same
    std::string fuel;         ///< of this engine only
};

[[nodiscard]] std::string to_text(const std::vector<Line>& lines);
/// " 7" for an i32. A NaN is "nan", as its bits are not determined.
[[nodiscard]] std::string to_text(const Val& value);
[[nodiscard]] std::string to_text(std::span<const Val> values);
/// How a call ended that did not return.
[[nodiscard]] Line line_of_end(const std::string& name, ErrorKind kind, TrapCode trap);
[[nodiscard]] Line line_of_memory(const std::string& name, std::span<const std::byte> bytes);

/// What every function is called with.
[[nodiscard]] Val argument(ValType type);

/// Whether two runs agree in all lines, of those that `flags` marks, before one of them reaches a
/// limit.
[[nodiscard]] bool agree(const std::vector<Line>& a, const std::vector<Line>& b,
                         const std::vector<bool>& flags);

}  // namespace wasmi::fuzz
