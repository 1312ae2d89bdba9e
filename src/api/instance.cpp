// Instance: exports by name.
// Spec: appendix/embedding (module instances).
#include "api/access.hpp"
#include "core/linker/instantiate.hpp"

#include <string>

namespace wasmi {

using namespace core;
using api::bad_handle;
using api::make_handle;

namespace {

Result<Extern> typed_export(const Instance& instance, const Store& store, std::string_view name,
                            ExternKind kind) {
    Result<Extern> item = instance.get(store, name);
    if (item && item->kind != kind) {
        return Error(ErrorKind::link, "export " + show_name(name) + " is a " +
                                          std::string(to_string(item->kind)) + ", not a " +
                                          std::string(to_string(kind)));
    }
    return item;
}

template <class H>
Result<H> get_as(const Instance& instance, const Store& store, std::string_view name,
                 ExternKind kind) {
    Result<Extern> item = typed_export(instance, store, name, kind);
    if (!item) return std::move(item).error();
    return make_handle<H>(*store.data(), item->handle.addr);
}

}  // namespace

Result<Extern> Instance::get(const Store& store, std::string_view name) const {
    const ModuleInstance* instance = api::find_instance(store.data(), *this);
    if (instance == nullptr) return bad_handle(store.data(), *this, "instance");
    const std::optional<ExternAddr> item = find_export(*instance, name);
    if (!item) return Error(ErrorKind::link, "unknown export: " + show_name(name));
    return api::to_extern(*store.data(), *item);
}

Result<Func> Instance::func(const Store& store, std::string_view name) const {
    return get_as<Func>(*this, store, name, ExternKind::func);
}

Result<Memory> Instance::memory(const Store& store, std::string_view name) const {
    return get_as<Memory>(*this, store, name, ExternKind::memory);
}

Result<Table> Instance::table(const Store& store, std::string_view name) const {
    return get_as<Table>(*this, store, name, ExternKind::table);
}

Result<Global> Instance::global(const Store& store, std::string_view name) const {
    return get_as<Global>(*this, store, name, ExternKind::global);
}

Result<Tag> Instance::tag(const Store& store, std::string_view name) const {
    return get_as<Tag>(*this, store, name, ExternKind::tag);
}

Result<Module> Instance::module(const Store& store) const {
    const ModuleInstance* instance = api::find_instance(store.data(), *this);
    if (instance == nullptr) return bad_handle(store.data(), *this, "instance");
    return Module(instance->module);
}

}  // namespace wasmi
