// Visibility of the public symbols.
#pragma once

#if defined(_WIN32) && defined(WASMI_SHARED)
#if defined(WASMI_BUILDING)
#define WASMI_EXPORT __declspec(dllexport)
#else
#define WASMI_EXPORT __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define WASMI_EXPORT __attribute__((visibility("default")))
#else
#define WASMI_EXPORT
#endif
