// Control, call, parametric and variable instructions of the reference interpreter.
// Spec: exec/instructions (control, parametric, variable).
#include "tests/reference/machine.hpp"

namespace wasmi::reference {

using core::Reader;

bool Machine::execute_control(Instr instr, const Immediates& imm, u32 at) {
    Frame& f = frame();
    switch (instr) {
        case Instr::unreachable:
            trap(TrapCode::unreachable);
        case Instr::nop:
            return true;
        case Instr::block:
        case Instr::try_:
            enter(imm.block, at, false);
            return true;
        case Instr::loop:
            enter(imm.block, at, true);
            return true;
        case Instr::if_: {
            const bool condition = stack_.pop<u32>() != 0;
            enter(imm.block, at, false);
            const Block& block = *f.labels.back().block;
            if (!condition) f.next = block.else_begin.value_or(block.end);
            return true;
        }
        case Instr::else_:
        case Instr::catch_:
        case Instr::catch_all:
            // Reached from above: the end of the part before.
            f.next = f.labels.back().block->end;
            return true;
        case Instr::end:
        case Instr::delegate:
            f.labels.pop_back();
            if (f.labels.empty()) leave_function();
            return true;
        case Instr::try_table:
            enter(imm.block, at, false);
            f.labels.back().clauses = imm.list;
            f.labels.back().clause_count = imm.index;
            return true;
        case Instr::br:
            branch(imm.index);
            return true;
        case Instr::br_if:
            if (stack_.pop<u32>() != 0) branch(imm.index);
            return true;
        case Instr::br_table: {
            const u32 wanted = stack_.pop<u32>();
            Reader r(f.module->module->bytes, imm.list);
            u32 label = r.read_u32();
            for (u32 i = 0; i < imm.index && i < wanted; ++i) label = r.read_u32();
            branch(label);
            return true;
        }
        case Instr::return_:
            leave_function();
            return true;
        case Instr::br_on_null: {
            const Value ref = stack_.pop_value();
            if (ref.is_null()) {
                branch(imm.index);
            } else {
                stack_.push_value(ref);
            }
            return true;
        }
        case Instr::br_on_non_null: {
            const Value ref = stack_.pop_value();
            if (ref.is_null()) return true;
            stack_.push_value(ref);
            branch(imm.index);
            return true;
        }
        case Instr::br_on_cast:
        case Instr::br_on_cast_fail: {
            const Value ref = stack_.pop_value();
            stack_.push_value(ref);
            if (is_of_type(ref, imm.type2) == (instr == Instr::br_on_cast)) branch(imm.index);
            return true;
        }
        case Instr::throw_: {
            const Addr tag = f.module->tags[imm.index];
            const FuncType& type = store_.func_type(store_.tags[tag].type);
            store_.exceptions.push_back({tag, stack_.pop_values(type.params.size())});
            throw_exception(static_cast<Addr>(store_.exceptions.size() - 1));
            return true;
        }
        case Instr::throw_ref: {
            const Value ref = stack_.pop_value();
            if (ref.is_null()) trap(TrapCode::null_exception_reference);
            throw_exception(ref.addr());
            return true;
        }
        case Instr::rethrow:
            throw_exception(*f.labels[f.labels.size() - 1 - imm.index].caught);
            return true;
        default:
            return false;
    }
}

Addr Machine::indirect_callee(const Immediates& imm) {
    const TableInstance& t = table(imm.index2);
    const u64 index = pop_address(t.type.is_64);
    if (index >= t.elements.size()) trap(TrapCode::undefined_element);
    const Value ref = t.elements[static_cast<std::size_t>(index)];
    if (ref.is_null()) trap(TrapCode::uninitialized_element, " " + std::to_string(index));
    const TypeId wanted = module().module->types[imm.index];
    if (!store_.engine->types.is_subtype(store_.funcs[ref.addr()].type, wanted)) {
        trap(TrapCode::indirect_call_type_mismatch);
    }
    return ref.addr();
}

Addr Machine::callee_of_ref() {
    const Value ref = stack_.pop_value();
    if (ref.is_null()) trap(TrapCode::null_function_reference);
    return ref.addr();
}

bool Machine::execute_call(Instr instr, const Immediates& imm) {
    switch (instr) {
        case Instr::call:
            call(module().funcs[imm.index]);
            return true;
        case Instr::call_indirect:
            call(indirect_callee(imm));
            return true;
        case Instr::call_ref:
            call(callee_of_ref());
            return true;
        case Instr::return_call:
            return_call(module().funcs[imm.index]);
            return true;
        case Instr::return_call_indirect:
            return_call(indirect_callee(imm));
            return true;
        case Instr::return_call_ref:
            return_call(callee_of_ref());
            return true;
        default:
            return false;
    }
}

bool Machine::execute_variable(Instr instr, const Immediates& imm) {
    Frame& f = frame();
    switch (instr) {
        case Instr::drop:
            (void)stack_.pop_value();
            return true;
        case Instr::select:
        case Instr::select_t: {
            const u32 condition = stack_.pop<u32>();
            const Value second = stack_.pop_value();
            const Value first = stack_.pop_value();
            stack_.push_value(condition != 0 ? first : second);
            return true;
        }
        case Instr::local_get:
            stack_.push_value(f.locals[imm.index]);
            return true;
        case Instr::local_set:
            f.locals[imm.index] = stack_.pop_value();
            return true;
        case Instr::local_tee:
            f.locals[imm.index] = stack_.pop_value();
            stack_.push_value(f.locals[imm.index]);
            return true;
        case Instr::global_get:
            stack_.push_value(store_.globals[f.module->globals[imm.index]].value);
            return true;
        case Instr::global_set:
            store_.globals[f.module->globals[imm.index]].value = stack_.pop_value();
            return true;
        default:
            return false;
    }
}

}  // namespace wasmi::reference
