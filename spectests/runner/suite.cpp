// Suite: many scripts with a report.
#include "spectests/runner/suite.hpp"

#include "spectests/runner/files.hpp"
#include "spectests/runner/runner.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace wasmi::spectest {
namespace {

namespace fs = std::filesystem;

struct Expectation {
    std::uint64_t assertions = 0;
    bool seen = false;
};

std::map<std::string, Expectation> read_expectations(const std::string& path,
                                                     const std::string& prefix,
                                                     SuiteResult& result) {
    std::map<std::string, Expectation> table;
    std::ifstream in(path);
    if (!in) result.problems.push_back(path + ": cannot be read");
    std::string line;
    while (std::getline(in, line)) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream fields(line);
        std::string file;
        std::string count;
        Expectation e;
        std::getline(fields, file, ',');
        std::getline(fields, count, ',');
        if (file.compare(0, prefix.size(), prefix) != 0) continue;
        e.assertions = std::strtoull(count.c_str(), nullptr, 10);
        table.emplace(file, e);
    }
    return table;
}

/// Features of the proposal after which the directory of the file is named.
Features features_of(const fs::path& path, Features features) {
    struct Row {
        std::string_view directory;
        Feature feature;
        bool on;
    };
    static constexpr Row kDirectories[] = {
        {"wide-arithmetic", Feature::wide_arithmetic, true},
        {"custom-page-sizes", Feature::custom_page_sizes, true},
        {"compact-import-section", Feature::compact_imports, true},
        {"legacy-exceptions", Feature::legacy_exceptions, true},
        {"threads", Feature::threads, true},
        // These scripts know sizes of 32 bits only: a larger one is malformed, not invalid as in
        // WebAssembly 3.0 (memory.wast, lines 83, 87 and 91).
        {"threads", Feature::memory64, false},
    };
    const fs::path directory = fs::absolute(path).parent_path().filename();
    for (const Row& row : kDirectories) {
        if (directory == row.directory) features.set(row.feature, row.on);
    }
    return features;
}

/// Assertions of scripts that are older than WebAssembly 3.0 and that it contradicts: its modules
/// may have several tables and several memories. What it demands is asserted instead.
struct SupersededIn {
    std::string_view file;  ///< the end of the path
    Superseded assertion;
};
constexpr std::string_view kTables = "a module may have several tables";
constexpr std::string_view kMemories = "a module may have several memories";
constexpr SupersededIn kSuperseded[] = {
    {"threads/imports.wast", {309, "multiple tables", kTables}},
    {"threads/imports.wast", {313, "multiple tables", kTables}},
    {"threads/imports.wast", {317, "multiple tables", kTables}},
    {"threads/imports.wast", {404, "multiple memories", kMemories}},
    {"threads/imports.wast", {408, "multiple memories", kMemories}},
    {"threads/imports.wast", {412, "multiple memories", kMemories}},
    {"threads/memory.wast", {14, "multiple memories", kMemories}},
    {"threads/memory.wast", {15, "multiple memories", kMemories}},
};

std::vector<Superseded> superseded_in(const fs::path& path) {
    const std::string file = path.generic_string();
    std::vector<Superseded> found;
    for (const SupersededIn& s : kSuperseded) {
        if (file.size() >= s.file.size() &&
            file.compare(file.size() - s.file.size(), s.file.size(), s.file) == 0) {
            found.push_back(s.assertion);
        }
    }
    return found;
}

}  // namespace

bool set_mode(std::string_view option, SuiteOptions& options) {
    Tuning& tuning = options.config.tuning;
    if (option == "--no-fuse") {
        tuning.fuse = false;
    } else if (option == "--no-pins") {
        tuning.pin_locals = false;
    } else if (option == "--no-accumulators") {
        tuning.accumulators = false;
    } else if (option == "--gc-stress") {
        tuning.gc_stress = 1;
    } else if (option == "--eager") {
        options.config.compile = CompileMode::eager;
    } else if (option == "--lazy") {
        options.config.compile = CompileMode::lazy;
    } else if (option == "--metered") {
        options.metered = true;
    } else {
        return false;
    }
    return true;
}

bool print_counts(const std::vector<std::string>& paths) {
    SuiteResult result;
    std::vector<ScriptFile> files;
    for (const std::string& path : paths) find_files(path, ".wast", files, result.problems);
    std::printf("# file,assertions\n");
    for (const ScriptFile& file : files) {
        std::string source;
        if (!read_file(file.path, source)) return false;
        const Result<Script> script = parse_script(source);
        if (!script) {
            std::fprintf(stderr, "%s: %s\n", file.name.c_str(), script.error().message().c_str());
            return false;
        }
        std::printf("%s,%llu\n", file.name.c_str(),
                    static_cast<unsigned long long>(count_assertions(script->commands)));
    }
    return result.problems.empty();
}

SuiteResult run_suite(const SuiteOptions& options) {
    SuiteResult total;
    std::vector<ScriptFile> files;
    for (const std::string& path : options.paths) find_files(path, ".wast", files, total.problems);
    std::map<std::string, Expectation> expectations;
    const bool expecting = !options.expected_counts.empty();
    if (expecting) {
        expectations = read_expectations(options.expected_counts, options.prefix, total);
    }

    bool without_memory64 = false;
    for (const ScriptFile& file : files) {
        Expectation* expected = nullptr;
        if (expecting) {
            const auto found = expectations.find(options.prefix + file.name);
            if (found == expectations.end()) {
                total.problems.push_back(file.name + ": not in " + options.expected_counts);
                continue;
            }
            expected = &found->second;
            expected->seen = true;
        }
        std::string source;
        if (!read_file(file.path, source)) {
            total.problems.push_back(file.path.string() + ": cannot be read");
            continue;
        }
        RunOptions run;
        run.config = options.config;
        run.round_trip = options.round_trip != RoundTrip::none;
        run.round_trip_folded = options.round_trip == RoundTrip::folded;
        run.metered = options.metered;
        run.limits.gc_heap_bytes = options.gc_heap_bytes;
        run.config.features = features_of(file.path, options.config.features);
        run.superseded = superseded_in(file.path);
        if (options.config.features.has(Feature::memory64) &&
            !run.config.features.has(Feature::memory64)) {
            without_memory64 = true;
        }
        const auto begin = std::chrono::steady_clock::now();
        const ScriptResult r = run_script(source, run);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        for (const Remark& remark : r.superseded) {
            std::printf("%s:%u: superseded by WebAssembly 3.0: %s\n", file.path.string().c_str(),
                        remark.line, remark.message.c_str());
        }
        for (const Remark& f : r.failures) {
            std::printf("%s:%u: %s\n", file.path.string().c_str(), f.line, f.message.c_str());
        }
        total.superseded += r.superseded.size();
        if (options.verbose) {
            std::printf("%-56s %6llu passed %6llu failed %8.3f s\n", file.name.c_str(),
                        static_cast<unsigned long long>(r.passed),
                        static_cast<unsigned long long>(r.failed), took.count());
        }
        if (expected != nullptr) {
            const std::uint64_t held = expected->assertions - run.superseded.size();
            if (r.passed != held || r.superseded.size() != run.superseded.size()) {
                total.problems.push_back(
                    file.name + ": " + std::to_string(r.passed) + " assertions passed and " +
                    std::to_string(r.superseded.size()) + " are superseded, expected " +
                    std::to_string(held) + " and " + std::to_string(run.superseded.size()));
            }
        }
        ++total.files;
        total.passed += r.passed;
        total.failed += r.failed;
        std::fflush(stdout);
    }
    for (const auto& [name, expected] : expectations) {
        if (!expected.seen) total.problems.push_back(name + ": not found");
    }
    for (const std::string& problem : total.problems) std::printf("%s\n", problem.c_str());
    if (files.empty()) std::printf("no scripts found\n");
    if (without_memory64) {
        std::printf(
            "the scripts of threads ran without memory64: with it, memory.wast:83, :87 and :91 "
            "are invalid, not malformed\n");
    }
    if (total.superseded != 0) {
        std::printf("%llu superseded: WebAssembly 3.0 demands the contrary, which was asserted\n",
                    static_cast<unsigned long long>(total.superseded));
    }
    std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(total.passed),
                static_cast<unsigned long long>(total.failed));
    return total;
}

}  // namespace wasmi::spectest
