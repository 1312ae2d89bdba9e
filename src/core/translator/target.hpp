// CodeTarget: the header words of the build's dispatch, handed to the translator by the executor.
// (The executor is the higher floor; the translator knows it by this table only.)
#pragma once

#include "core/translator/code.hpp"

namespace wasmi::core {

/// Runs of adjacent instructions that have a handler of their own, as a trie in a hash table:
/// (id of the run so far, id of the next form) → id of the longer run. Ids below kNumForms are
/// single forms. Built at compile time from fused_runs_*.def.
///
/// The hash is perfect, so that looking up takes no branch, which would be hard to predict: keys
/// fall into groups, and each group has a number that spreads its keys over places that no others
/// take. It is one to one as well: the place says a part of the key, and an entry is small.
struct FuseTable {
    static constexpr u32 kGroups = 2048;
    static constexpr u32 kPlaces = 8192;
    static constexpr u32 kRunsPerPart = 1024;
    static constexpr u32 kMostRuns = (1u << 14) - kNumForms;  ///< ids are half a key
    static constexpr u32 kFree = ~u32{0};

    // Without runs: one place, and it is free.
    static constexpr u32 kNoEntries[] = {kFree};
    static constexpr u16 kNoSpread[] = {0};
    const u32* entries = kNoEntries;  ///< tag, 16 bits of id
    const u16* spread = kNoSpread;    ///< by group
    u32 factor = 0;                   ///< 16 times an odd number: hashes are its upper 28 bits
    u32 place_mask = 0;
    u32 group_mask = 0;

    static constexpr u32 key_of(u32 first, u32 second) { return first << 14 | second; }
    static constexpr u32 group_of(u32 hash) { return hash >> 21; }
    /// What group and place do not say, and the group.
    static constexpr u32 tag_of(u32 hash) { return hash >> 17; }
    static constexpr u32 place_of(u32 hash, u32 spread) {
        return (hash ^ hash >> 11) >> 4 ^ spread;
    }

    /// The id of the run (first, second), or 0.
    [[nodiscard]] u32 find(u32 first, u32 second) const {
        const u32 hash = key_of(first, second) * factor;
        const u32 entry = entries[place_of(hash, spread[group_of(hash) & group_mask]) & place_mask];
        return WASMI_UNPREDICTABLE(entry >> 16 == tag_of(hash)) ? entry & 0xFFFF : 0;
    }
};

struct CodeTarget {
    /// By operation, then by form within it; after the operations the runs, dealt to tables of
    /// FuseTable::kRunsPerPart.
    const u64* const* headers = nullptr;
    FuseTable fuse;
    /// The processor looks up bytes in a vector by itself: which operation shuffles are.
    bool byte_lookup = false;

    /// Of a form of the operation, or of a run that begins with one. Without a branch: which of the
    /// two comes is hard to predict.
    [[nodiscard]] u64 header(Op op, u32 id) const {
        const u32 run = id - kNumForms;
        const std::size_t table =
            id < kNumForms ? static_cast<std::size_t>(op) : kNumOps + run / FuseTable::kRunsPerPart;
        return headers[table][id - kFirstIds[table]];
    }

  private:
    /// By table of headers: the id of its first.
    static constexpr auto kFirstIds = [] {
        std::array<u32, kNumOps + FuseTable::kMostRuns / FuseTable::kRunsPerPart + 1> ids{};
        for (std::size_t op = 0; op < kNumOps; ++op) ids[op] = kOps[op].first_form;
        for (u32 i = kNumOps; i < ids.size(); ++i) {
            ids[i] = kNumForms + static_cast<u32>(i - kNumOps) * FuseTable::kRunsPerPart;
        }
        return ids;
    }();
};

}  // namespace wasmi::core
