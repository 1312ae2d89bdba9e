// Looks names up in the name section; ModuleData::function_name and module_name.
// Spec: appendix/custom (name section).
#include "core/decoder/name_section.hpp"

#include "core/decoder/reader.hpp"
#include "core/types/module.hpp"

#include <string>

namespace wasmi::core {

namespace {

std::optional<ByteRange> find_subsection(std::span<const u8> content, NameSubsection wanted) {
    Reader r(content);
    while (!r.at_end()) {
        const u8 id = r.read_byte();
        const ByteRange range = r.read_bytes();
        if (!r.ok()) return std::nullopt;
        if (id == static_cast<u8>(wanted)) return range;
    }
    return std::nullopt;
}

/// The content of the first custom section "name".
std::span<const u8> name_section(const ModuleData& module) {
    for (const CustomSection& section : module.customs) {
        if (section.name == "name") return module.slice(section.bytes);
    }
    return {};
}

}  // namespace

std::optional<std::string_view> find_module_name(std::span<const u8> content) {
    const std::optional<ByteRange> range = find_subsection(content, NameSubsection::module);
    if (!range) return std::nullopt;
    Reader r(content, *range);
    const std::string_view name = r.read_name();
    if (!r.ok()) return std::nullopt;
    return name;
}

std::optional<std::string_view> find_name(std::span<const u8> content, NameSubsection subsection,
                                          u32 index) {
    const std::optional<ByteRange> range = find_subsection(content, subsection);
    if (!range) return std::nullopt;
    Reader r(content, *range);
    const u32 count = r.read_count();
    for (u32 i = 0; i < count && r.ok(); ++i) {
        const u32 entry = r.read_u32();
        if (entry > index) return std::nullopt;  // the map is sorted
        if (entry == index) {
            const std::string_view name = r.read_name();
            if (r.ok()) return name;
            return std::nullopt;
        }
        (void)r.read_bytes();
    }
    return std::nullopt;
}

std::string ModuleData::function_name(u32 index) const {
    if (const auto name = find_name(name_section(*this), NameSubsection::function, index)) {
        return std::string(*name);
    }
    for (const ExportDesc& entry : exports) {
        if (entry.kind == ExternKind::func && entry.index == index) return entry.name;
    }
    return {};
}

std::string ModuleData::module_name() const {
    const auto name = find_module_name(name_section(*this));
    return name ? std::string(*name) : std::string();
}

}  // namespace wasmi::core
