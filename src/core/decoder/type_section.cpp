// The type section: recursion groups of function, structure and array types.
// Spec: binary/types, binary/modules (type section); valid/types (sub types: the order of supers).
#include "core/decoder/module_decoder.hpp"
#include "core/types/type_registry.hpp"

#include <string>
#include <utility>

namespace wasmi::core {

namespace {

/// Our own limit on what the specification leaves open.
constexpr u32 kMaxFields = 10'000;

constexpr u8 kRecForm = 0x4E;
constexpr u8 kSubFinalForm = 0x4F;
constexpr u8 kSubForm = 0x50;
constexpr u8 kArrayForm = 0x5E;
constexpr u8 kStructForm = 0x5F;
constexpr u8 kFuncForm = 0x60;

}  // namespace

void ModuleDecoder::read_types(Reader& r) {
    const u32 count = r.read_count(config_.limits.types, "types");
    m_.types.reserve(count);
    for (u32 i = 0; i < count && r.ok(); ++i) read_recursion_group(r);
}

void ModuleDecoder::read_recursion_group(Reader& r) {
    const u32 start = r.offset();
    u32 size = 1;
    if (r.peek() == kRecForm) {
        if (!require(r, Feature::gc, "a recursion group")) return;
        r.skip(1);
        size = r.read_count(config_.limits.types, "types");
    }
    if (size > kMaxTypes || m_.types.size() + u64{size} > config_.limits.types) {
        r.fail(ErrorKind::limit,
               "too many types: the limit is " + std::to_string(config_.limits.types), start);
        return;
    }
    group_.clear();
    group_depth_.clear();
    group_size_ = size;
    for (u32 i = 0; i < size && r.ok(); ++i) read_sub_type(r, i);
    group_size_ = 0;
    if (!r.ok()) return;
    const Result<TypeId> base = m_.engine->types.add_group(group_);
    if (!base) {
        r.fail(base.error().kind(), base.error().message(), start);
        return;
    }
    for (u32 i = 0; i < size; ++i) m_.types.push_back(*base + i);
}

void ModuleDecoder::read_sub_type(Reader& r, u32 position) {
    SubType& sub = group_.emplace_back();
    u32 depth = 0;
    const u8 form = r.peek();
    if (form == kSubForm || form == kSubFinalForm) {
        if (!require(r, Feature::gc, "a sub type")) return;
        sub.is_final = form == kSubFinalForm;
        r.skip(1);
        const u32 start = r.offset();
        const u32 supers = r.read_count();
        if (supers > 1) {
            r.fail(ErrorKind::invalid, "sub type with more than one super type", start);
            return;
        }
        if (supers == 1) {
            const u32 index = r.read_u32();
            if (!r.ok()) return;
            if (index >= m_.types.size() + position) {
                r.fail(ErrorKind::invalid,
                       "unknown type " + std::to_string(index) + ": a super type comes first",
                       start);
                return;
            }
            sub.super = space().resolve(index);
            depth = 1 + (sub.super >= kRecBase
                             ? group_depth_[sub.super - kRecBase]
                             : static_cast<u32>(m_.engine->types.get(sub.super).supers.size()) - 1);
            if (depth > config_.limits.subtyping_depth) {
                r.fail(ErrorKind::limit,
                       "subtyping too deep: the limit is " +
                           std::to_string(config_.limits.subtyping_depth),
                       start);
                return;
            }
        }
    }
    group_depth_.push_back(depth);
    read_composite_type(r, sub);
}

void ModuleDecoder::read_composite_type(Reader& r, SubType& sub) {
    const u8 form = r.peek();
    const bool aggregate = form == kStructForm || form == kArrayForm;
    if (aggregate &&
        !require(r, Feature::gc, form == kArrayForm ? "an array type" : "a structure type")) {
        return;
    }
    (void)r.read_byte();
    if (form == kFuncForm) {
        sub.kind = CompositeKind::func;
        read_result_types(r, sub.func.params, config_.limits.params, "parameters");
        const u32 start = r.offset();
        read_result_types(r, sub.func.results, config_.limits.results, "results");
        if (r.ok() && sub.func.results.size() > 1 && !has(Feature::multi_value)) {
            r.fail_feature(Feature::multi_value, "a function type with several results", start);
        }
    } else if (aggregate) {
        const bool is_array = form == kArrayForm;
        sub.kind = is_array ? CompositeKind::array : CompositeKind::struct_;
        const u32 count = is_array ? 1 : r.read_count(kMaxFields, "fields");
        sub.fields.reserve(count);
        for (u32 i = 0; i < count && r.ok(); ++i) sub.fields.push_back(read_field_type(r));
    } else {
        r.fail_last((form & 0x80) != 0 ? "integer representation too long"
                                       : "malformed definition type");
    }
}

FieldType ModuleDecoder::read_field_type(Reader& r) {
    FieldType field;
    const u8 byte = r.peek();
    if (byte == 0x78 || byte == 0x77) {
        r.skip(1);
        field.packed = byte == 0x78 ? FieldType::Packed::i8 : FieldType::Packed::i16;
        field.type = ValType::i32;
    } else {
        field.type = read_val_type(r, space());
    }
    const u8 mutability = r.read_byte();
    if (mutability > 1) r.fail_last("malformed mutability");
    field.is_mutable = mutability == 1;
    return field;
}

void ModuleDecoder::read_result_types(Reader& r, std::vector<ValType>& out, u32 limit,
                                      const char* what) {
    const u32 count = r.read_count(limit, what);
    out.reserve(count);
    const TypeSpace types = space();
    for (u32 i = 0; i < count && r.ok(); ++i) out.push_back(read_val_type(r, types));
}

}  // namespace wasmi::core
