// load_speed FILE…: prints how fast each module is decoded and validated.
// load_speed --check [--all] reads file names from standard input, one a line, and prints for each
// "valid" or "KIND<tab>OFFSET<tab>MESSAGE"; with --all every proposal is on.
#include "core/decoder/decoder.hpp"
#include "core/types/module.hpp"
#include "core/validator/validator.hpp"

#include <wasmi/config.hpp>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace wasmi;
using namespace wasmi::core;

std::vector<u8> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Result<void> check(const std::vector<u8>& bytes, Features features) {
    const auto engine = std::make_shared<EngineData>();
    engine->config.features = features;
    auto module = decode(engine, bytes, nullptr);
    if (!module) return std::move(module).error();
    if (Result<void> done = validate_module(**module); !done) return done;
    return validate_bodies(**module);
}

void bench(const std::string& path) {
    using Clock = std::chrono::steady_clock;
    const std::vector<u8> bytes = read_file(path);
    double decoding = 1e9;
    double validation = 1e9;
    for (int round = 0; round < 20; ++round) {
        const auto engine = std::make_shared<EngineData>();
        const auto start = Clock::now();
        auto module = decode(engine, bytes, nullptr);
        const auto decoded = Clock::now();
        if (!module || !validate_module(**module) || !validate_bodies(**module)) {
            std::printf("%s: not valid\n", path.c_str());
            return;
        }
        const auto end = Clock::now();
        decoding = std::min(decoding, std::chrono::duration<double>(decoded - start).count());
        validation = std::min(validation, std::chrono::duration<double>(end - decoded).count());
    }
    const double size = static_cast<double>(bytes.size()) / 1e6;
    std::printf("%s: %.2f MB, decode %.3f ms, validate %.3f ms = %.0f MB/s, both %.0f MB/s\n",
                path.c_str(), size, decoding * 1e3, validation * 1e3, size / validation,
                size / (decoding + validation));
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view mode = argc > 1 ? argv[1] : "";
    if (mode != "--check") {
        for (int i = 1; i < argc; ++i) bench(argv[i]);
        return 0;
    }
    const bool all = argc > 2 && std::string_view(argv[2]) == "--all";
    const Features features = all ? Features::all() : Features::defaults();
    std::string path;
    while (std::getline(std::cin, path)) {
        const Result<void> done = check(read_file(path), features);
        if (done) {
            std::puts("valid");
        } else {
            const Error& error = done.error();
            std::printf("%s\t%lld\t%s\n", std::string(to_string(error.kind())).c_str(),
                        static_cast<long long>(error.offset()), error.message().c_str());
        }
    }
    return 0;
}
