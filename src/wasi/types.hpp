// The types of WASI preview 1 that all of src/wasi shares: error numbers, rights, flags.
// Spec: wasi preview1, typenames.
#pragma once

#include <wasmi/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace wasmi::wasi {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i64 = std::int64_t;

enum class Errno : u16 {
    success,
#define WASI_ERRNO(name, posix) name,
#include "wasi/errno.def"
#undef WASI_ERRNO
    // Ends of a call that the guest never sees; the outermost layer turns them into an Error.
    stopped_ = 0xFFFC,      ///< another thread has ended the program while the call waited
    interrupted_ = 0xFFFD,  ///< an InterruptHandle has ended the call while it waited
    exit_ = 0xFFFE,         ///< proc_exit: Call::exit_code holds the code
    deadline_ = 0xFFFF,     ///< the store's deadline passed while the call waited
};

/// A T or an error number.
template <class T>
using Try = Result<T, Errno>;

/// When a waiting call must give up.
using Deadline = std::optional<std::chrono::steady_clock::time_point>;

enum class Filetype : u8 {
    unknown,
    block_device,
    character_device,
    directory,
    regular_file,
    socket_dgram,
    socket_stream,
    symbolic_link,
};

using Rights = u64;
namespace rights {
enum : Rights {
    fd_datasync = Rights{1} << 0,
    fd_read = Rights{1} << 1,
    fd_seek = Rights{1} << 2,
    fd_fdstat_set_flags = Rights{1} << 3,
    fd_sync = Rights{1} << 4,
    fd_tell = Rights{1} << 5,
    fd_write = Rights{1} << 6,
    fd_advise = Rights{1} << 7,
    fd_allocate = Rights{1} << 8,
    path_create_directory = Rights{1} << 9,
    path_create_file = Rights{1} << 10,
    path_link_source = Rights{1} << 11,
    path_link_target = Rights{1} << 12,
    path_open = Rights{1} << 13,
    fd_readdir = Rights{1} << 14,
    path_readlink = Rights{1} << 15,
    path_rename_source = Rights{1} << 16,
    path_rename_target = Rights{1} << 17,
    path_filestat_get = Rights{1} << 18,
    path_filestat_set_size = Rights{1} << 19,
    path_filestat_set_times = Rights{1} << 20,
    fd_filestat_get = Rights{1} << 21,
    fd_filestat_set_size = Rights{1} << 22,
    fd_filestat_set_times = Rights{1} << 23,
    path_symlink = Rights{1} << 24,
    path_remove_directory = Rights{1} << 25,
    path_unlink_file = Rights{1} << 26,
    poll_fd_readwrite = Rights{1} << 27,
    sock_shutdown = Rights{1} << 28,
    sock_accept = Rights{1} << 29,
    all = (Rights{1} << 30) - 1,
};
}  // namespace rights

namespace fdflags {
enum : u16 { append = 1, dsync = 2, nonblock = 4, rsync = 8, sync = 16, all = 31 };
}
namespace oflags {
enum : u16 { creat = 1, directory = 2, excl = 4, trunc = 8, all = 15 };
}
namespace fstflags {
enum : u16 { atim = 1, atim_now = 2, mtim = 4, mtim_now = 8, all = 15 };
}
namespace lookupflags {
enum : u32 { symlink_follow = 1 };
}

enum class Whence : u8 { set, cur, end };
enum class ClockId : u32 { realtime, monotonic, process_cputime, thread_cputime };
inline constexpr u32 kClockIds = 4;

/// What fd_filestat_get reports.
struct Filestat {
    u64 dev = 0;
    u64 ino = 0;
    Filetype type = Filetype::unknown;
    u64 nlink = 0;
    u64 size = 0;
    u64 atim = 0;  ///< nanoseconds since 1970, as are the others
    u64 mtim = 0;
    u64 ctim = 0;
};

/// New time stamps; a time without its flag stays.
struct SetTimes {
    u64 atim = 0;
    u64 mtim = 0;
    u16 flags = 0;  ///< fstflags

    [[nodiscard]] bool is_valid() const {
        constexpr unsigned kA = fstflags::atim | fstflags::atim_now;
        constexpr unsigned kM = fstflags::mtim | fstflags::mtim_now;
        return (flags & ~unsigned{fstflags::all}) == 0 && (flags & kA) != kA && (flags & kM) != kM;
    }
};

}  // namespace wasmi::wasi
