// sock_*.
// Spec: wasi preview1.
#include "wasi/abi/functions.hpp"

namespace wasmi::wasi::abi {

Errno sock_accept(Call& call, u32 fd, u32 flags, u32 result) {
    if (!call.memory.contains(result, 4)) return Errno::fault;
    if (flags > 0xFFFF) return Errno::inval;
    const Try<u32> accepted = call.env.vfs().accept(fd, static_cast<u16>(flags), call.deadline);
    if (!accepted) return accepted.error();
    return call.memory.put<u32>(result, *accepted);
}

Errno sock_recv(Call& call, u32 fd, u32 vectors, u32 count, u32 flags, u32 size, u32 out_flags) {
    if (!call.memory.contains(size, 4) || !call.memory.contains(out_flags, 2)) return Errno::fault;
    if (flags > 0xFFFF) return Errno::inval;
    std::vector<std::span<std::byte>> buffers;
    if (const Errno e = call.memory.buffers(vectors, count, buffers); e != Errno::success) return e;
    const Try<host::Received> r =
        call.env.vfs().receive(fd, buffers, static_cast<u16>(flags), call.deadline);
    if (!r) return r.error();
    call.memory.store<u32>(size, r->size);
    call.memory.store<u16>(out_flags, r->truncated ? 1 : 0);
    return Errno::success;
}

Errno sock_send(Call& call, u32 fd, u32 vectors, u32 count, u32 flags, u32 result) {
    if (!call.memory.contains(result, 4)) return Errno::fault;
    if (flags > 0xFFFF) return Errno::inval;
    std::vector<std::span<std::byte>> buffers;
    if (const Errno e = call.memory.buffers(vectors, count, buffers); e != Errno::success) return e;
    const Try<u32> n = call.env.vfs().send(fd, buffers, static_cast<u16>(flags), call.deadline);
    if (!n) return n.error();
    return call.memory.put<u32>(result, *n);
}

Errno sock_shutdown(Call& call, u32 fd, u32 how) {
    if (how > 0xFF) return Errno::inval;
    return call.env.vfs().shutdown(fd, static_cast<u8>(how));
}

}  // namespace wasmi::wasi::abi
