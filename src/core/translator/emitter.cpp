// Emitter: see emitter.hpp.
#include "core/translator/emitter.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace wasmi::core {

namespace {

/// Of an encoded instruction, the targets of br_table apart: header, three sources, immediate,
/// destination. Fields are written in words of eight bytes, and parts of them overwritten.
constexpr std::size_t kMostBytes = kHeaderSize + 3 * 16 + kMostImm + 8;

static_assert([] {
    for (const OpInfo& op : kOps) {
        if (imm_size(op.imm) > kMostImm) return false;
    }
    return true;
}());

/// How an operation is encoded.
struct Encoding {
    u8 sources[3];    ///< rows of kFieldSizes
    u8 imm;           ///< size of the immediate
    bool is_special;  ///< has a label, a return address, or vectors
};

/// [row][class]: bytes of a field. Rows: constants of four bytes, of eight, none.
constexpr char kFieldRows[] = {'i', 'd', '-'};
constexpr auto kFieldSizes = [] {
    std::array<std::array<u8, 8>, std::size(kFieldRows)> sizes{};
    for (std::size_t row = 0; row < sizes.size(); ++row) {
        for (u32 cls = 0; cls < 7; ++cls) {
            if (kFieldRows[row] == '-') continue;
            sizes[row][cls] = static_cast<u8>(field_size(kFieldRows[row], static_cast<Cls>(cls)));
        }
    }
    return sizes;
}();

constexpr auto kEncodings = [] {
    std::array<Encoding, kNumOps> encodings{};
    for (std::size_t op = 0; op < kNumOps; ++op) {
        const OpInfo& o = kOps[op];
        Encoding& e = encodings[op];
        for (int i = 0; i < 3; ++i) {
            const char type = o.types[i];
            const u32 constant = type == '-' ? 0 : field_size(type, Cls::K);
            e.sources[i] = constant == 4 ? 0 : constant == 8 ? 1 : 2;
            if (type == 'v') e.is_special = true;
        }
        e.imm = static_cast<u8>(imm_size(o.imm));
        if (o.imm == ImmKind::rel || o.imm == ImmKind::loop || o.imm == ImmKind::call ||
            op == static_cast<std::size_t>(Op::br_table)) {
            e.is_special = true;
        }
    }
    return encodings;
}();

u32 form_of(const Ins& ins) {
    WASMI_ASSERT(form_exists(ins.op, ins.k));
    WASMI_ASSERT(in_mask(info(ins.op).shape.a, ins.k.a) && in_mask(info(ins.op).shape.b, ins.k.b) &&
                 in_mask(info(ins.op).shape.c, ins.k.c) && in_mask(info(ins.op).shape.d, ins.k.d));
    return form_id(ins.op, ins.k);
}

}  // namespace

void Emitter::start(const CodeTarget& target, const Options& options) {
    loop_depth_ = block_depth_ = 0;
    target_ = target;
    options_ = options;
    block_.clear();
    size_ = 0;
    labels_.clear();
    fixups_.clear();
    cost_fixups_.clear();
    table_cost_fixups_.clear();
    tables_.clear();
    return_addresses_.clear();
    vectors_.clear();
}

LabelId Emitter::new_label() {
    labels_.emplace_back();
    return static_cast<LabelId>(labels_.size() - 1);
}

void Emitter::bind(LabelId label) {
    flush();
    labels_[label].position = position();
}

u32 Emitter::add_table(const std::vector<TableTarget>& targets) {
    const auto first = static_cast<u32>(tables_.size());
    tables_.insert(tables_.end(), targets.begin(), targets.end());
    for (const TableTarget& t : targets) mark_used(t.label);
    return first;
}

void Emitter::reserve(std::size_t bytes) {
    if (code_.size() - size_ >= bytes) return;
    code_.resize(std::max(code_.size() * 2, size_ + bytes));
}

template <class T>
WASMI_ALWAYS_INLINE void Emitter::put(T value) {
    WASMI_ASSERT(code_.size() - size_ >= sizeof value);
    std::memcpy(code_.data() + size_, &value, sizeof value);
    size_ += u32{sizeof value};
}

void Emitter::put_branch(LabelId label, u32 run) {
    labels_[label].used = true;
    fixups_.push_back({position(), run, label});
    put(i32{0});
}

// Sizes come from tables, not from jumps: which instruction comes next is hard to predict.
WASMI_ALWAYS_INLINE void Emitter::encode_fields(const Ins& ins, u32 run) {
    if (WASMI_UNLIKELY(options_.positions != nullptr)) {
        options_.positions->push_back({position(), ins.offset});
    }
    const Encoding& e = kEncodings[static_cast<std::size_t>(ins.op)];
    if (e.is_special) {
        encode_special(ins, run);
        return;
    }
    u8* p = code_.data() + size_;
    const auto put_source = [&p](u8 row, Cls cls, u64 value) {
        std::memcpy(p, &value, sizeof value);
        p += kFieldSizes[row][static_cast<std::size_t>(cls)];
    };
    put_source(e.sources[0], ins.k.a, ins.a);
    put_source(e.sources[1], ins.k.b, ins.b);
    put_source(e.sources[2], ins.k.c, ins.c);
    std::memcpy(p, ins.imm, 8);
    if (e.imm > 8) std::memcpy(p + 8, ins.imm + 1, 8);
    p += e.imm;
    std::memcpy(p, &ins.d, sizeof(u16));
    p += dest_size(ins.k.d);
    size_ = static_cast<u32>(p - code_.data());
}

/// Operations with labels, return addresses or vectors.
void Emitter::encode_special(const Ins& ins, u32 run) {
    const OpInfo& o = info(ins.op);
    const u64 values[] = {ins.a, ins.b, ins.c};
    const Cls classes[] = {ins.k.a, ins.k.b, ins.k.c};
    for (int i = 0; i < 3; ++i) {
        const u32 size = field_size(o.types[i], classes[i]);
        if (size == 16) {
            put(vectors_[values[i]]);
        } else {
            std::memcpy(code_.data() + size_, &values[i], sizeof values[i]);
            size_ += size;
        }
    }
    if (o.imm == ImmKind::rel || o.imm == ImmKind::loop) {
        put_branch(ins.label, run);
        if (o.imm == ImmKind::loop) {
            cost_fixups_.push_back({position(), run, ins.label});
            put(i64{0});
        }
    } else if (o.imm == ImmKind::call) {
        put(ins.imm[0]);
        return_addresses_.push_back(position());
        put(u64{position()} + 16);  // a call is the last of its run: the next one follows
        put(ins.imm[1]);
    } else {
        std::memcpy(code_.data() + size_, ins.imm, sizeof ins.imm);
        size_ += imm_size(o.imm);
    }
    if (dest_size(ins.k.d) != 0) put(static_cast<u16>(ins.d));
    if (ins.op == Op::br_table) {
        u32 count = 0;
        std::memcpy(&count, ins.imm, sizeof count);
        reserve((std::size_t{count} + 1) * 8 + block_.size() * kMostBytes);
        for (u32 i = ins.label; i <= ins.label + count; ++i) {
            put_branch(tables_[i].label, run);
            if (tables_[i].backward)
                table_cost_fixups_.push_back({position(), run, tables_[i].label});
            put(u32{0});
        }
    }
}

void Emitter::flush() {
    const std::size_t count = block_.size();
    reserve(count * kMostBytes);
    forms_.clear();
    for (const Ins& ins : block_) {
        const u32 form = form_of(ins);
        if (!forms_.empty()) target_.fuse.prefetch(forms_.back(), form);
        forms_.push_back(static_cast<u16>(form));
    }
    if (options_.blocks != nullptr) options_.blocks->push_back({block_depth_, forms_});
    for (std::size_t i = 0; i < count;) {
        const u32 run = position();
        put(u64{0});
        u32 id = forms_[i];
        const Op first = block_[i].op;
        encode_fields(block_[i], run);
        while (++i < count) {
            if (options_.shared_memory && info(block_[i].op).imm == ImmKind::access) break;
            const u32 longer = options_.fuse ? target_.fuse.find(id, forms_[i]) : 0;
            if (longer == 0) break;
            id = longer;
            encode_fields(block_[i], run);
        }
        const u64 header = id < kNumForms ? target_.header(first, id) : target_.fuse.header(id);
        WASMI_ASSERT(header != 0);
        std::memcpy(code_.data() + run, &header, sizeof header);
    }
    block_.clear();
    block_depth_ = loop_depth_;
}

std::span<const u8> Emitter::finish() {
    flush();
    for (const Fixup& f : fixups_) {
        const i32 distance = static_cast<i32>(labels_[f.label].position) - static_cast<i32>(f.base);
        std::memcpy(code_.data() + f.at, &distance, sizeof distance);
    }
    // At least 1: in a br_table 0 stands for a forward branch.
    const auto cost_of = [this](const Fixup& f) { return std::max(labels_[f.label].cost, 1u); };
    for (const Fixup& f : cost_fixups_) {
        const i64 cost = cost_of(f);
        std::memcpy(code_.data() + f.at, &cost, sizeof cost);
    }
    for (const Fixup& f : table_cost_fixups_) {
        const u32 cost = cost_of(f);
        std::memcpy(code_.data() + f.at, &cost, sizeof cost);
    }
    return {code_.data(), size_};
}

}  // namespace wasmi::core
