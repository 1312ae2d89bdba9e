// Env: all that a guest has of WASI: arguments, environment, files, clocks, randomness.
// Spec: wasi preview1.
#pragma once

#include "wasi/vfs/vfs.hpp"

#include <wasmi/wasi.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace wasmi::wasi {

/// The clocks of the host, or one that stands still but for a step at each reading and for what
/// the guest sleeps.
class Clocks {
  public:
    Clocks() = default;
    Clocks(u64 now, u64 step) : is_virtual_(true), now_(now), step_(step) {}

    [[nodiscard]] bool is_virtual() const { return is_virtual_; }
    /// A reading by the guest.
    [[nodiscard]] Try<u64> read(ClockId id);
    /// A reading of our own, which does not count.
    [[nodiscard]] Try<u64> peek(ClockId id) const;
    [[nodiscard]] Try<u64> resolution(ClockId id) const;
    void advance_to(u64 time);

  private:
    bool is_virtual_ = false;
    u64 now_ = 0;
    u64 step_ = 0;
};

/// The randomness of the host, or a sequence that depends on the seed alone.
class Random {
  public:
    Random() = default;
    explicit Random(u64 seed) : seeded_(true), state_(seed) {}
    [[nodiscard]] Errno fill(std::span<std::byte> out);

  private:
    bool seeded_ = false;
    u64 state_ = 0;
};

class Env {
  public:
    /// Opens the preopened directories and the streams. Errors: io, limit.
    [[nodiscard]] static Result<std::shared_ptr<Env>> create(const WasiConfig& config);
    explicit Env(u32 max_fds) : vfs_(max_fds) {}

    [[nodiscard]] const std::vector<std::string>& args() const { return args_; }
    [[nodiscard]] const std::vector<std::string>& environ() const { return environ_; }
    [[nodiscard]] Vfs& vfs() { return vfs_; }
    [[nodiscard]] Clocks& clocks() { return clocks_; }
    [[nodiscard]] Random& random() { return random_; }

  private:
    std::vector<std::string> args_;
    std::vector<std::string> environ_;
    Vfs vfs_;
    Clocks clocks_;
    Random random_;
};

}  // namespace wasmi::wasi
