// Reference and aggregate instructions of the reference interpreter.
// Spec: exec/instructions (reference, aggregate).
#include "core/types/instr.hpp"
#include "tests/reference/machine.hpp"

namespace wasmi::reference {

using core::FieldType;

namespace {

constexpr u32 kI31Mask = 0x7FFF'FFFF;

/// Bytes of a packed or other field in a data segment.
unsigned size_of(const FieldType& field) {
    switch (field.packed) {
        case FieldType::Packed::i8:
            return 1;
        case FieldType::Packed::i16:
            return 2;
        case FieldType::Packed::none:
            break;
    }
    switch (field.type.kind()) {
        case ValKind::i32:
        case ValKind::f32:
            return 4;
        case ValKind::v128:
            return 16;
        default:
            return 8;
    }
}

/// pack_fieldtype
Value pack(const FieldType& field, Value v) {
    if (field.packed == FieldType::Packed::i8) v.lo &= 0xFF;
    if (field.packed == FieldType::Packed::i16) v.lo &= 0xFFFF;
    return v;
}
/// unpack_fieldtype; `sign_extend` only of packed fields.
Value unpack(const FieldType& field, Value v, bool sign_extend) {
    if (!sign_extend) return v;
    const u32 bits = static_cast<u32>(v.lo);
    const bool is_8 = field.packed == FieldType::Packed::i8;
    const i32 extended = is_8 ? i32{static_cast<i8>(bits)} : i32{static_cast<i16>(bits)};
    v.lo = static_cast<u32>(extended);
    return v;
}

Value read_field(const FieldType& field, const u8* bytes) {
    switch (size_of(field)) {
        case 1:
            return {from_bytes<u8>(bytes), 0, RefKind::null};
        case 2:
            return {from_bytes<u16>(bytes), 0, RefKind::null};
        case 4:
            return {from_bytes<u32>(bytes), 0, RefKind::null};
        case 8:
            return {from_bytes<u64>(bytes), 0, RefKind::null};
        default:
            return {from_bytes<u64>(bytes), from_bytes<u64>(bytes + 8), RefKind::null};
    }
}

}  // namespace

bool Machine::is_of_type(const Value& ref, ValType type) const {
    const core::TypeRegistry& types = store_.engine->types;
    switch (ref.ref) {
        case RefKind::null:
            return type.nullable();
        case RefKind::func:
            return types.matches(ValType::ref_to(store_.funcs[ref.addr()].type, false), type);
        case RefKind::object:
            return types.matches(ValType::ref_to(store_.objects[ref.addr()].type, false), type) ||
                   type.heap() == HeapKind::extern_;
        case RefKind::i31:
            return types.matches(ValType::ref(HeapKind::i31, false), type) ||
                   type.heap() == HeapKind::extern_;
        case RefKind::host:
            return type.heap() == HeapKind::any || type.heap() == HeapKind::extern_;
        case RefKind::exn:
            return type.heap() == HeapKind::exn;
    }
    return false;
}

const core::DefinedType& Machine::type_at(u32 index) {
    return store_.type(module().module->types[index]);
}

void Machine::push_new(TypeId type, std::vector<Value> fields) {
    store_.object_fields += fields.size() + 1;
    if (store_.object_fields > store_.limits.object_fields) trap(TrapCode::heap_exhausted);
    store_.objects.push_back({type, std::move(fields)});
    stack_.push_value(Value::of_ref(RefKind::object, store_.objects.size() - 1));
}

ObjectInstance& Machine::pop_object(TrapCode if_null) {
    const Value ref = stack_.pop_value();
    if (ref.is_null()) trap(if_null);
    return store_.objects[ref.addr()];
}

bool Machine::execute_reference(Instr instr, const Immediates& imm) {
    switch (instr) {
        case Instr::ref_null:
            stack_.push_value({});
            return true;
        case Instr::ref_func:
            stack_.push_value(Value::of_ref(RefKind::func, module().funcs[imm.index]));
            return true;
        case Instr::ref_is_null:
            stack_.push(u32{stack_.pop_value().is_null()});
            return true;
        case Instr::ref_as_non_null: {
            const Value ref = stack_.pop_value();
            if (ref.is_null()) trap(TrapCode::null_reference);
            stack_.push_value(ref);
            return true;
        }
        case Instr::ref_eq: {
            const Value b = stack_.pop_value();
            const Value a = stack_.pop_value();
            stack_.push(u32{a == b});
            return true;
        }
        case Instr::ref_test:
        case Instr::ref_test_null:
            stack_.push(u32{is_of_type(stack_.pop_value(),
                                       imm.type.as_nullable(instr == Instr::ref_test_null))});
            return true;
        case Instr::ref_cast:
        case Instr::ref_cast_null: {
            const Value ref = stack_.pop_value();
            if (!is_of_type(ref, imm.type.as_nullable(instr == Instr::ref_cast_null))) {
                trap(TrapCode::cast_failure);
            }
            stack_.push_value(ref);
            return true;
        }
        case Instr::ref_i31:
            stack_.push_value(Value::of_ref(RefKind::i31, stack_.pop<u32>() & kI31Mask));
            return true;
        case Instr::i31_get_s:
        case Instr::i31_get_u: {
            const Value ref = stack_.pop_value();
            if (ref.is_null()) trap(TrapCode::null_i31_reference);
            const u32 bits = static_cast<u32>(ref.lo);
            const bool negative = bits > kI31Mask / 2;
            stack_.push(instr == Instr::i31_get_s && negative ? bits | ~kI31Mask : bits);
            return true;
        }
        case Instr::any_convert_extern:
        case Instr::extern_convert_any:
            return true;  // see RefKind
        default:
            return false;
    }
}

bool Machine::execute_aggregate(Instr instr, const Immediates& imm) {
    const auto null_array = TrapCode::null_array_reference;
    const auto null_struct = TrapCode::null_structure_reference;
    // array.get and the like, whose first operand or immediate it is.
    const auto check = [](u64 at, u64 count, std::size_t size) {
        if (!is_within(at, count, size)) trap(TrapCode::out_of_bounds_array_access);
    };
    switch (instr) {
        case Instr::struct_new: {
            const std::vector<FieldType>& types = type_at(imm.index).sub.fields;
            std::vector<Value> fields = stack_.pop_values(types.size());
            for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = pack(types[i], fields[i]);
            push_new(module().module->types[imm.index], std::move(fields));
            return true;
        }
        case Instr::struct_new_default:
            push_new(module().module->types[imm.index],
                     std::vector<Value>(type_at(imm.index).sub.fields.size()));
            return true;
        case Instr::struct_get:
        case Instr::struct_get_s:
        case Instr::struct_get_u: {
            const FieldType& type = type_at(imm.index).sub.fields[imm.index2];
            const Value v = pop_object(null_struct).fields[imm.index2];
            stack_.push_value(unpack(type, v, instr == Instr::struct_get_s));
            return true;
        }
        case Instr::struct_set: {
            const FieldType& type = type_at(imm.index).sub.fields[imm.index2];
            const Value v = stack_.pop_value();
            pop_object(null_struct).fields[imm.index2] = pack(type, v);
            return true;
        }
        case Instr::array_new:
        case Instr::array_new_default: {
            const FieldType& type = type_at(imm.index).sub.fields[0];
            const u32 count = stack_.pop<u32>();
            const Value v = instr == Instr::array_new ? stack_.pop_value() : Value{};
            if (count > store_.limits.object_fields) trap(TrapCode::heap_exhausted);
            push_new(module().module->types[imm.index], std::vector<Value>(count, pack(type, v)));
            return true;
        }
        case Instr::array_new_fixed: {
            const FieldType& type = type_at(imm.index).sub.fields[0];
            std::vector<Value> fields = stack_.pop_values(imm.index2);
            for (Value& v : fields) v = pack(type, v);
            push_new(module().module->types[imm.index], std::move(fields));
            return true;
        }
        case Instr::array_new_data: {
            const FieldType& type = type_at(imm.index).sub.fields[0];
            const DataInstance& data = store_.datas[module().datas[imm.index2]];
            const u64 count = stack_.pop<u32>();
            const u64 from = stack_.pop<u32>();
            if (!is_within(from, count * size_of(type), data.bytes.size())) {
                trap(TrapCode::out_of_bounds_memory_access);
            }
            std::vector<Value> fields;
            for (u64 i = 0; i < count; ++i) {
                fields.push_back(read_field(type, data.bytes.data() + from + i * size_of(type)));
            }
            push_new(module().module->types[imm.index], std::move(fields));
            return true;
        }
        case Instr::array_new_elem: {
            const ElementInstance& e = store_.elements[module().elements[imm.index2]];
            const u32 count = stack_.pop<u32>();
            const u32 from = stack_.pop<u32>();
            if (!is_within(from, count, e.elements.size())) {
                trap(TrapCode::out_of_bounds_table_access);
            }
            const auto first = e.elements.begin() + static_cast<std::ptrdiff_t>(from);
            push_new(module().module->types[imm.index], {first, first + std::ptrdiff_t{count}});
            return true;
        }
        case Instr::array_get:
        case Instr::array_get_s:
        case Instr::array_get_u: {
            const FieldType& type = type_at(imm.index).sub.fields[0];
            const u32 at = stack_.pop<u32>();
            const ObjectInstance& a = pop_object(null_array);
            check(at, 1, a.fields.size());
            stack_.push_value(unpack(type, a.fields[at], instr == Instr::array_get_s));
            return true;
        }
        case Instr::array_set: {
            const FieldType& type = type_at(imm.index).sub.fields[0];
            const Value v = stack_.pop_value();
            const u32 at = stack_.pop<u32>();
            ObjectInstance& a = pop_object(null_array);
            check(at, 1, a.fields.size());
            a.fields[at] = pack(type, v);
            return true;
        }
        case Instr::array_len:
            stack_.push(static_cast<u32>(pop_object(null_array).fields.size()));
            return true;
        case Instr::array_fill: {
            const FieldType& type = type_at(imm.index).sub.fields[0];
            const u32 count = stack_.pop<u32>();
            const Value v = stack_.pop_value();
            const u32 at = stack_.pop<u32>();
            ObjectInstance& a = pop_object(null_array);
            check(at, count, a.fields.size());
            for (u32 i = 0; i < count; ++i) a.fields[at + i] = pack(type, v);
            return true;
        }
        case Instr::array_copy: {
            const u32 count = stack_.pop<u32>();
            const u32 from = stack_.pop<u32>();
            const Value source = stack_.pop_value();
            const u32 to = stack_.pop<u32>();
            ObjectInstance& d = pop_object(null_array);
            if (source.is_null()) trap(null_array);
            const ObjectInstance& s = store_.objects[source.addr()];
            check(to, count, d.fields.size());
            check(from, count, s.fields.size());
            const auto first = s.fields.begin() + std::ptrdiff_t{from};
            const std::vector<Value> values(first, first + std::ptrdiff_t{count});
            for (u32 i = 0; i < count; ++i) d.fields[to + i] = values[i];
            return true;
        }
        case Instr::array_init_data: {
            const FieldType& type = type_at(imm.index).sub.fields[0];
            const DataInstance& data = store_.datas[module().datas[imm.index2]];
            const u64 count = stack_.pop<u32>();
            const u64 from = stack_.pop<u32>();
            const u64 to = stack_.pop<u32>();
            ObjectInstance& a = pop_object(null_array);
            check(to, count, a.fields.size());
            if (!is_within(from, count * size_of(type), data.bytes.size())) {
                trap(TrapCode::out_of_bounds_memory_access);
            }
            for (u64 i = 0; i < count; ++i) {
                a.fields[to + i] = read_field(type, data.bytes.data() + from + i * size_of(type));
            }
            return true;
        }
        case Instr::array_init_elem: {
            const ElementInstance& e = store_.elements[module().elements[imm.index2]];
            const u32 count = stack_.pop<u32>();
            const u32 from = stack_.pop<u32>();
            const u32 to = stack_.pop<u32>();
            ObjectInstance& a = pop_object(null_array);
            check(to, count, a.fields.size());
            if (!is_within(from, count, e.elements.size())) {
                trap(TrapCode::out_of_bounds_table_access);
            }
            for (u32 i = 0; i < count; ++i) a.fields[to + i] = e.elements[from + i];
            return true;
        }
        default:
            return false;
    }
}

}  // namespace wasmi::reference
