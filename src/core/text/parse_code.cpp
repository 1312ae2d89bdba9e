// Parser: instructions, flat and folded, and function bodies.
// Spec: text/instructions, text/modules (functions).
//
// Nesting lives in frames_. A folded instruction is written after its operands, so its bytes wait
// in pending_ until its parenthesis closes.
#include "core/text/parser.hpp"

#include <utility>

namespace wasmi::core::text {

void Parser::opcode(Instr instr, BinaryBuffer& out) {
    const Opcode op = opcode_of(instr);
    if (op.prefix == 0) {
        out.byte(op.code);
    } else {
        out.byte(op.prefix);
        out.uleb(op.code);
    }
}

// ---- labels -------------------------------------------------------------------------------------

std::string_view Parser::optional_label() {
    if (kind() != TokenKind::id) return {};
    const std::string_view name = identifier(peek());
    advance();
    return name;
}

void Parser::enter_label(std::string_view name) {
    ++label_depth_;
    if (!name.empty()) {
        labels_[name].push_back(label_depth_);
        label_names_.emplace_back(label_ordinal_, name);
    }
    ++label_ordinal_;
}

void Parser::leave_label() {
    Frame& f = frames_.back();
    if (!f.has_label) return;
    f.has_label = false;
    --label_depth_;
    if (!f.label.empty()) labels_[f.label].pop_back();
}

u32 Parser::label_index() {
    if (kind() != TokenKind::id) return index_in({}, "label");
    const auto found = labels_.find(identifier(peek()));
    if (found == labels_.end() || found->second.empty()) {
        fail("unknown label " + std::string(text()));
        return 0;
    }
    advance();
    return label_depth_ - found->second.back();
}

/// The optional label after `end` and `else`.
void Parser::check_end_label(const Frame& f) {
    if (kind() != TokenKind::id) return;
    if (identifier(peek()) != f.label) {
        fail("mismatching label " + std::string(text()));
        return;
    }
    advance();
}

// ---- the loop -----------------------------------------------------------------------------------

/// Reads to a parenthesis that none of the instructions opened, or one folded instruction.
/// Appends to code_.
void Parser::instructions(bool only_one) {
    while (!failed()) {
        const TokenKind k = kind();
        const Frame* top = frames_.empty() ? nullptr : &frames_.back();
        const bool folded_only =
            top != nullptr &&
            (top->kind == Frame::Kind::operands || top->kind == Frame::Kind::if_operands ||
             top->kind == Frame::Kind::if_done || top->kind == Frame::Kind::try_clauses);
        if (k == TokenKind::lparen) {
            open_folded();
        } else if (k == TokenKind::rparen) {
            if (top == nullptr) return;
            close_folded();
        } else if (k == TokenKind::keyword && !folded_only) {
            plain_instruction();
        } else if (k == TokenKind::eof && top == nullptr) {
            return;
        } else {
            fail_expected(folded_only ? "( or )" : "an instruction");
        }
        if (only_one && frames_.empty()) return;
    }
}

/// Takes the keyword of an instruction.
Instr Parser::instruction_keyword() {
    if (kind() == TokenKind::keyword) {
        if (const std::optional<Instr> instr = instr_from_text(text())) {
            advance();
            return *instr;
        }
    }
    fail_expected("an instruction");
    return Instr::nop;
}

// ---- folded instructions ------------------------------------------------------------------------

void Parser::open_folded() {
    if (!frames_.empty()) {
        Frame& top = frames_.back();
        if (top.kind == Frame::Kind::if_operands && at_open("then")) {
            advance(2);
            place_hint(top.hint, top.instr);
            code_.raw(pending_.from(top.pending));
            pending_.truncate(top.pending);
            top.has_label = true;
            enter_label(top.label);
            top.kind = Frame::Kind::if_then;
            return;
        }
        if (top.kind == Frame::Kind::try_clauses) {
            open_try_clause();
            return;
        }
        if (top.kind == Frame::Kind::if_done) {
            advance();
            fail_expected(") after the branches of if");
            return;
        }
    }
    u32 hint = take_hint(at_);
    advance();
    if (hint == kNoIndex) hint = take_hint(at_);
    const u32 keyword = at_;
    const Instr instr = instruction_keyword();
    if (failed()) return;
    Frame f{};
    f.instr = instr;
    f.hint = hint;
    f.pending = static_cast<u32>(pending_.size());
    switch (instr) {
        case Instr::block:
        case Instr::loop:
        case Instr::try_table:
            f.kind = Frame::Kind::block;
            f.label = optional_label();
            place_hint(hint, instr);
            opcode(instr, code_);
            block_type(code_);
            if (instr == Instr::try_table) catch_clauses(code_);
            f.has_label = true;
            enter_label(f.label);
            break;
        case Instr::if_:
            f.kind = Frame::Kind::if_operands;
            f.label = optional_label();
            opcode(instr, pending_);
            block_type(pending_);
            break;
        case Instr::try_:
            f.kind = Frame::Kind::try_clauses;
            f.label = optional_label();
            place_hint(hint, instr);
            opcode(instr, code_);
            block_type(code_);
            f.has_label = true;
            enter_label(f.label);
            expect_open("do");
            frames_.push_back(f);
            f = Frame{};
            f.kind = Frame::Kind::try_body;
            break;
        case Instr::else_:
        case Instr::end:
        case Instr::catch_:
        case Instr::catch_all:
        case Instr::delegate:
            at_ = keyword;
            fail_expected("an instruction that can be folded");
            return;
        default:
            f.kind = Frame::Kind::operands;
            immediates(instr, pending_);
    }
    frames_.push_back(f);
}

void Parser::close_folded() {
    Frame& top = frames_.back();
    switch (top.kind) {
        case Frame::Kind::operands:
            place_hint(top.hint, top.instr);
            code_.raw(pending_.from(top.pending));
            pending_.truncate(top.pending);
            break;
        case Frame::Kind::block:
        case Frame::Kind::if_done:
        case Frame::Kind::try_clauses:
            opcode(Instr::end, code_);
            leave_label();
            break;
        case Frame::Kind::if_then:
            advance();
            if (take_open("else")) {
                opcode(Instr::else_, code_);
                top.kind = Frame::Kind::if_else;
            } else {
                top.kind = Frame::Kind::if_done;
            }
            return;
        case Frame::Kind::if_else:
            advance();
            top.kind = Frame::Kind::if_done;
            return;
        case Frame::Kind::try_body:
            break;
        case Frame::Kind::if_operands:
            fail_expected("(then ...)");
            return;
        case Frame::Kind::plain_block:
        case Frame::Kind::plain_if:
        case Frame::Kind::plain_else:
        case Frame::Kind::plain_try:
            fail_expected("end");
            return;
    }
    advance();
    frames_.pop_back();
}

/// (catch tag …), (catch_all …) or (delegate label) of a folded legacy try.
void Parser::open_try_clause() {
    Frame& top = frames_.back();
    Frame body{};
    body.kind = Frame::Kind::try_body;
    if (at_open("catch") && !top.caught_all) {
        advance(2);
        opcode(Instr::catch_, code_);
        code_.uleb(index(Space::tag));
        top.caught = true;
        frames_.push_back(body);
    } else if (at_open("catch_all") && !top.caught_all) {
        advance(2);
        opcode(Instr::catch_all, code_);
        top.caught = top.caught_all = true;
        frames_.push_back(body);
    } else if (at_open("delegate") && !top.caught) {
        advance(2);
        leave_label();  // delegate ends the block: its label counts from outside
        opcode(Instr::delegate, code_);
        code_.uleb(label_index());
        close();
        close();
        frames_.pop_back();
    } else {
        advance();
        fail_expected(top.caught_all ? ")" : "a catch clause");
    }
}

// ---- plain instructions -------------------------------------------------------------------------

void Parser::plain_instruction() {
    const u32 hint = take_hint(at_);
    const u32 keyword = at_;
    const Instr instr = instruction_keyword();
    if (failed()) return;
    Frame f{};
    switch (instr) {
        case Instr::block:
        case Instr::loop:
        case Instr::try_table:
        case Instr::if_:
        case Instr::try_:
            f.kind = instr == Instr::if_    ? Frame::Kind::plain_if
                     : instr == Instr::try_ ? Frame::Kind::plain_try
                                            : Frame::Kind::plain_block;
            f.label = optional_label();
            place_hint(hint, instr);
            opcode(instr, code_);
            block_type(code_);
            if (instr == Instr::try_table) catch_clauses(code_);
            f.has_label = true;
            enter_label(f.label);
            frames_.push_back(f);
            return;
        case Instr::end:
        case Instr::else_:
        case Instr::catch_:
        case Instr::catch_all:
        case Instr::delegate: {
            const Frame::Kind top = frames_.empty() ? Frame::Kind::operands : frames_.back().kind;
            const bool in_try = top == Frame::Kind::plain_try;
            if (instr == Instr::end &&
                (in_try || top == Frame::Kind::plain_block || top == Frame::Kind::plain_if ||
                 top == Frame::Kind::plain_else)) {
                plain_end();
            } else if (instr == Instr::else_ && top == Frame::Kind::plain_if) {
                plain_else();
            } else if (instr == Instr::catch_ && in_try && !frames_.back().caught_all) {
                opcode(instr, code_);
                code_.uleb(index(Space::tag));
                frames_.back().caught = true;
            } else if (instr == Instr::catch_all && in_try && !frames_.back().caught_all) {
                opcode(instr, code_);
                frames_.back().caught = frames_.back().caught_all = true;
            } else if (instr == Instr::delegate && in_try && !frames_.back().caught) {
                plain_delegate();
            } else {
                at_ = keyword;
                fail_expected(frames_.empty() ? "an instruction or )" : "another instruction");
            }
            return;
        }
        default:
            place_hint(hint, instr);
            immediates(instr, code_);
    }
}

void Parser::plain_end() {
    opcode(Instr::end, code_);
    check_end_label(frames_.back());
    leave_label();
    frames_.pop_back();
}

void Parser::plain_else() {
    opcode(Instr::else_, code_);
    check_end_label(frames_.back());
    frames_.back().kind = Frame::Kind::plain_else;
}

void Parser::plain_delegate() {
    leave_label();
    opcode(Instr::delegate, code_);
    code_.uleb(label_index());
    frames_.pop_back();
}

// ---- functions ----------------------------------------------------------------------------------

u32 Parser::local_index() { return index_in(locals_, "local"); }

/// Gives a parameter or local its name; `token` is where its id is.
void Parser::add_local(std::string_view name, u32 token, u32 func_local) {
    if (!name.empty() && !locals_.emplace(name, func_local).second) {
        fail_at(token, "duplicate local " + std::string(stream_.text(stream_.tokens[token])));
        return;
    }
    add_name(local_names_, func_local, name, "local");
}

void Parser::local_declarations(const TypeUse& use, std::vector<TextType>& types) {
    // The number of parameters matters for named locals only; the type may be unknown otherwise.
    std::optional<u32> params;
    if (!use.index || !use.signature.empty()) {
        params = static_cast<u32>(use.signature.params.size());
    } else if (*use.index < types_.size() && types_[*use.index].is_func) {
        params = static_cast<u32>(types_[*use.index].signature.params.size());
    }
    while (take_open("local")) {
        const auto next = static_cast<u32>(params.value_or(0) + types.size());
        if (kind() == TokenKind::id) {
            if (!params) {
                const bool known = *use.index < types_.size();
                fail_at(use.index_token, (known ? "non-function type " : "unknown type ") +
                                             std::to_string(*use.index));
                return;
            }
            const u32 token = at_;
            const std::string_view id = identifier(peek());
            advance();
            add_local(id, token, next);
            types.push_back(value_type());
        } else {
            add_local({}, at_, next);
            value_types(types);
        }
        close();
    }
}

void Parser::function_body(u32 func, const TypeUse& use) {
    std::vector<TextType> types;
    local_declarations(use, types);
    BinaryBuffer locals;
    u32 groups = 0;
    BinaryBuffer group_list;
    for (std::size_t i = 0; i < types.size();) {
        std::size_t end = i + 1;
        while (end < types.size() && types[end] == types[i]) ++end;
        group_list.uleb(end - i);
        write(group_list, types[i]);
        ++groups;
        i = end;
    }
    locals.uleb(groups);
    locals.append(group_list);

    code_.clear();
    labels_.clear();
    label_names_.clear();
    label_depth_ = 0;
    label_ordinal_ = 0;
    hints_.clear();
    in_function_ = true;
    instruction_list();
    in_function_ = false;
    if (failed()) return;
    opcode(Instr::end, code_);

    BinaryBuffer& out = builder_.add(Section::code);
    out.uleb(locals.size() + code_.size());
    out.append(locals);
    out.append(code_);
    if (!local_names_.empty()) builder_.names.locals.emplace_back(func, std::move(local_names_));
    if (!label_names_.empty()) builder_.names.labels.emplace_back(func, std::move(label_names_));
    local_names_.clear();
    label_names_.clear();
    if (hints_.empty()) return;
    ++hinted_funcs_;
    hint_entries_.uleb(func);
    hint_entries_.uleb(hints_.size());
    for (const Hint& h : hints_) {
        hint_entries_.uleb(h.offset + locals.size());
        hint_entries_.byte(1);
        hint_entries_.byte(h.value);
    }
}

}  // namespace wasmi::core::text
