// The validator against the official scripts and the corpus: valid modules pass, assert_invalid is
// invalid and assert_malformed malformed, in the expected words. The scripts lie outside the
// repository; see wast_binaries.hpp. Spec: the scripts of the specification.
#include "tests/unit/validator/validator_fixture.hpp"
#include "tests/util/wast_binaries.hpp"

#include <cstring>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace wasmi::core::test {
namespace {

using wasmi::test::ScriptModule;

struct Counts {
    u32 valid = 0;
    u32 invalid = 0;
    u32 malformed = 0;
};

/// Where the binary that wast2json 1.0.32 writes is not what the script means.
bool is_changed_by_wast2json(const ScriptModule& script, const std::string& verdict) {
    const auto got = [&verdict](const char* start) { return verdict.rfind(start, 0) == 0; };
    // It leaves the data count section out of modules without data segments.
    if (script.text == "unknown data segment" || script.text == "unknown memory 0") {
        return got("malformed: data count section required");
    }
    // It writes (ref $t) in the encoding of an early draft.
    if (script.text == "uninitialized local") return got("invalid: type mismatch");
    return false;
}

void check_script(const ScriptModule& script, bool converted, Counts& counts) {
    const std::string verdict = check(script.bytes).verdict;
    std::string expected = "valid";
    if (script.command == "assert_invalid") {
        ++counts.invalid;
        expected = "invalid: " + script.text;
    } else if (script.command == "assert_malformed") {
        ++counts.malformed;
        expected = "malformed: " + script.text;
    } else {
        ++counts.valid;
    }
    if (converted && is_changed_by_wast2json(script, verdict)) return;
    EXPECT_EQ(verdict.substr(0, expected.size()), expected) << script.where << ": " << verdict;
}

bool is_proposal(const std::filesystem::path& script) {
    return script.string().find("proposals") != std::string::npos;
}

TEST(SpecFixtures, binary_modules_in_the_scripts) {
    const auto folder = wasmi::test::spec_tests_dir();
    if (!folder) GTEST_SKIP() << "THE OFFICIAL SCRIPTS ARE MISSING: set WASMI_SPEC_TESTS";
    Counts counts;
    for (const auto& path : wasmi::test::files_below(*folder, ".wast")) {
        if (is_proposal(path)) continue;
        for (const ScriptModule& script : wasmi::test::binary_modules_of(path)) {
            check_script(script, false, counts);
        }
    }
    EXPECT_GE(counts.malformed, 711u);
    EXPECT_GE(counts.invalid, 11u);
    EXPECT_GE(counts.valid, 80u);
}

TEST(SpecFixtures, modules_converted_by_wast2json) {
    const auto folder = wasmi::test::spec_tests_dir();
    if (!folder) GTEST_SKIP() << "THE OFFICIAL SCRIPTS ARE MISSING: set WASMI_SPEC_TESTS";
    if (!wasmi::test::has_wast2json()) GTEST_SKIP() << "WAST2JSON IS MISSING: install wabt";
    const auto scratch = std::filesystem::path(testing::TempDir()) / "wasmi_validator_fixtures";
    Counts counts;
    u32 scripts = 0;
    for (const auto& path : wasmi::test::files_below(*folder, ".wast")) {
        if (is_proposal(path)) continue;
        const auto modules = wasmi::test::converted_modules_of(path, scratch);
        if (!modules.empty()) ++scripts;
        for (const ScriptModule& script : modules) check_script(script, true, counts);
    }
    EXPECT_GE(scripts, 180u);
    EXPECT_GE(counts.valid, 1500u);
    EXPECT_GE(counts.invalid, 1500u);
}

TEST(SpecFixtures, corpus_modules_are_valid) {
    const auto folder = wasmi::test::shared_dir("corpus");
    if (!folder) GTEST_SKIP() << "THE CORPUS IS MISSING";
    for (const auto& path : wasmi::test::files_below(*folder / "modules", ".wasm")) {
        const std::string text = wasmi::test::read_file(path);
        EXPECT_EQ(check(Bytes(text.begin(), text.end())).verdict, "valid") << path;
    }
}

/// One byte of a real module changed at a time: an answer every time, whatever it is. The seeds
/// are fixed, so that a failure can be repeated.
TEST(SpecFixtures, mutated_corpus_modules_never_crash) {
    const auto folder = wasmi::test::shared_dir("corpus");
    if (!folder) GTEST_SKIP() << "THE CORPUS IS MISSING";
    u32 seed = 1;
    const auto next = [&seed] { return seed = seed * 1664525u + 1013904223u; };
    for (const char* name : {"cjson_test.wasm", "figlet.wasm", "assemblyscript-demo.wasm"}) {
        const std::string text = wasmi::test::read_file(*folder / "modules" / name);
        ASSERT_FALSE(text.empty()) << name;
        Bytes bytes(text.begin(), text.end());
        for (int round = 0; round < 200; ++round) {
            const std::size_t at = (next() >> 4) % bytes.size();
            const u8 old = std::exchange(bytes[at], static_cast<u8>(next() >> 24));
            const Checked checked = check(bytes);
            EXPECT_FALSE(checked.verdict.empty()) << name << " at " << at;
            if (checked.offset != Error::kNoOffset) {
                EXPECT_LE(checked.offset, bytes.size());
            }
            bytes[at] = old;
        }
    }
}

}  // namespace
}  // namespace wasmi::core::test
