// ErrorList: where checks that go on after the first error put all of them.
// Spec: none.
#pragma once

#include "core/types/basics.hpp"

#include <wasmi/error.hpp>

#include <utility>
#include <vector>

namespace wasmi::core {

/// At most so many errors; loading a module passes none (null) and ends at the first error.
class ErrorList {
  public:
    explicit ErrorList(u32 max) : max_(max) {}

    [[nodiscard]] bool is_full() const { return errors_.size() >= max_; }
    [[nodiscard]] const std::vector<Error>& errors() const { return errors_; }
    [[nodiscard]] std::vector<Error> take() { return std::move(errors_); }

    /// Whether looking for more makes sense.
    bool add(Error error) {
        if (!is_full()) errors_.push_back(std::move(error));
        return !is_full();
    }
    /// Goes before what is there, even if that costs the last one its place.
    void add_first(Error error) {
        if (is_full() && !errors_.empty()) errors_.pop_back();
        errors_.insert(errors_.begin(), std::move(error));
    }

  private:
    u32 max_;
    std::vector<Error> errors_;
};

}  // namespace wasmi::core
