// Parser: value types, type definitions, type uses, limits.
// Spec: text/types, text/modules (types, type uses).
#include "core/text/numbers.hpp"
#include "core/text/parser.hpp"

#include <array>
#include <bit>
#include <utility>

namespace wasmi::core::text {
namespace {

struct HeapKeyword {
    std::string_view heap;       ///< in (ref …)
    std::string_view shorthand;  ///< nullable
    u8 code;
};
constexpr HeapKeyword kHeapKeywords[] = {
    {"func", "funcref", 0x70},     {"extern", "externref", 0x6F},
    {"any", "anyref", 0x6E},       {"eq", "eqref", 0x6D},
    {"i31", "i31ref", 0x6C},       {"struct", "structref", 0x6B},
    {"array", "arrayref", 0x6A},   {"exn", "exnref", 0x69},
    {"none", "nullref", 0x71},     {"nofunc", "nullfuncref", 0x73},
    {"noexn", "nullexnref", 0x74}, {"noextern", "nullexternref", 0x72},
};
struct NumberKeyword {
    std::string_view text;
    u8 code;
};
constexpr NumberKeyword kNumberKeywords[] = {
    {"i32", 0x7F}, {"i64", 0x7E}, {"f32", 0x7D}, {"f64", 0x7C}, {"v128", 0x7B}};

/// The code of an abstract heap type as the signed number that it is.
constexpr i64 heap_code(u8 code) { return i64{code} - 0x80; }

}  // namespace

// ---- value types --------------------------------------------------------------------------------

bool Parser::at_reference_type() const {
    if (at_open("ref")) return true;
    if (kind() != TokenKind::keyword) return false;
    for (const HeapKeyword& k : kHeapKeywords) {
        if (text() == k.shorthand) return true;
    }
    return false;
}

bool Parser::at_value_type() const {
    if (at_reference_type()) return true;
    if (kind() != TokenKind::keyword) return false;
    for (const NumberKeyword& k : kNumberKeywords) {
        if (text() == k.text) return true;
    }
    return false;
}

i64 Parser::heap_type() {
    if (kind() == TokenKind::keyword) {
        for (const HeapKeyword& k : kHeapKeywords) {
            if (text() == k.heap) {
                advance();
                return heap_code(k.code);
            }
        }
    }
    if (!at_index()) {
        fail_expected("a heap type");
        return 0;
    }
    return i64{index(Space::type)};
}

TextType Parser::reference_type() {
    TextType type{TextType::kRefNull, heap_code(0x70)};
    if (take_open("ref")) {
        if (!take_keyword("null")) type.code = TextType::kRef;
        type.heap = heap_type();
        close();
        return type;
    }
    if (kind() == TokenKind::keyword) {
        for (const HeapKeyword& k : kHeapKeywords) {
            if (text() == k.shorthand) {
                advance();
                type.heap = heap_code(k.code);
                return type;
            }
        }
    }
    fail_expected("a reference type");
    return type;
}

TextType Parser::value_type() {
    if (kind() == TokenKind::keyword) {
        for (const NumberKeyword& k : kNumberKeywords) {
            if (text() == k.text) {
                advance();
                return {k.code, 0};
            }
        }
    }
    if (at_reference_type()) return reference_type();
    fail_expected("a value type");
    return {};
}

void Parser::value_types(std::vector<TextType>& out) {
    while (at_value_type()) out.push_back(value_type());
}

void Parser::write(BinaryBuffer& out, const TextType& t) {
    if (!t.is_ref()) {
        out.byte(t.code);
    } else if (t.nullable() && t.heap < 0) {
        out.sleb(t.heap);
    } else {
        out.byte(t.code);
        out.sleb(t.heap);
    }
}

void Parser::write(BinaryBuffer& out, const Signature& s) {
    out.uleb(s.params.size());
    for (const TextType& t : s.params) write(out, t);
    out.uleb(s.results.size());
    for (const TextType& t : s.results) write(out, t);
}

// ---- type definitions ---------------------------------------------------------------------------

/// The second pass: explicit types, in order.
void Parser::type_fields() {
    for (const Field& f : fields_) {
        if (failed()) return;
        at_ = f.token;
        if (f.kind == Field::Kind::type) {
            type_definition(builder_.add(Section::type), true);
            close();
        } else if (f.kind == Field::Kind::rec) {
            BinaryBuffer members;
            u32 count = 0;
            // Written aside, because their number comes first.
            while (take_open("type")) {
                if (kind() == TokenKind::id) advance();
                type_definition(members, false);
                close();
                ++count;
            }
            close();
            BinaryBuffer& out = builder_.add(Section::type);
            out.byte(0x4E);
            out.uleb(count);
            out.append(members);
        }
    }
}

/// After `(type $id`, up to its parenthesis.
void Parser::type_definition(BinaryBuffer& out, bool alone) {
    const auto type = static_cast<u32>(types_.size());
    types_.emplace_back();
    if (!take_open("sub")) {
        composite_type(out, type, alone);
        return;
    }
    const bool is_final = take_keyword("final");
    std::vector<u32> supers;
    while (at_index()) supers.push_back(index(Space::type));
    if (!is_final || !supers.empty()) {
        out.byte(is_final ? 0x4F : 0x50);
        out.uleb(supers.size());
        for (const u32 super : supers) out.uleb(super);
    }
    composite_type(out, type, alone && is_final && supers.empty());
    close();
}

/// `plain`: final, without supertypes, in a group of its own, so that type uses may mean it.
void Parser::composite_type(BinaryBuffer& out, u32 type, bool plain) {
    if (take_open("func")) {
        Signature s;
        signature(s, ParamNames::ignored);
        out.byte(0x60);
        BinaryBuffer encoded;
        write(encoded, s);
        out.append(encoded);
        if (plain) {
            const auto bytes = encoded.bytes();
            function_types_.emplace(std::string(bytes.begin(), bytes.end()), type);
        }
        types_[type].is_func = true;
        types_[type].signature = std::move(s);
    } else if (take_open("struct")) {
        out.byte(0x5F);
        struct_fields(out, type);
    } else if (take_open("array")) {
        out.byte(0x5E);
        field_type(out);
    } else {
        if (kind() == TokenKind::lparen) advance();
        fail_expected("func, struct or array");
        return;
    }
    close();
}

void Parser::struct_fields(BinaryBuffer& out, u32 type) {
    BinaryBuffer fields;
    u32 count = 0;
    NameMap names;
    while (take_open("field")) {
        std::string name;
        const bool has_id = kind() == TokenKind::id;
        if (has_id) {
            const std::string_view id = identifier(peek());
            if (!types_[type].fields.emplace(id, count).second) {
                fail("duplicate field " + std::string(text()));
            }
            name = id;
            advance();
        }
        add_name(names, count, name, "field");
        if (has_id) {
            field_type(fields);
            ++count;
        } else {
            while (!failed() && kind() != TokenKind::rparen) {
                field_type(fields);
                ++count;
            }
        }
        close();
    }
    if (!names.empty()) builder_.names.fields.emplace_back(type, std::move(names));
    out.uleb(count);
    out.append(fields);
}

void Parser::field_type(BinaryBuffer& out) {
    const bool is_mutable = take_open("mut");
    if (take_keyword("i8")) {
        out.byte(0x78);
    } else if (take_keyword("i16")) {
        out.byte(0x77);
    } else {
        write(out, value_type());
    }
    if (is_mutable) close();
    out.byte(is_mutable ? 1 : 0);
}

// ---- type uses ----------------------------------------------------------------------------------

void Parser::signature(Signature& out, ParamNames names) {
    while (take_open("param")) {
        if (kind() == TokenKind::id && names != ParamNames::none) {
            const u32 token = at_;
            const std::string_view id = identifier(peek());
            advance();
            if (names == ParamNames::locals) {
                add_local(id, token, static_cast<u32>(out.params.size()));
            }
            out.params.push_back(value_type());
        } else {
            if (names == ParamNames::locals) {
                add_local({}, at_, static_cast<u32>(out.params.size()));
            }
            value_types(out.params);
        }
        close();
    }
    while (take_open("result")) {
        value_types(out.results);
        close();
    }
}

Parser::TypeUse Parser::type_use(ParamNames names) {
    TypeUse use;
    if (take_open("type")) {
        use.index_token = at_;
        use.index = index(Space::type);
        close();
    }
    signature(use.signature, names);
    if (at_open("type") || at_open("param")) {
        advance();
        fail_expected("another order: (type ...) (param ...)* (result ...)*");
    }
    return use;
}

u32 Parser::resolve(const TypeUse& use) {
    if (failed()) return 0;
    if (!use.index) return type_of_signature(use.signature);
    if (use.signature.empty()) return *use.index;
    if (*use.index >= types_.size()) {
        fail_at(use.index_token, "unknown type " + std::to_string(*use.index));
    } else if (!types_[*use.index].is_func) {
        fail_at(use.index_token, "non-function type " + std::to_string(*use.index));
    } else if (types_[*use.index].signature != use.signature) {
        fail_at(use.index_token, "inline function type does not match explicit type");
    }
    return *use.index;
}

/// The first type that is just this function type; else a new one at the end.
u32 Parser::type_of_signature(const Signature& s) {
    BinaryBuffer encoded;
    write(encoded, s);
    const auto bytes = encoded.bytes();
    const auto next = static_cast<u32>(types_.size());
    const auto [found, is_new] =
        function_types_.emplace(std::string(bytes.begin(), bytes.end()), next);
    if (is_new) {
        BinaryBuffer& out = builder_.add(Section::type);
        out.byte(0x60);
        out.append(encoded);
        types_.push_back({true, s, {}});
    }
    return found->second;
}

// ---- limits -------------------------------------------------------------------------------------

/// An optional i32 or i64; true for i64.
bool Parser::address_type() {
    if (take_keyword("i32")) return false;
    return take_keyword("i64");
}

Parser::Limits Parser::limits(bool is_64) {
    Limits l;
    // Where 64-bit addresses are off the decoder says so; sizes are not to blame.
    const bool wide = is_64 || options_.memory64;
    const unsigned bits = wide ? 64 : 32;
    const std::string_view type = wide ? "i64" : "i32";
    l.min = nat(bits, type);
    if (kind() == TokenKind::nat) {
        l.has_max = true;
        l.max = nat(bits, type);
    }
    return l;
}

void Parser::table_type(BinaryBuffer& out, bool is_64, const Limits& l, const TextType& t) {
    write(out, t);
    out.byte((l.has_max ? 1u : 0u) | (is_64 ? 4u : 0u));
    out.uleb(l.min);
    if (l.has_max) out.uleb(l.max);
}

/// An optional (pagesize n), as a power of two.
std::optional<u32> Parser::page_size() {
    if (!take_open("pagesize")) return std::nullopt;
    const u32 token = at_;
    const u64 size = nat(64, "i64");
    if (!std::has_single_bit(size)) fail_at(token, "invalid custom page size");
    close();
    return static_cast<u32>(std::countr_zero(size));
}

void Parser::memory_type(BinaryBuffer& out, bool is_64, const Limits& l, bool shared,
                         std::optional<u32> page_log2) {
    out.byte((l.has_max ? 1u : 0u) | (shared ? 2u : 0u) | (is_64 ? 4u : 0u) |
             (page_log2 ? 8u : 0u));
    out.uleb(l.min);
    if (l.has_max) out.uleb(l.max);
    if (page_log2) out.uleb(*page_log2);
}

}  // namespace wasmi::core::text
