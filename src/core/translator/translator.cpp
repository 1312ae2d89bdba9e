// Translator: the main loop, one case per instruction or family.
// Spec: exec/instructions.
#include "core/translator/translator.hpp"

#include "core/translator/function_translator.hpp"
#include "core/translator/instruction_rows.hpp"

#include <algorithm>
#include <type_traits>

namespace wasmi::core {

namespace {

constexpr bool is_block(Instr instr) {
    return instr == Instr::block || instr == Instr::loop || instr == Instr::if_ ||
           instr == Instr::try_table || instr == Instr::try_;
}

/// A number of a validated body, and what follows it.
template <class T>
struct Leb {
    const u8* next;
    T value;
};

/// Numbers of three bytes and more.
template <class T>
[[nodiscard]] WASMI_NOINLINE Leb<T> read_long(const u8* p) {
    u64 value = 0;
    for (u32 shift = 0;; shift += 7) {
        const u8 byte = *p++;
        value |= u64{byte & 0x7Fu} << shift;
        if (byte >= 0x80) continue;
        if (std::is_signed_v<T> && shift < 57 && (byte & 0x40) != 0) {
            value |= ~u64{0} << (shift + 7);
        }
        return {p, static_cast<T>(value)};
    }
}

[[nodiscard]] WASMI_ALWAYS_INLINE Leb<u32> read_u32(const u8* p) {
    if (WASMI_LIKELY(p[0] < 0x80)) return {p + 1, p[0]};
    if (WASMI_LIKELY(p[1] < 0x80)) return {p + 2, (p[0] & 0x7Fu) | u32{p[1]} << 7};
    return read_long<u32>(p);
}

/// Whether a constant has one byte or two is hard to predict, and takes no branch.
[[nodiscard]] WASMI_ALWAYS_INLINE Leb<i64> read_s64(const u8* p) {
    const bool two = p[0] >= 0x80;
    if (WASMI_UNLIKELY((p[0] & p[1]) >= 0x80)) return read_long<i64>(p);
    const u64 first = u64{p[0]} << 57;
    const u64 both = first >> 7 | u64{p[1]} << 57;
    const i64 value = static_cast<i64>(WASMI_UNPREDICTABLE(two) ? both : first);
    return {p + 1 + (two ? 1 : 0), value >> (two ? 50 : 57)};
}

}  // namespace

FunctionTranslator::FunctionTranslator(ModuleData& module, u32 index, const CodeTarget& target,
                                       TranslatorBuffers& buffers, Keep keep)
    : module_(module),
      index_(index),
      code_target_(target),
      facts_(module.facts[index]),
      type_(module.type_of_func(module.num_imported_funcs + index)),
      tuning_(module.engine->config.tuning),
      reader_(module.bytes, module.funcs[index].body),
      space_{module.types, 0, module.engine->config.features},
      emitter_(buffers.emitter),
      plain_memory_(!module.memories.empty() && !module.memories[0].is_64),
      buffers_(buffers),
      controls_(buffers.controls),
      pending_(buffers.pending),
      protected_(buffers.protected_),
      pads_(buffers.pads) {
    buffers.clear();
    Emitter::Options options;
    options.fuse = tuning_.fuse;
    options.module = module.bytes.data();
    options.shared_memory = !module.memories.empty() && module.memories[0].is_shared;
    if (keep == Keep::positions) options.positions = &out_.positions;
    if (keep == Keep::blocks) options.blocks = &out_.blocks;
    emitter_.start(target, options);
}

void FunctionTranslator::read_locals() {
    std::vector<Local>& locals = buffers_.locals;
    u32 slot = 0;
    const auto add = [&](ValType type) {
        locals.push_back({0, static_cast<u16>(slot), Cls::N, type.kind()});
        slot += type.slots();
    };
    for (const ValType t : type_.sub.func.params) add(t);
    const u32 groups = reader_.read_u32();
    for (u32 i = 0; i < groups; ++i) {
        const u32 count = reader_.read_u32();
        const ValType t = read_val_type(reader_, space_);
        for (u32 n = 0; n < count; ++n) add(t);
    }
    if (locals.empty()) locals.emplace_back();  // values name the first if they are none
    locals_ = locals.data();
    if (!tuning_.pin_locals) return;
    const auto pin = [&](u32 bank, const u16* pins, int count) {
        for (int i = 0; i < count && pins[i] != FuncFacts::kNoLocal; ++i) {
            pin_local_[bank][i] = pins[i];
            locals_[pins[i]].pin = i == 0 ? Cls::P0 : Cls::P1;
        }
    };
    pin(0, facts_.int_pins, kIntPins);
    pin(1, facts_.float_pins, kFloatPins);
    pins_are_stale();
}

Result<Translation> FunctionTranslator::run() {
    const u32 first_home = facts_.local_slots;
    if (first_home + facts_.max_operand_slots >= 0xFFF0) {
        return Error(ErrorKind::limit, "function needs a frame of more than 65,520 slots");
    }
    read_locals();
    // Branches to the end bring results that no instruction may have had on the stack.
    stack_.start(buffers_.values, first_home,
                 std::max(facts_.max_operand_slots, type_.result_slots));
    locals_below_ = stack_.end();
    push_control(Control::Kind::function, {});
    Control& function = controls_.back();
    function.results = type_.sub.func.results.data();
    function.num_results = static_cast<u32>(type_.sub.func.results.size());
    if (module_.engine->config.compile == CompileMode::lazy) {
        at_ = reader_.pos();
        emit_slow(Op::slow_lazy_entry, {}, frame_slots(facts_, type_) * 8, facts_.instructions);
    }
    translate_body();
    if (WASMI_UNLIKELY(!reader_.ok())) return reader_.take_error();
    if (error_ != nullptr) return std::move(*error_);
    emit_landing_pads();
    out_.code = emitter_.finish();
    out_.return_addresses = emitter_.return_addresses();
    for (const Protected& p : protected_) {
        CatchEntry entry{};
        entry.begin = p.begin;
        entry.end = p.end;
        if (p.is_delegate) {
            entry.go_on_at = p.go_on_at;
        } else {
            entry.tag = p.clause.tag;
            entry.with_ref = p.clause.with_ref;
            entry.pad = emitter_.position_of(p.clause.pad);
            entry.slot = static_cast<u16>(p.clause.slot);
            entry.ref_slot = static_cast<u16>(p.clause.ref_slot);
        }
        out_.catches.push_back(entry);
    }
    return std::move(out_);
}

inline void FunctionTranslator::begin_instr(const u8* at) {
    at_ = at;
    if (WASMI_UNLIKELY(emitter_.is_long())) {
        spill_accs();
        emitter_.flush();
    }
}

const u8* FunctionTranslator::read_access(const u8* p) {
    reader_.seek(p);
    read_immediates(reader_, Imm::memarg, space_, imm_);
    return reader_.pos();
}

inline BlockType FunctionTranslator::read_type_of_block(const u8* p) {
    reader_.seek(p);
    return read_block_type(reader_, space_);
}

// Validation has proved that all numbers end where they should. The switch is over opcodes: where
// it goes is hard to predict, and each table on the way there makes a wrong guess dearer.
#define WASMI_CASE(instr, ...) case code_of(Instr::instr):
void FunctionTranslator::translate_body() {
    const u8* p = reader_.pos();
    u32 count = 0;  // kept here: what needs it in count_ says so
    for (;;) {
        const u8* const at = p;
        const u8 code = *p++;
        const InstrRow& row = kInstrRows[code];
        ++count;
        switch (code) {
            // ---- what appends nothing --------------------------------------------------------
            case code_of(Instr::local_get): {
                const Leb<u32> local = read_u32(p);
                p = local.next;
                push_local(local.value);
                continue;
            }
            case code_of(Instr::i32_const): {
                const Leb<i64> number = read_s64(p);
                p = number.next;
                push_const(ValKind::i32, static_cast<u32>(number.value));
                continue;
            }
            case code_of(Instr::i64_const): {
                const Leb<i64> number = read_s64(p);
                p = number.next;
                push_const(ValKind::i64, static_cast<u64>(number.value));
                continue;
            }
            case code_of(Instr::drop):
                pop();
                continue;
            case code_of(Instr::nop):
                --count;
                continue;

            // ---- numerics, variables, memory -------------------------------------------------
            case code_of(Instr::local_set): {
                const Leb<u32> local = read_u32(p);
                p = local.next;
                begin_instr(at);
                local_set(local.value);
                continue;
            }
            case code_of(Instr::local_tee): {
                const Leb<u32> local = read_u32(p);
                p = local.next;
                begin_instr(at);
                local_set(local.value);
                push_local(local.value);
                continue;
            }
                WASMI_UNARIES(WASMI_CASE)
                begin_instr(at);
                unary(row.op, row.type);
                continue;
                WASMI_INT_BINARIES(WASMI_CASE)
                begin_instr(at);
                int_binary(row.op, row.type);
                continue;
                WASMI_COMPARES(WASMI_CASE)
                begin_instr(at);
                compare(row.op, row.swap);
                continue;
                WASMI_FLOAT_BINARIES(WASMI_CASE)
                begin_instr(at);
                float_binary(row.op, row.type, row.swap);
                continue;
                WASMI_LOADS(WASMI_CASE) {
                    begin_instr(at);
                    const Leb<u32> offset = read_u32(p + 1);
                    if (WASMI_UNLIKELY(!is_plain_access(p, offset.value))) {
                        p = read_access(p);
                        load(row, imm_);
                        continue;
                    }
                    p = offset.next;
                    load_plain(row, offset.value);
                    continue;
                }
                WASMI_STORES(WASMI_CASE) {
                    begin_instr(at);
                    const Leb<u32> offset = read_u32(p + 1);
                    if (WASMI_UNLIKELY(!is_plain_access(p, offset.value))) {
                        p = read_access(p);
                        store(row, imm_);
                        continue;
                    }
                    p = offset.next;
                    store_plain(row, offset.value);
                    continue;
                }
            case code_of(Instr::global_get):
            case code_of(Instr::global_set): {
                const Leb<u32> global = read_u32(p);
                p = global.next;
                begin_instr(at);
                if (code == code_of(Instr::global_get)) {
                    global_get(global.value);
                } else {
                    global_set(global.value);
                }
                continue;
            }
            case code_of(Instr::select):
                begin_instr(at);
                select(stack_[stack_.size() - 2].type);
                continue;

            // ---- control ---------------------------------------------------------------------
            case code_of(Instr::block):
            case code_of(Instr::loop): {
                count_ = --count;
                begin_instr(at);
                const BlockType type = read_type_of_block(p);
                p = reader_.pos();
                begin_block(
                    code == code_of(Instr::loop) ? Control::Kind::loop : Control::Kind::block,
                    type);
                continue;
            }
            case code_of(Instr::if_): {
                count_ = count;
                begin_instr(at);
                const BlockType type = read_type_of_block(p);
                p = reader_.pos();
                begin_if(type);
                continue;
            }
            case code_of(Instr::else_):
                count_ = --count;
                begin_instr(at);
                begin_else();
                continue;
            case code_of(Instr::end):
                count_ = --count;
                begin_instr(at);
                end_block();
                if (controls_.empty()) return;
                continue;
            case code_of(Instr::br_if): {
                const Leb<u32> depth = read_u32(p);
                p = depth.next;
                begin_instr(at);
                Condition condition;
                pop_condition(condition);
                branch_if(condition, depth.value);
                continue;
            }
            case code_of(Instr::call): {
                const Leb<u32> func = read_u32(p);
                p = func.next;
                begin_instr(at);
                call(func.value);
                continue;
            }

            // ---- what nothing may follow -----------------------------------------------------
            case code_of(Instr::br): {
                const Leb<u32> depth = read_u32(p);
                p = depth.next;
                begin_instr(at);
                branch(depth.value);
                break;
            }
            case code_of(Instr::return_):
                begin_instr(at);
                return_values();
                unreachable();
                break;
            case code_of(Instr::try_table):
            case code_of(Instr::try_):
            case code_of(Instr::catch_):
            case code_of(Instr::catch_all):
            case code_of(Instr::delegate):
                --count;
                [[fallthrough]];
            default:
                count_ = count;
                begin_instr(at);
                reader_.seek(at);
                translate(read_valid_instr(reader_, space_.features));
                if (WASMI_UNLIKELY(error_ != nullptr || !reader_.ok())) return;
                p = reader_.pos();
                if (reachable_) continue;
                break;
        }
        reader_.seek(p);
        count_ = count;
        skip_dead_code();
        count = count_;
        if (controls_.empty() || !reader_.ok()) return;
        p = reader_.pos();
    }
}
#undef WASMI_CASE

/// Up to where something can be reached again, or the end of the function.
void FunctionTranslator::skip_dead_code() {
    u32 nesting = 0;
    while (!reachable_ && !controls_.empty()) {
        at_ = reader_.pos();
        const Instr instr = read_valid_instr(reader_, space_.features);
        if (WASMI_UNLIKELY(!reader_.ok())) return;
        if (is_charged(instr)) ++count_;
        read_immediates(reader_, imm_of(instr), space_, imm_);
        if (is_block(instr)) ++nesting;
        if (nesting != 0) {
            if (instr == Instr::end || instr == Instr::delegate) --nesting;
            continue;
        }
        switch (instr) {
            case Instr::catch_:
                begin_catch(imm_.index);
                break;
            case Instr::catch_all:
                begin_catch(kNoIndex);
                break;
            case Instr::delegate:
                end_delegate(imm_.index);
                break;
            case Instr::else_:
                begin_else();
                break;
            case Instr::end:
                end_block();
                break;
            default:
                break;
        }
    }
}

Result<Translation> translate_function(ModuleData& module, u32 index, const CodeTarget& target,
                                       TranslatorBuffers& buffers, Keep keep) {
    return FunctionTranslator(module, index, target, buffers, keep).run();
}

}  // namespace wasmi::core
