// Steps, calls and blocks of the reference interpreter.
// Spec: exec/instructions (function calls, expressions), exec/modules (invocation).
#include "tests/reference/machine.hpp"

#include "core/types/instr.hpp"

#include <utility>

namespace wasmi::reference {

using core::imm_of;
using core::Reader;

namespace {

/// A null or zero, which have the same bits. Spec: exec/runtime (default values).
constexpr Value kDefault{};

/// The label of the whole body: a branch to it returns.
Label body_label(const Frame& f) {
    Label label;
    label.arity = f.arity;
    label.height = f.height;
    return label;
}

}  // namespace

std::map<u32, Block> find_blocks(const core::ModuleData& module, core::ByteRange expr) {
    const core::TypeSpace space{module.types, 0, Features::all()};
    Reader r(module.bytes, expr);
    std::map<u32, Block> blocks;
    std::vector<u32> open;
    while (r.ok() && !r.at_end()) {
        const u32 at = r.offset();
        const Instr instr = core::read_instr(r, space.features);
        Immediates imm;
        if (r.ok()) core::read_immediates(r, imm_of(instr), space, imm);
        switch (instr) {
            case Instr::block:
            case Instr::loop:
            case Instr::if_:
            case Instr::try_:
            case Instr::try_table:
                open.push_back(at);
                blocks[at] = {};
                break;
            case Instr::else_:
                blocks[open.back()].else_begin = r.offset();
                break;
            case Instr::catch_:
                blocks[open.back()].catches.push_back({imm.index, r.offset()});
                break;
            case Instr::catch_all:
                blocks[open.back()].catches.push_back({std::nullopt, r.offset()});
                break;
            case Instr::delegate:
                blocks[open.back()].delegate = imm.index;
                [[fallthrough]];
            case Instr::end:
                if (open.empty()) break;  // that of the body
                blocks[open.back()].end = at;
                blocks[open.back()].after = r.offset();
                open.pop_back();
                break;
            default:
                break;
        }
    }
    return blocks;
}

void Machine::step() {
    if (steps_++ >= store_.limits.steps) throw OutOfSteps{};
    Frame& f = frame();
    const core::ModuleData& m = *f.module->module;
    const u32 at = f.next;
    const core::ByteRange& expr = f.code->expr;
    Reader r(m.bytes, {at, expr.offset + expr.size - at});
    const core::TypeSpace space{m.types, 0, Features::all()};
    const Instr instr = core::read_instr(r, space.features);
    Immediates imm;
    if (r.ok()) core::read_immediates(r, imm_of(instr), space, imm);
    if (!r.ok()) throw Unsupported{r.take_error().to_string()};
    f.next = r.offset();

    const bool known = execute_control(instr, imm, at) || execute_call(instr, imm) ||
                       execute_variable(instr, imm) || execute_numeric(instr, imm, stack_) ||
                       execute_memory(instr, imm) || execute_table(instr, imm) ||
                       execute_vector(instr, imm, stack_) || execute_vector_memory(instr, imm) ||
                       execute_reference(instr, imm) || execute_aggregate(instr, imm) ||
                       execute_atomic(instr, imm);
    if (!known) throw Unsupported{std::string(core::to_string(instr))};
}

void Machine::run() {
    while (!frames_.empty()) step();
}

std::vector<Value> Machine::invoke(Addr func, std::span<const Value> args) {
    stack_.push_values(args);
    call(func);
    run();
    return stack_.pop_values(stack_.height());
}

Value Machine::evaluate(ModuleInstance& module, core::ConstExpr expr) {
    Code code;
    code.expr = expr;
    Frame f;
    f.module = &module;
    f.code = &code;
    f.arity = 1;
    f.next = expr.offset;
    f.labels.push_back(body_label(f));
    frames_.push_back(std::move(f));
    run();
    return stack_.pop_value();
}

void Machine::call(Addr func) {
    const FuncInstance& callee = store_.funcs[func];
    const FuncType& type = store_.func_type(callee.type);
    std::vector<Value> args = stack_.pop_values(type.params.size());
    if (callee.host) {
        stack_.push_values(callee.host(args));
        return;
    }
    Frame f;
    f.module = callee.module;
    f.code = callee.code.get();
    f.locals = std::move(args);
    f.locals.resize(f.locals.size() + f.code->locals.size(), kDefault);
    f.arity = type.results.size();
    f.height = stack_.height();
    f.next = f.code->expr.offset;
    f.labels.push_back(body_label(f));
    locals_ += f.locals.size();
    if (frames_.size() >= store_.limits.frames ||
        locals_ + stack_.height() > store_.limits.values) {
        trap(TrapCode::call_stack_exhausted);
    }
    frames_.push_back(std::move(f));
}

void Machine::leave_function() {
    const Frame& f = frame();
    const std::vector<Value> results = stack_.pop_values(f.arity);
    stack_.cut_to(f.height);
    stack_.push_values(results);
    locals_ -= f.locals.size();
    frames_.pop_back();
}

void Machine::return_call(Addr func) {
    // The arguments leave the frame as if they were its results.
    frame().arity = store_.func_type(store_.funcs[func].type).params.size();
    leave_function();
    call(func);
}

void Machine::enter(const core::BlockType& type, u32 at, bool is_loop) {
    Frame& f = frame();
    std::size_t params = 0;
    std::size_t results = type.kind == core::BlockType::Kind::value ? 1 : 0;
    if (type.kind == core::BlockType::Kind::type) {
        const FuncType& func = store_.func_type(f.module->module->types[type.type]);
        params = func.params.size();
        results = func.results.size();
    }
    Label label;
    label.block = &f.code->blocks.at(at);
    label.arity = is_loop ? params : results;
    label.height = stack_.height() - params;
    label.continuation = is_loop ? at : label.block->after;
    f.labels.push_back(label);
}

void Machine::branch(u32 index) {
    Frame& f = frame();
    if (index + 1 == f.labels.size()) {
        leave_function();
        return;
    }
    const Label label = f.labels[f.labels.size() - 1 - index];
    const std::vector<Value> values = stack_.pop_values(label.arity);
    f.labels.resize(f.labels.size() - 1 - index);
    stack_.cut_to(label.height);
    stack_.push_values(values);
    f.next = label.continuation;
}

/// Whether the block of this label, which is the innermost of its frame, has a handler for the
/// exception. Then execution goes on there.
bool Machine::handle_in(Label& label, Addr exception) {
    Frame& f = frame();
    const Addr tag = store_.exceptions[exception].tag;
    const std::vector<Value> fields = store_.exceptions[exception].fields;
    Reader r(f.module->module->bytes, label.clauses);
    for (u32 i = 0; i < label.clause_count; ++i) {
        const core::CatchClause clause = core::read_catch_clause(r);
        if (clause.has_tag() && f.module->tags[clause.tag] != tag) continue;
        stack_.cut_to(label.height);
        if (clause.has_tag()) stack_.push_values(fields);
        if (clause.has_ref()) stack_.push_value(Value::of_ref(RefKind::exn, exception));
        f.labels.pop_back();  // labels of clauses count from outside of the block
        branch(clause.label);
        return true;
    }
    // The older proposal: its label stays, and remembers the exception.
    if (label.block == nullptr || label.caught) return false;
    for (const Block::Catch& c : label.block->catches) {
        if (c.tag && f.module->tags[*c.tag] != tag) continue;
        stack_.cut_to(label.height);
        if (c.tag) stack_.push_values(fields);
        label.caught = exception;
        f.next = c.begin;
        return true;
    }
    return false;
}

void Machine::throw_exception(Addr exception) {
    while (!frames_.empty()) {
        Frame& f = frame();
        while (!f.labels.empty()) {
            Label& label = f.labels.back();
            if (handle_in(label, exception)) return;
            // `delegate` passes over the labels up to the one that it names.
            u32 pass = 1;
            if (label.block != nullptr && label.block->delegate) pass += *label.block->delegate;
            f.labels.resize(f.labels.size() - pass);
        }
        stack_.cut_to(f.height);
        locals_ -= f.locals.size();
        frames_.pop_back();
    }
    throw UncaughtException{exception};
}

}  // namespace wasmi::reference
