// Whole files in and out, and which form of a module they hold.
// Spec: binary/modules (magic).
#include "files.hpp"

#include "command.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace wasmi::tool {

namespace {

struct CloseFile {
    void operator()(std::FILE* f) const {
        if (f != stdin && f != stdout) std::fclose(f);
    }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

}  // namespace

Result<std::vector<std::byte>> read_all(const std::string& path) {
    const File in(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
    if (in == nullptr) return Error(ErrorKind::io, path + ": " + std::strerror(errno));
    constexpr std::size_t kMax = std::size_t{1} << 30;
    std::vector<std::byte> bytes;
    std::vector<std::byte> chunk(1 << 16);
    while (true) {
        const std::size_t n = std::fread(chunk.data(), 1, chunk.size(), in.get());
        if (n < chunk.size() && std::ferror(in.get()) != 0) {
            return Error(ErrorKind::io, path + ": " + std::strerror(errno));
        }
        bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(n));
        if (bytes.size() > kMax) return Error(ErrorKind::limit, path + ": larger than 1 GiB");
        if (n < chunk.size()) return bytes;
    }
}

int write_all(const std::string& path, const void* data, std::size_t size) {
    const bool to_stdout = path.empty() || path == "-";
    File out(to_stdout ? stdout : std::fopen(path.c_str(), "wb"));
    bool good = out != nullptr && std::fwrite(data, 1, size, out.get()) == size;
    good = good && std::fflush(out.get()) == 0;
    if (good) return kOk;
    return report(
        Error(ErrorKind::io, (to_stdout ? "standard output" : path) + ": " + std::strerror(errno)));
}

bool is_binary(const std::vector<std::byte>& bytes) {
    return bytes.size() >= 4 && std::memcmp(bytes.data(), "\0asm", 4) == 0;
}

std::string_view as_text(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace wasmi::tool
