// Calls into the guest and back: values, ends of calls, host functions in the middle.
// Spec: appendix/embedding (func_invoke), exec/modules (invocation).
#include "tests/util/outcome.hpp"
#include "tests/util/wat.hpp"

#include <wasmi/wasmi.hpp>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wasmi {
namespace {

using test::kind_of;
using test::message_of;
using test::trap_of;

using test::compile_wat;

struct Calls : testing::Test {
    Engine engine;
    Store store{engine};
    Linker linker{store};

    Instance make(std::string_view text) {
        return linker.instantiate(compile_wat(engine, text)).value();
    }
    template <class Signature>
    TypedFunc<Signature> get(const Instance& i, std::string_view name) {
        return i.func<Signature>(store, name).value();
    }
};

TEST_F(Calls, pass_arguments_and_results_of_every_number_type) {
    const Instance i = make(R"((module
        (func (export "swap") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
            local.get 3 local.get 2 local.get 1 local.get 0)
        (func (export "add") (param i32 i32) (result i32)
            (i32.add (local.get 0) (local.get 1)))
        (func (export "nothing"))))");
    const auto swap =
        get<std::tuple<double, float, int64_t, int32_t>(int32_t, int64_t, float, double)>(i,
                                                                                          "swap");
    const auto [d, f, l, n] = swap(store, -1, 1ll << 40, 1.5f, 2.5).value();
    EXPECT_EQ(d, 2.5);
    EXPECT_EQ(f, 1.5f);
    EXPECT_EQ(l, 1ll << 40);
    EXPECT_EQ(n, -1);
    EXPECT_EQ(get<int32_t(int32_t, int32_t)>(i, "add")(store, 2, 3).value(), 5);
    EXPECT_TRUE(get<void()>(i, "nothing")(store));

    const Func dynamic = i.func(store, "swap").value();
    const Val args[] = {Val(7), Val(int64_t{-8}), Val(9.0f), Val(10.0)};
    Val results[4];
    ASSERT_TRUE(dynamic.call(store, args, results));
    EXPECT_EQ(results[0].f64(), 10.0);
    EXPECT_EQ(results[1].f32(), 9.0f);
    EXPECT_EQ(results[1].bits(), Val(9.0f).bits());
    EXPECT_EQ(results[2].i64(), -8);
    EXPECT_EQ(results[3].i32(), 7);
    EXPECT_EQ(results[3].type(), ValType::i32);
}

TEST_F(Calls, pass_more_results_than_parameters) {
    const Instance i = make(R"((module (func (export "f") (result i32 i32 i32 i32 i32)
        (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5))))");
    const Func f = i.func(store, "f").value();
    Val results[5];
    ASSERT_TRUE(f.call(store, {}, results));
    for (int k = 0; k < 5; ++k) EXPECT_EQ(results[k].i32(), k + 1);
}

TEST_F(Calls, pass_references) {
    const Instance i = make(R"((module
        (func (export "id") (param externref) (result externref) (local.get 0))
        (func $f (export "f") (result i32) (i32.const 11))
        (func (export "get") (result funcref) (ref.func $f))
        (type $t (func (result i32)))
        (func (export "call") (param (ref null $t)) (result i32) (call_ref $t (local.get 0)))))");
    const ExternRef object{store.extern_ref(5).value()};
    EXPECT_EQ(get<ExternRef(ExternRef)>(i, "id")(store, object).value(), object);
    EXPECT_TRUE(get<ExternRef(ExternRef)>(i, "id")(store, ExternRef{}).value().ref.is_null());
    const FuncRef ref = get<FuncRef()>(i, "get")(store).value();
    EXPECT_EQ(Func::from_ref(store, ref.ref).value(), i.func(store, "f").value());
    const Func call = i.func(store, "call").value();
    Val result[1];
    const Val good[] = {Val(ValType::funcref, ref.ref)};
    ASSERT_TRUE(call.call(store, good, result));
    EXPECT_EQ(result[0].i32(), 11);
    // A host function of the same type is as good, one of another type is not.
    const Func host = Func::wrap(store, [] { return int32_t{12}; }).value();
    const Val hosts[] = {host.to_ref(store).value()};
    ASSERT_TRUE(call.call(store, hosts, result));
    EXPECT_EQ(result[0].i32(), 12);
    const Val wrong[] = {Func::wrap(store, [] {}).value().to_ref(store).value()};
    EXPECT_EQ(kind_of(call.call(store, wrong, result)), ErrorKind::api_misuse);
    const Val null[] = {Val(ValType::funcref, Ref{})};
    EXPECT_EQ(trap_of(call.call(store, null, result)), TrapCode::null_function_reference);
}

TEST_F(Calls, end_with_a_trap_that_tells_where) {
    const Instance i = make(R"((module $mod
        (func $inner (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
        (func $outer (export "f") (param i32) (result i32) (call $inner (local.get 0)))))");
    const auto f = get<int32_t(int32_t)>(i, "f");
    EXPECT_EQ(f(store, 1).value(), 1);
    Result<int32_t> end = f(store, 0);
    ASSERT_FALSE(end);
    EXPECT_EQ(kind_of(end), ErrorKind::trap);
    EXPECT_EQ(trap_of(end), TrapCode::integer_divide_by_zero);
    EXPECT_EQ(message_of(end), "integer divide by zero");
    const std::vector<FrameInfo>& frames = end.error().backtrace();
    ASSERT_EQ(frames.size(), 2u);
    EXPECT_EQ(frames[0].function_name, "inner");
    EXPECT_EQ(frames[0].function_index, 0u);
    EXPECT_EQ(frames[1].function_name, "outer");
    EXPECT_EQ(frames[1].module_name, "mod");
    EXPECT_GT(frames[0].offset, 8u);
    EXPECT_GT(frames[1].offset, frames[0].offset);
    EXPECT_EQ(f(store, 1).value(), 1);
}

TEST_F(Calls, end_when_the_fuel_is_used_up) {
    const Instance i = make("(module (func (export \"f\") (loop (br 0))))");
    store.set_fuel(100'000);
    EXPECT_EQ(kind_of(get<void()>(i, "f")(store)), ErrorKind::out_of_fuel);
    EXPECT_LE(store.fuel().value(), 100'000u);
    store.set_fuel(1000);
    EXPECT_EQ(kind_of(get<void()>(i, "f")(store)), ErrorKind::out_of_fuel);
}

TEST_F(Calls, fuel_that_is_set_before_the_first_call_counts) {
    const Instance i = make("(module (func (export \"f\") (drop (i32.const 1))))");
    store.set_fuel(0);
    EXPECT_EQ(kind_of(get<void()>(i, "f")(store)), ErrorKind::out_of_fuel);
    store.set_fuel(1000);
    EXPECT_TRUE(get<void()>(i, "f")(store));
    EXPECT_LT(store.fuel().value(), 1000u);
    EXPECT_GT(store.fuel_consumed(), 0u);
}

TEST_F(Calls, end_when_the_deadline_passes) {
    const Instance i = make("(module (func (export \"f\") (loop (br 0))) (func (export \"g\")))");
    store.set_deadline(std::chrono::steady_clock::now() + std::chrono::milliseconds(20));
    EXPECT_EQ(kind_of(get<void()>(i, "f")(store)), ErrorKind::deadline);
    EXPECT_GE(std::chrono::steady_clock::now(), store.deadline().value());
    store.set_deadline(std::nullopt);
    EXPECT_TRUE(get<void()>(i, "g")(store));
}

TEST_F(Calls, are_interrupted_from_another_thread) {
    std::atomic<bool> inside{false};
    ASSERT_TRUE(linker.func("env", "ready", [&] { inside = true; }));
    const Instance i = make(R"((module (import "env" "ready" (func $ready))
        (func (export "f") (call $ready) (loop (br 0)))
        (func (export "g"))))");
    const InterruptHandle handle = store.interrupt_handle();
    for (int round = 0; round < 20; ++round) {
        inside = false;
        std::thread stopper([&] {
            while (!inside) std::this_thread::yield();
            handle.interrupt();
        });
        EXPECT_EQ(kind_of(get<void()>(i, "f")(store)), ErrorKind::interrupted);
        stopper.join();
        EXPECT_TRUE(get<void()>(i, "g")(store));
    }
}

TEST_F(Calls, are_interrupted_with_all_calls_they_are_nested_in) {
    const InterruptHandle handle = store.interrupt_handle();
    handle.interrupt();  // none runs: nothing
    std::optional<TypedFunc<void()>> spin;
    int rounds = 0;
    ASSERT_TRUE(linker.func("env", "nest", [&](Caller& caller) {
        handle.interrupt();
        // It is meant for the outermost call: the nested one ends, and so does any other in it.
        for (; rounds < 3; ++rounds) {
            EXPECT_EQ(kind_of((*spin)(caller.store())), ErrorKind::interrupted);
        }
    }));
    const Instance i = make(R"((module (import "env" "nest" (func $nest))
        (func (export "spin") (loop (br 0)))
        (func (export "f") (call $nest) (loop (br 0)))
        (func (export "g"))))");
    spin = get<void()>(i, "spin");
    EXPECT_EQ(kind_of(get<void()>(i, "f")(store)), ErrorKind::interrupted);
    EXPECT_EQ(rounds, 3);
    EXPECT_TRUE(get<void()>(i, "g")(store));
}

TEST_F(Calls, end_when_the_guest_stack_is_full) {
    const Instance i = make("(module (func $f (export \"f\") (call $f)))");
    Result<void> end = get<void()>(i, "f")(store);
    EXPECT_EQ(trap_of(end), TrapCode::call_stack_exhausted);
    EXPECT_LT(end.error().backtrace().size(), 1000u);
    Store none(engine, {.stack_bytes = 0});
    const Func host = Func::wrap(none, [](int32_t) {}).value();
    const Val arg[] = {Val(1)};
    EXPECT_EQ(trap_of(host.call(none, arg, {})), TrapCode::call_stack_exhausted);
}

TEST_F(Calls, reach_the_host_and_return) {
    std::vector<int32_t> seen;
    ASSERT_TRUE(linker.func("env", "log", [&](int32_t v) { seen.push_back(v); }));
    ASSERT_TRUE(linker.func("env", "two", [](int64_t a, double b) {
        return std::tuple<double, int64_t>{b + 1, a + 1};
    }));
    const Instance i = make(R"((module
        (import "env" "log" (func $log (param i32)))
        (import "env" "two" (func $two (param i64 f64) (result f64 i64)))
        (func (export "f") (param $n i32)
            (loop $l
                (call $log (local.get $n))
                (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                (br_if $l (local.get $n))))
        (func (export "g") (result i64)
            (local f64)
            (call $two (i64.const 41) (f64.const 0.5))
            (local.set 0 (f64.const 1)) 
            (return))))");
    ASSERT_TRUE(get<void(int32_t)>(i, "f")(store, 3));
    EXPECT_EQ(seen, (std::vector<int32_t>{3, 2, 1}));
    EXPECT_EQ(get<int64_t()>(i, "g")(store).value(), 42);
}

// What a host function sees as its caller follows the calls, there and back.
TEST_F(Calls, tell_each_host_function_its_own_caller) {
    std::vector<std::string> seen;
    std::optional<Instance> a, b;
    const auto note = [&](const Caller& caller, const char* who) {
        const Result<Instance> instance = caller.instance();
        seen.push_back(std::string(who) + (!instance        ? ": none"
                                           : *instance == a ? ": a"
                                           : *instance == b ? ": b"
                                                            : ": ?"));
    };
    const Func inner = Func::wrap(store, [&](Caller& caller) { note(caller, "inner"); }).value();
    ASSERT_TRUE(linker.define("env", "inner", inner));
    ASSERT_TRUE(linker.func("env", "outer", [&](Caller& caller) {
        note(caller, "outer");
        EXPECT_TRUE(inner.typed<void()>(store).value()(store));
        note(caller, "outer");
        EXPECT_TRUE(get<void()>(*b, "inner")(store));
        note(caller, "outer");
        EXPECT_FALSE(get<void()>(*b, "fail")(store));
        note(caller, "outer");
    }));
    const std::string_view text = R"((module
        (import "env" "inner" (func $inner)) (import "env" "outer" (func $outer))
        (func (export "inner") (call $inner)) (func (export "outer") (call $outer) (call $inner))
        (func (export "fail") (call $inner) (unreachable))))";
    a = make(text);
    b = make(text);
    ASSERT_TRUE(get<void()>(*a, "outer")(store));
    ASSERT_TRUE(inner.typed<void()>(store).value()(store));
    EXPECT_EQ(seen, (std::vector<std::string>{"outer: a", "inner: none", "outer: a", "inner: b",
                                              "outer: a", "inner: b", "outer: a", "inner: a",
                                              "inner: none"}));
}

// Addresses are used as whole words: what an embedder puts above an i32 must not get there.
TEST_F(Calls, drop_bits_above_narrow_values) {
    const Instance i = make(R"((module (memory 1) (data (i32.const 8) "\2a")
        (global $g (export "g") (mut i32) (i32.const 0))
        (func (export "f") (param i32) (result i32) (i32.load8_u offset=7 (local.get 0)))
        (func (export "h") (result i32) (i32.load8_u offset=7 (global.get $g)))))");
    const Val wide = Val::from_bits(ValType::i32, ~std::uint64_t{0} << 32 | 1);
    EXPECT_EQ(wide.bits(), 1u);
    Val out;
    ASSERT_TRUE(i.func(store, "f").value().call(store, std::span(&wide, 1), std::span(&out, 1)));
    EXPECT_EQ(out.i32(), 42);
    ASSERT_TRUE(i.global(store, "g").value().set(store, wide));
    EXPECT_EQ(get<int32_t()>(i, "h")(store).value(), 42);
}

TEST_F(Calls, let_host_functions_see_their_caller) {
    std::optional<Instance> caller_instance;
    ASSERT_TRUE(linker.func("env", "read", [&](Caller& caller, uint32_t at) -> Result<int32_t> {
        Result<Instance> instance = caller.instance();
        if (!instance) return std::move(instance).error();
        caller_instance = *instance;
        const std::span<std::byte> memory = caller.memory();
        if (at >= memory.size()) return Error::from_trap(TrapCode::out_of_bounds_memory_access);
        return int32_t{std::to_integer<int32_t>(memory[at])};
    }));
    const std::string_view text = R"((module
        (import "env" "read" (func $read (param i32) (result i32)))
        (memory 1) (data (i32.const 3) "!")
        (func (export "f") (param i32) (result i32) (call $read (local.get 0)))))";
    const Instance a = make(text);
    const Instance b = make(text);
    EXPECT_EQ(get<int32_t(int32_t)>(a, "f")(store, 3).value(), '!');
    EXPECT_EQ(caller_instance, a);
    EXPECT_EQ(get<int32_t(int32_t)>(b, "f")(store, 0).value(), 0);
    EXPECT_EQ(caller_instance, b);
    EXPECT_EQ(trap_of(get<int32_t(int32_t)>(b, "f")(store, 65536)),
              TrapCode::out_of_bounds_memory_access);
}

TEST_F(Calls, show_the_memory_that_is_exported_as_memory) {
    ASSERT_TRUE(linker.func("env", "size", [](Caller& caller) {
        return static_cast<uint64_t>(caller.memory().size());
    }));
    const auto size = [&](std::string_view memories) {
        const Instance i =
            make(std::string("(module (import \"env\" \"size\" (func $s (result "
                             "i64)))") +
                 std::string(memories) + "(func (export \"f\") (result i64) (call $s)))");
        return get<uint64_t()>(i, "f")(store).value() / 65536;
    };
    EXPECT_EQ(size(""), 0u);
    EXPECT_EQ(size("(memory 2)"), 2u);
    EXPECT_EQ(size("(memory 2) (memory (export \"memory\") 3)"), 3u);
    EXPECT_EQ(size("(memory 2) (memory (export \"other\") 3)"), 2u);
}

TEST_F(Calls, nest_through_host_functions) {
    std::optional<Instance> self;
    ASSERT_TRUE(linker.func("env", "down", [&](Caller& caller, int32_t n) -> Result<int32_t> {
        return self->func<int32_t(int32_t)>(caller.store(), "f").value()(caller.store(), n);
    }));
    self = make(R"((module
        (import "env" "down" (func $down (param i32) (result i32)))
        (func (export "f") (param i32) (result i32)
            (if (result i32) (i32.eqz (local.get 0))
                (then (i32.const 0))
                (else (i32.add (local.get 0)
                    (call $down (i32.sub (local.get 0) (i32.const 1)))))))))");
    const auto f = get<int32_t(int32_t)>(*self, "f");
    EXPECT_EQ(f(store, 10).value(), 55);
    Result<int32_t> end = f(store, 100'000);
    ASSERT_FALSE(end);
    EXPECT_EQ(trap_of(end), TrapCode::call_stack_exhausted);
    EXPECT_EQ(f(store, 10).value(), 55);
}

TEST_F(Calls, carry_exceptions_of_host_functions_through_the_guest) {
    ASSERT_TRUE(linker.func("env", "fail", [] { throw std::range_error("deep"); }));
    const Instance i = make(R"((module (import "env" "fail" (func $fail))
        (func $a (call $fail)) (func (export "f") (call $a))))");
    const auto f = get<void()>(i, "f");
    Result<void> end = f(store);
    ASSERT_FALSE(end);
    EXPECT_EQ(kind_of(end), ErrorKind::host);
    EXPECT_EQ(end.error().backtrace().size(), 2u);
    EXPECT_THROW(end.value(), std::range_error);
    EXPECT_THROW(f(store).value(), std::range_error);
}

TEST_F(Calls, carry_exit_through_nested_calls) {
    std::optional<TypedFunc<void()>> inner;
    ASSERT_TRUE(linker.func("env", "exit", []() -> Result<void> { return Error::from_exit(7); }));
    ASSERT_TRUE(linker.func(
        "env", "nest", [&](Caller& caller) -> Result<void> { return (*inner)(caller.store()); }));
    const Instance i = make(R"((module
        (import "env" "exit" (func $exit)) (import "env" "nest" (func $nest))
        (func (export "inner") (call $exit)) (func (export "outer") (call $nest))))");
    inner = get<void()>(i, "inner");
    Result<void> end = get<void()>(i, "outer")(store);
    ASSERT_FALSE(end);
    EXPECT_EQ(kind_of(end), ErrorKind::exit);
    EXPECT_EQ(end.error().exit_code(), 7u);
}

TEST_F(Calls, see_memory_that_a_host_function_has_grown) {
    const auto grow = [](Caller& caller) -> Result<void> {
        Result<Memory> memory = caller.instance().value().memory(caller.store(), "m");
        if (!memory) return std::move(memory).error();
        // Far enough to move it.
        if (Result<uint64_t> done = memory->grow(caller.store(), 400); !done) {
            return std::move(done).error();
        }
        return memory->write(caller.store(), 400 * 65536, int32_t{77});
    };
    ASSERT_TRUE(linker.func("env", "grow", grow));
    const Instance i = make(R"((module (import "env" "grow" (func $grow))
        (memory (export "m") 1)
        (func (export "f") (result i32 i32 i32)
            (i32.store (i32.const 0) (i32.const 5))
            (call $grow)
            (memory.size) (i32.load (i32.const 0)) (i32.load (i32.const 26214400)))))");
    const auto [size, old, fresh] =
        get<std::tuple<int32_t, int32_t, int32_t>()>(i, "f")(store).value();
    EXPECT_EQ(size, 401);
    EXPECT_EQ(old, 5);
    EXPECT_EQ(fresh, 77);
}

TEST_F(Calls, see_functions_that_a_host_function_has_made) {
    std::optional<Table> table;
    ASSERT_TRUE(linker.func("env", "make", [&](Caller& caller) -> Result<void> {
        // Enough of them to move the store's function array.
        for (int32_t k = 0; k < 5000; ++k) {
            Result<Func> f = Func::wrap(caller.store(), [k] { return k; });
            if (!f) return std::move(f).error();
            if (k == 4999) return table->set(caller.store(), 0, f->to_ref(caller.store()).value());
        }
        return {};
    }));
    const Instance i = make(R"((module (import "env" "make" (func $make))
        (table (export "t") 1 funcref)
        (type $r (func (result i32)))
        (func $one (result i32) (i32.const 1))
        (func (export "f") (result i32)
            (call $make)
            (i32.add (call $one) (call_indirect (type $r) (i32.const 0))))))");
    table = i.table(store, "t").value();
    EXPECT_EQ(get<int32_t()>(i, "f")(store).value(), 5000);
}

TEST_F(Calls, reach_instances_made_while_the_guest_runs) {
    const Module inner = compile_wat(engine, R"((module (memory 3)
        (func (export "g") (result i32) (memory.size))))");
    ASSERT_TRUE(linker.func("env", "load", [&](Caller& caller) -> Result<int32_t> {
        Result<Instance> i = Linker(caller.store()).instantiate(inner);
        if (!i) return std::move(i).error();
        return i->func<int32_t()>(caller.store(), "g").value()(caller.store());
    }));
    const Instance i = make(R"((module (import "env" "load" (func $load (result i32)))
        (memory 1)
        (func (export "f") (result i32 i32) (call $load) (memory.size))))");
    EXPECT_EQ((get<std::tuple<int32_t, int32_t>()>(i, "f")(store).value()),
              (std::tuple<int32_t, int32_t>{3, 1}));
}

TEST_F(Calls, cross_instances_and_stay_in_the_right_one) {
    const Instance a = make(R"((module
        (memory 1) (global $g (mut i32) (i32.const 1))
        (func (export "set") (param i32) (i32.store (i32.const 0) (local.get 0))
            (global.set $g (local.get 0)))
        (func (export "get") (result i32) (i32.add (i32.load (i32.const 0)) (global.get $g)))))");
    ASSERT_TRUE(linker.define_instance("a", a));
    const Instance b = make(R"((module
        (import "a" "set" (func $set (param i32))) (import "a" "get" (func $get (result i32)))
        (memory 2) (global $g (mut i32) (i32.const 100))
        (func (export "f") (result i32 i32 i32 i32)
            (i32.store (i32.const 0) (i32.const 50))
            (call $set (i32.const 7))
            (call $get) (i32.load (i32.const 0)) (global.get $g) (memory.size))))");
    EXPECT_EQ((get<std::tuple<int32_t, int32_t, int32_t, int32_t>()>(b, "f")(store).value()),
              (std::tuple<int32_t, int32_t, int32_t, int32_t>{14, 50, 100, 2}));
}

TEST_F(Calls, run_the_start_function_and_pass_its_trap_on) {
    const Instance i = make(R"((module (global $g (export "g") (mut i32) (i32.const 0))
        (func $s (global.set $g (i32.const 9))) (start $s)))");
    EXPECT_EQ(i.global(store, "g")->get(store)->i32(), 9);
    Result<Instance> end =
        linker.instantiate(compile_wat(engine, "(module (func $s (unreachable)) (start $s))"));
    ASSERT_FALSE(end);
    EXPECT_EQ(trap_of(end), TrapCode::unreachable);
    EXPECT_EQ(end.error().backtrace().size(), 1u);
}

TEST_F(Calls, reach_functions_of_an_instance_whose_start_trapped) {
    const Instance home = make(R"((module (table (export "t") 1 funcref)
        (type $r (func (result i32)))
        (func (export "f") (result i32) (call_indirect (type $r) (i32.const 0)))))");
    ASSERT_TRUE(linker.define_instance("home", home));
    ASSERT_FALSE(linker.instantiate(compile_wat(engine, R"((module
        (import "home" "t" (table 1 funcref))
        (memory 1) (data (i32.const 0) "\2a")
        (func $g (result i32) (i32.load (i32.const 0)))
        (elem (i32.const 0) $g)
        (func $s (unreachable)) (start $s)))")));
    EXPECT_EQ(get<int32_t()>(home, "f")(store).value(), 42);
}

TEST_F(Calls, end_with_an_uncaught_exception) {
    const Instance i = make(R"((module (tag $e (param i32))
        (func (export "f") (throw $e (i32.const 1)))))");
    EXPECT_EQ(kind_of(get<void()>(i, "f")(store)), ErrorKind::exception);
    EXPECT_EQ(message_of(get<void()>(i, "f")(store)), "uncaught exception");
}

TEST_F(Calls, of_a_host_function_that_is_exported_again_work_directly) {
    ASSERT_TRUE(linker.func("env", "f", [](int32_t v) { return v * 3; }));
    const Instance i = make(R"((module (import "env" "f" (func $f (param i32) (result i32)))
        (export "f" (func $f)) (func (export "g") (param i32) (result i32)
            (return_call $f (local.get 0)))))");
    EXPECT_EQ(get<int32_t(int32_t)>(i, "f")(store, 5).value(), 15);
    EXPECT_EQ(get<int32_t(int32_t)>(i, "g")(store, 6).value(), 18);
}

}  // namespace
}  // namespace wasmi
