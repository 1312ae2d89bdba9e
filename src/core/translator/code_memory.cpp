// CodeMemory: see code_memory.hpp.
#include "core/translator/code_memory.hpp"

#include <cstring>

namespace wasmi::core {

const CodeInfo* ModuleData::CodeMemory::add(FuncCode& func, Translation translation) {
    const std::span<const u8> code = translation.code;
    // Headers are read as words: keep functions aligned to their size.
    const std::size_t size = (code.size() + 7) & ~std::size_t{7};
    if (capacity_ - used_ < size) {
        capacity_ = size > kChunkSize ? size : kChunkSize;
        used_ = 0;
        chunks_.push_back(std::unique_ptr<u8[]>(new u8[capacity_]));
    }
    u8* begin = chunks_.back().get() + used_;
    used_ += size;
    std::memcpy(begin, code.data(), code.size());
    for (const u32 at : translation.return_addresses) {
        u64 address = 0;
        std::memcpy(&address, begin + at, sizeof address);
        address += reinterpret_cast<u64>(begin);
        std::memcpy(begin + at, &address, sizeof address);
    }
    auto info = std::make_unique<CodeInfo>();
    info->begin = begin;
    info->size = static_cast<u32>(code.size());
    info->func = &func;
    const ModuleData& module = *func.module;
    const u32 defined = func.func_index - module.num_imported_funcs;
    const FuncFacts& measured = module.facts[defined];
    info->frame_bytes = frame_slots(measured, module.type_of_func(func.func_index)) * 8;
    info->catches = std::move(translation.catches);
    ++count;
    body_bytes += module.funcs[defined].body.size;
    code_bytes += code.size();
    return functions_.insert_or_assign(begin, std::move(info)).first->second.get();
}

const CodeInfo* ModuleData::CodeMemory::find(const u8* ip) const {
    auto after = functions_.upper_bound(ip);
    if (after == functions_.begin()) return nullptr;
    const CodeInfo* info = std::prev(after)->second.get();
    return ip < info->begin + info->size ? info : nullptr;
}

ModuleData::CodeMemory& code_memory_of(ModuleData& module) {
    if (module.code_memory == nullptr) {
        module.code_memory = {new ModuleData::CodeMemory,
                              [](ModuleData::CodeMemory* m) { delete m; }};
    }
    return *module.code_memory;
}

}  // namespace wasmi::core
