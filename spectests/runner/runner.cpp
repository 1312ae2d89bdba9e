// Execution of scripts.
// Spec: interpreter/README.md of the specification (scripts).
#include "spectests/runner/runner.hpp"

#include "core/text/assemble.hpp"
#include "spectests/runner/host.hpp"
#include "spectests/runner/modules.hpp"
#include "spectests/runner/values.hpp"

#include <wasmi/linker.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <thread>
#include <utility>

namespace wasmi::spectest {
namespace {

/// Lines of offsets that only grow, without counting from the start each time.
class LineCounter {
  public:
    explicit LineCounter(std::string_view source) : source_(source) {}
    u32 line_of(std::size_t offset) {
        if (offset < at_) {
            at_ = 0;
            line_ = 1;
        }
        for (; at_ < offset && at_ < source_.size(); ++at_) {
            if (source_[at_] == '\n') ++line_;
        }
        return line_;
    }

  private:
    std::string_view source_;
    std::size_t at_ = 0;
    u32 line_ = 1;
};

/// Nothing if a command went as it should, else why not.
using Verdict = std::optional<std::string>;

/// Runs commands in order. Each thread of a script has a runner of its own, with its own store,
/// names and registry.
class Runner {
  public:
    Runner(const Script& script, std::string_view source, const Engine& engine,
           const RunOptions& options)
        : script_(script),
          source_(source),
          options_(options),
          lines_(source),
          engine_(engine),
          store_(std::make_unique<Store>(engine_, options.limits)) {
        if (!options.metered) return;
        store_->set_fuel(u64{1} << 62);
        store_->set_deadline(std::chrono::steady_clock::now() + std::chrono::hours(24));
    }

    ScriptResult run(const std::vector<Command>& commands) {
        const Result<void> ready = link();
        if (!ready) {
            result_.failures.push_back({0, "host module: " + ready.error().to_string()});
            result_.failed += std::max<u64>(1, count_assertions(commands));
            return std::move(result_);
        }
        run_all(commands);
        for (auto& [name, thread] : threads_) finish(*thread);
        return std::move(result_);
    }

  private:
    /// What a thread sees of a module outside: the shared memories that it exports.
    using SharedExports = std::map<std::string, SharedMemory>;
    struct Thread {
        std::unique_ptr<Runner> runner;
        ScriptResult result;
        std::thread thread;
    };

    void run_all(const std::vector<Command>& commands) {
        for (const Command& c : commands) {
            const Superseded* superseded = find_superseded(c);
            Verdict verdict = superseded == nullptr ? execute(c) : assert_valid(c, *superseded);
            if (verdict) {
                ++result_.failed;
                result_.failures.push_back(
                    {lines_.line_of(c.offset),
                     std::string(to_string(c.kind)) + ": " + std::move(*verdict)});
            } else if (superseded != nullptr) {
                result_.superseded.push_back(
                    {superseded->line, std::string(superseded->reason) + "; instead of \"" +
                                           c.expected + "\", asserted that it is valid"});
            } else if (c.is_assertion()) {
                ++result_.passed;
            }
        }
    }

    Verdict execute(const Command& c) {
        switch (c.kind) {
            case Command::Kind::module:
                return module(c.module);
            case Command::Kind::instance:
                return instance(c);
            case Command::Kind::register_:
                return register_instance(c);
            case Command::Kind::action: {
                const Result<std::vector<Val>> values = act(c.action);
                if (!values) return values.error().to_string();
                return std::nullopt;
            }
            case Command::Kind::assert_return:
                return assert_return(c);
            case Command::Kind::assert_trap:
            case Command::Kind::assert_exhaustion:
                return expect(act(c.action), {ErrorKind::trap}, c.expected);
            case Command::Kind::assert_exception:
                return expect(act(c.action), {ErrorKind::exception}, {});
            case Command::Kind::assert_trap_module:
                return expect(instantiate(c.module), {ErrorKind::trap, ErrorKind::exception},
                              c.expected);
            case Command::Kind::assert_unlinkable:
                return expect(instantiate(c.module), {ErrorKind::link}, c.expected);
            case Command::Kind::assert_invalid:
            case Command::Kind::assert_invalid_custom:
                return expect(compile(c.module), {ErrorKind::invalid}, c.expected);
            case Command::Kind::assert_malformed:
            case Command::Kind::assert_malformed_custom:
                return expect(compile(c.module), {ErrorKind::malformed}, c.expected);
            case Command::Kind::thread:
                return start_thread(c);
            case Command::Kind::wait:
                return wait(c);
            case Command::Kind::assert_suspension:
                return "stack switching is not supported";
        }
        return "unknown command";
    }

    // ---- modules --------------------------------------------------------------------------------

    Result<Module> compile(const ModuleSource& m) { return compile(m, false); }

    Result<Module> compile(const ModuleSource& m, bool to_run) {
        Result<std::vector<u8>> bytes = std::vector<u8>(m.bytes.begin(), m.bytes.end());
        text::AssembleOptions options;
        options.memory64 = engine_.config().features.has(Feature::memory64);
        if (m.form == ModuleSource::Form::text) {
            bytes = text::assemble_fields(script_.tokens, m.begin, m.end, m.name_token, options);
        } else if (m.form == ModuleSource::Form::quote) {
            bytes = text::assemble(m.bytes, options);
        }
        if (!bytes) return std::move(bytes).error();
        if (to_run && options_.round_trip) {
            Result<RoundTripped> again = round_trip(*bytes, options_.round_trip_folded);
            if (!again) return std::move(again).error();
            bytes = std::move(again->bytes);
        }
        const auto binary = std::as_bytes(std::span<const u8>(*bytes));
        if (!to_run && engine_.config().compile == CompileMode::lazy) {
            if (Result<void> valid = Module::validate(engine_, binary); !valid) {
                return std::move(valid).error();
            }
        }
        return Module::compile(engine_, binary);
    }

    Result<Instance> instantiate(const ModuleSource& m) {
        const Result<Module> module = compile(m, true);
        if (!module) return module.error();
        return linker_->instantiate(*module);
    }

    Verdict module(const ModuleSource& m) {
        // A name that fails to be defined anew must not mean the module before.
        latest_.reset();
        if (!m.name.empty()) instances_.erase(m.name);
        Result<Module> compiled = compile(m, true);
        if (!compiled) return compiled.error().to_string();
        latest_module_ = *compiled;
        if (!m.name.empty()) modules_.insert_or_assign(m.name, *compiled);
        if (m.is_definition) return std::nullopt;
        return keep(linker_->instantiate(*compiled), m.name);
    }

    Verdict instance(const Command& c) {
        latest_.reset();
        std::optional<Module> module = latest_module_;
        if (!c.of.empty()) {
            const auto found = modules_.find(c.of);
            if (found == modules_.end()) return "unknown module $" + c.of;
            module = found->second;
        }
        if (!module) return "no module has been defined";
        return keep(linker_->instantiate(*module), c.name);
    }

    Verdict keep(const Result<Instance>& made, const std::string& name) {
        if (!made) return made.error().to_string();
        latest_ = *made;
        if (!name.empty()) instances_.insert_or_assign(name, *made);
        return std::nullopt;
    }

    Result<Instance> find_instance(const std::string& name) {
        if (name.empty()) {
            if (latest_) return *latest_;
            return Error(ErrorKind::api_misuse, "no module to act on");
        }
        const auto found = instances_.find(name);
        if (found != instances_.end()) return found->second;
        return Error(ErrorKind::api_misuse, "unknown instance $" + name);
    }

    Verdict register_instance(const Command& c) {
        const Result<Instance> instance = find_instance(c.of);
        const auto outside = outside_.find(c.of);
        if (!instance && outside == outside_.end()) return instance.error().message();
        registry_.erase(c.name);
        registry_outside_.erase(c.name);
        if (instance) {
            registry_.emplace(c.name, *instance);
        } else {
            registry_outside_.emplace(c.name, outside->second);
        }
        // A new linker, so that nothing of an instance registered before under the name is left.
        const Result<void> linked = link();
        if (!linked) return linked.error().to_string();
        return std::nullopt;
    }

    Result<void> link() {
        if (!spectest_) {
            spectest_ = std::make_unique<Linker>(*store_);
            const Result<void> defined = define_spectest(*store_, *spectest_);
            if (!defined) return defined;
        }
        linker_ = std::make_unique<Linker>(*store_);
        for (const char* name :
             {"print", "print_i32", "print_i64", "print_f32", "print_f64", "print_i32_f32",
              "print_f64_f64", "global_i32", "global_i64", "global_f32", "global_f64", "table",
              "table64", "memory", "shared_memory"}) {
            const Result<Extern> item = spectest_->get("spectest", name);
            if (!item) continue;
            const Result<void> defined = linker_->define("spectest", name, *item);
            if (!defined) return defined;
        }
        for (const auto& [name, instance] : registry_) {
            const Result<void> defined = linker_->define_instance(name, instance);
            if (!defined) return defined;
        }
        for (const auto& [name, exports] : registry_outside_) {
            for (const auto& [item, shared] : exports) {
                const Result<Memory> memory = Memory::from_shared(*store_, shared);
                if (!memory) return memory.error();
                const Result<void> defined = linker_->define(name, item, *memory);
                if (!defined) return defined;
            }
        }
        return {};
    }

    // ---- threads --------------------------------------------------------------------------------

    Result<SharedExports> shared_exports(const std::string& name) {
        const Result<Instance> instance = find_instance(name);
        if (!instance) {
            const auto outside = outside_.find(name);
            if (outside != outside_.end()) return outside->second;
            return instance.error();
        }
        SharedExports exports;
        const Result<Module> module = instance->module(*store_);
        if (!module) return module.error();
        for (const ExportType& e : module->exports()) {
            if (e.type.kind != ExternKind::memory || !e.type.memory.is_shared) continue;
            const Result<Memory> memory = instance->memory(*store_, e.name);
            if (!memory) return memory.error();
            const Result<SharedMemory> shared = memory->share(*store_);
            if (!shared) return shared.error();
            exports.insert_or_assign(e.name, *shared);
        }
        return exports;
    }

    Verdict start_thread(const Command& c) {
        if (threads_.count(c.name) != 0) return "thread $" + c.name + " exists already";
        auto started = std::make_unique<Thread>();
        started->runner = std::make_unique<Runner>(script_, source_, engine_, options_);
        for (const std::string& name : c.shared) {
            const Result<SharedExports> exports = shared_exports(name);
            if (!exports) {
                result_.failed += count_assertions(c.commands);
                return exports.error().to_string();
            }
            started->runner->outside_.insert_or_assign(name, *exports);
        }
        Thread& thread = *threads_.emplace(c.name, std::move(started)).first->second;
        thread.thread =
            std::thread([&thread, &c] { thread.result = thread.runner->run(c.commands); });
        return std::nullopt;
    }

    Verdict wait(const Command& c) {
        const auto found = threads_.find(c.name);
        if (found == threads_.end()) return "unknown thread $" + c.name;
        finish(*found->second);
        threads_.erase(found);
        return std::nullopt;
    }

    /// What failed in the thread failed here.
    void finish(Thread& t) {
        t.thread.join();
        result_.passed += t.result.passed;
        result_.failed += t.result.failed;
        for (Remark& r : t.result.failures) result_.failures.push_back(std::move(r));
        for (Remark& r : t.result.superseded) result_.superseded.push_back(std::move(r));
    }

    // ---- actions and assertions -----------------------------------------------------------------

    Result<std::vector<Val>> act(const Action& a) {
        const Result<Instance> instance = find_instance(a.instance);
        if (!instance) return instance.error();
        if (a.is_get) {
            const Result<Global> global = instance->global(*store_, a.field);
            if (!global) return global.error();
            const Result<Val> value = global->get(*store_);
            if (!value) return value.error();
            return std::vector<Val>{*value};
        }
        const Result<Func> func = instance->func(*store_, a.field);
        if (!func) return func.error();
        const Result<FuncType> type = func->type(*store_);
        if (!type) return type.error();
        std::vector<Val> args;
        for (const Pattern& p : a.args) {
            const Result<Val> value = to_val(*store_, p);
            if (!value) return value.error();
            args.push_back(*value);
        }
        std::vector<Val> results(type->results.size());
        const Result<void> called = func->call(*store_, args, results);
        if (!called) return called.error();
        return results;
    }

    Verdict assert_return(const Command& c) {
        const Result<std::vector<Val>> values = act(c.action);
        if (!values) return values.error().to_string();
        bool equal = values->size() == c.results.size();
        for (std::size_t i = 0; equal && i < values->size(); ++i) {
            equal = matches(*store_, (*values)[i], c.results[i]);
        }
        if (equal) return std::nullopt;
        std::string message = "expected [";
        for (const Pattern& p : c.results) message += " " + describe(p);
        message += " ], got [";
        for (const Val& v : *values) message += " " + describe(*store_, v);
        return message + " ]";
    }

    const Superseded* find_superseded(const Command& c) {
        if (c.kind != Command::Kind::assert_invalid) return nullptr;
        for (const Superseded& s : options_.superseded) {
            if (s.expected == c.expected && s.line == lines_.line_of(c.offset)) return &s;
        }
        return nullptr;
    }

    Verdict assert_valid(const Command& c, const Superseded& superseded) {
        const Result<Module> module = compile(c.module);
        if (module) return std::nullopt;
        return "expected a valid module (" + std::string(superseded.reason) + "), got " +
               module.error().to_string();
    }

    /// The official rule: the expected words are the beginning of the message.
    template <class T>
    Verdict expect(const Result<T>& outcome, std::initializer_list<ErrorKind> kinds,
                   const std::string& words) {
        std::string wanted = "expected ";
        wanted += to_string(*kinds.begin());
        if (!words.empty()) wanted += " \"" + words + "\"";
        if (outcome) return wanted + ", got success";
        const Error& error = outcome.error();
        const bool of_kind = std::find(kinds.begin(), kinds.end(), error.kind()) != kinds.end();
        const bool in_words = error.message().compare(0, words.size(), words) == 0;
        if (of_kind && in_words) return std::nullopt;
        return wanted + ", got " + error.to_string();
    }

    const Script& script_;
    std::string_view source_;
    const RunOptions& options_;
    LineCounter lines_;
    Engine engine_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<Linker> spectest_;
    std::unique_ptr<Linker> linker_;
    std::optional<Module> latest_module_;
    std::optional<Instance> latest_;
    std::map<std::string, Module> modules_;
    std::map<std::string, Instance> instances_;
    std::map<std::string, Instance> registry_;
    std::map<std::string, SharedExports> outside_;  ///< of modules of the thread that started this
    std::map<std::string, SharedExports> registry_outside_;
    std::map<std::string, std::unique_ptr<Thread>> threads_;
    ScriptResult result_;
};

/// The line of a message that ends with "at line:column".
u32 line_in(const std::string& message) {
    const std::size_t at = message.rfind(" at ");
    return at == std::string::npos ? 0
                                   : static_cast<u32>(std::strtoul(&message[at + 4], nullptr, 10));
}

}  // namespace

u64 count_assertions(const std::vector<Command>& commands) {
    u64 count = 0;
    for (const Command& c : commands) {
        count += (c.is_assertion() ? 1 : 0) + count_assertions(c.commands);
    }
    return count;
}

ScriptResult run_script(std::string_view source, const RunOptions& options) {
    const Result<Script> script = parse_script(source);
    if (!script) {
        ScriptResult result;
        result.failed = 1;
        result.failures.push_back(
            {line_in(script.error().message()), "script: " + script.error().message()});
        return result;
    }
    return Runner(*script, source, Engine(options.config), options).run(script->commands);
}

}  // namespace wasmi::spectest
