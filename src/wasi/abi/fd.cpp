// fd_* but for reading and writing.
// Spec: wasi preview1.
#include "wasi/abi/functions.hpp"

#include <cstring>

namespace wasmi::wasi::abi {

void store_filestat(const GuestMemory& memory, u32 address, const Filestat& stat) {
    const u64 at = address;
    memory.store<u64>(at, stat.dev);
    memory.store<u64>(at + 8, stat.ino);
    memory.store<u64>(at + 16, static_cast<u64>(stat.type));  // one byte and padding
    memory.store<u64>(at + 24, stat.nlink);
    memory.store<u64>(at + 32, stat.size);
    memory.store<u64>(at + 40, stat.atim);
    memory.store<u64>(at + 48, stat.mtim);
    memory.store<u64>(at + 56, stat.ctim);
}

Errno fd_advise(Call& call, u32 fd, u64 offset, u64 length, u32 advice) {
    if (advice > 0xFF) return Errno::inval;
    return call.env.vfs().advise(fd, offset, length, static_cast<u8>(advice));
}

Errno fd_allocate(Call& call, u32 fd, u64 offset, u64 length) {
    return call.env.vfs().allocate(fd, offset, length);
}

Errno fd_close(Call& call, u32 fd) { return call.env.vfs().table().close(fd); }

Errno fd_datasync(Call& call, u32 fd) { return call.env.vfs().sync(fd, true); }

Errno fd_sync(Call& call, u32 fd) { return call.env.vfs().sync(fd, false); }

Errno fd_fdstat_get(Call& call, u32 fd, u32 result) {
    if (!call.memory.contains(result, 24)) return Errno::fault;
    const Try<std::shared_ptr<Descriptor>> got = call.env.vfs().table().get(fd);
    if (!got) return got.error();
    const Descriptor& d = **got;
    const u64 at = result;
    call.memory.store<u16>(at, static_cast<u16>(d.type));  // one byte and padding
    call.memory.store<u16>(at + 2, d.flags);
    call.memory.store<u32>(at + 4, 0);
    call.memory.store<u64>(at + 8, d.base);
    call.memory.store<u64>(at + 16, d.inheriting);
    return Errno::success;
}

Errno fd_fdstat_set_flags(Call& call, u32 fd, u32 flags) {
    if (flags > 0xFFFF) return Errno::inval;
    return call.env.vfs().set_flags(fd, static_cast<u16>(flags));
}

Errno fd_fdstat_set_rights(Call& call, u32 fd, u64 base, u64 inheriting) {
    return call.env.vfs().set_rights(fd, base, inheriting);
}

Errno fd_filestat_get(Call& call, u32 fd, u32 result) {
    if (!call.memory.contains(result, kFilestatBytes)) return Errno::fault;
    const Try<Filestat> stat = call.env.vfs().filestat(fd);
    if (!stat) return stat.error();
    store_filestat(call.memory, result, *stat);
    return Errno::success;
}

Errno fd_filestat_set_size(Call& call, u32 fd, u64 size) {
    return call.env.vfs().set_size(fd, size);
}

Errno fd_filestat_set_times(Call& call, u32 fd, u64 atim, u64 mtim, u32 flags) {
    if (flags > 0xFFFF) return Errno::inval;
    return call.env.vfs().set_times(fd, {atim, mtim, static_cast<u16>(flags)});
}

Errno fd_prestat_get(Call& call, u32 fd, u32 result) {
    if (!call.memory.contains(result, 8)) return Errno::fault;
    const Try<std::shared_ptr<Descriptor>> d = call.env.vfs().table().get(fd);
    if (!d) return d.error();
    if (!(*d)->preopen) return Errno::badf;
    call.memory.store<u32>(result, 0);  // the tag: a directory
    call.memory.store<u32>(u64{result} + 4, static_cast<u32>((*d)->preopen->size()));
    return Errno::success;
}

Errno fd_prestat_dir_name(Call& call, u32 fd, u32 path, u32 path_size) {
    const Try<std::span<std::byte>> out = call.memory.range(path, path_size);
    if (!out) return out.error();
    const Try<std::shared_ptr<Descriptor>> d = call.env.vfs().table().get(fd);
    if (!d) return d.error();
    if (!(*d)->preopen) return Errno::badf;
    const std::string& name = *(*d)->preopen;
    if (out->size() < name.size()) return Errno::nametoolong;
    if (!name.empty()) std::memcpy(out->data(), name.data(), name.size());
    return Errno::success;
}

Errno fd_readdir(Call& call, u32 fd, u32 buffer, u32 size, u64 cookie, u32 result) {
    if (!call.memory.contains(result, 4)) return Errno::fault;
    const Try<std::span<std::byte>> out = call.memory.range(buffer, size);
    if (!out) return out.error();
    const Try<u32> used = call.env.vfs().read_directory(fd, cookie, *out);
    if (!used) return used.error();
    return call.memory.put<u32>(result, *used);
}

Errno fd_renumber(Call& call, u32 from, u32 to) {
    return call.env.vfs().table().renumber(from, to);
}

Errno fd_seek(Call& call, u32 fd, u64 offset, u32 whence, u32 result) {
    if (whence > 2) return Errno::inval;
    if (!call.memory.contains(result, 8)) return Errno::fault;
    const Try<u64> at =
        call.env.vfs().seek(fd, static_cast<i64>(offset), static_cast<Whence>(whence));
    if (!at) return at.error();
    return call.memory.put<u64>(result, *at);
}

Errno fd_tell(Call& call, u32 fd, u32 result) {
    if (!call.memory.contains(result, 8)) return Errno::fault;
    const Try<u64> at = call.env.vfs().tell(fd);
    if (!at) return at.error();
    return call.memory.put<u64>(result, *at);
}

}  // namespace wasmi::wasi::abi
