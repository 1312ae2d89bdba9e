// How the API reaches into stores: checks of handles and of values that the embedder made.
// Spec: appendix/embedding (pre-conditions, which we check).
#include "api/access.hpp"

#include <algorithm>

namespace wasmi::api {

using namespace core;

Error misuse(std::string what) { return Error(ErrorKind::api_misuse, std::move(what)); }

Error bad_handle(const StoreData* store, const Handle& handle, std::string_view what) {
    if (store == nullptr) return misuse("the store was moved from");
    if (handle.store_id == 0) return misuse("the " + std::string(what) + " handle is empty");
    if (handle.store_id != store->id) {
        return misuse("the " + std::string(what) + " belongs to another store");
    }
    return misuse("the store has no " + std::string(what) + " " + std::to_string(handle.addr));
}

Result<ExternAddr> addr_of(const StoreData* store, const Extern& item) {
    const ExternAddr addr{item.kind, item.handle.addr};
    if (store == nullptr || item.handle.store_id != store->id || !store->contains(addr)) {
        return bad_handle(store, item.handle, to_string(item.kind));
    }
    return addr;
}

Extern to_extern(const StoreData& store, ExternAddr item) {
    return {item.kind, make_handle<Handle>(store, item.addr)};
}

bool is_valid(const TypeRegistry& types, ValType type) noexcept {
    if (type.kind() >= ValKind::bottom) return false;
    if (!type.is_ref()) return true;
    if (type.heap() == HeapKind::concrete) return types.contains(type.type_id());
    return type.heap() < HeapKind::concrete;
}

bool is_valid(const TypeRegistry& types, const FuncType& type) noexcept {
    const auto valid = [&](ValType t) { return is_valid(types, t); };
    return std::all_of(type.params.begin(), type.params.end(), valid) &&
           std::all_of(type.results.begin(), type.results.end(), valid);
}

bool is_valid(const SizeLimits& limits, u64 most) noexcept {
    return limits.min <= most &&
           (!limits.has_max || (limits.min <= limits.max && limits.max <= most));
}

bool is_valid(const MemoryType& type) noexcept {
    if (type.page_size_log2 != 16 && type.page_size_log2 != 0) return false;
    if (type.is_shared && !type.limits.has_max) return false;
    const unsigned address_bits = type.is_64 ? 64 : 32;
    const u64 most = address_bits - type.page_size_log2 == 64
                         ? ~u64{0}
                         : u64{1} << (address_bits - type.page_size_log2);
    return is_valid(type.limits, most);
}

bool fits(const StoreData& store, const Val& value, ValType type) noexcept {
    if (!type.is_ref()) return value.type() == type;
    return is_valid(store.types(), value.type()) && store.fits(value, type);
}

}  // namespace wasmi::api
