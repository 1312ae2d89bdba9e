// Translation of the instructions that have no place of their own in the main loop.
// Spec: exec/instructions.
#include "core/translator/function_translator.hpp"

namespace wasmi::core {

namespace {

ValKind address_type(bool is_64) { return is_64 ? ValKind::i64 : ValKind::i32; }

}  // namespace

void FunctionTranslator::translate(Instr instr) {
    Immediates& imm = imm_;  // clearing them for each instruction would show
    read_immediates(reader_, imm_of(instr), space_, imm);
    switch (instr) {
        // ---- control ----------------------------------------------------------------------------
        case Instr::unreachable: {
            Ins ins;
            ins.op = Op::unreachable;
            emit(ins);
            unreachable();
            break;
        }
        case Instr::try_table:
            begin_try_table(imm);
            break;
        case Instr::try_:
            begin_try(imm.block);
            break;
        case Instr::catch_:
            begin_catch(imm.index);
            break;
        case Instr::catch_all:
            begin_catch(kNoIndex);
            break;
        case Instr::delegate:
            end_delegate(imm.index);
            break;
        case Instr::rethrow:
            rethrow(imm.index);
            break;
        case Instr::br_table:
            br_table(imm);
            break;
        case Instr::call_indirect: {
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
            const Value v = pop();
            const TypeId id = module_.types[imm.index];
            call_through(Op::call_ref, operand(v, shapes::kSRP, 'l'), 0, id,
                         module_.engine->types.get(id));
            break;
        }
        case Instr::return_call:
            tail_call(Op::slow_tail_call, module_.type_of_func(imm.index), 0, imm.index, 0);
            break;
        case Instr::return_call_indirect:
        case Instr::return_call_ref: {
            const bool by_ref = instr == Instr::return_call_ref;
            const TypeId id = module_.types[imm.index];
            materialize(stack_.back());
            const Value v = pop();
            tail_call(by_ref ? Op::slow_tail_call_ref : Op::slow_tail_call_indirect,
                      module_.engine->types.get(id), v.home, by_ref ? 0 : imm.index2, id);
            break;
        }
        case Instr::throw_: {
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

        // ---- parametric, constants, references
        // ---------------------------------------------------
        case Instr::select_t:
            select(stack_[stack_.size() - 2].type);
            break;
        case Instr::f32_const:
            push_const(ValKind::f32, static_cast<u32>(imm.bits));
            break;
        case Instr::f64_const:
            push_const(ValKind::f64, imm.bits);
            break;
        case Instr::ref_null:
            push_const(ValKind::ref, 0);
            break;
        case Instr::br_on_null: {
            materialize(stack_.back());
            const Value ref = pop();
            const Operand o{Cls::S, ref.home};
            // Below the reference are the values of the branch; the reference itself goes on.
            branch_if({Op::br_i64_eqz, o, {}}, imm.index);
            push_slot(ValKind::ref);
            break;
        }
        case Instr::br_on_non_null: {
            materialize(stack_.back());
            branch_if({Op::br_i64_nez, {Cls::S, stack_.back().home}, {}}, imm.index);
            pop();
            break;
        }

        // ---- numerics ---------------------------------------------------------------------------
#define WASMI_TRUNC_SAT(id, result)         \
    case Instr::id##_s:                     \
        unary(Op::id##_s, ValKind::result); \
        break;                              \
    case Instr::id##_u:                     \
        unary(Op::id##_u, ValKind::result); \
        break;
            WASMI_TRUNC_SAT(i32_trunc_sat_f32, i32)
            WASMI_TRUNC_SAT(i32_trunc_sat_f64, i32)
            WASMI_TRUNC_SAT(i64_trunc_sat_f32, i64)
            WASMI_TRUNC_SAT(i64_trunc_sat_f64, i64)
#undef WASMI_TRUNC_SAT
        // i32 values are kept zero-extended.
        case Instr::i64_extend_i32_u:
            stack_.back().type = ValKind::i64;
            break;

        // ---- memories, tables, references to functions
        // --------------------------------------------
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
                                             static_cast<u64>(at_ - module_.bytes.data()));
            break;
    }
}

}  // namespace wasmi::core
