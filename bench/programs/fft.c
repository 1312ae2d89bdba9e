// Fast Fourier transforms of complex doubles, forth and back.
#include "bench.h"

#include <math.h>

enum { kLog = 12, kSize = 1 << kLog };
typedef struct {
    double re, im;
} Complex;
static Complex x[kSize], roots[kSize / 2];

// Roots of unity from half-angle formulas: only square roots, so exact everywhere.
static void make_roots(void) {
    roots[0] = (Complex){1, 0};
    double c = -1, s = 0;
    for (int step = kSize / 2; step >= 1; step /= 2) {
        // (c, s) is the angle pi * step / (kSize / 2).
        for (int i = 0; i < kSize / 2; i += 2 * step) {
            if (step < kSize / 2) {
                Complex r = roots[i];
                roots[i + step] = (Complex){r.re * c - r.im * s, r.re * s + r.im * c};
            }
        }
        double half = sqrt((1 + c) / 2);
        s = step == kSize / 2 ? 1 : sqrt((1 - c) / 2);
        c = half;
    }
}

static NOINLINE void transform(Complex* a, double sign) {
    for (int i = 1, j = 0; i < kSize; i++) {
        int bit = kSize >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i < j) {
            Complex t = a[i];
            a[i] = a[j];
            a[j] = t;
        }
    }
    for (int size = 2; size <= kSize; size *= 2) {
        int half = size / 2, step = kSize / size;
        for (int i = 0; i < kSize; i += size) {
            for (int k = 0; k < half; k++) {
                Complex w = roots[k * step];
                w.im *= sign;
                Complex *p = &a[i + k], *q = &a[i + k + half];
                double re = q->re * w.re - q->im * w.im, im = q->re * w.im + q->im * w.re;
                q->re = p->re - re;
                q->im = p->im - im;
                p->re += re;
                p->im += im;
            }
        }
    }
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 160);
    make_roots();
    for (int i = 0; i < kSize; i++)
        x[i] = (Complex){(double)random_below(2000) - 1000, (double)random_below(7)};
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        transform(x, 1);
        for (int i = 0; i < kSize; i += 111) sum = checksum_add(sum, bits_of(x[i].re));
        transform(x, -1);
        for (int i = 0; i < kSize; i++) {
            x[i].re /= kSize;
            x[i].im /= kSize;
        }
        sum = checksum_add(sum, (uint64_t)(int64_t)(x[r].re * 1000 + 0.5));
    }
    print_checksum("fft", sum);
    return 0;
}
