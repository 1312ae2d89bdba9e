// Modules for the micro-benchmarks: small ones from text, a large made-up one, and files.
// Spec: text/modules, exec/modules.
#include "bench/micro/modules.hpp"

#include "core/text/assemble.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

namespace wasmi::bench {

namespace {

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "wasmi_bench: %s\n", why.c_str());
    std::exit(1);
}

}  // namespace

ByteVector from_text(std::string_view text) {
    Result<std::vector<core::u8>> bytes = core::text::assemble(text);
    if (!bytes) give_up(bytes.error().to_string());
    ByteVector out(bytes->size());
    std::memcpy(out.data(), bytes->data(), out.size());
    return out;
}

ByteVector large_module(int functions) {
    std::string text = "(module (memory 1) (table 8 funcref) (global $g (mut i32) (i32.const 0))\n";
    for (int i = 0; i < functions; i++) {
        const std::string n = std::to_string(i);
        const std::string other = std::to_string(i == 0 ? 0 : i / 2);
        text += "(func $f" + n + " (param $a i32) (param $b i32) (result i32) (local $i i32)\n" +
                "(local $x i64) (local $d f64)\n" + "(block $out (loop $again\n" +
                "  (br_if $out (i32.ge_u (local.get $i) (local.get $b)))\n" +
                "  (local.set $x (i64.add (local.get $x) (i64.mul (i64.const " + n +
                "77) (i64.extend_i32_u (i32.load offset=" + std::to_string(i % 4096) +
                " (i32.and (local.get $a) (i32.const 65532)))))))\n" +
                "  (i32.store8 offset=16 (local.get $i) (i32.wrap_i64 (local.get $x)))\n" +
                "  (if (i32.rem_u (local.get $a) (i32.const 3))\n" +
                "    (then (local.set $d (f64.sqrt (f64.convert_i32_s (local.get $a)))))\n" +
                "    (else (global.set $g (i32.xor (global.get $g) (local.get $a)))))\n" +
                "  (local.set $a (select (local.get $b) (local.get $a)\n" +
                "    (f64.lt (local.get $d) (f64.const 2.5))))\n" +
                "  (local.set $i (i32.add (local.get $i) (i32.const 1)))\n" +
                "  (br_table $again $out $again (i32.shr_u (local.get $a) (i32.const 30)))))\n" +
                "(i32.add (call $f" + other + " (local.get $i) (i32.const 0))\n" +
                "  (i32.wrap_i64 (local.get $x))))\n";
    }
    text += ")";
    return from_text(text);
}

ByteVector from_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) give_up("cannot read " + path);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    ByteVector bytes(text.size());
    std::memcpy(bytes.data(), text.data(), bytes.size());
    return bytes;
}

Guest::Guest(std::string_view text, const Config& config)
    : engine_(config), store_(engine_), linker_(store_) {
    const ByteVector bytes = from_text(text);
    Result<Module> module = Module::compile(engine_, bytes);
    if (module) {
        module_.push_back(*std::move(module));
    } else if (module.error().kind() == ErrorKind::unsupported) {
        trouble_ = module.error().to_string();
    } else {
        give_up(module.error().to_string());
    }
}

void Guest::start() {
    if (module_.empty()) return;
    Result<Instance> instance = linker_.instantiate(module_.front());
    if (instance) {
        instance_ = *instance;
    } else if (instance.error().kind() == ErrorKind::unsupported) {
        trouble_ = instance.error().to_string();
    } else {
        give_up(instance.error().to_string());
    }
}

}  // namespace wasmi::bench
