// Vfs: the files of a guest. Every check of rights, read-only preopens and paths is here; the
// layer above only moves arguments, the layer below only talks to the host.
// Spec: wasi preview1, fd_*, path_* and sock_*.
#pragma once

#include "wasi/vfs/fd_table.hpp"
#include "wasi/vfs/gate.hpp"
#include "wasi/vfs/resolver.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace wasmi::wasi {

/// Waits until a descriptor of the host is ready: no error, again (a non-blocking guest),
/// deadline_, interrupted_ or stopped_.
[[nodiscard]] Errno wait_ready(Gate& gate, const Descriptor& descriptor, bool for_write,
                               const Deadline& deadline);

class Vfs {
  public:
    using Buffers = host::Buffers;
    explicit Vfs(u32 max_fds) : table_(max_fds) {}

    [[nodiscard]] FdTable& table() { return table_; }
    [[nodiscard]] Gate& gate() { return gate_; }

    // ---- set up by the host ---------------------------------------------------------------------
    [[nodiscard]] Errno add_stream(std::unique_ptr<MemoryStream> stream, bool for_input);
    [[nodiscard]] Errno add_host_fd(host::Fd fd, Rights allowed);
    [[nodiscard]] Errno add_preopen(host::Fd dir, std::string guest_name, bool read_only);

    // ---- files (files.cpp) ----------------------------------------------------------------------
    [[nodiscard]] Errno advise(u32 fd, u64 offset, u64 length, u8 advice);
    [[nodiscard]] Errno allocate(u32 fd, u64 offset, u64 length);
    [[nodiscard]] Errno sync(u32 fd, bool data_only);
    [[nodiscard]] Errno set_flags(u32 fd, u16 flags);
    [[nodiscard]] Errno set_rights(u32 fd, Rights base, Rights inheriting);
    [[nodiscard]] Try<Filestat> filestat(u32 fd);
    [[nodiscard]] Errno set_size(u32 fd, u64 size);
    [[nodiscard]] Errno set_times(u32 fd, const SetTimes& times);
    [[nodiscard]] Try<u64> seek(u32 fd, i64 offset, Whence whence);
    [[nodiscard]] Try<u64> tell(u32 fd);
    [[nodiscard]] Try<u32> read(u32 fd, Buffers buffers, const Deadline& deadline);
    [[nodiscard]] Try<u32> write(u32 fd, Buffers buffers, const Deadline& deadline);
    [[nodiscard]] Try<u32> read_at(u32 fd, Buffers buffers, u64 offset);
    [[nodiscard]] Try<u32> write_at(u32 fd, Buffers buffers, u64 offset);

    // ---- directories (directories.cpp) ----------------------------------------------------------
    /// Fills `out` with dirent records from `cookie` on; the last one may be cut.
    [[nodiscard]] Try<u32> read_directory(u32 fd, u64 cookie, std::span<std::byte> out);

    // ---- paths (paths.cpp) ----------------------------------------------------------------------
    struct Open {
        bool follow = false;
        u16 oflags = 0;
        u16 fdflags = 0;
        Rights base = 0;
        Rights inheriting = 0;
    };
    [[nodiscard]] Try<u32> open(u32 dir, std::string_view path, const Open& how);
    [[nodiscard]] Errno create_directory(u32 dir, std::string_view path);
    [[nodiscard]] Errno remove_directory(u32 dir, std::string_view path);
    [[nodiscard]] Errno unlink_file(u32 dir, std::string_view path);
    [[nodiscard]] Try<Filestat> path_filestat(u32 dir, bool follow, std::string_view path);
    [[nodiscard]] Errno path_set_times(u32 dir, bool follow, std::string_view path,
                                       const SetTimes& times);
    [[nodiscard]] Errno link(u32 old_dir, bool follow, std::string_view old_path, u32 dir,
                             std::string_view path);
    [[nodiscard]] Errno rename(u32 old_dir, std::string_view old_path, u32 dir,
                               std::string_view path);
    [[nodiscard]] Errno symlink(std::string_view target, u32 dir, std::string_view path);
    [[nodiscard]] Try<std::string> readlink(u32 dir, std::string_view path);

    // ---- sockets (sockets.cpp) ------------------------------------------------------------------
    [[nodiscard]] Try<u32> accept(u32 fd, u16 flags, const Deadline& deadline);
    [[nodiscard]] Try<host::Received> receive(u32 fd, Buffers buffers, u16 flags,
                                              const Deadline& deadline);
    [[nodiscard]] Try<u32> send(u32 fd, Buffers buffers, u16 flags, const Deadline& deadline);
    [[nodiscard]] Errno shutdown(u32 fd, u8 how);

  private:
    using DescriptorPtr = std::shared_ptr<Descriptor>;
    /// The directory `fd` with a right; for changing, it must not be read-only.
    enum class Purpose : bool { look, change };
    [[nodiscard]] Try<DescriptorPtr> directory(u32 fd, Rights right, Purpose purpose);
    /// A descriptor that is not a directory, with a right.
    [[nodiscard]] Try<DescriptorPtr> file(u32 fd, Rights right);
    [[nodiscard]] Try<DescriptorPtr> socket(u32 fd, Rights right);

    FdTable table_;
    Gate gate_;
};

}  // namespace wasmi::wasi
