// Rights by the type of a file.
// Spec: wasi preview1, typename rights.
#include "wasi/vfs/descriptor.hpp"

namespace wasmi::wasi {

namespace {

constexpr Rights kChangingPathRights =
    rights::path_create_directory | rights::path_create_file | rights::path_link_source |
    rights::path_link_target | rights::path_rename_source | rights::path_rename_target |
    rights::path_filestat_set_size | rights::path_filestat_set_times | rights::path_symlink |
    rights::path_remove_directory | rights::path_unlink_file | rights::fd_filestat_set_times;

constexpr Rights kDirectory =
    kChangingPathRights | rights::fd_fdstat_set_flags | rights::fd_sync | rights::fd_datasync |
    rights::fd_advise | rights::path_open | rights::fd_readdir | rights::path_readlink |
    rights::path_filestat_get | rights::fd_filestat_get | rights::poll_fd_readwrite;
constexpr Rights kStream = rights::fd_read | rights::fd_write | rights::fd_fdstat_set_flags |
                           rights::fd_filestat_get | rights::poll_fd_readwrite;
constexpr Rights kDevice = kStream | rights::fd_datasync | rights::fd_sync | rights::fd_advise;
constexpr Rights kFile = kDevice | rights::fd_seek | rights::fd_tell | rights::fd_allocate |
                         rights::fd_filestat_set_size | rights::fd_filestat_set_times;

}  // namespace

Rights rights_for(Filetype type, bool is_terminal) {
    switch (type) {
        case Filetype::directory:
            return kDirectory;
        case Filetype::regular_file:
        case Filetype::block_device:
            return kFile;
        case Filetype::character_device:
            return is_terminal ? kDevice : kDevice | rights::fd_seek | rights::fd_tell;
        case Filetype::socket_stream:
        case Filetype::socket_dgram:
            return kStream | rights::sock_shutdown | rights::sock_accept;
        case Filetype::symbolic_link:
        case Filetype::unknown:
            return kStream;
    }
    return 0;
}

Rights preopen_base_rights(bool read_only) {
    return read_only ? kDirectory & ~kChangingPathRights : kDirectory;
}

}  // namespace wasmi::wasi
