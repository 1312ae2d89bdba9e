// The symbolic operand stack of the translator: where values are and how they move.
// The subtle part is redirecting a producer: see Value in function_translator.hpp.
#include "core/translator/function_translator.hpp"

namespace wasmi::core {

void FunctionTranslator::push_slot(ValKind type) { push(Value::Kind::slot, type); }

void FunctionTranslator::push_const(ValKind type, u64 bits) {
    push(Value::Kind::konst, type, 0, bits);
}

void FunctionTranslator::push_local(u32 local) {
    push(Value::Kind::local, local_types_[local].kind(), local);
    ++uses_[local];
}

bool FunctionTranslator::produced_by_last(const Value& v) const {
    return v.kind == Value::Kind::acc && v.producer + 1 == emitter_.size();
}

void FunctionTranslator::forget_slot(u32 slot) {
    if (mirror_[0] == slot) mirror_[0] = kNoIndex;
    if (mirror_[1] == slot || (mirror_is_vector_ && mirror_[1] + 1 == slot)) mirror_[1] = kNoIndex;
}

Operand FunctionTranslator::operand(const Value& v, u8 mask, char type) {
    const u32 b = bank_of(type) == Bank::floating ? 1 : 0;
    u32 slot = v.home;
    switch (v.kind) {
        case Value::Kind::konst:
            if (in_mask(mask, Cls::K) && fits(type, v.bits)) return {Cls::K, v.bits};
            move_to_slot(v, v.home);
            return {Cls::S, v.home};
        case Value::Kind::acc:
            return {Cls::R, 0};
        case Value::Kind::local: {
            slot = local_slots_[v.local];
            const Cls pin = pin_of(v.local);
            if (pin != Cls::N && in_mask(mask, pin) && bank(v.type) == b && pin_is_valid(v.local)) {
                return {pin, slot};
            }
            break;
        }
        case Value::Kind::slot:
            break;
    }
    if (in_mask(mask, Cls::R) && bank(v.type) == b && is_mirrored(v.type, slot)) {
        return {Cls::R, 0};
    }
    return {Cls::S, slot};
}

void FunctionTranslator::move_to_slot(const Value& v, u32 slot) {
    if (v.type == ValKind::v128) {
        move_vector_to_slot(v, slot);
        return;
    }
    Op op = Op::mov;
    Operand from;
    switch (v.kind) {
        case Value::Kind::konst:
            from = {Cls::K, v.bits};
            if (!fits('l', v.bits)) op = v.bits >> 32 == 0 ? Op::mov32_k : Op::mov64_k;
            break;
        case Value::Kind::acc:
            from = {Cls::R, 0};
            break;
        case Value::Kind::local: {
            const Cls pin = pin_of(v.local);
            from = {Cls::S, local_slots_[v.local]};
            if (pin != Cls::N && pin_is_valid(v.local)) {
                from.cls = pin;
            } else if (is_mirrored(v.type, local_slots_[v.local])) {
                from.cls = Cls::R;
            }
            break;
        }
        case Value::Kind::slot:
            if (v.home == slot) return;
            from = {Cls::S, v.home};
            break;
    }
    // Slot to slot is the same for all types.
    if (is_float(v.type) && from.cls != Cls::S && from.cls != Cls::K) op = Op::fmov;
    Ins& ins = append(op);
    set_a(ins, from);
    ins.k.d = Cls::S;
    ins.d = slot;
    forget_slot(slot);
}

void FunctionTranslator::move_vector_to_slot(const Value& v, u32 slot) {
    if (v.kind == Value::Kind::slot && v.home == slot) return;
    Ins ins;
    ins.op = Op::vmov;
    ins.k.d = Cls::S;
    ins.d = slot;
    if (v.kind == Value::Kind::konst) {
        ins.k.a = Cls::K;
        ins.a = v.bits;
    } else {
        const Operand from = operand(v, shapes::kSR, 'v');
        ins.k.a = from.cls;
        ins.a = from.value;
    }
    emit(ins);
    forget_slots(slot, v.type);
}

void FunctionTranslator::materialize(Value& v) {
    if (v.kind == Value::Kind::slot) return;
    if (v.kind == Value::Kind::acc) {
        // The producer has not been encoded: let it write the home slot instead. Nothing else
        // uses that slot while the value is on the stack, so that the earlier write is harmless.
        Ins& producer = emitter_.at(v.producer);
        send_to_slot(producer, v.home);
        forget_slots(v.home, v.type);
        acc_owner_[bank(v.type)] = kNoIndex;
    } else {
        move_to_slot(v, v.home);
        if (v.kind == Value::Kind::local) --uses_[v.local];
    }
    v.kind = Value::Kind::slot;
}

void FunctionTranslator::materialize_top(u32 count) {
    for (std::size_t i = stack_.size() - count; i < stack_.size(); ++i) materialize(stack_[i]);
}

void FunctionTranslator::spill_acc(u32 b) {
    if (acc_owner_[b] != kNoIndex) materialize(stack_[acc_owner_[b]]);
}

void FunctionTranslator::spill_locals() {
    for (std::size_t i = locals_below_; i < stack_.size(); ++i) {
        if (stack_[i].kind == Value::Kind::local) materialize(stack_[i]);
    }
    locals_below_ = stack_.size();
}

void FunctionTranslator::spill_uses_of(u32 local) {
    for (std::size_t i = stack_.size(); uses_[local] != 0 && i-- > 0;) {
        Value& v = stack_[i];
        if (v.kind == Value::Kind::local && v.local == local) materialize(v);
    }
}

void FunctionTranslator::spill_all() {
    spill_accs();
    spill_locals();
}

Ins& FunctionTranslator::append_result(Op op, ValKind type) {
    const u32 b = bank(type);
    if (!tuning_.accumulators) {
        Ins& ins = append(op);
        send_to_slot(ins, next_home());
        forget_slots(ins.d, type);
        push_slot(type);
        return ins;
    }
    spill_acc(b);
    Ins& ins = append(op);
    ins.k.d = Cls::R;
    push(Value::Kind::acc, type, emitter_.size() - 1);
    acc_owner_[b] = static_cast<u32>(stack_.size() - 1);
    mirror_[b] = kNoIndex;
    return ins;
}

void FunctionTranslator::emit(const Ins& ins) {
    Ins& to = append(ins.op);
    to = ins;
    to.offset = offset_;
    set_ab(to, {ins.k.a, ins.a}, {ins.k.b, ins.b});
}

void FunctionTranslator::emit_result(const Ins& ins, ValKind type) {
    Ins& to = append_result(ins.op, type);
    const Cls result = to.k.d;
    const u32 slot = to.d;
    to = ins;
    to.offset = offset_;
    to.k.d = result;
    to.d = slot;
    set_ab(to, {ins.k.a, ins.a}, {ins.k.b, ins.b});
}

// ---- locals -------------------------------------------------------------------------------------

bool FunctionTranslator::pin_is_valid(u32 local) const {
    return pin_valid_[bank(local_types_[local].kind())][pin_of(local) == Cls::P1 ? 1 : 0];
}

void FunctionTranslator::set_pin_valid(u32 local, bool valid) {
    pin_valid_[bank(local_types_[local].kind())][pin_of(local) == Cls::P1 ? 1 : 0] = valid;
}

void FunctionTranslator::pins_are_stale() {
    for (auto& of_bank : pin_valid_) of_bank[0] = of_bank[1] = false;
}

void FunctionTranslator::ensure_pins() {
    for (u32 b = 0; b < 2; ++b) {
        u32 count = 0;
        bool stale = false;
        for (u32 i = 0; i < 2; ++i) {
            if (pin_local_[b][i] == kNoIndex) continue;
            count = i + 1;
            stale = stale || !pin_valid_[b][i];
            pin_valid_[b][i] = true;
        }
        if (!stale) continue;
        u16 slots[2] = {};
        for (u32 i = 0; i < count; ++i) {
            slots[i] = static_cast<u16>(local_slots_[pin_local_[b][i]]);
        }
        append(b == 0 ? (count == 1 ? Op::ldp_i1 : Op::ldp_i2)
                      : (count == 1 ? Op::ldp_f1 : Op::ldp_f2))
            .set_imm(slots[0], slots[1]);
    }
}

Ins& FunctionTranslator::append_bits(Op op, ValKind type) {
    if (!is_float(type)) return append_result(op, type);
    spill_acc(0);  // the bits are an integer while they are read
    Ins& ins = append(op);
    send_to_slot(ins, next_home());
    mirror_[0] = kNoIndex;
    forget_slot(ins.d);
    push_slot(type);
    return ins;
}

void FunctionTranslator::local_set(u32 local, bool tee) {
    Value v = pop();
    const u32 slot = local_slots_[local];
    const u32 b = bank(v.type);
    const Cls pin = pin_of(local);
    const bool setting_itself = v.kind == Value::Kind::local && v.local == local;
    if (!setting_itself) {
        if (uses_[local] != 0) spill_uses_of(local);
        if (produced_by_last(v) &&
            (pin == Cls::N || in_mask(info(emitter_.last().op).shape.d, pin))) {
            Ins& ins = emitter_.last();
            send_to_slot(ins, slot);
            if (pin != Cls::N) ins.k.d = pin;
            forget_slots(slot, v.type);
            if (ins.k.d == Cls::RS) set_mirror(v.type, slot);
        } else if (v.type == ValKind::v128) {
            const bool copies_acc =
                v.kind != Value::Kind::konst && operand(v, shapes::kSR, 'v').cls == Cls::R;
            move_vector_to_slot(v, slot);
            if (copies_acc) set_mirror(v.type, slot);
        } else {
            Op op = Op::mov;
            Operand from = {Cls::K, v.bits};
            if (v.kind == Value::Kind::konst) {
                if (b == 1 && pin != Cls::N) {
                    op = v.type == ValKind::f32 ? Op::fmov32_k : Op::fmov_k;
                } else if (!fits('l', v.bits)) {
                    op = v.bits >> 32 == 0 ? Op::mov32_k : Op::mov64_k;
                }
            } else {
                from = operand(v, shapes::kSRP, b == 1 ? 'd' : 'l');
                // Slot to slot is the same for all types.
                if (b == 1 && (from.cls != Cls::S || pin != Cls::N)) op = Op::fmov;
            }
            Ins& ins = append(op);
            set_a(ins, from);
            ins.d = slot;
            ins.k.d = pin != Cls::N ? pin : Cls::S;
            const bool copies_acc = ins.k.a == Cls::R;
            // An integer move may leave its value in the accumulator as well.
            if (ins.k.d == Cls::S && !copies_acc && b == 0 && acc_owner_[0] == kNoIndex &&
                tuning_.accumulators) {
                ins.k.d = Cls::RS;
            }
            forget_slot(slot);
            if (copies_acc || ins.k.d == Cls::RS) set_mirror(v.type, slot);
        }
        if (pin != Cls::N) set_pin_valid(local, true);
    }
    if (tee) push_local(local);
}

}  // namespace wasmi::core
