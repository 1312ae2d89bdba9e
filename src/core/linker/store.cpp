// StoreData: allocation of everything but module instances; references and their types.
// Spec: exec/modules (allocation), exec/values.
#include "core/linker/store.hpp"

#include "core/memory/ref.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <string>

namespace wasmi::core {

namespace {

u32 next_store_id() {
    static std::atomic<u32> last{0};
    u32 id = 0;
    do {
        id = last.fetch_add(1, std::memory_order_relaxed) + 1;
    } while (id == 0);
    return id;
}

/// Addresses are 32 bits; the last one is "none".
template <class T>
bool is_full(const std::vector<T>& items) {
    return items.size() >= std::numeric_limits<u32>::max();
}

Error too_many(std::string_view what) {
    return Error(ErrorKind::limit, "too many " + std::string(what) + " in one store");
}

template <class T>
u32 push(std::vector<T>& items, T item) {
    items.push_back(std::move(item));
    return static_cast<u32>(items.size() - 1);
}

/// Whether references of this type may be to objects or exceptions.
bool is_traced(const TypeRegistry& types, ValType type) {
    return type.is_ref() && types.top_of(type) != HeapKind::func;
}

void visit_refs(ExecContext& ctx, RefVisitor& visitor) {
    const StoreData& store = *static_cast<StoreData*>(ctx.owner);
    for (const auto& table : store.tables) {
        if (!is_traced(store.types(), table->type.element)) continue;
        visitor.visit(visitor, table->elements.data(), table->elements.size());
    }
    for (const auto& global : store.globals) {
        if (is_traced(store.types(), global->type.value)) {
            visitor.visit(visitor, &global->cell->lo, 1);
        }
    }
    for (const auto& instance : store.instances) {
        for (std::size_t i = 0; i < instance->elems.size(); ++i) {
            const std::vector<u64>& refs = instance->elems[i].refs;
            if (!refs.empty() && is_traced(store.types(), instance->module->elements[i].type)) {
                visitor.visit(visitor, refs.data(), refs.size());
            }
        }
    }
}

}  // namespace

void InterruptState::interrupt() noexcept {
    const std::lock_guard lock(mutex);
    if (ctx == nullptr) return;
    i64 call = ctx->stop.load(std::memory_order_relaxed);
    while (call > 0 && (call & 1) != 0 &&
           !ctx->stop.compare_exchange_weak(call, -call, std::memory_order_relaxed)) {
    }
    if ((call & 1) == 0) return;  // none runs
    ctx->parker.wake();
    for (const std::function<void()>& wake : wakers) wake();
}

void InterruptState::add_waker(std::function<void()> waker) {
    const std::lock_guard lock(mutex);
    wakers.push_back(std::move(waker));
}

StoreData::StoreData(std::shared_ptr<EngineData> e, const StoreLimits& l)
    : id(next_store_id()),
      engine(std::move(e)),
      limits(l),
      interrupt(std::make_shared<InterruptState>()),
      self(std::make_shared<StoreData*>(this)) {
    memory_budget.limit = limits.memory_bytes;
    table_budget.limit = limits.table_elements;
    ctx.max_nesting = limits.host_nesting;
    ctx.types = &engine->types;
    ctx.owner = this;
    ctx.heap.configure(engine->types, limits.gc_heap_bytes, engine->config.tuning.gc_stress);
    ctx.exception_limit = limits.gc_heap_bytes;
    ctx.visit_store_refs = visit_refs;
    interrupt->ctx = &ctx;
    // Address space only. If the host refuses it, every call finds the guest stack full.
    (void)ctx.allocate_stack(limits.stack_bytes);
}

StoreData::~StoreData() {
    *self = nullptr;
    const std::lock_guard lock(interrupt->mutex);
    interrupt->ctx = nullptr;
}

void StoreData::reserve_funcs(std::size_t n) {
    if (funcs.capacity() - funcs.size() < n) {
        const std::size_t room = funcs.size() + funcs.size() / 2;
        funcs.reserve(room > funcs.size() + n ? room : funcs.size() + n);
    }
    ctx.funcs = funcs.data();
}

Result<u32> StoreData::add_host_func(TypeId type, std::shared_ptr<HostFunc> host) {
    if (is_full(funcs)) return too_many("functions");
    const DefinedType& defined = types().get(type);
    host->param_slots = defined.param_slots;
    host->result_slots = defined.result_slots;
    host->frame_bytes = u64{std::max(defined.param_slots, defined.result_slots)} * sizeof(Slot);
    FuncInstance f;
    f.type = type;
    f.host = host.get();
    hosts.push_back(std::move(host));
    reserve_funcs(1);
    return push(funcs, f);
}

Result<u32> StoreData::add_table(const TableType& type, u64 init) {
    if (is_full(tables)) return too_many("tables");
    auto table = std::make_unique<TableInstance>();
    if (!table->allocate(type, table_budget, init)) {
        return Error(ErrorKind::limit, "a table of " + std::to_string(type.limits.min) +
                                           " elements exceeds the limits");
    }
    return push(tables, std::move(table));
}

Result<u32> StoreData::add_memory(const MemoryType& type) {
    if (is_full(memories)) return too_many("memories");
    auto memory = std::make_shared<MemoryInstance>();
    if (!memory->allocate(type, memory_budget)) {
        return Error(ErrorKind::limit, "a memory of " + std::to_string(type.limits.min) +
                                           " pages exceeds the limits");
    }
    return push(memories, std::move(memory));
}

Result<u32> StoreData::adopt_memory(std::shared_ptr<MemoryInstance> memory) {
    const auto known = std::find(memories.begin(), memories.end(), memory);
    if (known != memories.end()) return static_cast<u32>(known - memories.begin());
    if (is_full(memories)) return too_many("memories");
    if (!memory_budget.take(MemoryInstance::charge_of(memory->type))) {
        return Error(ErrorKind::limit, "a shared memory of at most " +
                                           std::to_string(memory->type.limits.max) +
                                           " pages exceeds the limits");
    }
    return push(memories, std::move(memory));
}

Result<u32> StoreData::add_global(const GlobalType& type, GlobalCell value) {
    if (is_full(globals)) return too_many("globals");
    auto global = std::make_unique<GlobalInstance>();
    global->type = type;
    global->owned = std::make_unique<GlobalCell>(value);
    global->cell = global->owned.get();
    return push(globals, std::move(global));
}

Result<u32> StoreData::add_tag(TypeId type) {
    if (is_full(tags)) return too_many("tags");
    auto tag = std::make_unique<TagInstance>();
    tag->type = type;
    return push(tags, std::move(tag));
}

Result<u64> StoreData::add_host_object(u64 object) {
    if (const auto known = host_object_index.find(object); known != host_object_index.end()) {
        return host_ref(known->second);
    }
    if (host_objects.size() >= kMaxHostObjects) return too_many("host objects");
    const u32 index = push(host_objects, object);
    host_object_index.emplace(object, index);
    return host_ref(index);
}

bool StoreData::contains(ExternAddr item) const noexcept {
    switch (item.kind) {
        case ExternKind::func:
            return item.addr < funcs.size();
        case ExternKind::table:
            return item.addr < tables.size();
        case ExternKind::memory:
            return item.addr < memories.size();
        case ExternKind::global:
            return item.addr < globals.size();
        case ExternKind::tag:
            return item.addr < tags.size();
    }
    return false;
}

std::optional<ValType> StoreData::type_of_ref(HeapKind top, u64 word) const noexcept {
    const bool null = word == kNullRef;
    switch (top) {
        case HeapKind::func:
            if (null) return ValType::ref(HeapKind::nofunc, true);
            if (word > funcs.size()) return std::nullopt;
            return ValType::ref_to(funcs[func_addr_of(word)].type, false);
        case HeapKind::exn:
            if (null) return ValType::ref(HeapKind::noexn, true);
            if (!is_exn_ref(word) || exn_index_of(word) >= ctx.exceptions.size() ||
                !ctx.exceptions[exn_index_of(word)].live) {
                return std::nullopt;
            }
            return ValType::ref(HeapKind::exn, false);
        case HeapKind::extern_:
            if (null) return ValType::ref(HeapKind::noextern, true);
            if (!type_of_ref(HeapKind::any, word)) return std::nullopt;
            return ValType::ref(HeapKind::extern_, false);
        case HeapKind::any:
            if (null) return ValType::ref(HeapKind::none, true);
            if (is_i31_ref(word)) {
                if (i31_ref(i31_bits_of(word)) != word) return std::nullopt;
                return ValType::ref(HeapKind::i31, false);
            }
            if (is_host_ref(word)) {
                if (host_index_of(word) >= host_objects.size()) return std::nullopt;
                return ValType::ref(HeapKind::any, false);
            }
            if (!ctx.heap.is_object(word)) return std::nullopt;
            return ValType::ref_to(ctx.heap.header(static_cast<u32>(word)).type, false);
        default:
            return std::nullopt;
    }
}

bool StoreData::ref_fits(u64 word, ValType type) const noexcept {
    const std::optional<ValType> exact = type_of_ref(types().top_of(type), word);
    return exact && types().matches(*exact, type);
}

bool StoreData::fits(const Val& value, ValType type) const noexcept {
    if (!type.is_ref()) return value.type() == type;
    // The words of two hierarchies may look alike: the claimed type decides which one is meant.
    return value.type().is_ref() && types().top_of(value.type()) == types().top_of(type) &&
           ref_fits(value.bits(), type);
}

}  // namespace wasmi::core
