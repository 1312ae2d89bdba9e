// FunctionValidator: types one function body (or constant expression) after the other, in one pass
// over its bytes, and measures it for the translator. Spec: appendix/algorithm, valid/instructions.
//
// The state that every instruction touches is one small struct, State: the loop in
// main_loop.cpp keeps a copy of it in registers, and stores it back before it calls a rule
// that is not inlined. All other rules are members here and work on `s_`.
#pragma once

#include "core/decoder/reader.hpp"
#include "core/types/instr.hpp"
#include "core/types/module.hpp"
#include "core/validator/buffer.hpp"

#include <wasmi/result.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wasmi::core {

struct Immediates;

/// One entry of the control stack. Spec: appendix/algorithm (ctrl_frame).
struct ControlFrame {
    /// In the order of the effort at their end: see Action::end in main_loop.cpp.
    enum class Kind : u8 { func, block, loop, else_, try_table, try_, if_, catch_, catch_all };
    Kind kind = Kind::block;
    bool unreachable = false;
    ValType single;                  ///< the result of a block type without index; bottom: none
    const FuncType* type = nullptr;  ///< the block type with index; null: no parameters, `single`
    u32 height = 0;                  ///< values below the block's parameters
    u32 vectors = 0;                 ///< slots that are no entries below: one for each v128 and
                                     ///< for the exception that each legacy catch keeps
    u32 inits = 0;                   ///< height of the log of initialised locals
    u32 weight = 1;                  ///< loop weight outside of the block

    [[nodiscard]] std::span<const ValType> params() const {
        if (type == nullptr) return {};
        return type->params;
    }
    [[nodiscard]] std::span<const ValType> results() const {
        if (type != nullptr) return type->results;
        return {&single, single == ValType::bottom ? std::size_t{0} : std::size_t{1}};
    }
    [[nodiscard]] bool takes_nothing() const {
        return type == nullptr && (single == ValType::bottom || kind == Kind::loop);
    }
    /// What a branch to this block takes along.
    [[nodiscard]] std::span<const ValType> label_types() const {
        return kind == Kind::loop ? params() : results();
    }
};

/// Block types of one byte: empty, or a number type. `single` as in ControlFrame.
constexpr bool is_plain_block_type(u8 byte, ValType* single) {
    *single = byte == 0x40 ? ValType::bottom : ValType(static_cast<ValKind>(0x7F - byte));
    return byte == 0x40 || (byte >= 0x7C && byte < 0x80);
}

/// A parameter or variable of the function.
struct TypedLocal {
    ValType type;
    u32 weight = 0;  ///< of its uses, for the choice of pins
};

/// A function type that calls are checked against quickly: few parameters, at most one result, all
/// of them plain (is_special()).
struct CallShape {
    static constexpr std::size_t kMostParams = 8;
    ValType params[kMostParams];  ///< the last ones, as they lie on the stack
    ValType result;               ///< bottom: none
    u32 param_count = kNotPlain;
    bool is_known = false;
    static constexpr u32 kNotPlain = ~0u;
};

/// What the main loop does with an opcode byte; derived from instructions.def and the features.
/// rule: everything without a place of its own in the loop. marker: likewise, and not counted: the
/// frames of try blocks.
// clang-format off
#define WASMI_ACTIONS(X)                                                                         \
    X(rule) X(marker) X(unary) X(binary) X(load) X(store) X(local_get) X(local_set) X(local_tee) \
    X(global_get) X(global_set) X(drop) X(select) X(s32_const) X(s64_const) X(bits32_const)      \
    X(bits64_const) X(nop) X(block) X(loop) X(if_) X(else_) X(end) X(br) X(br_if) X(return_)     \
    X(call) X(unreachable)
// clang-format on

enum class Action : u8 {
#define WASMI_ACTION(name) name,
    WASMI_ACTIONS(WASMI_ACTION)
#undef WASMI_ACTION
};

/// v128 and references that can not be null need more than their type: slots, initialisation.
constexpr bool is_special(ValType type) { return (type.bits() & 0xEu) == 4; }
static_assert(is_special(ValType::v128) && is_special(ValType::ref(HeapKind::func, false)));
static_assert(!is_special(ValType::funcref) && !is_special(ValType::f64));

class FunctionValidator {
  public:
    explicit FunctionValidator(ModuleData& module);

    /// Makes calls quick to check; worth it for more than one function.
    void prepare_calls();
    /// The body of a defined function; fills its facts.
    [[nodiscard]] Result<void> validate_body(u32 defined_index);
    /// The slots of parameters and locals; of parameters alone if the locals are wrong.
    [[nodiscard]] u32 measure_locals(u32 defined_index);
    /// A constant expression of the expected type that may refer to the first `global_count`
    /// globals. Functions that it refers to are marked as declared.
    [[nodiscard]] Result<void> validate_constant(ConstExpr expr, ValType expected,
                                                 u32 global_count);

  private:
    struct State {
        const u8* p = nullptr;    ///< next byte
        ValType* sp = nullptr;    ///< one above the top operand
        ValType* base = nullptr;  ///< lowest operand of the current block
        ValType* high = nullptr;  ///< where sp would set a new record: slots are measured so
        u32 weight = 1;           ///< 8 ^ loop depth, at most 8^4
    };
    /// How far behind its opcode byte a fast case may read.
    static constexpr std::ptrdiff_t kLookahead = 16;

    // main_loop.cpp
    bool run();
    void make_targets(const void* const* labels);
    /// Something is wrong, but only rules know what and where.
    bool look_closer() {
        error_.reset();
        look_closer_ = true;
        return false;
    }
    bool begin_plain(State& s, ControlFrame::Kind kind);
    bool set_plain_local(State& s);
    [[nodiscard]] bool is_plainly_done(const State& s) const;
    /// Whether there is a label of that number, given by one byte, whose values are none.
    bool takes_nothing(u8 depth) const {
        return depth < 0x80 && depth <= top_ - frames_.data() && top_[-depth].takes_nothing();
    }

    // function_validator.cpp
    bool attempt(u32 defined_index, bool careful);
    bool read_locals(std::span<const ValType> params);
    bool add_locals(u32 count, ValType type);
    bool start(ByteRange bytes);
    void gather_facts(FuncFacts& facts);

    // instruction_rules.cpp
    bool rule();  ///< the instruction at at_, whose opcode byte is read
    bool check_constant(Instr instr);
    bool global_get();
    bool ref_func();
    bool plain_immediates(Instr instr, ValType* address);
    bool plain_rule(Instr instr);  ///< rows with a signature
    bool poly_rule(Instr instr);
    ValType use_local(u32 index) {
        TypedLocal& local = locals_.data()[index];
        local.weight += s_.weight;
        return local.type;
    }
    bool local_get(u32 index);
    bool local_set(u32 index);
    bool local_tee(u32 index);
    bool select();
    bool select_typed();
    bool table_rule(Instr instr);
    bool reference_rule(Instr instr);
    bool memory_copy();

    // control_rules.cpp
    bool control_rule(Instr instr);
    void set_frames_limit();
    /// There is room for it, and its parameters are off the stack.
    void open_frame(State& s, ControlFrame::Kind kind, const FuncType* type, ValType single) {
        ControlFrame& frame = *++top_;
        frame.kind = kind;
        frame.unreachable = false;
        frame.single = single;
        frame.type = type;
        frame.height = static_cast<u32>(s.sp - bottom());
        frame.vectors = max_slots_ - static_cast<u32>(s.high - bottom());
        frame.inits = init_count_;
        frame.weight = s.weight;
        if (kind == ControlFrame::Kind::loop) s.weight = std::min(s.weight * 8, 4096u);
        s.base = s.sp;
    }
    bool push_frame(ControlFrame::Kind kind, const FuncType* type, ValType single);
    bool block(ControlFrame::Kind kind);
    bool check_block_end();
    bool end();
    void leave_block();
    bool begin_else();
    bool begin_catch(bool all);
    bool delegate();
    bool restart_block(ControlFrame::Kind kind, std::span<const ValType> params);
    void reset_inits(u32 count);
    bool br(ControlFrame* label);
    bool br_if(ControlFrame* label);
    bool br_table();
    bool br_on_null();
    bool br_on_non_null();
    bool br_on_cast(bool fail);
    bool call(const FuncType& type);
    bool return_call(const FuncType& type);
    bool call_indirect(bool tail);
    bool call_ref(bool tail);
    bool throw_tag();
    bool try_table();
    bool catch_clause();
    bool rethrow();

    // gc_rules.cpp
    bool gc_rule(Instr instr);
    bool struct_rule(Instr instr);
    bool pop_fields(std::span<const FieldType> fields);
    bool check_defaults(u32 type_index, std::span<const FieldType> fields);
    bool array_rule(Instr instr);
    bool array_new_fixed(ValType element, ValType result);
    bool ref_test_or_cast(bool is_cast, bool nullable);
    bool convert(HeapKind from, HeapKind to);

    // body_reader.cpp: immediates; errors are malformed, or invalid for indices out of range
    template <class Read>
    bool read_with(const Read& read);
    bool read_byte(u8* out);
    bool read_count(u32* out);  ///< number of elements that take at least a byte each
    bool read_u32(u32* out);
    bool read_val_type(ValType* out);
    bool read_heap_type(bool nullable, ValType* out);
    bool read_block_type(const FuncType** type, ValType* single);
    bool check_memarg(Instr instr, const Immediates& imm, ValType* address);
    bool check_memory(u32 index, ValType* address);
    bool check_data(u32 index, const u8* at);
    bool check_elem(u32 index, ValType* out);
    bool check_lane(u32 lane, u32 count);
    bool read_label(ControlFrame** out);
    bool read_type(TypeId* out);
    bool func_type(u32 index, TypeId* id, const FuncType** out);
    bool read_func_type(TypeId* id, const FuncType** out);
    bool read_struct_type(u32* index, TypeId* id, const SubType** out);
    bool read_array_type(TypeId* id, const FieldType** out);
    bool read_table(const TableType** out);
    bool read_memory(ValType* address);
    bool read_tag(const FuncType** out);
    bool read_data();
    bool read_elem(ValType* out);
    bool read_index(std::string_view what, std::size_t count, u32* out);

    // operand_stack.cpp
    /// Entries under the bottom of the stack that can be read: a call looks at so many.
    static constexpr std::size_t kBelowBottom = CallShape::kMostParams;
    [[nodiscard]] ValType* bottom() const { return values_.data() + kBelowBottom; }
    /// State::high while nothing of the current block takes more than one slot.
    [[nodiscard]] ValType* high_of_block() const { return bottom() + (max_slots_ - top_->vectors); }
    bool reserve_values(std::size_t count, std::size_t keep = 0);
    bool grow(u32 slots);
    bool push(ValType type) {
        const u32 slots = type.slots();
        if (WASMI_UNLIKELY(s_.high - s_.sp < static_cast<std::ptrdiff_t>(slots)) && !grow(slots)) {
            return false;
        }
        *s_.sp++ = type;
        s_.high -= slots - 1;
        return true;
    }
    bool push_list(std::span<const ValType> types);
    bool pop(ValType want);
    bool pop_any(ValType* out);
    /// Any reference; (ref bottom) in unreachable code.
    bool pop_ref(ValType* out);
    bool pop_list(std::span<const ValType> want);
    bool pop_list(std::initializer_list<ValType> want) {
        return pop_list(std::span<const ValType>(want.begin(), want.size()));
    }
    /// Whether the top of the stack fits, leaving it there; `below` is where it would be popped to.
    bool check_list(std::span<const ValType> want, ValType** below);
    void drop_to(ValType* below);
    void set_unreachable();
    [[nodiscard]] bool matches(ValType got, ValType want) const;
    [[nodiscard]] bool match_lists(std::span<const ValType> got,
                                   std::span<const ValType> want) const;

    // body_errors.cpp
    bool fail(Error error);
    bool fail(ErrorKind kind, std::string message, const u8* at);
    /// Unsupported: "`what` needs the feature …".
    bool feature_off(Feature feature, std::string_view what);
    bool invalid(std::string message) { return fail(ErrorKind::invalid, std::move(message), at_); }
    bool malformed(std::string message, const u8* at) {
        return fail(ErrorKind::malformed, std::move(message), at);
    }
    bool unknown(std::string_view what, u32 index);
    bool unexpected_end();
    bool out_of_memory();
    bool mismatch(std::span<const ValType> want);
    bool mismatch(std::string detail);
    bool leftover(std::span<const ValType> results);
    [[nodiscard]] Instr current_instr() const;
    [[nodiscard]] std::string current_name() const;

    [[nodiscard]] Error take_error();
    [[nodiscard]] const SubType& type_of(TypeId id) const { return types_.get(id).sub; }
    [[nodiscard]] static ValType address_type(bool is_64) {
        return is_64 ? ValType::i64 : ValType::i32;
    }

    ModuleData& module_;
    const TypeRegistry& types_;
    const Features features_;
    std::array<const void*, 256> targets_{};  ///< where the main loop goes for an opcode byte
    std::vector<CallShape> call_shapes_;      ///< by type id, from first_shape_
    TypeId first_shape_ = 0;

    State s_;
    const u8* at_ = nullptr;   ///< first byte of the current instruction; not kept by the main loop
    const u8* end_ = nullptr;  ///< end of the body
    const u8* limit_ = nullptr;    ///< where kLookahead bytes can no longer be read, or end_
    bool look_closer_ = false;     ///< a fast case met something wrong: attempt() once more
    ControlFrame* top_ = nullptr;  ///< current block
    ControlFrame* frames_limit_ = nullptr;  ///< where the top frame would be too many or too high
    Buffer<ValType> values_;
    Buffer<ControlFrame> frames_;
    Buffer<TypedLocal> locals_;
    Buffer<u8> init_;       ///< per local: may be read
    Buffer<u32> init_log_;  ///< locals initialised in open blocks
    u32 init_count_ = 0;
    u32 local_count_ = 0;
    u32 local_slots_ = 0;
    u32 max_slots_ = 0;
    u32 instructions_ = 0;
    u64 call_weight_ = 0;
    u32 func_index_ = 0;
    bool is_constant_ = false;
    u32 global_count_ = 0;              ///< globals that a constant expression may name
    std::vector<bool> known_defaults_;  ///< per type index: a structure of defaultable fields
    std::optional<Error> error_;
};

/// Reads with the decoder's reader from the current position; what it finds wrong is the error.
template <class Read>
bool FunctionValidator::read_with(const Read& read) {
    const u8* const bytes = module_.bytes.data();
    Reader r(module_.bytes, {static_cast<u32>(s_.p - bytes), static_cast<u32>(end_ - s_.p)});
    read(r);
    if (WASMI_UNLIKELY(!r.ok())) {
        return fail(r.take_error());
    }
    s_.p = r.pos();
    return true;
}

/// The specification decodes all bodies before it validates anything: a malformed body anywhere
/// goes before an invalid part of the module.
[[nodiscard]] Error malformed_first(const ModuleData& module, Error error);

/// "[i32 i64]", as the official suite writes lists of types.
[[nodiscard]] std::string list_to_string(std::span<const ValType> types);

}  // namespace wasmi::core
