// Descriptor: what a file descriptor number of the guest stands for, with its rights.
// Spec: wasi preview1, typename fdstat.
#pragma once

#include "wasi/host/host.hpp"
#include "wasi/types.hpp"

#include <memory>
#include <optional>
#include <string>

namespace wasmi::wasi {

/// Standard input from bytes, or output into a string of the host.
struct MemoryStream {
    std::string input;
    std::size_t position = 0;
    std::string* output = nullptr;
    u64 max_output = 0;  ///< of *output; more gives nospc
};

/// An open file, directory, socket or stream. Shared by the table and the call that uses it.
struct Descriptor {
    host::Fd fd;                           ///< none for a memory stream
    std::unique_ptr<MemoryStream> memory;  ///< instead of fd
    Filetype type = Filetype::unknown;
    Rights base = 0;
    Rights inheriting = 0;
    u16 flags = 0;            ///< fdflags as the guest sees them
    bool read_only = false;   ///< below a read-only preopen: nothing may be changed through it
    bool sync_write = false;  ///< the sync flags were set after opening: flush by hand
    std::optional<std::string> preopen;  ///< guest name of a preopened directory
    std::unique_ptr<host::DirStream> entries;

    [[nodiscard]] bool has(Rights wanted) const { return (base & wanted) == wanted; }
    [[nodiscard]] bool is_directory() const { return type == Filetype::directory; }
    [[nodiscard]] bool is_socket() const {
        return type == Filetype::socket_stream || type == Filetype::socket_dgram;
    }
    /// Reading or writing may have to wait for another party.
    [[nodiscard]] bool may_wait() const {
        return !memory && type != Filetype::regular_file && type != Filetype::directory &&
               type != Filetype::block_device;
    }
    /// Has a position.
    [[nodiscard]] bool is_seekable() const {
        return !memory && (type == Filetype::regular_file || type == Filetype::block_device ||
                           type == Filetype::character_device);
    }
};

/// The rights that make sense for a file of this type. A terminal has no seek and tell: that is
/// how wasi-libc knows it from other character devices.
[[nodiscard]] Rights rights_for(Filetype type, bool is_terminal);
/// Rights of a preopened directory.
[[nodiscard]] Rights preopen_base_rights(bool read_only);

}  // namespace wasmi::wasi
