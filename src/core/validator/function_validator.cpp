// The main loop of the validator: the frequent instructions inline, everything else by a call.
// Spec: appendix/algorithm.
//
// The fast cases test for exactly the types they want and for enough operands in the current block.
// Whatever is not so plain (unreachable code, subtypes, v128, an error) goes to the rule of the
// instruction, which starts over from the immediates. So the fast cases hold no message at all.

#include "core/validator/function_validator.hpp"

#include "core/decoder/body_scan.hpp"
#include "core/validator/sig_shape.hpp"
#include "core/validator/validator.hpp"

#include <algorithm>

namespace wasmi::core {

namespace {

using Kind = ControlFrame::Kind;

/// What the loop has to know of an opcode byte with a plain signature.
struct Row {
    ValType in0;  ///< the lower operand; of a store, the value
    ValType in1;
    ValType out;
    u8 access = 0;
};

constexpr u8 code_of(Instr instr) { return static_cast<u8>(opcode_of(instr).code); }

constexpr Action plain_action(Instr instr) {
    const SigShape& shape = kSigShapes[index_of(instr)];
    const Imm imm = imm_of(instr);
    if (shape.is_poly || shape.out_count > 1) return Action::rule;
    if (imm == Imm::memarg) return shape.out_count == 1 ? Action::load : Action::store;
    if (imm == Imm::none && shape.out_count == 1 && shape.in_count == 1) return Action::unary;
    if (imm == Imm::none && shape.out_count == 1 && shape.in_count == 2) return Action::binary;
    return Action::rule;
}

constexpr std::array<Action, 256> make_actions() {
    std::array<Action, 256> actions{};
    for (u32 code = 0; code < 256; ++code) {
        const Instr instr = kOpcodePage[code];
        actions[code] = instr == kIllegalInstr ? Action::rule : plain_action(instr);
    }
    actions[code_of(Instr::local_get)] = Action::local_get;
    actions[code_of(Instr::local_set)] = Action::local_set;
    actions[code_of(Instr::local_tee)] = Action::local_tee;
    actions[code_of(Instr::global_get)] = Action::global_get;
    actions[code_of(Instr::drop)] = Action::drop;
    actions[code_of(Instr::select)] = Action::select;
    actions[code_of(Instr::i32_const)] = Action::s32_const;
    actions[code_of(Instr::i64_const)] = Action::s64_const;
    actions[code_of(Instr::f32_const)] = Action::bits32_const;
    actions[code_of(Instr::f64_const)] = Action::bits64_const;
    actions[code_of(Instr::nop)] = Action::nop;
    actions[code_of(Instr::block)] = Action::block;
    actions[code_of(Instr::loop)] = Action::loop;
    actions[code_of(Instr::if_)] = Action::if_;
    actions[code_of(Instr::else_)] = Action::else_;
    actions[code_of(Instr::end)] = Action::end;
    actions[code_of(Instr::br)] = Action::br;
    actions[code_of(Instr::br_if)] = Action::br_if;
    actions[code_of(Instr::return_)] = Action::return_;
    actions[code_of(Instr::call)] = Action::call;
    actions[code_of(Instr::unreachable)] = Action::unreachable;
    for (const Instr marker :
         {Instr::try_, Instr::catch_, Instr::catch_all, Instr::delegate, Instr::try_table}) {
        actions[code_of(marker)] = Action::marker;
    }
    return actions;
}

constexpr std::array<Row, 256> make_rows() {
    std::array<Row, 256> rows{};
    for (u32 code = 0; code < 256; ++code) {
        const Instr instr = kOpcodePage[code];
        if (instr == kIllegalInstr) continue;
        const SigShape& shape = kSigShapes[index_of(instr)];
        const bool is_store = plain_action(instr) == Action::store;
        rows[code] = {is_store ? shape.in[1] : shape.in[0], shape.in[1], shape.out[0],
                      static_cast<u8>(access_log2(instr))};
    }
    return rows;
}

constexpr std::array<Action, 256> kActions = make_actions();
constexpr std::array<Row, 256> kRows = make_rows();

struct Leb {
    const u8* next;  ///< null: not a number, or one that takes all bytes there are
    u32 value;
};

/// The second and further bytes of an unsigned number whose first byte is at p.
WASMI_NOINLINE Leb long_u32(const u8* p, const u8* end) {
    u32 value = 0;
    for (u32 shift = 0; shift < 28 && p != end; shift += 7) {
        const u8 byte = *p++;
        value |= static_cast<u32>(byte & 0x7F) << shift;
        if (byte < 0x80) return {p, value};
    }
    if (p == end || *p >= 0x10) return {nullptr, 0};
    return {p + 1, value | static_cast<u32>(*p) << 28};
}

WASMI_ALWAYS_INLINE Leb read_short_u32(const u8* p, const u8* end) {
    if (WASMI_LIKELY(end - p >= 2)) {
        if (p[0] < 0x80) return {p + 1, p[0]};
        if (p[1] < 0x80) return {p + 2, (p[0] & 0x7Fu) | static_cast<u32>(p[1]) << 7};
    }
    return long_u32(p, end);
}

/// One past a number of at most `max` bytes; null if it does not end there.
WASMI_ALWAYS_INLINE const u8* skip_number(const u8* p, const u8* end, std::ptrdiff_t max) {
    const u8* const stop = end - p < max ? end : p + max;
    while (p != stop) {
        if (*p++ < 0x80) return p;
    }
    return nullptr;
}

/// v128 and references that can not be null need more than their type: slots, initialisation.
constexpr bool is_special(ValType type) { return (type.bits() & 0xEu) == 4; }
static_assert(is_special(ValType::v128) && is_special(ValType::ref(HeapKind::func, false)));
static_assert(!is_special(ValType::funcref) && !is_special(ValType::f64));

/// Whether the operands are exactly the parameters, and there is at most one result; all plain.
bool is_plain_call(const FuncType& type, const ValType* base, const ValType* sp) {
    const std::size_t params = type.params.size();
    if (static_cast<std::size_t>(sp - base) < params || type.results.size() > 1) return false;
    if (!type.results.empty() && is_special(type.results.front())) return false;
    const ValType* got = sp - params;
    for (const ValType want : type.params) {
        if (*got++ != want || is_special(want)) return false;
    }
    return true;
}

}  // namespace

FunctionValidator::FunctionValidator(ModuleData& module)
    : module_(module), types_(module.engine->types), features_(module.engine->config.features) {
    for (u32 code = 0; code < 256; ++code) {
        // An instruction of a feature that is off goes to rule(), which refuses it.
        const Instr instr = kOpcodePage[code];
        const bool on = instr != kIllegalInstr && features_.has(feature_of(instr));
        actions_[code] = on ? kActions[code] : Action::rule;
    }
    constant_actions_.fill(Action::rule);
    constant_actions_[code_of(Instr::end)] = Action::end;
    fast_memory_ = !module.memories.empty() && !module.memories[0].is_64;
}

Error FunctionValidator::take_error() {
    Error error = std::move(*error_);
    error_.reset();
    return error;
}

bool FunctionValidator::start(ByteRange bytes) {
    s_.p = module_.bytes.data() + bytes.offset;
    s_.end = s_.p + bytes.size;
    s_.at = s_.p;
    s_.weight = 1;
    init_count_ = 0;
    max_slots_ = 0;
    instructions_ = 0;
    call_weight_ = 0;
    if (!values_.reserve(64) || !frames_.reserve(16)) return out_of_memory();
    s_.sp = s_.base = s_.high = values_.data();
    s_.top = frames_.data();
    *s_.top = ControlFrame{};
    s_.top->kind = Kind::func;
    return true;
}

Result<void> FunctionValidator::validate_constant(ConstExpr expr, ValType expected,
                                                  u32 global_count) {
    is_constant_ = true;
    global_count_ = global_count;
    local_count_ = 0;
    bool ok = start(expr);
    if (ok) {
        s_.top->single = expected;
        ok = run();
    }
    is_constant_ = false;
    if (!ok) return take_error();
    return {};
}

Result<void> FunctionValidator::validate_body(u32 defined_index) {
    func_index_ = module_.num_imported_funcs + defined_index;
    const FuncType& type = module_.type_of_func(func_index_).sub.func;
    bool ok = start(module_.funcs[defined_index].body) && read_locals(type.params);
    if (ok) {
        s_.top->type = &type;
        ok = run();
    }
    if (!ok) return take_error();
    gather_facts(module_.facts[defined_index]);
    return {};
}

u32 FunctionValidator::measure_locals(u32 defined_index) {
    func_index_ = module_.num_imported_funcs + defined_index;
    const DefinedType& type = module_.type_of_func(func_index_);
    if (start(module_.funcs[defined_index].body) && read_locals(type.sub.func.params)) {
        return local_slots_;
    }
    error_.reset();
    return type.param_slots;
}

bool FunctionValidator::read_locals(std::span<const ValType> params) {
    local_count_ = 0;
    local_slots_ = 0;
    for (const ValType type : params) {
        if (!add_locals(1, type)) return false;
        init_.data()[local_count_ - 1] = 1;
    }
    const u8* const at = s_.p;
    u32 groups = 0;
    if (!read_count(&groups)) return false;
    // The declared number is checked as a whole before any local exists.
    const u8* const first = s_.p;
    u64 total = 0;
    for (const bool counting : {true, false}) {
        s_.p = first;
        for (u32 i = 0; i < groups; ++i) {
            u32 count = 0;
            ValType type;
            if (!read_u32(&count) || !read_val_type(&type)) return false;
            total += count;
            if (!counting && !add_locals(count, type)) return false;
        }
        if (!counting) break;
        if (total > 0xFFFF'FFFF) return malformed("too many locals", at);
        if (total + params.size() > module_.engine->config.limits.locals) {
            return fail(ErrorKind::limit,
                        "too many locals: " + std::to_string(total + params.size()), at);
        }
    }
    if (!weights_.reserve(local_count_) || !init_log_.reserve(local_count_)) return out_of_memory();
    std::fill_n(weights_.data(), local_count_, 0u);
    return true;
}

bool FunctionValidator::add_locals(u32 count, ValType type) {
    const std::size_t total = std::size_t{local_count_} + count;
    if (!locals_.reserve(total, local_count_) || !init_.reserve(total, local_count_)) {
        return out_of_memory();
    }
    std::fill_n(locals_.data() + local_count_, count, type);
    std::fill_n(init_.data() + local_count_, count, type.is_defaultable() ? u8{1} : u8{0});
    local_count_ += count;
    local_slots_ += count * type.slots();
    return true;
}

/// Picks the locals that the translator keeps in registers. A pinned local is loaded at entry and
/// after calls, and its operand classes make code of more kinds, of which fewer are fused: it has
/// to be used often. A use weighs 8 times as much in each loop around it.
void FunctionValidator::gather_facts(FuncFacts& facts) {
    facts = FuncFacts{};
    facts.max_operand_slots = max_slots_;
    facts.local_slots = local_slots_;
    facts.instructions = instructions_;
    constexpr u64 kLeastWeight = 64;  // measured: 4 and 200 are slower
    const u64 threshold = 3 * call_weight_ + kLeastWeight;
    const u32 candidates = std::min<u32>(local_count_, FuncFacts::kNoLocal);
    u32 best_int[2] = {0, 0};
    u32 best_float[2] = {0, 0};
    for (u32 i = 0; i < candidates; ++i) {
        const u32 weight = weights_.data()[i];
        const ValType type = locals_.data()[i];
        if (weight <= threshold || type.is_vector()) continue;
        const bool is_float = type == ValType::f32 || type == ValType::f64;
        u32* const best = is_float ? best_float : best_int;
        u16* const pins = is_float ? facts.float_pins : facts.int_pins;
        const u16 local = static_cast<u16>(i);
        if (weight > best[0]) {
            best[1] = best[0];
            pins[1] = pins[0];
            best[0] = weight;
            pins[0] = local;
        } else if (weight > best[1]) {
            best[1] = weight;
            pins[1] = local;
        }
    }
    facts.validated = true;
}

// The loop keeps the state in `s`. A rule out of line works on s_; it begins at the immediates.
// Each instruction ends in a jump of its own to the next: what follows an addition differs from
// what follows a constant, and one jump for all is predicted worse.
#define WASMI_ON(action) on_##action:
#define WASMI_NEXT                                             \
    {                                                          \
        s.at = s.p;                                            \
        if (WASMI_UNLIKELY(s.p == s.end)) goto on_end_of_body; \
        op = *s.p++;                                           \
        ++instructions;                                        \
        goto* kActionLabels[static_cast<u8>(actions[op])];     \
    }
#define WASMI_RULE(call)           \
    {                              \
        s_ = s;                    \
        if (!(call)) return false; \
        s = s_;                    \
        WASMI_NEXT                 \
    }
#define WASMI_PUSH(type)                      \
    {                                         \
        if (WASMI_UNLIKELY(s.sp == s.high)) { \
            s_ = s;                           \
            if (!grow(1)) return false;       \
            s = s_;                           \
        }                                     \
        *s.sp++ = (type);                     \
        WASMI_NEXT                            \
    }

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"  // labels as values are an extension of GCC and clang
bool FunctionValidator::run() {
    State s = s_;
    const Action* const actions = (is_constant_ ? constant_actions_ : actions_).data();
    const ValType* const locals = locals_.data();
    u32* const weights = weights_.data();
    const u32 local_count = local_count_;
    u32 instructions = 0;
    // In the order of Action.
#define WASMI_ACTION(name) &&on_##name,
    static const void* const kActionLabels[] = {WASMI_ACTIONS(WASMI_ACTION)};
#undef WASMI_ACTION
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
        const Row& row = kRows[op];
        if (WASMI_LIKELY(s.sp != s.base && s.sp[-1] == row.in0)) {
            s.sp[-1] = row.out;
            WASMI_NEXT
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(binary) {
        const Row& row = kRows[op];
        if (WASMI_LIKELY(s.sp - s.base >= 2 && s.sp[-1] == row.in1 && s.sp[-2] == row.in0)) {
            --s.sp;
            s.sp[-1] = row.out;
            WASMI_NEXT
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(load) {
        const Row& row = kRows[op];
        if (WASMI_LIKELY(fast_memory_ && s.p != s.end && *s.p <= row.access && s.sp != s.base &&
                         s.sp[-1] == ValType::i32)) {
            const Leb offset = read_short_u32(s.p + 1, s.end);
            if (WASMI_LIKELY(offset.next != nullptr)) {
                s.p = offset.next;
                s.sp[-1] = row.out;
                WASMI_NEXT
            }
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(store) {
        const Row& row = kRows[op];
        if (WASMI_LIKELY(fast_memory_ && s.p != s.end && *s.p <= row.access && s.sp - s.base >= 2 &&
                         s.sp[-1] == row.in0 && s.sp[-2] == ValType::i32)) {
            const Leb offset = read_short_u32(s.p + 1, s.end);
            if (WASMI_LIKELY(offset.next != nullptr)) {
                s.p = offset.next;
                s.sp -= 2;
                WASMI_NEXT
            }
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(local_get) {
        const Leb local = read_short_u32(s.p, s.end);
        if (WASMI_UNLIKELY(local.next == nullptr || local.value >= local_count)) {
            WASMI_RULE(rule())
        }
        weights[local.value] += s.weight;
        const ValType type = locals[local.value];
        if (WASMI_UNLIKELY(is_special(type))) WASMI_RULE(rule())
        s.p = local.next;
        WASMI_PUSH(type)
    }
    WASMI_ON(local_set) {
        const Leb local = read_short_u32(s.p, s.end);
        if (WASMI_UNLIKELY(local.next == nullptr || local.value >= local_count)) {
            WASMI_RULE(rule())
        }
        weights[local.value] += s.weight;
        const ValType type = locals[local.value];
        if (WASMI_LIKELY(s.sp != s.base && s.sp[-1] == type && !is_special(type))) {
            s.p = local.next;
            --s.sp;
            WASMI_NEXT
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(local_tee) {
        const Leb local = read_short_u32(s.p, s.end);
        if (WASMI_UNLIKELY(local.next == nullptr || local.value >= local_count)) {
            WASMI_RULE(rule())
        }
        weights[local.value] += s.weight;
        const ValType type = locals[local.value];
        if (WASMI_LIKELY(s.sp != s.base && s.sp[-1] == type && !is_special(type))) {
            s.p = local.next;
            WASMI_NEXT
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(global_get) {
        const Leb global = read_short_u32(s.p, s.end);
        if (WASMI_UNLIKELY(global.next == nullptr || global.value >= module_.globals.size())) {
            WASMI_RULE(rule())
        }
        const ValType type = module_.globals[global.value].type.value;
        if (WASMI_UNLIKELY(type.is_vector())) WASMI_RULE(rule())
        s.p = global.next;
        WASMI_PUSH(type)
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
        // The fifth byte has bits that must copy the sign: the rule looks at those.
        const u8* const next = skip_number(s.p, s.end, 4);
        if (WASMI_UNLIKELY(next == nullptr)) WASMI_RULE(rule())
        s.p = next;
        WASMI_PUSH(ValType::i32)
    }
    WASMI_ON(s64_const) {
        const u8* const next = skip_number(s.p, s.end, 9);
        if (WASMI_UNLIKELY(next == nullptr)) WASMI_RULE(rule())
        s.p = next;
        WASMI_PUSH(ValType::i64)
    }
    WASMI_ON(bits32_const)
    if (WASMI_UNLIKELY(s.end - s.p < 4)) WASMI_RULE(rule())
    s.p += 4;
    WASMI_PUSH(ValType::f32)
    WASMI_ON(bits64_const)
    if (WASMI_UNLIKELY(s.end - s.p < 8)) WASMI_RULE(rule())
    s.p += 8;
    WASMI_PUSH(ValType::f64)
    WASMI_ON(block)
    WASMI_ON(loop)
    --instructions;
    WASMI_RULE(block(actions[op] == Action::loop ? Kind::loop : Kind::block))
    WASMI_ON(if_)
    WASMI_RULE(block(Kind::if_))
    WASMI_ON(else_)
    --instructions;
    WASMI_RULE(begin_else())
    WASMI_ON(end) {
        --instructions;
        const ControlFrame& frame = *s.top;
        const std::ptrdiff_t results = frame.single == ValType::bottom ? 0 : 1;
        // One branch of an `if` is missing: it passes the parameters on as results. A catch
        // has a slot to give back.
        const bool is_plain = frame.type == nullptr &&
                              (frame.kind < Kind::if_ || (frame.kind == Kind::if_ && results == 0));
        if (WASMI_LIKELY(is_plain && s.sp - s.base == results &&
                         (results == 0 || s.sp[-1] == frame.single) && s.top != frames_.data() &&
                         init_count_ == frame.inits)) {
            s.weight = frame.weight;
            --s.top;
            s.base = values_.data() + s.top->height;
            WASMI_NEXT
        }
        if (s.top != frames_.data()) WASMI_RULE(end())
        s_ = s;
        instructions_ = instructions;
        return end();
    }
    WASMI_ON(br) {
        if (WASMI_LIKELY(s.p != s.end)) {
            const std::size_t depth = *s.p;
            if (depth < 0x80 && depth <= static_cast<std::size_t>(s.top - frames_.data())) {
                const ControlFrame& label = s.top[-static_cast<std::ptrdiff_t>(depth)];
                if (label.type == nullptr &&
                    (label.single == ValType::bottom || label.kind == Kind::loop)) {
                    ++s.p;
                    WASMI_RULE((set_unreachable(), true))
                }
            }
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(br_if) {
        if (WASMI_LIKELY(s.p != s.end && s.sp != s.base && s.sp[-1] == ValType::i32)) {
            const std::size_t depth = *s.p;
            if (depth < 0x80 && depth <= static_cast<std::size_t>(s.top - frames_.data())) {
                const ControlFrame& label = s.top[-static_cast<std::ptrdiff_t>(depth)];
                if (label.type == nullptr &&
                    (label.single == ValType::bottom || label.kind == Kind::loop)) {
                    ++s.p;
                    --s.sp;
                    WASMI_NEXT
                }
            }
        }
        WASMI_RULE(rule())
    }
    WASMI_ON(return_)
    WASMI_RULE(br(frames_.data()))
    WASMI_ON(unreachable)
    WASMI_RULE((set_unreachable(), true))
    WASMI_ON(call) {
        const Leb func = read_short_u32(s.p, s.end);
        if (WASMI_UNLIKELY(func.next == nullptr || func.value >= module_.func_types.size())) {
            WASMI_RULE(rule())
        }
        s.p = func.next;
        const FuncType& type = module_.type_of_func(func.value).sub.func;
        if (WASMI_LIKELY(is_plain_call(type, s.base, s.sp))) {
            call_weight_ += s.weight;
            s.sp -= type.params.size();
            if (type.results.empty()) WASMI_NEXT
            WASMI_PUSH(type.results.front())
        }
        WASMI_RULE(call(type))
    }

on_end_of_body:
    s_ = s;
    return unexpected_end();
}

#undef WASMI_RULE
#undef WASMI_PUSH
#undef WASMI_NEXT
#undef WASMI_ON
#pragma GCC diagnostic pop

Result<void> validate_function(ModuleData& module, u32 defined_index) {
    FunctionValidator validator(module);
    return validator.validate_body(defined_index);
}

void measure_locals(ModuleData& module) {
    FunctionValidator validator(module);
    for (u32 i = 0; i < module.funcs.size(); ++i) {
        module.facts[i].local_slots = validator.measure_locals(i);
    }
}

Result<void> validate_bodies(ModuleData& module, ErrorList* all) {
    FunctionValidator validator(module);
    Result<void> first;
    for (u32 i = 0; i < module.funcs.size(); ++i) {
        Result<void> done = validator.validate_body(i);
        if (done) continue;
        if (all == nullptr) return malformed_first(module, std::move(done).error());
        const bool is_full = !all->add(done.error());
        if (first) first = std::move(done);
        if (is_full) break;
    }
    return first;
}

Error malformed_first(const ModuleData& module, Error error) {
    if (error.kind() != ErrorKind::invalid && error.kind() != ErrorKind::malformed) return error;
    std::optional<Error> malformed = find_malformed_body(module);
    return malformed ? *std::move(malformed) : std::move(error);
}

}  // namespace wasmi::core
