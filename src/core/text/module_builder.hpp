// ModuleBuilder: the sections of a binary module, filled in any order, written in theirs.
// Spec: binary/modules, appendix/custom (name section).
#pragma once

#include "core/text/binary_buffer.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace wasmi::core::text {

/// The known sections in the order of the binary format (which is not that of their ids).
enum class Section : u8 {
    type,
    import,
    func,
    table,
    memory,
    tag,
    global,
    export_,
    start,
    elem,
    data_count,
    code,
    data,
};
inline constexpr u32 kSectionCount = 13;

/// Index and name, indices ascending.
using NameMap = std::vector<std::pair<u32, std::string>>;
using IndirectNameMap = std::vector<std::pair<u32, NameMap>>;

/// Content of the name section.
struct Names {
    bool has_module = false;
    std::string module;
    NameMap funcs;
    IndirectNameMap locals;
    IndirectNameMap labels;
    NameMap types;
    NameMap tables;
    NameMap memories;
    NameMap globals;
    NameMap elems;
    NameMap datas;
    IndirectNameMap fields;
    NameMap tags;
};

/// A custom section and its place: 2n is before the section n, 2n + 1 after it.
struct PlacedCustom {
    static constexpr u32 kFirst = 0;
    static constexpr u32 kLast = 2 * kSectionCount + 2;
    static constexpr u32 before(Section s) { return 1 + 2 * static_cast<u32>(s); }
    static constexpr u32 after(Section s) { return 2 + 2 * static_cast<u32>(s); }
    u32 place = kLast;
    std::string name;
    std::string content;
};

class ModuleBuilder {
  public:
    /// Where to write the next entry of a section; counts it.
    BinaryBuffer& add(Section s) {
        ++counts_[static_cast<u32>(s)];
        return contents_[static_cast<u32>(s)];
    }
    [[nodiscard]] u32 count(Section s) const { return counts_[static_cast<u32>(s)]; }
    void set_start(u32 func) { add(Section::start).uleb(func); }
    void need_data_count() { need_data_count_ = true; }

    Names names;
    std::vector<PlacedCustom> customs;

    [[nodiscard]] std::vector<u8> write(bool with_names);

  private:
    std::array<BinaryBuffer, kSectionCount> contents_;
    std::array<u32, kSectionCount> counts_{};
    bool need_data_count_ = false;
};

}  // namespace wasmi::core::text
