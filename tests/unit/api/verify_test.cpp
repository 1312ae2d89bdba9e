// verify and inspect: all errors, the features that a module needs, and what it consists of.
// Spec: valid/modules.
#include "tests/util/module_builder.hpp"
#include "tests/util/wat.hpp"

#include <wasmi/wasmi.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi {
namespace {

using core::test::ModuleBuilder;
using test::wat;

using Strings = std::vector<std::string>;

std::vector<std::byte> as_bytes(const core::test::Bytes& bytes) {
    std::vector<std::byte> out;
    for (const auto b : bytes) out.push_back(static_cast<std::byte>(b));
    return out;
}

Engine engine_with(Features features) {
    Config config;
    config.features = features;
    return Engine(config);
}

/// What each error says, without its position.
Strings messages(const VerifyResult& result) {
    Strings list;
    for (const Error& e : result.errors) {
        list.push_back(std::string(to_string(e.kind())) + ": " +
                       e.message().substr(0, e.message().find(':')));
    }
    return list;
}

Strings needed(const std::vector<std::byte>& bytes) {
    Strings list;
    const ModuleInfo info = inspect(bytes).value();
    for (const FeatureUse& use : info.features) list.emplace_back(to_string(use.feature));
    return list;
}

/// `count` functions of type () -> (i32) with an empty body.
ModuleBuilder wrong_functions(core::u32 count) {
    ModuleBuilder b;
    b.type({}, {core::test::kI32});
    for (core::u32 i = 0; i < count; ++i) b.func(0, {0x0B});
    return b;
}

// ---- all errors ---------------------------------------------------------------------------------

TEST(Verify, finds_nothing_wrong_in_a_valid_module) {
    const VerifyResult result = verify(Engine(), wat("(module (func (export \"f\")))"));
    EXPECT_TRUE(result.valid());
    EXPECT_TRUE(result.complete);
}

TEST(Verify, lists_the_errors_of_all_definitions_and_functions) {
    const VerifyResult result = verify(Engine(), wat(R"((module
        (memory 2 1)
        (table 2 1 funcref)
        (global i32 (i64.const 0))
        (global $ok i32 (i32.const 0))
        (global f32 (i32.const 0))
        (func $a (result i32))
        (func $fine (result i32) (i32.const 1))
        (func $b (i32.add (i32.const 1)) (unreachable))
        (data (i64.const 0) "x")
        (data (f32.const 0) "x")
        (elem (i64.const 0) func $a)
        (export "x" (func 9))
        (export "y" (global 9))
        (start $fine))
    )"));
    EXPECT_TRUE(result.complete);
    EXPECT_EQ(messages(result), (Strings{
                                    "invalid: size minimum must not be greater than maximum",
                                    "invalid: size minimum must not be greater than maximum",
                                    "invalid: type mismatch",  // global 0
                                    "invalid: type mismatch",  // global 2
                                    "invalid: type mismatch",  // data 0
                                    "invalid: type mismatch",  // data 1
                                    "invalid: type mismatch",  // elem
                                    "invalid: start function must not have parameters or results, "
                                    "but has [] and [i32]",
                                    "invalid: unknown function 9 in export \"x\"",
                                    "invalid: unknown global 9 in export \"y\"",
                                    "invalid: type mismatch",  // $a
                                    "invalid: type mismatch",  // $b
                                }));
    const Error& last = result.errors.back();
    EXPECT_EQ(last.function(), 2u);
    EXPECT_EQ(last.function_name(), "b");
    EXPECT_EQ(last.section(), "code");
    EXPECT_NE(last.offset(), Error::kNoOffset);
}

TEST(Verify, lists_all_unknown_types_and_then_stops) {
    ModuleBuilder b;
    b.type({}, {});
    b.func(3, {0x0B}).func(0, {0x41, 0x00, 0x0B}).func(4, {0x0B});
    const VerifyResult result = verify(Engine(), as_bytes(b.bytes()));
    EXPECT_EQ(messages(result), (Strings{"invalid: unknown type 3", "invalid: unknown type 4"}));
    EXPECT_FALSE(result.complete);
}

TEST(Verify, puts_what_makes_the_module_malformed_first) {
    ModuleBuilder b;
    b.type({}, {});
    // The second body is found invalid before it is found malformed.
    b.func(0, {0x41, 0x00, 0x0B}).func(0, {0x6A, 0xFF, 0x0B});
    const std::vector<std::byte> bytes = as_bytes(b.bytes());
    const VerifyResult result = verify(Engine(), bytes);
    EXPECT_EQ(messages(result), (Strings{"malformed: illegal opcode ff", "invalid: type mismatch",
                                         "invalid: type mismatch"}));
    EXPECT_EQ(result.errors[0].message(), Module::validate(Engine(), bytes).error().message());
}

TEST(Verify, ends_at_malformed_sections) {
    const core::test::Bytes bytes = {0, 'a', 's', 'm', 1, 0, 0, 0, 99, 0};
    const VerifyResult result = verify(Engine(), as_bytes(bytes));
    EXPECT_EQ(messages(result), Strings{"malformed: malformed section id"});
    EXPECT_FALSE(result.complete);
}

TEST(Verify, takes_texts_and_says_where_they_are_wrong) {
    const std::string text = "(module (func (i32.ad)))";
    const VerifyResult result = verify(Engine(), std::as_bytes(std::span(text)));
    ASSERT_EQ(result.errors.size(), 1u);
    EXPECT_EQ(result.errors[0].message(),
              "unknown operator i32.ad, expected an instruction at 1:16");
    EXPECT_FALSE(result.complete);
}

TEST(Verify, keeps_no_more_errors_than_asked_for) {
    const std::vector<std::byte> bytes = as_bytes(wrong_functions(50).bytes());
    EXPECT_EQ(verify(Engine(), bytes).errors.size(), 20u);
    EXPECT_FALSE(verify(Engine(), bytes).complete);
    EXPECT_EQ(verify(Engine(), bytes, 1).errors.size(), 1u);
    EXPECT_EQ(verify(Engine(), bytes, 0).errors.size(), 1u);
    EXPECT_EQ(verify(Engine(), bytes, 60).errors.size(), 50u);
    EXPECT_TRUE(verify(Engine(), bytes, 60).complete);
}

TEST(Verify, looks_for_no_more_errors_than_asked_for) {
    // The body after the wrong ones is malformed; a scan for that is all that is done to it.
    ModuleBuilder b = wrong_functions(100'000);
    b.export_("f", 0, 99'999);
    const VerifyResult result = verify(Engine(), as_bytes(b.bytes()), 3);
    ASSERT_EQ(result.errors.size(), 3u);
    EXPECT_EQ(result.errors[2].function(), 2u);
}

TEST(Verify, reports_the_first_error_as_validation_does) {
    for (const char* text : {
             "(module (func (result i32)))",
             "(module (memory 2 1) (func (result i32)))",
             "(module (export \"a\" (func 0)) (export \"a\" (func 0)))",
         }) {
        const std::vector<std::byte> bytes = wat(text);
        const VerifyResult result = verify(Engine(), bytes);
        ASSERT_FALSE(result.valid()) << text;
        EXPECT_EQ(result.errors[0].to_string(),
                  Module::validate(Engine(), bytes).error().to_string());
    }
}

/// A module with something in every section.
constexpr const char* kAllSections = R"((module $m
    (rec (type $s (struct (field (mut i32)))) (type $a (array (mut (ref null $s)))))
    (type $f (func (param i32) (result i32 i32)))
    (import "env" "f" (func $import (type $f)))
    (import "env" "g" (global $ig i32))
    (table $t 3 funcref) (table (ref null $s) (elem))
    (memory 1 2) (memory i64 1)
    (tag $tag (param i32))
    (global $g (mut i32) (i32.add (global.get $ig) (i32.const 1)))
    (export "f" (func $body)) (export "g" (global $g)) (export "t" (tag $tag))
    (start $start)
    (func $start (drop (v128.const i64x2 0 1)) (memory.fill (i32.const 0) (i32.const 1) (i32.const 2)))
    (func $body (type $f) (local $x (ref null $s)) (local i64 f32)
        (local.set $x (struct.new $s (local.get 0)))
        (block $l (result i32) (try_table (catch $tag $l) (throw $tag (i32.const 7))) (i32.const 1))
        (if (result i32) (then (i32.load8_u offset=3 (i32.const 0))) (else (i32.const 2)))
        (br_table 0 0 (i32.const 1) (local.get 0)) (unreachable))
    (elem (table $t) (i32.const 0) func $body $start) (elem declare func $start)
    (data (i32.const 0) "abc") (data "xyz")))";

// Whatever the bytes are: verify agrees with validate and both come to an end.
TEST(Verify, agrees_with_validation_on_damaged_modules) {
    const std::vector<std::byte> sound = wat(kAllSections);
    ASSERT_TRUE(verify(Engine(), sound).valid()) << verify(Engine(), sound).errors[0].to_string();
    const Engine old = engine_with(Features::wasm(2));
    for (std::size_t at = 8; at < sound.size(); ++at) {
        for (const int value : {0x00, 0x01, 0x0B, 0x40, 0x63, 0x7F, 0xFB, 0xFF}) {
            std::vector<std::byte> bytes = sound;
            bytes[at] = static_cast<std::byte>(value);
            for (const Engine& engine : {Engine(), old}) {
                const Result<void> valid = Module::validate(engine, bytes);
                const VerifyResult result = verify(engine, bytes, 5);
                ASSERT_EQ(result.valid(), valid.has_value()) << at << " " << value;
                if (valid) continue;
                EXPECT_LE(result.errors.size(), 5u);
                // A feature that is off may be found before something else is found malformed.
                if (valid.error().kind() == ErrorKind::unsupported) continue;
                EXPECT_EQ(result.errors[0].kind(), valid.error().kind())
                    << at << " " << value << ": " << valid.error().to_string() << "\n"
                    << result.errors[0].to_string();
            }
            (void)inspect(bytes);
        }
    }
}

// ---- features -----------------------------------------------------------------------------------

struct Needs {
    Feature feature;
    const char* what;  ///< how the message begins
    const char* text;
};

constexpr Needs kNeeds[] = {
    {Feature::mutable_globals, "an imported mutable global",
     "(import \"a\" \"b\" (global (mut i32)))"},
    {Feature::mutable_globals, "an exported mutable global",
     "(global (export \"g\") (mut i32) (i32.const 0))"},
    {Feature::sign_extension, "i64.extend8_s", "(func (drop (i64.extend8_s (i64.const 1))))"},
    {Feature::saturating_conversion, "i32.trunc_sat_f32_s",
     "(func (drop (i32.trunc_sat_f32_s (f32.const 1))))"},
    {Feature::multi_value, "a function type with several results",
     "(func (result i32 i32) (unreachable))"},
    {Feature::multi_value, "a block type with a type index",
     "(func (i32.const 1) (block (param i32) (drop)))"},
    {Feature::bulk_memory, "memory.fill",
     "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))"},
    {Feature::bulk_memory, "a data segment of kind 1", "(data \"x\")"},
    {Feature::reference_types, "the type externref", "(func (param externref))"},
    {Feature::reference_types, "the type funcref", "(func (local funcref))"},
    {Feature::reference_types, "ref.func", "(func $f (export \"f\") (drop (ref.func $f)))"},
    {Feature::reference_types, "table.size", "(table 1 funcref) (func (drop (table.size)))"},
    {Feature::reference_types, "a second table", "(table 1 funcref) (table 1 funcref)"},
    {Feature::reference_types, "a declarative element segment", "(func $f) (elem declare func $f)"},
    {Feature::simd, "the type v128", "(func (param v128))"},
    {Feature::simd, "v128.const", "(func (drop (v128.const i64x2 0 0)))"},
    {Feature::relaxed_simd, "i8x16.relaxed_swizzle",
     "(func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0))))"},
    {Feature::tail_call, "return_call", "(func $f (return_call $f))"},
    {Feature::tail_call, "return_call_ref",
     "(type $t (func)) (func (param (ref $t)) (return_call_ref $t (local.get 0)))"},
    {Feature::extended_const, "i32.add in a constant expression",
     "(global i32 (i32.add (i32.const 1) (i32.const 2)))"},
    {Feature::function_references, "a typed reference", "(func (param (ref func)))"},
    {Feature::function_references, "a table with an initial value",
     "(table 1 funcref (ref.null func))"},
    {Feature::function_references, "ref.as_non_null",
     "(func (param funcref) (drop (ref.as_non_null (local.get 0))))"},
    {Feature::gc, "a structure type", "(type (struct (field i32)))"},
    {Feature::gc, "an array type", "(type (array i8))"},
    {Feature::gc, "a sub type", "(type (sub (func)))"},
    {Feature::gc, "a recursion group", "(rec (type (func)) (type (func (param i32))))"},
    {Feature::gc, "the type anyref", "(func (param anyref))"},
    {Feature::gc, "a global that is not imported, in a constant expression,",
     "(global $g i32 (i32.const 1)) (global i32 (global.get $g))"},
    {Feature::multi_memory, "a second memory", "(memory 1) (memory 1)"},
    {Feature::multi_memory, "a second memory", "(import \"a\" \"b\" (memory 1)) (memory 1)"},
    {Feature::memory64, "a memory with 64-bit addresses", "(memory i64 1)"},
    {Feature::memory64, "a table with 64-bit addresses", "(table i64 1 funcref)"},
    {Feature::exceptions, "the type exnref", "(func (param exnref))"},
    {Feature::exceptions, "try_table", "(func (try_table))"},
    {Feature::threads, "a shared memory", "(memory 1 1 shared)"},
    {Feature::threads, "atomic.fence", "(func (atomic.fence))"},
    {Feature::legacy_exceptions, "try", "(func (try (do)))"},
    {Feature::wide_arithmetic, "i64.mul_wide_u",
     "(func (i64.mul_wide_u (i64.const 1) (i64.const 2)) (drop) (drop))"},
    {Feature::custom_page_sizes, "a memory with a page size of its own", "(memory 1 (pagesize 1))"},
};

TEST(SwitchedOffFeatures, are_named_by_the_error) {
    for (const Needs& needs : kNeeds) {
        SCOPED_TRACE(needs.text);
        const std::vector<std::byte> bytes = wat("(module " + std::string(needs.text) + ")");
        ASSERT_TRUE(Module::validate(engine_with(Features::all()), bytes).has_value());
        const Engine without = engine_with(Features::all().set(needs.feature, false));
        const Result<void> valid = Module::validate(without, bytes);
        ASSERT_FALSE(valid);
        const Error& error = valid.error();
        EXPECT_EQ(error.kind(), ErrorKind::unsupported);
        EXPECT_EQ(error.feature(), needs.feature);
        EXPECT_EQ(error.message(), std::string(needs.what) + " needs the feature " +
                                       std::string(to_string(needs.feature)) +
                                       ", which is switched off");
        EXPECT_NE(error.offset(), Error::kNoOffset);
        EXPECT_TRUE(error.section() == "code" || error.function() == Error::kNoFunction);
        const VerifyResult result = verify(without, bytes);
        ASSERT_FALSE(result.valid());
        EXPECT_EQ(result.errors[0].feature(), needs.feature);
    }
}

TEST(SwitchedOffFeatures, each_has_a_test) {
    for (const Feature f : {
#define WASMI_FEATURE(id, ...) Feature::id,
#include <wasmi/features.def>
#undef WASMI_FEATURE
         }) {
        if (f == Feature::mvp || f == Feature::compact_imports) continue;  // see below
        EXPECT_TRUE(std::any_of(std::begin(kNeeds), std::end(kNeeds), [f](const Needs& n) {
            return n.feature == f;
        })) << to_string(f);
    }
}

TEST(SwitchedOffFeatures, compact_imports_are_named) {
    ModuleBuilder b;
    b.type({}, {});
    b.add(ModuleBuilder::kImport, {1, 'm', 0, 0x7F, 1, 1, 'a', 0, 0});
    const std::vector<std::byte> bytes = as_bytes(b.bytes());
    EXPECT_TRUE(Module::validate(engine_with(Features::all()), bytes).has_value());
    const Result<void> valid = Module::validate(Engine(), bytes);
    ASSERT_FALSE(valid);
    EXPECT_EQ(valid.error().feature(), Feature::compact_imports);
    EXPECT_EQ(needed(bytes), Strings{"compact-imports"});
}

TEST(SwitchedOffFeatures, are_found_by_inspect) {
    for (const Needs& needs : kNeeds) {
        SCOPED_TRACE(needs.text);
        const std::vector<std::byte> bytes = wat("(module " + std::string(needs.text) + ")");
        const ModuleInfo info = inspect(bytes).value();
        EXPECT_TRUE(std::any_of(info.features.begin(), info.features.end(),
                                [&needs](const FeatureUse& use) {
                                    return use.feature == needs.feature && use.what == needs.what;
                                }));
    }
}

TEST(SwitchedOffFeatures, do_not_hide_errors_of_other_functions) {
    const VerifyResult result = verify(engine_with(Features::wasm(1)), wat(R"((module
        (func (drop (v128.const i64x2 0 0)))
        (func (result i32))
        (func (drop (i32.extend8_s (i32.const 1))))))"));
    EXPECT_EQ(messages(result),
              (Strings{"unsupported: v128.const needs the feature simd, which is switched off",
                       "invalid: type mismatch",
                       "unsupported: i32.extend8_s needs the feature sign-extension, which is "
                       "switched off"}));
}

TEST(NeededFeatures, are_as_few_as_possible) {
    EXPECT_EQ(needed(wat("(module (func (param i32) (drop (local.get 0))))")), Strings{});
    // Tags and throw are of both proposals.
    const char* const legacy = "(module (tag $t) (func (try (do (throw $t)) (catch $t))))";
    EXPECT_EQ(needed(wat(legacy)), Strings{"legacy-exceptions"});
    EXPECT_TRUE(Module::validate(engine_with(Features::defaults().set(Feature::exceptions, false)),
                                 wat(legacy))
                    .has_value());
    EXPECT_EQ(needed(wat("(module (tag $t) (func (throw $t)))")), Strings{"exceptions"});
    EXPECT_EQ(needed(wat("(module (table 1 funcref) (func $f) (elem (table 0) (i32.const 0) func "
                         "$f) (func (drop (table.size))))")),
              Strings{"reference-types"});
}

TEST(NeededFeatures, of_invalid_modules_are_those_of_the_sound_parts) {
    EXPECT_EQ(needed(wat("(module (func (result i32)) (func (param v128)))")), Strings{"simd"});
}

// ---- inspect ------------------------------------------------------------------------------------

TEST(Inspect, tells_what_a_module_consists_of) {
    const ModuleInfo info = inspect(wat(R"((module $m
        (type $s (struct (field i32)))
        (type $f (func (param (ref null $s)) (result i64)))
        (import "env" "f" (func (type $f)))
        (import "env" "m" (memory 1 2))
        (table 3 4 funcref)
        (table 1 (ref null $s))
        (global (export "g") (mut i32) (i32.const 0))
        (func $main)
        (start $main)
        (elem (i32.const 0) $main)
        (data (i32.const 0) "abc")))"))
                                .value();
    EXPECT_TRUE(info.decoded);
    EXPECT_EQ(info.name, "m");
    ASSERT_EQ(info.imports.size(), 2u);
    EXPECT_EQ(to_string(info.imports[0].type), "func ((ref null $0)) -> (i64)");
    EXPECT_EQ(to_string(info.imports[1].type), "memory 1 2");
    ASSERT_EQ(info.exports.size(), 1u);
    EXPECT_EQ(info.exports[0].name, "g");
    ASSERT_EQ(info.tables.size(), 2u);
    EXPECT_EQ(info.tables[0].limits, (SizeLimits{3, 4, true}));
    EXPECT_EQ(to_string(info.tables[1].element), "(ref null $0)");
    ASSERT_EQ(info.memories.size(), 1u);
    EXPECT_EQ(info.memories[0].limits, (SizeLimits{1, 2, true}));
    EXPECT_EQ(info.start, 1u);
    EXPECT_EQ(info.start_name, "main");
    EXPECT_EQ(info.counts.types, 3u);
    EXPECT_EQ(info.counts.functions, 2u);
    EXPECT_EQ(info.counts.imported_functions, 1u);
    EXPECT_EQ(info.counts.imported_memories, 1u);
    EXPECT_EQ(info.counts.element_segments, 1u);
    EXPECT_EQ(info.counts.data_bytes, 3u);
    EXPECT_EQ(info.counts.code_bytes, 2u);
    EXPECT_EQ(info.sections.front().name, "type");
    EXPECT_EQ(info.sections.front().offset, 10u);
    EXPECT_EQ(info.sections.back().id, 0u);
    EXPECT_EQ(info.sections.back().name, "name");
    EXPECT_EQ(info.sections.back().offset + info.sections.back().size, info.size);
}

TEST(Inspect, looks_into_modules_that_are_not_valid) {
    const ModuleInfo info =
        inspect(
            wat(R"((module (func (result i32)) (export "x" (func 0)) (export "y" (memory 5))))"))
            .value();
    EXPECT_TRUE(info.decoded);
    ASSERT_EQ(info.exports.size(), 2u);
    EXPECT_EQ(info.exports[1].type.kind, ExternKind::memory);
}

TEST(Inspect, lists_the_sections_before_malformed_bytes) {
    core::test::Bytes bytes = wrong_functions(1).bytes();
    bytes.push_back(99);
    const ModuleInfo info = inspect(as_bytes(bytes)).value();
    EXPECT_FALSE(info.decoded);
    EXPECT_EQ(info.sections.size(), 3u);
    const core::test::Bytes other = {'n', 'o', 'n', 'e'};
    EXPECT_FALSE(inspect(as_bytes(other)).value().decoded);
    EXPECT_TRUE(inspect(as_bytes(other)).value().sections.empty());
}

TEST(Inspect, lists_producers_as_far_as_they_are_well_formed) {
    using core::test::join;
    using core::test::name;
    using core::test::sized;
    const auto module = [](const core::test::Bytes& content) {
        return as_bytes(
            join({{0, 'a', 's', 'm', 1, 0, 0, 0, 0}, sized(join({name("producers"), content}))}));
    };
    const core::test::Bytes good = join({{1}, name("language"), {1}, name("C++"), name("20")});
    const std::vector<Producer> list = inspect(module(good)).value().producers;
    ASSERT_EQ(list.size(), 1u);
    EXPECT_EQ(list[0].field + "/" + list[0].name + "/" + list[0].version, "language/C++/20");
    const core::test::Bytes cut(good.begin(), good.end() - 1);
    EXPECT_TRUE(inspect(module(cut)).value().producers.empty());
    EXPECT_TRUE(inspect(module({0xFF, 0xFF, 0xFF, 0xFF, 0x0F})).value().producers.empty());
}

}  // namespace
}  // namespace wasmi
