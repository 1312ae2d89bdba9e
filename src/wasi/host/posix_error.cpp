// From POSIX error numbers to those of WASI.
// Spec: wasi preview1, typename errno.
#include "wasi/host/posix_error.hpp"

#include <cerrno>

namespace wasmi::wasi::host {

namespace {

struct Row {
    int posix;
    Errno wasi;
};
constexpr Row kRows[] = {
#define WASI_ERRNO(name, posix) {posix, Errno::name},
#include "wasi/errno.def"
#undef WASI_ERRNO
};

}  // namespace

Errno from_posix(int error) noexcept {
    if (error == 0) return Errno::success;
    for (const Row& row : kRows) {
        if (row.posix == error) return row.wasi;
    }
#if EWOULDBLOCK != EAGAIN
    if (error == EWOULDBLOCK) return Errno::again;
#endif
#if EOPNOTSUPP != ENOTSUP
    if (error == EOPNOTSUPP) return Errno::notsup;
#endif
    return Errno::io;
}

Errno last_error() noexcept { return from_posix(errno); }

}  // namespace wasmi::wasi::host
