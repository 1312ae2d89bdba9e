// Element segments, function bodies as ranges, data segments, and constant expressions.
// Spec: binary/modules (element, code, data section), binary/instructions (expressions).
#include "core/decoder/module_decoder.hpp"

#include <algorithm>
#include <string>

namespace wasmi::core {

namespace {

/// Segments are larger in memory than in the file; longer lists grow as they are read.
constexpr u32 kMaxReserve = 1u << 12;

// Bits of the kind of an element segment.
constexpr u32 kNotActive = 1;
constexpr u32 kExplicitTable = 2;  // of active segments; else: declarative
constexpr u32 kExprs = 4;

}  // namespace

void ModuleDecoder::declare_func(u32 index) {
    if (index < m_.declared_funcs.size()) m_.declared_funcs[index] = true;
}

ConstExpr ModuleDecoder::read_const_expr(Reader& r) {
    const u32 start = r.offset();
    const TypeSpace types = space();
    Immediates imm;
    for (u32 depth = 0; r.ok();) {
        const Instr instr = read_instr(r, types.features);
        if (!r.ok()) break;
        read_immediates(r, imm_of(instr), types, imm);
        switch (instr) {
            case Instr::end:
                if (depth == 0) return {start, r.offset() - start};
                --depth;
                break;
            case Instr::ref_func:
                declare_func(imm.index);
                break;
            // No constant expression has blocks; the validator says so, if their ends are found.
            case Instr::block:
            case Instr::loop:
            case Instr::if_:
            case Instr::try_:
            case Instr::try_table:
                ++depth;
                break;
            case Instr::else_:
            case Instr::delegate:
                if (depth == 0) r.fail_last("END opcode expected");
                if (instr == Instr::delegate) --depth;
                break;
            default:
                break;
        }
    }
    return {};
}

void ModuleDecoder::read_elements(Reader& r) {
    const u32 count = r.read_count(config_.limits.element_segments, "element segments");
    m_.elements.reserve(std::min(count, kMaxReserve));
    for (u32 i = 0; i < count && r.ok(); ++i) read_element(r);
}

void ModuleDecoder::read_element(Reader& r) {
    const u32 start = r.offset();
    const u32 kind = r.read_u32();
    if (kind > 7) {
        r.fail("malformed elements segment kind", start);
        return;
    }
    // Bulk memory and reference types came with the same new forms; only the last has one kind.
    constexpr u32 kDeclarative = kNotActive | kExplicitTable;
    if (kind != 0 && !has(Feature::reference_types)) {
        if ((kind & kDeclarative) == kDeclarative) {
            r.fail_feature(Feature::reference_types, "a declarative element segment", start);
            return;
        }
        if (!has(Feature::bulk_memory)) {
            r.fail_feature(Feature::bulk_memory,
                           "an element segment of kind " + std::to_string(kind), start);
            return;
        }
    }
    ElementSegment& segment = m_.elements.emplace_back();
    segment.uses_exprs = (kind & kExprs) != 0;
    if ((kind & kNotActive) == 0) {
        segment.mode = SegmentMode::active;
        if ((kind & kExplicitTable) != 0) segment.table = r.read_u32();
        segment.offset = read_const_expr(r);
    } else {
        segment.mode =
            (kind & kExplicitTable) != 0 ? SegmentMode::declarative : SegmentMode::passive;
    }
    // The forms with function indices have the type (ref func); table 0 without a type, funcref.
    segment.type = ValType::ref(HeapKind::func, segment.uses_exprs);
    if ((kind & (kNotActive | kExplicitTable)) != 0) {
        if (segment.uses_exprs) {
            segment.type = read_ref_type(r, space());
        } else if (r.read_byte() != 0) {
            r.fail_last("malformed element kind");
        }
    }
    const u32 count = r.read_count();
    if (segment.uses_exprs) {
        segment.exprs.reserve(count / 2);  // the shortest is two bytes long
        for (u32 i = 0; i < count && r.ok(); ++i) segment.exprs.push_back(read_const_expr(r));
        return;
    }
    segment.funcs.reserve(count);
    for (u32 i = 0; i < count && r.ok(); ++i) {
        segment.funcs.push_back(r.read_u32());
        declare_func(segment.funcs.back());
    }
}

void ModuleDecoder::read_code(Reader& r) {
    code_count_ = r.read_count(config_.limits.functions, "functions");
    m_.funcs.reserve(code_count_);
    for (u32 i = 0; i < code_count_ && r.ok(); ++i) {
        const u32 start = r.offset();
        const ByteRange body = r.read_bytes();
        if (r.ok() && body.size > config_.limits.function_bytes) {
            r.fail(ErrorKind::limit,
                   "function too large: the limit is " +
                       std::to_string(config_.limits.function_bytes) + " bytes",
                   start);
        }
        if (!r.ok()) return;
        m_.funcs.push_back({body});
    }
}

void ModuleDecoder::read_data(Reader& r) {
    const u32 count = r.read_count(config_.limits.data_segments, "data segments");
    m_.datas.reserve(std::min(count, kMaxReserve));
    for (u32 i = 0; i < count && r.ok(); ++i) {
        const u32 start = r.offset();
        const u32 kind = r.read_u32();
        if (kind > 2) {
            r.fail("malformed data segment kind", start);
            return;
        }
        if (kind != 0 && !has(Feature::bulk_memory)) {
            r.fail_feature(Feature::bulk_memory, "a data segment of kind " + std::to_string(kind),
                           start);
            return;
        }
        DataSegment& segment = m_.datas.emplace_back();
        if (kind != 1) {
            segment.mode = SegmentMode::active;
            if (kind == 2) segment.memory = r.read_u32();
            segment.offset = read_const_expr(r);
        }
        segment.bytes = r.read_bytes();
    }
}

}  // namespace wasmi::core
