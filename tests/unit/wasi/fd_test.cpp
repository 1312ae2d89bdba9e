// Tests of src/wasi/abi/fd.cpp, src/wasi/vfs/files.cpp and src/wasi/vfs/fd_table.cpp.
#include "tests/unit/wasi/guest.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace wasmi::wasi::test {
namespace {

WasiConfig with(const TempDir& dir, WasiAccess access = WasiAccess::read_write) {
    return WasiConfig{}.preopen(dir.path(), "/work", access);
}

TEST(WasiFd, a_preopen_tells_its_name) {
    TempDir dir;
    Guest guest(with(dir));
    const u32 result = guest.room(8);
    ASSERT_EQ(guest("fd_prestat_get", 3, result), Errno::success);
    EXPECT_EQ(guest.get<u32>(result), 0u);
    EXPECT_EQ(guest.get<u32>(result + 4), 5u);
    const u32 name = guest.room(5);
    ASSERT_EQ(guest("fd_prestat_dir_name", 3, name, 5), Errno::success);
    EXPECT_EQ(guest.text(name, 5), "/work");
    EXPECT_EQ(guest("fd_prestat_dir_name", 3, name, 4), Errno::nametoolong);
    EXPECT_EQ(guest("fd_prestat_dir_name", 3, kBadAddress, 5), Errno::fault);
    EXPECT_EQ(guest("fd_prestat_get", 4, result), Errno::badf);
    EXPECT_EQ(guest("fd_prestat_get", 0, result), Errno::badf);
    EXPECT_EQ(guest("fd_prestat_get", 3, Guest::kSize - 4), Errno::fault);
}

TEST(WasiFd, fdstat_tells_type_flags_and_rights) {
    TempDir dir;
    dir.write("file", "x");
    Guest guest(with(dir));
    const u32 fd = guest.open("file", Guest::kRead, 0, 1, fdflags::append).fd;
    const u32 result = guest.room(24);
    ASSERT_EQ(guest("fd_fdstat_get", fd, result), Errno::success);
    EXPECT_EQ(guest.get<u8>(result), 4u);  // regular file
    EXPECT_EQ(guest.get<u16>(result + 2), fdflags::append);
    EXPECT_EQ(guest.get<u64>(result + 8), Guest::kRead & ~Rights{rights::fd_readdir});
    ASSERT_EQ(guest("fd_fdstat_get", 3, result), Errno::success);
    EXPECT_EQ(guest.get<u8>(result), 3u);  // directory
    EXPECT_EQ(guest.get<u64>(result + 8) & rights::fd_seek, 0u);
    EXPECT_EQ(guest.get<u64>(result + 16), rights::all);
    EXPECT_EQ(guest("fd_fdstat_get", 77, result), Errno::badf);
    EXPECT_EQ(guest("fd_fdstat_get", 3, Guest::kSize - 23), Errno::fault);
}

TEST(WasiFd, rights_can_be_given_up_but_not_taken) {
    TempDir dir;
    dir.write("file", "abc");
    Guest guest(with(dir));
    const u32 fd = guest.open("file", Guest::kReadWrite).fd;
    const Rights rest = Guest::kReadWrite & ~Rights{rights::fd_read | rights::fd_readdir};
    EXPECT_EQ(guest("fd_fdstat_set_rights", fd, rest, 0), Errno::success);
    EXPECT_EQ(guest("fd_read", fd, guest.put_vectors({}), 0, guest.room(4)), Errno::notcapable);
    EXPECT_EQ(guest("fd_fdstat_set_rights", fd, rest | rights::fd_read, 0), Errno::notcapable);
    EXPECT_EQ(guest("fd_fdstat_set_rights", fd, rest, rights::fd_read), Errno::notcapable);
    EXPECT_EQ(guest("fd_fdstat_set_rights", 77, 0, 0), Errno::badf);
}

TEST(WasiFd, flags_can_be_changed) {
    TempDir dir;
    dir.write("file", "abc");
    Guest guest(with(dir));
    const u32 fd = guest.open("file", Guest::kReadWrite).fd;
    ASSERT_EQ(guest("fd_fdstat_set_flags", fd, fdflags::append), Errno::success);
    EXPECT_EQ(guest.write(fd, "d"), Errno::success);
    EXPECT_EQ(dir.read("file"), "abcd");
    ASSERT_EQ(guest("fd_fdstat_set_flags", fd, 0), Errno::success);
    ASSERT_EQ(guest("fd_seek", fd, 0, 0, guest.room(8)), Errno::success);
    EXPECT_EQ(guest.write(fd, "X"), Errno::success);
    EXPECT_EQ(dir.read("file"), "Xbcd");
    ASSERT_EQ(guest("fd_fdstat_set_flags", fd, fdflags::sync), Errno::success);
    EXPECT_EQ(guest.write(fd, "Y"), Errno::success);
    EXPECT_EQ(guest("fd_fdstat_set_flags", fd, 32), Errno::inval);
    EXPECT_EQ(guest("fd_fdstat_set_flags", fd, 0x10000), Errno::inval);
    EXPECT_EQ(guest("fd_fdstat_set_flags", 77, 0), Errno::badf);
}

TEST(WasiFd, flags_of_a_borrowed_stream_do_not_reach_the_host) {
    int pipe_fds[2];
    ASSERT_EQ(::pipe(pipe_fds), 0);
    {
        Guest guest(WasiConfig{}.stdin_fd(pipe_fds[0]));
        ASSERT_EQ(guest("fd_fdstat_set_flags", 0, fdflags::nonblock), Errno::success);
        EXPECT_EQ(::fcntl(pipe_fds[0], F_GETFL) & O_NONBLOCK, 0);
        EXPECT_EQ(guest("fd_read", 0, guest.put_vectors({{guest.room(4), 4}}), 1, guest.room(4)),
                  Errno::again);
        ASSERT_EQ(::write(pipe_fds[1], "hi", 2), 2);
        EXPECT_EQ(guest.read(0), "hi");
    }
    EXPECT_GE(::fcntl(pipe_fds[0], F_GETFL), 0) << "the host's descriptor must stay open";
    ::close(pipe_fds[0]);
    ::close(pipe_fds[1]);
}

TEST(WasiFd, filestat_tells_what_the_host_knows) {
    TempDir dir;
    dir.write("file", "12345");
    Guest guest(with(dir));
    const u32 fd = guest.open("file").fd;
    const u32 result = guest.room(64);
    ASSERT_EQ(guest("fd_filestat_get", fd, result), Errno::success);
    EXPECT_EQ(guest.get<u64>(result + 16), 4u);  // regular file, then zeros
    EXPECT_EQ(guest.get<u64>(result + 24), 1u);
    EXPECT_EQ(guest.get<u64>(result + 32), 5u);
    EXPECT_GT(guest.get<u64>(result + 48), 1'600'000'000'000'000'000u);
    EXPECT_EQ(guest("fd_filestat_get", 77, result), Errno::badf);
    EXPECT_EQ(guest("fd_filestat_get", fd, Guest::kSize - 63), Errno::fault);
}

TEST(WasiFd, the_size_can_be_set) {
    TempDir dir;
    dir.write("file", "12345");
    Guest guest(with(dir));
    const u32 fd = guest.open("file", Guest::kReadWrite).fd;
    EXPECT_EQ(guest("fd_filestat_set_size", fd, 2), Errno::success);
    EXPECT_EQ(dir.read("file"), "12");
    EXPECT_EQ(guest("fd_filestat_set_size", fd, 4), Errno::success);
    EXPECT_EQ(dir.read("file"), std::string("12\0\0", 4));
    EXPECT_EQ(guest("fd_filestat_set_size", fd, u64{1} << 63), Errno::fbig);
    EXPECT_EQ(guest("fd_filestat_set_size", 3, 1), Errno::isdir);
}

TEST(WasiFd, times_are_set_to_the_nanosecond) {
    TempDir dir;
    dir.write("file", "");
    Guest guest(with(dir));
    const u32 fd = guest.open("file", Guest::kReadWrite).fd;
    const u32 result = guest.room(64);
    ASSERT_EQ(guest("fd_filestat_set_times", fd, 1'000'000'007, 2'000'000'009,
                    fstflags::atim | fstflags::mtim),
              Errno::success);
    ASSERT_EQ(guest("fd_filestat_get", fd, result), Errno::success);
    EXPECT_EQ(guest.get<u64>(result + 40), 1'000'000'007u);
    EXPECT_EQ(guest.get<u64>(result + 48), 2'000'000'009u);
    ASSERT_EQ(guest("fd_filestat_set_times", fd, 0, 0, fstflags::mtim_now), Errno::success);
    ASSERT_EQ(guest("fd_filestat_get", fd, result), Errno::success);
    EXPECT_EQ(guest.get<u64>(result + 40), 1'000'000'007u);
    EXPECT_GT(guest.get<u64>(result + 48), 1'600'000'000'000'000'000u);
    EXPECT_EQ(guest("fd_filestat_set_times", fd, 0, 0, fstflags::mtim | fstflags::mtim_now),
              Errno::inval);
    EXPECT_EQ(guest("fd_filestat_set_times", fd, 0, 0, 16), Errno::inval);
}

TEST(WasiFd, seek_and_tell_agree) {
    TempDir dir;
    dir.write("file", "0123456789");
    Guest guest(with(dir));
    const u32 fd = guest.open("file").fd;
    const u32 result = guest.room(8);
    ASSERT_EQ(guest("fd_seek", fd, static_cast<u64>(-3), 2, result), Errno::success);
    EXPECT_EQ(guest.get<u64>(result), 7u);
    EXPECT_EQ(guest.read(fd), "789");
    ASSERT_EQ(guest("fd_tell", fd, result), Errno::success);
    EXPECT_EQ(guest.get<u64>(result), 10u);
    ASSERT_EQ(guest("fd_seek", fd, static_cast<u64>(-4), 1, result), Errno::success);
    EXPECT_EQ(guest.get<u64>(result), 6u);
    EXPECT_EQ(guest("fd_seek", fd, static_cast<u64>(-1), 0, result), Errno::inval);
    EXPECT_EQ(guest("fd_seek", fd, 0, 3, result), Errno::inval);
    EXPECT_EQ(guest("fd_seek", 3, 0, 0, result), Errno::isdir);
    EXPECT_EQ(guest("fd_tell", 3, result), Errno::isdir);
    EXPECT_EQ(guest("fd_seek", 0, 0, 0, result), Errno::spipe);
    EXPECT_EQ(guest("fd_tell", fd, kBadAddress), Errno::fault);
    EXPECT_EQ(guest("fd_seek", fd, 0, 0, kBadAddress), Errno::fault);
}

TEST(WasiFd, telling_needs_less_than_seeking) {
    TempDir dir;
    dir.write("file", "0123456789");
    Guest guest(with(dir));
    const u32 fd = guest.open("file", rights::fd_read | rights::fd_tell).fd;
    EXPECT_EQ(guest("fd_seek", fd, 0, 1, guest.room(8)), Errno::success);
    EXPECT_EQ(guest("fd_seek", fd, 1, 1, guest.room(8)), Errno::notcapable);
    EXPECT_EQ(guest("fd_seek", fd, 0, 0, guest.room(8)), Errno::notcapable);
}

TEST(WasiFd, advise_takes_the_six_advices) {
    TempDir dir;
    dir.write("file", "0123456789");
    Guest guest(with(dir));
    const u32 fd = guest.open("file", Guest::kReadWrite).fd;
    for (u32 advice = 0; advice < 6; ++advice)
        EXPECT_EQ(guest("fd_advise", fd, 0, 10, advice), Errno::success);
    EXPECT_EQ(guest("fd_advise", fd, 0, 10, 6), Errno::inval);
    EXPECT_EQ(guest("fd_advise", fd, 0, 10, 256), Errno::inval);
    EXPECT_EQ(guest("fd_advise", fd, ~u64{0}, 10, 0), Errno::inval);
    EXPECT_EQ(guest("fd_advise", 3, 0, 10, 0), Errno::badf);
    EXPECT_EQ(guest("fd_advise", 77, 0, 10, 0), Errno::badf);
}

TEST(WasiFd, allocate_grows_and_never_shrinks) {
    TempDir dir;
    dir.write("file", "");
    Guest guest(with(dir));
    const u32 fd = guest.open("file", Guest::kReadWrite).fd;
    ASSERT_EQ(guest("fd_allocate", fd, 0, 100), Errno::success);
    EXPECT_EQ(fs::file_size(dir / "file"), 100u);
    ASSERT_EQ(guest("fd_allocate", fd, 10, 10), Errno::success);
    EXPECT_EQ(fs::file_size(dir / "file"), 100u);
    ASSERT_EQ(guest("fd_allocate", fd, 90, 20), Errno::success);
    EXPECT_EQ(fs::file_size(dir / "file"), 110u);
    EXPECT_EQ(guest("fd_allocate", fd, 0, 0), Errno::inval);
    EXPECT_EQ(guest("fd_allocate", fd, ~u64{0} >> 1, 2), Errno::fbig);
    EXPECT_EQ(guest("fd_allocate", fd, 2, ~u64{0}), Errno::fbig);
    EXPECT_EQ(guest("fd_allocate", 3, 0, 1), Errno::isdir);
}

TEST(WasiFd, sync_and_datasync_work_on_files_and_directories) {
    TempDir dir;
    dir.write("file", "");
    Guest guest(with(dir));
    const u32 fd = guest.open("file", Guest::kReadWrite).fd;
    EXPECT_EQ(guest("fd_sync", fd), Errno::success);
    EXPECT_EQ(guest("fd_datasync", fd), Errno::success);
    EXPECT_EQ(guest("fd_sync", 3), Errno::success);
    EXPECT_EQ(guest("fd_sync", 1), Errno::inval);
    EXPECT_EQ(guest("fd_sync", 77), Errno::badf);
    const u32 limited = guest.open("file", rights::fd_read).fd;
    EXPECT_EQ(guest("fd_sync", limited), Errno::notcapable);
}

TEST(WasiFd, a_closed_number_is_given_again) {
    TempDir dir;
    dir.write("file", "");
    Guest guest(with(dir));
    const u32 a = guest.open("file").fd;
    const u32 b = guest.open("file").fd;
    EXPECT_EQ(a, 4u);
    EXPECT_EQ(b, 5u);
    EXPECT_EQ(guest("fd_close", a), Errno::success);
    EXPECT_EQ(guest("fd_close", a), Errno::badf);
    EXPECT_EQ(guest.open("file").fd, a);
    EXPECT_EQ(guest("fd_close", ~0u), Errno::badf);
}

TEST(WasiFd, renumber_moves_onto_an_open_number_only) {
    TempDir dir;
    dir.write("a", "A");
    dir.write("b", "B");
    Guest guest(with(dir));
    const u32 a = guest.open("a").fd;
    const u32 b = guest.open("b").fd;
    EXPECT_EQ(guest("fd_renumber", a, a), Errno::success);
    EXPECT_EQ(guest("fd_renumber", a, 77), Errno::badf);
    EXPECT_EQ(guest("fd_renumber", 77, a), Errno::badf);
    EXPECT_EQ(guest("fd_renumber", a, b), Errno::success);
    EXPECT_EQ(guest("fd_close", a), Errno::badf);
    EXPECT_EQ(guest.read(b), "A");
    EXPECT_EQ(guest("fd_renumber", b, a), Errno::badf);
}

TEST(WasiFd, renumber_onto_a_preopen_replaces_it) {
    TempDir dir;
    dir.write("a", "A");
    Guest guest(with(dir));
    const u32 a = guest.open("a").fd;
    EXPECT_EQ(guest("fd_renumber", a, 3), Errno::success);
    EXPECT_EQ(guest("fd_prestat_get", 3, guest.room(8)), Errno::badf);
    EXPECT_EQ(guest.open("a").error, Errno::notdir);
    EXPECT_EQ(guest.read(3), "A");
}

TEST(WasiFd, closing_and_renumbering_frees_the_descriptors_of_the_host) {
    TempDir dir;
    dir.write("a", "A");
    const auto open_in_host = [] {
        return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
    };
    Guest guest(with(dir));
    const auto before = open_in_host();
    for (int i = 0; i < 100; ++i) {
        const u32 a = guest.open("a").fd;
        const u32 b = guest.open("a").fd;
        ASSERT_EQ(guest("fd_renumber", a, b), Errno::success);
        ASSERT_EQ(guest("fd_close", b), Errno::success);
    }
    EXPECT_EQ(open_in_host(), before);
}

TEST(WasiFd, the_number_of_descriptors_is_limited) {
    TempDir dir;
    dir.write("a", "A");
    Guest guest(with(dir).max_fds(6));
    EXPECT_EQ(guest.open("a").error, Errno::success);
    EXPECT_EQ(guest.open("a").error, Errno::success);
    EXPECT_EQ(guest.open("a").error, Errno::mfile);
    EXPECT_EQ(guest.open("new", Guest::kReadWrite, oflags::creat).error, Errno::mfile);
    EXPECT_FALSE(dir.has("new")) << "nothing is created for a descriptor that cannot be had";
    EXPECT_EQ(guest("fd_close", 4), Errno::success);
    EXPECT_EQ(guest.open("a").fd, 4u);
}

TEST(WasiFd, too_many_preopens_are_refused_by_the_host) {
    TempDir dir;
    const auto env = Env::create(with(dir).max_fds(3));
    ASSERT_FALSE(env);
    EXPECT_EQ(env.error().kind(), ErrorKind::limit);
}

TEST(WasiFd, a_missing_directory_is_an_error_of_the_host) {
    TempDir dir;
    const auto env = Env::create(WasiConfig{}.preopen(dir / "none", "/"));
    ASSERT_FALSE(env);
    EXPECT_EQ(env.error().kind(), ErrorKind::io);
    EXPECT_NE(env.error().message().find("no such directory"), std::string::npos);
}

}  // namespace
}  // namespace wasmi::wasi::test
