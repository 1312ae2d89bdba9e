// Engine: configuration and canonical types.
// Spec: appendix/embedding (matching).
#include "api/access.hpp"
#include "core/linker/extern_type.hpp"
#include "core/types/module.hpp"

namespace wasmi {

using namespace core;

Engine::Engine(const Config& config) : data_(std::make_shared<EngineData>()) {
    data_->config = config;
}

const Config& Engine::config() const noexcept { return data_->config; }

Result<TypeId> Engine::type_id(const FuncType& type) const {
    const ParseLimits& limits = data_->config.limits;
    if (type.params.size() > limits.params || type.results.size() > limits.results) {
        return Error(ErrorKind::limit, "the function type has too many parameters or results");
    }
    if (!api::is_valid(data_->types, type)) {
        return api::misuse("the function type has a type that this engine does not know");
    }
    return data_->types.add_func(type);
}

Result<FuncType> Engine::func_type(TypeId id) const {
    if (!data_->types.contains(id) || data_->types.get(id).sub.kind != CompositeKind::func) {
        return api::misuse("this engine has no function type of that id");
    }
    return data_->types.get(id).sub.func;
}

bool Engine::matches(ValType sub, ValType super) const noexcept {
    return api::is_valid(data_->types, sub) && api::is_valid(data_->types, super) &&
           data_->types.matches(sub, super);
}

bool Engine::matches(const ExternType& sub, const ExternType& super) const noexcept {
    const TypeRegistry& types = data_->types;
    for (const ExternType* t : {&sub, &super}) {
        switch (t->kind) {
            case ExternKind::func:
            case ExternKind::tag:
                if (!types.contains(t->type)) return false;
                break;
            case ExternKind::table:
                if (!api::is_valid(types, t->table.element)) return false;
                break;
            case ExternKind::global:
                if (!api::is_valid(types, t->global.value)) return false;
                break;
            case ExternKind::memory:
                break;
        }
    }
    return extern_matches(types, sub, super);
}

}  // namespace wasmi
