// What every benchmark program shares: its repeat count, a random number
// generator with the same stream everywhere, and a checksum.
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NOINLINE __attribute__((noinline))

// The repeat count: the first argument, or `otherwise`.
static inline int repeat_count(int argc, char** argv, int otherwise) {
    return argc > 1 ? atoi(argv[1]) : otherwise;
}

static uint64_t random_state = 0x9e3779b97f4a7c15u;

static inline uint32_t random_u32(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32);
}

static inline uint32_t random_below(uint32_t limit) {
    return (uint32_t)(((uint64_t)random_u32() * limit) >> 32);
}

// FNV-1a, one value at a time: order counts.
static inline uint64_t checksum_add(uint64_t sum, uint64_t value) {
    return (sum ^ value) * 0x100000001b3u;
}

static inline uint64_t checksum_bytes(const void* data, size_t size) {
    const unsigned char* p = (const unsigned char*)data;
    uint64_t sum = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size; i++) sum = checksum_add(sum, p[i]);
    return sum;
}

// Doubles enter a checksum by their bits.
static inline uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline void print_checksum(const char* name, uint64_t sum) {
    printf("%s %08x%08x\n", name, (unsigned)(sum >> 32), (unsigned)sum);
}

static inline void* must_alloc(size_t size) {
    void* p = malloc(size);
    if (p == NULL) {
        puts("out of memory");
        exit(1);
    }
    return p;
}

// Fills `out` with `words` made-up words and punctuation; ends with 0.
// Returns the number of bytes. `out` has 12 bytes for each word.
static inline size_t make_text(char* out, int words) {
    static const char* const syllables[] = {"ba", "re",  "to", "mi",  "sul", "ka",  "ven", "dor",
                                            "an", "est", "in", "qua", "lo",  "per", "gi",  "th"};
    size_t n = 0;
    for (int i = 0; i < words; i++) {
        // Skewed, so that some words are frequent.
        uint32_t r = random_below(40) * random_below(40);
        int parts = 1 + (int)(r % 3);
        for (int k = 0; k < parts; k++) {
            const char* s = syllables[(r >> (k * 3)) & 15];
            while (*s) out[n++] = *s++;
        }
        uint32_t p = random_below(16);
        if (p == 0) out[n++] = ',';
        if (p == 1) out[n++] = '.';
        out[n++] = p == 1 ? '\n' : ' ';
    }
    out[n] = 0;
    return n;
}

#ifdef __cplusplus
}
#endif

#endif
