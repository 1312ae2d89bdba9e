// Tests of src/wasi/abi/clock.cpp and of the clocks of src/wasi/env.cpp.
#include "tests/unit/wasi/guest.hpp"

#include <ctime>

namespace wasmi::wasi::test {
namespace {

TEST(WasiClock, all_four_clocks_tell_a_time_and_a_resolution) {
    Guest guest;
    for (u32 id = 0; id < 4; ++id) {
        const u32 result = guest.room(8);
        ASSERT_EQ(guest("clock_res_get", id, result), Errno::success);
        EXPECT_GT(guest.get<u64>(result), 0u);
        ASSERT_EQ(guest("clock_time_get", id, 0, result), Errno::success);
        const u64 first = guest.get<u64>(result);
        ASSERT_EQ(guest("clock_time_get", id, 1'000'000, result), Errno::success);
        if (id != 0) {
            EXPECT_LE(first, guest.get<u64>(result));
        }
    }
}

TEST(WasiClock, real_time_is_that_of_the_host) {
    Guest guest;
    const auto before = static_cast<u64>(::time(nullptr));
    const u32 result = guest.room(8);
    ASSERT_EQ(guest("clock_time_get", 0, 0, result), Errno::success);
    const u64 seconds = guest.get<u64>(result) / 1'000'000'000;
    EXPECT_GE(seconds + 1, before);
    EXPECT_LE(seconds, static_cast<u64>(::time(nullptr)) + 1);
}

TEST(WasiClock, unknown_clocks_and_bad_addresses_are_errors) {
    Guest guest;
    EXPECT_EQ(guest("clock_time_get", 4, 0, guest.room(8)), Errno::inval);
    EXPECT_EQ(guest("clock_res_get", ~0u, guest.room(8)), Errno::inval);
    EXPECT_EQ(guest("clock_time_get", 0, 0, Guest::kSize - 7), Errno::fault);
    EXPECT_EQ(guest("clock_res_get", 0, kBadAddress), Errno::fault);
}

TEST(WasiClock, a_fixed_clock_advances_by_its_step) {
    Guest guest(WasiConfig{}.fixed_clock(1000, 5));
    const u32 result = guest.room(8);
    for (const u64 expected : {1000u, 1005u, 1010u}) {
        ASSERT_EQ(guest("clock_time_get", 1, 0, result), Errno::success);
        EXPECT_EQ(guest.get<u64>(result), expected);
    }
    ASSERT_EQ(guest("clock_res_get", 1, result), Errno::success);
    EXPECT_EQ(guest.get<u64>(result), 5u);
}

}  // namespace
}  // namespace wasmi::wasi::test
