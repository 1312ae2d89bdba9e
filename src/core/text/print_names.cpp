// Printer: names and branch hints from their custom sections; identifiers.
// Spec: appendix/custom (name section), text/values (identifiers).
#include "core/decoder/name_section.hpp"
#include "core/text/printer.hpp"
#include "core/text/utf8.hpp"

#include <utility>

namespace wasmi::core::text {
namespace {

bool is_id_char(char c) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
    return c != '\0' &&
           std::string_view("!#$%&'*+-./:<=>?@\\^_`|~").find(c) != std::string_view::npos;
}

std::string id_of(std::string_view name) {
    bool plain = true;
    for (const char c : name) plain = plain && is_id_char(c);
    return plain ? "$" + std::string(name) : "$" + quoted(name, true);
}

/// Characters that a reader of the text may not see, or that turn its direction.
bool is_harmless(u32 scalar) {
    return scalar >= 0xA1 && !(scalar >= 0x200B && scalar <= 0x200F) &&
           !(scalar >= 0x2028 && scalar <= 0x202F) && !(scalar >= 0x2060 && scalar <= 0x206F) &&
           scalar != 0xAD && scalar != 0xFEFF && !(scalar >= 0xE000 && scalar < 0xF900) &&
           scalar < 0xE0000;
}

u32 scalar_at(std::string_view text, std::size_t at, std::size_t size) {
    const auto byte = [&](std::size_t i) {
        return static_cast<u32>(static_cast<u8>(text[at + i]));
    };
    u32 scalar = size == 1 ? byte(0) : byte(0) & (0x7Fu >> size);
    for (std::size_t i = 1; i < size; ++i) scalar = scalar << 6 | (byte(i) & 0x3F);
    return scalar;
}

}  // namespace

std::string quoted(std::string_view text, bool keep_unicode) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        const std::size_t size = keep_unicode ? utf8_length(text, at) : 1;
        if (size > 1 && is_harmless(scalar_at(text, at, size))) {
            out += text.substr(at, size);
            at += size;
            continue;
        }
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c >= 0x20 && c < 0x7F) {
            out += c;
        } else {
            out += '\\';
            out += kDigits[static_cast<u8>(c) >> 4];
            out += kDigits[static_cast<u8>(c) & 15];
        }
        ++at;
    }
    return out + '"';
}

bool Printer::read_name_map(Reader& r, NameMap& out) {
    const u32 count = r.read_count();
    for (u32 i = 0; i < count && r.ok(); ++i) {
        const u32 index = r.read_u32();
        const std::string_view name = r.read_name();
        if (r.ok()) out.emplace_back(index, name);
    }
    return r.ok();
}

bool Printer::read_indirect(Reader& r, std::unordered_map<u32, NameMap>& out) {
    const u32 count = r.read_count();
    for (u32 i = 0; i < count && r.ok(); ++i) {
        const u32 index = r.read_u32();
        NameMap map;
        if (read_name_map(r, map)) out.emplace(index, std::move(map));
    }
    return r.ok();
}

/// Names that occur for the first time become ids, others annotations.
void Printer::assign(Ids& ids, u32 count, const NameMap& names) {
    ids.ids.assign(count, {});
    ids.names.assign(count, {});
    std::unordered_set<std::string_view> used;
    for (const auto& [index, name] : names) {
        if (index >= count || name.empty() || !ids.ids[index].empty()) continue;
        if (used.insert(name).second) {
            ids.ids[index] = id_of(name);
        } else {
            ids.names[index] = name;
        }
    }
}

void Printer::read_names() {
    NameMap plain[12];
    std::unordered_map<u32, NameMap> locals;
    std::unordered_map<u32, NameMap> labels;
    std::unordered_map<u32, NameMap> fields;
    std::string module_name;
    const Custom* section = nullptr;
    for (const Custom& c : customs_) {
        if (c.name == "name") {
            section = &c;
            break;
        }
    }
    if (section != nullptr && options_.names) {
        Reader r(bytes_, section->content);
        bool good = true;
        while (good && !r.at_end()) {
            const u8 id = r.read_byte();
            const ByteRange range = r.read_bytes();
            good = r.ok() && id <= static_cast<u8>(NameSubsection::tag);
            if (!good) break;
            Reader content(bytes_, range);
            switch (static_cast<NameSubsection>(id)) {
                case NameSubsection::module:
                    module_name = content.read_name();
                    break;
                case NameSubsection::local:
                    read_indirect(content, locals);
                    break;
                case NameSubsection::label:
                    read_indirect(content, labels);
                    break;
                case NameSubsection::field:
                    read_indirect(content, fields);
                    break;
                default:
                    read_name_map(content, plain[id]);
            }
            good = content.ok() && content.at_end();
        }
        // A section that is not understood as a whole is kept as it is.
        names_used_ = good;
    }
    if (!names_used_) {
        for (NameMap& map : plain) map.clear();
        locals.clear();
        labels.clear();
        fields.clear();
        module_name.clear();
    }
    module_name_ = std::move(module_name);
    static constexpr NameSubsection kSubsections[kSpaces] = {
        NameSubsection::type,    NameSubsection::function, NameSubsection::table,
        NameSubsection::memory,  NameSubsection::global,   NameSubsection::tag,
        NameSubsection::element, NameSubsection::data};
    for (u32 s = 0; s < kSpaces; ++s) {
        assign(ids_[s], counts_[s], plain[static_cast<u32>(kSubsections[s])]);
    }
    local_names_ = std::move(locals);
    label_names_ = std::move(labels);
    field_names_ = std::move(fields);
}

void Printer::read_hints() {
    for (const Custom& c : customs_) {
        if (c.name != "metadata.code.branch_hint" || !options_.customs) continue;
        Reader r(bytes_, c.content);
        std::unordered_map<u32, std::vector<Hint>> hints;
        const u32 funcs = r.read_count();
        for (u32 i = 0; i < funcs && r.ok(); ++i) {
            const u32 func = r.read_u32();
            const u32 count = r.read_count();
            std::vector<Hint>& list = hints[func];
            for (u32 k = 0; k < count && r.ok(); ++k) {
                const u32 offset = r.read_u32();
                const u32 size = r.read_u32();
                const u8 value = r.read_byte();
                if (size != 1 || value > 1) return;
                list.push_back({offset, value});
            }
        }
        if (!r.ok() || !r.at_end()) return;
        hints_ = std::move(hints);
        hints_used_ = true;
        return;
    }
}

std::string Printer::reference(Space s, u32 index) const {
    const Ids& ids = ids_[s];
    if (index < ids.ids.size() && !ids.ids[index].empty()) return ids.ids[index];
    return std::to_string(index);
}

std::string Printer::field_reference(u32 type, u32 field) const {
    const auto found = field_ids_.find(type);
    if (found != field_ids_.end() && field < found->second.ids.size() &&
        !found->second.ids[field].empty()) {
        return found->second.ids[field];
    }
    return std::to_string(field);
}

}  // namespace wasmi::core::text
