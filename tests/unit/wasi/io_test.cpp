// Tests of src/wasi/abi/io.cpp and src/wasi/abi/guest_memory.cpp.
#include "tests/unit/wasi/guest.hpp"

#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wasmi::wasi::test {
namespace {

using namespace std::chrono_literals;

TEST(WasiIo, output_goes_to_the_string_of_the_host) {
    std::string out;
    std::string err;
    Guest guest(WasiConfig{}.stdout_to(out).stderr_to(err));
    const u32 vectors = guest.put_vectors({{guest.put("one "), 4}, {0, 0}, {guest.put("two"), 3}});
    const u32 result = guest.room(4);
    ASSERT_EQ(guest("fd_write", 1, vectors, 3, result), Errno::success);
    EXPECT_EQ(guest.get<u32>(result), 7u);
    EXPECT_EQ(guest.write(2, "bad"), Errno::success);
    EXPECT_EQ(out, "one two");
    EXPECT_EQ(err, "bad");
}

TEST(WasiIo, output_beyond_the_maximum_is_a_full_disk) {
    std::string out;
    Guest guest(WasiConfig{}.stdout_to(out, 5));
    const u32 result = guest.room(4);
    ASSERT_EQ(guest("fd_write", 1, guest.put_vectors({{guest.put("1234567"), 7}}), 1, result),
              Errno::success);
    EXPECT_EQ(guest.get<u32>(result), 5u);
    EXPECT_EQ(guest.write(1, "8"), Errno::nospc);
    EXPECT_EQ(out, "12345");
}

TEST(WasiIo, without_a_stream_input_is_empty_and_output_is_dropped) {
    Guest guest;
    EXPECT_EQ(guest.read(0), "");
    EXPECT_EQ(guest.write(1, "gone"), Errno::success);
    EXPECT_EQ(guest("fd_read", 1, guest.put_vectors({}), 0, guest.room(4)), Errno::notcapable);
    EXPECT_EQ(guest("fd_write", 0, guest.put_vectors({}), 0, guest.room(4)), Errno::notcapable);
}

TEST(WasiIo, input_comes_from_the_bytes_of_the_host) {
    Guest guest(WasiConfig{}.stdin_from("hello world"));
    const u32 a = guest.room(3);
    const u32 b = guest.room(4);
    const u32 result = guest.room(4);
    ASSERT_EQ(guest("fd_read", 0, guest.put_vectors({{a, 3}, {b, 4}}), 2, result), Errno::success);
    EXPECT_EQ(guest.get<u32>(result), 7u);
    EXPECT_EQ(guest.text(a, 3) + guest.text(b, 4), "hello w");
    EXPECT_EQ(guest.read(0), "orld");
    EXPECT_EQ(guest.read(0), "");
}

TEST(WasiIo, files_are_read_and_written_at_positions) {
    TempDir dir;
    dir.write("file", "0123456789");
    Guest guest(WasiConfig{}.preopen(dir.path(), "/"));
    const u32 fd = guest.open("file", Guest::kReadWrite).fd;
    const u32 buffer = guest.room(4);
    const u32 result = guest.room(4);
    ASSERT_EQ(guest("fd_pread", fd, guest.put_vectors({{buffer, 4}}), 1, 8, result),
              Errno::success);
    EXPECT_EQ(guest.get<u32>(result), 2u);
    EXPECT_EQ(guest.text(buffer, 2), "89");
    ASSERT_EQ(guest("fd_pwrite", fd, guest.put_vectors({{guest.put("AB"), 2}}), 1, 3, result),
              Errno::success);
    EXPECT_EQ(guest.read(fd), "012AB56789") << "the position has not moved";
    EXPECT_EQ(guest("fd_pread", fd, guest.put_vectors({{buffer, 4}}), 1, ~u64{0}, result),
              Errno::inval);
    EXPECT_EQ(guest("fd_pread", 0, guest.put_vectors({{buffer, 4}}), 1, 0, result), Errno::spipe);
    EXPECT_EQ(guest("fd_pwrite", 1, guest.put_vectors({{buffer, 4}}), 1, 0, result), Errno::spipe);
}

TEST(WasiIo, directories_are_not_files) {
    TempDir dir;
    Guest guest(WasiConfig{}.preopen(dir.path(), "/"));
    const u32 vectors = guest.put_vectors({{guest.room(4), 4}});
    EXPECT_EQ(guest("fd_read", 3, vectors, 1, guest.room(4)), Errno::isdir);
    EXPECT_EQ(guest("fd_write", 3, vectors, 1, guest.room(4)), Errno::isdir);
    EXPECT_EQ(guest("fd_pread", 3, vectors, 1, 0, guest.room(4)), Errno::isdir);
    EXPECT_EQ(guest("fd_pwrite", 3, vectors, 1, 0, guest.room(4)), Errno::isdir);
    EXPECT_EQ(guest("fd_read", 9, vectors, 1, guest.room(4)), Errno::badf);
}

TEST(WasiIo, a_bad_address_anywhere_is_found_before_anything_happens) {
    std::string out;
    Guest guest(WasiConfig{}.stdout_to(out));
    const u32 text = guest.put("text");
    const u32 good = guest.put_vectors({{text, 4}});
    EXPECT_EQ(guest("fd_write", 1, good, 1, Guest::kSize - 3), Errno::fault);
    EXPECT_EQ(guest("fd_write", 1, good, 1, ~0u), Errno::fault);
    EXPECT_EQ(guest("fd_write", 1, Guest::kSize - 4, 1, guest.room(4)), Errno::fault);
    const u32 second_bad = guest.put_vectors({{text, 4}, {Guest::kSize - 3, 4}});
    EXPECT_EQ(guest("fd_write", 1, second_bad, 2, guest.room(4)), Errno::fault);
    const u32 wraps = guest.put_vectors({{text, 4}, {text, 0u - text}});
    EXPECT_EQ(guest("fd_write", 1, wraps, 2, guest.room(4)), Errno::fault);
    EXPECT_EQ(out, "");
}

TEST(WasiIo, counts_and_sums_that_overflow_are_refused) {
    std::string out;
    Guest guest(WasiConfig{}.stdout_to(out));
    EXPECT_EQ(guest("fd_write", 1, guest.room(8), 0x2000'0001u, guest.room(4)), Errno::fault);
    EXPECT_EQ(guest("fd_write", 1, guest.room(8), ~0u, guest.room(4)), Errno::fault);
    // 4097 times the whole memory is more than 32 bits can say.
    const u32 vectors = guest.room(4097 * 8);
    for (u32 i = 0; i < 4097; ++i) {
        guest.set<u32>(vectors + i * 8, 0);
        guest.set<u32>(vectors + i * 8 + 4, Guest::kSize);
    }
    EXPECT_EQ(guest("fd_write", 1, vectors, 4097, guest.room(4)), Errno::inval);
    EXPECT_EQ(out, "");
}

TEST(WasiIo, many_buffers_are_a_short_write) {
    TempDir dir;
    Guest guest(WasiConfig{}.preopen(dir.path(), "/"));
    const u32 fd = guest.open("file", Guest::kReadWrite, oflags::creat).fd;
    const u32 byte = guest.put("x");
    const u32 vectors = guest.room(3000 * 8);
    for (u32 i = 0; i < 3000; ++i) {
        guest.set<u32>(vectors + i * 8, byte);
        guest.set<u32>(vectors + i * 8 + 4, i < 2000 ? 0 : 1);  // empty ones first
    }
    const u32 result = guest.room(4);
    ASSERT_EQ(guest("fd_write", fd, vectors, 3000, result), Errno::success);
    EXPECT_EQ(guest.get<u32>(result), 1000u);
    EXPECT_EQ(dir.read("file").size(), 1000u);
}

TEST(WasiIo, reading_ends_at_the_deadline_of_the_store) {
    int pipe_fds[2];
    ASSERT_EQ(::pipe(pipe_fds), 0);
    Guest guest(WasiConfig{}.stdin_fd(pipe_fds[0]));
    guest.deadline = std::chrono::steady_clock::now() + 20ms;
    EXPECT_EQ(guest("fd_read", 0, guest.put_vectors({{guest.room(4), 4}}), 1, guest.room(4)),
              Errno::deadline_);
    EXPECT_GE(std::chrono::steady_clock::now(), *guest.deadline);
    guest.deadline = std::chrono::steady_clock::now() + 1h;
    ASSERT_EQ(::write(pipe_fds[1], "in", 2), 2);
    EXPECT_EQ(guest.read(0), "in");
    ::close(pipe_fds[0]);
    ::close(pipe_fds[1]);
}

TEST(WasiIo, writing_ends_at_the_deadline_of_the_store) {
    int pipe_fds[2];
    ASSERT_EQ(::pipe(pipe_fds), 0);
    Guest guest(WasiConfig{}.stdout_fd(pipe_fds[1]));
    guest.deadline = std::chrono::steady_clock::now() + 50ms;
    const u32 buffer = guest.room(500'000);
    const u32 vectors = guest.put_vectors({{buffer, 500'000}});
    Errno e = Errno::success;
    for (int i = 0; i < 1000 && e == Errno::success; ++i) {
        e = guest("fd_write", 1, vectors, 1, guest.room(4));
    }
    EXPECT_EQ(e, Errno::deadline_);
    ::close(pipe_fds[0]);
    ::close(pipe_fds[1]);
}

TEST(WasiIo, a_host_file_that_does_not_wait_is_waited_for) {
    int pipe_fds[2];
    ASSERT_EQ(::pipe2(pipe_fds, O_NONBLOCK), 0);
    Guest guest(WasiConfig{}.stdin_fd(pipe_fds[0]));
    std::thread writer([&] {
        std::this_thread::sleep_for(5ms);
        EXPECT_EQ(::write(pipe_fds[1], "late", 4), 4);
    });
    EXPECT_EQ(guest.read(0), "late");
    writer.join();
    ::close(pipe_fds[0]);
    ::close(pipe_fds[1]);
}

TEST(WasiIo, opening_a_fifo_does_not_wait) {
    TempDir dir;
    ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
    Guest guest(WasiConfig{}.preopen(dir.path(), "/"));
    EXPECT_EQ(guest.open("fifo").error, Errno::success);
    // Reading it waits for ever, so the deadline must work here too.
    guest.deadline = std::chrono::steady_clock::now() + 20ms;
    const Guest::Opened both = guest.open("fifo", Guest::kReadWrite);
    ASSERT_EQ(both.error, Errno::success);
    EXPECT_EQ(guest("fd_read", both.fd, guest.put_vectors({{guest.room(4), 4}}), 1, guest.room(4)),
              Errno::deadline_);
}

TEST(GuestMemory, ranges_do_not_wrap) {
    std::vector<std::byte> bytes(100);
    const GuestMemory memory(bytes);
    EXPECT_TRUE(memory.contains(0, 100));
    EXPECT_TRUE(memory.contains(100, 0));
    EXPECT_FALSE(memory.contains(101, 0));
    EXPECT_FALSE(memory.contains(50, 51));
    EXPECT_FALSE(memory.contains(50, ~u64{0}));
    EXPECT_FALSE(memory.contains(~0u, 2));
    EXPECT_EQ(memory.range(99, 2).error(), Errno::fault);
    EXPECT_EQ(memory.put<u32>(97, 1), Errno::fault);
}

TEST(GuestMemory, numbers_are_little_endian_and_unaligned) {
    std::vector<std::byte> bytes(16);
    const GuestMemory memory(bytes);
    ASSERT_EQ(memory.put<u32>(1, 0x04030201u), Errno::success);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(bytes[1 + i], static_cast<std::byte>(i + 1));
    EXPECT_EQ(memory.load<u32>(1), 0x04030201u);
    EXPECT_EQ(memory.load<u16>(2), 0x0302u);
}

}  // namespace
}  // namespace wasmi::wasi::test
