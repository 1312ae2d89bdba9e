// The Mandelbrot set in doubles: a short loop with an early way out.
#include "bench.h"

static NOINLINE int escape(double cx, double cy, int limit) {
    double x = 0, y = 0, xx = 0, yy = 0;
    int i = 0;
    for (; i < limit && xx + yy <= 4.0; i++) {
        y = 2 * x * y + cy;
        x = xx - yy + cx;
        xx = x * x;
        yy = y * y;
    }
    return i;
}

int main(int argc, char** argv) {
    int size = repeat_count(argc, argv, 440);
    uint64_t sum = 0;
    for (int row = 0; row < size; row++)
        for (int column = 0; column < size; column++)
            sum = checksum_add(
                sum, (uint64_t)escape(-2.0 + 2.6 * column / size, -1.3 + 2.6 * row / size, 500));
    print_checksum("mandel", sum);
    return 0;
}
