// Balanced trees of records: pointers, rotations, recursion that returns pointers.
#include "bench.h"

typedef struct Node {
    struct Node* child[2];
    int64_t key;
    int32_t height, value;
} Node;

static Node* spare;

static int height(const Node* n) { return n ? n->height : 0; }

static void update(Node* n) {
    int a = height(n->child[0]), b = height(n->child[1]);
    n->height = (a > b ? a : b) + 1;
}

static Node* rotate(Node* n, int way) {
    Node* top = n->child[!way];
    n->child[!way] = top->child[way];
    top->child[way] = n;
    update(n);
    update(top);
    return top;
}

static Node* balance(Node* n) {
    update(n);
    for (int side = 0; side < 2; side++) {
        Node* heavy = n->child[side];
        if (height(heavy) <= height(n->child[!side]) + 1) continue;
        if (height(heavy->child[!side]) > height(heavy->child[side]))
            n->child[side] = rotate(heavy, side);
        return rotate(n, !side);
    }
    return n;
}

static NOINLINE Node* insert(Node* n, int64_t key, int32_t value) {
    if (!n) {
        Node* made = spare;
        if (made)
            spare = made->child[0];
        else
            made = must_alloc(sizeof *made);
        *made = (Node){{NULL, NULL}, key, 1, value};
        return made;
    }
    if (key == n->key) {
        n->value += value;
        return n;
    }
    int side = key > n->key;
    n->child[side] = insert(n->child[side], key, value);
    return balance(n);
}

static Node* take_least(Node* n, Node** least) {
    if (!n->child[0]) {
        *least = n;
        return n->child[1];
    }
    n->child[0] = take_least(n->child[0], least);
    return balance(n);
}

static NOINLINE Node* discard(Node* n, int64_t key) {
    if (!n) return NULL;
    if (key != n->key) {
        int side = key > n->key;
        n->child[side] = discard(n->child[side], key);
        return balance(n);
    }
    Node* rest = n->child[0];
    if (n->child[1]) {
        Node* least;
        Node* right = take_least(n->child[1], &least);
        least->child[0] = n->child[0];
        least->child[1] = right;
        rest = balance(least);
    }
    n->child[0] = spare;
    spare = n;
    return rest;
}

static NOINLINE const Node* find(const Node* n, int64_t key) {
    while (n && n->key != key) n = n->child[key > n->key];
    return n;
}

static uint64_t sum_tree(const Node* n, uint64_t sum) {
    if (!n) return sum;
    sum = sum_tree(n->child[0], sum);
    sum = checksum_add(sum, (uint64_t)n->key + (uint64_t)(uint32_t)n->value);
    return sum_tree(n->child[1], sum);
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 8);
    Node* root = NULL;
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < 20000; i++)
            root = insert(root, (int64_t)random_below(40000) * 1000003 - 7, i);
        int hits = 0;
        for (int i = 0; i < 60000; i++)
            hits += find(root, (int64_t)random_below(40000) * 1000003 - 7) != NULL;
        for (int i = 0; i < 15000; i++)
            root = discard(root, (int64_t)random_below(40000) * 1000003 - 7);
        sum = sum_tree(root, checksum_add(sum, (uint64_t)hits));
    }
    print_checksum("avl", checksum_add(sum, (uint64_t)height(root)));
    return 0;
}
