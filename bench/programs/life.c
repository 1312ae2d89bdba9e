// Conway's Life on a torus of bytes.
#include "bench.h"

enum { kWidth = 256, kHeight = 192 };
static uint8_t grid[2][kHeight][kWidth];

static NOINLINE void step(uint8_t from[kHeight][kWidth], uint8_t to[kHeight][kWidth]) {
    for (int y = 0; y < kHeight; y++) {
        const uint8_t *up = from[(y + kHeight - 1) % kHeight], *here = from[y],
                      *down = from[(y + 1) % kHeight];
        for (int x = 0; x < kWidth; x++) {
            int l = (x + kWidth - 1) % kWidth, r = (x + 1) % kWidth;
            int n = up[l] + up[x] + up[r] + here[l] + here[r] + down[l] + down[x] + down[r];
            to[y][x] = (uint8_t)(n == 3 || (n == 2 && here[x]));
        }
    }
}

int main(int argc, char** argv) {
    int steps = repeat_count(argc, argv, 220);
    for (int y = 0; y < kHeight; y++)
        for (int x = 0; x < kWidth; x++) grid[0][y][x] = random_below(3) == 0;
    uint64_t sum = 0;
    for (int i = 0; i < steps; i++) {
        step(grid[i & 1], grid[~i & 1]);
        sum = checksum_add(sum, grid[~i & 1][i % kHeight][(i * 5) % kWidth]);
    }
    print_checksum("life", checksum_add(sum, checksum_bytes(grid[steps & 1], sizeof grid[0])));
    return 0;
}
