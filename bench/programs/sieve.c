// Byte stores in a short loop: the sieve of Eratosthenes.
#include "bench.h"

enum { kLimit = 2000000 };
static uint8_t composite[kLimit];

static NOINLINE int sieve(void) {
    memset(composite, 0, sizeof composite);
    int primes = 0;
    for (int i = 2; i < kLimit; i++) {
        if (composite[i]) continue;
        primes++;
        for (int k = i + i; k < kLimit; k += i) composite[k] = 1;
    }
    return primes;
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 10);
    uint64_t sum = 0;
    for (int i = 0; i < rounds; i++) sum = checksum_add(sum, (uint64_t)sieve());
    print_checksum("sieve", sum);
    return 0;
}
