// Atomic memory instructions of the reference interpreter, which has one thread.
// Spec: proposals/threads.
#include "core/types/instr.hpp"
#include "tests/reference/machine.hpp"
#include "tests/reference/numerics.hpp"

namespace wasmi::reference {
namespace {

// The seven instructions of a kind stand in a row: 32 bits, 64 bits, 32 bits from 8 and 16, 64 bits
// from 8, 16 and 32.
constexpr u32 kPerKind = 7;

/// Which of a row of instructions it is, or nothing.
std::optional<u32> position(Instr instr, Instr first, u32 count) {
    const u32 at = core::index_of(instr);
    if (at < core::index_of(first) || at >= core::index_of(first) + count) return std::nullopt;
    return at - core::index_of(first);
}

using Function = u64 (*)(u64, u64);

u64 second(u64, u64 b) { return b; }

}  // namespace

u8* Machine::pop_atomic_access(const Immediates& imm, u64 size) {
    const u64 address = pop_address(memory(imm.index).type.is_64);
    if ((address + imm.bits) % size != 0) trap(TrapCode::unaligned_atomic);
    return access(imm, address, size);
}

bool Machine::execute_atomic(Instr instr, const Immediates& imm) {
    const u64 size = u64{1} << core::access_log2(instr);
    const auto read = [size](const u8* bytes) {
        u64 value = 0;
        for (u64 i = 0; i < size; ++i) value |= u64{bytes[i]} << (8 * i);
        return value;
    };
    const auto write = [size](u8* bytes, u64 value) {
        for (u64 i = 0; i < size; ++i) bytes[i] = static_cast<u8>(value >> (8 * i));
    };
    // All values are zero-extended, as those of type i32 on the stack are.
    if (position(instr, Instr::i32_atomic_load, kPerKind)) {
        stack_.push(read(pop_atomic_access(imm, size)));
        return true;
    }
    if (position(instr, Instr::i32_atomic_store, kPerKind)) {
        const u64 value = stack_.pop<u64>();
        write(pop_atomic_access(imm, size), value);
        return true;
    }
    constexpr Function kFunctions[] = {iadd<u64>, isub<u64>, iand<u64>,
                                       ior<u64>,  ixor<u64>, second};
    if (const auto at = position(instr, Instr::i32_atomic_rmw_add, 6 * kPerKind)) {
        const u64 operand = stack_.pop<u64>();
        u8* bytes = pop_atomic_access(imm, size);
        const u64 before = read(bytes);
        write(bytes, kFunctions[*at / kPerKind](before, operand));
        stack_.push(before);
        return true;
    }
    if (position(instr, Instr::i32_atomic_rmw_cmpxchg, kPerKind)) {
        const u64 replacement = stack_.pop<u64>();
        u64 expected = stack_.pop<u64>();
        if (size < 8) expected &= (u64{1} << (8 * size)) - 1;
        u8* bytes = pop_atomic_access(imm, size);
        const u64 before = read(bytes);
        if (before == expected) write(bytes, replacement);
        stack_.push(before);
        return true;
    }
    switch (instr) {
        case Instr::atomic_fence:
            return true;
        case Instr::memory_atomic_notify: {
            (void)stack_.pop<u32>();
            (void)pop_atomic_access(imm, size);
            stack_.push(u32{0});  // nobody waits
            return true;
        }
        case Instr::memory_atomic_wait32:
        case Instr::memory_atomic_wait64: {
            const u64 timeout = stack_.pop<u64>();
            const u64 expected = stack_.pop<u64>();
            const u8* bytes = pop_atomic_access(imm, size);
            if (!memory(imm.index).type.is_shared) trap(TrapCode::expected_shared_memory);
            if (read(bytes) != expected) {
                stack_.push(u32{1});
                return true;
            }
            // Nobody would ever wake it.
            if (as_signed(timeout) < 0) throw Unsupported{"waiting without a timeout"};
            stack_.push(u32{2});
            return true;
        }
        default:
            return false;
    }
}

}  // namespace wasmi::reference
