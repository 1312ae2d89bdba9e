// TypeRegistry: canonical ids of defined types by hash-consing whole recursion groups.
// Spec: valid/conventions (rolling and unrolling), valid/matching.
//
// Two groups are equal if they have the same shape, where a reference into the own group counts by
// its position and any other reference by its canonical id. Groups are kept in a hash map keyed by
// a seeded hash of that shape. Published types live in chunks of doubling size that never move, so
// get() takes no lock; an id reaches another thread only through something that synchronises.
#include "core/types/type_registry.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_map>

namespace wasmi::core {

namespace {

/// A display of unbounded depth would take quadratic memory; Config may ask for less.
constexpr std::size_t kMaxSubtypingDepth = 1024;

constexpr bool is_rec(TypeId id) { return id >= kRecBase && id != kNoType; }

/// A keyed mixing function: who writes a module cannot know which shapes collide.
class Hasher {
  public:
    explicit Hasher(u64 seed) : state_(seed) {}
    void add(u64 value) {
        u64 x = (state_ ^ value) * 0x9E37'79B9'7F4A'7C15u;
        x ^= std::rotr(x, 25) ^ std::rotr(x, 47);
        x *= 0xD1B5'4A32'D192'ED03u;
        state_ = x ^ (x >> 29);
    }
    [[nodiscard]] u64 value() const { return state_; }

  private:
    u64 state_;
};

void hash_sub(Hasher& h, const SubType& sub) {
    h.add(static_cast<u64>(sub.kind) | (sub.is_final ? 0x100u : 0u) | u64{sub.super} << 32);
    if (sub.kind == CompositeKind::func) {
        h.add(sub.func.params.size() | u64{sub.func.results.size()} << 32);
        for (const ValType t : sub.func.params) h.add(t.bits());
        for (const ValType t : sub.func.results) h.add(t.bits());
        return;
    }
    h.add(sub.fields.size());
    for (const FieldType& f : sub.fields) {
        h.add(f.type.bits() | u64{static_cast<u8>(f.packed)} << 32 |
              (f.is_mutable ? u64{1} << 40 : 0));
    }
}

/// Compares a group under construction with a published one that starts at `base`.
class GroupCompare {
  public:
    GroupCompare(TypeId base, u32 size) : base_(base), size_(size) {}

    [[nodiscard]] bool same(const SubType& fresh, const SubType& known) const {
        if (fresh.kind != known.kind || fresh.is_final != known.is_final) return false;
        if ((fresh.super == kNoType) != (known.super == kNoType)) return false;
        if (known.super != kNoType && fresh.super != rolled(known.super)) return false;
        if (fresh.kind == CompositeKind::func) {
            return same(fresh.func.params, known.func.params) &&
                   same(fresh.func.results, known.func.results);
        }
        if (fresh.fields.size() != known.fields.size()) return false;
        for (std::size_t i = 0; i < fresh.fields.size(); ++i) {
            const FieldType& a = fresh.fields[i];
            const FieldType& b = known.fields[i];
            if (a.packed != b.packed || a.is_mutable != b.is_mutable || !same(a.type, b.type)) {
                return false;
            }
        }
        return true;
    }

  private:
    /// A canonical id as the group itself would write it.
    [[nodiscard]] TypeId rolled(TypeId id) const {
        return id - base_ < size_ ? kRecBase + (id - base_) : id;
    }
    [[nodiscard]] bool same(ValType fresh, ValType known) const {
        if (!known.is_concrete()) return fresh == known;
        return fresh == ValType::ref_to(rolled(known.type_id()), known.nullable());
    }
    [[nodiscard]] bool same(const std::vector<ValType>& fresh,
                            const std::vector<ValType>& known) const {
        if (fresh.size() != known.size()) return false;
        for (std::size_t i = 0; i < fresh.size(); ++i) {
            if (!same(fresh[i], known[i])) return false;
        }
        return true;
    }
    TypeId base_;
    u32 size_;
};

ValType unrolled(ValType type, TypeId base) {
    if (!type.is_concrete() || !is_rec(type.type_id())) return type;
    return ValType::ref_to(base + (type.type_id() - kRecBase), type.nullable());
}

u32 slots_of(const std::vector<ValType>& types) {
    u32 slots = 0;
    for (const ValType t : types) slots += t.slots();
    return slots;
}

/// Every reference into the group under construction must stay inside it.
bool in_group(ValType type, std::size_t size, u32 published) {
    if (!type.is_concrete()) return true;
    const TypeId id = type.type_id();
    return is_rec(id) ? id - kRecBase < size : id < published;
}

bool well_formed(std::span<const SubType> group, u32 published) {
    for (std::size_t i = 0; i < group.size(); ++i) {
        const SubType& sub = group[i];
        if (sub.super != kNoType &&
            (is_rec(sub.super) ? sub.super - kRecBase >= i : sub.super >= published)) {
            return false;
        }
        for (const ValType t : sub.func.params) {
            if (!in_group(t, group.size(), published)) return false;
        }
        for (const ValType t : sub.func.results) {
            if (!in_group(t, group.size(), published)) return false;
        }
        for (const FieldType& f : sub.fields) {
            if (!in_group(f.type, group.size(), published)) return false;
        }
    }
    return true;
}

}  // namespace

struct TypeRegistry::Impl {
    struct Group {
        TypeId base;
        u32 size;
    };

    std::mutex mutex;  // guards all but the reading of chunks
    u32 count = 0;
    u64 seed;
    std::unordered_multimap<u64, Group> groups;
    TypeRegistry& registry;

    explicit Impl(TypeRegistry& owner) : registry(owner) {
        // No secrets of the host are needed: it only has to differ from run to run.
        const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
        Hasher h(static_cast<u64>(now));
        h.add(reinterpret_cast<std::uintptr_t>(this));
        seed = h.value();
    }
    ~Impl() {
        for (auto& chunk : registry.chunks_) delete[] chunk.load(std::memory_order_relaxed);
        for (auto& chunk : registry.displays_) delete[] chunk.load(std::memory_order_relaxed);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    [[nodiscard]] DefinedType& at(TypeId id) const { return registry.at(id); }
    void make_room(u32 until) {
        for (u32 chunk = 0; chunk < kChunks; ++chunk) {
            const u32 first = (1u << (chunk + kFirstChunkLog2)) - (1u << kFirstChunkLog2);
            if (first >= until) return;
            if (registry.chunks_[chunk].load(std::memory_order_relaxed) == nullptr) {
                registry.chunks_[chunk].store(
                    new DefinedType[std::size_t{1} << (chunk + kFirstChunkLog2)],
                    std::memory_order_release);
            }
        }
    }
    /// The published group of that shape, or kNoType.
    [[nodiscard]] TypeId find(u64 hash, std::span<const SubType> group) const {
        const auto [first, last] = groups.equal_range(hash);
        for (auto it = first; it != last; ++it) {
            if (it->second.size != group.size()) continue;
            const GroupCompare compare(it->second.base, it->second.size);
            u32 i = 0;
            while (i < group.size() && compare.same(group[i], at(it->second.base + i).sub)) ++i;
            if (i == group.size()) return it->second.base;
        }
        return kNoType;
    }
    void publish(const SubType& sub, TypeId id, TypeId base) {
        DefinedType& type = at(id);
        type.sub = sub;
        for (ValType& t : type.sub.func.params) t = unrolled(t, base);
        for (ValType& t : type.sub.func.results) t = unrolled(t, base);
        for (FieldType& f : type.sub.fields) f.type = unrolled(f.type, base);
        if (sub.super != kNoType) {
            type.sub.super = is_rec(sub.super) ? base + (sub.super - kRecBase) : sub.super;
            const std::vector<TypeId>& above = at(type.sub.super).supers;
            type.supers.reserve(above.size() + 1);
            type.supers = above;
        }
        type.supers.push_back(id);
        publish_display(id);
        type.param_slots = slots_of(type.sub.func.params);
        type.result_slots = slots_of(type.sub.func.results);
    }
    void publish_display(TypeId id) {
        DefinedType& type = at(id);
        const std::size_t n = std::max<std::size_t>(type.supers.size(), kDisplayPadding);
        type.display = std::make_unique<TypeId[]>(kDisplayFirst + n);
        type.display[0] =
            static_cast<TypeId>(type.sub.kind) | static_cast<TypeId>(type.supers.size()) << 2;
        std::fill_n(type.display.get() + kDisplayFirst, n, kNoType);
        std::copy(type.supers.begin(), type.supers.end(), type.display.get() + kDisplayFirst);
        auto& chunk = registry.displays_[id >> kDisplayChunkLog2];
        if (chunk.load(std::memory_order_relaxed) == nullptr) {
            chunk.store(
                new const TypeId* [std::size_t{1} << kDisplayChunkLog2] {},
                std::memory_order_release);
        }
        chunk.load(std::memory_order_relaxed)[id & ((1u << kDisplayChunkLog2) - 1)] =
            type.display.get();
    }
    /// Fields in order, each at its natural alignment: those of a supertype come out the same.
    void lay_out(TypeId id) {
        DefinedType& type = at(id);
        u64 offset = kObjectHeaderSize;
        type.layout.reserve(type.sub.fields.size());
        for (const FieldType& field : type.sub.fields) {
            FieldLayout f = layout_of(field);
            const u64 alignment = f.size() < 8 ? f.size() : 8;
            offset = (offset + alignment - 1) & ~(alignment - 1);
            f.offset = clamped(offset);
            offset += f.size();
            type.traced = type.traced || f.trace != FieldLayout::Trace::none;
            type.layout.push_back(f);
        }
        type.object_size = clamped((offset + 7) & ~u64{7});
    }
    [[nodiscard]] static u32 clamped(u64 v) { return v < ~u32{0} ? static_cast<u32>(v) : ~u32{0}; }
    [[nodiscard]] FieldLayout layout_of(const FieldType& field) const {
        FieldLayout f;
        switch (field.packed) {
            case FieldType::Packed::i8:
                return f;
            case FieldType::Packed::i16:
                f.size_log2 = 1;
                return f;
            case FieldType::Packed::none:
                break;
        }
        switch (field.type.kind()) {
            case ValKind::i64:
            case ValKind::f64:
                f.size_log2 = 3;
                break;
            case ValKind::v128:
                f.size_log2 = 4;
                break;
            case ValKind::ref: {
                const HeapKind top = registry.top_of(field.type);
                f.size_log2 = top == HeapKind::exn ? 3 : 2;
                if (top == HeapKind::exn) f.trace = FieldLayout::Trace::exception;
                if (top == HeapKind::any || top == HeapKind::extern_) {
                    f.trace = FieldLayout::Trace::object;
                }
                break;
            }
            default:
                f.size_log2 = 2;
                break;
        }
        return f;
    }
    /// Length of the longest chain of supertypes that the group would make.
    [[nodiscard]] std::size_t depth(std::span<const SubType> group) const {
        std::vector<std::size_t> depths(group.size(), 1);
        std::size_t deepest = 0;
        for (std::size_t i = 0; i < group.size(); ++i) {
            const TypeId super = group[i].super;
            if (super != kNoType) {
                depths[i] += is_rec(super) ? depths[super - kRecBase] : at(super).supers.size();
            }
            if (depths[i] > deepest) deepest = depths[i];
        }
        return deepest;
    }
};

TypeRegistry::TypeRegistry() : impl_(std::make_unique<Impl>(*this)) {}
TypeRegistry::~TypeRegistry() = default;

Result<TypeId> TypeRegistry::add_group(std::span<const SubType> group) {
    Hasher h(impl_->seed);
    h.add(group.size());
    for (const SubType& sub : group) hash_sub(h, sub);

    const std::lock_guard lock(impl_->mutex);
    const u32 base = impl_->count;
    if (group.empty()) return base;
    if (!well_formed(group, base)) return Error(ErrorKind::invalid, "unknown type");
    if (const TypeId known = impl_->find(h.value(), group); known != kNoType) return known;
    if (group.size() > kMaxTypes - base) {
        return Error(ErrorKind::limit, "too many types in one engine");
    }
    if (impl_->depth(group) > kMaxSubtypingDepth) {
        return Error(ErrorKind::limit, "subtyping too deep");
    }
    const u32 size = static_cast<u32>(group.size());
    impl_->make_room(base + size);
    for (u32 i = 0; i < size; ++i) impl_->publish(group[i], base + i, base);
    for (u32 i = 0; i < size; ++i) impl_->lay_out(base + i);  // fields may be of later types
    impl_->groups.emplace(h.value(), Impl::Group{base, size});
    impl_->count = base + size;
    return base;
}

Result<TypeId> TypeRegistry::add_func(const FuncType& type) {
    SubType sub;
    sub.func = type;
    return add_group({&sub, 1});
}

bool TypeRegistry::contains(TypeId id) const noexcept {
    const std::lock_guard lock(impl_->mutex);
    return id < impl_->count;
}

bool TypeRegistry::heap_matches(ValType sub, ValType super) const noexcept {
    const HeapKind a = sub.heap();
    const HeapKind b = super.heap();
    if (b == HeapKind::concrete) {
        if (a == HeapKind::concrete) return is_subtype(sub.type_id(), super.type_id());
        if (a == HeapKind::bottom) return true;
        return a == (get(super.type_id()).sub.kind == CompositeKind::func ? HeapKind::nofunc
                                                                          : HeapKind::none);
    }
    if (a == b) return true;
    switch (a) {
        case HeapKind::bottom:
            return true;
        case HeapKind::nofunc:
            return b == HeapKind::func;
        case HeapKind::noextern:
            return b == HeapKind::extern_;
        case HeapKind::noexn:
            return b == HeapKind::exn;
        case HeapKind::none:
            return b == HeapKind::any || b == HeapKind::eq || b == HeapKind::i31 ||
                   b == HeapKind::struct_ || b == HeapKind::array;
        case HeapKind::i31:
        case HeapKind::struct_:
        case HeapKind::array:
            return b == HeapKind::any || b == HeapKind::eq;
        case HeapKind::eq:
            return b == HeapKind::any;
        case HeapKind::concrete:
            switch (get(sub.type_id()).sub.kind) {
                case CompositeKind::func:
                    return b == HeapKind::func;
                case CompositeKind::struct_:
                    return b == HeapKind::struct_ || b == HeapKind::eq || b == HeapKind::any;
                case CompositeKind::array:
                    return b == HeapKind::array || b == HeapKind::eq || b == HeapKind::any;
            }
            return false;
        default:
            return false;
    }
}

bool TypeRegistry::matches(ValType sub, ValType super) const noexcept {
    if (sub == super || sub.kind() == ValKind::bottom) return true;
    if (!sub.is_ref() || !super.is_ref()) return false;
    if (sub.nullable() && !super.nullable()) return false;
    return heap_matches(sub, super);
}

HeapKind TypeRegistry::top_of(ValType ref) const noexcept {
    switch (ref.heap()) {
        case HeapKind::func:
        case HeapKind::nofunc:
            return HeapKind::func;
        case HeapKind::extern_:
        case HeapKind::noextern:
            return HeapKind::extern_;
        case HeapKind::exn:
        case HeapKind::noexn:
            return HeapKind::exn;
        case HeapKind::concrete:
            return get(ref.type_id()).sub.kind == CompositeKind::func ? HeapKind::func
                                                                      : HeapKind::any;
        default:
            return HeapKind::any;
    }
}

bool limits_match(const SizeLimits& sub, const SizeLimits& super) noexcept {
    if (sub.min < super.min) return false;
    return !super.has_max || (sub.has_max && sub.max <= super.max);
}

bool table_matches(const TypeRegistry&, const TableType& sub, const TableType& super) noexcept {
    // Canonical ids make equivalence of reference types plain equality.
    return sub.is_64 == super.is_64 && sub.element == super.element &&
           limits_match(sub.limits, super.limits);
}

bool memory_matches(const MemoryType& sub, const MemoryType& super) noexcept {
    return sub.is_64 == super.is_64 && sub.is_shared == super.is_shared &&
           sub.page_size_log2 == super.page_size_log2 && limits_match(sub.limits, super.limits);
}

bool global_matches(const TypeRegistry& types, const GlobalType& sub,
                    const GlobalType& super) noexcept {
    if (sub.is_mutable != super.is_mutable) return false;
    return sub.is_mutable ? sub.value == super.value : types.matches(sub.value, super.value);
}

}  // namespace wasmi::core
