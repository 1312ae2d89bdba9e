// path_*.
// Spec: wasi preview1.
#include "wasi/abi/functions.hpp"

#include <algorithm>
#include <cstring>

namespace wasmi::wasi::abi {

namespace {

/// The flag "follow", or inval for flags that do not exist.
Try<bool> follows(u32 flags) {
    if ((flags & ~u32{lookupflags::symlink_follow}) != 0) return Errno::inval;
    return (flags & lookupflags::symlink_follow) != 0;
}

}  // namespace

Errno path_create_directory(Call& call, u32 fd, u32 path, u32 size) {
    const Try<std::string> name = call.memory.string(path, size);
    if (!name) return name.error();
    return call.env.vfs().create_directory(fd, *name);
}

Errno path_filestat_get(Call& call, u32 fd, u32 flags, u32 path, u32 size, u32 result) {
    if (!call.memory.contains(result, kFilestatBytes)) return Errno::fault;
    const Try<std::string> name = call.memory.string(path, size);
    if (!name) return name.error();
    const Try<bool> follow = follows(flags);
    if (!follow) return follow.error();
    const Try<Filestat> stat = call.env.vfs().path_filestat(fd, *follow, *name);
    if (!stat) return stat.error();
    store_filestat(call.memory, result, *stat);
    return Errno::success;
}

Errno path_filestat_set_times(Call& call, u32 fd, u32 flags, u32 path, u32 size, u64 atim, u64 mtim,
                              u32 fst_flags) {
    const Try<std::string> name = call.memory.string(path, size);
    if (!name) return name.error();
    const Try<bool> follow = follows(flags);
    if (!follow) return follow.error();
    if (fst_flags > 0xFFFF) return Errno::inval;
    return call.env.vfs().path_set_times(fd, *follow, *name,
                                         {atim, mtim, static_cast<u16>(fst_flags)});
}

Errno path_link(Call& call, u32 old_fd, u32 old_flags, u32 old_path, u32 old_size, u32 fd, u32 path,
                u32 size) {
    const Try<std::string> old_name = call.memory.string(old_path, old_size);
    if (!old_name) return old_name.error();
    const Try<std::string> name = call.memory.string(path, size);
    if (!name) return name.error();
    const Try<bool> follow = follows(old_flags);
    if (!follow) return follow.error();
    return call.env.vfs().link(old_fd, *follow, *old_name, fd, *name);
}

Errno path_open(Call& call, u32 fd, u32 dir_flags, u32 path, u32 size, u32 oflags, u64 base,
                u64 inheriting, u32 fdflags, u32 result) {
    if (!call.memory.contains(result, 4)) return Errno::fault;
    const Try<std::string> name = call.memory.string(path, size);
    if (!name) return name.error();
    const Try<bool> follow = follows(dir_flags);
    if (!follow) return follow.error();
    if (oflags > 0xFFFF || fdflags > 0xFFFF) return Errno::inval;
    const Try<u32> opened = call.env.vfs().open(
        fd, *name,
        {*follow, static_cast<u16>(oflags), static_cast<u16>(fdflags), base, inheriting});
    if (!opened) return opened.error();
    return call.memory.put<u32>(result, *opened);
}

Errno path_readlink(Call& call, u32 fd, u32 path, u32 size, u32 buffer, u32 buffer_size,
                    u32 result) {
    if (!call.memory.contains(result, 4)) return Errno::fault;
    const Try<std::string> name = call.memory.string(path, size);
    if (!name) return name.error();
    const Try<std::span<std::byte>> out = call.memory.range(buffer, buffer_size);
    if (!out) return out.error();
    const Try<std::string> target = call.env.vfs().readlink(fd, *name);
    if (!target) return target.error();
    const std::size_t n = std::min(target->size(), out->size());
    if (n != 0) std::memcpy(out->data(), target->data(), n);
    return call.memory.put<u32>(result, static_cast<u32>(n));
}

Errno path_remove_directory(Call& call, u32 fd, u32 path, u32 size) {
    const Try<std::string> name = call.memory.string(path, size);
    if (!name) return name.error();
    return call.env.vfs().remove_directory(fd, *name);
}

Errno path_rename(Call& call, u32 old_fd, u32 old_path, u32 old_size, u32 fd, u32 path, u32 size) {
    const Try<std::string> old_name = call.memory.string(old_path, old_size);
    if (!old_name) return old_name.error();
    const Try<std::string> name = call.memory.string(path, size);
    if (!name) return name.error();
    return call.env.vfs().rename(old_fd, *old_name, fd, *name);
}

Errno path_symlink(Call& call, u32 target, u32 target_size, u32 fd, u32 path, u32 size) {
    const Try<std::string> leads_to = call.memory.string(target, target_size);
    if (!leads_to) return leads_to.error();
    const Try<std::string> name = call.memory.string(path, size);
    if (!name) return name.error();
    return call.env.vfs().symlink(*leads_to, fd, *name);
}

Errno path_unlink_file(Call& call, u32 fd, u32 path, u32 size) {
    const Try<std::string> name = call.memory.string(path, size);
    if (!name) return name.error();
    return call.env.vfs().unlink_file(fd, *name);
}

}  // namespace wasmi::wasi::abi
