// args_*, environ_*, proc_*, random_get, sched_yield.
// Spec: wasi preview1.
#include "wasi/abi/functions.hpp"

#include <cstring>

namespace wasmi::wasi::abi {

namespace {

u64 total_size(const std::vector<std::string>& strings) {
    u64 size = 0;
    for (const std::string& s : strings) size += s.size() + 1;
    return size;
}

Errno put_sizes(Call& call, const std::vector<std::string>& strings, u32 count, u32 size) {
    if (!call.memory.contains(count, 4) || !call.memory.contains(size, 4)) return Errno::fault;
    const u64 bytes = total_size(strings);
    if (bytes > 0xFFFF'FFFFu) return Errno::overflow;
    call.memory.store<u32>(count, static_cast<u32>(strings.size()));
    call.memory.store<u32>(size, static_cast<u32>(bytes));
    return Errno::success;
}

Errno put_strings(Call& call, const std::vector<std::string>& strings, u32 pointers, u32 buffer) {
    if (!call.memory.contains(pointers, u64{4} * strings.size()) ||
        !call.memory.contains(buffer, total_size(strings))) {
        return Errno::fault;
    }
    u32 pointer = pointers;
    u32 at = buffer;
    for (const std::string& s : strings) {
        call.memory.store<u32>(pointer, at);
        pointer += 4;
        const auto size = static_cast<u32>(s.size() + 1);
        std::memcpy(call.memory.range(at, size)->data(), s.c_str(), size);
        at += size;
    }
    return Errno::success;
}

}  // namespace

Errno args_get(Call& call, u32 argv, u32 buffer) {
    return put_strings(call, call.env.args(), argv, buffer);
}
Errno args_sizes_get(Call& call, u32 count, u32 size) {
    return put_sizes(call, call.env.args(), count, size);
}
Errno environ_get(Call& call, u32 environ, u32 buffer) {
    return put_strings(call, call.env.environ(), environ, buffer);
}
Errno environ_sizes_get(Call& call, u32 count, u32 size) {
    return put_sizes(call, call.env.environ(), count, size);
}

Errno proc_exit(Call& call, u32 code) {
    call.exit_code = code;
    return Errno::exit_;
}

Errno proc_raise(Call& call, u32 signal) {
    enum : u32 { none = 0, chld = 16, cont = 17, stop = 18, ttou = 21, urg = 22, winch = 27 };
    constexpr u32 kSignals = 31;
    if (signal >= kSignals) return Errno::inval;
    // The default actions, since a guest cannot install others. Stopping would stop the host.
    if (signal == none || signal == chld || signal == cont || signal == urg || signal == winch)
        return Errno::success;
    if (signal >= stop && signal <= ttou) return Errno::notsup;
    // 128 + the number that the signal has on the systems the numbers come from.
    static constexpr u8 kNumber[kSignals] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                             11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22,
                                             23, 24, 25, 26, 27, 28, 29, 30, 31};
    call.exit_code = 128u + kNumber[signal];
    return Errno::exit_;
}

Errno random_get(Call& call, u32 buffer, u32 size) {
    const Try<std::span<std::byte>> out = call.memory.range(buffer, size);
    if (!out) return out.error();
    return call.env.random().fill(*out);
}

Errno sched_yield(Call& /*call*/) {
    host::yield();
    return Errno::success;
}

}  // namespace wasmi::wasi::abi
