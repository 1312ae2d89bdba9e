// The collector's roots, and allocation. See gc.hpp.
// Spec: exec/runtime (structure, array and exception instances).
#include "core/executor/gc.hpp"

#include "core/executor/regs.hpp"
#include "core/memory/ref.hpp"
#include "core/translator/code_memory.hpp"

#include <algorithm>

namespace wasmi::core {

namespace {

/// End of the frame of the function that runs at `position`.
const u8* frame_end(const ExecContext& ctx, const u8* position) {
    if (position == nullptr) return ctx.entry_base;
    ModuleData& module = *ctx.instance->module;
    const std::lock_guard lock(module.translate_mutex);
    const CodeInfo* info = code_memory_of(module).find(position);
    WASMI_ASSERT(info != nullptr);
    return info != nullptr ? ctx.fp + info->frame_bytes : newest_link(ctx.frame_limit);
}

class Collector : public RefVisitor {
  public:
    explicit Collector(ExecContext& ctx) : RefVisitor{&take}, ctx_(ctx) {}

    void run(const u8* stack_top, std::span<const u64> extra) {
        ctx_.heap.begin_marking();
        if (stack_top > ctx_.stack) {
            take(*this, reinterpret_cast<const u64*>(ctx_.stack),
                 static_cast<u64>(stack_top - ctx_.stack) / sizeof(u64));
        }
        take(*this, extra.data(), extra.size());
        take(*this, ctx_.held_refs.data(), ctx_.held_refs.size());
        take(*this, &ctx_.exception, 1);
        for (const RootSource* r = ctx_.root_sources; r != nullptr; r = r->next) {
            r->visit(*r, *this);
        }
        ctx_.visit_store_refs(ctx_, *this);
        follow();
        sweep_exceptions();
        ctx_.heap.sweep(root_bytes_);
    }

  private:
    static void take(RefVisitor& self, const u64* words, u64 count) {
        static_cast<Collector&>(self).mark_words(words, count);
    }
    void mark_words(const u64* words, u64 count) {
        root_bytes_ += count * sizeof(u64);
        for (u64 i = 0; i < count; ++i) {
            // Most words are neither, and known by their high half.
            if (words[i] >> 32 == 0) {
                ctx_.heap.mark(words[i]);
            } else {
                mark_exception(words[i]);
            }
        }
    }
    void mark_exception(u64 word) {
        if (!is_exn_ref(word) || exn_index_of(word) >= ctx_.exceptions.size()) return;
        ExceptionInstance& e = ctx_.exceptions[exn_index_of(word)];
        if (!e.live || e.marked) return;
        e.marked = true;
        exceptions_.push_back(exn_index_of(word));
    }
    /// Objects and exceptions lead to each other.
    void follow() {
        for (;;) {
            ctx_.heap.drain([this](u64 word) { mark_exception(word); });
            if (exceptions_.empty()) return;
            const std::vector<Slot>& fields = ctx_.exceptions[exceptions_.back()].fields;
            exceptions_.pop_back();
            mark_words(fields.data(), fields.size());
        }
    }
    void sweep_exceptions() {
        u64 live = 0;
        for (u32 i = 0; i < ctx_.exceptions.size(); ++i) {
            ExceptionInstance& e = ctx_.exceptions[i];
            if (e.live && !e.marked) {
                ctx_.exception_bytes -= e.bytes();
                e = ExceptionInstance{};
                ctx_.free_exceptions.push_back(i);
            }
            e.marked = false;
            live += e.live ? 1 : 0;
        }
        ctx_.exception_threshold = std::max<u64>(1024, live * 2);
    }

    ExecContext& ctx_;
    std::vector<u32> exceptions_;  ///< marked, to follow
    u64 root_bytes_ = 0;
};

}  // namespace

u32 gc_allocate(ExecContext& ctx, TypeId type, u32 length, u64 bytes, bool zeroed,
                const u8* position) noexcept {
    u32 at = ctx.heap.allocate(type, length, bytes, zeroed, false);
    if (WASMI_UNLIKELY(at == 0)) {
        if (!ctx.heap.can_hold(bytes) || ctx.visit_store_refs == nullptr) return 0;
        collect_garbage(ctx, frame_end(ctx, position), {});
        at = ctx.heap.allocate(type, length, bytes, zeroed, true);
    }
    ctx.heap_data = ctx.heap.data();
    return at;
}

void collect_garbage(ExecContext& ctx, const u8* stack_top, std::span<const u64> extra) noexcept {
    Collector(ctx).run(stack_top, extra);
}

void hold_ref(ExecContext& ctx, u64 word) {
    if (is_exn_ref(word) || ctx.heap.is_object(word)) ctx.held_refs.push_back(word);
}

void init_object(ExecContext& ctx, u32 at, const Slot* slots) noexcept {
    u8* const object = ctx.heap.data() + at;
    const ObjectHeader header = ctx.heap.header(at);
    const DefinedType& type = ctx.types->get(header.type);
    if (type.sub.kind == CompositeKind::array) {
        const FieldLayout f = type.layout[0];
        u8* element = object + f.offset;
        for (u32 i = 0; i < header.length; ++i) {
            store_field(element, f.size_log2, slots);
            element += f.size();
            slots += slots_of_field(f);
        }
        return;
    }
    init_fields(object, type, slots);
}

void fill_elements(u8* first, u32 size_log2, u64 count, const Slot* value) noexcept {
    if (count == 0) return;
    if (size_log2 == 0) {
        std::memset(first, static_cast<u8>(*value), count);
        return;
    }
    // Doubles what is there already.
    const u64 bytes = count << size_log2;
    store_field(first, size_log2, value);
    for (u64 done = u64{1} << size_log2; done < bytes;) {
        const u64 part = std::min(done, bytes - done);
        std::memcpy(first + done, first, part);
        done += part;
    }
}

}  // namespace wasmi::core
