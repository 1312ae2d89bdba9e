// Loading, import matching, instantiation and calls from outside of the reference interpreter.
// Spec: exec/modules.
#include "core/decoder/decoder.hpp"
#include "core/validator/validator.hpp"
#include "tests/reference/machine.hpp"

#include <utility>

namespace wasmi::reference {

using core::ElementSegment;
using core::ImportDesc;
using core::ModuleData;
using core::SegmentMode;

namespace {

/// The locals that a function declares, and where its instructions begin.
std::unique_ptr<Code> code_of(const ModuleData& module, const core::FuncDesc& func) {
    const core::TypeSpace space{module.types, 0, Features::all()};
    auto code = std::make_unique<Code>();
    core::Reader r(module.bytes, func.body);
    for (u32 groups = r.read_u32(); groups > 0; --groups) {
        const u32 count = r.read_u32();
        code->locals.insert(code->locals.end(), count, core::read_val_type(r, space));
    }
    code->expr = {r.offset(), func.body.offset + func.body.size - r.offset()};
    code->blocks = find_blocks(module, code->expr);
    return code;
}

/// Spec: valid/matching (external types). Sizes of memories and tables are those of now.
bool matches(const Store& store, const ModuleData& module, const ImportDesc& import, Extern given) {
    const core::TypeRegistry& types = store.engine->types;
    if (given.kind != import.kind) return false;
    switch (given.kind) {
        case ExternKind::func:
            return types.is_subtype(store.funcs[given.addr].type, module.func_types[import.index]);
        case ExternKind::table: {
            const TableInstance& table = store.tables[given.addr];
            TableType type = table.type;
            type.limits.min = table.elements.size();
            return core::table_matches(types, type, module.tables[import.index].type);
        }
        case ExternKind::memory: {
            const MemoryInstance& memory = store.memories[given.addr];
            MemoryType type = memory.type;
            type.limits.min = memory.size_in_pages();
            return core::memory_matches(type, module.memories[import.index]);
        }
        case ExternKind::global:
            return core::global_matches(types, store.globals[given.addr].type,
                                        module.globals[import.index].type);
        case ExternKind::tag:
            return store.tags[given.addr].type == module.tags[import.index];
    }
    return false;
}

template <class Instance>
auto& addrs_of(Instance& instance, ExternKind kind) {
    switch (kind) {
        case ExternKind::func:
            return instance.funcs;
        case ExternKind::table:
            return instance.tables;
        case ExternKind::memory:
            return instance.memories;
        case ExternKind::global:
            return instance.globals;
        case ExternKind::tag:
            break;
    }
    return instance.tags;
}

/// Appends to a list of the store and gives the address.
template <class Instance>
Addr add(std::deque<Instance>& list, Instance instance) {
    list.push_back(std::move(instance));
    return static_cast<Addr>(list.size() - 1);
}

void allocate_elements(Store& store, ModuleInstance& instance) {
    for (const ElementSegment& segment : instance.module->elements) {
        ElementInstance element;
        for (const u32 func : segment.funcs) {
            element.elements.push_back(Value::of_ref(RefKind::func, instance.funcs[func]));
        }
        for (const core::ConstExpr& expr : segment.exprs) {
            element.elements.push_back(Machine(store).evaluate(instance, expr));
        }
        instance.elements.push_back(add(store.elements, std::move(element)));
    }
}

void allocate(Store& store, ModuleInstance& instance) {
    const ModuleData& m = *instance.module;
    for (u32 i = 0; i < m.funcs.size(); ++i) {
        FuncInstance func;
        func.type = m.func_types[m.num_imported_funcs + i];
        func.module = &instance;
        func.code = code_of(m, m.funcs[i]);
        instance.funcs.push_back(add(store.funcs, std::move(func)));
    }
    for (u32 i = m.num_imported_memories; i < m.memories.size(); ++i) {
        instance.memories.push_back(store.add_memory(m.memories[i]).addr);
    }
    for (u32 i = m.num_imported_tags; i < m.tags.size(); ++i) {
        instance.tags.push_back(add(store.tags, {m.tags[i]}));
    }
    // Each global sees those before it.
    for (u32 i = m.num_imported_globals; i < m.globals.size(); ++i) {
        const Value value = Machine(store).evaluate(instance, m.globals[i].init);
        instance.globals.push_back(store.add_global(m.globals[i].type, value).addr);
    }
    for (u32 i = m.num_imported_tables; i < m.tables.size(); ++i) {
        const core::TableDesc& table = m.tables[i];
        const Value value =
            table.has_init ? Machine(store).evaluate(instance, table.init) : Value{};
        instance.tables.push_back(store.add_table(table.type, value).addr);
    }
    allocate_elements(store, instance);
    for (const core::DataSegment& segment : m.datas) {
        const std::span<const u8> bytes = m.slice(segment.bytes);
        instance.datas.push_back(add(store.datas, {{bytes.begin(), bytes.end()}}));
    }
}

/// Active segments in order, elements first; then they are dropped, and declarative ones, too.
void run_segments(Store& store, ModuleInstance& instance) {
    const ModuleData& m = *instance.module;
    const auto offset_of = [&](const core::ConstExpr& expr, bool is_64) {
        const Value v = Machine(store).evaluate(instance, expr);
        return is_64 ? v.lo : u64{static_cast<u32>(v.lo)};
    };
    for (std::size_t i = 0; i < m.elements.size(); ++i) {
        ElementInstance& element = store.elements[instance.elements[i]];
        if (m.elements[i].mode == SegmentMode::passive) continue;
        if (m.elements[i].mode == SegmentMode::active) {
            TableInstance& table = store.tables[instance.tables[m.elements[i].table]];
            const u64 to = offset_of(m.elements[i].offset, table.type.is_64);
            init_table(table, element, to, 0, element.elements.size());
        }
        element.elements.clear();
    }
    for (std::size_t i = 0; i < m.datas.size(); ++i) {
        DataInstance& data = store.datas[instance.datas[i]];
        if (m.datas[i].mode != SegmentMode::active) continue;
        MemoryInstance& memory = store.memories[instance.memories[m.datas[i].memory]];
        const u64 to = offset_of(m.datas[i].offset, memory.type.is_64);
        init_memory(memory, data, to, 0, data.bytes.size());
        data.bytes.clear();
    }
}

}  // namespace

std::optional<Extern> ModuleInstance::find(std::string_view name) const {
    for (const core::ExportDesc& e : module->exports) {
        if (e.name == name) return Extern{e.kind, addrs_of(*this, e.kind)[e.index]};
    }
    return std::nullopt;
}

Extern Store::add_host_func(const FuncType& type, HostFunction function) {
    FuncInstance func;
    func.type = engine->types.add_func(type).value();
    func.host = std::move(function);
    return {ExternKind::func, add(funcs, std::move(func))};
}

Extern Store::add_table(const TableType& type, const Value& initial) {
    if (type.limits.min > limits.table_elements) throw Unsupported{"a table of this size"};
    return {ExternKind::table, add(tables, {type, std::vector<Value>(type.limits.min, initial)})};
}

Extern Store::add_memory(const MemoryType& type) {
    if (type.limits.min > limits.memory_bytes >> type.page_size_log2) {
        throw Unsupported{"a memory of this size"};
    }
    return {ExternKind::memory,
            add(memories, {type, std::vector<u8>(type.limits.min << type.page_size_log2)})};
}

Extern Store::add_tag(TypeId type) { return {ExternKind::tag, add(tags, {type})}; }

Extern Store::add_global(const GlobalType& type, const Value& value) {
    return {ExternKind::global, add(globals, {type, value})};
}

Result<std::shared_ptr<ModuleData>> load(const std::shared_ptr<core::EngineData>& engine,
                                         std::span<const u8> bytes) {
    auto owned = std::make_shared<const std::vector<u8>>(bytes.begin(), bytes.end());
    const std::span<const u8> view(*owned);
    Result<std::shared_ptr<ModuleData>> module = core::decode(engine, view, std::move(owned));
    if (!module) return module;
    if (Result<void> valid = core::validate_module(**module); !valid) return valid.error();
    if (Result<void> valid = core::validate_bodies(**module); !valid) return valid.error();
    return module;
}

ModuleInstance& instantiate(Store& store, std::shared_ptr<ModuleData> module,
                            const Resolver& resolve) {
    ModuleInstance& instance = store.modules.emplace_back();
    instance.module = std::move(module);
    for (const ImportDesc& import : instance.module->imports) {
        const std::optional<Extern> given = resolve(import);
        const std::string name = " " + import.module + "." + import.name;
        if (!given) throw LinkError{"unknown import" + name};
        if (!matches(store, *instance.module, import, *given)) {
            throw LinkError{"incompatible import type" + name};
        }
        addrs_of(instance, import.kind).push_back(given->addr);
    }
    allocate(store, instance);
    run_segments(store, instance);
    if (instance.module->start != core::kNoIndex) {
        (void)Machine(store).invoke(instance.funcs[instance.module->start], {});
    }
    return instance;
}

Outcome invoke(Store& store, Addr func, std::span<const Value> args) {
    Outcome outcome;
    try {
        outcome.values = Machine(store).invoke(func, args);
    } catch (const Trap& t) {
        outcome.kind = Outcome::Kind::trap;
        outcome.trap = t.code;
        outcome.message = t.message();
    } catch (const UncaughtException&) {
        outcome.kind = Outcome::Kind::exception;
    } catch (const OutOfSteps&) {
        outcome.kind = Outcome::Kind::out_of_steps;
    }
    return outcome;
}

}  // namespace wasmi::reference
