// The smallest embedding: load a module, give it a function, call it.
#include <wasmi/wasmi.hpp>

#include <cstdio>

int main() {
    const std::string_view text = R"((module
        (import "env" "print" (func $print (param i32)))
        (func (export "add") (param i32 i32) (result i32)
            (call $print (local.get 0))
            (i32.add (local.get 0) (local.get 1)))))";  // or the bytes of a .wasm file

    wasmi::Engine engine;
    auto module = wasmi::Module::compile(engine, std::as_bytes(std::span(text)));
    if (!module) return std::puts(module.error().to_string().c_str()), 1;

    wasmi::Store store(engine);
    wasmi::Linker linker(store);
    linker.func("env", "print", [](int32_t v) { std::printf("the guest says %d\n", v); }).value();

    auto instance = linker.instantiate(*module);
    if (!instance) return std::puts(instance.error().to_string().c_str()), 1;

    auto add = instance->func<int32_t(int32_t, int32_t)>(store, "add").value();
    wasmi::Result<int32_t> sum = add(store, 2, 3);
    if (!sum) return std::puts(sum.error().to_string().c_str()), 1;
    std::printf("2 + 3 = %d\n", *sum);
}
