// Calls through tables of function pointers, of several types, in an unpredictable order.
#include "bench.h"

typedef uint32_t (*Step)(uint32_t, uint32_t);
typedef double (*Real)(double);

#define STEP(name, body) \
    static uint32_t name(uint32_t a, uint32_t b) { return body; }
STEP(step_add, a + b)
STEP(step_sub, a - b)
STEP(step_xor, a ^ b)
STEP(step_mul, a*(b | 1))
STEP(step_shift, (a << 3) ^ (b >> 2))
STEP(step_least, a < b ? a : b)
STEP(step_rotate, (a << 7 | a >> 25) + b)
STEP(step_average, (a >> 1) + (b >> 1))

static double real_half(double x) { return x * 0.5; }
static double real_next(double x) { return x + 1.25; }
static double real_turn(double x) { return 1.0 - x; }
static double real_square(double x) { return x > 100 ? 3.5 : x * x; }

// Not const: the compiler must not see the targets.
static Step steps[] = {step_add,   step_sub,   step_xor,    step_mul,
                       step_shift, step_least, step_rotate, step_average};
static Real reals[] = {real_half, real_next, real_turn, real_square};

static NOINLINE uint32_t walk(const uint8_t* order, int count, uint32_t a, double* real) {
    double x = *real;
    for (int i = 0; i < count; i++) {
        uint8_t o = order[i];
        a = steps[o & 7](a, (uint32_t)i);
        if (o & 64) x = reals[o >> 4 & 3](x);
    }
    *real = x;
    return a;
}

// A pipeline: each stage calls the next one through a pointer.
typedef struct Stage {
    int (*run)(const struct Stage*, int);
    const struct Stage* next;
    int bias;
} Stage;

static int stage_last(const Stage* s, int v) { return v + s->bias; }
static int stage_add(const Stage* s, int v) { return s->next->run(s->next, v + s->bias); }
static int stage_xor(const Stage* s, int v) { return s->next->run(s->next, v ^ s->bias); }

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 90);
    enum { kOrder = 65536 };
    static uint8_t order[kOrder];
    for (int i = 0; i < kOrder; i++) order[i] = (uint8_t)random_u32();
    Stage last = {stage_last, NULL, 5};
    Stage c = {stage_xor, &last, 77}, b = {stage_add, &c, 3}, a = {stage_xor, &b, 1234};
    uint32_t sum = 1;
    double real = 1;
    int v = 0;
    for (int r = 0; r < rounds; r++) {
        sum = walk(order, kOrder, sum, &real);
        for (int i = 0; i < 10000; i++) v = a.run(&a, v + i);
        steps[r & 7] = steps[(r * 5 + 3) & 7];
        if ((r & 7) == 7) steps[0] = step_add, steps[3] = step_mul, steps[5] = step_rotate;
    }
    print_checksum("icall", checksum_add(checksum_add(sum, bits_of(real)), (uint32_t)v));
    return 0;
}
