// Evaluates constant expressions, which have been validated.
// Spec: valid/instructions (constant expressions), exec/instructions (expressions).
#include "core/linker/const_expr.hpp"

#include "core/decoder/immediates.hpp"
#include "core/memory/ref.hpp"
#include "core/types/instr.hpp"

#include <string>

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
            // struct.new, array.new and their kin allocate: they come with the GC heap.
            default:
                if (feature_of(instr) == Feature::gc) {
                    return Error(
                        ErrorKind::unsupported,
                        "gc: " + std::string(to_string(instr)) + " in a constant expression",
                        expr.offset);
                }
                break;
        }
        return Error(ErrorKind::invalid, "constant expression required", expr.offset);
    }
}

}  // namespace wasmi::core
