// CRC-32 by one table and by four tables at once.
#include "bench.h"

static uint32_t table[4][256];

static void make_tables(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
        table[0][i] = c;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int k = 1; k < 4; k++)
            table[k][i] = table[k - 1][i] >> 8 ^ table[0][table[k - 1][i] & 255];
}

static NOINLINE uint32_t crc_bytes(uint32_t c, const uint8_t* p, size_t size) {
    c = ~c;
    while (size--) c = c >> 8 ^ table[0][(c ^ *p++) & 255];
    return ~c;
}

static NOINLINE uint32_t crc_words(uint32_t c, const uint8_t* p, size_t size) {
    c = ~c;
    for (; size >= 4; size -= 4, p += 4) {
        uint32_t w;
        memcpy(&w, p, 4);
        c ^= w;
        c = table[3][c & 255] ^ table[2][c >> 8 & 255] ^ table[1][c >> 16 & 255] ^
            table[0][c >> 24];
    }
    while (size--) c = c >> 8 ^ table[0][(c ^ *p++) & 255];
    return ~c;
}

static uint8_t data[128 * 1024 + 3];

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 170);
    make_tables();
    for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)random_u32();
    uint32_t a = 0, b = 0;
    for (int r = 0; r < rounds; r++) {
        a = crc_bytes(a, data, sizeof data);
        b = crc_words(b, data, sizeof data);
    }
    printf("crc32 %08x %s\n", a, a == b ? "same" : "different");
    return 0;
}
