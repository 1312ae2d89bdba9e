// How the API reaches into stores: checks of handles and of values that the embedder made.
// Spec: appendix/embedding (pre-conditions, which we check).
#pragma once

#include "core/executor/gc.hpp"
#include "core/linker/store.hpp"

#include <wasmi/store.hpp>

#include <string>
#include <string_view>

namespace wasmi::api {

[[nodiscard]] Error misuse(std::string what);
/// Why this handle is none of this store; `what` is "function", "memory", …
[[nodiscard]] Error bad_handle(const core::StoreData* store, const Handle& handle,
                               std::string_view what);

/// The object if the handle is one of this store, else null.
template <class Owner>
[[nodiscard]] auto find(const std::vector<Owner>& items, const core::StoreData* store,
                        const Handle& handle) noexcept -> decltype(items[0].get()) {
    if (handle.store_id != store->id || handle.addr >= items.size()) return nullptr;
    return items[handle.addr].get();
}
[[nodiscard]] inline core::TableInstance* find_table(const core::StoreData* store,
                                                     const Handle& handle) noexcept {
    return store == nullptr ? nullptr : find(store->tables, store, handle);
}
[[nodiscard]] inline core::MemoryInstance* find_memory(const core::StoreData* store,
                                                       const Handle& handle) noexcept {
    return store == nullptr ? nullptr : find(store->memories, store, handle);
}
[[nodiscard]] inline core::GlobalInstance* find_global(const core::StoreData* store,
                                                       const Handle& handle) noexcept {
    return store == nullptr ? nullptr : find(store->globals, store, handle);
}
[[nodiscard]] inline core::TagInstance* find_tag(const core::StoreData* store,
                                                 const Handle& handle) noexcept {
    return store == nullptr ? nullptr : find(store->tags, store, handle);
}
[[nodiscard]] inline core::ModuleInstance* find_instance(const core::StoreData* store,
                                                         const Handle& handle) noexcept {
    return store == nullptr ? nullptr : find(store->instances, store, handle);
}
[[nodiscard]] inline bool is_func(const core::StoreData* store, const Handle& handle) noexcept {
    return store != nullptr && handle.store_id == store->id && handle.addr < store->funcs.size();
}
/// The address an Extern names, if it is one of this store.
[[nodiscard]] Result<core::ExternAddr> addr_of(const core::StoreData* store, const Extern& item);
[[nodiscard]] Extern to_extern(const core::StoreData& store, core::ExternAddr item);

template <class H>
[[nodiscard]] H make_handle(const core::StoreData& store, core::u32 addr) {
    H handle;
    handle.store_id = store.id;
    handle.addr = addr;
    return handle;
}

/// Whether this is a type that values may have, with ids that the engine knows.
[[nodiscard]] bool is_valid(const core::TypeRegistry& types, ValType type) noexcept;
[[nodiscard]] bool is_valid(const core::TypeRegistry& types, const FuncType& type) noexcept;
/// Spec: valid/types (memory types).
[[nodiscard]] bool is_valid(const MemoryType& type) noexcept;
[[nodiscard]] bool is_valid(const SizeLimits& limits, core::u64 most) noexcept;
/// Whether the value is one of this store and fits the type.
[[nodiscard]] bool fits(const core::StoreData& store, const Val& value, ValType type) noexcept;

/// Notes that the host gets this value, if it is a reference: see RefScope.
inline void hold_ref(core::StoreData& store, ValType type, core::u64 bits) {
    if (type.is_ref() && store.types().top_of(type) != HeapKind::func) {
        core::hold_ref(store.ctx, bits);
    }
}

/// Between values and execution slots.
inline void store_val(core::Slot* slots, const Val& value) noexcept {
    slots[0] = value.bits();
    if (value.type().is_vector()) slots[1] = value.bits_hi();
}
[[nodiscard]] inline Val load_val(const core::Slot* slots, ValType type) noexcept {
    return Val::from_bits(type, slots[0], type.is_vector() ? slots[1] : 0);
}

}  // namespace wasmi::api
