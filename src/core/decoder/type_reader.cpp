// Value, reference and heap types, byte by byte.
// Spec: binary/types.
#include "core/decoder/type_reader.hpp"

namespace wasmi::core {

namespace {

struct AbstractHeap {
    HeapKind kind = HeapKind::bottom;  // bottom: no abstract heap type
    Feature feature = Feature::mvp;
};

AbstractHeap abstract_heap(u8 byte) {
    switch (byte) {
        case 0x69:
            return {HeapKind::exn, Feature::exceptions};
        case 0x6A:
            return {HeapKind::array, Feature::gc};
        case 0x6B:
            return {HeapKind::struct_, Feature::gc};
        case 0x6C:
            return {HeapKind::i31, Feature::gc};
        case 0x6D:
            return {HeapKind::eq, Feature::gc};
        case 0x6E:
            return {HeapKind::any, Feature::gc};
        case 0x6F:
            return {HeapKind::extern_, Feature::reference_types};
        case 0x70:
            return {HeapKind::func, Feature::mvp};
        case 0x71:
            return {HeapKind::none, Feature::gc};
        case 0x72:
            return {HeapKind::noextern, Feature::gc};
        case 0x73:
            return {HeapKind::nofunc, Feature::gc};
        case 0x74:
            return {HeapKind::noexn, Feature::exceptions};
        default:
            return {};
    }
}

/// A type byte of a proposal that is off.
ValType refuse(Reader& r, ValType type, Feature feature) {
    r.fail_feature(feature, "the type " + to_string(type), r.offset());
    return ValType::bottom;
}

/// A type byte is an s7: a second byte makes it too long rather than unknown.
ValType unknown(Reader& r, const char* message) {
    if (r.at_end()) {
        r.fail_end();
    } else {
        r.fail((r.peek() & 0x80) != 0 ? "integer representation too long" : message);
    }
    return ValType::bottom;
}

ValType read_ref(Reader& r, const TypeSpace& space, const char* message) {
    const u8 byte = r.peek();
    if (byte == 0x63 || byte == 0x64) {
        if (!r.require(space.features, Feature::function_references, "a typed reference")) {
            return ValType::bottom;
        }
        r.skip(1);
        return read_heap_type(r, space).as_nullable(byte == 0x63);
    }
    const AbstractHeap heap = abstract_heap(byte);
    if (heap.kind == HeapKind::bottom) return unknown(r, message);
    const ValType type = ValType::ref(heap.kind, true);
    if (!space.features.has(heap.feature)) return refuse(r, type, heap.feature);
    r.skip(1);
    return type;
}

}  // namespace

ValType read_val_type_slow(Reader& r, const TypeSpace& space) {
    switch (r.peek()) {
        case 0x7F:
        case 0x7E:
        case 0x7D:
        case 0x7C:
            return ValType(static_cast<ValKind>(0x7F - r.read_byte()));
        case 0x7B:
            if (!space.features.has(Feature::simd)) {
                return refuse(r, ValType::v128, Feature::simd);
            }
            r.skip(1);
            return ValType::v128;
        case 0x70:
            // Without reference types funcref is an element type, not a value type.
            if (!space.features.has(Feature::reference_types)) {
                return refuse(r, ValType::funcref, Feature::reference_types);
            }
            [[fallthrough]];
        default:
            return read_ref(r, space, "malformed reference type");
    }
}

ValType read_ref_type(Reader& r, const TypeSpace& space) {
    return read_ref(r, space, "malformed reference type");
}

ValType read_heap_type(Reader& r, const TypeSpace& space) {
    const u8 byte = r.peek();
    const AbstractHeap heap = abstract_heap(byte);
    if (heap.kind != HeapKind::bottom) {
        const ValType type = ValType::ref(heap.kind, true);
        if (!space.features.has(heap.feature)) return refuse(r, type, heap.feature);
        r.skip(1);
        return type;
    }
    const u32 start = r.offset();
    const i64 index = r.read_s33();
    if (!r.ok()) return ValType::bottom;
    if (index < 0) {
        r.fail("malformed heap type", start);
        return ValType::bottom;
    }
    if (!space.features.has(Feature::function_references)) {
        r.fail_feature(Feature::function_references, "a reference to a defined type", start);
        return ValType::bottom;
    }
    const TypeId id = space.resolve(static_cast<u32>(index));
    if (id == kNoType) {
        r.fail(ErrorKind::invalid, "unknown type " + std::to_string(index), start);
        return ValType::bottom;
    }
    return ValType::ref_to(id, true);
}

}  // namespace wasmi::core
