// Spec: exec/runtime (structure and array instances).
#include "core/memory/heap.hpp"

#include <map>
#include <random>

#include <gtest/gtest.h>

namespace wasmi::core {
namespace {

constexpr u64 kMiB = u64{1} << 20;

/// A heap with types, and roots that the test names.
struct Heap : testing::Test {
    TypeRegistry types;
    TypeId node = 0;    ///< struct { (ref null any) left, right; i32 }
    TypeId bytes = 0;   ///< array of i8
    TypeId refs = 0;    ///< array of (ref null any)
    TypeId caught = 0;  ///< struct { exnref }
    GcHeap heap;
    std::vector<u64> roots;
    std::vector<u64> exceptions;  ///< words that the last collection met

    Heap() {
        node = add(CompositeKind::struct_, {ValType::anyref, ValType::anyref, ValType::i32});
        refs = add(CompositeKind::array, {ValType::anyref});
        caught = add(CompositeKind::struct_, {ValType::exnref});
        SubType packed;
        packed.kind = CompositeKind::array;
        packed.fields.push_back({ValType::i32, FieldType::Packed::i8, true});
        bytes = types.add_group({&packed, 1}).value();
        heap.configure(types, 64 * kMiB, 0);
    }
    TypeId add(CompositeKind kind, std::vector<ValType> fields) {
        SubType sub;
        sub.kind = kind;
        for (const ValType t : fields) sub.fields.push_back({t, FieldType::Packed::none, true});
        return types.add_group({&sub, 1}).value();
    }

    u32 allocate(TypeId type, u32 length = 0) {
        const DefinedType& t = types.get(type);
        const u64 size = t.sub.kind == CompositeKind::array
                             ? kObjectHeaderSize + (u64{length} << t.layout[0].size_log2)
                             : t.object_size;
        const u32 at = heap.allocate(type, length, size, true, false);
        if (at != 0) return at;
        collect();
        return heap.allocate(type, length, size, true, true);
    }
    void collect() {
        exceptions.clear();
        heap.begin_marking();
        for (const u64 root : roots) heap.mark(root);
        heap.drain([this](u64 word) { exceptions.push_back(word); });
        heap.sweep(roots.size() * 8);
    }
    template <class T>
    void put(u64 at, u32 offset, T value) {
        std::memcpy(heap.data() + at + offset, &value, sizeof value);
    }
    template <class T>
    T load(u64 at, u32 offset) {
        T value;
        std::memcpy(&value, heap.data() + at + offset, sizeof value);
        return value;
    }
    u32 field(TypeId type, u32 i) { return types.get(type).layout[i].offset; }
};

TEST_F(Heap, objects_are_aligned_typed_and_zero) {
    const u32 a = allocate(node);
    const u32 b = allocate(bytes, 3);
    const u32 c = allocate(node);
    for (const u32 at : {a, b, c}) {
        EXPECT_NE(at, 0u);
        EXPECT_EQ(at % 8, 0u);
        EXPECT_TRUE(heap.is_object(at));
    }
    EXPECT_EQ(heap.header(a).type, node);
    EXPECT_EQ(heap.header(b).length, 3u);
    EXPECT_EQ(heap.object_size(b), 16u);
    EXPECT_EQ(load<u32>(c, field(node, 2)), 0u);
}

TEST_F(Heap, only_the_start_of_an_object_is_one) {
    EXPECT_FALSE(heap.is_object(0));
    EXPECT_FALSE(heap.is_object(GcHeap::kBlockSize));
    const u32 at = allocate(bytes, 100'000);
    EXPECT_TRUE(heap.is_object(at));
    EXPECT_FALSE(heap.is_object(at + 1));
    EXPECT_FALSE(heap.is_object(at + 8));
    EXPECT_FALSE(heap.is_object(at + GcHeap::kBlockSize));
    EXPECT_FALSE(heap.is_object(u64{at} | u64{1} << 32));
    EXPECT_FALSE(heap.is_object(~u64{0}));
}

TEST_F(Heap, cycles_are_freed_when_nothing_else_refers_to_them) {
    const u32 a = allocate(node);
    const u32 b = allocate(node);
    put<u32>(a, field(node, 0), b);
    put<u32>(b, field(node, 1), a);
    roots = {b};
    collect();
    EXPECT_TRUE(heap.is_object(a));
    EXPECT_TRUE(heap.is_object(b));
    roots.clear();
    collect();
    EXPECT_FALSE(heap.is_object(a));
    EXPECT_FALSE(heap.is_object(b));
    EXPECT_EQ(heap.bytes_in_use(), 0u);
}

TEST_F(Heap, a_million_short_lived_objects_take_little_room) {
    for (u32 i = 0; i < 1'000'000; ++i) {
        ASSERT_NE(allocate(node), 0u);
        ASSERT_LT(heap.bytes_in_use(), 10 * kMiB);
    }
    EXPECT_GT(heap.collections(), 5u);
}

TEST_F(Heap, a_list_of_a_million_objects_is_marked_without_recursion) {
    u32 head = 0;
    for (u32 i = 0; i < 1'000'000; ++i) {
        const u32 at = allocate(node);
        put<u32>(at, field(node, 0), head);
        put<u32>(at, field(node, 2), i);
        head = at;
        roots = {head};
    }
    collect();
    for (u32 i = 1'000'000; i-- > 0;) {
        ASSERT_TRUE(heap.is_object(head));
        ASSERT_EQ(load<u32>(head, field(node, 2)), i);
        head = load<u32>(head, field(node, 0));
    }
}

TEST_F(Heap, elements_are_followed_but_not_numbers_that_look_like_references) {
    const u32 target = allocate(node);
    const u32 array = allocate(refs, 10);
    const u32 raw = allocate(bytes, 8);
    put<u32>(array, kObjectHeaderSize + 9 * 4, target);
    put<u32>(raw, kObjectHeaderSize, target);
    roots = {raw};
    collect();
    EXPECT_FALSE(heap.is_object(target));
    EXPECT_TRUE(heap.is_object(raw));

    const u32 again = allocate(node);
    const u32 other = allocate(refs, 10);
    put<u32>(other, kObjectHeaderSize + 9 * 4, again);
    put<u32>(other, kObjectHeaderSize, 7);  // an i31
    roots = {other};
    collect();
    EXPECT_TRUE(heap.is_object(again));
}

TEST_F(Heap, exceptions_in_fields_are_shown) {
    const u32 at = allocate(caught);
    put<u64>(at, field(caught, 0), 0x1234'5678'9ABCu);
    roots = {at};
    collect();
    EXPECT_EQ(exceptions, std::vector<u64>{0x1234'5678'9ABCu});
}

TEST_F(Heap, gaps_between_survivors_are_used_again) {
    for (u32 i = 0; i < 40'000; ++i) {
        const u32 at = allocate(node);
        if (i % 2 == 0) roots.push_back(at);
    }
    collect();
    const u64 before = heap.bytes_in_use();
    for (u32 i = 0; i < 19'000; ++i) ASSERT_NE(allocate(node), 0u);
    EXPECT_EQ(heap.bytes_in_use(), before);
    for (const u64 root : roots) ASSERT_TRUE(heap.is_object(root));
}

TEST_F(Heap, large_objects_are_freed_whole_and_come_back_zero) {
    heap.configure(types, 8 * kMiB, 0);
    for (u32 i = 0; i < 200; ++i) {
        const u32 at = allocate(bytes, 3'000'000);
        ASSERT_NE(at, 0u);
        ASSERT_EQ(load<u8>(at, kObjectHeaderSize), 0);
        ASSERT_EQ(load<u8>(at, kObjectHeaderSize + 2'999'999), 0);
        std::memset(heap.data() + at + kObjectHeaderSize, 0xFF, 3'000'000);
    }
}

TEST_F(Heap, the_limit_holds_and_reachable_objects_outlive_it) {
    heap.configure(types, 2 * kMiB, 0);
    u32 head = 0;
    u32 count = 0;
    for (;; ++count) {
        const u32 at = allocate(node);
        if (at == 0) break;
        put<u32>(at, field(node, 0), head);
        head = at;
        roots = {head};
        ASSERT_LE(heap.bytes_in_use(), 2 * kMiB);
    }
    EXPECT_GT(count, 50'000u);
    u32 found = 0;
    for (u32 at = head; at != 0; at = load<u32>(at, field(node, 0))) ++found;
    EXPECT_EQ(found, count);
    roots.clear();
    EXPECT_NE(allocate(node), 0u);
}

TEST_F(Heap, what_no_heap_could_hold_is_refused) {
    EXPECT_FALSE(heap.can_hold(65 * kMiB));
    EXPECT_EQ(allocate(bytes, ~u32{0}), 0u);
    EXPECT_EQ(allocate(refs, ~u32{0}), 0u);
    heap.configure(types, ~u64{0}, 0);
    EXPECT_EQ(allocate(refs, u32{1} << 31), 0u);
    GcHeap none;
    none.configure(types, 0, 0);
    EXPECT_EQ(none.allocate(node, 0, 24, true, false), 0u);
    EXPECT_EQ(none.allocate(node, 0, 24, true, true), 0u);
    EXPECT_EQ(none.bytes_in_use(), 0u);
}

/// Objects of all sizes, random references and roots, against a model that knows what lives.
TEST_F(Heap, agrees_with_a_model_over_random_programs) {
    struct Model {
        u32 length;
        std::vector<u32> out;  ///< ids by element; 0: null
    };
    for (u32 seed = 0; seed < 3; ++seed) {
        std::mt19937 random(seed);
        auto below = [&](u32 n) { return static_cast<u32>(random() % n); };
        std::map<u32, Model> model;  // by id
        std::map<u32, u32> places;   // id to offset
        std::vector<u32> held;       // ids that are roots
        u32 next_id = 1;
        roots.clear();
        for (u32 step = 0; step < 1500; ++step) {
            const u32 size_class = below(10);
            const u32 length = size_class < 7   ? 1 + below(20)
                               : size_class < 9 ? 1 + below(2000)
                                                : 1 + below(20'000);
            roots.clear();
            for (const u32 id : held) roots.push_back(places[id]);
            const u32 at = allocate(refs, length);
            ASSERT_NE(at, 0u);
            const u32 id = next_id++;
            Model m{length, std::vector<u32>(length)};
            u32 bits = 0;
            for (u32 i = 0; i < length; ++i) bits |= load<u32>(at, kObjectHeaderSize + i * 4);
            ASSERT_EQ(bits, 0u);
            for (u32 i = 0; i < 3 && !held.empty(); ++i) {
                const u32 element = below(length);
                const u32 to = held[below(static_cast<u32>(held.size()))];
                m.out[element] = to;
                put<u32>(at, kObjectHeaderSize + element * 4, places[to]);
            }
            model[id] = std::move(m);
            places[id] = at;
            held.push_back(id);
            if (held.size() > 60) held.erase(held.begin() + below(60));
            if (step % 100 != 99) continue;
            roots.clear();
            for (const u32 root : held) roots.push_back(places[root]);
            collect();
            std::map<u32, u32> alive;
            std::vector<u32> todo = held;
            while (!todo.empty()) {
                const u32 one = todo.back();
                todo.pop_back();
                if (!alive.emplace(one, places[one]).second) continue;
                const Model& seen = model[one];
                ASSERT_TRUE(heap.is_object(places[one]));
                ASSERT_EQ(heap.header(places[one]).length, seen.length);
                u32 wrong = 0;
                for (u32 i = 0; i < seen.length; ++i) {
                    const u32 to = seen.out[i];
                    const u32 place = to == 0 ? 0 : places[to];
                    if (load<u32>(places[one], kObjectHeaderSize + i * 4) != place) ++wrong;
                    if (to != 0) todo.push_back(to);
                }
                ASSERT_EQ(wrong, 0u);
            }
            for (const auto& [dead, place] : places) {
                if (alive.find(dead) == alive.end()) {
                    ASSERT_FALSE(heap.is_object(place));
                    model.erase(dead);
                }
            }
            places = std::move(alive);
        }
        roots.clear();
        collect();
        EXPECT_EQ(heap.bytes_in_use(), 0u);
    }
}

}  // namespace
}  // namespace wasmi::core
