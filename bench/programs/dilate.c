// Bytes: bright spots of a picture grow, row by row and column by column, and fade.
#include "bench.h"

enum { kWidth = 256, kHeight = 192 };

static uint8_t picture[kHeight][kWidth], grown[kHeight][kWidth];

static inline uint8_t brighter(uint8_t a, uint8_t b) { return a > b ? a : b; }

static NOINLINE void grow_row(uint8_t* restrict to, const uint8_t* restrict from) {
    for (int x = 1; x < kWidth - 1; x++)
        to[x] = brighter(brighter(from[x - 1], from[x]), from[x + 1]);
}

static NOINLINE void grow_column(uint8_t* restrict to, const uint8_t* restrict above,
                                 const uint8_t* restrict at, const uint8_t* restrict below,
                                 uint8_t fade) {
    for (int x = 0; x < kWidth; x++) {
        uint8_t v = brighter(brighter(above[x], at[x]), below[x]);
        to[x] = v > fade ? (uint8_t)(v - fade) : 0;
    }
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 330);
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < 40; i++) picture[random_below(kHeight)][random_below(kWidth)] = 255;
        for (int y = 0; y < kHeight; y++) grow_row(grown[y], picture[y]);
        for (int y = 1; y < kHeight - 1; y++)
            grow_column(picture[y], grown[y - 1], grown[y], grown[y + 1], (uint8_t)(r % 7 + 5));
        sum = checksum_add(sum, picture[r % kHeight][(r * 31) % kWidth]);
    }
    print_checksum("dilate", checksum_add(sum, checksum_bytes(picture, sizeof picture)));
    return 0;
}
