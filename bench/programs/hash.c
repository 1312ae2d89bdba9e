// A chained hash table that grows: insertions, look-ups, removals, cache misses.
#include "bench.h"

typedef struct Node {
    struct Node* next;
    uint32_t key, value;
} Node;

typedef struct {
    Node** buckets;
    uint32_t mask, count;
    Node* spare;
} Table;

static uint32_t hash_of(uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352d;
    x ^= x >> 15;
    x *= 0x846ca68b;
    return x ^ (x >> 16);
}

static void init(Table* t, uint32_t buckets) {
    t->buckets = calloc(buckets, sizeof *t->buckets);
    t->mask = buckets - 1;
    t->count = 0;
    t->spare = NULL;
}

static NOINLINE void grow(Table* t) {
    uint32_t old = t->mask + 1;
    Node** fresh = calloc((size_t)old * 2, sizeof *fresh);
    for (uint32_t i = 0; i < old; i++) {
        Node* n = t->buckets[i];
        while (n) {
            Node* next = n->next;
            Node** slot = &fresh[hash_of(n->key) & (old * 2 - 1)];
            n->next = *slot;
            *slot = n;
            n = next;
        }
    }
    free(t->buckets);
    t->buckets = fresh;
    t->mask = old * 2 - 1;
}

static NOINLINE uint32_t* find(Table* t, uint32_t key) {
    for (Node* n = t->buckets[hash_of(key) & t->mask]; n; n = n->next)
        if (n->key == key) return &n->value;
    return NULL;
}

static NOINLINE void put(Table* t, uint32_t key, uint32_t value) {
    uint32_t* old = find(t, key);
    if (old) {
        *old += value;
        return;
    }
    if (t->count > t->mask) grow(t);
    Node* n = t->spare;
    if (n)
        t->spare = n->next;
    else
        n = must_alloc(sizeof *n);
    Node** slot = &t->buckets[hash_of(key) & t->mask];
    n->key = key;
    n->value = value;
    n->next = *slot;
    *slot = n;
    t->count++;
}

static NOINLINE int take(Table* t, uint32_t key) {
    for (Node** p = &t->buckets[hash_of(key) & t->mask]; *p; p = &(*p)->next) {
        if ((*p)->key != key) continue;
        Node* n = *p;
        *p = n->next;
        n->next = t->spare;
        t->spare = n;
        t->count--;
        return 1;
    }
    return 0;
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 12);
    Table t;
    init(&t, 256);
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < 100000; i++) put(&t, random_below(150000), (uint32_t)i);
        uint32_t hits = 0;
        for (int i = 0; i < 200000; i++) {
            uint32_t* v = find(&t, random_below(300000));
            if (v) hits += *v & 15;
        }
        for (int i = 0; i < 50000; i++) hits += (uint32_t)take(&t, random_below(150000));
        sum = checksum_add(sum, hits);
    }
    print_checksum("hash", checksum_add(sum, t.count));
    return 0;
}
