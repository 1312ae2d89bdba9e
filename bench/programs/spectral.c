// The spectral norm of an infinite matrix: divisions and conversions to double.
#include "bench.h"

#include <math.h>

enum { kSize = 260 };

static NOINLINE double element(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static NOINLINE void times(const double* v, double* out) {
    for (int i = 0; i < kSize; i++) {
        double sum = 0;
        for (int j = 0; j < kSize; j++) sum += element(i, j) * v[j];
        out[i] = sum;
    }
}

static NOINLINE void times_transposed(const double* v, double* out) {
    for (int i = 0; i < kSize; i++) {
        double sum = 0;
        for (int j = 0; j < kSize; j++) sum += element(j, i) * v[j];
        out[i] = sum;
    }
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 60);
    static double u[kSize], v[kSize], t[kSize];
    for (int i = 0; i < kSize; i++) u[i] = 1;
    for (int r = 0; r < rounds; r++) {
        times(u, t);
        times_transposed(t, v);
        times(v, t);
        times_transposed(t, u);
    }
    double uv = 0, vv = 0;
    for (int i = 0; i < kSize; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    print_checksum("spectral", bits_of(sqrt(uv / vv)));
    return 0;
}
