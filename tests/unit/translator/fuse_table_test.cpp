// The table of fused runs that this build made at compile time.
#include "core/executor/fused_table.hpp"
#include "core/executor/runtime.hpp"

#include <set>

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

TEST(FuseTable, is_empty_without_runs) {
    const FuseTable none;
    for (u32 form = 0; form < kNumForms; ++form) {
        ASSERT_EQ(none.find(form, form), 0u);
        ASSERT_EQ(none.find(form, kNumForms - 1 - form), 0u);
    }
}

// An entry keeps only a part of its key: no other key may find it.
TEST(FuseTable, each_run_is_found_by_one_key) {
    const CodeTarget& target = code_target();
    const u32 ids = kNumForms + kFusedParts * FuseTable::kRunsPerPart;
    std::set<u32> found;
    for (u32 first = 0; first < ids; ++first) {
        for (u32 second = 0; second < kNumForms; ++second) {
            const u32 id = target.fuse.find(first, second);
            if (id == 0) continue;
            ASSERT_LT(first, id) << "a run continues an earlier one";
            ASSERT_GE(id, kNumForms);
            ASSERT_LT(id, ids);
            ASSERT_TRUE(found.insert(id).second) << first << ", " << second;
            ASSERT_NE(target.header(Op::br, id), 0u);
        }
    }
    if (target.fuse.factor != 0) {
        EXPECT_GT(found.size(), 1000u);
    } else {
        EXPECT_TRUE(found.empty());
    }
}

TEST(CodeTarget, has_a_header_for_each_form_that_exists) {
    for (std::size_t i = 0; i < kNumOps; ++i) {
        const Op op = static_cast<Op>(i);
        for (u32 form = 0; form < info(op).num_forms; ++form) {
            if (!form_exists(op, classes_of(op, form))) continue;
            ASSERT_NE(code_target().header(op, info(op).first_form + form), 0u) << i;
        }
    }
}

}  // namespace
}  // namespace wasmi::core
