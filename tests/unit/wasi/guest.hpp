// A guest for the tests of src/wasi: a memory with guard bytes and calls through the table of
// functions, as the executor makes them, but without a WebAssembly module.
#pragma once

#include "wasi/abi/call.hpp"

#include <wasmi/wasi.hpp>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi::wasi::test {

namespace fs = std::filesystem;

/// A directory of the host that goes away with the object.
class TempDir {
  public:
    TempDir() {
        std::string name = (fs::temp_directory_path() / "wasmi-test-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~TempDir() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    [[nodiscard]] const fs::path& path() const { return path_; }
    [[nodiscard]] fs::path operator/(std::string_view name) const { return path_ / name; }
    void write(std::string_view name, std::string_view text) const {
        std::ofstream(path_ / name, std::ios::binary) << text;
    }
    [[nodiscard]] std::string read(std::string_view name) const {
        std::ifstream in(path_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void mkdir(std::string_view name) const { fs::create_directories(path_ / name); }
    void link(std::string_view target, std::string_view name) const {
        fs::create_symlink(target, path_ / name);
    }
    [[nodiscard]] bool has(std::string_view name) const {
        return fs::exists(fs::symlink_status(path_ / name));
    }

  private:
    fs::path path_;
};

/// A guest with one megabyte. Memory that was not handed out by put() or room() holds a pattern,
/// and the destructor checks that no call has touched it.
class Guest {
  public:
    static constexpr u32 kSize = 1 << 20;
    static constexpr std::byte kGuard{0xA5};

    explicit Guest(const WasiConfig& config = {}) : memory_(kSize, kGuard) {
        Result<std::shared_ptr<Env>> env = Env::create(config);
        if (env) {
            env_ = *env;
        } else {
            ADD_FAILURE() << env.error().message();
        }
    }
    ~Guest() {
        static const std::vector<std::byte> pattern(kSize, kGuard);
        u32 at = 0;
        given_.push_back({kSize, 0});
        for (const Range& r : given_) {  // in the order of their addresses
            EXPECT_EQ(std::memcmp(memory_.data() + at, pattern.data(), r.begin - at), 0)
                << "guard bytes between " << at << " and " << r.begin << " were overwritten";
            at = r.begin + r.size;
        }
    }
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

    /// Memory for a result, between guard bytes.
    u32 room(u32 size) {
        const u32 at = next_;
        next_ += size + 24;
        EXPECT_LE(next_, kSize);
        if (size != 0) given_.push_back({at, size});
        return at;
    }
    u32 put(std::string_view text) {
        const u32 at = room(static_cast<u32>(text.size()));
        std::memcpy(memory_.data() + at, text.data(), text.size());
        return at;
    }
    struct Buffer {
        u32 address;
        u32 size;
    };
    u32 put_vectors(std::initializer_list<Buffer> buffers) {
        const u32 at = room(static_cast<u32>(buffers.size() * 8));
        u32 i = at;
        for (const Buffer& b : buffers) {
            set<u32>(i, b.address);
            set<u32>(i + 4, b.size);
            i += 8;
        }
        return at;
    }
    template <class T>
    [[nodiscard]] T get(u32 at) const {
        T value;
        std::memcpy(&value, memory_.data() + at, sizeof value);
        return value;
    }
    template <class T>
    void set(u32 at, T value) {
        std::memcpy(memory_.data() + at, &value, sizeof value);
    }
    [[nodiscard]] std::string text(u32 at, u32 size) const {
        return {reinterpret_cast<const char*>(memory_.data()) + at, size};
    }

    template <class... Args>
    Errno operator()(std::string_view name, Args... args) {
        const u64 slots[] = {static_cast<u64>(args)..., 0};
        for (const Function& f : functions()) {
            if (f.name != name) continue;
            EXPECT_EQ(f.params.size(), sizeof...(Args)) << name;
            const Gate::Entry entry(env_->vfs().gate());
            Call call{*env_, GuestMemory(memory_), deadline};
            const Errno e = f.invoke(call, slots);
            exit_code = call.exit_code;
            return e;
        }
        ADD_FAILURE() << "no function " << name;
        return Errno::nosys;
    }

    // ---- short forms of frequent calls ----------------------------------------------------------
    static constexpr Rights kReadWrite =
        rights::fd_read | rights::fd_write | rights::fd_seek | rights::fd_tell |
        rights::fd_filestat_get | rights::fd_filestat_set_size | rights::fd_filestat_set_times |
        rights::fd_readdir | rights::fd_fdstat_set_flags | rights::fd_allocate | rights::fd_advise |
        rights::fd_sync | rights::fd_datasync | rights::poll_fd_readwrite;
    static constexpr Rights kRead = rights::fd_read | rights::fd_seek | rights::fd_tell |
                                    rights::fd_filestat_get | rights::fd_readdir |
                                    rights::poll_fd_readwrite | rights::fd_fdstat_set_flags;
    struct Opened {
        Errno error = Errno::success;
        u32 fd = ~0u;
    };
    Opened open(std::string_view path, Rights base = kRead, unsigned oflags = 0,
                u32 lookup = lookupflags::symlink_follow, unsigned fdflags = 0, u32 dir = 3,
                Rights inheriting = rights::all) {
        const u32 result = room(4);
        Opened opened;
        opened.error = (*this)("path_open", dir, lookup, put(path), path.size(), oflags, base,
                               inheriting, fdflags, result);
        if (opened.error == Errno::success) opened.fd = get<u32>(result);
        return opened;
    }
    Errno write(u32 fd, std::string_view text) {
        return (*this)("fd_write", fd, put_vectors({{put(text), static_cast<u32>(text.size())}}), 1,
                       room(4));
    }
    std::string read(u32 fd, u32 size = 1000) {
        const u32 buffer = room(size);
        const u32 result = room(4);
        const Errno e = (*this)("fd_read", fd, put_vectors({{buffer, size}}), 1, result);
        EXPECT_EQ(e, Errno::success);
        return e == Errno::success ? text(buffer, get<u32>(result)) : "";
    }
    /// A path function that takes a descriptor and a path.
    Errno on_path(std::string_view name, std::string_view path, u32 dir = 3) {
        return (*this)(name, dir, put(path), path.size());
    }

    [[nodiscard]] Env& env() { return *env_; }
    [[nodiscard]] std::vector<std::byte>& memory() { return memory_; }
    Deadline deadline;
    u32 exit_code = 0;

  private:
    struct Range {
        u32 begin;
        u32 size;
    };
    std::vector<std::byte> memory_;
    std::vector<Range> given_;
    u32 next_ = 64;
    std::shared_ptr<Env> env_;
};

/// Calls with arguments that cannot fit must leave everything alone.
inline constexpr u32 kBadAddress = 0xFFFF'FFF0u;

}  // namespace wasmi::wasi::test

namespace wasmi::wasi {
/// For messages of failed tests.
inline void PrintTo(Errno e, std::ostream* out) {
    static constexpr const char* kNames[] = {
        "success",
#define WASI_ERRNO(name, posix) #name,
#include "wasi/errno.def"
#undef WASI_ERRNO
    };
    if (static_cast<std::size_t>(e) < std::size(kNames)) {
        *out << kNames[static_cast<std::size_t>(e)];
    } else {
        *out << (e == Errno::exit_ ? "exit" : "deadline");
    }
}
}  // namespace wasmi::wasi
