// TypeRegistry: equality of recursion groups, subtyping, limits, threads.
// Spec: valid/conventions (rolling and unrolling), valid/matching.
#include "core/types/type_registry.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

ValType rec(u32 position, bool nullable = true) {
    return ValType::ref_to(kRecBase + position, nullable);
}

SubType func_of(std::vector<ValType> params, std::vector<ValType> results) {
    SubType sub;
    sub.func = {std::move(params), std::move(results)};
    return sub;
}

SubType struct_of(std::vector<ValType> fields, TypeId super = kNoType, bool final = false) {
    SubType sub;
    sub.kind = CompositeKind::struct_;
    sub.is_final = final;
    sub.super = super;
    for (const ValType t : fields) {
        FieldType field;
        field.type = t;
        sub.fields.push_back(field);
    }
    return sub;
}

TypeId add(TypeRegistry& types, std::vector<SubType> group) {
    auto id = types.add_group(group);
    EXPECT_TRUE(id.has_value());
    return id.has_value() ? *id : kNoType;
}

TEST(TypeRegistry, equal_function_types_share_an_id) {
    TypeRegistry types;
    const TypeId a = *types.add_func({{ValType::i32}, {ValType::i64}});
    const TypeId b = *types.add_func({{ValType::i32}, {ValType::i64}});
    const TypeId c = *types.add_func({{ValType::i64}, {ValType::i32}});
    const TypeId d = *types.add_func({{ValType::i32, ValType::i64}, {}});
    EXPECT_EQ(a, b);
    EXPECT_NE(a, c);
    EXPECT_NE(a, d);
    EXPECT_EQ(types.get(a).sub.func.params, std::vector{ValType::i32});
    EXPECT_EQ(types.get(a).supers, std::vector{a});
}

TEST(TypeRegistry, slots_are_counted_with_vectors_double) {
    TypeRegistry types;
    const TypeId id = *types.add_func({{ValType::i32, ValType::v128}, {ValType::v128}});
    EXPECT_EQ(types.get(id).param_slots, 3u);
    EXPECT_EQ(types.get(id).result_slots, 2u);
}

TEST(TypeRegistry, final_and_open_types_differ) {
    TypeRegistry types;
    EXPECT_NE(add(types, {struct_of({}, kNoType, true)}), add(types, {struct_of({})}));
}

TEST(TypeRegistry, recursive_groups_are_equal_by_position) {
    TypeRegistry types;
    const TypeId a = add(types, {struct_of({rec(1)}), struct_of({rec(0)})});
    const TypeId b = add(types, {struct_of({rec(1)}), struct_of({rec(0)})});
    const TypeId c = add(types, {struct_of({rec(0)}), struct_of({rec(1)})});
    EXPECT_EQ(a, b);
    EXPECT_NE(a, c);
    EXPECT_EQ(types.get(a).sub.fields[0].type, ValType::ref_to(a + 1, true));
    EXPECT_EQ(types.get(a + 1).sub.fields[0].type, ValType::ref_to(a, true));
}

TEST(TypeRegistry, a_reference_into_the_group_differs_from_one_to_its_equal) {
    TypeRegistry types;
    const TypeId a = add(types, {struct_of({rec(0)})});
    // Same shape once unrolled, but the reference leads out of the group.
    const TypeId b = add(types, {struct_of({ValType::ref_to(a, true)})});
    EXPECT_NE(a, b);
    EXPECT_EQ(add(types, {struct_of({ValType::ref_to(a, true)})}), b);
    EXPECT_EQ(add(types, {struct_of({rec(0)})}), a);
}

TEST(TypeRegistry, the_size_of_the_group_matters) {
    TypeRegistry types;
    const TypeId alone = add(types, {func_of({}, {})});
    const TypeId pair = add(types, {func_of({}, {}), func_of({}, {})});
    EXPECT_NE(alone, pair);
    EXPECT_NE(pair, pair + 1);
    EXPECT_FALSE(types.is_subtype(alone, pair));
}

TEST(TypeRegistry, packed_and_mutable_fields_matter) {
    TypeRegistry types;
    SubType plain = struct_of({ValType::i32});
    SubType packed = plain;
    packed.fields[0].packed = FieldType::Packed::i8;
    SubType wider = plain;
    wider.fields[0].packed = FieldType::Packed::i16;
    SubType changing = plain;
    changing.fields[0].is_mutable = true;
    SubType array = plain;
    array.kind = CompositeKind::array;
    const std::vector<TypeId> ids = {add(types, {plain}), add(types, {packed}), add(types, {wider}),
                                     add(types, {changing}), add(types, {array})};
    for (std::size_t i = 0; i < ids.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) EXPECT_NE(ids[i], ids[j]);
    }
}

TEST(TypeRegistry, subtypes_are_found_through_the_chain) {
    TypeRegistry types;
    const TypeId top = add(types, {struct_of({})});
    const TypeId group = add(
        types, {struct_of({ValType::i32}, top), struct_of({ValType::i32, ValType::i32}, kRecBase)});
    const TypeId other = add(types, {struct_of({ValType::f32}, top)});
    EXPECT_EQ(types.get(group + 1).supers, (std::vector<TypeId>{top, group, group + 1}));
    EXPECT_TRUE(types.is_subtype(group + 1, top));
    EXPECT_TRUE(types.is_subtype(group + 1, group));
    EXPECT_TRUE(types.is_subtype(group, group));
    EXPECT_FALSE(types.is_subtype(top, group));
    EXPECT_FALSE(types.is_subtype(group, group + 1));
    EXPECT_FALSE(types.is_subtype(group + 1, other));
    EXPECT_FALSE(types.is_subtype(other, group));
}

TEST(TypeRegistry, matching_follows_the_hierarchies) {
    TypeRegistry types;
    const TypeId f = *types.add_func({{}, {}});
    const TypeId s = add(types, {struct_of({})});
    SubType array = struct_of({ValType::i32});
    array.kind = CompositeKind::array;
    const TypeId a = add(types, {array});
    const auto ref = [](HeapKind heap, bool nullable = false) {
        return ValType::ref(heap, nullable);
    };
    const auto to = [](TypeId id, bool nullable = false) { return ValType::ref_to(id, nullable); };
    const std::vector<std::pair<ValType, ValType>> good = {
        {to(f), ref(HeapKind::func)},
        {to(s), ref(HeapKind::struct_)},
        {to(s), ref(HeapKind::eq)},
        {to(s), ref(HeapKind::any)},
        {to(a), ref(HeapKind::array)},
        {to(a), ref(HeapKind::any, true)},
        {ref(HeapKind::none), to(s)},
        {ref(HeapKind::nofunc), to(f)},
        {ref(HeapKind::none), to(a, true)},
        {ref(HeapKind::i31), ref(HeapKind::eq)},
        {ref(HeapKind::none), ref(HeapKind::i31)},
        {ref(HeapKind::noextern), ref(HeapKind::extern_)},
        {ref(HeapKind::noexn), ref(HeapKind::exn)},
        {ref(HeapKind::bottom), to(s)},
        {ValType::bottom, ValType::i32},
        {ValType::bottom, to(f)},
        {ValType::i32, ValType::i32},
    };
    for (const auto& [sub, super] : good) {
        EXPECT_TRUE(types.matches(sub, super)) << to_string(sub) << " <: " << to_string(super);
    }
    const std::vector<std::pair<ValType, ValType>> bad = {
        {to(f), ref(HeapKind::any)},
        {to(s), ref(HeapKind::array)},
        {to(a), ref(HeapKind::struct_)},
        {ref(HeapKind::none), to(f)},
        {ref(HeapKind::nofunc), to(s)},
        {to(s, true), ref(HeapKind::any)},
        {ref(HeapKind::any), ref(HeapKind::eq)},
        {ref(HeapKind::struct_), to(s)},
        {ref(HeapKind::func), ref(HeapKind::any)},
        {ref(HeapKind::extern_), ref(HeapKind::any)},
        {ref(HeapKind::none), ref(HeapKind::extern_)},
        {ref(HeapKind::none), ref(HeapKind::exn)},
        {ref(HeapKind::i31), ref(HeapKind::struct_)},
        {ValType::i32, ValType::i64},
        {ValType::i32, ref(HeapKind::any)},
        {ValType::v128, ValType::i64},
    };
    for (const auto& [sub, super] : bad) {
        EXPECT_FALSE(types.matches(sub, super)) << to_string(sub) << " <: " << to_string(super);
    }
    EXPECT_EQ(types.top_of(to(f)), HeapKind::func);
    EXPECT_EQ(types.top_of(to(s)), HeapKind::any);
    EXPECT_EQ(types.top_of(ref(HeapKind::noextern)), HeapKind::extern_);
    EXPECT_EQ(types.top_of(ref(HeapKind::noexn)), HeapKind::exn);
    EXPECT_EQ(types.top_of(ref(HeapKind::i31)), HeapKind::any);
}

TEST(TypeRegistry, ill_formed_groups_are_refused) {
    TypeRegistry types;
    const std::vector<std::vector<SubType>> groups = {
        {struct_of({rec(1)})},     {struct_of({ValType::ref_to(0, true)})},
        {struct_of({}, kRecBase)}, {struct_of({}, kRecBase + 1), struct_of({})},
        {struct_of({}, 3)},
    };
    for (const auto& group : groups) {
        auto id = types.add_group(group);
        ASSERT_FALSE(id.has_value());
        EXPECT_EQ(id.error().kind(), ErrorKind::invalid);
        EXPECT_EQ(id.error().message(), "unknown type");
    }
}

TEST(TypeRegistry, depth_of_subtyping_is_limited) {
    TypeRegistry types;
    std::vector<SubType> group;
    for (u32 i = 0; i < 5000; ++i) {
        group.push_back(struct_of({}, i == 0 ? kNoType : kRecBase + i - 1));
    }
    auto id = types.add_group(group);
    ASSERT_FALSE(id.has_value());
    EXPECT_EQ(id.error().kind(), ErrorKind::limit);
}

TEST(TypeRegistry, addresses_stay_while_types_are_added) {
    TypeRegistry types;
    const TypeId first = add(types, {struct_of({})});
    const DefinedType* const address = &types.get(first);
    std::vector<TypeId> ids;
    for (u32 i = 0; i < 20000; ++i) {
        ids.push_back(add(types, {struct_of({ValType::ref_to(first + i, true)})}));
    }
    EXPECT_EQ(&types.get(first), address);
    for (u32 i = 0; i < 20000; ++i) {
        ASSERT_EQ(types.get(ids[i]).sub.fields[0].type, ValType::ref_to(first + i, true));
    }
}

TEST(TypeRegistry, threads_that_add_the_same_types_agree) {
    TypeRegistry types;
    constexpr u32 kThreads = 4;
    constexpr u32 kTypes = 500;
    std::vector<std::vector<TypeId>> ids(kThreads);
    std::vector<std::thread> threads;
    for (u32 t = 0; t < kThreads; ++t) {
        threads.emplace_back([&types, &ids, t] {
            for (u32 i = 0; i < kTypes; ++i) {
                std::vector<ValType> params(i % 50, ValType::i32);
                params.resize(params.size() + i / 50, ValType::f64);
                const TypeId id = *types.add_func({params, {}});
                if (types.get(id).sub.func.params.size() != params.size()) return;
                ids[t].push_back(id);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (u32 t = 0; t < kThreads; ++t) {
        EXPECT_EQ(ids[t].size(), kTypes);
        EXPECT_EQ(ids[t], ids[0]);
    }
}

TEST(Matching, limits_must_lie_within_the_required_ones) {
    const SizeLimits open{2, ~u64{0}, false};
    const SizeLimits closed{2, 5, true};
    EXPECT_TRUE(limits_match(closed, open));
    EXPECT_FALSE(limits_match(open, closed));
    EXPECT_TRUE(limits_match({3, 4, true}, closed));
    EXPECT_FALSE(limits_match({1, 4, true}, closed));
    EXPECT_FALSE(limits_match({3, 6, true}, closed));
}

TEST(Matching, memories_and_tables_and_globals) {
    TypeRegistry types;
    MemoryType memory;
    memory.limits = {1, 2, true};
    MemoryType other = memory;
    EXPECT_TRUE(memory_matches(memory, other));
    other.is_shared = true;
    EXPECT_FALSE(memory_matches(memory, other));
    other = memory;
    other.is_64 = true;
    EXPECT_FALSE(memory_matches(memory, other));
    other = memory;
    other.page_size_log2 = 0;
    EXPECT_FALSE(memory_matches(memory, other));

    TableType table;
    TableType externs = table;
    externs.element = ValType::externref;
    EXPECT_TRUE(table_matches(types, table, table));
    EXPECT_FALSE(table_matches(types, table, externs));
    TableType narrower = table;
    narrower.element = ValType::ref(HeapKind::nofunc, true);
    EXPECT_FALSE(table_matches(types, narrower, table));

    const ValType nofunc = ValType::ref(HeapKind::nofunc, true);
    EXPECT_TRUE(global_matches(types, {nofunc, false}, {ValType::funcref, false}));
    EXPECT_FALSE(global_matches(types, {nofunc, true}, {ValType::funcref, true}));
    EXPECT_TRUE(global_matches(types, {nofunc, true}, {nofunc, true}));
    EXPECT_FALSE(global_matches(types, {nofunc, true}, {nofunc, false}));
}

}  // namespace
}  // namespace wasmi::core
