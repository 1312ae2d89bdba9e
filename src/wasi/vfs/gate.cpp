// Gate: see gate.hpp.
// Spec: wasi preview1; wasi-threads.
#include "wasi/vfs/gate.hpp"

#include <algorithm>

namespace wasmi::wasi {

Errno Gate::enable_stop() {
    if (stop_) return Errno::success;
    Try<host::Signal> signal = host::Signal::create();
    if (!signal) return signal.error();
    stop_ = *std::move(signal);
    return Errno::success;
}

Try<bool> Gate::poll(std::span<host::PollItem> items,
                     std::optional<std::chrono::nanoseconds> timeout) {
    if (!can_stop()) return host::poll(items, timeout);
    std::vector<host::PollItem> all(items.begin(), items.end());
    host::PollItem stop;
    stop.fd = stop_.fd();
    stop.want_read = true;
    all.push_back(stop);
    mutex.unlock();
    const Try<bool> ready = host::poll(all, timeout);
    mutex.lock();
    if (!ready) return ready.error();
    if (all.back().can_read) return Errno::interrupted_;
    std::copy(all.begin(), all.end() - 1, items.begin());
    return ready;
}

}  // namespace wasmi::wasi
