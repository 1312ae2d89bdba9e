// The table of fused runs: see fused_table.hpp, and FuseTable for its form.
#include "core/executor/fused_table.hpp"

#include <utility>

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
static_assert(kNumForms + kNumRuns < 0xFFFF);

constexpr u32 kTableSize = 16384;  // at most half full
static_assert(kNumRuns <= kTableSize / 2);

struct Table {
    u32 keys[kTableSize] = {};
    u16 ids[kTableSize] = {};
};

/// Rows that differ only in pins which this build lacks are one run: the first of them.
constexpr Table kTable = [] {
    Table t;
    std::array<u16, kNumRuns> ids{};
    for (u32 row = 0; row < kNumRuns; ++row) {
        const Row& r = kRows[row];
        if (!r.available) continue;
        const u32 first = r.parent < 0 ? r.first : ids[static_cast<u32>(r.parent)];
        if (first == 0 && r.parent >= 0) continue;
        const u32 key = first << 16 | r.last;
        u32 i = FuseTable::hash(key) & (kTableSize - 1);
        while (t.keys[i] != 0 && t.keys[i] != key) i = (i + 1) & (kTableSize - 1);
        if (t.keys[i] == 0) {
            t.keys[i] = key;
            t.ids[i] = static_cast<u16>(kNumForms + row);
        }
        ids[row] = t.ids[i];
    }
    return t;
}();

/// The parts are tables of handlers; the translator takes them as header words.
struct Parts {
    const u64* by_part[kFusedParts];
    template <u32... kPart>
    explicit Parts(std::integer_sequence<u32, kPart...>)
        : by_part{reinterpret_cast<const u64*>(handlers::fused_part<kPart>())...} {}
};

}  // namespace

FuseTable fuse_table() noexcept {
    static const Parts parts{std::make_integer_sequence<u32, kFusedParts>{}};
    FuseTable table;
    table.keys = kTable.keys;
    table.ids = kTable.ids;
    table.mask = kTableSize - 1;
    table.parts = parts.by_part;
    return table;
}

}  // namespace wasmi::core
