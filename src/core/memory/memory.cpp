// Linear memories: allocation and growth under the store's budget.
// Spec: exec/modules (memories: allocation, growing).
#include "core/memory/instance.hpp"
#include "core/memory/pages.hpp"

#include <algorithm>
#include <atomic>

namespace wasmi::core {

namespace {

// Every host address space ends before this; declared sizes beyond it fail here, so that no
// computation with sizes can overflow.
constexpr u64 kMaxMemoryBytes = sizeof(void*) >= 8 ? u64{1} << 46 : u64{1} << 30;
// Small memories get this much room to grow in place.
constexpr u64 kMinReserve = u64{1} << 20;
// The host maps in pages of at most this size; mappings are kept multiples of it.
constexpr u64 kHostPage = 65536;

u64 round_up(u64 bytes) { return (bytes + kHostPage - 1) / kHostPage * kHostPage; }

/// Bytes to map for a memory of `size` bytes: half as much again, so that a guest that grows page
/// by page remaps O(log n) times; never more than the type allows.
u64 reserve_for(u64 size, u64 max_size) {
    return round_up(std::min(max_size, std::max(size + size / 2, kMinReserve)));
}

}  // namespace

u64 MemoryInstance::max_pages(const MemoryType& t) noexcept {
    const u64 host = kMaxMemoryBytes >> t.page_size_log2;
    // With pages of one byte, the number of them must fit the address type, too.
    const u64 address =
        t.is_64 ? host : std::min((u64{1} << 32) >> t.page_size_log2, u64{0xFFFF'FFFF});
    const u64 declared = t.limits.has_max ? t.limits.max : ~u64{0};
    return std::min({host, address, declared});
}

MemoryInstance::~MemoryInstance() {
    unmap_pages(data, reserved);
    if (budget != nullptr) budget->give_back(charged_);
}

void MemoryInstance::leave_budget() noexcept {
    if (budget == nullptr) return;  // nobody writes it once the memory is shared
    budget = nullptr;
    charged_ = 0;
}

u64 MemoryInstance::charge_of(const MemoryType& t) noexcept {
    return (t.is_shared ? max_pages(t) : t.limits.min) << t.page_size_log2;
}

bool MemoryInstance::allocate(const MemoryType& t, StorageBudget& b) {
    WASMI_ASSERT(data == nullptr && budget == nullptr);
    const u64 most = max_pages(t);
    if (t.limits.min > most) return false;
    const u64 max_size = most << t.page_size_log2;
    const u64 start = t.limits.min << t.page_size_log2;
    // The data of a shared memory never moves: other threads hold its address.
    const u64 charge = charge_of(t);
    if (!b.take(charge)) return false;
    budget = &b;
    charged_ = charge;
    type = t;
    if (charge != 0) {
        reserved = t.is_shared ? round_up(max_size) : reserve_for(start, max_size);
        data = map_pages(reserved);
        if (data == nullptr && !t.is_shared) {  // no room for the reserve, perhaps for the rest
            reserved = round_up(start);
            data = map_pages(reserved);
        }
        if (data == nullptr) {
            reserved = 0;
            return false;
        }
    }
    size = start;
    return true;
}

i64 MemoryInstance::grow(u64 delta_pages) {
    const u64 most = max_pages(type);
    if (type.is_shared) {
        std::atomic_ref<u64> shared_size(size);
        u64 old = shared_size.load(std::memory_order_acquire);
        u64 old_pages = 0;
        do {
            old_pages = old >> type.page_size_log2;
            if (delta_pages > most - old_pages) return -1;
        } while (!shared_size.compare_exchange_weak(old, old + (delta_pages << type.page_size_log2),
                                                    std::memory_order_acq_rel));
        return static_cast<i64>(old_pages);
    }
    const u64 old_pages = size >> type.page_size_log2;
    if (delta_pages > most - old_pages) return -1;
    const u64 delta = delta_pages << type.page_size_log2;
    const u64 new_size = size + delta;
    if (!budget->take(delta)) return -1;
    if (new_size > reserved) {
        const auto map = [this](u64 bytes) {
            return data == nullptr ? map_pages(bytes) : remap_pages(data, reserved, bytes);
        };
        u64 bytes = reserve_for(new_size, most << type.page_size_log2);
        u8* moved = map(bytes);
        if (moved == nullptr) {
            bytes = round_up(new_size);
            moved = map(bytes);
        }
        if (moved == nullptr) {
            budget->give_back(delta);
            return -1;
        }
        data = moved;
        reserved = bytes;
    }
    charged_ += delta;
    size = new_size;
    type.limits.min = old_pages + delta_pages;
    return static_cast<i64>(old_pages);
}

MemoryType MemoryInstance::current_type() const {
    MemoryType t = type;
    t.limits.min = pages();
    return t;
}

}  // namespace wasmi::core
