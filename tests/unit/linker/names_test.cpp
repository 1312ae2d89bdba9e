// Names in messages, and the nearest of them.
#include "core/linker/names.hpp"

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

TEST(EditDistance, counts_single_byte_edits) {
    EXPECT_EQ(edit_distance("", "", 9), 0u);
    EXPECT_EQ(edit_distance("abc", "abc", 9), 0u);
    EXPECT_EQ(edit_distance("abc", "abd", 9), 1u);
    EXPECT_EQ(edit_distance("abc", "ac", 9), 1u);
    EXPECT_EQ(edit_distance("kitten", "sitting", 9), 3u);
    EXPECT_EQ(edit_distance("", "four", 9), 4u);
    EXPECT_EQ(edit_distance("sunday", "saturday", 9), 3u);
}

TEST(EditDistance, stops_at_the_limit) {
    EXPECT_EQ(edit_distance("abcdef", "uvwxyz", 2), 3u);
    EXPECT_EQ(edit_distance("a", "abcdefgh", 2), 3u);
    const std::string a(1'000'000, 'a');
    const std::string b(1'000'000, 'b');
    EXPECT_EQ(edit_distance(a, b, 5), 6u);
    EXPECT_EQ(edit_distance(a, a, 5), 0u);
}

TEST(Quoted, keeps_messages_on_one_line) {
    EXPECT_EQ(show_name("fd_write"), "\"fd_write\"");
    EXPECT_EQ(show_name("a\nb\x7f"), "\"a\\0ab\\7f\"");
    EXPECT_EQ(show_name("say \"hi\" \\"), "\"say \\\"hi\\\" \\\\\"");
    EXPECT_EQ(show_name(std::string_view("\0x", 2)), "\"\\00x\"");
}

TEST(Quoted, cuts_long_names_between_characters) {
    const std::string text = show_name(std::string(10'000, 'x'));
    EXPECT_LT(text.size(), 120u);
    EXPECT_EQ(text.substr(text.size() - 4), "…\"");
    std::string umlauts;
    for (int i = 0; i < 200; ++i) umlauts += "ä";
    const std::string cut = show_name(umlauts);
    ASSERT_EQ(cut.substr(cut.size() - 4), "…\"");
    EXPECT_EQ((cut.size() - 1 - 4) % 2, 0u);  // whole two-byte characters only
}

TEST(NameTable, finds_what_was_defined_last) {
    NameTable names;
    EXPECT_EQ(names.find("m", "a"), std::nullopt);
    names.define("m", "a", {ExternKind::func, 1});
    names.define("m", "a", {ExternKind::memory, 2});
    names.define("", "", {ExternKind::tag, 3});
    EXPECT_EQ(names.find("m", "a"), (ExternAddr{ExternKind::memory, 2}));
    EXPECT_EQ(names.find("", ""), (ExternAddr{ExternKind::tag, 3}));
    EXPECT_EQ(names.find("m", "b"), std::nullopt);
}

TEST(NameTable, knows_the_nearest_name) {
    NameTable names;
    EXPECT_EQ(names.nearest("env", "log"), "");
    names.define("env", "log_line", {});
    names.define("wasi_snapshot_preview1", "fd_write", {});
    names.define("wasi_snapshot_preview1", "fd_pwrite", {});
    EXPECT_EQ(names.nearest("env", "logline"), "\"env\" \"log_line\"");
    EXPECT_EQ(names.nearest("wasi_snapshot_preview1", "fd_wirte"),
              "\"wasi_snapshot_preview1\" \"fd_write\"");
    // The same name in another module, and a slightly wrong module.
    EXPECT_EQ(names.nearest("wasi_unstable", "fd_write"),
              "\"wasi_snapshot_preview1\" \"fd_write\"");
    EXPECT_EQ(names.nearest("enw", "log_line"), "\"env\" \"log_line\"");
    EXPECT_EQ(names.nearest("env", "completely_else"), "");
    EXPECT_EQ(names.nearest("foo", "log_lime"), "");
}

}  // namespace
}  // namespace wasmi::core
