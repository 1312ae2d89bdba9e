// Atomic instructions and shared memories between the stores of several threads.
// Spec: proposals/threads.
#include "tests/util/tuning_test.hpp"

#include <wasmi/wasmi.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi {
namespace {

MemoryType shared_type(std::uint64_t min, std::uint64_t max) {
    MemoryType type;
    type.limits = {min, max, true};
    type.is_shared = true;
    return type;
}

/// A thread's side: a store with the memory as "m" "m" and one instance.
struct Side {
    Store store;
    Instance instance;

    Side(const Engine& engine, const Module& module, const SharedMemory& memory)
        : store(engine), instance(instantiate(module, memory)) {}

    Instance instantiate(const Module& module, const SharedMemory& memory) {
        Linker linker(store);
        linker.define("m", "m", Memory::from_shared(store, memory).value()).value();
        return linker.instantiate(module).value();
    }
    template <class Signature>
    TypedFunc<Signature> func(std::string_view name) {
        return instance.func<Signature>(store, name).value();
    }
};

struct Atomics : test::TuningTest {};

INSTANTIATE_TEST_SUITE_P(Tunings, Atomics, test::kTunings);

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
        text.replace(at, from.size(), to);
    }
    return text;
}

// The same body on memory 0, on another memory, and on one with 64-bit addresses.
TEST_P(Atomics, work_on_every_kind_of_memory) {
    const std::string text = R"((module
        MEMORY
        (func (export "f") (param i32 i64) (result i64)
          (local $sum i64)
          (i64.atomic.store $m offset=8 AT (i64.const 0x1122334455667788))
          (local.set $sum (i64.extend_i32_u
            (i32.atomic.rmw8.add_u $m offset=9 AT (i32.const 0x1FF))))
          (local.set $sum (i64.add (local.get $sum)
            (i64.atomic.rmw16.xchg_u $m offset=10 AT (local.get 1))))
          (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u
            (i32.atomic.rmw.cmpxchg $m offset=12 AT (i32.const 0x11223344) (local.get 0)))))
          (local.set $sum (i64.add (local.get $sum)
            (i64.atomic.rmw.sub $m offset=8 AT (i64.const 1))))
          (i64.add (local.get $sum) (i64.atomic.load $m offset=8 AT)))))";
    const std::pair<const char*, const char*> cases[] = {
        {"(memory $m 1 1 shared)", "(i32.const 16)"},
        {"(memory 1) (memory $m 1)", "(i32.const 16)"},
        {"(memory $m i64 1)", "(i64.const 16)"},
    };
    for (const auto& [memory, at] : cases) {
        const Instance in = instantiate(replace_all(replace_all(text, "MEMORY", memory), "AT", at));
        const auto f = in.func<uint64_t(uint32_t, uint64_t)>(store, "f").value();
        // 77 becomes 76; 5566 becomes beef; 11223344 becomes the first argument.
        const uint64_t word = 0xCAFEBABE'BEEF7688;
        EXPECT_EQ(*f(store, 0xCAFEBABE, 0xDEAD'BEEF),
                  0x77ull + 0x5566 + 0x11223344 + word + (word - 1))
            << memory;
    }
}

TEST_P(Atomics, trap_where_the_specification_says) {
    const Instance in = instantiate(R"((module
        (memory 1 1) (memory $big i64 1 1)
        (func (export "load") (param i32) (result i32) (i32.atomic.load offset=2 (local.get 0)))
        (func (export "big") (param i64) (result i64)
          (i64.atomic.rmw.or $big offset=0xFFFFFFFFFFFFFFF8 (local.get 0) (i64.const 1)))
        (func (export "notify") (param i32) (result i32)
          (memory.atomic.notify offset=4 (local.get 0) (i32.const 1)))
        (func (export "wait") (param i32) (result i32)
          (memory.atomic.wait32 (local.get 0) (i32.const 0) (i64.const 0)))))");
    const auto trap_of = [&](auto result) {
        return result ? TrapCode::none : result.error().trap();
    };
    const auto load = in.func<uint32_t(uint32_t)>(store, "load").value();
    EXPECT_EQ(trap_of(load(store, 0)), TrapCode::unaligned_atomic);
    EXPECT_EQ(trap_of(load(store, 65530)), TrapCode::none);
    EXPECT_EQ(trap_of(load(store, 65534)), TrapCode::out_of_bounds_memory_access);
    EXPECT_EQ(trap_of(load(store, 0xFFFF'FFFE)), TrapCode::out_of_bounds_memory_access);
    const auto big = in.func<uint64_t(uint64_t)>(store, "big").value();
    EXPECT_EQ(trap_of(big(store, 0)), TrapCode::out_of_bounds_memory_access);
    EXPECT_EQ(trap_of(big(store, 16)), TrapCode::out_of_bounds_memory_access);
    const auto notify = in.func<uint32_t(uint32_t)>(store, "notify").value();
    EXPECT_EQ(notify(store, 0).value(), 0u);
    EXPECT_EQ(trap_of(notify(store, 1)), TrapCode::unaligned_atomic);
    EXPECT_EQ(trap_of(notify(store, 65532)), TrapCode::out_of_bounds_memory_access);
    const auto wait = in.func<uint32_t(uint32_t)>(store, "wait").value();
    EXPECT_EQ(trap_of(wait(store, 0)), TrapCode::expected_shared_memory);
}

// ---- threads ------------------------------------------------------------------------------------

constexpr const char* kHammer = R"((module
    (memory (import "m" "m") 1 1 shared)
    ;; adds n times, by instruction and by a lock that sleeps
    (func (export "add") (param $n i32)
      (loop $l
        (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
        (drop (i64.atomic.rmw8.add_u offset=9 (i32.const 0) (i64.const 1)))
        (call $lock)
        (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))
        (call $unlock)
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func $lock
      (block $done
        (loop $again
          (br_if $done (i32.eqz (i32.atomic.rmw.cmpxchg (i32.const 32) (i32.const 0)
                                                        (i32.const 1))))
          (drop (memory.atomic.wait32 (i32.const 32) (i32.const 1) (i64.const -1)))
          (br $again))))
    (func $unlock
      (i32.atomic.store (i32.const 32) (i32.const 0))
      (drop (memory.atomic.notify (i32.const 32) (i32.const 1))))))";

TEST_P(Atomics, many_threads_lose_no_update) {
    constexpr uint32_t kThreads = 4;
    constexpr uint32_t kTurns = 3000;
    const Module module = test::compile_wat(engine, kHammer);
    const SharedMemory memory = SharedMemory::create(shared_type(1, 1)).value();
    std::vector<std::thread> threads;
    for (uint32_t i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            Side side(engine, module, memory);
            EXPECT_TRUE(side.func<void(uint32_t)>("add")(side.store, kTurns));
        });
    }
    for (std::thread& t : threads) t.join();
    const Memory m = Memory::from_shared(store, memory).value();
    EXPECT_EQ(m.read<uint32_t>(store, 0).value(), kThreads * kTurns);
    EXPECT_EQ(m.read<uint8_t>(store, 9).value(), static_cast<uint8_t>(kThreads * kTurns));
    EXPECT_EQ(m.read<uint32_t>(store, 64).value(), kThreads * kTurns);
    EXPECT_EQ(m.read<uint32_t>(store, 32).value(), 0u);
}

// A loop that neither calls nor polls for a new size sees the memory grow under it; every kind of
// access does, also in the middle of fused instructions.
TEST_P(Atomics, a_running_loop_sees_another_thread_grow_the_memory) {
    const Module module = test::compile_wat(engine, R"((module
        (memory (import "m" "m") 1 100 shared)
        (func (export "grow") (result i32) (memory.grow (i32.const 1)))
        (func (export "size") (result i32) (memory.size))
        ;; waits for `page` by the flag at 0, then uses the page at once
        (func (export "use") (param $page i32) (result i32)
          (local $at i32) (local $i i32)
          (local.set $at (i32.mul (local.get $page) (i32.const 65536)))
          (loop $l (br_if $l (i32.ne (i32.atomic.load (i32.const 0)) (local.get $page))))
          (i32.store offset=4 (local.get $at) (local.get $page))
          (loop $l
            (i64.store8 (i32.add (local.get $at) (local.get $i))
              (i64.extend_i32_u (i32.add (local.get $i) (local.get $page))))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $l (i32.lt_u (local.get $i) (i32.const 3))))
          (i32.add
            (i32.load offset=4 (local.get $at))
            (i32.load8_u (i32.add (local.get $at) (i32.const 2)))))
        (func (export "beyond") (param i32) (result i32) (i32.load (local.get 0)))))");
    const SharedMemory memory = SharedMemory::create(shared_type(1, 100)).value();
    Side grower(engine, module, memory);
    constexpr int32_t kPages = 50;
    std::thread user([&] {
        Side side(engine, module, memory);
        const auto use = side.func<int32_t(int32_t)>("use");
        for (int32_t page = 1; page <= kPages; ++page) {
            const Result<int32_t> r = use(side.store, page);
            ASSERT_TRUE(r) << r.error().to_string();
            EXPECT_EQ(*r, page + ((page + 2) & 0xFF));
            const Memory own = Memory::from_shared(side.store, memory).value();
            ASSERT_TRUE(own.write<uint32_t>(side.store, 8, static_cast<uint32_t>(page)));
            __atomic_store_n(reinterpret_cast<uint32_t*>(memory.bytes().data() + 12),
                             static_cast<uint32_t>(page), __ATOMIC_SEQ_CST);
        }
    });
    auto* words = reinterpret_cast<uint32_t*>(memory.bytes().data());
    for (int32_t page = 1; page <= kPages; ++page) {
        EXPECT_EQ(*grower.func<int32_t()>("grow")(grower.store), page);
        __atomic_store_n(words, static_cast<uint32_t>(page), __ATOMIC_SEQ_CST);
        while (__atomic_load_n(words + 3, __ATOMIC_SEQ_CST) != static_cast<uint32_t>(page)) {
            std::this_thread::yield();
        }
    }
    user.join();
    EXPECT_EQ(*grower.func<int32_t()>("size")(grower.store), kPages + 1);
    // The bound is the size, not the room that is reserved.
    const auto beyond = grower.func<int32_t(int32_t)>("beyond");
    EXPECT_TRUE(beyond(grower.store, (kPages + 1) * 65536 - 4));
    const Result<int32_t> trap = beyond(grower.store, (kPages + 1) * 65536 - 3);
    ASSERT_FALSE(trap);
    EXPECT_EQ(trap.error().trap(), TrapCode::out_of_bounds_memory_access);
}

TEST_P(Atomics, many_threads_grow_one_memory_to_its_limit) {
    const Module module = test::compile_wat(engine, R"((module
        (memory (import "m" "m") 1 64 shared)
        (func (export "grow") (result i32) (memory.grow (i32.const 1)))))");
    const SharedMemory memory = SharedMemory::create(shared_type(1, 64)).value();
    std::atomic<int> grown{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            Side side(engine, module, memory);
            const auto grow = side.func<int32_t()>("grow");
            while (*grow(side.store) >= 0) ++grown;
        });
    }
    for (std::thread& t : threads) t.join();
    EXPECT_EQ(grown, 63);
    EXPECT_EQ(memory.type().limits.min, 64u);
}

// All threads call the same functions for the first time at once: each is translated once.
TEST_P(Atomics, threads_share_the_translation_of_a_module) {
    std::string text = "(module (memory (import \"m\" \"m\") 1 1 shared)";
    std::string all = "(func (export \"all\") (result i32) (i32.const 0)";
    for (int i = 0; i < 200; ++i) {
        const std::string n = std::to_string(i);
        text += "(func $f" + n + " (result i32) (i32.const " + n + "))";
        all += "(i32.add (call $f" + n + "))";
    }
    const Module module = test::compile_wat(engine, text + all + "))");
    const SharedMemory memory = SharedMemory::create(shared_type(1, 1)).value();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            Side side(engine, module, memory);
            EXPECT_EQ(*side.func<int32_t()>("all")(side.store), 199 * 200 / 2);
        });
    }
    for (std::thread& t : threads) t.join();
}

// ---- waiting ------------------------------------------------------------------------------------

constexpr const char* kWait = R"((module
    (memory (import "m" "m") 1 1 shared)
    (func (export "wait") (param i64) (result i32)
      (i32.atomic.store (i32.const 4) (i32.const 1))
      (memory.atomic.wait32 (i32.const 0) (i32.const 0) (local.get 0)))
    (func (export "wait64") (param i64 i64) (result i32)
      (memory.atomic.wait64 (i32.const 8) (local.get 0) (local.get 1)))))";

TEST_P(Atomics, wait_tells_why_it_ended) {
    const Module module = test::compile_wat(engine, kWait);
    const SharedMemory memory = SharedMemory::create(shared_type(1, 1)).value();
    Side side(engine, module, memory);
    EXPECT_EQ(*side.func<int32_t(int64_t)>("wait")(side.store, 1000), 2);
    const auto wait64 = side.func<int32_t(int64_t, int64_t)>("wait64");
    EXPECT_EQ(*wait64(side.store, 1ll << 32, -1), 1);
    EXPECT_EQ(*wait64(side.store, 0, 0), 2);
}

TEST_P(Atomics, an_interrupt_ends_a_wait) {
    const Module module = test::compile_wat(engine, kWait);
    const SharedMemory memory = SharedMemory::create(shared_type(1, 1)).value();
    Side side(engine, module, memory);
    const InterruptHandle handle = side.store.interrupt_handle();
    std::thread killer([&] {
        auto* started = reinterpret_cast<uint32_t*>(memory.bytes().data() + 4);
        while (__atomic_load_n(started, __ATOMIC_SEQ_CST) == 0) std::this_thread::yield();
        handle.interrupt();
    });
    const Result<int32_t> r = side.func<int32_t(int64_t)>("wait")(side.store, -1);
    killer.join();
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().kind(), ErrorKind::interrupted);
    // The store can be used again.
    EXPECT_EQ(*side.func<int32_t(int64_t)>("wait")(side.store, 1), 2);
}

TEST_P(Atomics, the_deadline_ends_a_wait) {
    const Module module = test::compile_wat(engine, kWait);
    const SharedMemory memory = SharedMemory::create(shared_type(1, 1)).value();
    Side side(engine, module, memory);
    side.store.set_deadline(std::chrono::steady_clock::now() + std::chrono::milliseconds(5));
    const Result<int32_t> r = side.func<int32_t(int64_t)>("wait")(side.store, -1);
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().kind(), ErrorKind::deadline);
}

// ---- shared memories ----------------------------------------------------------------------------

TEST(SharedMemories, outlive_the_store_that_made_them) {
    Engine engine;
    auto first = std::make_unique<Store>(engine);
    const Memory made = Memory::create(*first, shared_type(1, 2)).value();
    ASSERT_TRUE(made.write<uint32_t>(*first, 0, 42));
    const SharedMemory shared = made.share(*first).value();
    first.reset();
    Store second(engine);
    const Memory adopted = Memory::from_shared(second, shared).value();
    EXPECT_EQ(adopted.read<uint32_t>(second, 0).value(), 42u);
    EXPECT_EQ(adopted.grow(second, 1).value(), 1u);
    EXPECT_EQ(shared.bytes().size(), 2u * 65536);
    // Adopting it again is the same memory.
    EXPECT_EQ(Memory::from_shared(second, adopted.share(second).value()).value(), adopted);
}

TEST(SharedMemories, count_against_the_limits_of_each_store) {
    Engine engine;
    const SharedMemory shared = SharedMemory::create(shared_type(1, 4)).value();
    StoreLimits limits;
    limits.memory_bytes = 4 * 65536 - 1;
    Store small(engine, limits);
    Result<Memory> refused = Memory::from_shared(small, shared);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind(), ErrorKind::limit);
    EXPECT_EQ(small.memory_bytes_used(), 0u);
    limits.memory_bytes = 4 * 65536;
    Store enough(engine, limits);
    EXPECT_TRUE(Memory::from_shared(enough, shared));
    EXPECT_TRUE(Memory::from_shared(enough, shared));
    EXPECT_EQ(enough.memory_bytes_used(), 4u * 65536);
}

TEST(SharedMemories, are_made_of_shared_types_only) {
    Engine engine;
    Store store(engine);
    const Memory plain = Memory::create(store, MemoryType{{1, 1, true}, false, false, 16}).value();
    EXPECT_EQ(plain.share(store).error().kind(), ErrorKind::api_misuse);
    EXPECT_EQ(SharedMemory::create(MemoryType{{1, 1, true}, false, false, 16}).error().kind(),
              ErrorKind::api_misuse);
    MemoryType unbounded = shared_type(1, 1);
    unbounded.limits.has_max = false;
    EXPECT_EQ(SharedMemory::create(unbounded).error().kind(), ErrorKind::api_misuse);
}

}  // namespace
}  // namespace wasmi
