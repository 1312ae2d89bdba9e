// Import matching and its messages, named linking.
// Spec: valid/matching (external types), exec/modules (instantiation).
#include "tests/util/outcome.hpp"
#include "tests/util/wat.hpp"

#include <wasmi/wasmi.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmi {
namespace {

using test::kind_of;
using test::message_of;

using test::compile_wat;
using testing::HasSubstr;
using testing::StartsWith;

struct Linking : testing::Test {
    Engine engine;
    Store store{engine};
    Linker linker{store};

    Result<Instance> run(std::string_view text) {
        return linker.instantiate(compile_wat(engine, text));
    }
    /// Defines the exports of this module as "env".
    void provide(std::string_view text) {
        ASSERT_TRUE(linker.define_instance("env", run(text).value()));
    }
    /// Whether the import `(import "env" "x" …)` is satisfied.
    bool takes(const std::string& desc, const std::string& types = {}) {
        Result<Instance> end = run("(module " + types + " (import \"env\" \"x\" " + desc + "))");
        if (!end) {
            EXPECT_EQ(kind_of(end), ErrorKind::link);
            EXPECT_THAT(message_of(end), StartsWith("incompatible import type"));
        }
        return end.has_value();
    }
};

TEST_F(Linking, lists_every_unknown_and_incompatible_import_with_its_type) {
    ASSERT_TRUE(linker.func("env", "log_line", [](int32_t) {}));
    MemoryType one;
    one.limits.min = 1;
    ASSERT_TRUE(linker.define("env", "mem", Memory::create(store, one).value()));
    Result<Instance> end = run(R"((module
        (import "env" "logline" (func (param i32)))
        (import "env" "mem" (memory 2))
        (import "env" "log_line" (func (param i64) (result f32)))
        (import "nowhere" "g" (global (mut i64)))))");
    ASSERT_FALSE(end);
    EXPECT_EQ(kind_of(end), ErrorKind::link);
    const std::string& text = message_of(end);
    EXPECT_THAT(text, StartsWith("unknown import: \"env\" \"logline\" of type func (i32) -> ()"));
    EXPECT_THAT(text, HasSubstr("did you mean \"env\" \"log_line\"?"));
    EXPECT_THAT(text, HasSubstr("incompatible import type: \"env\" \"mem\" must be memory 2, is "
                                "memory 1"));
    EXPECT_THAT(text, HasSubstr("incompatible import type: \"env\" \"log_line\" must be func "
                                "(i64) -> (f32), is func (i32) -> ()"));
    EXPECT_THAT(text, HasSubstr("unknown import: \"nowhere\" \"g\" of type global (mut i64)"));
    EXPECT_THAT(text, testing::Not(HasSubstr("\n")));
}

TEST_F(Linking, the_first_complaint_opens_the_message) {
    ASSERT_TRUE(linker.func("env", "a", [] {}));
    EXPECT_THAT(
        message_of(run(R"((module (import "env" "a" (memory 1)) (import "env" "b" (func))))")),
        StartsWith("incompatible import type"));
}

TEST_F(Linking, does_not_list_without_end) {
    std::string text = "(module";
    for (int i = 0; i < 5000; ++i) text += " (import \"m\" \"" + std::to_string(i) + "\" (func))";
    Result<Instance> end = run(text + ")");
    EXPECT_THAT(message_of(end), HasSubstr("; and 4900 more"));
    EXPECT_LT(message_of(end).size(), 20'000u);
}

TEST_F(Linking, functions_match_by_their_types) {
    provide(R"((module (func (export "x") (param i32) (result i64) (i64.const 0))))");
    EXPECT_TRUE(takes("(func (param i32) (result i64))"));
    EXPECT_FALSE(takes("(func (param i32))"));
    EXPECT_FALSE(takes("(func (param i64) (result i64))"));
    EXPECT_FALSE(takes("(global i32)"));
}

TEST_F(Linking, functions_match_by_declared_subtyping) {
    const std::string types =
        "(type $a (sub (func))) (type $b (sub $a (func))) (type $c (sub final $b (func)))";
    provide("(module " + types + " (func (export \"x\") (type $b)))");
    EXPECT_TRUE(takes("(func (type $a))", types));
    EXPECT_TRUE(takes("(func (type $b))", types));
    EXPECT_FALSE(takes("(func (type $c))", types));
    EXPECT_FALSE(takes("(func)"));  // final and of no group of that shape
}

TEST_F(Linking, recursion_groups_must_be_equal) {
    provide("(module (rec (type $f (func)) (type (struct))) (func (export \"x\") (type $f)))");
    EXPECT_TRUE(takes("(func (type $f))", "(rec (type $f (func)) (type (struct)))"));
    EXPECT_FALSE(takes("(func (type $f))", "(rec (type (struct)) (type $f (func)))"));
    EXPECT_FALSE(takes("(func (type $f))", "(type $f (func))"));
}

TEST_F(Linking, immutable_globals_match_subtypes_and_mutable_ones_do_not) {
    provide(R"((module (type $t (func)) (func $f (type $t))
        (global (export "x") (ref $t) (ref.func $f)) (elem declare func $f)))");
    EXPECT_TRUE(takes("(global (ref $t))", "(type $t (func))"));
    EXPECT_TRUE(takes("(global funcref)"));
    EXPECT_FALSE(takes("(global (mut funcref))"));
    EXPECT_FALSE(takes("(global externref)"));
    provide(R"((module (func $f) (global (export "x") (mut funcref) (ref.func $f))
        (elem declare func $f)))");
    EXPECT_TRUE(takes("(global (mut funcref))"));
    EXPECT_FALSE(takes("(global (mut (ref null $t)))", "(type $t (func))"));
    EXPECT_FALSE(takes("(global funcref)"));
}

TEST_F(Linking, memories_match_by_their_current_size_and_maximum) {
    provide(R"((module (memory (export "x") 1 5)))");
    EXPECT_TRUE(takes("(memory 1)"));
    EXPECT_TRUE(takes("(memory 0 5)"));
    EXPECT_TRUE(takes("(memory 1 6)"));
    EXPECT_FALSE(takes("(memory 1 4)"));
    EXPECT_FALSE(takes("(memory 2)"));
    EXPECT_FALSE(takes("(memory i64 1)"));
    EXPECT_FALSE(takes("(memory 1 5 shared)"));
    const Memory m = linker.get("env", "x").value().memory().value();
    ASSERT_TRUE(m.grow(store, 1));
    EXPECT_TRUE(takes("(memory 2)"));
    EXPECT_FALSE(takes("(memory 3)"));
    provide(R"((module (memory (export "x") 1)))");
    EXPECT_FALSE(takes("(memory 1 65536)"));
}

TEST_F(Linking, tables_match_by_element_type_and_size) {
    provide(R"((module (table (export "x") 2 4 funcref)))");
    EXPECT_TRUE(takes("(table 2 funcref)"));
    EXPECT_TRUE(takes("(table 1 4 funcref)"));
    EXPECT_FALSE(takes("(table 3 funcref)"));
    EXPECT_FALSE(takes("(table 2 3 funcref)"));
    EXPECT_FALSE(takes("(table 2 externref)"));
    EXPECT_FALSE(takes("(table i64 2 funcref)"));
    EXPECT_FALSE(takes("(table 2 (ref null $t))", "(type $t (func))"));
}

TEST_F(Linking, tags_match_equal_types_only) {
    const std::string types = "(type $a (sub (func))) (type $b (sub $a (func)))";
    provide("(module " + types + " (tag (export \"x\") (type $b)))");
    EXPECT_TRUE(takes("(tag (type $b))", types));
    EXPECT_FALSE(takes("(tag (type $a))", types));
    EXPECT_FALSE(takes("(tag (param i32))"));
}

TEST_F(Linking, one_item_may_serve_many_imports) {
    int calls = 0;
    ASSERT_TRUE(linker.func("env", "f", [&] { ++calls; }));
    const Instance i = run(R"((module
        (import "env" "f" (func $a)) (import "env" "f" (func $b))
        (export "a" (func $a)) (export "b" (func $b))))")
                           .value();
    EXPECT_EQ(i.func(store, "a").value(), i.func(store, "b").value());
    ASSERT_TRUE(i.func(store, "a").value().call(store, {}, {}));
    EXPECT_EQ(calls, 1);
}

TEST_F(Linking, takes_imports_in_order_without_names) {
    const Module m = compile_wat(engine, R"((module
        (import "a" "f" (func (param i32))) (import "b" "g" (global i32))
        (export "g" (global 0))))");
    const Func f = Func::wrap(store, [](int32_t) {}).value();
    const Global g = Global::create(store, {ValType::i32, false}, Val(9)).value();
    const Extern good[] = {f, g};
    const Instance i = Linker::instantiate(store, m, good).value();
    EXPECT_EQ(i.global(store, "g").value(), g);
    const Extern swapped[] = {g, f};
    EXPECT_THAT(message_of(Linker::instantiate(store, m, swapped)),
                StartsWith("incompatible import type"));
    EXPECT_THAT(message_of(Linker::instantiate(store, m, std::span(good, 1))),
                StartsWith("unknown import: \"b\" \"g\""));
    const Extern more[] = {f, g, g};
    EXPECT_EQ(kind_of(Linker::instantiate(store, m, more)), ErrorKind::link);
    Store other(engine);
    EXPECT_EQ(kind_of(Linker::instantiate(other, m, good)), ErrorKind::api_misuse);
}

TEST_F(Linking, refuses_modules_of_another_engine_and_items_of_another_store) {
    Engine second;
    EXPECT_EQ(kind_of(linker.instantiate(compile_wat(second, "(module)"))), ErrorKind::api_misuse);
    Store other(engine);
    const Func f = Func::wrap(other, [] {}).value();
    EXPECT_EQ(kind_of(linker.define("a", "b", f)), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(linker.define("a", "b", Extern{})), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(linker.define_instance("a", Instance{})), ErrorKind::api_misuse);
}

TEST_F(Linking, follows_its_store_and_outlives_it) {
    ASSERT_TRUE(linker.func("env", "f", [] {}));
    const Module m = compile_wat(engine, R"((module (import "env" "f" (func))))");
    {
        Store moved = std::move(store);
        EXPECT_TRUE(linker.instantiate(m));
        EXPECT_EQ(&linker.store(), &moved);
        EXPECT_TRUE(linker.func("env", "g", [] {}));
    }
    EXPECT_EQ(kind_of(linker.instantiate(m)), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(linker.func("env", "g", [] {})), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(linker.get("env", "f")), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(linker.define_instance("env", Instance{})), ErrorKind::api_misuse);
}

TEST_F(Linking, finds_what_was_defined) {
    const Func f = Func::wrap(store, [] {}).value();
    ASSERT_TRUE(linker.define("env", "f", f));
    EXPECT_EQ(linker.get("env", "f").value().func(), f);
    EXPECT_EQ(linker.get("env", "f").value().memory(), std::nullopt);
    EXPECT_EQ(kind_of(linker.get("env", "g")), ErrorKind::link);
}

}  // namespace
}  // namespace wasmi
