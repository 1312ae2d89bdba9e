// The decoder against the official scripts: what must be malformed is, in the expected words, and
// what must be a module decodes. The scripts lie outside the repository; see wast_binaries.hpp.
// Spec: the scripts of the specification.
#include "core/decoder/body_scan.hpp"
#include "core/decoder/decoder.hpp"
#include "tests/util/wast_binaries.hpp"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

using test::ScriptModule;

struct Counts {
    u32 malformed = 0;
    u32 valid = 0;
};

void check(const ScriptModule& script, Features features, Counts& counts) {
    auto engine = std::make_shared<EngineData>();
    engine->config.features = features;
    const auto module = decode(engine, script.bytes, nullptr);
    if (script.command == "assert_malformed") {
        ++counts.malformed;
        std::optional<Error> error;
        if (module) {
            error = find_malformed_body(**module);
        } else {
            error = module.error();
        }
        ASSERT_TRUE(error) << script.where << ": accepted, but should be: " << script.text;
        EXPECT_EQ(error->kind(), ErrorKind::malformed) << script.where;
        EXPECT_NE(error->offset(), Error::kNoOffset) << script.where;
        EXPECT_EQ(error->message().substr(0, script.text.size()), script.text) << script.where;
    } else if (script.command == "assert_invalid") {
        if (module) return;  // the validator's business
        EXPECT_EQ(module.error().kind(), ErrorKind::invalid) << script.where;
        EXPECT_EQ(module.error().message().substr(0, script.text.size()), script.text)
            << script.where;
    } else {
        ++counts.valid;
        EXPECT_TRUE(module) << script.where << ": " << module.error().to_string();
        if (!module) return;
        const std::optional<Error> error = find_malformed_body(**module);
        EXPECT_FALSE(error) << script.where << ": " << error->to_string();
    }
}

/// Proposals that are not in the decoder.
bool is_foreign(const std::filesystem::path& script) {
    const std::string path = script.string();
    return path.find("custom-descriptors") != std::string::npos ||
           path.find("stack-switching") != std::string::npos;
}

Features features_for(const std::filesystem::path& script) {
    const bool proposal = script.string().find("proposals") != std::string::npos;
    return proposal ? Features::all() : Features::defaults();
}

TEST(SpecScripts, binary_modules_in_the_scripts) {
    const auto folder = test::spec_tests_dir();
    if (!folder) GTEST_SKIP() << "THE OFFICIAL SCRIPTS ARE MISSING: set WASMI_SPEC_TESTS";
    Counts counts;
    for (const auto& script : test::files_below(*folder, ".wast")) {
        if (is_foreign(script)) continue;
        for (const ScriptModule& module : test::binary_modules_of(script)) {
            check(module, features_for(script), counts);
        }
    }
    EXPECT_GE(counts.malformed, 711u);
    EXPECT_GE(counts.valid, 80u);
}

TEST(SpecScripts, modules_of_the_scripts_converted_by_wast2json) {
    const auto folder = test::spec_tests_dir();
    if (!folder) GTEST_SKIP() << "THE OFFICIAL SCRIPTS ARE MISSING: set WASMI_SPEC_TESTS";
    if (!test::has_wast2json()) GTEST_SKIP() << "WAST2JSON IS MISSING: install the package wabt";
    const std::filesystem::path scratch =
        std::filesystem::path(testing::TempDir()) / "wasmi_decoder_spec_scripts";
    Counts counts;
    for (const auto& script : test::files_below(*folder, ".wast")) {
        if (is_foreign(script)) continue;
        for (const ScriptModule& module : test::converted_modules_of(script, scratch)) {
            check(module, features_for(script), counts);
        }
    }
    EXPECT_GE(counts.valid, 1500u);
}

}  // namespace
}  // namespace wasmi::core
