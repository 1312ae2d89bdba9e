// Scripts in files and directories.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace wasmi::spectest {

struct ScriptFile {
    std::filesystem::path path;
    std::string name;  ///< from the directory that was given
};

/// Appends `given`, or the files with that extension (".wast") in and below it, sorted.
void find_files(const std::string& given, const char* extension, std::vector<ScriptFile>& out,
                std::vector<std::string>& problems);

[[nodiscard]] bool read_file(const std::filesystem::path& path, std::string& out);

}  // namespace wasmi::spectest
