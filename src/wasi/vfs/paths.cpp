// Vfs: operations on paths.
// Spec: wasi preview1, path_*.
#include "wasi/vfs/vfs.hpp"

namespace wasmi::wasi {

namespace {

/// "link/" means what the link leads to, also where a link itself would be meant.
Follow follow_if(bool follow, std::string_view path) {
    return follow || (!path.empty() && path.back() == '/') ? Follow::yes : Follow::no;
}

/// What a name with a slash at its end demands of what is there.
Errno check_slash(const ResolvedPath& path) {
    if (!path.must_be_directory() || path.is_self()) return Errno::success;
    const Try<Filestat> s = host::stat_at(path.dir(), path.name());
    if (!s) return s.error();
    return s->type == Filetype::directory ? Errno::success : Errno::notdir;
}

bool fits_rights(Rights wanted, Rights available, Rights essential) {
    return (wanted & essential & ~available) == 0;
}

}  // namespace

Try<Vfs::DescriptorPtr> Vfs::directory(u32 fd, Rights right, Purpose purpose) {
    Try<DescriptorPtr> d = table_.get(fd);
    if (!d) return d;
    if (!(*d)->is_directory()) return Errno::notdir;
    // Before the rights: the more telling answer, and the check that rights cannot undo.
    if (purpose == Purpose::change && (*d)->read_only) return Errno::rofs;
    if (!(*d)->has(right)) return Errno::notcapable;
    return d;
}

Try<u32> Vfs::open(u32 dir, std::string_view path, const Open& how) {
    const Try<DescriptorPtr> base = directory(dir, rights::path_open, Purpose::look);
    if (!base) return base.error();
    if ((how.oflags & ~unsigned{oflags::all}) != 0 || (how.fdflags & ~unsigned{fdflags::all}) != 0)
        return Errno::inval;
    const bool create = (how.oflags & oflags::creat) != 0;
    const bool exclusive = create && (how.oflags & oflags::excl) != 0;
    const bool truncate = (how.oflags & oflags::trunc) != 0;
    const bool want_directory = (how.oflags & oflags::directory) != 0;
    if (create && want_directory) return Errno::inval;

    // Rights narrow from directory to file. Programs ask for more than they need, so only the two
    // that they cannot do without are refused; the others are dropped.
    const Rights available = (*base)->inheriting;
    if (!fits_rights(how.base, available, rights::fd_read | rights::fd_write))
        return Errno::notcapable;
    const Rights granted = how.base & available;
    constexpr Rights kWriting =
        rights::fd_write | rights::fd_allocate | rights::fd_filestat_set_size;
    const bool write = (granted & kWriting) != 0;
    constexpr unsigned kSync = fdflags::dsync | fdflags::rsync | fdflags::sync;
    if ((how.fdflags & kSync) != 0 && (available & (rights::fd_sync | rights::fd_datasync)) == 0)
        return Errno::notcapable;
    if (truncate && !(*base)->has(rights::path_filestat_set_size))
        return (*base)->read_only ? Errno::rofs : Errno::notcapable;
    if (create && !(*base)->has(rights::path_create_file) && !(*base)->read_only)
        return Errno::notcapable;
    if (!table_.has_room()) return Errno::mfile;

    const Try<ResolvedPath> at =
        resolve((*base)->fd.get(), path, exclusive ? Follow::no : follow_if(how.follow, path));
    if (!at) return at.error();
    host::OpenHow open_how;
    open_how.read = (granted & (rights::fd_read | rights::fd_readdir)) != 0;
    open_how.write = write || truncate;
    open_how.oflags = how.oflags;
    open_how.fdflags = how.fdflags;
    if (at->must_be_directory() && create) {
        if (const Errno e = check_slash(*at); e != Errno::success && e != Errno::noent) return e;
        return Errno::isdir;
    }
    if (at->must_be_directory()) open_how.oflags |= oflags::directory;
    if ((*base)->read_only && (create || open_how.write)) {
        // What is there decides, as on a read-only file system: opening an existing file with
        // "create" is no change.
        const Try<Filestat> s = host::stat_at(at->dir(), at->name());
        if (!s) return s.error() == Errno::noent && create ? Errno::rofs : s.error();
        if (exclusive) return Errno::exist;
        if (open_how.write) {
            return s->type == Filetype::directory ? Errno::isdir : Errno::rofs;
        }
        open_how.oflags &= static_cast<u16>(~unsigned{oflags::creat});
    }

    Try<host::Fd> fd = host::open_at(at->dir(), at->name(), open_how);
    if (!fd) return fd.error();
    const Try<Filestat> s = host::stat(fd->get());
    if (!s) return s.error();
    auto d = std::make_shared<Descriptor>();
    d->type = s->type;
    const bool is_terminal = s->type == Filetype::character_device && host::is_terminal(fd->get());
    d->fd = *std::move(fd);
    d->base = granted & rights_for(s->type, is_terminal);
    d->inheriting = how.inheriting & available;
    d->flags = how.fdflags;
    d->read_only = (*base)->read_only;
    if (d->read_only && d->is_directory()) d->base &= preopen_base_rights(true);
    return table_.insert(std::move(d));
}

Errno Vfs::create_directory(u32 dir, std::string_view path) {
    const Try<DescriptorPtr> base = directory(dir, rights::path_create_directory, Purpose::change);
    if (!base) return base.error();
    const Try<ResolvedPath> at = resolve((*base)->fd.get(), path, Follow::no);
    if (!at) return at.error();
    return host::make_directory(at->dir(), at->name());
}

Errno Vfs::remove_directory(u32 dir, std::string_view path) {
    const Try<DescriptorPtr> base = directory(dir, rights::path_remove_directory, Purpose::change);
    if (!base) return base.error();
    const Try<ResolvedPath> at = resolve((*base)->fd.get(), path, Follow::no);
    if (!at) return at.error();
    return host::remove_directory(at->dir(), at->name());
}

Errno Vfs::unlink_file(u32 dir, std::string_view path) {
    const Try<DescriptorPtr> base = directory(dir, rights::path_unlink_file, Purpose::change);
    if (!base) return base.error();
    const Try<ResolvedPath> at = resolve((*base)->fd.get(), path, Follow::no);
    if (!at) return at.error();
    if (at->must_be_directory()) {
        const Errno e = check_slash(*at);
        return e == Errno::success ? Errno::isdir : e;
    }
    return host::remove_file(at->dir(), at->name());
}

Try<Filestat> Vfs::path_filestat(u32 dir, bool follow, std::string_view path) {
    const Try<DescriptorPtr> base = directory(dir, rights::path_filestat_get, Purpose::look);
    if (!base) return base.error();
    const Try<ResolvedPath> at = resolve((*base)->fd.get(), path, follow_if(follow, path));
    if (!at) return at.error();
    Try<Filestat> s = host::stat_at(at->dir(), at->name());
    if (s && at->must_be_directory() && s->type != Filetype::directory) return Errno::notdir;
    return s;
}

Errno Vfs::path_set_times(u32 dir, bool follow, std::string_view path, const SetTimes& times) {
    const Try<DescriptorPtr> base =
        directory(dir, rights::path_filestat_set_times, Purpose::change);
    if (!base) return base.error();
    if (!times.is_valid()) return Errno::inval;
    const Try<ResolvedPath> at = resolve((*base)->fd.get(), path, follow_if(follow, path));
    if (!at) return at.error();
    if (const Errno e = check_slash(*at); e != Errno::success) return e;
    return host::set_times_at(at->dir(), at->name(), times);
}

Errno Vfs::link(u32 old_dir, bool follow, std::string_view old_path, u32 dir,
                std::string_view path) {
    // Both sides change: a second name would make the file writable from elsewhere.
    const Try<DescriptorPtr> source = directory(old_dir, rights::path_link_source, Purpose::change);
    if (!source) return source.error();
    const Try<DescriptorPtr> base = directory(dir, rights::path_link_target, Purpose::change);
    if (!base) return base.error();
    const Try<ResolvedPath> from =
        resolve((*source)->fd.get(), old_path, follow_if(follow, old_path));
    if (!from) return from.error();
    if (const Errno e = check_slash(*from); e != Errno::success) return e;
    const Try<ResolvedPath> at = resolve((*base)->fd.get(), path, Follow::no);
    if (!at) return at.error();
    if (at->must_be_directory() && !at->is_self()) {
        const Errno e = check_slash(*at);
        return e == Errno::success ? Errno::exist : e;
    }
    return host::make_link(from->dir(), from->name(), at->dir(), at->name());
}

Errno Vfs::rename(u32 old_dir, std::string_view old_path, u32 dir, std::string_view path) {
    const Try<DescriptorPtr> source =
        directory(old_dir, rights::path_rename_source, Purpose::change);
    if (!source) return source.error();
    const Try<DescriptorPtr> base = directory(dir, rights::path_rename_target, Purpose::change);
    if (!base) return base.error();
    const Try<ResolvedPath> from = resolve((*source)->fd.get(), old_path, Follow::no);
    if (!from) return from.error();
    const Try<ResolvedPath> at = resolve((*base)->fd.get(), path, Follow::no);
    if (!at) return at.error();
    if (from->must_be_directory() || at->must_be_directory()) {
        // A slash on either name says that a directory is renamed, and onto nothing else.
        const Try<Filestat> old_file = host::stat_at(from->dir(), from->name());
        if (!old_file) return old_file.error();
        if (old_file->type != Filetype::directory) return Errno::notdir;
        const Errno e = check_slash(*at);
        if (e != Errno::success && e != Errno::noent) return e;
    }
    return host::rename(from->dir(), from->name(), at->dir(), at->name());
}

Errno Vfs::symlink(std::string_view target, u32 dir, std::string_view path) {
    const Try<DescriptorPtr> base = directory(dir, rights::path_symlink, Purpose::change);
    if (!base) return base.error();
    if (const Errno e = check_path(target); e != Errno::success) return e;
    // We would never follow it; other programs might.
    if (target.front() == '/') return Errno::notcapable;
    const Try<ResolvedPath> at = resolve((*base)->fd.get(), path, Follow::no);
    if (!at) return at.error();
    if (at->must_be_directory() && !at->is_self()) {
        const Errno e = check_slash(*at);
        return e == Errno::success ? Errno::exist : e;
    }
    return host::make_symlink(std::string(target).c_str(), at->dir(), at->name());
}

Try<std::string> Vfs::readlink(u32 dir, std::string_view path) {
    const Try<DescriptorPtr> base = directory(dir, rights::path_readlink, Purpose::look);
    if (!base) return base.error();
    const Try<ResolvedPath> at = resolve((*base)->fd.get(), path, follow_if(false, path));
    if (!at) return at.error();
    if (const Errno e = check_slash(*at); e != Errno::success) return e;
    return host::read_link(at->dir(), at->name());
}

}  // namespace wasmi::wasi
