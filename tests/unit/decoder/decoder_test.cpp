// decode(): what each section yields, and what is malformed in it, byte by byte.
// Spec: binary/modules.
#include "core/decoder/decoder.hpp"

#include "core/decoder/body_scan.hpp"

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

using Bytes = std::vector<u8>;
using ModulePtr = std::shared_ptr<ModuleData>;

std::shared_ptr<EngineData> engine_with(const Config& config) {
    auto engine = std::make_shared<EngineData>();
    engine->config = config;
    return engine;
}

Config all_features() {
    Config config;
    config.features = Features::all();
    return config;
}

Bytes section(u8 id, const Bytes& content) {
    Bytes out = {id};
    std::size_t size = content.size();
    while (size >= 0x80) {
        out.push_back(static_cast<u8>(size | 0x80));
        size >>= 7;
    }
    out.push_back(static_cast<u8>(size));
    out.insert(out.end(), content.begin(), content.end());
    return out;
}

Bytes module_of(std::initializer_list<Bytes> sections) {
    Bytes out = {0, 'a', 's', 'm', 1, 0, 0, 0};
    for (const Bytes& s : sections) out.insert(out.end(), s.begin(), s.end());
    return out;
}

/// Keeps the bytes alive with the module.
Result<ModulePtr> decode_bytes(const Bytes& bytes, const Config& config = all_features()) {
    auto owned = std::make_shared<const Bytes>(bytes);
    return decode(engine_with(config), *owned, owned);
}

ModulePtr good(std::initializer_list<Bytes> sections, const Config& config = all_features()) {
    auto module = decode_bytes(module_of(sections), config);
    EXPECT_TRUE(module) << module.error().to_string();
    return module ? *module : nullptr;
}

/// "kind: message @offset [section]" of what must not decode.
std::string bad_bytes(const Bytes& bytes, const Config& config = all_features()) {
    const auto module = decode_bytes(bytes, config);
    if (module) return "accepted";
    const Error& e = module.error();
    return std::string(to_string(e.kind())) + ": " + e.message() + " @" +
           std::to_string(e.offset()) +
           (e.section().empty() ? "" : " [" + std::string(e.section()) + "]");
}
std::string bad(std::initializer_list<Bytes> sections, const Config& config = all_features()) {
    return bad_bytes(module_of(sections), config);
}

const Bytes kEmptyFuncType = section(1, {1, 0x60, 0, 0});

// ---- frame --------------------------------------------------------------------------------------

TEST(Decoder, the_empty_module) {
    const ModulePtr module = good({});
    EXPECT_TRUE(module->types.empty());
    EXPECT_EQ(module->start, kNoIndex);
    EXPECT_FALSE(module->has_data_count);
}

TEST(Decoder, header_is_checked) {
    EXPECT_EQ(bad_bytes({}), "malformed: unexpected end of section or function @0");
    EXPECT_EQ(bad_bytes({0, 'a', 's'}), "malformed: unexpected end of section or function @3");
    EXPECT_EQ(bad_bytes({'a', 's', 'm', 0, 1, 0, 0, 0}), "malformed: magic header not detected @0");
    EXPECT_EQ(bad_bytes({0, 'a', 's', 'm', 1, 0, 0}),
              "malformed: unexpected end of section or function @7");
    EXPECT_EQ(bad_bytes({0, 'a', 's', 'm', 2, 0, 0, 0}), "malformed: unknown binary version @4");
    // The header of a component.
    EXPECT_EQ(bad_bytes({0, 'a', 's', 'm', 0x0D, 0, 1, 0}), "malformed: unknown binary version @4");
}

TEST(Decoder, section_ids_end_at_thirteen) {
    EXPECT_EQ(bad({{14, 0}}), "malformed: malformed section id @8");
    EXPECT_EQ(bad({{0x80, 0x01, 0}}), "malformed: malformed section id @8");
}

TEST(Decoder, sections_come_once_and_in_order) {
    good({section(1, {0}), section(2, {0}), section(3, {0}), section(4, {0}), section(5, {0}),
          section(13, {0}), section(6, {0}), section(7, {0}), section(9, {0}), section(12, {0}),
          section(10, {0}), section(11, {0})});
    EXPECT_EQ(bad({section(1, {0}), section(1, {0})}),
              "malformed: unexpected content after last section: type section out of order @11");
    EXPECT_EQ(bad({section(6, {0}), section(13, {0})}),
              "malformed: unexpected content after last section: tag section out of order @11");
    EXPECT_EQ(bad({section(10, {0}), section(12, {0})}),
              "malformed: unexpected content after last section: data count section out of order "
              "@11");
    EXPECT_EQ(bad({section(5, {0}), section(4, {0})}),
              "malformed: unexpected content after last section: table section out of order @11");
}

TEST(Decoder, section_sizes_are_exact) {
    EXPECT_EQ(bad({{1, 2, 0, 0}}), "malformed: section size mismatch @10 [type]");
    EXPECT_EQ(bad({{1, 0, 0}}), "malformed: section size mismatch @10 [type]");
    EXPECT_EQ(bad({{1, 5, 0}}), "malformed: length out of bounds @9 [type]");
    EXPECT_EQ(bad({{1}}), "malformed: unexpected end of section or function @9 [type]");
    EXPECT_EQ(bad({{1, 0x80, 0x80, 0x80, 0x80, 0x10}}), "malformed: integer too large @13 [type]");
}

TEST(Decoder, custom_sections_may_stand_anywhere) {
    const ModulePtr module = good({section(0, {1, 'a', 7, 8}), section(1, {0}), section(0, {0}),
                                   section(11, {0}), section(0, {1, 'b'})});
    ASSERT_EQ(module->customs.size(), 3u);
    EXPECT_EQ(module->customs[0].name, "a");
    const auto content = module->slice(module->customs[0].bytes);
    EXPECT_EQ(Bytes(content.begin(), content.end()), (Bytes{7, 8}));
    EXPECT_EQ(module->customs[1].name, "");
    EXPECT_EQ(module->customs[2].bytes.size, 0u);
}

TEST(Decoder, custom_sections_need_a_name_within_their_size) {
    EXPECT_EQ(bad({{0, 0}}), "malformed: unexpected end of section or function @10 [custom]");
    EXPECT_EQ(bad({{0, 1, 1, 'a'}}),
              "malformed: unexpected end of section or function @12 [custom]");
    EXPECT_EQ(bad({section(0, {1, 0xFF})}), "malformed: malformed UTF-8 encoding @10 [custom]");
}

TEST(Decoder, modules_above_the_limit_are_refused) {
    Config config = all_features();
    config.limits.module_bytes = 10;
    EXPECT_EQ(bad({section(1, {0})}, config).substr(0, 23), "limit: module too large");
    config.limits.module_bytes = 11;
    good({section(1, {0})}, config);
}

// ---- types --------------------------------------------------------------------------------------

TEST(TypeSection, equal_types_of_two_modules_share_ids) {
    auto engine = engine_with(all_features());
    const Bytes one = module_of({section(1, {2, 0x60, 1, 0x7F, 0, 0x60, 0, 1, 0x7E})});
    const Bytes two = module_of({section(1, {1, 0x60, 0, 1, 0x7E})});
    const auto a = decode(engine, one, nullptr);
    const auto b = decode(engine, two, nullptr);
    ASSERT_TRUE(a && b);
    EXPECT_EQ((*a)->types[1], (*b)->types[0]);
    EXPECT_NE((*a)->types[0], (*b)->types[0]);
    EXPECT_EQ(engine->types.get((*b)->types[0]).sub.func.results, std::vector{ValType::i64});
}

TEST(TypeSection, every_value_type) {
    const ModulePtr module = good(
        {section(1, {1,    0x60, 18,   0x7F, 0x7E, 0x7D, 0x7C, 0x7B, 0x70, 0x6F, 0x6E, 0x6D, 0x6C,
                     0x6B, 0x6A, 0x69, 0x71, 0x63, 0x71, 0x64, 0x72, 0x64, 0x00, 0x63, 0x74, 0})});
    const auto& params = module->engine->types.get(module->types[0]).sub.func.params;
    const std::vector<ValType> expected = {ValType::i32,
                                           ValType::i64,
                                           ValType::f32,
                                           ValType::f64,
                                           ValType::v128,
                                           ValType::funcref,
                                           ValType::externref,
                                           ValType::anyref,
                                           ValType::ref(HeapKind::eq, true),
                                           ValType::ref(HeapKind::i31, true),
                                           ValType::ref(HeapKind::struct_, true),
                                           ValType::ref(HeapKind::array, true),
                                           ValType::exnref,
                                           ValType::ref(HeapKind::none, true),
                                           ValType::ref(HeapKind::none, true),
                                           ValType::ref(HeapKind::noextern, false),
                                           ValType::ref_to(module->types[0], false),
                                           ValType::ref(HeapKind::noexn, true)};
    EXPECT_EQ(params, expected);
}

TEST(TypeSection, recursion_groups_and_sub_types) {
    const ModulePtr module = good(
        {section(1, {2,
                     // (rec (sub (struct (field (mut (ref null 1))))) (sub final 0 (struct … i8)))
                     0x4E, 2, 0x50, 0, 0x5F, 1, 0x63, 0x01, 1,     //
                     0x4F, 1, 0, 0x5F, 2, 0x63, 0x01, 1, 0x78, 0,  //
                     0x5E, 0x77, 1})});
    ASSERT_EQ(module->types.size(), 3u);
    const DefinedType& base = module->engine->types.get(module->types[0]);
    const DefinedType& derived = module->engine->types.get(module->types[1]);
    const DefinedType& array = module->engine->types.get(module->types[2]);
    EXPECT_FALSE(base.sub.is_final);
    EXPECT_TRUE(derived.sub.is_final);
    EXPECT_EQ(derived.sub.super, module->types[0]);
    EXPECT_EQ(base.sub.fields[0].type, ValType::ref_to(module->types[1], true));
    EXPECT_TRUE(base.sub.fields[0].is_mutable);
    EXPECT_EQ(derived.sub.fields[1].packed, FieldType::Packed::i8);
    EXPECT_EQ(array.sub.kind, CompositeKind::array);
    EXPECT_EQ(array.sub.fields[0].packed, FieldType::Packed::i16);
}

TEST(TypeSection, a_type_may_refer_to_itself) {
    const ModulePtr module = good({section(1, {1, 0x5F, 1, 0x63, 0, 0})});
    EXPECT_EQ(module->engine->types.get(module->types[0]).sub.fields[0].type,
              ValType::ref_to(module->types[0], true));
}

TEST(TypeSection, an_empty_group_is_fine) {
    EXPECT_TRUE(good({section(1, {1, 0x4E, 0})})->types.empty());
}

TEST(TypeSection, malformed_forms) {
    EXPECT_EQ(bad({section(1, {1, 0x40})}), "malformed: malformed definition type @11 [type]");
    EXPECT_EQ(bad({section(1, {1, 0xE0, 0x7F})}),
              "malformed: integer representation too long @11 [type]");
    EXPECT_EQ(bad({section(1, {1, 0x60, 1, 0x40, 0})}),
              "malformed: malformed reference type @13 [type]");
    EXPECT_EQ(bad({section(1, {1, 0x5E, 0x7F, 2})}), "malformed: malformed mutability @13 [type]");
    EXPECT_EQ(bad({section(1, {1, 0x60, 0})}),
              "malformed: unexpected end of section or function @13 [type]");
    EXPECT_EQ(bad({section(1, {0x7F, 0x60, 0, 0})}), "malformed: length out of bounds @10 [type]");
    EXPECT_EQ(bad({section(1, {1, 0x64, 0x40})}),
              "malformed: malformed definition type @11 [type]");
}

TEST(TypeSection, indices_must_be_defined) {
    EXPECT_EQ(bad({section(1, {1, 0x60, 1, 0x63, 1, 0})}), "invalid: unknown type 1 @14 [type]");
    EXPECT_EQ(bad({section(1, {2, 0x5F, 1, 0x63, 1, 0, 0x5F, 0})}),
              "invalid: unknown type 1 @14 [type]");
    EXPECT_EQ(bad({section(1, {1, 0x50, 1, 0, 0x5F, 0})}).substr(0, 23), "invalid: unknown type 0");
    EXPECT_EQ(bad({section(1, {1, 0x4E, 2, 0x50, 1, 1, 0x5F, 0, 0x50, 0, 0x5F, 0})}).substr(0, 23),
              "invalid: unknown type 1");
    EXPECT_EQ(bad({section(1, {2, 0x50, 0, 0x5F, 0, 0x50, 2, 0, 0, 0x5F, 0})}).substr(0, 17),
              "invalid: sub type");
}

TEST(TypeSection, limits_are_named) {
    Config config = all_features();
    config.limits.params = 1;
    EXPECT_EQ(bad({section(1, {1, 0x60, 2, 0x7F, 0x7F, 0})}, config),
              "limit: too many parameters: 2, the limit is 1 @12 [type]");
    config = all_features();
    config.limits.types = 2;
    EXPECT_EQ(
        bad({section(1, {1, 0x4E, 3, 0x60, 0, 0, 0x60, 0, 0, 0x60, 0, 0})}, config).substr(0, 21),
        "limit: too many types");
    EXPECT_EQ(
        bad({section(1, {2, 0x60, 0, 0, 0x4E, 2, 0x60, 0, 0, 0x60, 0, 0})}, config).substr(0, 21),
        "limit: too many types");
    config = all_features();
    config.limits.subtyping_depth = 1;
    const Bytes chain = {3, 0x50, 0, 0x5F, 0, 0x50, 1, 0, 0x5F, 0, 0x50, 1, 1, 0x5F, 0};
    EXPECT_EQ(bad({section(1, chain)}, config).substr(0, 25), "limit: subtyping too deep");
    config.limits.subtyping_depth = 2;
    good({section(1, chain)}, config);
}

TEST(TypeSection, aggregates_need_gc) {
    Config config;
    config.features.set(Feature::gc, false);
    EXPECT_EQ(
        bad({section(1, {1, 0x5F, 0})}, config),
        "unsupported: a structure type needs the feature gc, which is switched off @11 [type]");
    EXPECT_EQ(
        bad({section(1, {1, 0x4E, 0})}, config),
        "unsupported: a recursion group needs the feature gc, which is switched off @11 [type]");
}

// ---- imports ------------------------------------------------------------------------------------

TEST(ImportSection, every_kind_gets_its_index) {
    const ModulePtr module = good({kEmptyFuncType, section(2, {6,                                 //
                                                               1, 'm', 1, 'f', 0, 0,              //
                                                               1, 'm', 1, 't', 1, 0x70, 1, 2, 3,  //
                                                               1, 'm', 1, 'x', 2, 0,    1,        //
                                                               1, 'm', 1, 'g', 3, 0x7F, 1,        //
                                                               1, 'm', 1, 'e', 4, 0,    0,        //
                                                               0, 0,   0, 0})});
    ASSERT_EQ(module->imports.size(), 6u);
    EXPECT_EQ(module->imports[0].module, "m");
    EXPECT_EQ(module->imports[0].name, "f");
    EXPECT_EQ(module->imports[1].kind, ExternKind::table);
    EXPECT_EQ(module->imports[5].index, 1u);
    EXPECT_EQ(module->num_imported_funcs, 2u);
    EXPECT_EQ(module->num_imported_tables, 1u);
    EXPECT_EQ(module->num_imported_memories, 1u);
    EXPECT_EQ(module->num_imported_globals, 1u);
    EXPECT_EQ(module->num_imported_tags, 1u);
    EXPECT_EQ(module->tables[0].type.limits, (SizeLimits{2, 3, true}));
    EXPECT_TRUE(module->globals[0].type.is_mutable);
    EXPECT_EQ(module->imports[1].offset, 14u + 3u + 6u);
}

TEST(ImportSection, malformed_entries) {
    EXPECT_EQ(bad({section(2, {1, 0, 0, 5, 0})}), "malformed: malformed import kind @13 [import]");
    EXPECT_EQ(bad({section(2, {1, 0, 1, 0x80, 0, 0})}),
              "malformed: malformed UTF-8 encoding @12 [import]");
    EXPECT_EQ(bad({section(2, {1, 0, 0, 3, 0x7F, 2})}),
              "malformed: malformed mutability @15 [import]");
    EXPECT_EQ(bad({kEmptyFuncType, section(2, {1, 0, 0, 4, 1, 0})}),
              "malformed: zero byte expected @20 [import]");
}

TEST(ImportSection, unknown_types_are_invalid_but_malformed_comes_first) {
    EXPECT_EQ(bad({section(2, {1, 0, 0, 0, 7})}), "invalid: unknown type 7 @14 [import]");
    EXPECT_EQ(bad({section(2, {1, 0, 0, 0, 7}), {14, 0}}), "malformed: malformed section id @15");
    EXPECT_EQ(bad({section(1, {1, 0x5F, 0}), section(2, {1, 0, 0, 0, 0})}),
              "invalid: non-function type 0 @19 [import]");
}

TEST(ImportSection, compact_forms_name_the_module_once) {
    const ModulePtr module =
        good({kEmptyFuncType,
              section(2, {3,                                                            //
                          1, 'a', 0, 0x7F, 2, 1,    'x', 0, 0, 1,   'y', 3,   0x7F, 0,  //
                          1, 'b', 0, 0x7E, 2, 0,    1,   2, 1, 'p', 1,   'q',           //
                          1, 'c', 0, 0x7E, 3, 0x7E, 0,   0})});
    ASSERT_EQ(module->imports.size(), 4u);
    EXPECT_EQ(module->imports[1].module, "a");
    EXPECT_EQ(module->imports[1].name, "y");
    EXPECT_EQ(module->imports[3].module, "b");
    EXPECT_EQ(module->imports[3].name, "q");
    EXPECT_EQ(module->imports[3].index, 1u);
    EXPECT_EQ(module->memories.size(), 2u);
    EXPECT_EQ(module->memories[1].limits.min, 1u);
    EXPECT_EQ(module->globals.size(), 1u);
    EXPECT_EQ(bad({section(2, {1, 1, 'a', 0, 0x7F, 0})}, Config()),
              "unsupported: an import of several items needs the feature compact-imports, which is "
              "switched off @11 [import]");
}

TEST(ImportSection, compact_forms_stay_within_the_limit) {
    Config config = all_features();
    config.limits.imports = 3;
    EXPECT_EQ(
        bad({section(2, {2, 0, 0, 0x7E, 2, 0, 0, 2, 0, 0, 0, 0, 0x7E, 2, 0, 0, 2, 0, 0})}, config)
            .substr(0, 23),
        "limit: too many imports");
}

// ---- tables, memories, tags, globals ------------------------------------------------------------

TEST(TableSection, limits_and_initialisers) {
    const ModulePtr module = good({section(4, {3, 0x70, 0, 1, 0x6F, 5, 2, 3,  //
                                               0x40, 0, 0x70, 0, 4, 0xD0, 0x70, 0x0B})});
    ASSERT_EQ(module->tables.size(), 3u);
    EXPECT_FALSE(module->tables[0].type.limits.has_max);
    EXPECT_TRUE(module->tables[1].type.is_64);
    EXPECT_EQ(module->tables[1].type.element, ValType::externref);
    EXPECT_TRUE(module->tables[2].has_init);
    EXPECT_EQ(module->tables[2].init.size, 3u);
}

TEST(TableSection, malformed_tables) {
    EXPECT_EQ(bad({section(4, {1, 0x7F, 0, 1})}),
              "malformed: malformed reference type @11 [table]");
    EXPECT_EQ(bad({section(4, {1, 0x70, 2, 1})}), "malformed: malformed limits flags @12 [table]");
    EXPECT_EQ(bad({section(4, {1, 0x70, 8, 1})}), "malformed: malformed limits flags @12 [table]");
    EXPECT_EQ(bad({section(4, {1, 0x40, 1, 0x70, 0, 1})}),
              "malformed: zero byte expected @12 [table]");
    EXPECT_EQ(bad({section(4, {1, 0x40, 0, 0x70, 0, 1})}),
              "malformed: unexpected end of section or function @16 [table]");
    Config config;
    config.features.set(Feature::memory64, false);
    EXPECT_EQ(bad({section(4, {1, 0x70, 4, 1})}, config),
              "unsupported: a table with 64-bit addresses needs the feature memory64, which is "
              "switched off @12 [table]");
}

TEST(MemorySection, flags) {
    const ModulePtr module = good({section(
        5, {5, 0, 1, 1, 1, 2, 3, 1, 2, 4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40, 9, 7, 8, 0})});
    ASSERT_EQ(module->memories.size(), 5u);
    EXPECT_EQ(module->memories[1].limits, (SizeLimits{1, 2, true}));
    EXPECT_TRUE(module->memories[2].is_shared);
    EXPECT_TRUE(module->memories[3].is_64);
    EXPECT_EQ(module->memories[3].limits.min, u64{1} << 48);
    EXPECT_EQ(module->memories[4].page_size_log2, 0u);
    EXPECT_EQ(module->memories[4].limits, (SizeLimits{7, 8, true}));
}

TEST(MemorySection, malformed_memories) {
    EXPECT_EQ(bad({section(5, {1, 0x10, 0})}), "malformed: malformed limits flags @11 [memory]");
    EXPECT_EQ(bad({section(5, {1, 8, 0, 64})}), "malformed: invalid custom page size @13 [memory]");
    EXPECT_EQ(bad({section(5, {1, 8, 0, 0})}, Config()),
              "unsupported: a memory with a page size of its own needs the feature "
              "custom-page-sizes, which is switched off @11 [memory]");
    // With the feature these bytes would make no sense either.
    EXPECT_EQ(bad({section(5, {1, 8})}, Config()),
              "malformed: malformed limits flags @11 [memory]");
    Config config;
    config.features.set(Feature::threads, false);
    EXPECT_EQ(bad({section(5, {1, 3, 0, 1})}, config),
              "unsupported: a shared memory needs the feature threads, which is switched off @11 "
              "[memory]");
}

TEST(TagSection, types_are_functions) {
    EXPECT_EQ(good({kEmptyFuncType, section(13, {1, 0, 0})})->tags.size(), 1u);
    EXPECT_EQ(bad({kEmptyFuncType, section(13, {1, 1, 0})}),
              "malformed: zero byte expected @17 [tag]");
    EXPECT_EQ(bad({section(13, {1, 0, 0})}), "invalid: unknown type 0 @12 [tag]");
    Config config;
    config.features.set(Feature::exceptions, false).set(Feature::legacy_exceptions, false);
    EXPECT_EQ(
        bad({kEmptyFuncType, section(13, {1, 0, 0})}, config),
        "unsupported: the tag section needs the feature exceptions, which is switched off @16 "
        "[tag]");
}

TEST(GlobalSection, expressions_are_ranges_with_their_end) {
    const ModulePtr module = good({section(6, {2, 0x7F, 1, 0x41, 5, 0x0B,  //
                                               0x7E, 0, 0x42, 1, 0x42, 2, 0x7C, 0x0B})});
    ASSERT_EQ(module->globals.size(), 2u);
    EXPECT_TRUE(module->globals[0].type.is_mutable);
    EXPECT_EQ(module->slice(module->globals[0].init).back(), 0x0B);
    EXPECT_EQ(module->globals[0].init.size, 3u);
    EXPECT_EQ(module->globals[1].init.size, 6u);
}

TEST(GlobalSection, expressions_end_at_their_own_end) {
    // A block is not constant, but its end is not the end of the expression.
    const ModulePtr module = good({section(6, {1, 0x7F, 0, 0x02, 0x40, 0x0B, 0x41, 0, 0x0B})});
    EXPECT_EQ(module->globals[0].init.size, 6u);
    EXPECT_EQ(bad({section(6, {1, 0x7F, 0, 0x41, 0, 0x05, 0x0B})}),
              "malformed: END opcode expected @15 [global]");
    EXPECT_EQ(bad({section(6, {1, 0x7F, 0, 0x41, 0})}),
              "malformed: unexpected end of section or function @15 [global]");
    EXPECT_EQ(bad({section(6, {1, 0x7F, 0, 0xFF, 0x0B})}),
              "malformed: illegal opcode ff @13 [global]");
    EXPECT_EQ(bad({section(6, {1, 0x7F, 2, 0x41, 0, 0x0B})}),
              "malformed: malformed mutability @12 [global]");
}

// ---- exports, start, elements -------------------------------------------------------------------

TEST(ExportSection, kinds_and_indices) {
    const ModulePtr module = good({section(7, {2, 1, 'a', 4, 9, 0, 0, 0x80, 1})});
    ASSERT_EQ(module->exports.size(), 2u);
    EXPECT_EQ(module->exports[0].name, "a");
    EXPECT_EQ(module->exports[0].kind, ExternKind::tag);
    EXPECT_EQ(module->exports[1].index, 128u);
    EXPECT_EQ(bad({section(7, {1, 0, 5, 0})}), "malformed: malformed export kind @12 [export]");
}

TEST(StartSection, an_index_that_cannot_exist_is_not_taken_for_none) {
    EXPECT_EQ(good({section(8, {3})})->start, 3u);
    EXPECT_EQ(bad({section(8, {0xFF, 0xFF, 0xFF, 0xFF, 0x0F})}).substr(0, 25),
              "invalid: unknown function");
}

TEST(ElementSection, all_eight_forms) {
    const Bytes offset = {0x41, 0, 0x0B};
    Bytes content = {8};
    const auto add = [&content](const Bytes& bytes) {
        content.insert(content.end(), bytes.begin(), bytes.end());
    };
    add({0}), add(offset), add({2, 1, 2});
    add({1, 0, 1, 3});
    add({2, 5}), add(offset), add({0, 1, 4});
    add({3, 0, 0});
    add({4}), add(offset), add({1, 0xD2, 6, 0x0B});
    add({5, 0x6F, 1, 0xD0, 0x6F, 0x0B});
    add({6, 7}), add(offset), add({0x70, 0});
    add({7, 0x64, 0x70, 1, 0xD2, 8, 0x0B});
    const ModulePtr module = good({section(9, content)});
    ASSERT_EQ(module->elements.size(), 8u);
    const auto& e = module->elements;
    EXPECT_EQ(e[0].mode, SegmentMode::active);
    EXPECT_EQ(e[0].funcs, (std::vector<u32>{1, 2}));
    EXPECT_EQ(e[0].type, ValType::ref(HeapKind::func, false));
    EXPECT_EQ(e[1].mode, SegmentMode::passive);
    EXPECT_EQ(e[2].table, 5u);
    EXPECT_EQ(e[3].mode, SegmentMode::declarative);
    EXPECT_TRUE(e[4].uses_exprs);
    EXPECT_EQ(e[4].type, ValType::funcref);
    EXPECT_EQ(e[4].exprs[0].size, 3u);
    EXPECT_EQ(e[5].type, ValType::externref);
    EXPECT_EQ(e[6].table, 7u);
    EXPECT_EQ(e[6].offset.size, 3u);
    EXPECT_EQ(e[7].mode, SegmentMode::declarative);
    EXPECT_EQ(e[7].type, ValType::ref(HeapKind::func, false));
}

TEST(ElementSection, malformed_segments) {
    EXPECT_EQ(bad({section(9, {1, 8, 0})}),
              "malformed: malformed elements segment kind @11 [element]");
    EXPECT_EQ(bad({section(9, {1, 1, 1, 0})}), "malformed: malformed element kind @12 [element]");
    EXPECT_EQ(bad({section(9, {1, 5, 0x7F, 0})}),
              "malformed: malformed reference type @12 [element]");
    EXPECT_EQ(bad({section(9, {1, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F})}),
              "malformed: length out of bounds @13 [element]");
}

TEST(Decoder, functions_named_outside_bodies_are_declared) {
    const ModulePtr module = good(
        {kEmptyFuncType, section(3, {6, 0, 0, 0, 0, 0, 0}), section(6, {1, 0x70, 0, 0xD2, 1, 0x0B}),
         section(7, {1, 0, 0, 2}), section(8, {5}),
         section(9, {2, 3, 0, 1, 3, 7, 0x70, 1, 0xD2, 99, 0x0B}),
         section(10, {6, 2, 0, 0x0B, 2, 0, 0x0B, 2, 0, 0x0B, 2, 0, 0x0B, 2, 0, 0x0B, 2, 0, 0x0B})});
    EXPECT_EQ(module->declared_funcs, (std::vector<bool>{false, true, true, true, false, false}));
}

// ---- code and data ------------------------------------------------------------------------------

TEST(CodeSection, bodies_are_ranges) {
    const ModulePtr module =
        good({kEmptyFuncType, section(3, {2, 0, 0}), section(10, {2, 2, 0, 0x0B, 3, 0, 1, 0x0B})});
    ASSERT_EQ(module->funcs.size(), 2u);
    const auto body = module->slice(module->funcs[1].body);
    EXPECT_EQ(Bytes(body.begin(), body.end()), (Bytes{0, 1, 0x0B}));
    EXPECT_EQ(module->func_types.size(), 2u);
}

TEST(CodeSection, agrees_with_the_function_section) {
    EXPECT_EQ(bad({kEmptyFuncType, section(3, {1, 0})}),
              "malformed: function and code section have inconsistent lengths: 1 and 0 @18");
    EXPECT_EQ(bad({section(10, {1, 2, 0, 0x0B})}),
              "malformed: function and code section have inconsistent lengths: 0 and 1 @14");
}

TEST(CodeSection, sizes_and_limits) {
    EXPECT_EQ(bad({kEmptyFuncType, section(3, {1, 0}), section(10, {1, 9, 0, 0x0B})}),
              "malformed: length out of bounds @21 [code]");
    Config config = all_features();
    config.limits.function_bytes = 1;
    EXPECT_EQ(bad({kEmptyFuncType, section(3, {1, 0}), section(10, {1, 2, 0, 0x0B})}, config)
                  .substr(0, 25),
              "limit: function too large");
}

TEST(CodeSection, an_unknown_type_of_a_function_is_invalid) {
    EXPECT_EQ(bad({kEmptyFuncType, section(3, {1, 3}), section(10, {1, 2, 0, 0x0B})}),
              "invalid: unknown type 3 @17 [function]");
    EXPECT_EQ(bad({kEmptyFuncType, section(3, {1, 3}), section(10, {1, 2, 0, 0xFF})}),
              "malformed: illegal opcode ff @23 [code]");
}

TEST(DataSection, three_forms) {
    const ModulePtr module = good({section(12, {3}), section(11, {3, 0, 0x41, 0, 0x0B, 1, 'a',  //
                                                                  1, 2, 'b', 'c',               //
                                                                  2, 4, 0x41, 1, 0x0B, 0})});
    ASSERT_EQ(module->datas.size(), 3u);
    EXPECT_EQ(module->datas[0].mode, SegmentMode::active);
    EXPECT_EQ(module->datas[1].mode, SegmentMode::passive);
    EXPECT_EQ(module->datas[1].bytes.size, 2u);
    EXPECT_EQ(module->datas[2].memory, 4u);
    EXPECT_TRUE(module->has_data_count);
    EXPECT_EQ(module->data_count, 3u);
}

TEST(DataSection, malformed_segments) {
    EXPECT_EQ(bad({section(11, {1, 3})}), "malformed: malformed data segment kind @11 [data]");
    EXPECT_EQ(bad({section(11, {1, 1, 2, 'a'})}),
              "malformed: unexpected end of section or function @14 [data]");
    EXPECT_EQ(bad({section(12, {1}), section(11, {0})}),
              "malformed: data count and data section have inconsistent lengths: 1 and 0 @14");
    EXPECT_EQ(bad({section(12, {1})}),
              "malformed: data count and data section have inconsistent lengths: 1 and 0 @11");
}

// ---- bodies -------------------------------------------------------------------------------------

std::string body_error(const Bytes& body) {
    Bytes code = {1, static_cast<u8>(body.size())};
    code.insert(code.end(), body.begin(), body.end());
    const ModulePtr module = good({kEmptyFuncType, section(3, {1, 0}), section(10, code)});
    if (!module) return "not decoded";
    const auto error = find_malformed_body(*module);
    return error ? error->message() : "none";
}

TEST(BodyScan, finds_what_is_malformed_only) {
    EXPECT_EQ(body_error({0, 0x0B}), "none");
    EXPECT_EQ(body_error({0, 0x6A, 0x0B}), "none");  // invalid, not malformed
    EXPECT_EQ(body_error({0, 0x04, 0x40, 0x05, 0x0B, 0x0B}), "none");
    EXPECT_EQ(body_error({0, 0x02, 0x40, 0x05, 0x0B, 0x0B}), "END opcode expected");
    EXPECT_EQ(body_error({0, 0x04, 0x40, 0x05, 0x05, 0x0B, 0x0B}), "END opcode expected");
    EXPECT_EQ(body_error({0, 0x0B, 0x0B}), "section size mismatch");
    EXPECT_EQ(body_error({0, 0x01}), "unexpected end of section or function");
    EXPECT_EQ(body_error({0, 0xFF, 0x0B}), "illegal opcode ff");
    EXPECT_EQ(body_error({0, 0xFC, 0x09, 0, 0x0B}), "data count section required");
    EXPECT_EQ(body_error({2, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x7F, 1, 0x7F, 0x0B}),
              "too many locals");
    EXPECT_EQ(body_error({1, 1, 0x40, 0x0B}), "malformed reference type");
}

}  // namespace
}  // namespace wasmi::core
