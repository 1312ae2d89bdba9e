// Names of instructions: enum to keyword and back.
// Spec: text/instructions.
#include "core/types/instr.hpp"

#include <algorithm>

namespace wasmi::core {

namespace {

constexpr std::array<std::string_view, kInstrCount> kTexts = {{
#define WASMI_INSTR(prefix, code, id, text, ...) text,
#include "core/types/instructions.def"
}};

constexpr bool text_less(u16 a, u16 b) {
    const int order = kTexts[a].compare(kTexts[b]);
    return order != 0 ? order < 0 : a < b;
}

/// Row numbers in the order of their keywords. A heap sort written out: it stays far below the
/// step limits that compilers put on constant evaluation.
constexpr std::array<u16, kInstrCount> sorted_by_text() {
    std::array<u16, kInstrCount> rows{};
    for (u32 i = 0; i < kInstrCount; ++i) rows[i] = static_cast<u16>(i);
    const auto sift_down = [&rows](u32 root, u32 size) {
        for (u32 child; (child = 2 * root + 1) < size; root = child) {
            if (child + 1 < size && text_less(rows[child], rows[child + 1])) ++child;
            if (!text_less(rows[root], rows[child])) return;
            std::swap(rows[root], rows[child]);
        }
    };
    for (u32 i = kInstrCount / 2; i-- > 0;) sift_down(i, kInstrCount);
    for (u32 size = kInstrCount - 1; size > 0; --size) {
        std::swap(rows[0], rows[size]);
        sift_down(0, size);
    }
    return rows;
}
constexpr std::array<u16, kInstrCount> kByText = sorted_by_text();

}  // namespace

std::string_view to_string(Instr instr) noexcept {
    return index_of(instr) < kInstrCount ? kTexts[index_of(instr)] : "illegal";
}

std::optional<Instr> instr_from_text(std::string_view text) noexcept {
    const auto it = std::lower_bound(kByText.begin(), kByText.end(), text,
                                     [](u16 row, std::string_view t) { return kTexts[row] < t; });
    if (it == kByText.end() || kTexts[*it] != text) return std::nullopt;
    return static_cast<Instr>(*it);
}

}  // namespace wasmi::core
