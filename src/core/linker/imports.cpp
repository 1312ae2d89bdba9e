// Import resolution: every import that is missing or does not match is reported at once.
// Spec: exec/modules (instantiation), valid/matching (external types).
#include "core/linker/extern_type.hpp"
#include "core/linker/instantiate.hpp"

#include <string>

namespace wasmi::core {

namespace {

/// Collects the lines of one message. The first one decides its opening words, which the official
/// suite compares.
class Complaints {
  public:
    explicit Complaints(const ModuleData& module) : module_(&module) {}

    void unknown(const ImportDesc& import, const std::string& nearest) {
        if (!begin()) return;
        text_ += "unknown import: " + name(import) + " of type " + declared(import);
        if (!nearest.empty()) text_ += ", did you mean " + nearest + "?";
    }
    void incompatible(const ImportDesc& import, const ExternType& given) {
        if (!begin()) return;
        text_ += "incompatible import type: " + name(import) + " must be " + declared(import) +
                 ", is " + to_string(given);
    }
    [[nodiscard]] bool none() const { return count_ == 0; }
    [[nodiscard]] Error take() {
        if (count_ > kShown) text_ += "; and " + std::to_string(count_ - kShown) + " more";
        return Error(ErrorKind::link, std::move(text_));
    }
    /// Whether details of one more would be shown.
    [[nodiscard]] bool has_room() const { return count_ < kShown; }

  private:
    static constexpr std::size_t kShown = 100;

    bool begin() {
        if (count_++ >= kShown) return false;
        if (count_ > 1) text_ += "; ";
        return true;
    }
    static std::string name(const ImportDesc& import) {
        return show_name(import.module) + " " + show_name(import.name);
    }
    [[nodiscard]] std::string declared(const ImportDesc& import) const {
        return to_string(declared_type(*module_, import.kind, import.index));
    }

    const ModuleData* module_;
    std::size_t count_ = 0;
    std::string text_;
};

}  // namespace

Result<std::vector<ExternAddr>> resolve_imports(const StoreData& store, const ModuleData& module,
                                                const NameTable& names) {
    std::vector<ExternAddr> found;
    found.reserve(module.imports.size());
    Complaints complaints(module);
    for (const ImportDesc& import : module.imports) {
        const std::optional<ExternAddr> item = names.find(import.module, import.name);
        if (!item) {
            complaints.unknown(import, complaints.has_room()
                                           ? names.nearest(import.module, import.name)
                                           : std::string());
        } else if (!import_matches(store, *item, module, import)) {
            complaints.incompatible(import, type_of(store, *item));
        } else {
            found.push_back(*item);
        }
    }
    if (!complaints.none()) return complaints.take();
    return found;
}

Result<void> check_imports(const StoreData& store, const ModuleData& module,
                           std::span<const ExternAddr> imports) {
    Complaints complaints(module);
    for (std::size_t i = 0; i < module.imports.size(); ++i) {
        const ImportDesc& import = module.imports[i];
        if (i >= imports.size()) {
            complaints.unknown(import, {});
        } else if (!import_matches(store, imports[i], module, import)) {
            complaints.incompatible(import, type_of(store, imports[i]));
        }
    }
    if (!complaints.none()) return complaints.take();
    if (imports.size() > module.imports.size()) {
        return Error(ErrorKind::link, std::to_string(imports.size()) +
                                          " imports given, but the "
                                          "module has " +
                                          std::to_string(module.imports.size()));
    }
    return {};
}

}  // namespace wasmi::core
