// CodeTarget: the header words of the build's dispatch, handed to the translator by the executor.
// (The executor is the higher floor; the translator knows it by this table only.)
#pragma once

#include "core/translator/code.hpp"

namespace wasmi::core {

/// Runs of adjacent instructions that have a handler of their own, as a trie in a hash table:
/// (id of the run so far, id of the next form) → id of the longer run. Ids below kNumForms are
/// single forms. Built at compile time from fused_runs_*.def.
struct FuseTable {
    static constexpr u32 kNoKeys[1] = {};
    const u32* keys = kNoKeys;  ///< first << 16 | second, 0 = free; linear probing
    const u16* ids = nullptr;
    u32 mask = 0;  ///< size - 1
    /// Headers of run ids from kNumForms on, dealt to tables of kRunsPerPart.
    const u64* const* parts = nullptr;
    static constexpr u32 kRunsPerPart = 1024;

    static constexpr u32 hash(u32 key) {
        return static_cast<u32>(u64{key} * 0x9E37'79B9'7F4A'7C15u >> 40);
    }

    [[nodiscard]] u64 header(u32 id) const {
        return parts[(id - kNumForms) / kRunsPerPart][(id - kNumForms) % kRunsPerPart];
    }

    /// The id of the run (first, second), or 0.
    [[nodiscard]] u32 find(u32 first, u32 second) const {
        const u32 key = first << 16 | second;
        for (u32 i = hash(key) & mask;; i = (i + 1) & mask) {
            if (keys[i] == key) return ids[i];
            if (keys[i] == 0) return 0;
        }
    }
};

struct CodeTarget {
    /// By operation, then by form within it.
    const u64* const* headers = nullptr;
    FuseTable fuse;
    /// The processor looks up bytes in a vector by itself: which operation shuffles are.
    bool byte_lookup = false;

    [[nodiscard]] u64 header(Op op, u32 form) const {
        return headers[static_cast<std::size_t>(op)][form - info(op).first_form];
    }
};

}  // namespace wasmi::core
