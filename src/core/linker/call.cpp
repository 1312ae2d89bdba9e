// Ends of calls, put into words.
// Spec: exec/modules (invocation).
#include "core/linker/store.hpp"

#include <string>
#include <utility>

namespace wasmi::core {

namespace {

std::vector<FrameInfo> describe(const std::vector<FramePosition>& positions) {
    std::vector<FrameInfo> frames;
    frames.reserve(positions.size());
    for (const FramePosition& at : positions) {
        FrameInfo frame;
        frame.offset = at.offset;
        if (at.func != nullptr) {
            // A recursion repeats its frames; looking names up reads the name section again.
            const std::size_t n = frames.size();
            if (n != 0 && positions[n - 1].func == at.func) {
                frame = frames[n - 1];
                frame.offset = at.offset;
            } else {
                frame.function_index = at.func->func_index;
                frame.function_name = at.func->module->function_name(at.func->func_index);
                frame.module_name = at.func->module->module_name();
            }
        }
        frames.push_back(std::move(frame));
    }
    return frames;
}

Error error_of(ExecContext& ctx, ExecStatus status) {
    switch (status) {
        case ExecStatus::trap: {
            const std::string detail =
                ctx.trap_detail == ~u64{0} ? "" : " " + std::to_string(ctx.trap_detail);
            return Error::from_trap(ctx.trap, detail);
        }
        case ExecStatus::exception:
            return Error(ErrorKind::exception, "uncaught exception");
        case ExecStatus::host_error:
            if (ctx.host_error != nullptr)
                return std::move(*std::exchange(ctx.host_error, nullptr));
            return Error(ErrorKind::host, "a host function failed");
        case ExecStatus::out_of_fuel:
            return Error(ErrorKind::out_of_fuel, "all fuel consumed");
        case ExecStatus::interrupted:
            return Error(ErrorKind::interrupted, "interrupted");
        case ExecStatus::deadline:
            return Error(ErrorKind::deadline, "the deadline has passed");
        case ExecStatus::done:
            break;
    }
    WASMI_ASSERT(false);
    return Error(ErrorKind::host, "the call did not fail");
}

}  // namespace

Error take_error(StoreData& store, ExecStatus status) {
    ExecContext& ctx = store.ctx;
    std::vector<FramePosition> positions = std::move(ctx.backtrace);
    ctx.backtrace.clear();
    Error error = error_of(ctx, status);
    // A host function may hand on the error of a call of its own: that one knows more.
    if (error.backtrace().empty() && !positions.empty()) error.with_backtrace(describe(positions));
    return error;
}

}  // namespace wasmi::core
