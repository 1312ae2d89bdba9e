// The table of fused runs: see fused_table.hpp, and FuseTable for its form.
#include "core/executor/fused_table.hpp"

#include <algorithm>
#include <array>

namespace wasmi::core {

namespace {

struct Row {
    i32 parent = -1;
    u16 first = 0;  ///< form ids; the first is that of a pair
    u16 last = 0;
    bool available = false;  ///< this build has a handler for it
};

template <class First, class... Rest>
constexpr Row make_row(int parent) {
    if constexpr (run_available<First, Rest...>) {
        u32 last = 0;
        ((last = form_id(Rest::op, {Rest::a, Rest::b, Rest::c, Rest::d})), ...);
        const u32 first = form_id(First::op, {First::a, First::b, First::c, First::d});
        return {parent, static_cast<u16>(first), static_cast<u16>(last), true};
    } else {
        return {};
    }
}

#define F(op, a, b, c, d) Listed<Op::op, Cls::a, Cls::b, Cls::c, Cls::d>::type
#define WASMI_RUN(parent, ...) make_row<__VA_ARGS__>(parent),
constexpr Row kRows[] = {
#include "core/executor/fused_runs_0.def"
#include "core/executor/fused_runs_1.def"
#include "core/executor/fused_runs_2.def"
#include "core/executor/fused_runs_3.def"
#include "core/executor/fused_runs_4.def"
#include "core/executor/fused_runs_5.def"
#include "core/executor/fused_runs_6.def"
    Row{}};
#undef F
#undef WASMI_RUN

constexpr u32 kNumRuns = static_cast<u32>(std::size(kRows)) - 1;
static_assert(kNumRuns <= kFusedParts * FuseTable::kRunsPerPart);
static_assert(kFusedParts * FuseTable::kRunsPerPart <= FuseTable::kMostRuns);
static_assert(kNumForms + kNumRuns < 0xFFFF);

/// The runs of this build. Rows that differ only in pins which it lacks are one run: the first of
/// them. In a hash table of the plain kind, which finds those.
struct Runs {
    static constexpr u32 kSize = 16384;
    u32 keys[kSize] = {};  ///< 0 is free
    u16 ids[kSize] = {};
};
static_assert(kNumRuns <= Runs::kSize / 2);

constexpr Runs kAllRuns = [] {
    Runs t;
    std::array<u16, kNumRuns> ids{};
    for (u32 row = 0; row < kNumRuns; ++row) {
        const Row& r = kRows[row];
        if (!r.available) continue;
        const u32 first = r.parent < 0 ? r.first : ids[static_cast<u32>(r.parent)];
        if (first == 0 && r.parent >= 0) continue;
        const u32 key = FuseTable::key_of(first, r.last);
        u32 i = key * 0x9E37'79B9u >> 18;
        while (t.keys[i] != 0 && t.keys[i] != key) i = (i + 1) % Runs::kSize;
        if (t.keys[i] == 0) {
            t.keys[i] = key;
            t.ids[i] = static_cast<u16>(kNumForms + row);
        }
        ids[row] = t.ids[i];
    }
    return t;
}();

struct Table {
    u32 entries[FuseTable::kPlaces];
    u16 spread[FuseTable::kGroups] = {};
    u32 factor = 0;  ///< 0: no table was found
};
static_assert(kNumRuns < FuseTable::kPlaces);

/// The runs by the groups that a factor makes, those of a group one after another.
struct Groups {
    u32 begin[FuseTable::kGroups + 1] = {};
    u16 runs[kNumRuns] = {};  ///< indices in kAllRuns

    constexpr explicit Groups(u32 factor) {
        for (const u32 key : kAllRuns.keys) {
            if (key != 0) ++begin[FuseTable::group_of(key * factor)];
        }
        u32 sum = 0;
        for (u32& b : begin) sum = b += sum;
        for (u32 i = 0; i < Runs::kSize; ++i) {
            const u32 key = kAllRuns.keys[i];
            if (key != 0) runs[--begin[FuseTable::group_of(key * factor)]] = static_cast<u16>(i);
        }
    }
};

/// Large groups first, while there is room for them.
constexpr bool fill(Table& table, u32 factor) {
    const Groups groups(factor);
    u32 most = 0;
    for (u32 g = 0; g < FuseTable::kGroups; ++g) {
        most = std::max(most, groups.begin[g + 1] - groups.begin[g]);
    }
    for (u32& entry : table.entries) entry = FuseTable::kFree;
    const auto hash_of = [&](u32 run) { return kAllRuns.keys[groups.runs[run]] * factor; };
    const auto entry_of = [&table](u32 hash, u32 spread) -> u32& {
        return table.entries[FuseTable::place_of(hash, spread) % FuseTable::kPlaces];
    };
    for (u32 size = most; size > 0; --size) {
        for (u32 g = 0; g < FuseTable::kGroups; ++g) {
            const u32 begin = groups.begin[g], end = groups.begin[g + 1];
            if (end - begin != size) continue;
            u32 spread = 0;
            for (;; ++spread) {
                if (spread == FuseTable::kPlaces) return false;
                u32 placed = begin;
                for (; placed != end; ++placed) {
                    u32& entry = entry_of(hash_of(placed), spread);
                    if (entry != FuseTable::kFree) break;
                    entry = FuseTable::tag_of(hash_of(placed)) << 16 |
                            kAllRuns.ids[groups.runs[placed]];
                }
                if (placed == end) break;
                while (placed-- != begin) entry_of(hash_of(placed), spread) = FuseTable::kFree;
            }
            table.spread[g] = static_cast<u16>(spread);
        }
    }
    table.factor = factor;
    return true;
}

/// Not every factor does: two keys of one group may want the same place however it is spread.
constexpr Table kTable = [] {
    Table table{};
    u32 factor = 0x9E37'79B0;
    for (u32 i = 0; i < 64 && !fill(table, factor); ++i) factor = factor * 5 + 0xDA94'2020;
    return table;
}();
static_assert(kTable.factor != 0);

}  // namespace

FuseTable fuse_table() noexcept {
    FuseTable table;
    table.entries = kTable.entries;
    table.spread = kTable.spread;
    table.factor = kTable.factor;
    table.place_mask = FuseTable::kPlaces - 1;
    table.group_mask = FuseTable::kGroups - 1;
    return table;
}

}  // namespace wasmi::core
