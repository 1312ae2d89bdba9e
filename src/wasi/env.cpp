// Env: all that a guest has of WASI, made from the host's WasiConfig.
// Spec: wasi preview1.
#include "wasi/env.hpp"

#include <algorithm>

namespace wasmi {

WasiConfig& WasiConfig::env(const std::string& name, const std::string& value) {
    const std::string prefix = name + "=";
    const auto same = std::find_if(env_.begin(), env_.end(), [&](const std::string& e) {
        return e.compare(0, prefix.size(), prefix) == 0;
    });
    if (same != env_.end()) {
        *same = prefix + value;
    } else {
        env_.push_back(prefix + value);
    }
    return *this;
}

WasiConfig& WasiConfig::inherit_env() {
    for (const std::string& e : wasi::host::environment()) {
        const std::size_t equals = e.find('=');
        if (equals != std::string::npos) env(e.substr(0, equals), e.substr(equals + 1));
    }
    return *this;
}

}  // namespace wasmi

namespace wasmi::wasi {

Try<u64> Clocks::read(ClockId id) {
    if (!is_virtual_) return host::clock_now(id);
    const u64 now = now_;
    now_ += step_;
    return now;
}

Try<u64> Clocks::peek(ClockId id) const {
    if (!is_virtual_) return host::clock_now(id);
    return now_;
}

Try<u64> Clocks::resolution(ClockId id) const {
    if (!is_virtual_) return host::clock_resolution(id);
    return std::max<u64>(step_, 1);
}

void Clocks::advance_to(u64 time) { now_ = std::max(now_, time); }

Errno Random::fill(std::span<std::byte> out) {
    if (!seeded_) return host::random(out);
    u64 word = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (i % 8 == 0) {  // SplitMix64
            state_ += 0x9E37'79B9'7F4A'7C15u;
            word = state_;
            word = (word ^ (word >> 30)) * 0xBF58'476D'1CE4'E5B9u;
            word = (word ^ (word >> 27)) * 0x94D0'49BB'1331'11EBu;
            word ^= word >> 31;
        }
        out[i] = static_cast<std::byte>(word >> (8 * (i % 8)));
    }
    return Errno::success;
}

namespace {

Errno add_standard_stream(Vfs& vfs, const WasiConfig::Stream& stream, bool for_input) {
    using Kind = WasiConfig::Stream::Kind;
    if (stream.kind == Kind::inherit || stream.kind == Kind::fd) {
        const Rights allowed =
            rights::all & ~(for_input ? Rights{rights::fd_write} : Rights{rights::fd_read});
        return vfs.add_host_fd(host::Fd(stream.fd, true), allowed);
    }
    auto memory = std::make_unique<MemoryStream>();
    memory->input = stream.bytes;
    memory->output = stream.sink;
    memory->max_output = stream.max_bytes;
    return vfs.add_stream(std::move(memory), for_input);
}

Error setup_error(Errno error, std::string what) {
    if (error == Errno::mfile)
        return Error(ErrorKind::limit, "too many file descriptors: " + std::move(what));
    if (error == Errno::noent) what += ": no such directory";
    if (error == Errno::notdir) what += ": not a directory";
    if (error == Errno::acces) what += ": permission denied";
    if (error == Errno::badf) what += ": not open";
    return Error(ErrorKind::io, "cannot open " + what);
}

}  // namespace

Result<std::shared_ptr<Env>> Env::create(const WasiConfig& config) {
    auto env = std::make_shared<Env>(config.get_max_fds());
    for (const std::vector<std::string>* strings : {&config.get_args(), &config.get_env()}) {
        for (const std::string& s : *strings) {
            if (s.find('\0') != std::string::npos) {
                return Error(ErrorKind::api_misuse,
                             "arguments and variables must not hold NUL characters");
            }
        }
    }
    env->args_ = config.get_args();
    env->environ_ = config.get_env();
    if (config.get_fixed_clock())
        env->clocks_ = Clocks(config.get_fixed_clock()->now, config.get_fixed_clock()->step);
    if (config.get_random_seed()) env->random_ = Random(*config.get_random_seed());

    static constexpr const char* kStreams[] = {"standard input", "standard output",
                                               "standard error"};
    for (std::size_t i = 0; i < 3; ++i) {
        const WasiConfig::Stream& stream = config.get_stream(i);
        Errno e = add_standard_stream(env->vfs_, stream, i == 0);
        if (e == Errno::badf && stream.kind == WasiConfig::Stream::Kind::inherit) {
            e = add_standard_stream(env->vfs_, {}, i == 0);  // closed in this process: empty
        }
        if (e != Errno::success) return setup_error(e, kStreams[i]);
    }
    for (const WasiConfig::Preopen& preopen : config.get_preopens()) {
        Try<host::Fd> dir = host::open_root(preopen.host_path);
        if (!dir) return setup_error(dir.error(), "directory \"" + preopen.host_path + "\"");
        const Errno e = env->vfs_.add_preopen(*std::move(dir), preopen.guest_name,
                                              preopen.access == WasiAccess::read);
        if (e != Errno::success) return setup_error(e, "directory \"" + preopen.host_path + "\"");
    }
    for (const int socket : config.get_sockets()) {
        const Errno e = env->vfs_.add_host_fd(host::Fd(socket, true), rights::all);
        if (e != Errno::success) return setup_error(e, "socket");
    }
    return env;
}

}  // namespace wasmi::wasi
