// The fast cases of the validator's main loop against the rules: where the end of the module is
// near the loop reads nothing ahead and leaves instructions to the rules, so that the same short
// body is checked by rules at the end of a module and by fast cases before a long custom section.
// Verdict, place and facts must be the same, for right bodies and for wrong ones. Spec:
// appendix/algorithm, binary/values (integers).
#include "core/validator/function_validator.hpp"
#include "tests/unit/validator/validator_fixture.hpp"

#include <gtest/gtest.h>

namespace wasmi::core::test {
namespace {

/// Less would leave fast cases to what is behind the body.
constexpr std::size_t kLookahead = 16;

/// A module whose function 2 has this body, parameters of six kinds and an i32 as result; function
/// 0 takes an i32 and an i64 and gives an i32, function 1 takes nine i32s. Without `follow` the
/// body is the last of its bytes.
Bytes module_of(const Bytes& code, bool follow) {
    ModuleBuilder b;
    b.type({kI32, kI64}, {kI32});
    b.type(Bytes(9, kI32), {});
    b.type({kI32, kI64, kF32, kF64, kV128, kFuncref}, {kI32});
    b.memory();
    b.table();
    b.global(kI32, true, {0x41, 0, 0x0B});
    b.global(kF64, false, join({{0x44}, Bytes(8, 0), {0x0B}}));
    b.func(0, {0x41, 0, 0x0B});
    b.func(1, {0x0B});
    b.func(2, code);
    Bytes bytes = b.bytes();
    // Bytes that are numbers without an end, should anything read them.
    if (follow) append(bytes, join({{0}, sized(join({name("x"), Bytes(40, 0x80)}))}));
    return bytes;
}

struct Judged {
    std::string verdict;
    u64 offset = Error::kNoOffset;
    FuncFacts facts;
};

/// By the validator of functions alone: for a malformed body the module is read once more, and that
/// does look at what follows.
Judged judge(const Bytes& code, bool follow) {
    const Checked checked = check(module_of(code, follow));
    FunctionValidator validator(*checked.module);
    validator.prepare_calls();
    const Result<void> done = validator.validate_body(2);
    if (done) return {"valid", 0, checked.module->facts[2]};
    return {done.error().message(), done.error().offset(), {}};
}

void expect_the_same(const Bytes& code) {
    const Judged by_rules = judge(code, false);
    const Judged fast = judge(code, true);
    SCOPED_TRACE(testing::PrintToString(code));
    EXPECT_EQ(fast.verdict, by_rules.verdict);
    EXPECT_EQ(fast.offset, by_rules.offset);
    EXPECT_EQ(fast.facts.instructions, by_rules.facts.instructions);
    EXPECT_EQ(fast.facts.max_operand_slots, by_rules.facts.max_operand_slots);
    EXPECT_EQ(fast.facts.local_slots, by_rules.facts.local_slots);
}

/// Valid bodies short enough for the rules alone, counting the byte of no locals.
const Bytes kBodies[] = {
    {0x20, 0, 0x0B},
    {0x20, 0, 0x21, 0, 0x20, 0, 0x22, 0, 0x0B},
    {0x20, 1, 0xA7, 0x0B},                                         // i32.wrap_i64
    {0x20, 0, 0x20, 0, 0x6A, 0x0B},                                // i32.add
    {0x20, 2, 0x20, 2, 0x5B, 0x0B},                                // f32.eq
    {0x20, 0, 0x28, 2, 4, 0x0B},                                   // i32.load
    {0x20, 0, 0x20, 1, 0x37, 3, 0x80, 1, 0x20, 0, 0x0B},           // i64.store
    {0x23, 0, 0x24, 0, 0x23, 0, 0x0B},                             // global.get, global.set
    {0x23, 1, 0x1A, 0x20, 4, 0x1A, 0x20, 5, 0x1A, 0x20, 0, 0x0B},  // drop
    {0x20, 0, 0x20, 0, 0x20, 0, 0x1B, 0x0B},                       // select
    {0x41, 0xC0, 0, 0x42, 0x80, 0x80, 1, 0x1A, 0x0B},              // i32.const, i64.const
    {0x43, 0, 0, 0x80, 0x3F, 0x1A, 0x20, 0, 0x0B},                 // f32.const
    {0x44, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x1A, 0x20, 0, 0x0B},     // f64.const
    {0x02, 0x40, 0x03, 0x40, 0x0B, 0x0B, 0x01, 0x20, 0, 0x0B},     // block, loop, nop
    {0x02, 0x7F, 0x20, 0, 0x0B, 0x0B},                             // block with a result
    {0x20, 0, 0x04, 0x7F, 0x20, 0, 0x05, 0x20, 0, 0x0B, 0x0B},     // if, else
    {0x20, 0, 0x04, 0x40, 0x01, 0x05, 0x0B, 0x20, 0, 0x0B},
    {0x20, 0, 0x04, 0x40, 0x0B, 0x20, 0, 0x0B},
    {0x02, 0x40, 0x20, 0, 0x0D, 0, 0x0C, 0, 0x0B, 0x20, 0, 0x0B},  // br_if, br
    {0x03, 0x40, 0x20, 0, 0x0F, 0x0B, 0x00, 0x0B},                 // return, unreachable
    {0x02, 0x7F, 0x20, 0, 0x0C, 0, 0x0B, 0x0B},                    // br with a value
    {0x20, 0, 0x20, 1, 0x10, 0, 0x0B},                             // call
    {0x02, 0, 0x0C, 0, 0x0B, 0x0B},                              // block type by index, unreachable
    {0x20, 0, 0x20, 0, 0x20, 0, 0xFC, 10, 0, 0, 0x41, 1, 0x0B},  // memory.copy
};

TEST(ValidatorMainLoop, accepts_what_the_rules_accept) {
    for (const Bytes& body : kBodies) {
        ASSERT_LE(body.size() + 1, kLookahead);
        expect_the_same(body);
    }
    EXPECT_EQ(check(module_of(kBodies[0], true)).verdict, "valid");
}

TEST(ValidatorMainLoop, finds_the_end_of_a_body_wherever_it_is_cut) {
    for (const Bytes& body : kBodies) {
        for (std::size_t length = 0; length < body.size(); ++length) {
            expect_the_same(
                Bytes(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(length)));
        }
    }
    EXPECT_EQ(judge({0x41}, true).verdict, "unexpected end of section or function");
}

TEST(ValidatorMainLoop, says_what_the_rules_say_when_a_byte_is_another) {
    for (const Bytes& body : kBodies) {
        for (std::size_t at = 0; at < body.size(); ++at) {
            Bytes changed = body;
            for (u32 byte = 0; byte < 256; ++byte) {
                changed[at] = static_cast<u8>(byte);
                expect_the_same(changed);
            }
        }
    }
}

TEST(ValidatorMainLoop, reads_numbers_of_five_bytes) {
    const Bytes drop = {0x1A, 0x20, 0, 0x0B};
    struct {
        Bytes code;
        const char* verdict;
    } const cases[] = {
        {{0x41, 0x80, 0x80, 0x80, 0x80, 0x78}, "valid"},  // i32.const, the least
        {{0x41, 0xFF, 0xFF, 0xFF, 0xFF, 0x07}, "valid"},  // the greatest
        {{0x41, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, "malformed: integer too large"},
        {{0x41, 0x80, 0x80, 0x80, 0x80, 0x70}, "malformed: integer too large"},
        {{0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0}, "malformed: integer representation too long"},
        {{0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F}, "valid"},  // i64.const
        {{0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7E},
         "malformed: integer too large"},
        {{0x20, 0x80, 0x80, 0x80, 0x80, 0x00}, "valid"},  // local.get
        {{0x20, 0x80, 0x80, 0x80, 0x80, 0x10}, "malformed: integer too large"},
        {{0x20, 0x80, 0x80, 0x80, 0x80, 0x01}, "invalid: unknown local 268435456 (local.get)"},
        {{0x20, 0, 0x28, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}, "valid"},  // i32.load
        {{0x20, 0, 0x28, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F}, "invalid: offset out of range"},
        {{0x20, 0, 0x20, 1, 0x10, 0x80, 0x80, 0x80, 0x80, 0x00}, "valid"},  // call
    };
    for (const auto& c : cases) {
        const Bytes code = join({c.code, drop});
        const std::string verdict = check(module_of(code, true)).verdict;
        EXPECT_EQ(verdict.substr(0, std::string(c.verdict).size()), c.verdict)
            << testing::PrintToString(code);
        expect_the_same(code);
    }
}

TEST(ValidatorMainLoop, checks_calls_of_up_to_eight_parameters_and_more) {
    const Bytes nine = {0x41, 0, 0x41, 0, 0x41, 0, 0x41, 0, 0x41, 0, 0x41, 0, 0x41, 0, 0x41, 0};
    EXPECT_EQ(check(module_of(join({nine, {0x41, 0, 0x10, 1, 0x20, 0, 0x0B}}), true)).verdict,
              "valid");
    EXPECT_NE(check(module_of(join({nine, {0x10, 1, 0x20, 0, 0x0B}}), true)).verdict, "valid");
    // Each parameter of each number of them must be of its type.
    for (u32 count = 0; count <= 10; ++count) {
        for (u32 wrong = 0; wrong <= count; ++wrong) {
            ModuleBuilder b;
            b.type(Bytes(count, kI32), {});
            b.type({}, {});
            b.func(0, {0x0B});
            Bytes code;
            for (u32 i = 0; i < count; ++i) append(code, {i == wrong ? u8{0x42} : u8{0x41}, 0});
            b.func(1, join({code, {0x10, 0}, Bytes(kLookahead, 0x01), {0x0B}}));
            EXPECT_EQ(verdict(b) == "valid", wrong == count) << count << ' ' << wrong;
        }
    }
}

}  // namespace
}  // namespace wasmi::core::test
