// The whole public C++ API of libwasmi.
#pragma once

#include <wasmi/config.hpp>
#include <wasmi/error.hpp>
#include <wasmi/export.hpp>
#include <wasmi/limits.hpp>
#include <wasmi/linker.hpp>
#include <wasmi/module.hpp>
#include <wasmi/native.hpp>
#include <wasmi/result.hpp>
#include <wasmi/store.hpp>
#include <wasmi/text.hpp>
#include <wasmi/types.hpp>
#include <wasmi/value.hpp>
#include <wasmi/verify.hpp>
