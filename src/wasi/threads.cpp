// wasi-threads: the threads of a guest as threads of the host.
// Spec: wasi-threads.
#include "wasi/abi/call.hpp"

#include <wasmi/wasi_threads.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace wasmi {

namespace {

constexpr std::string_view kModule = "wasi";
constexpr std::string_view kSpawn = "thread-spawn";
constexpr const char* kEntry = "wasi_thread_start";
/// Thread ids have 29 bits: musl keeps flags beside them.
constexpr std::int32_t kMaxId = 0x1FFF'FFFF;
/// What thread-spawn returns if there is no thread: wasi errno "again", negative.
constexpr std::int32_t kNoThread = -6;
/// Interrupts hit running calls only; a thread that is just starting one is asked again.
constexpr std::chrono::milliseconds kAgain{10};

struct SharedImport {
    std::string module;
    std::string name;
    SharedMemory memory;
};

}  // namespace

class WasiThreads::Program : public std::enable_shared_from_this<Program> {
  public:
    Program(const Module& module, std::shared_ptr<wasi::Env> env, WasiThreadOptions options)
        : module_(module), env_(std::move(env)), options_(std::move(options)) {}

    Result<void> prepare(Linker& linker);
    Result<Instance> instantiate(Linker& linker);
    std::int32_t spawn(Store& parent, std::int32_t argument);
    Result<void> finish(Result<void> main);

  private:
    struct Thread {
        wasi::host::Thread host;
        std::optional<InterruptHandle> interrupt;
        bool is_over = false;
    };

    Result<void> define(Linker& linker);
    void run(Thread& thread, Store store, std::int32_t id, std::int32_t argument);
    Result<void> call_entry(Store& store, std::int32_t id, std::int32_t argument);
    void end_program(std::unique_lock<std::mutex>& lock, Error end);
    void interrupt_all();
    void reap();

    const Module module_;
    const std::shared_ptr<wasi::Env> env_;
    const WasiThreadOptions options_;
    std::vector<SharedImport> memories_;  // made before the first thread
    std::optional<InterruptHandle> main_;

    std::mutex mutex_;  // of what follows
    std::condition_variable changed_;
    std::map<std::int32_t, Thread> threads_;
    std::int32_t last_id_ = 0;
    std::uint32_t live_ = 0;
    bool is_ending_ = false;
    bool main_is_over_ = false;
    std::optional<Error> end_;  ///< of the thread that ended the program
};

// ---- set-up -------------------------------------------------------------------------------------

Result<void> WasiThreads::Program::prepare(Linker& linker) {
    if (env_->vfs().gate().enable_stop() != wasi::Errno::success) {
        return Error(ErrorKind::io, "no file descriptor left for the threads of the guest");
    }
    main_ = linker.store().interrupt_handle();
    return define(linker);
}

Result<Instance> WasiThreads::Program::instantiate(Linker& linker) {
    for (const ImportType& import : module_.imports()) {
        if (import.type.kind != ExternKind::memory || !import.type.memory.is_shared) continue;
        const Result<Extern> known = linker.get(import.module, import.name);
        const std::optional<Memory> given = known ? known->memory() : std::nullopt;
        // One that the embedder has defined goes to the threads, too.
        Result<SharedMemory> memory =
            given ? given->share(linker.store()) : SharedMemory::create(import.type.memory);
        if (!memory) return std::move(memory).error();
        memories_.push_back({import.module, import.name, *std::move(memory)});
    }
    if (Result<void> done = define(linker); !done) return std::move(done).error();
    return linker.instantiate(module_);
}

Result<void> WasiThreads::Program::define(Linker& linker) {
    if (Result<void> done = wasi::define_functions(linker, env_); !done) return done;
    for (const SharedImport& import : memories_) {
        Result<Memory> memory = Memory::from_shared(linker.store(), import.memory);
        if (!memory) return std::move(memory).error();
        Result<void> done = linker.define(import.module, import.name, *memory);
        if (!done) return done;
    }
    return linker.func(kModule, kSpawn,
                       [self = weak_from_this()](Caller& caller, std::int32_t argument) {
                           const std::shared_ptr<Program> program = self.lock();
                           if (program == nullptr) return kNoThread;
                           return program->spawn(caller.store(), argument);
                       });
}

// ---- the life of a thread -----------------------------------------------------------------------

std::int32_t WasiThreads::Program::spawn(Store& parent, std::int32_t argument) {
    std::unique_lock lock(mutex_);
    reap();
    if (is_ending_ || live_ >= options_.max_threads) return kNoThread;
    do {
        last_id_ = last_id_ < kMaxId ? last_id_ + 1 : 1;
    } while (threads_.count(last_id_) != 0);
    const std::int32_t id = last_id_;

    Store store(module_.engine(), options_.limits);
    store.set_deadline(parent.deadline());
    const std::optional<std::uint64_t> fuel = parent.fuel();
    if (fuel) store.set_fuel(*fuel / 2);
    Thread& thread = threads_[id];
    thread.interrupt = store.interrupt_handle();
    // A function must be copyable, a store is not.
    auto carried = std::make_shared<Store>(std::move(store));
    wasi::Try<wasi::host::Thread> started =
        wasi::host::Thread::start([self = shared_from_this(), &thread, carried, id, argument] {
            self->run(thread, std::move(*carried), id, argument);
        });
    if (!started) {
        threads_.erase(id);
        return kNoThread;
    }
    thread.host = *std::move(started);
    ++live_;
    if (fuel) parent.set_fuel(*fuel - *fuel / 2);
    return id;
}

void WasiThreads::Program::run(Thread& thread, Store store, std::int32_t id,
                               std::int32_t argument) {
    Result<void> end;
    {
        Store own = std::move(store);
        end = call_entry(own, id, argument);
    }
    std::unique_lock lock(mutex_);
    if (!end && !is_ending_) end_program(lock, std::move(end).error());
    thread.is_over = true;
    --live_;
    changed_.notify_all();
}

Result<void> WasiThreads::Program::call_entry(Store& store, std::int32_t id,
                                              std::int32_t argument) {
    Linker linker(store);
    if (options_.define) {
        if (Result<void> done = options_.define(linker); !done) return done;
    }
    if (Result<void> done = define(linker); !done) return done;
    Result<Instance> instance = linker.instantiate(module_);
    if (!instance) return std::move(instance).error();
    Result<TypedFunc<void(std::int32_t, std::int32_t)>> entry =
        instance->func<void(std::int32_t, std::int32_t)>(store, kEntry);
    if (!entry) return std::move(entry).error();
    return (*entry)(store, id, argument);
}

/// Joins the threads that have ended. The lock is held.
void WasiThreads::Program::reap() {
    for (auto it = threads_.begin(); it != threads_.end();) {
        if (it->second.is_over) {
            it->second.host.join();  // it has only to leave its last function
            it = threads_.erase(it);
        } else {
            ++it;
        }
    }
}

// ---- the end ------------------------------------------------------------------------------------

void WasiThreads::Program::interrupt_all() {
    for (auto& [id, thread] : threads_) {
        if (!thread.is_over) thread.interrupt->interrupt();
    }
}

/// On a thread that is not the main one. It stays until that one knows.
void WasiThreads::Program::end_program(std::unique_lock<std::mutex>& lock, Error end) {
    is_ending_ = true;
    end_ = std::move(end);
    env_->vfs().gate().stop();
    while (!main_is_over_) {
        main_->interrupt();
        interrupt_all();
        changed_.wait_for(lock, kAgain);
    }
}

Result<void> WasiThreads::Program::finish(Result<void> main) {
    std::unique_lock lock(mutex_);
    is_ending_ = true;
    main_is_over_ = true;
    changed_.notify_all();
    env_->vfs().gate().stop();
    while (live_ != 0) {
        interrupt_all();
        changed_.wait_for(lock, kAgain);
    }
    reap();
    if (end_) return *end_;
    return main;
}

// ---- WasiThreads --------------------------------------------------------------------------------

bool WasiThreads::wanted_by(const Module& module) {
    for (const ImportType& import : module.imports()) {
        if (import.module == kModule && import.name == kSpawn) return true;
        if (import.type.kind == ExternKind::memory && import.type.memory.is_shared) return true;
    }
    return false;
}

Result<WasiThreads> WasiThreads::create(Linker& linker, const Module& module,
                                        const WasiConfig& config, WasiThreadOptions options) {
    Result<std::shared_ptr<wasi::Env>> env = wasi::Env::create(config);
    if (!env) return std::move(env).error();
    auto program = std::make_shared<Program>(module, *std::move(env), std::move(options));
    if (Result<void> done = program->prepare(linker); !done) return std::move(done).error();
    return WasiThreads(std::move(program));
}

WasiThreads::WasiThreads(std::shared_ptr<Program> program) : program_(std::move(program)) {}
WasiThreads::WasiThreads(WasiThreads&&) noexcept = default;

WasiThreads& WasiThreads::operator=(WasiThreads&& other) noexcept {
    std::swap(program_, other.program_);
    return *this;
}

WasiThreads::~WasiThreads() {
    if (program_ != nullptr) (void)program_->finish({});
}

Result<Instance> WasiThreads::instantiate(Linker& linker) {
    if (program_ == nullptr) return Error(ErrorKind::api_misuse, "the threads were moved from");
    return program_->instantiate(linker);
}

Result<void> WasiThreads::finish(Result<void> main) {
    if (program_ == nullptr) return Error(ErrorKind::api_misuse, "the threads were moved from");
    return program_->finish(std::move(main));
}

}  // namespace wasmi
