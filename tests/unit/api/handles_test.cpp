// Handles: memories, globals, tables, tags and functions of this store, of another, of none.
// Spec: appendix/embedding.
#include "tests/util/outcome.hpp"

#include <wasmi/wasmi.hpp>

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace wasmi {
namespace {

using test::kind_of;
using test::trap_of;

struct Handles : testing::Test {
    Engine engine;
    Store store{engine};
    Store other{engine};
};

MemoryType pages(std::uint64_t min, std::optional<std::uint64_t> max = {}) {
    MemoryType t;
    t.limits.min = min;
    t.limits.has_max = max.has_value();
    if (max) t.limits.max = *max;
    return t;
}

TEST_F(Handles, memory_reads_writes_and_grows) {
    const Memory m = Memory::create(store, pages(1, 3)).value();
    EXPECT_EQ(*m.size_in_pages(store), 1u);
    EXPECT_EQ(m.bytes(store)->size(), 65536u);
    ASSERT_TRUE(m.write(store, 65532, std::uint32_t{0x01020304}));
    EXPECT_EQ(*m.read<std::uint8_t>(store, 65532), 4);
    EXPECT_EQ(*m.read<std::uint16_t>(store, 65533), 0x0203);
    EXPECT_EQ(trap_of(m.read<std::uint32_t>(store, 65533)), TrapCode::out_of_bounds_memory_access);
    EXPECT_EQ(trap_of(m.write(store, ~0ull, 1.0)), TrapCode::out_of_bounds_memory_access);
    EXPECT_EQ(*m.grow(store, 2), 1u);
    EXPECT_EQ(kind_of(m.grow(store, 1)), ErrorKind::limit);
    EXPECT_EQ(*m.read<std::uint32_t>(store, 65532), 0x01020304u);
    EXPECT_EQ(m.type(store)->limits.min, 3u);
    EXPECT_EQ(store.memory_bytes_used(), 3 * 65536u);
}

TEST_F(Handles, memory_types_that_are_not_valid_are_refused) {
    MemoryType odd = pages(1);
    odd.page_size_log2 = 12;
    MemoryType shared = pages(1);
    shared.is_shared = true;
    for (const MemoryType& t : {pages(65537), pages(2, 1), pages(1, 65537), odd, shared}) {
        EXPECT_EQ(kind_of(Memory::create(store, t)), ErrorKind::api_misuse);
    }
    MemoryType huge = pages(std::uint64_t{1} << 48);
    huge.is_64 = true;
    EXPECT_EQ(kind_of(Memory::create(store, huge)), ErrorKind::limit);
}

TEST_F(Handles, the_memory_limit_of_the_store_holds) {
    Store small(engine, {.memory_bytes = 2 * 65536});
    const Memory m = Memory::create(small, pages(1)).value();
    EXPECT_EQ(kind_of(Memory::create(small, pages(2))), ErrorKind::limit);
    EXPECT_EQ(*m.grow(small, 1), 1u);
    EXPECT_EQ(kind_of(m.grow(small, 1)), ErrorKind::limit);
    EXPECT_EQ(kind_of(Memory::create(small, pages(1))), ErrorKind::limit);
    EXPECT_TRUE(Memory::create(small, pages(0)));
}

TEST_F(Handles, global_keeps_values_of_its_type) {
    const Global g = Global::create(store, {ValType::f32, true}, Val(1.5f)).value();
    EXPECT_EQ(g.get(store)->f32(), 1.5f);
    ASSERT_TRUE(g.set(store, Val(2.5f)));
    EXPECT_EQ(g.get(store)->f32(), 2.5f);
    EXPECT_EQ(kind_of(g.set(store, Val(1))), ErrorKind::api_misuse);
    const Global c = Global::create(store, {ValType::v128, false}, Val(V128{1, 2})).value();
    EXPECT_EQ(c.get(store)->v128(), (V128{1, 2}));
    EXPECT_EQ(kind_of(c.set(store, Val(V128{}))), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(Global::create(store, {ValType::i32, false}, Val(1.0))),
              ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(Global::create(store, {ValType::bottom, false}, Val(1))),
              ErrorKind::api_misuse);
    EXPECT_EQ(c.type(store)->value, ValType::v128);
}

TEST_F(Handles, references_of_narrow_types_are_checked_against_the_store) {
    const Func f = Func::wrap(store, [](int32_t) {}).value();
    const Func g = Func::wrap(store, [](float) {}).value();
    const Val ref = f.to_ref(store).value();
    const ValType exact = ref.type();
    EXPECT_TRUE(Global::create(store, {exact, true}, ref));
    EXPECT_EQ(kind_of(Global::create(store, {exact, true}, Val(exact, Ref{}))),
              ErrorKind::api_misuse);  // null
    EXPECT_EQ(kind_of(Global::create(store, {exact, true}, g.to_ref(store).value())),
              ErrorKind::api_misuse);  // another type
    EXPECT_EQ(kind_of(Global::create(store, {exact, true}, Val(exact, g.to_ref(store)->ref()))),
              ErrorKind::api_misuse);  // another type under a false flag
    EXPECT_TRUE(Global::create(store, {ValType::funcref, true}, ref));
    EXPECT_TRUE(Global::create(store, {ValType::funcref, true}, Val(ValType::funcref, Ref{})));
    EXPECT_EQ(store.ref_type(ref).value(), exact);
    EXPECT_EQ(store.ref_type(Val(ValType::funcref, ref.ref())).value(), exact);
    EXPECT_EQ(store.ref_type(Val(ValType::funcref, Ref{})).value(),
              ValType::ref(HeapKind::nofunc, true));
    EXPECT_EQ(kind_of(store.ref_type(Val(1))), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(store.ref_type(Val(ValType::funcref, Ref{77}))), ErrorKind::api_misuse);
}

TEST_F(Handles, host_objects_come_back_from_their_references) {
    const Ref a = store.extern_ref(11).value();
    const Ref b = store.extern_ref(0xFFFF'FFFF'FFFF'FFFF).value();
    EXPECT_NE(a, b);
    EXPECT_FALSE(a.is_null());
    EXPECT_EQ(store.extern_ref(11).value(), a);
    EXPECT_EQ(store.host_object(a), 11u);
    EXPECT_EQ(store.host_object(b), 0xFFFF'FFFF'FFFF'FFFFu);
    EXPECT_EQ(store.host_object(Ref{}), std::nullopt);
    EXPECT_EQ(other.host_object(a), std::nullopt);
    EXPECT_EQ(store.ref_type(Val(ValType::externref, a)).value(),
              ValType::ref(HeapKind::extern_, false));
}

TEST_F(Handles, table_reads_writes_and_grows) {
    TableType type;
    type.limits = {1, 3, true};
    const Val null = *Val::default_of(ValType::funcref);
    const Table t = Table::create(store, type, null).value();
    const Func f = Func::wrap(store, [] {}).value();
    const Val ref = f.to_ref(store).value();
    ASSERT_TRUE(t.set(store, 0, ref));
    EXPECT_EQ(t.get(store, 0)->ref(), ref.ref());
    EXPECT_EQ(t.get(store, 0)->type(), ValType::funcref);
    EXPECT_EQ(trap_of(t.get(store, 1)), TrapCode::out_of_bounds_table_access);
    EXPECT_EQ(trap_of(t.set(store, ~0ull, ref)), TrapCode::out_of_bounds_table_access);
    EXPECT_EQ(*t.grow(store, 2, ref), 1u);
    EXPECT_EQ(t.get(store, 2)->ref(), ref.ref());
    EXPECT_EQ(kind_of(t.grow(store, 1, ref)), ErrorKind::limit);
    EXPECT_EQ(*t.size(store), 3u);
    EXPECT_EQ(t.type(store)->limits.min, 3u);
    EXPECT_EQ(kind_of(t.set(store, 0, Val(1))), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(t.set(store, 0, Val(ValType::externref, Ref{}))), ErrorKind::api_misuse);
}

TEST_F(Handles, huge_tables_are_refused_by_the_element_limit) {
    TableType type;
    type.limits.min = 0xFFFF'FFFF;
    const Val null = *Val::default_of(ValType::funcref);
    EXPECT_EQ(kind_of(Table::create(store, type, null)), ErrorKind::limit);
    type.limits.min = 0;
    const Table t = Table::create(store, type, null).value();
    EXPECT_EQ(kind_of(t.grow(store, 0xFFFF'FFFF, null)), ErrorKind::limit);
    type.element = ValType::i32;
    EXPECT_EQ(kind_of(Table::create(store, type, Val(1))), ErrorKind::api_misuse);
}

TEST_F(Handles, tag_tells_its_type) {
    const FuncType type{{ValType::i32, ValType::f64}, {}};
    const Tag tag = Tag::create(store, type).value();
    EXPECT_EQ(tag.type(store).value(), type);
}

TEST_F(Handles, extern_tells_the_type_of_what_it_names) {
    const Memory m = Memory::create(store, pages(1, 3)).value();
    ASSERT_TRUE(m.grow(store, 1));
    const ExternType type = Extern(m).type(store).value();
    EXPECT_EQ(type.kind, ExternKind::memory);
    EXPECT_EQ(type.memory.limits.min, 2u);
    const Func f = Func::wrap(store, [](int32_t) {}).value();
    EXPECT_EQ(Extern(f).type(store)->func.params.size(), 1u);
    EXPECT_EQ(Extern(f).type(store)->type, f.type_id(store).value());
    EXPECT_EQ(kind_of(Extern(f).type(other)), ErrorKind::api_misuse);
}

/// Every operation of every handle in a store that is not its own.
template <class Check>
void every_operation(Store& s, const Memory& m, const Global& g, const Table& t, const Tag& tag,
                     const Func& f, const Instance& i, Check check) {
    check(m.bytes(s));
    check(m.size_in_pages(s));
    check(m.grow(s, 0));
    check(m.type(s));
    check(m.read<int>(s, 0));
    check(m.write(s, 0, 1));
    check(g.get(s));
    check(g.set(s, Val(1)));
    check(g.type(s));
    check(t.get(s, 0));
    check(t.set(s, 0, Val(ValType::funcref, Ref{})));
    check(t.size(s));
    check(t.grow(s, 0, Val(ValType::funcref, Ref{})));
    check(t.type(s));
    check(tag.type(s));
    check(f.type(s));
    check(f.type_id(s));
    check(f.call(s, {}, {}));
    check(f.typed<void()>(s));
    check(f.to_ref(s));
    check(i.get(s, "x"));
    check(i.func(s, "x"));
    check(i.module(s));
}

TEST_F(Handles, of_another_store_or_of_none_are_misuse_everywhere) {
    const Memory m = Memory::create(store, pages(1)).value();
    const Global g = Global::create(store, {ValType::i32, true}, Val(1)).value();
    const Table t = Table::create(store, {}, Val(ValType::funcref, Ref{})).value();
    const Tag tag = Tag::create(store, {}).value();
    const Func f = Func::wrap(store, [] {}).value();
    const auto misuse = [](const auto& result) {
        EXPECT_EQ(kind_of(result), ErrorKind::api_misuse);
    };
    every_operation(other, m, g, t, tag, f, Instance{}, misuse);
    every_operation(store, {}, {}, {}, {}, {}, {}, misuse);
    const auto stale = [&](auto handle) {
        handle.store_id = store.data() != nullptr ? m.store_id : 0;
        handle.addr = 12345;
        return handle;
    };
    every_operation(store, stale(m), stale(g), stale(t), stale(tag), stale(f), stale(Instance{}),
                    misuse);
    Store moved = std::move(store);
    every_operation(store, m, g, t, tag, f, Instance{}, misuse);
    EXPECT_TRUE(f.call(moved, {}, {}));
}

TEST_F(Handles, a_typed_function_that_was_bent_to_another_address_is_misuse) {
    auto typed = Func::wrap(store, [](int32_t v) { return v; })
                     .value()
                     .typed<int32_t(int32_t)>(store)
                     .value();
    EXPECT_EQ(typed(store, 4).value(), 4);
    typed.addr = Func::wrap(store, [](int32_t, int32_t) {}).value().addr;
    EXPECT_EQ(kind_of(typed(store, 4)), ErrorKind::api_misuse);
    typed.addr = 12345;
    EXPECT_EQ(kind_of(typed(store, 4)), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(typed(other, 4)), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(TypedFunc<void()>{}(store)), ErrorKind::api_misuse);
}

TEST_F(Handles, a_store_that_was_moved_from_refuses_and_does_not_crash) {
    Store moved = std::move(store);
    EXPECT_EQ(kind_of(Memory::create(store, pages(1))), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(Global::create(store, {ValType::i32, true}, Val(1))), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(Table::create(store, {}, Val(ValType::funcref, Ref{}))),
              ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(Tag::create(store, {})), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(Func::wrap(store, [] {})), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(Func::from_ref(store, Ref{1})), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(store.extern_ref(1)), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(store.ref_type(Val(ValType::funcref, Ref{}))), ErrorKind::api_misuse);
    EXPECT_EQ(store.host_object(Ref{10}), std::nullopt);
    store.set_fuel(5);
    EXPECT_EQ(store.fuel(), std::nullopt);
    EXPECT_EQ(store.fuel_consumed(), 0u);
    store.set_deadline(std::chrono::steady_clock::now());
    EXPECT_EQ(store.deadline(), std::nullopt);
    EXPECT_EQ(store.limits().memory_bytes, 0u);
    EXPECT_EQ(store.engine().data(), engine.data());
    store.interrupt_handle().interrupt();
    Linker linker(store);
    EXPECT_EQ(kind_of(linker.func("a", "b", [] {})), ErrorKind::api_misuse);
}

TEST_F(Handles, settings_of_a_store_are_read_back) {
    EXPECT_EQ(store.fuel(), std::nullopt);
    store.set_fuel(1000);
    EXPECT_EQ(store.fuel(), 1000u);
    store.set_fuel(std::nullopt);
    EXPECT_EQ(store.fuel(), std::nullopt);
    const auto point = std::chrono::steady_clock::now() + std::chrono::hours(1);
    store.set_deadline(point);
    EXPECT_EQ(store.deadline(), point);
    store.set_deadline(std::nullopt);
    EXPECT_EQ(store.deadline(), std::nullopt);
}

TEST_F(Handles, an_interrupt_without_a_running_call_hits_nothing) {
    store.interrupt_handle().interrupt();
    EXPECT_TRUE(Func::wrap(store, [] {}).value().call(store, {}, {}));
}

TEST_F(Handles, an_interrupt_that_comes_too_late_does_not_hit_the_next_call) {
    constexpr int kRounds = 300;
    const InterruptHandle handle = store.interrupt_handle();
    std::atomic<int> asked{0};
    std::atomic<int> answered{0};
    std::thread interrupter([&] {
        for (int i = 1; i <= kRounds; ++i) {
            while (asked.load() < i) std::this_thread::yield();
            handle.interrupt();
            answered = i;
        }
    });
    // The first call asks for an interrupt and ends: it races with it, and may end either way.
    const Func asking = Func::wrap(store, [&] { ++asked; }).value();
    const Func quiet = Func::wrap(store, [] {}).value();
    for (int i = 1; i <= kRounds; ++i) {
        (void)asking.call(store, {}, {});
        while (answered.load() < i) std::this_thread::yield();
        EXPECT_TRUE(quiet.call(store, {}, {})) << i;
    }
    interrupter.join();
}

TEST_F(Handles, an_interrupt_handle_may_outlive_its_store) {
    std::optional<InterruptHandle> handle;
    {
        Store brief(engine);
        handle = brief.interrupt_handle();
    }
    handle->interrupt();
}

TEST_F(Handles, engine_knows_types_by_id) {
    const FuncType type{{ValType::i32}, {ValType::i64}};
    const TypeId id = engine.type_id(type).value();
    EXPECT_EQ(engine.type_id(type).value(), id);
    EXPECT_EQ(engine.func_type(id).value(), type);
    EXPECT_EQ(kind_of(engine.func_type(123456)), ErrorKind::api_misuse);
    EXPECT_TRUE(engine.matches(ValType::ref_to(id, false), ValType::funcref));
    EXPECT_FALSE(engine.matches(ValType::funcref, ValType::ref_to(id, true)));
    EXPECT_FALSE(engine.matches(ValType::ref_to(123456, true), ValType::funcref));
    EXPECT_TRUE(engine.matches(ValType::i32, ValType::i32));
}

}  // namespace
}  // namespace wasmi
