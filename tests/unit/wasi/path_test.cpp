// Tests of src/wasi/abi/path.cpp and src/wasi/vfs/paths.cpp.
#include "tests/unit/wasi/guest.hpp"

namespace wasmi::wasi::test {
namespace {

class WasiPath : public ::testing::Test {
  protected:
    WasiPath() : guest(WasiConfig{}.preopen(dir.path(), "/")) {}

    Errno rename(std::string_view from, std::string_view to, u32 a = 3, u32 b = 3) {
        return guest("path_rename", a, guest.put(from), from.size(), b, guest.put(to), to.size());
    }
    Errno link(std::string_view from, std::string_view to, u32 flags = 0, u32 a = 3, u32 b = 3) {
        return guest("path_link", a, flags, guest.put(from), from.size(), b, guest.put(to),
                     to.size());
    }
    Errno symlink(std::string_view target, std::string_view name) {
        return guest("path_symlink", guest.put(target), target.size(), 3, guest.put(name),
                     name.size());
    }
    Errno stat(std::string_view path, u32 flags = 0) {
        stat_result = guest.room(64);
        return guest("path_filestat_get", 3, flags, guest.put(path), path.size(), stat_result);
    }
    Errno set_times(std::string_view path, u64 mtim, u32 flags = 0,
                    unsigned what = fstflags::mtim) {
        return guest("path_filestat_set_times", 3, flags, guest.put(path), path.size(), 0, mtim,
                     what);
    }
    Errno readlink(std::string_view path, u32 size) {
        link_buffer = guest.room(size);
        link_size = guest.room(4);
        return guest("path_readlink", 3, guest.put(path), path.size(), link_buffer, size,
                     link_size);
    }

    TempDir dir;
    Guest guest;
    u32 stat_result = 0;
    u32 link_buffer = 0;
    u32 link_size = 0;
};

TEST_F(WasiPath, open_creates_reads_and_truncates) {
    const auto made = guest.open("new", Guest::kReadWrite, oflags::creat);
    ASSERT_EQ(made.error, Errno::success);
    EXPECT_EQ(guest.write(made.fd, "content"), Errno::success);
    EXPECT_EQ(guest.read(guest.open("new").fd), "content");
    EXPECT_EQ(guest.open("new", Guest::kReadWrite, oflags::trunc).error, Errno::success);
    EXPECT_EQ(dir.read("new"), "");
    EXPECT_EQ(guest.open("new", Guest::kRead, oflags::creat | oflags::excl).error, Errno::exist);
    EXPECT_EQ(guest.open("none").error, Errno::noent);
    EXPECT_EQ(guest.open("none/none", Guest::kRead, oflags::creat).error, Errno::noent);
    EXPECT_EQ(guest.open("new/none").error, Errno::notdir);
}

TEST_F(WasiPath, open_refuses_flags_that_do_not_exist_or_fit) {
    dir.write("file", "");
    EXPECT_EQ(guest.open("file", Guest::kRead, 16).error, Errno::inval);
    EXPECT_EQ(guest.open("file", Guest::kRead, 0x1'0000).error, Errno::inval);
    EXPECT_EQ(guest.open("file", Guest::kRead, 0, 2).error, Errno::inval);
    EXPECT_EQ(guest.open("file", Guest::kRead, 0, 1, 32).error, Errno::inval);
    EXPECT_EQ(guest.open("d", Guest::kRead, oflags::creat | oflags::directory).error, Errno::inval);
}

TEST_F(WasiPath, open_tells_directories_from_files) {
    dir.mkdir("sub");
    dir.write("file", "");
    EXPECT_EQ(guest.open("sub", Guest::kRead, oflags::directory).error, Errno::success);
    EXPECT_EQ(guest.open("sub").error, Errno::success);
    EXPECT_EQ(guest.open("file", Guest::kRead, oflags::directory).error, Errno::notdir);
    EXPECT_EQ(guest.open("sub", Guest::kReadWrite).error, Errno::isdir);
    EXPECT_EQ(guest.open("sub", Guest::kReadWrite, oflags::directory).error, Errno::isdir);
    EXPECT_EQ(guest.open("sub", Guest::kRead, oflags::trunc).error, Errno::isdir);
    EXPECT_EQ(guest.open("sub", Guest::kRead, oflags::creat).error, Errno::isdir);
}

TEST_F(WasiPath, open_writes_the_result_only_on_success) {
    EXPECT_EQ(guest("path_open", 3, 0, guest.put("new"), 3, oflags::creat, Guest::kReadWrite, 0, 0,
                    Guest::kSize - 3),
              Errno::fault);
    EXPECT_FALSE(dir.has("new"));
    EXPECT_EQ(guest("path_open", 3, 0, Guest::kSize - 2, 3, 0, 0, 0, 0, guest.room(4)),
              Errno::fault);
    EXPECT_EQ(guest("path_open", 3, 0, 64, ~0u, 0, 0, 0, 0, guest.room(4)), Errno::fault);
}

TEST_F(WasiPath, open_below_a_descriptor_of_the_guest) {
    dir.mkdir("a/b");
    dir.write("a/b/file", "deep");
    dir.write("top", "top");
    const u32 a = guest.open("a", Guest::kRead | rights::path_open, oflags::directory).fd;
    EXPECT_EQ(guest.read(guest.open("b/file", Guest::kRead, 0, 1, 0, a).fd), "deep");
    EXPECT_EQ(guest.open("../top", Guest::kRead, 0, 1, 0, a).error, Errno::notcapable);
    EXPECT_EQ(guest.open("b/../../top", Guest::kRead, 0, 1, 0, a).error, Errno::notcapable);
    const u32 file = guest.open("top").fd;
    EXPECT_EQ(guest.open("x", Guest::kRead, oflags::creat, 1, 0, file).error, Errno::notdir);
    EXPECT_EQ(guest.open("x", Guest::kRead, 0, 1, 0, 77).error, Errno::badf);
}

TEST_F(WasiPath, rights_narrow_from_directory_to_file) {
    dir.mkdir("sub");
    dir.write("sub/file", "text");
    const Rights dir_rights = rights::path_open | rights::path_create_file;
    const Rights children = rights::fd_read | rights::path_open;
    const u32 sub = guest.open("sub", dir_rights, oflags::directory, 0, 0, 3, children).fd;
    EXPECT_EQ(guest.open("file", rights::fd_write, 0, 0, 0, sub).error, Errno::notcapable);
    const auto file = guest.open("file", rights::fd_read | rights::fd_seek, 0, 0, 0, sub);
    ASSERT_EQ(file.error, Errno::success);
    const u32 fdstat = guest.room(24);
    ASSERT_EQ(guest("fd_fdstat_get", file.fd, fdstat), Errno::success);
    EXPECT_EQ(guest.get<u64>(fdstat + 8), rights::fd_read);
    EXPECT_EQ(guest.get<u64>(fdstat + 16), children);
    EXPECT_EQ(guest.open("file", rights::fd_read, oflags::trunc, 0, 0, sub).error,
              Errno::notcapable);
    EXPECT_EQ(dir.read("sub/file"), "text");
    // A directory without the right to open.
    const u32 closed = guest.open("sub", rights::fd_readdir, oflags::directory).fd;
    EXPECT_EQ(guest.open("file", rights::fd_read, 0, 0, 0, closed).error, Errno::notcapable);
    EXPECT_EQ(guest.on_path("path_create_directory", "x", closed), Errno::notcapable);
    EXPECT_EQ(guest.on_path("path_unlink_file", "file", closed), Errno::notcapable);
    EXPECT_EQ(guest.on_path("path_remove_directory", "x", closed), Errno::notcapable);
    EXPECT_EQ(rename("file", "x", closed, closed), Errno::notcapable);
    EXPECT_EQ(link("file", "x", 0, closed, closed), Errno::notcapable);
}

TEST_F(WasiPath, directories_are_made_and_removed) {
    EXPECT_EQ(guest.on_path("path_create_directory", "a"), Errno::success);
    EXPECT_EQ(guest.on_path("path_create_directory", "a/b/"), Errno::success);
    EXPECT_TRUE(fs::is_directory(dir / "a/b"));
    EXPECT_EQ(guest.on_path("path_create_directory", "a"), Errno::exist);
    EXPECT_EQ(guest.on_path("path_create_directory", "."), Errno::exist);
    EXPECT_EQ(guest.on_path("path_create_directory", "a/b/.."), Errno::exist);
    EXPECT_EQ(guest.on_path("path_remove_directory", "a"), Errno::notempty);
    EXPECT_EQ(guest.on_path("path_remove_directory", "a/b/"), Errno::success);
    EXPECT_EQ(guest.on_path("path_remove_directory", "."), Errno::inval);
    EXPECT_EQ(guest.on_path("path_remove_directory", "a"), Errno::success);
    dir.write("file", "");
    EXPECT_EQ(guest.on_path("path_remove_directory", "file"), Errno::notdir);
    EXPECT_EQ(guest.on_path("path_remove_directory", "file/"), Errno::notdir);
    EXPECT_EQ(guest.on_path("path_remove_directory", "none"), Errno::noent);
}

TEST_F(WasiPath, files_are_unlinked) {
    dir.write("file", "");
    dir.mkdir("sub");
    dir.link("sub", "link");
    EXPECT_EQ(guest.on_path("path_unlink_file", "file/"), Errno::notdir);
    EXPECT_EQ(guest.on_path("path_unlink_file", "sub"), Errno::isdir);
    EXPECT_EQ(guest.on_path("path_unlink_file", "sub/"), Errno::isdir);
    EXPECT_EQ(guest.on_path("path_unlink_file", "link/"), Errno::notdir);
    EXPECT_EQ(guest.on_path("path_unlink_file", "."), Errno::isdir);
    EXPECT_EQ(guest.on_path("path_unlink_file", "file"), Errno::success);
    EXPECT_EQ(guest.on_path("path_unlink_file", "link"), Errno::success);
    EXPECT_TRUE(dir.has("sub"));
    EXPECT_EQ(guest.on_path("path_unlink_file", "file"), Errno::noent);
}

TEST_F(WasiPath, stat_follows_only_when_asked) {
    dir.write("file", "12345");
    dir.link("file", "link");
    ASSERT_EQ(stat("link"), Errno::success);
    EXPECT_EQ(guest.get<u8>(stat_result + 16), 7u);  // symbolic link
    ASSERT_EQ(stat("link", 1), Errno::success);
    EXPECT_EQ(guest.get<u8>(stat_result + 16), 4u);
    EXPECT_EQ(guest.get<u64>(stat_result + 32), 5u);
    EXPECT_EQ(stat("link", 2), Errno::inval);
    EXPECT_EQ(stat("file/"), Errno::notdir);
    EXPECT_EQ(stat("link/", 1), Errno::notdir);
    EXPECT_EQ(stat("."), Errno::success);
    EXPECT_EQ(guest.get<u8>(stat_result + 16), 3u);
    EXPECT_EQ(guest("path_filestat_get", 3, 0, guest.put("file"), 4, Guest::kSize - 63),
              Errno::fault);
}

TEST_F(WasiPath, times_are_set_on_the_link_or_its_target) {
    dir.write("file", "");
    dir.link("file", "link");
    ASSERT_EQ(set_times("file", 5'000'000'001), Errno::success);
    ASSERT_EQ(set_times("link", 7'000'000'003), Errno::success);
    ASSERT_EQ(stat("link"), Errno::success);
    EXPECT_EQ(guest.get<u64>(stat_result + 48), 7'000'000'003u);
    ASSERT_EQ(stat("file"), Errno::success);
    EXPECT_EQ(guest.get<u64>(stat_result + 48), 5'000'000'001u);
    ASSERT_EQ(set_times("link", 9'000'000'001, 1), Errno::success);
    ASSERT_EQ(stat("file"), Errno::success);
    EXPECT_EQ(guest.get<u64>(stat_result + 48), 9'000'000'001u);
    EXPECT_EQ(set_times("file", 1, 0, fstflags::mtim | fstflags::mtim_now), Errno::inval);
    EXPECT_EQ(set_times("file", 1, 0, 16), Errno::inval);
    EXPECT_EQ(set_times("file/", 1), Errno::notdir);
}

TEST_F(WasiPath, hard_links_name_the_same_file) {
    dir.write("file", "text");
    dir.mkdir("sub");
    dir.link("file", "symlink");
    dir.link("nowhere", "dangling");
    EXPECT_EQ(link("file", "sub/hard"), Errno::success);
    EXPECT_EQ(dir.read("sub/hard"), "text");
    EXPECT_EQ(fs::hard_link_count(dir / "file"), 2u);
    EXPECT_EQ(link("file", "file"), Errno::exist);
    EXPECT_EQ(link("file", "sub"), Errno::exist);
    EXPECT_EQ(link("sub", "other"), Errno::perm);
    EXPECT_EQ(link("file", "other/"), Errno::noent);
    EXPECT_EQ(link("file/", "other"), Errno::notdir);
    EXPECT_EQ(link("dangling", "hard-link-to-link"), Errno::success);
    EXPECT_TRUE(fs::is_symlink(dir / "hard-link-to-link"));
    EXPECT_EQ(link("dangling", "other", 1), Errno::noent);
    EXPECT_EQ(link("symlink", "followed", 1), Errno::success);
    EXPECT_EQ(dir.read("followed"), "text");
    EXPECT_FALSE(fs::is_symlink(dir / "followed"));
}

TEST_F(WasiPath, renaming_moves_and_replaces) {
    dir.write("a", "A");
    dir.write("b", "B");
    dir.mkdir("empty");
    dir.mkdir("full/x");
    EXPECT_EQ(rename("a", "b"), Errno::success);
    EXPECT_EQ(dir.read("b"), "A");
    EXPECT_FALSE(dir.has("a"));
    EXPECT_EQ(rename("none", "x"), Errno::noent);
    EXPECT_EQ(rename("b", "empty"), Errno::isdir);
    EXPECT_EQ(rename("empty", "b"), Errno::notdir);
    EXPECT_EQ(rename("empty", "full"), Errno::notempty);
    EXPECT_EQ(rename("full", "full/x/y"), Errno::inval);
    EXPECT_EQ(rename("b/", "c"), Errno::notdir);
    EXPECT_EQ(rename("b", "c/"), Errno::notdir);
    EXPECT_EQ(rename("empty/", "moved/"), Errno::success);
    EXPECT_EQ(rename("moved", "full/x/moved"), Errno::success);
    EXPECT_TRUE(dir.has("full/x/moved"));
    EXPECT_EQ(rename("b", "full/../full/x/./b"), Errno::success);
    EXPECT_EQ(dir.read("full/x/b"), "A");
}

TEST_F(WasiPath, renaming_a_link_moves_the_link) {
    dir.mkdir("sub");
    dir.link("sub", "link");
    EXPECT_EQ(rename("link/", "x"), Errno::notdir);
    EXPECT_EQ(rename("link", "moved"), Errno::success);
    EXPECT_TRUE(fs::is_symlink(dir / "moved"));
    EXPECT_TRUE(dir.has("sub"));
}

TEST_F(WasiPath, symlinks_are_made_and_read) {
    EXPECT_EQ(symlink("some/where", "link"), Errno::success);
    ASSERT_EQ(readlink("link", 20), Errno::success);
    EXPECT_EQ(guest.get<u32>(link_size), 10u);
    EXPECT_EQ(guest.text(link_buffer, 10), "some/where");
    ASSERT_EQ(readlink("link", 4), Errno::success);
    EXPECT_EQ(guest.get<u32>(link_size), 4u);
    EXPECT_EQ(guest.text(link_buffer, 4), "some");
    ASSERT_EQ(readlink("link", 0), Errno::success);
    EXPECT_EQ(guest.get<u32>(link_size), 0u);
    EXPECT_EQ(symlink("x", "link"), Errno::exist);
    EXPECT_EQ(symlink("x", "new/"), Errno::noent);
    dir.write("file", "");
    dir.mkdir("sub");
    EXPECT_EQ(symlink("x", "file"), Errno::exist);
    EXPECT_EQ(symlink("x", "file/"), Errno::notdir);
    EXPECT_EQ(symlink("x", "sub/"), Errno::exist);
    EXPECT_EQ(symlink("", "new"), Errno::noent);
    EXPECT_EQ(symlink(std::string_view("a\0b", 3), "new"), Errno::ilseq);
    EXPECT_EQ(symlink("/etc/passwd", "new"), Errno::notcapable);
    EXPECT_EQ(readlink("file", 4), Errno::inval);
    EXPECT_EQ(readlink("none", 4), Errno::noent);
    EXPECT_EQ(readlink("sub/", 4), Errno::inval);
}

}  // namespace
}  // namespace wasmi::wasi::test
