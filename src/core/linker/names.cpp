// Import names: a table from (module, name) to items, and names in messages.
// Spec: syntax/modules (imports).
#include "core/linker/names.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace wasmi::core {

namespace {

constexpr std::size_t kShownName = 100;      // bytes of a name in a message
constexpr std::size_t kComparedName = 64;    // longer names have no near ones
constexpr std::size_t kCandidates = 10'000;  // names looked at per search

/// How many edits away a name may be and still be worth showing.
std::size_t tolerance(std::string_view name) { return std::max<std::size_t>(1, name.size() / 3); }

}  // namespace

void NameTable::define(std::string_view module, std::string_view name, ExternAddr item) {
    auto names = modules_.find(module);
    if (names == modules_.end()) names = modules_.emplace(std::string(module), Names{}).first;
    const auto known = names->second.find(name);
    if (known != names->second.end()) {
        known->second = item;
    } else {
        names->second.emplace(std::string(name), item);
    }
}

std::optional<ExternAddr> NameTable::find(std::string_view module, std::string_view name) const {
    const auto names = modules_.find(module);
    if (names == modules_.end()) return std::nullopt;
    const auto item = names->second.find(name);
    if (item == names->second.end()) return std::nullopt;
    return item->second;
}

std::string NameTable::nearest(std::string_view module, std::string_view name) const {
    const std::string* best_module = nullptr;
    const std::string* best_name = nullptr;
    std::size_t best = ~std::size_t{0};
    std::size_t looked_at = 0;
    for (const auto& [module_name, names] : modules_) {
        const std::size_t module_cost = edit_distance(module, module_name, tolerance(module));
        for (const auto& [item_name, item] : names) {
            if (++looked_at > kCandidates) break;
            const std::size_t name_cost = edit_distance(name, item_name, tolerance(name));
            // The right name in any module, or a like name in a like module.
            if (name_cost > tolerance(name)) continue;
            if (name_cost != 0 && module_cost > tolerance(module)) continue;
            const std::size_t cost = name_cost + module_cost;
            if (cost < best) {
                best = cost;
                best_module = &module_name;
                best_name = &item_name;
            }
        }
    }
    if (best_name == nullptr) return {};
    return show_name(*best_module) + " " + show_name(*best_name);
}

std::string show_name(std::string_view name) {
    std::string text = "\"";
    bool cut = false;
    for (const char c : name) {
        if (text.size() > kShownName) {
            cut = true;
            break;
        }
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\%02x", byte);
            text += escape;
        } else {
            if (c == '"' || c == '\\') text += '\\';
            text += c;
        }
    }
    // A cut may not leave half a character behind.
    if (cut) {
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) {
            text.pop_back();
        }
        if (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80) != 0) text.pop_back();
    }
    return text + (cut ? "…\"" : "\"");
}

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
    if (a == b) return 0;
    const std::size_t longer = std::max(a.size(), b.size());
    if (longer > kComparedName || longer - std::min(a.size(), b.size()) > limit) return limit + 1;
    // Levenshtein's table, one row at a time.
    std::array<std::size_t, kComparedName + 1> row{};
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
        }
    }
    return std::min(row[b.size()], limit + 1);
}

}  // namespace wasmi::core
