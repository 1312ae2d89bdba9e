// Bulk operations on memories and tables with the specification's bounds checks.
// Spec: exec/instructions (table.fill/copy/init, memory.fill/copy/init).
#include "core/memory/bulk.hpp"

#include "core/memory/guest_access.hpp"

#include <algorithm>
#include <cstring>

namespace wasmi::core {

namespace {

// An empty table has no data pointer; memmove must not see it, even for 0 bytes.
void move_refs(u64* to, const u64* from, u64 n) {
    if (n != 0) std::memmove(to, from, static_cast<std::size_t>(n) * sizeof(u64));
}

}  // namespace

bool memory_fill(MemoryInstance& memory, u64 at, u8 value, u64 n) noexcept {
    if (!in_bounds(at, n, memory.load_size())) return false;
    fill_guest(memory.data + at, value, n);
    return true;
}

bool memory_copy(MemoryInstance& to, u64 to_at, const MemoryInstance& from, u64 from_at,
                 u64 n) noexcept {
    if (!in_bounds(from_at, n, from.load_size()) || !in_bounds(to_at, n, to.load_size())) {
        return false;
    }
    move_guest(to.data + to_at, from.data + from_at, n);
    return true;
}

bool memory_init(MemoryInstance& to, u64 to_at, const DataInstance& from, u64 from_at,
                 u64 n) noexcept {
    if (!in_bounds(from_at, n, from.size) || !in_bounds(to_at, n, to.load_size())) return false;
    move_guest(to.data + to_at, from.data + from_at, n);
    return true;
}

bool table_fill(TableInstance& table, u64 at, u64 ref, u64 n) noexcept {
    if (!in_bounds(at, n, table.elements.size())) return false;
    if (n != 0) std::fill_n(table.elements.data() + at, n, ref);
    return true;
}

bool table_copy(TableInstance& to, u64 to_at, const TableInstance& from, u64 from_at,
                u64 n) noexcept {
    if (!in_bounds(from_at, n, from.elements.size()) || !in_bounds(to_at, n, to.elements.size())) {
        return false;
    }
    move_refs(to.elements.data() + to_at, from.elements.data() + from_at, n);
    return true;
}

bool table_init(TableInstance& to, u64 to_at, const ElemInstance& from, u64 from_at,
                u64 n) noexcept {
    if (!in_bounds(from_at, n, from.refs.size()) || !in_bounds(to_at, n, to.elements.size())) {
        return false;
    }
    move_refs(to.elements.data() + to_at, from.refs.data() + from_at, n);
    return true;
}

}  // namespace wasmi::core
