// FdTable: the file descriptor numbers of a guest.
// Spec: wasi preview1, typename fd.
#include "wasi/vfs/fd_table.hpp"

namespace wasmi::wasi {

Try<std::shared_ptr<Descriptor>> FdTable::get(u32 fd) const {
    const std::lock_guard lock(mutex_);
    if (!is_open(fd)) return Errno::badf;
    return slots_[fd];
}

bool FdTable::has_room() const {
    const std::lock_guard lock(mutex_);
    return open_ < max_fds_;
}

Try<u32> FdTable::insert(std::shared_ptr<Descriptor> descriptor) {
    const std::lock_guard lock(mutex_);
    if (open_ >= max_fds_) return Errno::mfile;
    while (lowest_free_ < slots_.size() && slots_[lowest_free_]) ++lowest_free_;
    if (lowest_free_ == slots_.size()) slots_.emplace_back();
    slots_[lowest_free_] = std::move(descriptor);
    ++open_;
    return lowest_free_++;
}

Errno FdTable::close(u32 fd) {
    std::shared_ptr<Descriptor> last;  // the host's file is closed outside the lock
    const std::lock_guard lock(mutex_);
    if (!is_open(fd)) return Errno::badf;
    last = std::move(slots_[fd]);
    slots_[fd] = nullptr;
    --open_;
    if (fd < lowest_free_) lowest_free_ = fd;
    return Errno::success;
}

Errno FdTable::renumber(u32 from, u32 to) {
    std::shared_ptr<Descriptor> replaced;
    const std::lock_guard lock(mutex_);
    if (!is_open(from) || !is_open(to)) return Errno::badf;
    if (from == to) return Errno::success;
    replaced = std::move(slots_[to]);
    slots_[to] = std::move(slots_[from]);
    slots_[from] = nullptr;
    --open_;
    if (from < lowest_free_) lowest_free_ = from;
    return Errno::success;
}

}  // namespace wasmi::wasi
