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

void collect_backtrace(ExecContext& ctx, const u8* ip) noexcept {
    ctx.backtrace.clear();
    u8* fp = ctx.fp;
    ModuleInstance* instance = ctx.instance;
    std::size_t cross = ctx.cross_frames.size();
    while (ip != nullptr && instance != nullptr && ctx.backtrace.size() < kMaxFrames) {
        const CodeInfo* info = nullptr;
        ModuleData& module = *instance->module;
        {
            const std::lock_guard lock(module.translate_mutex);
            // `ip` is behind a header: at the end of the function if its last instruction has no
            // fields. One byte before is inside in any case.
            info = code_memory_of(module).find(ip - 1);
        }
        if (info == nullptr) return;
        const auto at = static_cast<u32>(ip - info->begin);
        ctx.backtrace.push_back({info->func, instance, module_offset(module, *info->func, at)});
        const u8* link = fp + info->func->link_bytes;
        const u8* return_ip = load_raw<const u8*>(link);
        fp -= load_raw<u64>(link + 8);
        if (return_ip == stub_code(StubKind::leave)) return;
        if (return_ip == stub_code(StubKind::cross_return)) {
            --cross;
            return_ip = ctx.cross_frames[cross].return_ip;
            instance = ctx.cross_frames[cross].instance;
        }
        ip = return_ip - 1;
    }
}

}  // namespace wasmi::core
