// What the tests of the validator share: a verdict on bytes, in one line.
#pragma once

#include "core/decoder/decoder.hpp"
#include "core/types/module.hpp"
#include "core/validator/validator.hpp"
#include "tests/util/module_builder.hpp"

#include <memory>
#include <string>

namespace wasmi::core::test {

struct Checked {
    std::shared_ptr<ModuleData> module;  ///< null if it could not be decoded
    Bytes bytes;                         ///< the module refers to them
    std::string verdict;                 ///< "valid" or "KIND: MESSAGE"
    u64 offset = Error::kNoOffset;
    u32 function = Error::kNoFunction;
};

inline Checked check(const Bytes& bytes, const Config& config = {}) {
    Checked checked;
    checked.bytes = bytes;
    const auto refuse = [&checked](const Error& error) {
        checked.verdict = std::string(to_string(error.kind())) + ": " + error.message();
        checked.offset = error.offset();
        checked.function = error.function();
    };
    const auto engine = std::make_shared<EngineData>();
    engine->config = config;
    auto module = decode(engine, checked.bytes, nullptr);
    if (!module) {
        refuse(module.error());
        return checked;
    }
    checked.module = *std::move(module);
    Result<void> done = validate_module(*checked.module);
    if (done) done = validate_bodies(*checked.module);
    checked.verdict = "valid";
    if (!done) refuse(done.error());
    return checked;
}

inline std::string verdict(const ModuleBuilder& builder, const Config& config = {}) {
    return check(builder.bytes(), config).verdict;
}

/// The verdict on a module of one function (with `params`, `results` and, before its end, `code`)
/// and of what `builder` has: type 0 must be free.
inline ModuleBuilder function(const Bytes& params, const Bytes& results, const Bytes& code,
                              const Bytes& locals = {0}) {
    ModuleBuilder b;
    b.type(params, results);
    b.func(0, join({code, {0x0B}}), locals);
    return b;
}

/// Facts of function 0 of a module that must be valid.
inline FuncFacts facts(const ModuleBuilder& builder) {
    const Checked checked = check(builder.bytes());
    if (checked.verdict != "valid") return FuncFacts{};
    return checked.module->facts[0];
}

}  // namespace wasmi::core::test
