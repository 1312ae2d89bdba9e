// Fuzz target: any text is a module or an error, and what is assembled, the decoder reads.
#include "core/decoder/decoder.hpp"
#include "core/text/assemble.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace wasmi;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto bytes = core::text::assemble(text);
    if (!bytes && bytes.error().message().empty()) std::abort();
    if (bytes) {
        const auto engine = std::make_shared<core::EngineData>();
        const auto module = core::decode(engine, *bytes, nullptr);
        static_cast<void>(module);
    }
    return 0;
}
