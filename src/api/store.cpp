// Store, its budgets and references, and InterruptHandle.
// Spec: appendix/embedding (store, references).
#include "api/access.hpp"
#include "core/memory/ref.hpp"

#include <chrono>

namespace wasmi {

using namespace core;
using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

void InterruptHandle::interrupt() const noexcept {
    if (state_ != nullptr) state_->interrupt();
}

void Store::Deleter::operator()(StoreData* data) const noexcept { delete data; }

Store::Store(const Engine& engine, const StoreLimits& limits)
    : engine_(engine), data_(new StoreData(engine.data(), limits)) {
    data_->handle = this;
    data_->caller = std::make_shared<Caller>(*data_);
    data_->ctx.caller = data_->caller.get();
}

Store::~Store() = default;

// The engine stays with the store that was moved from, so that engine() is always valid.
Store::Store(Store&& other) noexcept : engine_(other.engine_), data_(std::move(other.data_)) {
    if (data_ != nullptr) data_->handle = this;
}

Store& Store::operator=(Store&& other) noexcept {
    if (this != &other) {
        engine_ = other.engine_;
        data_ = std::move(other.data_);
        if (data_ != nullptr) data_->handle = this;
    }
    return *this;
}

const StoreLimits& Store::limits() const noexcept {
    static const StoreLimits none{0, 0, 0, 0, 0, 0};
    return data_ != nullptr ? data_->limits : none;
}

void Store::set_fuel(std::optional<std::uint64_t> fuel) noexcept {
    if (data_ != nullptr) core::set_fuel(data_->ctx, fuel);
}

std::optional<std::uint64_t> Store::fuel() const noexcept {
    return data_ != nullptr ? core::fuel(data_->ctx) : std::nullopt;
}

std::uint64_t Store::fuel_consumed() const noexcept {
    return data_ != nullptr ? core::fuel_consumed(data_->ctx) : 0;
}

void Store::set_deadline(std::optional<steady_clock::time_point> deadline) noexcept {
    if (data_ == nullptr) return;
    data_->ctx.has_deadline = deadline.has_value();
    if (deadline) {
        data_->ctx.deadline_ns = duration_cast<nanoseconds>(deadline->time_since_epoch()).count();
    }
}

std::optional<steady_clock::time_point> Store::deadline() const noexcept {
    if (data_ == nullptr || !data_->ctx.has_deadline) return std::nullopt;
    return steady_clock::time_point(
        duration_cast<steady_clock::duration>(nanoseconds(data_->ctx.deadline_ns)));
}

InterruptHandle Store::interrupt_handle() const {
    if (data_ == nullptr) return InterruptHandle(nullptr);
    data_->has_interrupt_handles = true;
    return InterruptHandle(data_->interrupt);
}

bool Store::has_interrupt_handles() const noexcept {
    return data_ != nullptr && data_->has_interrupt_handles;
}

bool Store::is_interrupted() const noexcept { return data_ != nullptr && data_->ctx.stop < 0; }

void Store::on_interrupt(std::function<void()> wake) {
    if (data_ != nullptr) data_->interrupt->add_waker(std::move(wake));
}

std::uint64_t Store::memory_bytes_used() const noexcept {
    return data_ != nullptr ? data_->memory_budget.used.load(std::memory_order_relaxed) : 0;
}

std::uint64_t Store::gc_heap_bytes_used() const noexcept {
    return data_ != nullptr ? data_->ctx.heap.bytes_in_use() : 0;
}

void Store::collect_garbage() noexcept {
    if (data_ != nullptr) core::collect_garbage(data_->ctx, data_->ctx.entry_base, {});
}

RefScope::RefScope(Store& store) noexcept
    : data_(store.data()), size_(data_ != nullptr ? data_->ctx.held_refs.size() : 0) {}

RefScope::~RefScope() {
    if (data_ != nullptr && data_->ctx.held_refs.size() > size_) {
        data_->ctx.held_refs.resize(size_);
    }
}

Result<Ref> Store::extern_ref(std::uint64_t host_object) {
    if (data_ == nullptr) return api::misuse("the store was moved from");
    Result<u64> word = data_->add_host_object(host_object);
    if (!word) return std::move(word).error();
    return Ref{*word};
}

std::optional<std::uint64_t> Store::host_object(Ref ref) const noexcept {
    if (data_ == nullptr || !is_host_ref(ref.bits)) return std::nullopt;
    const u64 index = host_index_of(ref.bits);
    if (index >= data_->host_objects.size()) return std::nullopt;
    return data_->host_objects[index];
}

Result<ValType> Store::ref_type(Val ref) const {
    if (data_ == nullptr) return api::misuse("the store was moved from");
    if (!ref.type().is_ref() || !api::is_valid(data_->types(), ref.type())) {
        return api::misuse("not a reference");
    }
    const std::optional<ValType> type =
        data_->type_of_ref(data_->types().top_of(ref.type()), ref.bits());
    if (!type) return api::misuse("the store has no such reference");
    return *type;
}

}  // namespace wasmi
