// TranslatorBuffers: the memory of a translation, kept from one function to the next, so that a
// translation allocates nothing once they are large enough.
#pragma once

#include "core/translator/emitter.hpp"
#include "core/types/module.hpp"

#include <bit>
#include <vector>

namespace wasmi::core {

/// A value of the symbolic operand stack: see function_translator.hpp.
struct Value {
    enum class Kind : u8 { konst, local, acc, slot };
    Kind kind = Kind::slot;
    ValKind type = ValKind::i32;
    u16 home = 0;   ///< home slot
    u32 local = 0;  ///< of kind local, which it is or was; of the others 0
    /// Of kind konst; v128: its number (Emitter::add_vector). Of kind acc: the index of its
    /// producer in the open block.
    u64 bits = 0;

    /// The value is made in a register and written at once: values are read again soon, as a whole,
    /// and processors wait for what was written in parts.
    [[nodiscard]] static Value make(Kind kind, ValKind type, u32 home, u32 local, u64 bits) {
        if constexpr (std::endian::native == std::endian::little) {
            using Words = u64 __attribute__((vector_size(16)));
            const u64 head = static_cast<u64>(kind) | static_cast<u64>(type) << 8 |
                             u64{home} << 16 | u64{local} << 32;
            return std::bit_cast<Value>(Words{head, bits});
        } else {
            Value v;
            v.kind = kind;
            v.type = type;
            v.home = static_cast<u16>(home);
            v.local = local;
            v.bits = bits;
            return v;
        }
    }
};
static_assert(sizeof(Value) == 16);

/// The symbolic operand stack. Validation has measured it, so that room is made once.
class ValueStack {
  public:
    /// Empties it. `most`: slots that all values take at most.
    void start(std::vector<Value>& buffer, u32 first_home, u32 most) {
        if (buffer.size() < most) buffer.resize(most);
        begin_ = end_ = buffer.data();
        limit_ = begin_ + buffer.size();
        next_home_ = first_home;
    }
    [[nodiscard]] u32 size() const { return static_cast<u32>(end_ - begin_); }
    [[nodiscard]] Value& operator[](u32 index) { return begin_[index]; }
    [[nodiscard]] const Value& operator[](u32 index) const { return begin_[index]; }
    [[nodiscard]] Value& back() { return end_[-1]; }
    /// Where the next value will be.
    [[nodiscard]] Value* end() { return end_; }
    /// Home slot of the next value.
    [[nodiscard]] u32 next_home() const { return next_home_; }

    WASMI_ALWAYS_INLINE void push(Value::Kind kind, ValKind type, u32 local, u64 bits) {
        push_scalar(kind, type, local, bits);
        next_home_ += type == ValKind::v128 ? 1 : 0;
    }
    /// Of any type but v128.
    WASMI_ALWAYS_INLINE void push_scalar(Value::Kind kind, ValKind type, u32 local, u64 bits) {
        WASMI_ASSERT(end_ != limit_);
        *end_++ = Value::make(kind, type, next_home_, local, bits);
        ++next_home_;
    }
    /// Pops `count` of them and returns the lowest; the reference is valid until the next push.
    WASMI_ALWAYS_INLINE const Value& pop(u32 count) {
        end_ -= count;
        next_home_ = end_->home;
        return *end_;
    }

  private:
    Value* begin_ = nullptr;
    Value* end_ = nullptr;
    Value* limit_ = nullptr;  ///< for the assertion only
    u32 next_home_ = 0;
};

/// A local while its function is translated.
struct Local {
    u32 uses = 0;  ///< values of kind local on the stack
    u16 slot = 0;
    Cls pin = Cls::N;  ///< N: it is not pinned
    ValKind type = ValKind::i32;
};

struct TranslatorBuffers {
    struct Control {
        enum class Kind : u8 { function, block, loop, if_, else_, try_table, try_, catch_ };
        Kind kind = Kind::block;
        LabelId label = 0;       ///< where a branch goes
        LabelId else_label = 0;  ///< of if_
        u32 height = 0;          ///< values below the parameters
        u32 base = 0;            ///< home slot of the first parameter or result
        const ValType* params = nullptr;
        u32 num_params = 0;
        const ValType* results = nullptr;
        u32 num_results = 0;
        ValType single;       ///< storage of a lone result
        u32 start_count = 0;  ///< of loop: charged instructions before it
        u32 first_catch = 0;  ///< of try_table: its clauses in catches_ pending
        u32 begin = 0;        ///< of try_table, try_, catch_: code offset of the protected body
        u32 end = 0;          ///< of catch_: its end
        u32 clause = 0;       ///< of catch_: index in protected_ of the clause being translated
        u32 delegates = kNoIndex;  ///< newest delegate to this block; see Protected::go_on_at
    };
    struct Pad {
        LabelId pad;  ///< its own label
        LabelId target;
        bool backward;
    };
    struct PendingCatch {
        u32 tag;
        bool with_ref;
        LabelId pad;
        u32 slot;
        u32 ref_slot;
    };

    struct Protected {
        u32 begin, end;
        PendingCatch clause;
        /// Of a delegate: until its target ends the next delegate to the same block, then the entry
        /// where the search for a handler goes on.
        u32 go_on_at = 0;
        bool is_delegate = false;
    };

    /// Empties all of them but those that have a start().
    void clear() {
        locals.clear();
        controls.clear();
        pending.clear();
        protected_.clear();
        pads.clear();
    }

    Emitter emitter;
    std::vector<Local> locals;
    std::vector<Value> values;
    std::vector<Control> controls;
    std::vector<PendingCatch> pending;
    std::vector<Protected> protected_;
    std::vector<Pad> pads;
};

}  // namespace wasmi::core
