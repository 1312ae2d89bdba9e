// Prints which runs of register-code forms occur in modules: the input of choose.py.
//
//     wasmi-fusion-collect FILE... > runs.txt
// Per module a line "module FILE", then, of all modules together, "COUNTS FORM|FORM[|FORM…]" for
// runs of two to four forms of one basic block. A form is op,A,B,C,D. Counts are static: how often
// the run stands in the code outside of loops, in one loop, in two, in three or more.
#include "core/executor/runtime.hpp"
#include "core/translator/translator.hpp"

#include <wasmi/wasmi.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

using namespace wasmi;
using namespace wasmi::core;

constexpr std::size_t kLongest = 4;
constexpr std::size_t kDepths = 4;

/// The forms of a run, each plus one, 16 bits each, the first uppermost; zeros where it is shorter.
/// Ordered as the runs are.
using Run = u64;
static_assert(kLongest * 16 == 64 && kNumForms < 0xFFFF);

using ByDepth = std::array<u64, kDepths>;

const char* const kOpNames[] = {
#define WASMI_OP(id, ...) #id,
#include "core/translator/code.def"
#undef WASMI_OP
};
const char* const kClassNames[] = {"N", "S", "R", "K", "P0", "P1", "RS"};

/// What a run may not go through: the code after these starts anew, or they have no body.
bool ends_run(Op op) {
    const std::string name = kOpNames[static_cast<std::size_t>(op)];
    auto starts = [&](const char* prefix) { return name.rfind(prefix, 0) == 0; };
    return name == "br" || name == "loop_br" || name == "br_table" || name == "unreachable" ||
           starts("ret") || starts("fret") || starts("call");
}
bool is_excluded(Op op) {
    const std::string name = kOpNames[static_cast<std::size_t>(op)];
    return name.rfind("slow_", 0) == 0;
}

struct FormName {
    std::string text;
    bool ends = false;
    bool excluded = false;
};

std::vector<FormName> form_names() {
    std::vector<FormName> names(kNumForms);
    for (std::size_t i = 0; i < kNumOps; ++i) {
        const Op op = static_cast<Op>(i);
        for (u32 f = 0; f < info(op).num_forms; ++f) {
            const Classes k = classes_of(op, f);
            std::string text = kOpNames[i];
            for (const Cls c : {k.a, k.b, k.c, k.d}) {
                text += ',';
                text += kClassNames[static_cast<std::size_t>(c)];
            }
            names[info(op).first_form + f] = {text, ends_run(op), is_excluded(op)};
        }
    }
    return names;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<FormName> names = form_names();
    CodeTarget target = code_target();
    target.fuse = FuseTable{};
    TranslatorBuffers buffers;
    std::unordered_map<Run, ByDepth> counts;
    for (int i = 1; i < argc; ++i) {
        Engine engine;
        Result<Module> module = Module::compile_file(engine, argv[i]);
        if (!module) {
            std::fprintf(stderr, "%s: %s\n", argv[i], module.error().to_string().c_str());
            continue;
        }
        std::printf("module %s\n", argv[i]);
        ModuleData& data = *module->data();
        for (u32 f = 0; f < data.funcs.size(); ++f) {
            Result<Translation> t = translate_function(data, f, target, buffers, Keep::blocks);
            if (!t) continue;
            for (const FormBlock& block : t->blocks) {
                const std::vector<u16>& forms = block.forms;
                const std::size_t depth = std::min<std::size_t>(block.loop_depth, kDepths - 1);
                for (std::size_t at = 0; at < forms.size(); ++at) {
                    Run run = 0;
                    for (std::size_t n = 0; n < kLongest && at + n < forms.size(); ++n) {
                        const u16 form = forms[at + n];
                        if (names[form].excluded) break;
                        run |= Run{form + 1U} << (16 * (kLongest - 1 - n));
                        if (n > 0) ++counts[run][depth];
                        if (names[form].ends) break;
                    }
                }
            }
        }
    }
    std::vector<std::pair<Run, ByDepth>> sorted(counts.begin(), counts.end());
    std::sort(sorted.begin(), sorted.end());
    for (const auto& [run, by_depth] : sorted) {
        std::string line;
        for (const u64 count : by_depth) line += (line.empty() ? "" : ",") + std::to_string(count);
        char before = ' ';
        for (Run rest = run; rest != 0; rest <<= 16) {
            line += before + names[(rest >> 48) - 1].text;
            before = '|';
        }
        std::printf("%s\n", line.c_str());
    }
    return 0;
}
