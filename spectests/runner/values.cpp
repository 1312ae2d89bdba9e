// Values of scripts.
#include "spectests/runner/values.hpp"

#include "core/types/module.hpp"
#include "core/types/type_registry.hpp"

#include <cstdio>
#include <optional>
#include <utility>

namespace wasmi::spectest {
namespace {

std::optional<ValType> null_type(std::string_view heap) {
    static constexpr std::pair<std::string_view, HeapKind> kHeaps[] = {
        {"func", HeapKind::func},      {"nofunc", HeapKind::nofunc},
        {"extern", HeapKind::extern_}, {"noextern", HeapKind::noextern},
        {"any", HeapKind::any},        {"eq", HeapKind::eq},
        {"i31", HeapKind::i31},        {"struct", HeapKind::struct_},
        {"array", HeapKind::array},    {"none", HeapKind::none},
        {"exn", HeapKind::exn},        {"noexn", HeapKind::noexn},
    };
    for (const auto& [name, kind] : kHeaps) {
        if (name == heap) return ValType::ref(kind, true);
    }
    return std::nullopt;
}

/// What a non-null reference is. host: an object of the host, seen as externref or anyref.
enum class Actual : u8 { func, exn, extern_, host, i31, struct_, array, unknown };

Actual actual_kind(const Store& store, const Val& value) {
    const HeapKind seen_as = value.type().heap();
    const bool as_extern = seen_as == HeapKind::extern_ || seen_as == HeapKind::noextern;
    if (as_extern) return Actual::extern_;
    const Result<ValType> exact = store.ref_type(value);
    if (!exact) return Actual::unknown;
    switch (exact->heap()) {
        case HeapKind::func:
        case HeapKind::nofunc:
            return Actual::func;
        case HeapKind::exn:
        case HeapKind::noexn:
            return Actual::exn;
        case HeapKind::i31:
            return Actual::i31;
        case HeapKind::struct_:
            return Actual::struct_;
        case HeapKind::array:
            return Actual::array;
        case HeapKind::any:
        case HeapKind::extern_:
            return Actual::host;
        case HeapKind::concrete:
            switch (store.engine().data()->types.get(exact->type_id()).sub.kind) {
                case core::CompositeKind::func:
                    return Actual::func;
                case core::CompositeKind::struct_:
                    return Actual::struct_;
                case core::CompositeKind::array:
                    return Actual::array;
            }
            return Actual::unknown;
        default:
            return Actual::unknown;
    }
}

bool is_of_kind(Actual actual, RefKind wanted) {
    switch (wanted) {
        case RefKind::any:
            return actual != Actual::unknown;
        case RefKind::eq:
            return actual == Actual::i31 || actual == Actual::struct_ || actual == Actual::array;
        case RefKind::i31:
            return actual == Actual::i31;
        case RefKind::struct_:
            return actual == Actual::struct_;
        case RefKind::array:
            return actual == Actual::array;
        case RefKind::func:
            return actual == Actual::func;
        case RefKind::exn:
            return actual == Actual::exn;
        case RefKind::extern_:
            return actual == Actual::extern_;
        case RefKind::host:
            return actual == Actual::host;
    }
    return false;
}

/// `bits` of so many bits against a NaN pattern or a value.
bool float_matches(u64 bits, u64 expected, Pattern::Nan nan, unsigned width) {
    const unsigned fraction = width == 32 ? 23 : 52;
    const u64 sign = u64{1} << (width - 1);
    const u64 quiet_nan = (sign - 1) & ~((u64{1} << (fraction - 1)) - 1);
    switch (nan) {
        case Pattern::Nan::none:
            return bits == expected;
        case Pattern::Nan::canonical:
            return (bits & ~sign) == quiet_nan;
        case Pattern::Nan::arithmetic:
            return (bits & quiet_nan) == quiet_nan;
    }
    return false;
}

bool vector_matches(const Val& value, const Pattern& p) {
    if (p.float_lane_bits == 0) return value.bits() == p.bits && value.bits_hi() == p.bits_hi;
    for (unsigned at = 0, lane = 0; at < 128; at += p.float_lane_bits, ++lane) {
        const u64 mask = p.float_lane_bits == 64 ? ~u64{0} : 0xFFFF'FFFFu;
        const u64 got = (at < 64 ? value.bits() : value.bits_hi()) >> at % 64 & mask;
        const u64 want = (at < 64 ? p.bits : p.bits_hi) >> at % 64 & mask;
        if (!float_matches(got, want, p.lane_nans[lane], p.float_lane_bits)) return false;
    }
    return true;
}

std::string format(const char* pattern, u64 a, u64 b = 0) {
    char buffer[96];
    std::snprintf(buffer, sizeof buffer, pattern, static_cast<unsigned long long>(a),
                  static_cast<unsigned long long>(b));
    return buffer;
}

}  // namespace

Result<Val> to_val(Store& store, const Pattern& p) {
    switch (p.kind) {
        case Pattern::Kind::i32:
            return Val::from_bits(ValType::i32, p.bits);
        case Pattern::Kind::i64:
            return Val::from_bits(ValType::i64, p.bits);
        case Pattern::Kind::f32:
            return Val::from_bits(ValType::f32, p.bits);
        case Pattern::Kind::f64:
            return Val::from_bits(ValType::f64, p.bits);
        case Pattern::Kind::v128:
            return Val::from_bits(ValType::v128, p.bits, p.bits_hi);
        case Pattern::Kind::null:
            if (const std::optional<ValType> type = null_type(p.heap)) return Val(*type, Ref{});
            break;
        case Pattern::Kind::extern_:
        case Pattern::Kind::host: {
            const Result<Ref> ref = store.extern_ref(p.bits);
            if (!ref) return ref.error();
            return Val(p.kind == Pattern::Kind::extern_ ? ValType::externref : ValType::anyref,
                       *ref);
        }
        case Pattern::Kind::ref_kind:
        case Pattern::Kind::either:
            break;
    }
    return Error(ErrorKind::api_misuse, "no argument: " + describe(p));
}

bool matches(const Store& store, const Val& value, const Pattern& p) {
    switch (p.kind) {
        case Pattern::Kind::i32:
            return value.type() == ValType::i32 &&
                   static_cast<u32>(value.bits()) == static_cast<u32>(p.bits);
        case Pattern::Kind::i64:
            return value.type() == ValType::i64 && value.bits() == p.bits;
        case Pattern::Kind::f32:
            return value.type() == ValType::f32 &&
                   float_matches(value.bits() & 0xFFFF'FFFFu, p.bits, p.nan, 32);
        case Pattern::Kind::f64:
            return value.type() == ValType::f64 && float_matches(value.bits(), p.bits, p.nan, 64);
        case Pattern::Kind::v128:
            return value.type() == ValType::v128 && vector_matches(value, p);
        case Pattern::Kind::null:
            return value.type().is_ref() && value.ref().is_null();
        case Pattern::Kind::extern_:
        case Pattern::Kind::host: {
            if (!value.type().is_ref() || value.ref().is_null()) return false;
            const Actual wanted = p.kind == Pattern::Kind::extern_ ? Actual::extern_ : Actual::host;
            return actual_kind(store, value) == wanted && store.host_object(value.ref()) == p.bits;
        }
        case Pattern::Kind::ref_kind:
            return value.type().is_ref() && !value.ref().is_null() &&
                   is_of_kind(actual_kind(store, value), p.ref);
        case Pattern::Kind::either:
            for (const Pattern& choice : p.choices) {
                if (matches(store, value, choice)) return true;
            }
            return false;
    }
    return false;
}

std::string describe(const Store& store, const Val& value) {
    switch (value.type().kind()) {
        case ValKind::i32:
            return format("i32:%llu", value.bits() & 0xFFFF'FFFFu);
        case ValKind::i64:
            return format("i64:%llu", value.bits());
        case ValKind::f32: {
            char buffer[64];
            std::snprintf(buffer, sizeof buffer, "f32:%.9g (0x%08llx)",
                          static_cast<double>(value.f32()),
                          static_cast<unsigned long long>(value.bits() & 0xFFFF'FFFFu));
            return buffer;
        }
        case ValKind::f64: {
            char buffer[80];
            std::snprintf(buffer, sizeof buffer, "f64:%.17g (0x%016llx)", value.f64(),
                          static_cast<unsigned long long>(value.bits()));
            return buffer;
        }
        case ValKind::v128:
            return format("v128:0x%016llx%016llx", value.bits_hi(), value.bits());
        case ValKind::ref:
            if (value.ref().is_null()) return "null " + to_string(value.type());
            if (const auto host = store.host_object(value.ref())) {
                return to_string(value.type()) + " to host object " + std::to_string(*host);
            }
            return "reference " + to_string(value.type());
        case ValKind::bottom:
            break;
    }
    return "?";
}

std::string describe(const Pattern& p) {
    const auto number = [&](const char* type, const char* digits) -> std::string {
        if (p.nan == Pattern::Nan::canonical) return std::string(type) + ":nan:canonical";
        if (p.nan == Pattern::Nan::arithmetic) return std::string(type) + ":nan:arithmetic";
        return type + format(digits, p.bits);
    };
    switch (p.kind) {
        case Pattern::Kind::i32:
            return number("i32", ":%llu");
        case Pattern::Kind::i64:
            return number("i64", ":%llu");
        case Pattern::Kind::f32:
            return number("f32", ":0x%08llx");
        case Pattern::Kind::f64:
            return number("f64", ":0x%016llx");
        case Pattern::Kind::v128: {
            std::string out = format("v128:0x%016llx%016llx", p.bits_hi, p.bits);
            for (const Pattern::Nan nan : p.lane_nans) {
                if (nan == Pattern::Nan::canonical) out += " (nan:canonical)";
                if (nan == Pattern::Nan::arithmetic) out += " (nan:arithmetic)";
            }
            return out;
        }
        case Pattern::Kind::null:
            return p.heap.empty() ? "null" : "null " + p.heap;
        case Pattern::Kind::extern_:
            return format("(ref.extern %llu)", p.bits);
        case Pattern::Kind::host:
            return format("(ref.host %llu)", p.bits);
        case Pattern::Kind::ref_kind: {
            static constexpr const char* kNames[] = {"any",  "eq",  "i31",    "struct", "array",
                                                     "func", "exn", "extern", "host"};
            return std::string("(ref.") + kNames[static_cast<u8>(p.ref)] + ")";
        }
        case Pattern::Kind::either: {
            std::string out = "either";
            for (const Pattern& choice : p.choices) out += " " + describe(choice);
            return out;
        }
    }
    return "?";
}

}  // namespace wasmi::spectest
