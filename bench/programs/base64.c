// Base64 both ways, hexadecimal, and UTF-8 checking: byte loads, tables, small branches.
#include "bench.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static int8_t value_of[256];

static NOINLINE size_t encode(const uint8_t* in, size_t size, char* out) {
    char* start = out;
    size_t i = 0;
    for (; i + 3 <= size; i += 3) {
        uint32_t v = (uint32_t)in[i] << 16 | (uint32_t)in[i + 1] << 8 | in[i + 2];
        *out++ = alphabet[v >> 18];
        *out++ = alphabet[v >> 12 & 63];
        *out++ = alphabet[v >> 6 & 63];
        *out++ = alphabet[v & 63];
    }
    if (i < size) {
        uint32_t v = (uint32_t)in[i] << 16 | (i + 1 < size ? (uint32_t)in[i + 1] << 8 : 0);
        *out++ = alphabet[v >> 18];
        *out++ = alphabet[v >> 12 & 63];
        *out++ = i + 1 < size ? alphabet[v >> 6 & 63] : '=';
        *out++ = '=';
    }
    return (size_t)(out - start);
}

static NOINLINE size_t decode(const char* in, size_t size, uint8_t* out) {
    uint8_t* start = out;
    uint32_t v = 0;
    int bits = 0;
    for (size_t i = 0; i < size && in[i] != '='; i++) {
        int d = value_of[(uint8_t)in[i]];
        if (d < 0) continue;
        v = v << 6 | (uint32_t)d;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            *out++ = (uint8_t)(v >> bits);
        }
    }
    return (size_t)(out - start);
}

static NOINLINE void hex(const uint8_t* in, size_t size, char* out) {
    for (size_t i = 0; i < size; i++) {
        *out++ = "0123456789abcdef"[in[i] >> 4];
        *out++ = "0123456789abcdef"[in[i] & 15];
    }
}

// The number of code points, or of bytes up to the first wrong one, negated.
static NOINLINE int utf8_length(const uint8_t* p, size_t size) {
    int n = 0;
    for (size_t i = 0; i < size; n++) {
        int more = p[i] < 0x80                   ? 0
                   : p[i] >= 0xc2 && p[i] < 0xe0 ? 1
                   : p[i] >= 0xe0 && p[i] < 0xf0 ? 2
                   : p[i] >= 0xf0 && p[i] < 0xf5 ? 3
                                                 : -1;
        if (more < 0 || i + (size_t)more >= size) return -(int)i;
        for (int k = 1; k <= more; k++)
            if ((p[i + (size_t)k] & 0xc0) != 0x80) return -(int)i;
        i += (size_t)more + 1;
    }
    return n;
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 40);
    enum { kSize = 100000 };
    uint8_t *data = must_alloc(kSize), *back = must_alloc(kSize + 4);
    char* text = must_alloc(kSize * 2 + 8);
    for (int i = 0; i < 256; i++) value_of[i] = -1;
    for (int i = 0; i < 64; i++) value_of[(uint8_t)alphabet[i]] = (int8_t)i;
    for (size_t i = 0; i < kSize; i++) data[i] = (uint8_t)random_u32();
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        size_t size = kSize - (size_t)(r % 3);
        size_t n = encode(data, size, text);
        if (decode(text, n, back) != size || memcmp(back, data, size) != 0) {
            puts("base64: wrong");
            return 1;
        }
        sum = checksum_add(sum, (uint8_t)text[(size_t)r * 97 % n]);
        hex(data, size, text);
        sum = checksum_add(sum, (uint8_t)text[(size_t)r * 193 % (2 * size)]);
        for (size_t i = 0; i + 3 < size; i += 3) {
            text[i] = 'a';
            text[i + 1] = (char)(0xc3);
            text[i + 2] = (char)(0x80 | (data[i] & 63));
        }
        sum = checksum_add(sum, (uint64_t)(int64_t)utf8_length((const uint8_t*)text, size / 3 * 3));
        data[r] ^= (uint8_t)r;
    }
    print_checksum("base64", sum);
    return 0;
}
