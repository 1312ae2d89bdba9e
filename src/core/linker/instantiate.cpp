// Instantiation: allocates a module instance, then runs segments and the start function.
// Spec: exec/modules (instantiation).
//
// Two stages. Staging evaluates initial values and allocates into objects of its own; it may fail
// and leaves the store as it was. Then all of it enters the store, and segments and the start
// function run, whose traps leave their effects and the instance behind.
#include "core/linker/instantiate.hpp"

#include "core/linker/const_expr.hpp"
#include "core/memory/bulk.hpp"
#include "core/memory/ref.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace wasmi::core {

namespace {

class Instantiation : public RootSource {
  public:
    Instantiation(StoreData& store, std::shared_ptr<ModuleData> module)
        : store_(store),
          module_(*module),
          instance_(std::make_unique<ModuleInstance>()),
          constants_(store, module_, *instance_) {
        instance_->module = std::move(module);
        visit = visit_staged;
        next = store_.ctx.root_sources;
        store_.ctx.root_sources = this;
    }
    ~Instantiation() { store_.ctx.root_sources = next; }
    Instantiation(const Instantiation&) = delete;
    Instantiation& operator=(const Instantiation&) = delete;

    Result<void> stage(std::span<const ExternAddr> imports);
    /// Moves everything into the store. The address of the instance.
    u32 commit();
    Result<void> run();

  private:
    void take_imports(std::span<const ExternAddr> imports);
    Result<void> check_room() const;
    Result<void> stage_globals();
    Result<void> stage_memories();
    Result<void> stage_tables();
    Result<void> stage_segments();
    void find_main_memory();

    /// The references that are not in the store yet.
    static void visit_staged(const RootSource& self, RefVisitor& visitor);

    [[nodiscard]] std::vector<u64> func_refs(const ElementSegment& segment) const;
    Result<void> run_elements();
    Result<void> run_datas();
    Result<void> run_start();

    StoreData& store_;
    ModuleData& module_;
    std::unique_ptr<ModuleInstance> instance_;  // until commit
    ModuleInstance* committed_ = nullptr;       // afterwards
    ConstEvaluator constants_;
    std::vector<std::unique_ptr<TableInstance>> tables_;
    std::vector<std::unique_ptr<MemoryInstance>> memories_;
};

/// Address of the i-th of n new items in an array of the store, which must have room for them.
template <class T>
u32 next_addr(const std::vector<T>& items, std::size_t i) {
    return static_cast<u32>(items.size() + i);
}

template <class T>
bool has_room(const std::vector<T>& items, std::size_t n) {
    return n < std::numeric_limits<u32>::max() - items.size();
}

void Instantiation::visit_staged(const RootSource& self, RefVisitor& visitor) {
    const Instantiation& job = static_cast<const Instantiation&>(self);
    job.constants_.visit(visitor);
    if (job.instance_ == nullptr) return;
    const ModuleInstance& in = *job.instance_;
    const u32 imported = job.module_.num_imported_globals;
    for (std::size_t i = imported; i < in.globals.size(); ++i) {
        visitor.visit(visitor, &in.globals[i]->lo, 1);
    }
    for (const ElemInstance& elem : in.elems) {
        visitor.visit(visitor, elem.refs.data(), elem.refs.size());
    }
    for (const auto& table : job.tables_) {
        if (table != nullptr) {
            visitor.visit(visitor, table->elements.data(), table->elements.size());
        }
    }
}

void Instantiation::take_imports(std::span<const ExternAddr> imports) {
    ModuleInstance& in = *instance_;
    for (const ExternAddr& item : imports) {
        switch (item.kind) {
            case ExternKind::func:
                in.func_addrs.push_back(item.addr);
                break;
            case ExternKind::table:
                in.tables.push_back(store_.tables[item.addr].get());
                in.table_addrs.push_back(item.addr);
                break;
            case ExternKind::memory:
                in.memories.push_back(store_.memories[item.addr].get());
                in.memory_addrs.push_back(item.addr);
                break;
            case ExternKind::global:
                in.globals.push_back(store_.globals[item.addr]->cell);
                in.global_addrs.push_back(item.addr);
                break;
            case ExternKind::tag:
                in.tags.push_back(store_.tags[item.addr].get());
                in.tag_addrs.push_back(item.addr);
                break;
        }
    }
}

Result<void> Instantiation::check_room() const {
    if (store_.instances.size() >= store_.limits.instances) {
        return Error(ErrorKind::limit, "too many instances in one store (" +
                                           std::to_string(store_.limits.instances) + ")");
    }
    if (!has_room(store_.funcs, module_.funcs.size()) ||
        !has_room(store_.tables, module_.tables.size()) ||
        !has_room(store_.memories, module_.memories.size()) ||
        !has_room(store_.globals, module_.globals.size()) ||
        !has_room(store_.tags, module_.tags.size())) {
        return Error(ErrorKind::limit, "too many items in one store");
    }
    return {};
}

Result<void> Instantiation::stage(std::span<const ExternAddr> imports) {
    ModuleInstance& in = *instance_;
    if (Result<void> room = check_room(); !room) return room;
    in.func_addrs.reserve(module_.func_types.size());
    take_imports(imports);
    for (std::size_t i = 0; i < module_.funcs.size(); ++i) {
        in.func_addrs.push_back(next_addr(store_.funcs, i));
    }
    if (Result<void> done = stage_globals(); !done) return done;
    if (Result<void> done = stage_memories(); !done) return done;
    if (Result<void> done = stage_tables(); !done) return done;
    return stage_segments();
}

Result<void> Instantiation::stage_globals() {
    ModuleInstance& in = *instance_;
    const u32 imported = module_.num_imported_globals;
    const std::size_t own = module_.globals.size() - imported;
    if (own != 0) in.own_globals = std::make_unique<GlobalCell[]>(own);
    in.globals.reserve(module_.globals.size());
    for (std::size_t i = 0; i < own; ++i) {
        // A global may read those before it.
        Result<GlobalCell> value = constants_.evaluate(module_.globals[imported + i].init);
        if (!value) return std::move(value).error();
        in.own_globals[i] = *value;
        in.globals.push_back(&in.own_globals[i]);
        in.global_addrs.push_back(next_addr(store_.globals, i));
    }
    return {};
}

Result<void> Instantiation::stage_memories() {
    ModuleInstance& in = *instance_;
    for (std::size_t i = module_.num_imported_memories; i < module_.memories.size(); ++i) {
        const MemoryType& type = module_.memories[i];
        auto memory = std::make_unique<MemoryInstance>();
        if (!memory->allocate(type, store_.memory_budget)) {
            return Error(ErrorKind::limit, "memory " + std::to_string(i) + " of " +
                                               std::to_string(type.limits.min) +
                                               " pages exceeds the limits");
        }
        in.memory_addrs.push_back(next_addr(store_.memories, memories_.size()));
        in.memories.push_back(memory.get());
        memories_.push_back(std::move(memory));
    }
    find_main_memory();
    return {};
}

void Instantiation::find_main_memory() {
    ModuleInstance& in = *instance_;
    if (in.memories.empty()) return;
    in.main_memory = in.memories[0];
    for (const ExportDesc& e : module_.exports) {
        if (e.kind == ExternKind::memory && e.name == "memory") {
            in.main_memory = in.memories[e.index];
            return;
        }
    }
}

Result<void> Instantiation::stage_tables() {
    ModuleInstance& in = *instance_;
    for (std::size_t i = module_.num_imported_tables; i < module_.tables.size(); ++i) {
        const TableDesc& desc = module_.tables[i];
        u64 init = kNullRef;
        if (desc.has_init) {
            Result<GlobalCell> value = constants_.evaluate(desc.init);
            if (!value) return std::move(value).error();
            init = value->lo;
        }
        auto table = std::make_unique<TableInstance>();
        if (!table->allocate(desc.type, store_.table_budget, init)) {
            return Error(ErrorKind::limit, "table " + std::to_string(i) + " of " +
                                               std::to_string(desc.type.limits.min) +
                                               " elements exceeds the limits");
        }
        in.table_addrs.push_back(next_addr(store_.tables, tables_.size()));
        in.tables.push_back(table.get());
        tables_.push_back(std::move(table));
    }
    return {};
}

Result<void> Instantiation::stage_segments() {
    ModuleInstance& in = *instance_;
    in.elems.resize(module_.elements.size());
    for (std::size_t i = 0; i < module_.elements.size(); ++i) {
        const ElementSegment& segment = module_.elements[i];
        if (segment.mode == SegmentMode::declarative) continue;
        if (segment.uses_exprs) {
            in.elems[i].refs.reserve(segment.exprs.size());
            for (const ConstExpr& expr : segment.exprs) {
                Result<GlobalCell> value = constants_.evaluate(expr);
                if (!value) return std::move(value).error();
                in.elems[i].refs.push_back(value->lo);
            }
        } else if (segment.mode == SegmentMode::passive) {
            in.elems[i].refs = func_refs(segment);
        }
        // Active segments of function indices go from the module straight into their table.
    }
    in.datas.resize(module_.datas.size());
    for (std::size_t i = 0; i < module_.datas.size(); ++i) {
        const std::span<const u8> bytes = module_.slice(module_.datas[i].bytes);
        in.datas[i] = {bytes.data(), bytes.size()};
    }
    return {};
}

std::vector<u64> Instantiation::func_refs(const ElementSegment& segment) const {
    const ModuleInstance& in = committed_ != nullptr ? *committed_ : *instance_;
    std::vector<u64> refs;
    refs.reserve(segment.funcs.size());
    for (const u32 index : segment.funcs) refs.push_back(func_ref(in.func_addrs[index]));
    return refs;
}

u32 Instantiation::commit() {
    ModuleInstance& in = *instance_;
    const u32 imported_globals = module_.num_imported_globals;
    for (std::size_t i = imported_globals; i < module_.globals.size(); ++i) {
        auto global = std::make_unique<GlobalInstance>();
        global->type = module_.globals[i].type;
        global->cell = in.globals[i];
        store_.globals.push_back(std::move(global));
    }
    for (auto& memory : memories_) store_.memories.push_back(std::move(memory));
    for (auto& table : tables_) store_.tables.push_back(std::move(table));
    for (std::size_t i = module_.num_imported_tags; i < module_.tags.size(); ++i) {
        auto tag = std::make_unique<TagInstance>();
        tag->type = module_.tags[i];
        in.tag_addrs.push_back(next_addr(store_.tags, 0));
        in.tags.push_back(tag.get());
        store_.tags.push_back(std::move(tag));
    }
    store_.reserve_funcs(module_.funcs.size());
    for (std::size_t i = 0; i < module_.funcs.size(); ++i) {
        FuncInstance f;
        f.func_index = module_.num_imported_funcs + static_cast<u32>(i);
        f.type = module_.func_types[f.func_index];
        f.code = &module_.codes[i];
        f.instance = &in;
        store_.funcs.push_back(f);
    }
    in.addr = next_addr(store_.instances, 0);
    committed_ = instance_.get();
    store_.instances.push_back(std::move(instance_));
    return committed_->addr;
}

Result<void> Instantiation::run() {
    if (Result<void> done = run_elements(); !done) return done;
    if (Result<void> done = run_datas(); !done) return done;
    return run_start();
}

Result<void> Instantiation::run_elements() {
    ModuleInstance& in = *committed_;
    for (std::size_t i = 0; i < module_.elements.size(); ++i) {
        const ElementSegment& segment = module_.elements[i];
        if (segment.mode != SegmentMode::active) continue;
        Result<GlobalCell> offset = constants_.evaluate(segment.offset);
        if (!offset) return std::move(offset).error();
        TableInstance& table = *in.tables[segment.table];
        if (!in_bounds(offset->lo, segment.size(), table.elements.size())) {
            // Its functions may be reachable through imported tables: they see this and the
            // later segments undropped.
            for (std::size_t k = i; k < module_.elements.size(); ++k) {
                const ElementSegment& rest = module_.elements[k];
                if (rest.mode == SegmentMode::active && !rest.uses_exprs) {
                    in.elems[k].refs = func_refs(rest);
                }
            }
            return Error::from_trap(TrapCode::out_of_bounds_table_access);
        }
        u64* to = table.elements.data() + offset->lo;
        if (segment.uses_exprs) {
            std::copy(in.elems[i].refs.begin(), in.elems[i].refs.end(), to);
            in.elems[i] = {};
        } else {
            for (const u32 index : segment.funcs) *to++ = func_ref(in.func_addrs[index]);
        }
    }
    return {};
}

Result<void> Instantiation::run_datas() {
    ModuleInstance& in = *committed_;
    for (std::size_t i = 0; i < module_.datas.size(); ++i) {
        const DataSegment& segment = module_.datas[i];
        if (segment.mode != SegmentMode::active) continue;
        Result<GlobalCell> offset = constants_.evaluate(segment.offset);
        if (!offset) return std::move(offset).error();
        MemoryInstance& memory = *in.memories[segment.memory];
        if (!memory_init(memory, offset->lo, in.datas[i], 0, in.datas[i].size)) {
            return Error::from_trap(TrapCode::out_of_bounds_memory_access);
        }
        in.datas[i] = {};
    }
    return {};
}

Result<void> Instantiation::run_start() {
    if (module_.start == kNoIndex) return {};
    const u32 addr = committed_->func_addrs[module_.start];
    Slot* base = begin_call(store_.ctx, slots_of(store_.funcs[addr]).most());
    if (base == nullptr) return Error::from_trap(TrapCode::call_stack_exhausted);
    const ExecStatus status = run_call(store_, addr, base);
    if (status != ExecStatus::done) return take_error(store_, status);
    return {};
}

}  // namespace

Result<u32> instantiate(StoreData& store, std::shared_ptr<ModuleData> module,
                        std::span<const ExternAddr> imports) {
    Instantiation job(store, std::move(module));
    if (Result<void> staged = job.stage(imports); !staged) return std::move(staged).error();
    const u32 addr = job.commit();
    if (Result<void> ran = job.run(); !ran) return std::move(ran).error();
    return addr;
}

ExternAddr export_addr(const ModuleInstance& instance, const ExportDesc& desc) {
    switch (desc.kind) {
        case ExternKind::func:
            return {desc.kind, instance.func_addrs[desc.index]};
        case ExternKind::table:
            return {desc.kind, instance.table_addrs[desc.index]};
        case ExternKind::memory:
            return {desc.kind, instance.memory_addrs[desc.index]};
        case ExternKind::global:
            return {desc.kind, instance.global_addrs[desc.index]};
        case ExternKind::tag:
            return {desc.kind, instance.tag_addrs[desc.index]};
    }
    return {};
}

std::optional<ExternAddr> find_export(const ModuleInstance& instance, std::string_view name) {
    const ModuleData& module = *instance.module;
    const std::vector<u32>& order = module.exports_by_name;
    const auto at = std::lower_bound(order.begin(), order.end(), name, [&](u32 i, auto wanted) {
        return module.exports[i].name < wanted;
    });
    if (at == order.end() || module.exports[*at].name != name) return std::nullopt;
    return export_addr(instance, module.exports[*at]);
}

}  // namespace wasmi::core
