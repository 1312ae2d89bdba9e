// The operand stack of FunctionValidator: pushing, popping and matching of value types, and the
// measurement of its height in slots. Spec: appendix/algorithm (push_val, pop_val).

#include "core/validator/function_validator.hpp"
#include "core/validator/validator.hpp"

#include <algorithm>

namespace wasmi::core {

// `high` is kept so that high - sp are the slots left below the highest stack seen so far: it moves
// down by one for each v128 on the stack, which takes two slots but one entry.
bool FunctionValidator::grow(u32 slots) {
    const std::size_t missing = slots - static_cast<std::size_t>(s_.high - s_.sp);
    if (missing + max_slots_ > kMaxOperandSlots) {
        return fail(ErrorKind::limit, "too many operands", at_);
    }
    const std::ptrdiff_t high = s_.high - bottom();
    const std::ptrdiff_t sp = s_.sp - bottom();
    const std::ptrdiff_t base = s_.base - bottom();
    max_slots_ += static_cast<u32>(missing);
    if (!reserve_values(max_slots_, static_cast<std::size_t>(sp))) return out_of_memory();
    s_.high = bottom() + high + missing;
    s_.sp = bottom() + sp;
    s_.base = bottom() + base;
    return true;
}

bool FunctionValidator::reserve_values(std::size_t count, std::size_t keep) {
    return values_.reserve(count + kBelowBottom, keep == 0 ? 0 : keep + kBelowBottom);
}

bool FunctionValidator::push_list(std::span<const ValType> types) {
    for (const ValType type : types) {
        if (!push(type)) return false;
    }
    return true;
}

bool FunctionValidator::matches(ValType got, ValType want) const {
    if (got == want || got == ValType::bottom) return true;
    if (!got.is_ref() || !want.is_ref()) return false;
    if (got.heap() == HeapKind::bottom) return want.nullable() || !got.nullable();
    return types_.matches(got, want);
}

bool FunctionValidator::match_lists(std::span<const ValType> got,
                                    std::span<const ValType> want) const {
    return std::equal(got.begin(), got.end(), want.begin(), want.end(),
                      [this](ValType a, ValType b) { return matches(a, b); });
}

bool FunctionValidator::pop(ValType want) { return pop_list({&want, 1}); }

bool FunctionValidator::pop_any(ValType* out) {
    *out = ValType::bottom;
    if (s_.sp == s_.base) {
        if (top_->unreachable) return true;
        return mismatch("instruction requires [any] but stack has []");
    }
    *out = s_.sp[-1];
    drop_to(s_.sp - 1);
    return true;
}

bool FunctionValidator::pop_ref(ValType* out) {
    if (s_.sp == s_.base && !top_->unreachable) {
        return mismatch("instruction requires reference type but stack has []");
    }
    if (!pop_any(out)) return false;
    if (*out == ValType::bottom) *out = ValType::ref(HeapKind::bottom, false);
    if (out->is_ref()) return true;
    return mismatch("instruction requires reference type but stack has " + to_string(*out));
}

bool FunctionValidator::check_list(std::span<const ValType> want, ValType** below) {
    ValType* sp = s_.sp;
    for (std::size_t i = want.size(); i-- > 0;) {
        if (sp == s_.base) {
            if (top_->unreachable) break;
            return mismatch(want);
        }
        --sp;
        if (*sp != want[i] && !matches(*sp, want[i])) return mismatch(want);
    }
    *below = sp;
    return true;
}

bool FunctionValidator::pop_list(std::span<const ValType> want) {
    ValType* below = nullptr;
    if (!check_list(want, &below)) return false;
    drop_to(below);
    return true;
}

void FunctionValidator::drop_to(ValType* below) {
    while (s_.sp != below) {
        --s_.sp;
        if (s_.sp->is_vector()) ++s_.high;
    }
}

void FunctionValidator::set_unreachable() {
    s_.sp = s_.base;
    s_.high = high_of_block();
    top_->unreachable = true;
}

}  // namespace wasmi::core
