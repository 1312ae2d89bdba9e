// The operating system as src/wasi sees it: file descriptors, directories, clocks, randomness.
// Nothing above this file knows POSIX. No function follows a symbolic link in the last component
// of a name, and none takes a name with more than one component, except open_root().
// Spec: none.
#pragma once

#include "wasi/types.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wasmi::wasi::host {

/// A file descriptor of the host; closed with the object unless it is borrowed.
class Fd {
  public:
    Fd() = default;
    explicit Fd(int fd, bool borrowed = false) : fd_(fd), borrowed_(borrowed) {}
    ~Fd() { reset(); }
    Fd(Fd&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)), borrowed_(std::exchange(other.borrowed_, false)) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other) {
            reset();
            fd_ = std::exchange(other.fd_, -1);
            borrowed_ = std::exchange(other.borrowed_, false);
        }
        return *this;
    }
    void reset() noexcept;
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool is_borrowed() const { return borrowed_; }
    explicit operator bool() const { return fd_ >= 0; }

  private:
    int fd_ = -1;
    bool borrowed_ = false;
};

using Buffers = std::span<const std::span<std::byte>>;

struct OpenHow {
    bool read = false;
    bool write = false;
    u16 oflags = 0;   ///< wasi::oflags
    u16 fdflags = 0;  ///< wasi::fdflags
};

// ---- open and resolve ---------------------------------------------------------------------------
/// A directory by a path of the host, links followed: for preopens only.
[[nodiscard]] Try<Fd> open_root(const std::string& path);
/// The directory `name` of `dir` as a handle for further steps. A link or a file: notdir.
[[nodiscard]] Try<Fd> open_step(int dir, const char* name);
/// Opens; a link gives loop (or notdir, if a directory is wanted). Never waits for a peer.
[[nodiscard]] Try<Fd> open_at(int dir, const char* name, const OpenHow& how);
/// The target of a link; inval if `name` is not a link.
[[nodiscard]] Try<std::string> read_link(int dir, const char* name);

// ---- names in a directory -----------------------------------------------------------------------
[[nodiscard]] Errno make_directory(int dir, const char* name);
[[nodiscard]] Errno remove_directory(int dir, const char* name);
[[nodiscard]] Errno remove_file(int dir, const char* name);
[[nodiscard]] Errno make_symlink(const char* target, int dir, const char* name);
[[nodiscard]] Errno make_link(int old_dir, const char* old_name, int dir, const char* name);
[[nodiscard]] Errno rename(int old_dir, const char* old_name, int dir, const char* name);
[[nodiscard]] Try<Filestat> stat_at(int dir, const char* name);
[[nodiscard]] Errno set_times_at(int dir, const char* name, const SetTimes& times);

// ---- open files ---------------------------------------------------------------------------------
[[nodiscard]] Try<Filestat> stat(int fd);
[[nodiscard]] Errno set_times(int fd, const SetTimes& times);
[[nodiscard]] Errno set_size(int fd, u64 size);
[[nodiscard]] Errno advise(int fd, u64 offset, u64 length, u8 advice);
[[nodiscard]] Errno allocate(int fd, u64 offset, u64 length);
[[nodiscard]] Errno sync(int fd, bool data_only);
[[nodiscard]] Try<u64> seek(int fd, i64 offset, Whence whence);
[[nodiscard]] Try<u32> read(int fd, Buffers buffers);
[[nodiscard]] Try<u32> write(int fd, Buffers buffers);
/// What a pipe that is ready takes without waiting.
[[nodiscard]] std::size_t safe_pipe_write();
[[nodiscard]] Try<u32> read_at(int fd, Buffers buffers, u64 offset);
[[nodiscard]] Try<u32> write_at(int fd, Buffers buffers, u64 offset);
/// The fdflags that the host knows of the open file.
[[nodiscard]] Try<u16> get_flags(int fd);
/// Sets append and nonblock; the others cannot be changed on an open file.
[[nodiscard]] Errno set_flags(int fd, u16 fdflags);
[[nodiscard]] bool is_terminal(int fd);
/// Bytes that can be read without waiting; 0 if the host cannot tell.
[[nodiscard]] u64 readable_bytes(int fd);

// ---- directories --------------------------------------------------------------------------------
/// A stream of directory entries with positions that can be returned to. "." and ".." are left out.
class DirStream {
  public:
    struct Entry {
        std::string name;
        u64 ino = 0;
        Filetype type = Filetype::unknown;
        u64 next = 0;  ///< position after this entry; 0 is the begin
    };
    [[nodiscard]] static Try<std::unique_ptr<DirStream>> open(int dir);
    ~DirStream();
    DirStream(const DirStream&) = delete;
    DirStream& operator=(const DirStream&) = delete;

    /// The entry at this position, or null at the end. Valid until the next call.
    [[nodiscard]] Try<const Entry*> read(u64 position);

  private:
    explicit DirStream(void* stream) : stream_(stream) {}
    void* stream_;
    u64 position_ = 0;  ///< where the host's stream stands
    Entry entry_;       ///< the last entry read …
    u64 entry_position_ = 0;
    bool has_entry_ = false;  ///< … is kept because a guest asks again for one that did not fit
};

// ---- sockets ------------------------------------------------------------------------------------
[[nodiscard]] Try<Fd> accept(int fd, bool nonblock);
struct Received {
    u32 size = 0;
    bool truncated = false;
};
[[nodiscard]] Try<Received> receive(int fd, Buffers buffers, bool peek, bool wait_all,
                                    bool may_wait);
[[nodiscard]] Try<u32> send(int fd, Buffers buffers, bool may_wait);
[[nodiscard]] Errno shutdown(int fd, bool reading, bool writing);

// ---- waiting ------------------------------------------------------------------------------------
struct PollItem {
    int fd = -1;
    bool want_read = false;
    bool want_write = false;
    bool can_read = false;
    bool can_write = false;
    bool hangup = false;
    bool invalid = false;
};
/// Waits until an item is ready or the time is over (nullopt: for ever). True if one is ready.
/// A signal ends the wait early, with false.
[[nodiscard]] Try<bool> poll(std::span<PollItem> items,
                             std::optional<std::chrono::nanoseconds> timeout);

/// Something that poll() can wait for and that any thread can set.
class Signal {
  public:
    [[nodiscard]] static Try<Signal> create();
    void set() noexcept;
    void clear() noexcept;
    /// Can be read when the signal is set.
    [[nodiscard]] int fd() const { return read_.get(); }
    explicit operator bool() const { return static_cast<bool>(read_); }

  private:
    Fd read_;
    Fd write_;  ///< if it is another one
};

// ---- threads ------------------------------------------------------------------------------------
class Thread {
  public:
    /// Errors: again, if the host has no more.
    [[nodiscard]] static Try<Thread> start(std::function<void()> body);
    /// Waits for the end of the thread; nothing happens without one.
    void join() noexcept;

  private:
    std::optional<std::uintptr_t> id_;
};

// ---- clocks, randomness, process ----------------------------------------------------------------
[[nodiscard]] Try<u64> clock_now(ClockId id);
[[nodiscard]] Try<u64> clock_resolution(ClockId id);
[[nodiscard]] Errno random(std::span<std::byte> out);
void yield();
/// NAME=VALUE of each variable of the process.
[[nodiscard]] std::vector<std::string> environment();

}  // namespace wasmi::wasi::host
