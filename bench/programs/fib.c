// Direct calls: the doubly recursive Fibonacci function.
#include "bench.h"

static NOINLINE int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

int main(int argc, char** argv) {
    int n = repeat_count(argc, argv, 36);
    printf("fib %d\n", fib(n));
    return 0;
}
