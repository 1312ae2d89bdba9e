// Burrows-Wheeler transform, move-to-front and canonical Huffman coding, forth and back.
#include "bench.h"

enum { kBlock = 12000 };
static uint8_t block[kBlock], last[kBlock], front[kBlock], plain[kBlock];
static int32_t suffix[kBlock], rank_[kBlock], fresh[kBlock];
static int step;

static int order(const void* pa, const void* pb) {
    int a = *(const int32_t*)pa, b = *(const int32_t*)pb;
    if (rank_[a] != rank_[b]) return rank_[a] < rank_[b] ? -1 : 1;
    int ra = rank_[(a + step) % kBlock], rb = rank_[(b + step) % kBlock];
    return ra == rb ? a - b : ra < rb ? -1 : 1;
}

static int differ(int a, int b) {
    return rank_[a] != rank_[b] || rank_[(a + step) % kBlock] != rank_[(b + step) % kBlock];
}

static NOINLINE int transform(void) {
    for (int i = 0; i < kBlock; i++) suffix[i] = i, rank_[i] = block[i];
    for (step = 1; step < kBlock; step *= 2) {
        qsort(suffix, kBlock, sizeof suffix[0], order);
        int r = 0;
        for (int i = 0; i < kBlock; i++) {
            if (i && differ(suffix[i - 1], suffix[i])) r++;
            fresh[suffix[i]] = r;
        }
        memcpy(rank_, fresh, sizeof rank_);
        if (r == kBlock - 1) break;
    }
    int start = 0;
    for (int i = 0; i < kBlock; i++) {
        last[i] = block[(suffix[i] + kBlock - 1) % kBlock];
        if (suffix[i] == 0) start = i;
    }
    return start;
}

static NOINLINE void inverse(int start) {
    int counts[257] = {0};
    for (int i = 0; i < kBlock; i++) counts[last[i] + 1]++;
    for (int i = 0; i < 256; i++) counts[i + 1] += counts[i];
    for (int i = 0; i < kBlock; i++) fresh[counts[last[i]]++] = i;
    for (int i = 0, at = fresh[start]; i < kBlock; i++, at = fresh[at]) plain[i] = last[at];
}

static NOINLINE void move_to_front(const uint8_t* in, uint8_t* out, int back) {
    uint8_t list[256];
    for (int i = 0; i < 256; i++) list[i] = (uint8_t)i;
    for (int i = 0; i < kBlock; i++) {
        int at = 0;
        if (back)
            at = in[i];
        else
            while (list[at] != in[i]) at++;
        uint8_t c = list[at];
        for (int k = at; k > 0; k--) list[k] = list[k - 1];
        list[0] = c;
        out[i] = back ? c : (uint8_t)at;
    }
}

// The total bits of a Huffman code for `data`, and its lengths.
static NOINLINE int huffman(const uint8_t* data, uint8_t lengths[256]) {
    int weight[512], parent[512], used = 256, alive[512];
    memset(weight, 0, sizeof weight);
    for (int i = 0; i < kBlock; i++) weight[data[i]]++;
    int count = 0;
    for (int i = 0; i < 256; i++)
        if (weight[i]) alive[count++] = i;
    while (count > 1) {
        int a = 0, b = 1;
        if (weight[alive[b]] < weight[alive[a]]) a = 1, b = 0;
        for (int i = 2; i < count; i++) {
            if (weight[alive[i]] < weight[alive[a]])
                b = a, a = i;
            else if (weight[alive[i]] < weight[alive[b]])
                b = i;
        }
        weight[used] = weight[alive[a]] + weight[alive[b]];
        parent[alive[a]] = parent[alive[b]] = used;
        alive[a < b ? a : b] = used++;
        alive[a < b ? b : a] = alive[--count];
    }
    int bits = 0;
    for (int i = 0; i < 256; i++) {
        lengths[i] = 0;
        if (!weight[i]) continue;
        for (int n = i; n != used - 1; n = parent[n]) lengths[i]++;
        bits += weight[i] * lengths[i];
    }
    return bits;
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 5);
    char* text = must_alloc(12 * 4000 + 1);
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        size_t size = make_text(text, 4000);
        for (int i = 0; i < kBlock; i++) block[i] = (uint8_t)text[(size_t)i % size];
        int start = transform();
        move_to_front(last, front, 0);
        uint8_t lengths[256];
        sum = checksum_add(sum, (uint64_t)huffman(front, lengths));
        sum = checksum_add(sum, checksum_bytes(lengths, sizeof lengths));
        memset(last, 0, sizeof last);
        move_to_front(front, last, 1);
        inverse(start);
        if (memcmp(plain, block, sizeof block) != 0) {
            puts("bwt: wrong");
            return 1;
        }
    }
    print_checksum("bwt", sum);
    return 0;
}
