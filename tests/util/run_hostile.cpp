// run_hostile: see run_hostile.hpp.
#include "tests/util/run_hostile.hpp"

#include <wasmi/wasi.hpp>
#include <wasmi/wasmi.hpp>

#include <chrono>
#include <cstdlib>

namespace wasmi::test {

namespace {

constexpr std::uint64_t kFuel = 100'000;  // of one call
constexpr std::size_t kCalls = 40;
constexpr std::chrono::seconds kTime{5};

StoreLimits tight() {
    StoreLimits limits;
    limits.memory_bytes = std::uint64_t{64} << 20;
    limits.table_elements = 100'000;
    limits.gc_heap_bytes = std::uint64_t{8} << 20;
    limits.stack_bytes = std::uint64_t{256} << 10;
    return limits;
}

void must_speak(const Error& error) {
    if (error.message().empty() || error.to_string().empty()) std::abort();
}

/// Results are zero; a non-nullable reference there cannot be, so that the call fails.
Result<void> answer_nothing(Caller&, std::span<const Val>, std::span<Val>) { return {}; }

Result<Extern> something_of(Store& store, const ExternType& type) {
    const auto as_extern = [](auto item) -> Result<Extern> {
        if (!item) return std::move(item).error();
        return Extern(*item);
    };
    switch (type.kind) {
        case ExternKind::func:
            return as_extern(Func::create(store, type.func, answer_nothing));
        case ExternKind::memory:
            return as_extern(Memory::create(store, type.memory));
        case ExternKind::tag:
            return as_extern(Tag::create(store, type.func));
        case ExternKind::table:
            if (const auto value = Val::default_of(type.table.element)) {
                return as_extern(Table::create(store, type.table, *value));
            }
            break;
        case ExternKind::global:
            if (const auto value = Val::default_of(type.global.value)) {
                return as_extern(Global::create(store, type.global, *value));
            }
            break;
    }
    return Error(ErrorKind::link, "no such value");
}

void call_with_zeros(Store& store, const Func& func) {
    const Result<FuncType> type = func.type(store);
    if (!type) std::abort();
    std::vector<Val> args;
    std::vector<Val> results(type->results.size());
    for (const ValType param : type->params) {
        const std::optional<Val> value = Val::default_of(param);
        if (!value) return;
        args.push_back(*value);
    }
    store.set_fuel(kFuel);
    const Result<void> end = func.call(store, args, results);
    if (!end) must_speak(end.error());
}

}  // namespace

HostileEnd run_hostile(std::span<const std::byte> bytes) {
    Config config;
    config.features = Features::all();
    const Engine engine(config);
    const Result<Module> module = Module::compile(engine, bytes);
    if (!module) {
        must_speak(module.error());
        return HostileEnd::refused;
    }
    Store store(engine, tight());
    store.set_fuel(kFuel);
    store.set_deadline(std::chrono::steady_clock::now() + kTime);  // memory.atomic.wait is no fuel
    Linker linker(store);
    if (!add_wasi(linker, WasiConfig{}.fixed_clock(0))) std::abort();
    for (const ImportType& import : module->imports()) {
        if (linker.get(import.module, import.name)) continue;
        const Result<Extern> item = something_of(store, import.type);
        if (!item || !linker.define(import.module, import.name, *item)) {
            return HostileEnd::not_linked;
        }
    }
    const Result<Instance> instance = linker.instantiate(*module);
    if (!instance) {
        must_speak(instance.error());
        return HostileEnd::not_linked;
    }
    std::size_t calls = 0;
    for (const ExportType& item : module->exports()) {
        if (item.type.kind != ExternKind::func || ++calls > kCalls) continue;
        const Result<Extern> func = instance->get(store, item.name);
        if (!func || !func->func()) std::abort();
        call_with_zeros(store, *func->func());
    }
    return HostileEnd::ran;
}

}  // namespace wasmi::test
