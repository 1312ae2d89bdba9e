// The ChaCha20 stream cipher: additions, xors and fixed rotations in sixteen locals.
#include "bench.h"

static uint32_t rotl(uint32_t x, int n) { return x << n | x >> (32 - n); }

#define QUARTER(a, b, c, d)                                                                       \
    a += b, d = rotl(d ^ a, 16), c += d, b = rotl(b ^ c, 12), a += b, d = rotl(d ^ a, 8), c += d, \
            b = rotl(b ^ c, 7)

static NOINLINE void block(const uint32_t in[16], uint32_t out[16]) {
    uint32_t x0 = in[0], x1 = in[1], x2 = in[2], x3 = in[3], x4 = in[4], x5 = in[5], x6 = in[6],
             x7 = in[7], x8 = in[8], x9 = in[9], x10 = in[10], x11 = in[11], x12 = in[12],
             x13 = in[13], x14 = in[14], x15 = in[15];
    for (int i = 0; i < 10; i++) {
        QUARTER(x0, x4, x8, x12);
        QUARTER(x1, x5, x9, x13);
        QUARTER(x2, x6, x10, x14);
        QUARTER(x3, x7, x11, x15);
        QUARTER(x0, x5, x10, x15);
        QUARTER(x1, x6, x11, x12);
        QUARTER(x2, x7, x8, x13);
        QUARTER(x3, x4, x9, x14);
    }
    const uint32_t x[16] = {x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15};
    for (int i = 0; i < 16; i++) out[i] = x[i] + in[i];
}

static uint8_t data[64 * 1024];

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 170);
    uint32_t state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    for (int i = 4; i < 16; i++) state[i] = random_u32();
    for (int r = 0; r < rounds; r++) {
        for (size_t i = 0; i < sizeof data; i += 64) {
            uint32_t stream[16];
            block(state, stream);
            for (int k = 0; k < 16; k++) {
                uint32_t w;
                memcpy(&w, data + i + k * 4, 4);
                w ^= stream[k];
                memcpy(data + i + k * 4, &w, 4);
            }
            if (++state[12] == 0) state[13]++;
        }
    }
    print_checksum("chacha20", checksum_bytes(data, sizeof data));
    return 0;
}
