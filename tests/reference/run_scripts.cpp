// wasmi-reference-wast: runs the assertions of test scripts that execute something in the
// reference interpreter.
//
//     wasmi-reference-wast [--at-least N] PATH...
//
// Modules that a script asserts to be malformed or invalid are the business of the decoder and
// the validator, which the runner of spectests checks: of these the reference interpreter has
// nothing of its own. Every other assertion is run, and counted; N of them must be there.
// Spec: interpreter/README.md of the specification (scripts).
#include "core/text/assemble.hpp"
#include "spectests/runner/files.hpp"
#include "spectests/runner/script.hpp"
#include "tests/reference/script_values.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

namespace wasmi::reference {
namespace {

using spectest::Action;
using spectest::Command;
using spectest::ModuleSource;
using spectest::Script;

/// Why a command failed.
struct Failure {
    std::string message;
};

class Runner {
  public:
    explicit Runner(const Script& script)
        : script_(script), engine_(std::make_shared<core::EngineData>()), store_(engine_) {
        engine_->config.features = Features::all();
        store_.limits.steps = 1'000'000'000;
        define_spectest();
    }

    u64 passed = 0;
    u64 failed = 0;

    void run(const std::string& file) {
        for (const Command& c : script_.commands) {
            try {
                if (execute(c)) ++passed;
            } catch (const Failure& f) {
                ++failed;
                const auto at = core::text::position_of(script_.tokens.source, c.offset);
                std::printf("%s:%u: %s: %s\n", file.c_str(), at.line,
                            std::string(to_string(c.kind)).c_str(), f.message.c_str());
            }
        }
    }

  private:
    /// Whether it was an assertion, which held then.
    bool execute(const Command& c) {
        switch (c.kind) {
            case Command::Kind::module:
                define(c.module);
                return false;
            case Command::Kind::instance:
                latest_ = nullptr;
                latest_ = &make(find_module(c.of));
                if (!c.name.empty()) instances_[c.name] = latest_;
                return false;
            case Command::Kind::register_:
                registry_[c.name] = &find_instance(c.of);
                return false;
            case Command::Kind::action:
                (void)values_of(act(c.action));
                return false;
            case Command::Kind::assert_return:
                assert_return(c);
                return true;
            case Command::Kind::assert_trap:
            case Command::Kind::assert_exhaustion:
                assert_trap(act(c.action), c.expected);
                return true;
            case Command::Kind::assert_exception:
                if (act(c.action).kind != Outcome::Kind::exception) {
                    throw Failure{"expected an exception"};
                }
                return true;
            case Command::Kind::assert_trap_module:
            case Command::Kind::assert_unlinkable:
                assert_not_instantiated(c);
                return true;
            case Command::Kind::assert_invalid:
            case Command::Kind::assert_malformed:
            case Command::Kind::assert_invalid_custom:
            case Command::Kind::assert_malformed_custom:
                return false;
            default:
                throw Failure{"unsupported"};
        }
    }

    // ---- modules --------------------------------------------------------------------------------
    std::shared_ptr<core::ModuleData> compile(const ModuleSource& m) {
        Result<std::vector<u8>> bytes = std::vector<u8>(m.bytes.begin(), m.bytes.end());
        if (m.form == ModuleSource::Form::text) {
            bytes = core::text::assemble_fields(script_.tokens, m.begin, m.end, m.name_token);
        } else if (m.form == ModuleSource::Form::quote) {
            bytes = core::text::assemble(m.bytes);
        }
        if (!bytes) throw Failure{bytes.error().to_string()};
        Result<std::shared_ptr<core::ModuleData>> module = load(engine_, *bytes);
        if (!module) throw Failure{module.error().to_string()};
        return *module;
    }

    void define(const ModuleSource& m) {
        // A name that fails to be defined anew must not mean the module before.
        latest_ = nullptr;
        instances_.erase(m.name);
        latest_module_ = compile(m);
        if (!m.name.empty()) modules_[m.name] = latest_module_;
        if (m.is_definition) return;
        latest_ = &make(latest_module_);
        if (!m.name.empty()) instances_[m.name] = latest_;
    }

    ModuleInstance& instantiate_linked(const std::shared_ptr<core::ModuleData>& module) {
        return instantiate(store_, module,
                           [this](const core::ImportDesc& import) -> std::optional<Extern> {
                               if (import.module == "spectest") {
                                   const auto found = spectest_.find(import.name);
                                   if (found == spectest_.end()) return std::nullopt;
                                   return found->second;
                               }
                               const auto found = registry_.find(import.module);
                               if (found == registry_.end()) return std::nullopt;
                               return found->second->find(import.name);
                           });
    }

    ModuleInstance& make(const std::shared_ptr<core::ModuleData>& module) {
        try {
            return instantiate_linked(module);
        } catch (const LinkError& e) {
            throw Failure{e.message};
        } catch (const Trap& t) {
            throw Failure{"trap: " + t.message()};
        } catch (const UncaughtException&) {
            throw Failure{"exception"};
        } catch (const Unsupported& u) {
            throw Failure{"unsupported: " + u.what};
        } catch (const OutOfSteps&) {
            throw Failure{"too many steps"};
        }
    }

    void assert_not_instantiated(const Command& c) {
        const bool link = c.kind == Command::Kind::assert_unlinkable;
        const std::shared_ptr<core::ModuleData> module = compile(c.module);
        std::string message;
        try {
            (void)instantiate_linked(module);
            message = "success";
        } catch (const LinkError& e) {
            if (link && begins_with(e.message, c.expected)) return;
            message = e.message;
        } catch (const Trap& t) {
            if (!link && begins_with(t.message(), c.expected)) return;
            message = t.message();
        } catch (const UncaughtException&) {
            if (!link) return;
            message = "exception";
        } catch (const Unsupported& u) {
            message = "unsupported: " + u.what;
        }
        throw Failure{"expected \"" + c.expected + "\", got " + message};
    }

    ModuleInstance& find_instance(const std::string& name) {
        if (name.empty() && latest_ != nullptr) return *latest_;
        const auto found = instances_.find(name);
        if (found == instances_.end()) throw Failure{"unknown instance " + name};
        return *found->second;
    }

    const std::shared_ptr<core::ModuleData>& find_module(const std::string& name) {
        if (name.empty() && latest_module_ != nullptr) return latest_module_;
        const auto found = modules_.find(name);
        if (found == modules_.end()) throw Failure{"unknown module " + name};
        return found->second;
    }

    void define_spectest() {
        const auto no_results = [](std::span<const Value>) { return std::vector<Value>{}; };
        const auto i32 = ValType::i32, i64 = ValType::i64, f32 = ValType::f32, f64 = ValType::f64;
        const std::pair<const char*, std::vector<ValType>> functions[] = {
            {"print", {}},
            {"print_i32", {i32}},
            {"print_i64", {i64}},
            {"print_f32", {f32}},
            {"print_f64", {f64}},
            {"print_i32_f32", {i32, f32}},
            {"print_f64_f64", {f64, f64}},
        };
        for (const auto& [name, params] : functions) {
            spectest_[name] = store_.add_host_func({params, {}}, no_results);
        }
        spectest_["global_i32"] = store_.add_global({i32, false}, to_value(u32{666}));
        spectest_["global_i64"] = store_.add_global({i64, false}, to_value(u64{666}));
        spectest_["global_f32"] = store_.add_global({f32, false}, to_value(666.6f));
        spectest_["global_f64"] = store_.add_global({f64, false}, to_value(666.6));
        TableType table;
        table.limits = {10, 20, true};
        spectest_["table"] = store_.add_table(table, {});
        table.is_64 = true;
        spectest_["table64"] = store_.add_table(table, {});
        MemoryType memory;
        memory.limits = {1, 2, true};
        spectest_["memory"] = store_.add_memory(memory);
    }

    // ---- actions --------------------------------------------------------------------------------
    Outcome act(const Action& a) {
        const ModuleInstance& instance = find_instance(a.instance);
        const std::optional<Extern> item = instance.find(a.field);
        const ExternKind kind = a.is_get ? ExternKind::global : ExternKind::func;
        if (!item || item->kind != kind) throw Failure{"unknown export " + a.field};
        result_types_.clear();
        if (a.is_get) {
            const GlobalInstance& global = store_.globals[item->addr];
            result_types_ = {global.type.value};
            Outcome outcome;
            outcome.values = {global.value};
            return outcome;
        }
        const FuncType& type = store_.func_type(store_.funcs[item->addr].type);
        if (a.args.size() != type.params.size()) throw Failure{"another number of arguments"};
        std::vector<Value> args;
        for (const spectest::Pattern& p : a.args) args.push_back(value_of(p));
        result_types_ = type.results;
        try {
            return invoke(store_, item->addr, args);
        } catch (const Unsupported& u) {
            throw Failure{"unsupported: " + u.what};
        }
    }

    static std::string describe(const Outcome& outcome) {
        switch (outcome.kind) {
            case Outcome::Kind::values:
                return std::to_string(outcome.values.size()) + " values";
            case Outcome::Kind::trap:
                return "trap: " + outcome.message;
            case Outcome::Kind::exception:
                return "exception";
            case Outcome::Kind::out_of_steps:
                break;
        }
        return "too many steps";
    }

    static std::vector<Value> values_of(const Outcome& outcome) {
        if (outcome.kind != Outcome::Kind::values) throw Failure{describe(outcome)};
        return outcome.values;
    }

    void assert_return(const Command& c) {
        const std::vector<Value> values = values_of(act(c.action));
        if (values.size() != c.results.size()) throw Failure{"another number of results"};
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (matches(store_, values[i], result_types_[i], c.results[i])) continue;
            char text[96];
            std::snprintf(text, sizeof text, "result %zu is 0x%016llx%016llx", i,
                          static_cast<unsigned long long>(values[i].hi),
                          static_cast<unsigned long long>(values[i].lo));
            throw Failure{text};
        }
    }

    static void assert_trap(const Outcome& outcome, const std::string& words) {
        const bool held =
            outcome.kind == Outcome::Kind::trap && begins_with(outcome.message, words);
        if (!held) throw Failure{"expected \"" + words + "\", got " + describe(outcome)};
    }

    static bool begins_with(const std::string& message, const std::string& words) {
        return message.compare(0, words.size(), words) == 0;
    }

    const Script& script_;
    std::shared_ptr<core::EngineData> engine_;
    Store store_;
    std::map<std::string, Extern> spectest_;
    std::shared_ptr<core::ModuleData> latest_module_;
    ModuleInstance* latest_ = nullptr;
    std::map<std::string, std::shared_ptr<core::ModuleData>> modules_;
    std::map<std::string, ModuleInstance*> instances_;
    std::map<std::string, ModuleInstance*> registry_;
    std::vector<ValType> result_types_;
};

int run_files(const std::vector<std::string>& paths, u64 at_least) {
    std::vector<spectest::ScriptFile> files;
    std::vector<std::string> problems;
    for (const std::string& path : paths) spectest::find_files(path, ".wast", files, problems);
    u64 passed = 0;
    u64 failed = 0;
    for (const spectest::ScriptFile& file : files) {
        std::string source;
        if (!spectest::read_file(file.path, source)) {
            problems.push_back(file.path.string() + ": cannot be read");
            continue;
        }
        const Result<Script> script = spectest::parse_script(source);
        if (!script) {
            problems.push_back(file.path.string() + ": " + script.error().to_string());
            continue;
        }
        Runner runner(*script);
        runner.run(file.path.string());
        passed += runner.passed;
        failed += runner.failed;
    }
    for (const std::string& problem : problems) std::printf("%s\n", problem.c_str());
    if (passed + failed < at_least) {
        std::printf("expected at least %llu assertions\n",
                    static_cast<unsigned long long>(at_least));
    }
    std::printf("%zu scripts: %llu passed, %llu failed\n", files.size(),
                static_cast<unsigned long long>(passed), static_cast<unsigned long long>(failed));
    return failed == 0 && problems.empty() && passed >= at_least && passed != 0 ? 0 : 1;
}

}  // namespace
}  // namespace wasmi::reference

int main(int argc, char** argv) {
    std::vector<std::string> paths;
    wasmi::reference::u64 at_least = 0;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--at-least") == 0 && i + 1 < argc) {
            at_least = std::strtoull(argv[++i], nullptr, 10);
        } else {
            paths.emplace_back(argv[i]);
        }
    }
    if (paths.empty()) {
        std::fputs("usage: wasmi-reference-wast [--at-least N] PATH...\n", stderr);
        return 64;
    }
    return wasmi::reference::run_files(paths, at_least);
}
