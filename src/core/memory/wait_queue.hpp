// The threads that sleep in memory.atomic.wait, by address.
// Spec: proposals/threads (wait and notify).
//
// One parking lot for the process, keyed by host address: that of a shared memory is the same in
// all stores. Waiters of one address are woken in the order in which they came.
#pragma once

#include "core/types/basics.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace wasmi::core {

/// Where one thread sleeps.
class Parker {
  public:
    /// Lets a sleeper look again at what it waits for. From any thread.
    void wake() noexcept;

  private:
    friend class WaitQueue;
    std::mutex mutex_;
    std::condition_variable changed_;
};

/// The numbers are the results of the instruction.
enum class WaitResult : u32 {
    woken = 0,
    not_equal = 1,
    timed_out = 2,
    stopped = 3,  ///< `stop` became negative
};

/// No time limit.
inline constexpr i64 kForever = INT64_MAX;

/// Sleeps until notify_waiters(address), the steady clock passes `until_ns`, or parker.wake() finds
/// `stop` negative; at once if the memory does not hold `expected`. Comparing and falling asleep
/// are one step for notify_waiters.
template <class T>
[[nodiscard]] WaitResult wait_on(const T* address, T expected, i64 until_ns, Parker& parker,
                                 const std::atomic<i64>& stop) noexcept;
extern template WaitResult wait_on(const u32*, u32, i64, Parker&, const std::atomic<i64>&) noexcept;
extern template WaitResult wait_on(const u64*, u64, i64, Parker&, const std::atomic<i64>&) noexcept;

/// Wakes up to `count` waiters; how many.
u32 notify_waiters(const void* address, u32 count) noexcept;

/// The steady clock in nanoseconds.
[[nodiscard]] i64 steady_now_ns() noexcept;

}  // namespace wasmi::core
