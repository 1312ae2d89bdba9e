// One long chain of 64-bit shifts, xors and multiplications.
#include "bench.h"

static NOINLINE uint64_t mix(uint64_t x, int steps) {
    for (int i = 0; i < steps; i++) {
        x ^= x >> 30;
        x *= 0xbf58476d1ce4e5b9u;
        x ^= x >> 27;
        x *= 0x94d049bb133111ebu;
        x ^= x >> 31;
        x += 0x9e3779b97f4a7c15u;
    }
    return x;
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 28);
    uint64_t x = 1;
    for (int i = 0; i < rounds; i++) x = mix(x, 1000000);
    print_checksum("mix64", x);
    return 0;
}
