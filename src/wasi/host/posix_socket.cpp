// Sockets and waiting, on POSIX.
// Spec: none.
#include "wasi/host/host.hpp"
#include "wasi/host/posix_error.hpp"
#include "wasi/host/posix_iovec.hpp"

#include <cerrno>
#include <climits>
#include <ctime>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace wasmi::wasi::host {

namespace {
#if defined(MSG_NOSIGNAL)
constexpr int kSendFlags = MSG_NOSIGNAL;  // a closed peer is an error number, not a signal
#else
constexpr int kSendFlags = 0;
#endif
}  // namespace

bool socket_kind(int fd, int& kind) noexcept {
    socklen_t size = sizeof kind;
    return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size) == 0;
}

Try<Fd> accept(int fd, bool nonblock) {
    int result = -1;
    do {
#if defined(__linux__)
        result = ::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC | (nonblock ? SOCK_NONBLOCK : 0));
#else
        result = ::accept(fd, nullptr, nullptr);
#endif
    } while (result < 0 && errno == EINTR);
    if (result < 0) return last_error();
    Fd accepted(result);
#if !defined(__linux__)
    ::fcntl(result, F_SETFD, FD_CLOEXEC);
    if (const Errno e = set_flags(result, nonblock ? fdflags::nonblock : 0); e != Errno::success)
        return e;
#endif
    return accepted;
}

Try<Received> receive(int fd, Buffers buffers, bool peek, bool wait_all, bool may_wait) {
    IoVectors v(buffers);
    struct msghdr message = {};
    message.msg_iov = v.mutable_data();
    message.msg_iovlen = static_cast<decltype(message.msg_iovlen)>(v.count());
    const int flags =
        (peek ? MSG_PEEK : 0) | (wait_all ? MSG_WAITALL : 0) | (may_wait ? 0 : MSG_DONTWAIT);
    ssize_t n = 0;
    do {
        n = ::recvmsg(fd, &message, flags);
    } while (n < 0 && errno == EINTR);
    if (n < 0) return last_error();
    return Received{static_cast<u32>(n), (message.msg_flags & MSG_TRUNC) != 0};
}

Try<u32> send(int fd, Buffers buffers, bool may_wait) {
    IoVectors v(buffers);
    struct msghdr message = {};
    message.msg_iov = v.mutable_data();
    message.msg_iovlen = static_cast<decltype(message.msg_iovlen)>(v.count());
    ssize_t n = 0;
    do {
        n = ::sendmsg(fd, &message, kSendFlags | (may_wait ? 0 : MSG_DONTWAIT));
    } while (n < 0 && errno == EINTR);
    if (n < 0) return last_error();
    return static_cast<u32>(n);
}

Errno shutdown(int fd, bool reading, bool writing) {
    const int how = reading ? (writing ? SHUT_RDWR : SHUT_RD) : SHUT_WR;
    return check(::shutdown(fd, how));
}

Try<bool> poll(std::span<PollItem> items, std::optional<std::chrono::nanoseconds> timeout) {
    std::vector<struct pollfd> fds(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        fds[i].fd = items[i].fd;
        unsigned events = 0;
        if (items[i].want_read) events |= POLLIN;
        if (items[i].want_write) events |= POLLOUT;
        fds[i].events = static_cast<short>(events);
    }
    if (timeout && timeout->count() < 0) timeout = std::chrono::nanoseconds(0);
    int n = 0;
#if defined(__linux__)
    struct timespec wait = {};
    if (timeout) {
        wait.tv_sec = static_cast<time_t>(timeout->count() / 1'000'000'000);
        wait.tv_nsec = static_cast<long>(timeout->count() % 1'000'000'000);
    }
    n = ::ppoll(fds.data(), fds.size(), timeout ? &wait : nullptr, nullptr);
#else
    int wait = -1;  // rounded up: waking early would make the caller spin
    if (timeout) {
        const auto ms = (timeout->count() + 999'999) / 1'000'000;
        wait = ms > INT_MAX ? INT_MAX : static_cast<int>(ms);
    }
    n = ::poll(fds.data(), static_cast<nfds_t>(fds.size()), wait);
#endif
    if (n < 0) {
        if (errno == EINTR) return false;
        return last_error();
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        const int got = fds[i].revents;
        items[i].hangup = (got & (POLLHUP | POLLERR)) != 0;
        items[i].invalid = (got & POLLNVAL) != 0;
        // A closed peer can be "read" (end of file) and "written" (an error) without waiting.
        items[i].can_read = items[i].want_read && (got & (POLLIN | POLLHUP | POLLERR)) != 0;
        items[i].can_write = items[i].want_write && (got & (POLLOUT | POLLHUP | POLLERR)) != 0;
    }
    return n > 0;
}

}  // namespace wasmi::wasi::host
