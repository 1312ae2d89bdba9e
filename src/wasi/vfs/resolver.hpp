// Resolver: walks a guest path below a directory, one component at a time.
// Spec: wasi application ABI (path resolution); ../shared/design/SECURITY-CASES.md.
#pragma once

#include "wasi/host/host.hpp"
#include "wasi/types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wasmi::wasi {

inline constexpr u32 kMaxSymlinks = 40;
inline constexpr std::size_t kMaxPathBytes = 4095;

/// The directory that holds the last component of a path, and its name: exactly one component,
/// never "..", "." for the directory itself. The name may be a link only if links in the last
/// component were not to be followed, or if another process has just put one there; the
/// functions of host/ do not follow it.
class ResolvedPath {
  public:
    [[nodiscard]] int dir() const { return dirs_.empty() ? base_ : dirs_.back().get(); }
    [[nodiscard]] const char* name() const { return name_.c_str(); }
    /// The path ended in a slash.
    [[nodiscard]] bool must_be_directory() const { return must_be_directory_; }
    /// The path named the directory it ends in (".", "a/.."), not an entry of a directory.
    [[nodiscard]] bool is_self() const { return name_ == "."; }

  private:
    friend class Walker;
    int base_ = -1;
    std::vector<host::Fd> dirs_;
    std::string name_;
    bool must_be_directory_ = false;
};

enum class Follow : bool { no, yes };  ///< links in the last component

/// Resolves `path` below `base`. A path or a link that leads above `base`, or an absolute one:
/// notcapable. More than kMaxSymlinks links: loop. An empty path: noent; NUL in it: ilseq.
/// A slash after the last component is told by must_be_directory(); it does not make a link be
/// followed here.
[[nodiscard]] Try<ResolvedPath> resolve(int base, std::string_view path, Follow follow);

/// What a guest may give as a path at all.
[[nodiscard]] Errno check_path(std::string_view path);

}  // namespace wasmi::wasi
