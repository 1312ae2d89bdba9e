// Tables: allocation and growth under the store's element budget.
// Spec: exec/modules (tables: allocation, growing).
#include "core/memory/instance.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace wasmi::core {

namespace {

constexpr u64 kMaxElements = std::numeric_limits<std::size_t>::max() / 2 / sizeof(u64);

u64 max_elements(const TableType& t) {
    const u64 address = t.is_64 ? ~u64{0} : 0xFFFF'FFFF;
    return std::min({kMaxElements, address, t.limits.has_max ? t.limits.max : ~u64{0}});
}

}  // namespace

RefArray::~RefArray() { std::free(data_); }

bool RefArray::grow_to(u64 n, u64 init) noexcept {
    WASMI_ASSERT(n >= size_);
    if (n > kMaxElements) return false;
    if (n > capacity_) {
        // At least half as much again, so that growth one by one stays linear. calloc gives zero
        // pages that stay untouched; large blocks cost nothing until they are written.
        u64 room = size_ == 0 ? n : std::max(n, size_ + size_ / 2);
        void* block = std::calloc(static_cast<std::size_t>(room), sizeof(u64));
        if (block == nullptr && room != n) {
            room = n;
            block = std::calloc(static_cast<std::size_t>(room), sizeof(u64));
        }
        if (block == nullptr) return false;
        if (size_ != 0) std::memcpy(block, data_, static_cast<std::size_t>(size_) * sizeof(u64));
        std::free(data_);
        data_ = static_cast<u64*>(block);
        capacity_ = room;
    }
    // Words from size_ to capacity_ have never been written: they are zero.
    if (init != 0) std::fill(data_ + size_, data_ + n, init);
    size_ = n;
    return true;
}

TableInstance::~TableInstance() {
    if (budget != nullptr) budget->give_back(elements.size());
}

bool TableInstance::allocate(const TableType& t, StorageBudget& b, u64 init) {
    WASMI_ASSERT(budget == nullptr);
    const u64 n = t.limits.min;
    if (n > max_elements(t) || !b.take(n)) return false;
    if (!elements.grow_to(n, init)) {
        b.give_back(n);
        return false;
    }
    budget = &b;
    type = t;
    return true;
}

i64 TableInstance::grow(u64 delta, u64 init) {
    const u64 old = elements.size();
    const u64 most = max_elements(type);
    if (delta > most - old || !budget->take(delta)) return -1;
    if (!elements.grow_to(old + delta, init)) {
        budget->give_back(delta);
        return -1;
    }
    type.limits.min = old + delta;
    return static_cast<i64>(old);
}

}  // namespace wasmi::core
