// A scanner for the S-expressions of scripts that looks for binary modules only, and a reader of
// the command list that wast2json writes (one command a line).
// Spec: text/lexical.
#include "tests/util/wast_binaries.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace wasmi::test {

namespace {

namespace fs = std::filesystem;

struct Token {
    enum class Kind : core::u8 { open, close, atom, string } kind;
    std::string text;  // strings: unescaped
    std::size_t line;
};

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string unescape(const std::string& raw) {
    std::string out;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '\\' || i + 1 == raw.size()) {
            out += raw[i];
        } else if (i + 2 < raw.size() && hex_digit(raw[i + 1]) >= 0 && hex_digit(raw[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(raw[i + 1]) * 16 + hex_digit(raw[i + 2]));
            i += 2;
        } else {
            ++i;
            out += raw[i] == 'n' ? '\n' : raw[i] == 't' ? '\t' : raw[i] == 'r' ? '\r' : raw[i];
        }
    }
    return out;
}

std::vector<Token> tokens_of(const std::string& s) {
    std::vector<Token> tokens;
    std::size_t line = 1;
    for (std::size_t i = 0; i < s.size();) {
        const char c = s[i];
        if (c == '\n') {
            ++line, ++i;
        } else if (c == ' ' || c == '\t' || c == '\r') {
            ++i;
        } else if (s.compare(i, 2, ";;") == 0) {
            while (i < s.size() && s[i] != '\n' && s[i] != '\r') ++i;
        } else if (s.compare(i, 2, "(;") == 0) {
            std::size_t depth = 0;
            do {
                if (s.compare(i, 2, "(;") == 0) {
                    ++depth, i += 2;
                } else if (s.compare(i, 2, ";)") == 0) {
                    --depth, i += 2;
                } else {
                    if (s[i] == '\n') ++line;
                    ++i;
                }
            } while (depth != 0 && i < s.size());
        } else if (c == '(' || c == ')') {
            tokens.push_back({c == '(' ? Token::Kind::open : Token::Kind::close, "", line});
            ++i;
        } else if (c == '"') {
            std::size_t end = i + 1;
            while (end < s.size() && s[end] != '"') end += s[end] == '\\' ? 2u : 1u;
            const std::string raw = s.substr(i + 1, end - i - 1);
            tokens.push_back({Token::Kind::string, unescape(raw), line});
            i = std::min(end + 1, s.size());
        } else {
            std::size_t end = i;
            while (end < s.size() &&
                   std::string(" \t\r\n()\";").find(s[end]) == std::string::npos) {
                ++end;
            }
            tokens.push_back({Token::Kind::atom, s.substr(i, end - i), line});
            i = std::max(end, i + 1);
        }
    }
    return tokens;
}

/// "value" of `"key": "value"` in a line of JSON; script texts have no escapes that matter here.
std::string json_value(const std::string& line, const std::string& key) {
    const std::string start = "\"" + key + "\": \"";
    const std::size_t at = line.find(start);
    if (at == std::string::npos) return {};
    const std::size_t from = at + start.size();
    return line.substr(from, line.find('"', from) - from);
}

fs::path repository() { return fs::path(__FILE__).parent_path().parent_path().parent_path(); }

}  // namespace

std::optional<fs::path> shared_dir(const std::string& name) {
    // A second work tree of the repository may lie one folder deeper.
    for (const char* const up : {"..", "../.."}) {
        const fs::path path = repository() / up / "shared" / name;
        if (fs::is_directory(path)) return path;
    }
    return std::nullopt;
}

std::optional<fs::path> spec_tests_dir() {
    if (const char* const path = std::getenv("WASMI_SPEC_TESTS")) {
        if (fs::is_directory(path)) return fs::path(path);
        return std::nullopt;
    }
    return shared_dir("spec-tests");
}

std::vector<fs::path> files_below(const fs::path& folder, const std::string& extension) {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().extension() == extension) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<ScriptModule> binary_modules_of(const fs::path& script) {
    using Kind = Token::Kind;
    const std::vector<Token> tokens = tokens_of(read_file(script));
    std::vector<ScriptModule> modules;
    std::size_t depth = 0;
    std::string command;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].kind == Kind::close) --depth;
        if (tokens[i].kind != Kind::open) continue;
        ++depth;
        if (i + 1 == tokens.size() || tokens[i + 1].kind != Kind::atom) continue;
        if (depth == 1) command = tokens[i + 1].text;
        if (tokens[i + 1].text != "module") continue;
        std::size_t k = i + 2;
        while (k < tokens.size() && tokens[k].kind == Kind::atom && tokens[k].text != "binary" &&
               tokens[k].text != "quote") {
            ++k;
        }
        if (k == tokens.size() || tokens[k].kind != Kind::atom || tokens[k].text != "binary") {
            continue;
        }
        ScriptModule module;
        module.command = command;
        module.where = script.filename().string() + ":" + std::to_string(tokens[i].line);
        for (++k; k < tokens.size() && tokens[k].kind == Kind::string; ++k) {
            module.bytes.insert(module.bytes.end(), tokens[k].text.begin(), tokens[k].text.end());
        }
        // Behind the module's closing parenthesis stands what is expected.
        if (depth > 1 && k + 1 < tokens.size() && tokens[k + 1].kind == Kind::string) {
            module.text = tokens[k + 1].text;
        }
        modules.push_back(std::move(module));
    }
    return modules;
}

bool has_wast2json() { return std::system("wast2json --version >/dev/null 2>&1") == 0; }

std::vector<ScriptModule> converted_modules_of(const fs::path& script, const fs::path& scratch) {
    const fs::path json = scratch / "script.json";
    fs::remove_all(scratch);
    fs::create_directories(scratch);
    const std::string line = "wast2json --enable-all \"" + script.string() + "\" -o \"" +
                             json.string() + "\" >/dev/null 2>&1";
    std::vector<ScriptModule> modules;
    if (std::system(line.c_str()) != 0) return modules;
    std::ifstream in(json);
    for (std::string text; std::getline(in, text);) {
        const std::string file = json_value(text, "filename");
        if (file.size() < 5 || file.substr(file.size() - 5) != ".wasm") continue;
        ScriptModule module;
        module.command = json_value(text, "type");
        module.text = json_value(text, "text");
        module.where = script.filename().string() + ": " + file;
        const std::string bytes = read_file(scratch / file);
        module.bytes.assign(bytes.begin(), bytes.end());
        modules.push_back(std::move(module));
    }
    fs::remove_all(scratch);
    return modules;
}

}  // namespace wasmi::test
