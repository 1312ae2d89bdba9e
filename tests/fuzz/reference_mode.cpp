// The reference interpreter as one more mode that runs a module.
#include "tests/fuzz/reference_mode.hpp"

#include "tests/reference/numerics.hpp"
#include "tests/reference/store.hpp"

#include <algorithm>

namespace wasmi::fuzz {
namespace {

using namespace reference;

/// Steps that take more fuel than a call of the engine has: it charges blocks of instructions at
/// once, but nothing for `block`, `end` and the like.
constexpr u64 kSteps = 4 * kFuel;

Val val_of(ValType type, const Value& v) {
    // Whether it is null is all that is shown of a reference; an i31 of 0 is none.
    if (type.is_ref()) return Val(type, Ref{v.is_null() ? u64{0} : u64{1}});
    return Val::from_bits(type, v.lo, v.hi);
}

std::string to_text(const std::vector<ValType>& types, std::span<const Value> values) {
    std::string text;
    for (std::size_t i = 0; i < types.size(); ++i) {
        text += fuzz::to_text(val_of(types[i], values[i]));
    }
    return text;
}

class Mode {
  public:
    explicit Mode(std::shared_ptr<core::ModuleData> module)
        : module_(std::move(module)), store_(module_->engine) {
        store_.limits.memory_bytes = kMemoryBytes;
        store_.limits.table_elements = kTableElements;
        store_.limits.steps = kSteps;
    }

    /// Throws Unsupported.
    Run run() {
        try {
            const ModuleInstance& instance = instantiate(
                store_, module_, [this](const core::ImportDesc& i) { return supply(i); });
            for (const core::ExportDesc& item : module_->exports) {
                if (item.kind == ExternKind::func) call(item.name, instance.funcs[item.index]);
            }
            for (const core::ExportDesc& item : module_->exports) show(item, instance);
        } catch (const Trap& t) {
            run_.lines.push_back(line_of_end("start", ErrorKind::trap, t.code));
        } catch (const UncaughtException&) {
            run_.lines.push_back(line_of_end("start", ErrorKind::exception, TrapCode::none));
        } catch (const OutOfSteps&) {
            run_.lines.push_back(line_of_end("start", ErrorKind::out_of_fuel, TrapCode::none));
        } catch (const LinkError&) {
            run_.lines.push_back(line_of_end("start", ErrorKind::link, TrapCode::none));
        }
        return std::move(run_);
    }

  private:
    std::optional<Extern> supply(const core::ImportDesc& import) {
        switch (import.kind) {
            case ExternKind::func:
                return log(import.name, store_.func_type(module_->func_types[import.index]));
            case ExternKind::table:
                return store_.add_table(module_->tables[import.index].type, {});
            case ExternKind::memory:
                return store_.add_memory(module_->memories[import.index]);
            case ExternKind::global: {
                const GlobalType& type = module_->globals[import.index].type;
                if (type.value.is_defaultable()) return store_.add_global(type, {});
                if (type.value.heap() != HeapKind::extern_) return std::nullopt;
                return store_.add_global(type, Value::of_ref(RefKind::host, kHostObject));
            }
            case ExternKind::tag: {
                // As an embedder makes it: of a type in a group of its own.
                const FuncType& type = store_.func_type(module_->tags[import.index]);
                return store_.add_tag(store_.engine->types.add_func(type).value());
            }
        }
        return std::nullopt;
    }

    Extern log(const std::string& name, const FuncType& type) {
        return store_.add_host_func(type, [this, type, name](std::span<const Value> args) {
            run_.lines.push_back({name + to_text(type.params, args), {}});
            return std::vector<Value>(type.results.size());
        });
    }

    void call(const std::string& name, Addr func) {
        const FuncType& type = store_.func_type(store_.funcs[func].type);
        std::vector<Value> args;
        for (const ValType param : type.params) {
            if (!param.is_defaultable()) return;
            const Val v = argument(param);
            args.push_back({v.bits(), v.bits_hi(), RefKind::null});
        }
        const Outcome end = invoke(store_, func, args);
        switch (end.kind) {
            case Outcome::Kind::values:
                run_.lines.push_back({name + to_text(type.results, end.values), {}});
                return;
            case Outcome::Kind::trap:
                run_.lines.push_back(line_of_end(name, ErrorKind::trap, end.trap));
                return;
            case Outcome::Kind::exception:
                run_.lines.push_back(line_of_end(name, ErrorKind::exception, TrapCode::none));
                return;
            case Outcome::Kind::out_of_steps:
                run_.lines.push_back(line_of_end(name, ErrorKind::out_of_fuel, TrapCode::none));
                return;
        }
    }

    void show(const core::ExportDesc& item, const ModuleInstance& instance) {
        if (item.kind == ExternKind::memory) {
            const std::vector<u8>& bytes = store_.memories[instance.memories[item.index]].bytes;
            run_.state.push_back(
                line_of_memory(item.name, std::as_bytes(std::span<const u8>(bytes))));
        } else if (item.kind == ExternKind::global) {
            const GlobalInstance& global = store_.globals[instance.globals[item.index]];
            run_.state.push_back(
                {"global " + item.name + fuzz::to_text(val_of(global.type.value, global.value)),
                 {}});
        }
    }

    std::shared_ptr<core::ModuleData> module_;
    Store store_;
    Run run_;
};

bool reaches_limit(const std::vector<Line>& lines) {
    return std::any_of(lines.begin(), lines.end(),
                       [](const Line& line) { return line.ends_at_limit(); });
}

void keep_equal(const std::vector<Line>& lines, const std::vector<Line>& others,
                std::vector<bool>& flags) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool equal = i < others.size() && lines[i] == others[i];
        // Once there are more lines in one of them, no line stands for the same any more.
        if (!equal && lines.size() != others.size()) {
            std::fill(flags.begin() + static_cast<std::ptrdiff_t>(i), flags.end(), false);
            return;
        }
        flags[i] = flags[i] && equal;
    }
}

}  // namespace

bool ReferenceRun::is_determined() const {
    const auto all = [](const std::vector<bool>& flags) {
        return std::find(flags.begin(), flags.end(), false) == flags.end();
    };
    return all(lines_determined) && all(state_determined);
}

Result<ReferenceRun> run_in_reference(std::span<const std::byte> bytes, unsigned nan_runs) {
    auto engine = std::make_shared<core::EngineData>();
    engine->config.features = Features::all();
    const Result<std::shared_ptr<core::ModuleData>> module =
        load(engine, {reinterpret_cast<const u8*>(bytes.data()), bytes.size()});
    if (!module) return module.error();
    ReferenceRun out;
    try {
        nan_choice = {};
        out.run = Mode(*module).run();
        out.lines_determined.assign(out.run.lines.size(), true);
        out.state_determined.assign(out.run.state.size(), true);
        out.limited = reaches_limit(out.run.lines);
        const bool any_nan = nan_choice.made != 0;
        for (u32 i = 1; i <= nan_runs && any_nan; ++i) {
            nan_choice = {.run = i};
            const Run other = Mode(*module).run();
            keep_equal(out.run.lines, other.lines, out.lines_determined);
            keep_equal(out.run.state, other.state, out.state_determined);
        }
    } catch (const Unsupported& u) {
        return Error(ErrorKind::unsupported, "unsupported: " + u.what);
    }
    return out;
}

}  // namespace wasmi::fuzz
