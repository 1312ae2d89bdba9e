// Loading modules: ownership of bytes, files, limits, what a module tells.
// Spec: appendix/embedding (modules).
#include "tests/util/outcome.hpp"
#include "tests/util/wat.hpp"

#include <wasmi/wasmi.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

namespace wasmi {
namespace {

using test::kind_of;

using test::wat;

/// A file that goes with the test.
struct TempFile {
    std::filesystem::path path =
        std::filesystem::path(testing::TempDir()) /
        (std::string("wasmi_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    explicit TempFile(std::span<const std::byte> bytes) {
        std::ofstream out(path, std::ios::binary);
        out.write(reinterpret_cast<const char*>(bytes.data()),
                  static_cast<std::streamsize>(bytes.size()));
    }
    ~TempFile() { std::filesystem::remove(path); }
};

TEST(Modules, own_a_copy_of_the_bytes_unless_told_otherwise) {
    Engine engine;
    std::vector<std::byte> bytes =
        wat("(module (memory (export \"m\") 1) (data (i32.const 0) \"abc\"))");
    const Module m = Module::compile(engine, bytes).value();
    std::fill(bytes.begin(), bytes.end(), std::byte{0xFF});
    Store store(engine);
    const Instance i = Linker(store).instantiate(m).value();
    EXPECT_EQ(i.memory(store, "m")->read<std::uint8_t>(store, 2).value(), 'c');

    const std::vector<std::byte> kept = wat("(module (data \"xyz\"))");
    const Module borrowed = Module::compile(engine, kept, Bytes::borrow).value();
    EXPECT_TRUE(Linker(store).instantiate(borrowed));
}

TEST(Modules, come_from_files) {
    Engine engine;
    const TempFile file(wat("(module (func (export \"f\")))"));
    EXPECT_EQ(Module::compile_file(engine, file.path.c_str()).value().exports().size(), 1u);
    EXPECT_EQ(kind_of(Module::compile_file(engine, "/nowhere/x.wasm")), ErrorKind::io);
    EXPECT_EQ(kind_of(Module::compile_file(engine, testing::TempDir().c_str())), ErrorKind::io);
}

TEST(Modules, keep_nothing_of_a_file_that_changes) {
    Engine engine;
    const std::vector<std::byte> bytes =
        wat("(module (memory (export \"m\") 1) (data (i32.const 0) \"abc\"))");
    const TempFile file(bytes);
    const Module m = Module::compile_file(engine, file.path.c_str()).value();
    { std::ofstream truncated(file.path, std::ios::trunc); }
    Store store(engine);
    const Instance i = Linker(store).instantiate(m).value();
    EXPECT_EQ(i.memory(store, "m")->read<std::uint8_t>(store, 0).value(), 'a');
}

TEST(Modules, larger_than_the_limit_are_refused_before_they_are_read) {
    Config config;
    config.limits.module_bytes = 100;
    Engine engine(config);
    const std::vector<std::byte> bytes(101);
    EXPECT_EQ(kind_of(Module::compile(engine, bytes)), ErrorKind::limit);
    const TempFile file(bytes);
    EXPECT_EQ(kind_of(Module::compile_file(engine, file.path.c_str())), ErrorKind::limit);
    if (std::filesystem::exists("/dev/zero")) {  // no size, no end
        EXPECT_EQ(kind_of(Module::compile_file(engine, "/dev/zero")), ErrorKind::limit);
    }
    EXPECT_TRUE(Module::compile(engine, wat("(module)")));
}

TEST(Modules, empty_input_is_malformed) {
    Engine engine;
    EXPECT_EQ(kind_of(Module::compile(engine, {})), ErrorKind::malformed);
    EXPECT_EQ(kind_of(Module::validate(engine, {})), ErrorKind::malformed);
    const TempFile file({});
    EXPECT_EQ(kind_of(Module::compile_file(engine, file.path.c_str())), ErrorKind::malformed);
}

TEST(Modules, bodies_are_checked_at_load_except_in_lazy_mode) {
    const std::vector<std::byte> bad = wat("(module (func (result i32)))");
    for (const CompileMode mode : {CompileMode::eager, CompileMode::lazy_translation}) {
        Config config;
        config.compile = mode;
        EXPECT_EQ(kind_of(Module::compile(Engine(config), bad)), ErrorKind::invalid);
    }
    Config config;
    config.compile = CompileMode::lazy;
    EXPECT_TRUE(Module::compile(Engine(config), bad));
    EXPECT_EQ(kind_of(Module::validate(Engine(config), bad)), ErrorKind::invalid);
}

/// Calls "f" of a module and tells how it ended and what fuel was left.
std::string end_of_f(CompileMode mode, std::string_view text) {
    Config config;
    config.compile = mode;
    const Engine engine(config);
    Store store(engine, {.stack_bytes = 65536});
    store.set_fuel(100'000);
    const Module module = Module::compile(engine, wat(text)).value();
    const Instance i = Linker(store).instantiate(module).value();
    Val result;
    const Result<void> end = i.get(store, "f")->func()->call(store, {}, {&result, 1});
    const std::string fuel = ", " + std::to_string(store.fuel().value()) + " left";
    return (end ? std::to_string(result.i64()) : end.error().to_string()) + fuel;
}

TEST(Modules, do_the_same_in_lazy_mode) {
    for (const char* text : {
             // Locals are cleared, and operands do not lie on each other.
             R"((module (func $g (param i64) (result i64) (local i64 i64 i64 i64 i64 i64)
                   (i64.add (local.get 5) (i64.add (i64.const 2)
                     (i64.mul (local.get 0) (i64.add (local.get 3) (i64.const 5))))))
                 (func (export "f") (result i64)
                   (i64.sub (call $g (i64.const 3)) (call $g (i64.const 7))))))",
             // Through a table, and by a tail call.
             R"((module (table funcref (elem $g)) (type $t (func (param i64) (result i64)))
                 (func $g (type $t) (local i64) (i64.add (local.get 0) (i64.const 1)))
                 (func $h (result i64)
                   (return_call_indirect (type $t) (i64.const 8) (i32.const 0)))
                 (func (export "f") (result i64) (i64.mul (call $h)
                   (call_indirect (type $t) (i64.const 4) (i32.const 0))))))",
             // Fuel ends.
             R"((module (func (export "f") (result i64) (loop (br 0)) (i64.const 1))))",
         }) {
        EXPECT_EQ(end_of_f(CompileMode::lazy_translation, text), end_of_f(CompileMode::lazy, text));
    }
}

TEST(Modules, overflow_the_stack_in_lazy_mode_too) {
    // A frame whose operands take more than its locals.
    std::string text = "(module (func $f (export \"f\") (result i64)";
    for (int i = 0; i < 300; ++i) text += "(i64.const 1)(i64.load (i32.const 0))";
    text += "(call $f)";
    for (int i = 0; i < 600; ++i) text += "(i64.add)";
    text += ")(memory 1))";
    const std::string end = end_of_f(CompileMode::lazy, text);
    EXPECT_NE(end.find("call stack exhausted"), std::string::npos) << end;
}

TEST(Modules, refuse_a_bad_body_at_its_first_call_in_lazy_mode) {
    Config config;
    config.compile = CompileMode::lazy;
    const Engine engine(config);
    Store store(engine);
    const Module module = Module::compile(engine, wat(R"((module
            (func $bad (param i32) (result i64) (local i64) (i32.add))
            (func (export "caller") (result i64) (call $bad (i32.const 1)))
            (func (export "other") (result i64) (i64.const 5))))"))
                              .value();
    const Instance i = Linker(store).instantiate(module).value();
    const auto caller = i.func<std::int64_t()>(store, "caller").value();
    for (int k = 0; k < 2; ++k) {
        const Result<std::int64_t> end = caller(store);
        ASSERT_FALSE(end);
        EXPECT_EQ(end.error().kind(), ErrorKind::invalid);
        EXPECT_EQ(end.error().function(), 0u);
    }
    EXPECT_EQ(i.func<std::int64_t()>(store, "other").value()(store).value(), 5);
}

TEST(Modules, tell_what_is_translated) {
    Engine engine;
    const Module m = Module::compile(engine, wat(R"((module (func (export "f")) (func)))")).value();
    EXPECT_EQ(m.translation_stats().functions, 0u);
    Store store(engine);
    const Instance i = Linker(store).instantiate(m).value();
    ASSERT_TRUE(i.func<void()>(store, "f").value()(store));
    const TranslationStats stats = m.translation_stats();
    EXPECT_EQ(stats.functions, 1u);
    EXPECT_EQ(stats.body_bytes, 2u);  // no locals, end
    EXPECT_GT(stats.code_bytes, 0u);
}

TEST(Modules, tell_their_name_and_custom_sections) {
    Engine engine;
    const Module m = Module::compile(engine, wat(R"((module $hello
        (@custom "mine" "content") (@custom "mine" "second")))"))
                         .value();
    EXPECT_EQ(m.name(), "hello");
    const std::span<const std::byte> section = m.custom_section("mine");
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(section.data()), section.size()),
              "content");
    EXPECT_TRUE(m.custom_section("other").empty());
    EXPECT_EQ(m.engine().data(), engine.data());
}

TEST(Modules, are_shared_between_threads_and_stores) {
    Engine engine;
    const Module m = Module::compile(engine, wat(R"((module
        (global (export "g") (mut i32) (i32.const 0)) (func $f) (table 1 funcref)
        (elem (i32.const 0) $f)))"))
                         .value();
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&engine, m, t] {
            for (int k = 0; k < 50; ++k) {
                Store store(engine);
                const Instance i = Linker(store).instantiate(m).value();
                const Global g = i.global(store, "g").value();
                ASSERT_TRUE(g.set(store, Val(t)));
                EXPECT_EQ(g.get(store)->i32(), t);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
}

TEST(Modules, stay_whole_when_they_are_moved_from) {
    Engine engine;
    Module m = Module::compile(engine, wat("(module (func (export \"f\")))")).value();
    const Module taken = std::move(m);
    EXPECT_EQ(m.exports().size(), 1u);  // NOLINT(bugprone-use-after-move): moving copies
    const Engine other = std::move(engine);
    EXPECT_EQ(engine.data(), other.data());  // NOLINT(bugprone-use-after-move)
}

}  // namespace
}  // namespace wasmi
