// The subcommands of wasmi-run and what they share: exit codes, messages, number formats.
// Spec: none.
#pragma once

#include <wasmi/config.hpp>
#include <wasmi/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wasmi::tool {

/// Exit codes of our own; 0 to 255 otherwise are the guest's.
enum ExitCode : int {
    kOk = 0,
    kTrouble = 1,        ///< trouble of the host without a code of its own
    kBadUsage = 64,      ///< EX_USAGE
    kBadModule = 65,     ///< EX_DATAERR: malformed, invalid or unsupported
    kUnreadable = 66,    ///< EX_NOINPUT
    kLinkError = 69,     ///< EX_UNAVAILABLE
    kDeadline = 124,     ///< as timeout(1)
    kInterrupted = 130,  ///< 128 + SIGINT
    kTrap = 134,         ///< 128 + SIGABRT
    kLimit = 137,        ///< 128 + SIGKILL
    kOutOfFuel = 152,    ///< 128 + SIGXCPU
};

/// A subcommand: `wasmi-run NAME …`. `argv[0]` is the name under which it was called.
struct Command {
    const char* name;
    const char* summary;
    int (*main)(int argc, char** argv);
};

int run_main(int argc, char** argv);     // run.cpp
int verify_main(int argc, char** argv);  // verify.cpp
int wasm_main(int argc, char** argv);    // wat.cpp
int wast_main(int argc, char** argv);    // wast.cpp
int wat_main(int argc, char** argv);     // wat.cpp

/// Prints "error: <kind>: <what>" and, for a trap, its backtrace to standard error; returns the
/// exit code. For ErrorKind::exit nothing is printed but a note if the code does not fit.
int report(const Error& error, std::string_view what_file = {});
/// The same for the command line itself.
int report_usage(std::string_view message);

/// The exit code of report() for errors of that kind.
[[nodiscard]] int exit_code_of(ErrorKind kind);
/// Names come from the module: a terminal must not be told what to do by them.
[[nodiscard]] std::string printable(std::string_view text);

/// "all", "2.0", "simd,-threads": changes `features`. An exit code on error.
std::optional<int> apply_features(const std::string& list, Features& features);
/// "64M", "1G", "512K", "100": bytes. nullopt: not a size.
std::optional<std::uint64_t> parse_size(std::string_view text);
/// "2s", "300ms", "1m", "1.5s"; a bare number is seconds. nullopt: not a duration.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

}  // namespace wasmi::tool
