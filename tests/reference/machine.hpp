// The machine of the reference interpreter: frames, labels and one step at a time.
// Spec: exec/runtime (stack, frames, labels), exec/instructions.
#pragma once

#include "core/decoder/immediates.hpp"
#include "tests/reference/store.hpp"

#include <span>
#include <vector>

namespace wasmi::reference {

using core::Immediates;
using core::Instr;

/// A block that was entered and not left. The `if`, `else` and so on of a block share its label.
struct Label {
    std::size_t arity = 0;   ///< of a branch to it: parameters of a loop, else results
    std::size_t height = 0;  ///< of the stack below its parameters
    u32 continuation = 0;    ///< where a branch to it goes on
    const Block* block = nullptr;
    core::ByteRange clauses;     ///< of `try_table`
    u32 clause_count = 0;        ///< of `try_table`
    std::optional<Addr> caught;  ///< in a `catch` of `try`: what it caught
};

struct Frame {
    ModuleInstance* module = nullptr;
    const Code* code = nullptr;
    std::vector<Value> locals;
    std::vector<Label> labels;  ///< the first one is that of the body
    std::size_t arity = 0;
    std::size_t height = 0;  ///< of the stack below the results
    u32 next = 0;            ///< offset of the instruction to execute
};

class Machine {
  public:
    explicit Machine(Store& store) : store_(store) {}

    /// Throws as execution does: Trap, UncaughtException, OutOfSteps, Unsupported.
    std::vector<Value> invoke(Addr func, std::span<const Value> args);
    Value evaluate(ModuleInstance& module, core::ConstExpr expr);

  private:
    void run();
    void step();

    // Each executes the instructions of its family and returns false for others.
    bool execute_control(Instr instr, const Immediates& imm, u32 at);
    bool execute_call(Instr instr, const Immediates& imm);
    bool execute_variable(Instr instr, const Immediates& imm);
    bool execute_memory(Instr instr, const Immediates& imm);
    bool execute_vector_memory(Instr instr, const Immediates& imm);
    bool execute_atomic(Instr instr, const Immediates& imm);
    bool execute_table(Instr instr, const Immediates& imm);
    bool execute_reference(Instr instr, const Immediates& imm);
    bool execute_aggregate(Instr instr, const Immediates& imm);

    // ---- control --------------------------------------------------------------------------------
    void enter(const core::BlockType& type, u32 at, bool is_loop);
    void branch(u32 index);
    void leave_function();
    void call(Addr func);
    void return_call(Addr func);
    [[nodiscard]] Addr indirect_callee(const Immediates& imm);
    [[nodiscard]] Addr callee_of_ref();
    void throw_exception(Addr exception);
    bool handle_in(Label& label, Addr exception);

    // ---- memories and tables --------------------------------------------------------------------
    u64 pop_address(bool is_64) { return is_64 ? stack_.pop<u64>() : stack_.pop<u32>(); }
    void push_address(bool is_64, u64 v);
    [[nodiscard]] u8* access(const Immediates& imm, u64 address, u64 size);
    u8* pop_access(const Immediates& imm, u64 size);
    u8* pop_atomic_access(const Immediates& imm, u64 size);
    template <class Result, class Stored>
    bool load(const Immediates& imm);
    template <class Operand, class Stored>
    bool store(const Immediates& imm);
    template <class Stored, class Lane>
    bool load_extended(const Immediates& imm);
    template <class Lane>
    bool load_splat(const Immediates& imm);
    template <class Lane>
    bool load_zero(const Immediates& imm);
    template <class Lane>
    bool load_lane(const Immediates& imm);
    template <class Lane>
    bool store_lane(const Immediates& imm);

    // ---- references -----------------------------------------------------------------------------
    [[nodiscard]] bool is_of_type(const Value& ref, ValType type) const;
    [[nodiscard]] const core::DefinedType& type_at(u32 index);
    void push_new(TypeId type, std::vector<Value> fields);
    [[nodiscard]] ObjectInstance& pop_object(TrapCode if_null);

    [[nodiscard]] Frame& frame() { return frames_.back(); }
    [[nodiscard]] ModuleInstance& module() { return *frame().module; }
    [[nodiscard]] MemoryInstance& memory(u32 i) { return store_.memories[module().memories[i]]; }
    [[nodiscard]] TableInstance& table(u32 i) { return store_.tables[module().tables[i]]; }

    Store& store_;
    Stack stack_;
    std::vector<Frame> frames_;
    u64 steps_ = 0;
    u64 locals_ = 0;  ///< of all frames
};

/// Numeric instructions. Spec: exec/numerics, exec/instructions (numeric).
bool execute_numeric(Instr instr, const Immediates& imm, Stack& stack);
/// Vector instructions but those that use memories. Spec: exec/instructions (vector).
bool execute_vector(Instr instr, const Immediates& imm, Stack& stack);

/// Copies of segments, for the instructions and for active segments. They check the bounds.
void init_memory(MemoryInstance& memory, const DataInstance& data, u64 to, u64 from, u64 count);
void init_table(TableInstance& table, const ElementInstance& element, u64 to, u64 from, u64 count);

/// Whether [at, at + count) lies in a range of `size` elements. Nothing overflows.
[[nodiscard]] inline bool is_within(u64 at, u64 count, u64 size) {
    return at <= size && count <= size - at;
}

/// Finds the blocks of an expression. Spec: none; a rule of the specification sees them whole.
[[nodiscard]] std::map<u32, Block> find_blocks(const core::ModuleData& module,
                                               core::ByteRange expr);

}  // namespace wasmi::reference
