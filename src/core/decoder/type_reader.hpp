// Reads value, reference and heap types; type indices become canonical types.
// Spec: binary/types.
#pragma once

#include "core/decoder/reader.hpp"
#include "core/types/basics.hpp"
#include "core/types/type_registry.hpp"

#include <wasmi/config.hpp>
#include <wasmi/types.hpp>

#include <span>
#include <string>

namespace wasmi::core {

/// What type indices mean at this point of the module.
struct TypeSpace {
    std::span<const TypeId> types;  ///< type index → canonical id
    u32 group_size = 0;             ///< members of the recursion group being read
    Features features;

    /// Canonical id, or kRecBase + position in the group being read, or kNoType.
    [[nodiscard]] TypeId resolve(u32 index) const {
        if (WASMI_LIKELY(index < types.size())) return types[index];
        const std::size_t position = index - types.size();
        return position < group_size ? kRecBase + static_cast<TypeId>(position) : kNoType;
    }
};

/// The result of a type that could not be read is ValType::bottom, and the reader has failed.
[[nodiscard]] ValType read_val_type_slow(Reader& r, const TypeSpace& space);
/// Of reference types only: "malformed reference type".
[[nodiscard]] ValType read_ref_type(Reader& r, const TypeSpace& space);
/// As a nullable reference type.
[[nodiscard]] ValType read_heap_type(Reader& r, const TypeSpace& space);

[[nodiscard]] WASMI_ALWAYS_INLINE ValType read_val_type(Reader& r, const TypeSpace& space) {
    const u8 byte = r.peek();
    if (WASMI_LIKELY(byte >= 0x7C && byte <= 0x7F)) {
        r.skip(1);
        return ValType(static_cast<ValKind>(0x7F - byte));
    }
    return read_val_type_slow(r, space);
}
static_assert(static_cast<int>(ValKind::i32) == 0 && static_cast<int>(ValKind::f64) == 3);

}  // namespace wasmi::core
