// Vfs: reading directories.
// Spec: wasi preview1, fd_readdir.
//
// Cookies: 0 is the begin, 1 stands after ".", 2 + p is position p of the host's stream. So they
// stay good for the life of the descriptor and cost no memory, and a call does no more work than
// its buffer has room for.
#include "wasi/vfs/vfs.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace wasmi::wasi {

namespace {

constexpr std::size_t kDirentBytes = 24;
constexpr u64 kHostBegin = 2;

class DirentWriter {
  public:
    explicit DirentWriter(std::span<std::byte> out) : out_(out) {}
    [[nodiscard]] bool is_full() const { return used_ == out_.size(); }
    [[nodiscard]] u32 used() const { return static_cast<u32>(used_); }

    void add(u64 next, u64 ino, Filetype type, std::string_view name) {
        std::array<std::byte, kDirentBytes> head = {};
        put(head, 0, next, 8);
        put(head, 8, ino, 8);
        put(head, 16, name.size(), 4);
        put(head, 20, static_cast<u64>(type), 1);
        append(head.data(), head.size());
        append(name.data(), name.size());
    }

  private:
    static void put(std::span<std::byte> at, std::size_t offset, u64 value, std::size_t bytes) {
        for (std::size_t i = 0; i < bytes; ++i)
            at[offset + i] = static_cast<std::byte>(value >> (8 * i));
    }
    void append(const void* data, std::size_t size) {
        const std::size_t n = std::min(size, out_.size() - used_);
        if (n != 0) std::memcpy(out_.data() + used_, data, n);
        used_ += n;
    }

    std::span<std::byte> out_;
    std::size_t used_ = 0;
};

}  // namespace

Try<u32> Vfs::read_directory(u32 fd, u64 cookie, std::span<std::byte> out) {
    const Try<DescriptorPtr> got = table_.get(fd);
    if (!got) return got.error();
    Descriptor& d = **got;
    if (!d.is_directory()) return Errno::notdir;
    if (!d.has(rights::fd_readdir)) return Errno::notcapable;
    if (!d.entries) {
        Try<std::unique_ptr<host::DirStream>> stream = host::DirStream::open(d.fd.get());
        if (!stream) return stream.error();
        d.entries = *std::move(stream);
    }
    DirentWriter writer(out);
    if (cookie < kHostBegin && !writer.is_full()) {
        const Try<Filestat> self = host::stat(d.fd.get());
        if (!self) return self.error();
        if (cookie == 0) writer.add(1, self->ino, Filetype::directory, ".");
        // The parent is not the guest's business: it may lie above the preopen.
        if (!writer.is_full()) writer.add(kHostBegin, self->ino, Filetype::directory, "..");
        cookie = kHostBegin;
    }
    while (!writer.is_full()) {
        const Try<const host::DirStream::Entry*> entry = d.entries->read(cookie - kHostBegin);
        if (!entry) return entry.error();
        if (*entry == nullptr) break;
        cookie = (*entry)->next + kHostBegin;
        writer.add(cookie, (*entry)->ino, (*entry)->type, (*entry)->name);
    }
    return writer.used();
}

}  // namespace wasmi::wasi
