// Fuzz target: any bytes as the body of a function, in a module that has one of everything for the
// instructions to name. The validator accepts or refuses; when it accepts, the facts are sane and
// a second look says the same.
#include "core/decoder/decoder.hpp"
#include "core/validator/validator.hpp"
#include "tests/util/module_builder.hpp"

#include <cstdlib>

namespace {

using namespace wasmi;
using namespace wasmi::core;
using namespace wasmi::core::test;

Bytes module_around(const Bytes& body) {
    using B = ModuleBuilder;
    B b;
    b.type({kI32, kF64, kV128}, {kI32});
    b.type({}, {kI32, kI64});
    b.add(B::kType, {0x5F, 2, kI32, 1, 0x78, 1});        // 2: (struct (mut i32) (mut i8))
    b.add(B::kType, {0x50, 0, 0x5E, 0x6E, 1});           // 3: (sub (array (mut anyref)))
    b.add(B::kType, {0x5E, 0x77, 1});                    // 4: (array (mut i16))
    b.add(B::kType, {0x5F, 2, 0x64, 2, 0, 0x63, 3, 1});  // 5: (struct (ref 2) (mut (ref null 3)))
    b.type({kI64}, {});
    b.memory({3, 1, 2}).memory({4, 1});
    b.table().table({kExternref, 4, 1}).table({0x6E, 0, 1});
    b.add(B::kTag, {0, 6});
    b.global(kI32, true, {0x41, 0, 0x0B}).global(kFuncref, false, {0xD2, 0, 0x0B});
    b.add(B::kElement, {1, 0, 1, 0}).add(B::kElement, {5, 0x6E, 0});
    b.add(B::kData, {1, 1, 0}).data_count(1);
    b.func(1, {0x41, 0, 0x42, 0, 0x0B});
    b.add(B::kFunction, {0}).add(B::kCode, sized(body));
    return b.bytes();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes bytes = module_around(Bytes(data, data + size));
    const auto engine = std::make_shared<EngineData>();
    engine->config.features = Features::all();
    const auto module = decode(engine, bytes, nullptr);
    if (!module) std::abort();  // all around the body is well formed
    if (!validate_module(**module)) std::abort();
    const Result<void> all = validate_bodies(**module);
    const Result<void> one = validate_function(**module, 1);
    if (all.has_value() != one.has_value()) std::abort();
    if (all) {
        const FuncFacts& facts = (*module)->facts[1];
        if (!facts.validated || facts.max_operand_slots > kMaxOperandSlots) std::abort();
        if (facts.instructions > size) std::abort();
    } else if (all.error().message().empty() || all.error().offset() > bytes.size()) {
        std::abort();
    }
    return 0;
}
