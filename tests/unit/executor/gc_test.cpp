// Structures, arrays and their collection, in every setting of the translator, with a collection at
// every allocation too. Spec: exec/instructions (aggregate and reference instructions).
#include "tests/util/outcome.hpp"
#include "tests/util/tuning_test.hpp"

#include <wasmi/wasmi.hpp>

#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace wasmi {
namespace {

using test::trap_of;

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

struct Gc : test::TuningTest {
    Linker linker{store};

    Instance instantiate(std::string_view text) {
        return linker.instantiate(test::compile_wat(engine, text)).value();
    }
    template <class Signature, class... Args>
    auto call(const Instance& in, std::string_view name, Args... args) {
        return (*in.func<Signature>(store, name))(store, args...);
    }
};

INSTANTIATE_TEST_SUITE_P(Tunings, Gc,
                         testing::Values(Tuning{}, Tuning{false, true, true, 1},
                                         Tuning{true, false, true, 1}, Tuning{true, true, false, 1},
                                         Tuning{false, false, false, 0},
                                         Tuning{true, true, true, 1}, Tuning{true, true, true, 7}));

TEST_P(Gc, fields_of_every_type_keep_their_values) {
    const Instance in = instantiate(R"((module
        (type $s (struct (field (mut i8)) (field (mut i64)) (field (mut i16)) (field (mut f32))
                         (field (mut f64)) (field (mut i32)) (field (mut anyref)) (field (mut i8))
                         (field (mut funcref)) (field (mut externref))))
        (func $f (export "f") (result i32) (i32.const 77))
        (type $ft (func (result i32)))
        (func (export "run") (param $x externref) (result i32)
          (local $s (ref null $s))
          (local.set $s (struct.new $s
            (i32.const 0x1ff) (i64.const -2) (i32.const 0x18000) (f32.const 1.5) (f64.const 2.5)
            (i32.const -7) (ref.i31 (i32.const -3)) (i32.const 0x80) (ref.func $f) (local.get $x)))
          (if (i32.ne (struct.get_s $s 0 (local.get $s)) (i32.const -1)) (then (return (i32.const 1))))
          (if (i32.ne (struct.get_u $s 0 (local.get $s)) (i32.const 255)) (then (return (i32.const 2))))
          (if (i64.ne (struct.get $s 1 (local.get $s)) (i64.const -2)) (then (return (i32.const 3))))
          (if (i32.ne (struct.get_s $s 2 (local.get $s)) (i32.const -32768)) (then (return (i32.const 4))))
          (if (i32.ne (struct.get_u $s 2 (local.get $s)) (i32.const 32768)) (then (return (i32.const 5))))
          (if (f32.ne (struct.get $s 3 (local.get $s)) (f32.const 1.5)) (then (return (i32.const 6))))
          (if (f64.ne (f64.mul (struct.get $s 4 (local.get $s)) (f64.const 2)) (f64.const 5)) (then (return (i32.const 7))))
          (if (i32.ne (struct.get $s 5 (local.get $s)) (i32.const -7)) (then (return (i32.const 8))))
          (if (i32.ne (i31.get_s (ref.cast (ref i31) (struct.get $s 6 (local.get $s)))) (i32.const -3))
            (then (return (i32.const 9))))
          (if (i32.ne (struct.get_s $s 7 (local.get $s)) (i32.const -128)) (then (return (i32.const 10))))
          (if (i32.ne (call_ref $ft (ref.cast (ref $ft) (struct.get $s 8 (local.get $s)))) (i32.const 77))
            (then (return (i32.const 11))))
          (struct.set $s 3 (local.get $s) (f32.add (struct.get $s 3 (local.get $s)) (f32.const 1)))
          (if (f32.ne (struct.get $s 3 (local.get $s)) (f32.const 2.5)) (then (return (i32.const 12))))
          (struct.set $s 1 (local.get $s) (i64.const 0x123456789abcdef0))
          (if (i64.ne (struct.get $s 1 (local.get $s)) (i64.const 0x123456789abcdef0)) (then (return (i32.const 13))))
          (if (ref.is_null (struct.get $s 9 (local.get $s))) (then (return (i32.const 14))))
          (i32.const 0))
        (elem declare func $f)))");
    const Ref host = store.extern_ref(5).value();
    EXPECT_EQ(*call<std::int32_t(ExternRef)>(in, "run", ExternRef{host}), 0);
}

constexpr std::string_view kLists = R"((module
    (type $node (struct (field $next (mut (ref null $node))) (field $value i32)))
    (type $nodes (array (mut (ref null $node))))
    (global $kept (mut (ref null $node)) (ref.null $node))
    (table $t 4 (ref null $node))
    (func $build (param $n i32) (result (ref null $node))
      (local $head (ref null $node))
      (block $done (loop $l
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $head (struct.new $node (local.get $head) (local.get $n)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $l)))
      (local.get $head))
    (func $sum (param $x (ref null $node)) (result i32)
      (local $s i32)
      (block $done (loop $l
        (br_if $done (ref.is_null (local.get $x)))
        (local.set $s (i32.add (local.get $s) (struct.get $node $value (local.get $x))))
        (local.set $x (struct.get $node $next (local.get $x)))
        (br $l)))
      (local.get $s))
    (func (export "sum") (param $n i32) (result i32) (call $sum (call $build (local.get $n))))
    (func (export "churn") (param $n i32)
      (loop $l
        (drop (call $build (i32.const 10)))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (func (export "keep") (param $n i32)
      (global.set $kept (call $build (local.get $n)))
      (table.set $t (i32.const 2) (call $build (i32.add (local.get $n) (i32.const 1)))))
    (func (export "kept") (result i32)
      (i32.add (i32.mul (i32.const 1000) (call $sum (global.get $kept)))
               (call $sum (table.get $t (i32.const 2)))))
    (func (export "drop")
      (global.set $kept (ref.null $node)) (table.set $t (i32.const 2) (ref.null $node)))
    (func (export "ring")
      (local $x (ref null $node))
      (local.set $x (call $build (i32.const 2)))
      (struct.set $node $next (struct.get $node $next (local.get $x)) (local.get $x)))
    ;; Operands that wait while others are allocated: in locals, accumulators, slots.
    (func (export "operands") (param $n i32) (result i32)
      (local $a (ref null $node)) (local $all (ref null $nodes))
      (local.set $a (call $build (local.get $n)))
      (local.set $all (array.new_fixed $nodes 3
        (struct.get $node $next (local.get $a))
        (struct.new $node (struct.get $node $next (local.get $a)) (i32.const 100))
        (struct.new $node (struct.new $node (ref.null $node) (i32.const 5)) (i32.const 200))))
      (local.set $a (ref.null $node))
      (drop (array.new_default $nodes (i32.const 100)))
      (i32.add (call $sum (array.get $nodes (local.get $all) (i32.const 0)))
        (i32.add (call $sum (array.get $nodes (local.get $all) (i32.const 1)))
                 (call $sum (array.get $nodes (local.get $all) (i32.const 2))))))
    (func (export "leave") (param $n i32) (result externref)
      (extern.convert_any (call $build (local.get $n))))
    (func (export "enter") (param $x externref) (result i32)
      (call $sum (ref.cast (ref null $node) (any.convert_extern (local.get $x)))))
    (func (export "grow") (result i32)
      (loop $l
        (global.set $kept (struct.new $node (global.get $kept) (i32.const 1)))
        (br $l))
      (unreachable))))";

TEST_P(Gc, what_is_reachable_survives) {
    const Instance in = instantiate(kLists);
    EXPECT_EQ(*call<std::int32_t(std::int32_t)>(in, "sum", 500), 125'250);
    EXPECT_EQ(*call<std::int32_t(std::int32_t)>(in, "operands", 10), 54 + 154 + 205);
    ASSERT_TRUE(call<void(std::int32_t)>(in, "keep", 10));
    ASSERT_TRUE(call<void(std::int32_t)>(in, "churn", 2000));
    EXPECT_EQ(*call<std::int32_t()>(in, "kept"), 55'066);
}

TEST_P(Gc, garbage_takes_little_room) {
    const Instance in = instantiate(kLists);
    // Together a million objects; with a collection at each, as many as it takes to see a leak.
    const std::int32_t rounds = GetParam().gc_stress == 1 ? 1000 : 10'000;
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(call<void(std::int32_t)>(in, "churn", rounds));
        ASSERT_LT(store.gc_heap_bytes_used(), 10 * kMiB);
    }
}

TEST_P(Gc, what_nothing_refers_to_is_freed) {
    const Instance in = instantiate(kLists);
    ASSERT_TRUE(call<void(std::int32_t)>(in, "keep", 100));
    ASSERT_TRUE(call<void()>(in, "ring"));
    store.collect_garbage();
    EXPECT_GT(store.gc_heap_bytes_used(), 0u);
    EXPECT_EQ(*call<std::int32_t()>(in, "kept"), 5'050'000 + 5151);
    ASSERT_TRUE(call<void()>(in, "drop"));
    store.collect_garbage();
    EXPECT_EQ(store.gc_heap_bytes_used(), 0u);
}

TEST_P(Gc, references_of_the_host_live_as_long_as_their_scope) {
    const Instance in = instantiate(kLists);
    const ExternRef kept = *call<ExternRef(std::int32_t)>(in, "leave", 4);
    {
        const RefScope scope(store);
        const ExternRef inner = *call<ExternRef(std::int32_t)>(in, "leave", 5);
        ASSERT_TRUE(call<void(std::int32_t)>(in, "churn", 100));
        store.collect_garbage();
        EXPECT_EQ(*call<std::int32_t(ExternRef)>(in, "enter", inner), 15);
        Val result;
        const Val arg(std::int32_t{3});
        ASSERT_TRUE(in.func(store, "leave")->call(store, {&arg, 1}, {&result, 1}));
        store.collect_garbage();
        EXPECT_EQ(*call<std::int32_t(ExternRef)>(in, "enter", ExternRef{result.ref()}), 6);
        EXPECT_TRUE(store.ref_type(Val(ValType::anyref, inner.ref))->is_concrete());
    }
    ASSERT_TRUE(call<void(std::int32_t)>(in, "churn", 100));
    store.collect_garbage();
    EXPECT_EQ(*call<std::int32_t(ExternRef)>(in, "enter", kept), 10);
}

TEST_P(Gc, arguments_of_a_host_function_live_while_it_runs) {
    Instance guest;
    ASSERT_TRUE(linker.func("host", "f", [&](Caller& caller, ExternRef x) -> std::int32_t {
        Store& s = caller.store();
        const ExternRef other =
            *(*guest.func<ExternRef(std::int32_t)>(s, "leave"))(s, std::int32_t{7});
        (void)(*guest.func<void(std::int32_t)>(s, "churn"))(s, 50);
        s.collect_garbage();
        const auto enter = *guest.func<std::int32_t(ExternRef)>(s, "enter");
        return *enter(s, x) * 100 + *enter(s, other);
    }));
    guest = instantiate(kLists);
    const Instance in = instantiate(R"((module
        (func $f (import "host" "f") (param externref) (result i32))
        (type $node (struct (field $next (mut (ref null $node))) (field $value i32)))
        (func (export "run") (result i32)
          (call $f (extern.convert_any
            (struct.new $node (struct.new $node (ref.null $node) (i32.const 2)) (i32.const 1)))))))");
    EXPECT_EQ(*call<std::int32_t()>(in, "run"), 328);
    // What the function got went with it; its argument may still be in the dead part of the stack.
    store.collect_garbage();
    EXPECT_EQ(store.gc_heap_bytes_used(), 0u);
}

TEST_P(Gc, exceptions_and_objects_keep_each_other) {
    const Instance in = instantiate(R"((module
        (type $box (struct (field (mut exnref)) (field i32)))
        (tag $e (param (ref null $box)))
        (func $catch (param $x (ref null $box)) (result exnref)
          (drop (block $h (result (ref null $box) exnref)
            (try_table (catch_ref $e $h) (throw $e (local.get $x)))
            (unreachable))
          (return)) (unreachable))
        (func $value (param $x exnref) (result i32)
          (struct.get $box 1 (block $h (result (ref null $box))
            (try_table (catch $e $h) (throw_ref (local.get $x)))
            (unreachable))))
        (func $next (param $x exnref) (result exnref)
          (struct.get $box 0 (block $h (result (ref null $box))
            (try_table (catch $e $h) (throw_ref (local.get $x)))
            (unreachable))))
        (func (export "run") (param $n i32) (result i32)
          (local $x exnref) (local $i i32) (local $sum i32)
          (loop $l
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (local.set $x (call $catch (struct.new $box (local.get $x) (local.get $i))))
            (drop (call $catch (struct.new $box (ref.null exn) (local.get $i))))
            (br_if $l (i32.lt_u (local.get $i) (local.get $n))))
          (loop $l
            (local.set $sum (i32.add (local.get $sum) (call $value (local.get $x))))
            (local.set $x (call $next (local.get $x)))
            (br_if $l (i32.eqz (ref.is_null (local.get $x)))))
          (local.get $sum))))");
    const std::int32_t n = GetParam().gc_stress == 1 ? 100 : 3000;
    EXPECT_EQ(*call<std::int32_t(std::int32_t)>(in, "run", n), n * (n + 1) / 2);
}

TEST_P(Gc, constants_of_a_module_survive_its_instantiation) {
    const Instance in = instantiate(R"((module
        (type $leaf (struct (field i32) (field f64) (field i8)))
        (type $pair (struct (field (ref $leaf)) (field (ref $leaf))))
        (type $bytes (array i8)) (type $pairs (array (ref null $pair)))
        (global $a (ref $leaf) (struct.new $leaf (i32.const 1) (f64.const 0.5) (i32.const 255)))
        (global $p (ref $pair) (struct.new $pair (global.get $a)
          (struct.new $leaf (i32.const 2) (f64.const 0.25) (i32.const 3))))
        (global $b (ref $bytes) (array.new $bytes (i32.const 0x1ab) (i32.const 1000)))
        (global $z (ref $bytes) (array.new_default $bytes (i32.const 0)))
        (global $f (ref $pairs) (array.new_fixed $pairs 3
          (ref.null $pair) (struct.new $pair (global.get $a) (global.get $a)) (global.get $p)))
        (table $t 3 (ref $pair)
          (struct.new $pair (struct.new $leaf (i32.const 1) (f64.const 1) (i32.const 1))
                            (struct.new_default $leaf)))
        (elem $e (ref $pair) (item (struct.new $pair (global.get $a) (global.get $a)))
                             (item (global.get $p)))
        (func $sum (param $p (ref null $pair)) (result i32)
          (i32.add (struct.get $leaf 0 (struct.get $pair 0 (local.get $p)))
                   (struct.get $leaf 0 (struct.get $pair 1 (local.get $p)))))
        (func (export "run") (result i32)
          (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 2))
          (i32.add (call $sum (table.get $t (i32.const 0)))            ;; 2
          (i32.add (call $sum (table.get $t (i32.const 1)))            ;; 3
          (i32.add (call $sum (table.get $t (i32.const 2)))            ;; 1
          (i32.add (call $sum (array.get $pairs (global.get $f) (i32.const 2)))  ;; 3
          (i32.add (array.get_u $bytes (global.get $b) (i32.const 999))          ;; 171
                   (struct.get_u $leaf 2 (global.get $a))))))))))");  // 255
    EXPECT_EQ(*call<std::int32_t()>(in, "run"), 2 + 3 + 1 + 3 + 171 + 255);
}

TEST_P(Gc, the_limit_ends_in_a_trap) {
    StoreLimits limits;
    limits.gc_heap_bytes = kMiB / 4;
    store = Store(engine, limits);
    Linker small(store);
    const Instance in = small.instantiate(test::compile_wat(engine, kLists)).value();
    if (GetParam().gc_stress != 1) {
        EXPECT_EQ(trap_of(call<std::int32_t()>(in, "grow")), TrapCode::heap_exhausted);
    }
    EXPECT_LE(store.gc_heap_bytes_used(), kMiB / 4);
    ASSERT_TRUE(call<void()>(in, "drop"));
    EXPECT_EQ(*call<std::int32_t(std::int32_t)>(in, "sum", 100), 5050);
}

TEST_P(Gc, arrays_that_no_heap_holds_trap) {
    const Instance in = instantiate(R"((module
        (type $l (array (mut i64))) (type $b (array (mut i8))) (type $r (array (mut anyref)))
        (global $kept (mut anyref) (ref.null any))
        (func (export "new") (param i32) (global.set $kept (array.new $l (i64.const 1) (local.get 0))))
        (func (export "bytes") (param i32) (global.set $kept (array.new_default $b (local.get 0))))
        (func (export "refs") (param i32) (global.set $kept (array.new_default $r (local.get 0))))))");
    for (const char* name : {"new", "bytes", "refs"}) {
        for (const std::int32_t n : {-1, std::numeric_limits<std::int32_t>::min()}) {
            EXPECT_EQ(trap_of(call<void(std::int32_t)>(in, name, n)), TrapCode::heap_exhausted);
        }
        EXPECT_TRUE(call<void(std::int32_t)>(in, name, 1'000'000));
    }
    EXPECT_TRUE(linker
                    .instantiate(test::compile_wat(engine, R"((module (type $a (array i64))
        (global (ref $a) (array.new_default $a (i32.const 10)))))"))
                    .has_value());
    EXPECT_EQ(trap_of(linker.instantiate(test::compile_wat(engine, R"((module (type $a (array i64))
        (global (ref $a) (array.new_default $a (i32.const -1)))))"))),
              TrapCode::heap_exhausted);
}

TEST_P(Gc, casts_branch_with_the_values_below) {
    const Instance in = instantiate(R"((module
        (type $a (sub (struct (field i32))))
        (type $b (sub $a (struct (field i32) (field i32))))
        (type $c (sub final $b (struct (field i32) (field i32))))
        (type $arr (array i8))
        (func $make (param $k i32) (result anyref)
          (if (i32.eq (local.get $k) (i32.const 0)) (then (return (ref.null any))))
          (if (i32.eq (local.get $k) (i32.const 1)) (then (return (ref.i31 (i32.const 9)))))
          (if (i32.eq (local.get $k) (i32.const 2)) (then (return (struct.new $a (i32.const 10)))))
          (if (i32.eq (local.get $k) (i32.const 3))
            (then (return (struct.new $b (i32.const 20) (i32.const 1)))))
          (if (i32.eq (local.get $k) (i32.const 4))
            (then (return (struct.new $c (i32.const 30) (i32.const 2)))))
          (array.new_default $arr (i32.const 40)))
        ;; Values below the reference: a constant, a local, one computed just before.
        (func (export "on_cast") (param $k i32) (param $x i32) (result i32)
          (local $r (ref null any))
          (local.set $r (call $make (local.get $k)))
          (block $is (result i32 i32 (ref $b))
            (i32.const 1000) (i32.mul (local.get $x) (i32.const 3))
            (br_on_cast $is anyref (ref $b) (local.get $r))
            (drop) (i32.add) (return))
          (struct.get $b 0) (i32.add) (i32.add))
        (func (export "on_fail") (param $k i32) (param $x i32) (result i32)
          (block $not (result i32 anyref)
            (i32.mul (local.get $x) (i32.const 5))
            (call $make (local.get $k))
            (br_on_cast_fail $not anyref (ref null $a))
            (if (result i32) (ref.is_null) (then (i32.const 7)) (else (i32.const 8)))
            (i32.add) (return))
          (ref.test (ref array)) (i32.add))
        (func (export "kinds") (param $k i32) (result i32)
          (local $r anyref)
          (local.set $r (call $make (local.get $k)))
          (i32.or (i32.shl (ref.test (ref null none) (local.get $r)) (i32.const 0))
          (i32.or (i32.shl (ref.test (ref i31) (local.get $r)) (i32.const 1))
          (i32.or (i32.shl (ref.test (ref struct) (local.get $r)) (i32.const 2))
          (i32.or (i32.shl (ref.test (ref array) (local.get $r)) (i32.const 3))
          (i32.or (i32.shl (ref.test (ref eq) (local.get $r)) (i32.const 4))
          (i32.or (i32.shl (ref.test (ref null $c) (local.get $r)) (i32.const 5))
                  (i32.shl (ref.test (ref any) (local.get $r)) (i32.const 6)))))))))
        (func (export "cast") (param $k i32) (result i32)
          (struct.get $b 0 (ref.cast (ref null $b) (call $make (local.get $k)))))))");
    const auto two = [&](std::string_view name, std::int32_t k) {
        return *call<std::int32_t(std::int32_t, std::int32_t)>(in, name, k, std::int32_t{7});
    };
    const std::int32_t on_cast[] = {1021, 1021, 1021, 1041, 1051, 1021};
    const std::int32_t on_fail[] = {42, 35, 43, 43, 43, 36};
    const std::int32_t kinds[] = {0x21, 0x52, 0x54, 0x54, 0x74, 0x58};
    for (std::int32_t k = 0; k < 6; ++k) {
        EXPECT_EQ(two("on_cast", k), on_cast[k]) << k;
        EXPECT_EQ(two("on_fail", k), on_fail[k]) << k;
        EXPECT_EQ(*call<std::int32_t(std::int32_t)>(in, "kinds", k), kinds[k]) << k;
    }
    EXPECT_EQ(trap_of(call<std::int32_t(std::int32_t)>(in, "cast", 0)),
              TrapCode::null_structure_reference);
    EXPECT_EQ(trap_of(call<std::int32_t(std::int32_t)>(in, "cast", 1)), TrapCode::cast_failure);
    EXPECT_EQ(trap_of(call<std::int32_t(std::int32_t)>(in, "cast", 2)), TrapCode::cast_failure);
    EXPECT_EQ(*call<std::int32_t(std::int32_t)>(in, "cast", 3), 20);
    EXPECT_EQ(trap_of(call<std::int32_t(std::int32_t)>(in, "cast", 5)), TrapCode::cast_failure);
}

TEST_P(Gc, casts_see_supertypes_at_any_depth) {
    constexpr int kDepth = 20;
    std::string text = "(module ";
    for (int i = 0; i < kDepth; ++i) {
        const std::string n = std::to_string(i);
        text += "(type $t" + n + " (sub " + (i != 0 ? "$t" + std::to_string(i - 1) : "") +
                " (struct))) ";
        text += "(func (export \"new" + n +
                "\") (result externref) (extern.convert_any (struct.new $t" + n + "))) ";
        text += "(func (export \"is" + n + "\") (param externref) (result i32) (ref.test (ref $t" +
                n + ") (any.convert_extern (local.get 0)))) ";
    }
    const Instance in = instantiate(text + ")");
    for (int made = 0; made < kDepth; ++made) {
        const RefScope scope(store);
        const ExternRef x = *call<ExternRef()>(in, "new" + std::to_string(made));
        for (int i = 0; i < kDepth; ++i) {
            EXPECT_EQ(*call<std::int32_t(ExternRef)>(in, "is" + std::to_string(i), x), made >= i)
                << made << " as " << i;
        }
    }
}

TEST_P(Gc, an_instantiated_host_object_passes_as_any_but_not_as_eq) {
    const Instance in = instantiate(R"((module
        (func (export "kinds") (param $x externref) (result i32)
          (local $a anyref)
          (local.set $a (any.convert_extern (local.get $x)))
          (i32.or (ref.test (ref any) (local.get $a))
          (i32.or (i32.shl (ref.test (ref eq) (local.get $a)) (i32.const 1))
          (i32.or (i32.shl (ref.test (ref struct) (local.get $a)) (i32.const 2))
                  (i32.shl (ref.test (ref i31) (local.get $a)) (i32.const 3))))))))");
    const Ref host = store.extern_ref(5).value();
    EXPECT_EQ(*call<std::int32_t(ExternRef)>(in, "kinds", ExternRef{host}), 1);
}

}  // namespace
}  // namespace wasmi
