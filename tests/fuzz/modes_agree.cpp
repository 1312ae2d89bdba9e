// wasmi-modes-agree: runs modules in every mode of the translator and in the reference
// interpreter, and compares what they do.
//
//     wasmi-modes-agree [--trace] FILE...
//
// Every exported function is called with fixed arguments; logged values, results, traps, the
// memories and globals left behind and the fuel that was used must be the same with fusion, pins
// and accumulators on and off, and with eager translation; all but the fuel must be what the
// reference interpreter says, as far as the specification determines it. --trace prints what
// happened, for comparison with another engine: a NaN is "nan", as its bits are not determined.
// Imports are functions that log their arguments.
#include "tests/fuzz/reference_mode.hpp"
#include "tests/fuzz/trace.hpp"

#include <wasmi/wasmi.hpp>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace wasmi;
using namespace wasmi::fuzz;

struct Mode {
    const char* name;
    bool fuse, pins, accumulators, eager;
};
constexpr Mode kModes[] = {
    {"default", true, true, true, false},  {"no fusion", false, true, true, false},
    {"no pins", true, false, true, false}, {"no accumulators", true, true, false, false},
    {"plain", false, false, false, true},
};

void call(Store& store, const Func& func, const std::string& name, Run& run) {
    const Result<FuncType> type = func.type(store);
    if (!type) return;
    std::vector<Val> args;
    for (const ValType param : type->params) {
        if (!param.is_defaultable()) return;
        args.push_back(argument(param));
    }
    std::vector<Val> results(type->results.size());
    store.set_fuel(kFuel);
    const Result<void> end = func.call(store, args, results);
    if (end) {
        run.lines.push_back({name + to_text(results), {}});
    } else {
        run.lines.push_back(line_of_end(name, end.error().kind(), end.error().trap()));
        run.fuel += end.error().message() + ";";
    }
    run.fuel += std::to_string(store.fuel().value_or(0)) + ";";
}

void show(Store& store, const Instance& instance, const ExportType& item, Run& run) {
    if (item.type.kind == ExternKind::memory) {
        const Result<Memory> memory = instance.memory(store, item.name);
        if (!memory) return;
        const Result<std::span<std::byte>> bytes = memory->bytes(store);
        if (bytes) run.state.push_back(line_of_memory(item.name, *bytes));
    } else if (item.type.kind == ExternKind::global) {
        const Result<Global> global = instance.global(store, item.name);
        if (!global) return;
        const Result<Val> value = global->get(store);
        if (value) run.state.push_back({"global " + item.name + to_text(*value), {}});
    }
}

template <class Item>
Result<Extern> as_extern(const Result<Item>& item) {
    if (!item) return item.error();
    return Extern(*item);
}

/// Functions log their arguments; everything else is empty or a default value.
Result<Extern> supply(Store& store, const ImportType& import, Run& run) {
    switch (import.type.kind) {
        case ExternKind::func:
            return as_extern(Func::create(
                store, import.type.func,
                [&run, name = import.name](Caller&, std::span<const Val> args, std::span<Val>) {
                    run.lines.push_back({name + to_text(args), {}});
                    return Result<void>{};
                }));
        case ExternKind::table:
            return as_extern(
                Table::create(store, import.type.table, Val(import.type.table.element, Ref{})));
        case ExternKind::memory:
            return as_extern(Memory::create(store, import.type.memory));
        case ExternKind::global: {
            const GlobalType& type = import.type.global;
            if (const std::optional<Val> value = Val::default_of(type.value)) {
                return as_extern(Global::create(store, type, *value));
            }
            const Result<Ref> host = store.extern_ref(kHostObject);
            if (!host) return host.error();
            return as_extern(Global::create(store, type, Val(type.value, *host)));
        }
        case ExternKind::tag:
            break;
    }
    return as_extern(Tag::create(store, import.type.func));
}

Result<Run> run_in(const Mode& mode, std::span<const std::byte> bytes) {
    Config config;
    config.features = Features::all();
    config.compile = mode.eager ? CompileMode::eager : CompileMode::lazy_translation;
    config.tuning.fuse = mode.fuse;
    config.tuning.pin_locals = mode.pins;
    config.tuning.accumulators = mode.accumulators;
    const Engine engine(config);
    const Result<Module> module = Module::compile(engine, bytes);
    if (!module) return module.error();
    StoreLimits limits;
    limits.memory_bytes = kMemoryBytes;
    limits.table_elements = kTableElements;
    Store store(engine, limits);
    Run run;
    std::vector<Extern> imports;
    for (const ImportType& import : module->imports()) {
        const Result<Extern> item = supply(store, import, run);
        if (!item) return item.error();
        imports.push_back(*item);
    }
    store.set_fuel(kFuel);
    const Result<Instance> instance = Linker::instantiate(store, *module, imports);
    if (!instance) {
        const Error& error = instance.error();
        run.lines.push_back(line_of_end("start", error.kind(), error.trap()));
        return run;
    }
    const std::vector<ExportType> exports = module->exports();
    for (const ExportType& item : exports) {
        if (item.type.kind != ExternKind::func) continue;
        const Result<Func> func = instance->func(store, item.name);
        if (func) call(store, *func, item.name, run);
    }
    for (const ExportType& item : exports) show(store, *instance, item, run);
    return run;
}

std::string describe(const std::vector<Line>& lines) {
    std::string text;
    for (const Line& line : lines) text += line.text + " " + line.detail + "\n";
    return text;
}

void report(const char* file, const char* mode, const Run& run, const Run& from) {
    std::fprintf(stderr, "%s: '%s' differs from '%s'\n%s%s%s\n--- from\n%s%s%s\n", file, mode,
                 kModes[0].name, describe(run.lines).c_str(), describe(run.state).c_str(),
                 run.fuel.c_str(), describe(from.lines).c_str(), describe(from.state).c_str(),
                 from.fuel.c_str());
}

/// Whether a run shows what the reference says, as far as that is determined and until one of them
/// reaches a limit.
bool agrees(const ReferenceRun& reference, const Run& run) {
    const std::vector<Line>& wanted = reference.run.lines;
    const std::size_t limit = comparable(wanted, run.lines);
    const bool ended = limit == ~std::size_t{0};
    if (ended && reference.state_determined) {
        return run.lines == wanted && run.state == reference.run.state;
    }
    return equal_up_to(wanted, run.lines, std::min(limit, reference.determined));
}

struct Counts {
    int agree = 0, differ = 0, refused = 0;
    int whole = 0;  ///< of those that agree: compared with the reference to the end
};

/// What the default mode shows; the same in all others, or it is counted as a difference.
Run run_everywhere(const char* file, std::span<const std::byte> bytes, Counts& counts) {
    const auto refuse = [&](const Error& error) {
        std::fprintf(stderr, "%s: %s\n", file, error.to_string().c_str());
        ++counts.refused;
    };
    const Result<Run> first = run_in(kModes[0], bytes);
    if (!first) {
        refuse(first.error());
        return {};
    }
    const Result<ReferenceRun> reference = run_in_reference(bytes);
    if (!reference) {
        refuse(reference.error());
        return *first;
    }
    if (!agrees(*reference, *first)) {
        report(file, "reference", reference->run, *first);
        ++counts.differ;
        return *first;
    }
    for (const Mode& mode : kModes) {
        if (&mode == kModes) continue;
        const Result<Run> run = run_in(mode, bytes);
        if (!run) {
            refuse(run.error());
            return *first;
        }
        // Where a NaN is stored its bits may depend on where operands are.
        const bool same_state = run->state == first->state || !reference->state_determined;
        if (run->lines != first->lines || run->fuel != first->fuel || !same_state) {
            report(file, mode.name, *run, *first);
            ++counts.differ;
            return *first;
        }
    }
    ++counts.agree;
    counts.whole += reference->state_determined;
    return *first;
}

}  // namespace

int main(int argc, char** argv) {
    bool print = false;
    Counts counts;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--trace") == 0) {
            print = true;
            continue;
        }
        std::ifstream in(argv[i], std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
        const Run run = run_everywhere(argv[i], std::as_bytes(std::span(bytes)), counts);
        if (!print) continue;
        std::printf("module %s\n%s%s", argv[i], to_text(run.lines).c_str(),
                    to_text(run.state).c_str());
    }
    std::fprintf(stderr, "%d agree (%d with the reference to the end), %d differ, %d refused\n",
                 counts.agree, counts.whole, counts.differ, counts.refused);
    return counts.differ != 0 || counts.refused != 0 ? 1 : 0;
}
