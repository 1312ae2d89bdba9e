// Module: loading from bytes and files, and what a module says about itself.
// Spec: appendix/embedding (modules).
#include "core/types/module.hpp"

#include "api/load.hpp"
#include "core/decoder/decoder.hpp"
#include "core/executor/executor.hpp"
#include "core/linker/extern_type.hpp"
#include "core/memory/pages.hpp"
#include "core/text/assemble.hpp"
#include "core/translator/code_memory.hpp"
#include "core/validator/validator.hpp"

#include <wasmi/module.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace wasmi {

using namespace core;
using api::assemble_text;
using api::is_text;

/// A binary module starts with a zero byte, which no text contains. Spec: binary/modules (magic).
bool api::is_text(std::span<const u8> bytes) {
    const auto space = [](u8 c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    std::size_t i = 0;
    while (i < bytes.size() && space(bytes[i])) ++i;
    return i + 1 < bytes.size() && (bytes[i] == '(' || (bytes[i] == ';' && bytes[i + 1] == ';'));
}

Result<std::vector<u8>> api::assemble_text(Features features, std::span<const u8> bytes) {
    text::AssembleOptions options;
    options.memory64 = features.has(Feature::memory64);
    return text::assemble({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, options);
}

namespace {

using Loaded = Result<std::shared_ptr<ModuleData>>;

std::span<const u8> as_u8(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const u8*>(bytes.data()), bytes.size()};
}

Loaded decode_and_check(const Engine& engine, std::span<const u8> bytes,
                        std::shared_ptr<const void> keep, bool bodies) {
    Loaded module = decode(engine.data(), bytes, std::move(keep));
    if (!module) return module;
    if (Result<void> valid = validate_module(**module); !valid) return std::move(valid).error();
    if (bodies) {
        if (Result<void> valid = validate_bodies(**module); !valid) return std::move(valid).error();
    } else {
        measure_locals(**module);
    }
    return module;
}

Result<Module> load(const Engine& engine, std::span<const u8> bytes,
                    std::shared_ptr<const void> keep) {
    const bool bodies = engine.config().compile != CompileMode::lazy;
    Loaded module = decode_and_check(engine, bytes, std::move(keep), bodies);
    if (!module) return std::move(module).error();
    if (Result<void> ready = prepare_module(**module); !ready) return std::move(ready).error();
    (*module)->index_exports();
    return Module(std::move(*module));
}

Error too_large(u64 limit) {
    return Error(ErrorKind::limit, "module is larger than " + std::to_string(limit) + " bytes");
}

Result<Module> load_text(const Engine& engine, std::span<const u8> bytes) {
    const u64 limit = engine.config().limits.module_bytes;
    if (bytes.size() > limit) return too_large(limit);
    Result<std::vector<u8>> binary = assemble_text(engine.config().features, bytes);
    if (!binary) return std::move(binary).error();
    auto owned = std::make_shared<const std::vector<u8>>(std::move(*binary));
    const std::span<const u8> view(*owned);
    return load(engine, view, std::move(owned));
}

Error io_error(const char* path, int code) {
    return Error(ErrorKind::io, std::string(path) + ": " + std::strerror(code));
}

/// The content of a file. In pages of its own: a file may be large, and grow while it is read.
struct FileBytes {
    u8* data = nullptr;
    std::size_t size = 0;
    std::size_t room = 0;

    FileBytes() = default;
    FileBytes(FileBytes&& other) noexcept
        : data(std::exchange(other.data, nullptr)), size(other.size), room(other.room) {}
    FileBytes& operator=(FileBytes&&) = delete;
    ~FileBytes() { unmap_pages(data, room); }

    [[nodiscard]] bool make_room(std::size_t n) {
        u8* const larger = data == nullptr ? map_pages(n) : remap_pages(data, room, n);
        if (larger == nullptr) return false;
        data = larger;
        room = n;
        will_fill_pages(data, room);
        return true;
    }
};

/// The whole file, or the error. Pipes and devices are read until they end.
Result<FileBytes> read_file(const char* path, u64 limit) {
    struct Close {
        void operator()(std::FILE* f) const { std::fclose(f); }
    };
    const std::unique_ptr<std::FILE, Close> file(std::fopen(path, "rb"));
    if (file == nullptr) return io_error(path, errno);
    std::setvbuf(file.get(), nullptr, _IONBF, 0);
    FileBytes bytes;
    // The size, where the file has one, saves growing; a file may lie about it, or change.
    u64 expected = 65536;
    if (std::fseek(file.get(), 0, SEEK_END) == 0) {
        const long size = std::ftell(file.get());
        std::rewind(file.get());
        if (size > 0 && static_cast<u64>(size) > limit) {
            u8 probe = 0;  // a directory claims a size, but cannot be read
            if (std::fread(&probe, 1, 1, file.get()) != 1 && std::ferror(file.get()) != 0) {
                return io_error(path, errno);
            }
            return too_large(limit);
        }
        if (size > 0) expected = static_cast<u64>(size) + 1;
    }
    const auto no_memory = [path] {
        return Error(ErrorKind::limit, std::string(path) + ": no memory to read it into");
    };
    if (!bytes.make_room(
            static_cast<std::size_t>(std::min(expected, std::max(limit, limit + 1))))) {
        return no_memory();
    }
    while (true) {
        const std::size_t free = bytes.room - bytes.size;
        const std::size_t got = std::fread(bytes.data + bytes.size, 1, free, file.get());
        if (got < free && std::ferror(file.get()) != 0) return io_error(path, errno);
        bytes.size += got;
        if (bytes.size > limit) return too_large(limit);
        if (got < free) return bytes;
        if (!bytes.make_room(bytes.room * 2)) return no_memory();
    }
}

}  // namespace

Result<Module> Module::compile(const Engine& engine, std::span<const std::byte> bytes,
                               Bytes ownership) {
    if (is_text(as_u8(bytes))) return load_text(engine, as_u8(bytes));
    if (ownership == Bytes::borrow) return load(engine, as_u8(bytes), nullptr);
    const u64 limit = engine.config().limits.module_bytes;
    if (bytes.size() > limit) return too_large(limit);
    const std::span<const u8> given = as_u8(bytes);
    auto copy = std::make_shared<const std::vector<u8>>(given.begin(), given.end());
    const std::span<const u8> view(*copy);
    return load(engine, view, std::move(copy));
}

Result<Module> Module::compile_file(const Engine& engine, const char* path) {
    Result<FileBytes> bytes = read_file(path, engine.config().limits.module_bytes);
    if (!bytes) return std::move(bytes).error();
    auto owned = std::make_shared<const FileBytes>(std::move(*bytes));
    const std::span<const u8> view(owned->data, owned->size);
    if (is_text(view)) return load_text(engine, view);
    return load(engine, view, std::move(owned));
}

Result<void> Module::validate(const Engine& engine, std::span<const std::byte> bytes) {
    if (is_text(as_u8(bytes))) {
        Result<std::vector<u8>> binary = assemble_text(engine.config().features, as_u8(bytes));
        if (!binary) return std::move(binary).error();
        Loaded module = decode_and_check(engine, *binary, nullptr, true);
        if (!module) return std::move(module).error();
        return {};
    }
    Loaded module = decode_and_check(engine, as_u8(bytes), nullptr, true);
    if (!module) return std::move(module).error();
    return {};
}

std::vector<ImportType> Module::imports() const {
    std::vector<ImportType> list;
    list.reserve(data_->imports.size());
    for (const ImportDesc& i : data_->imports) {
        list.push_back({i.module, i.name, declared_type(*data_, i.kind, i.index)});
    }
    return list;
}

std::vector<ExportType> Module::exports() const {
    std::vector<ExportType> list;
    list.reserve(data_->exports.size());
    for (const ExportDesc& e : data_->exports) {
        list.push_back({e.name, declared_type(*data_, e.kind, e.index)});
    }
    return list;
}

TranslationStats Module::translation_stats() const {
    const std::lock_guard lock(data_->translate_mutex);
    const ModuleData::CodeMemory& memory = code_memory_of(*data_);
    return {memory.count, memory.body_bytes, memory.code_bytes};
}

std::string Module::name() const { return data_->module_name(); }

std::span<const std::byte> Module::custom_section(std::string_view name) const noexcept {
    for (const CustomSection& section : data_->customs) {
        if (section.name == name) return std::as_bytes(data_->slice(section.bytes));
    }
    return {};
}

Engine Module::engine() const { return Engine(data_->engine); }

}  // namespace wasmi
