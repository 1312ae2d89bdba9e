// Suite: many scripts with a report.
#include "spectests/runner/suite.hpp"

#include "core/types/instr.hpp"
#include "spectests/runner/runner.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace wasmi::spectest {
namespace {

namespace fs = std::filesystem;

struct File {
    fs::path path;
    std::string name;  ///< from the directory that was given
};

void find_files(const std::string& given, std::vector<File>& out, SuiteResult& result) {
    std::error_code error;
    if (!fs::is_directory(given, error)) {
        out.push_back({given, fs::path(given).filename().string()});
        return;
    }
    const std::size_t first = out.size();
    for (fs::recursive_directory_iterator it(given, error), end; !error && it != end;
         it.increment(error)) {
        if (it->is_regular_file(error) && it->path().extension() == ".wast") {
            out.push_back({it->path(), it->path().lexically_relative(given).generic_string()});
        }
    }
    if (error) result.problems.push_back(given + ": " + error.message());
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
              [](const File& a, const File& b) { return a.name < b.name; });
}

struct Expectation {
    std::uint64_t assertions = 0;
    std::string missing;  ///< what the engine lacks for it; empty if nothing
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
        std::getline(fields, e.missing, ',');
        if (file.compare(0, prefix.size(), prefix) != 0) continue;
        e.assertions = std::strtoull(count.c_str(), nullptr, 10);
        table.emplace(file, std::move(e));
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
        // These scripts know sizes of 32 bits only: a larger one is malformed, not invalid.
        {"threads", Feature::memory64, false},
    };
    const fs::path directory = fs::absolute(path).parent_path().filename();
    for (const Row& row : kDirectories) {
        if (directory == row.directory) features.set(row.feature, row.on);
    }
    return features;
}

/// Assertions of scripts that are older than WebAssembly 3.0, which its own scripts contradict: run
/// and shown like all others, but not counted as failures.
struct Contradiction {
    std::string_view file;  ///< the end of the path
    std::uint32_t line;
    std::string_view truth;
};
constexpr Contradiction kContradictions[] = {
    {"threads/imports.wast", 309, "several tables are valid"},
    {"threads/imports.wast", 313, "several tables are valid"},
    {"threads/imports.wast", 317, "several tables are valid"},
    {"threads/imports.wast", 404, "several memories are valid"},
    {"threads/imports.wast", 408, "several memories are valid"},
    {"threads/imports.wast", 412, "several memories are valid"},
    {"threads/memory.wast", 14, "several memories are valid"},
    {"threads/memory.wast", 15, "several memories are valid"},
};

const Contradiction* find_contradiction(const fs::path& path, std::uint32_t line) {
    const std::string file = path.generic_string();
    for (const Contradiction& c : kContradictions) {
        if (c.line == line && file.size() >= c.file.size() &&
            file.compare(file.size() - c.file.size(), c.file.size(), c.file) == 0) {
            return &c;
        }
    }
    return nullptr;
}

/// "gc simd": features with instructions of their own that the script names.
std::string large_features(const text::TokenStream& tokens) {
    bool gc = false;
    bool simd = false;
    bool threads = false;
    for (const text::Token& t : tokens.tokens) {
        if (t.kind != text::TokenKind::keyword) continue;
        const auto instr = core::instr_from_text(tokens.text(t));
        if (!instr) continue;
        const Feature feature = core::feature_of(*instr);
        gc = gc || feature == Feature::gc;
        simd = simd || feature == Feature::simd || feature == Feature::relaxed_simd;
        threads = threads || feature == Feature::threads;
    }
    std::string out;
    for (const auto& [used, name] : {std::pair(gc, "gc"), {simd, "simd"}, {threads, "threads"}}) {
        if (!used) continue;
        if (!out.empty()) out += ' ';
        out += name;
    }
    return out;
}

bool read_file(const fs::path& path, std::string& out) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return false;
    out.assign(std::istreambuf_iterator<char>(in), {});
    return true;
}

}  // namespace

bool print_counts(const std::vector<std::string>& paths) {
    SuiteResult result;
    std::vector<File> files;
    for (const std::string& path : paths) find_files(path, files, result);
    std::printf("# file,assertions,features that it needs besides the scalar core\n");
    for (const File& file : files) {
        std::string source;
        if (!read_file(file.path, source)) return false;
        const Result<Script> script = parse_script(source);
        if (!script) {
            std::fprintf(stderr, "%s: %s\n", file.name.c_str(), script.error().message().c_str());
            return false;
        }
        std::printf("%s,%llu,%s\n", file.name.c_str(),
                    static_cast<unsigned long long>(count_assertions(script->commands)),
                    large_features(script->tokens).c_str());
    }
    return result.problems.empty();
}

SuiteResult run_suite(const SuiteOptions& options) {
    SuiteResult total;
    std::vector<File> files;
    for (const std::string& path : options.paths) find_files(path, files, total);
    std::map<std::string, Expectation> expectations;
    const bool expecting = !options.expected_counts.empty();
    if (expecting) {
        expectations = read_expectations(options.expected_counts, options.prefix, total);
    }

    for (const File& file : files) {
        Expectation* expected = nullptr;
        if (expecting) {
            const auto found = expectations.find(options.prefix + file.name);
            if (found == expectations.end()) {
                total.problems.push_back(file.name + ": not in " + options.expected_counts);
                continue;
            }
            expected = &found->second;
            expected->seen = true;
            if (options.only_ready && !expected->missing.empty()) continue;
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
        run.config.features = features_of(file.path, options.config.features);
        const auto begin = std::chrono::steady_clock::now();
        ScriptResult r = run_script(source, run);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
        std::uint64_t contradicted = 0;
        for (const Failure& f : r.failures) {
            if (const Contradiction* c = find_contradiction(file.path, f.line); c != nullptr) {
                std::printf("%s:%u: contradicts WebAssembly 3.0 (%.*s): %s\n",
                            file.path.string().c_str(), f.line, static_cast<int>(c->truth.size()),
                            c->truth.data(), f.message.c_str());
                ++contradicted;
                continue;
            }
            std::printf("%s:%u: %s\n", file.path.string().c_str(), f.line, f.message.c_str());
        }
        r.failed -= contradicted;
        total.contradicted += contradicted;
        if (options.verbose) {
            std::printf("%-56s %6llu passed %6llu failed %8.3f s\n", file.name.c_str(),
                        static_cast<unsigned long long>(r.passed),
                        static_cast<unsigned long long>(r.failed), took.count());
        }
        if (expected != nullptr && r.passed + contradicted != expected->assertions) {
            total.problems.push_back(file.name + ": " + std::to_string(r.passed) +
                                     " assertions passed, expected " +
                                     std::to_string(expected->assertions));
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
    if (total.contradicted != 0) {
        std::printf("%llu assertions contradict WebAssembly 3.0 and count neither way\n",
                    static_cast<unsigned long long>(total.contradicted));
    }
    std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(total.passed),
                static_cast<unsigned long long>(total.failed));
    return total;
}

}  // namespace wasmi::spectest
