// Benchmarks of loading: decode, validate, translate, instantiate. Bytes are those of the module,
// of "translate" those of its functions. Spec: binary/modules, valid/modules, exec/modules
// (instantiation).
#include "bench/micro/modules.hpp"
#include "core/decoder/decoder.hpp"
#include "core/executor/runtime.hpp"
#include "core/translator/translator.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include <benchmark/benchmark.h>

namespace wasmi::bench {

namespace {

using Shared = std::shared_ptr<const ByteVector>;

std::int64_t total_bytes(const benchmark::State& state, const ByteVector& bytes) {
    return static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes.size());
}

void decode(benchmark::State& state, const Shared& bytes) {
    const Engine engine;
    const std::span<const core::u8> span(reinterpret_cast<const core::u8*>(bytes->data()),
                                         bytes->size());
    for (auto _ : state) {
        auto module = core::decode(engine.data(), span, bytes);
        if (!module) return state.SkipWithError(module.error().to_string().c_str());
        benchmark::DoNotOptimize(module);
    }
    state.SetBytesProcessed(total_bytes(state, *bytes));
}

void validate(benchmark::State& state, const Shared& bytes) {
    const Engine engine;
    for (auto _ : state) {
        Result<void> good = Module::validate(engine, *bytes);
        if (!good) return state.SkipWithError(good.error().to_string().c_str());
    }
    state.SetBytesProcessed(total_bytes(state, *bytes));
}

/// All functions, to register code that nobody keeps.
void translate(benchmark::State& state, const Shared& bytes) {
    const Engine engine;
    Result<Module> module = Module::compile(engine, *bytes, Bytes::borrow);
    if (!module) return state.SkipWithError(module.error().to_string().c_str());
    core::ModuleData& data = *module->data();
    core::TranslatorBuffers buffers;
    std::int64_t in_bodies = 0;
    for (const core::FuncDesc& func : data.funcs) in_bodies += func.body.size;
    for (auto _ : state) {
        for (core::u32 i = 0; i < data.funcs.size(); ++i) {
            auto code = core::translate_function(data, i, core::code_target(), buffers,
                                                 core::Keep::nothing);
            if (!code) return state.SkipWithError(code.error().to_string().c_str());
            benchmark::DoNotOptimize(code);
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * in_bodies);
}

void compile(benchmark::State& state, const Shared& bytes, CompileMode mode) {
    Config config;
    config.compile = mode;
    const Engine engine(config);
    for (auto _ : state) {
        Result<Module> module = Module::compile(engine, *bytes, Bytes::borrow);
        if (!module) return state.SkipWithError(module.error().to_string().c_str());
        benchmark::DoNotOptimize(module);
    }
    state.SetBytesProcessed(total_bytes(state, *bytes));
}

void instantiate(benchmark::State& state, const Shared& bytes) {
    const Engine engine;
    Result<Module> module = Module::compile(engine, *bytes, Bytes::borrow);
    if (!module) return state.SkipWithError(module.error().to_string().c_str());
    for (auto _ : state) {
        Store store(engine);
        Result<Instance> instance = Linker::instantiate(store, *module, {});
        if (!instance) return state.SkipWithError(instance.error().to_string().c_str());
        benchmark::DoNotOptimize(instance);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

}  // namespace

void register_load_benchmarks(const std::string& name, ByteVector bytes) {
    const Shared shared = std::make_shared<const ByteVector>(std::move(bytes));
    using benchmark::RegisterBenchmark;
    RegisterBenchmark(("decode/" + name).c_str(),
                      [shared](benchmark::State& state) { decode(state, shared); });
    RegisterBenchmark(("validate/" + name).c_str(),
                      [shared](benchmark::State& state) { validate(state, shared); });
    RegisterBenchmark(("translate/" + name).c_str(),
                      [shared](benchmark::State& state) { translate(state, shared); });
    const std::pair<const char*, CompileMode> modes[] = {
        {"compile/", CompileMode::lazy_translation},
        {"compile_eager/", CompileMode::eager},
        {"compile_lazy/", CompileMode::lazy},
    };
    for (const auto& [prefix, when] : modes) {
        RegisterBenchmark((prefix + name).c_str(), [shared, mode = when](benchmark::State& state) {
            compile(state, shared, mode);
        });
    }
    const Result<Module> module = Module::compile(Engine(), *shared, Bytes::borrow);
    if (module && !module->imports().empty()) return;  // nothing here could be given for them
    RegisterBenchmark(("instantiate/" + name).c_str(),
                      [shared](benchmark::State& state) { instantiate(state, shared); });
}

}  // namespace wasmi::bench
