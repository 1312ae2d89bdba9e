// Walks the list of operations of the embedding appendix: each entry is here under its name in the
// specification, with our equal.
// Spec: appendix/embedding.
#include "tests/util/outcome.hpp"
#include "tests/util/wat.hpp"

#include <wasmi/wasmi.hpp>

#include <algorithm>

#include <gtest/gtest.h>

namespace wasmi {
namespace {

using test::kind_of;

struct Embedding : testing::Test {
    Engine engine;
    Store store{engine};  // store_init
    const FuncType to_i64{{ValType::i32}, {ValType::i64}};
    const Val null = Val::default_of(ValType::funcref).value();
    static MemoryType one_page() {
        MemoryType t;
        t.limits = {1, 2, true};
        return t;
    }
};

TEST_F(Embedding, module_decode_and_module_validate) {
    EXPECT_TRUE(Module::compile(engine, test::wat("(module)")));
    const std::byte junk[] = {std::byte{1}};
    EXPECT_EQ(kind_of(Module::compile(engine, junk)), ErrorKind::malformed);
    EXPECT_TRUE(Module::validate(engine, test::wat("(module (func))")));
    EXPECT_EQ(kind_of(Module::validate(engine, test::wat("(module (func (result i32)))"))),
              ErrorKind::invalid);
}

TEST_F(Embedding, module_parse) {
    const std::string_view text = "(module (func (export \"f\")))";
    const std::span<const std::byte> bytes = std::as_bytes(std::span(text));
    EXPECT_EQ(Module::compile(engine, bytes).value().exports().size(), 1u);
    const std::string_view bad = "(module (fun))";
    EXPECT_EQ(kind_of(Module::compile(engine, std::as_bytes(std::span(bad)))),
              ErrorKind::malformed);
}

TEST_F(Embedding, module_instantiate) {
    const Module m = test::compile_wat(engine, R"((module (import "a" "b" (func))))");
    const Extern imports[] = {Func::wrap(store, [] {}).value()};
    EXPECT_TRUE(Linker::instantiate(store, m, imports));
    EXPECT_EQ(kind_of(Linker::instantiate(store, m, {})), ErrorKind::link);
}

TEST_F(Embedding, module_imports_and_module_exports) {
    const Module m = test::compile_wat(engine, R"((module
        (import "a" "b" (func (param i32) (result i64)))
        (import "c" "d" (global (mut f32)))
        (import "e" "f" (tag (param i64)))
        (memory (export "m") 1 2)
        (table (export "t") 3 externref)))");
    const std::vector<ImportType> imports = m.imports();
    ASSERT_EQ(imports.size(), 3u);
    EXPECT_EQ(imports[0].module, "a");
    EXPECT_EQ(imports[0].name, "b");
    EXPECT_EQ(imports[0].type.kind, ExternKind::func);
    EXPECT_EQ(imports[0].type.func, to_i64);
    EXPECT_EQ(imports[0].type.type, engine.type_id(to_i64).value());
    EXPECT_EQ(imports[1].type.global, (GlobalType{ValType::f32, true}));
    EXPECT_EQ(imports[2].type.kind, ExternKind::tag);
    const std::vector<ExportType> exports = m.exports();
    ASSERT_EQ(exports.size(), 2u);
    EXPECT_EQ(exports[0].name, "m");
    EXPECT_EQ(exports[0].type.memory, one_page());
    EXPECT_EQ(exports[1].type.table.element, ValType::externref);
}

TEST_F(Embedding, instance_export) {
    const Instance i =
        Linker::instantiate(store, test::compile_wat(engine, "(module (memory (export \"m\") 1))"),
                            {})
            .value();
    EXPECT_EQ(i.get(store, "m").value().kind, ExternKind::memory);
    EXPECT_FALSE(i.get(store, "n"));
}

TEST_F(Embedding, func_alloc_func_type_func_invoke) {
    const Func f =
        Func::create(store, to_i64, [](Caller&, std::span<const Val> in, std::span<Val> out) {
            out[0] = Val(std::int64_t{in[0].i32()} * 2);
            return Result<void>{};
        }).value();
    EXPECT_EQ(f.type(store).value(), to_i64);
    const Val args[] = {Val(21)};
    Val results[1];
    ASSERT_TRUE(f.call(store, args, results));
    EXPECT_EQ(results[0].i64(), 42);
}

TEST_F(Embedding, table_alloc_type_read_write_size_grow) {
    const Table t = Table::create(store, {ValType::funcref, {1, 3, true}, false}, null).value();
    EXPECT_EQ(t.type(store)->limits.max, 3u);
    EXPECT_TRUE(t.get(store, 0)->ref().is_null());
    EXPECT_FALSE(t.get(store, 1));
    EXPECT_TRUE(t.set(store, 0, null));
    EXPECT_FALSE(t.set(store, 1, null));
    EXPECT_EQ(t.size(store).value(), 1u);
    EXPECT_TRUE(t.grow(store, 2, null));
    EXPECT_FALSE(t.grow(store, 1, null));
}

TEST_F(Embedding, mem_alloc_type_read_write_size_grow) {
    const Memory m = Memory::create(store, one_page()).value();
    EXPECT_EQ(m.type(store).value(), one_page());
    EXPECT_TRUE(m.write(store, 7, std::uint8_t{9}));
    EXPECT_EQ(m.read<std::uint8_t>(store, 7).value(), 9);
    EXPECT_FALSE(m.read<std::uint8_t>(store, 65536));
    EXPECT_FALSE(m.write(store, 65536, std::uint8_t{9}));
    EXPECT_EQ(m.size_in_pages(store).value(), 1u);
    EXPECT_TRUE(m.grow(store, 1));
    EXPECT_FALSE(m.grow(store, 1));
}

TEST_F(Embedding, tag_alloc_tag_type) {
    const FuncType type{{ValType::i32}, {}};
    EXPECT_EQ(Tag::create(store, type).value().type(store).value(), type);
}

TEST_F(Embedding, global_alloc_type_read_write) {
    const GlobalType type{ValType::i64, true};
    const Global g = Global::create(store, type, Val(std::int64_t{1})).value();
    EXPECT_EQ(g.type(store).value(), type);
    EXPECT_TRUE(g.set(store, Val(std::int64_t{2})));
    EXPECT_EQ(g.get(store)->i64(), 2);
    const Global constant = Global::create(store, {ValType::i32, false}, Val(1)).value();
    EXPECT_FALSE(constant.set(store, Val(2)));
}

TEST_F(Embedding, ref_type_val_default) {
    const Func f = Func::wrap(store, [](std::int32_t) { return std::int64_t{}; }).value();
    EXPECT_EQ(store.ref_type(f.to_ref(store).value()).value(),
              ValType::ref_to(engine.type_id(to_i64).value(), false));
    EXPECT_EQ(Val::default_of(ValType::f64)->bits(), 0u);
    EXPECT_TRUE(Val::default_of(ValType::externref)->ref().is_null());
    EXPECT_EQ(Val::default_of(ValType::ref(HeapKind::func, false)), std::nullopt);
}

TEST_F(Embedding, match_valtype_match_externtype) {
    EXPECT_TRUE(engine.matches(ValType::ref(HeapKind::i31, false), ValType::anyref));
    EXPECT_FALSE(engine.matches(ValType::anyref, ValType::ref(HeapKind::i31, false)));
    ExternType small;
    small.kind = ExternKind::memory;
    small.memory = one_page();
    ExternType large = small;
    large.memory.limits.min = 2;
    EXPECT_TRUE(engine.matches(large, small));
    EXPECT_FALSE(engine.matches(small, large));
    ExternType unknown;  // a function type that this engine has not seen
    EXPECT_FALSE(engine.matches(unknown, unknown));
}

}  // namespace
}  // namespace wasmi
