// Canonical defined types of an engine: recursion groups rolled, compared and numbered once.
// Spec: valid/conventions (type equivalence, rolling), valid/matching.
#pragma once

#include "core/types/basics.hpp"

#include <wasmi/result.hpp>
#include <wasmi/types.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace wasmi::core {

enum class CompositeKind : u8 { func, struct_, array };

/// Storage type of a field: a value type or packed i8/i16. Spec: syntax/types (aggregate types).
struct FieldType {
    // GCC takes the enumerators for shadows of the integer types.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
    enum class Packed : u8 { none, i8, i16 };
#pragma GCC diagnostic pop
    ValType type;  ///< i32 for packed fields
    Packed packed = Packed::none;
    bool is_mutable = false;
    friend bool operator==(const FieldType&, const FieldType&) = default;
};

/// One sub type of a recursion group. While a group is being built, references to members of the
/// same group are ValType::ref_to(kRecBase + position); everything else is canonical.
struct SubType {
    bool is_final = true;
    TypeId super = kNoType;  ///< kNoType, canonical, or kRecBase + position
    CompositeKind kind = CompositeKind::func;
    FuncType func;                  ///< of kind func
    std::vector<FieldType> fields;  ///< of struct_ (all), array (one)
    friend bool operator==(const SubType&, const SubType&) = default;
};

/// TypeIds from here on denote positions in the recursion group under construction.
inline constexpr TypeId kRecBase = 0x20'0000;
inline constexpr TypeId kMaxTypes = 0x1F'FFFF;

/// How a field lies in an object of the GC heap. References take four bytes; those to exceptions,
/// whose words are longer, eight.
struct FieldLayout {
    /// What a collector finds in the field.
    enum class Trace : u8 { none, object, exception };
    u32 offset = 0;    ///< from the start of the object; of an array's elements: of the first one
    u8 size_log2 = 0;  ///< 0 to 4
    Trace trace = Trace::none;
    [[nodiscard]] u32 size() const { return 1u << size_log2; }
};

/// Objects begin with their type and, if they are arrays, the count of their elements.
inline constexpr u32 kObjectHeaderSize = 8;

/// A canonical type with its place in the subtype order. Immutable once published.
struct DefinedType {
    SubType sub;                 ///< all references canonical
    std::vector<TypeId> supers;  ///< from the root to this type itself (Cohen's display)
    u32 param_slots = 0;         ///< kind func: execution slots of the parameters
    u32 result_slots = 0;
    std::vector<FieldLayout> layout;  ///< kinds struct_ (all fields), array (one)
    /// Kind struct_: with header, a multiple of 8; ~0: more than any heap holds.
    u32 object_size = 0;
    bool traced = false;                ///< an object of this type may refer to others
    std::unique_ptr<TypeId[]> display;  ///< see TypeRegistry::display()
};

/// Thread rule: all members may be called from any thread. Ids and references stay valid as long
/// as the registry lives.
class TypeRegistry {
  public:
    TypeRegistry();
    ~TypeRegistry();
    TypeRegistry(const TypeRegistry&) = delete;
    TypeRegistry& operator=(const TypeRegistry&) = delete;

    /// Canonical ids of the members of a recursion group; the first of consecutive ids.
    /// The group must be well formed (supers checked by the validator). Errors: limit.
    [[nodiscard]] Result<TypeId> add_group(std::span<const SubType> group);
    /// The id of a final function type without supertype in a group of its own.
    [[nodiscard]] Result<TypeId> add_func(const FuncType& type);

    [[nodiscard]] const DefinedType& get(TypeId id) const noexcept { return at(id); }
    /// Whether get() may be asked for this id; for ids that come from the embedder.
    [[nodiscard]] bool contains(TypeId id) const noexcept;

    /// For casts at run time: the kind of a type and four times the count of `supers`, then these,
    /// then kNoType up to kDisplayPadding. A type with n supertypes is one of another's if entry
    /// kDisplayFirst + n says so.
    static constexpr u32 kDisplayFirst = 1;
    static constexpr u32 kDisplayPadding = 8;
    [[nodiscard]] const TypeId* display(TypeId id) const noexcept {
        return displays_[id >> kDisplayChunkLog2].load(
            std::memory_order_acquire)[id & ((1u << kDisplayChunkLog2) - 1)];
    }

    /// Spec: valid/matching (heap types, reference types, value types).
    [[nodiscard]] bool is_subtype(TypeId sub, TypeId super) const noexcept {
        if (sub == super) return true;
        const std::size_t level = get(super).supers.size() - 1;
        const std::vector<TypeId>& display = get(sub).supers;
        return level < display.size() && display[level] == super;
    }
    [[nodiscard]] bool matches(ValType sub, ValType super) const noexcept;
    [[nodiscard]] bool heap_matches(ValType sub, ValType super) const noexcept;
    /// Top of the hierarchy of a reference type: any, func, extern or exn.
    [[nodiscard]] HeapKind top_of(ValType ref) const noexcept;

  private:
    /// The first chunk holds 2^kFirstChunkLog2 types, each further one twice its predecessor's.
    static constexpr u32 kFirstChunkLog2 = 6;
    static constexpr u32 kChunks = 16;
    static_assert(((u64{1} << kChunks) - 1) << kFirstChunkLog2 >= kMaxTypes);

    [[nodiscard]] DefinedType& at(TypeId id) const noexcept {
        const u32 biased = id + (1u << kFirstChunkLog2);
        const u32 chunk = static_cast<u32>(std::bit_width(biased)) - 1 - kFirstChunkLog2;
        const u32 start = 1u << (chunk + kFirstChunkLog2);
        return chunks_[chunk].load(std::memory_order_acquire)[biased - start];
    }

    static constexpr u32 kDisplayChunkLog2 = 11;

    struct Impl;
    std::array<std::atomic<DefinedType*>, kChunks> chunks_{};
    std::array<std::atomic<const TypeId**>, (kMaxTypes >> kDisplayChunkLog2) + 1> displays_{};
    std::unique_ptr<Impl> impl_;
};

/// Spec: valid/matching (limits, tables, memories, globals). `sub` is what is given.
[[nodiscard]] bool limits_match(const SizeLimits& sub, const SizeLimits& super) noexcept;
[[nodiscard]] bool table_matches(const TypeRegistry&, const TableType& sub,
                                 const TableType& super) noexcept;
[[nodiscard]] bool memory_matches(const MemoryType& sub, const MemoryType& super) noexcept;
[[nodiscard]] bool global_matches(const TypeRegistry&, const GlobalType& sub,
                                  const GlobalType& super) noexcept;

}  // namespace wasmi::core
