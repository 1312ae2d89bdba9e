// Opening by single names and the operations on open files, on POSIX.
// Spec: none.
#include "wasi/host/host.hpp"
#include "wasi/host/posix_error.hpp"
#include "wasi/host/posix_iovec.hpp"

#include <cerrno>
#include <climits>
#include <cstdio>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wasmi::wasi::host {

namespace {

#if defined(O_PATH)
constexpr int kStepFlags = O_PATH;
#elif defined(O_SEARCH)
constexpr int kStepFlags = O_SEARCH;
#else
constexpr int kStepFlags = O_RDONLY;
#endif

/// POSIX calls are repeated when a signal of the embedder interrupts them.
template <class F>
auto retry(F&& f) {
    decltype(f()) result = 0;
    do {
        result = f();
    } while (result < 0 && errno == EINTR);
    return result;
}

Filetype type_of(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFREG:
            return Filetype::regular_file;
        case S_IFDIR:
            return Filetype::directory;
        case S_IFLNK:
            return Filetype::symbolic_link;
        case S_IFCHR:
            return Filetype::character_device;
        case S_IFBLK:
            return Filetype::block_device;
        case S_IFSOCK:
            return Filetype::socket_stream;
        default:
            return Filetype::unknown;
    }
}

u64 nanoseconds(const struct timespec& t) {
    return static_cast<u64>(t.tv_sec) * 1'000'000'000u + static_cast<u64>(t.tv_nsec);
}

Filestat convert(const struct stat& s) {
    Filestat result;
    result.dev = static_cast<u64>(s.st_dev);
    result.ino = static_cast<u64>(s.st_ino);
    result.type = type_of(s.st_mode);
    result.nlink = static_cast<u64>(s.st_nlink);
    result.size = static_cast<u64>(s.st_size);
#if defined(__APPLE__)
    result.atim = nanoseconds(s.st_atimespec);
    result.mtim = nanoseconds(s.st_mtimespec);
    result.ctim = nanoseconds(s.st_ctimespec);
#else
    result.atim = nanoseconds(s.st_atim);
    result.mtim = nanoseconds(s.st_mtim);
    result.ctim = nanoseconds(s.st_ctim);
#endif
    return result;
}

struct timespec time_stamp(u64 value, bool set, bool now) {
    struct timespec t = {};
    if (now) {
        t.tv_nsec = UTIME_NOW;
    } else if (!set) {
        t.tv_nsec = UTIME_OMIT;
    } else {
        t.tv_sec = static_cast<time_t>(value / 1'000'000'000u);
        t.tv_nsec = static_cast<decltype(t.tv_nsec)>(value % 1'000'000'000u);
    }
    return t;
}

struct TimePair {
    struct timespec stamps[2];
    explicit TimePair(const SetTimes& times)
        : stamps{time_stamp(times.atim, (times.flags & fstflags::atim) != 0,
                            (times.flags & fstflags::atim_now) != 0),
                 time_stamp(times.mtim, (times.flags & fstflags::mtim) != 0,
                            (times.flags & fstflags::mtim_now) != 0)} {}
};

/// An offset of the guest as one of the host; false if it does not fit.
bool to_offset(u64 value, off_t& out) {
    out = static_cast<off_t>(value);
    return out >= 0 && static_cast<u64>(out) == value;
}

}  // namespace

void Fd::reset() noexcept {
    if (fd_ >= 0 && !borrowed_) ::close(fd_);
    fd_ = -1;
    borrowed_ = false;
}

Try<Fd> open_root(const std::string& path) {
    const int fd = retry([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (fd < 0) return last_error();
    return Fd(fd);
}

Try<Fd> open_step(int dir, const char* name) {
    const int fd = retry(
        [&] { return ::openat(dir, name, kStepFlags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); });
    // Some systems say "loop" where Linux says "not a directory" about a link.
    if (fd < 0) return errno == ELOOP ? Errno::notdir : last_error();
    return Fd(fd);
}

Try<Fd> open_at(int dir, const char* name, const OpenHow& how) {
    // O_NONBLOCK: opening a FIFO must not wait for its other end.
    int flags = O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    if (how.write) {
        flags |= how.read ? O_RDWR : O_WRONLY;
    } else {
        flags |= O_RDONLY;
    }
    if ((how.oflags & oflags::creat) != 0) flags |= O_CREAT;
    if ((how.oflags & oflags::directory) != 0) flags |= O_DIRECTORY;
    if ((how.oflags & oflags::excl) != 0) flags |= O_EXCL;
    if ((how.oflags & oflags::trunc) != 0) flags |= O_TRUNC;
    if ((how.fdflags & fdflags::append) != 0) flags |= O_APPEND;
    if ((how.fdflags & fdflags::dsync) != 0) flags |= O_DSYNC;
#if defined(O_RSYNC)
    if ((how.fdflags & fdflags::rsync) != 0) flags |= O_RSYNC;
#else
    if ((how.fdflags & fdflags::rsync) != 0) flags |= O_SYNC;
#endif
    if ((how.fdflags & fdflags::sync) != 0) flags |= O_SYNC;
    const int fd = retry([&] { return ::openat(dir, name, flags, 0666); });
    if (fd < 0) return last_error();
    Fd result(fd);
    if ((how.fdflags & fdflags::nonblock) == 0) {
        struct stat s = {};
        if (::fstat(fd, &s) == 0 && !S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode)) {
            const int now = ::fcntl(fd, F_GETFL);
            if (now < 0 || ::fcntl(fd, F_SETFL, now & ~O_NONBLOCK) < 0) return last_error();
        }
    }
    return result;
}

Try<std::string> read_link(int dir, const char* name) {
    std::string target(256, '\0');
    for (;;) {
        const ssize_t n = ::readlinkat(dir, name, target.data(), target.size());
        if (n < 0) return last_error();
        if (static_cast<std::size_t>(n) < target.size()) {
            target.resize(static_cast<std::size_t>(n));
            return target;
        }
        if (target.size() >= 65536) return Errno::nametoolong;
        target.resize(target.size() * 4);
    }
}

Errno make_directory(int dir, const char* name) { return check(::mkdirat(dir, name, 0777)); }
Errno remove_directory(int dir, const char* name) {
    return check(::unlinkat(dir, name, AT_REMOVEDIR));
}
Errno remove_file(int dir, const char* name) {
    if (::unlinkat(dir, name, 0) == 0) return Errno::success;
#if !defined(__linux__)
    // POSIX says "not permitted" about a directory; guests expect what Linux says.
    struct stat s = {};
    const int error = errno;
    if (error == EPERM && ::fstatat(dir, name, &s, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(s.st_mode))
        return Errno::isdir;
    return from_posix(error);
#else
    return last_error();
#endif
}
Errno make_symlink(const char* target, int dir, const char* name) {
    return check(::symlinkat(target, dir, name));
}
Errno make_link(int old_dir, const char* old_name, int dir, const char* name) {
    return check(::linkat(old_dir, old_name, dir, name, 0));
}
Errno rename(int old_dir, const char* old_name, int dir, const char* name) {
    return check(::renameat(old_dir, old_name, dir, name));
}

Try<Filestat> stat_at(int dir, const char* name) {
    struct stat s = {};
    if (::fstatat(dir, name, &s, AT_SYMLINK_NOFOLLOW) < 0) return last_error();
    return convert(s);
}

Errno set_times_at(int dir, const char* name, const SetTimes& times) {
    return check(::utimensat(dir, name, TimePair(times).stamps, AT_SYMLINK_NOFOLLOW));
}

Try<Filestat> stat(int fd) {
    struct stat s = {};
    if (::fstat(fd, &s) < 0) return last_error();
    Filestat result = convert(s);
    if (result.type == Filetype::socket_stream) {
        int kind = 0;
        if (socket_kind(fd, kind) && kind == SOCK_DGRAM) result.type = Filetype::socket_dgram;
    }
    return result;
}

Errno set_times(int fd, const SetTimes& times) {
    return check(::futimens(fd, TimePair(times).stamps));
}

Errno set_size(int fd, u64 size) {
    off_t length = 0;
    if (!to_offset(size, length)) return Errno::fbig;
    return check(static_cast<int>(retry([&] { return ::ftruncate(fd, length); })));
}

Errno advise(int fd, u64 offset, u64 length, u8 advice) {
    off_t begin = 0;
    off_t size = 0;
    if (!to_offset(offset, begin) || !to_offset(length, size)) return Errno::inval;
#if defined(POSIX_FADV_NORMAL)
    constexpr int kAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                               POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
    if (advice >= std::size(kAdvice)) return Errno::inval;
    return from_posix(::posix_fadvise(fd, begin, size, kAdvice[advice]));
#else
    (void)fd;
    return advice < 6 ? Errno::success : Errno::inval;  // an advice may be ignored
#endif
}

Errno allocate(int fd, u64 offset, u64 length) {
    off_t begin = 0;
    off_t size = 0;
    off_t end = 0;
    if (length == 0) return Errno::inval;
    if (!to_offset(offset, begin) || !to_offset(length, size) || !to_offset(offset + length, end))
        return Errno::fbig;
#if defined(__APPLE__)
    struct stat s = {};
    if (::fstat(fd, &s) < 0) return last_error();
    return s.st_size >= end ? Errno::success : check(::ftruncate(fd, end));
#else
    int error = 0;
    do {
        error = ::posix_fallocate(fd, begin, size);
    } while (error == EINTR);
    return from_posix(error);
#endif
}

Errno sync(int fd, bool data_only) {
#if defined(__APPLE__)
    (void)data_only;
    return check(static_cast<int>(retry([&] { return ::fsync(fd); })));
#else
    return check(
        static_cast<int>(retry([&] { return data_only ? ::fdatasync(fd) : ::fsync(fd); })));
#endif
}

Try<u64> seek(int fd, i64 offset, Whence whence) {
    constexpr int kWhence[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    const off_t at = ::lseek(fd, static_cast<off_t>(offset), kWhence[static_cast<u8>(whence)]);
    if (at < 0) return last_error();
    return static_cast<u64>(at);
}

Try<u32> read(int fd, Buffers buffers) {
    const IoVectors v(buffers);
    const ssize_t n = retry([&] { return ::readv(fd, v.data(), v.count()); });
    if (n < 0) return last_error();
    return static_cast<u32>(n);
}

Try<u32> write(int fd, Buffers buffers) {
    const IoVectors v(buffers);
    const ssize_t n = retry([&] { return ::writev(fd, v.data(), v.count()); });
    if (n < 0) return last_error();
    return static_cast<u32>(n);
}

std::size_t safe_pipe_write() { return PIPE_BUF; }

Try<u32> read_at(int fd, Buffers buffers, u64 offset) {
    off_t at = 0;
    if (!to_offset(offset, at)) return Errno::inval;
    const IoVectors v(buffers);
    const ssize_t n = retry([&] { return ::preadv(fd, v.data(), v.count(), at); });
    if (n < 0) return last_error();
    return static_cast<u32>(n);
}

Try<u32> write_at(int fd, Buffers buffers, u64 offset) {
    off_t at = 0;
    if (!to_offset(offset, at)) return Errno::inval;
    const IoVectors v(buffers);
    const ssize_t n = retry([&] { return ::pwritev(fd, v.data(), v.count(), at); });
    if (n < 0) return last_error();
    return static_cast<u32>(n);
}

Try<u16> get_flags(int fd) {
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0) return last_error();
    unsigned result = 0;
    if ((flags & O_APPEND) != 0) result |= fdflags::append;
    if ((flags & O_NONBLOCK) != 0) result |= fdflags::nonblock;
    if ((flags & O_SYNC) == O_SYNC) {
        result |= fdflags::sync;
    } else if ((flags & O_DSYNC) != 0) {
        result |= fdflags::dsync;
    }
    return static_cast<u16>(result);
}

Errno set_flags(int fd, u16 fdflags) {
    int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0) return last_error();
    flags &= ~(O_APPEND | O_NONBLOCK);
    if ((fdflags & fdflags::append) != 0) flags |= O_APPEND;
    if ((fdflags & fdflags::nonblock) != 0) flags |= O_NONBLOCK;
    return check(::fcntl(fd, F_SETFL, flags));
}

bool is_terminal(int fd) { return ::isatty(fd) != 0; }

u64 readable_bytes(int fd) {
    int n = 0;
    if (::ioctl(fd, FIONREAD, &n) < 0 || n < 0) return 0;
    return static_cast<u64>(n);
}

}  // namespace wasmi::wasi::host
