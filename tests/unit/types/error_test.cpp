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

}  // namespace
}  // namespace wasmi
