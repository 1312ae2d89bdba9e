// CodeMemory: the register code of a module, with what unwinding and backtraces need to know.
#pragma once

#include "core/translator/translator_buffers.hpp"
#include "core/types/module.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

namespace wasmi::core {

/// Slots of a function's frame: locals, operands; it covers the results.
[[nodiscard]] constexpr u32 frame_slots(const FuncFacts& facts, const DefinedType& type) {
    return std::max(facts.local_slots + facts.max_operand_slots, type.result_slots);
}

/// One catch clause of a try_table or legacy try, or a legacy delegate. Ordered innermost first.
struct CatchEntry {
    u32 begin, end;    ///< code offsets protected: begin <= at < end
    u32 tag;           ///< tag index, or kNoIndex for all
    u32 pad;           ///< code offset of the landing pad
    u16 slot;          ///< where the fields go
    u16 ref_slot;      ///< where the reference goes
    bool with_ref;     ///< whether the handler wants the reference
    u32 go_on_at = 0;  ///< not 0: a delegate; the search goes on at that entry
};

/// The work of the translator on one function.
struct Translation {
    std::span<const u8> code;               ///< valid until the buffers are used again
    std::span<const u32> return_addresses;  ///< likewise; see Emitter::return_addresses
    std::vector<CatchEntry> catches;
    std::vector<CodePosition> positions;  ///< if asked for; ascending by code offset
    std::vector<FormBlock> blocks;        ///< if asked for
};

/// A translated function. Immutable once published.
struct CodeInfo {
    const u8* begin = nullptr;
    u32 size = 0;
    u32 frame_bytes = 0;  ///< as FuncCode::frame_bytes, of functions that are validated late, too
    FuncCode* func = nullptr;
    std::vector<CatchEntry> catches;
};

struct ModuleData::CodeMemory {
    /// Keeps a copy of the code, whose address is stable.
    const CodeInfo* add(FuncCode& func, Translation translation);
    /// The function whose code holds `ip`, or null.
    [[nodiscard]] const CodeInfo* find(const u8* ip) const;

    // Of the functions so far.
    u64 count = 0;
    u64 body_bytes = 0;
    u64 code_bytes = 0;
    TranslatorBuffers buffers;

  private:
    static constexpr std::size_t kChunkSize = 64 * 1024;
    std::vector<std::unique_ptr<u8[]>> chunks_;
    std::size_t used_ = 0;
    std::size_t capacity_ = 0;
    std::map<const u8*, std::unique_ptr<CodeInfo>> functions_;  ///< by first byte
};

/// The code memory of a module, made at the first use. The caller holds translate_mutex.
[[nodiscard]] ModuleData::CodeMemory& code_memory_of(ModuleData& module);

}  // namespace wasmi::core
