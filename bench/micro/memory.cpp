// Benchmarks of memories: growth, and copying and filling of several sizes.
// Spec: exec/instructions (memory instructions).
#include "bench/micro/modules.hpp"

#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

namespace wasmi::bench {

namespace {

constexpr const char* kBulk =
    "(module (memory 64)"
    " (func (export \"copy\") (param i32)"
    "  (memory.copy (i32.const 1000) (i32.const 2097152) (local.get 0)))"
    " (func (export \"fill\") (param i32)"
    "  (memory.fill (i32.const 1000) (i32.const 7) (local.get 0))))";

void bulk(benchmark::State& state, const char* name) {
    Guest guest(kBulk);
    guest.start();
    const auto run = guest.func<void(std::int32_t)>(name);
    const auto size = static_cast<std::int32_t>(state.range(0));
    for (auto _ : state) {
        Result<void> done = run(guest.store(), size);
        if (!done) return state.SkipWithError(done.error().to_string().c_str());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * size);
}

// From one page to 257, a page at a time: an item is one growth.
void grow(benchmark::State& state) {
    const ByteVector bytes = from_text(
        "(module (memory 1) (func (export \"grow\") (result i32) (memory.grow (i32.const 1))))");
    const Engine engine;
    const Module module = Module::compile(engine, bytes).value();
    constexpr int kTimes = 256;
    for (auto _ : state) {
        Store store(engine);
        const Instance instance = Linker::instantiate(store, module, {}).value();
        const auto run = instance.func<std::int32_t()>(store, "grow").value();
        for (int i = 0; i < kTimes; i++) benchmark::DoNotOptimize(run(store).value());
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * kTimes);
}

}  // namespace

void register_memory_benchmarks() {
    using benchmark::RegisterBenchmark;
    RegisterBenchmark("memory/grow", grow);
    for (const char* name : {"copy", "fill"}) {
        RegisterBenchmark((std::string("memory/") + name).c_str(),
                          [name](benchmark::State& state) { bulk(state, name); })
            ->RangeMultiplier(64)
            ->Range(16, 1 << 20);
    }
}

}  // namespace wasmi::bench
