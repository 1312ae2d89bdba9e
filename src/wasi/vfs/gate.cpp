// Gate: see gate.hpp.
// Spec: wasi preview1; wasi-threads.
#include "wasi/vfs/gate.hpp"

#include <algorithm>

namespace wasmi::wasi {

namespace {

host::PollItem readable(int fd) {
    host::PollItem item;
    item.fd = fd;
    item.want_read = true;
    return item;
}

}  // namespace

// ---- Interrupts ---------------------------------------------------------------------------------

Try<int> Interrupts::descriptor() {
    if (signal_ == nullptr) {
        Try<host::Signal> signal = host::Signal::create();
        if (!signal) return signal.error();
        signal_ = std::make_shared<host::Signal>(*std::move(signal));
        store_->on_interrupt([signal = signal_] { signal->set(); });
    }
    return signal_->fd();
}

bool Interrupts::has_come() {
    if (store_->is_interrupted()) return true;
    signal_->clear();
    return store_->is_interrupted();  // since: the signal that was cleared may have been its
}

// ---- Gate ---------------------------------------------------------------------------------------

Errno Gate::enable_stop() {
    if (stop_) return Errno::success;
    Try<host::Signal> signal = host::Signal::create();
    if (!signal) return signal.error();
    stop_ = *std::move(signal);
    return Errno::success;
}

Try<bool> Gate::poll(std::span<host::PollItem> items,
                     std::optional<std::chrono::nanoseconds> timeout) {
    if (!is_shared() && !is_interruptible()) return host::poll(items, timeout);
    std::vector<host::PollItem> all(items.begin(), items.end());
    // Others make calls while the lock is open.
    Interrupts* const own = is_interruptible() ? interrupts_ : nullptr;
    if (is_shared()) all.push_back(readable(stop_.fd()));
    if (own != nullptr) {
        const Try<int> fd = own->descriptor();
        if (!fd) return fd.error();
        if (own->has_come()) return Errno::interrupted_;
        all.push_back(readable(*fd));
    }
    mutex_.unlock();
    const Try<bool> ready = host::poll(all, timeout);
    mutex_.lock();
    interrupts_ = own;
    if (!ready) return ready.error();
    if (is_shared() && all[items.size()].can_read) return Errno::stopped_;
    if (own != nullptr && all.back().can_read && own->has_come()) return Errno::interrupted_;
    std::copy_n(all.begin(), items.size(), items.begin());
    return std::any_of(items.begin(), items.end(), [](const host::PollItem& item) {
        return item.can_read || item.can_write || item.hangup || item.invalid;
    });
}

}  // namespace wasmi::wasi
