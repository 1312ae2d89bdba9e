// Buffers as the POSIX calls want them.
// Spec: none.
#pragma once

#include "wasi/host/host.hpp"

#include <array>
#include <vector>

#include <sys/socket.h>
#include <sys/uio.h>

namespace wasmi::wasi::host {

/// At most kMax buffers as iovec; a call with more is a short read or write.
class IoVectors {
  public:
    static constexpr std::size_t kMax = 1024;  // the smallest IOV_MAX in use
    explicit IoVectors(Buffers buffers)
        : count_(buffers.size() < kMax ? buffers.size() : kMax),
          large_(count_ > small_.size() ? count_ : 0) {
        struct iovec* out = mutable_data();
        for (std::size_t i = 0; i < count_; ++i) {
            out[i].iov_base = buffers[i].data();
            out[i].iov_len = buffers[i].size();
        }
    }
    [[nodiscard]] const struct iovec* data() const {
        return large_.empty() ? small_.data() : large_.data();
    }
    [[nodiscard]] struct iovec* mutable_data() {
        return large_.empty() ? small_.data() : large_.data();
    }
    [[nodiscard]] int count() const { return static_cast<int>(count_); }

  private:
    std::size_t count_;
    std::array<struct iovec, 16> small_;
    std::vector<struct iovec> large_;
};

/// SOCK_STREAM, SOCK_DGRAM, …; false if `fd` is not a socket.
[[nodiscard]] bool socket_kind(int fd, int& kind) noexcept;

}  // namespace wasmi::wasi::host
