// Writes the basic blocks of modules, unfused, as forms.hpp says: the input of choose.cpp.
//
//     wasmi-fusion-collect FILE... > blocks
#include "core/executor/runtime.hpp"
#include "core/translator/translator.hpp"
#include "tools/fusion/forms.hpp"

#include <wasmi/wasmi.hpp>

#include <cstdio>

namespace {

using namespace wasmi::core;
using namespace wasmi::core::fusion;

template <class T>
void write(const T* items, std::size_t count) {
    std::fwrite(items, sizeof(T), count, stdout);
}

void write_blocks(ModuleData& module, const CodeTarget& target, TranslatorBuffers& buffers) {
    for (u32 f = 0; f < module.funcs.size(); ++f) {
        wasmi::Result<Translation> t = translate_function(module, f, target, buffers, Keep::blocks);
        if (!t) continue;
        for (const FormBlock& block : t->blocks) {
            const BlockHeader header{block.loop_depth, static_cast<u32>(block.forms.size())};
            write(&header, 1);
            write(block.forms.data(), block.forms.size());
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    constexpr u64 kFingerprint = fingerprint();
    write(&kFingerprint, 1);
    CodeTarget target = code_target();
    target.fuse = FuseTable{};
    TranslatorBuffers buffers;
    for (int i = 1; i < argc; ++i) {
        wasmi::Engine engine;
        wasmi::Result<wasmi::Module> module = wasmi::Module::compile_file(engine, argv[i]);
        if (!module) {
            std::fprintf(stderr, "%s: %s\n", argv[i], module.error().to_string().c_str());
            continue;
        }
        write_blocks(*module->data(), target, buffers);
    }
    if (std::fflush(stdout) != 0) {
        std::perror("standard output");
        return 1;
    }
    return 0;
}
