// Version of the library: as macros for the preprocessor and as a function for the linked binary.
// Spec: none.
#pragma once

#define WASMI_VERSION_MAJOR 0
#define WASMI_VERSION_MINOR 1
#define WASMI_VERSION_PATCH 0

namespace wasmi {

// "major.minor.patch" of the library that is linked, which may be newer than these headers.
[[nodiscard]] __attribute__((visibility("default"))) const char* version() noexcept;

}  // namespace wasmi
