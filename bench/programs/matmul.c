// Product of square matrices of doubles.
#include "bench.h"

enum { kSize = 160 };
static double a[kSize][kSize], b[kSize][kSize], c[kSize][kSize];

static NOINLINE void multiply(void) {
    for (int i = 0; i < kSize; i++) {
        for (int j = 0; j < kSize; j++) {
            double sum = 0;
            for (int k = 0; k < kSize; k++) sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
    }
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 11);
    for (int i = 0; i < kSize; i++) {
        for (int j = 0; j < kSize; j++) {
            a[i][j] = (double)random_below(1000) / 7.0;
            b[i][j] = (double)random_below(1000) / 13.0;
        }
    }
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        multiply();
        for (int i = 0; i < kSize; i++) sum = checksum_add(sum, bits_of(c[i][(i * 7) % kSize]));
        a[r % kSize][r % kSize] += 1.0;
    }
    print_checksum("matmul", sum);
    return 0;
}
