// Memory, Global, Table, Tag and Extern handles.
// Spec: appendix/embedding (memories, globals, tables, tags).
#include "api/access.hpp"
#include "core/linker/extern_type.hpp"
#include "core/memory/bulk.hpp"

#include <string>

namespace wasmi {

using namespace core;
using api::bad_handle;
using api::make_handle;
using api::misuse;

namespace {

Error wrong_value(const Val& value, ValType type) {
    return misuse("the value has type " + to_string(value.type()) + ", not " + to_string(type) +
                  ", or is a reference of another store");
}

}  // namespace

// ---- Memory -------------------------------------------------------------------------------------

Result<Memory> Memory::create(Store& store, const MemoryType& type) {
    StoreData* data = store.data();
    if (data == nullptr) return misuse("the store was moved from");
    if (!api::is_valid(type)) return misuse("the memory type is not valid");
    Result<u32> addr = data->add_memory(type);
    if (!addr) return std::move(addr).error();
    return make_handle<Memory>(*data, *addr);
}

Result<std::span<std::byte>> Memory::bytes(Store& store) const {
    MemoryInstance* memory = api::find_memory(store.data(), *this);
    if (memory == nullptr) return bad_handle(store.data(), *this, "memory");
    return std::as_writable_bytes(
        std::span<u8>(memory->data, static_cast<std::size_t>(memory->load_size())));
}

Result<std::uint64_t> Memory::size_in_pages(const Store& store) const {
    const MemoryInstance* memory = api::find_memory(store.data(), *this);
    if (memory == nullptr) return bad_handle(store.data(), *this, "memory");
    return memory->pages();
}

Result<std::uint64_t> Memory::grow(Store& store, std::uint64_t pages) const {
    MemoryInstance* memory = api::find_memory(store.data(), *this);
    if (memory == nullptr) return bad_handle(store.data(), *this, "memory");
    const i64 before = memory->grow(pages);
    if (before < 0) {
        return Error(ErrorKind::limit, "growing the memory by " + std::to_string(pages) +
                                           " pages exceeds the limits");
    }
    return static_cast<u64>(before);
}

Result<MemoryType> Memory::type(const Store& store) const {
    const MemoryInstance* memory = api::find_memory(store.data(), *this);
    if (memory == nullptr) return bad_handle(store.data(), *this, "memory");
    return memory->current_type();
}

Result<void> Memory::read(const Store& store, std::uint64_t offset,
                          std::span<std::byte> out) const {
    const MemoryInstance* memory = api::find_memory(store.data(), *this);
    if (memory == nullptr) return bad_handle(store.data(), *this, "memory");
    if (!in_bounds(offset, out.size(), memory->load_size())) {
        return Error::from_trap(TrapCode::out_of_bounds_memory_access);
    }
    if (!out.empty()) std::memcpy(out.data(), memory->data + offset, out.size());
    return {};
}

Result<void> Memory::write(Store& store, std::uint64_t offset,
                           std::span<const std::byte> in) const {
    MemoryInstance* memory = api::find_memory(store.data(), *this);
    if (memory == nullptr) return bad_handle(store.data(), *this, "memory");
    if (!in_bounds(offset, in.size(), memory->load_size())) {
        return Error::from_trap(TrapCode::out_of_bounds_memory_access);
    }
    if (!in.empty()) std::memcpy(memory->data + offset, in.data(), in.size());
    return {};
}

Result<SharedMemory> Memory::share(Store& store) const {
    StoreData* data = store.data();
    MemoryInstance* memory = api::find_memory(data, *this);
    if (memory == nullptr) return bad_handle(data, *this, "memory");
    if (!memory->type.is_shared) return misuse("the memory is not a shared one");
    memory->leave_budget();
    return SharedMemory(data->memories[addr]);
}

Result<Memory> Memory::from_shared(Store& store, const SharedMemory& shared) {
    StoreData* data = store.data();
    if (data == nullptr) return misuse("the store was moved from");
    if (shared.data() == nullptr) return misuse("the shared memory was moved from");
    Result<u32> addr = data->adopt_memory(shared.data());
    if (!addr) return std::move(addr).error();
    return make_handle<Memory>(*data, *addr);
}

// ---- SharedMemory -------------------------------------------------------------------------------

Result<SharedMemory> SharedMemory::create(const MemoryType& type) {
    if (!type.is_shared || !api::is_valid(type)) {
        return misuse("the type is not one of a shared memory");
    }
    StorageBudget unlimited;
    auto memory = std::make_shared<MemoryInstance>();
    if (!memory->allocate(type, unlimited)) {
        return Error(ErrorKind::limit, "the host has no room for a memory of at most " +
                                           std::to_string(type.limits.max) + " pages");
    }
    memory->leave_budget();
    return SharedMemory(std::move(memory));
}

MemoryType SharedMemory::type() const {
    return memory_ != nullptr ? memory_->current_type() : MemoryType{};
}

std::span<std::byte> SharedMemory::bytes() const noexcept {
    if (memory_ == nullptr) return {};
    return std::as_writable_bytes(
        std::span<u8>(memory_->data, static_cast<std::size_t>(memory_->load_size())));
}

// ---- Global -------------------------------------------------------------------------------------

Result<Global> Global::create(Store& store, const GlobalType& type, Val value) {
    StoreData* data = store.data();
    if (data == nullptr) return misuse("the store was moved from");
    if (!api::is_valid(data->types(), type.value)) return misuse("the global type is not valid");
    if (!api::fits(*data, value, type.value)) return wrong_value(value, type.value);
    Result<u32> addr = data->add_global(type, {value.bits(), value.bits_hi()});
    if (!addr) return std::move(addr).error();
    return make_handle<Global>(*data, *addr);
}

Result<Val> Global::get(const Store& store) const {
    const GlobalInstance* global = api::find_global(store.data(), *this);
    if (global == nullptr) return bad_handle(store.data(), *this, "global");
    const Slot slots[2] = {global->cell->lo, global->cell->hi};
    api::hold_ref(*store.data(), global->type.value, slots[0]);
    return api::load_val(slots, global->type.value);
}

Result<void> Global::set(Store& store, Val value) const {
    GlobalInstance* global = api::find_global(store.data(), *this);
    if (global == nullptr) return bad_handle(store.data(), *this, "global");
    if (!global->type.is_mutable) return misuse("the global is immutable");
    if (!api::fits(*store.data(), value, global->type.value)) {
        return wrong_value(value, global->type.value);
    }
    *global->cell = {value.bits(), value.bits_hi()};
    return {};
}

Result<GlobalType> Global::type(const Store& store) const {
    const GlobalInstance* global = api::find_global(store.data(), *this);
    if (global == nullptr) return bad_handle(store.data(), *this, "global");
    return global->type;
}

// ---- Table --------------------------------------------------------------------------------------

Result<Table> Table::create(Store& store, const TableType& type, Val initial) {
    StoreData* data = store.data();
    if (data == nullptr) return misuse("the store was moved from");
    if (!type.element.is_ref() || !api::is_valid(data->types(), type.element) ||
        !api::is_valid(type.limits, type.is_64 ? ~u64{0} : 0xFFFF'FFFF)) {
        return misuse("the table type is not valid");
    }
    if (!api::fits(*data, initial, type.element)) return wrong_value(initial, type.element);
    Result<u32> addr = data->add_table(type, initial.bits());
    if (!addr) return std::move(addr).error();
    return make_handle<Table>(*data, *addr);
}

Result<Val> Table::get(const Store& store, std::uint64_t index) const {
    const TableInstance* table = api::find_table(store.data(), *this);
    if (table == nullptr) return bad_handle(store.data(), *this, "table");
    if (index >= table->elements.size()) {
        return Error::from_trap(TrapCode::out_of_bounds_table_access);
    }
    api::hold_ref(*store.data(), table->type.element, table->elements[index]);
    return Val(table->type.element, Ref{table->elements[index]});
}

Result<void> Table::set(Store& store, std::uint64_t index, Val value) const {
    TableInstance* table = api::find_table(store.data(), *this);
    if (table == nullptr) return bad_handle(store.data(), *this, "table");
    if (!api::fits(*store.data(), value, table->type.element)) {
        return wrong_value(value, table->type.element);
    }
    if (index >= table->elements.size()) {
        return Error::from_trap(TrapCode::out_of_bounds_table_access);
    }
    table->elements[index] = value.bits();
    return {};
}

Result<std::uint64_t> Table::size(const Store& store) const {
    const TableInstance* table = api::find_table(store.data(), *this);
    if (table == nullptr) return bad_handle(store.data(), *this, "table");
    return table->elements.size();
}

Result<std::uint64_t> Table::grow(Store& store, std::uint64_t elements, Val value) const {
    TableInstance* table = api::find_table(store.data(), *this);
    if (table == nullptr) return bad_handle(store.data(), *this, "table");
    if (!api::fits(*store.data(), value, table->type.element)) {
        return wrong_value(value, table->type.element);
    }
    const i64 before = table->grow(elements, value.bits());
    if (before < 0) {
        return Error(ErrorKind::limit, "growing the table by " + std::to_string(elements) +
                                           " elements exceeds the limits");
    }
    return static_cast<u64>(before);
}

Result<TableType> Table::type(const Store& store) const {
    const TableInstance* table = api::find_table(store.data(), *this);
    if (table == nullptr) return bad_handle(store.data(), *this, "table");
    return table->type;
}

// ---- Tag, Extern --------------------------------------------------------------------------------

Result<Tag> Tag::create(Store& store, const FuncType& type) {
    StoreData* data = store.data();
    if (data == nullptr) return misuse("the store was moved from");
    Result<TypeId> id = store.engine().type_id(type);
    if (!id) return std::move(id).error();
    Result<u32> addr = data->add_tag(*id);
    if (!addr) return std::move(addr).error();
    return make_handle<Tag>(*data, *addr);
}

Result<FuncType> Tag::type(const Store& store) const {
    const TagInstance* tag = api::find_tag(store.data(), *this);
    if (tag == nullptr) return bad_handle(store.data(), *this, "tag");
    return store.data()->types().get(tag->type).sub.func;
}

Result<ExternType> Extern::type(const Store& store) const {
    Result<ExternAddr> addr = api::addr_of(store.data(), *this);
    if (!addr) return std::move(addr).error();
    return type_of(*store.data(), *addr);
}

}  // namespace wasmi
