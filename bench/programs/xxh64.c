// The xxHash64 function over one buffer: four 64-bit lanes of multiply and rotate.
#include "bench.h"

static const uint64_t p1 = 0x9e3779b185ebca87u, p2 = 0xc2b2ae3d27d4eb4fu, p3 = 0x165667b19e3779f9u,
                      p4 = 0x85ebca77c2b2ae63u, p5 = 0x27d4eb2f165667c5u;

static uint64_t rotl(uint64_t x, int n) { return (x << n) | (x >> (64 - n)); }

static uint64_t lane_round(uint64_t acc, uint64_t input) { return rotl(acc + input * p2, 31) * p1; }

static uint64_t merge(uint64_t h, uint64_t lane) { return (h ^ lane_round(0, lane)) * p1 + p4; }

static uint64_t read64(const uint8_t* p) {
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

static NOINLINE uint64_t xxh64(const uint8_t* p, size_t size, uint64_t seed) {
    const uint8_t* end = p + size;
    uint64_t h = seed + p5;
    if (size >= 32) {
        uint64_t v1 = seed + p1 + p2, v2 = seed + p2, v3 = seed, v4 = seed - p1;
        do {
            v1 = lane_round(v1, read64(p));
            v2 = lane_round(v2, read64(p + 8));
            v3 = lane_round(v3, read64(p + 16));
            v4 = lane_round(v4, read64(p + 24));
            p += 32;
        } while (end - p >= 32);
        h = rotl(v1, 1) + rotl(v2, 7) + rotl(v3, 12) + rotl(v4, 18);
        h = merge(merge(merge(merge(h, v1), v2), v3), v4);
    }
    h += size;
    for (; end - p >= 8; p += 8) h = rotl(h ^ lane_round(0, read64(p)), 27) * p1 + p4;
    for (; p < end; p++) h = rotl(h ^ (*p * p5), 11) * p1;
    h ^= h >> 33;
    h *= p2;
    h ^= h >> 29;
    h *= p3;
    return h ^ (h >> 32);
}

static uint8_t data[256 * 1024 + 29];

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 1100);
    for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)random_u32();
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) sum = xxh64(data, sizeof data - (size_t)(r & 31), sum);
    // Many short keys as well, as in a hash table.
    for (int r = 0; r < rounds * 200; r++) sum ^= xxh64(data + (r & 1023), 5 + (r & 63), sum);
    print_checksum("xxh64", sum);
    return 0;
}
