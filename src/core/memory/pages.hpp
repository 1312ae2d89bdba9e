// Zero pages from the host, for linear memories and files: reserved in bulk, paid for when touched.
// Spec: none (host interface).
#pragma once

#include "core/types/basics.hpp"

namespace wasmi::core {

/// Readable, writable, zero bytes; null if the host refuses. `bytes` is not 0.
[[nodiscard]] u8* map_pages(u64 bytes) noexcept;
/// Makes a mapping larger, moving it if it must; the new bytes are zero. Null if the host refuses;
/// the old mapping then stays.
[[nodiscard]] u8* remap_pages(u8* data, u64 old_bytes, u64 new_bytes) noexcept;
void unmap_pages(u8* data, u64 bytes) noexcept;
/// A hint: all of the mapping will be touched, in order; the host may back it by larger pages.
void will_fill_pages(u8* data, u64 bytes) noexcept;

}  // namespace wasmi::core
