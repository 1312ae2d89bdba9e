// Rules of instructions outside of the main loop's fast cases: every row with a signature, then
// variables, tables, memory and references. Spec: valid/instructions.

#include "core/decoder/immediates.hpp"
#include "core/validator/function_validator.hpp"
#include "core/validator/sig_shape.hpp"

namespace wasmi::core {

bool FunctionValidator::rule() {
    --s_.p;
    Instr instr = kIllegalInstr;
    if (!read_with([&](Reader& r) { instr = read_instr(r, features_); })) return false;
    if (is_constant_ && !check_constant(instr)) return false;
    return sig_of(instr) == Sig::poly ? poly_rule(instr) : plain_rule(instr);
}

/// Spec: valid/instructions (constant expressions).
bool FunctionValidator::check_constant(Instr instr) {
    if (!is_const(instr)) return invalid("constant expression required" + current_name());
    const bool is_arithmetic = sig_of(instr) != Sig::poly && imm_of(instr) == Imm::none;
    if (is_arithmetic && !features_.has(Feature::extended_const)) {
        return feature_off(Feature::extended_const,
                           std::string(to_string(instr)) + " in a constant expression");
    }
    return true;
}

bool FunctionValidator::global_get() {
    u32 index = 0;
    const std::size_t count = is_constant_ ? global_count_ : module_.globals.size();
    if (!read_index("global", count, &index)) return false;
    const GlobalType& type = module_.globals[index].type;
    if (is_constant_) {
        if (type.is_mutable) return invalid("constant expression required: mutable global");
        if (index >= module_.num_imported_globals && !features_.has(Feature::gc)) {
            return feature_off(Feature::gc,
                               "a global that is not imported, in a constant expression,");
        }
    }
    return push(type.value);
}

bool FunctionValidator::ref_func() {
    u32 index = 0;
    if (!read_index("function", module_.func_types.size(), &index)) return false;
    if (is_constant_) {
        module_.declared_funcs[index] = true;
    } else if (!module_.declared_funcs[index]) {
        return invalid("undeclared function reference " + std::to_string(index));
    }
    return push(ValType::ref_to(module_.func_types[index], false));
}

/// The immediates of a row with a signature; `address` becomes the type of memory addresses.
bool FunctionValidator::plain_immediates(Instr instr, ValType* address) {
    const TypeSpace space{module_.types, 0, features_};
    const Imm kind = imm_of(instr);
    Immediates imm;
    const u8* const at = s_.p;
    if (!read_with([&](Reader& r) { read_immediates(r, kind, space, imm); })) return false;
    switch (kind) {
        case Imm::memarg:
            return check_memarg(instr, imm, address);
        case Imm::memarg_lane:
            return check_memarg(instr, imm, address) && check_lane(imm.lane, lane_count(instr));
        case Imm::lane:
            return check_lane(imm.lane, lane_count(instr));
        case Imm::lanes16:
            for (u32 i = 0; i < 16; ++i) {
                if (!check_lane(imm.lane_at(i), 32)) return false;
            }
            return true;
        case Imm::memory:
            return check_memory(imm.index, address);
        case Imm::data_memory:
            return check_memory(imm.index2, address) && check_data(imm.index, at);
        case Imm::data:
            return check_data(imm.index, at);
        case Imm::elem: {
            ValType unused;
            return check_elem(imm.index, &unused);
        }
        default:
            return true;
    }
}

bool FunctionValidator::plain_rule(Instr instr) {
    ValType address = ValType::i32;
    if (imm_of(instr) != Imm::none && !plain_immediates(instr, &address)) return false;
    if (instr == Instr::memory_grow || instr == Instr::memory_fill || instr == Instr::memory_init ||
        instr == Instr::memory_atomic_wait32 || instr == Instr::memory_atomic_wait64 ||
        instr == Instr::memory_atomic_notify) {
        call_weight_ += s_.weight;
    }
    const SigShape& shape = kSigShapes[index_of(instr)];
    std::array<ValType, 4> in = shape.in;
    for (ValType& type : in) {
        if (type == kAddressType) type = address;
    }
    if (!pop_list({in.data(), shape.in_count})) return false;
    for (u32 i = 0; i < shape.out_count; ++i) {
        if (!push(shape.out[i] == kAddressType ? address : shape.out[i])) return false;
    }
    return true;
}

bool FunctionValidator::local_get(u32 index) {
    const ValType type = use_local(index);
    if (!init_.data()[index]) return invalid("uninitialized local " + std::to_string(index));
    return push(type);
}

bool FunctionValidator::local_set(u32 index) {
    if (!pop(use_local(index))) return false;
    if (!init_.data()[index]) {
        // The log has room for each local once: a local is logged only while it is not set.
        init_.data()[index] = 1;
        init_log_.data()[init_count_++] = index;
    }
    return true;
}

bool FunctionValidator::local_tee(u32 index) {
    return local_set(index) && push(locals_.data()[index].type);
}

bool FunctionValidator::select() {
    ValType second;
    ValType first;
    if (!pop(ValType::i32) || !pop_any(&second) || !pop_any(&first)) return false;
    const ValType type = first == ValType::bottom ? second : first;
    if (first.is_ref() || second.is_ref()) {
        return mismatch("instruction requires numeric or vector type but stack has " +
                        to_string(first.is_ref() ? first : second));
    }
    if (first != second && first != ValType::bottom && second != ValType::bottom) {
        return mismatch("instruction requires two values of the same type but stack has [" +
                        to_string(first) + " " + to_string(second) + "]");
    }
    return push(type);
}

bool FunctionValidator::select_typed() {
    u32 count = 0;
    if (!read_count(&count)) return false;
    ValType type;
    for (u32 i = 0; i < count; ++i) {
        if (!read_val_type(&type)) return false;
    }
    if (count != 1) return invalid("invalid result arity " + std::to_string(count));
    return pop_list({type, type, ValType::i32}) && push(type);
}

bool FunctionValidator::memory_copy() {
    ValType to;
    ValType from;
    if (!read_memory(&to) || !read_memory(&from)) return false;
    call_weight_ += s_.weight;
    const ValType size = to == from ? to : ValType::i32;
    return pop_list({to, from, size});
}

bool FunctionValidator::poly_rule(Instr instr) {
    u32 index = 0;
    switch (instr) {
        case Instr::local_get:
        case Instr::local_set:
        case Instr::local_tee:
            if (!read_index("local", local_count_, &index)) return false;
            if (instr == Instr::local_get) return local_get(index);
            return instr == Instr::local_set ? local_set(index) : local_tee(index);
        case Instr::global_get:
            return global_get();
        case Instr::global_set:
            if (!read_index("global", module_.globals.size(), &index)) return false;
            if (!module_.globals[index].type.is_mutable) return invalid("immutable global");
            return pop(module_.globals[index].type.value);
        case Instr::drop: {
            ValType unused;
            return pop_any(&unused);
        }
        case Instr::select:
            return select();
        case Instr::select_t:
            return select_typed();
        case Instr::memory_copy:
            return memory_copy();
        case Instr::table_get:
        case Instr::table_set:
        case Instr::table_size:
        case Instr::table_grow:
        case Instr::table_fill:
        case Instr::table_copy:
        case Instr::table_init:
            return table_rule(instr);
        default:
            return control_rule(instr);
    }
}

bool FunctionValidator::table_rule(Instr instr) {
    const TableType* table = nullptr;
    u32 segment = 0;
    if (instr == Instr::table_init && !read_u32(&segment)) return false;
    if (!read_table(&table)) return false;
    const ValType element = table->element;
    const ValType address = address_type(table->is_64);
    switch (instr) {
        case Instr::table_get:
            return pop(address) && push(element);
        case Instr::table_set:
            return pop_list({address, element});
        case Instr::table_size:
            return push(address);
        default:
            break;
    }
    call_weight_ += s_.weight;
    switch (instr) {
        case Instr::table_grow:
            return pop_list({element, address}) && push(address);
        case Instr::table_fill:
            return pop_list({address, element, address});
        case Instr::table_copy: {
            const TableType* from = nullptr;
            if (!read_table(&from)) return false;
            if (!matches(from->element, element)) {
                return mismatch("source element type " + to_string(from->element) +
                                " does not match destination element type " + to_string(element));
            }
            const ValType from_address = address_type(from->is_64);
            return pop_list(
                {address, from_address, address == from_address ? address : ValType::i32});
        }
        default: {
            ValType type;
            if (!check_elem(segment, &type)) return false;
            if (!matches(type, element)) {
                return mismatch("element segment's type " + to_string(type) +
                                " does not match table's element type " + to_string(element));
            }
            return pop_list({address, ValType::i32, ValType::i32});
        }
    }
}

bool FunctionValidator::reference_rule(Instr instr) {
    ValType ref;
    switch (instr) {
        case Instr::ref_null:
            return read_heap_type(true, &ref) && push(ref);
        case Instr::ref_is_null:
            return pop_ref(&ref) && push(ValType::i32);
        case Instr::ref_as_non_null:
            return pop_ref(&ref) && push(ref.as_nullable(false));
        case Instr::ref_eq: {
            const ValType eq = ValType::ref(HeapKind::eq, true);
            return pop_list({eq, eq}) && push(ValType::i32);
        }
        case Instr::ref_func:
            return ref_func();
        default:
            return gc_rule(instr);
    }
}

}  // namespace wasmi::core
