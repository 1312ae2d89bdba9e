// Host functions, called by the host: types, values, errors, exceptions.
// Spec: appendix/embedding (functions).
#include "tests/util/outcome.hpp"

#include <wasmi/wasmi.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

namespace wasmi {
namespace {

using test::kind_of;
using test::message_of;
using test::trap_of;

struct HostFunc : testing::Test {
    Engine engine;
    Store store{engine};

    template <class Signature, class F>
    TypedFunc<Signature> make(F&& f) {
        return Func::wrap(store, std::forward<F>(f))
            .value()
            .template typed<Signature>(store)
            .value();
    }
};

TEST_F(HostFunc, takes_and_returns_every_native_type) {
    EXPECT_EQ(*make<int32_t(int32_t)>([](int32_t v) { return v - 1; })(
                  store, std::numeric_limits<int32_t>::min() + 1),
              std::numeric_limits<int32_t>::min());
    EXPECT_EQ(*make<uint32_t(uint32_t)>([](uint32_t v) { return v + 1; })(store, 0xFFFF'FFFEu),
              0xFFFF'FFFFu);
    EXPECT_EQ(*make<int64_t(int64_t)>([](int64_t v) { return -v; })(store, 1ll << 62),
              -(1ll << 62));
    EXPECT_EQ(*make<uint64_t(uint64_t)>([](uint64_t v) { return v; })(store, ~0ull), ~0ull);
    EXPECT_EQ(*make<float(float)>([](float v) { return v / 2; })(store, 3.0f), 1.5f);
    EXPECT_EQ(*make<double(double)>([](double v) { return v / 2; })(store, 3.0), 1.5);
    EXPECT_EQ(*make<bool(bool)>([](bool v) { return !v; })(store, false), true);
    EXPECT_EQ(*make<V128(V128)>([](V128 v) {
        return V128{v.hi, v.lo};
    })(store, V128{1, 2}),
              (V128{2, 1}));
    const ExternRef object{store.extern_ref(77).value()};
    EXPECT_EQ(*make<ExternRef(ExternRef)>([](ExternRef v) { return v; })(store, object), object);
    const Func f = Func::wrap(store, [] {}).value();
    const FuncRef ref{f.to_ref(store).value().ref()};
    EXPECT_EQ(*make<FuncRef(FuncRef)>([](FuncRef v) { return v; })(store, ref), ref);
    EXPECT_EQ(Func::from_ref(store, ref.ref).value(), f);
}

TEST_F(HostFunc, values_of_two_slots_shift_those_after_them) {
    const auto f = make<std::tuple<int32_t, V128, double>(V128, int32_t, V128, double)>(
        [](V128 a, int32_t b, V128 c, double d) {
            return std::tuple<int32_t, V128, double>{b + 1, V128{a.lo + c.lo, a.hi + c.hi}, d * 2};
        });
    const auto [i, v, d] = *f(store, V128{1, 2}, 10, V128{30, 40}, 0.5);
    EXPECT_EQ(i, 11);
    EXPECT_EQ(v, (V128{31, 42}));
    EXPECT_EQ(d, 1.0);
}

TEST_F(HostFunc, may_be_a_function_pointer_a_mutable_lambda_or_noexcept) {
    EXPECT_EQ(*make<double(double)>(static_cast<double (*)(double)>(&std::sqrt))(store, 9.0), 3.0);
    const auto count = make<int32_t()>([n = 0]() mutable { return ++n; });
    EXPECT_EQ(*count(store), 1);
    EXPECT_EQ(*count(store), 2);
    EXPECT_EQ(*make<int32_t(int32_t)>([](int32_t v) noexcept { return v; })(store, 4), 4);
}

TEST_F(HostFunc, may_return_a_Result) {
    const auto f = make<int32_t(int32_t)>([](int32_t v) -> Result<int32_t> {
        if (v == 0) return Error(ErrorKind::host, "no zero");
        if (v == 1) return Error::from_exit(42);
        return 100 / v;
    });
    EXPECT_EQ(*f(store, 5), 20);
    Result<int32_t> zero = f(store, 0);
    ASSERT_FALSE(zero);
    EXPECT_EQ(kind_of(zero), ErrorKind::host);
    EXPECT_EQ(message_of(zero), "no zero");
    Result<int32_t> one = f(store, 1);
    ASSERT_FALSE(one);
    EXPECT_EQ(kind_of(one), ErrorKind::exit);
    EXPECT_EQ(one.error().exit_code(), 42u);
    EXPECT_EQ(*f(store, 10), 10);  // a failed call leaves nothing behind
    const auto nothing = make<void(bool)>([](bool fail) -> Result<void> {
        if (fail) return Error::from_trap(TrapCode::unreachable);
        return {};
    });
    EXPECT_TRUE(nothing(store, false));
    EXPECT_EQ(trap_of(nothing(store, true)), TrapCode::unreachable);
}

TEST_F(HostFunc, an_exception_arrives_as_the_same_exception) {
    const auto f = make<void()>([] { throw std::out_of_range("lambda"); });
    Result<void> end = f(store);
    ASSERT_FALSE(end);
    EXPECT_EQ(kind_of(end), ErrorKind::host);
    ASSERT_TRUE(end.error().exception());
    EXPECT_THROW(std::rethrow_exception(end.error().exception()), std::out_of_range);
    EXPECT_THROW(end.value(), std::out_of_range);
    const Func dynamic =
        Func::create(store, {}, [](Caller&, std::span<const Val>, std::span<Val>) -> Result<void> {
            throw 7;
        }).value();
    EXPECT_THROW(dynamic.call(store, {}, {}).value(), int);
}

TEST_F(HostFunc, value_throws_the_error_where_there_is_no_exception_to_rethrow) {
    const auto f = make<void()>([]() -> Result<void> { return Error(ErrorKind::host, "words"); });
    try {
        f(store).value();
        FAIL();
    } catch (const Exception& e) {
        EXPECT_EQ(e.error().message(), "words");
        EXPECT_NE(std::string(e.what()).find("words"), std::string::npos);
    }
}

TEST_F(HostFunc, with_dynamic_values_sees_its_arguments_and_typed_zero_results) {
    const FuncType type{{ValType::i32, ValType::v128, ValType::f32},
                        {ValType::f64, ValType::v128, ValType::externref}};
    const Func f =
        Func::create(store, type, [](Caller&, std::span<const Val> in, std::span<Val> out) {
            EXPECT_EQ(in.size(), 3u);
            EXPECT_EQ(in[0].type(), ValType::i32);
            EXPECT_EQ(in[2].f32(), 1.5f);
            EXPECT_EQ(out[0].type(), ValType::f64);
            EXPECT_EQ(out[1].v128(), V128{});
            EXPECT_TRUE(out[2].ref().is_null());
            out[0] = Val(in[0].i32() + 0.5);
            out[1] = in[1];
            return Result<void>{};
        }).value();
    const Val args[] = {Val(7), Val(V128{8, 9}), Val(1.5f)};
    Val results[3];
    ASSERT_TRUE(f.call(store, args, results));
    EXPECT_EQ(results[0].f64(), 7.5);
    EXPECT_EQ(results[1].v128(), (V128{8, 9}));
    EXPECT_EQ(results[2].type(), ValType::externref);
    EXPECT_TRUE(results[2].ref().is_null());
}

TEST_F(HostFunc, with_many_dynamic_values_works_too) {
    const FuncType type{std::vector<ValType>(40, ValType::i64),
                        std::vector<ValType>(40, ValType::i64)};
    const Func f =
        Func::create(store, type, [](Caller&, std::span<const Val> in, std::span<Val> out) {
            for (std::size_t i = 0; i < 40; ++i) out[39 - i] = in[i];
            return Result<void>{};
        }).value();
    std::vector<Val> args;
    for (int64_t i = 0; i < 40; ++i) args.emplace_back(i);
    std::vector<Val> results(40);
    ASSERT_TRUE(f.call(store, args, results));
    for (int64_t i = 0; i < 40; ++i) EXPECT_EQ(results[static_cast<std::size_t>(i)].i64(), 39 - i);
}

TEST_F(HostFunc, that_returns_values_of_wrong_types_fails_the_call) {
    const auto returning = [&](ValType type, Val value) {
        return Func::create(store, {{}, {type}},
                            [value](Caller&, std::span<const Val>, std::span<Val> out) {
                                out[0] = value;
                                return Result<void>{};
                            })
            .value();
    };
    Val result[1];
    const auto kind = [&](const Func& f) { return kind_of(f.call(store, {}, result)); };
    EXPECT_EQ(kind(returning(ValType::i32, Val(1))), std::nullopt);
    EXPECT_EQ(kind(returning(ValType::i32, Val(1.0))), ErrorKind::api_misuse);
    EXPECT_EQ(kind(returning(ValType::funcref, Val(ValType::funcref, Ref{9999}))),
              ErrorKind::api_misuse);
    EXPECT_EQ(kind(returning(ValType::externref, Val(ValType::externref, Ref{9999 << 3 | 2}))),
              ErrorKind::api_misuse);
    // The words of an externref and of a funcref may be equal: the type decides.
    const Ref object = store.extern_ref(5).value();
    EXPECT_EQ(kind(returning(ValType::externref, Val(ValType::externref, object))), std::nullopt);
    EXPECT_EQ(kind(returning(ValType::externref, Val(ValType::funcref, Ref{1}))),
              ErrorKind::api_misuse);
}

TEST_F(HostFunc, that_returns_a_forged_native_reference_fails_the_call) {
    const auto f = make<FuncRef()>([] { return FuncRef{{12345}}; });
    Result<FuncRef> end = f(store);
    ASSERT_FALSE(end);
    EXPECT_EQ(kind_of(end), ErrorKind::api_misuse);
    EXPECT_TRUE(make<FuncRef()>([] { return FuncRef{}; })(store));
    const auto take = make<void(ExternRef)>([](ExternRef) {});
    EXPECT_EQ(kind_of(take(store, ExternRef{{999 << 3 | 2}})), ErrorKind::api_misuse);
}

TEST_F(HostFunc, refuses_arguments_that_do_not_fit) {
    const Func f = Func::wrap(store, [](int32_t) { return int64_t{1}; }).value();
    Val out[2];
    const Val one[] = {Val(1)};
    const Val wrong[] = {Val(1.0f)};
    EXPECT_TRUE(f.call(store, one, std::span(out, 1)));
    EXPECT_EQ(kind_of(f.call(store, {}, std::span(out, 1))), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(f.call(store, one, std::span(out, 2))), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(f.call(store, one, {})), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(f.call(store, wrong, std::span(out, 1))), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(f.typed<void(int32_t)>(store)), ErrorKind::api_misuse);
    EXPECT_EQ(f.typed<int64_t(int32_t)>(store).value()(store, 1).value(), 1);
}

TEST_F(HostFunc, gets_the_store_and_no_instance_when_the_host_calls) {
    Store* seen = nullptr;
    const auto f = make<void()>([&](Caller& caller) {
        seen = &caller.store();
        EXPECT_EQ(kind_of(caller.instance()), ErrorKind::api_misuse);
        EXPECT_TRUE(caller.memory().empty());
    });
    ASSERT_TRUE(f(store));
    EXPECT_EQ(seen, &store);
}

TEST_F(HostFunc, sees_the_store_where_it_has_moved) {
    Store* seen = nullptr;
    const auto f = make<void()>([&](Caller& caller) { seen = &caller.store(); });
    Store second = std::move(store);
    ASSERT_TRUE(f(second));
    EXPECT_EQ(seen, &second);
    EXPECT_EQ(kind_of(f(store)), ErrorKind::api_misuse);
    store = std::move(second);
    ASSERT_TRUE(f(store));
    EXPECT_EQ(seen, &store);
}

TEST_F(HostFunc, may_create_functions_while_it_runs) {
    const auto f = make<int32_t()>([](Caller& caller) {
        int32_t made = 0;
        for (int i = 0; i < 1000; ++i) {
            made += Func::wrap(caller.store(), [i] { return int32_t{i}; }).has_value() ? 1 : 0;
        }
        return made;
    });
    EXPECT_EQ(*f(store), 1000);
    EXPECT_EQ(*f(store), 1000);
}

TEST_F(HostFunc, nests_up_to_the_limit_only) {
    Store shallow(engine, {.host_nesting = 10});
    std::optional<TypedFunc<int32_t(int32_t)>> self;
    const Func f = Func::wrap(shallow, [&](Caller& caller, int32_t depth) -> Result<int32_t> {
                       return (*self)(caller.store(), depth + 1);
                   }).value();
    self = f.typed<int32_t(int32_t)>(shallow).value();
    Result<int32_t> end = (*self)(shallow, 0);
    ASSERT_FALSE(end);
    EXPECT_EQ(trap_of(end), TrapCode::call_stack_exhausted);
}

TEST_F(HostFunc, is_freed_with_its_store) {
    auto witness = std::make_shared<int>(1);
    {
        Store other(engine);
        ASSERT_TRUE(Func::wrap(other, [witness] {}));
        ASSERT_TRUE(
            Func::create(other, {}, [witness](Caller&, auto, auto) -> Result<void> { return {}; }));
        EXPECT_EQ(witness.use_count(), 3);
    }
    EXPECT_EQ(witness.use_count(), 1);
}

TEST_F(HostFunc, refuses_types_the_engine_does_not_know) {
    const auto nothing = [](Caller&, std::span<const Val>, std::span<Val>) {
        return Result<void>{};
    };
    const auto kind = [&](ValType t) { return kind_of(Func::create(store, {{t}, {}}, nothing)); };
    EXPECT_EQ(kind(ValType::ref_to(123456, true)), ErrorKind::api_misuse);
    EXPECT_EQ(kind(ValType::bottom), ErrorKind::api_misuse);
    EXPECT_EQ(kind(ValType::ref(HeapKind::bottom, true)), ErrorKind::api_misuse);
    EXPECT_EQ(kind_of(Func::create(store, {}, nullptr)), ErrorKind::api_misuse);
    const FuncType huge{std::vector<ValType>(1'000'000, ValType::i32), {}};
    EXPECT_EQ(kind_of(Func::create(store, huge, nothing)), ErrorKind::limit);
}

}  // namespace
}  // namespace wasmi
