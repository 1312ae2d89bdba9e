// Parser: tokens of one module to the sections of a binary module. Private to src/core/text.
// Spec: text/conventions, text/types, text/instructions, text/modules.
//
// Three passes over the fields: names of all index spaces, then types, then everything else in
// the order of the text. Nothing recurses: instructions keep their nesting in frames_.
// Errors are sticky: after the first, the parser sees only the end of the text, so every loop ends.
#pragma once

#include "core/text/assemble.hpp"
#include "core/text/module_builder.hpp"
#include "core/types/instr.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wasmi::core::text {

/// The index spaces that have names.
enum class Space : u8 { type, func, table, memory, global, tag, elem, data };
inline constexpr u32 kSpaceCount = 8;

/// A value type as the binary format writes it: a byte, or `ref` and a heap type.
struct TextType {
    static constexpr u8 kRefNull = 0x63;
    static constexpr u8 kRef = 0x64;
    u8 code = 0x7F;
    i64 heap = 0;  ///< of references: a type index, or the negative code of an abstract type
    friend bool operator==(const TextType&, const TextType&) = default;
    [[nodiscard]] bool is_ref() const { return code == kRef || code == kRefNull; }
    [[nodiscard]] bool nullable() const { return code == kRefNull; }
};

struct Signature {
    std::vector<TextType> params;
    std::vector<TextType> results;
    [[nodiscard]] bool empty() const { return params.empty() && results.empty(); }
    friend bool operator==(const Signature&, const Signature&) = default;
};

class Parser {
  public:
    Parser(const TokenStream& stream, u32 begin, u32 end, const AssembleOptions& options);

    /// All fields up to the end. The result is the module or the first error.
    [[nodiscard]] Result<std::vector<u8>> module(u32 name_token);

  private:
    using Names32 = std::unordered_map<std::string_view, u32>;

    struct IndexSpace {
        Names32 names;
        u32 count = 0;
    };
    /// A field as the first pass leaves it for the others.
    struct Field {
        enum class Kind : u8 {
            type,
            rec,
            import,
            func,
            table,
            memory,
            global,
            tag,
            export_,
            start,
            elem,
            data,
        };
        Kind kind;
        u32 token;  ///< after the keyword and id
        u32 index;  ///< in the index space
    };
    struct TypeInfo {
        bool is_func = false;
        Signature signature;
        Names32 fields;
    };
    struct TypeUse {
        std::optional<u32> index;
        u32 index_token = 0;
        Signature signature;
    };
    struct Limits {
        u64 min = 0;
        u64 max = 0;
        bool has_max = false;
    };

    // ---- parser.cpp: tokens and errors ----------------------------------------------------------
    [[nodiscard]] const Token& peek(u32 ahead = 0) const;
    [[nodiscard]] TokenKind kind(u32 ahead = 0) const { return peek(ahead).kind; }
    [[nodiscard]] std::string_view text(u32 ahead = 0) const { return stream_.text(peek(ahead)); }
    [[nodiscard]] bool at_keyword(std::string_view word, u32 ahead = 0) const {
        return kind(ahead) == TokenKind::keyword && text(ahead) == word;
    }
    /// `(` and that keyword.
    [[nodiscard]] bool at_open(std::string_view word) const {
        return kind() == TokenKind::lparen && at_keyword(word, 1);
    }
    [[nodiscard]] bool at_index() const {
        return kind() == TokenKind::nat || kind() == TokenKind::id;
    }
    /// What no grammar takes: an unknown operator or a lexical error.
    [[nodiscard]] bool at_non_token() const;
    void advance(u32 n = 1);
    bool take_keyword(std::string_view word);
    bool take_open(std::string_view word);
    void expect_open(std::string_view word);
    void close();
    void skip_to_close();
    [[nodiscard]] bool failed() const { return error_.has_value(); }
    void fail_at(u32 token, std::string message, ErrorKind kind = ErrorKind::malformed);
    void fail(std::string message) { fail_at(at_, std::move(message)); }
    void fail_expected(std::string_view what);
    std::string_view identifier(const Token& token);
    std::string name_string();
    std::string data_strings();
    u64 nat(unsigned bits, std::string_view what);

    // ---- parser.cpp: index spaces ---------------------------------------------------------------
    IndexSpace& space(Space s) { return spaces_[static_cast<u32>(s)]; }
    u32 bind(Space s);
    u32 bind_anonymous(Space s);
    u32 index_in(const Names32& names, std::string_view what);
    u32 index(Space s);
    u32 index_or_zero(Space s) { return at_index() ? index(s) : 0; }

    // ---- parse_fields.cpp -----------------------------------------------------------------------
    void scan_fields();
    void scan_rec();
    void scan_import();
    void scan_definition(Field::Kind kind, Space s);
    void check_import_order(u32 token);
    void field(const Field& f);
    void import_field();
    void import_entry(const std::string& module, const std::string& name, bool ids_allowed);
    bool inline_import(std::string& module, std::string& name);
    void inline_exports(u32 export_kind, u32 index);
    void func_field(u32 index);
    void table_field(u32 index);
    void memory_field(u32 index);
    void global_field(u32 index);
    void tag_field(u32 index);
    void export_field();
    void start_field();
    void elem_field();
    void data_field();
    void table_elements(u32 table, const TextType& type, bool is_64);
    void write_element_segment(u32 mode, u32 table, const BinaryBuffer& offset, bool allow_bare);
    void element_expression(BinaryBuffer& out);
    u32 index_list(BinaryBuffer& out, bool as_expressions);
    BinaryBuffer offset_expression();
    void constant_until_close(BinaryBuffer& out);

    // ---- parse_types.cpp ------------------------------------------------------------------------
    void type_fields();
    void type_definition(BinaryBuffer& out, bool alone);
    void composite_type(BinaryBuffer& out, u32 type, bool plain);
    void struct_fields(BinaryBuffer& out, u32 type);
    void field_type(BinaryBuffer& out);
    [[nodiscard]] bool at_value_type() const;
    [[nodiscard]] bool at_reference_type() const;
    TextType value_type();
    TextType reference_type();
    i64 heap_type();
    void value_types(std::vector<TextType>& out);
    /// (param …)* (result …)*. `names`: where $ids of parameters go; null: none are allowed.
    enum class ParamNames : u8 { none, ignored, locals };
    void signature(Signature& out, ParamNames names);
    TypeUse type_use(ParamNames names);
    u32 resolve(const TypeUse& use);
    u32 type_of_signature(const Signature& s);
    bool address_type();
    Limits limits(bool is_64);
    void table_type(BinaryBuffer& out, bool is_64, const Limits& l, const TextType& t);
    void memory_type(BinaryBuffer& out, bool is_64, const Limits& l, bool shared,
                     std::optional<u32> page_log2);
    std::optional<u32> page_size();
    static void write(BinaryBuffer& out, const TextType& t);
    static void write(BinaryBuffer& out, const Signature& s);

    // ---- parse_code.cpp -------------------------------------------------------------------------
    struct Frame {
        enum class Kind : u8 {
            operands,     ///< folded plain instruction: operands until `)`
            block,        ///< folded block, loop, try_table: instructions until `)`
            if_operands,  ///< folded if before (then
            if_then,
            if_else,
            if_done,
            try_clauses,  ///< folded legacy try between its clauses
            try_body,     ///< (do …), (catch …) or (catch_all …)
            plain_block,  ///< until `end`
            plain_if,
            plain_else,
            plain_try,
        };
        Kind kind;
        bool has_label = false;      ///< a label is in scope
        bool caught = false;         ///< legacy try: a catch has been
        bool caught_all = false;     ///< legacy try: a catch_all has been
        u32 pending = 0;             ///< where its bytes in pending_ begin
        u32 hint = kNoIndex;         ///< annotation that waits for the opcode
        std::string_view label;      ///< empty if it has no name
        Instr instr = Instr::block;  ///< whose bytes wait in pending_
    };
    void instruction_list() { instructions(false); }
    void folded_instruction() { instructions(true); }
    void instructions(bool only_one);
    void open_folded();
    void close_folded();
    void close_then();
    void open_try_clause();
    void plain_instruction();
    void plain_end();
    void plain_else();
    void plain_delegate();
    Instr instruction_keyword();
    std::string_view optional_label();
    void check_end_label(const Frame& f);
    void enter_label(std::string_view name);
    void leave_label();
    u32 label_index();
    void immediates(Instr instr, BinaryBuffer& out);
    void block_type(BinaryBuffer& out);
    void catch_clauses(BinaryBuffer& out);
    void select_maybe_typed(BinaryBuffer& out);
    void memory_argument(Instr instr, bool lane, BinaryBuffer& out);
    void vector_constant(BinaryBuffer& out);
    void shuffle_lanes(BinaryBuffer& out);
    void cast_immediates(BinaryBuffer& out);
    void number_constant(Instr instr, BinaryBuffer& out);
    struct VectorShape {
        u32 lane_bits;
        bool is_float;
    };
    std::optional<VectorShape> vector_shape();
    void two_indices(Space first, Space second, bool both_default, BinaryBuffer& out);
    void opcode(Instr instr, BinaryBuffer& out);
    u32 local_index();
    void function_body(u32 func, const TypeUse& use);
    void local_declarations(const TypeUse& use, std::vector<TextType>& types);
    void add_local(std::string_view name, u32 token, u32 func_local);

    // ---- annotations.cpp ------------------------------------------------------------------------
    [[nodiscard]] std::size_t annotation_before(u32 token) const;
    void take_custom_annotations();
    void custom_annotation(const Annotation& a);
    /// The @name annotation before the current token, if one is there: replaces the id.
    void take_name_annotation(std::string& name, std::string_view what);
    void add_name(NameMap& map, u32 index, std::string_view id, std::string_view what);
    [[nodiscard]] u32 take_hint(u32 token);
    void place_hint(u32 annotation, Instr instr);
    void write_hints();
    void check_all_annotations_taken();
    std::string annotation_string(const Annotation& a, std::string_view message);

    const TokenStream& stream_;
    const u32 begin_;
    const u32 end_;
    const AssembleOptions& options_;
    u32 at_;
    std::optional<Error> error_;
    Token end_token_;

    ModuleBuilder builder_;
    std::deque<std::string> string_ids_;  ///< what $"…" spells; map keys point here
    IndexSpace spaces_[kSpaceCount];
    std::vector<Field> fields_;
    std::string_view last_definition_;  ///< kind of the latest definition, for imports after it

    std::vector<TypeInfo> types_;
    std::unordered_map<std::string, u32> function_types_;  ///< encoded signature to type index

    // Of the function being parsed.
    Names32 locals_;
    bool in_function_ = false;
    BinaryBuffer code_;
    BinaryBuffer pending_;
    std::vector<Frame> frames_;
    std::unordered_map<std::string_view, std::vector<u32>> labels_;
    u32 label_depth_ = 0;
    u32 label_ordinal_ = 0;
    NameMap local_names_;
    NameMap label_names_;

    // Annotations.
    std::size_t first_annotation_ = 0;
    std::size_t last_annotation_ = 0;
    std::vector<bool> taken_;  ///< by position from first_annotation_
    struct Hint {
        u32 offset;
        u8 value;
    };
    std::vector<Hint> hints_;
    BinaryBuffer hint_entries_;
    u32 hinted_funcs_ = 0;
};

}  // namespace wasmi::core::text
