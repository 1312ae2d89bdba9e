// A syntax-only pass over function bodies.
// Spec: binary/modules (code section), binary/instructions.
#include "core/decoder/body_scan.hpp"

#include "core/decoder/immediates.hpp"

#include <string>
#include <utility>

namespace wasmi::core {

namespace {

void scan_locals(Reader& r, const TypeSpace& types) {
    const u32 start = r.offset();
    u64 locals = 0;
    const u32 groups = r.read_count();
    for (u32 i = 0; i < groups && r.ok(); ++i) {
        locals += r.read_u32();
        (void)read_val_type(r, types);
    }
    if (r.ok() && locals > ~u32{0}) r.fail("too many locals", start);
}

void scan_instructions(Reader& r, const TypeSpace& types, bool has_data_count) {
    // Only an if may have an else; which blocks are open is told by one bit for each.
    std::vector<bool> may_else;
    Immediates imm;
    while (true) {
        const u32 start = r.offset();
        const Instr instr = read_instr(r, types.features);
        if (!r.ok()) return;
        read_immediates(r, imm_of(instr), types, imm);
        switch (instr) {
            case Instr::block:
            case Instr::loop:
            case Instr::if_:
            case Instr::try_:
            case Instr::try_table:
                may_else.push_back(instr == Instr::if_);
                break;
            case Instr::else_:
                if (may_else.empty() || !may_else.back()) {
                    r.fail("END opcode expected", start);
                    return;
                }
                may_else.back() = false;
                break;
            case Instr::end:
            case Instr::delegate:
                if (may_else.empty()) {
                    if (instr == Instr::delegate) r.fail("END opcode expected", start);
                    return;
                }
                may_else.pop_back();
                break;
            case Instr::memory_init:
            case Instr::data_drop:
            case Instr::array_new_data:
            case Instr::array_init_data:
                if (!has_data_count) r.fail("data count section required", start);
                break;
            default:
                break;
        }
    }
}

}  // namespace

std::optional<Error> find_malformed_body(const ModuleData& module) {
    const TypeSpace types{module.types, 0, module.engine->config.features};
    for (u32 i = 0; i < module.funcs.size(); ++i) {
        const ByteRange body = module.funcs[i].body;
        // The size of the body is compared afterwards, so that the failure is that of the content.
        Reader r(module.bytes, {body.offset, static_cast<u32>(module.bytes.size()) - body.offset});
        scan_locals(r, types);
        if (r.ok()) scan_instructions(r, types, module.has_data_count);
        if (r.ok() && r.offset() != body.offset + body.size) {
            r.fail("section size mismatch", body.offset);
        }
        if (r.ok() || r.error()->kind() != ErrorKind::malformed) continue;
        Error error = r.take_error();
        error.in_section("code");
        error.at_function(module.num_imported_funcs + i,
                          module.function_name(module.num_imported_funcs + i));
        return error;
    }
    return std::nullopt;
}

}  // namespace wasmi::core
