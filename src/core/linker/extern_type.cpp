// External types: of what a module declares, of what a store holds, and whether they match.
// Spec: valid/matching (external types), exec/values (external typing).
#include "core/linker/extern_type.hpp"

namespace wasmi::core {

namespace {

/// Spec: valid/matching (tag types): both ways, which between canonical types is equality.
bool tags_match(TypeId sub, TypeId super) { return sub == super; }

ExternType func_like(const TypeRegistry& types, ExternKind kind, TypeId id) {
    ExternType t;
    t.kind = kind;
    t.type = id;
    t.func = types.get(id).sub.func;
    return t;
}

}  // namespace

ExternType declared_type(const ModuleData& module, ExternKind kind, u32 index) {
    ExternType t;
    t.kind = kind;
    switch (kind) {
        case ExternKind::func:
            return func_like(module.engine->types, kind, module.func_types[index]);
        case ExternKind::tag:
            return func_like(module.engine->types, kind, module.tags[index]);
        case ExternKind::table:
            t.table = module.tables[index].type;
            break;
        case ExternKind::memory:
            t.memory = module.memories[index];
            break;
        case ExternKind::global:
            t.global = module.globals[index].type;
            break;
    }
    return t;
}

ExternType type_of(const StoreData& store, ExternAddr item) {
    ExternType t;
    t.kind = item.kind;
    switch (item.kind) {
        case ExternKind::func:
            return func_like(store.types(), item.kind, store.funcs[item.addr].type);
        case ExternKind::tag:
            return func_like(store.types(), item.kind, store.tags[item.addr]->type);
        case ExternKind::table:
            t.table = store.tables[item.addr]->type;
            break;
        case ExternKind::memory:
            t.memory = store.memories[item.addr]->current_type();
            break;
        case ExternKind::global:
            t.global = store.globals[item.addr]->type;
            break;
    }
    return t;
}

bool extern_matches(const TypeRegistry& types, const ExternType& sub,
                    const ExternType& super) noexcept {
    if (sub.kind != super.kind) return false;
    switch (sub.kind) {
        case ExternKind::func:
            return types.is_subtype(sub.type, super.type);
        case ExternKind::tag:
            return tags_match(sub.type, super.type);
        case ExternKind::table:
            return table_matches(types, sub.table, super.table);
        case ExternKind::memory:
            return memory_matches(sub.memory, super.memory);
        case ExternKind::global:
            return global_matches(types, sub.global, super.global);
    }
    return false;
}

bool import_matches(const StoreData& store, ExternAddr given, const ModuleData& module,
                    const ImportDesc& import) noexcept {
    if (given.kind != import.kind) return false;
    const TypeRegistry& types = store.types();
    switch (given.kind) {
        case ExternKind::func:
            return types.is_subtype(store.funcs[given.addr].type, module.func_types[import.index]);
        case ExternKind::tag:
            return tags_match(store.tags[given.addr]->type, module.tags[import.index]);
        case ExternKind::table:
            return table_matches(types, store.tables[given.addr]->type,
                                 module.tables[import.index].type);
        case ExternKind::memory:
            return memory_matches(store.memories[given.addr]->current_type(),
                                  module.memories[import.index]);
        case ExternKind::global:
            return global_matches(types, store.globals[given.addr]->type,
                                  module.globals[import.index].type);
    }
    return false;
}

}  // namespace wasmi::core
