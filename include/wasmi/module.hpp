// Engine and Module: where modules are loaded, and what a loaded module says about itself.
//
//     wasmi::Engine engine;
//     auto module = wasmi::Module::compile(engine, bytes);
//     if (!module) std::cerr << module.error().to_string();
//
// Thread rule: Engine and Module are immutable shared handles, safe to use from any thread.
// Lifetime: cheap to copy; the last copy frees. Spec: appendix/embedding (modules).
#pragma once

#include <wasmi/config.hpp>
#include <wasmi/result.hpp>
#include <wasmi/types.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wasmi {

namespace core {
struct EngineData;
class ModuleData;
}  // namespace core

/// Shared configuration and canonical types of a group of modules and stores.
class WASMI_EXPORT Engine {
  public:
    Engine() : Engine(Config{}) {}
    explicit Engine(const Config& config);
    // Moving copies: an Engine is never empty.
    Engine(const Engine&) = default;
    Engine& operator=(const Engine&) = default;
    ~Engine() = default;

    [[nodiscard]] const Config& config() const noexcept;

    /// The canonical id of a function type, for comparing and for host functions.
    [[nodiscard]] Result<TypeId> type_id(const FuncType& type) const;
    /// The function type of a canonical id; an error if no function type of this engine has it.
    [[nodiscard]] Result<FuncType> func_type(TypeId id) const;

    /// Spec: valid/matching. Whether a value (an import, an item) of type `sub` may stand where
    /// `super` is asked for. False for ids that this engine does not know.
    [[nodiscard]] bool matches(ValType sub, ValType super) const noexcept;
    [[nodiscard]] bool matches(const ExternType& sub, const ExternType& super) const noexcept;

    [[nodiscard]] const std::shared_ptr<core::EngineData>& data() const noexcept { return data_; }
    explicit Engine(std::shared_ptr<core::EngineData> data) : data_(std::move(data)) {}

  private:
    std::shared_ptr<core::EngineData> data_;
};

/// Whether Module::compile keeps a copy of the bytes or borrows the caller's.
enum class Bytes : std::uint8_t {
    copy,    ///< the module owns a copy
    borrow,  ///< the caller keeps the bytes unchanged as long as the module lives
};

/// What of a module has been translated so far.
struct TranslationStats {
    std::uint64_t functions = 0;
    std::uint64_t body_bytes = 0;  ///< their bodies in the module
    std::uint64_t code_bytes = 0;  ///< their register code, which stays as long as the module
};

/// A decoded and validated module.
class WASMI_EXPORT Module {
  public:
    /// Decodes and validates a module in the binary format; one in the text format is assembled
    /// first. Errors: malformed, invalid, unsupported, limit.
    [[nodiscard]] static Result<Module> compile(const Engine& engine,
                                                std::span<const std::byte> bytes,
                                                Bytes ownership = Bytes::copy);
    /// Reads a file. Errors also: io. The bytes are read once and kept: a mapping would show later
    /// changes of the file, which nobody validates.
    [[nodiscard]] static Result<Module> compile_file(const Engine& engine, const char* path);
    /// Decodes and validates every function, in every CompileMode; keeps nothing.
    [[nodiscard]] static Result<void> validate(const Engine& engine,
                                               std::span<const std::byte> bytes);

    [[nodiscard]] std::vector<ImportType> imports() const;
    [[nodiscard]] std::vector<ExportType> exports() const;
    /// The module name of the name section, or empty.
    [[nodiscard]] std::string name() const;
    /// Content of the first custom section of that name. Valid as long as the module.
    [[nodiscard]] std::span<const std::byte> custom_section(std::string_view name) const noexcept;
    [[nodiscard]] Engine engine() const;
    /// Thread rule: at any time.
    [[nodiscard]] TranslationStats translation_stats() const;

    [[nodiscard]] const std::shared_ptr<core::ModuleData>& data() const noexcept { return data_; }
    explicit Module(std::shared_ptr<core::ModuleData> data) : data_(std::move(data)) {}
    // Moving copies: a Module is never empty.
    Module(const Module&) = default;
    Module& operator=(const Module&) = default;
    ~Module() = default;

  private:
    std::shared_ptr<core::ModuleData> data_;
};

}  // namespace wasmi
