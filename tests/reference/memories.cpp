// Memory instructions of the reference interpreter.
// Spec: exec/instructions (memory).
#include "core/types/instr.hpp"
#include "tests/reference/lanes.hpp"
#include "tests/reference/machine.hpp"

#include <algorithm>

namespace wasmi::reference {

void Machine::push_address(bool is_64, u64 v) {
    if (is_64) {
        stack_.push(v);
    } else {
        stack_.push(static_cast<u32>(v));
    }
}

/// The bytes at address + offset, of which the sum is one of unbounded integers.
u8* Machine::access(const Immediates& imm, u64 address, u64 size) {
    MemoryInstance& m = memory(imm.index);
    const u64 offset = imm.bits;
    if (!is_within(offset, address, m.bytes.size()) ||
        !is_within(offset + address, size, m.bytes.size())) {
        trap(TrapCode::out_of_bounds_memory_access);
    }
    return m.bytes.data() + (offset + address);
}

u8* Machine::pop_access(const Immediates& imm, u64 size) {
    return access(imm, pop_address(memory(imm.index).type.is_64), size);
}

/// Stored: what is in memory, signed if it is sign-extended.
template <class Result, class Stored>
bool Machine::load(const Immediates& imm) {
    const u8* bytes = pop_access(imm, sizeof(Stored));
    stack_.push(static_cast<Result>(from_bytes<Stored>(bytes)));
    return true;
}
template <class Operand, class Stored>
bool Machine::store(const Immediates& imm) {
    const Operand value = stack_.pop<Operand>();
    to_bytes(static_cast<Stored>(value), pop_access(imm, sizeof(Stored)));
    return true;
}

void init_memory(MemoryInstance& memory, const DataInstance& data, u64 to, u64 from, u64 count) {
    if (!is_within(from, count, data.bytes.size()) || !is_within(to, count, memory.bytes.size())) {
        trap(TrapCode::out_of_bounds_memory_access);
    }
    for (u64 i = 0; i < count; ++i) memory.bytes[to + i] = data.bytes[from + i];
}

bool Machine::execute_memory(Instr instr, const Immediates& imm) {
    switch (instr) {
        case Instr::i32_load:
        case Instr::f32_load:
            return load<u32, u32>(imm);
        case Instr::i64_load:
        case Instr::f64_load:
            return load<u64, u64>(imm);
        case Instr::i32_load8_s:
            return load<u32, i8>(imm);
        case Instr::i32_load8_u:
            return load<u32, u8>(imm);
        case Instr::i32_load16_s:
            return load<u32, i16>(imm);
        case Instr::i32_load16_u:
            return load<u32, u16>(imm);
        case Instr::i64_load8_s:
            return load<u64, i8>(imm);
        case Instr::i64_load8_u:
            return load<u64, u8>(imm);
        case Instr::i64_load16_s:
            return load<u64, i16>(imm);
        case Instr::i64_load16_u:
            return load<u64, u16>(imm);
        case Instr::i64_load32_s:
            return load<u64, i32>(imm);
        case Instr::i64_load32_u:
            return load<u64, u32>(imm);
        case Instr::i32_store:
        case Instr::f32_store:
            return store<u32, u32>(imm);
        case Instr::i64_store:
        case Instr::f64_store:
            return store<u64, u64>(imm);
        case Instr::i32_store8:
            return store<u32, u8>(imm);
        case Instr::i32_store16:
            return store<u32, u16>(imm);
        case Instr::i64_store8:
            return store<u64, u8>(imm);
        case Instr::i64_store16:
            return store<u64, u16>(imm);
        case Instr::i64_store32:
            return store<u64, u32>(imm);

        case Instr::memory_size: {
            const MemoryInstance& m = memory(imm.index);
            push_address(m.type.is_64, m.size_in_pages());
            return true;
        }
        case Instr::memory_grow: {
            MemoryInstance& m = memory(imm.index);
            const u64 before = m.size_in_pages();
            const u64 pages = pop_address(m.type.is_64);
            const u64 most = store_.limits.memory_bytes >> m.type.page_size_log2;
            const u64 max = m.type.limits.has_max ? std::min(m.type.limits.max, most) : most;
            const bool fits = is_within(before, pages, max);
            if (fits) m.bytes.resize((before + pages) << m.type.page_size_log2);
            push_address(m.type.is_64, fits ? before : ~u64{0});
            return true;
        }
        case Instr::memory_fill: {
            MemoryInstance& m = memory(imm.index);
            const u64 count = pop_address(m.type.is_64);
            const auto value = static_cast<u8>(stack_.pop<u32>());
            const u64 to = pop_address(m.type.is_64);
            if (!is_within(to, count, m.bytes.size())) trap(TrapCode::out_of_bounds_memory_access);
            for (u64 i = 0; i < count; ++i) m.bytes[to + i] = value;
            return true;
        }
        case Instr::memory_copy: {
            MemoryInstance& d = memory(imm.index);
            const MemoryInstance& s = memory(imm.index2);
            const u64 count = pop_address(d.type.is_64 && s.type.is_64);
            const u64 from = pop_address(s.type.is_64);
            const u64 to = pop_address(d.type.is_64);
            if (!is_within(from, count, s.bytes.size()) || !is_within(to, count, d.bytes.size())) {
                trap(TrapCode::out_of_bounds_memory_access);
            }
            const auto first = s.bytes.begin() + static_cast<std::ptrdiff_t>(from);
            const std::vector<u8> bytes(first, first + static_cast<std::ptrdiff_t>(count));
            for (u64 i = 0; i < count; ++i) d.bytes[to + i] = bytes[i];
            return true;
        }
        case Instr::memory_init: {
            MemoryInstance& m = memory(imm.index2);
            const u32 count = stack_.pop<u32>();
            const u32 from = stack_.pop<u32>();
            const u64 to = pop_address(m.type.is_64);
            init_memory(m, store_.datas[module().datas[imm.index]], to, from, count);
            return true;
        }
        case Instr::data_drop:
            store_.datas[module().datas[imm.index]].bytes.clear();
            return true;
        default:
            return false;
    }
}

// ---- vectors ------------------------------------------------------------------------------------

/// Eight bytes of lanes that become twice as wide.
template <class Stored, class Lane>
bool Machine::load_extended(const Immediates& imm) {
    const u8* bytes = pop_access(imm, 8);
    Lanes<Lane> lanes;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        lanes[i] = static_cast<Lane>(from_bytes<Stored>(bytes + i * sizeof(Stored)));
    }
    stack_.push(of_lanes(lanes));
    return true;
}
template <class Lane>
bool Machine::load_splat(const Immediates& imm) {
    Lanes<Lane> lanes;
    lanes.fill(from_bytes<Lane>(pop_access(imm, sizeof(Lane))));
    stack_.push(of_lanes(lanes));
    return true;
}
template <class Lane>
bool Machine::load_zero(const Immediates& imm) {
    Lanes<Lane> lanes{};
    lanes[0] = from_bytes<Lane>(pop_access(imm, sizeof(Lane)));
    stack_.push(of_lanes(lanes));
    return true;
}
template <class Lane>
bool Machine::load_lane(const Immediates& imm) {
    Lanes<Lane> lanes = to_lanes<Lane>(stack_.pop<Vector>());
    lanes[imm.lane] = from_bytes<Lane>(pop_access(imm, sizeof(Lane)));
    stack_.push(of_lanes(lanes));
    return true;
}
template <class Lane>
bool Machine::store_lane(const Immediates& imm) {
    const Lanes<Lane> lanes = to_lanes<Lane>(stack_.pop<Vector>());
    to_bytes(lanes[imm.lane], pop_access(imm, sizeof(Lane)));
    return true;
}

bool Machine::execute_vector_memory(Instr instr, const Immediates& imm) {
    switch (instr) {
        case Instr::v128_load: {
            const u8* bytes = pop_access(imm, 16);
            Vector v;
            std::copy_n(bytes, 16, v.begin());
            stack_.push(v);
            return true;
        }
        case Instr::v128_store: {
            const auto v = stack_.pop<Vector>();
            std::copy_n(v.begin(), 16, pop_access(imm, 16));
            return true;
        }
        case Instr::v128_load8x8_s:
            return load_extended<i8, u16>(imm);
        case Instr::v128_load8x8_u:
            return load_extended<u8, u16>(imm);
        case Instr::v128_load16x4_s:
            return load_extended<i16, u32>(imm);
        case Instr::v128_load16x4_u:
            return load_extended<u16, u32>(imm);
        case Instr::v128_load32x2_s:
            return load_extended<i32, u64>(imm);
        case Instr::v128_load32x2_u:
            return load_extended<u32, u64>(imm);
        case Instr::v128_load8_splat:
            return load_splat<u8>(imm);
        case Instr::v128_load16_splat:
            return load_splat<u16>(imm);
        case Instr::v128_load32_splat:
            return load_splat<u32>(imm);
        case Instr::v128_load64_splat:
            return load_splat<u64>(imm);
        case Instr::v128_load32_zero:
            return load_zero<u32>(imm);
        case Instr::v128_load64_zero:
            return load_zero<u64>(imm);
        case Instr::v128_load8_lane:
            return load_lane<u8>(imm);
        case Instr::v128_load16_lane:
            return load_lane<u16>(imm);
        case Instr::v128_load32_lane:
            return load_lane<u32>(imm);
        case Instr::v128_load64_lane:
            return load_lane<u64>(imm);
        case Instr::v128_store8_lane:
            return store_lane<u8>(imm);
        case Instr::v128_store16_lane:
            return store_lane<u16>(imm);
        case Instr::v128_store32_lane:
            return store_lane<u32>(imm);
        case Instr::v128_store64_lane:
            return store_lane<u64>(imm);
        default:
            return false;
    }
}

}  // namespace wasmi::reference
