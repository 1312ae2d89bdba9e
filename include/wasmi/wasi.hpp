// WASI preview 1 for guests: what a guest may see of the host, and the functions that show it.
//
//     wasmi::WasiConfig config;
//     config.args({"app", "--fast"}).env("LANG", "C").inherit_stdio();
//     config.preopen("./data", "/data", wasmi::WasiAccess::read);
//
//     wasmi::Linker linker(store);
//     auto wasi = wasmi::add_wasi(linker, config);  // wasi_snapshot_preview1
//
//     auto instance = linker.instantiate(module);
//     auto start = instance->func<void()>(store, "_start");
//
//     auto end = (*start)(store);  // proc_exit: ErrorKind::exit
//
// A guest sees nothing that is not given: no arguments, no variables, no directories, an empty
// standard input, and standard output and error that are thrown away. Paths never lead out of a
// preopened directory, whatever links are in it.
// Thread rule: WasiConfig is a plain value; the functions belong to the thread of their store.
// Lifetime: strings of stdout_to() and descriptors given by number must outlive the store.
// Spec: wasi preview1 (github.com/WebAssembly/WASI).
#pragma once

#include <wasmi/export.hpp>
#include <wasmi/linker.hpp>
#include <wasmi/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wasmi {

/// What a guest may do below a preopened directory.
enum class WasiAccess : std::uint8_t {
    read_write,
    read,  ///< nothing below can be created, written, renamed, removed, or have its times changed
};

/// What a guest gets of the host. A plain value; each setter returns the object.
class WasiConfig {
  public:
    /// A standard stream of the guest.
    struct Stream {
        enum class Kind : std::uint8_t { none, inherit, fd, bytes, string };
        Kind kind = Kind::none;
        int fd = -1;                  ///< fd: a descriptor of the host; stays the host's
        std::string bytes;            ///< bytes: what standard input holds
        std::string* sink = nullptr;  ///< string: where output goes
        std::uint64_t max_bytes = 0;  ///< string: more gives the guest ENOSPC
    };
    struct Preopen {
        std::string host_path;
        std::string guest_name;
        WasiAccess access = WasiAccess::read_write;
    };

    /// The first is the name of the program.
    WasiConfig& args(std::vector<std::string> args) { return set(args_, std::move(args)); }
    WasiConfig& arg(std::string arg) { return args_.push_back(std::move(arg)), *this; }
    /// A later value of the same name replaces.
    WasiConfig& env(const std::string& name, const std::string& value);
    /// All variables of this process.
    WasiConfig& inherit_env();
    /// A directory of the host under a name of the guest's: "/", "/data", ".".
    WasiConfig& preopen(std::string host_path, std::string guest_name,
                        WasiAccess access = WasiAccess::read_write) {
        preopens_.push_back({std::move(host_path), std::move(guest_name), access});
        return *this;
    }
    /// Sockets that the host has opened (listening or connected), after the preopens.
    WasiConfig& socket(int host_fd) { return sockets_.push_back(host_fd), *this; }

    WasiConfig& inherit_stdio() { return inherit_stdin().inherit_stdout().inherit_stderr(); }
    WasiConfig& inherit_stdin() { return set(streams_[0], {Stream::Kind::inherit, 0, {}, {}, 0}); }
    WasiConfig& inherit_stdout() { return set(streams_[1], {Stream::Kind::inherit, 1, {}, {}, 0}); }
    WasiConfig& inherit_stderr() { return set(streams_[2], {Stream::Kind::inherit, 2, {}, {}, 0}); }
    WasiConfig& stdin_from(std::string bytes) {
        return set(streams_[0], {Stream::Kind::bytes, -1, std::move(bytes), {}, 0});
    }
    WasiConfig& stdin_fd(int fd) { return set(streams_[0], {Stream::Kind::fd, fd, {}, {}, 0}); }
    WasiConfig& stdout_fd(int fd) { return set(streams_[1], {Stream::Kind::fd, fd, {}, {}, 0}); }
    WasiConfig& stderr_fd(int fd) { return set(streams_[2], {Stream::Kind::fd, fd, {}, {}, 0}); }
    WasiConfig& stdout_to(std::string& sink, std::uint64_t max_bytes = kDefaultSink) {
        return set(streams_[1], {Stream::Kind::string, -1, {}, &sink, max_bytes});
    }
    WasiConfig& stderr_to(std::string& sink, std::uint64_t max_bytes = kDefaultSink) {
        return set(streams_[2], {Stream::Kind::string, -1, {}, &sink, max_bytes});
    }

    /// All clocks begin at `now` and advance by `step` nanoseconds at each reading, and by what
    /// the guest sleeps, which then takes no time.
    WasiConfig& fixed_clock(std::uint64_t now, std::uint64_t step = 1) {
        clock_ = FixedClock{now, step};
        return *this;
    }
    /// random_get gives a sequence that depends on the seed alone.
    WasiConfig& random_seed(std::uint64_t seed) { return set(seed_, seed); }
    /// Open descriptors of the guest at a time, the standard streams included.
    WasiConfig& max_fds(std::uint32_t max) { return set(max_fds_, max); }

    struct FixedClock {
        std::uint64_t now;
        std::uint64_t step;
    };
    [[nodiscard]] const std::vector<std::string>& get_args() const { return args_; }
    /// NAME=VALUE each.
    [[nodiscard]] const std::vector<std::string>& get_env() const { return env_; }
    [[nodiscard]] const std::vector<Preopen>& get_preopens() const { return preopens_; }
    [[nodiscard]] const std::vector<int>& get_sockets() const { return sockets_; }
    [[nodiscard]] const Stream& get_stream(std::size_t fd) const { return streams_[fd]; }
    [[nodiscard]] const std::optional<FixedClock>& get_fixed_clock() const { return clock_; }
    [[nodiscard]] const std::optional<std::uint64_t>& get_random_seed() const { return seed_; }
    [[nodiscard]] std::uint32_t get_max_fds() const { return max_fds_; }

  private:
    static constexpr std::uint64_t kDefaultSink = std::uint64_t{16} << 20;
    template <class T>
    WasiConfig& set(T& member, std::type_identity_t<T> value) {
        member = std::move(value);
        return *this;
    }
    template <class T>
    WasiConfig& set(std::optional<T>& member, std::type_identity_t<T> value) {
        member = value;
        return *this;
    }

    std::vector<std::string> args_;
    std::vector<std::string> env_;
    std::vector<Preopen> preopens_;
    std::vector<int> sockets_;
    Stream streams_[3];
    std::optional<FixedClock> clock_;
    std::optional<std::uint64_t> seed_;
    std::uint32_t max_fds_ = 1000;
};

/// Defines the functions of wasi_snapshot_preview1 in the linker; all instances that it links share
/// one set of descriptors. Errors: io (a directory cannot be opened), limit.
WASMI_EXPORT Result<void> add_wasi(Linker& linker, const WasiConfig& config);

}  // namespace wasmi
