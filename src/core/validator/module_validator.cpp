// The rules of modules: types, imports, tables, memories, globals, segments, exports, start.
// Spec: valid/modules, valid/types.

#include "core/decoder/module_decoder.hpp"
#include "core/validator/function_validator.hpp"
#include "core/validator/validator.hpp"

#include <algorithm>
#include <string>

namespace wasmi::core {

namespace {

/// The checks return whether to go on: after an error only if all errors are wanted.
class ModuleValidator {
  public:
    ModuleValidator(ModuleData& module, ErrorList* all)
        : module_(module), types_(module.engine->types), all_(all), constants_(module) {}

    Result<void> run() {
        module_.declared_funcs.assign(module_.func_types.size(), false);
        module_.facts.assign(module_.funcs.size(), FuncFacts{});
        (void)(check_types() && check_functions() && check_tags() && check_memories() &&
               check_tables() && check_globals() && check_datas() && check_elements() &&
               check_start() && check_exports());
        if (!error_) return {};
        return all_ != nullptr ? *std::move(error_) : malformed_first(module_, *std::move(error_));
    }

  private:
    bool fail(Error error) {
        error.in_section(to_string(section_));
        if (!error_) error_ = error;
        return all_ != nullptr && all_->add(std::move(error));
    }
    /// Where no better offset is known, that of the section has to do.
    bool invalid(std::string message, u64 at = Error::kNoOffset) {
        if (at == Error::kNoOffset) at = section_offset();
        return fail(Error(ErrorKind::invalid, std::move(message), at));
    }
    [[nodiscard]] u64 section_offset() const;
    bool constant(ConstExpr expr, ValType type, std::size_t globals) {
        Result<void> done = constants_.validate_constant(expr, type, static_cast<u32>(globals));
        return done.has_value() || fail(std::move(done).error());
    }

    bool check_types();
    bool check_sub(u32 index, const DefinedType& type);
    bool check_functions();
    bool check_tags();
    bool check_limits(const SizeLimits& limits, u64 range, const std::string& message);
    bool check_memories();
    bool check_tables();
    bool check_globals();
    bool check_datas();
    bool check_memory(const MemoryType& memory);
    bool check_table(u32 index);
    bool check_data(const DataSegment& segment);
    bool check_elements();
    bool check_element(const ElementSegment& segment);
    bool check_start();
    bool check_exports();
    bool check_export(const ExportDesc& entry);

    ModuleData& module_;
    const TypeRegistry& types_;
    ErrorList* const all_;
    FunctionValidator constants_;
    SectionId section_ = SectionId::type;  ///< whose rules are being checked, for messages
    std::optional<Error> error_;
};

/// Start of the content of section_; kNoOffset if there is none (imports have sections of theirs).
u64 ModuleValidator::section_offset() const {
    Reader r(module_.bytes);
    r.skip(8);
    while (!r.at_end()) {
        const u8 id = r.read_byte();
        const ByteRange range = r.read_bytes();
        if (!r.ok()) break;
        if (id == static_cast<u8>(section_)) return range.offset;
    }
    return Error::kNoOffset;
}

bool ModuleValidator::check_types() {
    section_ = SectionId::type;
    for (u32 i = 0; i < module_.types.size(); ++i) {
        const DefinedType& type = types_.get(module_.types[i]);
        if (type.sub.super != kNoType && !check_sub(i, type)) return false;
    }
    return true;
}

/// Whether composite type `sub` matches `super`. Spec: valid/matching (composite types).
bool matches_composite(const TypeRegistry& types, const SubType& sub, const SubType& super) {
    const auto all_match = [&types](const std::vector<ValType>& a, const std::vector<ValType>& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                          [&types](ValType x, ValType y) { return types.matches(x, y); });
    };
    if (sub.kind != super.kind) return false;
    if (sub.kind == CompositeKind::func) {
        return all_match(super.func.params, sub.func.params) &&
               all_match(sub.func.results, super.func.results);
    }
    // A structure may have more fields than its supertype.
    if (sub.fields.size() < super.fields.size()) return false;
    for (std::size_t i = 0; i < super.fields.size(); ++i) {
        const FieldType& a = sub.fields[i];
        const FieldType& b = super.fields[i];
        if (a.is_mutable != b.is_mutable || a.packed != b.packed) return false;
        if (!types.matches(a.type, b.type)) return false;
        if (a.is_mutable && !types.matches(b.type, a.type)) return false;
    }
    return true;
}

bool ModuleValidator::check_sub(u32 index, const DefinedType& type) {
    const DefinedType& super = types_.get(type.sub.super);
    const auto names = [&](const char* relation) {
        const auto found = std::find(module_.types.begin(), module_.types.end(), type.sub.super);
        return "sub type " + std::to_string(index) + relation +
               std::to_string(found - module_.types.begin());
    };
    if (super.sub.is_final) return invalid(names(" has final super type "));
    if (!matches_composite(types_, type.sub, super.sub)) {
        return invalid(names(" does not match super type "));
    }
    const u32 limit = module_.engine->config.limits.subtyping_depth;
    if (type.supers.size() - 1 > limit) {
        return fail(Error(ErrorKind::limit,
                          "subtyping too deep: type " + std::to_string(index) + " has " +
                              std::to_string(type.supers.size() - 1) +
                              " supertypes, the limit is " + std::to_string(limit),
                          section_offset()));
    }
    return true;
}

bool ModuleValidator::check_functions() {
    section_ = SectionId::function;
    for (u32 i = 0; i < module_.func_types.size(); ++i) {
        if (module_.type_of_func(i).sub.kind != CompositeKind::func &&
            !invalid("non-function type of function " + std::to_string(i))) {
            return false;
        }
    }
    return true;
}

bool ModuleValidator::check_tags() {
    section_ = SectionId::tag;
    for (u32 i = 0; i < module_.tags.size(); ++i) {
        const SubType& type = types_.get(module_.tags[i]).sub;
        if (type.kind != CompositeKind::func) {
            if (!invalid("non-function type of tag " + std::to_string(i))) return false;
        } else if (!type.func.results.empty()) {
            if (!invalid("non-empty tag result type: tag " + std::to_string(i) + " has " +
                         list_to_string(type.func.results))) {
                return false;
            }
        }
    }
    return true;
}

bool ModuleValidator::check_limits(const SizeLimits& limits, u64 range,
                                   const std::string& message) {
    if (limits.min > range || (limits.has_max && limits.max > range)) return invalid(message);
    if (limits.has_max && limits.min > limits.max) {
        return invalid("size minimum must not be greater than maximum: " +
                       std::to_string(limits.min) + " and " + std::to_string(limits.max));
    }
    return true;
}

bool ModuleValidator::check_memories() {
    section_ = SectionId::memory;
    return std::all_of(module_.memories.begin(), module_.memories.end(),
                       [this](const MemoryType& memory) { return check_memory(memory); });
}

bool ModuleValidator::check_memory(const MemoryType& memory) {
    if (memory.page_size_log2 != 0 && memory.page_size_log2 != 16) {
        return invalid("invalid custom page size");
    }
    // All pages together fill the address space; but for pages of one byte the number of
    // them must itself fit the address type.
    const u32 bits = (memory.is_64 ? 64u : 32u) - memory.page_size_log2;
    const u64 range = memory.page_size_log2 != 0 ? u64{1} << bits
                      : memory.is_64             ? ~u64{0}
                                                 : u64{0xFFFF'FFFF};
    std::string message = "memory size must be at most " + std::to_string(range) + " pages";
    if (memory.page_size_log2 == 16) message += memory.is_64 ? " (2^64 bytes)" : " (4GiB)";
    if (!check_limits(memory.limits, range, message)) return false;
    return !memory.is_shared || memory.limits.has_max || invalid("shared memory must have maximum");
}

bool ModuleValidator::check_tables() {
    section_ = SectionId::table;
    for (u32 i = 0; i < module_.tables.size(); ++i) {
        if (!check_table(i)) return false;
    }
    return true;
}

bool ModuleValidator::check_table(u32 index) {
    const TableDesc& table = module_.tables[index];
    const char* const message = table.type.is_64 ? "table size must be at most 2^64-1"
                                                 : "table size must be at most 2^32-1";
    const u64 range = table.type.is_64 ? ~u64{0} : u64{0xFFFF'FFFF};
    if (!check_limits(table.type.limits, range, message)) return false;
    // Tables come before globals: only imported ones are there yet.
    if (table.has_init) {
        return constant(table.init, table.type.element, module_.num_imported_globals);
    }
    return index < module_.num_imported_tables || table.type.element.is_defaultable() ||
           invalid("type mismatch: table " + std::to_string(index) + " of " +
                   to_string(table.type.element) + " needs an initial value");
}

bool ModuleValidator::check_globals() {
    section_ = SectionId::global;
    for (u32 i = module_.num_imported_globals; i < module_.globals.size(); ++i) {
        const GlobalDesc& global = module_.globals[i];
        if (!constant(global.init, global.type.value, i)) return false;
    }
    return true;
}

bool ModuleValidator::check_datas() {
    section_ = SectionId::data;
    return std::all_of(module_.datas.begin(), module_.datas.end(),
                       [this](const DataSegment& segment) { return check_data(segment); });
}

bool ModuleValidator::check_data(const DataSegment& segment) {
    if (segment.mode != SegmentMode::active) return true;
    if (segment.memory >= module_.memories.size()) {
        return invalid("unknown memory " + std::to_string(segment.memory), segment.offset.offset);
    }
    const ValType address = module_.memories[segment.memory].is_64 ? ValType::i64 : ValType::i32;
    return constant(segment.offset, address, module_.globals.size());
}

bool ModuleValidator::check_elements() {
    section_ = SectionId::element;
    return std::all_of(module_.elements.begin(), module_.elements.end(),
                       [this](const ElementSegment& segment) { return check_element(segment); });
}

bool ModuleValidator::check_element(const ElementSegment& segment) {
    for (const u32 index : segment.funcs) {
        if (index >= module_.func_types.size()) {
            if (!invalid("unknown function " + std::to_string(index))) return false;
            continue;
        }
        module_.declared_funcs[index] = true;
    }
    for (const ConstExpr& expr : segment.exprs) {
        if (!constant(expr, segment.type, module_.globals.size())) return false;
    }
    if (segment.mode != SegmentMode::active) return true;
    if (segment.table >= module_.tables.size()) {
        return invalid("unknown table " + std::to_string(segment.table), segment.offset.offset);
    }
    const TableType& table = module_.tables[segment.table].type;
    if (!types_.matches(segment.type, table.element)) {
        return invalid("type mismatch: element segment's type " + to_string(segment.type) +
                           " does not match table's element type " + to_string(table.element),
                       segment.offset.offset);
    }
    return constant(segment.offset, table.is_64 ? ValType::i64 : ValType::i32,
                    module_.globals.size());
}

bool ModuleValidator::check_start() {
    section_ = SectionId::start;
    if (module_.start == kNoIndex) return true;
    if (module_.start >= module_.func_types.size()) {
        return invalid("unknown function " + std::to_string(module_.start));
    }
    const FuncType& type = module_.type_of_func(module_.start).sub.func;
    if (type.params.empty() && type.results.empty()) return true;
    return invalid("start function must not have parameters or results, but has " +
                   list_to_string(type.params) + " and " + list_to_string(type.results));
}

bool ModuleValidator::check_exports() {
    section_ = SectionId::export_;
    std::vector<const std::string*> names;
    names.reserve(module_.exports.size());
    for (const ExportDesc& entry : module_.exports) {
        names.push_back(&entry.name);
        if (!check_export(entry)) return false;
    }
    // Sorting, as no choice of names makes it slow.
    const auto less = [](const std::string* a, const std::string* b) { return *a < *b; };
    std::sort(names.begin(), names.end(), less);
    const auto same =
        std::adjacent_find(names.begin(), names.end(),
                           [](const std::string* a, const std::string* b) { return *a == *b; });
    return same == names.end() || invalid("duplicate export name \"" + **same + "\"");
}

bool ModuleValidator::check_export(const ExportDesc& entry) {
    std::size_t count = 0;
    const char* what = "";
    switch (entry.kind) {
        case ExternKind::func:
            count = module_.func_types.size();
            what = "unknown function ";
            break;
        case ExternKind::table:
            count = module_.tables.size();
            what = "unknown table ";
            break;
        case ExternKind::memory:
            count = module_.memories.size();
            what = "unknown memory ";
            break;
        case ExternKind::global:
            count = module_.globals.size();
            what = "unknown global ";
            break;
        case ExternKind::tag:
            count = module_.tags.size();
            what = "unknown tag ";
            break;
    }
    if (entry.index >= count) {
        return invalid(what + std::to_string(entry.index) + " in export \"" + entry.name + "\"");
    }
    if (entry.kind == ExternKind::func) module_.declared_funcs[entry.index] = true;
    return true;
}

}  // namespace

Result<void> validate_module(ModuleData& module, ErrorList* all) {
    return ModuleValidator(module, all).run();
}

}  // namespace wasmi::core
