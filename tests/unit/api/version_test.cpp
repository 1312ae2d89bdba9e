// Tests of src/api/version.cpp.
#include <wasmi/version.hpp>

#include <string>

#include <gtest/gtest.h>

TEST(Version, function_agrees_with_the_macros) {
    EXPECT_EQ(std::string(wasmi::version()), std::to_string(WASMI_VERSION_MAJOR) + "." +
                                                 std::to_string(WASMI_VERSION_MINOR) + "." +
                                                 std::to_string(WASMI_VERSION_PATCH));
}
