// Splits a text into words, counts them in a tree, and prints the most frequent ones.
#include "bench.h"

#include <ctype.h>

typedef struct Word {
    struct Word *left, *right;
    int count;
    char text[];
} Word;

static int lines, sentences;

static NOINLINE void count_word(Word** at, const char* text, size_t size) {
    while (*at) {
        int order = strcmp(text, (*at)->text);
        if (order == 0) {
            (*at)->count++;
            return;
        }
        at = order < 0 ? &(*at)->left : &(*at)->right;
    }
    Word* w = must_alloc(sizeof *w + size + 1);
    w->left = w->right = NULL;
    w->count = 1;
    memcpy(w->text, text, size + 1);
    *at = w;
}

static NOINLINE void read_text(Word** root, const char* p) {
    char word[64];
    size_t n = 0;
    for (;; p++) {
        int c = (unsigned char)*p;
        if (isalnum(c) || c == '\'') {
            if (n < sizeof word - 1) word[n++] = (char)tolower(c);
            continue;
        }
        if (n) {
            word[n] = 0;
            count_word(root, word, n);
            n = 0;
        }
        if (c == '\n') lines++;
        if (c == '.') sentences++;
        if (c == 0) return;
    }
}

static Word* best[10];

static void walk(Word* w, uint64_t* sum, int* distinct) {
    if (!w) return;
    walk(w->left, sum, distinct);
    ++*distinct;
    *sum = checksum_add(*sum, checksum_bytes(w->text, strlen(w->text)) + (uint64_t)w->count);
    for (int i = 0; i < 10; i++) {
        if (best[i] && best[i]->count >= w->count) continue;
        memmove(&best[i + 1], &best[i], (size_t)(9 - i) * sizeof best[0]);
        best[i] = w;
        break;
    }
    walk(w->right, sum, distinct);
}

static void forget(Word* w) {
    if (!w) return;
    forget(w->left);
    forget(w->right);
    free(w);
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 16);
    enum { kWords = 50000 };
    char* text = must_alloc(12 * kWords + 1);
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        size_t size = make_text(text, kWords);
        for (size_t i = 0; i < size; i += 13)
            if (islower((unsigned char)text[i])) text[i] = (char)toupper((unsigned char)text[i]);
        Word* root = NULL;
        int distinct = 0;
        read_text(&root, text);
        memset(best, 0, sizeof best);
        walk(root, &sum, &distinct);
        sum = checksum_add(sum, (uint64_t)distinct);
        if (r == rounds - 1)
            for (int i = 0; i < 10; i++)
                if (best[i]) printf("%7d %s\n", best[i]->count, best[i]->text);
        forget(root);
    }
    printf("%d lines, %d sentences\n", lines, sentences);
    print_checksum("wordcount", sum);
    return 0;
}
