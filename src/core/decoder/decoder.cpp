// The frame of a module: header, order and size of the sections, custom sections, and what the
// sections must agree on.
// Spec: binary/modules.
#include "core/decoder/decoder.hpp"

#include "core/decoder/body_scan.hpp"
#include "core/decoder/module_decoder.hpp"

#include <array>
#include <string>
#include <utility>

namespace wasmi::core {

namespace {

constexpr u32 kMagic = 0x6D73'6100;  // "\0asm"
constexpr u32 kVersion = 1;

/// Place of a section in the order of sections, which is not the order of the ids.
u32 rank_of(SectionId id) {
    static constexpr std::array<u8, kMaxSectionId + 1> ranks = {
        0,   // custom: anywhere
        1,   // type
        2,   // import
        3,   // function
        4,   // table
        5,   // memory
        7,   // global
        8,   // export
        9,   // start
        10,  // element
        12,  // code
        13,  // data
        11,  // data count
        6,   // tag
    };
    return ranks[static_cast<u8>(id)];
}

}  // namespace

std::string_view to_string(SectionId id) noexcept {
    static constexpr std::array names = std::to_array<std::string_view>(
        {"custom", "type", "import", "function", "table", "memory", "global", "export", "start",
         "element", "code", "data", "data count", "tag"});
    static_assert(names.size() == kMaxSectionId + 1);
    const auto index = static_cast<std::size_t>(id);
    return index < names.size() ? names[index] : "unknown";
}

Result<void> ModuleDecoder::run() {
    if (std::optional<Error> error = find_malformed()) {
        if (all_ != nullptr) all_->add_first(*error);
        return *std::move(error);
    }
    if (invalid_) return *std::move(invalid_);
    return {};
}

/// All that is not merely invalid.
std::optional<Error> ModuleDecoder::find_malformed() {
    Reader r(m_.bytes);
    const u32 magic = r.read_bits32();
    if (r.ok() && magic != kMagic) r.fail("magic header not detected", 0);
    const u32 version = r.read_bits32();
    if (r.ok() && version != kVersion) r.fail("unknown binary version", 4);
    if (!r.ok()) return r.take_error();
    if (std::optional<Error> error = read_sections(r)) {
        // A body that does not end where it should is often what misled the rest.
        if (error->kind() == ErrorKind::malformed) {
            if (std::optional<Error> earlier = find_malformed_body(m_)) error = std::move(earlier);
        }
        return error;
    }
    if (std::optional<Error> error = check_lengths()) return error;
    if (invalid_) return find_malformed_body(m_);
    return std::nullopt;
}

std::optional<Error> ModuleDecoder::read_sections(Reader& r) {
    u32 last_rank = 0;
    while (!r.at_end()) {
        const u32 start = r.offset();
        const u8 byte = r.read_byte();
        if (byte > kMaxSectionId) {
            return Error(ErrorKind::malformed, "malformed section id", start);
        }
        const SectionId id = static_cast<SectionId>(byte);
        if (id != SectionId::custom) {
            if (rank_of(id) <= last_rank) {
                return Error(ErrorKind::malformed,
                             "unexpected content after last section: " +
                                 std::string(to_string(id)) + " section out of order",
                             start);
            }
            last_rank = rank_of(id);
        }
        section_ = id;
        // The content is read as far as it goes and its size compared afterwards, so that the
        // failure is that of the content, as in the reference interpreter.
        section_size_ = r.read_u32();
        section_start_ = r.offset();
        const bool too_long = section_size_ > r.left();
        if (r.ok()) read_section(id, r);
        if (too_long && (r.ok() || r.error()->message() == kUnexpectedEnd)) {
            return Error(ErrorKind::malformed, "length out of bounds", start + 1u)
                .in_section(to_string(id));
        }
        if (r.ok() && r.offset() - section_start_ != section_size_) {
            r.fail("section size mismatch", section_start_);
        }
        if (!r.ok()) return r.take_error().in_section(to_string(id));
    }
    return std::nullopt;
}

void ModuleDecoder::read_section(SectionId id, Reader& r) {
    switch (id) {
        case SectionId::custom:
            return read_custom(r);
        case SectionId::type:
            return read_types(r);
        case SectionId::import:
            return read_imports(r);
        case SectionId::function:
            return read_functions(r);
        case SectionId::table:
            return read_tables(r);
        case SectionId::memory:
            return read_memories(r);
        case SectionId::tag:
            return read_tags(r);
        case SectionId::global:
            return read_globals(r);
        case SectionId::export_:
            return read_exports(r);
        case SectionId::start:
            m_.start = r.read_u32();
            // The index 2^32-1 cannot exist; it must not be taken for "no start function".
            if (r.ok() && m_.start == kNoIndex)
                note_invalid("unknown function 4294967295", r.offset());
            return;
        case SectionId::element:
            return read_elements(r);
        case SectionId::data_count:
            if (!require(r, Feature::bulk_memory, "the data count section")) return;
            m_.has_data_count = true;
            m_.data_count = r.read_u32();
            return;
        case SectionId::code:
            return read_code(r);
        case SectionId::data:
            return read_data(r);
    }
}

void ModuleDecoder::read_custom(Reader& r) {
    const std::string_view name = r.read_name();
    if (r.ok() && r.offset() - section_start_ > section_size_) r.fail_end();
    if (!r.ok()) return;
    CustomSection& section = m_.customs.emplace_back();
    section.name = name;
    section.bytes = {r.offset(), section_size_ - (r.offset() - section_start_)};
    r.skip(section.bytes.size);
}

std::optional<Error> ModuleDecoder::check_lengths() const {
    const u64 end = m_.bytes.size();
    if (function_count_ != code_count_) {
        return Error(ErrorKind::malformed,
                     "function and code section have inconsistent lengths: " +
                         std::to_string(function_count_) + " and " + std::to_string(code_count_),
                     end);
    }
    if (m_.has_data_count && m_.data_count != m_.datas.size()) {
        return Error(ErrorKind::malformed,
                     "data count and data section have inconsistent lengths: " +
                         std::to_string(m_.data_count) + " and " + std::to_string(m_.datas.size()),
                     end);
    }
    return std::nullopt;
}

void ModuleDecoder::note_invalid(std::string message, u64 offset) {
    if (invalid_ && (all_ == nullptr || all_->is_full())) return;
    Error error(ErrorKind::invalid, std::move(message), offset);
    error.in_section(to_string(section_));
    if (all_ != nullptr) all_->add(error);
    if (!invalid_) invalid_.emplace(std::move(error));
}

Result<std::shared_ptr<ModuleData>> decode(std::shared_ptr<EngineData> engine,
                                           std::span<const u8> bytes,
                                           std::shared_ptr<const void> keep, ErrorList* all) {
    const Config& config = engine->config;
    // Offsets are 32 bits wide.
    if (bytes.size() > config.limits.module_bytes || bytes.size() > ~u32{0}) {
        Error error(ErrorKind::limit, "module too large: " + std::to_string(bytes.size()) +
                                          " bytes, the limit is " +
                                          std::to_string(config.limits.module_bytes));
        if (all != nullptr) all->add(error);
        return error;
    }
    auto module = std::make_shared<ModuleData>(std::move(engine));
    module->bytes = bytes;
    module->keep_bytes = std::move(keep);
    ModuleDecoder decoder(*module, module->engine->config, all);
    if (Result<void> result = decoder.run(); !result) return std::move(result).error();
    return module;
}

}  // namespace wasmi::core
