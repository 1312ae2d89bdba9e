// Backtraces: from code positions back to byte offsets, by translating the functions again.
// It costs nothing while running.
#include "core/executor/runtime.hpp"
#include "core/translator/translator.hpp"

#include <algorithm>

namespace wasmi::core {

namespace {

constexpr std::size_t kMaxFrames = 64;

u64 module_offset(ModuleData& module, const FuncCode& func, u32 at) {
    // Facts of callees are read, which another thread may be filling in (CompileMode::lazy).
    const std::lock_guard lock(module.translate_mutex);
    TranslatorBuffers buffers;
    Result<Translation> t = translate_function(module, func.func_index - module.num_imported_funcs,
                                               code_target(), buffers, Keep::positions);
    if (!t) return 0;
    const auto after =
        std::upper_bound(t->positions.begin(), t->positions.end(), at,
                         [](u32 value, const CodePosition& p) { return value < p.code; });
    return after == t->positions.begin() ? 0 : std::prev(after)->module;
}

}  // namespace

bool FrameWalk::leave(const ExecContext& ctx) noexcept {
    const Link link = load_raw<Link>(newest_link(frame_limit));
    if (link.return_ip == stub_code(StubKind::leave)) return false;
    frame_limit += sizeof(Link);
    fp -= link.distance;
    ip = link.return_ip;
    if (ip == stub_code(StubKind::cross_return)) {
        --cross;
        ip = ctx.cross_frames[cross].return_ip;
        instance = ctx.cross_frames[cross].instance;
    }
    --ip;  // a return address is behind its call, perhaps behind all code
    return true;
}

void collect_backtrace(ExecContext& ctx, const u8* ip) noexcept {
    ctx.backtrace.clear();
    if (ip == nullptr || ctx.instance == nullptr) return;
    FrameWalk frame(ctx, ip);
    do {
        const CodeInfo* info = nullptr;
        ModuleData& module = *frame.instance->module;
        {
            const std::lock_guard lock(module.translate_mutex);
            // It is behind a header: at the end of the function if its last instruction has no
            // fields. One byte before is inside in any case.
            info = code_memory_of(module).find(frame.ip - 1);
        }
        if (info == nullptr) return;
        const auto at = static_cast<u32>(frame.ip - info->begin);
        ctx.backtrace.push_back(
            {info->func, frame.instance, module_offset(module, *info->func, at)});
    } while (ctx.backtrace.size() < kMaxFrames && frame.leave(ctx));
}

}  // namespace wasmi::core
