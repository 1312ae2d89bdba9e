// Tests of src/wasi/abi/sock.cpp and src/wasi/vfs/sockets.cpp.
#include "tests/unit/wasi/guest.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace wasmi::wasi::test {
namespace {

using namespace std::chrono_literals;

/// A connected pair; the guest has one end as descriptor 3.
class WasiSock : public ::testing::Test {
  protected:
    explicit WasiSock(int type = SOCK_STREAM) {
        EXPECT_EQ(::socketpair(AF_UNIX, type, 0, fds), 0);
        guest = std::make_unique<Guest>(WasiConfig{}.socket(fds[0]));
    }
    ~WasiSock() override {
        ::close(fds[0]);
        if (fds[1] >= 0) ::close(fds[1]);
    }
    Errno receive(u32 size, u32 flags = 0, u32 fd = 3) {
        buffer = guest->room(size);
        count = guest->room(4);
        out_flags = guest->room(2);
        return (*guest)("sock_recv", fd, guest->put_vectors({{buffer, size}}), 1, flags, count,
                        out_flags);
    }
    std::string received() { return guest->text(buffer, guest->get<u32>(count)); }
    Errno send(std::string_view text, u32 flags = 0, u32 fd = 3) {
        return (*guest)("sock_send", fd,
                        guest->put_vectors({{guest->put(text), static_cast<u32>(text.size())}}), 1,
                        flags, guest->room(4));
    }

    int fds[2] = {-1, -1};
    std::unique_ptr<Guest> guest;
    u32 buffer = 0;
    u32 count = 0;
    u32 out_flags = 0;
};
class WasiDatagram : public WasiSock {
  protected:
    WasiDatagram() : WasiSock(SOCK_DGRAM) {}
};

TEST_F(WasiSock, data_is_received_peeked_and_sent) {
    ASSERT_EQ(::write(fds[1], "hello", 5), 5);
    ASSERT_EQ(receive(3, 1), Errno::success);
    EXPECT_EQ(received(), "hel");
    ASSERT_EQ(receive(10), Errno::success);
    EXPECT_EQ(received(), "hello");
    EXPECT_EQ(guest->get<u16>(out_flags), 0u);
    ASSERT_EQ(send("answer"), Errno::success);
    char text[6];
    ASSERT_EQ(::read(fds[1], text, 6), 6);
    EXPECT_EQ(std::string(text, 6), "answer");
}

TEST_F(WasiSock, files_calls_work_too) {
    ASSERT_EQ(::write(fds[1], "hello", 5), 5);
    EXPECT_EQ(guest->read(3), "hello");
    EXPECT_EQ(guest->write(3, "x"), Errno::success);
    const u32 fdstat = guest->room(24);
    ASSERT_EQ((*guest)("fd_fdstat_get", 3, fdstat), Errno::success);
    EXPECT_EQ(guest->get<u8>(fdstat), 6u);  // stream socket
}

TEST_F(WasiDatagram, a_cut_datagram_is_told) {
    ASSERT_EQ(::write(fds[1], "12345", 5), 5);
    ASSERT_EQ(receive(3), Errno::success);
    EXPECT_EQ(received(), "123");
    EXPECT_EQ(guest->get<u16>(out_flags), 1u);
    const u32 fdstat = guest->room(24);
    ASSERT_EQ((*guest)("fd_fdstat_get", 3, fdstat), Errno::success);
    EXPECT_EQ(guest->get<u8>(fdstat), 5u);  // datagram socket
}

TEST_F(WasiSock, waiting_for_all_fills_the_buffer) {
    ASSERT_EQ(::write(fds[1], "123", 3), 3);
    ::shutdown(fds[1], SHUT_WR);
    ASSERT_EQ(receive(5, 2), Errno::success);
    EXPECT_EQ(received(), "123");
}

TEST_F(WasiSock, a_closed_peer_is_an_error_not_a_signal) {
    ::close(fds[1]);
    fds[1] = -1;
    EXPECT_EQ(send("x"), Errno::pipe);
    EXPECT_EQ(guest->write(3, "x"), Errno::pipe);
    EXPECT_EQ(receive(4), Errno::success);
    EXPECT_EQ(received(), "");
}

TEST_F(WasiSock, shutdown_ends_a_direction) {
    EXPECT_EQ((*guest)("sock_shutdown", 3, 0), Errno::inval);
    EXPECT_EQ((*guest)("sock_shutdown", 3, 4), Errno::inval);
    EXPECT_EQ((*guest)("sock_shutdown", 3, 0x101), Errno::inval);
    EXPECT_EQ((*guest)("sock_shutdown", 3, 2), Errno::success);
    char c;
    EXPECT_EQ(::read(fds[1], &c, 1), 0);
    EXPECT_EQ((*guest)("sock_shutdown", 3, 3), Errno::success);
    EXPECT_EQ((*guest)("sock_shutdown", 1, 1), Errno::notsock);
    EXPECT_EQ((*guest)("sock_shutdown", 77, 1), Errno::badf);
}

TEST_F(WasiSock, arguments_are_checked) {
    EXPECT_EQ(send("x", 1), Errno::inval);
    EXPECT_EQ(receive(4, 4), Errno::inval);
    EXPECT_EQ(receive(4, 0, 1), Errno::notsock);
    EXPECT_EQ(send("x", 0, 0), Errno::notsock);
    EXPECT_EQ(send("x", 0, 77), Errno::badf);
    const u32 vectors = guest->put_vectors({{guest->room(4), 4}});
    EXPECT_EQ((*guest)("sock_recv", 3, vectors, 1, 0, kBadAddress, guest->room(2)), Errno::fault);
    EXPECT_EQ((*guest)("sock_recv", 3, vectors, 1, 0, guest->room(4), Guest::kSize - 1),
              Errno::fault);
    EXPECT_EQ((*guest)("sock_send", 3, vectors, 1, 0, kBadAddress), Errno::fault);
}

TEST_F(WasiSock, a_non_blocking_guest_does_not_wait) {
    ASSERT_EQ((*guest)("fd_fdstat_set_flags", 3, fdflags::nonblock), Errno::success);
    EXPECT_EQ(receive(4), Errno::again);
}

TEST_F(WasiSock, receiving_and_sending_end_at_the_deadline) {
    guest->deadline = std::chrono::steady_clock::now() + 20ms;
    EXPECT_EQ(receive(4), Errno::deadline_);
    const std::string much(400'000, 'x');
    guest->deadline = std::chrono::steady_clock::now() + 50ms;
    Errno e = Errno::success;
    const u32 vectors = guest->put_vectors({{guest->put(much), static_cast<u32>(much.size())}});
    for (int i = 0; i < 1000 && e == Errno::success; ++i)
        e = (*guest)("sock_send", 3, vectors, 1, 0, guest->room(4));
    EXPECT_EQ(e, Errno::deadline_);
}

TEST(WasiAccept, a_listening_socket_gives_connections) {
    TempDir dir;
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const std::string path = dir / "socket";
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const auto* generic = reinterpret_cast<const struct sockaddr*>(&address);
    ASSERT_EQ(::bind(listener, generic, sizeof address), 0);
    ASSERT_EQ(::listen(listener, 4), 0);
    Guest guest(WasiConfig{}.socket(listener).max_fds(5));

    guest.deadline = std::chrono::steady_clock::now() + 10ms;
    EXPECT_EQ(guest("sock_accept", 3, 0, guest.room(4)), Errno::deadline_);
    guest.deadline.reset();
    ASSERT_EQ(guest("fd_fdstat_set_flags", 3, fdflags::nonblock), Errno::success);
    EXPECT_EQ(guest("sock_accept", 3, 0, guest.room(4)), Errno::again);

    const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(::connect(client, generic, sizeof address), 0);
    const u32 result = guest.room(4);
    EXPECT_EQ(guest("sock_accept", 3, 1, result), Errno::inval);
    EXPECT_EQ(guest("sock_accept", 3, 0, Guest::kSize - 3), Errno::fault);
    ASSERT_EQ(guest("sock_accept", 3, fdflags::nonblock, result), Errno::success);
    const u32 fd = guest.get<u32>(result);
    EXPECT_EQ(fd, 4u);
    EXPECT_EQ(guest("fd_read", fd, guest.put_vectors({{guest.room(4), 4}}), 1, guest.room(4)),
              Errno::again);
    ASSERT_EQ(::write(client, "hi", 2), 2);
    EXPECT_EQ(guest.read(fd), "hi");
    EXPECT_EQ(guest("sock_accept", 3, 0, result), Errno::mfile);
    EXPECT_EQ(guest("sock_accept", 1, 0, result), Errno::notsock);
    EXPECT_EQ(guest("sock_accept", 77, 0, result), Errno::badf);
    ::close(client);
    ::close(listener);
}

}  // namespace
}  // namespace wasmi::wasi::test
