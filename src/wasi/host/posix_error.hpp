// From POSIX error numbers to those of WASI.
// Spec: wasi preview1, typename errno.
#pragma once

#include "wasi/types.hpp"

namespace wasmi::wasi::host {

[[nodiscard]] Errno from_posix(int error) noexcept;
/// Of errno.
[[nodiscard]] Errno last_error() noexcept;
/// Success or last_error().
[[nodiscard]] inline Errno check(int result) noexcept {
    return result < 0 ? last_error() : Errno::success;
}

}  // namespace wasmi::wasi::host
