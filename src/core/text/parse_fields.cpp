// Parser: the fields of a module, names first, contents later.
// Spec: text/modules.
#include "core/text/numbers.hpp"
#include "core/text/parser.hpp"

#include <utility>

namespace wasmi::core::text {
namespace {

constexpr u32 kFuncKind = 0;
constexpr u32 kTableKind = 1;
constexpr u32 kMemoryKind = 2;
constexpr u32 kGlobalKind = 3;
constexpr u32 kTagKind = 4;

constexpr i64 kAnyFunc = 0x70 - 0x80;

}  // namespace

// ---- first pass: names --------------------------------------------------------------------------

void Parser::scan_fields() {
    at_ = begin_;
    take_custom_annotations();
    while (!failed() && kind() != TokenKind::eof) {
        if (kind() != TokenKind::lparen) {
            fail_expected("a module field");
            return;
        }
        const u32 open = at_;
        advance();
        const std::string_view word = kind() == TokenKind::keyword ? text() : std::string_view();
        const auto add = [&](Field::Kind k, u32 index) { fields_.push_back({k, at_, index}); };
        if (word == "type") {
            advance();
            const u32 index = bind(Space::type);
            add(Field::Kind::type, index);
            skip_to_close();
        } else if (word == "rec") {
            advance();
            add(Field::Kind::rec, 0);
            scan_rec();
        } else if (word == "import") {
            advance();
            add(Field::Kind::import, 0);
            check_import_order(open);
            scan_import();
        } else if (word == "func") {
            scan_definition(Field::Kind::func, Space::func);
        } else if (word == "table") {
            scan_definition(Field::Kind::table, Space::table);
        } else if (word == "memory") {
            scan_definition(Field::Kind::memory, Space::memory);
        } else if (word == "global") {
            scan_definition(Field::Kind::global, Space::global);
        } else if (word == "tag") {
            scan_definition(Field::Kind::tag, Space::tag);
        } else if (word == "elem") {
            advance();
            add(Field::Kind::elem, bind(Space::elem));
            fields_.back().token = at_;
            skip_to_close();
        } else if (word == "data") {
            advance();
            add(Field::Kind::data, bind(Space::data));
            fields_.back().token = at_;
            skip_to_close();
        } else if (word == "export" || word == "start") {
            advance();
            add(word == "start" ? Field::Kind::start : Field::Kind::export_, 0);
            skip_to_close();
        } else {
            fail_expected("a module field");
            return;
        }
        take_custom_annotations();
    }
}

void Parser::scan_rec() {
    while (take_open("type")) {
        bind(Space::type);
        skip_to_close();
    }
    close();
}

void Parser::check_import_order(u32 token) {
    if (last_definition_.empty()) return;
    fail_at(token, "import after " + std::string(last_definition_) + " definition");
}

/// func, table, memory, global or tag; the parser is at the keyword.
void Parser::scan_definition(Field::Kind field_kind, Space s) {
    const u32 keyword = at_;
    const std::string_view word = text();
    advance();
    const u32 index = bind(s);
    fields_.push_back({field_kind, at_, index});
    while (take_open("export")) skip_to_close();
    if (at_open("import")) {
        check_import_order(keyword);
    } else {
        last_definition_ = s == Space::func ? "function" : word;
        if (s == Space::table || s == Space::memory) {
            // Without limits it has its elements or data in it, as a segment of its own.
            address_type();
            page_size();
            if (kind() != TokenKind::nat) {
                bind_anonymous(s == Space::table ? Space::elem : Space::data);
            }
        }
    }
    skip_to_close();
}

/// After `(import`. Besides the ordinary form: (import "m" (item "n" type)…) and
/// (import "m" (item "n")… type) of the compact import section proposal.
void Parser::scan_import() {
    const auto space_of_keyword = [&]() -> std::optional<Space> {
        if (at_keyword("func")) return Space::func;
        if (at_keyword("table")) return Space::table;
        if (at_keyword("memory")) return Space::memory;
        if (at_keyword("global")) return Space::global;
        if (at_keyword("tag")) return Space::tag;
        fail_expected("func, table, memory, global or tag");
        return std::nullopt;
    };
    const auto scan_type = [&] {
        advance();
        if (const std::optional<Space> s = space_of_keyword()) {
            advance();
            bind(*s);
            skip_to_close();
        }
    };
    name_string();
    if (kind() == TokenKind::string) {
        advance();
        if (kind() != TokenKind::lparen) {
            fail_expected("the type of the import");
            return;
        }
        scan_type();
        close();
        return;
    }
    if (!at_open("item")) {
        fail_expected("a string");
        return;
    }
    u32 untyped = 0;
    while (take_open("item")) {
        name_string();
        if (kind() == TokenKind::lparen && untyped == 0) {
            scan_type();
        } else {
            ++untyped;
        }
        close();
    }
    if (untyped != 0) {
        if (kind() != TokenKind::lparen) {
            fail_expected("the type of the imports");
            return;
        }
        advance();
        const std::optional<Space> s = space_of_keyword();
        if (!s) return;
        advance();
        if (kind() == TokenKind::id) fail("identifier not allowed for several imports");
        for (u32 i = 0; i < untyped; ++i) bind_anonymous(*s);
        skip_to_close();
    }
    close();
}

// ---- third pass: contents -----------------------------------------------------------------------

void Parser::field(const Field& f) {
    at_ = f.token;
    switch (f.kind) {
        case Field::Kind::type:
        case Field::Kind::rec:
            return;
        case Field::Kind::import:
            import_field();
            break;
        case Field::Kind::func:
            func_field(f.index);
            break;
        case Field::Kind::table:
            table_field(f.index);
            break;
        case Field::Kind::memory:
            memory_field(f.index);
            break;
        case Field::Kind::global:
            global_field(f.index);
            break;
        case Field::Kind::tag:
            tag_field(f.index);
            break;
        case Field::Kind::export_:
            export_field();
            break;
        case Field::Kind::start:
            start_field();
            break;
        case Field::Kind::elem:
            elem_field();
            break;
        case Field::Kind::data:
            data_field();
            break;
    }
    close();
}

void Parser::import_field() {
    const std::string module = name_string();
    if (kind() == TokenKind::string) {
        const std::string name = name_string();
        import_entry(module, name, true);
        return;
    }
    std::vector<std::string> untyped;
    while (take_open("item")) {
        std::string name = name_string();
        if (kind() == TokenKind::lparen) {
            import_entry(module, name, true);
        } else {
            untyped.push_back(std::move(name));
        }
        close();
    }
    const u32 type_at = at_;
    for (const std::string& name : untyped) {
        if (failed()) return;
        at_ = type_at;
        import_entry(module, name, false);
    }
}

/// `(kind $id type)`.
void Parser::import_entry(const std::string& module, const std::string& name, bool ids_allowed) {
    BinaryBuffer type;
    const auto skip_id = [&] {
        if (ids_allowed && kind() == TokenKind::id) advance();
    };
    if (take_open("func")) {
        skip_id();
        type.byte(kFuncKind);
        type.uleb(resolve(type_use(ParamNames::ignored)));
    } else if (take_open("table")) {
        skip_id();
        type.byte(kTableKind);
        const bool is_64 = address_type();
        const Limits l = limits(is_64);
        table_type(type, is_64, l, reference_type());
    } else if (take_open("memory")) {
        skip_id();
        type.byte(kMemoryKind);
        const bool is_64 = address_type();
        const Limits l = limits(is_64);
        const bool shared = take_keyword("shared");
        memory_type(type, is_64, l, shared, page_size());
    } else if (take_open("global")) {
        skip_id();
        type.byte(kGlobalKind);
        const bool is_mutable = take_open("mut");
        write(type, value_type());
        if (is_mutable) close();
        type.byte(is_mutable ? 1 : 0);
    } else if (take_open("tag")) {
        skip_id();
        type.byte(kTagKind);
        type.byte(0);
        type.uleb(resolve(type_use(ParamNames::ignored)));
    } else {
        fail_expected("the type of the import");
        return;
    }
    close();
    BinaryBuffer& out = builder_.add(Section::import);
    out.sized(module);
    out.sized(name);
    out.append(type);
}

void Parser::inline_exports(u32 export_kind, u32 index) {
    while (take_open("export")) {
        const std::string name = name_string();
        close();
        BinaryBuffer& out = builder_.add(Section::export_);
        out.sized(name);
        out.byte(export_kind);
        out.uleb(index);
    }
}

/// `(import "m" "n")` in a definition; writes the names.
bool Parser::inline_import(std::string& module, std::string& name) {
    if (!take_open("import")) return false;
    module = name_string();
    name = name_string();
    close();
    return true;
}

void Parser::func_field(u32 index) {
    inline_exports(kFuncKind, index);
    std::string module;
    std::string name;
    if (inline_import(module, name)) {
        const u32 type = resolve(type_use(ParamNames::ignored));
        BinaryBuffer& out = builder_.add(Section::import);
        out.sized(module);
        out.sized(name);
        out.byte(kFuncKind);
        out.uleb(type);
        return;
    }
    locals_.clear();
    local_names_.clear();
    const TypeUse use = type_use(ParamNames::locals);
    builder_.add(Section::func).uleb(resolve(use));
    function_body(index, use);
}

void Parser::table_field(u32 index) {
    inline_exports(kTableKind, index);
    std::string module;
    std::string name;
    const bool is_import = inline_import(module, name);
    const bool is_64 = address_type();
    if (!is_import && kind() != TokenKind::nat) {
        table_elements(index, reference_type(), is_64);
        return;
    }
    const Limits l = limits(is_64);
    const TextType type = reference_type();
    if (is_import) {
        BinaryBuffer& out = builder_.add(Section::import);
        out.sized(module);
        out.sized(name);
        out.byte(kTableKind);
        table_type(out, is_64, l, type);
        return;
    }
    BinaryBuffer entry;
    if (kind() != TokenKind::rparen) {
        entry.byte(0x40);
        entry.byte(0);
        table_type(entry, is_64, l, type);
        constant_until_close(entry);
    } else {
        table_type(entry, is_64, l, type);
    }
    builder_.add(Section::table).append(entry);
}

/// `(table reftype (elem …))`: a table as large as its elements, and an active segment.
void Parser::table_elements(u32 table, const TextType& type, bool is_64) {
    if (!take_open("elem")) {
        fail_expected("(elem ...)");
        return;
    }
    BinaryBuffer items;
    u32 count = 0;
    const bool bare = kind() != TokenKind::lparen;
    // Indices fit the short form only where the elements are functions; else they are ref.func.
    const bool is_func = type.heap == kAnyFunc;
    if (bare) {
        count = index_list(items, !is_func);
    } else {
        while (!failed() && kind() == TokenKind::lparen) {
            element_expression(items);
            ++count;
        }
    }
    close();

    Limits l;
    l.min = l.max = count;
    l.has_max = true;
    table_type(builder_.add(Section::table), is_64, l, type);

    BinaryBuffer& out = builder_.add(Section::elem);
    const bool short_form = bare && is_func;
    const bool funcref = type.nullable() && is_func;
    if (short_form) {
        out.byte(table == 0 ? 0 : 2);
        if (table != 0) out.uleb(table);
    } else {
        out.byte(table == 0 && funcref ? 4 : 6);
        if (table != 0 || !funcref) out.uleb(table);
    }
    out.byte(is_64 ? 0x42 : 0x41);
    out.byte(0);
    out.byte(0x0B);
    if (short_form) {
        if (table != 0) out.byte(0);
    } else if (table != 0 || !funcref) {
        write(out, type);
    }
    out.uleb(count);
    out.append(items);
}

void Parser::memory_field(u32 index) {
    inline_exports(kMemoryKind, index);
    std::string module;
    std::string name;
    const bool is_import = inline_import(module, name);
    const bool is_64 = address_type();
    if (!is_import && kind() != TokenKind::nat) {
        const std::optional<u32> page_log2 = page_size();
        if (!take_open("data")) {
            fail_expected("(data ...)");
            return;
        }
        const std::string bytes = data_strings();
        close();
        const u32 log2 = page_log2.value_or(16);
        Limits l;
        l.min = log2 > 32 ? (bytes.empty() ? 0 : 1) : (bytes.size() + (u64{1} << log2) - 1) >> log2;
        l.max = l.min;
        l.has_max = true;
        memory_type(builder_.add(Section::memory), is_64, l, false, page_log2);
        BinaryBuffer& out = builder_.add(Section::data);
        out.byte(index == 0 ? 0 : 2);
        if (index != 0) out.uleb(index);
        out.byte(is_64 ? 0x42 : 0x41);
        out.byte(0);
        out.byte(0x0B);
        out.sized(bytes);
        return;
    }
    const Limits l = limits(is_64);
    const bool shared = take_keyword("shared");
    const std::optional<u32> page_log2 = page_size();
    if (!is_import) {
        memory_type(builder_.add(Section::memory), is_64, l, shared, page_log2);
        return;
    }
    BinaryBuffer& out = builder_.add(Section::import);
    out.sized(module);
    out.sized(name);
    out.byte(kMemoryKind);
    memory_type(out, is_64, l, shared, page_log2);
}

void Parser::global_field(u32 index) {
    inline_exports(kGlobalKind, index);
    std::string module;
    std::string name;
    const bool is_import = inline_import(module, name);
    BinaryBuffer entry;
    const bool is_mutable = take_open("mut");
    write(entry, value_type());
    if (is_mutable) close();
    entry.byte(is_mutable ? 1 : 0);
    if (is_import) {
        BinaryBuffer& out = builder_.add(Section::import);
        out.sized(module);
        out.sized(name);
        out.byte(kGlobalKind);
        out.append(entry);
        return;
    }
    constant_until_close(entry);
    builder_.add(Section::global).append(entry);
}

void Parser::tag_field(u32 index) {
    inline_exports(kTagKind, index);
    std::string module;
    std::string name;
    const bool is_import = inline_import(module, name);
    const u32 type = resolve(type_use(ParamNames::ignored));
    BinaryBuffer& out = builder_.add(is_import ? Section::import : Section::tag);
    if (is_import) {
        out.sized(module);
        out.sized(name);
        out.byte(kTagKind);
    }
    out.byte(0);
    out.uleb(type);
}

void Parser::export_field() {
    const std::string name = name_string();
    u32 export_kind = 0;
    u32 item = 0;
    if (take_open("func")) {
        export_kind = kFuncKind;
        item = index(Space::func);
    } else if (take_open("table")) {
        export_kind = kTableKind;
        item = index(Space::table);
    } else if (take_open("memory")) {
        export_kind = kMemoryKind;
        item = index(Space::memory);
    } else if (take_open("global")) {
        export_kind = kGlobalKind;
        item = index(Space::global);
    } else if (take_open("tag")) {
        export_kind = kTagKind;
        item = index(Space::tag);
    } else {
        if (kind() == TokenKind::lparen) advance();
        fail_expected("what to export");
        return;
    }
    close();
    BinaryBuffer& out = builder_.add(Section::export_);
    out.sized(name);
    out.byte(export_kind);
    out.uleb(item);
}

void Parser::start_field() {
    if (builder_.count(Section::start) != 0) fail("multiple start sections");
    builder_.set_start(index(Space::func));
}

// ---- segments -----------------------------------------------------------------------------------

/// Instructions up to a parenthesis that is left, and `end`.
void Parser::constant_until_close(BinaryBuffer& out) {
    code_.clear();
    instruction_list();
    out.append(code_);
    out.byte(0x0B);
}

/// `(offset instr*)` or one folded instruction.
BinaryBuffer Parser::offset_expression() {
    BinaryBuffer out;
    code_.clear();
    if (take_open("offset")) {
        instruction_list();
        close();
    } else if (kind() == TokenKind::lparen) {
        folded_instruction();
    } else {
        fail_expected("an offset expression");
    }
    out.append(code_);
    out.byte(0x0B);
    return out;
}

/// One `(item instr*)` or folded instruction.
void Parser::element_expression(BinaryBuffer& out) {
    code_.clear();
    if (take_open("item")) {
        instruction_list();
        close();
    } else {
        folded_instruction();
    }
    out.append(code_);
    out.byte(0x0B);
}

/// Function indices, plain or as ref.func expressions.
u32 Parser::index_list(BinaryBuffer& out, bool as_expressions) {
    u32 count = 0;
    while (at_index()) {
        const u32 func = index(Space::func);
        if (as_expressions) opcode(Instr::ref_func, out);
        out.uleb(func);
        if (as_expressions) out.byte(0x0B);
        ++count;
    }
    return count;
}

/// Besides the forms of 3.0, a bare table index as in old texts: (elem 0 (i32.const 1) $f).
void Parser::elem_field() {
    enum : u32 { kActive = 0, kPassive = 1, kDeclarative = 3 };
    if (take_keyword("declare")) {
        write_element_segment(kDeclarative, 0, {}, false);
        return;
    }
    const bool bare_table = at_index();
    const bool has_table = take_open("table");
    u32 table = 0;
    if (has_table || bare_table) {
        table = index(Space::table);
        if (has_table) close();
    }
    const bool active = has_table || bare_table || (kind() == TokenKind::lparen && !at_open("ref"));
    if (!active) {
        write_element_segment(kPassive, 0, {}, false);
        return;
    }
    const BinaryBuffer offset = offset_expression();
    write_element_segment(kActive, table, offset, !has_table);
}

/// The element list and the whole entry. `mode`: flag bits of the binary format.
/// `allow_bare`: the keyword func may be left out.
void Parser::write_element_segment(u32 mode, u32 table, const BinaryBuffer& offset,
                                   bool allow_bare) {
    BinaryBuffer items;
    u32 count = 0;
    bool as_indices = false;
    TextType type{TextType::kRefNull, kAnyFunc};
    if (take_keyword("func")) {
        as_indices = true;
        count = index_list(items, false);
    } else if (allow_bare && (at_index() || kind() == TokenKind::rparen)) {
        as_indices = true;
        count = index_list(items, false);
    } else {
        type = reference_type();
        while (!failed() && kind() == TokenKind::lparen) {
            element_expression(items);
            ++count;
        }
    }
    const bool funcref = as_indices || (type.nullable() && type.heap == kAnyFunc);
    const bool active = mode == 0;
    const bool short_form = active && table == 0 && funcref;
    const u32 explicit_bit = active && !short_form ? 2 : 0;
    BinaryBuffer& out = builder_.add(Section::elem);
    out.byte(mode | explicit_bit | (as_indices ? 0u : 4u));
    if (explicit_bit != 0) out.uleb(table);
    if (active) out.append(offset);
    if (!short_form) {
        if (as_indices) {
            out.byte(0);
        } else {
            write(out, type);
        }
    }
    out.uleb(count);
    out.append(items);
}

void Parser::data_field() {
    BinaryBuffer entry;
    const bool bare_memory = at_index();  // as in old texts
    const bool has_memory = take_open("memory");
    u32 memory = 0;
    if (has_memory || bare_memory) {
        memory = index(Space::memory);
        if (has_memory) close();
    }
    if (has_memory || bare_memory || kind() == TokenKind::lparen) {
        entry.byte(memory == 0 ? 0 : 2);
        if (memory != 0) entry.uleb(memory);
        entry.append(offset_expression());
    } else {
        entry.byte(1);
    }
    entry.sized(data_strings());
    builder_.add(Section::data).append(entry);
}

}  // namespace wasmi::core::text
