// poll_oneoff: marshalling; the waiting is in vfs/poll.cpp.
// Spec: wasi preview1.
#include "wasi/vfs/poll.hpp"

#include "wasi/abi/functions.hpp"

namespace wasmi::wasi::abi {

namespace {

constexpr u32 kSubscriptionBytes = 48;
constexpr u32 kEventBytes = 32;
constexpr u32 kMaxSubscriptions = 1u << 16;

Subscription load_subscription(const GuestMemory& memory, u64 at) {
    Subscription s;
    s.userdata = memory.load<u64>(at);
    const u8 tag = memory.load<u8>(at + 8);
    if (tag > 2) {
        s.error = Errno::inval;
        return s;
    }
    s.type = static_cast<EventType>(tag);
    if (s.type == EventType::clock) {
        const u32 id = memory.load<u32>(at + 16);
        s.timeout = memory.load<u64>(at + 24);
        const u16 flags = memory.load<u16>(at + 40);
        if (id >= kClockIds || (flags & ~1u) != 0) {
            s.error = Errno::inval;
            return s;
        }
        s.clock = static_cast<ClockId>(id);
        s.absolute = (flags & 1) != 0;
    } else {
        s.fd = memory.load<u32>(at + 16);
    }
    return s;
}

void store_event(const GuestMemory& memory, u64 at, const Event& event) {
    memory.store<u64>(at, event.userdata);
    memory.store<u16>(at + 8, static_cast<u16>(event.error));
    memory.store<u16>(at + 10, static_cast<u16>(event.type));  // one byte and padding
    memory.store<u32>(at + 12, 0);
    memory.store<u64>(at + 16, event.nbytes);
    memory.store<u64>(at + 24, event.hangup ? 1 : 0);  // two bytes and padding
}

}  // namespace

Errno poll_oneoff(Call& call, u32 in, u32 out, u32 count, u32 result) {
    if (count == 0 || count > kMaxSubscriptions) return Errno::inval;
    if (!call.memory.contains(in, u64{count} * kSubscriptionBytes) ||
        !call.memory.contains(out, u64{count} * kEventBytes) || !call.memory.contains(result, 4)) {
        return Errno::fault;
    }
    // All are read before anything is written: the arrays may overlap.
    std::vector<Subscription> subscriptions;
    subscriptions.reserve(count);
    for (u32 i = 0; i < count; ++i)
        subscriptions.push_back(load_subscription(call.memory, in + u64{i} * kSubscriptionBytes));
    std::vector<Event> events;
    if (const Errno e = poll(call.env, subscriptions, call.deadline, events); e != Errno::success)
        return e;
    for (std::size_t i = 0; i < events.size(); ++i)
        store_event(call.memory, out + u64{i} * kEventBytes, events[i]);
    return call.memory.put<u32>(result, static_cast<u32>(events.size()));
}

}  // namespace wasmi::wasi::abi
