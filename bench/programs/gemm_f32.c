// Single-precision matrix products with the row in the inner loop, as neural networks have them.
#include "bench.h"

enum { kSize = 96 };

static float a[kSize][kSize], b[kSize][kSize], c[kSize][kSize];

static NOINLINE void multiply(void) {
    for (int i = 0; i < kSize; i++) {
        float* restrict row = c[i];
        memset(row, 0, sizeof c[i]);
        for (int k = 0; k < kSize; k++) {
            const float factor = a[i][k];
            for (int j = 0; j < kSize; j++) row[j] += factor * b[k][j];
        }
    }
}

// Keeps the numbers near one, whatever the number of rounds.
static NOINLINE void settle(void) {
    for (int i = 0; i < kSize; i++)
        for (int j = 0; j < kSize; j++) a[i][j] = c[i][j] * (1.0f / kSize) + 0.5f;
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 70);
    for (int i = 0; i < kSize; i++) {
        for (int j = 0; j < kSize; j++) {
            a[i][j] = (float)random_below(1000) / 1000.0f;
            b[i][j] = (float)random_below(1000) / 1000.0f;
        }
    }
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        multiply();
        settle();
        sum = checksum_add(sum, bits_of(c[r % kSize][(r * 7) % kSize]));
    }
    print_checksum("gemm_f32", sum);
    return 0;
}
