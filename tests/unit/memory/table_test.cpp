// Spec: exec/modules (tables: allocation, growing).
#include "core/memory/instance.hpp"

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

TableType elements(u64 min) {
    TableType t;
    t.limits.min = min;
    return t;
}

TEST(Table, starts_with_its_minimum_of_the_initial_reference) {
    StorageBudget budget;
    TableInstance nulls;
    ASSERT_TRUE(nulls.allocate(elements(3), budget, 0));
    EXPECT_EQ(nulls.elements.size(), 3u);
    EXPECT_EQ(nulls.elements[2], 0u);
    TableInstance sevens;
    ASSERT_TRUE(sevens.allocate(elements(2), budget, 7));
    EXPECT_EQ(sevens.elements[0], 7u);
    EXPECT_EQ(sevens.elements[1], 7u);
    EXPECT_EQ(budget.used, 5u);
}

TEST(Table, grows_with_the_given_reference_and_keeps_the_old_ones) {
    StorageBudget budget;
    TableInstance t;
    ASSERT_TRUE(t.allocate(elements(1), budget, 5));
    for (u64 i = 1; i < 1000; ++i) ASSERT_EQ(t.grow(1, i % 3), static_cast<i64>(i));
    EXPECT_EQ(t.elements[0], 5u);
    for (u64 i = 1; i < 1000; ++i) EXPECT_EQ(t.elements[i], i % 3) << i;
    EXPECT_EQ(t.type.limits.min, 1000u);
    EXPECT_EQ(t.grow(0, 9), 1000);
    EXPECT_EQ(budget.used, 1000u);
}

TEST(Table, growth_beyond_its_maximum_fails) {
    StorageBudget budget;
    TableInstance t;
    TableType type = elements(1);
    type.limits = {1, 4, true};
    ASSERT_TRUE(t.allocate(type, budget, 0));
    EXPECT_EQ(t.grow(4, 0), -1);
    EXPECT_EQ(t.grow(3, 0), 1);
    EXPECT_EQ(t.grow(1, 0), -1);
    EXPECT_EQ(budget.used, 4u);
}

TEST(Table, the_budget_refuses_huge_tables_before_they_are_made) {
    StorageBudget budget;
    budget.limit = 1000;
    {
        TableInstance t;
        EXPECT_FALSE(t.allocate(elements(0xFFFF'FFFF), budget, 1));
        TableInstance u;
        ASSERT_TRUE(u.allocate(elements(999), budget, 1));
        EXPECT_EQ(u.grow(2, 1), -1);
        EXPECT_EQ(u.grow(0xFFFF'FFFF, 1), -1);
        EXPECT_EQ(u.grow(1, 1), 999);
        EXPECT_EQ(u.grow(1, 1), -1);
    }
    EXPECT_EQ(budget.used, 0u);
}

TEST(Table, of_64_bits_refuses_sizes_that_no_host_has) {
    StorageBudget budget;
    TableType type = elements(~u64{0});
    type.is_64 = true;
    TableInstance t;
    EXPECT_FALSE(t.allocate(type, budget, 0));
    type.limits.min = u64{1} << 60;  // fits the type and the address space of size_t / 8
    TableInstance u;
    EXPECT_FALSE(u.allocate(type, budget, 0));
    EXPECT_EQ(budget.used, 0u);
}

}  // namespace
}  // namespace wasmi::core
