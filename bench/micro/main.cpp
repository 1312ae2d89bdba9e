// wasmi_bench: the micro-benchmarks, run by Google Benchmark.
// Further options: --module=FILE (repeat) adds the loading of that module.
// Spec: none.
#include "bench/micro/modules.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
    using namespace wasmi::bench;
    std::vector<char*> rest;
    std::vector<std::string> files;
    for (int i = 0; i < argc; i++) {
        const std::string_view word = argv[i];
        constexpr std::string_view kOption = "--module=";
        if (word.starts_with(kOption)) {
            files.emplace_back(word.substr(kOption.size()));
        } else {
            rest.push_back(argv[i]);
        }
    }
    int count = static_cast<int>(rest.size());
    rest.push_back(nullptr);
    benchmark::Initialize(&count, rest.data());
    if (benchmark::ReportUnrecognizedArguments(count, rest.data())) return 2;

    register_load_benchmarks("small", from_text("(module (memory 1) (func (export \"f\")))"));
    register_load_benchmarks("2000_functions", large_module(2000));
    for (const std::string& file : files) {
        register_load_benchmarks(file.substr(file.rfind('/') + 1), from_file(file));
    }
    register_call_benchmarks();
    register_memory_benchmarks();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
