// verify and inspect: all errors of a module, and what it consists of.
// Spec: valid/modules, syntax/modules; the tool conventions (producers section).
#include "api/load.hpp"
#include "core/decoder/body_scan.hpp"
#include "core/decoder/decoder.hpp"
#include "core/decoder/module_decoder.hpp"
#include "core/linker/extern_type.hpp"
#include "core/types/module.hpp"
#include "core/validator/validator.hpp"

#include <wasmi/verify.hpp>

#include <algorithm>
#include <utility>

namespace wasmi {

using namespace core;

namespace {

/// Longer lists of sections are cut: three bytes of a module make one.
constexpr std::size_t kMaxSections = 100'000;
/// After so many other errors the search for a feature that is missing ends.
constexpr u32 kMaxOtherErrors = 100;

std::span<const u8> as_u8(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const u8*>(bytes.data()), bytes.size()};
}

bool any_malformed(const ErrorList& list) {
    return std::any_of(list.errors().begin(), list.errors().end(),
                       [](const Error& e) { return e.kind() == ErrorKind::malformed; });
}

/// Looking up a name is a pass over the name section, which may be large.
enum class Names : bool { no, yes };

/// All errors into `list`; whether the whole module was looked at.
bool check_all(const std::shared_ptr<EngineData>& engine, std::span<const u8> bytes,
               ErrorList& list, Names names) {
    const Result<std::shared_ptr<ModuleData>> module = decode(engine, bytes, nullptr, &list);
    if (!module) return false;
    if (names == Names::no) (*module)->customs.clear();
    (void)validate_module(**module, &list);
    if (!list.is_full()) (void)validate_bodies(**module, &list);
    const bool complete = !list.is_full();
    // A body may be found invalid before it is found malformed, and then the module is malformed.
    if (!list.errors().empty() && !any_malformed(list)) {
        if (std::optional<Error> malformed = find_malformed_body(**module)) {
            list.add_first(*std::move(malformed));
        }
    }
    return complete;
}

// ---- inspect ------------------------------------------------------------------------------------

std::vector<SectionInfo> list_sections(std::span<const u8> bytes) {
    std::vector<SectionInfo> sections;
    if (bytes.size() < 8) return sections;
    Reader r(bytes);
    r.skip(8);
    while (!r.at_end() && sections.size() < kMaxSections) {
        const u8 id = r.read_byte();
        const ByteRange content = r.read_bytes();
        if (!r.ok() || id > kMaxSectionId) break;
        SectionInfo& section = sections.emplace_back();
        section.id = id;
        section.offset = content.offset;
        section.size = content.size;
        if (id == 0) {
            Reader name(bytes, content);
            section.name = name.read_name();
        } else {
            section.name = to_string(static_cast<SectionId>(id));
        }
    }
    return sections;
}

std::vector<Producer> list_producers(const ModuleData& module) {
    std::vector<Producer> list;
    for (const CustomSection& section : module.customs) {
        if (section.name != "producers") continue;
        Reader r(module.bytes, section.bytes);
        const u32 fields = r.read_count();
        for (u32 i = 0; i < fields && r.ok(); ++i) {
            const std::string_view field = r.read_name();
            const u32 values = r.read_count();
            for (u32 k = 0; k < values && r.ok(); ++k) {
                const std::string_view name = r.read_name();
                const std::string_view version = r.read_name();
                if (!r.ok()) break;
                list.push_back({std::string(field), std::string(name), std::string(version)});
            }
        }
        break;
    }
    return list;
}

/// Replaces canonical types by indices of the module.
class LocalTypes {
  public:
    explicit LocalTypes(const ModuleData& module) {
        for (u32 i = 0; i < module.types.size(); ++i) index_.push_back({module.types[i], i});
        std::sort(index_.begin(), index_.end());
    }
    [[nodiscard]] u32 index_of(TypeId id) const {
        const auto found = std::lower_bound(index_.begin(), index_.end(), std::pair{id, u32{0}});
        return found != index_.end() && found->first == id ? found->second : kNoType;
    }
    void localize(ValType& type) const {
        if (type.is_concrete()) type = ValType::ref_to(index_of(type.type_id()), type.nullable());
    }
    void localize(ExternType& type) const {
        type.type = index_of(type.type);
        for (ValType& t : type.func.params) localize(t);
        for (ValType& t : type.func.results) localize(t);
        localize(type.table.element);
        localize(type.global.value);
    }

  private:
    std::vector<std::pair<TypeId, u32>> index_;
};

u64 space_size(const ModuleData& m, ExternKind kind) {
    switch (kind) {
        case ExternKind::func:
            return m.func_types.size();
        case ExternKind::table:
            return m.tables.size();
        case ExternKind::memory:
            return m.memories.size();
        case ExternKind::global:
            return m.globals.size();
        case ExternKind::tag:
            return m.tags.size();
    }
    return 0;
}

ModuleCounts count(const ModuleData& m) {
    ModuleCounts c;
    c.types = m.types.size();
    c.functions = m.func_types.size();
    c.imported_functions = m.num_imported_funcs;
    c.tables = m.tables.size();
    c.imported_tables = m.num_imported_tables;
    c.memories = m.memories.size();
    c.imported_memories = m.num_imported_memories;
    c.globals = m.globals.size();
    c.imported_globals = m.num_imported_globals;
    c.tags = m.tags.size();
    c.imported_tags = m.num_imported_tags;
    c.element_segments = m.elements.size();
    c.data_segments = m.datas.size();
    for (const FuncDesc& f : m.funcs) c.code_bytes += f.body.size;
    for (const DataSegment& d : m.datas) c.data_bytes += d.bytes.size;
    return c;
}

void describe(const ModuleData& m, ModuleInfo& info) {
    const LocalTypes types(m);
    info.decoded = true;
    info.name = m.module_name();
    for (const ImportDesc& i : m.imports) {
        info.imports.push_back({i.module, i.name, declared_type(m, i.kind, i.index)});
        types.localize(info.imports.back().type);
    }
    for (const ExportDesc& e : m.exports) {
        ExternType type;
        type.kind = e.kind;
        if (e.index < space_size(m, e.kind)) type = declared_type(m, e.kind, e.index);
        types.localize(type);
        info.exports.push_back({e.name, std::move(type)});
    }
    for (const TableDesc& t : m.tables) {
        info.tables.push_back(t.type);
        types.localize(info.tables.back().element);
    }
    info.memories = m.memories;
    if (m.start != kNoIndex) {
        info.start = m.start;
        info.start_name = m.function_name(m.start);
    }
    info.counts = count(m);
    info.producers = list_producers(m);
}

std::shared_ptr<EngineData> engine_with(Features features, const ParseLimits& limits) {
    auto engine = std::make_shared<EngineData>();
    engine->config.features = features;
    engine->config.limits = limits;
    return engine;
}

/// The error of the first feature that the module needs and `on` lacks.
std::optional<Error> find_missing(std::span<const u8> bytes, Features on,
                                  const ParseLimits& limits) {
    const auto engine = engine_with(on, limits);
    Result<std::shared_ptr<ModuleData>> module = decode(engine, bytes, nullptr);
    Result<void> valid;
    if (module) (*module)->customs.clear();
    if (module) valid = validate_module(**module);
    if (module && valid) valid = validate_bodies(**module);
    if (module && valid) return std::nullopt;
    Error first = module ? std::move(valid).error() : std::move(module).error();
    if (first.feature()) return first;
    // The module is wrong: what its other parts need is among the rest of the errors.
    ErrorList list(kMaxOtherErrors);
    (void)check_all(engine_with(on, limits), bytes, list, Names::no);
    for (const Error& e : list.errors()) {
        if (e.feature()) return e;
    }
    return std::nullopt;
}

/// Switches on, one after the other, what the module is found to lack. So the answer comes from
/// the very checks that refuse modules; it costs a pass over the module for each feature.
std::vector<FeatureUse> list_features(std::span<const u8> bytes, const ParseLimits& limits) {
    Features on = Features().set(Feature::mvp, true);
    std::vector<Feature> found;
    while (std::optional<Error> missing = find_missing(bytes, on, limits)) {
        const Feature feature = *missing->feature();
        if (on.has(feature)) break;
        on.set(feature, true);
        found.push_back(feature);
    }
    // Where either of two features would do, one may have been taken before the other.
    std::vector<FeatureUse> uses;
    for (const Feature feature : found) {
        on.set(feature, false);
        const std::optional<Error> missing = find_missing(bytes, on, limits);
        if (!missing) continue;
        on.set(feature, true);
        FeatureUse& use = uses.emplace_back();
        use.feature = feature;
        use.what = missing->message().substr(0, missing->message().find(" needs the feature"));
        use.offset = missing->offset();
        use.function = missing->function();
    }
    std::sort(uses.begin(), uses.end(), [](const FeatureUse& a, const FeatureUse& b) {
        return static_cast<int>(a.feature) < static_cast<int>(b.feature);
    });
    return uses;
}

}  // namespace

VerifyResult verify(const Engine& engine, std::span<const std::byte> bytes,
                    std::uint32_t max_errors) {
    VerifyResult result;
    std::span<const u8> binary = as_u8(bytes);
    std::vector<u8> assembled;
    if (api::is_text(binary)) {
        Result<std::vector<u8>> done = api::assemble_text(engine.config().features, binary);
        if (!done) {
            result.errors.push_back(std::move(done).error());
            result.complete = false;
            return result;
        }
        assembled = std::move(*done);
        binary = assembled;
    }
    ErrorList list(std::max(max_errors, std::uint32_t{1}));
    result.complete = check_all(engine.data(), binary, list, Names::yes);
    result.errors = list.take();
    return result;
}

Result<ModuleInfo> inspect(std::span<const std::byte> bytes, const ParseLimits& limits) {
    std::span<const u8> binary = as_u8(bytes);
    std::vector<u8> assembled;
    if (api::is_text(binary)) {
        Result<std::vector<u8>> done = api::assemble_text(Features::all(), binary);
        if (!done) return std::move(done).error();
        assembled = std::move(*done);
        binary = assembled;
    }
    ModuleInfo info;
    info.size = binary.size();
    info.sections = list_sections(binary);
    const auto engine = engine_with(Features::all(), limits);
    Result<std::shared_ptr<ModuleData>> module = decode(engine, binary, nullptr);
    if (module) describe(**module, info);
    info.features = list_features(binary, limits);
    for (FeatureUse& use : info.features) {
        if (module && use.function != Error::kNoFunction) {
            use.function_name = (*module)->function_name(use.function);
        }
    }
    return info;
}

}  // namespace wasmi
