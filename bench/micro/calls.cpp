// Benchmarks of calls: into the guest, out of it, between guest functions, through tables, and by
// exceptions. Where the guest repeats something itself, an item is one repetition.
// Spec: exec/instructions (control instructions), exec/modules (invocation).
#include "bench/micro/modules.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <benchmark/benchmark.h>

namespace wasmi::bench {

namespace {

constexpr std::int32_t kRepeats = 10'000;

/// A function `run` that repeats `body` as often as its parameter $n says; $i counts, $s is kept.
std::string repeat(const std::string& fields, const std::string& body) {
    return "(module " + fields +
           "(func (export \"run\") (param $n i32) (result i32) (local $i i32) (local $s i32)\n"
           "(block $end (loop $next\n"
           "  (br_if $end (i32.ge_u (local.get $i) (local.get $n)))\n" +
           body +
           "  (local.set $i (i32.add (local.get $i) (i32.const 1)))\n"
           "  (br $next)))\n"
           "(local.get $s)))";
}

void run_repeats(benchmark::State& state, Guest& guest) {
    if (!guest.trouble().empty()) return state.SkipWithError(guest.trouble().c_str());
    const auto run = guest.func<std::int32_t(std::int32_t)>("run");
    for (auto _ : state) {
        auto result = run(guest.store(), kRepeats);
        if (!result) return state.SkipWithError(result.error().to_string().c_str());
        benchmark::DoNotOptimize(*result);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * kRepeats);
}

void register_repeats(const char* name, const std::string& text,
                      std::optional<std::uint64_t> fuel = std::nullopt) {
    benchmark::RegisterBenchmark(name, [text, fuel](benchmark::State& state) {
        Guest guest(text);
        guest.linker()
            .func("host", "add",
                  [](std::int32_t a, std::int32_t b) {
                      return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) +
                                                       static_cast<std::uint32_t>(b));
                  })
            .value();
        guest.start();
        guest.store().set_fuel(fuel);
        run_repeats(state, guest);
    });
}

constexpr const char* kAdd =
    "(module (func (export \"add\") (param i32 i32) (result i32)"
    " (i32.add (local.get 0) (local.get 1))))";

void call_in_typed(benchmark::State& state) {
    Guest guest(kAdd);
    guest.start();
    const auto add = guest.func<std::int32_t(std::int32_t, std::int32_t)>("add");
    std::int32_t sum = 0;
    for (auto _ : state) {
        auto result = add(guest.store(), sum, 1);
        if (!result) return state.SkipWithError(result.error().to_string().c_str());
        sum = *result;
    }
    benchmark::DoNotOptimize(sum);
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void call_in_dynamic(benchmark::State& state) {
    Guest guest(kAdd);
    guest.start();
    const Func add = guest.untyped("add");
    std::array<Val, 2> args = {Val(std::int32_t{0}), Val(std::int32_t{1})};
    std::array<Val, 1> results = {Val(std::int32_t{0})};
    for (auto _ : state) {
        Result<void> done = add.call(guest.store(), args, results);
        if (!done) return state.SkipWithError(done.error().to_string().c_str());
        args[0] = results[0];
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

}  // namespace

void register_call_benchmarks() {
    benchmark::RegisterBenchmark("call_in/typed", call_in_typed);
    benchmark::RegisterBenchmark("call_in/dynamic", call_in_dynamic);
    const std::string import =
        "(import \"host\" \"add\" (func $add (param i32 i32) (result i32)))\n";
    const std::string own =
        "(func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))\n";
    const std::string table = own +
                              "(type $t (func (param i32 i32) (result i32)))\n"
                              "(table 4 4 funcref) (elem (i32.const 0) $add $add $add $add)\n";
    const std::string plain =
        "(local.set $s (i32.xor (local.get $s) (i32.add (local.get $i) (i32.const 3))))\n";
    const std::string call = "(local.set $s (call $add (local.get $s) (local.get $i)))\n";
    const std::string indirect =
        "(local.set $s (call_indirect (type $t) (local.get $s) (local.get $i)\n"
        "  (i32.and (local.get $i) (i32.const 3))))\n";
    const std::string thrown =
        "(local.set $s (i32.add (local.get $s) (block $caught (result i32)\n"
        "  (try_table (result i32) (catch $tag $caught) (throw $tag (local.get $i))))))\n";
    register_repeats("loop/empty", repeat("", plain));
    register_repeats("loop/with_fuel", repeat("", plain), std::uint64_t{1} << 62);
    register_repeats("call_out/typed", repeat(import, call));
    register_repeats("call_guest/direct", repeat(own, call));
    register_repeats("call_guest/indirect", repeat(table, indirect));
    register_repeats("exception/throw_and_catch", repeat("(tag $tag (param i32))\n", thrown));
    register_repeats(
        "gc/struct_new",
        repeat("(type $p (struct (field i32) (field (mut i32))))\n",
               "(local.set $s (struct.get $p 0 (struct.new $p (local.get $i) (i32.const 1))))\n"));
}

}  // namespace wasmi::bench
