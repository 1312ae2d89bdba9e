// Large integers in 32-bit limbs: factorials, divisions and digits of pi by a spigot.
#include "bench.h"

enum { kLimbs = 400 };

typedef struct {
    uint32_t limb[kLimbs];
    int used;
} Big;

static void set(Big* a, uint32_t v) {
    a->limb[0] = v;
    a->used = v != 0;
}

static NOINLINE void multiply_small(Big* a, uint32_t m) {
    uint64_t carry = 0;
    for (int i = 0; i < a->used; i++) {
        carry += (uint64_t)a->limb[i] * m;
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry && a->used < kLimbs) a->limb[a->used++] = (uint32_t)carry;
}

static NOINLINE uint32_t divide_small(Big* a, uint32_t d) {
    uint64_t rest = 0;
    for (int i = a->used - 1; i >= 0; i--) {
        rest = rest << 32 | a->limb[i];
        a->limb[i] = (uint32_t)(rest / d);
        rest %= d;
    }
    while (a->used && a->limb[a->used - 1] == 0) a->used--;
    return (uint32_t)rest;
}

static NOINLINE void add(Big* a, const Big* b) {
    uint64_t carry = 0;
    int n = a->used > b->used ? a->used : b->used;
    for (int i = 0; i < n; i++) {
        carry += (uint64_t)(i < a->used ? a->limb[i] : 0) + (i < b->used ? b->limb[i] : 0);
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    a->used = n;
    if (carry && n < kLimbs) a->limb[a->used++] = (uint32_t)carry;
}

static NOINLINE void multiply(Big* out, const Big* a, const Big* b) {
    memset(out, 0, sizeof *out);
    for (int i = 0; i < a->used; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < b->used && i + j < kLimbs; j++) {
            carry += (uint64_t)a->limb[i] * b->limb[j] + out->limb[i + j];
            out->limb[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
        if (i + b->used < kLimbs) out->limb[i + b->used] = (uint32_t)carry;
    }
    out->used = a->used + b->used < kLimbs ? a->used + b->used : kLimbs;
    while (out->used && out->limb[out->used - 1] == 0) out->used--;
}

static uint64_t sum_of(const Big* a) {
    return checksum_bytes(a->limb, (size_t)a->used * sizeof a->limb[0]);
}

static NOINLINE uint64_t spigot(int digits) {
    int n = digits * 10 / 3 + 1;
    int* r = must_alloc((size_t)n * sizeof *r);
    for (int i = 0; i < n; i++) r[i] = 2;
    uint64_t sum = 0;
    for (int d = 0; d < digits; d++) {
        int carry = 0;
        for (int i = n - 1; i > 0; i--) {
            int v = r[i] * 10 + carry * (i + 1);
            r[i] = v % (2 * i + 1);
            carry = v / (2 * i + 1);
        }
        int v = r[0] * 10 + carry;
        r[0] = v % 10;
        sum = checksum_add(sum, (uint64_t)(v / 10));
    }
    free(r);
    return sum;
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 80);
    static Big f, g, product;
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        set(&f, 1);
        set(&g, 1);
        for (uint32_t i = 2; i <= 700; i++) {
            multiply_small(&f, i);
            if (i % 3 == 0) add(&g, &f);
        }
        multiply(&product, &f, &g);
        sum = checksum_add(sum, sum_of(&product));
        while (product.used > 150) sum = checksum_add(sum, divide_small(&product, 1000000007));
        sum = checksum_add(sum, spigot(150 + r));
    }
    print_checksum("bigint", sum);
    return 0;
}
