// Printer: value types and type definitions.
// Spec: text/types.
#include "core/text/printer.hpp"

#include <utility>

namespace wasmi::core::text {
namespace {

std::string_view heap_name(HeapKind kind) {
    switch (kind) {
        case HeapKind::func:
            return "func";
        case HeapKind::nofunc:
            return "nofunc";
        case HeapKind::extern_:
            return "extern";
        case HeapKind::noextern:
            return "noextern";
        case HeapKind::any:
            return "any";
        case HeapKind::eq:
            return "eq";
        case HeapKind::i31:
            return "i31";
        case HeapKind::struct_:
            return "struct";
        case HeapKind::array:
            return "array";
        case HeapKind::none:
            return "none";
        case HeapKind::exn:
            return "exn";
        case HeapKind::noexn:
            return "noexn";
        case HeapKind::concrete:
        case HeapKind::bottom:
            break;
    }
    return "?";
}

std::string_view shorthand(HeapKind kind) {
    switch (kind) {
        case HeapKind::none:
            return "nullref";
        case HeapKind::nofunc:
            return "nullfuncref";
        case HeapKind::noexn:
            return "nullexnref";
        case HeapKind::noextern:
            return "nullexternref";
        default:
            return {};
    }
}

}  // namespace

std::string Printer::type_text(ValType t) const {
    switch (t.kind()) {
        case ValKind::i32:
            return "i32";
        case ValKind::i64:
            return "i64";
        case ValKind::f32:
            return "f32";
        case ValKind::f64:
            return "f64";
        case ValKind::v128:
            return "v128";
        case ValKind::ref: {
            if (t.nullable() && !t.is_concrete()) {
                const std::string_view special = shorthand(t.heap());
                if (!special.empty()) return std::string(special);
                return std::string(heap_name(t.heap())) + "ref";
            }
            return (t.nullable() ? "(ref null " : "(ref ") + heap_text(t) + ")";
        }
        case ValKind::bottom:
            break;
    }
    return "?";
}

std::string Printer::heap_text(ValType t) const {
    return t.is_concrete() ? reference(kType, t.type_id()) : std::string(heap_name(t.heap()));
}

std::string Printer::list_text(std::string_view keyword, const std::vector<ValType>& types) const {
    if (types.empty()) return {};
    std::string out = " (" + std::string(keyword);
    for (const ValType t : types) out += " " + type_text(t);
    return out + ")";
}

/// The first look at the type section: what function types there are, and field names.
void Printer::collect_types() {
    Reader r = section(Section::type);
    const u32 groups = r.read_count();
    for (u32 g = 0; g < groups && r.ok() && !error_; ++g) {
        u32 members = 1;
        if (r.peek() == 0x4E) {
            r.skip(1);
            members = r.read_count();
        }
        for (u32 i = 0; i < members && r.ok(); ++i) {
            types_.emplace_back();
            static_cast<void>(sub_type(r, static_cast<u32>(types_.size() - 1)));
        }
    }
    fail(r);
    counts_[kType] = static_cast<u32>(types_.size());
}

std::string Printer::field_text(Reader& r) {
    std::string type;
    if (r.peek() == 0x78) {
        r.skip(1);
        type = "i8";
    } else if (r.peek() == 0x77) {
        r.skip(1);
        type = "i16";
    } else {
        type = type_text(read_val_type(r, type_space_));
    }
    return r.read_byte() == 1 ? "(mut " + type + ")" : type;
}

/// Reads a subtype, keeps what it says in types_[index], and returns its text.
std::string Printer::sub_type(Reader& r, u32 index) {
    std::string out;
    const u8 form = r.peek();
    const bool sub = form == 0x50 || form == 0x4F;
    if (sub) {
        r.skip(1);
        out = form == 0x4F ? "(sub final " : "(sub ";
        const u32 supers = r.read_count();
        for (u32 i = 0; i < supers && r.ok(); ++i) out += reference(kType, r.read_u32()) + " ";
    }
    const auto value_types = [&](std::vector<ValType>& list) {
        list.clear();
        const u32 count = r.read_count();
        for (u32 i = 0; i < count && r.ok(); ++i) list.push_back(read_val_type(r, type_space_));
    };
    switch (r.read_byte()) {
        case 0x60: {
            TypeInfo& info = types_[index];
            info.is_func = true;
            value_types(info.params);
            value_types(info.results);
            out +=
                "(func" + list_text("param", info.params) + list_text("result", info.results) + ")";
            break;
        }
        case 0x5F: {
            const u32 fields = r.read_count();
            types_[index].fields = fields;
            const auto names = field_names_.find(index);
            Ids* ids = nullptr;
            if (names != field_names_.end()) {
                ids = &field_ids_[index];
                assign(*ids, fields, names->second);
            }
            out += "(struct";
            for (u32 i = 0; i < fields && r.ok(); ++i) {
                out += " (field ";
                if (ids != nullptr && !ids->ids[i].empty()) out += ids->ids[i] + " ";
                if (ids != nullptr && !ids->names[i].empty()) {
                    out += "(@name " + quoted(ids->names[i], true) + ") ";
                }
                out += field_text(r) + ")";
            }
            out += ")";
            break;
        }
        case 0x5E:
            out += "(array " + field_text(r) + ")";
            break;
        default:
            r.fail("malformed definition type");
    }
    return sub ? out + ")" : out;
}

void Printer::types() {
    Reader r = section(Section::type);
    const u32 groups = r.read_count();
    u32 index = 0;
    for (u32 g = 0; g < groups && r.ok() && !error_; ++g) {
        const bool rec = r.peek() == 0x4E;
        u32 members = 1;
        if (rec) {
            r.skip(1);
            members = r.read_count();
            newline(1);
            out_ += "(rec";
        }
        for (u32 i = 0; i < members && r.ok(); ++i) {
            newline(rec ? 2 : 1);
            out_ += "(type";
            define(kType, index);
            out_ += " " + sub_type(r, index) + ")";
            ++index;
        }
        if (rec) out_ += ")";
    }
    fail(r);
}

/// `(type 3) (param …) (result …)`.
void Printer::type_use(u32 type) {
    out_ += " (type " + reference(kType, type) + ")";
    if (type >= types_.size() || !types_[type].is_func) return;
    out_ += list_text("param", types_[type].params) + list_text("result", types_[type].results);
}

}  // namespace wasmi::core::text
