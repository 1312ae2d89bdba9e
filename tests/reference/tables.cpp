// Table instructions of the reference interpreter.
// Spec: exec/instructions (table).
#include "core/types/instr.hpp"
#include "tests/reference/machine.hpp"

#include <algorithm>

namespace wasmi::reference {

void init_table(TableInstance& table, const ElementInstance& element, u64 to, u64 from, u64 count) {
    if (!is_within(from, count, element.elements.size()) ||
        !is_within(to, count, table.elements.size())) {
        trap(TrapCode::out_of_bounds_table_access);
    }
    for (u64 i = 0; i < count; ++i) table.elements[to + i] = element.elements[from + i];
}

bool Machine::execute_table(Instr instr, const Immediates& imm) {
    switch (instr) {
        case Instr::table_get: {
            const TableInstance& t = table(imm.index);
            const u64 index = pop_address(t.type.is_64);
            if (index >= t.elements.size()) trap(TrapCode::out_of_bounds_table_access);
            stack_.push_value(t.elements[index]);
            return true;
        }
        case Instr::table_set: {
            TableInstance& t = table(imm.index);
            const Value ref = stack_.pop_value();
            const u64 index = pop_address(t.type.is_64);
            if (index >= t.elements.size()) trap(TrapCode::out_of_bounds_table_access);
            t.elements[index] = ref;
            return true;
        }
        case Instr::table_size: {
            const TableInstance& t = table(imm.index);
            push_address(t.type.is_64, t.elements.size());
            return true;
        }
        case Instr::table_grow: {
            TableInstance& t = table(imm.index);
            const u64 count = pop_address(t.type.is_64);
            const Value ref = stack_.pop_value();
            const u64 before = t.elements.size();
            const u64 most = store_.limits.table_elements;
            const u64 max = t.type.limits.has_max ? std::min(t.type.limits.max, most) : most;
            const bool fits = is_within(before, count, max);
            if (fits) t.elements.resize(before + count, ref);
            push_address(t.type.is_64, fits ? before : ~u64{0});
            return true;
        }
        case Instr::table_fill: {
            TableInstance& t = table(imm.index);
            const u64 count = pop_address(t.type.is_64);
            const Value ref = stack_.pop_value();
            const u64 at = pop_address(t.type.is_64);
            if (!is_within(at, count, t.elements.size())) {
                trap(TrapCode::out_of_bounds_table_access);
            }
            for (u64 i = 0; i < count; ++i) t.elements[at + i] = ref;
            return true;
        }
        case Instr::table_copy: {
            TableInstance& d = table(imm.index);
            const TableInstance& s = table(imm.index2);
            const u64 count = pop_address(d.type.is_64 && s.type.is_64);
            const u64 from = pop_address(s.type.is_64);
            const u64 to = pop_address(d.type.is_64);
            if (!is_within(from, count, s.elements.size()) ||
                !is_within(to, count, d.elements.size())) {
                trap(TrapCode::out_of_bounds_table_access);
            }
            const auto first = s.elements.begin() + static_cast<std::ptrdiff_t>(from);
            const std::vector<Value> refs(first, first + static_cast<std::ptrdiff_t>(count));
            for (u64 i = 0; i < count; ++i) d.elements[to + i] = refs[i];
            return true;
        }
        case Instr::table_init: {
            TableInstance& t = table(imm.index2);
            const u32 count = stack_.pop<u32>();
            const u32 from = stack_.pop<u32>();
            const u64 to = pop_address(t.type.is_64);
            init_table(t, store_.elements[module().elements[imm.index]], to, from, count);
            return true;
        }
        case Instr::elem_drop:
            store_.elements[module().elements[imm.index]].elements.clear();
            return true;
        default:
            return false;
    }
}

}  // namespace wasmi::reference
