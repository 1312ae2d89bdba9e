// Fuzz target: any text is a module or an error; what is assembled, the decoder reads; what the
// decoder reads, the printer prints; and the printed text assembles to a module that prints alike.
#include "core/decoder/decoder.hpp"
#include "core/text/assemble.hpp"
#include "core/text/disassemble.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace wasmi;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto bytes = core::text::assemble(text);
    if (!bytes && bytes.error().message().empty()) std::abort();
    if (!bytes) return 0;
    const auto engine = std::make_shared<core::EngineData>();
    if (!core::decode(engine, *bytes, nullptr)) return 0;
    for (const bool folded : {false, true}) {
        const core::text::DisassembleOptions options{.folded = folded};
        const auto printed = core::text::disassemble(*bytes, options);
        if (!printed) continue;  // bodies are not checked by the decoder
        const auto again = core::text::assemble(*printed);
        if (!again) std::abort();
        const auto twice = core::text::disassemble(*again, options);
        if (!twice || *twice != *printed) std::abort();
    }
    return 0;
}
