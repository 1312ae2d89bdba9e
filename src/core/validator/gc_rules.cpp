// Rules of structures, arrays, i31 and casts. Spec: valid/instructions (aggregate and reference
// instructions).

#include "core/validator/function_validator.hpp"

namespace wasmi::core {

namespace {

/// get_s and get_u are for packed fields, plain get for all others.
bool is_extending(Instr instr) {
    return instr == Instr::struct_get_s || instr == Instr::struct_get_u ||
           instr == Instr::array_get_s || instr == Instr::array_get_u;
}

bool is_packed(const FieldType& field) { return field.packed != FieldType::Packed::none; }

bool holds_numbers(const FieldType& field) { return !field.type.is_ref(); }

}  // namespace

bool FunctionValidator::gc_rule(Instr instr) {
    const ValType i31 = ValType::ref(HeapKind::i31, true);
    switch (instr) {
        case Instr::struct_new:
        case Instr::struct_new_default:
        case Instr::struct_get:
        case Instr::struct_get_s:
        case Instr::struct_get_u:
        case Instr::struct_set:
            return struct_rule(instr);
        case Instr::array_len:
            return pop(ValType::ref(HeapKind::array, true)) && push(ValType::i32);
        case Instr::ref_i31:
            return pop(ValType::i32) && push(i31.as_nullable(false));
        case Instr::i31_get_s:
        case Instr::i31_get_u:
            return pop(i31) && push(ValType::i32);
        case Instr::ref_test:
            return ref_test_or_cast(false, false);
        case Instr::ref_test_null:
            return ref_test_or_cast(false, true);
        case Instr::ref_cast:
            return ref_test_or_cast(true, false);
        case Instr::ref_cast_null:
            return ref_test_or_cast(true, true);
        case Instr::any_convert_extern:
            return convert(HeapKind::extern_, HeapKind::any);
        case Instr::extern_convert_any:
            return convert(HeapKind::any, HeapKind::extern_);
        default:
            return array_rule(instr);
    }
}

bool FunctionValidator::struct_rule(Instr instr) {
    u32 type_index = 0;
    TypeId id = 0;
    const SubType* type = nullptr;
    if (!read_struct_type(&type_index, &id, &type)) return false;
    if (instr == Instr::struct_new || instr == Instr::struct_new_default) {
        call_weight_ += s_.weight;
        if (instr == Instr::struct_new ? !pop_fields(type->fields)
                                       : !check_defaults(type_index, type->fields)) {
            return false;
        }
        return push(ValType::ref_to(id, false));
    }
    u32 index = 0;
    if (!read_index("field", type->fields.size(), &index)) return false;
    const FieldType& field = type->fields[index];
    if (instr == Instr::struct_set) {
        if (!field.is_mutable) return invalid("immutable field");
        return pop_list({ValType::ref_to(id, true), field.type});
    }
    if (is_extending(instr) != is_packed(field)) {
        return invalid(is_packed(field) ? "field is packed" : "field is unpacked");
    }
    return pop(ValType::ref_to(id, true)) && push(field.type);
}

bool FunctionValidator::pop_fields(std::span<const FieldType> fields) {
    for (std::size_t i = fields.size(); i-- > 0;) {
        if (s_.sp == s_.base && top_->unreachable) break;
        if (!pop(fields[i].type)) return false;
    }
    return true;
}

/// Structures may have many fields: each type is looked at once.
bool FunctionValidator::check_defaults(u32 type_index, std::span<const FieldType> fields) {
    if (known_defaults_.size() <= type_index) known_defaults_.resize(module_.types.size());
    if (known_defaults_[type_index]) return true;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!fields[i].type.is_defaultable()) {
            return invalid("field type is not defaultable: field " + std::to_string(i) + " is " +
                           to_string(fields[i].type));
        }
    }
    known_defaults_[type_index] = true;
    return true;
}

bool FunctionValidator::array_rule(Instr instr) {
    TypeId id = 0;
    const FieldType* field = nullptr;
    if (!read_array_type(&id, &field)) return false;
    const ValType array = ValType::ref_to(id, true);
    const ValType number = ValType::i32;
    switch (instr) {
        case Instr::array_get:
        case Instr::array_get_s:
        case Instr::array_get_u:
            if (is_extending(instr) != is_packed(*field)) {
                return invalid(is_packed(*field) ? "array is packed" : "array is unpacked");
            }
            return pop_list({array, number}) && push(field->type);
        case Instr::array_set:
            if (!field->is_mutable) return invalid("immutable array");
            return pop_list({array, number, field->type});
        default:
            break;
    }
    call_weight_ += s_.weight;
    ValType segment;
    switch (instr) {
        case Instr::array_new:
            return pop_list({field->type, number}) && push(array.as_nullable(false));
        case Instr::array_new_default:
            if (!field->type.is_defaultable()) return invalid("array type is not defaultable");
            return pop(number) && push(array.as_nullable(false));
        case Instr::array_new_fixed:
            return array_new_fixed(field->type, array.as_nullable(false));
        case Instr::array_new_data:
        case Instr::array_init_data:
            if (!read_data()) return false;
            if (instr == Instr::array_init_data && !field->is_mutable) {
                return invalid("immutable array");
            }
            if (!holds_numbers(*field)) return invalid("array type is not numeric or vector");
            break;
        case Instr::array_new_elem:
        case Instr::array_init_elem:
            if (!read_elem(&segment)) return false;
            if (instr == Instr::array_init_elem && !field->is_mutable) {
                return invalid("immutable array");
            }
            if (!matches(segment, field->type)) {
                return mismatch("element segment's type " + to_string(segment) +
                                " does not match array's field type " + to_string(field->type));
            }
            break;
        case Instr::array_fill:
            if (!field->is_mutable) return invalid("immutable array");
            return pop_list({array, number, field->type, number});
        case Instr::array_copy: {
            TypeId from_id = 0;
            const FieldType* from = nullptr;
            if (!read_array_type(&from_id, &from)) return false;
            if (!field->is_mutable) return invalid("immutable array");
            if (from->packed != field->packed || !matches(from->type, field->type)) {
                return invalid("array types do not match");
            }
            return pop_list({array, number, ValType::ref_to(from_id, true), number, number});
        }
        default:
            WASMI_ASSERT(false);  // every other row has a rule elsewhere
            return false;
    }
    if (instr == Instr::array_new_data || instr == Instr::array_new_elem) {
        return pop_list({number, number}) && push(array.as_nullable(false));
    }
    return pop_list({array, number, number, number});
}

bool FunctionValidator::array_new_fixed(ValType element, ValType result) {
    u32 count = 0;
    if (!read_u32(&count)) return false;
    for (u32 i = 0; i < count; ++i) {
        // In unreachable code the rest of the operands is there, however many they are.
        if (s_.sp == s_.base && top_->unreachable) break;
        if (!pop(element)) return false;
    }
    return push(result);
}

bool FunctionValidator::ref_test_or_cast(bool is_cast, bool nullable) {
    ValType type;
    if (!read_heap_type(nullable, &type)) return false;
    if (!pop(ValType::ref(types_.top_of(type), true))) return false;
    return push(is_cast ? type : ValType::i32);
}

bool FunctionValidator::convert(HeapKind from, HeapKind to) {
    ValType ref;
    if (!pop_ref(&ref)) return false;
    if (!matches(ref, ValType::ref(from, true))) {
        return mismatch("instruction requires [" + to_string(ValType::ref(from, true)) +
                        "] but stack has [" + to_string(ref) + "]");
    }
    return push(ValType::ref(to, ref.nullable()));
}

}  // namespace wasmi::core
