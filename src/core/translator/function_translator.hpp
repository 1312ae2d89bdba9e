// FunctionTranslator: the state of one translation. Shared by the translate_*.cpp files.
//
// Where a value of the operand stack is:
//   konst   a constant, nowhere yet
//   local   the current value of a local; before the local changes, it is copied to its home
//   acc     in the accumulator of its bank; its producer is in the open block and can still be
//           redirected to the home slot if the accumulator is needed
//   slot    in its home slot
// The home slot of a value follows from its position on the stack, so that at every label all
// values are where everybody expects them.
//
// The accumulator may also mirror a slot (after local.tee, a call, …): reads of that slot then
// read the register. The floating accumulator mirrors one slot or, with a v128, two: a read of the
// one kind never takes the other kind of mirror. Pinned locals are written through to their slots;
// after calls the registers are stale, slots are read, and before the next branch or label they are
// loaded again.
#pragma once

#include "core/decoder/immediates.hpp"
#include "core/translator/translator.hpp"

namespace wasmi::core {

struct InstrRow;

/// A source operand: class and slot or constant. Pinned locals carry their slot too.
struct Operand {
    Cls cls = Cls::N;
    u64 value = 0;
};

/// Whether a constant can be an immediate of an operand of this type, if any can.
constexpr bool fits(char type, u64 bits) {
    return type != 'l' || static_cast<u64>(i64{static_cast<i32>(bits)}) == bits;
}

/// "Less" for "less or equal", of comparisons and of branches on them.
constexpr Op strict(Op less_or_equal) {
    return static_cast<Op>(static_cast<u32>(less_or_equal) - 2);
}
static_assert(strict(Op::i32_le_s) == Op::i32_lt_s && strict(Op::i64_le_u) == Op::i64_lt_u);
static_assert(strict(Op::br_i32_le_s) == Op::br_i32_lt_s &&
              strict(Op::br_i64_le_u) == Op::br_i64_lt_u);

inline void set_a(Ins& ins, Operand o) {
    ins.k.a = o.cls;
    ins.a = o.value;
}
inline void set_b(Ins& ins, Operand o) {
    ins.k.b = o.cls;
    ins.b = o.value;
}
inline void set_c(Ins& ins, Operand o) {
    ins.k.c = o.cls;
    ins.c = o.value;
}

/// Operands of commuting operations are put in order.
inline void set_ab(Ins& ins, Operand a, Operand b) {
    if (info(ins.op).shape.commutes && commute_rank(a.cls) > commute_rank(b.cls)) std::swap(a, b);
    set_a(ins, a);
    set_b(ins, b);
}

class FunctionTranslator {
  public:
    FunctionTranslator(ModuleData& module, u32 index, const CodeTarget& target,
                       TranslatorBuffers& buffers, Keep keep);
    [[nodiscard]] Result<Translation> run();

  private:
    using Control = TranslatorBuffers::Control;
    using Pad = TranslatorBuffers::Pad;
    using PendingCatch = TranslatorBuffers::PendingCatch;
    using Protected = TranslatorBuffers::Protected;

    /// A condition as the branch that is taken when it holds.
    struct Condition {
        Op op = Op::br_i32_nez;  ///< a forward branch operation
        Operand a, b;
    };
    // -- translator.cpp: setup, main loop -------------------------------------------------------
    void read_locals();
    void translate_body();
    void skip_dead_code();
    void begin_instr(const u8* at);
    [[nodiscard]] BlockType read_type_of_block(const u8* p);
    /// Into imm_, of an access to any memory.
    [[nodiscard]] const u8* read_access(const u8* p);

    // -- translate_other.cpp --------------------------------------------------------------------
    void translate(Instr instr);

    // -- values.cpp: the symbolic stack ---------------------------------------------------------
    void push(Value::Kind kind, ValKind type, u32 local = 0, u64 bits = 0);
    void push_slot(ValKind type);
    void push_const(ValKind type, u64 bits);  // v128: bits from Emitter::add_vector
    void push_local(u32 local);
    /// The reference is valid until the next value is pushed.
    const Value& pop();
    /// Pops two and returns the lower one; the other comes after it.
    const Value* pop_two();
    // The same of integers and references. Without branches: a value's kind is hard to predict.
    const Value& pop_int();
    const Value* pop_two_ints();
    void forget_use(const Value& v) {
        locals_[v.local].uses -= v.kind == Value::Kind::local ? 1 : 0;
    }
    [[nodiscard]] u32 next_home() const { return stack_.next_home(); }
    [[nodiscard]] static bool is_float(ValKind type) {
        return type == ValKind::f32 || type == ValKind::f64;
    }
    [[nodiscard]] static u32 bank(ValKind type) {
        static_assert(static_cast<u32>(ValKind::f32) == 2 && static_cast<u32>(ValKind::v128) == 4);
        return static_cast<u32>(type) - 2 < 3 ? 1 : 0;
    }
    /// Where an instruction takes the value from that it wants in a class of the mask.
    [[nodiscard]] Operand operand(const Value& v, u8 mask, char type);
    /// The same inline for integers, which most values are.
    [[nodiscard]] Operand int_operand(const Value& v, u8 mask, char type);
    /// As {Cls::S, result}.
    [[nodiscard]] WASMI_OFF_PATH u32 constant_in_slot(const Value& v);
    /// Copies a value to `slot`; v itself is not changed.
    void move_to_slot(const Value& v, u32 slot);
    void move_vector_to_slot(const Value& v, u32 slot);
    /// Puts a value of the stack into its home slot.
    void materialize(Value& v);
    void materialize_top(u32 count);
    void spill_acc(u32 b);
    WASMI_OFF_PATH void materialize_acc(u32 b);
    void spill_accs() {
        spill_acc(0);
        spill_acc(1);
    }
    void spill_locals();
    void spill_uses_of(u32 local);
    void spill_all();
    /// Appends an instruction with the result in the accumulator (or its home) and pushes that;
    /// the caller fills in the rest.
    Ins& append_result(Op op, ValKind type);
    /// The same of an integer or reference.
    Ins& append_int_result(Op op, ValKind type);
    WASMI_OFF_PATH Ins& append_to_home(Op op, ValKind type);
    /// The same for an instruction that exists.
    void emit_result(const Ins& ins, ValKind type);
    /// Redirects an instruction from the accumulator to a slot, or to both: what uses the
    /// accumulator next comes later.
    static void send_to_slot(Ins& ins, u32 slot) {
        ins.k.d = in_mask(info(ins.op).shape.d, Cls::RS) ? Cls::RS : Cls::S;
        ins.d = slot;
    }
    /// The same with the result as bits, also those of a float: that goes to its home.
    Ins& append_bits(Op op, ValKind type);
    [[nodiscard]] bool produced_by_last(const Value& v) const;
    void clear_mirrors() { mirror_[0] = mirror_[1] = kNoIndex; }
    /// The accumulator of the bank equals what `slot` holds of the type.
    void set_mirror(ValKind type, u32 slot) {
        mirror_[bank(type)] = slot;
        if (bank(type) == 1) mirror_is_vector_ = type == ValKind::v128;
    }
    [[nodiscard]] bool is_mirrored(ValKind type, u32 slot) const {
        const u32 b = bank(type);
        return mirror_[b] == slot && (b == 0 || mirror_is_vector_ == (type == ValKind::v128));
    }
    /// The slot changes, or the slots of a v128.
    void forget_slot(u32 slot);
    void forget_slots(u32 slot, ValKind type) {
        forget_slot(slot);
        if (type == ValKind::v128) forget_slot(slot + 1);
    }
    Ins& append(Op op, Classes k = {}) { return emitter_.append(op, k, at_); }
    void emit(const Ins& ins);

    void local_set(u32 local);
    [[nodiscard]] bool pin_is_valid(const Local& local) const {
        return in_mask(valid_pins_[bank(local.type)], local.pin);
    }
    /// Loads those that are stale.
    void ensure_pins() {
        if (has_stale_pins_) load_stale_pins();
    }
    void load_stale_pins();
    void pins_are_stale();
    void pins_are_valid();

    // -- translate_data.cpp: numerics, variables, memory, tables, references --------------------
    void unary(Op op, ValKind result);
    void int_binary(Op op, ValKind result);
    void compare(Op op, bool swap = false);
    void float_binary(Op op, ValKind result, bool swap);
    void load(const InstrRow& row, const Immediates& imm);
    void store(const InstrRow& row, const Immediates& imm);
    void load_plain(const InstrRow& row, u32 offset);
    void store_plain(const InstrRow& row, u32 offset);
    void load_any(Op op, ValKind result, const Immediates& imm);
    void store_any(Op op, const Immediates& imm);
    /// Of memory 0 with 32-bit addresses, and the end of the access fits the instruction.
    [[nodiscard]] bool is_plain_access(const Immediates& imm) const {
        return imm.index == 0 && plain_memory_ && imm.bits <= kMostPlainOffset;
    }
    /// The same of encoded immediates that name no memory.
    [[nodiscard]] bool is_plain_access(const u8* alignment, u32 offset) const {
        return *alignment < 0x40 && plain_memory_ && offset <= kMostPlainOffset;
    }
    /// The immediate of a plain access: its end, so that one addition makes what is compared with
    /// the size of the memory.
    [[nodiscard]] static u32 end_of_access(u64 offset, u32 size) {
        return static_cast<u32>(offset) + size;
    }
    static constexpr u32 kMostPlainOffset = 0xFFFF'FFFF - 16;
    [[nodiscard]] bool take_address_pair(const Value& address, Op pair, Operand& a, Operand& b);
    void select(ValKind type);
    void global_get(u32 index);
    void global_set(u32 index);
    void emit_slow(Op op, std::initializer_list<u32> slots, u32 i0 = 0, u32 i1 = 0);
    /// Pops `operands` values, the first four of them named by s0, s1, …; runs the operation,
    /// pushes its result.
    void slow(Op op, u32 operands, const ValKind* result, u32 i0 = 0, u32 i1 = 0);

    // -- translate_simd.cpp ---------------------------------------------------------------------
    /// False if it is not a vector instruction.
    [[nodiscard]] bool translate_simd(Instr instr, const Immediates& imm);
    /// Pops the operands that the types of the operation name and pushes its result.
    void vector(Ins ins, bool swap = false);
    void set_lane(Ins& ins, u32 lane, u32 log2);
    /// `narrow` makes the vector from the integer that was read.
    void vector_load(Op op, Op narrow, Instr instr, const Immediates& imm);
    void vector_store(const Immediates& imm);
    void load_lane(u32 log2, const Immediates& imm);
    void store_lane(u32 log2, const Immediates& imm);
    // -- translate_gc.cpp: structures, arrays, i31, casts ---------------------------------------
    [[nodiscard]] bool translate_gc(Instr instr, const Immediates& imm);
    [[nodiscard]] bool translate_new(Instr instr, const Immediates& imm);
    [[nodiscard]] const DefinedType& type_at(u32 index) const {
        return module_.engine->types.get(module_.types[index]);
    }
    /// slow() for operations that may collect: every reference must be in a slot.
    void gc_allocate(Op op, u32 operands, u32 i0, u32 i1 = 0);
    void get_field(u32 size_log2, bool is_signed, ValKind type, u32 offset);
    void set_field(u32 size_log2, u32 offset);
    void get_element(u32 size_log2, bool is_signed, ValKind type);
    void set_element(u32 size_log2);
    void cast(bool is_cast, ValType to);
    [[nodiscard]] Ins cast_ins(Op first, ValType to) const;
    void branch_on_cast(const Immediates& imm, bool on_fail);
    // -- translate_atomic.cpp: atomics, wide arithmetic -----------------------------------------
    /// False if the instruction is not one of these.
    [[nodiscard]] bool translate_atomic(Instr instr, const Immediates& imm);
    void atomic_access(Instr instr, const Immediates& imm);
    void wait_or_notify(Op op, u32 operands, const Immediates& imm);
    void wide(Op op, u32 operands);

    // -- translate_control.cpp ------------------------------------------------------------------
    void push_control(Control::Kind kind, const BlockType& block);
    [[nodiscard]] Control& target(u32 depth) { return controls_[controls_.size() - 1 - depth]; }
    [[nodiscard]] static u32 arity(const Control& c) {
        return c.kind == Control::Kind::loop ? c.num_params : c.num_results;
    }
    void begin_block(Control::Kind kind, const BlockType& block);
    void begin_if(const BlockType& block);
    void begin_else();
    void begin_try_table(const Immediates& imm);
    void begin_try(const BlockType& block);
    void begin_catch(u32 tag);
    void rethrow(u32 depth);
    void end_delegate(u32 depth);
    void resolve_delegates(Control& c);
    void end_block();
    void reset_stack(const Control& c, const ValType* types, u32 count);
    [[nodiscard]] bool in_place(const Control& c) const;
    void move_branch_values(const Control& c);
    void branch(u32 depth);
    void branch_if(const Condition& condition, u32 depth);
    void br_table(const Immediates& imm);
    void return_values();
    void emit_branch_to(const Condition& condition, LabelId label, bool back = false);
    void emit_jump_to(LabelId label, bool back = false);
    void bind(LabelId label);
    [[nodiscard]] const ValType* branch_types(const Control& c) const;
    // Conditions are changed where they are: a copy would read words just written in parts.
    void pop_condition(Condition& c);
    static void negate(Condition& c);
    static void without_equal(Condition& c);
    /// The branch that a comparison feeds, or Op::br.
    [[nodiscard]] static Op branch_of_compare(Op op);
    static void set_condition(Condition& c, Op branch, const Ins& from);
    /// The comparison of integers that a condition stands for.
    [[nodiscard]] static Op compare_of(const Condition& condition);
    void call(u32 func);
    void call_through(Op op, Operand callee, u16 table, u32 word, const DefinedType& type);
    u32 begin_args(const DefinedType& type);
    void push_results(const DefinedType& type);
    void tail_call(Op op, const DefinedType& type, u32 callee_slot, u32 i0, u32 i1);
    void emit_landing_pads();
    void unreachable();

    ModuleData& module_;
    const u32 index_;  ///< defined function
    const CodeTarget& code_target_;
    const FuncFacts& facts_;
    const DefinedType& type_;
    const Tuning tuning_;
    Reader reader_;
    TypeSpace space_;
    Emitter& emitter_;

    const bool plain_memory_;  ///< memory 0 exists and has 32-bit addresses

    TranslatorBuffers& buffers_;
    Local* locals_ = nullptr;                                             ///< buffers_.locals
    u32 pin_local_[2][2] = {{kNoIndex, kNoIndex}, {kNoIndex, kNoIndex}};  ///< bank, pin
    u8 valid_pins_[2] = {};                                               ///< by bank, as classes
    bool has_stale_pins_ = false;  ///< perhaps; if not, all pins are valid

    ValueStack stack_;
    Value* locals_below_ = nullptr;  ///< no value below is of kind local
    std::vector<Control>& controls_;
    Value* acc_owner_[2] = {};              ///< the value of the stack in the accumulator, or null
    u32 mirror_[2] = {kNoIndex, kNoIndex};  ///< slot that the accumulator equals
    bool mirror_is_vector_ = false;         ///< the mirror of the floating bank is two slots
    bool reachable_ = true;
    u32 loop_depth_ = 0;
    u32 count_ = 0;           ///< charged instructions so far
    const u8* at_ = nullptr;  ///< the current instruction
    Immediates imm_;          ///< of the current instruction
    std::vector<PendingCatch>& pending_;
    std::vector<Protected>& protected_;
    std::vector<Pad>& pads_;
    Translation out_;
    std::unique_ptr<Error> error_;
};

// ---- what nearly every instruction does ---------------------------------------------------------

inline void FunctionTranslator::push(Value::Kind kind, ValKind type, u32 local, u64 bits) {
    stack_.push(kind, type, local, bits);
}

inline void FunctionTranslator::push_slot(ValKind type) { push(Value::Kind::slot, type); }

inline void FunctionTranslator::push_const(ValKind type, u64 bits) {
    stack_.push(Value::Kind::konst, type, 0, bits);
}

inline void FunctionTranslator::push_local(u32 local) {
    if (locals_below_ > stack_.end()) locals_below_ = stack_.end();
    ++locals_[local].uses;
    push(Value::Kind::local, locals_[local].type, local);
}

inline const Value& FunctionTranslator::pop() {
    const Value& v = stack_.pop(1);
    forget_use(v);
    if (v.kind == Value::Kind::acc) acc_owner_[bank(v.type)] = nullptr;
    return v;
}

inline const Value* FunctionTranslator::pop_two() {
    pop();
    return &pop();
}

inline const Value& FunctionTranslator::pop_int() {
    const Value& v = stack_.pop(1);
    forget_use(v);
    acc_owner_[0] = acc_owner_[0] == &v ? nullptr : acc_owner_[0];
    return v;
}

inline const Value* FunctionTranslator::pop_two_ints() {
    const Value* values = &stack_.pop(2);
    forget_use(values[0]);
    forget_use(values[1]);
    const bool in_acc = acc_owner_[0] == values || acc_owner_[0] == values + 1;
    acc_owner_[0] = in_acc ? nullptr : acc_owner_[0];
    return values;
}

inline bool FunctionTranslator::produced_by_last(const Value& v) const {
    return v.kind == Value::Kind::acc && v.bits + 1 == emitter_.size();
}

inline void FunctionTranslator::forget_slot(u32 slot) {
    if (mirror_[0] == slot) mirror_[0] = kNoIndex;
    if (mirror_[1] == slot || (mirror_is_vector_ && mirror_[1] + 1 == slot)) mirror_[1] = kNoIndex;
}

inline void FunctionTranslator::spill_acc(u32 b) {
    if (acc_owner_[b] != nullptr) materialize_acc(b);
}

WASMI_ALWAYS_INLINE Ins& FunctionTranslator::append_result(Op op, ValKind type) {
    if (WASMI_UNLIKELY(!tuning_.accumulators)) return append_to_home(op, type);
    const u32 b = bank(type);
    spill_acc(b);
    acc_owner_[b] = stack_.end();
    mirror_[b] = kNoIndex;
    push(Value::Kind::acc, type, 0, emitter_.size());
    return append(op, {Cls::N, Cls::N, Cls::N, Cls::R});
}

WASMI_ALWAYS_INLINE Ins& FunctionTranslator::append_int_result(Op op, ValKind type) {
    WASMI_ASSERT(bank(type) == 0);
    if (WASMI_UNLIKELY(!tuning_.accumulators)) return append_to_home(op, type);
    spill_acc(0);
    acc_owner_[0] = stack_.end();
    mirror_[0] = kNoIndex;
    stack_.push_scalar(Value::Kind::acc, type, 0, emitter_.size());
    return append(op, {Cls::N, Cls::N, Cls::N, Cls::R});
}

WASMI_ALWAYS_INLINE Operand FunctionTranslator::int_operand(const Value& v, u8 mask, char type) {
    WASMI_ASSERT(bank(v.type) == 0 && bank_of(type) == Bank::integer);
    // Numbers instead of conditions: "and" of conditions may become a branch.
    const u32 is_constant = v.kind == Value::Kind::konst ? 1 : 0;
    const u32 is_immediate = u32{in_mask(mask, Cls::K)} & u32{fits(type, v.bits)};
    if (WASMI_UNLIKELY(is_constant > is_immediate)) {
        return {Cls::S, constant_in_slot(v)};
    }
    // No branches from here on, as in pop_int().
    const bool is_local = v.kind == Value::Kind::local;
    const Local& local = locals_[v.local];
    const u32 slot = is_local ? local.slot : v.home;
    constexpr Cls kRegister[] = {Cls::K, Cls::N, Cls::R, Cls::N};  // by kind
    const Cls cls = is_local ? local.pin : kRegister[static_cast<std::size_t>(v.kind)];
    const u32 mirrored = u32{mirror_[0] == slot} & u32{in_mask(mask, Cls::R)};
    const u8 here = (mask & valid_pins_[0]) | shapes::kR | shapes::kK;
    return {in_mask(here, cls) ? cls
            : mirrored != 0    ? Cls::R
                               : Cls::S,
            is_constant != 0 ? v.bits : slot};
}

}  // namespace wasmi::core
