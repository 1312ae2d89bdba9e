// Directory streams, on POSIX.
// Spec: none.
#include "wasi/host/host.hpp"
#include "wasi/host/posix_error.hpp"

#include <cerrno>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace wasmi::wasi::host {

namespace {

Filetype type_of_entry(int dir, const struct dirent& entry) {
    switch (entry.d_type) {
        case DT_REG:
            return Filetype::regular_file;
        case DT_DIR:
            return Filetype::directory;
        case DT_LNK:
            return Filetype::symbolic_link;
        case DT_CHR:
            return Filetype::character_device;
        case DT_BLK:
            return Filetype::block_device;
        case DT_SOCK:
            return Filetype::socket_stream;
        case DT_UNKNOWN: {
            const Try<Filestat> s = stat_at(dir, entry.d_name);
            return s ? s->type : Filetype::unknown;
        }
        default:
            return Filetype::unknown;
    }
}

bool is_dot_or_dotdot(const char* name) {
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

}  // namespace

Try<std::unique_ptr<DirStream>> DirStream::open(int dir) {
    // A descriptor of its own, so that the position is shared with nobody.
    const int fd = ::openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return last_error();
    DIR* stream = ::fdopendir(fd);
    if (stream == nullptr) {
        const Errno error = last_error();
        ::close(fd);
        return error;
    }
    return std::unique_ptr<DirStream>(new DirStream(stream));
}

DirStream::~DirStream() { ::closedir(static_cast<DIR*>(stream_)); }

Try<const DirStream::Entry*> DirStream::read(u64 position) {
    // At the begin the host is always asked again: what has changed must show.
    if (has_entry_ && position == entry_position_ && position != 0) return &entry_;
    DIR* stream = static_cast<DIR*>(stream_);
    if (position == 0) {
        ::rewinddir(stream);
    } else if (position != position_) {
        if (position > static_cast<u64>(INT64_MAX)) return Errno::inval;
        ::seekdir(stream, static_cast<long>(position));
    }
    position_ = position;
    has_entry_ = false;
    for (;;) {
        errno = 0;
        const struct dirent* entry = ::readdir(stream);
        if (entry == nullptr) {
            if (errno != 0) return last_error();
            return static_cast<const Entry*>(nullptr);
        }
#if defined(__linux__)
        position_ = static_cast<u64>(entry->d_off);
#else
        position_ = static_cast<u64>(::telldir(stream));
#endif
        if (is_dot_or_dotdot(entry->d_name)) continue;
        entry_.name.assign(entry->d_name);
        entry_.ino = static_cast<u64>(entry->d_ino);
        entry_.type = type_of_entry(::dirfd(stream), *entry);
        entry_.next = position_;
        entry_position_ = position;
        has_entry_ = true;
        return &entry_;
    }
}

}  // namespace wasmi::wasi::host
