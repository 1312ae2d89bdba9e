// Emitter: collects the instructions of a basic block, then fuses and encodes them.
//
// While a block is open its instructions are records that may still change: the translator
// redirects results and merges instructions by looking back. flush() turns them into bytes.
#pragma once

#include "core/translator/target.hpp"
#include "core/types/func_code.hpp"

#include <cstring>
#include <span>
#include <vector>

namespace wasmi::core {

/// One instruction before encoding. Which members count follows from its classes and immediate.
struct alignas(64) Ins {
    Op op = Op::br;
    Classes k;
    u32 d = 0;                ///< slot
    u32 label = 0;            ///< rel, loop: where to; br_table: Emitter::add_table()
    u64 a = 0, b = 0, c = 0;  ///< slot (S; of pinned locals too) or constant (K; v128: its number)
    u64 imm[2] = {};          ///< as it will be encoded; of rel and loop nothing, of call the rest
    const u8* at = nullptr;   ///< the WebAssembly instruction

    /// The parts of the immediate in their order: see ImmKind.
    template <class... T>
    void set_imm(T... parts) {
        static_assert((sizeof parts + ...) <= sizeof imm);
        u8* p = reinterpret_cast<u8*>(imm);
        ((std::memcpy(p, &parts, sizeof parts), p += sizeof parts), ...);
    }
};
static_assert(sizeof(Ins) == 64);  // an index becomes an address by a shift

/// A place in the code that branches may name before it is known.
using LabelId = u32;

/// Where an encoded instruction came from.
struct CodePosition {
    u32 code;    ///< offset of its fields
    u32 module;  ///< byte offset of the WebAssembly instruction
};

/// A basic block before fusion.
struct FormBlock {
    u32 loop_depth;  ///< of its first instruction
    std::vector<u16> forms;
};

class Emitter {
  public:
    struct Options {
        bool fuse = true;
        /// Memory 0 is shared: a plain access is the first of its run, as it may begin anew.
        bool shared_memory = false;
        const u8* module = nullptr;                      ///< its first byte
        std::vector<CodePosition>* positions = nullptr;  ///< filled with where the code came from
        std::vector<FormBlock>* blocks = nullptr;        ///< filled with the form ids before fusion
    };
    Emitter() = default;
    Emitter(Emitter&&) noexcept = default;
    Emitter& operator=(Emitter&&) noexcept = default;
    ~Emitter() = default;
    Emitter(const Emitter&) = delete;
    Emitter& operator=(const Emitter&) = delete;

    /// Starts a function; keeps buffers.
    void start(const CodeTarget& target, const Options& options);
    /// In how many loops the instructions are that follow.
    void set_loop_depth(u32 depth) {
        loop_depth_ = depth;
        if (empty()) block_depth_ = depth;
    }

    /// Appends to the open block; the caller fills the instruction in: all that its classes and its
    /// immediate name, for other members keep what an earlier instruction had there. To make it
    /// elsewhere and copy it would read words that were just written in parts, for which the
    /// processor waits. The reference is valid until the next call, the index (size() - 1) until
    /// the next flush.
    Ins& append(Op op, Classes k, const u8* at) {
        if (WASMI_UNLIKELY(next_ == limit_)) grow_block();
        Ins& ins = *next_++;
        ins.op = op;
        ins.k = k;
        ins.at = at;
        return ins;
    }
    [[nodiscard]] u32 size() const { return static_cast<u32>(next_ - block_.data()); }
    /// The open block is so long that it should be encoded, whatever comes.
    [[nodiscard]] bool is_long() const { return next_ >= long_; }
    [[nodiscard]] bool empty() const { return next_ == block_.data(); }
    [[nodiscard]] Ins& at(u32 index) { return block_[index]; }
    [[nodiscard]] Ins& last() { return next_[-1]; }
    void pop() { --next_; }

    /// Keeps a v128 constant; operands name it by the result. Valid for this function.
    [[nodiscard]] u64 add_vector(u64 low, u64 high) {
        vectors_.push_back({low, high});
        return vectors_.size() - 1;
    }

    /// Encodes the open block.
    void flush() {
        if (options_.blocks != nullptr) keep_forms();
        if (!empty()) encode_block();
        block_depth_ = loop_depth_;
    }
    /// Offset of the next byte; only right after flush().
    [[nodiscard]] u32 position() const { return size_; }

    [[nodiscard]] LabelId new_label();
    /// Flushes and places the label here.
    void bind(LabelId label);
    [[nodiscard]] bool is_used(LabelId label) const { return labels_[label].used; }
    void mark_used(LabelId label) { labels_[label].used = true; }
    /// Fuel of one turn of the loop that begins at the label.
    void set_loop_cost(LabelId label, u32 cost) { labels_[label].cost = cost; }
    [[nodiscard]] u32 position_of(LabelId label) const { return labels_[label].position; }

    /// Targets of a br_table, default last; `backward[i]`: the target is a loop.
    struct TableTarget {
        LabelId label;
        bool backward;
    };
    /// Appends the list; the result goes into Ins::label. The immediate is the count without
    /// default.
    [[nodiscard]] u32 add_table(const std::vector<TableTarget>& targets);

    /// Resolves all branches; the finished code, valid until start(). It holds return addresses.
    [[nodiscard]] std::span<const u8> finish();
    /// Offsets of the return addresses in it: words that say where in the code they point.
    [[nodiscard]] std::span<const u32> return_addresses() const { return return_addresses_; }

  private:
    static constexpr std::size_t kLongBlock = 4096;

    /// An instruction of the open block: its form, and the run that it makes with the next one.
    struct Step {
        u16 form;
        u16 pair;
    };
    struct Label {
        u32 position = kNoIndex;
        u32 cost = 0;
        bool used = false;
    };
    struct Fixup {
        u32 at = 0;    ///< of the i32 distance
        u32 base = 0;  ///< header that it counts from
        LabelId label = 0;
    };

    WASMI_OFF_PATH void grow_block();
    WASMI_NOINLINE void make_room(std::size_t items);
    void keep_forms();
    void encode_block();
    [[nodiscard]] u8* encode_other(const Ins& ins, u8* p, u32 run);
    [[nodiscard]] u8* put_branch(LabelId label, u8* p, u32 run);
    [[nodiscard]] u32 offset_of(const u8* p) const { return static_cast<u32>(p - code_.data()); }
    [[nodiscard]] u32 offset_in_module(const Ins& ins) const {
        return static_cast<u32>(ins.at - options_.module);
    }

    // What every instruction needs comes first.
    Ins* next_ = nullptr;     ///< end of the open block
    Ins* limit_ = nullptr;    ///< the last of block_: encode_block() needs it
    Ins* long_ = nullptr;     ///< where the block is long
    std::vector<Ins> block_;  ///< begins with the open block
    std::vector<Step> steps_;
    u32 loop_depth_ = 0;
    u32 block_depth_ = 0;   ///< of the first instruction of the open block
    std::vector<u8> code_;  ///< all of it writable, the first size_ bytes written
    u32 size_ = 0;
    std::vector<Fixup> fixups_;  ///< those before next_fixup_ count
    Fixup* next_fixup_ = nullptr;
    /// For so many more instructions and targets code_ and fixups_ are large enough.
    std::size_t room_ = 0;
    std::vector<Label> labels_;
    CodeTarget target_;
    Options options_;
    std::vector<TableTarget> tables_;       ///< of the open block
    std::vector<Fixup> cost_fixups_;        ///< of loop branches
    std::vector<Fixup> table_cost_fixups_;  ///< of entries of a br_table
    std::vector<u32> return_addresses_;
    struct Vector {
        u64 low, high;
    };
    std::vector<Vector> vectors_;
};

}  // namespace wasmi::core
