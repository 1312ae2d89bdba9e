// Clocks, randomness and the process, on POSIX.
// Spec: none.
#include "wasi/host/host.hpp"
#include "wasi/host/posix_error.hpp"

#include <cerrno>
#include <ctime>

#include <sched.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/random.h>
#endif

extern char** environ;  // NOLINT(readability-redundant-declaration): not in every <unistd.h>

namespace wasmi::wasi::host {

namespace {

Try<clockid_t> clock_of(ClockId id) {
    switch (id) {
        case ClockId::realtime:
            return CLOCK_REALTIME;
        case ClockId::monotonic:
            return CLOCK_MONOTONIC;
        case ClockId::process_cputime:
            return CLOCK_PROCESS_CPUTIME_ID;
        case ClockId::thread_cputime:
            return CLOCK_THREAD_CPUTIME_ID;
    }
    return Errno::inval;
}

u64 nanoseconds(const struct timespec& t) {
    return static_cast<u64>(t.tv_sec) * 1'000'000'000u + static_cast<u64>(t.tv_nsec);
}

}  // namespace

Try<u64> clock_now(ClockId id) {
    const Try<clockid_t> clock = clock_of(id);
    if (!clock) return clock.error();
    struct timespec t = {};
    if (::clock_gettime(*clock, &t) < 0) return last_error();
    return nanoseconds(t);
}

Try<u64> clock_resolution(ClockId id) {
    const Try<clockid_t> clock = clock_of(id);
    if (!clock) return clock.error();
    struct timespec t = {};
    if (::clock_getres(*clock, &t) < 0) return last_error();
    return nanoseconds(t);
}

Errno random(std::span<std::byte> out) {
    while (!out.empty()) {
#if defined(__linux__)
        const ssize_t n = ::getrandom(out.data(), out.size(), 0);
        if (n < 0) {
            if (errno == EINTR) continue;
            return last_error();
        }
        out = out.subspan(static_cast<std::size_t>(n));
#else
        const std::size_t n = out.size() < 256 ? out.size() : 256;
        if (::getentropy(out.data(), n) < 0) return last_error();
        out = out.subspan(n);
#endif
    }
    return Errno::success;
}

void yield() { ::sched_yield(); }

std::vector<std::string> environment() {
    std::vector<std::string> result;
    for (char** e = environ; e != nullptr && *e != nullptr; ++e) result.emplace_back(*e);
    return result;
}

}  // namespace wasmi::wasi::host
