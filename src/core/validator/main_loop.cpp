// The main loop of the validator: the frequent instructions inline, everything else by a call.
// Spec: appendix/algorithm.
//
// The fast cases test for exactly the types they want and for enough operands in the current block.
// Whatever is not so plain (unreachable code, subtypes, v128, an error) goes to the rule of the
// instruction, which starts over from the immediates. So the fast cases hold no message at all.
//
// They read immediates without looking for the end of the body, as far as kLookahead. At limit_
// the loop finds out: what is left of the body is read by rules, and a body whose last instruction
// goes beyond its end is validated once more by rules alone, which say what is wrong.

#include "core/validator/function_validator.hpp"
#include "core/validator/opcode_rows.hpp"
#include "core/validator/quick_numbers.hpp"

#include <cstring>

namespace wasmi::core {

namespace {

using Kind = ControlFrame::Kind;

/// From entry n on, the last n of kMostParams are ones.
constexpr u32 kParamMasks[2 * CallShape::kMostParams] = {0,   0,   0,   0,   0,   0,   0,   0,
                                                         ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u};

/// Whether the values under `sp` are exactly the parameters; two at a time, without a branch on
/// their number.
WASMI_ALWAYS_INLINE bool takes(const CallShape& shape, const ValType* sp) {
    u64 difference = 0;
    for (std::size_t i = 0; i < CallShape::kMostParams; i += 2) {
        u64 got = 0;
        u64 want = 0;
        u64 mask = 0;
        std::memcpy(&got, sp - CallShape::kMostParams + i, sizeof got);
        std::memcpy(&want, shape.params + i, sizeof want);
        std::memcpy(&mask, kParamMasks + shape.param_count + i, sizeof mask);
        difference |= (got ^ want) & mask;
    }
    return difference == 0;
}

}  // namespace

/// Begins a block whose type is one byte, at s.p.
WASMI_ALWAYS_INLINE bool FunctionValidator::begin_plain(State& s, Kind kind) {
    ValType single;
    if (WASMI_UNLIKELY(!is_plain_block_type(*s.p, &single) || top_ == frames_limit_)) return false;
    ++s.p;
    open_frame(s, kind, nullptr, single);
    return true;
}

/// The top of the stack fits the local at s.p; it stays where it is.
WASMI_ALWAYS_INLINE bool FunctionValidator::set_plain_local(State& s) {
    const LebIndex index(s.p);
    if (WASMI_UNLIKELY(index.size == 0 || index.value >= local_count_)) return false;
    TypedLocal& local = locals_.data()[index.value];
    if (WASMI_UNLIKELY(s.sp == s.base || s.sp[-1] != local.type || is_special(local.type))) {
        return false;
    }
    local.weight += s.weight;
    s.p += index.size;
    return true;
}

/// Whether exactly the results of the current block are on the stack, and nothing else is to do.
WASMI_ALWAYS_INLINE bool FunctionValidator::is_plainly_done(const State& s) const {
    const ControlFrame& frame = *top_;
    const std::ptrdiff_t results = frame.single == ValType::bottom ? 0 : 1;
    return frame.type == nullptr && s.sp - s.base == results &&
           (results == 0 || s.sp[-1] == frame.single) && init_count_ == frame.inits;
}

/// Where the loop goes for an opcode byte. An instruction of a feature that is off goes to rule(),
/// which refuses it.
void FunctionValidator::make_targets(const void* const* labels) {
    const bool fast_memory = !module_.memories.empty() && !module_.memories[0].is_64;
    for (u32 code = 0; code < 256; ++code) {
        const Instr instr = kOpcodePage[code];
        const bool is_on = instr != kIllegalInstr && features_.has(feature_of(instr));
        Action action = is_on ? kActions[code] : Action::rule;
        if ((action == Action::load || action == Action::store) && !fast_memory) {
            action = Action::rule;
        }
        targets_[code] = labels[static_cast<u8>(action)];
    }
}

// The loop keeps the state in `s`. A rule out of line works on s_; it begins at the immediates.
// Each instruction ends in a jump of its own to the next: what follows an addition differs from
// what follows a constant, and one jump for all is predicted worse.
#define WASMI_ON(action) on_##action:
#define WASMI_NEXT                                       \
    {                                                    \
        if (WASMI_UNLIKELY(s.p >= limit)) goto at_limit; \
        op = *s.p++;                                     \
        ++instructions;                                  \
        goto* targets_[op];                              \
    }
#define WASMI_RULE(call)           \
    {                              \
        at_ = s.p - 1;             \
        s_ = s;                    \
        if (!(call)) return false; \
        s = s_;                    \
        WASMI_NEXT                 \
    }
#define WASMI_PUSH(type)                        \
    {                                           \
        if (WASMI_UNLIKELY(s.sp == s.high)) {   \
            s_ = s;                             \
            if (!grow(1)) return look_closer(); \
            s = s_;                             \
        }                                       \
        *s.sp++ = (type);                       \
        WASMI_NEXT                              \
    }
/// The rest of the block is not reached; see set_unreachable().
#define WASMI_STOP                \
    {                             \
        s.sp = s.base;            \
        s.high = high_of_block(); \
        top_->unreachable = true; \
        WASMI_NEXT                \
    }

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"  // labels as values are an extension of GCC and clang
bool FunctionValidator::run() {
    // In the order of Action.
#define WASMI_ACTION(name) &&on_##name,
    static const void* const kLabels[] = {WASMI_ACTIONS(WASMI_ACTION)};
#undef WASMI_ACTION
    if (targets_[0] == nullptr) make_targets(kLabels);
    State s = s_;
    const u8* const limit = limit_;
    TypedLocal* const locals = locals_.data();
    u32 instructions = 0;
    u8 op = 0;
    WASMI_NEXT

    WASMI_ON(rule)
    WASMI_RULE(rule())
    WASMI_ON(marker)
    --instructions;
    WASMI_RULE(rule())
    WASMI_ON(nop)
    --instructions;
    WASMI_NEXT
    WASMI_ON(unary) {
        const OpcodeRow& row = kRows[op];
        if (WASMI_LIKELY(s.sp != s.base && s.sp[-1] == row.in0)) {
            s.sp[-1] = row.out;
            WASMI_NEXT
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(binary) {
        const OpcodeRow& row = kRows[op];
        if (WASMI_LIKELY(s.sp - s.base >= 2 && s.sp[-1] == row.in1 && s.sp[-2] == row.in0)) {
            --s.sp;
            s.sp[-1] = row.out;
            WASMI_NEXT
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(load) {
        const OpcodeRow& row = kRows[op];
        const LebNumber offset(word_at(s.p) >> 8);
        if (WASMI_LIKELY(*s.p <= row.access && offset.is_u32() && s.sp != s.base &&
                         s.sp[-1] == ValType::i32)) {
            s.p += 1 + offset.size();
            s.sp[-1] = row.out;
            WASMI_NEXT
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(store) {
        const OpcodeRow& row = kRows[op];
        const LebNumber offset(word_at(s.p) >> 8);
        if (WASMI_LIKELY(*s.p <= row.access && offset.is_u32() && s.sp - s.base >= 2 &&
                         s.sp[-1] == row.in0 && s.sp[-2] == ValType::i32)) {
            s.p += 1 + offset.size();
            s.sp -= 2;
            WASMI_NEXT
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(local_get) {
        const LebIndex local(s.p);
        if (WASMI_LIKELY(local.size != 0 && local.value < local_count_)) {
            const ValType type = locals[local.value].type;
            if (WASMI_LIKELY(!is_special(type))) {
                locals[local.value].weight += s.weight;
                s.p += local.size;
                WASMI_PUSH(type)
            }
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(local_set)
    if (WASMI_LIKELY(set_plain_local(s))) {
        --s.sp;
        WASMI_NEXT
    }
    WASMI_RULE(rule())
    WASMI_ON(local_tee)
    if (WASMI_LIKELY(set_plain_local(s))) WASMI_NEXT
    WASMI_RULE(rule())
    WASMI_ON(global_get) {
        const LebIndex global(s.p);
        if (WASMI_LIKELY(global.size != 0 && global.value < module_.globals.size())) {
            const ValType type = module_.globals[global.value].type.value;
            if (WASMI_LIKELY(!type.is_vector())) {
                s.p += global.size;
                WASMI_PUSH(type)
            }
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(global_set) {
        const LebIndex global(s.p);
        if (WASMI_LIKELY(global.size != 0 && global.value < module_.globals.size())) {
            const GlobalType& type = module_.globals[global.value].type;
            if (WASMI_LIKELY(type.is_mutable && s.sp != s.base && s.sp[-1] == type.value &&
                             !type.value.is_vector())) {
                s.p += global.size;
                --s.sp;
                WASMI_NEXT
            }
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(drop)
    if (WASMI_LIKELY(s.sp != s.base)) {
        --s.sp;
        s.high += s.sp->is_vector() ? 1 : 0;
        WASMI_NEXT
    }
    WASMI_RULE(rule())
    WASMI_ON(select)
    if (WASMI_LIKELY(s.sp - s.base >= 3 && s.sp[-1] == ValType::i32 && s.sp[-2] == s.sp[-3] &&
                     s.sp[-2].is_numeric())) {
        s.sp -= 2;
        WASMI_NEXT
    }
    WASMI_RULE(rule())
    WASMI_ON(s32_const) {
        const LebNumber number(word_at(s.p));
        if (WASMI_UNLIKELY(!number.is_s32())) WASMI_RULE(rule())
        s.p += number.size();
        WASMI_PUSH(ValType::i32)
    }
    WASMI_ON(s64_const) {
        // One of nine or ten bytes goes the long way.
        const u64 ends = ~word_at(s.p) & 0x8080'8080'8080'8080;
        if (WASMI_UNLIKELY(ends == 0)) WASMI_RULE(rule())
        s.p += (__builtin_ctzll(ends) >> 3) + 1;
        WASMI_PUSH(ValType::i64)
    }
    WASMI_ON(bits32_const)
    s.p += 4;
    WASMI_PUSH(ValType::f32)
    WASMI_ON(bits64_const)
    s.p += 8;
    WASMI_PUSH(ValType::f64)
    WASMI_ON(block)
    --instructions;
    if (WASMI_LIKELY(begin_plain(s, Kind::block))) WASMI_NEXT
    WASMI_RULE(rule())
    WASMI_ON(loop)
    --instructions;
    if (WASMI_LIKELY(begin_plain(s, Kind::loop))) WASMI_NEXT
    WASMI_RULE(rule())
    WASMI_ON(if_)
    if (WASMI_LIKELY(s.sp != s.base && s.sp[-1] == ValType::i32)) {
        --s.sp;
        if (WASMI_LIKELY(begin_plain(s, Kind::if_))) WASMI_NEXT
        ++s.sp;
    }
    WASMI_RULE(rule())
    WASMI_ON(else_)
    --instructions;
    if (WASMI_LIKELY(top_->kind == Kind::if_ && is_plainly_done(s))) {
        top_->kind = Kind::else_;
        top_->unreachable = false;
        s.sp = s.base;
        s.high = high_of_block();
        WASMI_NEXT
    }
    WASMI_RULE(begin_else())
    WASMI_ON(end) {
        --instructions;
        const ControlFrame& frame = *top_;
        // One branch of an `if` is missing: it passes the parameters on as results. A catch
        // has a slot to give back.
        const bool is_plain =
            frame.kind < Kind::if_ || (frame.kind == Kind::if_ && frame.single == ValType::bottom);
        if (WASMI_LIKELY(is_plain && is_plainly_done(s) && top_ != frames_.data())) {
            s.weight = frame.weight;
            --top_;
            s.base = bottom() + top_->height;
            WASMI_NEXT
        }
        if (top_ != frames_.data()) WASMI_RULE(end())
        at_ = s.p - 1;
        s_ = s;
        instructions_ = instructions;
        return end();
    }
    WASMI_ON(br)
    if (WASMI_LIKELY(takes_nothing(*s.p))) {
        ++s.p;
        WASMI_STOP
    }
    WASMI_RULE(rule())
    WASMI_ON(br_if)
    if (WASMI_LIKELY(takes_nothing(*s.p) && s.sp != s.base && s.sp[-1] == ValType::i32)) {
        ++s.p;
        --s.sp;
        WASMI_NEXT
    }
    WASMI_RULE(rule())
    WASMI_ON(return_) {
        const std::span<const ValType> results = frames_.data()->results();
        if (WASMI_LIKELY(results.empty() ||
                         (results.size() == 1 && s.sp != s.base && s.sp[-1] == results.front()))) {
            WASMI_STOP
        }
        WASMI_RULE(br(frames_.data()))
    }
    WASMI_ON(unreachable)
    WASMI_STOP
    WASMI_ON(call) {
        const LebIndex func(s.p);
        if (WASMI_LIKELY(func.size != 0 && func.value < module_.func_types.size())) {
            const std::size_t at = module_.func_types[func.value] - first_shape_;
            if (WASMI_LIKELY(at < call_shapes_.size())) {
                const CallShape& shape = call_shapes_[at];
                if (WASMI_LIKELY(shape.param_count <= s.sp - s.base && takes(shape, s.sp))) {
                    s.p += func.size;
                    call_weight_ += s.weight;
                    s.sp -= shape.param_count;
                    if (shape.result == ValType::bottom) WASMI_NEXT
                    WASMI_PUSH(shape.result)
                }
            }
        }
        WASMI_RULE(rule())
    }

at_limit:
    if (s.p < end_) {
        op = *s.p++;
        ++instructions;
        if (op == code_of(Instr::end)) goto on_end;
        if (op == code_of(Instr::else_) && !is_constant_) goto on_else_;
        if (!is_charged(kOpcodePage[op])) --instructions;
        if (op == code_of(Instr::nop) && !is_constant_) WASMI_NEXT
        WASMI_RULE(rule())
    }
    return s.p > end_ ? look_closer() : unexpected_end();
}

#undef WASMI_RULE
#undef WASMI_PUSH
#undef WASMI_STOP
#undef WASMI_NEXT
#undef WASMI_ON
#pragma GCC diagnostic pop

}  // namespace wasmi::core
