// Printer: the fields of a module.
// Spec: text/modules.
#include "core/text/printer.hpp"

#include "core/decoder/decoder.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace wasmi::core::text {
namespace {

constexpr std::string_view kSectionKeywords[kSectionCount] = {
    "type",   "import", "func", "table",     "memory", "tag", "global",
    "export", "start",  "elem", "datacount", "code",   "data"};

std::optional<Section> section_of(u8 id) {
    static constexpr Section kById[] = {
        Section::type,   Section::import,     Section::func,  Section::table, Section::memory,
        Section::global, Section::export_,    Section::start, Section::elem,  Section::code,
        Section::data,   Section::data_count, Section::tag};
    if (id == 0 || id > 13) return std::nullopt;
    return kById[id - 1];
}

constexpr std::string_view kKinds[] = {"func", "table", "memory", "global", "tag"};

}  // namespace

Printer::Printer(std::span<const u8> bytes, const DisassembleOptions& options)
    : bytes_(bytes), options_(options) {}

Result<std::string> Printer::print() {
    scan_sections();
    identity_.resize(bytes_.size());  // no module has more types than bytes
    std::iota(identity_.begin(), identity_.end(), 0u);
    type_space_.types = identity_;
    type_space_.features = Features::all();
    collect_types();
    count_spaces();
    if (error_) return *std::move(error_);
    read_names();
    read_hints();

    out_ = "(module";
    if (!module_name_.empty()) {
        Ids one;
        assign(one, 1, {{0, module_name_}});
        out_ += " " + one.ids[0];
    }
    types();
    imports();
    tables();
    memories();
    tags();
    globals();
    exports();
    start();
    elements();
    functions();
    datas();
    custom_annotations();
    out_ += ")\n";
    if (error_) return *std::move(error_);
    return std::move(out_);
}

void Printer::newline(u32 indent) {
    if (out_.size() > kMaxTextSize && !error_) {
        error_ = Error(ErrorKind::limit, "the text of the module is too large");
    }
    constexpr u32 kMaxIndent = 40;  // deep nesting must not grow the text without bound
    out_ += '\n';
    out_.append(std::size_t{2} * std::min(indent, kMaxIndent), ' ');
}

void Printer::define(Space s, u32 index) {
    const Ids& ids = ids_[s];
    if (index < ids.ids.size()) {
        if (!ids.ids[index].empty()) out_ += " " + ids.ids[index];
        if (!ids.names[index].empty()) {
            out_ += " (@name " + quoted(ids.names[index], true) + ")";
        }
    }
    if (options_.index_notes) out_ += " (;" + std::to_string(index) + ";)";
}

// ---- sections -----------------------------------------------------------------------------------

void Printer::scan_sections() {
    Reader r(bytes_);
    r.skip(8);
    int last = -1;
    while (r.ok() && !r.at_end()) {
        const u8 id = r.read_byte();
        const ByteRange content = r.read_bytes();
        if (!r.ok()) break;
        if (const std::optional<Section> s = section_of(id)) {
            sections_[static_cast<u32>(*s)] = content;
            last = static_cast<int>(*s);
        } else {
            Reader custom(bytes_, content);
            const std::string_view name = custom.read_name();
            const u32 at = custom.offset();
            customs_.push_back({name, {at, content.offset + content.size - at}, last});
        }
    }
    last_section_ = last;
    fail(r);
}

Reader Printer::section(Section s) const {
    const ByteRange range = sections_[static_cast<u32>(s)];
    return has(s) ? Reader(bytes_, range) : Reader(bytes_, ByteRange{0, 1});  // "\0": none
}

/// Counts the index spaces and keeps the types of functions and tags.
void Printer::count_spaces() {
    const std::string kept = std::move(out_);
    imports();
    out_ = kept;
    std::copy(std::begin(next_), std::end(next_), std::begin(imported_));
    const auto count = [&](Section s) { return section(s).read_count(); };
    Reader funcs = section(Section::func);
    for (u32 n = funcs.read_count(); n > 0 && funcs.ok(); --n) {
        func_types_.push_back(funcs.read_u32());
    }
    Reader tag_section = section(Section::tag);
    for (u32 n = tag_section.read_count(); n > 0 && tag_section.ok(); --n) {
        tag_section.skip(1);
        tag_types_.push_back(tag_section.read_u32());
    }
    counts_[kFunc] = static_cast<u32>(func_types_.size());
    counts_[kTable] = imported_[kTable] + count(Section::table);
    counts_[kMemory] = imported_[kMemory] + count(Section::memory);
    counts_[kGlobal] = imported_[kGlobal] + count(Section::global);
    counts_[kTag] = static_cast<u32>(tag_types_.size());
    counts_[kElem] = count(Section::elem);
    counts_[kData] = count(Section::data);
    counting_ = false;
    std::fill(std::begin(next_), std::end(next_), 0u);
}

// ---- imports ------------------------------------------------------------------------------------

void Printer::imports() {
    Reader r = section(Section::import);
    const u32 count = r.read_count();
    for (u32 i = 0; i < count && r.ok() && !error_;) {
        const std::string_view module = r.read_name();
        const std::string_view name = r.read_name();
        const u8 kind = r.read_byte();
        if (name.empty() && (kind == 0x7F || kind == 0x7E)) {
            i += compact_imports(r, module, kind == 0x7E);
            continue;
        }
        import(r, module, name, kind);
        ++i;
    }
    fail(r);
}

/// A group of imports of one module: each with its type, or all of one type.
u32 Printer::compact_imports(Reader& r, std::string_view module, bool one_type) {
    const u32 type_at = r.offset();
    u8 kind = 0;
    if (one_type) {
        kind = r.read_byte();
        skip_extern_type(r, kind);
    }
    const u32 count = r.read_count();
    for (u32 i = 0; i < count && r.ok() && !error_; ++i) {
        const std::string_view name = r.read_name();
        if (one_type) {
            Reader type(bytes_, {type_at + 1, static_cast<u32>(bytes_.size()) - type_at - 1});
            import(type, module, name, kind);
        } else {
            const u8 own = r.read_byte();
            import(r, module, name, own);
        }
    }
    return std::max(count, 1u);
}

void Printer::skip_extern_type(Reader& r, u8 kind) {
    const std::string kept = out_;
    u32 before[kSpaces];
    std::copy(std::begin(next_), std::end(next_), before);
    const std::size_t funcs = func_types_.size();
    const std::size_t tags_before = tag_types_.size();
    import(r, {}, {}, kind);
    out_ = kept;
    std::copy(before, before + kSpaces, std::begin(next_));
    func_types_.resize(funcs);
    tag_types_.resize(tags_before);
}

void Printer::import(Reader& r, std::string_view module, std::string_view name, u8 kind) {
    static constexpr Space kSpaceOf[] = {kFunc, kTable, kMemory, kGlobal, kTag};
    if (kind > 4) {
        r.fail_last("malformed import kind");
        return;
    }
    newline(1);
    out_ += "(import " + quoted(module, true) + " " + quoted(name, true) + " (";
    out_ += kKinds[kind];
    const Space s = kSpaceOf[kind];
    define(s, next_[s]++);
    switch (kind) {
        case 0: {
            const u32 type = r.read_u32();
            if (counting_) func_types_.push_back(type);
            type_use(type);
            break;
        }
        case 1:
            table_type(r);
            break;
        case 2:
            limits(r, true);
            break;
        case 3:
            global_type(r);
            break;
        default: {
            r.skip(1);
            const u32 type = r.read_u32();
            if (counting_) tag_types_.push_back(type);
            type_use(type);
        }
    }
    out_ += "))";
}

// ---- types of tables, memories, globals ---------------------------------------------------------

void Printer::limits(Reader& r, bool is_memory) {
    const u8 flags = r.read_byte();
    if ((flags & 4) != 0) out_ += " i64";
    out_ += " " + std::to_string(r.read_u64());
    if ((flags & 1) != 0) out_ += " " + std::to_string(r.read_u64());
    if (is_memory && (flags & 2) != 0) out_ += " shared";
    if (is_memory && (flags & 8) != 0) {
        const u32 log2 = r.read_u32();
        out_ += " (pagesize " + std::to_string(log2 < 64 ? u64{1} << log2 : 0) + ")";
    }
}

void Printer::table_type(Reader& r) {
    const ValType type = read_ref_type(r, type_space_);
    limits(r, false);
    out_ += " " + type_text(type);
}

void Printer::global_type(Reader& r) {
    const std::string type = type_text(read_val_type(r, type_space_));
    out_ += r.read_byte() == 1 ? " (mut " + type + ")" : " " + type;
}

// ---- definitions --------------------------------------------------------------------------------

void Printer::tables() {
    Reader r = section(Section::table);
    for (u32 n = r.read_count(); n > 0 && r.ok() && !error_; --n) {
        newline(1);
        out_ += "(table";
        define(kTable, next_[kTable]++);
        const bool has_init = r.peek() == 0x40;
        if (has_init) r.skip(2);
        table_type(r);
        if (has_init) expression(r);
        out_ += ")";
    }
    fail(r);
}

void Printer::memories() {
    Reader r = section(Section::memory);
    for (u32 n = r.read_count(); n > 0 && r.ok() && !error_; --n) {
        newline(1);
        out_ += "(memory";
        define(kMemory, next_[kMemory]++);
        limits(r, true);
        out_ += ")";
    }
    fail(r);
}

void Printer::tags() {
    for (u32 i = imported_[kTag]; i < counts_[kTag]; ++i) {
        newline(1);
        out_ += "(tag";
        define(kTag, i);
        type_use(tag_types_[i]);
        out_ += ")";
    }
}

void Printer::globals() {
    Reader r = section(Section::global);
    for (u32 n = r.read_count(); n > 0 && r.ok() && !error_; --n) {
        newline(1);
        out_ += "(global";
        define(kGlobal, next_[kGlobal]++);
        global_type(r);
        expression(r);
        out_ += ")";
    }
    fail(r);
}

void Printer::exports() {
    static constexpr Space kSpaceOf[] = {kFunc, kTable, kMemory, kGlobal, kTag};
    Reader r = section(Section::export_);
    for (u32 n = r.read_count(); n > 0 && r.ok() && !error_; --n) {
        const std::string_view name = r.read_name();
        const u8 kind = r.read_byte();
        const u32 index = r.read_u32();
        if (kind > 4) break;
        newline(1);
        out_ += "(export " + quoted(name, true) + " (" + std::string(kKinds[kind]) + " " +
                reference(kSpaceOf[kind], index) + "))";
    }
    fail(r);
}

void Printer::start() {
    if (!has(Section::start)) return;
    newline(1);
    out_ += "(start " + reference(kFunc, section(Section::start).read_u32()) + ")";
}

void Printer::elements() {
    Reader r = section(Section::elem);
    for (u32 n = r.read_count(); n > 0 && r.ok() && !error_; --n) {
        const u32 flags = r.read_u32();
        const bool active = (flags & 1) == 0;
        const bool is_explicit = (flags & 2) != 0;
        const bool expressions = (flags & 4) != 0;
        newline(1);
        out_ += "(elem";
        define(kElem, next_[kElem]++);
        if (active) {
            const u32 table = is_explicit ? r.read_u32() : 0;
            if (table != 0) out_ += " (table " + reference(kTable, table) + ")";
            out_ += " (offset";
            expression(r);
            out_ += ")";
        } else if (is_explicit) {
            out_ += " declare";
        }
        if (!expressions) {
            if (!active || is_explicit) r.skip(1);
            out_ += " func";
        } else {
            const ValType type =
                !active || is_explicit ? read_ref_type(r, type_space_) : ValType::funcref;
            out_ += " " + type_text(type);
        }
        for (u32 items = r.read_count(); items > 0 && r.ok() && !error_; --items) {
            if (expressions) {
                out_ += " (item";
                expression(r);
                out_ += ")";
            } else {
                out_ += " " + reference(kFunc, r.read_u32());
            }
        }
        out_ += ")";
    }
    fail(r);
}

void Printer::datas() {
    Reader r = section(Section::data);
    for (u32 n = r.read_count(); n > 0 && r.ok() && !error_; --n) {
        const u32 flags = r.read_u32();
        newline(1);
        out_ += "(data";
        define(kData, next_[kData]++);
        if (flags != 1) {
            const u32 memory = flags == 2 ? r.read_u32() : 0;
            if (memory != 0) out_ += " (memory " + reference(kMemory, memory) + ")";
            out_ += " (offset";
            expression(r);
            out_ += ")";
        }
        const auto bytes = r.view(r.read_bytes());
        std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        constexpr std::size_t kPerLine = 64;
        if (rest.size() <= kPerLine) {
            out_ += " " + quoted(rest, false);
        } else {
            for (; !rest.empty(); rest.remove_prefix(std::min(kPerLine, rest.size()))) {
                newline(2);
                out_ += quoted(rest.substr(0, kPerLine), false);
            }
        }
        out_ += ")";
    }
    fail(r);
}

void Printer::custom_annotations() {
    if (!options_.customs) return;
    bool names_seen = false;
    for (const Custom& c : customs_) {
        if (c.name == "name" && !names_seen) {
            names_seen = true;
            if (names_used_ || !options_.names) continue;
        }
        if (c.name == "metadata.code.branch_hint" && hints_used_) continue;
        newline(1);
        out_ += "(@custom " + quoted(c.name, true);
        if (c.after < 0 && last_section_ >= 0) {
            out_ += " (before first)";
        } else if (c.after != last_section_) {
            out_ += " (after " + std::string(kSectionKeywords[c.after]) + ")";
        }
        const auto bytes = Reader(bytes_).view(c.content);
        std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        constexpr std::size_t kPerLine = 64;
        for (; !rest.empty(); rest.remove_prefix(std::min(kPerLine, rest.size()))) {
            newline(2);
            out_ += quoted(rest.substr(0, kPerLine), false);
        }
        out_ += ")";
    }
}

Result<std::string> disassemble(std::span<const u8> bytes, const DisassembleOptions& options) {
    auto engine = std::make_shared<EngineData>();
    engine->config.features = Features::all();
    const auto module = decode(engine, bytes, nullptr);
    if (!module) return module.error();
    return Printer(bytes, options).print();
}

}  // namespace wasmi::core::text
