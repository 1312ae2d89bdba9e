// clock_*.
// Spec: wasi preview1.
#include "wasi/abi/functions.hpp"

namespace wasmi::wasi::abi {

Errno clock_res_get(Call& call, u32 id, u32 result) {
    if (id >= kClockIds) return Errno::inval;
    const Try<u64> resolution = call.env.clocks().resolution(static_cast<ClockId>(id));
    if (!resolution) return resolution.error();
    return call.memory.put<u64>(result, *resolution);
}

Errno clock_time_get(Call& call, u32 id, u64 /*precision*/, u32 result) {
    if (id >= kClockIds) return Errno::inval;
    const Try<u64> now = call.env.clocks().read(static_cast<ClockId>(id));
    if (!now) return now.error();
    return call.memory.put<u64>(result, *now);
}

}  // namespace wasmi::wasi::abi
