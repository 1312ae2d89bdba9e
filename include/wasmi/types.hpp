// The types of WebAssembly as plain values: value, reference, function and extern types.
// Spec: syntax/types.
//
// Defined types appear by their canonical TypeId: within one Engine two types are equal
// exactly if their ids are (the engine rolls and unrolls recursion groups when it loads a module).
#pragma once

#include <wasmi/export.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wasmi {

/// Canonical id of a defined type within an Engine.
using TypeId = std::uint32_t;
inline constexpr TypeId kNoType = 0x3F'FFFF;

/// Heads of reference types; `concrete` refers to a defined type by TypeId.
enum class HeapKind : std::uint8_t {
    func,
    nofunc,
    extern_,
    noextern,
    any,
    eq,
    i31,
    struct_,
    array,
    none,
    exn,
    noexn,
    concrete,
    bottom,  ///< of unreachable code only, below every other
};

enum class ValKind : std::uint8_t { i32, i64, f32, f64, v128, ref, bottom };

/// A value type in four bytes. Spec: syntax/types (value types).
class ValType {
  public:
    constexpr ValType() = default;
    constexpr explicit ValType(ValKind kind) : bits_(static_cast<std::uint32_t>(kind)) {}
    static constexpr ValType ref(HeapKind heap, bool nullable, TypeId id = 0) {
        ValType t(ValKind::ref);
        t.bits_ |= (nullable ? 0x8u : 0u) | static_cast<std::uint32_t>(heap) << 4 | id << 10;
        return t;
    }
    static constexpr ValType ref_to(TypeId id, bool nullable) {
        return ref(HeapKind::concrete, nullable, id);
    }

    static const ValType i32, i64, f32, f64, v128, funcref, externref, anyref, exnref, bottom;

    [[nodiscard]] constexpr ValKind kind() const { return static_cast<ValKind>(bits_ & 7u); }
    [[nodiscard]] constexpr bool is_ref() const { return kind() == ValKind::ref; }
    [[nodiscard]] constexpr bool is_numeric() const { return kind() < ValKind::v128; }
    [[nodiscard]] constexpr bool is_vector() const { return kind() == ValKind::v128; }
    [[nodiscard]] constexpr bool nullable() const { return (bits_ & 8u) != 0; }
    [[nodiscard]] constexpr HeapKind heap() const {
        return static_cast<HeapKind>(bits_ >> 4 & 0x3Fu);
    }
    [[nodiscard]] constexpr bool is_concrete() const {
        return is_ref() && heap() == HeapKind::concrete;
    }
    /// Of a concrete reference type only.
    [[nodiscard]] constexpr TypeId type_id() const { return bits_ >> 10; }
    /// All value types but non-nullable references have a default value.
    [[nodiscard]] constexpr bool is_defaultable() const { return !is_ref() || nullable(); }
    [[nodiscard]] constexpr ValType as_nullable(bool nullable) const {
        return ref(heap(), nullable, type_id());
    }
    /// 8-byte slots that a value of this type takes on the execution stack.
    [[nodiscard]] constexpr std::uint32_t slots() const { return is_vector() ? 2 : 1; }
    [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }

    friend constexpr bool operator==(ValType, ValType) = default;

  private:
    std::uint32_t bits_ = static_cast<std::uint32_t>(ValKind::bottom);
};

inline constexpr ValType ValType::i32{ValKind::i32};
inline constexpr ValType ValType::i64{ValKind::i64};
inline constexpr ValType ValType::f32{ValKind::f32};
inline constexpr ValType ValType::f64{ValKind::f64};
inline constexpr ValType ValType::v128{ValKind::v128};
inline constexpr ValType ValType::bottom{ValKind::bottom};
inline constexpr ValType ValType::funcref = ValType::ref(HeapKind::func, true);
inline constexpr ValType ValType::externref = ValType::ref(HeapKind::extern_, true);
inline constexpr ValType ValType::anyref = ValType::ref(HeapKind::any, true);
inline constexpr ValType ValType::exnref = ValType::ref(HeapKind::exn, true);

/// "i32", "funcref", "(ref null $7)"; the number is the canonical id.
[[nodiscard]] WASMI_EXPORT std::string to_string(ValType type);

/// Spec: syntax/types (function types).
struct FuncType {
    std::vector<ValType> params;
    std::vector<ValType> results;
    friend bool operator==(const FuncType&, const FuncType&) = default;
};
/// "(i32, i64) -> (f32)".
[[nodiscard]] WASMI_EXPORT std::string to_string(const FuncType& type);

/// Size range of a memory (in pages) or table (in elements). Spec: syntax/types (limits).
struct SizeLimits {
    std::uint64_t min = 0;
    std::uint64_t max = ~std::uint64_t{0};  ///< meaningful if has_max
    bool has_max = false;
    friend bool operator==(const SizeLimits&, const SizeLimits&) = default;
};

struct MemoryType {
    SizeLimits limits;   ///< in pages
    bool is_64 = false;  ///< address type i64
    bool is_shared = false;
    std::uint8_t page_size_log2 = 16;  ///< 16, or 0 with custom page sizes
    friend bool operator==(const MemoryType&, const MemoryType&) = default;
};

struct TableType {
    ValType element = ValType::funcref;
    SizeLimits limits;  ///< in elements
    bool is_64 = false;
    friend bool operator==(const TableType&, const TableType&) = default;
};

struct GlobalType {
    ValType value;
    bool is_mutable = false;
    friend bool operator==(const GlobalType&, const GlobalType&) = default;
};

enum class ExternKind : std::uint8_t { func, table, memory, global, tag };
[[nodiscard]] WASMI_EXPORT std::string_view to_string(ExternKind kind) noexcept;

/// The type of an import or export. Only the member of its kind is meaningful.
struct ExternType {
    ExternKind kind = ExternKind::func;
    TypeId type = kNoType;  ///< func, tag: canonical id of the function type
    FuncType func;          ///< func, tag: the same, spelled out
    TableType table;
    MemoryType memory;
    GlobalType global;
};
/// "func (i32) -> ()", "memory 1 2", "global (mut i32)".
[[nodiscard]] WASMI_EXPORT std::string to_string(const ExternType& type);

struct ImportType {
    std::string module;
    std::string name;
    ExternType type;
};
struct ExportType {
    std::string name;
    ExternType type;
};

}  // namespace wasmi
