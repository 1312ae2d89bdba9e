// One part of the handlers: the operations whose forms fall into part WASMI_PART of kHandlerParts.
// The handlers are many; several translation units keep compilation parallel and small.
#include "core/executor/handler_tables.hpp"
#include "core/executor/handlers.hpp"

#include <utility>

namespace wasmi::core::handlers {
namespace {

template <u32 kOp, u32... kIndex>
constexpr std::array<Handler, sizeof...(kIndex)> op_handlers(
    std::integer_sequence<u32, kIndex...>) {
    return {handler_for<static_cast<Op>(kOp), kIndex>()...};
}

template <u32 kOp>
constexpr auto kHandlersOf =
    op_handlers<kOp>(std::make_integer_sequence<u32, kOps[kOp].num_forms>{});

template <u32 kFirst, u32... kOp>
constexpr std::array<const Handler*, sizeof...(kOp)> part(std::integer_sequence<u32, kOp...>) {
    return {kHandlersOf<kFirst + kOp>.data()...};
}

constexpr auto kPart = part<first_op_of_part(WASMI_PART)>(
    std::make_integer_sequence<u32,
                               first_op_of_part(WASMI_PART + 1) - first_op_of_part(WASMI_PART)>{});

}  // namespace

template <>
const Handler* const* part_table<WASMI_PART>() noexcept {
    return kPart.data();
}

}  // namespace wasmi::core::handlers
