// Gate: where the threads of one guest meet in WASI, and how their waits are ended.
// Spec: wasi preview1; wasi-threads.
#pragma once

#include "wasi/host/host.hpp"

#include <wasmi/store.hpp>

#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace wasmi::wasi {

/// How an InterruptHandle reaches the waits of one store. Its descriptor is opened at the first
/// wait that it may have to end.
class Interrupts {
  public:
    /// The store that makes a call; stores move.
    void enter(Store& store) { store_ = &store; }
    /// False as long as nobody has a handle of the store.
    [[nodiscard]] bool may_come() const { return store_->has_interrupt_handles(); }
    /// What poll() can wait for; it may be left over from an earlier call. Errors: mfile.
    [[nodiscard]] Try<int> descriptor();
    /// Whether this call is to end; forgets what earlier calls have left.
    [[nodiscard]] bool has_come();

  private:
    Store* store_ = nullptr;
    std::shared_ptr<host::Signal> signal_;
};

/// All calls of a guest hold the lock, so that nothing below needs another; they let it go only
/// while they wait in poll().
class Gate {
  public:
    /// One call: holds the lock. `interrupts`: of the store that makes it, or none.
    class Entry {
      public:
        explicit Entry(Gate& gate, Interrupts* interrupts = nullptr)
            : gate_(gate), lock_(gate.mutex_) {
            gate_.interrupts_ = interrupts;
        }
        ~Entry() { gate_.interrupts_ = nullptr; }
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;

      private:
        Gate& gate_;
        const std::lock_guard<std::mutex> lock_;
    };

    /// From now on waiting calls of all threads can be ended. Errors: mfile and the like.
    [[nodiscard]] Errno enable_stop();
    /// Ends all calls that wait, and those that will, with stopped_. From any thread.
    void stop() noexcept { stop_.set(); }
    /// Whether other threads may make calls while one waits.
    [[nodiscard]] bool is_shared() const { return static_cast<bool>(stop_); }
    /// Whether something can end a wait early, so that it must not be left to the host's kernel.
    [[nodiscard]] bool may_end(const Deadline& deadline) const {
        return deadline || is_shared() || is_interruptible();
    }

    /// host::poll with the lock open. It may return false before the time is over.
    /// Errors: stopped_, interrupted_.
    [[nodiscard]] Try<bool> poll(std::span<host::PollItem> items,
                                 std::optional<std::chrono::nanoseconds> timeout);

  private:
    [[nodiscard]] bool is_interruptible() const {
        return interrupts_ != nullptr && interrupts_->may_come();
    }

    std::mutex mutex_;
    host::Signal stop_;
    Interrupts* interrupts_ = nullptr;  ///< of the call that holds the lock
};

}  // namespace wasmi::wasi
