// Linker: named definitions and instantiation.
// Spec: appendix/embedding (module_instantiate), exec/modules (instantiation).
#include "api/access.hpp"
#include "core/linker/instantiate.hpp"

#include <wasmi/linker.hpp>

namespace wasmi {

using namespace core;
using api::misuse;

struct Linker::Impl {
    std::shared_ptr<StoreData*> store;  ///< null inside after the end of the store
    NameTable names;
};

namespace {

Result<void> check_engine(const StoreData& store, const Module& module) {
    // Type ids mean the same within one engine only.
    if (module.data()->engine != store.engine) {
        return misuse("the module belongs to another engine than the store");
    }
    return {};
}

Result<Instance> finish(StoreData& store, const Module& module,
                        std::span<const ExternAddr> imports) {
    Result<u32> addr = core::instantiate(store, module.data(), imports);
    if (!addr) return std::move(addr).error();
    return api::make_handle<Instance>(store, *addr);
}

}  // namespace

Linker::Linker(Store& store) : impl_(std::make_unique<Impl>()) {
    impl_->store =
        store.data() != nullptr ? store.data()->self : std::make_shared<StoreData*>(nullptr);
}

Linker::~Linker() = default;
Linker::Linker(Linker&&) noexcept = default;
Linker& Linker::operator=(Linker&&) noexcept = default;

Store* Linker::store_or_null() const noexcept {
    if (impl_ == nullptr || *impl_->store == nullptr) return nullptr;
    return static_cast<Store*>((*impl_->store)->handle);
}

Error Linker::store_is_gone() { return misuse("the store of this linker is gone"); }

Result<void> Linker::define(std::string_view module, std::string_view name, Extern item) {
    Store* s = store_or_null();
    if (s == nullptr) return store_is_gone();
    Result<ExternAddr> addr = api::addr_of(s->data(), item);
    if (!addr) return std::move(addr).error();
    impl_->names.define(module, name, *addr);
    return {};
}

Result<void> Linker::define_instance(std::string_view module, const Instance& instance) {
    Store* s = store_or_null();
    if (s == nullptr) return store_is_gone();
    const ModuleInstance* in = api::find_instance(s->data(), instance);
    if (in == nullptr) return api::bad_handle(s->data(), instance, "instance");
    for (const ExportDesc& e : in->module->exports) {
        impl_->names.define(module, e.name, export_addr(*in, e));
    }
    return {};
}

Result<Extern> Linker::get(std::string_view module, std::string_view name) const {
    const Store* s = store_or_null();
    if (s == nullptr) return store_is_gone();
    const std::optional<ExternAddr> item = impl_->names.find(module, name);
    if (!item) {
        return Error(ErrorKind::link, "unknown name: " + show_name(module) + " " + show_name(name));
    }
    return api::to_extern(*s->data(), *item);
}

Result<Instance> Linker::instantiate(const Module& module) {
    Store* s = store_or_null();
    if (s == nullptr) return store_is_gone();
    StoreData& data = *s->data();
    if (Result<void> same = check_engine(data, module); !same) return std::move(same).error();
    Result<std::vector<ExternAddr>> imports = resolve_imports(data, *module.data(), impl_->names);
    if (!imports) return std::move(imports).error();
    return finish(data, module, *imports);
}

Result<Instance> Linker::instantiate(Store& store, const Module& module,
                                     std::span<const Extern> imports) {
    StoreData* data = store.data();
    if (data == nullptr) return misuse("the store was moved from");
    if (Result<void> same = check_engine(*data, module); !same) return std::move(same).error();
    std::vector<ExternAddr> addrs;
    addrs.reserve(imports.size());
    for (const Extern& item : imports) {
        Result<ExternAddr> addr = api::addr_of(data, item);
        if (!addr) return std::move(addr).error();
        addrs.push_back(*addr);
    }
    if (Result<void> good = check_imports(*data, *module.data(), addrs); !good) {
        return std::move(good).error();
    }
    return finish(*data, module, addrs);
}

}  // namespace wasmi
