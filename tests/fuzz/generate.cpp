// Random modules that use every numeric, vector and memory instruction of the table.
// Spec: binary/modules.
#include "tests/fuzz/generate.hpp"

#include "core/types/instr.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace wasmi::fuzz {
namespace {

using namespace core;

// Types are the letters of the signatures in instructions.def: i, l, f, d, v; a is an address.
constexpr std::string_view kTypes = "ilfdv";
constexpr u32 kLocalsPerType = 2;
constexpr u32 kGlobalsPerType = 1;
constexpr u32 kFunctions = 24;
constexpr u8 kMemoryMask = 0x0F;  // addresses that are masked stay below 4096

u8 type_byte(char type) {
    switch (type) {
        case 'i':
            return 0x7F;
        case 'l':
            return 0x7E;
        case 'f':
            return 0x7D;
        case 'd':
            return 0x7C;
        default:
            return 0x7B;
    }
}

/// An instruction without a typing rule of its own.
struct Row {
    Instr instr;
    std::string operands;
    std::string results;
};

bool is_usable(Instr instr, std::string_view sig) {
    if (sig == "poly" || sig == "n_n") return false;
    // Nobody would wake what waits; and a memory that has grown makes the rest slower.
    return instr != Instr::memory_atomic_wait32 && instr != Instr::memory_atomic_wait64 &&
           instr != Instr::memory_grow && instr != Instr::memory_init;
}

std::vector<Row> make_rows() {
    static constexpr std::string_view kSigs[] = {
#define WASMI_INSTR(prefix, code, id, text, imm, sig, flags, feature) #sig,
#include "core/types/instructions.def"
    };
    std::vector<Row> rows;
    for (u32 i = 0; i < kInstrCount; ++i) {
        const std::string_view sig = kSigs[i];
        if (!is_usable(static_cast<Instr>(i), sig)) continue;
        Row row{static_cast<Instr>(i), std::string(sig.substr(0, sig.find('_'))),
                std::string(sig.substr(sig.find('_') + 1))};
        if (row.operands == "n") row.operands.clear();
        if (row.results == "n") row.results.clear();
        if (row.results == "a") row.results = "i";
        rows.push_back(std::move(row));
    }
    return rows;
}

/// Rows by what they leave: the letter of the result, 'n' for nothing, '2' for two i64.
const std::vector<Row>& rows_for(char result) {
    static const std::vector<Row> kAll = make_rows();
    static const auto pick = [](char wanted) {
        std::vector<Row> rows;
        for (const Row& row : kAll) {
            const char kind = row.results.empty()      ? 'n'
                              : row.results.size() > 1 ? '2'
                                                       : row.results[0];
            if (kind == wanted) rows.push_back(row);
        }
        return rows;
    };
    static const std::string kKinds = std::string(kTypes) + "n2";
    static const std::vector<std::vector<Row>> kByKind = [] {
        std::vector<std::vector<Row>> lists;
        for (const char kind : kKinds) lists.push_back(pick(kind));
        return lists;
    }();
    return kByKind[kKinds.find(result)];
}

// Which NaN an instruction yields is not determined. So no bits of one may come to light: vectors
// are freed of NaNs unless an instruction of the same float lanes takes them, and numbers where
// their bits are looked at.

/// The float lanes that a vector instruction yields, which may be NaNs: "f32x4", "f64x2" or none.
std::string_view float_lanes_of_result(Instr instr) {
    const std::string_view text = to_string(instr);
    const std::string_view shape = text.substr(0, 5);
    if (shape != "f32x4" && shape != "f64x2") return {};
    const std::string_view name = text.substr(6);
    for (const std::string_view not_nan : {"eq", "ne", "lt", "gt", "le", "ge", "splat"}) {
        if (name == not_nan) return {};
    }
    if (name.starts_with("convert") || name.starts_with("extract")) return {};
    return shape;
}
/// The float lanes that it takes, as which NaNs do no harm.
std::string_view float_lanes_of_operands(Instr instr) {
    const std::string_view text = to_string(instr);
    for (const std::string_view shape : {"f32x4", "f64x2"}) {
        const std::size_t at = text.find(shape, 5);
        if (at != std::string_view::npos) return shape;  // conversions name their operand last
    }
    const std::string_view shape = text.substr(0, 5);
    const bool converts = text.find("convert") != std::string_view::npos;
    return (shape == "f32x4" || shape == "f64x2") && !converts ? shape : std::string_view{};
}
bool looks_at_bits(Instr instr) {
    const std::string_view text = to_string(instr);
    for (const std::string_view word :
         {"reinterpret_f", "f32.store", "f64.store", "copysign", "f32x4.splat", "f64x2.splat",
          "f32x4.replace_lane", "f64x2.replace_lane"}) {
        if (text.find(word) != std::string_view::npos) return true;
    }
    return false;
}

class Bytes {
  public:
    std::vector<u8> data;
    void byte(u64 b) { data.push_back(static_cast<u8>(b)); }
    void leb(u64 v) {
        for (; v >= 0x80; v >>= 7) byte((v & 0x7F) | 0x80);
        byte(v);
    }
    void signed_leb(i64 v) {
        for (; v < -64 || v > 63; v >>= 7) byte((static_cast<u64>(v) & 0x7F) | 0x80);
        byte(static_cast<u64>(v) & 0x7F);
    }
    void fixed(u64 v, unsigned size) {
        for (unsigned i = 0; i < size; ++i) byte(v >> (8 * i));
    }
    void name(const std::string& text) {
        leb(text.size());
        data.insert(data.end(), text.begin(), text.end());
    }
    void append(const Bytes& other) {
        data.insert(data.end(), other.data.begin(), other.data.end());
    }
    /// With its size before it.
    void sized(const Bytes& other) {
        leb(other.data.size());
        append(other);
    }
    void opcode(Instr instr) {
        const Opcode op = opcode_of(instr);
        if (op.prefix != 0) byte(op.prefix);
        if (op.prefix != 0) {
            leb(op.code);
        } else {
            byte(op.code);
        }
    }
};

struct Signature {
    std::string params;
    std::string results;
};

class FunctionGenerator {
  public:
    FunctionGenerator(std::mt19937_64& random, const std::vector<Signature>& functions, u32 index)
        : random_(random), functions_(functions), index_(index) {
        params_ = functions[index].params.size();
    }

    Bytes body() {
        for (u32 n = below(4); n > 0; --n) statement(3);
        for (const char type : functions_[index_].results) expression(type, 4);
        out_.opcode(Instr::end);
        Bytes body;
        body.leb(kTypes.size() + 2);
        for (const char type : kTypes) {
            body.leb(kLocalsPerType);
            body.byte(type_byte(type));
        }
        body.leb(1);
        body.byte(type_byte('v'));
        body.leb(loops_);
        body.byte(type_byte('i'));
        body.append(out_);
        return body;
    }

  private:
    u32 below(u32 n) { return static_cast<u32>(random_() % n); }
    bool one_in(u32 n) { return below(n) == 0; }

    // ---- leaves ---------------------------------------------------------------------------------
    /// Numbers near powers of two and their negatives, or any.
    u64 integer() {
        switch (below(4)) {
            case 0:
                return below(5);
            case 1:
                return ~u64{0} - below(3);
            case 2:
                return (u64{1} << below(64)) + below(3) - 1;
            default:
                return random_() >> below(64);
        }
    }
    u64 float_bits(bool is_64) {
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        static constexpr double kDoubles[] = {
            0.0,    -0.0,         0.5,          -0.5,
            1,      -1.5,         2.5,          1e10,
            -1e300, 4294967295.5, 2147483648.0, 9223372036854775808.0,
            5e-324, 1e-40,        kInfinity,    -kInfinity};
        if (one_in(8)) return random_();  // NaNs among them
        const double d = one_in(2) ? kDoubles[below(std::size(kDoubles))]
                                   : static_cast<double>(static_cast<i64>(integer()));
        const auto f = static_cast<float>(d);
        u32 bits = 0;
        u64 bits_64 = 0;
        std::memcpy(&bits, &f, sizeof bits);
        std::memcpy(&bits_64, &d, sizeof bits_64);
        return is_64 ? bits_64 : bits;
    }
    void constant(char type) {
        switch (type) {
            case 'i':
                out_.opcode(Instr::i32_const);
                out_.signed_leb(static_cast<i32>(integer()));
                return;
            case 'l':
                out_.opcode(Instr::i64_const);
                out_.signed_leb(static_cast<i64>(integer()));
                return;
            case 'f':
                out_.opcode(Instr::f32_const);
                out_.fixed(float_bits(false), 4);
                return;
            case 'd':
                out_.opcode(Instr::f64_const);
                out_.fixed(float_bits(true), 8);
                return;
            default:
                out_.opcode(Instr::v128_const);
                if (one_in(2)) {
                    out_.fixed(integer() * (one_in(2) ? 0x0001'0001'0001'0001 : 1), 8);
                    out_.fixed(integer(), 8);
                } else {
                    for (int i = 0; i < 4; ++i) out_.fixed(float_bits(false), 4);
                }
                return;
        }
    }
    u32 local(char type) {
        const std::string& params = functions_[index_].params;
        const std::size_t at = params.find(type);
        if (at != std::string::npos && one_in(2)) return static_cast<u32>(at);
        const u32 first = static_cast<u32>(params_ + kTypes.find(type) * kLocalsPerType);
        return first + below(kLocalsPerType);
    }
    void local_instr(Instr instr, char type) {
        out_.opcode(instr);
        out_.leb(local(type));
    }
    void global_instr(Instr instr, char type) {
        out_.opcode(instr);
        out_.leb(kTypes.find(type));
    }
    void leaf(char type) {
        if (one_in(8)) {
            global_instr(Instr::global_get, type);
        } else if (one_in(2)) {
            local_instr(Instr::local_get, type);
        } else {
            constant(type);
        }
    }

    // ---- instructions of the table --------------------------------------------------------------
    void address(Instr instr, u32 depth) {
        expression('i', depth);
        if (one_in(16)) return;  // mostly out of bounds
        const bool atomic = opcode_of(instr).prefix == 0xFE;
        out_.opcode(Instr::i32_const);
        out_.signed_leb(kMemoryMask << 8 | (atomic ? 0xF0 : 0xFF));
        out_.opcode(Instr::i32_and);
    }
    void immediates(Instr instr) {
        const bool atomic = opcode_of(instr).prefix == 0xFE;
        switch (imm_of(instr)) {
            case Imm::memarg:
            case Imm::memarg_lane:
                out_.leb(atomic ? access_log2(instr) : below(access_log2(instr) + 1));
                out_.leb(atomic ? below(4) * 16 : one_in(8) ? below(~0u) : below(40));
                if (imm_of(instr) == Imm::memarg_lane) out_.byte(below(lane_count(instr)));
                return;
            case Imm::lane:
                out_.byte(below(lane_count(instr)));
                return;
            case Imm::lanes16:
                for (int i = 0; i < 16; ++i) out_.byte(below(32));
                return;
            case Imm::memory:
                out_.leb(0);
                return;
            default:
                return;
        }
    }
    /// 0 in its place.
    void free_of_nan(char type) {
        const u32 at = local(type);
        out_.opcode(Instr::local_tee);
        out_.leb(at);
        out_.opcode(type == 'f' ? Instr::f32_const : Instr::f64_const);
        out_.fixed(0, type == 'f' ? 4 : 8);
        for (int i = 0; i < 2; ++i) {
            out_.opcode(Instr::local_get);
            out_.leb(at);
        }
        out_.opcode(type == 'f' ? Instr::f32_eq : Instr::f64_eq);
        out_.opcode(Instr::select);
    }
    /// Lanes of zeros in their place.
    void free_of_nans(std::string_view lanes) {
        const u64 at = params_ + kTypes.size() * kLocalsPerType;
        out_.opcode(Instr::local_tee);
        out_.leb(at);
        for (int i = 0; i < 2; ++i) {
            out_.opcode(Instr::local_get);
            out_.leb(at);
        }
        out_.opcode(lanes == "f32x4" ? Instr::f32x4_eq : Instr::f64x2_eq);
        out_.opcode(Instr::v128_and);
    }
    /// `nan_lanes`: those of which the result may be NaNs.
    void apply(const Row& row, u32 depth, std::string_view nan_lanes = {}) {
        const bool fill = row.instr == Instr::memory_fill;
        for (std::size_t i = 0; i < row.operands.size(); ++i) {
            const char type = row.operands[i];
            if (type == 'a' && fill) {
                address(row.instr, 0);
            } else if (type == 'a') {
                address(row.instr, depth);
            } else {
                expression(type, depth, float_lanes_of_operands(row.instr));
                if ((type == 'f' || type == 'd') && looks_at_bits(row.instr)) free_of_nan(type);
            }
        }
        out_.opcode(row.instr);
        immediates(row.instr);
        const std::string_view lanes = float_lanes_of_result(row.instr);
        if (!lanes.empty() && lanes != nan_lanes) free_of_nans(lanes);
    }
    const Row& row(char kind) {
        const std::vector<Row>& rows = rows_for(kind);
        while (true) {
            const Row& row = rows[below(static_cast<u32>(rows.size()))];
            if (imm_of(row.instr) >= Imm::s32 && imm_of(row.instr) <= Imm::bits128) continue;
            // Divisions and conversions that trap end a function.
            if (imm_of(row.instr) == Imm::none && may_trap(row.instr) && !one_in(4)) continue;
            return row;
        }
    }

    // ---- structure ------------------------------------------------------------------------------
    void block(Instr instr, char type) {
        out_.opcode(instr);
        out_.byte(type == 'n' ? 0x40 : type_byte(type));
    }

    void expression(char type, u32 depth, std::string_view nan_lanes = {}) {
        if (depth == 0 || one_in(6)) return leaf(type);
        const u32 next = depth - 1;
        switch (below(20)) {
            case 0:
                expression('i', next);
                block(Instr::if_, type);
                expression(type, next);
                out_.opcode(Instr::else_);
                expression(type, next);
                out_.opcode(Instr::end);
                return;
            case 1:
                block(Instr::block, type);
                expression(type, next);
                expression('i', next);
                out_.opcode(Instr::br_if);
                out_.leb(0);
                out_.opcode(Instr::drop);
                expression(type, next);
                out_.opcode(Instr::end);
                return;
            case 2:
                expression(type, next);
                expression(type, next);
                expression('i', next);
                out_.opcode(Instr::select);
                return;
            case 3:
                expression(type, next);
                local_instr(Instr::local_tee, type);
                return;
            case 4:
                return call(type, next);
            case 5:
                if (type != 'l') break;
                apply(row('2'), next);
                if (one_in(2)) {
                    out_.opcode(Instr::drop);
                } else {
                    out_.opcode(Instr::i64_xor);
                }
                return;
            default:
                break;
        }
        apply(row(type), next, nan_lanes);
    }

    /// Only functions before this one are called: nothing recurses.
    void call(char type, u32 depth) {
        const u32 callee = index_ == 0 ? 0 : below(index_);
        const Signature& signature = functions_[callee];
        if (index_ == 0 || calls_ == 3 || signature.results.back() != type ||
            signature.results.size() > 1) {
            return leaf(type);
        }
        ++calls_;
        for (const char param : signature.params) expression(param, std::min(depth, 1u));
        out_.opcode(Instr::call);
        out_.leb(callee);
    }

    void statement(u32 depth) {
        const char type = kTypes[below(static_cast<u32>(kTypes.size()))];
        switch (below(depth == 0 ? 4 : 7)) {
            case 0:
                expression(type, depth);
                global_instr(Instr::global_set, type);
                return;
            case 1:
                return apply(row('n'), std::min(depth, 2u));
            case 4:
                expression('i', depth - 1);
                block(Instr::if_, 'n');
                statement(depth - 1);
                if (one_in(2)) {
                    out_.opcode(Instr::else_);
                    statement(depth - 1);
                }
                out_.opcode(Instr::end);
                return;
            case 5:
                return loop(depth - 1);
            case 6:
                block(Instr::block, 'n');
                statement(depth - 1);
                expression('i', depth - 1);
                out_.opcode(Instr::br_if);
                out_.leb(0);
                statement(depth - 1);
                out_.opcode(Instr::end);
                return;
            default:
                expression(type, depth);
                return local_instr(Instr::local_set, type);
        }
    }

    void loop(u32 depth) {
        const u32 counter =
            static_cast<u32>(params_ + kTypes.size() * kLocalsPerType + 1) + loops_++;
        out_.opcode(Instr::i32_const);
        out_.signed_leb(1 + below(5));
        out_.opcode(Instr::local_set);
        out_.leb(counter);
        block(Instr::loop, 'n');
        for (u32 n = 1 + below(2); n > 0; --n) statement(depth);
        out_.opcode(Instr::local_get);
        out_.leb(counter);
        out_.opcode(Instr::i32_const);
        out_.signed_leb(1);
        out_.opcode(Instr::i32_sub);
        out_.opcode(Instr::local_tee);
        out_.leb(counter);
        out_.opcode(Instr::br_if);
        out_.leb(0);
        out_.opcode(Instr::end);
    }

    std::mt19937_64& random_;
    const std::vector<Signature>& functions_;
    u32 index_;
    std::size_t params_ = 0;
    u32 loops_ = 0;
    u32 calls_ = 0;
    Bytes out_;
};

std::string random_types(std::mt19937_64& random, u64 count) {
    std::string types;
    while (types.size() < count) types += kTypes[random() % kTypes.size()];
    return types;
}

/// A global of each type, zero at first.
Bytes globals() {
    Bytes section;
    section.leb(kTypes.size() * kGlobalsPerType);
    for (const char type : kTypes) {
        section.byte(type_byte(type));
        section.byte(1);
        switch (type) {
            case 'i':
                section.opcode(Instr::i32_const);
                section.byte(0);
                break;
            case 'l':
                section.opcode(Instr::i64_const);
                section.byte(0);
                break;
            case 'f':
                section.opcode(Instr::f32_const);
                section.fixed(0, 4);
                break;
            case 'd':
                section.opcode(Instr::f64_const);
                section.fixed(0, 8);
                break;
            default:
                section.opcode(Instr::v128_const);
                section.fixed(0, 8);
                section.fixed(0, 8);
                break;
        }
        section.opcode(Instr::end);
    }
    return section;
}

Bytes exports() {
    Bytes section;
    section.leb(kFunctions + 1 + kTypes.size());
    for (u32 i = 0; i < kFunctions; ++i) {
        section.name("f" + std::to_string(i));
        section.byte(0);
        section.leb(i);
    }
    section.name("memory");
    section.byte(2);
    section.leb(0);
    for (u32 i = 0; i < kTypes.size(); ++i) {
        section.name("global " + std::to_string(i));
        section.byte(3);
        section.leb(i);
    }
    return section;
}

}  // namespace

std::vector<u8> generate_module(u64 seed) {
    std::mt19937_64 random(seed);
    std::vector<Signature> functions;
    for (u32 i = 0; i < kFunctions; ++i) {
        const u64 results = random() % 8 == 0 ? 2 : 1;
        functions.push_back({random_types(random, random() % 5), random_types(random, results)});
    }
    Bytes types, indices, code, memory, data;
    types.leb(kFunctions);
    indices.leb(kFunctions);
    code.leb(kFunctions);
    for (u32 i = 0; i < kFunctions; ++i) {
        types.byte(0x60);
        for (const std::string& list : {functions[i].params, functions[i].results}) {
            types.leb(list.size());
            for (const char type : list) types.byte(type_byte(type));
        }
        indices.leb(i);
        code.sized(FunctionGenerator(random, functions, i).body());
    }
    memory.leb(1);
    memory.byte(0);  // no maximum
    memory.leb(1);
    data.leb(1);
    data.byte(0);
    data.opcode(Instr::i32_const);
    data.signed_leb(0);
    data.opcode(Instr::end);
    data.leb(4096);
    for (u32 i = 0; i < 4096; ++i) data.byte(random());

    Bytes module;
    module.fixed(0x0000'0001'6D73'6100, 8);
    const std::pair<u8, const Bytes> sections[] = {
        {u8{1}, types},     {u8{3}, indices}, {u8{5}, memory}, {u8{6}, globals()},
        {u8{7}, exports()}, {u8{10}, code},   {u8{11}, data}};
    for (const auto& [id, content] : sections) {
        module.byte(id);
        module.sized(content);
    }
    return module.data;
}

}  // namespace wasmi::fuzz
