// Tests of src/wasi/abi/process.cpp and src/wasi/abi/table.cpp.
#include "tests/unit/wasi/guest.hpp"

#include <set>

namespace wasmi::wasi::test {
namespace {

TEST(WasiProcess, arguments_are_written_one_after_the_other) {
    Guest guest(WasiConfig{}.args({"app", "", "two words"}));
    const u32 count = guest.room(4);
    const u32 size = guest.room(4);
    ASSERT_EQ(guest("args_sizes_get", count, size), Errno::success);
    EXPECT_EQ(guest.get<u32>(count), 3u);
    ASSERT_EQ(guest.get<u32>(size), 4u + 1 + 10);
    const u32 argv = guest.room(12);
    const u32 buffer = guest.room(15);
    ASSERT_EQ(guest("args_get", argv, buffer), Errno::success);
    EXPECT_EQ(guest.text(buffer, 15), std::string("app\0\0two words\0", 15));
    EXPECT_EQ(guest.get<u32>(argv), buffer);
    EXPECT_EQ(guest.get<u32>(argv + 4), buffer + 4);
    EXPECT_EQ(guest.get<u32>(argv + 8), buffer + 5);
}

TEST(WasiProcess, no_arguments_need_no_memory) {
    Guest guest;
    const u32 count = guest.room(4);
    const u32 size = guest.room(4);
    ASSERT_EQ(guest("args_sizes_get", count, size), Errno::success);
    EXPECT_EQ(guest.get<u32>(count), 0u);
    EXPECT_EQ(guest.get<u32>(size), 0u);
    EXPECT_EQ(guest("args_get", 0, 0), Errno::success);
}

TEST(WasiProcess, arguments_outside_of_memory_fault) {
    Guest guest(WasiConfig{}.args({"app"}));
    EXPECT_EQ(guest("args_sizes_get", Guest::kSize - 3, guest.room(4)), Errno::fault);
    EXPECT_EQ(guest("args_sizes_get", guest.room(4), Guest::kSize), Errno::fault);
    EXPECT_EQ(guest("args_get", kBadAddress, guest.room(4)), Errno::fault);
    EXPECT_EQ(guest("args_get", guest.room(4), Guest::kSize - 3), Errno::fault);
}

TEST(WasiProcess, a_later_variable_of_the_same_name_replaces) {
    Guest guest(WasiConfig{}.env("A", "1").env("AB", "2").env("A", "3"));
    const u32 count = guest.room(4);
    const u32 size = guest.room(4);
    ASSERT_EQ(guest("environ_sizes_get", count, size), Errno::success);
    EXPECT_EQ(guest.get<u32>(count), 2u);
    ASSERT_EQ(guest.get<u32>(size), 4u + 5);
    const u32 pointers = guest.room(8);
    const u32 buffer = guest.room(9);
    ASSERT_EQ(guest("environ_get", pointers, buffer), Errno::success);
    EXPECT_EQ(guest.text(buffer, 9), std::string("A=3\0AB=2\0", 9));
}

TEST(WasiProcess, inherited_variables_are_those_of_the_host) {
    ::setenv("WASMI_TEST_VARIABLE", "x=y", 1);
    const WasiConfig config = WasiConfig{}.inherit_env();
    EXPECT_TRUE(std::count(config.get_env().begin(), config.get_env().end(),
                           "WASMI_TEST_VARIABLE=x=y") == 1);
}

TEST(WasiProcess, a_variable_with_nul_is_refused) {
    const auto env = Env::create(WasiConfig{}.args({std::string("a\0b", 3)}));
    ASSERT_FALSE(env);
    EXPECT_EQ(env.error().kind(), ErrorKind::api_misuse);
}

TEST(WasiProcess, exit_ends_the_call_with_the_code) {
    Guest guest;
    EXPECT_EQ(guest("proc_exit", 300), Errno::exit_);
    EXPECT_EQ(guest.exit_code, 300u);
}

TEST(WasiProcess, raise_does_what_the_signal_does_by_default) {
    Guest guest;
    EXPECT_EQ(guest("proc_raise", 0), Errno::success);
    EXPECT_EQ(guest("proc_raise", 16), Errno::success);  // a child ended: ignored
    EXPECT_EQ(guest("proc_raise", 6), Errno::exit_);     // abort
    EXPECT_EQ(guest.exit_code, 134u);
    EXPECT_EQ(guest("proc_raise", 15), Errno::exit_);
    EXPECT_EQ(guest.exit_code, 143u);
    EXPECT_EQ(guest("proc_raise", 18), Errno::notsup);  // stop
    EXPECT_EQ(guest("proc_raise", 31), Errno::inval);
    EXPECT_EQ(guest("proc_raise", ~0u), Errno::inval);
}

TEST(WasiProcess, yield_succeeds) {
    Guest guest;
    EXPECT_EQ(guest("sched_yield"), Errno::success);
}

TEST(WasiProcess, randomness_fills_exactly_the_buffer) {
    Guest guest;
    const u32 buffer = guest.room(100'000);
    ASSERT_EQ(guest("random_get", buffer, 100'000), Errno::success);
    const std::string bytes = guest.text(buffer, 100'000);
    EXPECT_EQ(std::set<char>(bytes.begin(), bytes.end()).size(), 256u);
    EXPECT_EQ(guest("random_get", buffer, 0), Errno::success);
    EXPECT_EQ(guest("random_get", Guest::kSize, 0), Errno::success);
    EXPECT_EQ(guest("random_get", Guest::kSize, 1), Errno::fault);
    EXPECT_EQ(guest("random_get", buffer, ~0u), Errno::fault);
}

TEST(WasiProcess, seeded_randomness_repeats) {
    Guest a(WasiConfig{}.random_seed(7));
    Guest b(WasiConfig{}.random_seed(7));
    Guest c(WasiConfig{}.random_seed(8));
    std::string bytes[3];
    Guest* guests[] = {&a, &b, &c};
    for (int i = 0; i < 3; ++i) {
        const u32 buffer = guests[i]->room(33);
        ASSERT_EQ((*guests[i])("random_get", buffer, 33), Errno::success);
        bytes[i] = guests[i]->text(buffer, 33);
    }
    EXPECT_EQ(bytes[0], bytes[1]);
    EXPECT_NE(bytes[0], bytes[2]);
}

TEST(WasiTable, has_each_function_once_and_in_order) {
    std::vector<std::string_view> names;
    for (const Function& f : functions()) names.push_back(f.name);
    EXPECT_EQ(names.size(), 46u);
    EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST(WasiTable, only_proc_exit_returns_nothing) {
    for (const Function& f : functions()) EXPECT_EQ(f.returns, f.name != "proc_exit") << f.name;
}

TEST(WasiTable, no_function_answers_nosys) {
    TempDir dir;
    for (const Function& f : functions()) {
        Guest guest(WasiConfig{}.preopen(dir.path(), "/"));
        const u64 slots[16] = {};
        Call call{guest.env(), GuestMemory(guest.memory()), {}};
        EXPECT_NE(f.invoke(call, slots), Errno::nosys) << f.name;
        guest.memory().assign(guest.memory().size(), Guest::kGuard);
    }
}

}  // namespace
}  // namespace wasmi::wasi::test
