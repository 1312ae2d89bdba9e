// wasmi-modes-agree: runs modules in every mode of the translator and in the reference
// interpreter, and compares what they do.
//
//     wasmi-modes-agree [--trace] FILE...
//     wasmi-modes-agree --generate SEED COUNT
//
// Every exported function is called with fixed arguments; logged values, results, traps, the
// memories and globals left behind and the fuel that was used must be the same with fusion, pins
// and accumulators on and off, with eager translation and with late validation; all but the fuel
// must be what the reference interpreter says, as far as the specification determines it. --trace
// prints what happened, for comparison with another engine: a NaN is "nan", as its bits are not
// determined. Imports are functions that log their arguments.
#include "tests/fuzz/generate.hpp"
#include "tests/fuzz/reference_mode.hpp"
#include "tests/fuzz/trace.hpp"

#include <wasmi/wasmi.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace wasmi;
using namespace wasmi::fuzz;

struct Mode {
    const char* name;
    bool fuse, pins, accumulators;
    CompileMode compile = CompileMode::lazy_translation;
};
constexpr Mode kModes[] = {
    {"default", true, true, true},
    {"no fusion", false, true, true},
    {"no pins", true, false, true},
    {"no accumulators", true, true, false},
    {"plain", false, false, false, CompileMode::eager},
    {"lazy", true, true, true, CompileMode::lazy},
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
    config.compile = mode.compile;
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
/// reaches a limit; after that the state is not determined.
bool agrees(const ReferenceRun& reference, const Run& run) {
    if (!agree(reference.run.lines, run.lines, reference.lines_determined)) return false;
    const auto limited = [](const Line& line) { return line.ends_at_limit(); };
    return reference.limited || std::any_of(run.lines.begin(), run.lines.end(), limited) ||
           agree(reference.run.state, run.state, reference.state_determined);
}

/// Whether two modes of the engine show the same. Where a NaN comes to light its bits may depend
/// on where operands are.
bool same(const ReferenceRun& reference, const Run& a, const Run& b) {
    if (reference.is_determined()) {
        return a.lines == b.lines && a.state == b.state && a.fuel == b.fuel;
    }
    return agree(a.lines, b.lines, reference.lines_determined) &&
           agree(a.state, b.state, reference.state_determined);
}

struct Counts {
    int agree = 0, differ = 0, refused = 0;
    int whole = 0;  ///< of those that agree: compared with the reference in all they show
};

constexpr std::size_t kReference = ~std::size_t{0};
/// Which run differs from the default mode, if any: kReference or a position in kModes.
std::optional<std::size_t> find_difference(const ReferenceRun& reference,
                                           const std::vector<Run>& runs) {
    if (!agrees(reference, runs[0])) return kReference;
    for (std::size_t i = 1; i < runs.size(); ++i) {
        if (!same(reference, runs[0], runs[i])) return i;
    }
    return std::nullopt;
}

/// What the default mode shows; the same in all others, or it is counted as a difference.
Run run_everywhere(const char* file, std::span<const std::byte> bytes, Counts& counts) {
    std::vector<Run> runs;
    const auto refuse = [&](const Error& error) {
        std::fprintf(stderr, "%s: %s\n", file, error.to_string().c_str());
        ++counts.refused;
        return runs.empty() ? Run{} : runs[0];
    };
    for (const Mode& mode : kModes) {
        Result<Run> run = run_in(mode, bytes);
        if (!run) return refuse(run.error());
        runs.push_back(std::move(*run));
    }
    // Two other NaNs show nearly everything that depends on them; before a difference counts, many.
    Result<ReferenceRun> reference = run_in_reference(bytes, 2);
    if (!reference) return refuse(reference.error());
    if (find_difference(*reference, runs)) reference = run_in_reference(bytes, 64);
    const std::optional<std::size_t> which = find_difference(*reference, runs);
    if (!which) {
        ++counts.agree;
        counts.whole += reference->is_determined() && !reference->limited;
    } else {
        ++counts.differ;
        const bool is_reference = *which == kReference;
        report(file, is_reference ? "reference" : kModes[*which].name,
               is_reference ? reference->run : runs[*which], runs[0]);
    }
    return runs[0];
}

/// A module that differs is kept in the current folder.
void run_generated(std::uint64_t seed, Counts& counts) {
    const std::string name = "generated-" + std::to_string(seed) + ".wasm";
    const std::vector<std::uint8_t> bytes = generate_module(seed);
    const int agreed = counts.agree;
    (void)run_everywhere(name.c_str(), std::as_bytes(std::span(bytes)), counts);
    if (counts.agree != agreed) return;
    std::ofstream(name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

int main(int argc, char** argv) {
    bool print = false;
    Counts counts;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--trace") == 0) {
            print = true;
        } else if (std::strcmp(argv[i], "--generate") == 0 && i + 2 < argc) {
            const std::uint64_t seed = std::strtoull(argv[++i], nullptr, 10);
            const std::uint64_t count = std::strtoull(argv[++i], nullptr, 10);
            for (std::uint64_t k = 0; k < count; ++k) run_generated(seed + k, counts);
        } else {
            std::ifstream in(argv[i], std::ios::binary);
            const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
            const Run run = run_everywhere(argv[i], std::as_bytes(std::span(bytes)), counts);
            if (!print) continue;
            std::printf("module %s\n%s%s", argv[i], to_text(run.lines).c_str(),
                        to_text(run.state).c_str());
        }
    }
    std::fprintf(stderr, "%d agree (%d with the reference to the end), %d differ, %d refused\n",
                 counts.agree, counts.whole, counts.differ, counts.refused);
    return counts.differ != 0 || counts.refused != 0 || counts.agree == 0 ? 1 : 0;
}
