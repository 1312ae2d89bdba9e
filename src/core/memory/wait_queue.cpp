// Waiting and waking: see wait_queue.hpp.
// Spec: proposals/threads (wait and notify).
#include "core/memory/wait_queue.hpp"

#include <chrono>

namespace wasmi::core {

namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

/// A sleeping thread; lives on its stack.
struct Waiter {
    const void* address = nullptr;
    Parker* parker = nullptr;
    bool is_woken = false;  ///< guarded by the parker's mutex
    bool is_queued = true;  ///< guarded by the bucket's mutex, like the links
    Waiter* next = nullptr;
    Waiter* previous = nullptr;
};

/// All waiters whose addresses hash alike, oldest first.
struct Bucket {
    std::mutex mutex;
    Waiter* first = nullptr;
    Waiter* last = nullptr;

    void add(Waiter& w) {
        w.previous = last;
        (last != nullptr ? last->next : first) = &w;
        last = &w;
    }
    void remove(Waiter& w) {
        (w.previous != nullptr ? w.previous->next : first) = w.next;
        (w.next != nullptr ? w.next->previous : last) = w.previous;
        w.is_queued = false;
    }
};

Bucket& bucket_of(const void* address) {
    static Bucket buckets[64];
    const auto n = reinterpret_cast<std::uintptr_t>(address);
    return buckets[(n >> 2 ^ n >> 8 ^ n >> 16) % std::size(buckets)];
}

}  // namespace

i64 steady_now_ns() noexcept {
    return std::chrono::duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();
}

void Parker::wake() noexcept {
    // The sleeper has either not looked yet or is asleep, never in between.
    { const std::lock_guard lock(mutex_); }
    changed_.notify_all();
}

/// Access to parkers.
class WaitQueue {
  public:
    static void signal(Waiter& w) {
        const std::lock_guard lock(w.parker->mutex_);
        w.is_woken = true;
        w.parker->changed_.notify_all();
    }
    /// Sleeps; whether somebody woke the waiter.
    static bool sleep(Waiter& w, i64 until_ns, const std::atomic<i64>& stop) {
        std::unique_lock lock(w.parker->mutex_);
        while (!w.is_woken && stop.load(std::memory_order_acquire) >= 0) {
            if (until_ns == kForever) {
                w.parker->changed_.wait(lock);
            } else if (steady_now_ns() >= until_ns) {
                break;
            } else {
                w.parker->changed_.wait_until(lock,
                                              steady_clock::time_point(nanoseconds(until_ns)));
            }
        }
        return w.is_woken;
    }
};

template <class T>
WaitResult wait_on(const T* address, T expected, i64 until_ns, Parker& parker,
                   const std::atomic<i64>& stop) noexcept {
    Bucket& bucket = bucket_of(address);
    Waiter self;
    self.address = address;
    self.parker = &parker;
    {
        const std::lock_guard lock(bucket.mutex);
        if (__atomic_load_n(address, __ATOMIC_SEQ_CST) != expected) return WaitResult::not_equal;
        bucket.add(self);
    }
    (void)WaitQueue::sleep(self, until_ns, stop);
    // Who wakes holds the bucket while it uses the waiter.
    const std::lock_guard lock(bucket.mutex);
    if (!self.is_queued) return WaitResult::woken;
    bucket.remove(self);
    return stop.load(std::memory_order_acquire) < 0 ? WaitResult::stopped : WaitResult::timed_out;
}

template WaitResult wait_on(const u32*, u32, i64, Parker&, const std::atomic<i64>&) noexcept;
template WaitResult wait_on(const u64*, u64, i64, Parker&, const std::atomic<i64>&) noexcept;

u32 notify_waiters(const void* address, u32 count) noexcept {
    Bucket& bucket = bucket_of(address);
    const std::lock_guard lock(bucket.mutex);
    u32 woken = 0;
    for (Waiter* w = bucket.first; w != nullptr && woken < count;) {
        Waiter* const next = w->next;
        if (w->address == address) {
            bucket.remove(*w);
            WaitQueue::signal(*w);
            ++woken;
        }
        w = next;
    }
    return woken;
}

}  // namespace wasmi::core
