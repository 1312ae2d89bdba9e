// Tests of src/wasi/vfs/directories.cpp.
#include "tests/unit/wasi/guest.hpp"

#include <map>
#include <set>

namespace wasmi::wasi::test {
namespace {

struct Entry {
    u64 next;
    u64 ino;
    u8 type;
    std::string name;
};

class WasiReaddir : public ::testing::Test {
  protected:
    WasiReaddir() : guest(WasiConfig{}.preopen(dir.path(), "/")) {}

    /// One call; whole entries only.
    std::vector<Entry> read(u64 cookie, u32 size, u32* used = nullptr) {
        const u32 buffer = guest.room(size);
        const u32 result = guest.room(4);
        EXPECT_EQ(guest("fd_readdir", 3, buffer, size, cookie, result), Errno::success);
        const u32 n = guest.get<u32>(result);
        EXPECT_LE(n, size);
        if (used != nullptr) *used = n;
        std::vector<Entry> entries;
        for (u32 at = 0; at + 24 <= n;) {
            const u32 length = guest.get<u32>(buffer + at + 16);
            if (at + 24 + length > n) break;
            entries.push_back({guest.get<u64>(buffer + at), guest.get<u64>(buffer + at + 8),
                               guest.get<u8>(buffer + at + 20),
                               guest.text(buffer + at + 24, length)});
            at += 24 + length;
        }
        return entries;
    }
    /// All names, by calls with a buffer of this size.
    std::vector<std::string> all(u32 size) {
        std::vector<std::string> names;
        u64 cookie = 0;
        for (int calls = 0; calls < 10'000; ++calls) {
            u32 used = 0;
            const std::vector<Entry> part = read(cookie, size, &used);
            for (const Entry& e : part) {
                names.push_back(e.name);
                cookie = e.next;
            }
            if (used < size) return names;
            EXPECT_FALSE(part.empty()) << "the buffer is too small for one entry";
            if (part.empty()) return names;
        }
        ADD_FAILURE() << "no end";
        return names;
    }

    TempDir dir;
    Guest guest;
};

TEST_F(WasiReaddir, an_empty_directory_has_dot_and_dotdot) {
    const std::vector<Entry> entries = read(0, 256);
    ASSERT_EQ(entries.size(), 2u);
    const u32 stat = guest.room(64);
    ASSERT_EQ(guest("fd_filestat_get", 3, stat), Errno::success);
    EXPECT_EQ(entries[0].name, ".");
    EXPECT_EQ(entries[0].type, 3u);
    EXPECT_EQ(entries[0].ino, guest.get<u64>(stat + 8));
    EXPECT_EQ(entries[1].name, "..");
    EXPECT_EQ(entries[1].ino, entries[0].ino) << "the parent is not told";
}

TEST_F(WasiReaddir, entries_have_type_and_inode) {
    dir.write("file", "");
    dir.mkdir("sub");
    dir.link("file", "link");
    std::map<std::string, Entry> entries;
    for (const Entry& e : read(0, 1000)) entries[e.name] = e;
    ASSERT_EQ(entries.size(), 5u);
    EXPECT_EQ(entries["file"].type, 4u);
    EXPECT_EQ(entries["sub"].type, 3u);
    EXPECT_EQ(entries["link"].type, 7u);
    const u32 stat = guest.room(64);
    ASSERT_EQ(guest("path_filestat_get", 3, 0, guest.put("file"), 4, stat), Errno::success);
    EXPECT_EQ(entries["file"].ino, guest.get<u64>(stat + 8));
}

TEST_F(WasiReaddir, buffers_of_every_size_give_every_entry_once) {
    std::set<std::string> expected = {".", ".."};
    for (int i = 0; i < 300; ++i) {
        const std::string name =
            "file" + std::string(static_cast<std::size_t>(i) % 50, 'x') + std::to_string(i);
        dir.write(name, "");
        expected.insert(name);
    }
    for (const u32 size : {90u, 100u, 256u, 257u, 1000u, 40'000u}) {
        const std::vector<std::string> names = all(size);
        EXPECT_EQ(names.size(), expected.size()) << size;
        EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), expected) << size;
        EXPECT_EQ(names[0], ".");
        EXPECT_EQ(names[1], "..");
    }
}

TEST_F(WasiReaddir, every_cookie_can_be_resumed) {
    for (int i = 0; i < 50; ++i) dir.write("file" + std::to_string(i), "");
    const std::vector<Entry> entries = read(0, 10'000);
    ASSERT_EQ(entries.size(), 52u);
    for (std::size_t i = entries.size(); i-- > 0;) {
        const std::vector<Entry> rest = read(entries[i].next, 10'000);
        ASSERT_EQ(rest.size(), entries.size() - 1 - i);
        if (!rest.empty()) {
            EXPECT_EQ(rest[0].name, entries[i + 1].name);
        }
    }
}

TEST_F(WasiReaddir, the_last_entry_is_cut_at_the_end_of_the_buffer) {
    dir.write("a-long-name", "");
    u32 used = 0;
    const std::vector<Entry> entries = read(0, 24 + 1 + 24 + 2 + 30, &used);
    EXPECT_EQ(used, 81u);
    EXPECT_EQ(entries.size(), 2u);
    for (u32 size = 0; size < 60; ++size) {
        (void)read(0, size, &used);
        EXPECT_EQ(used, size);
    }
}

TEST_F(WasiReaddir, the_begin_shows_what_has_changed) {
    EXPECT_EQ(all(1000).size(), 2u);
    dir.write("new", "");
    EXPECT_EQ(all(1000).size(), 3u);
    fs::remove(dir / "new");
    EXPECT_EQ(all(1000).size(), 2u);
}

TEST_F(WasiReaddir, removing_what_was_listed_loses_nothing) {
    for (int i = 0; i < 200; ++i) dir.write("file" + std::to_string(i), "");
    u64 cookie = 0;
    int removed = 0;
    for (int calls = 0; calls < 1000; ++calls) {
        u32 used = 0;
        for (const Entry& e : read(cookie, 200, &used)) {
            cookie = e.next;
            if (e.name[0] == '.') continue;
            EXPECT_EQ(guest.on_path("path_unlink_file", e.name), Errno::success);
            ++removed;
        }
        if (used < 200) break;
    }
    EXPECT_EQ(removed, 200);
}

TEST_F(WasiReaddir, any_cookie_is_survived) {
    for (int i = 0; i < 50; ++i) dir.write("file" + std::to_string(i), "");
    for (const u64 cookie : {u64{3}, u64{12345}, u64{1} << 31, u64{1} << 62, (u64{1} << 63) + 1,
                             (u64{1} << 63) + 2, ~u64{0}, ~u64{0} - 1}) {
        const Errno e = guest("fd_readdir", 3, guest.room(500), 500, cookie, guest.room(4));
        EXPECT_TRUE(e == Errno::success || e == Errno::inval) << cookie;
    }
    EXPECT_EQ(all(1000).size(), 52u) << "and the descriptor is still good";
}

TEST_F(WasiReaddir, only_directories_with_the_right_can_be_read) {
    dir.write("file", "");
    const u32 file = guest.open("file").fd;
    EXPECT_EQ(guest("fd_readdir", file, guest.room(100), 100, 0, guest.room(4)), Errno::notdir);
    const u32 closed = guest.open(".", rights::path_open, oflags::directory).fd;
    EXPECT_EQ(guest("fd_readdir", closed, guest.room(100), 100, 0, guest.room(4)),
              Errno::notcapable);
    EXPECT_EQ(guest("fd_readdir", 77, guest.room(100), 100, 0, guest.room(4)), Errno::badf);
    EXPECT_EQ(guest("fd_readdir", 3, Guest::kSize - 99, 100, 0, guest.room(4)), Errno::fault);
    EXPECT_EQ(guest("fd_readdir", 3, guest.room(100), 100, 0, kBadAddress), Errno::fault);
}

}  // namespace
}  // namespace wasmi::wasi::test
