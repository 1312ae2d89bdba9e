// Zero pages from the host: mmap and mremap on Linux, calloc elsewhere.
// Spec: none (host interface).
#include "core/memory/pages.hpp"

#include <cstdlib>
#include <cstring>
#include <limits>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace wasmi::core {

namespace {
bool fits_host(u64 bytes) { return bytes <= std::numeric_limits<std::size_t>::max() / 2; }
}  // namespace

#if defined(__linux__)

// MAP_NORESERVE: a guest that declares 4 GiB and touches one page costs one page. Growth by mremap
// moves page table entries, not bytes.
u8* map_pages(u64 bytes) noexcept {
    if (!fits_host(bytes)) return nullptr;
    void* p = ::mmap(nullptr, static_cast<std::size_t>(bytes), PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? nullptr : static_cast<u8*>(p);
}

u8* remap_pages(u8* data, u64 old_bytes, u64 new_bytes) noexcept {
    if (!fits_host(new_bytes)) return nullptr;
    void* p = ::mremap(data, static_cast<std::size_t>(old_bytes),
                       static_cast<std::size_t>(new_bytes), MREMAP_MAYMOVE);
    return p == MAP_FAILED ? nullptr : static_cast<u8*>(p);
}

void unmap_pages(u8* data, u64 bytes) noexcept {
    if (data != nullptr) ::munmap(data, static_cast<std::size_t>(bytes));
}

void will_fill_pages(u8* data, u64 bytes) noexcept {
    (void)::madvise(data, static_cast<std::size_t>(bytes), MADV_HUGEPAGE);
}

#else

u8* map_pages(u64 bytes) noexcept {
    if (!fits_host(bytes)) return nullptr;
    return static_cast<u8*>(std::calloc(static_cast<std::size_t>(bytes), 1));
}

u8* remap_pages(u8* data, u64 old_bytes, u64 new_bytes) noexcept {
    if (!fits_host(new_bytes)) return nullptr;
    u8* p = static_cast<u8*>(std::realloc(data, static_cast<std::size_t>(new_bytes)));
    if (p != nullptr)
        std::memset(p + old_bytes, 0, static_cast<std::size_t>(new_bytes - old_bytes));
    return p;
}

void unmap_pages(u8* data, u64) noexcept { std::free(data); }

void will_fill_pages(u8*, u64) noexcept {}

#endif

}  // namespace wasmi::core
