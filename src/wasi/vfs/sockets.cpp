// Vfs: sockets that the host has opened for the guest.
// Spec: wasi preview1, sock_*.
#include "wasi/vfs/vfs.hpp"

namespace wasmi::wasi {

Try<Vfs::DescriptorPtr> Vfs::socket(u32 fd, Rights right) {
    Try<DescriptorPtr> d = table_.get(fd);
    if (!d) return d;
    if (!(*d)->is_socket()) return Errno::notsock;
    if (!(*d)->has(right)) return Errno::notcapable;
    return d;
}

Try<u32> Vfs::accept(u32 fd, u16 flags, const Deadline& deadline) {
    if ((flags & ~unsigned{fdflags::nonblock}) != 0) return Errno::inval;
    const Try<DescriptorPtr> d = socket(fd, rights::sock_accept);
    if (!d) return d.error();
    if (!table_.has_room()) return Errno::mfile;
    const bool waits = ((*d)->flags & fdflags::nonblock) == 0;
    if (gate_.may_end(deadline) || (!waits && (*d)->fd.is_borrowed())) {
        if (const Errno e = wait_ready(gate_, **d, false, deadline); e != Errno::success) return e;
    }
    for (;;) {
        Try<host::Fd> peer = host::accept((*d)->fd.get(), (flags & fdflags::nonblock) != 0);
        if (peer) {
            auto accepted = std::make_shared<Descriptor>();
            accepted->fd = *std::move(peer);
            accepted->type = (*d)->type;
            accepted->base = (*d)->inheriting;
            accepted->inheriting = (*d)->inheriting;
            accepted->flags = flags;
            return table_.insert(std::move(accepted));
        }
        if (peer.error() != Errno::again || !waits) return peer.error();
        if (const Errno e = wait_ready(gate_, **d, false, deadline); e != Errno::success) return e;
    }
}

Try<host::Received> Vfs::receive(u32 fd, Buffers buffers, u16 flags, const Deadline& deadline) {
    constexpr unsigned kPeek = 1;
    constexpr unsigned kWaitAll = 2;
    if ((flags & ~(kPeek | kWaitAll)) != 0) return Errno::inval;
    const Try<DescriptorPtr> d = socket(fd, rights::fd_read);
    if (!d) return d.error();
    const bool waits = ((*d)->flags & fdflags::nonblock) == 0;
    if (gate_.may_end(deadline) || (!waits && (*d)->fd.is_borrowed())) {
        if (const Errno e = wait_ready(gate_, **d, false, deadline); e != Errno::success) return e;
    }
    // Waiting for all would sit in the kernel past the deadline; a short answer is allowed.
    const bool may_wait = !gate_.may_end(deadline);
    const bool wait_all = (flags & kWaitAll) != 0 && may_wait;
    for (;;) {
        Try<host::Received> r =
            host::receive((*d)->fd.get(), buffers, (flags & kPeek) != 0, wait_all, may_wait);
        if (r || r.error() != Errno::again || !waits) return r;
        if (const Errno e = wait_ready(gate_, **d, false, deadline); e != Errno::success) return e;
    }
}

Try<u32> Vfs::send(u32 fd, Buffers buffers, u16 flags, const Deadline& deadline) {
    if (flags != 0) return Errno::inval;
    const Try<DescriptorPtr> d = socket(fd, rights::fd_write);
    if (!d) return d.error();
    return write(fd, buffers, deadline);
}

Errno Vfs::shutdown(u32 fd, u8 how) {
    const Try<DescriptorPtr> d = socket(fd, rights::sock_shutdown);
    if (!d) return d.error();
    if (how == 0 || how > 3) return Errno::inval;
    return host::shutdown((*d)->fd.get(), (how & 1) != 0, (how & 2) != 0);
}

}  // namespace wasmi::wasi
