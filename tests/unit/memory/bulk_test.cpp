// Spec: exec/instructions (table.fill/copy/init, memory.fill/copy/init).
#include "core/memory/bulk.hpp"

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

constexpr u64 kHuge = ~u64{0};

struct Memories : testing::Test {
    void SetUp() override {
        MemoryType t;
        t.limits.min = 1;
        ASSERT_TRUE(a.allocate(t, budget));
        ASSERT_TRUE(b.allocate(t, budget));
        t.limits.min = 0;
        ASSERT_TRUE(empty.allocate(t, budget));
    }
    StorageBudget budget;
    MemoryInstance a, b, empty;
    static constexpr u64 kSize = kWasmPageSize;
};

TEST(InBounds, does_not_overflow) {
    EXPECT_TRUE(in_bounds(0, 0, 0));
    EXPECT_TRUE(in_bounds(8, 0, 8));
    EXPECT_FALSE(in_bounds(9, 0, 8));
    EXPECT_TRUE(in_bounds(3, 5, 8));
    EXPECT_FALSE(in_bounds(4, 5, 8));
    EXPECT_FALSE(in_bounds(kHuge, 1, 8));
    EXPECT_FALSE(in_bounds(1, kHuge, 8));
    EXPECT_FALSE(in_bounds(kHuge, kHuge, kHuge - 1));
    EXPECT_TRUE(in_bounds(0, kHuge, kHuge));
}

TEST_F(Memories, fill_writes_the_range_or_nothing) {
    EXPECT_TRUE(memory_fill(a, 10, 0xAB, 3));
    EXPECT_EQ(a.data[9], 0);
    EXPECT_EQ(a.data[10], 0xAB);
    EXPECT_EQ(a.data[12], 0xAB);
    EXPECT_EQ(a.data[13], 0);
    EXPECT_FALSE(memory_fill(a, kSize - 2, 1, 3));
    EXPECT_EQ(a.data[kSize - 1], 0);
    EXPECT_TRUE(memory_fill(a, kSize, 1, 0));
    EXPECT_FALSE(memory_fill(a, kSize + 1, 1, 0));
    EXPECT_FALSE(memory_fill(a, kHuge, 1, 2));
    EXPECT_TRUE(memory_fill(empty, 0, 1, 0));
    EXPECT_FALSE(memory_fill(empty, 0, 1, 1));
}

TEST_F(Memories, copy_handles_overlap_in_both_directions) {
    for (u8 i = 0; i < 10; ++i) a.data[i] = i;
    EXPECT_TRUE(memory_copy(a, 2, a, 0, 8));
    EXPECT_EQ(a.data[2], 0);
    EXPECT_EQ(a.data[9], 7);
    EXPECT_TRUE(memory_copy(a, 0, a, 2, 8));
    EXPECT_EQ(a.data[0], 0);
    EXPECT_EQ(a.data[7], 7);
}

TEST_F(Memories, copy_crosses_memories_and_checks_both_ends) {
    a.data[kSize - 1] = 5;
    EXPECT_TRUE(memory_copy(b, 0, a, kSize - 1, 1));
    EXPECT_EQ(b.data[0], 5);
    EXPECT_FALSE(memory_copy(b, 0, a, kSize - 1, 2));
    EXPECT_FALSE(memory_copy(b, kSize - 1, a, 0, 2));
    EXPECT_TRUE(memory_copy(empty, 0, a, kSize, 0));
    EXPECT_TRUE(memory_copy(a, kSize, empty, 0, 0));
    EXPECT_FALSE(memory_copy(empty, 0, a, 0, 1));
    EXPECT_FALSE(memory_copy(a, kHuge, a, kHuge, 1));
}

TEST_F(Memories, init_reads_the_segment_until_it_is_dropped) {
    const u8 bytes[] = {1, 2, 3};
    DataInstance data{bytes, 3};
    EXPECT_TRUE(memory_init(a, 100, data, 1, 2));
    EXPECT_EQ(a.data[100], 2);
    EXPECT_EQ(a.data[101], 3);
    EXPECT_FALSE(memory_init(a, 0, data, 2, 2));
    EXPECT_FALSE(memory_init(a, kSize - 1, data, 0, 2));
    data = {};
    EXPECT_TRUE(memory_init(a, 0, data, 0, 0));
    EXPECT_FALSE(memory_init(a, 0, data, 1, 0));
    EXPECT_FALSE(memory_init(a, 0, data, 0, 1));
}

struct Tables : testing::Test {
    void SetUp() override {
        TableType t;
        t.limits.min = 8;
        ASSERT_TRUE(a.allocate(t, budget, 0));
        ASSERT_TRUE(b.allocate(t, budget, 1));
    }
    StorageBudget budget;
    TableInstance a, b;
};

TEST_F(Tables, fill_writes_the_range_or_nothing) {
    EXPECT_TRUE(table_fill(a, 6, 9, 2));
    EXPECT_EQ(a.elements[5], 0u);
    EXPECT_EQ(a.elements[7], 9u);
    EXPECT_FALSE(table_fill(a, 0, 4, 9));
    EXPECT_EQ(a.elements[0], 0u);
    EXPECT_TRUE(table_fill(a, 8, 4, 0));
    EXPECT_FALSE(table_fill(a, 9, 4, 0));
    EXPECT_FALSE(table_fill(a, kHuge, 4, 2));
}

TEST_F(Tables, copy_handles_overlap_and_bounds) {
    for (u64 i = 0; i < 8; ++i) a.elements[i] = i;
    EXPECT_TRUE(table_copy(a, 1, a, 0, 7));
    EXPECT_EQ(a.elements[7], 6u);
    EXPECT_TRUE(table_copy(b, 0, a, 4, 4));
    EXPECT_EQ(b.elements[3], 6u);
    EXPECT_EQ(b.elements[4], 1u);
    EXPECT_FALSE(table_copy(b, 0, a, 5, 4));
    EXPECT_FALSE(table_copy(b, 5, a, 0, 4));
    EXPECT_FALSE(table_copy(b, kHuge, a, 0, 1));
}

TEST_F(Tables, init_reads_the_segment_until_it_is_dropped) {
    ElemInstance elem{{11, 12, 13}};
    EXPECT_TRUE(table_init(a, 6, elem, 1, 2));
    EXPECT_EQ(a.elements[7], 13u);
    EXPECT_FALSE(table_init(a, 0, elem, 2, 2));
    EXPECT_FALSE(table_init(a, 7, elem, 0, 2));
    elem = {};
    EXPECT_TRUE(table_init(a, 8, elem, 0, 0));
    EXPECT_FALSE(table_init(a, 0, elem, 0, 1));
}

}  // namespace
}  // namespace wasmi::core
