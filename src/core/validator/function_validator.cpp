// What is around the main loop: locals, the facts for the translator, and the order of it all.
// Spec: appendix/algorithm.

#include "core/validator/function_validator.hpp"

#include "core/decoder/body_scan.hpp"
#include "core/validator/validator.hpp"

#include <algorithm>

namespace wasmi::core {

namespace {

using Kind = ControlFrame::Kind;

}  // namespace

FunctionValidator::FunctionValidator(ModuleData& module)
    : module_(module), types_(module.engine->types), features_(module.engine->config.features) {}

void FunctionValidator::prepare_calls() {
    if (module_.func_types.empty()) return;
    const auto [first, last] =
        std::minmax_element(module_.func_types.begin(), module_.func_types.end());
    constexpr TypeId kMostShapes = 4096;  // ids that lie far apart are not worth a table
    if (*last - *first >= kMostShapes) return;
    first_shape_ = *first;
    call_shapes_.resize(*last - *first + 1);
    for (const TypeId id : module_.func_types) {
        CallShape& shape = call_shapes_[id - first_shape_];
        if (shape.is_known) continue;
        shape.is_known = true;
        const FuncType& type = type_of(id).func;
        const std::size_t count = type.params.size();
        if (count > CallShape::kMostParams || type.results.size() > 1) continue;
        if (std::any_of(type.params.begin(), type.params.end(), is_special)) continue;
        if (!type.results.empty()) {
            if (is_special(type.results.front())) continue;
            shape.result = type.results.front();
        }
        std::copy(type.params.begin(), type.params.end(), std::end(shape.params) - count);
        shape.param_count = static_cast<u32>(count);
    }
}

Error FunctionValidator::take_error() {
    Error error = std::move(*error_);
    error_.reset();
    return error;
}

bool FunctionValidator::start(ByteRange bytes) {
    s_.p = module_.bytes.data() + bytes.offset;
    end_ = s_.p + bytes.size;
    at_ = s_.p;
    s_.weight = 1;
    init_count_ = 0;
    max_slots_ = 0;
    instructions_ = 0;
    call_weight_ = 0;
    if (!reserve_values(64) || !frames_.reserve(16)) return out_of_memory();
    set_frames_limit();
    s_.sp = s_.base = s_.high = bottom();
    top_ = frames_.data();
    *top_ = ControlFrame{};
    top_->kind = Kind::func;
    return true;
}

Result<void> FunctionValidator::validate_constant(ConstExpr expr, ValType expected,
                                                  u32 global_count) {
    is_constant_ = true;
    global_count_ = global_count;
    local_count_ = 0;
    bool ok = start(expr);
    if (ok) {
        top_->single = expected;
        limit_ = s_.p;
        ok = run();
    }
    is_constant_ = false;
    if (!ok) return take_error();
    return {};
}

Result<void> FunctionValidator::validate_body(u32 defined_index) {
    func_index_ = module_.num_imported_funcs + defined_index;
    look_closer_ = false;
    bool ok = attempt(defined_index, false);
    if (WASMI_UNLIKELY(look_closer_)) ok = attempt(defined_index, true);
    if (!ok) return take_error();
    gather_facts(module_.facts[defined_index]);
    return {};
}

/// careful: with no fast case at all.
bool FunctionValidator::attempt(u32 defined_index, bool careful) {
    const FuncType& type = module_.type_of_func(func_index_).sub.func;
    if (!start(module_.funcs[defined_index].body) || !read_locals(type.params)) return false;
    top_->type = &type;
    // Compared as lengths: a module may be shorter than kLookahead.
    const u8* const module_end = module_.bytes.data() + module_.bytes.size();
    limit_ = end_;
    if (module_end - end_ < kLookahead) limit_ -= std::min(end_ - s_.p, kLookahead);
    if (careful) limit_ = s_.p;
    return run();
}

u32 FunctionValidator::measure_locals(u32 defined_index) {
    func_index_ = module_.num_imported_funcs + defined_index;
    const DefinedType& type = module_.type_of_func(func_index_);
    if (start(module_.funcs[defined_index].body) && read_locals(type.sub.func.params)) {
        return local_slots_;
    }
    error_.reset();
    return type.param_slots;
}

bool FunctionValidator::read_locals(std::span<const ValType> params) {
    local_count_ = 0;
    local_slots_ = 0;
    for (const ValType type : params) {
        if (!add_locals(1, type)) return false;
        init_.data()[local_count_ - 1] = 1;
    }
    const u8* const at = s_.p;
    u32 groups = 0;
    if (!read_count(&groups)) return false;
    // The declared number is checked as a whole before any local exists.
    const u8* const first = s_.p;
    u64 total = 0;
    for (const bool counting : {true, false}) {
        s_.p = first;
        for (u32 i = 0; i < groups; ++i) {
            u32 count = 0;
            ValType type;
            if (!read_u32(&count) || !read_val_type(&type)) return false;
            total += count;
            if (!counting && !add_locals(count, type)) return false;
        }
        if (!counting) break;
        if (total > 0xFFFF'FFFF) return malformed("too many locals", at);
        if (total + params.size() > module_.engine->config.limits.locals) {
            return fail(ErrorKind::limit,
                        "too many locals: " + std::to_string(total + params.size()), at);
        }
    }
    return init_log_.reserve(local_count_) || out_of_memory();
}

bool FunctionValidator::add_locals(u32 count, ValType type) {
    const std::size_t total = std::size_t{local_count_} + count;
    if (!locals_.reserve(total, local_count_) || !init_.reserve(total, local_count_)) {
        return out_of_memory();
    }
    std::fill_n(locals_.data() + local_count_, count, TypedLocal{type});
    std::fill_n(init_.data() + local_count_, count, type.is_defaultable() ? u8{1} : u8{0});
    local_count_ += count;
    local_slots_ += count * type.slots();
    return true;
}

/// Picks the locals that the translator keeps in registers. A pinned local is loaded at entry and
/// after calls, and its operand classes make code of more kinds, of which fewer are fused: it has
/// to be used often. A use weighs 8 times as much in each loop around it.
void FunctionValidator::gather_facts(FuncFacts& facts) {
    facts = FuncFacts{};
    facts.max_operand_slots = max_slots_;
    facts.local_slots = local_slots_;
    facts.instructions = instructions_;
    constexpr u64 kLeastWeight = 64;  // measured: 4 and 200 are slower
    const u64 threshold = 3 * call_weight_ + kLeastWeight;
    const u32 candidates = std::min<u32>(local_count_, FuncFacts::kNoLocal);
    u32 best_int[2] = {0, 0};
    u32 best_float[2] = {0, 0};
    for (u32 i = 0; i < candidates; ++i) {
        const auto [type, weight] = locals_.data()[i];
        if (weight <= threshold || type.is_vector()) continue;
        const bool is_float = type == ValType::f32 || type == ValType::f64;
        u32* const best = is_float ? best_float : best_int;
        u16* const pins = is_float ? facts.float_pins : facts.int_pins;
        const u16 local = static_cast<u16>(i);
        if (weight > best[0]) {
            best[1] = best[0];
            pins[1] = pins[0];
            best[0] = weight;
            pins[0] = local;
        } else if (weight > best[1]) {
            best[1] = weight;
            pins[1] = local;
        }
    }
    facts.validated = true;
}

Result<void> validate_function(ModuleData& module, u32 defined_index) {
    FunctionValidator validator(module);
    return validator.validate_body(defined_index);
}

void measure_locals(ModuleData& module) {
    FunctionValidator validator(module);
    for (u32 i = 0; i < module.funcs.size(); ++i) {
        module.facts[i].local_slots = validator.measure_locals(i);
    }
}

Result<void> validate_bodies(ModuleData& module, ErrorList* all) {
    FunctionValidator validator(module);
    validator.prepare_calls();
    Result<void> first;
    for (u32 i = 0; i < module.funcs.size(); ++i) {
        Result<void> done = validator.validate_body(i);
        if (done) continue;
        if (all == nullptr) return malformed_first(module, std::move(done).error());
        const bool is_full = !all->add(done.error());
        if (first) first = std::move(done);
        if (is_full) break;
    }
    return first;
}

Error malformed_first(const ModuleData& module, Error error) {
    if (error.kind() != ErrorKind::invalid && error.kind() != ErrorKind::malformed) return error;
    std::optional<Error> malformed = find_malformed_body(module);
    return malformed ? *std::move(malformed) : std::move(error);
}

}  // namespace wasmi::core
