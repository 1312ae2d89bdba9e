// A compressor of the LZ77 family (hash chains, byte-oriented output) and its decompressor.
#include "bench.h"

enum { kHashBits = 14, kWindow = 1 << 15, kMinMatch = 4, kMaxChain = 16 };

static int32_t head[1 << kHashBits], chain[kWindow];

static uint32_t read32(const uint8_t* p) {
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

static uint32_t hash4(const uint8_t* p) { return read32(p) * 2654435761u >> (32 - kHashBits); }

static uint8_t* put_length(uint8_t* out, size_t n) {
    for (; n >= 255; n -= 255) *out++ = 255;
    *out++ = (uint8_t)n;
    return out;
}

static uint8_t* put_literals(uint8_t* out, const uint8_t* from, size_t n, size_t match) {
    uint8_t* token = out++;
    *token = (uint8_t)((n < 15 ? n : 15) << 4 | (match < 15 ? match : 15));
    if (n >= 15) out = put_length(out, n - 15);
    for (size_t i = 0; i < n; i++) *out++ = from[i];
    return out;
}

static NOINLINE size_t compress(const uint8_t* in, size_t size, uint8_t* start) {
    uint8_t* out = start;
    size_t pos = 0, anchor = 0;
    for (int i = 0; i < 1 << kHashBits; i++) head[i] = -1;
    while (size >= 12 && pos < size - 12) {
        uint32_t h = hash4(in + pos);
        size_t best = 0, best_at = 0;
        int tries = kMaxChain;
        for (int32_t c = head[h]; c >= 0 && pos - (size_t)c < kWindow && tries-- > 0;
             c = chain[c & (kWindow - 1)]) {
            if (read32(in + c) != read32(in + pos)) continue;
            size_t n = 4;
            while (pos + n < size - 5 && in[(size_t)c + n] == in[pos + n]) n++;
            if (n > best) best = n, best_at = (size_t)c;
        }
        if (best < kMinMatch) {
            chain[pos & (kWindow - 1)] = head[h];
            head[h] = (int32_t)pos++;
            continue;
        }
        out = put_literals(out, in + anchor, pos - anchor, best - kMinMatch);
        size_t distance = pos - best_at;
        *out++ = (uint8_t)distance;
        *out++ = (uint8_t)(distance >> 8);
        if (best - kMinMatch >= 15) out = put_length(out, best - kMinMatch - 15);
        for (size_t end = pos + best; pos < end; pos++) {
            h = hash4(in + pos);
            chain[pos & (kWindow - 1)] = head[h];
            head[h] = (int32_t)pos;
        }
        anchor = pos;
    }
    out = put_literals(out, in + anchor, size - anchor, 0);
    return (size_t)(out - start);
}

static NOINLINE size_t decompress(const uint8_t* in, size_t size, uint8_t* start) {
    const uint8_t* end = in + size;
    uint8_t* out = start;
    for (;;) {
        size_t token = *in++, n = token >> 4, more;
        if (n == 15) do
                n += more = *in++;
            while (more == 255);
        while (n--) *out++ = *in++;
        if (in >= end) return (size_t)(out - start);
        size_t distance = in[0] | (size_t)in[1] << 8;
        in += 2;
        n = token & 15;
        if (n == 15) do
                n += more = *in++;
            while (more == 255);
        n += kMinMatch;
        const uint8_t* from = out - distance;
        while (n--) *out++ = *from++;
    }
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 6);
    enum { kWords = 60000 };
    char* text = must_alloc(12 * kWords + 1);
    size_t size = make_text(text, kWords);
    uint8_t *packed = must_alloc(size + size / 128 + 64), *plain = must_alloc(size + 64);
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        size_t n = compress((const uint8_t*)text, size, packed);
        sum = checksum_add(sum, n);
        for (int k = 0; k < 3; k++) {
            if (decompress(packed, n, plain) != size || memcmp(plain, text, size) != 0) {
                puts("lz: wrong");
                return 1;
            }
        }
        text[random_below((uint32_t)size)] ^= 1;
    }
    print_checksum("lz", sum);
    return 0;
}
