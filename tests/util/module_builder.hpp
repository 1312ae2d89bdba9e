// ModuleBuilder: puts binary modules together for tests, section by section, entry by entry.
// Spec: binary/modules.
//
//     ModuleBuilder b;
//     b.type({kI32}, {kI32});                 // (type (func (param i32) (result i32)))
//     b.func(0, {0x20, 0, 0x0B});             // (func (type 0) local.get 0)
//     std::vector<u8> bytes = b.bytes();
#pragma once

#include "core/types/basics.hpp"

#include <array>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace wasmi::core::test {

using Bytes = std::vector<u8>;

inline constexpr u8 kI32 = 0x7F;
inline constexpr u8 kI64 = 0x7E;
inline constexpr u8 kF32 = 0x7D;
inline constexpr u8 kF64 = 0x7C;
inline constexpr u8 kV128 = 0x7B;
inline constexpr u8 kFuncref = 0x70;
inline constexpr u8 kExternref = 0x6F;

inline void append(Bytes& to, const Bytes& more) { to.insert(to.end(), more.begin(), more.end()); }

/// Unsigned LEB128.
inline Bytes leb(u64 value) {
    Bytes out;
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<u8>(value | 0x80));
    out.push_back(static_cast<u8>(value));
    return out;
}

/// A length and the bytes.
inline Bytes sized(const Bytes& content) {
    Bytes out = leb(content.size());
    append(out, content);
    return out;
}

inline Bytes name(std::string_view text) { return sized(Bytes(text.begin(), text.end())); }

inline Bytes join(std::initializer_list<Bytes> parts) {
    Bytes out;
    for (const Bytes& part : parts) append(out, part);
    return out;
}

class ModuleBuilder {
  public:
    enum Section : u8 {
        kType = 1,
        kImport,
        kFunction,
        kTable,
        kMemory,
        kGlobal,
        kExport,
        kStart,
        kElement,
        kCode,
        kData,
        kDataCount,
        kTag,
    };

    /// One entry of a section; the count is kept by the builder.
    ModuleBuilder& add(Section section, const Bytes& entry) {
        ++counts_[section];
        append(contents_[section], entry);
        return *this;
    }
    ModuleBuilder& type(const Bytes& params, const Bytes& results) {
        return add(kType, join({{0x60}, sized(params), sized(results)}));
    }
    /// `body` ends with 0x0B; `locals` is the vector of local declarations.
    ModuleBuilder& func(u32 type_index, const Bytes& body, const Bytes& locals = {0}) {
        add(kFunction, leb(type_index));
        return add(kCode, sized(join({locals, body})));
    }
    ModuleBuilder& memory(const Bytes& limits = {0, 1}) { return add(kMemory, limits); }
    ModuleBuilder& table(const Bytes& type = {kFuncref, 0, 1}) { return add(kTable, type); }
    ModuleBuilder& global(u8 val_type, bool is_mutable, const Bytes& init) {
        return add(kGlobal, join({{val_type, is_mutable ? u8{1} : u8{0}}, init}));
    }
    ModuleBuilder& export_(std::string_view text, u8 kind, u32 index) {
        return add(kExport, join({name(text), {kind}, leb(index)}));
    }
    ModuleBuilder& start(u32 index) {
        contents_[kStart] = leb(index);
        return *this;
    }
    ModuleBuilder& data_count(u32 count) {
        contents_[kDataCount] = leb(count);
        return *this;
    }

    [[nodiscard]] Bytes bytes() const {
        static constexpr u8 kOrder[] = {kType,      kImport, kFunction, kTable, kMemory,
                                        kTag,       kGlobal, kExport,   kStart, kElement,
                                        kDataCount, kCode,   kData};
        Bytes out = {0, 'a', 's', 'm', 1, 0, 0, 0};
        for (const u8 id : kOrder) {
            if (contents_[id].empty()) continue;
            const bool counted = id != kStart && id != kDataCount;
            out.push_back(id);
            append(out, sized(counted ? join({leb(counts_[id]), contents_[id]}) : contents_[id]));
        }
        return out;
    }

  private:
    std::array<Bytes, 14> contents_{};
    std::array<u32, 14> counts_{};
};

}  // namespace wasmi::core::test
