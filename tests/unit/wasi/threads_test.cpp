// Programs with threads: spawning, and the end of the program wherever the threads are.
// Spec: wasi-threads.
#include "tests/util/wat.hpp"

#include <wasmi/wasi_threads.hpp>
#include <wasmi/wasmi.hpp>

#include <chrono>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace wasmi {
namespace {

/// What all modules here begin with; $pause never ends, $spin neither.
constexpr const char* kCommon = R"(
    (memory (export "memory") (import "env" "memory") 1 4 shared)
    (func $spawn (import "wasi" "thread-spawn") (param i32) (result i32))
    (func $exit (import "wasi_snapshot_preview1" "proc_exit") (param i32))
    (func $read (import "wasi_snapshot_preview1" "fd_read") (param i32 i32 i32 i32) (result i32))
    (func $poll (import "wasi_snapshot_preview1" "poll_oneoff") (param i32 i32 i32 i32)
      (result i32))
    (func $wait (param $at i32) (param $while i32)
      (loop $l
        (drop (memory.atomic.wait32 (local.get $at) (local.get $while) (i64.const -1)))
        (br_if $l (i32.eq (i32.atomic.load (local.get $at)) (local.get $while)))))
    (func $set (param $at i32) (param $value i32)
      (i32.atomic.store (local.get $at) (local.get $value))
      (drop (memory.atomic.notify (local.get $at) (i32.const -1))))
    (func $hang (param $how i32)
      (if (i32.eq (local.get $how) (i32.const 0))
        (then (call $wait (i32.const 0) (i32.const 0))))
      (if (i32.eq (local.get $how) (i32.const 1))
        (then (loop $l (br $l))))
      (if (i32.eq (local.get $how) (i32.const 2))  ;; an hour of the monotonic clock
        (then
          (i32.store (i32.const 272) (i32.const 1))
          (i64.store (i32.const 280) (i64.const 3600_000_000_000))
          (drop (call $poll (i32.const 256) (i32.const 512) (i32.const 1) (i32.const 600)))))
      (if (i32.eq (local.get $how) (i32.const 3))
        (then
          (i32.store (i32.const 100) (i32.const 200))
          (i32.store (i32.const 104) (i32.const 1))
          (drop (call $read (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 300))))))
)";

struct WasiThreadsTest : testing::Test {
    Engine engine;
    Store store{engine};
    WasiConfig config;
    WasiThreadOptions options;

    ~WasiThreadsTest() override {
        for (const int fd : pipe_) {
            if (fd >= 0) close(fd);
        }
    }
    WasiThreadsTest() {
        EXPECT_EQ(pipe(pipe_), 0);
        config.stdin_fd(pipe_[0]);  // open, and never any data
    }

    Result<void> run(const std::string& rest) {
        const Module module = test::compile_wat(engine, "(module " + (kCommon + rest) + ")");
        EXPECT_TRUE(WasiThreads::wanted_by(module));
        Linker linker(store);
        WasiThreads threads =
            WasiThreads::create(linker, module, config, std::move(options)).value();
        const Instance instance = threads.instantiate(linker).value();
        memory = instance.memory(store, "memory").value();
        const auto start = instance.func<void()>(store, "_start").value();
        return threads.finish(start(store));
    }
    std::uint32_t word(std::uint64_t at) { return memory.read<std::uint32_t>(store, at).value(); }

    Memory memory;
    int pipe_[2] = {-1, -1};
};

TEST_F(WasiThreadsTest, a_thread_gets_its_id_and_argument) {
    const Result<void> end = run(R"(
        (func (export "wasi_thread_start") (param $id i32) (param $argument i32)
          (i32.store (i32.const 8) (local.get $argument))
          (call $set (i32.const 4) (local.get $id)))
        (func (export "_start")
          (i32.store (i32.const 12) (call $spawn (i32.const 777)))
          (call $wait (i32.const 4) (i32.const 0))))");
    ASSERT_TRUE(end) << end.error().to_string();
    EXPECT_GT(word(12), 0u);
    EXPECT_EQ(word(4), word(12));
    EXPECT_EQ(word(8), 777u);
}

// Where the main thread sits: in a wait, in a loop, in poll_oneoff, in fd_read.
TEST_F(WasiThreadsTest, an_exit_of_a_thread_ends_the_main_thread_anywhere) {
    for (const char* how : {"0", "1", "2", "3"}) {
        const Result<void> end = run(R"(
            (func (export "wasi_thread_start") (param i32 i32)
              (call $wait (i32.const 4) (i32.const 0))
              (call $exit (i32.const 42)))
            (func (export "_start")
              (drop (call $spawn (i32.const 0)))
              (call $set (i32.const 4) (i32.const 1))
              (call $hang (i32.const )" +
                                     std::string(how) + ")))");
        ASSERT_FALSE(end) << how;
        EXPECT_EQ(end.error().kind(), ErrorKind::exit) << end.error().to_string();
        EXPECT_EQ(end.error().exit_code(), 42u);
    }
}

TEST_F(WasiThreadsTest, the_end_of_the_main_thread_ends_the_others_anywhere) {
    for (const char* last : {"", "(call $exit (i32.const 7))"}) {
        const Result<void> end = run(R"(
            (func (export "wasi_thread_start") (param $id i32) (param $how i32)
              (call $set (i32.add (i32.const 16) (i32.mul (local.get $how) (i32.const 4)))
                (i32.const 1))
              (call $hang (local.get $how)))
            (func (export "_start") (local $i i32)
              (loop $l
                (drop (call $spawn (local.get $i)))
                (call $wait (i32.add (i32.const 16) (i32.mul (local.get $i) (i32.const 4)))
                  (i32.const 0))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if $l (i32.lt_u (local.get $i) (i32.const 4))))
              )" + std::string(last) +
                                     ")");
        if (*last == '\0') {
            EXPECT_TRUE(end) << end.error().to_string();
        } else {
            ASSERT_FALSE(end);
            EXPECT_EQ(end.error().exit_code(), 7u);
        }
    }
}

TEST_F(WasiThreadsTest, a_trap_of_a_thread_is_that_of_the_program) {
    const Result<void> end = run(R"(
        (func (export "wasi_thread_start") (param i32 i32) (unreachable))
        (func (export "_start")
          (drop (call $spawn (i32.const 0)))
          (call $hang (i32.const 0))))");
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().trap(), TrapCode::unreachable);
    EXPECT_FALSE(end.error().backtrace().empty());
}

TEST_F(WasiThreadsTest, threads_start_threads) {
    const Result<void> end = run(R"(
        (func (export "wasi_thread_start") (param $id i32) (param $depth i32)
          (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
          (if (local.get $depth)
            (then
              (drop (call $spawn (i32.sub (local.get $depth) (i32.const 1))))
              (drop (call $spawn (i32.sub (local.get $depth) (i32.const 1)))))
            (else (call $set (i32.const 4) (i32.add (i32.const 1)
              (i32.atomic.rmw.add (i32.const 12) (i32.const 1)))))))
        (func (export "_start")
          (drop (call $spawn (i32.const 4)))
          (loop $l
            (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const 1000000)))
            (br_if $l (i32.lt_u (i32.atomic.load (i32.const 12)) (i32.const 16))))))");
    ASSERT_TRUE(end) << end.error().to_string();
    EXPECT_EQ(word(8), 31u);
    EXPECT_EQ(word(12), 16u);
}

TEST_F(WasiThreadsTest, too_many_threads_are_refused_and_ended_ones_make_room) {
    options.max_threads = 3;
    const Result<void> end = run(R"(
        (func (export "wasi_thread_start") (param $id i32) (param $stays i32)
          (if (local.get $stays) (then (call $hang (i32.const 0)))))
        (func (export "_start") (local $i i32)
          (drop (call $spawn (i32.const 1)))
          (drop (call $spawn (i32.const 1)))
          (i32.store (i32.const 4) (call $spawn (i32.const 1)))
          (i32.store (i32.const 8) (call $spawn (i32.const 1)))))");
    ASSERT_TRUE(end) << end.error().to_string();
    EXPECT_EQ(word(4), 3u);
    EXPECT_LT(static_cast<std::int32_t>(word(8)), 0);

    options.max_threads = 1;
    const Result<void> again = run(R"(
        (func (export "wasi_thread_start") (param i32 i32))
        (func (export "_start") (local $started i32)
          (loop $l
            (if (i32.gt_s (call $spawn (i32.const 0)) (i32.const 0))
              (then (local.set $started (i32.add (local.get $started) (i32.const 1)))))
            (br_if $l (i32.lt_u (local.get $started) (i32.const 5))))))");
    EXPECT_TRUE(again);
}

TEST_F(WasiThreadsTest, the_deadline_of_the_main_store_is_that_of_all) {
    store.set_deadline(std::chrono::steady_clock::now() + std::chrono::milliseconds(30));
    const Result<void> end = run(R"(
        (func (export "wasi_thread_start") (param i32 i32) (call $hang (i32.const 1)))
        (func (export "_start")
          (drop (call $spawn (i32.const 0)))
          (call $hang (i32.const 3))))");
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().kind(), ErrorKind::deadline);
}

// However many threads share it, the fuel is not more than was given.
TEST_F(WasiThreadsTest, fuel_is_dealt_out) {
    store.set_fuel(100'000);
    const Result<void> end = run(R"(
        (func (export "wasi_thread_start") (param i32 i32)
          (loop $l
            (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
            (br $l)))
        (func (export "_start")
          (drop (call $spawn (i32.const 0)))
          (call $hang (i32.const 0))))");
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().kind(), ErrorKind::out_of_fuel);
    EXPECT_GT(word(8), 5'000u);
    EXPECT_LT(word(8), 50'000u);
    EXPECT_LE(store.fuel().value(), 50'000u);
}

// Two threads wait for the same input; one gets it, both can be ended.
TEST_F(WasiThreadsTest, readers_of_one_input_do_not_block_the_end) {
    ASSERT_EQ(write(pipe_[1], "x", 1), 1);
    const Result<void> end = run(R"(
        (func (export "wasi_thread_start") (param $id i32) (param $at i32)
          (i32.store (local.get $at) (i32.add (local.get $at) (i32.const 32)))
          (i32.store offset=4 (local.get $at) (i32.const 1))
          (drop (call $read (i32.const 0) (local.get $at) (i32.const 1)
            (i32.add (local.get $at) (i32.const 16))))
          (call $set (i32.const 4) (i32.const 1)))
        (func (export "_start")
          (drop (call $spawn (i32.const 1024)))
          (drop (call $spawn (i32.const 2048)))
          (drop (call $spawn (i32.const 3072)))
          (call $wait (i32.const 4) (i32.const 0))))");
    ASSERT_TRUE(end) << end.error().to_string();
    EXPECT_EQ(word(1024 + 16) + word(2048 + 16) + word(3072 + 16), 1u);
}

TEST_F(WasiThreadsTest, a_module_without_its_entry_ends_at_the_first_spawn) {
    const Result<void> end = run(R"(
        (func (export "_start")
          (drop (call $spawn (i32.const 0)))
          (call $hang (i32.const 1))))");
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().kind(), ErrorKind::link);
}

}  // namespace
}  // namespace wasmi
