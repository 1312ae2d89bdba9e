// FdTable: the file descriptor numbers of a guest.
// Spec: wasi preview1, typename fd.
#pragma once

#include "wasi/vfs/descriptor.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace wasmi::wasi {

/// Numbers are handed out lowest first, as POSIX programs expect. The lock is for guests with
/// threads; it protects the table, not the descriptors.
class FdTable {
  public:
    explicit FdTable(u32 max_fds) : max_fds_(max_fds) {}

    /// Errors: badf.
    [[nodiscard]] Try<std::shared_ptr<Descriptor>> get(u32 fd) const;
    /// Errors: mfile.
    [[nodiscard]] Try<u32> insert(std::shared_ptr<Descriptor> descriptor);
    /// True if one more would fit; asked before a file is created for it.
    [[nodiscard]] bool has_room() const;
    [[nodiscard]] Errno close(u32 fd);
    /// `from` becomes `to`, which must be open and is closed; nothing happens if they are the same.
    [[nodiscard]] Errno renumber(u32 from, u32 to);

  private:
    [[nodiscard]] bool is_open(u32 fd) const { return fd < slots_.size() && slots_[fd]; }

    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<Descriptor>> slots_;
    u32 lowest_free_ = 0;  ///< no free slot is below
    u32 open_ = 0;
    u32 max_fds_;
};

}  // namespace wasmi::wasi
