// Immediates of instructions in bodies: LEB128 numbers, types and indices, each checked.
// Spec: binary/instructions, binary/types.

#include "core/decoder/immediates.hpp"
#include "core/validator/function_validator.hpp"

namespace wasmi::core {

bool FunctionValidator::read_byte(u8* out) {
    if (s_.p == end_) return unexpected_end();
    *out = *s_.p++;
    return true;
}

bool FunctionValidator::read_u32(u32* out) {
    if (WASMI_LIKELY(s_.p != end_ && *s_.p < 0x80)) {
        *out = *s_.p++;
        return true;
    }
    return read_with([&](Reader& r) { *out = r.read_u32(); });
}

bool FunctionValidator::read_count(u32* out) {
    return read_with([&](Reader& r) { *out = r.read_count(); });
}

bool FunctionValidator::read_index(std::string_view what, std::size_t count, u32* out) {
    if (!read_u32(out)) return false;
    return *out < count || unknown(what, *out);
}

bool FunctionValidator::read_val_type(ValType* out) {
    const TypeSpace space{module_.types, 0, features_};
    return read_with([&](Reader& r) { *out = core::read_val_type(r, space); });
}

bool FunctionValidator::read_heap_type(bool nullable, ValType* out) {
    const TypeSpace space{module_.types, 0, features_};
    return read_with(
        [&](Reader& r) { *out = core::read_heap_type(r, space).as_nullable(nullable); });
}

bool FunctionValidator::read_block_type(const FuncType** type, ValType* single) {
    *type = nullptr;
    if (WASMI_LIKELY(s_.p != end_)) {
        if (is_plain_block_type(*s_.p, single)) {
            ++s_.p;
            return true;
        }
    }
    *single = ValType::bottom;
    const TypeSpace space{module_.types, 0, features_};
    BlockType block;
    if (!read_with([&](Reader& r) { block = core::read_block_type(r, space); })) return false;
    if (block.kind == BlockType::Kind::value) *single = block.value;
    TypeId unused = 0;
    return block.kind != BlockType::Kind::type || func_type(block.type, &unused, type);
}

bool FunctionValidator::func_type(u32 index, TypeId* id, const FuncType** out) {
    if (index >= module_.types.size()) return unknown("type", index);
    *id = module_.types[index];
    const SubType& type = type_of(*id);
    if (type.kind != CompositeKind::func) {
        return invalid("non-function type " + std::to_string(index) + current_name());
    }
    *out = &type.func;
    return true;
}

bool FunctionValidator::read_func_type(TypeId* id, const FuncType** out) {
    u32 index = 0;
    return read_u32(&index) && func_type(index, id, out);
}

bool FunctionValidator::read_struct_type(u32* index, TypeId* id, const SubType** out) {
    if (!read_index("type", module_.types.size(), index)) return false;
    *id = module_.types[*index];
    *out = &type_of(*id);
    if ((*out)->kind == CompositeKind::struct_) return true;
    return invalid("non-structure type " + std::to_string(*index) + current_name());
}

bool FunctionValidator::read_array_type(TypeId* id, const FieldType** out) {
    u32 index = 0;
    if (!read_index("type", module_.types.size(), &index)) return false;
    *id = module_.types[index];
    const SubType& type = type_of(*id);
    if (type.kind != CompositeKind::array) {
        return invalid("non-array type " + std::to_string(index) + current_name());
    }
    *out = type.fields.data();
    return true;
}

bool FunctionValidator::read_label(ControlFrame** out) {
    u32 depth = 0;
    const std::size_t open = static_cast<std::size_t>(top_ - frames_.data()) + 1;
    if (!read_index("label", open, &depth)) return false;
    *out = top_ - depth;
    return true;
}

bool FunctionValidator::read_table(const TableType** out) {
    u32 index = 0;
    if (!read_index("table", module_.tables.size(), &index)) return false;
    *out = &module_.tables[index].type;
    return true;
}

bool FunctionValidator::read_memory(ValType* address) {
    u32 index = 0;
    return read_u32(&index) && check_memory(index, address);
}

bool FunctionValidator::check_memory(u32 index, ValType* address) {
    if (index >= module_.memories.size()) return unknown("memory", index);
    *address = address_type(module_.memories[index].is_64);
    return true;
}

bool FunctionValidator::read_tag(const FuncType** out) {
    u32 index = 0;
    if (!read_index("tag", module_.tags.size(), &index)) return false;
    *out = &type_of(module_.tags[index]).func;
    return true;
}

bool FunctionValidator::check_data(u32 index, const u8* at) {
    if (!module_.has_data_count) return malformed("data count section required", at);
    return index < module_.data_count || unknown("data segment", index);
}

bool FunctionValidator::read_data() {
    const u8* const at = s_.p;
    u32 index = 0;
    return read_u32(&index) && check_data(index, at);
}

bool FunctionValidator::check_elem(u32 index, ValType* out) {
    if (index >= module_.elements.size()) return unknown("elem segment", index);
    *out = module_.elements[index].type;
    return true;
}

bool FunctionValidator::read_elem(ValType* out) {
    u32 index = 0;
    return read_u32(&index) && check_elem(index, out);
}

bool FunctionValidator::check_lane(u32 lane, u32 count) {
    return lane < count || invalid("invalid lane index " + std::to_string(lane) + current_name());
}

bool FunctionValidator::check_memarg(Instr instr, const Immediates& imm, ValType* address) {
    if (!check_memory(imm.index, address)) return false;
    const u32 natural = access_log2(instr);
    if (opcode_of(instr).prefix == 0xFE) {
        if (imm.align != natural) {
            return invalid("atomic alignment must be natural" + current_name());
        }
    } else if (imm.align > natural) {
        return invalid("alignment must not be larger than natural" + current_name());
    }
    if (imm.bits > 0xFFFF'FFFF && *address == ValType::i32) {
        return invalid("offset out of range" + current_name());
    }
    return true;
}

}  // namespace wasmi::core
