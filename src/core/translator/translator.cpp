// Translator: the main loop, one case per instruction or family.
// Spec: exec/instructions.
#include "core/translator/translator.hpp"

#include "core/translator/function_translator.hpp"

namespace wasmi::core {

namespace {

/// Structure without run-time effect is free; everything else costs one unit of fuel.
constexpr bool is_charged(Instr instr) {
    switch (instr) {
        case Instr::nop:
        case Instr::block:
        case Instr::loop:
        case Instr::try_table:
        case Instr::try_:
        case Instr::catch_:
        case Instr::catch_all:
        case Instr::delegate:
        case Instr::else_:
        case Instr::end:
            return false;
        default:
            return true;
    }
}

constexpr ValKind kInt32 = ValKind::i32;

ValKind address_type(bool is_64) { return is_64 ? ValKind::i64 : ValKind::i32; }

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
      local_types_(buffers.local_types),
      local_slots_(buffers.local_slots),
      pins_(buffers.pins),
      uses_(buffers.uses),
      stack_(buffers.stack),
      controls_(buffers.controls),
      pending_(buffers.pending),
      protected_(buffers.protected_),
      pads_(buffers.pads) {
    buffers.clear();
    Emitter::Options options;
    options.fuse = tuning_.fuse;
    options.shared_memory = !module.memories.empty() && module.memories[0].is_shared;
    if (keep == Keep::positions) options.positions = &out_.positions;
    if (keep == Keep::blocks) options.blocks = &out_.blocks;
    emitter_.start(target, options);
}

bool FunctionTranslator::read_locals() {
    for (const ValType t : type_.sub.func.params) local_types_.push_back(t);
    const u32 groups = reader_.read_u32();
    for (u32 i = 0; i < groups; ++i) {
        const u32 count = reader_.read_u32();
        const ValType t = read_val_type(reader_, space_);
        local_types_.insert(local_types_.end(), count, t);
    }
    u32 slot = 0;
    for (const ValType t : local_types_) {
        local_slots_.push_back(slot);
        slot += t.slots();
    }
    uses_.resize(local_types_.size());
    if (tuning_.pin_locals) {
        pins_.resize(local_types_.size(), Cls::N);
        auto pin = [&](u32 bank, const u16* locals, int count) {
            for (int i = 0; i < count && locals[i] != FuncFacts::kNoLocal; ++i) {
                pin_local_[bank][i] = locals[i];
                pins_[locals[i]] = i == 0 ? Cls::P0 : Cls::P1;
            }
        };
        pin(0, facts_.int_pins, kIntPins);
        pin(1, facts_.float_pins, kFloatPins);
    }
    return first_operand_slot(facts_) + facts_.max_operand_slots < 0xFFF0;
}

Result<Translation> FunctionTranslator::run() {
    if (!read_locals()) {
        return Error(ErrorKind::limit, "function needs a frame of more than 65,520 slots");
    }
    push_control(Control::Kind::function, {});
    Control& function = controls_.back();
    function.results = type_.sub.func.results.data();
    function.num_results = static_cast<u32>(type_.sub.func.results.size());
    if (module_.engine->config.compile == CompileMode::lazy) {
        offset_ = reader_.offset();
        emit_slow(Op::slow_lazy_entry, {}, frame_slots(facts_, type_) * 8, facts_.instructions);
    }
    u32 skipped = 0;  // nesting of blocks that cannot be reached
    while (!controls_.empty() && error_ == nullptr) {
        offset_ = reader_.offset();
        const Instr instr = read_valid_instr(reader_, space_.features);
        if (WASMI_UNLIKELY(!reader_.ok())) return reader_.take_error();
        if (is_charged(instr)) ++count_;
        if (reachable_) {
            if (instr == Instr::local_get) {  // a third of all instructions
                push_local(reader_.read_u32());
                continue;
            }
            if (emitter_.size() > kMaxBlock) {
                spill_accs();
                emitter_.flush();
            }
            translate(instr);
            continue;
        }
        Immediates& imm = imm_;
        switch (instr) {
            case Instr::block:
            case Instr::loop:
            case Instr::if_:
            case Instr::try_table:
            case Instr::try_:
                ++skipped;
                read_immediates(reader_, imm_of(instr), space_, imm);
                break;
            case Instr::catch_:
            case Instr::catch_all:
                read_immediates(reader_, imm_of(instr), space_, imm);
                if (skipped == 0) begin_catch(instr == Instr::catch_ ? imm.index : kNoIndex);
                break;
            case Instr::delegate:
                read_immediates(reader_, imm_of(instr), space_, imm);
                if (skipped == 0) {
                    end_delegate(imm.index);
                } else {
                    --skipped;
                }
                break;
            case Instr::else_:
                if (skipped == 0) begin_else();
                break;
            case Instr::end:
                if (skipped == 0) {
                    end_block();
                } else {
                    --skipped;
                }
                break;
            default:
                read_immediates(reader_, imm_of(instr), space_, imm);
                break;
        }
    }
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

void FunctionTranslator::translate(Instr instr) {
    Immediates& imm = imm_;  // clearing them for each instruction would show
    // Each case reads its own immediates: their kind is known there, which saves a jump.
    switch (instr) {
        // ---- control ----------------------------------------------------------------------------
        case Instr::nop:
            break;
        case Instr::unreachable: {
            Ins ins;
            ins.op = Op::unreachable;
            emit(ins);
            unreachable();
            break;
        }
        case Instr::block:
            read(Instr::block);
            begin_block(Control::Kind::block, imm.block);
            break;
        case Instr::loop:
            read(Instr::loop);
            begin_block(Control::Kind::loop, imm.block);
            break;
        case Instr::if_:
            read(Instr::if_);
            begin_if(imm.block);
            break;
        case Instr::else_:
            begin_else();
            break;
        case Instr::try_table:
            read(Instr::try_table);
            begin_try_table(imm);
            break;
        case Instr::try_:
            read(Instr::try_);
            begin_try(imm.block);
            break;
        case Instr::catch_:
            read(Instr::catch_);
            begin_catch(imm.index);
            break;
        case Instr::catch_all:
            begin_catch(kNoIndex);
            break;
        case Instr::delegate:
            read(Instr::delegate);
            end_delegate(imm.index);
            break;
        case Instr::rethrow:
            read(Instr::rethrow);
            rethrow(imm.index);
            break;
        case Instr::end:
            end_block();
            break;
        case Instr::br:
            read(Instr::br);
            branch(imm.index);
            break;
        case Instr::br_if:
            read(Instr::br_if);
            branch_if(pop_condition(), imm.index);
            break;
        case Instr::br_table:
            read(Instr::br_table);
            br_table(imm);
            break;
        case Instr::return_:
            return_values();
            unreachable();
            break;
        case Instr::call:
            read(Instr::call);
            call(imm.index);
            break;
        case Instr::call_indirect: {
            read(Instr::call_indirect);
            const Value v = pop();
            const TypeId id = module_.types[imm.index];
            if (imm.index2 > 0xFFFF) {
                error_ = std::make_unique<Error>(ErrorKind::limit, "more than 65,536 tables");
                break;
            }
            call_through(Op::call_indirect, operand(v, shapes::kSRP, 'l'),
                         static_cast<u16>(imm.index2), id, module_.engine->types.get(id));
            break;
        }
        case Instr::call_ref: {
            read(Instr::call_ref);
            const Value v = pop();
            const TypeId id = module_.types[imm.index];
            call_through(Op::call_ref, operand(v, shapes::kSRP, 'l'), 0, id,
                         module_.engine->types.get(id));
            break;
        }
        case Instr::return_call:
            read(Instr::return_call);
            tail_call(Op::slow_tail_call, module_.type_of_func(imm.index), 0, imm.index, 0);
            break;
        case Instr::return_call_indirect:
        case Instr::return_call_ref: {
            read(instr);
            const bool by_ref = instr == Instr::return_call_ref;
            const TypeId id = module_.types[imm.index];
            materialize(stack_.back());
            const Value v = pop();
            tail_call(by_ref ? Op::slow_tail_call_ref : Op::slow_tail_call_indirect,
                      module_.engine->types.get(id), v.home, by_ref ? 0 : imm.index2, id);
            break;
        }
        case Instr::throw_: {
            read(Instr::throw_);
            const DefinedType& type = module_.engine->types.get(module_.tags[imm.index]);
            const u32 args = begin_args(type);
            emit_slow(Op::slow_throw_, {args}, imm.index);
            unreachable();
            break;
        }
        case Instr::throw_ref:
            slow(Op::slow_throw_ref, 1, nullptr);
            unreachable();
            break;

        // ---- parametric, variables --------------------------------------------------------------
        case Instr::drop:
            pop();
            break;
        case Instr::select:
        case Instr::select_t:
            read(instr);
            select(stack_[stack_.size() - 2].type);
            break;
        case Instr::local_set:
            read(Instr::local_set);
            local_set(imm.index, false);
            break;
        case Instr::local_tee:
            read(Instr::local_tee);
            local_set(imm.index, true);
            break;
        case Instr::global_get:
            read(Instr::global_get);
            global_get(imm.index);
            break;
        case Instr::global_set:
            read(Instr::global_set);
            global_set(imm.index);
            break;

        // ---- constants, references --------------------------------------------------------------
        case Instr::i32_const:
            read(Instr::i32_const);
            push_const(ValKind::i32, static_cast<u32>(imm.bits));
            break;
        case Instr::i64_const:
            read(Instr::i64_const);
            push_const(ValKind::i64, imm.bits);
            break;
        case Instr::f32_const:
            read(Instr::f32_const);
            push_const(ValKind::f32, static_cast<u32>(imm.bits));
            break;
        case Instr::f64_const:
            read(Instr::f64_const);
            push_const(ValKind::f64, imm.bits);
            break;
        case Instr::ref_null:
            read(Instr::ref_null);
            push_const(ValKind::ref, 0);
            break;
        case Instr::ref_is_null:
            unary(Op::i64_eqz, 'l', ValKind::i32);
            break;
        case Instr::ref_eq:
            binary(Op::i64_eq, ValKind::i32);
            break;
        case Instr::br_on_null: {
            read(Instr::br_on_null);
            materialize(stack_.back());
            const Value ref = pop();
            const Operand o{Cls::S, ref.home};
            // Below the reference are the values of the branch; the reference itself goes on.
            branch_if({Op::br_i64_eqz, o, {}}, imm.index);
            push_slot(ValKind::ref);
            break;
        }
        case Instr::br_on_non_null: {
            read(Instr::br_on_non_null);
            materialize(stack_.back());
            branch_if({Op::br_i64_nez, {Cls::S, stack_.back().home}, {}}, imm.index);
            pop();
            break;
        }

        // ---- memory -----------------------------------------------------------------------------
#define WASMI_LOAD_CASE(id, op, type)                                       \
    case Instr::id:                                                         \
        read(Instr::id);                                                    \
        load(Op::op, Op::mem_##op, access_log2(instr), ValKind::type, imm); \
        break;
            WASMI_LOAD_CASE(i32_load, load32, i32)
            WASMI_LOAD_CASE(i32_load8_s, load8_s, i32)
            WASMI_LOAD_CASE(i32_load8_u, load8_u, i32)
            WASMI_LOAD_CASE(i32_load16_s, load16_s, i32)
            WASMI_LOAD_CASE(i32_load16_u, load16_u, i32)
            WASMI_LOAD_CASE(i64_load, load64, i64)
            WASMI_LOAD_CASE(i64_load8_s, load8_s_64, i64)
            WASMI_LOAD_CASE(i64_load8_u, load8_u, i64)
            WASMI_LOAD_CASE(i64_load16_s, load16_s_64, i64)
            WASMI_LOAD_CASE(i64_load16_u, load16_u, i64)
            WASMI_LOAD_CASE(i64_load32_s, load32_s_64, i64)
            WASMI_LOAD_CASE(i64_load32_u, load32, i64)
#undef WASMI_LOAD_CASE
        case Instr::f32_load:
            read(Instr::f32_load);
            load(Op::f32_load, Op::mem_load32, 2, ValKind::f32, imm);
            break;
        case Instr::f64_load:
            read(Instr::f64_load);
            load(Op::f64_load, Op::mem_load64, 3, ValKind::f64, imm);
            break;
        case Instr::i32_store:
        case Instr::i64_store32:
        case Instr::f32_store:
            read(Instr::i32_store);
            store(Op::store32, Op::mem_store32, 2, imm);
            break;
        case Instr::i64_store:
        case Instr::f64_store:
            read(Instr::i64_store);
            store(Op::store64, Op::mem_store64, 3, imm);
            break;
        case Instr::i32_store8:
        case Instr::i64_store8:
            read(Instr::i32_store8);
            store(Op::store8, Op::mem_store8, 0, imm);
            break;
        case Instr::i32_store16:
        case Instr::i64_store16:
            read(Instr::i32_store16);
            store(Op::store16, Op::mem_store16, 1, imm);
            break;

            // ---- numerics -----------------------------------------------------------------------
#define WASMI_BINARY(id, result)         \
    case Instr::id:                      \
        binary(Op::id, ValKind::result); \
        break;
#define WASMI_SWAPPED(id, op)         \
    case Instr::id:                   \
        binary(Op::op, kInt32, true); \
        break;
#define WASMI_UNARY(id, result)                                \
    case Instr::id:                                            \
        unary(Op::id, info(Op::id).types[0], ValKind::result); \
        break;
// clang-format off
#define WASMI_INT(ty)                                                                             \
    WASMI_BINARY(ty##_add, ty) WASMI_BINARY(ty##_sub, ty) WASMI_BINARY(ty##_mul, ty)              \
    WASMI_BINARY(ty##_div_s, ty) WASMI_BINARY(ty##_div_u, ty) WASMI_BINARY(ty##_rem_s, ty)        \
    WASMI_BINARY(ty##_rem_u, ty) WASMI_BINARY(ty##_and, ty) WASMI_BINARY(ty##_or, ty)             \
    WASMI_BINARY(ty##_xor, ty) WASMI_BINARY(ty##_shl, ty) WASMI_BINARY(ty##_shr_s, ty)            \
    WASMI_BINARY(ty##_shr_u, ty) WASMI_BINARY(ty##_rotl, ty) WASMI_BINARY(ty##_rotr, ty)          \
    WASMI_BINARY(ty##_eq, i32) WASMI_BINARY(ty##_ne, i32) WASMI_BINARY(ty##_lt_s, i32)            \
    WASMI_BINARY(ty##_lt_u, i32) WASMI_BINARY(ty##_le_s, i32) WASMI_BINARY(ty##_le_u, i32)        \
    WASMI_SWAPPED(ty##_gt_s, ty##_lt_s) WASMI_SWAPPED(ty##_gt_u, ty##_lt_u) WASMI_SWAPPED(ty##_ge_s, ty##_le_s)\
    WASMI_SWAPPED(ty##_ge_u, ty##_le_u) WASMI_UNARY(ty##_eqz, i32) WASMI_UNARY(ty##_clz, ty)      \
    WASMI_UNARY(ty##_ctz, ty) WASMI_UNARY(ty##_popcnt, ty) WASMI_UNARY(ty##_extend8_s, ty)        \
    WASMI_UNARY(ty##_extend16_s, ty)
            // clang-format on
            WASMI_INT(i32)
            WASMI_INT(i64)
#undef WASMI_INT
// clang-format off
#define WASMI_FLOAT(ty)                                                                           \
    WASMI_BINARY(ty##_add, ty) WASMI_BINARY(ty##_sub, ty) WASMI_BINARY(ty##_mul, ty)              \
    WASMI_BINARY(ty##_div, ty) WASMI_BINARY(ty##_min, ty) WASMI_BINARY(ty##_max, ty)              \
    WASMI_BINARY(ty##_copysign, ty) WASMI_BINARY(ty##_eq, i32) WASMI_BINARY(ty##_ne, i32)         \
    WASMI_BINARY(ty##_lt, i32) WASMI_BINARY(ty##_le, i32) WASMI_SWAPPED(ty##_gt, ty##_lt)         \
    WASMI_SWAPPED(ty##_ge, ty##_le) WASMI_UNARY(ty##_abs, ty) WASMI_UNARY(ty##_neg, ty)           \
    WASMI_UNARY(ty##_sqrt, ty) WASMI_UNARY(ty##_ceil, ty) WASMI_UNARY(ty##_floor, ty)             \
    WASMI_UNARY(ty##_trunc, ty) WASMI_UNARY(ty##_nearest, ty) WASMI_UNARY(i32_trunc_##ty##_s, i32)\
    WASMI_UNARY(i32_trunc_##ty##_u, i32) WASMI_UNARY(i64_trunc_##ty##_s, i64) WASMI_UNARY(i64_trunc_##ty##_u, i64)\
    WASMI_UNARY(i32_trunc_sat_##ty##_s, i32) WASMI_UNARY(i32_trunc_sat_##ty##_u, i32) WASMI_UNARY(i64_trunc_sat_##ty##_s, i64)\
    WASMI_UNARY(i64_trunc_sat_##ty##_u, i64) WASMI_UNARY(ty##_convert_i32_s, ty) WASMI_UNARY(ty##_convert_i32_u, ty)\
    WASMI_UNARY(ty##_convert_i64_s, ty) WASMI_UNARY(ty##_convert_i64_u, ty)
            // clang-format on
            WASMI_FLOAT(f32)
            WASMI_FLOAT(f64)
#undef WASMI_FLOAT
            WASMI_UNARY(f32_demote_f64, f32)
            WASMI_UNARY(f64_promote_f32, f64)
            WASMI_UNARY(i32_reinterpret_f32, i32)
            WASMI_UNARY(i64_reinterpret_f64, i64)
            WASMI_UNARY(f32_reinterpret_i32, f32)
            WASMI_UNARY(f64_reinterpret_i64, f64)
            WASMI_UNARY(i32_wrap_i64, i32)
            WASMI_UNARY(i64_extend32_s, i64)
#undef WASMI_BINARY
#undef WASMI_SWAPPED
#undef WASMI_UNARY
        case Instr::i64_extend_i32_s:
            unary(Op::i64_extend32_s, 'l', ValKind::i64);
            break;
        // i32 values are kept zero-extended.
        case Instr::i64_extend_i32_u:
            stack_.back().type = ValKind::i64;
            break;

        default:
            read(instr);
            translate_slow(instr, imm);
            break;
    }
}

void FunctionTranslator::translate_slow(Instr instr, const Immediates& imm) {
    switch (instr) {
        case Instr::memory_size:
        case Instr::memory_grow: {
            const ValKind type = address_type(module_.memories[imm.index].is_64);
            if (instr == Instr::memory_size) {
                slow(Op::slow_memory_size, 0, &type, imm.index);
            } else {
                slow(Op::slow_memory_grow, 1, &type, imm.index);
            }
            break;
        }
        case Instr::memory_fill:
            slow(Op::slow_memory_fill, 3, nullptr, imm.index);
            break;
        case Instr::memory_copy:
            slow(Op::slow_memory_copy, 3, nullptr, imm.index, imm.index2);
            break;
        case Instr::memory_init:
            slow(Op::slow_memory_init, 3, nullptr, imm.index, imm.index2);
            break;
        case Instr::data_drop:
            slow(Op::slow_data_drop, 0, nullptr, imm.index);
            break;
        case Instr::table_get: {
            const ValKind type = ValKind::ref;
            slow(Op::slow_table_get, 1, &type, imm.index);
            break;
        }
        case Instr::table_set:
            slow(Op::slow_table_set, 2, nullptr, imm.index);
            break;
        case Instr::table_size:
        case Instr::table_grow: {
            const ValKind type = address_type(module_.tables[imm.index].type.is_64);
            if (instr == Instr::table_size) {
                slow(Op::slow_table_size, 0, &type, imm.index);
            } else {
                slow(Op::slow_table_grow, 2, &type, imm.index);
            }
            break;
        }
        case Instr::table_fill:
            slow(Op::slow_table_fill, 3, nullptr, imm.index);
            break;
        case Instr::table_copy:
            slow(Op::slow_table_copy, 3, nullptr, imm.index, imm.index2);
            break;
        case Instr::table_init:
            slow(Op::slow_table_init, 3, nullptr, imm.index, imm.index2);
            break;
        case Instr::elem_drop:
            slow(Op::slow_elem_drop, 0, nullptr, imm.index);
            break;
        case Instr::ref_func: {
            const ValKind type = ValKind::ref;
            slow(Op::slow_ref_func, 0, &type, imm.index);
            break;
        }
        case Instr::ref_as_non_null: {
            const ValKind type = ValKind::ref;
            slow(Op::slow_ref_as_non_null, 1, &type);
            break;
        }
        default:
            if (translate_simd(instr, imm)) break;
            if (translate_gc(instr, imm)) break;
            if (translate_atomic(instr, imm)) break;
            error_ = std::make_unique<Error>(ErrorKind::unsupported,
                                             "instruction " + std::string(to_string(instr)) + " (" +
                                                 std::string(to_string(feature_of(instr))) +
                                                 ") is not executed yet",
                                             offset_);
            break;
    }
}

Result<Translation> translate_function(ModuleData& module, u32 index, const CodeTarget& target,
                                       TranslatorBuffers& buffers, Keep keep) {
    return FunctionTranslator(module, index, target, buffers, keep).run();
}

}  // namespace wasmi::core
