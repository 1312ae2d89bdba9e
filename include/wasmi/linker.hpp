// Linker: names for imports, and instantiation.
//
//     wasmi::Linker linker(store);
//     linker.func("env", "log", [](wasmi::Caller& c, int32_t at, int32_t n) { … });
//     auto instance = linker.instantiate(module);
//
// Thread rule: that of its store. Lifetime: follows its store when that moves; without it, every
// operation is ErrorKind::api_misuse. Spec: exec/modules (instantiation), appendix/embedding.
#pragma once

#include <wasmi/store.hpp>

#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace wasmi {

/// Definitions by (module, name) in one store. A later definition of the same name replaces.
class WASMI_EXPORT Linker {
  public:
    explicit Linker(Store& store);
    ~Linker();
    Linker(Linker&&) noexcept;
    Linker& operator=(Linker&&) noexcept;

    Result<void> define(std::string_view module, std::string_view name, Extern item);
    /// Every export of the instance under this module name.
    Result<void> define_instance(std::string_view module, const Instance& instance);
    /// A host function from a C++ callable; see Func::wrap.
    template <class F>
    Result<void> func(std::string_view module, std::string_view name, F&& callable) {
        Store* s = store_or_null();
        if (s == nullptr) return store_is_gone();
        Result<Func> f = Func::wrap(*s, std::forward<F>(callable));
        if (!f) return std::move(f).error();
        return define(module, name, *f);
    }
    /// The definition of that name. Errors: link.
    [[nodiscard]] Result<Extern> get(std::string_view module, std::string_view name) const;

    /// Resolves the imports, allocates, runs active segments and the start function.
    /// Errors: link (all missing imports at once, with their types), trap and the other ends of a
    /// call (segments, start function), limit. What an instantiation that trapped has written
    /// into imported tables and memories stays, as the specification says.
    [[nodiscard]] Result<Instance> instantiate(const Module& module);

    /// The same with the imports given in the order of Module::imports().
    [[nodiscard]] static Result<Instance> instantiate(Store& store, const Module& module,
                                                      std::span<const Extern> imports);
    /// The store, which must still exist.
    [[nodiscard]] Store& store() const noexcept { return *store_or_null(); }

  private:
    struct Impl;
    [[nodiscard]] Store* store_or_null() const noexcept;
    static Error store_is_gone();
    std::unique_ptr<Impl> impl_;
};

}  // namespace wasmi
