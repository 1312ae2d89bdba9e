// The symbolic operand stack of the translator: where values are and how they move.
// The subtle part is redirecting a producer: see Value in function_translator.hpp.
#include "core/translator/function_translator.hpp"

namespace wasmi::core {

Operand FunctionTranslator::operand(const Value& v, u8 mask, char type) {
    const u32 b = bank_of(type) == Bank::floating ? 1 : 0;
    u32 slot = v.home;
    switch (v.kind) {
        case Value::Kind::konst:
            if (in_mask(mask, Cls::K) && fits(type, v.bits)) return {Cls::K, v.bits};
            return {Cls::S, constant_in_slot(v)};
        case Value::Kind::acc:
            return {Cls::R, 0};
        case Value::Kind::local: {
            const Local& local = locals_[v.local];
            slot = local.slot;
            if (bank(v.type) == b && in_mask(mask & valid_pins_[b], local.pin)) {
                return {local.pin, slot};
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

u32 FunctionTranslator::constant_in_slot(const Value& v) {
    move_to_slot(v, v.home);
    return v.home;
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
            const Local& local = locals_[v.local];
            from = {Cls::S, local.slot};
            if (pin_is_valid(local)) {
                from.cls = local.pin;
            } else if (is_mirrored(v.type, local.slot)) {
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
        Ins& producer = emitter_.at(static_cast<u32>(v.bits));
        send_to_slot(producer, v.home);
        forget_slots(v.home, v.type);
        acc_owner_[bank(v.type)] = nullptr;
    } else {
        move_to_slot(v, v.home);
        if (v.kind == Value::Kind::local) --locals_[v.local].uses;
    }
    v.kind = Value::Kind::slot;
}

void FunctionTranslator::materialize_acc(u32 b) { materialize(*acc_owner_[b]); }

void FunctionTranslator::materialize_top(u32 count) {
    for (u32 i = stack_.size() - count; i < stack_.size(); ++i) materialize(stack_[i]);
}

void FunctionTranslator::spill_locals() {
    for (Value* v = locals_below_; v < stack_.end(); ++v) {
        if (v->kind == Value::Kind::local) materialize(*v);
    }
    locals_below_ = stack_.end();
}

void FunctionTranslator::spill_uses_of(u32 local) {
    for (u32 i = stack_.size(); locals_[local].uses != 0 && i-- > 0;) {
        Value& v = stack_[i];
        if (v.kind == Value::Kind::local && v.local == local) materialize(v);
    }
}

void FunctionTranslator::spill_all() {
    spill_accs();
    spill_locals();
}

Ins& FunctionTranslator::append_to_home(Op op, ValKind type) {
    Ins& ins = append(op);
    send_to_slot(ins, next_home());
    forget_slots(ins.d, type);
    push_slot(type);
    return ins;
}

void FunctionTranslator::emit(const Ins& ins) {
    Ins& to = append(ins.op);
    to = ins;
    to.at = at_;
    set_ab(to, {ins.k.a, ins.a}, {ins.k.b, ins.b});
}

void FunctionTranslator::emit_result(const Ins& ins, ValKind type) {
    Ins& to = append_result(ins.op, type);
    const Cls result = to.k.d;
    const u32 slot = to.d;
    to = ins;
    to.at = at_;
    to.k.d = result;
    to.d = slot;
    set_ab(to, {ins.k.a, ins.a}, {ins.k.b, ins.b});
}

// ---- locals -------------------------------------------------------------------------------------

void FunctionTranslator::pins_are_stale() {
    valid_pins_[0] = valid_pins_[1] = 0;
    has_stale_pins_ = pin_local_[0][0] != kNoIndex || pin_local_[1][0] != kNoIndex;
}

void FunctionTranslator::pins_are_valid() {
    valid_pins_[0] = valid_pins_[1] = shapes::kP;
    has_stale_pins_ = false;
}

void FunctionTranslator::load_stale_pins() {
    has_stale_pins_ = false;
    for (u32 b = 0; b < 2; ++b) {
        u32 count = 0;
        bool stale = false;
        for (u32 i = 0; i < 2; ++i) {
            if (pin_local_[b][i] == kNoIndex) continue;
            count = i + 1;
            stale = stale || !in_mask(valid_pins_[b], i == 0 ? Cls::P0 : Cls::P1);
        }
        valid_pins_[b] = shapes::kP;
        if (!stale) continue;
        u16 slots[2] = {};
        for (u32 i = 0; i < count; ++i) {
            slots[i] = locals_[pin_local_[b][i]].slot;
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

void FunctionTranslator::local_set(u32 local) {
    const Value& v = pop();
    const u32 slot = locals_[local].slot;
    const u32 b = bank(v.type);
    const Cls pin = locals_[local].pin;
    const bool setting_itself = v.kind == Value::Kind::local && v.local == local;
    if (!setting_itself) {
        if (locals_[local].uses != 0) spill_uses_of(local);
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
                from = b == 1 ? operand(v, shapes::kSRP, 'd') : int_operand(v, shapes::kSRP, 'l');
                // Slot to slot is the same for all types.
                if (b == 1 && (from.cls != Cls::S || pin != Cls::N)) op = Op::fmov;
            }
            Ins& ins = append(op);
            set_a(ins, from);
            ins.d = slot;
            ins.k.d = pin != Cls::N ? pin : Cls::S;
            const bool copies_acc = ins.k.a == Cls::R;
            // An integer move may leave its value in the accumulator as well.
            if (ins.k.d == Cls::S && !copies_acc && b == 0 && acc_owner_[0] == nullptr &&
                tuning_.accumulators) {
                ins.k.d = Cls::RS;
            }
            forget_slot(slot);
            if (copies_acc || ins.k.d == Cls::RS) set_mirror(v.type, slot);
        }
        if (pin != Cls::N) valid_pins_[b] |= shapes::bit(pin);
    }
}

}  // namespace wasmi::core
