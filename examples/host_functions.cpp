// Host functions: the caller's memory, several results, errors, references to host objects, and
// functions whose type is known at run time only.
#include <wasmi/wasmi.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr std::string_view kGuest = R"((module
    (import "host" "log" (func $log (param i32 i32)))
    (import "host" "divide" (func $divide (param i32 i32) (result i32 i32)))
    (import "host" "open" (func $open (result externref)))
    (import "host" "append" (func $append (param externref i32)))
    (import "host" "sum" (func $sum (param i64 i64 i64) (result i64)))
    (memory (export "memory") 1)
    (data (i32.const 16) "hello from the guest")
    (func (export "run") (param $divisor i32) (result i32)
        (local $list externref)
        (call $log (i32.const 16) (i32.const 20))
        (local.set $list (call $open))
        (call $append (local.get $list)
            (i32.wrap_i64 (call $sum (i64.const 1) (i64.const 2) (i64.const 3))))
        (call $divide (i32.const 17) (local.get $divisor))
        (drop)
        (call $append (local.get $list) (i32.const 99)))))";

}  // namespace

int main() {
    wasmi::Engine engine;
    wasmi::Store store(engine);
    wasmi::Linker linker(store);
    std::vector<std::vector<int32_t>> lists;

    // The span ends where the guest's memory ends: check what the guest says against it.
    linker
        .func("host", "log",
              [](wasmi::Caller& caller, uint32_t at, uint32_t size) -> wasmi::Result<void> {
                  const std::span<std::byte> memory = caller.memory();
                  if (at > memory.size() || size > memory.size() - at) {
                      return wasmi::Error::from_trap(wasmi::TrapCode::out_of_bounds_memory_access);
                  }
                  const auto* text = reinterpret_cast<const char*>(memory.data() + at);
                  std::printf("%.*s\n", static_cast<int>(size), text);
                  return {};
              })
        .value();

    // Several results are a tuple; an Error ends the whole call of the guest.
    linker
        .func("host", "divide",
              [](int32_t a, int32_t b) -> wasmi::Result<std::tuple<int32_t, int32_t>> {
                  if (b == 0)
                      return wasmi::Error(wasmi::ErrorKind::host, "the host cannot divide by 0");
                  return std::tuple(a / b, a % b);
              })
        .value();

    // Host objects are numbers that the guest holds as externref and cannot forge.
    linker
        .func("host", "open",
              [&](wasmi::Caller& caller) -> wasmi::Result<wasmi::ExternRef> {
                  lists.emplace_back();
                  wasmi::Result<wasmi::Ref> ref = caller.store().extern_ref(lists.size() - 1);
                  if (!ref) return ref.error();
                  return wasmi::ExternRef{*ref};
              })
        .value();
    linker
        .func("host", "append",
              [&](wasmi::Caller& caller, wasmi::ExternRef list, int32_t v) -> wasmi::Result<void> {
                  const auto object = caller.store().host_object(list.ref);
                  if (!object) return wasmi::Error(wasmi::ErrorKind::host, "not a list");
                  lists[*object].push_back(v);
                  return {};
              })
        .value();

    // A type that the program has only as data.
    const wasmi::FuncType type{std::vector(3, wasmi::ValType::i64), {wasmi::ValType::i64}};
    const auto sum = wasmi::Func::create(
        store, type,
        [](wasmi::Caller&, std::span<const wasmi::Val> args, std::span<wasmi::Val> results) {
            int64_t total = 0;
            for (const wasmi::Val& v : args) total += v.i64();
            results[0] = wasmi::Val(total);
            return wasmi::Result<void>{};
        });
    linker.define("host", "sum", sum.value()).value();

    const auto module = wasmi::Module::compile(engine, std::as_bytes(std::span(kGuest))).value();
    const auto instance = linker.instantiate(module).value();
    const auto run = instance.func<int32_t(int32_t)>(store, "run").value();

    std::printf("17 / 5 = %d\n", run(store, 5).value());
    std::printf("list: %d %d\n", lists[0][0], lists[0][1]);
    const wasmi::Result<int32_t> failed = run(store, 0);
    std::printf("%s\n", failed ? "?" : failed.error().to_string().c_str());
}
