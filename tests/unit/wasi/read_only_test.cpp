// Tests of read-only preopens (src/wasi/vfs): nothing below one can be changed, by any way.
#include "tests/unit/wasi/guest.hpp"

namespace wasmi::wasi::test {
namespace {

/// 3 is read-only, 4 can be written.
class WasiReadOnly : public ::testing::Test {
  protected:
    WasiReadOnly() {
        dir.mkdir("ro/sub");
        dir.mkdir("rw");
        dir.write("ro/file", "text");
        dir.write("rw/file", "other");
        dir.link("file", "ro/link");
        guest = std::make_unique<Guest>(
            WasiConfig{}.preopen(dir / "ro", "/ro", WasiAccess::read).preopen(dir / "rw", "/rw"));
        before = fs::last_write_time(dir / "ro/file");
    }
    ~WasiReadOnly() override {
        EXPECT_EQ(dir.read("ro/file"), "text");
        EXPECT_EQ(fs::last_write_time(dir / "ro/file"), before);
        EXPECT_EQ(fs::hard_link_count(dir / "ro/file"), 1u);
        EXPECT_EQ(std::distance(fs::directory_iterator(dir / "ro"), fs::directory_iterator()), 3);
    }

    TempDir dir;
    std::unique_ptr<Guest> guest;
    fs::file_time_type before;
};

TEST_F(WasiReadOnly, files_can_be_read) {
    EXPECT_EQ(guest->read(guest->open("file").fd), "text");
    EXPECT_EQ(guest->open("sub", Guest::kRead, oflags::directory).error, Errno::success);
    // Of programs that ask for all rights that they might use for reading.
    const Rights much = rights::all & ~Rights{rights::fd_write | rights::fd_allocate |
                                              rights::fd_filestat_set_size};
    EXPECT_EQ(guest->open("file", much).error, Errno::success);
    EXPECT_EQ(guest->open("file", Guest::kRead, oflags::creat).error, Errno::success)
        << "creating what exists is no change";
}

TEST_F(WasiReadOnly, nothing_can_be_opened_for_writing) {
    EXPECT_EQ(guest->open("file", Guest::kReadWrite).error, Errno::rofs);
    EXPECT_EQ(guest->open("link", Guest::kReadWrite).error, Errno::rofs);
    EXPECT_EQ(guest->open("file", rights::fd_write).error, Errno::rofs);
    EXPECT_EQ(guest->open("file", rights::fd_allocate).error, Errno::rofs);
    EXPECT_EQ(guest->open("file", rights::fd_filestat_set_size).error, Errno::rofs);
    EXPECT_EQ(guest->open("file", Guest::kRead, oflags::trunc).error, Errno::rofs);
    EXPECT_EQ(guest->open("file", 0, oflags::trunc).error, Errno::rofs);
    EXPECT_EQ(guest->open("new", Guest::kReadWrite, oflags::creat).error, Errno::rofs);
    EXPECT_EQ(guest->open("new", 0, oflags::creat | oflags::excl).error, Errno::rofs);
    EXPECT_EQ(guest->open("file", 0, oflags::creat | oflags::excl).error, Errno::exist);
    EXPECT_EQ(guest->open("none", Guest::kReadWrite).error, Errno::noent);
    EXPECT_EQ(guest->open("sub", Guest::kReadWrite).error, Errno::isdir);
}

TEST_F(WasiReadOnly, names_cannot_be_changed) {
    Guest& g = *guest;
    EXPECT_EQ(g.on_path("path_create_directory", "new"), Errno::rofs);
    EXPECT_EQ(g.on_path("path_remove_directory", "sub"), Errno::rofs);
    EXPECT_EQ(g.on_path("path_unlink_file", "file"), Errno::rofs);
    EXPECT_EQ(g("path_symlink", g.put("x"), 1, 3, g.put("new"), 3), Errno::rofs);
    EXPECT_EQ(g("path_rename", 3, g.put("file"), 4, 3, g.put("new"), 3), Errno::rofs);
    EXPECT_EQ(g("path_link", 3, 0, g.put("file"), 4, 3, g.put("new"), 3), Errno::rofs);
    EXPECT_EQ(g("path_filestat_set_times", 3, 0, g.put("file"), 4, 0, 1, fstflags::mtim),
              Errno::rofs);
    EXPECT_EQ(g("path_filestat_set_times", 3, 1, g.put("link"), 4, 0, 1, fstflags::mtim),
              Errno::rofs);
}

TEST_F(WasiReadOnly, names_cannot_move_between_preopens) {
    Guest& g = *guest;
    EXPECT_EQ(g("path_rename", 3, g.put("file"), 4, 4, g.put("stolen"), 6), Errno::rofs);
    EXPECT_EQ(g("path_rename", 4, g.put("file"), 4, 3, g.put("file"), 4), Errno::rofs);
    // A second name in a writable directory would be a way to write.
    EXPECT_EQ(g("path_link", 3, 0, g.put("file"), 4, 4, g.put("alias"), 5), Errno::rofs);
    EXPECT_EQ(g("path_link", 4, 0, g.put("file"), 4, 3, g.put("alias"), 5), Errno::rofs);
    EXPECT_FALSE(dir.has("rw/alias"));
}

TEST_F(WasiReadOnly, open_files_cannot_be_changed) {
    Guest& g = *guest;
    const u32 fd = g.open("file", rights::all & ~Rights{rights::fd_write | rights::fd_allocate |
                                                        rights::fd_filestat_set_size})
                       .fd;
    const u32 vectors = g.put_vectors({{g.put("x"), 1}});
    EXPECT_EQ(g("fd_write", fd, vectors, 1, g.room(4)), Errno::notcapable);
    EXPECT_EQ(g("fd_pwrite", fd, vectors, 1, 0, g.room(4)), Errno::notcapable);
    EXPECT_NE(g("fd_filestat_set_size", fd, 0), Errno::success);
    EXPECT_NE(g("fd_allocate", fd, 0, 100), Errno::success);
    EXPECT_EQ(g("fd_filestat_set_times", fd, 0, 1, fstflags::mtim), Errno::rofs);
    EXPECT_EQ(g("fd_filestat_set_times", 3, 0, 1, fstflags::mtim), Errno::rofs);
    EXPECT_NE(g("fd_fdstat_set_rights", fd, rights::all, 0), Errno::success);
}

TEST_F(WasiReadOnly, directories_below_are_read_only_too) {
    Guest& g = *guest;
    const u32 sub = g.open("sub",
                           rights::all & ~Rights{rights::fd_write | rights::fd_allocate |
                                                 rights::fd_filestat_set_size},
                           oflags::directory)
                        .fd;
    EXPECT_EQ(g.on_path("path_create_directory", "new", sub), Errno::rofs);
    EXPECT_EQ(g.open("new", Guest::kReadWrite, oflags::creat, 1, 0, sub).error, Errno::rofs);
    const u32 self = g.open(".", Guest::kRead | rights::path_open, oflags::directory).fd;
    EXPECT_EQ(g.open("file", Guest::kReadWrite, 0, 1, 0, self).error, Errno::rofs);
    ASSERT_EQ(g("fd_renumber", self, 4), Errno::success);
    EXPECT_EQ(g.on_path("path_unlink_file", "file", 4), Errno::rofs);
}

TEST_F(WasiReadOnly, rights_tell_what_cannot_be_done) {
    const u32 fdstat = guest->room(24);
    ASSERT_EQ((*guest)("fd_fdstat_get", 3, fdstat), Errno::success);
    const Rights base = guest->get<u64>(fdstat + 8);
    EXPECT_EQ(base & (rights::path_create_file | rights::path_unlink_file |
                      rights::path_rename_source | rights::path_filestat_set_size),
              0u);
    EXPECT_NE(base & rights::path_open, 0u);
}

}  // namespace
}  // namespace wasmi::wasi::test
