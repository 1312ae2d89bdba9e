// wasmi-run run: instantiates a module with WASI and runs it.
// Spec: wasi application ABI (commands and reactors).
#include "command.hpp"
#include "json.hpp"
#include "options.hpp"
#include "values.hpp"

#include <wasmi/version.hpp>
#include <wasmi/wasi.hpp>
#include <wasmi/wasi_threads.hpp>
#include <wasmi/wasmi.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

namespace wasmi::tool {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kHelp = R"(wasmi-run: runs WebAssembly modules

usage: wasmi-run [run] [options] FILE [guest arguments]
       wasmi-run verify|wat|wasm|wast --help

Options come before FILE; everything after FILE belongs to the guest, no "--" is needed. FILE may
be a binary or a text module. A command (export "_start") is run as a program with WASI preview 1;
of other modules a function is called with --invoke.

what the guest sees
  --dir HOST[::GUEST][:ro]  give the directory HOST under the name GUEST (default: HOST);
                            :ro refuses every change below it. May be repeated.
  --env NAME[=VALUE]        set a variable; without a value, the host's is passed on
  --env-inherit             pass on all variables of the host
  --argv0 NAME              what the guest sees as its name (default: FILE)

what to run
  --invoke NAME             call the export NAME with the guest arguments as its parameters and
                            print the results, one a line. Integers: 7, -7, 0xff; floats: 1.5,
                            0x1p-3, inf, nan; references: null
  --preload NAME=FILE       instantiate FILE first and link its exports as module NAME; may be
                            repeated, a later one may import from an earlier one
  --features LIST           proposals. Names add to what is on by default, which is 3.0, threads and
                            legacy-exceptions; with "-" they remove; a set begins anew:
                            --features=-simd,wide-arithmetic  --features=2.0,threads
                            sets: all default 3.0 2.0 1.0 mvp
                            names: mutable-globals sign-extension saturating-conversion
                            multi-value bulk-memory reference-types simd relaxed-simd tail-call
                            extended-const function-references gc multi-memory memory64 exceptions
                            threads legacy-exceptions wide-arithmetic custom-page-sizes
                            compact-imports; also by the names of LLVM ("simd128")

limits
  --fuel N                  end after N instructions
  --timeout TIME            end after TIME: 2s, 300ms, 1m
  --max-memory SIZE         for all memories together: 64M, 1G
  --max-stack SIZE          for the guest's call frames (default 8M)

information
  --stats[=json]            print times, fuel and memory to standard error at the end
  --version, -V
  --help, -h

exit codes
  0 to 255  the guest's own (proc_exit), 0 if it returns
  64  bad options or arguments        65  malformed, invalid or unsupported module
  66  file cannot be read             69  imports missing or of the wrong type
  124 --timeout passed                134 trap or uncaught exception
  137 a limit was reached             152 --fuel used up
)";

struct Options {
    std::vector<std::string> dirs;
    std::vector<std::string> env;
    bool env_inherit = false;
    std::string argv0;
    bool has_argv0 = false;
    std::string invoke;
    bool has_invoke = false;
    std::vector<std::string> preloads;
    std::optional<std::uint64_t> fuel;
    std::string timeout;
    std::string max_memory;
    std::string max_stack;
    std::string stats;
    std::string features;
    bool no_fuse = false;
    bool no_pins = false;
    bool no_accumulators = false;
    std::string file;
    std::vector<std::string> guest_args;
};

/// Times of the phases, for --stats.
class Phases {
  public:
    void begin(const char* name) {
        end();
        times_.push_back({name, Clock::duration::zero()});
        since_ = Clock::now();
    }
    void end() {
        if (!times_.empty() && since_ != Clock::time_point())
            times_.back().time = Clock::now() - since_;
        since_ = {};
    }
    struct Phase {
        const char* name;
        Clock::duration time;
    };
    [[nodiscard]] const std::vector<Phase>& times() const { return times_; }

  private:
    std::vector<Phase> times_;
    Clock::time_point since_;
};

void print_stats(const Phases& phases, const Store& store, const Module& module, bool json) {
    struct rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto ms = [](Clock::duration d) {
        return std::chrono::duration<double, std::milli>(d).count();
    };
    std::string text;
    const TranslationStats translated = module.translation_stats();
    const std::uint64_t peak = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    if (json) {
        JsonWriter members;
        members.begin_object();
        for (const Phases::Phase& p : phases.times()) {
            members.key(std::string(p.name) + "_ms");
            members.fixed(ms(p.time), 3);
        }
        members.member("fuel", store.fuel_consumed());
        members.member("memory_bytes", store.memory_bytes_used());
        members.member("translated_functions", translated.functions);
        members.member("translated_body_bytes", translated.body_bytes);
        members.member("register_code_bytes", translated.code_bytes);
        members.member("peak_rss_bytes", peak);
        members.end_object();
        text = members.text() + '\n';
    } else {
        for (const Phases::Phase& p : phases.times())
            text += fmt::format("{:<12}{:>12.3f} ms\n", p.name, ms(p.time));
        text += fmt::format("{:<12}{:>12} instructions\n", "fuel", store.fuel_consumed());
        text += fmt::format("{:<12}{:>12} bytes in linear memories\n", "memory",
                            store.memory_bytes_used());
        text += fmt::format("{:<12}{:>12} functions of {} bytes, to {} bytes of register code\n",
                            "translated", translated.functions, translated.body_bytes,
                            translated.code_bytes);
        text += fmt::format("{:<12}{:>12} bytes of the process\n", "peak", peak);
    }
    std::fwrite(text.data(), 1, text.size(), stderr);
}

bool is_integer(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Fills `options`; an exit code if the program ends here.
std::optional<int> parse(int argc, char** argv, Options& o) {
    CLI::App app;
    bool version = false;
    std::string fuel;
    app.add_flag("-V,--version", version);
    // One value each: a list would swallow FILE.
    app.add_option("--dir", o.dirs)->allow_extra_args(false);
    app.add_option("--env", o.env)->allow_extra_args(false);
    app.add_flag("--env-inherit", o.env_inherit);
    CLI::Option* argv0 = app.add_option("--argv0", o.argv0);
    CLI::Option* invoke = app.add_option("--invoke", o.invoke);
    app.add_option("--preload", o.preloads)->allow_extra_args(false);
    app.add_option("--fuel", fuel);
    app.add_option("--timeout", o.timeout);
    app.add_option("--max-memory", o.max_memory);
    app.add_option("--max-stack", o.max_stack);
    // A flag that may have a value after "=", never the next argument.
    app.add_flag("--stats", o.stats)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app.add_option("--features", o.features);
    app.add_flag("--no-fuse", o.no_fuse);
    app.add_flag("--no-pins", o.no_pins);
    app.add_flag("--no-accumulators", o.no_accumulators);
    app.prefix_command();  // the first argument that is no option ends ours
    if (const auto code = read_options(app, argc, argv, kHelp)) return *code;
    if (version) {
        fmt::print("wasmi-run {}\n", wasmi::version());
        return kOk;
    }
    std::vector<std::string> rest = app.remaining();
    if (!rest.empty() && rest[0] == "--") rest.erase(rest.begin());
    if (rest.empty()) return report_usage("no FILE given");
    if (rest[0].size() > 1 && rest[0][0] == '-')
        return report_usage(fmt::format("unknown option {}", rest[0]));
    o.has_argv0 = argv0->count() != 0;
    o.has_invoke = invoke->count() != 0;
    o.file = rest[0];
    o.guest_args.assign(rest.begin() + 1, rest.end());
    if (!fuel.empty()) {
        o.fuel = is_integer(fuel) ? parse_size(fuel) : std::nullopt;
        if (!o.fuel) return report_usage(fmt::format("--fuel {} is not a number", fuel));
    }
    if (!o.stats.empty() && o.stats != "true" && o.stats != "json" && o.stats != "false")
        return report_usage(fmt::format("--stats={}: use --stats or --stats=json", o.stats));
    return std::nullopt;
}

/// "HOST", "HOST::GUEST", each with ":ro". An exit code on error.
std::optional<int> add_dir(std::string_view text, WasiConfig& config) {
    WasiAccess access = WasiAccess::read_write;
    constexpr std::string_view kReadOnly = ":ro";
    if (text.size() > kReadOnly.size() &&
        text.substr(text.size() - kReadOnly.size()) == kReadOnly) {
        access = WasiAccess::read;
        text.remove_suffix(kReadOnly.size());
    }
    const std::size_t colons = text.find("::");
    const std::string_view host = text.substr(0, colons);
    const std::string_view guest =
        colons == std::string_view::npos ? host : text.substr(colons + 2);
    if (host.empty() || guest.empty())
        return report_usage(fmt::format("--dir {}: use HOST[::GUEST][:ro]", text));
    config.preopen(std::string(host), std::string(guest), access);
    return std::nullopt;
}

std::optional<int> make_wasi_config(const Options& o, WasiConfig& config) {
    config.arg(o.has_argv0 ? o.argv0 : o.file);
    if (!o.has_invoke) {
        for (const std::string& a : o.guest_args) config.arg(a);
    }
    if (o.env_inherit) config.inherit_env();
    for (const std::string& e : o.env) {
        const std::size_t equals = e.find('=');
        const std::string name = e.substr(0, equals);
        if (name.empty()) return report_usage(fmt::format("--env {}: use NAME[=VALUE]", e));
        if (equals != std::string::npos) {
            config.env(name, e.substr(equals + 1));
        } else if (const char* value = std::getenv(name.c_str()); value != nullptr) {
            config.env(name, value);
        }
    }
    for (const std::string& d : o.dirs) {
        if (const auto code = add_dir(d, config)) return code;
    }
    config.inherit_stdio();
    return std::nullopt;
}

std::string list_functions(const Module& module) {
    std::string list;
    for (const ExportType& e : module.exports()) {
        if (e.type.kind != ExternKind::func) continue;
        list += fmt::format("{}{} {}", list.empty() ? "" : ", ", e.name, to_string(e.type.func));
        if (list.size() > 2000) return list + ", …";
    }
    return list.empty() ? "no functions" : list;
}

/// Turns the outcome of the main thread into that of the program.
using Finish = std::function<Result<void>(Result<void>)>;

/// Calls an export with typed arguments and prints the results.
int invoke(Store& store, const Instance& instance, const Module& module, const Options& o,
           const Finish& finish) {
    Result<Func> func = instance.func(store, o.invoke);
    if (!func) {
        return report_usage(fmt::format("{} has no function \"{}\"; it exports {}", o.file,
                                        o.invoke, list_functions(module)));
    }
    Result<FuncType> type = func->type(store);
    if (!type) return report(type.error());
    if (type->params.size() != o.guest_args.size()) {
        return report_usage(fmt::format("\"{}\" is {}: it takes {} argument{}, not {}", o.invoke,
                                        to_string(*type), type->params.size(),
                                        type->params.size() == 1 ? "" : "s", o.guest_args.size()));
    }
    std::vector<Val> args;
    for (std::size_t i = 0; i < o.guest_args.size(); ++i) {
        const std::optional<Val> value = parse_value(type->params[i], o.guest_args[i]);
        if (!value) {
            return report_usage(fmt::format("argument {} of \"{}\": \"{}\" is no {}", i + 1,
                                            o.invoke, o.guest_args[i], to_string(type->params[i])));
        }
        args.push_back(*value);
    }
    std::vector<Val> results;
    for (const ValType t : type->results) results.push_back(Val::from_bits(t, 0));
    Result<void> end = finish(func->call(store, args, results));
    if (!end) return report(end.error());
    std::string text;
    for (const Val& v : results) text += print_value(v) + "\n";
    std::fwrite(text.data(), 1, text.size(), stdout);
    return std::fflush(stdout) == 0 ? kOk : kTrouble;
}

/// Runs _start, or _initialize and --invoke.
int run_instance(Store& store, const Instance& instance, const Module& module, const Options& o,
                 const Finish& finish) {
    if (!o.has_invoke) {
        Result<TypedFunc<void()>> start = instance.func<void()>(store, "_start");
        if (start) {
            Result<void> end = finish((*start)(store));
            return end ? kOk : report(end.error());
        }
    }
    if (Result<TypedFunc<void()>> initialize = instance.func<void()>(store, "_initialize")) {
        Result<void> end = (*initialize)(store);
        if (!end) return report(finish(std::move(end)).error());
    }
    if (o.has_invoke) return invoke(store, instance, module, o, finish);
    return report_usage(
        fmt::format("{} has no \"_start\" to run; call one of its exports with "
                    "--invoke: {}",
                    o.file, list_functions(module)));
}

struct Preload {
    std::string name;
    std::string file;
};

struct Library {
    std::string name;
    Module module;
};

Result<void> link_library(Linker& linker, const Library& library) {
    Result<Instance> instance = linker.instantiate(library.module);
    if (!instance) return std::move(instance).error();
    Store& store = linker.store();
    if (Result<TypedFunc<void()>> init = instance->func<void()>(store, "_initialize")) {
        Result<void> end = (*init)(store);
        if (!end) return end;
    }
    return linker.define_instance(library.name, *instance);
}

int run(const Options& o) {
    Config config;
    config.tuning.fuse = !o.no_fuse;
    config.tuning.pin_locals = !o.no_pins;
    config.tuning.accumulators = !o.no_accumulators;
    if (const auto code = apply_features(o.features, config.features)) return *code;

    StoreLimits limits;
    if (!o.max_memory.empty()) {
        const auto bytes = parse_size(o.max_memory);
        if (!bytes) return report_usage(fmt::format("--max-memory {} is not a size", o.max_memory));
        limits.memory_bytes = *bytes;
    }
    if (!o.max_stack.empty()) {
        const auto bytes = parse_size(o.max_stack);
        if (!bytes) return report_usage(fmt::format("--max-stack {} is not a size", o.max_stack));
        limits.stack_bytes = *bytes;
    }
    std::optional<std::chrono::nanoseconds> timeout;
    if (!o.timeout.empty()) {
        timeout = parse_duration(o.timeout);
        if (!timeout)
            return report_usage(
                fmt::format("--timeout {} is not a time; use 2s or 300ms", o.timeout));
    }
    std::vector<Preload> preloads;
    for (const std::string& p : o.preloads) {
        const std::size_t equals = p.find('=');
        if (equals == 0 || equals == std::string::npos || equals + 1 == p.size())
            return report_usage(fmt::format("--preload {}: use NAME=FILE", p));
        preloads.push_back({p.substr(0, equals), p.substr(equals + 1)});
    }
    WasiConfig wasi;
    if (const auto code = make_wasi_config(o, wasi)) return *code;

    Phases phases;
    phases.begin("load");
    const Engine engine(config);
    Result<Module> module = Module::compile_file(engine, o.file.c_str());
    if (!module) return report(module.error(), o.file);
    phases.begin("instantiate");
    Store store(engine, limits);
    if (o.fuel) store.set_fuel(o.fuel);
    if (timeout) store.set_deadline(Clock::now() + *timeout);
    Linker linker(store);
    std::vector<Library> libraries;
    std::optional<WasiThreads> threads;
    Result<void> added;
    if (WasiThreads::wanted_by(*module)) {
        WasiThreadOptions options;
        options.limits = limits;
        options.define = [&libraries](Linker& own) -> Result<void> {
            for (const Library& l : libraries) {
                if (Result<void> linked = link_library(own, l); !linked) return linked;
            }
            return {};
        };
        Result<WasiThreads> made = WasiThreads::create(linker, *module, wasi, std::move(options));
        if (made) {
            threads = *std::move(made);
        } else {
            added = std::move(made).error();
        }
    } else {
        added = add_wasi(linker, wasi);
    }
    if (!added) {
        const int code = report(added.error());
        for (const std::string& d : o.dirs) {
            if (d.find(':') != std::string::npos && d.find("::") == std::string::npos)
                fmt::print(stderr, "note: for --dir {} write HOST::GUEST, with two colons\n", d);
        }
        return code;
    }

    int code = kOk;
    const auto finish = [&] {
        phases.end();
        if (!o.stats.empty() && o.stats != "false")
            print_stats(phases, store, *module, o.stats == "json");
        return code;
    };
    for (const Preload& p : preloads) {
        Result<Module> library = Module::compile_file(engine, p.file.c_str());
        if (!library) return report(library.error(), p.file);
        libraries.push_back({p.name, *library});
        Result<void> linked = link_library(linker, libraries.back());
        if (!linked) return code = report(linked.error(), p.file), finish();
    }
    Result<Instance> instance =
        threads ? threads->instantiate(linker) : linker.instantiate(*module);
    if (!instance) return code = report(instance.error(), o.file), finish();
    phases.begin("run");
    code = run_instance(store, *instance, *module, o, [&threads](Result<void> end) {
        return threads ? threads->finish(std::move(end)) : end;
    });
    return finish();
}

}  // namespace

int run_main(int argc, char** argv) {
    Options options;
    if (const auto code = parse(argc, argv, options)) return *code;
    return run(options);
}

}  // namespace wasmi::tool
