// Modules for the micro-benchmarks: small ones from text, a large made-up one, and files.
// Spec: text/modules, exec/modules.
#pragma once

#include <wasmi/wasmi.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wasmi::bench {

using ByteVector = std::vector<std::byte>;

/// The binary module of a text; ends the process with a message if it is wrong.
ByteVector from_text(std::string_view text);
/// A module of about `functions` times 140 bytes of code, of loops, branches, loads, calls.
ByteVector large_module(int functions);
/// Ends the process if the file cannot be read.
ByteVector from_file(const std::string& path);

/// What a benchmark calls into: an engine, a store and an instance that live together.
class Guest {
  public:
    explicit Guest(std::string_view text, const Config& config = {});

    Store& store() { return store_; }
    Linker& linker() { return linker_; }
    /// Empty if all is well; else why the module cannot run here (a feature that is missing).
    [[nodiscard]] const std::string& trouble() const { return trouble_; }
    /// Instantiates; imports have to be defined before.
    void start();

    template <class Signature>
    TypedFunc<Signature> func(std::string_view name) {
        return instance_.func<Signature>(store_, name).value();
    }
    Func untyped(std::string_view name) { return instance_.func(store_, name).value(); }

  private:
    Engine engine_;
    Store store_;
    Linker linker_;
    Instance instance_;
    std::vector<Module> module_;
    std::string trouble_;
};

/// Benchmarks of decoding, validation and instantiation of one module.
void register_load_benchmarks(const std::string& name, ByteVector bytes);
void register_call_benchmarks();
void register_memory_benchmarks();

}  // namespace wasmi::bench
