// wasmi-modes-agree: runs modules in every mode of the translator and compares what they do.
//
//     wasmi-modes-agree [--trace] FILE...
//
// Every exported function is called with fixed arguments; logged values, results, traps and the
// fuel that was used must be the same with fusion, pins and accumulators on and off, and with
// eager translation. --trace prints what happened, for comparison with another engine: a NaN is
// "nan", as its bits are not determined. Imports are functions that log their arguments.
#include <wasmi/wasmi.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace {

using namespace wasmi;

constexpr std::uint64_t kFuel = 3'000'000;  // of one call

struct Mode {
    const char* name;
    bool fuse, pins, accumulators, eager;
};
constexpr Mode kModes[] = {
    {"default", true, true, true, false},  {"no fusion", false, true, true, false},
    {"no pins", true, false, true, false}, {"no accumulators", true, true, false, false},
    {"plain", false, false, false, true},
};

/// Half of a vector; "nan" for what may be a NaN: of which operand of an addition it has the bits
/// depends on where the operands are.
std::string half(std::uint64_t bits) {
    const auto is_nan32 = [](std::uint64_t lane) { return (lane & 0x7FFF'FFFF) > 0x7F80'0000; };
    if (is_nan32(bits) || is_nan32(bits >> 32) ||
        (bits & ~(std::uint64_t{1} << 63)) > 0x7FFull << 52) {
        return "nan";
    }
    char text[20];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(bits));
    return text;
}

void append(std::string& trace, const Val& v) {
    char text[64];
    switch (v.type().kind()) {
        case ValKind::i32:
            std::snprintf(text, sizeof text, " %d", v.i32());
            break;
        case ValKind::i64:
            std::snprintf(text, sizeof text, " %lld", static_cast<long long>(v.i64()));
            break;
        case ValKind::f32:
        case ValKind::f64: {
            const double d = v.type() == ValType::f32 ? double{v.f32()} : v.f64();
            std::uint64_t bits = 0;
            std::memcpy(&bits, &d, sizeof bits);
            if (std::isnan(d)) {
                std::snprintf(text, sizeof text, " nan");
            } else {
                std::snprintf(text, sizeof text, " %016llx", static_cast<unsigned long long>(bits));
            }
            break;
        }
        case ValKind::v128:
            std::snprintf(text, sizeof text, " %s%s", half(v.v128().hi).c_str(),
                          half(v.v128().lo).c_str());
            break;
        default:
            std::snprintf(text, sizeof text, " ref");
            break;
    }
    trace += text;
}

Val argument(ValType type) {
    switch (type.kind()) {
        case ValKind::i32:
            return Val(std::int32_t{7});
        case ValKind::i64:
            return Val(std::int64_t{-9});
        case ValKind::f32:
            return Val(1.5f);
        case ValKind::f64:
            return Val(-0.25);
        default:
            return *Val::default_of(type);
    }
}

struct Run {
    std::string trace;  ///< what another engine does, too
    std::string fuel;
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
    run.trace += name;
    if (end) {
        for (const Val& v : results) append(run.trace, v);
    } else if (end.error().kind() == ErrorKind::trap &&
               end.error().trap() == TrapCode::call_stack_exhausted) {
        run.trace += " exhausted";
    } else {
        run.trace += " " + std::string(to_string(end.error().kind()));
        run.fuel += end.error().message() + ";";
    }
    run.trace += "\n";
    run.fuel += std::to_string(store.fuel().value_or(0)) + ";";
}

Result<Run> run_in(const Mode& mode, const char* file) {
    Config config;
    config.features = Features::all();
    config.compile = mode.eager ? CompileMode::eager : CompileMode::lazy_translation;
    config.tuning.fuse = mode.fuse;
    config.tuning.pin_locals = mode.pins;
    config.tuning.accumulators = mode.accumulators;
    const Engine engine(config);
    const Result<Module> module = Module::compile_file(engine, file);
    if (!module) return module.error();
    Store store(engine);
    Linker linker(store);
    Run run;
    for (const ImportType& import : module->imports()) {
        if (import.type.kind != ExternKind::func) continue;
        const Result<Func> log = Func::create(
            store, import.type.func,
            [&run, name = import.name](Caller&, std::span<const Val> args, std::span<Val>) {
                run.trace += name;
                for (const Val& v : args) append(run.trace, v);
                run.trace += "\n";
                return Result<void>{};
            });
        if (!log) return log.error();
        if (Result<void> done = linker.define(import.module, import.name, *log); !done) {
            return std::move(done).error();
        }
    }
    store.set_fuel(kFuel);
    const Result<Instance> instance = linker.instantiate(*module);
    if (!instance) {
        run.trace += "start " + std::string(to_string(instance.error().kind())) + "\n";
        return run;
    }
    for (const ExportType& item : module->exports()) {
        if (item.type.kind != ExternKind::func) continue;
        const Result<Extern> func = instance->get(store, item.name);
        if (func) call(store, *func->func(), item.name, run);
    }
    return run;
}

}  // namespace

int main(int argc, char** argv) {
    bool print = false;
    int wrong = 0;
    int agree = 0;
    int refused = 0;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--trace") == 0) {
            print = true;
            continue;
        }
        std::string trace, fuel;
        bool same = true;
        for (const Mode& mode : kModes) {
            Result<Run> run = run_in(mode, argv[i]);
            if (!run) {
                std::fprintf(stderr, "%s: %s\n", argv[i], run.error().to_string().c_str());
                ++refused;
                same = false;
                break;
            }
            if (&mode == kModes) {
                trace = run->trace;
                fuel = run->fuel;
            } else if (run->trace != trace || run->fuel != fuel) {
                std::fprintf(stderr, "%s: '%s' differs from '%s'\n%s%s\n--- from\n%s%s\n", argv[i],
                             mode.name, kModes[0].name, run->trace.c_str(), run->fuel.c_str(),
                             trace.c_str(), fuel.c_str());
                ++wrong;
                same = false;
                break;
            }
        }
        agree += same;
        if (print) std::printf("module %s\n%s", argv[i], trace.c_str());
    }
    std::fprintf(stderr, "%d agree, %d differ, %d refused\n", agree, wrong, refused);
    return wrong != 0 || refused != 0 ? 1 : 0;
}
