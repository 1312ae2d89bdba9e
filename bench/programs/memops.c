// memmove, memcpy, memset, memcmp and memchr of all sizes. Also built with -mbulk-memory.
#include "bench.h"

enum { kSize = 1 << 20 };

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 20);
    uint8_t *a = must_alloc(kSize), *b = must_alloc(kSize);
    uint64_t sum = 0;
    for (size_t i = 0; i < kSize; i++) a[i] = b[i] = (uint8_t)random_u32();
    for (int r = 0; r < rounds; r++) {
        memcpy(b, a, kSize);
        memmove(a + 3, b + r % 5, kSize - 8);
        memset(b + r * 64, r, 4096);
        memmove(b + 1, b, kSize / 2);
        for (int i = 0; i < 6000; i++) {
            size_t n = random_below(96), from = random_below(kSize - 128),
                   to = random_below(kSize - 128);
            memcpy(b + to, a + from, n);
            memset(a + to, i, n / 2);
            memmove(a + from + 5, a + from, n);
        }
        for (int i = 0; i < 300; i++) {
            size_t from = random_below(kSize - 4096), to = random_below(kSize - 4096);
            memcpy(b + to, a + from, 512 + random_below(3584));
            const void* hit = memchr(b + to, 0, 4096);
            sum = checksum_add(sum, hit ? (uint64_t)((const uint8_t*)hit - b) : 1);
            sum = checksum_add(sum, memcmp(a + from, b + to, 4096) < 0);
        }
    }
    for (size_t i = 0; i < kSize; i += 7) sum = checksum_add(sum, (uint64_t)a[i] << 8 | b[i]);
    print_checksum("memops", sum);
    return 0;
}
