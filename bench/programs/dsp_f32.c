// Floats: a chain of filters, a delay line and a limiter over blocks of samples.
#include "bench.h"

enum { kBlock = 4096, kTaps = 24, kDelay = 3000 };

typedef struct {
    float b0, b1, b2, a1, a2, z1, z2;
} Biquad;

static float samples[kBlock], filtered[kBlock + kTaps], taps[kTaps], delay[kDelay];

static NOINLINE void biquad(Biquad* q, float* x, int n) {
    float z1 = q->z1, z2 = q->z2;
    for (int i = 0; i < n; i++) {
        float in = x[i], out = q->b0 * in + z1;
        z1 = q->b1 * in - q->a1 * out + z2;
        z2 = q->b2 * in - q->a2 * out;
        x[i] = out;
    }
    q->z1 = z1;
    q->z2 = z2;
}

static NOINLINE void fir(const float* x, float* y, int n) {
    for (int i = 0; i < n - kTaps; i++) {
        float sum = 0;
        for (int k = 0; k < kTaps; k++) sum += x[i + k] * taps[k];
        y[i] = sum;
    }
}

static NOINLINE float limit(float* x, int n, float gain, int* at) {
    int d = *at;
    for (int i = 0; i < n; i++) {
        float v = x[i] + delay[d] * 0.4f;
        delay[d] = v;
        if (++d == kDelay) d = 0;
        float size = v < 0 ? -v : v;
        if (size * gain > 0.9f)
            gain *= 0.98f;
        else if (gain < 1.0f)
            gain += 0.0001f;
        x[i] = v * gain;
    }
    *at = d;
    return gain;
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 330);
    Biquad low = {0.067f, 0.135f, 0.067f, -1.143f, 0.413f, 0, 0};
    Biquad high = {0.95f, -1.9f, 0.95f, -1.89f, 0.9f, 0, 0};
    for (int i = 0; i < kTaps; i++) taps[i] = (float)((i * 7) % 11 - 5) / 40.0f;
    float gain = 1;
    int at = 0;
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < kBlock; i++)
            samples[i] = (float)(int32_t)(random_u32() >> 8) / 8388608.0f - 1.0f;
        biquad(&low, samples, kBlock);
        biquad(&high, samples, kBlock);
        fir(samples, filtered, kBlock);
        gain = limit(filtered, kBlock - kTaps, gain, &at);
        for (int i = 0; i < kBlock - kTaps; i += 97)
            sum = checksum_add(sum, (uint64_t)(int64_t)(filtered[i] * 1e6f));
    }
    print_checksum("dsp_f32", checksum_add(sum, (uint64_t)(int64_t)(gain * 1e6f)));
    return 0;
}
