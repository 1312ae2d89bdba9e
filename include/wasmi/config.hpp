// Config: what an Engine accepts and how it runs it. A plain value; set it up, then make the
// Engine.
#pragma once

#include <wasmi/export.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace wasmi {

/// A proposal of WebAssembly; the list is features.def.
enum class Feature : std::uint8_t {
#define WASMI_FEATURE(id, ...) id,
#include <wasmi/features.def>
#undef WASMI_FEATURE
};

/// A set of proposals. The default set is Wasm 3.0 with threads and legacy exceptions.
class Features {
  public:
    constexpr Features() = default;
    static constexpr Features defaults() {
        Features f;
#define WASMI_FEATURE(id, text, edition, on, aliases) \
    if (on) f.set(Feature::id, true);
#include <wasmi/features.def>
#undef WASMI_FEATURE
        return f;
    }
    static constexpr Features all() {
        Features f;
#define WASMI_FEATURE(id, ...) f.set(Feature::id, true);
#include <wasmi/features.def>
#undef WASMI_FEATURE
        return f;
    }
    /// What the editions 1.0, 2.0 and 3.0 of the specification contain; later ones count as 3.
    static constexpr Features wasm(int version) {
        Features f;
#define WASMI_FEATURE(id, text, edition, on, aliases) \
    if ((edition) != 0 && (edition) <= version) f.set(Feature::id, true);
#include <wasmi/features.def>
#undef WASMI_FEATURE
        return f;
    }
    constexpr Features& set(Feature feature, bool on) {
        const std::uint32_t bit = 1u << static_cast<unsigned>(feature);
        bits_ = on ? bits_ | bit : bits_ & ~bit;
        return *this;
    }
    [[nodiscard]] constexpr bool has(Feature feature) const {
        return (bits_ >> static_cast<unsigned>(feature) & 1u) != 0;
    }
    friend constexpr bool operator==(Features, Features) = default;

  private:
    std::uint32_t bits_ = 0;
};

/// "bulk-memory"; static storage.
[[nodiscard]] WASMI_EXPORT std::string_view to_string(Feature feature) noexcept;
/// The feature of that name; also by the names that toolchains give to it ("simd128").
[[nodiscard]] WASMI_EXPORT std::optional<Feature> feature_from_text(std::string_view text) noexcept;

/// When function bodies are translated to register code.
enum class CompileMode : std::uint8_t {
    lazy_translation,  ///< validate all at load, translate a function at its first call (default)
    eager,             ///< validate and translate all at load
    lazy,              ///< validate and translate a function at its first call
};

/// Switches of the translator, all on by default. They change speed, never results, fuel or traps;
/// the tests run everything with each of them off.
struct Tuning {
    bool pin_locals = true;    ///< keep hot locals in machine registers
    bool accumulators = true;  ///< keep results in machine registers between instructions
    bool fuse = true;          ///< fuse compare+branch, addresses, adjacent instructions
    /// Collect garbage at every n-th allocation, however much room there is; 0: when needed.
    std::uint32_t gc_stress = 0;
    friend bool operator==(const Tuning&, const Tuning&) = default;
};

/// Limits on what a module may contain; a module beyond them is refused with ErrorKind::limit.
struct ParseLimits {
    std::uint32_t types = 1'000'000;
    std::uint32_t functions = 1'000'000;
    std::uint32_t imports = 1'000'000;
    std::uint32_t exports = 1'000'000;
    std::uint32_t globals = 1'000'000;
    std::uint32_t tables = 100'000;
    std::uint32_t memories = 100'000;
    std::uint32_t tags = 1'000'000;
    std::uint32_t element_segments = 10'000'000;
    std::uint32_t data_segments = 100'000;
    std::uint32_t locals = 50'000;  ///< of one function
    std::uint32_t params = 1'000;   ///< of one function type
    std::uint32_t results = 1'000;  ///< of one function type
    std::uint32_t subtyping_depth = 63;
    std::uint64_t function_bytes = 128u << 20;
    std::uint64_t module_bytes = std::uint64_t{1} << 30;
};

struct Config {
    Features features = Features::defaults();
    CompileMode compile = CompileMode::lazy_translation;
    ParseLimits limits;
    Tuning tuning;
};

}  // namespace wasmi
