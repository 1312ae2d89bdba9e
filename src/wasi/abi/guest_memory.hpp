// GuestMemory: checked, little-endian, unaligned access to the memory of the calling guest.
// Spec: wasi preview1 (application binary interface).
#pragma once

#include "wasi/types.hpp"

#include <span>
#include <string>
#include <vector>

namespace wasmi::wasi {

/// Nothing here is trusted: addresses and lengths are the guest's, and their sum may wrap.
class GuestMemory {
  public:
    explicit GuestMemory(std::span<std::byte> bytes) : bytes_(bytes) {}

    [[nodiscard]] bool contains(u32 address, u64 size) const {
        return address <= bytes_.size() && size <= bytes_.size() - address;
    }
    [[nodiscard]] Try<std::span<std::byte>> range(u32 address, u32 size) const {
        if (!contains(address, size)) return Errno::fault;
        return bytes_.subspan(address, size);
    }
    /// A copy: other threads of the guest may write while the call looks at it.
    [[nodiscard]] Try<std::string> string(u32 address, u32 size) const {
        if (!contains(address, size)) return Errno::fault;
        return std::string(reinterpret_cast<const char*>(bytes_.data() + address), size);
    }

    /// The address must have been checked.
    template <class T>
    [[nodiscard]] T load(u64 address) const {
        u64 value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i)
            value |= static_cast<u64>(bytes_[address + i]) << (8 * i);
        return static_cast<T>(value);
    }
    template <class T>
    void store(u64 address, T value) const {
        for (std::size_t i = 0; i < sizeof(T); ++i)
            bytes_[address + i] = static_cast<std::byte>(static_cast<u64>(value) >> (8 * i));
    }
    template <class T>
    [[nodiscard]] Errno put(u32 address, T value) const {
        if (!contains(address, sizeof(T))) return Errno::fault;
        store<T>(address, value);
        return Errno::success;
    }

    /// The buffers of an iovec or ciovec array. All are checked, also those that a call would not
    /// get to; a sum beyond 32 bits is inval. Empty ones are left out, and no more than the host
    /// takes in one call are returned.
    [[nodiscard]] Errno buffers(u32 address, u32 count,
                                std::vector<std::span<std::byte>>& out) const;

  private:
    std::span<std::byte> bytes_;
};

}  // namespace wasmi::wasi
