// Vfs: operations on open files.
// Spec: wasi preview1, fd_*.
#include "wasi/vfs/vfs.hpp"

#include <algorithm>
#include <cstring>

namespace wasmi::wasi {

namespace {

constexpr u16 kSyncFlags = fdflags::dsync | fdflags::rsync | fdflags::sync;

Try<u32> read_memory(MemoryStream& stream, host::Buffers buffers) {
    u32 total = 0;
    for (const std::span<std::byte> buffer : buffers) {
        const std::size_t n = std::min(buffer.size(), stream.input.size() - stream.position);
        if (n == 0) continue;
        std::memcpy(buffer.data(), stream.input.data() + stream.position, n);
        stream.position += n;
        total += static_cast<u32>(n);
    }
    return total;
}

Try<u32> write_memory(MemoryStream& stream, host::Buffers buffers) {
    u32 total = 0;
    u32 wanted = 0;
    for (const std::span<std::byte> buffer : buffers) {
        wanted += static_cast<u32>(buffer.size());
        if (stream.output == nullptr) continue;
        const u64 used = stream.output->size();
        const u64 room = stream.max_output > used ? stream.max_output - used : 0;
        const std::size_t n = static_cast<std::size_t>(std::min<u64>(buffer.size(), room));
        stream.output->append(reinterpret_cast<const char*>(buffer.data()), n);
        total += static_cast<u32>(n);
    }
    if (stream.output == nullptr) return wanted;  // discarded
    if (total == 0 && wanted != 0) return Errno::nospc;
    return total;
}

}  // namespace

Errno wait_ready(Gate& gate, const Descriptor& descriptor, bool for_write,
                 const Deadline& deadline) {
    const bool nonblock = (descriptor.flags & fdflags::nonblock) != 0;
    for (;;) {
        host::PollItem item;
        item.fd = descriptor.fd.get();
        item.want_read = !for_write;
        item.want_write = for_write;
        std::optional<std::chrono::nanoseconds> timeout;
        if (nonblock) {
            timeout = std::chrono::nanoseconds(0);
        } else if (deadline) {
            const auto now = std::chrono::steady_clock::now();
            if (now >= *deadline) return Errno::deadline_;
            timeout = *deadline - now;
        }
        Try<bool> ready = gate.poll({&item, 1}, timeout);
        // With the lock again: another thread may have taken what there was.
        if (ready && *ready && gate.is_shared())
            ready = host::poll({&item, 1}, std::chrono::nanoseconds(0));
        if (!ready) return ready.error();
        if (*ready) return Errno::success;
        if (nonblock) return Errno::again;
    }
}

namespace {

/// Does `transfer` with the waiting that the guest expects, whatever the host's file does: files
/// of the host's own (standard input) may be shared with other programs, so their blocking mode
/// is never changed, and a deadline, an interrupt or the end of the program must be able to end the
/// wait.
template <class F>
Try<u32> transfer(Gate& gate, const Descriptor& d, bool for_write, const Deadline& deadline,
                  F&& once) {
    const bool nonblock = (d.flags & fdflags::nonblock) != 0;
    if (d.may_wait() && (gate.may_end(deadline) || (nonblock && d.fd.is_borrowed()))) {
        if (const Errno e = wait_ready(gate, d, for_write, deadline); e != Errno::success) return e;
    }
    for (;;) {
        Try<u32> n = once();
        if (n || n.error() != Errno::again || nonblock) return n;
        if (const Errno e = wait_ready(gate, d, for_write, deadline); e != Errno::success) return e;
    }
}

/// The first bytes of `buffers`, at most `limit`.
std::vector<std::span<std::byte>> first_bytes(host::Buffers buffers, std::size_t limit) {
    std::vector<std::span<std::byte>> result;
    for (const std::span<std::byte> buffer : buffers) {
        if (limit == 0) break;
        if (buffer.empty()) continue;
        result.push_back(buffer.first(std::min(buffer.size(), limit)));
        limit -= result.back().size();
    }
    return result;
}

}  // namespace

Errno Vfs::add_stream(std::unique_ptr<MemoryStream> stream, bool for_input) {
    auto d = std::make_shared<Descriptor>();
    d->memory = std::move(stream);
    d->base =
        rights_for(Filetype::unknown, false) & ~(for_input ? rights::fd_write : rights::fd_read);
    const Try<u32> fd = table_.insert(std::move(d));
    return fd ? Errno::success : fd.error();
}

Errno Vfs::add_host_fd(host::Fd fd, Rights allowed) {
    const Try<Filestat> s = host::stat(fd.get());
    if (!s) return s.error();
    auto d = std::make_shared<Descriptor>();
    d->type = s->type;
    const bool is_terminal = s->type == Filetype::character_device && host::is_terminal(fd.get());
    d->base = rights_for(s->type, is_terminal) & allowed;
    d->inheriting = d->is_socket() ? d->base : 0;
    if (const Try<u16> flags = host::get_flags(fd.get())) {
        d->flags = *flags & static_cast<u16>(~unsigned{fdflags::nonblock});
    }
    d->fd = std::move(fd);
    const Try<u32> number = table_.insert(std::move(d));
    return number ? Errno::success : number.error();
}

Errno Vfs::add_preopen(host::Fd dir, std::string guest_name, bool read_only) {
    auto d = std::make_shared<Descriptor>();
    d->fd = std::move(dir);
    d->type = Filetype::directory;
    d->read_only = read_only;
    d->base = preopen_base_rights(read_only);
    // Of a read-only directory too, all rights may be asked for: libc drops the rights that cannot
    // be inherited from the mode of open(), and a program would take a file that it cannot write
    // for a writable one. So writing is refused when opening, with rofs.
    d->inheriting = rights::all;
    d->preopen = std::move(guest_name);
    const Try<u32> number = table_.insert(std::move(d));
    return number ? Errno::success : number.error();
}

Try<Vfs::DescriptorPtr> Vfs::file(u32 fd, Rights right) {
    Try<DescriptorPtr> d = table_.get(fd);
    if (!d) return d;
    if ((*d)->is_directory()) return Errno::isdir;
    if (!(*d)->has(right)) return Errno::notcapable;
    return d;
}

Errno Vfs::advise(u32 fd, u64 offset, u64 length, u8 advice) {
    const Try<DescriptorPtr> d = table_.get(fd);
    if (!d) return d.error();
    if (advice > 5) return Errno::inval;
    if ((*d)->is_directory()) return Errno::badf;
    if ((*d)->memory) return Errno::spipe;
    if (!(*d)->has(rights::fd_advise)) return Errno::notcapable;
    return host::advise((*d)->fd.get(), offset, length, advice);
}

Errno Vfs::allocate(u32 fd, u64 offset, u64 length) {
    const Try<DescriptorPtr> d = file(fd, rights::fd_allocate);
    if (!d) return d.error();
    if ((*d)->read_only) return Errno::rofs;
    return host::allocate((*d)->fd.get(), offset, length);
}

Errno Vfs::sync(u32 fd, bool data_only) {
    const Try<DescriptorPtr> d = table_.get(fd);
    if (!d) return d.error();
    if (!(*d)->has(data_only ? rights::fd_datasync : rights::fd_sync)) {
        return (*d)->may_wait() || (*d)->memory ? Errno::inval : Errno::notcapable;
    }
    return host::sync((*d)->fd.get(), data_only);
}

Errno Vfs::set_flags(u32 fd, u16 flags) {
    const Try<DescriptorPtr> got = table_.get(fd);
    if (!got) return got.error();
    Descriptor& d = **got;
    if ((flags & ~unsigned{fdflags::all}) != 0) return Errno::inval;
    if (!d.has(rights::fd_fdstat_set_flags)) return Errno::notcapable;
    if (!d.memory) {
        constexpr unsigned kOnHost = fdflags::append | fdflags::nonblock;
        if (!d.fd.is_borrowed()) {
            if (const Errno e = host::set_flags(d.fd.get(), flags & kOnHost); e != Errno::success)
                return e;
        } else if (((flags ^ d.flags) & fdflags::append) != 0) {
            return Errno::notsup;  // would change the file of other programs
        }
    }
    d.sync_write = (flags & kSyncFlags) != 0;
    d.flags = flags;
    return Errno::success;
}

Errno Vfs::set_rights(u32 fd, Rights base, Rights inheriting) {
    const Try<DescriptorPtr> d = table_.get(fd);
    if (!d) return d.error();
    if ((base & ~(*d)->base) != 0 || (inheriting & ~(*d)->inheriting) != 0)
        return Errno::notcapable;
    (*d)->base = base;
    (*d)->inheriting = inheriting;
    return Errno::success;
}

Try<Filestat> Vfs::filestat(u32 fd) {
    const Try<DescriptorPtr> d = table_.get(fd);
    if (!d) return d.error();
    if (!(*d)->has(rights::fd_filestat_get)) return Errno::notcapable;
    if ((*d)->memory) {
        Filestat s;
        s.nlink = 1;
        return s;
    }
    return host::stat((*d)->fd.get());
}

Errno Vfs::set_size(u32 fd, u64 size) {
    const Try<DescriptorPtr> d = file(fd, rights::fd_filestat_set_size);
    if (!d) return d.error();
    if ((*d)->read_only) return Errno::rofs;
    return host::set_size((*d)->fd.get(), size);
}

Errno Vfs::set_times(u32 fd, const SetTimes& times) {
    const Try<DescriptorPtr> d = table_.get(fd);
    if (!d) return d.error();
    if (!times.is_valid()) return Errno::inval;
    if ((*d)->read_only) return Errno::rofs;
    if (!(*d)->has(rights::fd_filestat_set_times)) return Errno::notcapable;
    return host::set_times((*d)->fd.get(), times);
}

Try<u64> Vfs::seek(u32 fd, i64 offset, Whence whence) {
    const Try<DescriptorPtr> d = table_.get(fd);
    if (!d) return d.error();
    if ((*d)->is_directory()) return Errno::isdir;
    if (!(*d)->is_seekable()) return Errno::spipe;
    // Asking where one is needs the smaller right only.
    const bool only_tells = offset == 0 && whence == Whence::cur;
    if (!(*d)->has(rights::fd_seek) && !(only_tells && (*d)->has(rights::fd_tell)))
        return (*d)->type == Filetype::character_device ? Errno::spipe : Errno::notcapable;
    return host::seek((*d)->fd.get(), offset, whence);
}

Try<u64> Vfs::tell(u32 fd) {
    const Try<DescriptorPtr> d = table_.get(fd);
    if (!d) return d.error();
    if ((*d)->is_directory()) return Errno::isdir;
    if (!(*d)->is_seekable()) return Errno::spipe;
    if (!(*d)->has(rights::fd_tell))
        return (*d)->type == Filetype::character_device ? Errno::spipe : Errno::notcapable;
    return host::seek((*d)->fd.get(), 0, Whence::cur);
}

Try<u32> Vfs::read(u32 fd, Buffers buffers, const Deadline& deadline) {
    const Try<DescriptorPtr> got = file(fd, rights::fd_read);
    if (!got) return got.error();
    const Descriptor& d = **got;
    if (d.memory) return read_memory(*d.memory, buffers);
    return transfer(gate_, d, false, deadline, [&] { return host::read(d.fd.get(), buffers); });
}

Try<u32> Vfs::write(u32 fd, Buffers buffers, const Deadline& deadline) {
    const Try<DescriptorPtr> got = file(fd, rights::fd_write);
    if (!got) return got.error();
    const Descriptor& d = **got;
    if (d.memory) return write_memory(*d.memory, buffers);
    if (d.is_socket()) {
        return transfer(gate_, d, true, deadline,
                        [&] { return host::send(d.fd.get(), buffers, !gate_.may_end(deadline)); });
    }
    // With a deadline a large write to a full pipe must not sit in the host's kernel.
    std::vector<std::span<std::byte>> part;
    if (gate_.may_end(deadline) && d.type == Filetype::unknown) {
        part = first_bytes(buffers, host::safe_pipe_write());
        buffers = part;
    }
    Try<u32> n =
        transfer(gate_, d, true, deadline, [&] { return host::write(d.fd.get(), buffers); });
    if (n && d.sync_write) {
        const bool data_only = (d.flags & (fdflags::sync | fdflags::rsync)) == 0;
        if (const Errno e = host::sync(d.fd.get(), data_only); e != Errno::success) return e;
    }
    return n;
}

Try<u32> Vfs::read_at(u32 fd, Buffers buffers, u64 offset) {
    const Try<DescriptorPtr> d = file(fd, rights::fd_read);
    if (!d) return d.error();
    if (!(*d)->is_seekable()) return Errno::spipe;
    if (!(*d)->has(rights::fd_seek)) return Errno::notcapable;
    return host::read_at((*d)->fd.get(), buffers, offset);
}

Try<u32> Vfs::write_at(u32 fd, Buffers buffers, u64 offset) {
    const Try<DescriptorPtr> got = file(fd, rights::fd_write);
    if (!got) return got.error();
    const Descriptor& d = **got;
    if (!d.is_seekable()) return Errno::spipe;
    if (!d.has(rights::fd_seek)) return Errno::notcapable;
    Try<u32> n = host::write_at(d.fd.get(), buffers, offset);
    if (n && d.sync_write) {
        const bool data_only = (d.flags & (fdflags::sync | fdflags::rsync)) == 0;
        if (const Errno e = host::sync(d.fd.get(), data_only); e != Errno::success) return e;
    }
    return n;
}

}  // namespace wasmi::wasi
