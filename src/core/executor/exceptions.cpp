// Exceptions: instances, and unwinding to a handler.
// Spec: exec/instructions (throw, throw_ref, try_table), exec/runtime (exception instances),
// legacy/exceptions.
//
// Nothing is paid on the normal path: unwinding finds the clauses in the side table of each
// function by code position.
#include "core/executor/gc.hpp"
#include "core/executor/runtime.hpp"
#include "core/memory/ref.hpp"
#include "core/translator/code_memory.hpp"

namespace wasmi::core {

u64 allocate_exception(ExecContext& ctx, TagInstance* tag, std::vector<Slot> fields,
                       const u8* stack_top) {
    const u64 bytes = sizeof(ExceptionInstance) + fields.size() * sizeof(Slot);
    const auto fits = [&] {
        return bytes <= ctx.exception_limit && ctx.exception_bytes <= ctx.exception_limit - bytes;
    };
    const bool due =
        ctx.free_exceptions.empty() && ctx.exceptions.size() >= ctx.exception_threshold;
    if ((due || !fits()) && ctx.visit_store_refs != nullptr) {
        collect_garbage(ctx, stack_top, fields);
    }
    if (!fits()) return kNullRef;
    ctx.exception_bytes += bytes;
    u32 index = 0;
    if (!ctx.free_exceptions.empty()) {
        index = ctx.free_exceptions.back();
        ctx.free_exceptions.pop_back();
    } else {
        index = static_cast<u32>(ctx.exceptions.size());
        ctx.exceptions.emplace_back();
    }
    ExceptionInstance& e = ctx.exceptions[index];
    e.tag = tag;
    e.fields = std::move(fields);
    e.live = true;
    return exn_ref(index);
}

const u8* unwind(ExecContext& ctx, const u8* ip, TagInstance* tag, std::vector<Slot> fields,
                 u64 ref) noexcept {
    FrameWalk frame(ctx, ip);
    const u8* stack_top = nullptr;
    const auto exhausted = [&]() -> const u8* {
        raise_trap(ctx, ip, TrapCode::heap_exhausted);
        return nullptr;
    };
    do {
        const CodeInfo* info = nullptr;
        {
            ModuleData& module = *frame.instance->module;
            const std::lock_guard lock(module.translate_mutex);
            info = code_memory_of(module).find(frame.ip);
        }
        if (info == nullptr) break;  // cannot happen: guest frames are of translated code
        if (stack_top == nullptr) stack_top = frame.fp + info->frame_bytes;
        const auto at = static_cast<u32>(frame.ip - info->begin);
        for (std::size_t i = 0; i < info->catches.size(); ++i) {
            const CatchEntry& c = info->catches[i];
            if (at < c.begin || at >= c.end) continue;
            if (c.go_on_at != 0) {
                i = c.go_on_at - 1;
                continue;
            }
            if (c.tag != kNoIndex && frame.instance->tags[c.tag] != tag) continue;
            if (c.with_ref && ref == kNullRef) {
                ref = allocate_exception(ctx, tag, fields, stack_top);
                if (ref == kNullRef) return exhausted();
            }
            u8* to = frame.fp + u64{c.slot} * 8;
            if (c.tag != kNoIndex) {
                for (const Slot field : fields) {
                    store_raw<u64>(to, field);
                    to += 8;
                }
            }
            if (c.with_ref) store_raw<u64>(frame.fp + u64{c.ref_slot} * 8, ref);
            ctx.fp = frame.fp;
            ctx.frame_limit = frame.frame_limit;
            ctx.cross_frames.resize(frame.cross);
            if (frame.instance != ctx.instance) switch_instance(ctx, frame.instance);
            return info->begin + c.pad;
        }
    } while (frame.leave(ctx));
    if (ref == kNullRef) {
        ref = allocate_exception(ctx, tag, std::move(fields), stack_top);
        if (ref == kNullRef) return exhausted();
    }
    ctx.exception = ref;
    ctx.status = ExecStatus::exception;
    return nullptr;
}

}  // namespace wasmi::core
