// The host module `spectest`. Its functions print nothing: what they are given is of no interest.
// Spec: interpreter/README.md of the specification (spectest host module).
#include "spectests/runner/host.hpp"

#include <cstdint>
#include <utility>

namespace wasmi::spectest {
namespace {

Result<void> define_functions(Linker& linker) {
    const auto all = {
        linker.func("spectest", "print", [] {}),
        linker.func("spectest", "print_i32", [](std::int32_t) {}),
        linker.func("spectest", "print_i64", [](std::int64_t) {}),
        linker.func("spectest", "print_f32", [](float) {}),
        linker.func("spectest", "print_f64", [](double) {}),
        linker.func("spectest", "print_i32_f32", [](std::int32_t, float) {}),
        linker.func("spectest", "print_f64_f64", [](double, double) {}),
    };
    for (const Result<void>& defined : all) {
        if (!defined) return defined.error();
    }
    return {};
}

Result<void> define_globals(Store& store, Linker& linker) {
    const std::pair<const char*, Val> globals[] = {
        {"global_i32", Val(std::int32_t{666})},
        {"global_i64", Val(std::int64_t{666})},
        {"global_f32", Val(666.6f)},
        {"global_f64", Val(666.6)},
    };
    for (const auto& [name, value] : globals) {
        const Result<Global> global = Global::create(store, {value.type(), false}, value);
        if (!global) return global.error();
        const Result<void> defined = linker.define("spectest", name, *global);
        if (!defined) return defined;
    }
    return {};
}

Result<void> define_table(Store& store, Linker& linker, const char* name, bool is_64) {
    TableType type;
    type.limits = {10, 20, true};
    type.is_64 = is_64;
    const Result<Table> table = Table::create(store, type, Val(ValType::funcref, Ref{}));
    if (!table) return table.error();
    return linker.define("spectest", name, *table);
}

Result<void> define_memory(Store& store, Linker& linker, const char* name, bool shared) {
    MemoryType type;
    type.limits = {1, 2, true};
    type.is_shared = shared;
    const Result<Memory> memory = Memory::create(store, type);
    if (!memory) return memory.error();
    return linker.define("spectest", name, *memory);
}

}  // namespace

Result<void> define_spectest(Store& store, Linker& linker) {
    Result<void> done = define_functions(linker);
    if (done) done = define_globals(store, linker);
    if (done) done = define_table(store, linker, "table", false);
    if (done) done = define_table(store, linker, "table64", true);
    if (done) done = define_memory(store, linker, "memory", false);
    if (done && store.engine().config().features.has(Feature::threads)) {
        done = define_memory(store, linker, "shared_memory", true);
    }
    return done;
}

}  // namespace wasmi::spectest
