// Gate: where the threads of one guest meet in WASI.
// Spec: wasi preview1; wasi-threads.
#pragma once

#include "wasi/host/host.hpp"

#include <mutex>
#include <optional>
#include <vector>

namespace wasmi::wasi {

/// All calls of a guest hold the lock, so that nothing below needs another; they let it go only
/// while they wait in poll(). Guests without threads never do: nobody else is there.
class Gate {
  public:
    std::mutex mutex;

    /// From now on waiting calls of all threads can be ended. Errors: mfile and the like.
    [[nodiscard]] Errno enable_stop();
    /// Ends all calls that wait, and those that will, with interrupted_. From any thread.
    void stop() noexcept { stop_.set(); }
    [[nodiscard]] bool can_stop() const { return static_cast<bool>(stop_); }
    /// Whether something can end a wait early, so that it must not be left to the host's kernel.
    [[nodiscard]] bool may_end(const Deadline& deadline) const { return deadline || can_stop(); }

    /// host::poll with the lock open.
    [[nodiscard]] Try<bool> poll(std::span<host::PollItem> items,
                                 std::optional<std::chrono::nanoseconds> timeout);

  private:
    host::Signal stop_;
};

}  // namespace wasmi::wasi
