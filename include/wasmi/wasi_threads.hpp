// Programs with threads under WASI: the proposal wasi-threads.
//
//     if (wasmi::WasiThreads::wanted_by(module)) {
//         auto threads = wasmi::WasiThreads::create(linker, module, config);  // not add_wasi
//         auto instance = threads->instantiate(linker);
//         auto start = instance->func<void()>(store, "_start");
//         auto end = threads->finish((*start)(store));  // ends all threads
//     }
//
// Each thread of the guest is a thread of the host with a Store of its own, a new instance of the
// module, the same shared memories and the same files. If one calls proc_exit or traps, the program
// ends: calls of the others end where they are, also in waits for memory, clocks and files.
// Thread rule: an object belongs to the thread of the main store.
// Spec: wasi-threads (github.com/WebAssembly/wasi-threads).
#pragma once

#include <wasmi/wasi.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace wasmi {

struct WasiThreadOptions {
    std::uint32_t max_threads = 256;  ///< that live at a time, besides the main one
    /// Of the store of each thread. Every store counts the shared memories.
    StoreLimits limits;
    /// Defines what the module imports besides WASI and shared memories. Called for the linker of
    /// each new thread, on that thread.
    std::function<Result<void>(Linker&)> define;
};

class WASMI_EXPORT WasiThreads {
  public:
    /// Whether a module imports thread-spawn or a shared memory.
    [[nodiscard]] static bool wanted_by(const Module& module);
    /// Defines the functions of WASI and `wasi` `thread-spawn`. Fuel of the main store is dealt
    /// out: a new thread gets half of what its parent has left. Errors: io, limit.
    [[nodiscard]] static Result<WasiThreads> create(Linker& linker, const Module& module,
                                                    const WasiConfig& config,
                                                    WasiThreadOptions options = {});
    /// Instantiates the module for the main thread. Shared memories that it imports and that the
    /// linker does not have are made.
    [[nodiscard]] Result<Instance> instantiate(Linker& linker);
    /// To be called at the end of the main thread, with its outcome: ends all threads and waits for
    /// them. The outcome of the program: of the thread that ended it first.
    [[nodiscard]] Result<void> finish(Result<void> main);

    ~WasiThreads();  ///< as if by finish()
    WasiThreads(WasiThreads&&) noexcept;
    WasiThreads& operator=(WasiThreads&&) noexcept;

  private:
    class Program;
    explicit WasiThreads(std::shared_ptr<Program> program);
    std::shared_ptr<Program> program_;
};

}  // namespace wasmi
