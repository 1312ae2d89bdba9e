// Writing of modules in the binary format.
// Spec: binary/modules, appendix/custom (name section).
#include "core/text/module_builder.hpp"

namespace wasmi::core::text {
namespace {

constexpr std::array<u8, kSectionCount> kSectionIds = {1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11};

void write_name_map(BinaryBuffer& out, const NameMap& map) {
    out.uleb(map.size());
    for (const auto& [index, name] : map) {
        out.uleb(index);
        out.sized(name);
    }
}

void write_subsection(BinaryBuffer& out, u32 id, const NameMap& map) {
    if (map.empty()) return;
    BinaryBuffer content;
    write_name_map(content, map);
    out.byte(id);
    out.sized(content);
}

void write_subsection(BinaryBuffer& out, u32 id, const IndirectNameMap& map) {
    if (map.empty()) return;
    BinaryBuffer content;
    content.uleb(map.size());
    for (const auto& [index, inner] : map) {
        content.uleb(index);
        write_name_map(content, inner);
    }
    out.byte(id);
    out.sized(content);
}

BinaryBuffer name_section(const Names& names) {
    BinaryBuffer out;
    if (names.has_module) {
        BinaryBuffer content;
        content.sized(names.module);
        out.byte(0);
        out.sized(content);
    }
    write_subsection(out, 1, names.funcs);
    write_subsection(out, 2, names.locals);
    write_subsection(out, 3, names.labels);
    write_subsection(out, 4, names.types);
    write_subsection(out, 5, names.tables);
    write_subsection(out, 6, names.memories);
    write_subsection(out, 7, names.globals);
    write_subsection(out, 8, names.elems);
    write_subsection(out, 9, names.datas);
    write_subsection(out, 10, names.fields);
    write_subsection(out, 11, names.tags);
    return out;
}

void write_custom(BinaryBuffer& out, std::string_view name, std::span<const u8> content) {
    BinaryBuffer section;
    section.sized(name);
    section.raw(content);
    out.byte(0);
    out.sized(section);
}

}  // namespace

std::vector<u8> ModuleBuilder::write(bool with_names) {
    BinaryBuffer out;
    out.raw(std::string_view("\0asm\1\0\0\0", 8));
    const auto write_customs = [&](u32 place) {
        for (const PlacedCustom& c : customs) {
            if (c.place != place) continue;
            BinaryBuffer content;
            content.raw(c.content);
            write_custom(out, c.name, content.bytes());
        }
    };
    write_customs(PlacedCustom::kFirst);
    for (u32 i = 0; i < kSectionCount; ++i) {
        const auto section = static_cast<Section>(i);
        write_customs(PlacedCustom::before(section));
        if (section == Section::data_count) {
            if (need_data_count_) {
                BinaryBuffer content;
                content.uleb(count(Section::data));
                out.byte(kSectionIds[i]);
                out.sized(content);
            }
        } else if (counts_[i] != 0) {
            BinaryBuffer count;
            if (section != Section::start) count.uleb(counts_[i]);
            out.byte(kSectionIds[i]);
            out.uleb(count.size() + contents_[i].size());
            out.append(count);
            out.append(contents_[i]);
        }
        write_customs(PlacedCustom::after(section));
    }
    write_customs(PlacedCustom::kLast);
    if (with_names) {
        const BinaryBuffer section = name_section(names);
        if (!section.empty()) write_custom(out, "name", section.bytes());
    }
    return std::move(out).take();
}

}  // namespace wasmi::core::text
