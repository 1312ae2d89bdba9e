// Limits: a guest that runs, allocates and recurses without end is stopped each time, and the
// program goes on.
#include <wasmi/wasmi.hpp>

#include <chrono>
#include <cstdio>
#include <thread>

namespace {

constexpr std::string_view kGuest = R"((module
    (memory 1)
    (func (export "spin") (loop (br 0)))
    (func $recurse (export "recurse") (call $recurse))
    (func (export "allocate") (result i32)
        (loop $more
            (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1))
                (then (return (memory.size))))
            (br $more))
        (unreachable))))";

void show(const char* what, const wasmi::Result<void>& end) {
    std::printf("%s: %s\n", what, end ? "done" : end.error().message().c_str());
}

}  // namespace

int main() {
    wasmi::Engine engine;
    const auto module = wasmi::Module::compile(engine, std::as_bytes(std::span(kGuest))).value();
    wasmi::Store store(engine, {.memory_bytes = 10 << 20, .stack_bytes = 64 << 10});
    wasmi::Linker linker(store);
    const auto instance = linker.instantiate(module).value();
    const auto spin = instance.func<void()>(store, "spin").value();
    const auto recurse = instance.func<void()>(store, "recurse").value();
    const auto allocate = instance.func<int32_t()>(store, "allocate").value();

    // Fuel: so many WebAssembly instructions, the same on every machine.
    store.set_fuel(1'000'000);
    show("fuel", spin(store));
    store.set_fuel(std::nullopt);

    // A deadline: wall time.
    store.set_deadline(std::chrono::steady_clock::now() + std::chrono::milliseconds(50));
    show("deadline", spin(store));
    store.set_deadline(std::nullopt);

    // An interrupt from another thread; it hits this call or none.
    const wasmi::InterruptHandle handle = store.interrupt_handle();
    std::thread stopper([handle] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        handle.interrupt();
    });
    show("interrupt", spin(store));
    stopper.join();

    // Depth and memory.
    show("recursion", recurse(store));
    std::printf("memory: %d pages\n", allocate(store).value());
}
