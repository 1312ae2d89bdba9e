// Rules of blocks, branches, calls and exceptions. Spec: valid/instructions (control instructions),
// appendix/algorithm; legacy try and catch: proposals/legacy-exceptions.

#include "core/validator/function_validator.hpp"
#include "core/validator/validator.hpp"

#include <algorithm>

namespace wasmi::core {

using Kind = ControlFrame::Kind;

void FunctionValidator::set_frames_limit() {
    frames_limit_ = frames_.data() + std::min<std::size_t>(frames_.capacity(), kMaxBlockDepth) - 1;
}

bool FunctionValidator::push_frame(Kind kind, const FuncType* type, ValType single) {
    const std::size_t depth = static_cast<std::size_t>(top_ - frames_.data()) + 1;
    if (depth >= kMaxBlockDepth) return fail(ErrorKind::limit, "too many nested blocks", at_);
    if (WASMI_UNLIKELY(depth == frames_.capacity())) {
        if (!frames_.reserve(depth + 1, depth)) return out_of_memory();
        top_ = frames_.data() + depth - 1;
        set_frames_limit();
    }
    std::span<const ValType> params;
    if (type != nullptr) params = type->params;
    if (!pop_list(params)) return false;
    open_frame(s_, kind, type, single);
    return push_list(params);
}

bool FunctionValidator::block(Kind kind) {
    const FuncType* type = nullptr;
    ValType single;
    if (!read_block_type(&type, &single)) return false;
    if (kind == Kind::if_ && !pop(ValType::i32)) return false;
    return push_frame(kind, type, single);
}

/// The results of the current block are on the stack and nothing else; takes them off.
bool FunctionValidator::check_block_end() {
    const std::span<const ValType> results = top_->results();
    if (!pop_list(results)) return false;
    return s_.sp == s_.base || leftover(results);
}

void FunctionValidator::reset_inits(u32 count) {
    while (init_count_ > count) init_.data()[init_log_.data()[--init_count_]] = 0;
}

/// Another branch of the same block begins: else, catch.
bool FunctionValidator::restart_block(Kind kind, std::span<const ValType> params) {
    if (top_->kind == Kind::try_) {
        ++top_->vectors;
        const u32 slots = static_cast<u32>(s_.sp - bottom()) + top_->vectors;
        s_.high = s_.sp;
        if (slots > max_slots_ && !grow(slots - max_slots_)) return false;
    }
    top_->kind = kind;
    top_->unreachable = false;
    s_.high = high_of_block();
    reset_inits(top_->inits);
    return push_list(params);
}

/// The block under the current one goes on.
void FunctionValidator::leave_block() {
    reset_inits(top_->inits);
    if (top_->kind >= Kind::catch_) --top_->vectors;
    s_.high = high_of_block();
    s_.weight = top_->weight;
    --top_;
    s_.base = bottom() + top_->height;
}

bool FunctionValidator::end() {
    if (!check_block_end()) return false;
    const ControlFrame ended = *top_;
    if (ended.kind == Kind::if_ && !match_lists(ended.params(), ended.results())) {
        return mismatch("without else, the results of the block " +
                        list_to_string(ended.results()) + " must be its parameters " +
                        list_to_string(ended.params()));
    }
    if (ended.kind == Kind::func) {
        return s_.p == end_ || malformed("section size mismatch", s_.p);
    }
    leave_block();
    return push_list(ended.results());
}

bool FunctionValidator::begin_else() {
    if (top_->kind != Kind::if_) return malformed("END opcode expected", at_);
    return check_block_end() && restart_block(Kind::else_, top_->params());
}

bool FunctionValidator::begin_catch(bool all) {
    const FuncType* tag = nullptr;
    if (!all && !read_tag(&tag)) return false;
    if (top_->kind != Kind::try_ && top_->kind != Kind::catch_) {
        return malformed("END opcode expected", at_);
    }
    if (!check_block_end()) return false;
    if (all) return restart_block(Kind::catch_all, {});
    return restart_block(Kind::catch_, tag->params);
}

bool FunctionValidator::delegate() {
    if (top_->kind != Kind::try_) return malformed("END opcode expected", at_);
    if (!check_block_end()) return false;
    const ControlFrame ended = *top_;
    leave_block();
    ControlFrame* label = nullptr;
    return read_label(&label) && push_list(ended.results());
}

bool FunctionValidator::br(ControlFrame* label) {
    if (!pop_list(label->label_types())) return false;
    set_unreachable();
    return true;
}

bool FunctionValidator::br_if(ControlFrame* label) {
    const std::span<const ValType> types = label->label_types();
    return pop(ValType::i32) && pop_list(types) && push_list(types);
}

bool FunctionValidator::br_table() {
    u32 count = 0;
    if (!read_count(&count)) return false;
    if (!pop(ValType::i32)) return false;
    // The default label comes last; all others must take as many values as it does, which is the
    // same as taking as many as the first.
    std::size_t arity = 0;
    const ControlFrame* previous = nullptr;
    for (u32 i = 0; i <= count; ++i) {
        ControlFrame* label = nullptr;
        if (!read_label(&label)) return false;
        if (label == previous) continue;
        const std::span<const ValType> types = label->label_types();
        if (previous != nullptr && types.size() != arity) {
            return mismatch("labels take different numbers of values: " + std::to_string(arity) +
                            " and " + std::to_string(types.size()));
        }
        ValType* below = nullptr;
        if (!check_list(types, &below)) return false;
        arity = types.size();
        previous = label;
    }
    set_unreachable();
    return true;
}

bool FunctionValidator::br_on_null() {
    ControlFrame* label = nullptr;
    ValType ref;
    if (!read_label(&label) || !pop_ref(&ref)) return false;
    const std::span<const ValType> types = label->label_types();
    return pop_list(types) && push_list(types) && push(ref.as_nullable(false));
}

bool FunctionValidator::br_on_non_null() {
    ControlFrame* label = nullptr;
    if (!read_label(&label)) return false;
    const std::span<const ValType> types = label->label_types();
    if (types.empty() || !types.back().is_ref()) {
        return mismatch("instruction requires reference type but label has " +
                        list_to_string(types));
    }
    const std::span<const ValType> rest = types.first(types.size() - 1);
    return pop(types.back().as_nullable(true)) && pop_list(rest) && push_list(rest);
}

bool FunctionValidator::br_on_cast(bool fail) {
    const u8* const flags_at = s_.p;
    u8 flags = 0;
    if (!read_byte(&flags)) return false;
    if (flags > 3) return malformed("malformed br_on_cast flags", flags_at);
    ControlFrame* label = nullptr;
    ValType from;
    ValType to;
    if (!read_label(&label) || !read_heap_type((flags & 1) != 0, &from) ||
        !read_heap_type((flags & 2) != 0, &to)) {
        return false;
    }
    if (!matches(to, from)) {
        return mismatch("type " + to_string(to) + " does not match " + to_string(from));
    }
    // What is left of `from` if the cast to `to` fails.
    const ValType rest_type = to.nullable() ? from.as_nullable(false) : from;
    const ValType taken = fail ? rest_type : to;
    const ValType kept = fail ? to : rest_type;
    const std::span<const ValType> types = label->label_types();
    if (types.empty() || !matches(taken, types.back())) {
        return mismatch("instruction requires type " + to_string(taken) + " but label has " +
                        list_to_string(types));
    }
    const std::span<const ValType> rest = types.first(types.size() - 1);
    return pop(from) && pop_list(rest) && push_list(rest) && push(kept);
}

bool FunctionValidator::call(const FuncType& type) {
    call_weight_ += s_.weight;
    return pop_list(type.params) && push_list(type.results);
}

bool FunctionValidator::return_call(const FuncType& type) {
    const std::span<const ValType> results = frames_.data()->results();
    if (!match_lists(type.results, results)) {
        return mismatch("current function requires result type " + list_to_string(results) +
                        " but callee returns " + list_to_string(type.results));
    }
    if (!pop_list(type.params)) return false;
    set_unreachable();
    return true;
}

bool FunctionValidator::call_indirect(bool tail) {
    TypeId id = 0;
    const FuncType* type = nullptr;
    const TableType* table = nullptr;
    if (!read_func_type(&id, &type) || !read_table(&table)) return false;
    if (!matches(table->element, ValType::funcref)) {
        return mismatch("instruction requires table of function type but table has element type " +
                        to_string(table->element));
    }
    if (!pop(address_type(table->is_64))) return false;
    return tail ? return_call(*type) : call(*type);
}

bool FunctionValidator::call_ref(bool tail) {
    TypeId id = 0;
    const FuncType* type = nullptr;
    if (!read_func_type(&id, &type) || !pop(ValType::ref_to(id, true))) return false;
    return tail ? return_call(*type) : call(*type);
}

bool FunctionValidator::throw_tag() {
    const FuncType* tag = nullptr;
    if (!read_tag(&tag) || !pop_list(tag->params)) return false;
    set_unreachable();
    return true;
}

bool FunctionValidator::try_table() {
    const FuncType* type = nullptr;
    ValType single;
    u32 count = 0;
    if (!read_block_type(&type, &single) || !read_count(&count)) return false;
    // The labels of the clauses are those outside of the block.
    for (u32 i = 0; i < count; ++i) {
        if (!catch_clause()) return false;
    }
    return push_frame(Kind::try_table, type, single);
}

bool FunctionValidator::catch_clause() {
    const u8* const at = s_.p;
    u8 kind = 0;
    if (!read_byte(&kind)) return false;
    if (kind > 3) return malformed("malformed catch clause", at);
    const FuncType* tag = nullptr;
    ControlFrame* label = nullptr;
    if ((kind < 2 && !read_tag(&tag)) || !read_label(&label)) return false;
    const bool takes_ref = (kind & 1) != 0;
    const ValType exn = ValType::ref(HeapKind::exn, false);
    const std::span<const ValType> want = label->label_types();
    std::span<const ValType> got;
    if (tag != nullptr) got = tag->params;
    bool fits = want.size() == got.size() + (takes_ref ? 1 : 0);
    if (fits && takes_ref) fits = matches(exn, want.back());
    if (fits && match_lists(got, want.first(got.size()))) return true;
    std::vector<ValType> all(got.begin(), got.end());
    if (takes_ref) all.push_back(exn);
    return mismatch("catch handler requires " + list_to_string(want) + " but clause gives " +
                    list_to_string(all));
}

bool FunctionValidator::rethrow() {
    ControlFrame* label = nullptr;
    if (!read_label(&label)) return false;
    if (label->kind != Kind::catch_ && label->kind != Kind::catch_all) {
        return invalid("invalid rethrow label");
    }
    set_unreachable();
    return true;
}

bool FunctionValidator::control_rule(Instr instr) {
    ControlFrame* label = nullptr;
    switch (instr) {
        case Instr::unreachable:
            set_unreachable();
            return true;
        case Instr::block:
            return block(Kind::block);
        case Instr::loop:
            return block(Kind::loop);
        case Instr::if_:
            return block(Kind::if_);
        case Instr::try_:
            return block(Kind::try_);
        case Instr::catch_:
            return begin_catch(false);
        case Instr::catch_all:
            return begin_catch(true);
        case Instr::delegate:
            return delegate();
        case Instr::rethrow:
            return rethrow();
        case Instr::throw_:
            return throw_tag();
        case Instr::throw_ref:
            if (!pop(ValType::exnref)) return false;
            set_unreachable();
            return true;
        case Instr::try_table:
            return try_table();
        case Instr::br:
            return read_label(&label) && br(label);
        case Instr::br_if:
            return read_label(&label) && br_if(label);
        case Instr::br_table:
            return br_table();
        case Instr::br_on_null:
            return br_on_null();
        case Instr::br_on_non_null:
            return br_on_non_null();
        case Instr::br_on_cast:
            return br_on_cast(false);
        case Instr::br_on_cast_fail:
            return br_on_cast(true);
        case Instr::return_:
            return br(frames_.data());
        case Instr::call:
        case Instr::return_call: {
            u32 index = 0;
            if (!read_index("function", module_.func_types.size(), &index)) return false;
            const FuncType& type = module_.type_of_func(index).sub.func;
            return instr == Instr::call ? call(type) : return_call(type);
        }
        case Instr::call_indirect:
            return call_indirect(false);
        case Instr::return_call_indirect:
            return call_indirect(true);
        case Instr::call_ref:
            return call_ref(false);
        case Instr::return_call_ref:
            // Of two proposals; the table has the other one.
            if (!features_.has(Feature::tail_call)) {
                return feature_off(Feature::tail_call, to_string(instr));
            }
            return call_ref(true);
        default:
            return reference_rule(instr);
    }
}

}  // namespace wasmi::core
