// ModuleData: the part that needs complete types. Names are in decoder/name_section.cpp.
// Spec: syntax/modules.
#include "core/types/module.hpp"

#include <algorithm>
#include <numeric>

namespace wasmi::core {

ModuleData::~ModuleData() = default;

void ModuleData::index_exports() {
    exports_by_name.resize(exports.size());
    std::iota(exports_by_name.begin(), exports_by_name.end(), 0u);
    std::sort(exports_by_name.begin(), exports_by_name.end(),
              [this](u32 a, u32 b) { return exports[a].name < exports[b].name; });
}

}  // namespace wasmi::core
