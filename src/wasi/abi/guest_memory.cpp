// GuestMemory: checked, little-endian, unaligned access to the memory of the calling guest.
// Spec: wasi preview1 (application binary interface).
#include "wasi/abi/guest_memory.hpp"

namespace wasmi::wasi {

Errno GuestMemory::buffers(u32 address, u32 count, std::vector<std::span<std::byte>>& out) const {
    constexpr u32 kVectorBytes = 8;
    constexpr std::size_t kMaxBuffers = 1024;
    if (!contains(address, u64{count} * kVectorBytes)) return Errno::fault;
    u64 total = 0;
    for (u32 i = 0; i < count; ++i) {
        const u64 at = address + u64{i} * kVectorBytes;
        const u32 size = load<u32>(at + 4);
        const Try<std::span<std::byte>> buffer = range(load<u32>(at), size);
        if (!buffer) return buffer.error();
        total += size;
        if (total > 0xFFFF'FFFFu) return Errno::inval;
        if (size != 0 && out.size() < kMaxBuffers) out.push_back(*buffer);
    }
    return Errno::success;
}

}  // namespace wasmi::wasi
