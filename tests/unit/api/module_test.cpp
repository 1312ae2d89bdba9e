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
