// Printer: function bodies and constant expressions, flat or folded.
// Spec: text/instructions.
//
// Folding never changes the order of instructions: whatever stands directly before an instruction
// may be written as its operands. So a wrong guess at its arity would only look odd, and code that
// cannot be reached needs no care.
#include "core/text/numbers.hpp"
#include "core/text/printer.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace wasmi::core::text {
namespace {

bool opens_block(Instr instr) {
    return instr == Instr::block || instr == Instr::loop || instr == Instr::if_ ||
           instr == Instr::try_ || instr == Instr::try_table;
}

/// Operands of a Sig: the letters before its underscore.
std::pair<u32, u32> arity_of(Sig sig) {
    static constexpr std::string_view kNames[] = {
        "poly", "n_n",  "n_i",   "n_l",   "n_f",   "n_d",   "n_v",   "n_a",     "i_i",  "i_l",
        "i_f",  "i_d",  "i_v",   "l_i",   "l_l",   "l_f",   "l_d",   "l_v",     "f_i",  "f_l",
        "f_f",  "f_d",  "f_v",   "d_i",   "d_l",   "d_f",   "d_d",   "d_v",     "v_i",  "v_l",
        "v_f",  "v_d",  "v_v",   "ii_i",  "ll_i",  "ll_l",  "ff_i",  "ff_f",    "dd_i", "dd_d",
        "vi_v", "vl_v", "vf_v",  "vd_v",  "vv_v",  "vvv_v", "ll_ll", "llll_ll", "a_a",  "a_i",
        "a_l",  "a_f",  "a_d",   "a_v",   "ai_n",  "al_n",  "af_n",  "ad_n",    "av_n", "av_v",
        "ai_i", "al_l", "aii_i", "ail_i", "all_i", "all_l", "aia_n", "aii_n"};
    const std::string_view name = kNames[static_cast<u8>(sig)];
    const std::size_t bar = name.find('_');
    const auto count = [](std::string_view s) {
        return s == "n" ? 0u : static_cast<u32>(s.size());
    };
    return {count(name.substr(0, bar)), count(name.substr(bar + 1))};
}
static_assert(static_cast<u8>(Sig::aii_n) == 67, "the list of names must follow enum Sig");

}  // namespace

// ---- one instruction ----------------------------------------------------------------------------

std::string Printer::label_reference(u32 depth) const {
    if (depth < labels_.size()) {
        const std::string& name = labels_[labels_.size() - 1 - depth];
        bool hidden = name.empty();
        for (u32 i = 0; i < depth && !hidden; ++i) {
            hidden = labels_[labels_.size() - 1 - i] == name;
        }
        if (!hidden) return name;
    }
    return std::to_string(depth);
}

/// The name of the next block of the function, "$l" or empty.
std::string Printer::new_label() {
    const u32 ordinal = label_ordinal_++;
    if (func_labels_ == nullptr) return {};
    const auto found = std::lower_bound(
        func_labels_->begin(), func_labels_->end(), ordinal,
        [](const std::pair<u32, std::string>& entry, u32 index) { return entry.first < index; });
    if (found == func_labels_->end() || found->first != ordinal) return {};
    Ids one;
    assign(one, 1, {{0, found->second}});
    return one.ids[0];
}

std::string Printer::block_type_text(const BlockType& b) const {
    switch (b.kind) {
        case BlockType::Kind::empty:
            return {};
        case BlockType::Kind::value:
            return " (result " + type_text(b.value) + ")";
        case BlockType::Kind::type:
            break;
    }
    std::string out = " (type " + reference(kType, b.type) + ")";
    if (b.type < types_.size() && types_[b.type].is_func) {
        out += list_text("param", types_[b.type].params);
        out += list_text("result", types_[b.type].results);
    }
    return out;
}

std::string Printer::catch_text(const CatchClause& c) const {
    static constexpr std::string_view kWords[] = {"catch", "catch_ref", "catch_all",
                                                  "catch_all_ref"};
    std::string out = " (" + std::string(kWords[static_cast<u8>(c.kind)]);
    if (c.has_tag()) out += " " + reference(kTag, c.tag);
    return out + " " + label_reference(c.label) + ")";
}

std::string Printer::memarg_text(Instr instr, const Immediates& imm) const {
    std::string out;
    if (imm.index != 0) out += " " + reference(kMemory, imm.index);
    if (imm.bits != 0) out += " offset=" + std::to_string(imm.bits);
    if (imm.align != access_log2(instr)) out += " align=" + std::to_string(u64{1} << imm.align);
    return out;
}

/// Keyword and immediates, but for the label and type of blocks.
std::string Printer::instruction(Instr instr, const Immediates& imm) {
    std::string out(to_string(instr));
    const auto with = [&](const std::string& operand) { out += " " + operand; };
    const auto unless_zero = [&](Space s, u32 index) {
        if (index != 0) with(reference(s, index));
    };
    switch (imm_of(instr)) {
        case Imm::none:
        case Imm::block_type:
        case Imm::try_table:
        case Imm::zero_byte:
            break;
        case Imm::label:
            with(label_reference(imm.index));
            break;
        case Imm::label_table: {
            Reader list(bytes_, imm.list);
            for (u32 i = 0; i <= imm.index; ++i) with(label_reference(list.read_u32()));
            break;
        }
        case Imm::func:
            with(reference(kFunc, imm.index));
            break;
        case Imm::type:
            with(reference(kType, imm.index));
            break;
        case Imm::type_table:
            unless_zero(kTable, imm.index2);
            out += " (type " + reference(kType, imm.index) + ")";
            if (imm.index < types_.size() && types_[imm.index].is_func) {
                out += list_text("param", types_[imm.index].params);
                out += list_text("result", types_[imm.index].results);
            }
            break;
        case Imm::type_field:
            with(reference(kType, imm.index));
            with(field_reference(imm.index, imm.index2));
            break;
        case Imm::type_count:
            with(reference(kType, imm.index));
            with(std::to_string(imm.index2));
            break;
        case Imm::type_data:
            with(reference(kType, imm.index));
            with(reference(kData, imm.index2));
            break;
        case Imm::type_elem:
            with(reference(kType, imm.index));
            with(reference(kElem, imm.index2));
            break;
        case Imm::type_type:
            with(reference(kType, imm.index));
            with(reference(kType, imm.index2));
            break;
        case Imm::local: {
            const bool named = imm.index < locals_.ids.size() && !locals_.ids[imm.index].empty();
            with(named ? locals_.ids[imm.index] : std::to_string(imm.index));
            break;
        }
        case Imm::global:
            with(reference(kGlobal, imm.index));
            break;
        case Imm::table:
            unless_zero(kTable, imm.index);
            break;
        case Imm::table_table:
            if (imm.index != 0 || imm.index2 != 0) {
                with(reference(kTable, imm.index));
                with(reference(kTable, imm.index2));
            }
            break;
        case Imm::elem_table:
            unless_zero(kTable, imm.index2);
            with(reference(kElem, imm.index));
            break;
        case Imm::elem:
            with(reference(kElem, imm.index));
            break;
        case Imm::memory:
            unless_zero(kMemory, imm.index);
            break;
        case Imm::memory_memory:
            if (imm.index != 0 || imm.index2 != 0) {
                with(reference(kMemory, imm.index));
                with(reference(kMemory, imm.index2));
            }
            break;
        case Imm::data_memory:
            unless_zero(kMemory, imm.index2);
            with(reference(kData, imm.index));
            break;
        case Imm::data:
            with(reference(kData, imm.index));
            break;
        case Imm::tag:
            with(reference(kTag, imm.index));
            break;
        case Imm::memarg:
            out += memarg_text(instr, imm);
            break;
        case Imm::memarg_lane:
            out += memarg_text(instr, imm);
            with(std::to_string(imm.lane));
            break;
        case Imm::lane:
            with(std::to_string(imm.lane));
            break;
        case Imm::lanes16:
            for (unsigned i = 0; i < 16; ++i) with(std::to_string(imm.lane_at(i)));
            break;
        case Imm::s32:
            with(std::to_string(imm.s32()));
            break;
        case Imm::s64:
            with(std::to_string(imm.s64()));
            break;
        case Imm::bits32:
            with(format_f32(static_cast<u32>(imm.bits)));
            break;
        case Imm::bits64:
            with(format_f64(imm.bits));
            break;
        case Imm::bits128:
            out += " i32x4";
            for (const u64 half : {imm.bits, imm.bits_hi}) {
                for (const unsigned shift : {0u, 32u}) with(format_hex(half >> shift & ~u32{0}));
            }
            break;
        case Imm::select_types: {
            Reader list(bytes_, imm.list);
            out += " (result";
            for (u32 i = 0; i < imm.index; ++i) {
                with(type_text(read_val_type(list, type_space_)));
            }
            out += ")";
            break;
        }
        case Imm::heap_type: {
            const bool as_type = instr != Instr::ref_null;
            const bool nullable = instr == Instr::ref_test_null || instr == Instr::ref_cast_null;
            with(as_type ? type_text(imm.type.as_nullable(nullable)) : heap_text(imm.type));
            break;
        }
        case Imm::br_cast:
            with(label_reference(imm.index));
            with(type_text(imm.type));
            with(type_text(imm.type2));
            break;
    }
    return out;
}

/// Keyword, label, type and handlers of an instruction that opens a block; opens its label.
std::string Printer::block_header(Instr instr, const Immediates& imm) {
    std::string out(to_string(instr));
    std::string label = new_label();
    if (!label.empty()) out += " " + label;
    out += block_type_text(imm.block);
    if (instr == Instr::try_table) {
        Reader list(bytes_, imm.list);
        for (u32 i = 0; i < imm.index; ++i) out += catch_text(read_catch_clause(list));
    }
    labels_.push_back(std::move(label));
    return out;
}

std::string Printer::hint_text(u32 offset) const {
    if (func_hints_ == nullptr) return {};
    const auto found =
        std::lower_bound(func_hints_->begin(), func_hints_->end(), offset - body_start_,
                         [](const Hint& h, u32 at) { return h.offset < at; });
    if (found == func_hints_->end() || found->offset != offset - body_start_) return {};
    return found->value != 0 ? "(@metadata.code.branch_hint \"\\01\") "
                             : "(@metadata.code.branch_hint \"\\00\") ";
}

// ---- flat ---------------------------------------------------------------------------------------

/// All instructions but the last `end`.
void Printer::flat_body(Reader& r) {
    while (r.ok() && !r.at_end() && !error_) {
        const std::string hint = hint_text(r.offset());
        const Instr instr = read_instr(r, type_space_.features);
        if (!r.ok()) return;
        Immediates imm;
        read_immediates(r, imm_of(instr), type_space_, imm);
        if (!r.ok()) return;
        u32 indent = 2 + static_cast<u32>(labels_.size());
        std::string text;
        if (opens_block(instr)) {
            text = block_header(instr, imm);
        } else if (instr == Instr::end || instr == Instr::delegate) {
            if (labels_.empty()) return;
            labels_.pop_back();
            --indent;
            text = instruction(instr, imm);
        } else {
            if (instr == Instr::else_ || instr == Instr::catch_ || instr == Instr::catch_all) {
                --indent;
            }
            text = instruction(instr, imm);
        }
        newline(indent);
        out_ += hint + text;
    }
}

// ---- folded -------------------------------------------------------------------------------------

u32 Printer::results_of(const BlockType& b) const {
    switch (b.kind) {
        case BlockType::Kind::empty:
            return 0;
        case BlockType::Kind::value:
            return 1;
        case BlockType::Kind::type:
            break;
    }
    return b.type < types_.size() ? static_cast<u32>(types_[b.type].results.size()) : 0;
}

/// How many operands to fold, and how many results it leaves; a guess will do.
void Printer::arity(Instr instr, const Immediates& imm, u32& pops, u32& pushes) const {
    std::tie(pops, pushes) = arity_of(sig_of(instr));
    if (sig_of(instr) != Sig::poly) return;
    pops = 0;
    pushes = 0;
    const auto call = [&](u32 type, u32 extra) {
        if (type >= types_.size()) return;
        pops = static_cast<u32>(types_[type].params.size()) + extra;
        pushes = static_cast<u32>(types_[type].results.size());
    };
    const auto set = [&](u32 in, u32 out) {
        pops = in;
        pushes = out;
    };
    switch (instr) {
        case Instr::call:
        case Instr::return_call:
            if (imm.index < func_types_.size()) call(func_types_[imm.index], 0);
            break;
        case Instr::call_indirect:
        case Instr::return_call_indirect:
        case Instr::call_ref:
        case Instr::return_call_ref:
            call(imm.index, 1);
            break;
        case Instr::local_get:
        case Instr::global_get:
        case Instr::ref_null:
        case Instr::ref_func:
        case Instr::table_size:
        case Instr::struct_new_default:
            set(0, 1);
            break;
        case Instr::local_set:
        case Instr::global_set:
        case Instr::drop:
        case Instr::br_if:
        case Instr::br_table:
        case Instr::throw_ref:
            set(1, 0);
            break;
        case Instr::local_tee:
        case Instr::table_get:
        case Instr::ref_is_null:
        case Instr::ref_as_non_null:
        case Instr::ref_test:
        case Instr::ref_test_null:
        case Instr::ref_cast:
        case Instr::ref_cast_null:
        case Instr::ref_i31:
        case Instr::i31_get_s:
        case Instr::i31_get_u:
        case Instr::struct_get:
        case Instr::struct_get_s:
        case Instr::struct_get_u:
        case Instr::array_len:
        case Instr::array_new_default:
        case Instr::any_convert_extern:
        case Instr::extern_convert_any:
        case Instr::br_on_null:
        case Instr::br_on_cast:
        case Instr::br_on_cast_fail:
            set(1, 1);
            break;
        case Instr::br_on_non_null:
            set(1, 0);
            break;
        case Instr::ref_eq:
        case Instr::array_get:
        case Instr::array_get_s:
        case Instr::array_get_u:
        case Instr::array_new:
        case Instr::array_new_data:
        case Instr::array_new_elem:
        case Instr::table_grow:
            set(2, 1);
            break;
        case Instr::table_set:
        case Instr::struct_set:
            set(2, 0);
            break;
        case Instr::array_set:
        case Instr::table_fill:
        case Instr::table_copy:
        case Instr::table_init:
        case Instr::memory_copy:
            set(3, 0);
            break;
        case Instr::array_fill:
        case Instr::array_init_data:
        case Instr::array_init_elem:
            set(4, 0);
            break;
        case Instr::array_copy:
            set(5, 0);
            break;
        case Instr::array_new_fixed:
            set(imm.index2, 1);
            break;
        case Instr::struct_new:
            set(imm.index < types_.size() ? types_[imm.index].fields : 0, 1);
            break;
        case Instr::select:
        case Instr::select_t:
            set(3, 1);
            break;
        case Instr::throw_:
            if (imm.index < tag_types_.size()) call(tag_types_[imm.index], 0);
            pushes = 0;
            break;
        default:
            break;
    }
}

/// Builds trees: each list holds what stands on one level of a block.
void Printer::read_tree(Reader& r) {
    nodes_.clear();
    nodes_.emplace_back();  // the body itself
    std::vector<u32> open{0};
    while (r.ok() && !r.at_end() && !error_) {
        const u32 offset = r.offset();
        const Instr instr = read_instr(r, type_space_.features);
        if (!r.ok()) return;
        Immediates imm;
        read_immediates(r, imm_of(instr), type_space_, imm);
        if (!r.ok()) return;
        if (instr == Instr::end) {
            while (nodes_[open.back()].is_clause) open.pop_back();
            if (open.size() == 1) return;
            open.pop_back();
            labels_.pop_back();
            continue;
        }
        Node node;
        if (instr == Instr::else_ || instr == Instr::catch_ || instr == Instr::catch_all ||
            instr == Instr::delegate) {
            while (nodes_[open.back()].is_clause) open.pop_back();
            if (open.size() == 1) return;
            if (instr == Instr::delegate) labels_.pop_back();
            node.text = instruction(instr, imm);
            node.is_clause = true;
            const auto index = static_cast<u32>(nodes_.size());
            nodes_[open.back()].items.push_back(index);
            nodes_.push_back(std::move(node));
            if (instr == Instr::delegate) {
                open.pop_back();
            } else {
                open.push_back(index);
            }
            continue;
        }
        u32 pops = 0;
        u32 pushes = 0;
        const bool block = opens_block(instr);
        node.hint = hint_text(offset);
        if (block) {
            pops = instr == Instr::if_ ? 1 : 0;
            pushes = results_of(imm.block);
            node.text = block_header(instr, imm);
        } else {
            arity(instr, imm, pops, pushes);
            node.text = instruction(instr, imm);
        }
        node.single = pushes == 1;
        std::vector<u32>& siblings = nodes_[open.back()].items;
        if (pops != 0 && pops <= siblings.size() &&
            std::all_of(siblings.end() - pops, siblings.end(),
                        [&](u32 i) { return nodes_[i].single; })) {
            node.items.assign(siblings.end() - pops, siblings.end());
            node.operands = pops;
            siblings.resize(siblings.size() - pops);
        }
        const auto index = static_cast<u32>(nodes_.size());
        siblings.push_back(index);
        if (block) {
            open.push_back(index);
            // The branches of `if` and the body of `try` are clauses of their own.
            if (instr == Instr::if_ || instr == Instr::try_) {
                Node clause;
                clause.text = instr == Instr::if_ ? "then" : "do";
                clause.is_clause = true;
                node.items.push_back(index + 1);
                open.push_back(index + 1);
                nodes_.push_back(std::move(node));
                nodes_.push_back(std::move(clause));
                continue;
            }
        }
        nodes_.push_back(std::move(node));
    }
}

/// Writes the trees of the body; short operands stay on the line of their instruction.
void Printer::write_tree(u32 indent, bool inline_only) {
    struct Step {
        u32 node;
        u32 next;  ///< of its items
    };
    std::vector<Step> steps{{0, 0}};
    while (!steps.empty() && !error_) {
        Step& step = steps.back();
        const Node& node = nodes_[step.node];
        if (step.next == node.items.size()) {
            steps.pop_back();
            if (!steps.empty()) out_ += ")";
            continue;
        }
        const u32 child_index = node.items[step.next++];
        const Node& child = nodes_[child_index];
        const bool same_line =
            inline_only || (steps.size() > 1 && node.items.size() <= 2 && child.items.empty() &&
                            !child.is_clause && step.next - 1 < node.operands &&
                            std::all_of(node.items.begin(), node.items.end(),
                                        [&](u32 i) { return nodes_[i].items.empty(); }));
        if (same_line) {
            out_ += " ";
        } else {
            newline(indent + static_cast<u32>(steps.size()) - 1);
        }
        out_ += child.hint + "(" + child.text;
        steps.push_back({child_index, 0});
    }
}

// ---- bodies -------------------------------------------------------------------------------------

/// A constant expression, folded on the line.
void Printer::expression(Reader& r) {
    labels_.clear();
    func_labels_ = nullptr;
    func_hints_ = nullptr;
    locals_ = {};
    if (counting_) return;
    read_tree(r);
    write_tree(0, true);
}

void Printer::functions() {
    Reader r = section(Section::code);
    const u32 count = r.read_count();
    for (u32 i = 0; i < count && r.ok(); ++i) {
        const ByteRange range = r.read_bytes();
        const u32 func = imported_[kFunc] + i;
        if (!r.ok() || func >= func_types_.size()) break;
        Reader body(bytes_, range);
        function(func, body);
        fail(body);
        if (error_) return;
    }
    fail(r);
}

void Printer::function(u32 index, Reader& r) {
    body_start_ = r.offset();
    const u32 type = func_types_[index];
    static const std::vector<ValType> kNone;
    const bool known = type < types_.size() && types_[type].is_func;
    const std::vector<ValType>& params = known ? types_[type].params : kNone;

    struct Group {
        u32 count;
        ValType type;
    };
    std::vector<Group> groups;
    u64 total = params.size();
    for (u32 n = r.read_count(); n > 0 && r.ok(); --n) {
        const u32 count = r.read_u32();
        groups.push_back({count, read_val_type(r, type_space_)});
        total += count;
    }
    constexpr u64 kMaxLocals = 50'000;  // as the engine's default: the text lists each of them
    if (total > kMaxLocals) {
        r.fail(ErrorKind::limit, "too many locals to print: " + std::to_string(total), r.offset());
        return;
    }
    const auto names = local_names_.find(index);
    assign(locals_, static_cast<u32>(total),
           names != local_names_.end() ? names->second : NameMap{});
    const auto labels = label_names_.find(index);
    func_labels_ = labels != label_names_.end() ? &labels->second : nullptr;
    label_ordinal_ = 0;
    labels_.clear();
    const auto hints = hints_.find(index);
    func_hints_ = hints != hints_.end() ? &hints->second : nullptr;

    newline(1);
    out_ += "(func";
    define(kFunc, index);
    out_ += " (type " + reference(kType, type) + ")";
    const bool any_named = names != local_names_.end();
    const auto is_named = [&](u32 i) {
        return !locals_.ids[i].empty() || !locals_.names[i].empty();
    };
    const auto declare = [&](std::string_view keyword, u32 i, ValType t) {
        out_ += "(" + std::string(keyword);
        if (!locals_.ids[i].empty()) out_ += " " + locals_.ids[i];
        if (!locals_.names[i].empty()) {
            out_ += " (@name " + quoted(locals_.names[i], true) + ")";
        }
        out_ += " " + type_text(t) + ")";
    };
    if (known) {
        if (any_named) {
            for (u32 i = 0; i < params.size(); ++i) {
                out_ += " ";
                declare("param", i, params[i]);
            }
        } else {
            out_ += list_text("param", params);
        }
        out_ += list_text("result", types_[type].results);
    }
    auto local = static_cast<u32>(params.size());
    bool first = true;
    const auto separate = [&] {
        if (std::exchange(first, false)) {
            newline(2);
        } else {
            out_ += " ";
        }
    };
    for (const Group& g : groups) {
        std::string run;
        for (u32 i = 0; i < g.count; ++i, ++local) {
            if (!is_named(local)) {
                run += " " + type_text(g.type);
                continue;
            }
            if (!run.empty()) {
                separate();
                out_ += "(local" + std::exchange(run, {}) + ")";
            }
            separate();
            declare("local", local, g.type);
        }
        if (run.empty()) continue;
        separate();
        out_ += "(local" + run + ")";
    }
    if (options_.folded) {
        read_tree(r);
        write_tree(2, false);
    } else {
        flat_body(r);
    }
    out_ += ")";
}

}  // namespace wasmi::core::text
