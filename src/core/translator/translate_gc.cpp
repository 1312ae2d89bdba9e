// Translation of structures, arrays, i31 and casts.
// Spec: exec/instructions (aggregate and reference instructions).
#include "core/translator/function_translator.hpp"

namespace wasmi::core {

namespace {

constexpr ValKind kRef = ValKind::ref;
constexpr ValKind kInt32 = ValKind::i32;
constexpr u32 kVector = 4;  ///< log2 of the size of v128

constexpr Op shifted(Op op, u32 by) { return static_cast<Op>(static_cast<u32>(op) + by); }

/// From a family that begins with 8_u, 8_s, 16_u, 16_s, 32, 64.
constexpr Op getter(Op first, u32 size_log2, bool is_signed) {
    return shifted(first, size_log2 < 2 ? size_log2 * 2 + (is_signed ? 1 : 0) : size_log2 + 2);
}
static_assert(getter(Op::struct_get8_u, 1, true) == Op::struct_get16_s);
static_assert(getter(Op::struct_get8_u, 3, false) == Op::struct_get64);
static_assert(getter(Op::array_get8_u, 0, true) == Op::array_get8_s);
static_assert(getter(Op::array_get8_u, 2, false) == Op::array_get32);
static_assert(shifted(Op::struct_set8, 3) == Op::struct_set64);
static_assert(shifted(Op::array_set8, 3) == Op::array_set64);

/// Positions in the families ref_test_* and ref_cast_*; see CastTo in core/executor.
constexpr u32 kToAll = 0, kToNothing = 1, kToI31 = 2, kToEq = 3, kToStruct = 4, kToArray = 5,
              kToObject = 6, kToFunc = 7, kDeeper = 2;
static_assert(shifted(Op::ref_test_all, kToFunc + kDeeper) == Op::ref_test_deep_func);
static_assert(shifted(Op::ref_cast_all, kToFunc + kDeeper) == Op::ref_cast_deep_func);

bool is_signed_get(Instr instr) {
    return instr == Instr::struct_get_s || instr == Instr::array_get_s;
}

}  // namespace

void FunctionTranslator::gc_allocate(Op op, u32 operands, u32 i0, u32 i1) {
    spill_accs();
    slow(op, operands, &kRef, i0, i1);
}

// ---- fields and elements ------------------------------------------------------------------------

void FunctionTranslator::get_field(u32 size_log2, bool is_signed, ValKind type, u32 offset) {
    if (size_log2 == kVector) {
        slow(Op::slow_struct_get_v128, 1, &type, offset);
        return;
    }
    const Value ref = pop();
    const Op op = getter(Op::struct_get8_u, size_log2, is_signed);
    const Operand from = operand(ref, info(op).shape.a, 'l');
    Ins& ins = append_bits(op, type);
    set_a(ins, from);
    ins.set_imm(offset);
}

void FunctionTranslator::set_field(u32 size_log2, u32 offset) {
    if (size_log2 == kVector) {
        slow(Op::slow_struct_set_v128, 2, nullptr, offset);
        return;
    }
    if (is_float(stack_.back().type)) materialize(stack_.back());
    const Value value = pop();
    const Value ref = pop();
    Ins ins;
    ins.op = shifted(Op::struct_set8, size_log2);
    const OpInfo& o = info(ins.op);
    const Operand a = operand(ref, o.shape.a, 'l');
    const Operand b = operand(value, o.shape.b, o.types[1]);
    set_a(ins, a);
    set_b(ins, b);
    ins.set_imm(offset);
    emit(ins);
}

void FunctionTranslator::get_element(u32 size_log2, bool is_signed, ValKind type) {
    if (size_log2 == kVector) {
        slow(Op::slow_array_get_v128, 2, &type, 0);
        return;
    }
    const Value index = pop();
    const Value ref = pop();
    const Op op = getter(Op::array_get8_u, size_log2, is_signed);
    const OpInfo& o = info(op);
    const Operand a = operand(ref, o.shape.a, 'l');
    const Operand b = operand(index, o.shape.b, 'i');
    Ins& ins = append_bits(op, type);
    set_a(ins, a);
    set_b(ins, b);
}

void FunctionTranslator::set_element(u32 size_log2) {
    if (size_log2 == kVector) {
        slow(Op::slow_array_set_v128, 3, nullptr, 0);
        return;
    }
    if (is_float(stack_.back().type)) materialize(stack_.back());
    const Value value = pop();
    const Value index = pop();
    const Value ref = pop();
    Ins ins;
    ins.op = shifted(Op::array_set8, size_log2);
    const OpInfo& o = info(ins.op);
    const Operand a = operand(ref, o.shape.a, 'l');
    const Operand b = operand(index, o.shape.b, 'i');
    const Operand c = operand(value, o.shape.c, o.types[2]);
    set_a(ins, a);
    set_b(ins, b);
    set_c(ins, c);
    emit(ins);
}

// ---- casts --------------------------------------------------------------------------------------

Ins FunctionTranslator::cast_ins(Op first, ValType to) const {
    u32 kind = kToNothing;
    u32 level = 0;
    switch (to.heap()) {
        case HeapKind::any:
        case HeapKind::func:
        case HeapKind::extern_:
        case HeapKind::exn:
            kind = kToAll;
            break;
        case HeapKind::eq:
            kind = kToEq;
            break;
        case HeapKind::i31:
            kind = kToI31;
            break;
        case HeapKind::struct_:
            kind = kToStruct;
            break;
        case HeapKind::array:
            kind = kToArray;
            break;
        case HeapKind::concrete: {
            const DefinedType& type = module_.engine->types.get(to.type_id());
            kind = type.sub.kind == CompositeKind::func ? kToFunc : kToObject;
            level = static_cast<u32>(type.supers.size()) - 1;
            if (level >= TypeRegistry::kDisplayPadding) kind += kDeeper;
            break;
        }
        default:
            break;
    }
    Ins ins;
    ins.op = shifted(first, kind);
    ins.set_imm(static_cast<u16>(level), to.bits(), u16{0});
    return ins;
}

void FunctionTranslator::cast(bool is_cast, ValType to) {
    const Value ref = pop();
    Ins ins = cast_ins(is_cast ? Op::ref_cast_all : Op::ref_test_all, to);
    set_a(ins, operand(ref, info(ins.op).shape.a, 'l'));
    emit_result(ins, is_cast ? kRef : kInt32);
}

void FunctionTranslator::branch_on_cast(const Immediates& imm, bool on_fail) {
    // The reference stays on the stack either way: it is tested in its slot, and the answer stays
    // in the accumulator until the branch.
    materialize(stack_.back());
    spill_accs();
    materialize_top(arity(target(imm.index)));
    Ins ins = cast_ins(Op::ref_test_all, imm.type2);
    ins.k.a = Cls::S;
    ins.a = stack_.back().home;
    ins.k.d = Cls::R;
    emit(ins);
    mirror_[0] = kNoIndex;
    branch_if({on_fail ? Op::br_i32_eqz : Op::br_i32_nez, {Cls::R, 0}, {}}, imm.index);
}

// ---- the instructions ---------------------------------------------------------------------------

bool FunctionTranslator::translate_new(Instr instr, const Immediates& imm) {
    const TypeId id = module_.types[imm.index];
    switch (instr) {
        case Instr::struct_new: {
            const std::size_t fields = type_at(imm.index).sub.fields.size();
            gc_allocate(Op::slow_struct_new, static_cast<u32>(fields), id);
            return true;
        }
        case Instr::struct_new_default:
            gc_allocate(Op::slow_struct_new_default, 0, id);
            return true;
        case Instr::array_new:
            gc_allocate(Op::slow_array_new, 2, id);
            return true;
        case Instr::array_new_default:
            gc_allocate(Op::slow_array_new_default, 1, id);
            return true;
        case Instr::array_new_fixed:
            gc_allocate(Op::slow_array_new_fixed, imm.index2, id, imm.index2);
            return true;
        case Instr::array_new_data:
            gc_allocate(Op::slow_array_new_data, 2, id, imm.index2);
            return true;
        case Instr::array_new_elem:
            gc_allocate(Op::slow_array_new_elem, 2, id, imm.index2);
            return true;
        default:
            return false;
    }
}

bool FunctionTranslator::translate_gc(Instr instr, const Immediates& imm) {
    switch (instr) {
        case Instr::struct_get:
        case Instr::struct_get_s:
        case Instr::struct_get_u: {
            const DefinedType& type = type_at(imm.index);
            const FieldLayout& f = type.layout[imm.index2];
            get_field(f.size_log2, is_signed_get(instr), type.sub.fields[imm.index2].type.kind(),
                      f.offset);
            return true;
        }
        case Instr::struct_set: {
            const FieldLayout& f = type_at(imm.index).layout[imm.index2];
            set_field(f.size_log2, f.offset);
            return true;
        }
        case Instr::array_get:
        case Instr::array_get_s:
        case Instr::array_get_u: {
            const DefinedType& type = type_at(imm.index);
            get_element(type.layout[0].size_log2, is_signed_get(instr),
                        type.sub.fields[0].type.kind());
            return true;
        }
        case Instr::array_set:
            set_element(type_at(imm.index).layout[0].size_log2);
            return true;
        case Instr::array_len:
            unary(Op::array_len, kInt32);
            return true;
        case Instr::array_fill:
            slow(Op::slow_array_fill, 4, nullptr, type_at(imm.index).layout[0].size_log2);
            return true;
        case Instr::array_copy:
            slow(Op::slow_array_copy, 5, nullptr, type_at(imm.index).layout[0].size_log2);
            return true;
        case Instr::array_init_data:
            slow(Op::slow_array_init_data, 4, nullptr, type_at(imm.index).layout[0].size_log2,
                 imm.index2);
            return true;
        case Instr::array_init_elem:
            slow(Op::slow_array_init_elem, 4, nullptr, type_at(imm.index).layout[0].size_log2,
                 imm.index2);
            return true;
        case Instr::ref_i31:
            unary(Op::ref_i31, kRef);
            return true;
        case Instr::i31_get_s:
            unary(Op::i31_get_s, kInt32);
            return true;
        case Instr::i31_get_u:
            unary(Op::i31_get_u, kInt32);
            return true;
        case Instr::ref_test:
        case Instr::ref_test_null:
            cast(false, imm.type.as_nullable(instr == Instr::ref_test_null));
            return true;
        case Instr::ref_cast:
        case Instr::ref_cast_null:
            cast(true, imm.type.as_nullable(instr == Instr::ref_cast_null));
            return true;
        case Instr::br_on_cast:
            branch_on_cast(imm, false);
            return true;
        case Instr::br_on_cast_fail:
            branch_on_cast(imm, true);
            return true;
        case Instr::any_convert_extern:
        case Instr::extern_convert_any:
            return true;  // the word stays; see ref.hpp
        default:
            return feature_of(instr) == Feature::gc && translate_new(instr, imm);
    }
}

}  // namespace wasmi::core
