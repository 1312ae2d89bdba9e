// Spec: exec/modules (memories: allocation, growing).
#include "core/memory/instance.hpp"
#include "core/memory/pages.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

MemoryType pages(u64 min) {
    MemoryType t;
    t.limits.min = min;
    return t;
}
MemoryType pages(u64 min, u64 max) {
    MemoryType t = pages(min);
    t.limits.max = max;
    t.limits.has_max = true;
    return t;
}
MemoryType pages64(u64 min) {
    MemoryType t = pages(min);
    t.is_64 = true;
    return t;
}

TEST(Memory, starts_zeroed_with_its_minimum) {
    StorageBudget budget;
    MemoryInstance m;
    ASSERT_TRUE(m.allocate(pages(2), budget));
    EXPECT_EQ(m.size, 2 * kWasmPageSize);
    EXPECT_EQ(m.pages(), 2u);
    EXPECT_EQ(budget.used, 2 * kWasmPageSize);
    for (u64 i = 0; i < m.size; i += 4093) EXPECT_EQ(m.data[i], 0);
}

TEST(Memory, of_size_zero_takes_nothing_and_can_grow) {
    StorageBudget budget;
    MemoryInstance m;
    ASSERT_TRUE(m.allocate(pages(0), budget));
    EXPECT_EQ(m.size, 0u);
    EXPECT_EQ(budget.used, 0u);
    EXPECT_EQ(m.grow(1), 0);
    ASSERT_EQ(m.size, kWasmPageSize);
    m.data[kWasmPageSize - 1] = 7;
}

TEST(Memory, keeps_its_content_when_growth_moves_it) {
    StorageBudget budget;
    MemoryInstance m;
    ASSERT_TRUE(m.allocate(pages(1), budget));
    m.data[0] = 1;
    m.data[kWasmPageSize - 1] = 2;
    for (int i = 0; i < 200; ++i) {
        ASSERT_EQ(m.grow(1), i + 1);
        EXPECT_EQ(m.data[m.size - 1], 0);
        m.data[m.size - 1] = 3;
    }
    EXPECT_EQ(m.data[0], 1);
    EXPECT_EQ(m.data[kWasmPageSize - 1], 2);
    for (u64 p = 2; p <= 201; ++p) EXPECT_EQ(m.data[p * kWasmPageSize - 1], 3) << p;
    EXPECT_EQ(m.current_type().limits.min, 201u);
    EXPECT_EQ(m.type.limits.min, 201u);
    EXPECT_EQ(budget.used, 201 * kWasmPageSize);
}

TEST(Memory, growth_beyond_the_declared_maximum_fails_and_changes_nothing) {
    StorageBudget budget;
    MemoryInstance m;
    ASSERT_TRUE(m.allocate(pages(1, 3), budget));
    EXPECT_EQ(m.grow(3), -1);
    EXPECT_EQ(m.grow(~u64{0}), -1);
    EXPECT_EQ(m.pages(), 1u);
    EXPECT_EQ(m.grow(2), 1);
    EXPECT_EQ(m.grow(1), -1);
    EXPECT_EQ(m.grow(0), 3);
}

TEST(Memory, a_32_bit_memory_ends_at_4_GiB) {
    StorageBudget budget;
    MemoryInstance m;
    ASSERT_TRUE(m.allocate(pages(1), budget));
    EXPECT_EQ(m.grow(65536), -1);
    EXPECT_EQ(MemoryInstance::max_pages(pages(0)), 65536u);
}

TEST(Memory, a_budget_is_shared_and_comes_back) {
    StorageBudget budget;
    budget.limit = 3 * kWasmPageSize;
    MemoryInstance a;
    ASSERT_TRUE(a.allocate(pages(1), budget));
    {
        MemoryInstance b;
        ASSERT_TRUE(b.allocate(pages(2), budget));
        EXPECT_EQ(a.grow(1), -1);
        MemoryInstance c;
        EXPECT_FALSE(c.allocate(pages(1), budget));
    }
    EXPECT_EQ(budget.used, kWasmPageSize);
    EXPECT_EQ(a.grow(2), 1);
    EXPECT_EQ(budget.used, budget.limit);
}

TEST(Memory, a_refused_size_gives_the_budget_back) {
    StorageBudget budget;
    {
        MemoryInstance m;
        EXPECT_FALSE(m.allocate(pages64(u64{1} << 48), budget));
        EXPECT_EQ(m.data, nullptr);
    }
    {
        MemoryInstance m;  // more than any host maps: passes the type, fails at the host
        EXPECT_FALSE(m.allocate(pages64((u64{1} << 46) / kWasmPageSize + 1), budget));
    }
    EXPECT_EQ(budget.used, 0u);
}

TEST(Memory, growth_to_2_to_the_48_pages_fails_cleanly) {
    StorageBudget budget;
    MemoryInstance m;
    ASSERT_TRUE(m.allocate(pages64(1), budget));
    EXPECT_EQ(m.grow((u64{1} << 48) - 1), -1);
    EXPECT_EQ(m.grow(~u64{0}), -1);
    EXPECT_EQ(m.pages(), 1u);
    EXPECT_EQ(budget.used, kWasmPageSize);
}

TEST(Memory, pages_may_be_single_bytes) {
    StorageBudget budget;
    MemoryInstance m;
    MemoryType t = pages(10);
    t.page_size_log2 = 0;
    ASSERT_TRUE(m.allocate(t, budget));
    EXPECT_EQ(m.size, 10u);
    EXPECT_EQ(m.grow(5), 10);
    EXPECT_EQ(m.size, 15u);
    EXPECT_EQ(m.pages(), 15u);
    // 2^32 of them would fill the address space, but memory.size could not say so.
    EXPECT_EQ(MemoryInstance::max_pages(t), 0xFFFF'FFFFu);
    EXPECT_EQ(m.grow(0xFFFF'FFF1), -1);
    EXPECT_EQ(m.pages(), 15u);
}

TEST(Memory, a_large_declared_size_is_not_touched) {
    StorageBudget budget;
    MemoryInstance m;
    ASSERT_TRUE(m.allocate(pages(65536), budget));
    m.data[m.size - 1] = 1;
    EXPECT_EQ(m.grow(1), -1);
}

TEST(Memory, a_shared_one_never_moves_and_pays_for_its_maximum) {
    StorageBudget budget;
    MemoryInstance m;
    MemoryType t = pages(1, 100);
    t.is_shared = true;
    ASSERT_TRUE(m.allocate(t, budget));
    EXPECT_EQ(budget.used, 100 * kWasmPageSize);
    const u8* before = m.data;
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&m] {
            for (int k = 0; k < 33; ++k) {
                const i64 old_pages = m.grow(1);
                if (old_pages > 0) m.data[static_cast<u64>(old_pages) * kWasmPageSize] = 1;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(m.data, before);
    EXPECT_EQ(m.pages(), 100u);
    EXPECT_EQ(m.grow(1), -1);
    for (u64 p = 1; p < 100; ++p) EXPECT_EQ(m.data[p * kWasmPageSize], 1) << p;
    EXPECT_EQ(m.current_type().limits.min, 100u);
    EXPECT_EQ(m.type.limits.min, 1u);  // no thread writes the type
}

TEST(Pages, survive_a_remap_and_refuse_the_impossible) {
    u8* p = map_pages(65536);
    ASSERT_NE(p, nullptr);
    p[65535] = 9;
    p = remap_pages(p, 65536, 65536 * 64);
    ASSERT_NE(p, nullptr);
    EXPECT_EQ(p[65535], 9);
    EXPECT_EQ(p[65536 * 64 - 1], 0);
    EXPECT_EQ(remap_pages(p, 65536 * 64, u64{1} << 62), nullptr);
    EXPECT_EQ(p[65535], 9);
    unmap_pages(p, 65536 * 64);
    EXPECT_EQ(map_pages(~u64{0}), nullptr);
}

}  // namespace
}  // namespace wasmi::core
