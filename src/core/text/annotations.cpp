// Parser: the annotations that mean something: @custom, @name, @metadata.code.branch_hint.
// Spec: appendix/custom.
#include "core/text/parser.hpp"
#include "core/text/utf8.hpp"

#include <algorithm>
#include <utility>

namespace wasmi::core::text {
namespace {

constexpr std::string_view kCustom = "custom";
constexpr std::string_view kName = "name";
constexpr std::string_view kBranchHint = "metadata.code.branch_hint";

struct SectionKeyword {
    std::string_view text;
    Section section;
};
constexpr SectionKeyword kSectionKeywords[] = {
    {"type", Section::type},
    {"import", Section::import},
    {"func", Section::func},
    {"table", Section::table},
    {"memory", Section::memory},
    {"tag", Section::tag},
    {"global", Section::global},
    {"export", Section::export_},
    {"start", Section::start},
    {"elem", Section::elem},
    {"data_count", Section::data_count},
    {"datacount", Section::data_count},
    {"code", Section::code},
    {"data", Section::data},
};

/// The placement in `(before s)` and `(after s)`: tokens from the parenthesis on.
std::optional<u32> placement(const TokenStream& content, const char*& error) {
    const auto word = [&](std::size_t i) {
        return i < content.tokens.size() ? content.text(content.tokens[i]) : std::string_view();
    };
    const bool before = word(2) == "before";
    if (!before && word(2) != "after") {
        error = "malformed placement";
        return std::nullopt;
    }
    if (before && word(3) == "first") return PlacedCustom::kFirst;
    if (!before && word(3) == "last") return PlacedCustom::kLast;
    for (const SectionKeyword& k : kSectionKeywords) {
        if (word(3) == k.text) {
            return before ? PlacedCustom::before(k.section) : PlacedCustom::after(k.section);
        }
    }
    error = "malformed section kind";
    return std::nullopt;
}

}  // namespace

/// The first annotation before that token or a later one.
std::size_t Parser::annotation_before(u32 token) const {
    const auto begin = stream_.annotations.begin();
    const auto found =
        std::lower_bound(begin + static_cast<std::ptrdiff_t>(first_annotation_),
                         begin + static_cast<std::ptrdiff_t>(last_annotation_), token,
                         [](const Annotation& a, u32 t) { return a.token < t; });
    return static_cast<std::size_t>(found - begin);
}

/// @custom annotations before the current token, which is between two fields.
void Parser::take_custom_annotations() {
    for (std::size_t i = annotation_before(at_); i < last_annotation_ && !failed(); ++i) {
        const Annotation& a = stream_.annotations[i];
        if (a.token != at_) return;
        if (a.id != kCustom) continue;
        taken_[i - first_annotation_] = true;
        custom_annotation(a);
    }
}

void Parser::custom_annotation(const Annotation& a) {
    const TokenStream content = tokenize_annotation(stream_.source, a.content, a.end);
    const auto& tokens = content.tokens;
    const auto bad = [&](std::string_view what) {
        error_ = error_at(stream_.source, a.offset, "@custom annotation: " + std::string(what));
        at_ = end_;
    };
    PlacedCustom custom;
    if (tokens[0].kind != TokenKind::string) return bad("missing section name");
    custom.name = unescape(content.text(tokens[0]));
    if (!is_utf8(custom.name)) return bad("malformed UTF-8 encoding");
    std::size_t at = 1;
    if (tokens[at].kind == TokenKind::lparen) {
        const char* error = nullptr;
        const std::optional<u32> place = placement(content, error);
        if (!place) return bad(error);
        custom.place = *place;
        at += 3;
        if (tokens.size() <= at || tokens[at].kind != TokenKind::rparen) {
            return bad("malformed placement");
        }
        ++at;
    }
    for (; tokens[at].kind == TokenKind::string; ++at) {
        unescape_to(content.text(tokens[at]), custom.content);
    }
    if (tokens[at].kind != TokenKind::eof) {
        return bad("unexpected token " + std::string(content.text(tokens[at])));
    }
    builder_.customs.push_back(std::move(custom));
}

std::string Parser::annotation_string(const Annotation& a, std::string_view message) {
    const TokenStream content = tokenize_annotation(stream_.source, a.content, a.end);
    const auto& tokens = content.tokens;
    if (tokens[0].kind == TokenKind::string && tokens[1].kind == TokenKind::eof) {
        return unescape(content.text(tokens[0]));
    }
    if (!failed()) {
        error_ = error_at(stream_.source, a.offset, std::string(message));
        at_ = end_;
    }
    return {};
}

void Parser::take_name_annotation(std::string& name, std::string_view what) {
    bool found = false;
    for (std::size_t i = annotation_before(at_); i < last_annotation_ && !failed(); ++i) {
        const Annotation& a = stream_.annotations[i];
        if (a.token != at_) return;
        if (a.id != kName) continue;
        if (found) {
            error_ = error_at(stream_.source, a.offset,
                              "@name annotation: multiple " + std::string(what) + " names");
            at_ = end_;
            return;
        }
        found = true;
        taken_[i - first_annotation_] = true;
        name = annotation_string(a, "@name annotation: unexpected token");
        if (!failed() && !is_utf8(name)) {
            error_ =
                error_at(stream_.source, a.offset, "@name annotation: malformed UTF-8 encoding");
            at_ = end_;
        }
    }
}

void Parser::add_name(NameMap& map, u32 index, std::string_view id, std::string_view what) {
    std::string name(id);
    if (first_annotation_ != last_annotation_) take_name_annotation(name, what);
    if (!name.empty()) map.emplace_back(index, std::move(name));
}

/// The branch hint before a token, or kNoIndex.
u32 Parser::take_hint(u32 token) {
    if (first_annotation_ == last_annotation_) return kNoIndex;
    const auto& all = stream_.annotations;
    u32 found = kNoIndex;
    for (std::size_t i = annotation_before(token); i < last_annotation_ && all[i].token == token;
         ++i) {
        if (all[i].id != kBranchHint) continue;
        if (found != kNoIndex) {
            if (!failed()) {
                error_ = error_at(stream_.source, all[i].offset,
                                  "@metadata.code.branch_hint annotation: duplicate annotation");
                at_ = end_;
            }
            return kNoIndex;
        }
        found = static_cast<u32>(i);
        if (in_function_) taken_[i - first_annotation_] = true;
    }
    return in_function_ ? found : kNoIndex;
}

/// The opcode of `instr` is about to be written to code_.
void Parser::place_hint(u32 annotation, Instr instr) {
    if (annotation == kNoIndex || failed()) return;
    const Annotation& a = stream_.annotations[annotation];
    const bool branches = instr == Instr::if_ || instr == Instr::br_if ||
                          instr == Instr::br_on_null || instr == Instr::br_on_non_null ||
                          instr == Instr::br_on_cast || instr == Instr::br_on_cast_fail;
    if (!branches) {
        error_ =
            error_at(stream_.source, a.offset,
                     "@metadata.code.branch_hint annotation: invalid target", ErrorKind::invalid);
        at_ = end_;
        return;
    }
    constexpr std::string_view kMalformed =
        "@metadata.code.branch_hint annotation: malformed hint, expected \"\\00\" or \"\\01\"";
    const std::string value = annotation_string(a, kMalformed);
    if (failed()) return;
    if (value.size() != 1 || static_cast<u8>(value[0]) > 1) {
        error_ = error_at(stream_.source, a.offset, std::string(kMalformed));
        at_ = end_;
        return;
    }
    hints_.push_back({static_cast<u32>(code_.size()), static_cast<u8>(value[0])});
}

void Parser::write_hints() {
    if (hinted_funcs_ == 0) return;
    BinaryBuffer content;
    content.uleb(hinted_funcs_);
    content.append(hint_entries_);
    const auto bytes = content.bytes();
    builder_.customs.push_back({PlacedCustom::before(Section::code), std::string(kBranchHint),
                                std::string(bytes.begin(), bytes.end())});
}

/// Known annotations that no construct took stand in a wrong place.
void Parser::check_all_annotations_taken() {
    for (std::size_t i = first_annotation_; i < last_annotation_; ++i) {
        if (taken_[i - first_annotation_]) continue;
        const Annotation& a = stream_.annotations[i];
        std::string message;
        if (a.id == kBranchHint) {
            message = "@metadata.code.branch_hint annotation: not in a function";
        } else if (a.id == kName || a.id == kCustom) {
            message = "misplaced @" + a.id + " annotation";
        } else {
            continue;
        }
        error_ = error_at(stream_.source, a.offset, std::move(message));
        at_ = end_;
        return;
    }
}

}  // namespace wasmi::core::text
