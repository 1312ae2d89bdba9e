// Hostile bytes: real modules cut short and with bytes changed must neither crash nor hang, and
// either decode or fail with an error of loading. Run under sanitizers to be of full use.
// Spec: none; the modules come from the corpus beside the repository and from the source.
#include "core/decoder/body_scan.hpp"
#include "core/decoder/decoder.hpp"
#include "tests/util/wast_binaries.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

using Bytes = std::vector<u8>;

Config all_features() {
    Config config;
    config.features = Features::all();
    return config;
}

void decode_anything(const Bytes& bytes) {
    auto engine = std::make_shared<EngineData>();
    engine->config = all_features();
    // A copy of exact size lets the address sanitizer see every read beyond the end.
    const auto exact = std::make_unique<u8[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), exact.get());
    const auto module = decode(engine, {exact.get(), bytes.size()}, nullptr);
    if (module) {
        (void)find_malformed_body(**module);
        (void)(*module)->module_name();
        (void)(*module)->function_name(0);
        return;
    }
    const ErrorKind kind = module.error().kind();
    EXPECT_TRUE(kind == ErrorKind::malformed || kind == ErrorKind::invalid ||
                kind == ErrorKind::limit)
        << module.error().to_string();
}

/// One of everything: the seed for runs without the corpus.
Bytes seed_module() {
    Bytes out = {0, 'a', 's', 'm', 1, 0, 0, 0};
    const auto add = [&out](u8 id, const Bytes& content) {
        out.push_back(id);
        out.push_back(static_cast<u8>(content.size()));
        out.insert(out.end(), content.begin(), content.end());
    };
    add(1, {4, 0x60, 1,    0x7F, 1,    0x7E, 0x4E, 2,    0x50, 0,    0x5F, 1, 0x63, 2, 1, 0x4F,
            1, 1,    0x5F, 2,    0x63, 2,    1,    0x78, 0,    0x5E, 0x77, 1, 0x60, 0, 0});
    add(2, {3, 1,    'm', 1, 'f', 0, 4,    1, 'a', 0, 0x7F, 1, 1, 'g',
            3, 0x7F, 0,   1, 'b', 0, 0x7E, 2, 3,   1, 2,    1, 1, 'x'});
    add(3, {1, 0});
    add(4, {2, 0x70, 1, 1, 2, 0x40, 0, 0x70, 4, 3, 0xD0, 0x70, 0x0B});
    add(5, {1, 8, 1, 0});
    add(13, {1, 0, 4});
    add(6, {1, 0x7F, 1, 0x41, 1, 0x41, 2, 0x6A, 0x0B});
    add(7, {1, 1, 'e', 0, 0});
    add(8, {0});
    add(9, {2, 0, 0x41, 0, 0x0B, 1, 0, 7, 0x64, 0x70, 1, 0xD2, 1, 0x0B});
    add(12, {1});
    add(10, {1, 32, 1, 2, 0x7F, 0x02, 0x40, 0x41, 1, 0x0E, 1,  0,  0,  0x0B, 0xFD, 0x0C, 0,
             1, 2,  3, 4, 5,    6,    7,    8,    9, 10,   11, 12, 13, 14,   15,   0x1A, 0x0B});
    add(11, {1, 1, 2, 'a', 'b'});
    add(0, {4, 'n', 'a', 'm', 'e', 0, 2, 1, 'm', 1, 4, 1, 0, 1, 'f'});
    return out;
}

TEST(Mutation, the_seed_reaches_every_section) {
    auto engine = std::make_shared<EngineData>();
    engine->config = all_features();
    const Bytes seed = seed_module();
    const auto module = decode(engine, seed, nullptr);
    ASSERT_TRUE(module) << module.error().to_string();
    const auto error = find_malformed_body(**module);
    EXPECT_FALSE(error) << error->to_string();
    EXPECT_EQ((*module)->customs.size(), 1u);
    EXPECT_EQ((*module)->datas.size(), 1u);
}

TEST(Mutation, every_truncation_of_the_seed) {
    const Bytes seed = seed_module();
    for (std::size_t size = 0; size <= seed.size(); ++size) {
        decode_anything(Bytes(seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(size)));
    }
}

TEST(Mutation, every_value_of_every_byte_of_the_seed) {
    const Bytes seed = seed_module();
    for (std::size_t i = 0; i < seed.size(); ++i) {
        for (unsigned value = 0; value < 256; ++value) {
            Bytes bytes = seed;
            bytes[i] = static_cast<u8>(value);
            decode_anything(bytes);
        }
    }
}

TEST(Mutation, random_changes_of_the_corpus) {
    const auto folder = test::shared_dir("corpus/modules");
    if (!folder) GTEST_SKIP() << "THE CORPUS IS MISSING: no ../shared/corpus/modules";
    std::mt19937 random(12345);
    for (const auto& file : test::files_below(*folder, ".wasm")) {
        const std::string text = test::read_file(file);
        const Bytes module(text.begin(), text.end());
        ASSERT_FALSE(module.empty());
        // Few runs on large modules, many on small ones; always the structure near the start.
        const std::size_t runs = std::clamp<std::size_t>(20'000'000 / module.size(), 4, 60);
        for (std::size_t run = 0; run < runs; ++run) {
            Bytes bytes = module;
            const std::size_t reach =
                run % 2 == 0 ? std::min<std::size_t>(4096, bytes.size()) : bytes.size();
            for (unsigned change = 0; change <= run % 4; ++change) {
                bytes[random() % reach] = static_cast<u8>(random());
            }
            if (run % 5 == 0) bytes.resize(random() % bytes.size());
            decode_anything(bytes);
        }
    }
}

TEST(Mutation, the_corpus_itself_decodes) {
    const auto folder = test::shared_dir("corpus/modules");
    if (!folder) GTEST_SKIP() << "THE CORPUS IS MISSING: no ../shared/corpus/modules";
    for (const auto& file : test::files_below(*folder, ".wasm")) {
        const std::string text = test::read_file(file);
        const Bytes bytes(text.begin(), text.end());
        const auto module = decode(std::make_shared<EngineData>(), bytes, nullptr);
        ASSERT_TRUE(module) << file << ": " << module.error().to_string();
        EXPECT_FALSE(find_malformed_body(**module)) << file;
    }
}

TEST(Hostile, huge_counts_are_refused_without_allocating) {
    // Each section claims 2^28 entries in a module of a few bytes.
    for (const u8 id :
         {u8{1}, u8{2}, u8{3}, u8{4}, u8{5}, u8{13}, u8{6}, u8{7}, u8{9}, u8{10}, u8{11}}) {
        const Bytes bytes = {0, 'a', 's', 'm', 1, 0, 0, 0, id, 5, 0x80, 0x80, 0x80, 0x80, 0x01};
        const auto module = decode(std::make_shared<EngineData>(), bytes, nullptr);
        ASSERT_FALSE(module);
        EXPECT_EQ(module.error().message(), "length out of bounds") << unsigned{id};
    }
}

TEST(Hostile, deeply_nested_blocks_take_no_native_stack) {
    // 4 MB of `block` in a body, and in a constant expression.
    constexpr u32 kDepth = 2'000'000;
    const auto leb = [](Bytes& out, u32 value) {
        for (int i = 0; i < 4; ++i) out.push_back(static_cast<u8>((value >> (7 * i)) | 0x80));
        out.push_back(static_cast<u8>(value >> 28));
    };
    Bytes global = {0, 'a', 's', 'm', 1, 0, 0, 0, 6};
    leb(global, 3 + 3 * kDepth + 1);
    global.insert(global.end(), {1, 0x7F, 0});
    for (u32 i = 0; i < kDepth; ++i) global.insert(global.end(), {0x02, 0x40});
    global.resize(global.size() + kDepth + 1, 0x0B);
    const auto module = decode(std::make_shared<EngineData>(), global, nullptr);
    EXPECT_TRUE(module) << module.error().to_string();

    Bytes code = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10};
    leb(code, 1 + 5 + 1 + 3 * kDepth + 1);
    code.push_back(1);
    leb(code, 1 + 3 * kDepth + 1);
    code.push_back(0);
    for (u32 i = 0; i < kDepth; ++i) code.insert(code.end(), {0x02, 0x40});
    code.resize(code.size() + kDepth + 1, 0x0B);
    const auto deep = decode(std::make_shared<EngineData>(), code, nullptr);
    ASSERT_TRUE(deep) << deep.error().to_string();
    EXPECT_FALSE(find_malformed_body(**deep));
}

TEST(Hostile, compact_imports_do_not_multiply_a_long_name) {
    // One module name of 1 MB for 2000 items: 2 GB of copies.
    Bytes content = {1};
    const auto leb = [](Bytes& out, u32 value) {
        for (int i = 0; i < 4; ++i) out.push_back(static_cast<u8>((value >> (7 * i)) | 0x80));
        out.push_back(static_cast<u8>(value >> 28));
    };
    leb(content, 1u << 20);
    content.resize(content.size() + (1u << 20), 'x');
    content.insert(content.end(), {0, 0x7E, 3, 0x7F, 0});
    leb(content, 2000);
    content.resize(content.size() + 2000, 0);
    Bytes bytes = {0, 'a', 's', 'm', 1, 0, 0, 0, 2};
    leb(bytes, static_cast<u32>(content.size()));
    bytes.insert(bytes.end(), content.begin(), content.end());
    auto engine = std::make_shared<EngineData>();
    engine->config = all_features();
    const auto module = decode(engine, bytes, nullptr);
    ASSERT_FALSE(module);
    EXPECT_EQ(module.error().kind(), ErrorKind::limit);
}

}  // namespace
}  // namespace wasmi::core
