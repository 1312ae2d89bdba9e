// The functions of WASI preview 1 as C++ functions; types and order of the parameters are those of
// preview1.def, pointers are u32. Results are written last, and only on success.
// Spec: wasi preview1, module wasi_snapshot_preview1.
#pragma once

#include "wasi/abi/call.hpp"

namespace wasmi::wasi::abi {

// process.cpp
Errno args_get(Call& call, u32 argv, u32 buffer);
Errno args_sizes_get(Call& call, u32 count, u32 size);
Errno environ_get(Call& call, u32 environ, u32 buffer);
Errno environ_sizes_get(Call& call, u32 count, u32 size);
Errno proc_exit(Call& call, u32 code);
Errno proc_raise(Call& call, u32 signal);
Errno random_get(Call& call, u32 buffer, u32 size);
Errno sched_yield(Call& call);
// clock.cpp
Errno clock_res_get(Call& call, u32 id, u32 result);
Errno clock_time_get(Call& call, u32 id, u64 precision, u32 result);
// fd.cpp
Errno fd_advise(Call& call, u32 fd, u64 offset, u64 length, u32 advice);
Errno fd_allocate(Call& call, u32 fd, u64 offset, u64 length);
Errno fd_close(Call& call, u32 fd);
Errno fd_datasync(Call& call, u32 fd);
Errno fd_fdstat_get(Call& call, u32 fd, u32 result);
Errno fd_fdstat_set_flags(Call& call, u32 fd, u32 flags);
Errno fd_fdstat_set_rights(Call& call, u32 fd, u64 base, u64 inheriting);
Errno fd_filestat_get(Call& call, u32 fd, u32 result);
Errno fd_filestat_set_size(Call& call, u32 fd, u64 size);
Errno fd_filestat_set_times(Call& call, u32 fd, u64 atim, u64 mtim, u32 flags);
Errno fd_prestat_dir_name(Call& call, u32 fd, u32 path, u32 path_size);
Errno fd_prestat_get(Call& call, u32 fd, u32 result);
Errno fd_readdir(Call& call, u32 fd, u32 buffer, u32 size, u64 cookie, u32 result);
Errno fd_renumber(Call& call, u32 from, u32 to);
Errno fd_seek(Call& call, u32 fd, u64 offset, u32 whence, u32 result);
Errno fd_sync(Call& call, u32 fd);
Errno fd_tell(Call& call, u32 fd, u32 result);
// io.cpp
Errno fd_pread(Call& call, u32 fd, u32 vectors, u32 count, u64 offset, u32 result);
Errno fd_pwrite(Call& call, u32 fd, u32 vectors, u32 count, u64 offset, u32 result);
Errno fd_read(Call& call, u32 fd, u32 vectors, u32 count, u32 result);
Errno fd_write(Call& call, u32 fd, u32 vectors, u32 count, u32 result);
// path.cpp
Errno path_create_directory(Call& call, u32 fd, u32 path, u32 size);
Errno path_filestat_get(Call& call, u32 fd, u32 flags, u32 path, u32 size, u32 result);
Errno path_filestat_set_times(Call& call, u32 fd, u32 flags, u32 path, u32 size, u64 atim, u64 mtim,
                              u32 fst_flags);
Errno path_link(Call& call, u32 old_fd, u32 old_flags, u32 old_path, u32 old_size, u32 fd, u32 path,
                u32 size);
Errno path_open(Call& call, u32 fd, u32 dir_flags, u32 path, u32 size, u32 oflags, u64 base,
                u64 inheriting, u32 fdflags, u32 result);
Errno path_readlink(Call& call, u32 fd, u32 path, u32 size, u32 buffer, u32 buffer_size,
                    u32 result);
Errno path_remove_directory(Call& call, u32 fd, u32 path, u32 size);
Errno path_rename(Call& call, u32 old_fd, u32 old_path, u32 old_size, u32 fd, u32 path, u32 size);
Errno path_symlink(Call& call, u32 target, u32 target_size, u32 fd, u32 path, u32 size);
Errno path_unlink_file(Call& call, u32 fd, u32 path, u32 size);
// poll.cpp
Errno poll_oneoff(Call& call, u32 in, u32 out, u32 count, u32 result);
// sock.cpp
Errno sock_accept(Call& call, u32 fd, u32 flags, u32 result);
Errno sock_recv(Call& call, u32 fd, u32 vectors, u32 count, u32 flags, u32 size, u32 out_flags);
Errno sock_send(Call& call, u32 fd, u32 vectors, u32 count, u32 flags, u32 result);
Errno sock_shutdown(Call& call, u32 fd, u32 how);

/// Writes the 64 bytes of a filestat; the address must have been checked.
inline constexpr u32 kFilestatBytes = 64;
void store_filestat(const GuestMemory& memory, u32 address, const Filestat& stat);

}  // namespace wasmi::wasi::abi
