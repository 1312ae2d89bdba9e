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

/// A source operand: class and slot or constant. Pinned locals carry their slot too.
struct Operand {
    Cls cls = Cls::N;
    u64 value = 0;
};

/// Whether a constant can be an immediate of an operand of this type.
constexpr bool fits(char type, u64 bits) {
    return type == 'l' ? static_cast<u64>(i64{static_cast<i32>(bits)}) == bits : type != '-';
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

    /// The open block is encoded when it reaches this size, whatever comes.
    static constexpr u32 kMaxBlock = 4096;

    /// A condition as the branch that is taken when it holds.
    struct Condition {
        Op op = Op::br_i32_nez;  ///< a forward branch operation
        Operand a, b;
    };
    // -- translator.cpp: setup, main loop -------------------------------------------------------
    [[nodiscard]] bool read_locals();
    void translate(Instr instr);
    WASMI_ALWAYS_INLINE void read(Instr of) { read_immediates(reader_, imm_of(of), space_, imm_); }
    void translate_slow(Instr instr, const Immediates& imm);

    // -- values.cpp: the symbolic stack ---------------------------------------------------------
    void push(Value::Kind kind, ValKind type, u32 index = 0, u64 bits = 0);
    void push_slot(ValKind type);
    void push_const(ValKind type, u64 bits);  // v128: bits from Emitter::add_vector
    void push_local(u32 local);
    Value pop();
    [[nodiscard]] u32 next_home() const;
    [[nodiscard]] static bool is_float(ValKind type) {
        return type == ValKind::f32 || type == ValKind::f64;
    }
    [[nodiscard]] static u32 bank(ValKind type) {
        return is_float(type) || type == ValKind::v128 ? 1 : 0;
    }
    [[nodiscard]] Operand operand(const Value& v, u8 mask, char type);
    /// Copies a value to `slot`; v itself is not changed.
    void move_to_slot(const Value& v, u32 slot);
    void move_vector_to_slot(const Value& v, u32 slot);
    /// Puts a value of the stack into its home slot.
    void materialize(Value& v);
    void materialize_top(u32 count);
    void spill_acc(u32 bank);
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
    Ins& append(Op op) { return emitter_.append(op, offset_); }
    void emit(const Ins& ins);

    void local_set(u32 local, bool tee);
    [[nodiscard]] Cls pin_of(u32 local) const { return pins_.empty() ? Cls::N : pins_[local]; }
    [[nodiscard]] bool pin_is_valid(u32 local) const;
    void set_pin_valid(u32 local, bool valid);
    void ensure_pins();
    void pins_are_stale();

    // -- translate_data.cpp: numerics, variables, memory, tables, references --------------------
    void unary(Op op, char operand_type, ValKind result);
    void binary(Op op, ValKind result, bool swap = false);
    void load(Op op, Op any, u32 log2, ValKind result, const Immediates& imm);
    void store(Op op, Op any, u32 log2, const Immediates& imm);
    [[nodiscard]] bool is_plain_access(const Immediates& imm) const;
    /// The immediate of a plain access of 1 << log2 bytes: its end, so that one addition makes what
    /// is compared with the size of the memory.
    [[nodiscard]] static u32 end_of_access(const Immediates& imm, u32 log2) {
        return static_cast<u32>(imm.bits) + (1u << log2);
    }
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
    void branch_if(Condition condition, u32 depth);
    void br_table(const Immediates& imm);
    void return_values();
    void emit_branch_to(const Condition& condition, LabelId label, bool back = false);
    void bind(LabelId label);
    [[nodiscard]] const ValType* branch_types(const Control& c) const;
    [[nodiscard]] Condition pop_condition();
    [[nodiscard]] static Condition negate(Condition c);
    [[nodiscard]] static Condition without_equal(Condition c);
    /// The branch that a comparison feeds, or Op::br.
    [[nodiscard]] static Op branch_of_compare(Op op);
    /// A comparison as a condition; the comparison of integers that a condition stands for.
    [[nodiscard]] static Condition condition_of(const Ins& compare);
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

    std::vector<ValType>& local_types_;
    std::vector<u32>& local_slots_;
    std::vector<Cls>& pins_;  ///< by local; empty if none is pinned
    u32 pin_local_[2][2] = {{kNoIndex, kNoIndex}, {kNoIndex, kNoIndex}};  ///< bank, pin
    bool pin_valid_[2][2] = {};
    std::vector<u32>& uses_;  ///< by local: values of kind local on the stack

    std::vector<Value>& stack_;
    std::size_t locals_below_ = 0;  ///< no value below this index is of kind local
    std::vector<Control>& controls_;
    u32 acc_owner_[2] = {kNoIndex, kNoIndex};  ///< stack index of the value in the accumulator
    u32 mirror_[2] = {kNoIndex, kNoIndex};     ///< slot that the accumulator equals
    bool mirror_is_vector_ = false;            ///< the mirror of the floating bank is two slots
    bool reachable_ = true;
    u32 loop_depth_ = 0;
    u32 count_ = 0;   ///< charged instructions so far
    u32 offset_ = 0;  ///< of the current instruction in the module
    Immediates imm_;  ///< of the current instruction
    std::vector<PendingCatch>& pending_;
    std::vector<Protected>& protected_;
    std::vector<Pad>& pads_;
    Translation out_;
    std::unique_ptr<Error> error_;
};

// ---- what nearly every instruction does ---------------------------------------------------------

inline u32 FunctionTranslator::next_home() const {
    if (stack_.empty()) return first_operand_slot(facts_);
    return stack_.back().home + (stack_.back().type == ValKind::v128 ? 2u : 1u);
}

inline void FunctionTranslator::push(Value::Kind kind, ValKind type, u32 index, u64 bits) {
    const Value v = Value::make(kind, type, next_home(), index, bits);
    stack_.emplace_back() = v;  // not push_back(): that would write v to memory first
}

inline Value FunctionTranslator::pop() {
    const Value v = stack_.back();
    stack_.pop_back();
    if (locals_below_ > stack_.size()) locals_below_ = stack_.size();
    if (v.kind == Value::Kind::local) --uses_[v.local];
    if (v.kind == Value::Kind::acc) acc_owner_[bank(v.type)] = kNoIndex;
    return v;
}

}  // namespace wasmi::core
