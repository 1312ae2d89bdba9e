// Waiting for clocks and descriptors at once.
// Spec: wasi preview1, poll_oneoff.
#include "wasi/vfs/poll.hpp"

#include <algorithm>
#include <limits>

namespace wasmi::wasi {

namespace {

using std::chrono::nanoseconds;
constexpr u64 kNever = ~u64{0};

/// A subscription while it waits.
struct Waiting {
    std::shared_ptr<Descriptor> descriptor;
    std::size_t item = 0;  ///< index in the items to poll, if `polled`
    bool polled = false;
    bool ready = false;  ///< an event is due, whatever the host says
    Errno error = Errno::success;
    ClockId clock = ClockId::monotonic;  ///< the clock that ends it
    u64 due = 0;                         ///< by that clock
    u64 nbytes = 0;
    bool hangup = false;
};

u64 saturating_add(u64 a, u64 b) { return a > kNever - b ? kNever : a + b; }

class Poll {
  public:
    Poll(Env& env, std::span<const Subscription> subscriptions)
        : env_(env), subscriptions_(subscriptions), waiting_(subscriptions.size()) {}

    Errno run(const Deadline& deadline, std::vector<Event>& events) {
        for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
            if (subscriptions_[i].error != Errno::success) {
                fail(i, subscriptions_[i].error);
            } else if (subscriptions_[i].type == EventType::clock) {
                begin_clock(i);
            } else {
                begin_fd(i);
            }
        }
        for (;;) {
            if (const Errno e = check_clocks(); e != Errno::success) return e;
            const Try<nanoseconds> wait = time_to_wait(deadline);
            if (!wait) return wait.error();
            const bool for_ever = *wait == nanoseconds::max();
            const Try<bool> got = items_.empty() && wait->count() == 0
                                      ? Try<bool>(false)

                                      : env_.vfs().gate().poll(
                                            items_, for_ever ? std::nullopt : std::optional(*wait));
            if (!got) return got.error();
            take_items();
            // What became due during the wait belongs to the same answer.
            if (const Errno e = check_clocks(); e != Errno::success) return e;
            if (any_ready_) break;
            if (env_.clocks().is_virtual() && nearest_due_ != kNever) {
                env_.clocks().advance_to(nearest_due_);  // nothing but time to wait for
            } else if (deadline && std::chrono::steady_clock::now() >= *deadline) {
                return Errno::deadline_;
            }
        }
        for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
            const Waiting& w = waiting_[i];
            if (!w.ready) continue;
            events.push_back(
                {subscriptions_[i].userdata, w.error, subscriptions_[i].type, w.nbytes, w.hangup});
        }
        return Errno::success;
    }

  private:
    void fail(std::size_t i, Errno error) {
        waiting_[i].ready = true;
        waiting_[i].error = error;
        any_ready_ = true;
    }

    void begin_clock(std::size_t i) {
        const Subscription& s = subscriptions_[i];
        Waiting& w = waiting_[i];
        if (s.clock != ClockId::realtime && s.clock != ClockId::monotonic) {
            return fail(i, Errno::notsup);  // the time a program uses stands still while it waits
        }
        // Only an absolute real time follows the changes of that clock.
        w.clock = s.absolute ? s.clock : ClockId::monotonic;
        w.due = s.timeout;
        if (!s.absolute) {
            const Try<u64> now = env_.clocks().peek(w.clock);
            if (!now) return fail(i, now.error());
            w.due = saturating_add(*now, s.timeout);
        }
    }

    void begin_fd(std::size_t i) {
        const Subscription& s = subscriptions_[i];
        Waiting& w = waiting_[i];
        Try<std::shared_ptr<Descriptor>> d = env_.vfs().table().get(s.fd);
        if (!d) return fail(i, d.error());
        w.descriptor = *std::move(d);
        const bool reads = s.type == EventType::fd_read;
        const Rights right = reads ? rights::fd_read : rights::fd_write;
        const bool accepts =
            reads && w.descriptor->is_socket() && w.descriptor->has(rights::sock_accept);
        if (!w.descriptor->has(rights::poll_fd_readwrite) ||
            (!w.descriptor->has(right) && !accepts)) {
            return fail(i, Errno::notcapable);
        }
        if (!w.descriptor->may_wait()) {  // files and memory are always ready
            w.ready = true;
            any_ready_ = true;
            if (reads) w.nbytes = bytes_ahead(*w.descriptor);
            return;
        }
        w.polled = true;
        w.item = item_for(w.descriptor->fd.get());
        (reads ? items_[w.item].want_read : items_[w.item].want_write) = true;
    }

    static u64 bytes_ahead(const Descriptor& d) {
        if (d.memory) return d.memory->input.size() - d.memory->position;
        const Try<Filestat> s = host::stat(d.fd.get());
        const Try<u64> at = host::seek(d.fd.get(), 0, Whence::cur);
        return s && at && s->size > *at ? s->size - *at : 0;
    }

    /// One item per descriptor of the host: the host limits their number, not the guest's.
    std::size_t item_for(int fd) {
        const auto at = static_cast<std::size_t>(fd);
        if (item_of_fd_.size() <= at) item_of_fd_.resize(at + 1, 0);
        if (item_of_fd_[at] == 0) {
            host::PollItem item;
            item.fd = fd;
            items_.push_back(item);
            item_of_fd_[at] = items_.size();
        }
        return item_of_fd_[at] - 1;
    }

    Errno check_clocks() {
        nearest_due_ = kNever;
        nearest_ = kNever;
        std::optional<u64> now[2];
        for (std::size_t i = 0; i < waiting_.size(); ++i) {
            Waiting& w = waiting_[i];
            if (subscriptions_[i].type != EventType::clock || w.ready) continue;
            std::optional<u64>& clock_now = now[static_cast<u32>(w.clock)];
            if (!clock_now) {
                const Try<u64> read = env_.clocks().peek(w.clock);
                if (!read) return read.error();
                clock_now = *read;
            }
            if (w.due <= *clock_now) {
                w.ready = true;
                any_ready_ = true;
            } else {
                nearest_ = std::min(nearest_, w.due - *clock_now);
                nearest_due_ = std::min(nearest_due_, w.due);
            }
        }
        return Errno::success;
    }

    /// Zero if there is something to say already; nanoseconds::max() for ever.
    Try<nanoseconds> time_to_wait(const Deadline& deadline) const {
        if (any_ready_) return nanoseconds(0);
        if (env_.clocks().is_virtual() && nearest_ != kNever) return nanoseconds(0);
        nanoseconds wait = nanoseconds::max();
        // A year is as good as for ever and cannot overflow anything.
        constexpr u64 kLongest = u64{365} * 86400 * 1'000'000'000;
        if (nearest_ != kNever) wait = nanoseconds(static_cast<i64>(std::min(nearest_, kLongest)));
        if (deadline) {
            const auto left = *deadline - std::chrono::steady_clock::now();
            if (left.count() <= 0) return Errno::deadline_;
            wait = std::min(wait, nanoseconds(left));
        }
        return wait;
    }

    void take_items() {
        for (std::size_t i = 0; i < waiting_.size(); ++i) {
            Waiting& w = waiting_[i];
            if (!w.polled || w.ready) continue;
            const host::PollItem& item = items_[w.item];
            const bool reads = subscriptions_[i].type == EventType::fd_read;
            if (item.invalid) {
                fail(i, Errno::badf);
            } else if (reads ? item.can_read : item.can_write) {
                w.ready = true;
                any_ready_ = true;
                w.hangup = item.hangup;
                if (reads) w.nbytes = host::readable_bytes(item.fd);
            }
        }
    }

    Env& env_;
    std::span<const Subscription> subscriptions_;
    std::vector<Waiting> waiting_;
    std::vector<host::PollItem> items_;
    std::vector<std::size_t> item_of_fd_;  ///< index + 1 in items_, by host descriptor
    u64 nearest_ = kNever;                 ///< until the next clock is due
    u64 nearest_due_ = kNever;
    bool any_ready_ = false;
};

}  // namespace

Errno poll(Env& env, std::span<const Subscription> subscriptions, const Deadline& deadline,
           std::vector<Event>& events) {
    return Poll(env, subscriptions).run(deadline, events);
}

}  // namespace wasmi::wasi
