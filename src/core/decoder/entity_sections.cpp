// Imports, functions, tables, memories, tags, globals and exports.
// Spec: binary/modules, binary/types (limits, external types); proposals threads,
// custom-page-sizes, compact-import-section.
#include "core/decoder/module_decoder.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace wasmi::core {

namespace {

/// Compact imports repeat one module name for many items; this bounds the copies.
constexpr u64 kMaxImportNameBytes = u64{256} << 20;
/// Entities are larger in memory than in the file; larger lists grow as they are read.
constexpr u32 kMaxReserve = 1u << 16;

// Bits of the limits byte.
constexpr u8 kHasMax = 1;
constexpr u8 kShared = 2;
constexpr u8 k64 = 4;
constexpr u8 kCustomPageSize = 8;

constexpr u8 kCompactTypes = 0x7F;  // one module, items with types of their own
constexpr u8 kCompactNames = 0x7E;  // one module, one type, names

}  // namespace

// ---- types of entities --------------------------------------------------------------------------

TypeId ModuleDecoder::read_func_type_index(Reader& r) {
    const u32 start = r.offset();
    const u32 index = r.read_u32();
    if (!r.ok()) return kNoType;
    if (index >= m_.types.size()) {
        note_invalid("unknown type " + std::to_string(index), start);
        return kNoType;
    }
    const TypeId id = m_.types[index];
    if (m_.engine->types.get(id).sub.kind != CompositeKind::func) {
        note_invalid("non-function type " + std::to_string(index), start);
        return kNoType;
    }
    return id;
}

TypeId ModuleDecoder::read_tag_type(Reader& r) {
    if (r.read_byte() != 0) r.fail_last("zero byte expected");
    return read_func_type_index(r);
}

void ModuleDecoder::read_size_limits(Reader& r, bool has_max, SizeLimits& out) {
    out.min = r.read_u64();
    out.has_max = has_max;
    if (has_max) out.max = r.read_u64();
}

/// The feature of a flag is missing if the limits make sense with it; else the flag is malformed.
void ModuleDecoder::require_flag(Reader& r, u8 flags, u8 flag, Feature feature,
                                 const char* what) const {
    if ((flags & flag) == 0 || !r.ok() || has(feature)) return;
    Reader rest(m_.bytes, {r.offset(), static_cast<u32>(r.left())});
    (void)rest.read_u64();
    if ((flags & kHasMax) != 0) (void)rest.read_u64();
    if ((flags & kCustomPageSize) != 0) (void)rest.read_u32();
    if (rest.ok()) {
        r.fail_feature(feature, what, r.offset() - 1u);
    } else {
        r.fail_last("malformed limits flags");
    }
}

TableType ModuleDecoder::read_table_type(Reader& r) {
    TableType type;
    type.element = read_ref_type(r, space());
    const u8 flags = r.read_byte();
    if ((flags & ~(kHasMax | k64)) != 0) r.fail_last("malformed limits flags");
    require_flag(r, flags, k64, Feature::memory64, "a table with 64-bit addresses");
    type.is_64 = (flags & k64) != 0;
    read_size_limits(r, (flags & kHasMax) != 0, type.limits);
    return type;
}

MemoryType ModuleDecoder::read_memory_type(Reader& r) {
    MemoryType type;
    const u8 flags = r.read_byte();
    constexpr u8 kKnown = kHasMax | kShared | k64 | kCustomPageSize;
    if ((flags & ~kKnown) != 0) r.fail_last("malformed limits flags");
    require_flag(r, flags, kShared, Feature::threads, "a shared memory");
    require_flag(r, flags, k64, Feature::memory64, "a memory with 64-bit addresses");
    require_flag(r, flags, kCustomPageSize, Feature::custom_page_sizes,
                 "a memory with a page size of its own");
    type.is_shared = (flags & kShared) != 0;
    type.is_64 = (flags & k64) != 0;
    read_size_limits(r, (flags & kHasMax) != 0, type.limits);
    if ((flags & kCustomPageSize) != 0) {
        const u32 start = r.offset();
        const u32 log2 = r.read_u32();
        if (log2 >= 64) r.fail("invalid custom page size", start);
        if (r.ok()) type.page_size_log2 = static_cast<u8>(log2);
    }
    return type;
}

GlobalType ModuleDecoder::read_global_type(Reader& r) {
    GlobalType type;
    type.value = read_val_type(r, space());
    const u8 mutability = r.read_byte();
    if (mutability > 1) r.fail_last("malformed mutability");
    type.is_mutable = mutability == 1;
    return type;
}

// ---- imports ------------------------------------------------------------------------------------

void ModuleDecoder::read_imports(Reader& r) {
    const u32 count = r.read_count(config_.limits.imports, "imports");
    m_.imports.reserve(std::min(count, kMaxReserve));
    for (u32 i = 0; i < count && r.ok(); ++i) read_import(r);
    m_.num_imported_funcs = static_cast<u32>(m_.func_types.size());
    m_.num_imported_tables = static_cast<u32>(m_.tables.size());
    m_.num_imported_memories = static_cast<u32>(m_.memories.size());
    m_.num_imported_globals = static_cast<u32>(m_.globals.size());
    m_.num_imported_tags = static_cast<u32>(m_.tags.size());
    // declare_func needs the size of the index space even without a function section.
    m_.declared_funcs.resize(m_.func_types.size());
}

void ModuleDecoder::read_import(Reader& r) {
    const u32 start = r.offset();
    const std::string_view module = r.read_name();
    const std::string_view name = r.read_name();
    const u8 kind = r.read_byte();
    if (name.empty() && (kind == kCompactTypes || kind == kCompactNames)) {
        if (has(Feature::compact_imports)) return read_compact_imports(r, module, kind);
        r.fail_feature(Feature::compact_imports, "an import of several items", start);
    } else {
        add_import(r, module, name, start, kind);
    }
}

void ModuleDecoder::read_compact_imports(Reader& r, std::string_view module, u8 form) {
    if (form == kCompactTypes) {
        const u32 count = r.read_count(config_.limits.imports, "imports");
        for (u32 i = 0; i < count && r.ok(); ++i) {
            const u32 start = r.offset();
            const std::string_view name = r.read_name();
            add_import(r, module, name, start, r.read_byte());
        }
        return;
    }
    // The type stands once, before the names: its entity is read once and then repeated.
    const u8 kind = r.read_byte();
    const u32 first = read_entity(r, kind);
    const u32 count = r.read_count(config_.limits.imports, "imports");
    if (!r.ok()) return;
    if (count == 0) drop_last_entity(static_cast<ExternKind>(kind));
    for (u32 i = 0; i < count && r.ok(); ++i) {
        if (i != 0) repeat_last_entity(static_cast<ExternKind>(kind));
        const u32 start = r.offset();
        note_import(r, module, r.read_name(), start, static_cast<ExternKind>(kind), first + i);
    }
}

void ModuleDecoder::add_import(Reader& r, std::string_view module, std::string_view name,
                               u32 offset, u8 kind) {
    const u32 index = read_entity(r, kind);
    note_import(r, module, name, offset, static_cast<ExternKind>(kind), index);
}

void ModuleDecoder::note_import(Reader& r, std::string_view module, std::string_view name,
                                u32 offset, ExternKind kind, u32 index) {
    if (!r.ok()) return;
    if (kind == ExternKind::global && m_.globals[index].type.is_mutable &&
        !has(Feature::mutable_globals)) {
        r.fail_feature(Feature::mutable_globals, "an imported mutable global", offset);
    }
    require_few(r, kind, offset);
    import_name_bytes_ += module.size() + name.size();
    if (m_.imports.size() >= config_.limits.imports || import_name_bytes_ > kMaxImportNameBytes) {
        r.fail(ErrorKind::limit,
               "too many imports: the limit is " + std::to_string(config_.limits.imports), offset);
        return;
    }
    ImportDesc& import = m_.imports.emplace_back();
    import.module = module;
    import.name = name;
    import.kind = kind;
    import.index = index;
    import.offset = offset;
}

u32 ModuleDecoder::read_entity(Reader& r, u8 kind) {
    if (!r.ok()) return 0;
    if (kind > static_cast<u8>(ExternKind::tag)) {
        r.fail_last("malformed import kind");
        return 0;
    }
    switch (static_cast<ExternKind>(kind)) {
        case ExternKind::func:
            m_.func_types.push_back(read_func_type_index(r));
            return static_cast<u32>(m_.func_types.size() - 1);
        case ExternKind::table:
            m_.tables.emplace_back().type = read_table_type(r);
            return static_cast<u32>(m_.tables.size() - 1);
        case ExternKind::memory:
            m_.memories.push_back(read_memory_type(r));
            return static_cast<u32>(m_.memories.size() - 1);
        case ExternKind::global:
            m_.globals.emplace_back().type = read_global_type(r);
            return static_cast<u32>(m_.globals.size() - 1);
        case ExternKind::tag:
            if (!has_tags()) {
                r.fail_feature(Feature::exceptions, "an imported tag", r.offset() - 1u);
                return 0;
            }
            m_.tags.push_back(read_tag_type(r));
            return static_cast<u32>(m_.tags.size() - 1);
    }
    return 0;
}

template <class F>
void ModuleDecoder::with_entities(ExternKind kind, F&& f) {
    switch (kind) {
        case ExternKind::func:
            return f(m_.func_types);
        case ExternKind::table:
            return f(m_.tables);
        case ExternKind::memory:
            return f(m_.memories);
        case ExternKind::global:
            return f(m_.globals);
        case ExternKind::tag:
            return f(m_.tags);
    }
}

void ModuleDecoder::drop_last_entity(ExternKind kind) {
    with_entities(kind, [](auto& entities) { entities.pop_back(); });
}

void ModuleDecoder::repeat_last_entity(ExternKind kind) {
    with_entities(kind, [](auto& entities) {
        auto copy = entities.back();
        entities.push_back(std::move(copy));
    });
}
static_assert(static_cast<int>(ExternKind::tag) == 4);

/// More than one memory or table, of which there are several now.
void ModuleDecoder::require_few(Reader& r, ExternKind kind, u32 offset) const {
    if (kind == ExternKind::memory && m_.memories.size() > 1 && !has(Feature::multi_memory)) {
        r.fail_feature(Feature::multi_memory, "a second memory", offset);
    }
    if (kind == ExternKind::table && m_.tables.size() > 1 && !has(Feature::reference_types)) {
        r.fail_feature(Feature::reference_types, "a second table", offset);
    }
}

// ---- definitions --------------------------------------------------------------------------------

void ModuleDecoder::read_functions(Reader& r) {
    function_count_ = r.read_count(config_.limits.functions, "functions");
    m_.func_types.reserve(m_.func_types.size() + function_count_);
    for (u32 i = 0; i < function_count_ && r.ok(); ++i) {
        m_.func_types.push_back(read_func_type_index(r));
    }
    m_.declared_funcs.resize(m_.func_types.size());
}

void ModuleDecoder::read_tables(Reader& r) {
    const u32 count = r.read_count(config_.limits.tables, "tables");
    for (u32 i = 0; i < count && r.ok(); ++i) {
        const u32 start = r.offset();
        TableDesc& table = m_.tables.emplace_back();
        require_few(r, ExternKind::table, start);
        table.has_init = r.peek() == 0x40;
        if (table.has_init) {
            if (!require(r, Feature::function_references, "a table with an initial value")) return;
            r.skip(1);
            if (r.read_byte() != 0) r.fail_last("zero byte expected");
        }
        table.type = read_table_type(r);
        if (table.has_init) table.init = read_const_expr(r);
    }
}

void ModuleDecoder::read_memories(Reader& r) {
    const u32 count = r.read_count(config_.limits.memories, "memories");
    for (u32 i = 0; i < count && r.ok(); ++i) {
        const u32 start = r.offset();
        m_.memories.push_back(read_memory_type(r));
        require_few(r, ExternKind::memory, start);
    }
}

void ModuleDecoder::read_tags(Reader& r) {
    if (!has_tags()) return r.fail_feature(Feature::exceptions, "the tag section", r.offset());
    const u32 count = r.read_count(config_.limits.tags, "tags");
    for (u32 i = 0; i < count && r.ok(); ++i) m_.tags.push_back(read_tag_type(r));
}

void ModuleDecoder::read_globals(Reader& r) {
    const u32 count = r.read_count(config_.limits.globals, "globals");
    m_.globals.reserve(m_.globals.size() + std::min(count, kMaxReserve));
    for (u32 i = 0; i < count && r.ok(); ++i) {
        GlobalDesc& global = m_.globals.emplace_back();
        global.type = read_global_type(r);
        global.init = read_const_expr(r);
    }
}

void ModuleDecoder::read_exports(Reader& r) {
    const u32 count = r.read_count(config_.limits.exports, "exports");
    m_.exports.reserve(std::min(count, kMaxReserve));
    for (u32 i = 0; i < count && r.ok(); ++i) {
        const u32 start = r.offset();
        ExportDesc& entry = m_.exports.emplace_back();
        entry.name = r.read_name();
        const u8 kind = r.read_byte();
        if (kind > static_cast<u8>(ExternKind::tag)) {
            r.fail_last("malformed export kind");
            return;
        }
        entry.kind = static_cast<ExternKind>(kind);
        entry.index = r.read_u32();
        if (entry.kind == ExternKind::func) declare_func(entry.index);
        if (entry.kind == ExternKind::tag && !has_tags()) {
            r.fail_feature(Feature::exceptions, "an exported tag", start);
        }
        if (entry.kind == ExternKind::global && entry.index < m_.globals.size() &&
            m_.globals[entry.index].type.is_mutable && !has(Feature::mutable_globals)) {
            r.fail_feature(Feature::mutable_globals, "an exported mutable global", start);
        }
    }
}

}  // namespace wasmi::core
