// The name section: found names, fallbacks, and malformed content that names nothing.
// Spec: appendix/custom (name section).
#include "core/decoder/name_section.hpp"

#include "core/decoder/decoder.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

using Bytes = std::vector<u8>;

const Bytes kNames = {0, 3, 2, 'm', 'o',                             // module "mo"
                      1, 9, 2, 0,   1,   'f', 3, 3, 'a', 'b', 'c'};  // functions 0 "f", 3 "abc"

TEST(NameSection, names_are_found_by_index) {
    EXPECT_EQ(find_module_name(kNames), "mo");
    EXPECT_EQ(find_name(kNames, NameSubsection::function, 0), "f");
    EXPECT_EQ(find_name(kNames, NameSubsection::function, 3), "abc");
    EXPECT_EQ(find_name(kNames, NameSubsection::function, 1), std::nullopt);
    EXPECT_EQ(find_name(kNames, NameSubsection::function, 4), std::nullopt);
    EXPECT_EQ(find_name(kNames, NameSubsection::global, 0), std::nullopt);
}

TEST(NameSection, truncated_content_names_nothing_further) {
    for (std::size_t size = 0; size < kNames.size(); ++size) {
        const Bytes part(kNames.begin(), kNames.begin() + static_cast<std::ptrdiff_t>(size));
        const auto name = find_name(part, NameSubsection::function, 3);
        EXPECT_EQ(name, std::nullopt) << size;
    }
    const Bytes wild = {1, 3, 0xFF, 0xFF, 0x7F};
    EXPECT_EQ(find_name(wild, NameSubsection::function, 0), std::nullopt);
    const Bytes not_utf8 = {1, 4, 1, 0, 1, 0xFF};
    EXPECT_EQ(find_name(not_utf8, NameSubsection::function, 0), std::nullopt);
}

TEST(NameSection, functions_fall_back_to_their_export) {
    Bytes bytes = {0, 'a', 's', 'm', 1, 0,   0, 0, 1,  4, 1, 0x60, 0, 0,    3, 3, 2,   0,
                   0, 7,   5,   1,   1, 'e', 0, 1, 10, 7, 2, 2,    0, 0x0B, 2, 0, 0x0B};
    Bytes with_names = {0, 14, 4, 'n', 'a', 'm', 'e', 0, 2, 1, 'm', 1, 4, 1, 0, 1, 'f'};
    with_names[1] = static_cast<u8>(with_names.size() - 2);
    bytes.insert(bytes.end(), with_names.begin(), with_names.end());
    auto module = decode(std::make_shared<EngineData>(), bytes, nullptr);
    ASSERT_TRUE(module) << module.error().to_string();
    EXPECT_EQ((*module)->module_name(), "m");
    EXPECT_EQ((*module)->function_name(0), "f");
    EXPECT_EQ((*module)->function_name(1), "e");
    EXPECT_EQ((*module)->function_name(2), "");
}

TEST(NameSection, a_module_without_one_has_no_names) {
    const Bytes bytes = {0, 'a', 's', 'm', 1, 0, 0, 0};
    auto module = decode(std::make_shared<EngineData>(), bytes, nullptr);
    ASSERT_TRUE(module);
    EXPECT_EQ((*module)->module_name(), "");
    EXPECT_EQ((*module)->function_name(0), "");
}

}  // namespace
}  // namespace wasmi::core
