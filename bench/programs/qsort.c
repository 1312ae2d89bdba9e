// The C library's qsort with a comparison through a function pointer, and an own quicksort.
#include "bench.h"

enum { kCount = 60000 };
typedef struct {
    uint32_t key;
    uint16_t tag, rank;
} Record;
static Record records[kCount];
static int32_t numbers[kCount];

static int by_key(const void* a, const void* b) {
    const Record *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (int)x->tag - (int)y->tag;
}

static NOINLINE void quicksort(int32_t* a, int lo, int hi) {
    while (hi - lo > 12) {
        int32_t x = a[lo], y = a[(lo + hi) / 2], z = a[hi];
        int32_t pivot = x < y ? (y < z ? y : (x < z ? z : x)) : (x < z ? x : (y < z ? z : y));
        int i = lo, j = hi;
        while (i <= j) {
            while (a[i] < pivot) i++;
            while (a[j] > pivot) j--;
            if (i <= j) {
                int32_t t = a[i];
                a[i++] = a[j];
                a[j--] = t;
            }
        }
        if (j - lo < hi - i) {
            quicksort(a, lo, j);
            lo = i;
        } else {
            quicksort(a, i, hi);
            hi = j;
        }
    }
    for (int i = lo + 1; i <= hi; i++) {
        int32_t x = a[i];
        int j = i;
        for (; j > lo && a[j - 1] > x; j--) a[j] = a[j - 1];
        a[j] = x;
    }
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 3);
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < kCount; i++) {
            records[i].key = random_below(kCount / 2);
            records[i].tag = (uint16_t)i;
            records[i].rank = (uint16_t)(i >> 8);
            numbers[i] = (int32_t)random_u32();
        }
        qsort(records, kCount, sizeof records[0], by_key);
        quicksort(numbers, 0, kCount - 1);
        for (int i = 0; i < kCount; i += 61) {
            sum = checksum_add(sum, records[i].key);
            sum = checksum_add(sum, (uint32_t)numbers[i]);
        }
    }
    print_checksum("qsort", sum);
    return 0;
}
