// Resolver: walks a guest path below a directory, one component at a time.
// Spec: wasi application ABI (path resolution); ../shared/design/SECURITY-CASES.md.
//
// The kernel never sees "..", a link to follow, or more than one component. ".." goes back to the
// directory that was really passed (after links), whose descriptor is still held; so a directory
// that another process moves while we are in it cannot lead out.
#include "wasi/vfs/resolver.hpp"

#include <algorithm>

namespace wasmi::wasi {

class Walker {
  public:
    explicit Walker(int base) { at_.base_ = base; }

    Try<ResolvedPath> walk(std::string_view path, Follow follow) {
        if (const Errno e = push_path(path); e != Errno::success) return e;
        for (;;) {
            const std::string component = take_component();
            const bool last = is_done();
            if (component == "..") {
                if (const Errno e = go_up(); e != Errno::success) return e;
            } else if (component != ".") {
                if (last) {
                    bool expanded = false;
                    if (follow == Follow::yes) {
                        if (const Errno e = expand_link(component, expanded); e != Errno::success)
                            return e;
                    }
                    if (!expanded) {
                        at_.name_ = component;
                        return std::move(at_);
                    }
                    continue;
                }
                if (const Errno e = go_down(component); e != Errno::success) return e;
            }
            if (is_done()) {
                at_.name_ = ".";
                return std::move(at_);
            }
        }
    }

  private:
    // Descriptors held for ".."; with more levels the way is walked again.
    static constexpr std::size_t kWindow = 32;

    [[nodiscard]] bool is_done() const { return cursor_ == rest_.size(); }

    /// Puts a path before what is left to walk. What is left never begins or ends with a slash.
    /// Links may bring long targets; their sum is bounded by kMaxSymlinks.
    Errno push_path(std::string_view path) {
        if (path.empty()) return Errno::noent;
        if (path.front() == '/') return Errno::notcapable;
        const bool slash_at_end = path.back() == '/';
        while (path.back() == '/') path.remove_suffix(1);
        std::string joined(path);
        if (is_done()) {
            at_.must_be_directory_ = at_.must_be_directory_ || slash_at_end;
        } else {
            joined += '/';
            joined.append(rest_, cursor_);
        }
        rest_ = std::move(joined);
        cursor_ = 0;
        return Errno::success;
    }

    std::string take_component() {
        const std::size_t end = std::min(rest_.find('/', cursor_), rest_.size());
        std::string component = rest_.substr(cursor_, end - cursor_);
        cursor_ = std::min(rest_.find_first_not_of('/', end), rest_.size());
        return component;
    }

    /// Replaces the link `name` by its target. Not a link, or nothing there: not expanded.
    Errno expand_link(const std::string& name, bool& expanded) {
        Try<std::string> target = host::read_link(at_.dir(), name.c_str());
        if (!target) {
            if (target.error() == Errno::inval || target.error() == Errno::noent)
                return Errno::success;
            return target.error();
        }
        if (++links_ > kMaxSymlinks) return Errno::loop;
        expanded = true;
        return push_path(*target);
    }

    Errno go_down(const std::string& name) {
        Try<host::Fd> step = host::open_step(at_.dir(), name.c_str());
        if (step) {
            enter(name, *std::move(step));
            return Errno::success;
        }
        if (step.error() != Errno::notdir) return step.error();
        bool expanded = false;
        if (const Errno e = expand_link(name, expanded); e != Errno::success) return e;
        return expanded ? Errno::success : Errno::notdir;
    }

    void enter(std::string name, host::Fd dir) {
        names_.push_back(std::move(name));
        at_.dirs_.push_back(std::move(dir));
        if (at_.dirs_.size() > kWindow) at_.dirs_.erase(at_.dirs_.begin());
    }

    Errno go_up() {
        if (names_.empty()) return Errno::notcapable;
        names_.pop_back();
        at_.dirs_.pop_back();
        if (!at_.dirs_.empty() || names_.empty()) return Errno::success;
        // Deeper than the window: walk down again. Links in the way are an error now.
        const std::vector<std::string> names = std::exchange(names_, {});
        for (const std::string& name : names) {
            Try<host::Fd> step = host::open_step(at_.dir(), name.c_str());
            if (!step) return step.error();
            enter(name, *std::move(step));
        }
        return Errno::success;
    }

    ResolvedPath at_;
    std::vector<std::string> names_;  ///< the directories below the base, links resolved
    std::string rest_;                ///< from cursor_ on: what is left to walk
    std::size_t cursor_ = 0;
    u32 links_ = 0;
};

Errno check_path(std::string_view path) {
    if (path.empty()) return Errno::noent;
    if (path.size() > kMaxPathBytes) return Errno::nametoolong;
    if (path.find('\0') != std::string_view::npos) return Errno::ilseq;
    return Errno::success;
}

Try<ResolvedPath> resolve(int base, std::string_view path, Follow follow) {
    if (const Errno e = check_path(path); e != Errno::success) return e;
    return Walker(base).walk(path, follow);
}

}  // namespace wasmi::wasi
