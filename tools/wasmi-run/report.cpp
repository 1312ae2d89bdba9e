// Messages and exit codes of wasmi-run, and the formats of sizes and durations.
// Spec: none.
#include "command.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

namespace wasmi::tool {

namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace

int exit_code_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::malformed:
        case ErrorKind::invalid:
        case ErrorKind::unsupported:
            return kBadModule;
        case ErrorKind::link:
            return kLinkError;
        case ErrorKind::trap:
        case ErrorKind::exception:
            return kTrap;
        case ErrorKind::out_of_fuel:
            return kOutOfFuel;
        case ErrorKind::interrupted:
            return kInterrupted;
        case ErrorKind::deadline:
            return kDeadline;
        case ErrorKind::limit:
            return kLimit;
        case ErrorKind::io:
            return kUnreadable;
        case ErrorKind::api_misuse:
            return kBadUsage;
        case ErrorKind::exit:
        case ErrorKind::host:
            return kTrouble;
    }
    return kTrouble;
}

std::string printable(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) {
            result += fmt::format("\\{:02x}", byte);
        } else {
            result += c;
        }
    }
    return result;
}

int report(const Error& error, std::string_view what_file) {
    if (error.kind() == ErrorKind::exit) {
        const std::uint32_t code = error.exit_code();
        if (code > 255) print(fmt::format("note: exit code {} is cut to {}\n", code, code & 255u));
        return static_cast<int>(code & 255u);
    }
    const std::string text = error.to_string();
    const std::string_view kind = to_string(error.kind());
    // "kind: what" → the file comes between.
    std::string line = printable(text);
    if (!what_file.empty() && line.find(printable(what_file)) == std::string::npos &&
        std::string_view(line).substr(0, kind.size()) == kind) {
        line.insert(kind.size(), fmt::format(": {}", printable(what_file)));
    }
    line = fmt::format("error: {}\n", line);
    constexpr std::size_t kShown = 50;  // a stack may be a million frames deep
    const auto& frames = error.backtrace();
    std::size_t shown = 0;
    for (const FrameInfo& frame : frames) {
        if (shown++ == kShown) break;
        line += "  at ";
        if (!frame.function_name.empty()) line += printable(frame.function_name) + " ";
        line += fmt::format("(func {}) +0x{:x}", frame.function_index, frame.offset);
        if (!frame.module_name.empty()) line += fmt::format(" [{}]", printable(frame.module_name));
        line += '\n';
    }
    if (frames.size() > kShown) line += fmt::format("  … {} more\n", frames.size() - kShown);
    print(line);
    return exit_code_of(error.kind());
}

int report_usage(std::string_view message) {
    print(fmt::format("error: usage: {} (see wasmi-run --help)\n", printable(message)));
    return kBadUsage;
}

namespace {

/// "all", "3.0", …: a list that begins anew.
std::optional<Features> feature_set(std::string_view name) {
    if (name == "all") return Features::all();
    if (name == "default") return Features::defaults();
    if (name == "mvp" || name == "none") return Features().set(Feature::mvp, true);
    if (name == "1.0") return Features::wasm(1);
    if (name == "2.0") return Features::wasm(2);
    if (name == "3.0") return Features::wasm(3);
    return std::nullopt;
}

std::string all_features() {
    std::string names;
#define WASMI_FEATURE(id, text, ...) names += " " text;
#include <wasmi/features.def>
#undef WASMI_FEATURE
    return names;
}

}  // namespace

std::optional<int> apply_features(const std::string& list, Features& features) {
    std::size_t begin = 0;
    while (begin <= list.size()) {
        const std::size_t comma = std::min(list.find(',', begin), list.size());
        std::string_view name = std::string_view(list).substr(begin, comma - begin);
        begin = comma + 1;
        if (name.empty()) continue;
        if (const std::optional<Features> set = feature_set(name)) {
            features = *set;
            continue;
        }
        const bool on = name[0] != '-';
        if (!on || name[0] == '+') name.remove_prefix(1);
        const std::optional<Feature> feature = feature_from_text(name);
        if (!feature || feature == Feature::mvp) {
            return report_usage(
                fmt::format("--features: no proposal \"{}\"; there are the sets all default 3.0 "
                            "2.0 1.0 mvp and, to add or (with \"-\") to remove:{}",
                            name, all_features().substr(std::string_view(" mvp").size())));
        }
        features.set(*feature, on);
    }
    return std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (unit.size() > 1 && (unit.substr(1) == "iB" || unit.substr(1) == "B"))
        unit = unit.substr(0, 1);
    int shift = 0;
    if (unit == "K" || unit == "k") {
        shift = 10;
    } else if (unit == "M" || unit == "m") {
        shift = 20;
    } else if (unit == "G" || unit == "g") {
        shift = 30;
    } else if (unit == "T" || unit == "t") {
        shift = 40;
    } else if (!unit.empty() && unit != "B") {
        return std::nullopt;
    }
    if (value > (~std::uint64_t{0} >> shift)) return std::nullopt;
    return value << shift;
}

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    const std::size_t size = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::string number(text.substr(0, size));
    const std::string_view unit = text.substr(size);
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    if (number.empty() || end != number.c_str() + size) return std::nullopt;
    double nanoseconds = 0;
    if (unit.empty() || unit == "s") {
        nanoseconds = value * 1e9;
    } else if (unit == "ms") {
        nanoseconds = value * 1e6;
    } else if (unit == "us") {
        nanoseconds = value * 1e3;
    } else if (unit == "m") {
        nanoseconds = value * 60e9;
    } else if (unit == "h") {
        nanoseconds = value * 3600e9;
    } else {
        return std::nullopt;
    }
    if (nanoseconds > 9e17) return std::nullopt;  // 28 years
    return std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds));
}

}  // namespace wasmi::tool
