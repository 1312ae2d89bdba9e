// Evaluates constant expressions, which have been validated.
// Spec: valid/instructions (constant expressions), exec/instructions (expressions).
#include "core/linker/const_expr.hpp"

#include "core/decoder/immediates.hpp"
#include "core/executor/gc.hpp"
#include "core/memory/ref.hpp"
#include "core/types/instr.hpp"

#include <utility>

namespace wasmi::core {

namespace {

constexpr u64 low32(u64 v) { return v & 0xFFFF'FFFF; }

u64 apply(Instr instr, u64 a, u64 b) {
    switch (instr) {
        case Instr::i32_add:
            return low32(a + b);
        case Instr::i32_sub:
            return low32(a - b);
        case Instr::i32_mul:
            return low32(a * b);
        case Instr::i64_add:
            return a + b;
        case Instr::i64_sub:
            return a - b;
        default:
            return a * b;
    }
}

}  // namespace

GlobalCell ConstEvaluator::pop() {
    WASMI_ASSERT(!stack_.empty());
    const GlobalCell top = stack_.back();
    stack_.pop_back();
    return top;
}

Result<void> ConstEvaluator::allocate(Instr instr, const Immediates& imm) {
    ExecContext& ctx = store_->ctx;
    const TypeId id = module_->types[imm.index];
    const DefinedType& type = ctx.types->get(id);
    u32 operands = 0;
    u32 length = 0;
    u64 bytes = type.object_size;
    if (instr == Instr::struct_new) {
        operands = static_cast<u32>(type.layout.size());
    } else if (instr != Instr::struct_new_default) {
        const bool fixed = instr == Instr::array_new_fixed;
        operands = fixed ? imm.index2 : instr == Instr::array_new ? 2 : 1;
        if (stack_.size() < operands) return Error(ErrorKind::invalid, "type mismatch");
        length = fixed ? imm.index2 : static_cast<u32>(stack_.back().lo);
        bytes = kObjectHeaderSize + (u64{length} << type.layout[0].size_log2);
    }
    if (stack_.size() < operands) return Error(ErrorKind::invalid, "type mismatch");
    const bool zeroed = instr == Instr::struct_new_default || instr == Instr::array_new_default;
    // The operands stay on the stack meanwhile: a collection visits it.
    const u32 at = gc_allocate(ctx, id, length, bytes, zeroed, nullptr);
    if (at == 0) return Error::from_trap(TrapCode::heap_exhausted);
    const GlobalCell* values = stack_.data() + (stack_.size() - operands);
    u8* const object = ctx.heap_data + at;
    if (instr == Instr::array_new) {
        fill_elements(object + kObjectHeaderSize, type.layout[0].size_log2, length, &values->lo);
    } else if (!zeroed) {
        for (u32 i = 0; i < operands; ++i) {
            const FieldLayout& f = type.layout[length != 0 ? 0 : i];
            const u64 offset = f.offset + (length != 0 ? u64{i} << f.size_log2 : 0);
            store_field(object + offset, f.size_log2, &values[i].lo);
        }
    }
    stack_.resize(stack_.size() - operands);
    stack_.push_back({at, 0});
    return {};
}

Result<GlobalCell> ConstEvaluator::evaluate(ConstExpr expr) {
    Reader r(module_->bytes, expr);
    const TypeSpace space{module_->types, 0, Features::all()};
    stack_.clear();
    while (true) {
        const Instr instr = read_instr(r, space.features);
        Immediates imm;
        if (r.ok()) read_immediates(r, imm_of(instr), space, imm);
        // Only a module whose bytes changed after validation gets here with a failed reader.
        if (!r.ok()) return r.take_error();
        switch (instr) {
            case Instr::end:
                if (stack_.size() != 1) break;
                return pop();
            case Instr::i32_const:
                stack_.push_back({low32(imm.bits), 0});
                continue;
            case Instr::i64_const:
            case Instr::f32_const:
            case Instr::f64_const:
                stack_.push_back({imm.bits, 0});
                continue;
            case Instr::v128_const:
                stack_.push_back({imm.bits, imm.bits_hi});
                continue;
            case Instr::ref_null:
                stack_.push_back({kNullRef, 0});
                continue;
            case Instr::ref_func:
                stack_.push_back({func_ref(instance_->func_addrs[imm.index]), 0});
                continue;
            case Instr::global_get:
                stack_.push_back(*instance_->globals[imm.index]);
                continue;
            case Instr::i32_add:
            case Instr::i32_sub:
            case Instr::i32_mul:
            case Instr::i64_add:
            case Instr::i64_sub:
            case Instr::i64_mul: {
                if (stack_.size() < 2) break;
                const u64 b = pop().lo;
                const u64 a = pop().lo;
                stack_.push_back({apply(instr, a, b), 0});
                continue;
            }
            case Instr::ref_i31: {
                if (stack_.empty()) break;
                const u64 value = pop().lo;
                stack_.push_back({i31_ref(static_cast<u32>(value)), 0});
                continue;
            }
            case Instr::any_convert_extern:
            case Instr::extern_convert_any:
                continue;  // the word stays; see ref.hpp
            case Instr::struct_new:
            case Instr::struct_new_default:
            case Instr::array_new:
            case Instr::array_new_default:
            case Instr::array_new_fixed:
                if (Result<void> done = allocate(instr, imm); !done) return std::move(done).error();
                continue;
            default:
                break;
        }
        return Error(ErrorKind::invalid, "constant expression required", expr.offset);
    }
}

}  // namespace wasmi::core
