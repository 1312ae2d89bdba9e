// Tests of src/wasi/wasi.cpp: WASI in a store, called by modules.
#include <wasmi/wasi.hpp>
#include <wasmi/wasmi.hpp>

#include <atomic>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

namespace wasmi {
namespace {

/// Runs "_start" of a module with WASI; the end as an Error, of kind exit with 0 if it returns.
Error run(std::string_view text, const WasiConfig& config,
          std::optional<std::chrono::milliseconds> timeout = {}) {
    const Engine engine;
    Result<Module> module = Module::compile(engine, std::as_bytes(std::span(text)));
    if (!module) return module.error();
    Store store(engine);
    if (timeout) store.set_deadline(std::chrono::steady_clock::now() + *timeout);
    Linker linker(store);
    Result<void> added = add_wasi(linker, config);
    if (!added) return added.error();
    Result<Instance> instance = linker.instantiate(*module);
    if (!instance) return instance.error();
    Result<TypedFunc<void()>> start = instance->func<void()>(store, "_start");
    if (!start) return start.error();
    Result<void> end = (*start)(store);
    return end ? Error::from_exit(0) : end.error();
}

TEST(Wasi, a_guest_writes_to_the_string_of_the_host) {
    std::string out;
    const Error end = run(R"((module
        (import "wasi_snapshot_preview1" "fd_write"
          (func $write (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "\10\00\00\00\05\00\00\00") (data (i32.const 16) "hello")
        (func (export "_start")
          (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64))))))",
                          WasiConfig{}.stdout_to(out));
    EXPECT_EQ(end.kind(), ErrorKind::exit) << end.to_string();
    EXPECT_EQ(out, "hello");
}

TEST(Wasi, exit_unwinds_the_guest_with_its_code) {
    const Error end = run(R"((module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func $deep (param i32)
          (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1)))))
          (call $exit (i32.const 7)) unreachable)
        (func (export "_start") (call $deep (i32.const 100)))))",
                          {});
    EXPECT_EQ(end.kind(), ErrorKind::exit) << end.to_string();
    EXPECT_EQ(end.exit_code(), 7u);
}

TEST(Wasi, a_waiting_guest_ends_at_the_deadline) {
    const Error end = run(R"((module
        (import "wasi_snapshot_preview1" "poll_oneoff"
          (func $poll (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 16) "\01") (data (i32.const 24) "\00\00\00\00\00\00\00\10")
        (func (export "_start")
          (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128))))))",
                          {}, std::chrono::milliseconds(10));
    EXPECT_EQ(end.kind(), ErrorKind::deadline) << end.to_string();
}

/// A guest whose "wait" says env.ready and then waits: for an hour, or for a pipe that stays empty.
/// Its "nap" waits for a millisecond.
constexpr std::string_view kWaits = R"((module
    (import "env" "ready" (func $ready))
    (import "wasi_snapshot_preview1" "poll_oneoff"
      (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read"
      (func $read (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func $sleep (param i64) (result i32)
      (i32.store (i32.const 16) (i32.const 1))
      (i64.store (i32.const 24) (local.get 0))
      (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
    (func (export "nap") (result i32) (call $sleep (i64.const 1000000)))
    (func (export "sleep") (result i32) (call $ready) (call $sleep (i64.const 3600000000000)))
    (func (export "read") (result i32)
      (call $ready)
      (i32.store (i32.const 4) (i32.const 8))
      (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 128)))))";

TEST(Wasi, an_interrupt_ends_a_guest_that_waits_and_no_later_call) {
    const Engine engine;
    const Result<Module> module = Module::compile(engine, std::as_bytes(std::span(kWaits)));
    ASSERT_TRUE(module) << module.error().to_string();
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    Store store(engine);
    Linker linker(store);
    std::atomic<bool> inside{false};
    ASSERT_TRUE(linker.func("env", "ready", [&] { inside = true; }));
    ASSERT_TRUE(add_wasi(linker, WasiConfig{}.stdin_fd(pipe_ends[0])));
    Result<Instance> instance = linker.instantiate(*module);
    ASSERT_TRUE(instance) << instance.error().to_string();
    const auto nap = instance->func<std::int32_t()>(store, "nap");
    const InterruptHandle handle = store.interrupt_handle();
    for (const char* name : {"sleep", "read", "sleep", "read"}) {
        const auto wait = instance->func<std::int32_t()>(store, name);
        inside = false;
        std::thread stopper([&] {
            while (!inside) std::this_thread::yield();
            handle.interrupt();
        });
        const Result<std::int32_t> end = (*wait)(store);
        stopper.join();
        ASSERT_FALSE(end) << name;
        EXPECT_EQ(end.error().kind(), ErrorKind::interrupted) << end.error().to_string();
        const Result<std::int32_t> slept = (*nap)(store);
        ASSERT_TRUE(slept) << slept.error().to_string();
        EXPECT_EQ(*slept, 0);
    }
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

TEST(Wasi, a_guest_without_memory_gets_faults) {
    const Error end = run(R"((module
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (func (export "_start") (call $exit (call $random (i32.const 0) (i32.const 1))))))",
                          {});
    EXPECT_EQ(end.kind(), ErrorKind::exit) << end.to_string();
    EXPECT_EQ(end.exit_code(), 21u);  // fault
}

TEST(Wasi, a_wrong_type_of_a_function_does_not_link) {
    const Error end = run(R"((module
        (import "wasi_snapshot_preview1" "fd_close" (func (param i64) (result i32)))
        (func (export "_start"))))",
                          {});
    EXPECT_EQ(end.kind(), ErrorKind::link) << end.to_string();
}

TEST(Wasi, a_directory_that_is_missing_is_an_error_of_the_host) {
    const Error end =
        run("(module (func (export \"_start\")))", WasiConfig{}.preopen("/none/such", "/"));
    EXPECT_EQ(end.kind(), ErrorKind::io) << end.to_string();
}

}  // namespace
}  // namespace wasmi
