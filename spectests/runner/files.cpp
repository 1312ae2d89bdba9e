// Scripts in files and directories.
#include "spectests/runner/files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace wasmi::spectest {

namespace fs = std::filesystem;

void find_files(const std::string& given, const char* extension, std::vector<ScriptFile>& out,
                std::vector<std::string>& problems) {
    std::error_code error;
    if (!fs::is_directory(given, error)) {
        out.push_back({given, fs::path(given).filename().string()});
        return;
    }
    const std::size_t first = out.size();
    for (fs::recursive_directory_iterator it(given, error), end; !error && it != end;
         it.increment(error)) {
        if (it->is_regular_file(error) && it->path().extension() == extension) {
            out.push_back({it->path(), it->path().lexically_relative(given).generic_string()});
        }
    }
    if (error) problems.push_back(given + ": " + error.message());
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
              [](const ScriptFile& a, const ScriptFile& b) { return a.name < b.name; });
}

bool read_file(const fs::path& path, std::string& out) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return false;
    out.assign(std::istreambuf_iterator<char>(in), {});
    return true;
}

}  // namespace wasmi::spectest
