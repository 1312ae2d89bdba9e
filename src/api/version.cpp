// Version of the linked library.
// Spec: none.
#include "wasmi/version.hpp"

#include <string_view>

#define WASMI_STRINGIFY_(x) #x
#define WASMI_STRINGIFY(x) WASMI_STRINGIFY_(x)
#define WASMI_VERSION_TEXT               \
    WASMI_STRINGIFY(WASMI_VERSION_MAJOR) \
    "." WASMI_STRINGIFY(WASMI_VERSION_MINOR) "." WASMI_STRINGIFY(WASMI_VERSION_PATCH)

namespace wasmi {

static_assert(std::string_view(WASMI_VERSION_TEXT) == WASMI_CMAKE_VERSION,
              "version.hpp and project(VERSION) disagree");

const char* version() noexcept { return WASMI_VERSION_TEXT; }

}  // namespace wasmi
