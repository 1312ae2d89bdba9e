// The modules of scripts.
// Spec: interpreter/README.md of the specification (scripts), binary/modules (sections).
#include "spectests/runner/modules.hpp"

#include "core/text/assemble.hpp"
#include "core/text/disassemble.hpp"
#include "spectests/runner/files.hpp"
#include "spectests/runner/script.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

namespace wasmi::spectest {
namespace {

bool must_be_readable(const Command& c) {
    switch (c.kind) {
        case Command::Kind::module:
        case Command::Kind::assert_trap_module:
        case Command::Kind::assert_invalid:
        case Command::Kind::assert_unlinkable:
            return true;
        default:
            return false;
    }
}

/// The text of a module that stands in a script.
std::string text_of(const Script& script, const ModuleSource& m) {
    if (m.form == ModuleSource::Form::quote) return m.bytes;
    const std::vector<text::Token>& tokens = script.tokens.tokens;
    std::string out = "(module ";
    u32 begin = m.begin < tokens.size() ? tokens[m.begin].offset : 0;
    if (m.name_token < tokens.size()) {
        out += script.tokens.text(tokens[m.name_token]);
        out += ' ';
        begin = tokens[m.name_token].offset + tokens[m.name_token].size;
    } else if (m.begin > 0) {
        // Annotations before the first field belong to the module.
        begin = tokens[m.begin - 1].offset + tokens[m.begin - 1].size;
    }
    out += script.tokens.source.substr(begin, tokens[m.end].offset - begin);
    out += "\n)\n";
    return out;
}

void add_modules(const std::string& name, const Script& script,
                 const std::vector<Command>& commands, ModuleList& out) {
    for (const Command& c : commands) {
        add_modules(name, script, c.commands, out);
        if (!must_be_readable(c)) continue;
        const ModuleSource& m = c.module;
        NamedModule added;
        added.asserted_invalid = c.kind == Command::Kind::assert_invalid;
        const u32 line = text::position_of(script.tokens.source, c.offset).line;
        added.name = name + ":" + std::to_string(line);
        Result<std::vector<u8>> bytes = std::vector<u8>(m.bytes.begin(), m.bytes.end());
        if (m.form == ModuleSource::Form::text) {
            bytes = text::assemble_fields(script.tokens, m.begin, m.end, m.name_token);
        } else if (m.form == ModuleSource::Form::quote) {
            bytes = text::assemble(m.bytes);
        }
        if (!bytes) {
            std::printf("%s: %s\n", added.name.c_str(), bytes.error().to_string().c_str());
            out.ok = false;
            continue;
        }
        if (m.form != ModuleSource::Form::binary) added.text = text_of(script, m);
        added.bytes = std::move(*bytes);
        out.modules.push_back(std::move(added));
    }
}

struct Section {
    u8 id = 0;
    std::span<const u8> content;
};

/// The sections besides custom ones, of bytes that the decoder took or the assembler wrote.
std::vector<Section> sections_of(std::span<const u8> bytes) {
    std::vector<Section> out;
    std::size_t at = 8;
    while (at < bytes.size()) {
        Section s;
        s.id = bytes[at++];
        u64 size = 0;
        for (unsigned shift = 0; at < bytes.size() && shift < 35; shift += 7) {
            size |= u64{bytes[at] & 0x7Fu} << shift;
            if ((bytes[at++] & 0x80) == 0) break;
        }
        if (size > bytes.size() - at) break;
        s.content = bytes.subspan(at, static_cast<std::size_t>(size));
        at += static_cast<std::size_t>(size);
        if (s.id != 0) out.push_back(s);
    }
    return out;
}

bool same_sections(std::span<const u8> a, std::span<const u8> b) {
    const std::vector<Section> left = sections_of(a);
    const std::vector<Section> right = sections_of(b);
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
        const std::span<const u8> x = left[i].content;
        const std::span<const u8> y = right[i].content;
        if (left[i].id != right[i].id || x.size() != y.size() ||
            !std::equal(x.begin(), x.end(), y.begin())) {
            return false;
        }
    }
    return true;
}

/// Locals of one type may be declared in one group or in several.
std::string join_locals(const std::string& printed) {
    constexpr std::string_view kNextGroup = ") (local";
    std::string out;
    out.reserve(printed.size());
    for (std::size_t at = 0; at < printed.size();) {
        const std::size_t next = std::min(printed.find(kNextGroup, at), printed.size());
        out.append(printed, at, next - at);
        at = std::min(next + kNextGroup.size(), printed.size());
    }
    return out;
}

}  // namespace

ModuleList modules_of(const std::vector<std::string>& paths) {
    ModuleList out;
    std::vector<ScriptFile> files;
    std::vector<std::string> problems;
    for (const std::string& path : paths) {
        find_files(path, ".wast", files, problems);
        if (std::filesystem::is_directory(path)) find_files(path, ".wasm", files, problems);
    }
    for (const std::string& problem : problems) std::printf("%s\n", problem.c_str());
    out.ok = problems.empty();
    for (const ScriptFile& file : files) {
        std::string source;
        if (!read_file(file.path, source)) {
            std::printf("%s: cannot be read\n", file.path.c_str());
            out.ok = false;
            continue;
        }
        if (file.path.extension() == ".wasm") {
            out.modules.push_back({file.name, {}, {source.begin(), source.end()}, false});
            continue;
        }
        const Result<Script> script = parse_script(source);
        if (!script) {
            std::printf("%s: %s\n", file.path.c_str(), script.error().to_string().c_str());
            out.ok = false;
            continue;
        }
        add_modules(file.name, *script, script->commands, out);
    }
    return out;
}

Result<RoundTripped> round_trip(std::span<const u8> bytes, bool folded) {
    const Result<std::string> printed = text::disassemble(bytes, {.folded = folded});
    if (!printed) return printed.error();
    Result<std::vector<u8>> again = text::assemble(*printed);
    if (!again) return std::move(again).error();
    RoundTripped out;
    out.bytes = std::move(*again);
    if (same_sections(bytes, out.bytes)) return out;
    // Custom sections are left out: they have other neighbours where a section without entries
    // went.
    const text::DisassembleOptions plain{.folded = folded, .customs = false};
    const Result<std::string> before = text::disassemble(bytes, plain);
    if (!before) return before.error();
    const Result<std::string> after = text::disassemble(out.bytes, plain);
    if (!after) return after.error();
    if (join_locals(*before) != join_locals(*after)) {
        return Error(ErrorKind::api_misuse, "the text means another module than was printed");
    }
    out.other_encoding = true;
    return out;
}

bool check_round_trips(const std::vector<std::string>& paths) {
    const ModuleList list = modules_of(paths);
    unsigned long long identical = 0;
    unsigned long long shorter = 0;
    unsigned long long refused = 0;
    unsigned long long failed = 0;
    for (const NamedModule& m : list.modules) {
        std::string problem;
        bool is_shorter = false;
        bool is_refused = false;
        for (const bool folded : {false, true}) {
            const Result<RoundTripped> done = round_trip(m.bytes, folded);
            if (!done) {
                is_refused = m.asserted_invalid && done.error().kind() == ErrorKind::invalid;
                if (!is_refused) problem = done.error().to_string();
            } else if (done->other_encoding) {
                is_shorter = true;
                if (!m.text.empty()) problem = "other bytes than the assembler wrote";
            }
            if (problem.empty()) continue;
            std::printf("%s (%s): %s\n", m.name.c_str(), folded ? "folded" : "flat",
                        problem.c_str());
            break;
        }
        if (!problem.empty()) {
            ++failed;
        } else if (is_refused) {
            ++refused;
        } else if (is_shorter) {
            std::printf("%s: the same in a shorter encoding\n", m.name.c_str());
            ++shorter;
        } else {
            ++identical;
        }
    }
    std::printf(
        "%zu modules, flat and folded: %llu identical, %llu the same in a shorter encoding, "
        "%llu asserted invalid that cannot be printed, %llu failed\n",
        list.modules.size(), identical, shorter, refused, failed);
    return list.ok && failed == 0 && !list.modules.empty();
}

bool extract_modules(const std::vector<std::string>& paths, const std::string& directory) {
    const ModuleList list = modules_of(paths);
    const std::filesystem::path out(directory);
    std::ofstream names(out / "names.txt", std::ios::binary);
    for (std::size_t i = 0; i < list.modules.size(); ++i) {
        const NamedModule& m = list.modules[i];
        const std::string number = std::to_string(i);
        names << number << ' ' << m.name << '\n';
        if (!m.text.empty()) std::ofstream(out / (number + ".wat"), std::ios::binary) << m.text;
        std::ofstream(out / (number + ".wasm"), std::ios::binary)
            << std::string_view(reinterpret_cast<const char*>(m.bytes.data()), m.bytes.size());
    }
    names.flush();
    return list.ok && names.good();
}

}  // namespace wasmi::spectest
