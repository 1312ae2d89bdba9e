// Threads and a signal that polls can wait for, on POSIX.
// Spec: none.
#include "wasi/host/host.hpp"
#include "wasi/host/posix_error.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/eventfd.h>
#endif

namespace wasmi::wasi::host {

Try<Signal> Signal::create() {
    Signal signal;
#if defined(__linux__)
    signal.read_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!signal.read_) return last_error();
#else
    int ends[2];
    if (::pipe(ends) < 0) return last_error();
    signal.read_ = Fd(ends[0]);
    signal.write_ = Fd(ends[1]);
    for (const int end : ends) {
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
        ::fcntl(end, F_SETFL, O_NONBLOCK);
    }
#endif
    return signal;
}

void Signal::set() noexcept {
    if (!*this) return;
    const std::uint64_t one = 1;
    const int fd = write_ ? write_.get() : read_.get();
    // It fails only if the signal is set already.
    const ssize_t n = ::write(fd, &one, sizeof one);
    (void)n;
}

void Signal::clear() noexcept {
    if (!*this) return;
    std::uint64_t words[8];  // one, or what pipes hold of several
    while (::read(read_.get(), words, sizeof words) == sizeof words) {
    }
}

namespace {

void* run(void* argument) {
    const std::unique_ptr<std::function<void()>> body(
        static_cast<std::function<void()>*>(argument));
    (*body)();
    return nullptr;
}

}  // namespace

// Not std::thread: it throws where the host has no more threads.
Try<Thread> Thread::start(std::function<void()> body) {
    auto argument = std::make_unique<std::function<void()>>(std::move(body));
    pthread_t id{};
    const int error = ::pthread_create(&id, nullptr, run, argument.get());
    if (error != 0) return Errno::again;
    (void)argument.release();  // the thread's now
    Thread thread;
    static_assert(sizeof id <= sizeof(std::uintptr_t));
    thread.id_ = 0;
    std::memcpy(&*thread.id_, &id, sizeof id);
    return thread;
}

void Thread::join() noexcept {
    if (!id_) return;
    pthread_t id{};
    std::memcpy(&id, &*id_, sizeof id);
    ::pthread_join(id, nullptr);
    id_.reset();
}

}  // namespace wasmi::wasi::host
