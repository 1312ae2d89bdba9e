// run_hostile: what an embedder does with a module of unknown origin, from bytes to calls.
#pragma once

#include <cstddef>
#include <span>

namespace wasmi::test {

enum class HostileEnd { refused, not_linked, ran };

/// Compiles the bytes, defines every import (WASI with nothing to see, else something of the type
/// wanted), instantiates and calls each exported function with zeros, all under tight limits of
/// fuel and space. Every error must say something; else the process aborts.
HostileEnd run_hostile(std::span<const std::byte> bytes);

}  // namespace wasmi::test
