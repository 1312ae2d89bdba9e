// A growable array of plain values that reports a failed allocation instead of ending the process.
#pragma once

#include "core/types/basics.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <type_traits>

namespace wasmi::core {

/// Grows only; keeps its memory for the next function. Pointers into it die when it grows.
template <class T>
class Buffer {
    static_assert(std::is_trivially_copyable_v<T>);

  public:
    [[nodiscard]] T* data() const noexcept { return data_.get(); }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    /// Makes room for `count` values, of which the first `keep` are kept. False: out of memory.
    [[nodiscard]] bool reserve(std::size_t count, std::size_t keep = 0) noexcept {
        if (WASMI_LIKELY(count <= capacity_)) return true;
        const std::size_t wanted = std::max<std::size_t>(count + count / 2, 64);
        std::unique_ptr<T[]> grown(new (std::nothrow) T[wanted]);
        if (grown == nullptr) return false;
        std::copy_n(data_.get(), keep, grown.get());
        data_ = std::move(grown);
        capacity_ = wanted;
        return true;
    }

  private:
    std::unique_ptr<T[]> data_;
    std::size_t capacity_ = 0;
};

}  // namespace wasmi::core
