// fd_read, fd_write, fd_pread, fd_pwrite.
// Spec: wasi preview1.
#include "wasi/abi/functions.hpp"

namespace wasmi::wasi::abi {

namespace {

/// Checks everything of the guest's before the transfer, does it, and stores the number of bytes.
template <class F>
Errno transfer(Call& call, u32 vectors, u32 count, u32 result, F&& function) {
    if (!call.memory.contains(result, 4)) return Errno::fault;
    std::vector<std::span<std::byte>> buffers;
    if (const Errno e = call.memory.buffers(vectors, count, buffers); e != Errno::success) return e;
    const Try<u32> n = function(host::Buffers(buffers));
    if (!n) return n.error();
    return call.memory.put<u32>(result, *n);
}

}  // namespace

Errno fd_read(Call& call, u32 fd, u32 vectors, u32 count, u32 result) {
    return transfer(call, vectors, count, result, [&](host::Buffers buffers) {
        return call.env.vfs().read(fd, buffers, call.deadline);
    });
}

Errno fd_write(Call& call, u32 fd, u32 vectors, u32 count, u32 result) {
    return transfer(call, vectors, count, result, [&](host::Buffers buffers) {
        return call.env.vfs().write(fd, buffers, call.deadline);
    });
}

Errno fd_pread(Call& call, u32 fd, u32 vectors, u32 count, u64 offset, u32 result) {
    return transfer(call, vectors, count, result, [&](host::Buffers buffers) {
        return call.env.vfs().read_at(fd, buffers, offset);
    });
}

Errno fd_pwrite(Call& call, u32 fd, u32 vectors, u32 count, u64 offset, u32 result) {
    return transfer(call, vectors, count, result, [&](host::Buffers buffers) {
        return call.env.vfs().write_at(fd, buffers, offset);
    });
}

}  // namespace wasmi::wasi::abi
