// Chooses the fused runs: which adjacent forms of the register code get a handler of their own.
//
// A group is a set of related modules (one project, one toolchain). Runs are chosen by what they
// save in the code of all groups, never by how hot they are in some program: a profile of a few
// programs does not carry over to others, occurrence in a varied corpus does (docs/RATIONALE.md).
// In rounds: all blocks are encoded with the runs so far, as the emitter would; then the runs that
// would save most dispatches, each by one more form at the end of what is one dispatch now, become
// rows. Every group has the same weight, so that large modules do not drown small ones, and what
// stands in loops counts more. Early rows lose uses to later, longer ones, and no group has all
// idioms: more are chosen than there is room for, and the least used are left out.
#include "core/executor/fused_table.hpp"
#include "tools/fusion/forms.hpp"
#include "tools/fusion/idioms.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

namespace {

using namespace wasmi::core;
using namespace wasmi::core::fusion;

constexpr u32 kRowsPerPart = FuseTable::kRunsPerPart;
constexpr u32 kLongest = 4;
constexpr double kWeightByDepth[] = {1, 2, 4, 8};  // outside of loops, in one loop, in two, …
constexpr u32 kFolds = 10;
constexpr u32 kKeptOf8 = 7;  // of the runs that are chosen

struct Options {
    std::vector<std::string> files;
    std::string out = "src/core/executor";
    u32 rows = kFusedParts * kRowsPerPart;
    u32 rounds = 48;
    u32 groups = 3;            ///< a pair must save something in so many groups
    u32 longer_in = 5;         ///< a longer run in so many
    std::size_t most = 50000;  ///< forms of a group that are looked at
    bool report = false;
};

struct Block {
    std::vector<u16> forms;
    double weight;
};

struct Group {
    std::string name;
    std::vector<Block> blocks;
    double weight = 0;  ///< of all forms
};

/// What is dispatched at once: a form by its id, or a row, which is its number plus kNumForms.
using Unit = u32;

class Runs {
  public:
    /// No unit.
    static constexpr Unit kNone = std::numeric_limits<Unit>::max();

    struct Row {
        Unit before;  ///< what it continues
        u16 last;
        u32 length;
    };

    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
    [[nodiscard]] u32 length(Unit unit) const {
        return unit < kNumForms ? 1 : rows_[unit - kNumForms].length;
    }
    [[nodiscard]] Unit find(Unit before, u16 form) const {
        const auto found = index_.find(key(before, form));
        return found == index_.end() ? kNone : found->second;
    }
    void add(Unit before, u16 form) {
        const Unit unit = kNumForms + static_cast<u32>(rows_.size());
        if (!index_.emplace(key(before, form), unit).second) return;
        rows_.push_back({before, form, length(before) + 1});
    }
    [[nodiscard]] std::vector<u16> forms(Unit unit) const {
        std::vector<u16> forms;
        for (; unit >= kNumForms; unit = rows_[unit - kNumForms].before) {
            forms.push_back(rows_[unit - kNumForms].last);
        }
        forms.push_back(static_cast<u16>(unit));
        std::reverse(forms.begin(), forms.end());
        return forms;
    }
    static u64 key(Unit before, u16 form) { return u64{before} << 16 | form; }

  private:
    std::vector<Row> rows_;
    std::unordered_map<u64, Unit> index_;
};

struct FormKind {
    bool ends = false;
    bool excluded = false;
};

const std::vector<FormKind>& form_kinds() {
    static const std::vector<FormKind> kinds = [] {
        std::vector<FormKind> all(kNumForms);
        for (u32 form = 0; form < kNumForms; ++form) {
            const Op op = op_of(static_cast<u16>(form));
            all[form] = {ends_run(op), is_excluded(op)};
        }
        return all;
    }();
    return kinds;
}

/// The units that the emitter makes of a block: `each(unit, whether the one before may go on with
/// its first form)`.
template <class Each>
void encode(const std::vector<u16>& forms, const Runs& runs, Each each) {
    const std::vector<FormKind>& kinds = form_kinds();
    bool open = false;
    for (std::size_t i = 0; i < forms.size();) {
        Unit unit = forms[i];
        FormKind kind = kinds[forms[i++]];
        const bool may_follow = open && !kind.excluded;
        while (!kind.excluded && !kind.ends && i < forms.size()) {
            const Unit longer = runs.find(unit, forms[i]);
            if (longer == Runs::kNone) break;
            unit = longer;
            kind = kinds[forms[i++]];
        }
        each(unit, may_follow);
        open = !kind.excluded && !kind.ends;
    }
}

double dispatches(const Group& group, const Runs& runs) {
    double weight = 0;
    for (const Block& block : group.blocks) {
        encode(block.forms, runs, [&](Unit, bool) { weight += block.weight; });
    }
    return weight / group.weight;
}

struct Candidate {
    double saved = 0;
    u32 groups = 0;
    const Group* last = nullptr;
};

class Chooser {
  public:
    Chooser(std::vector<const Group*> groups, const Options& options)
        : groups_(std::move(groups)), options_(options) {}

    Runs choose() {
        for (const std::vector<u16>& forms : Idioms::mixers()) add_all(forms);
        mixers_ = static_cast<u32>(runs_.rows().size());
        for (const auto& [first, second] : Idioms().pairs()) {
            if (missing() > 0) runs_.add(first, second);
        }
        idioms_ = static_cast<u32>(runs_.rows().size());
        const u32 per_round = (missing() + options_.rounds - 1) / options_.rounds;
        while (missing() > 0) {
            if (!add_best(std::min(per_round, missing()))) break;
        }
        return most_used();
    }

  private:
    [[nodiscard]] u32 missing() const {
        return options_.rows * 8 / kKeptOf8 - static_cast<u32>(runs_.rows().size());
    }

    void add_all(const std::vector<u16>& forms) {
        Unit unit = forms.front();
        for (auto form = forms.begin() + 1; form != forms.end(); ++form) {
            runs_.add(unit, *form);
            unit = runs_.find(unit, *form);
        }
    }

    /// How often each row is encoded, or a longer one that needs it in the table. What is kept in
    /// any case is used most.
    [[nodiscard]] std::vector<double> uses() const {
        const auto& rows = runs_.rows();
        std::vector<double> uses(rows.size());
        std::fill_n(uses.begin(), mixers_, std::numeric_limits<double>::infinity());
        for (const Group* group : groups_) {
            for (const Block& block : group->blocks) {
                encode(block.forms, runs_, [&](Unit unit, bool) {
                    if (unit >= kNumForms) uses[unit - kNumForms] += block.weight / group->weight;
                });
            }
        }
        for (std::size_t i = rows.size(); i-- > 0;) {
            if (rows[i].before < kNumForms) continue;
            double& before = uses[rows[i].before - kNumForms];
            before = std::max(before, uses[i]);
        }
        return uses;
    }

    /// In the order of the file: the idioms, then the most used first, so that busy handlers stand
    /// together.
    [[nodiscard]] Runs most_used() const {
        const std::vector<double> used = uses();
        std::vector<u32> order(used.size());
        std::iota(order.begin(), order.end(), 0);
        // None before what it continues: where they are used as often, in the order of addition.
        const auto more_used = [&](u32 a, u32 b) {
            return used[a] != used[b] ? used[a] > used[b] : a < b;
        };
        std::sort(order.begin(), order.end(), more_used);
        order.resize(std::min<std::size_t>(order.size(), options_.rows));
        std::sort(order.begin(), order.end(), [&](u32 a, u32 b) {
            const bool first = a < idioms_, second = b < idioms_;
            return first != second ? first : more_used(a, b);
        });
        Runs kept;
        std::vector<Unit> unit_of(used.size());
        for (const u32 i : order) {
            const Runs::Row& row = runs_.rows()[i];
            unit_of[i] = kNumForms + static_cast<u32>(kept.rows().size());
            kept.add(row.before < kNumForms ? row.before : unit_of[row.before - kNumForms],
                     row.last);
        }
        return kept;
    }

    void count(const Group& group, std::unordered_map<u64, Candidate>& candidates) const {
        for (const Block& block : group.blocks) {
            Unit before = Runs::kNone;
            encode(block.forms, runs_, [&](Unit unit, bool may_follow) {
                // A run is not longer than its parts unless what follows is one form alone.
                if (may_follow && unit < kNumForms && runs_.length(before) < kLongest) {
                    Candidate& c = candidates[Runs::key(before, static_cast<u16>(unit))];
                    c.saved += block.weight / group.weight;
                    c.groups += c.last != &group;
                    c.last = &group;
                }
                before = unit;
            });
        }
    }

    bool add_best(u32 count_wanted) {
        std::unordered_map<u64, Candidate> candidates;
        for (const Group* group : groups_) count(*group, candidates);
        std::vector<std::pair<double, u64>> best;  // what is lost without it: the least is the best
        for (const auto& [key, candidate] : candidates) {
            const bool is_pair = key >> 16 < kNumForms;
            if (candidate.groups >= (is_pair ? options_.groups : options_.longer_in)) {
                best.emplace_back(-candidate.saved, key);
            }
        }
        const std::size_t taken = std::min<std::size_t>(count_wanted, best.size());
        const auto end = best.begin() + static_cast<std::ptrdiff_t>(taken);
        std::partial_sort(best.begin(), end, best.end());
        for (auto it = best.begin(); it != end; ++it) {
            runs_.add(static_cast<Unit>(it->second >> 16), static_cast<u16>(it->second));
        }
        return taken > 0;
    }

    std::vector<const Group*> groups_;
    const Options& options_;
    Runs runs_;
    u32 mixers_ = 0;  ///< of the first rows
    u32 idioms_ = 0;  ///< those among them
};

/// Of a large group, blocks drawn at random, always the same ones.
std::optional<Group> read(const std::string& path, std::size_t most) {
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    const double forms_at_most = static_cast<double>(in.tellg()) / sizeof(u16);
    const double share = static_cast<double>(most) / forms_at_most;
    in.seekg(0);
    const auto get = [&](auto* items, std::size_t count) {
        const auto bytes = static_cast<std::streamsize>(count * sizeof *items);
        return static_cast<bool>(in.read(reinterpret_cast<char*>(items), bytes));
    };
    u64 found = 0;
    if (!get(&found, 1) || found != fingerprint()) return std::nullopt;
    const std::size_t slash = path.find_last_of('/') + 1;  // 0 without one
    Group group{path.substr(slash, path.find_last_of('.') - slash), {}, 0};
    u64 random = 12345;
    for (BlockHeader header{}; get(&header, 1);) {
        std::vector<u16> forms(header.count);
        if (!get(forms.data(), forms.size())) return std::nullopt;
        random = random * 6364136223846793005 + 1442695040888963407;
        if (forms.empty() || static_cast<double>(random >> 33) / (1U << 31) > share) continue;
        const double by_depth =
            kWeightByDepth[std::min<std::size_t>(header.loop_depth, std::size(kWeightByDepth) - 1)];
        group.weight += by_depth * header.count;
        group.blocks.push_back({std::move(forms), by_depth});
    }
    return group;
}

/// Each group with runs that were chosen without it, beside those chosen with it.
void report(const std::vector<Group>& groups, const Options& options) {
    std::vector<const Group*> all;
    for (const Group& group : groups) all.push_back(&group);
    const Runs with = Chooser(all, options).choose();
    double sum = 0, sum_with = 0;
    for (u32 fold = 0; fold < kFolds; ++fold) {
        std::vector<const Group*> others, own;
        for (std::size_t i = 0; i < groups.size(); ++i) {
            (i % kFolds == fold ? own : others).push_back(&groups[i]);
        }
        const Runs without = Chooser(others, options).choose();
        for (const Group* group : own) {
            const double share = dispatches(*group, without), share_with = dispatches(*group, with);
            std::printf("%-24s %5.1f %% left out, %5.1f %% taken in\n", group->name.c_str(),
                        100 * share, 100 * share_with);
            sum += share;
            sum_with += share_with;
        }
    }
    const double count = static_cast<double>(groups.size());
    std::printf(
        "dispatches per instruction, mean of %zu groups: %.1f %% left out, %.1f %% taken in\n",
        groups.size(), 100 * sum / count, 100 * sum_with / count);
}

bool write(const Runs& runs, const std::string& directory) {
    const auto& rows = runs.rows();
    for (u32 part = 0; part < kFusedParts; ++part) {
        std::ofstream out(directory + "/fused_runs_" + std::to_string(part) + ".def");
        out << "// Made by tools/fusion; do not edit.\n// clang-format off\n";
        const std::size_t end = std::min<std::size_t>(rows.size(), (part + 1) * kRowsPerPart);
        for (std::size_t i = part * kRowsPerPart; i < end; ++i) {
            const i64 parent = i64{rows[i].before} - i64{kNumForms};
            out << "WASMI_RUN(" << std::max<i64>(parent, -1);
            for (const u16 form : runs.forms(kNumForms + static_cast<Unit>(i))) {
                out << ", F(" << form_text(form) << ")";
            }
            out << ")\n";
        }
        if (!out.flush()) return false;
    }
    return true;
}

int run(const Options& options) {
    std::vector<Group> groups;
    for (const std::string& path : options.files) {
        std::optional<Group> group = read(path, options.most);
        if (!group) {
            std::fprintf(stderr, "%s: not made by a collector with these forms\n", path.c_str());
            return 1;
        }
        if (!group->blocks.empty()) groups.push_back(std::move(*group));
    }
    if (options.report) {
        report(groups, options);
        return 0;
    }
    std::vector<const Group*> all;
    for (const Group& group : groups) all.push_back(&group);
    const Runs runs = Chooser(std::move(all), options).choose();
    std::map<u32, u32> by_length;
    for (const Runs::Row& row : runs.rows()) ++by_length[row.length];
    std::printf("%zu runs from %zu groups:", runs.rows().size(), groups.size());
    for (const auto& [length, count] : by_length) std::printf(" %u of %u", count, length);
    std::printf("\n");
    if (!write(runs, options.out)) {
        std::fprintf(stderr, "%s: cannot be written\n", options.out.c_str());
        return 1;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Chooses the fused runs from the blocks that wasmi-fusion-collect wrote.");
    Options options;
    app.add_option("GROUP", options.files, "a file for each group")->required();
    app.add_option("--out", options.out, "where fused_runs_0.def … go")->capture_default_str();
    app.add_option("--rows", options.rows, "runs in all")
        ->check(CLI::Range(1U, kFusedParts * kRowsPerPart))
        ->capture_default_str();
    app.add_option("--rounds", options.rounds)->check(CLI::PositiveNumber)->capture_default_str();
    app.add_option("--groups", options.groups, "groups that have a pair")->capture_default_str();
    app.add_option("--longer-in", options.longer_in, "groups that have a longer run")
        ->capture_default_str();
    app.add_option("--most", options.most, "instructions of a group that are looked at")
        ->capture_default_str();
    app.add_flag("--report", options.report,
                 "leave out each group in turn, a tenth of them at a time; writes nothing");
    CLI11_PARSE(app, argc, argv);
    return run(options);
}
