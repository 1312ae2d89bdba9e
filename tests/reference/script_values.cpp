// Values of scripts for the reference interpreter.
#include "tests/reference/script_values.hpp"

namespace wasmi::reference {

using spectest::Pattern;

namespace {

bool is_extern(ValType type) {
    return type.heap() == HeapKind::extern_ || type.heap() == HeapKind::noextern;
}

/// The bits of a float against a value or a kind of NaN.
bool float_matches(u64 bits, u64 expected, Pattern::Nan nan, unsigned width) {
    const u64 sign = u64{1} << (width - 1);
    const u64 canonical = width == 32 ? 0x7FC0'0000 : 0x7FF8'0000'0000'0000;
    switch (nan) {
        case Pattern::Nan::none:
            return bits == expected;
        case Pattern::Nan::canonical:
            return (bits & ~sign) == canonical;
        case Pattern::Nan::arithmetic:
            return (bits & canonical) == canonical;
    }
    return false;
}

bool vector_matches(const Value& value, const Pattern& p) {
    if (p.float_lane_bits == 0) return value.lo == p.bits && value.hi == p.bits_hi;
    if (p.float_lane_bits == 64) {
        return float_matches(value.lo, p.bits, p.lane_nans[0], 64) &&
               float_matches(value.hi, p.bits_hi, p.lane_nans[1], 64);
    }
    for (unsigned lane = 0; lane < 4; ++lane) {
        const unsigned at = lane % 2 * 32;
        const u32 got = static_cast<u32>((lane < 2 ? value.lo : value.hi) >> at);
        const u32 want = static_cast<u32>((lane < 2 ? p.bits : p.bits_hi) >> at);
        if (!float_matches(got, want, p.lane_nans[lane], 32)) return false;
    }
    return true;
}

bool is_of_kind(const Store& store, const Value& value, ValType type, spectest::RefKind wanted) {
    using Kind = spectest::RefKind;
    const bool as_extern = is_extern(type);
    const auto is_object = [&](core::CompositeKind kind) {
        return !as_extern && value.ref == RefKind::object &&
               store.type(store.objects[value.addr()].type).sub.kind == kind;
    };
    const bool is_struct = is_object(core::CompositeKind::struct_);
    const bool is_array = is_object(core::CompositeKind::array);
    const bool is_i31 = !as_extern && value.ref == RefKind::i31;
    switch (wanted) {
        case Kind::any:
            return !value.is_null();
        case Kind::eq:
            return is_struct || is_array || is_i31;
        case Kind::i31:
            return is_i31;
        case Kind::struct_:
            return is_struct;
        case Kind::array:
            return is_array;
        case Kind::func:
            return value.ref == RefKind::func;
        case Kind::exn:
            return value.ref == RefKind::exn;
        case Kind::extern_:
            return as_extern && !value.is_null();
        case Kind::host:
            return !as_extern && value.ref == RefKind::host;
    }
    return false;
}

}  // namespace

Value value_of(const Pattern& p) {
    switch (p.kind) {
        case Pattern::Kind::i32:
        case Pattern::Kind::f32:
            return to_value(static_cast<u32>(p.bits));
        case Pattern::Kind::extern_:
        case Pattern::Kind::host:
            return Value::of_ref(RefKind::host, p.bits);
        case Pattern::Kind::null:
            return {};
        default:
            return {p.bits, p.bits_hi, RefKind::null};
    }
}

bool matches(const Store& store, const Value& value, ValType type, const Pattern& p) {
    switch (p.kind) {
        case Pattern::Kind::i32:
            return type == ValType::i32 && value.lo == static_cast<u32>(p.bits);
        case Pattern::Kind::i64:
            return type == ValType::i64 && value.lo == p.bits;
        case Pattern::Kind::f32:
            return type == ValType::f32 &&
                   float_matches(value.lo, static_cast<u32>(p.bits), p.nan, 32);
        case Pattern::Kind::f64:
            return type == ValType::f64 && float_matches(value.lo, p.bits, p.nan, 64);
        case Pattern::Kind::v128:
            return type == ValType::v128 && vector_matches(value, p);
        case Pattern::Kind::null:
            return type.is_ref() && value.is_null();
        case Pattern::Kind::extern_:
        case Pattern::Kind::host:
            return type.is_ref() && value == Value::of_ref(RefKind::host, p.bits) &&
                   is_extern(type) == (p.kind == Pattern::Kind::extern_);
        case Pattern::Kind::ref_kind:
            return type.is_ref() && is_of_kind(store, value, type, p.ref);
        case Pattern::Kind::either:
            for (const Pattern& choice : p.choices) {
                if (matches(store, value, type, choice)) return true;
            }
            return false;
    }
    return false;
}

}  // namespace wasmi::reference
