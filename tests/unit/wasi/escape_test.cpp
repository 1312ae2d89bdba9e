// Tests of src/wasi/vfs/resolver.cpp: no path leads out of a preopened directory. The cases are
// those of ../shared/design/SECURITY-CASES.md.
#include "tests/unit/wasi/guest.hpp"

#include <thread>

#include <fcntl.h>
#include <unistd.h>

namespace wasmi::wasi::test {
namespace {

/// outside/secret beside root/, which the guest sees as "/".
class WasiEscape : public ::testing::Test {
  protected:
    WasiEscape() {
        dir.mkdir("root/sub/deep");
        dir.mkdir("outside");
        dir.write("outside/secret", "secret");
        secret_time = fs::last_write_time(dir / "outside/secret");
        dir.write("root/file", "inside");
        dir.write("root/sub/file", "in sub");
        guest = std::make_unique<Guest>(WasiConfig{}.preopen(dir / "root", "/"));
    }
    Errno open(std::string_view path, u32 lookup = 1) {
        return guest->open(path, Guest::kRead, 0, lookup).error;
    }
    std::string content(std::string_view path) {
        const auto opened = guest->open(path);
        return opened.error == Errno::success ? guest->read(opened.fd) : "(error)";
    }
    /// Every function that takes a path, with this path.
    std::vector<std::pair<std::string, Errno>> everything(std::string_view path) {
        Guest& g = *guest;
        const u32 p = g.put(path);
        const auto n = static_cast<u32>(path.size());
        std::vector<std::pair<std::string, Errno>> r;
        for (const u32 follow : {0u, 1u}) {
            r.emplace_back("open",
                           g("path_open", 3, follow, p, n, 0, Guest::kRead, 0, 0, g.room(4)));
            r.emplace_back("open write",
                           g("path_open", 3, follow, p, n, 0, Guest::kReadWrite, 0, 0, g.room(4)));
            r.emplace_back("create", g("path_open", 3, follow, p, n, oflags::creat,
                                       Guest::kReadWrite, 0, 0, g.room(4)));
            r.emplace_back("truncate", g("path_open", 3, follow, p, n, oflags::trunc,
                                         Guest::kReadWrite, 0, 0, g.room(4)));
            r.emplace_back("stat", g("path_filestat_get", 3, follow, p, n, g.room(64)));
            r.emplace_back("set_times",
                           g("path_filestat_set_times", 3, follow, p, n, 0, 1, fstflags::mtim));
            r.emplace_back("link from", g("path_link", 3, follow, p, n, 3, g.put("linked"), 6));
        }
        r.emplace_back("mkdir", g("path_create_directory", 3, p, n));
        r.emplace_back("rmdir", g("path_remove_directory", 3, p, n));
        r.emplace_back("unlink", g("path_unlink_file", 3, p, n));
        r.emplace_back("readlink", g("path_readlink", 3, p, n, g.room(10), 10, g.room(4)));
        r.emplace_back("rename from", g("path_rename", 3, p, n, 3, g.put("moved"), 5));
        r.emplace_back("rename to", g("path_rename", 3, g.put("file"), 4, 3, p, n));
        r.emplace_back("link to", g("path_link", 3, 0, g.put("file"), 4, 3, p, n));
        r.emplace_back("symlink", g("path_symlink", g.put("x"), 1, 3, p, n));
        return r;
    }
    void expect_outside_untouched() {
        EXPECT_EQ(dir.read("outside/secret"), "secret");
        EXPECT_EQ(std::distance(fs::directory_iterator(dir / "outside"), fs::directory_iterator()),
                  1);
        EXPECT_EQ(std::distance(fs::directory_iterator(dir.path()), fs::directory_iterator()), 2);
        EXPECT_EQ(fs::last_write_time(dir / "outside/secret"), secret_time);
    }

    TempDir dir;
    fs::file_time_type secret_time;
    std::unique_ptr<Guest> guest;
};

TEST_F(WasiEscape, paths_that_lead_up_are_refused_by_every_function) {
    for (const std::string_view path :
         {"..", "../", "../outside/secret", "sub/../../outside/secret", "./../outside/secret",
          "sub/deep/../../../outside/secret", "sub//..//..//outside/secret", "../root/file",
          "/etc/passwd", "/", "//", "/file", "sub/../..", "sub/../../"}) {
        for (const auto& [what, error] : everything(path))
            EXPECT_EQ(error, Errno::notcapable) << what << " " << path;
    }
    expect_outside_untouched();
}

TEST_F(WasiEscape, bad_names_are_refused_by_every_function) {
    for (const auto& [what, error] : everything("")) EXPECT_EQ(error, Errno::noent) << what;
    for (const auto& [what, error] : everything(std::string_view("file\0", 5)))
        EXPECT_EQ(error, Errno::ilseq) << what;
    for (const auto& [what, error] : everything(std::string_view("\0/etc", 5)))
        EXPECT_EQ(error, Errno::ilseq) << what;
    for (const auto& [what, error] : everything(std::string(4096, 'a')))
        EXPECT_EQ(error, Errno::nametoolong) << what;
    for (const auto& [what, error] : everything(std::string(256, 'a')))
        EXPECT_EQ(error, Errno::nametoolong) << what;
    EXPECT_EQ(dir.read("root/file"), "inside");
}

TEST_F(WasiEscape, a_path_may_go_up_as_far_as_it_went_down) {
    EXPECT_EQ(content("sub/.//deep/../../sub/../sub///./file"), "in sub");
    EXPECT_EQ(content("sub/../file"), "inside");
    EXPECT_EQ(open("sub/.."), Errno::success);
    EXPECT_EQ(open("."), Errno::success);
    EXPECT_EQ(open("./"), Errno::success);
    EXPECT_EQ(open("file/../file"), Errno::notdir);
    EXPECT_EQ(open("none/../file"), Errno::noent);
    EXPECT_EQ(open("file/."), Errno::notdir);
}

TEST_F(WasiEscape, slashes_at_the_end_mean_a_directory) {
    EXPECT_EQ(open("file/"), Errno::notdir);
    EXPECT_EQ(open("file//"), Errno::notdir);
    EXPECT_EQ(open("sub/"), Errno::success);
    EXPECT_EQ(open("sub///"), Errno::success);
    EXPECT_EQ(guest->open("new/", Guest::kReadWrite, oflags::creat).error, Errno::isdir);
    EXPECT_EQ(guest->open("file/", Guest::kReadWrite, oflags::creat).error, Errno::notdir);
    EXPECT_FALSE(dir.has("root/new"));
}

TEST_F(WasiEscape, links_that_lead_out_are_not_followed_by_anything) {
    dir.link("../outside/secret", "root/out");
    dir.link("../outside", "root/outdir");
    dir.link("../outside/", "root/outdir-slash");
    dir.link("..", "root/up");
    dir.link("../", "root/up-slash");
    dir.link("sub/../..", "root/round");
    dir.link((dir / "outside/secret").string(), "root/absolute");
    dir.link((dir / "outside").string() + "/", "root/absolute-slash");
    dir.link("/", "root/slash");
    dir.link("outdir", "root/twice");
    // In the middle, and at the end where the kernel could be tempted by a slash.
    for (const std::string_view path :
         {"outdir/secret", "outdir/", "outdir//", "outdir/.", "outdir-slash/",
          "outdir-slash/secret", "up/outside/secret", "up/", "up-slash/", "up-slash/outside/secret",
          "round/outside/secret", "absolute-slash/", "absolute-slash/secret", "slash/", "slash/etc",
          "twice/", "twice/secret", "sub/../outdir/secret"}) {
        EXPECT_EQ(open(path, 0), Errno::notcapable) << path;
        EXPECT_EQ(open(path, 1), Errno::notcapable) << path;
        const u32 p = guest->put(path);
        for (const u32 follow : {0u, 1u}) {
            EXPECT_EQ((*guest)("path_filestat_get", 3, follow, p, path.size(), guest->room(64)),
                      Errno::notcapable)
                << path;
            EXPECT_EQ((*guest)("path_filestat_set_times", 3, follow, p, path.size(), 0, 1,
                               fstflags::mtim),
                      Errno::notcapable)
                << path;
        }
    }
    for (const std::string_view path : {"out", "outdir", "up", "round", "absolute", "slash",
                                        "twice", "up-slash", "absolute-slash"}) {
        EXPECT_EQ(open(path, 1), Errno::notcapable) << path;
        EXPECT_EQ(open(path, 0), Errno::loop) << path;
        EXPECT_EQ(guest->open(path, Guest::kReadWrite, oflags::creat | oflags::trunc).error,
                  Errno::notcapable)
            << path;
        EXPECT_EQ(guest->open(path, Guest::kReadWrite, oflags::creat | oflags::excl).error,
                  Errno::exist)
            << path;
        EXPECT_EQ(
            (*guest)("path_filestat_get", 3, 1, guest->put(path), path.size(), guest->room(64)),
            Errno::notcapable)
            << path;
        EXPECT_EQ((*guest)("path_filestat_set_times", 3, 1, guest->put(path), path.size(), 0, 1,
                           fstflags::mtim),
                  Errno::notcapable)
            << path;
        EXPECT_EQ((*guest)("path_link", 3, 1, guest->put(path), path.size(), 3, guest->put("x"), 1),
                  Errno::notcapable)
            << path;
    }
    expect_outside_untouched();
}

TEST_F(WasiEscape, names_made_through_links_that_lead_out_are_refused) {
    dir.link("../outside", "root/outdir");
    for (const auto& [what, error] : everything("outdir/new"))
        EXPECT_EQ(error, Errno::notcapable) << what;
    for (const auto& [what, error] : everything("outdir/secret"))
        EXPECT_EQ(error, Errno::notcapable) << what;
    expect_outside_untouched();
}

TEST_F(WasiEscape, the_depth_is_the_depth_really_reached) {
    // "here" is no level down and "shallow" ends one level down, so ".." counts from there.
    dir.link(".", "root/here");
    dir.link("sub/deep/..", "root/shallow");
    dir.link("sub/deep", "root/deep-link");
    EXPECT_EQ(open("here/../outside/secret"), Errno::notcapable);
    EXPECT_EQ(open("here/here/here/../outside/secret"), Errno::notcapable);
    EXPECT_EQ(open("shallow/../../outside/secret"), Errno::notcapable);
    EXPECT_EQ(content("shallow/file"), "in sub");
    EXPECT_EQ(content("shallow/../file"), "inside");
    EXPECT_EQ(content("deep-link/../file"), "in sub") << "'..' of the target, not of the link";
    EXPECT_EQ(open("deep-link/../../../outside/secret"), Errno::notcapable);
    EXPECT_EQ(content("here/file"), "inside");
}

TEST_F(WasiEscape, links_are_followed_inside) {
    dir.link("../file", "root/sub/up-and-in");
    dir.link("sub/file", "root/down");
    dir.link("sub", "root/subdir");
    dir.link("sub/", "root/subdir-slash");
    dir.link("none", "root/dangling");
    EXPECT_EQ(content("sub/up-and-in"), "inside");
    EXPECT_EQ(content("down"), "in sub");
    EXPECT_EQ(content("subdir/file"), "in sub");
    EXPECT_EQ(content("subdir-slash/file"), "in sub");
    EXPECT_EQ(open("down/"), Errno::notdir);
    EXPECT_EQ(open("subdir/", 0), Errno::success) << "the slash asks for the directory";
    EXPECT_EQ(open("subdir", 0), Errno::loop);
    EXPECT_EQ(open("dangling"), Errno::noent);
    EXPECT_EQ(open("dangling/"), Errno::noent);
    EXPECT_EQ(guest->open("dangling", Guest::kReadWrite, oflags::creat).error, Errno::success);
    EXPECT_TRUE(dir.has("root/none")) << "created where the link leads";
}

TEST_F(WasiEscape, loops_and_long_chains_end) {
    dir.link("loop", "root/loop");
    dir.link("ping", "root/pong");
    dir.link("pong", "root/ping");
    dir.link("loop/x", "root/grows");
    dir.link("grows/../grows", "root/grows2");
    for (const std::string_view path : {"loop", "ping", "loop/x", "ping/", "grows", "grows2"})
        EXPECT_EQ(open(path), Errno::loop) << path;
    dir.write("root/chain0", "end");
    for (int i = 1; i <= 41; ++i)
        dir.link("chain" + std::to_string(i - 1), "root/chain" + std::to_string(i));
    EXPECT_EQ(content("chain40"), "end");
    EXPECT_EQ(open("chain41"), Errno::loop);
}

TEST_F(WasiEscape, deep_paths_need_few_descriptors) {
    std::string path;
    for (int i = 0; i < 600; ++i) path += "d/";
    for (int i = 0; i < 600; ++i) {
        const std::string part = path.substr(0, static_cast<std::size_t>(i) * 2 + 1);
        ASSERT_EQ(guest->on_path("path_create_directory", part), Errno::success) << i;
    }
    const auto open_in_host = [] {
        return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
    };
    const auto before = open_in_host();
    EXPECT_EQ(open(path), Errno::success);
    std::string there_and_back = path;
    for (int i = 0; i < 600; ++i) there_and_back += "../";
    EXPECT_EQ(content(there_and_back + "file"), "inside");
    EXPECT_EQ(open(there_and_back + "../outside/secret"), Errno::notcapable);
    EXPECT_EQ(open_in_host(), before + 2);  // the two that were opened
    // Too deep for the clean-up of the standard library on a small stack.
    std::string shell = "rm -rf '" + (dir / "root/d").string() + "'";
    EXPECT_EQ(::system(shell.c_str()), 0);
}

TEST_F(WasiEscape, names_of_any_bytes_are_names) {
    dir.write("root/\xff\xfe", "bytes");
    EXPECT_EQ(content("\xff\xfe"), "bytes");
    EXPECT_EQ(content("..."), "(error)");
    EXPECT_EQ(open("..\\outside"), Errno::noent);
}

TEST_F(WasiEscape, magic_links_of_proc_lead_nowhere) {
    if (!fs::exists("/proc/self/fd")) return;
    const int secret = ::open((dir / "outside/secret").c_str(), O_RDONLY);
    ASSERT_GE(secret, 0);
    Guest proc(WasiConfig{}.preopen("/proc/self", "/"));
    EXPECT_EQ(proc.open("fd/" + std::to_string(secret)).error, Errno::notcapable);
    EXPECT_EQ(proc.open("root/etc").error, Errno::notcapable);
    EXPECT_EQ(proc.open("cwd/").error, Errno::notcapable);
    ::close(secret);
}

/// A second thread swaps a directory for a link that leads out, as fast as it can, while the guest
/// uses the path in every way. Whatever the order, nothing outside is seen or changed.
TEST_F(WasiEscape, a_race_with_a_swapped_link_never_leads_out) {
    dir.mkdir("root/swap");
    dir.write("root/swap/secret", "inside");
    dir.link("../outside", "root/evil");
    dir.write("root/leaf", "inside");
    dir.link("../outside/secret", "root/evil-leaf");
    std::atomic<bool> stop{false};
    std::thread swapper([&] {
        const std::string a = dir / "root/swap";
        const std::string b = dir / "root/evil";
        const std::string c = dir / "root/third";
        const std::string leaf = dir / "root/leaf";
        const std::string evil_leaf = dir / "root/evil-leaf";
        while (!stop) {
            ::rename(a.c_str(), c.c_str());
            ::rename(b.c_str(), a.c_str());
            ::rename(c.c_str(), b.c_str());
            ::rename(leaf.c_str(), c.c_str());
            ::rename(evil_leaf.c_str(), leaf.c_str());
            ::rename(c.c_str(), evil_leaf.c_str());
        }
    });
    u64 opened = 0;
    for (int i = 0; i < 500; ++i) {
        Guest g(WasiConfig{}.preopen(dir / "root", "/"));
        for (const std::string_view path :
             {"swap/secret", "swap/../swap/secret", "swap/./secret", "leaf"}) {
            const auto file = g.open(path);
            if (file.error == Errno::success) {
                ++opened;
                EXPECT_EQ(g.read(file.fd), "inside");
            }
            const auto written = g.open(path, Guest::kReadWrite, oflags::trunc);
            if (written.error == Errno::success) {
                EXPECT_EQ(g.write(written.fd, "inside"), Errno::success);
            }
            (void)g("path_filestat_set_times", 3, 1, g.put(path), path.size(), 0, 1,
                    fstflags::mtim);
        }
        (void)g.open("swap/new", Guest::kReadWrite, oflags::creat);
        (void)g.on_path("path_create_directory", "swap/newdir");
        (void)g("path_rename", 3, g.put("file"), 4, 3, g.put("swap/file"), 9);
        (void)g("path_rename", 3, g.put("swap/file"), 9, 3, g.put("file"), 4);
        (void)g("path_link", 3, 0, g.put("file"), 4, 3, g.put("swap/link"), 9);
        (void)g("path_symlink", g.put("x"), 1, 3, g.put("swap/sym"), 8);
        (void)g.on_path("path_unlink_file", "swap/link");
        if (HasFailure()) break;
    }
    stop = true;
    swapper.join();
    EXPECT_GT(opened, 0u) << "the race must sometimes be won by the guest, else it tests nothing";
    expect_outside_untouched();
}

}  // namespace
}  // namespace wasmi::wasi::test
