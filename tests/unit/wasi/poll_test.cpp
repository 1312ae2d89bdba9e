// Tests of src/wasi/abi/poll.cpp and src/wasi/vfs/poll.cpp.
#include "tests/unit/wasi/guest.hpp"

#include <thread>

#include <sys/resource.h>
#include <unistd.h>

namespace wasmi::wasi::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr u64 kMilli = 1'000'000;

struct Sub {
    u64 userdata = 0;
    u8 type = 0;  // 0 clock, 1 read, 2 write
    u32 id_or_fd = 0;
    u64 timeout = 0;
    u16 flags = 0;
};
struct Got {
    u64 userdata;
    u16 error;
    u8 type;
    u64 nbytes;
    u16 flags;
};

class Pipe {
  public:
    Pipe() { EXPECT_EQ(::pipe(fds), 0); }
    ~Pipe() {
        ::close(fds[0]);
        if (fds[1] >= 0) ::close(fds[1]);
    }
    int fds[2];
};

Errno poll(Guest& guest, const std::vector<Sub>& subs, std::vector<Got>& got) {
    const auto n = static_cast<u32>(subs.size());
    const u32 in = guest.room(n * 48);
    for (u32 i = 0; i < n; ++i) {
        const u32 at = in + i * 48;
        std::fill_n(guest.memory().begin() + at, 48, std::byte{0xEE});  // padding is not looked at
        guest.set<u64>(at, subs[i].userdata);
        guest.set<u8>(at + 8, subs[i].type);
        guest.set<u32>(at + 16, subs[i].id_or_fd);
        guest.set<u64>(at + 24, subs[i].timeout);
        guest.set<u64>(at + 32, 0);
        guest.set<u16>(at + 40, subs[i].flags);
    }
    const u32 out = guest.room(n * 32);
    const u32 result = guest.room(4);
    const Errno e = guest("poll_oneoff", in, out, n, result);
    got.clear();
    if (e != Errno::success) return e;
    for (u32 i = 0; i < guest.get<u32>(result); ++i) {
        const u32 at = out + i * 32;
        got.push_back({guest.get<u64>(at), guest.get<u16>(at + 8), guest.get<u8>(at + 10),
                       guest.get<u64>(at + 16), guest.get<u16>(at + 24)});
    }
    return e;
}

TEST(WasiPoll, a_relative_timeout_is_waited_for_and_not_shorter) {
    Guest guest;
    std::vector<Got> got;
    for (const u32 clock : {0u, 1u}) {
        const auto begin = Clock::now();
        ASSERT_EQ(poll(guest, {{42, 0, clock, 20 * kMilli}}, got), Errno::success);
        EXPECT_GE(Clock::now() - begin, 20ms);
        ASSERT_EQ(got.size(), 1u);
        EXPECT_EQ(got[0].userdata, 42u);
        EXPECT_EQ(got[0].error, 0u);
        EXPECT_EQ(got[0].type, 0u);
    }
}

TEST(WasiPoll, an_absolute_timeout_is_waited_for) {
    Guest guest;
    std::vector<Got> got;
    for (const u32 clock : {0u, 1u}) {
        const u32 now = guest.room(8);
        ASSERT_EQ(guest("clock_time_get", clock, 0, now), Errno::success);
        const u64 until = guest.get<u64>(now) + 20 * kMilli;
        ASSERT_EQ(poll(guest, {{1, 0, clock, until, 1}}, got), Errno::success);
        ASSERT_EQ(guest("clock_time_get", clock, 0, now), Errno::success);
        EXPECT_GE(guest.get<u64>(now), until);
        ASSERT_EQ(got.size(), 1u);
        // What has passed is due at once.
        ASSERT_EQ(poll(guest, {{1, 0, clock, 5, 1}}, got), Errno::success);
        EXPECT_EQ(got.size(), 1u);
    }
}

TEST(WasiPoll, waiting_costs_no_processor_time) {
    Guest guest;
    std::vector<Got> got;
    const auto used = [] {
        struct rusage u = {};
        ::getrusage(RUSAGE_THREAD, &u);
        return u.ru_nvcsw;
    };
    const auto before = used();
    ASSERT_EQ(poll(guest, {{1, 0, 1, 100 * kMilli}}, got), Errno::success);
    EXPECT_LE(used() - before, 5) << "one sleep, not many";
}

TEST(WasiPoll, the_nearest_of_several_clocks_ends_the_wait) {
    Guest guest;
    std::vector<Got> got;
    ASSERT_EQ(
        poll(guest, {{1, 0, 1, 3600'000 * kMilli}, {2, 0, 1, 5 * kMilli}, {3, 0, 1, ~u64{0}}}, got),
        Errno::success);
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].userdata, 2u);
    ASSERT_EQ(poll(guest, {{1, 0, 1, 0}, {2, 0, 0, 0}, {3, 0, 1, 3600'000 * kMilli}}, got),
              Errno::success);
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].userdata, 1u);
    EXPECT_EQ(got[1].userdata, 2u);
}

TEST(WasiPoll, bad_subscriptions_are_events) {
    Guest guest;
    std::vector<Got> got;
    ASSERT_EQ(
        poll(guest, {{1, 9}, {2, 0, 9, 0}, {3, 0, 1, 0, 2}, {4, 0, 2, 0}, {5, 1, 77}, {6, 2, 0}},
             got),
        Errno::success);
    ASSERT_EQ(got.size(), 6u);
    const Errno expected[] = {Errno::inval,  Errno::inval, Errno::inval,
                              Errno::notsup, Errno::badf,  Errno::notcapable};
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_EQ(got[i].userdata, i + 1);
        EXPECT_EQ(static_cast<Errno>(got[i].error), expected[i]) << i;
    }
}

TEST(WasiPoll, arguments_are_checked) {
    Guest guest;
    EXPECT_EQ(guest("poll_oneoff", guest.room(48), guest.room(32), 0, guest.room(4)), Errno::inval);
    EXPECT_EQ(guest("poll_oneoff", guest.room(48), guest.room(32), ~0u, guest.room(4)),
              Errno::inval);
    EXPECT_EQ(guest("poll_oneoff", guest.room(48), guest.room(32), 60'000, guest.room(4)),
              Errno::fault);
    EXPECT_EQ(guest("poll_oneoff", Guest::kSize - 47, guest.room(32), 1, guest.room(4)),
              Errno::fault);
    EXPECT_EQ(guest("poll_oneoff", guest.room(48), Guest::kSize - 31, 1, guest.room(4)),
              Errno::fault);
    EXPECT_EQ(guest("poll_oneoff", guest.room(48), guest.room(32), 1, kBadAddress), Errno::fault);
}

TEST(WasiPoll, the_arrays_may_overlap) {
    Guest guest;
    const u32 both = guest.room(96);
    for (u32 i = 0; i < 2; ++i) {
        std::fill_n(guest.memory().begin() + both + i * 48, 48, std::byte{0});
        guest.set<u64>(both + i * 48, 10 + i);
        guest.set<u32>(both + i * 48 + 16, 1);
    }
    const u32 result = guest.room(4);
    ASSERT_EQ(guest("poll_oneoff", both, both, 2, result), Errno::success);
    EXPECT_EQ(guest.get<u32>(result), 2u);
    EXPECT_EQ(guest.get<u64>(both), 10u);
    EXPECT_EQ(guest.get<u64>(both + 32), 11u);
}

TEST(WasiPoll, a_pipe_becomes_readable) {
    Pipe pipe;
    Guest guest(WasiConfig{}.stdin_fd(pipe.fds[0]));
    std::vector<Got> got;
    ASSERT_EQ(poll(guest, {{1, 1, 0}, {2, 0, 1, 2 * kMilli}}, got), Errno::success);
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].userdata, 2u) << "nothing to read: the clock";
    std::thread writer([&] {
        std::this_thread::sleep_for(5ms);
        EXPECT_EQ(::write(pipe.fds[1], "12345", 5), 5);
    });
    ASSERT_EQ(poll(guest, {{1, 1, 0}, {2, 0, 1, 3600'000 * kMilli}}, got), Errno::success);
    writer.join();
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].userdata, 1u);
    EXPECT_EQ(got[0].type, 1u);
    EXPECT_EQ(got[0].nbytes, 5u);
    EXPECT_EQ(got[0].flags, 0u);
    ::close(pipe.fds[1]);
    pipe.fds[1] = -1;
    ASSERT_EQ(poll(guest, {{1, 1, 0}}, got), Errno::success);
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].flags, 1u) << "hang-up";
}

TEST(WasiPoll, the_same_descriptor_may_occur_often) {
    Pipe pipe;
    Guest guest(WasiConfig{}.stdout_fd(pipe.fds[1]));
    std::vector<Sub> subs(5000, Sub{7, 2, 1});
    std::vector<Got> got;
    ASSERT_EQ(poll(guest, subs, got), Errno::success);
    EXPECT_EQ(got.size(), subs.size());
}

TEST(WasiPoll, files_and_memory_are_always_ready) {
    TempDir dir;
    dir.write("file", "0123456789");
    Guest guest(WasiConfig{}.preopen(dir.path(), "/").stdin_from("abc"));
    const u32 fd = guest.open("file", Guest::kReadWrite).fd;
    EXPECT_EQ(guest.read(fd, 4), "0123");
    std::vector<Got> got;
    ASSERT_EQ(poll(guest, {{1, 1, fd}, {2, 2, fd}, {3, 1, 0}, {4, 2, 1}, {5, 0, 1, ~u64{0}}}, got),
              Errno::success);
    ASSERT_EQ(got.size(), 4u);
    EXPECT_EQ(got[0].nbytes, 6u);
    EXPECT_EQ(got[2].nbytes, 3u);
}

TEST(WasiPoll, the_deadline_of_the_store_ends_the_wait) {
    Pipe pipe;
    Guest guest(WasiConfig{}.stdin_fd(pipe.fds[0]));
    std::vector<Got> got;
    guest.deadline = Clock::now() + 10ms;
    EXPECT_EQ(poll(guest, {{1, 0, 1, 3600'000 * kMilli}}, got), Errno::deadline_);
    EXPECT_GE(Clock::now(), *guest.deadline);
    EXPECT_EQ(poll(guest, {{1, 1, 0}}, got), Errno::deadline_);
    guest.deadline = Clock::now() + 1h;
    EXPECT_EQ(poll(guest, {{1, 0, 1, kMilli}}, got), Errno::success);
}

TEST(WasiPoll, a_fixed_clock_takes_no_time) {
    Guest guest(WasiConfig{}.fixed_clock(1'000'000, 1));
    std::vector<Got> got;
    const auto begin = Clock::now();
    ASSERT_EQ(poll(guest, {{1, 0, 1, 86'400'000 * kMilli}, {2, 0, 1, 3600'000 * kMilli}}, got),
              Errno::success);
    EXPECT_LT(Clock::now() - begin, 30min);
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].userdata, 2u);
    const u32 now = guest.room(8);
    ASSERT_EQ(guest("clock_time_get", 1, 0, now), Errno::success);
    EXPECT_EQ(guest.get<u64>(now), 1'000'000u + 3600'000 * kMilli);
}

TEST(WasiPoll, a_fixed_clock_lets_what_is_ready_go_first) {
    Pipe pipe;
    Guest guest(WasiConfig{}.fixed_clock(0).stdin_fd(pipe.fds[0]));
    ASSERT_EQ(::write(pipe.fds[1], "x", 1), 1);
    std::vector<Got> got;
    ASSERT_EQ(poll(guest, {{1, 0, 1, 50}, {2, 1, 0}}, got), Errno::success);
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].userdata, 2u);
}

}  // namespace
}  // namespace wasmi::wasi::test
