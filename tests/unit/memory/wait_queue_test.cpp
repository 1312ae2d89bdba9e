// Waiting and waking by address. Spec: proposals/threads (wait and notify).
#include "core/memory/wait_queue.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

constexpr u32 kAll = 0xFFFF'FFFF;

TEST(WaitQueue, returns_at_once_if_the_memory_differs) {
    const u32 word = 7;
    Parker parker;
    const std::atomic<i64> stop{1};
    EXPECT_EQ(wait_on(&word, u32{8}, kForever, parker, stop), WaitResult::not_equal);
}

TEST(WaitQueue, times_out) {
    const u64 word = 7;
    Parker parker;
    const std::atomic<i64> stop{1};
    const i64 until = steady_now_ns() + 1'000'000;
    EXPECT_EQ(wait_on(&word, u64{7}, until, parker, stop), WaitResult::timed_out);
    EXPECT_GE(steady_now_ns(), until);
    // A time that has passed is no wait at all, and leaves nobody behind to be woken.
    EXPECT_EQ(wait_on(&word, u64{7}, 0, parker, stop), WaitResult::timed_out);
    EXPECT_EQ(notify_waiters(&word, kAll), 0u);
}

TEST(WaitQueue, a_stop_ends_the_wait) {
    const u32 word = 0;
    Parker parker;
    std::atomic<i64> stop{1};
    std::thread sleeper(
        [&] { EXPECT_EQ(wait_on(&word, u32{0}, kForever, parker, stop), WaitResult::stopped); });
    stop = -1;
    parker.wake();
    sleeper.join();
    EXPECT_EQ(wait_on(&word, u32{0}, kForever, parker, stop), WaitResult::stopped);
    EXPECT_EQ(notify_waiters(&word, kAll), 0u);
}

TEST(WaitQueue, wakes_as_many_as_asked_and_only_at_that_address) {
    const u32 words[2] = {};
    constexpr u32 kSleepers = 6;
    std::atomic<u32> woken{0};
    std::vector<std::thread> sleepers;
    for (u32 i = 0; i < kSleepers; ++i) {
        sleepers.emplace_back([&] {
            Parker parker;
            const std::atomic<i64> stop{1};
            EXPECT_EQ(wait_on(&words[0], u32{0}, kForever, parker, stop), WaitResult::woken);
            ++woken;
        });
    }
    EXPECT_EQ(notify_waiters(&words[1], kAll), 0u);
    EXPECT_EQ(notify_waiters(&words[0], 0), 0u);
    u32 sum = 0;
    while (sum < 4) {
        const u32 n = notify_waiters(&words[0], 2);
        EXPECT_LE(n, 2u);
        sum += n;
    }
    while (sum < kSleepers) sum += notify_waiters(&words[0], kAll);
    for (std::thread& t : sleepers) t.join();
    EXPECT_EQ(sum, kSleepers);
    EXPECT_EQ(woken, kSleepers);
}

// Every token that one side hands over is taken by the other: no wake is lost.
TEST(WaitQueue, no_wake_is_lost_under_load) {
    u32 word = 0;
    constexpr u32 kTurns = 5'000;
    const auto play = [&word](u32 mine) {
        Parker parker;
        const std::atomic<i64> stop{1};
        for (u32 turn = 0; turn < kTurns; ++turn) {
            while (__atomic_load_n(&word, __ATOMIC_SEQ_CST) != mine) {
                (void)wait_on(&word, 1 - mine, kForever, parker, stop);
            }
            __atomic_store_n(&word, 1 - mine, __ATOMIC_SEQ_CST);
            (void)notify_waiters(&word, 1);
        }
    };
    std::thread other(play, 1u);
    play(0);
    other.join();
    EXPECT_EQ(word, 0u);
}

}  // namespace
}  // namespace wasmi::core
