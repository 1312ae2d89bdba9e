// Waiting for clocks and descriptors at once.
// Spec: wasi preview1, poll_oneoff.
#pragma once

#include "wasi/env.hpp"

#include <span>
#include <vector>

namespace wasmi::wasi {

enum class EventType : u8 { clock, fd_read, fd_write };

struct Subscription {
    u64 userdata = 0;
    EventType type = EventType::clock;
    ClockId clock = ClockId::realtime;
    u64 timeout = 0;  ///< nanoseconds
    bool absolute = false;
    u32 fd = 0;
    Errno error = Errno::success;  ///< found while reading it: reported as its event
};

struct Event {
    u64 userdata = 0;
    Errno error = Errno::success;
    EventType type = EventType::clock;
    u64 nbytes = 0;
    bool hangup = false;
};

/// Waits until at least one subscription has something to say; events come in the order of their
/// subscriptions. Sleeps in the host, never spins; deadline_ if the store's deadline comes first.
[[nodiscard]] Errno poll(Env& env, std::span<const Subscription> subscriptions,
                         const Deadline& deadline, std::vector<Event>& events);

}  // namespace wasmi::wasi
