// Bytes: one picture over another with a mask, then a look at what has changed.
#include "bench.h"

enum { kPixels = 64 * 1024 };

static uint8_t below[kPixels], above[kPixels], mask[kPixels];

static NOINLINE void blend(uint8_t* restrict to, const uint8_t* restrict from,
                           const uint8_t* restrict weight, int n) {
    for (int i = 0; i < n; i++) {
        uint16_t w = weight[i];
        to[i] = (uint8_t)((uint16_t)(from[i] * w + to[i] * (255 - w) + 128) >> 8);
    }
}

static NOINLINE uint32_t difference(const uint8_t* a, const uint8_t* b, int n) {
    uint32_t sum = 0;
    for (int i = 0; i < n; i++) sum += (uint32_t)(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i]);
    return sum;
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 240);
    for (int i = 0; i < kPixels; i++) {
        below[i] = (uint8_t)random_u32();
        above[i] = (uint8_t)random_u32();
        mask[i] = (uint8_t)random_u32();
    }
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        blend(below, above, mask, kPixels);
        sum = checksum_add(sum, difference(below, above, kPixels));
        mask[r % kPixels] ^= 0x55;
    }
    print_checksum("blend", checksum_add(sum, checksum_bytes(below, sizeof below)));
    return 0;
}
