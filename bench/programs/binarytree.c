// Builds and frees binary trees: malloc, free and recursion.
#include "bench.h"

typedef struct Tree {
    struct Tree *left, *right;
} Tree;

static NOINLINE Tree* make(int depth) {
    Tree* t = must_alloc(sizeof *t);
    t->left = depth > 0 ? make(depth - 1) : NULL;
    t->right = depth > 0 ? make(depth - 1) : NULL;
    return t;
}

static NOINLINE int count(const Tree* t) { return t ? 1 + count(t->left) + count(t->right) : 0; }

static NOINLINE void discard(Tree* t) {
    if (!t) return;
    discard(t->left);
    discard(t->right);
    free(t);
}

int main(int argc, char** argv) {
    int depth = repeat_count(argc, argv, 15);
    Tree* lasting = make(depth);
    for (int d = 4; d <= depth; d += 3) {
        int rounds = 1 << (depth - d + 3), nodes = 0;
        for (int i = 0; i < rounds; i++) {
            Tree* t = make(d);
            nodes += count(t);
            discard(t);
        }
        printf("%d trees of depth %d: %d nodes\n", rounds, d, nodes);
    }
    printf("lasting tree: %d nodes\n", count(lasting));
    return 0;
}
