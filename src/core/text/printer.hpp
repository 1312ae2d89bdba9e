// Printer: sections of a binary module to text. Private to src/core/text.
// Spec: text/modules, text/instructions.
//
// It reads the bytes again instead of ModuleData, because that has canonical types where the text
// needs the type indices of the module.
#pragma once

#include "core/decoder/immediates.hpp"
#include "core/decoder/reader.hpp"
#include "core/decoder/type_reader.hpp"
#include "core/text/disassemble.hpp"
#include "core/text/lexer.hpp"
#include "core/text/module_builder.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace wasmi::core::text {

class Printer {
  public:
    Printer(std::span<const u8> bytes, const DisassembleOptions& options);
    [[nodiscard]] Result<std::string> print();

  private:
    enum Space : u8 { kType, kFunc, kTable, kMemory, kGlobal, kTag, kElem, kData, kSpaces };

    /// How the entries of an index space are written.
    struct Ids {
        std::vector<std::string> ids;    ///< "$f", or empty
        std::vector<std::string> names;  ///< names that cannot be ids, being there twice
    };
    struct TypeInfo {
        bool is_func = false;
        std::vector<ValType> params;
        std::vector<ValType> results;
        u32 fields = 0;  ///< of a struct
    };
    struct Custom {
        std::string_view name;
        ByteRange content;
        int after = -1;  ///< the known section before it (as Section), or -1
    };
    struct Hint {
        u32 offset;
        u8 value;
    };

    struct Node {
        std::string text;        ///< keyword and immediates
        std::string hint;        ///< annotation before it
        std::vector<u32> items;  ///< operands, then what a block or clause contains
        u32 operands = 0;
        bool single = false;     ///< leaves exactly one value
        bool is_clause = false;  ///< then, else, do, catch: ends with its block
    };

    // ---- printer.cpp: sections and fields -------------------------------------------------------
    void scan_sections();
    void count_spaces();
    [[nodiscard]] Reader section(Section s) const;
    [[nodiscard]] bool has(Section s) const { return sections_[static_cast<u32>(s)].size != 0; }
    void imports();
    u32 compact_imports(Reader& r, std::string_view module, bool one_type);
    void skip_extern_type(Reader& r, u8 kind);
    void import(Reader& r, std::string_view module, std::string_view name, u8 kind);
    void limits(Reader& r, bool is_memory);
    void table_type(Reader& r);
    void global_type(Reader& r);
    void tables();
    void memories();
    void tags();
    void globals();
    void exports();
    void start();
    void elements();
    void datas();
    void custom_annotations();
    void define(Space s, u32 index);
    void newline(u32 indent);
    void fail(Reader& r) {
        if (!error_ && !r.ok()) error_ = r.take_error();
    }

    // ---- print_types.cpp ------------------------------------------------------------------------
    void collect_types();
    void types();
    [[nodiscard]] std::string sub_type(Reader& r, u32 index);
    [[nodiscard]] std::string field_text(Reader& r);
    [[nodiscard]] std::string type_text(ValType t) const;
    [[nodiscard]] std::string heap_text(ValType t) const;
    [[nodiscard]] std::string list_text(std::string_view keyword,
                                        const std::vector<ValType>& types) const;
    void type_use(u32 type);

    // ---- print_names.cpp ------------------------------------------------------------------------
    void read_names();
    void read_hints();
    static void assign(Ids& ids, u32 count, const NameMap& names);
    [[nodiscard]] std::string reference(Space s, u32 index) const;
    [[nodiscard]] std::string field_reference(u32 type, u32 field) const;
    static bool read_name_map(Reader& r, NameMap& out);
    static bool read_indirect(Reader& r, std::unordered_map<u32, NameMap>& out);

    // ---- print_code.cpp -------------------------------------------------------------------------
    [[nodiscard]] std::string instruction(Instr instr, const Immediates& imm);
    [[nodiscard]] std::string block_header(Instr instr, const Immediates& imm);
    [[nodiscard]] std::string block_type_text(const BlockType& b) const;
    [[nodiscard]] std::string catch_text(const CatchClause& c) const;
    [[nodiscard]] std::string memarg_text(Instr instr, const Immediates& imm) const;
    [[nodiscard]] std::string label_reference(u32 depth) const;
    [[nodiscard]] std::string new_label();
    [[nodiscard]] std::string hint_text(u32 offset) const;
    void flat_body(Reader& r);
    void read_tree(Reader& r);
    void write_tree(u32 indent, bool inline_only);
    [[nodiscard]] u32 results_of(const BlockType& b) const;
    void arity(Instr instr, const Immediates& imm, u32& pops, u32& pushes) const;
    void expression(Reader& r);
    void functions();
    void function(u32 index, Reader& r);

    std::span<const u8> bytes_;
    const DisassembleOptions& options_;
    std::optional<Error> error_;
    std::string out_;

    ByteRange sections_[kSectionCount];
    std::vector<Custom> customs_;
    int last_section_ = -1;
    bool counting_ = true;          ///< the first pass over imports
    std::vector<TypeId> identity_;  ///< every type index means itself
    TypeSpace type_space_;
    std::vector<TypeInfo> types_;
    std::vector<u32> func_types_;
    std::vector<u32> tag_types_;
    u32 counts_[kSpaces] = {};
    u32 imported_[kSpaces] = {};
    u32 next_[kSpaces] = {};

    std::string module_name_;
    Ids ids_[kSpaces];
    std::unordered_map<u32, NameMap> local_names_;
    std::unordered_map<u32, NameMap> label_names_;
    std::unordered_map<u32, NameMap> field_names_;
    std::unordered_map<u32, Ids> field_ids_;
    bool names_used_ = false;
    std::unordered_map<u32, std::vector<Hint>> hints_;
    bool hints_used_ = false;

    // Of the function being printed.
    Ids locals_;
    std::vector<std::string> labels_;  ///< of the open blocks, "$l" or empty
    const NameMap* func_labels_ = nullptr;
    u32 label_ordinal_ = 0;
    const std::vector<Hint>* func_hints_ = nullptr;
    u32 body_start_ = 0;
    std::vector<Node> nodes_;
};

/// `text` as a string literal; with `keep_unicode` harmless characters beyond ASCII stay.
[[nodiscard]] std::string quoted(std::string_view text, bool keep_unicode);

}  // namespace wasmi::core::text
