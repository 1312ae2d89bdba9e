// Modules of tests, written in the text format.
#include "tests/util/wat.hpp"

#include "core/text/assemble.hpp"

#include <cstdlib>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

namespace wasmi::test {

std::vector<std::byte> wat(std::string_view text) {
    Result<std::vector<core::u8>> bytes = core::text::assemble(text);
    if (!bytes) {
        ADD_FAILURE() << bytes.error().to_string() << "\n" << text;
        return {};
    }
    const auto* data = reinterpret_cast<const std::byte*>(bytes->data());
    return {data, data + bytes->size()};
}

Module compile_wat(const Engine& engine, std::string_view text) {
    return Module::compile(engine, wat(text)).value();
}

}  // namespace wasmi::test
