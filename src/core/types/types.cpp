// The types in words, for messages; and the names of the features.
// Spec: text/types.
#include <wasmi/config.hpp>
#include <wasmi/types.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace wasmi {

namespace {

std::string_view heap_name(HeapKind heap) {
    static constexpr std::array names = std::to_array<std::string_view>(
        {"func", "nofunc", "extern", "noextern", "any", "eq", "i31", "struct", "array", "none",
         "exn", "noexn", "concrete", "bottom"});
    static_assert(names.size() == static_cast<std::size_t>(HeapKind::bottom) + 1);
    const auto index = static_cast<std::size_t>(heap);
    return index < names.size() ? names[index] : "unknown";
}

/// The abbreviation of (ref null heap); not every one is the name with "ref" behind it.
std::string nullable_name(HeapKind heap) {
    switch (heap) {
        case HeapKind::none:
            return "nullref";
        case HeapKind::nofunc:
            return "nullfuncref";
        case HeapKind::noextern:
            return "nullexternref";
        case HeapKind::noexn:
            return "nullexnref";
        default:
            return std::string(heap_name(heap)) + "ref";
    }
}

std::string join(const std::vector<ValType>& types) {
    std::string text = "(";
    for (std::size_t i = 0; i < types.size(); ++i) {
        if (i != 0) text += ", ";
        text += to_string(types[i]);
    }
    return text + ")";
}

std::string limits_text(const SizeLimits& limits, bool is_64) {
    std::string text = is_64 ? "i64 " : "";
    text += std::to_string(limits.min);
    if (limits.has_max) text += " " + std::to_string(limits.max);
    return text;
}

}  // namespace

std::string to_string(ValType type) {
    switch (type.kind()) {
        case ValKind::i32:
            return "i32";
        case ValKind::i64:
            return "i64";
        case ValKind::f32:
            return "f32";
        case ValKind::f64:
            return "f64";
        case ValKind::v128:
            return "v128";
        case ValKind::ref:
            break;
        case ValKind::bottom:
        default:
            return "bottom";
    }
    if (type.is_concrete()) {
        return (type.nullable() ? "(ref null $" : "(ref $") + std::to_string(type.type_id()) + ")";
    }
    if (type.nullable() && type.heap() != HeapKind::bottom) return nullable_name(type.heap());
    return (type.nullable() ? "(ref null " : "(ref ") + std::string(heap_name(type.heap())) + ")";
}

std::string to_string(const FuncType& type) {
    return join(type.params) + " -> " + join(type.results);
}

std::string_view to_string(ExternKind kind) noexcept {
    static constexpr std::array names =
        std::to_array<std::string_view>({"func", "table", "memory", "global", "tag"});
    const auto index = static_cast<std::size_t>(kind);
    return index < names.size() ? names[index] : "unknown";
}

std::string to_string(const ExternType& type) {
    std::string text(to_string(type.kind));
    text += ' ';
    switch (type.kind) {
        case ExternKind::func:
        case ExternKind::tag:
            return text + to_string(type.func);
        case ExternKind::table:
            return text + limits_text(type.table.limits, type.table.is_64) + " " +
                   to_string(type.table.element);
        case ExternKind::memory:
            text += limits_text(type.memory.limits, type.memory.is_64);
            if (type.memory.is_shared) text += " shared";
            if (type.memory.page_size_log2 != 16) {
                text += " (pagesize " +
                        std::to_string(std::uint64_t{1} << type.memory.page_size_log2) + ")";
            }
            return text;
        case ExternKind::global:
            return text + (type.global.is_mutable ? "(mut " + to_string(type.global.value) + ")"
                                                  : to_string(type.global.value));
    }
    return text;
}

std::string_view to_string(Feature feature) noexcept {
    static constexpr std::array names = std::to_array<std::string_view>({
#define WASMI_FEATURE(id, text, ...) text,
#include <wasmi/features.def>
#undef WASMI_FEATURE
    });
    const auto index = static_cast<std::size_t>(feature);
    return index < names.size() ? names[index] : "unknown";
}

std::optional<Feature> feature_from_text(std::string_view text) noexcept {
    struct Row {
        Feature feature;
        std::string_view name;
        std::string_view aliases;
    };
    static constexpr std::array rows = std::to_array<Row>({
#define WASMI_FEATURE(id, text, edition, on, aliases) {Feature::id, text, aliases},
#include <wasmi/features.def>
#undef WASMI_FEATURE
    });
    for (const Row& row : rows) {
        if (row.name == text) return row.feature;
        for (std::string_view rest = row.aliases; !rest.empty();) {
            const std::size_t size = std::min(rest.find(' '), rest.size());
            if (rest.substr(0, size) == text) return row.feature;
            rest.remove_prefix(std::min(size + 1, rest.size()));
        }
    }
    return std::nullopt;
}

}  // namespace wasmi
