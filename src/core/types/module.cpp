// ModuleData: the part that needs complete types. Names are in decoder/name_section.cpp.
// Spec: syntax/modules.
#include "core/types/module.hpp"

namespace wasmi::core {

ModuleData::~ModuleData() = default;

}  // namespace wasmi::core
