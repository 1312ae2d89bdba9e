// Error and the words for types.
// Spec: appendix/embedding (error).
#include <wasmi/config.hpp>
#include <wasmi/error.hpp>
#include <wasmi/result.hpp>
#include <wasmi/types.hpp>

#include <gtest/gtest.h>

namespace wasmi {
namespace {

TEST(Error, to_string_names_the_place) {
    Error error(ErrorKind::invalid, "type mismatch", 0x8F);
    EXPECT_EQ(error.to_string(), "invalid: (+0x8f): type mismatch");
    error.at_function(12, "main");
    EXPECT_EQ(error.to_string(), "invalid: func 12 \"main\" (+0x8f): type mismatch");
    Error malformed(ErrorKind::malformed, "unexpected end", 3);
    malformed.in_section("type");
    EXPECT_EQ(malformed.to_string(), "malformed: type section (+0x3): unexpected end");
    EXPECT_EQ(Error(ErrorKind::io, "no such file").to_string(), "io: no such file");
}

TEST(Error, traps_carry_their_code_and_wording) {
    const Error error = Error::from_trap(TrapCode::uninitialized_element, " 7");
    EXPECT_EQ(error.kind(), ErrorKind::trap);
    EXPECT_EQ(error.trap(), TrapCode::uninitialized_element);
    EXPECT_EQ(error.message(), "uninitialized element 7");
    EXPECT_EQ(to_string(TrapCode::integer_divide_by_zero), "integer divide by zero");
    EXPECT_EQ(to_string(TrapCode::none), "none");
}

TEST(Error, exits_carry_their_code) {
    EXPECT_EQ(Error::from_exit(42).kind(), ErrorKind::exit);
    EXPECT_EQ(Error::from_exit(42).exit_code(), 42u);
}

TEST(Types, are_written_as_in_the_text_format) {
    EXPECT_EQ(to_string(ValType::i32), "i32");
    EXPECT_EQ(to_string(ValType::funcref), "funcref");
    EXPECT_EQ(to_string(ValType::ref(HeapKind::none, true)), "nullref");
    EXPECT_EQ(to_string(ValType::ref(HeapKind::noextern, true)), "nullexternref");
    EXPECT_EQ(to_string(ValType::ref(HeapKind::extern_, false)), "(ref extern)");
    EXPECT_EQ(to_string(ValType::ref_to(7, true)), "(ref null $7)");
    EXPECT_EQ(to_string(ValType::ref_to(7, false)), "(ref $7)");
    EXPECT_EQ(to_string(FuncType{{ValType::i32, ValType::i64}, {ValType::f32}}),
              "(i32, i64) -> (f32)");
    ExternType memory;
    memory.kind = ExternKind::memory;
    memory.memory.limits = {1, 2, true};
    EXPECT_EQ(to_string(memory), "memory 1 2");
    memory.memory.is_64 = true;
    memory.memory.is_shared = true;
    EXPECT_EQ(to_string(memory), "memory i64 1 2 shared");
    ExternType global;
    global.kind = ExternKind::global;
    global.global = {ValType::i32, true};
    EXPECT_EQ(to_string(global), "global (mut i32)");
    EXPECT_EQ(to_string(Feature::bulk_memory), "bulk-memory");
}

TEST(Features, are_found_by_their_names) {
    EXPECT_EQ(feature_from_text("bulk-memory"), Feature::bulk_memory);
    EXPECT_EQ(feature_from_text("nontrapping-fptoint"), Feature::saturating_conversion);
    EXPECT_EQ(feature_from_text("saturating-float-to-int"), Feature::saturating_conversion);
    EXPECT_EQ(feature_from_text("sign-ext"), Feature::sign_extension);
    for (const char* text : {"", " ", "sign", "sign-ext sign-extension-ops", "SIMD"}) {
        EXPECT_EQ(feature_from_text(text), std::nullopt) << text;
    }
}

TEST(Features, come_in_editions) {
    EXPECT_TRUE(Features::wasm(1).has(Feature::mutable_globals));
    EXPECT_FALSE(Features::wasm(1).has(Feature::simd));
    EXPECT_TRUE(Features::wasm(2).has(Feature::simd));
    EXPECT_FALSE(Features::wasm(2).has(Feature::gc));
    EXPECT_FALSE(Features::wasm(3).has(Feature::threads));
    EXPECT_EQ(Features::defaults(),
              Features::wasm(3).set(Feature::threads, true).set(Feature::legacy_exceptions, true));
}

TEST(Errors, of_features_name_them) {
    const Error error = Error::from_feature(Feature::simd, "i32x4.add", 7);
    EXPECT_EQ(error.feature(), Feature::simd);
    EXPECT_EQ(error.to_string(),
              "unsupported: (+0x7): i32x4.add needs the feature simd, which is switched off");
    EXPECT_EQ(Error(ErrorKind::unsupported, "x").feature(), std::nullopt);
}

}  // namespace
}  // namespace wasmi
