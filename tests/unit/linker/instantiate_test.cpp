// Instantiation: initial values, segments, partial effects, limits.
// Spec: exec/modules (instantiation).
#include "core/linker/store.hpp"
#include "tests/util/outcome.hpp"
#include "tests/util/wat.hpp"

#include <wasmi/wasmi.hpp>

#include <gtest/gtest.h>

namespace wasmi {
namespace {

using test::kind_of;
using test::message_of;
using test::trap_of;

using test::compile_wat;

struct Instantiate : testing::Test {
    Engine engine;
    Store store{engine};
    Linker linker{store};

    Result<Instance> run(std::string_view text) {
        return linker.instantiate(compile_wat(engine, text));
    }
    Instance make(std::string_view text) { return run(text).value(); }
    Val global(const Instance& i, std::string_view name) {
        return i.global(store, name).value().get(store).value();
    }
    std::uint8_t byte(const Instance& i, std::uint64_t at) {
        return i.memory(store, "m").value().read<std::uint8_t>(store, at).value();
    }
    /// The function at that place of a table, as an address; -1 for null.
    std::int64_t element(const Table& t, std::uint64_t at) {
        const Ref ref = t.get(store, at).value().ref();
        return ref.is_null() ? -1 : std::int64_t{Func::from_ref(store, ref).value().addr};
    }
};

TEST_F(Instantiate, evaluates_every_constant) {
    const Instance i = make(R"((module
        (global (export "i32") i32 (i32.const -5))
        (global (export "i64") i64 (i64.const -6000000000))
        (global (export "f32") f32 (f32.const 1.5))
        (global (export "f64") f64 (f64.const -0.25))
        (global (export "v128") v128 (v128.const i64x2 7 9))
        (global (export "null") funcref (ref.null func))
        (func $f (export "f"))
        (global (export "ref") funcref (ref.func $f))))");
    EXPECT_EQ(global(i, "i32").i32(), -5);
    EXPECT_EQ(global(i, "i32").bits(), 0xFFFF'FFFBu);
    EXPECT_EQ(global(i, "i64").i64(), -6'000'000'000);
    EXPECT_EQ(global(i, "f32").f32(), 1.5f);
    EXPECT_EQ(global(i, "f64").f64(), -0.25);
    EXPECT_EQ(global(i, "v128").v128(), (V128{7, 9}));
    EXPECT_TRUE(global(i, "null").ref().is_null());
    EXPECT_EQ(Func::from_ref(store, global(i, "ref").ref()).value(), i.func(store, "f").value());
}

TEST_F(Instantiate, evaluates_extended_constants_and_earlier_globals) {
    ASSERT_TRUE(linker.define("env", "base",
                              Global::create(store, {ValType::i32, false}, Val(100)).value()));
    const Instance i = make(R"((module
        (import "env" "base" (global $base i32))
        (global $a i32 (i32.add (global.get $base) (i32.const 5)))
        (global (export "b") i32 (i32.mul (i32.sub (global.get $a) (i32.const 1)) (i32.const 2)))
        (global (export "wrap") i32 (i32.add (i32.const -1) (i32.const 2)))
        (global (export "under") i32 (i32.sub (i32.const 0) (i32.const 1)))
        (global (export "l") i64
            (i64.sub (i64.mul (i64.const 3) (i64.const 5)) (i64.add (i64.const 1) (i64.const 2))))))");
    EXPECT_EQ(global(i, "b").i32(), 208);
    EXPECT_EQ(global(i, "wrap").bits(), 1u);
    EXPECT_EQ(global(i, "under").bits(), 0xFFFF'FFFFu);
    EXPECT_EQ(global(i, "l").i64(), 12);
}

TEST_F(Instantiate, shares_imported_globals_and_copies_no_others) {
    const Global shared = Global::create(store, {ValType::i32, true}, Val(1)).value();
    ASSERT_TRUE(linker.define("env", "g", shared));
    const Instance i = make(R"((module
        (import "env" "g" (global $g (mut i32)))
        (export "same" (global $g))
        (global (export "own") (mut i32) (i32.const 3))))");
    EXPECT_EQ(i.global(store, "same").value(), shared);
    ASSERT_TRUE(i.global(store, "own").value().set(store, Val(4)));
    ASSERT_TRUE(shared.set(store, Val(2)));
    EXPECT_EQ(global(i, "same").i32(), 2);
    EXPECT_EQ(global(i, "own").i32(), 4);
}

TEST_F(Instantiate, fills_tables_from_initializers_and_segments) {
    const Instance i = make(R"((module
        (func $f0 (export "f0")) (func $f1) (func $f2)
        (table (export "t") 6 funcref (ref.func $f0))
        (elem (i32.const 1) $f1 $f2)
        (elem (offset (i32.add (i32.const 2) (i32.const 2))) funcref (ref.null func) (ref.func $f2))
        (elem $passive func $f1)
        (elem declare func $f2)))");
    const Table t = i.table(store, "t").value();
    const std::int64_t f0 = i.func(store, "f0").value().addr;
    EXPECT_EQ(element(t, 0), f0);
    EXPECT_EQ(element(t, 1), f0 + 1);
    EXPECT_EQ(element(t, 2), f0 + 2);
    EXPECT_EQ(element(t, 3), f0);
    EXPECT_EQ(element(t, 4), -1);
    EXPECT_EQ(element(t, 5), f0 + 2);
    const core::ModuleInstance& in = *store.data()->instances[i.addr];
    ASSERT_EQ(in.elems.size(), 4u);
    EXPECT_EQ(in.elems[0].refs.size(), 0u);  // active: dropped
    EXPECT_EQ(in.elems[1].refs.size(), 0u);
    EXPECT_EQ(in.elems[2].refs.size(), 1u);  // passive: kept
    EXPECT_EQ(in.elems[3].refs.size(), 0u);  // declarative: dropped
}

TEST_F(Instantiate, fills_memories_from_segments) {
    const Instance i = make(R"((module
        (memory (export "m") 1)
        (data (i32.const 10) "abc")
        (data (i32.const 11) "X")
        (data $passive "kept")))");
    EXPECT_EQ(byte(i, 10), 'a');
    EXPECT_EQ(byte(i, 11), 'X');  // later segments overwrite earlier ones
    EXPECT_EQ(byte(i, 12), 'c');
    const core::ModuleInstance& in = *store.data()->instances[i.addr];
    EXPECT_EQ(in.datas[0].size, 0u);
    EXPECT_EQ(in.datas[2].size, 4u);
}

TEST_F(Instantiate, uses_64_bit_offsets_as_they_are) {
    const Instance i = make(R"((module
        (memory (export "m") i64 1)
        (data (i64.const 65535) "z")))");
    EXPECT_EQ(byte(i, 65535), 'z');
    Result<Instance> beyond = run(R"((module
        (memory i64 1)
        (data (i64.const -1) "z")))");
    EXPECT_EQ(trap_of(beyond), TrapCode::out_of_bounds_memory_access);
    beyond =
        run(R"((module (table i64 1 funcref) (func $f) (elem (table 0) (i64.const -1) func $f)))");
    EXPECT_EQ(trap_of(beyond), TrapCode::out_of_bounds_table_access);
}

TEST_F(Instantiate, segments_of_size_zero_are_checked_too) {
    EXPECT_TRUE(run(R"((module (memory 1) (data (i32.const 65536) "")))"));
    EXPECT_EQ(trap_of(run(R"((module (memory 1) (data (i32.const 65537) "")))")),
              TrapCode::out_of_bounds_memory_access);
    EXPECT_TRUE(run(R"((module (memory 0) (data (i32.const 0) "")))"));
    EXPECT_TRUE(run("(module (table 1 funcref) (elem (i32.const 1)))"));
    EXPECT_EQ(trap_of(run("(module (table 1 funcref) (elem (i32.const 2)))")),
              TrapCode::out_of_bounds_table_access);
}

TEST_F(Instantiate, what_was_written_before_a_trap_stays) {
    const Table table = Table::create(store, {ValType::funcref, {10, 0, false}, false},
                                      Val(ValType::funcref, Ref{}))
                            .value();
    MemoryType one;
    one.limits.min = 1;
    const Memory memory = Memory::create(store, one).value();
    ASSERT_TRUE(linker.define("env", "t", table));
    ASSERT_TRUE(linker.define("env", "m", memory));
    // Elements before data, each in order; the first that is out of bounds ends it.
    Result<Instance> end = run(R"((module
        (import "env" "t" (table 10 funcref))
        (import "env" "m" (memory 1))
        (func $f)
        (elem (i32.const 0) $f)
        (data (i32.const 0) "a")
        (elem (i32.const 9) $f $f)
        (elem (i32.const 2) $f)))");
    ASSERT_FALSE(end);
    EXPECT_EQ(kind_of(end), ErrorKind::trap);
    EXPECT_EQ(message_of(end), "out of bounds table access");
    EXPECT_NE(element(table, 0), -1);
    EXPECT_EQ(element(table, 9), -1);  // nothing of the segment that traps
    EXPECT_EQ(element(table, 2), -1);
    EXPECT_EQ(*memory.read<std::uint8_t>(store, 0), 0);

    end = run(R"((module
        (import "env" "m" (memory 1))
        (data (i32.const 0) "b")
        (data (i32.const 65535) "cd")
        (data (i32.const 1) "e")))");
    ASSERT_FALSE(end);
    EXPECT_EQ(message_of(end), "out of bounds memory access");
    EXPECT_EQ(*memory.read<std::uint8_t>(store, 0), 'b');
    EXPECT_EQ(*memory.read<std::uint8_t>(store, 65535), 0);
    EXPECT_EQ(*memory.read<std::uint8_t>(store, 1), 0);
    // Both instances live on: their functions may be in tables.
    EXPECT_EQ(store.data()->instances.size(), 2u);
}

TEST_F(Instantiate, segments_behind_a_trap_are_not_dropped) {
    EXPECT_FALSE(run(R"((module
        (func $f)
        (table 2 funcref)
        (memory 1)
        (elem (i32.const 0) $f)
        (elem (i32.const 2) $f)
        (elem (i32.const 0) $f $f)
        (data (i32.const 0) "x")))"));
    const core::ModuleInstance& in = *store.data()->instances.back();
    EXPECT_EQ(in.elems[0].refs.size(), 0u);
    EXPECT_EQ(in.elems[1].refs.size(), 1u);
    EXPECT_EQ(in.elems[2].refs.size(), 2u);
    EXPECT_EQ(in.datas[0].size, 1u);
}

TEST_F(Instantiate, a_limit_leaves_the_store_as_it_was) {
    Store small(engine, {.memory_bytes = 3 * 65536, .table_elements = 100, .instances = 2});
    Linker l(small);
    const auto end = [&](std::string_view text) {
        return l.instantiate(compile_wat(engine, text));
    };
    const auto expect_untouched = [&](std::size_t instances) {
        EXPECT_EQ(small.data()->instances.size(), instances);
        EXPECT_EQ(small.data()->funcs.size(), instances);
        EXPECT_EQ(small.data()->tables.size(), instances);
        EXPECT_EQ(small.data()->memories.size(), instances);
        EXPECT_EQ(small.data()->globals.size(), instances);
        EXPECT_EQ(small.data()->memory_budget.used, instances * 65536);
        EXPECT_EQ(small.data()->table_budget.used, instances * 10);
    };
    constexpr std::string_view kSmall =
        "(module (func) (table 10 funcref) (memory 1) (global i32 (i32.const 1)))";
    EXPECT_EQ(
        kind_of(end("(module (func) (global i32 (i32.const 1)) (table 10 funcref) (memory 4))")),
        ErrorKind::limit);
    expect_untouched(0);
    EXPECT_EQ(
        kind_of(end("(module (func) (memory 1) (table 10 funcref) (table 4294967295 funcref))")),
        ErrorKind::limit);
    expect_untouched(0);
    ASSERT_TRUE(end(kSmall));
    expect_untouched(1);
    ASSERT_TRUE(end(kSmall));
    expect_untouched(2);
    EXPECT_EQ(kind_of(end("(module)")), ErrorKind::limit);
    expect_untouched(2);
}

TEST_F(Instantiate, huge_memories_fail_or_cost_nothing) {
    Store small(engine, {.memory_bytes = std::uint64_t{1} << 30});
    Linker l(small);
    EXPECT_EQ(kind_of(l.instantiate(compile_wat(engine, "(module (memory 65536))"))),
              ErrorKind::limit);
    EXPECT_EQ(kind_of(l.instantiate(compile_wat(engine, "(module (memory i64 281474976710656))"))),
              ErrorKind::limit);
    EXPECT_EQ(kind_of(run("(module (memory i64 281474976710656))")), ErrorKind::limit);
    EXPECT_TRUE(l.instantiate(compile_wat(engine, "(module (memory 1 65536))")));
}

TEST_F(Instantiate, exports_are_found_by_name_and_kind) {
    const Instance i = make(R"((module
        (func (export "f")) (memory (export "m") 1) (table (export "t") 1 funcref)
        (global (export "g") i32 (i32.const 1)) (tag (export "e") (param i32))
        (export "" (memory 0)) (export "again" (func 0))))");
    EXPECT_EQ(i.func(store, "again").value(), i.func(store, "f").value());
    EXPECT_EQ(i.memory(store, "").value(), i.memory(store, "m").value());
    EXPECT_TRUE(i.table(store, "t"));
    EXPECT_TRUE(i.global(store, "g"));
    EXPECT_EQ(i.tag(store, "e").value().type(store)->params.size(), 1u);
    EXPECT_EQ(i.get(store, "g")->kind, ExternKind::global);
    EXPECT_EQ(kind_of(i.func(store, "zzz")), ErrorKind::link);
    EXPECT_EQ(message_of(i.get(store, "F")), "unknown export: \"F\"");
    EXPECT_EQ(message_of(i.func(store, "m")), "export \"m\" is a memory, not a func");
    EXPECT_EQ(i.module(store).value().exports().size(), 7u);
}

TEST_F(Instantiate, start_function_of_the_host_runs_after_the_segments) {
    int calls = 0;
    ASSERT_TRUE(linker.func("env", "start", [&] { ++calls; }));
    make(R"((module (import "env" "start" (func $s)) (start $s)))");
    EXPECT_EQ(calls, 1);
    EXPECT_FALSE(run(R"((module (import "env" "start" (func $s)) (memory 0)
        (data (i32.const 0) "x") (start $s)))"));
    EXPECT_EQ(calls, 1);
    ASSERT_TRUE(linker.func("env", "start", []() -> Result<void> { return Error::from_exit(3); }));
    Result<Instance> end = run(R"((module (import "env" "start" (func $s)) (start $s)))");
    EXPECT_EQ(kind_of(end), ErrorKind::exit);
    EXPECT_EQ(end.error().exit_code(), 3u);
}

}  // namespace
}  // namespace wasmi
