// Five bodies under gravity: doubles in structures, divisions, square roots.
#include "bench.h"

#include <math.h>

typedef struct {
    double x, y, z, vx, vy, vz, mass;
} Body;

enum { kBodies = 5 };
static Body bodies[kBodies] = {
    {0, 0, 0, 0, 0, 0, 39.5},
    {4.8, -1.2, -0.1, 0.61, 2.8, -0.02, 0.038},
    {8.3, 4.1, -0.4, -1.01, 1.8, 0.008, 0.011},
    {12.9, -15.1, -0.2, 1.08, 0.87, -0.01, 0.0017},
    {15.4, -25.9, 0.18, 0.98, 0.59, -0.034, 0.002},
};

static NOINLINE void advance(double dt) {
    for (int i = 0; i < kBodies; i++) {
        Body* p = &bodies[i];
        for (int j = i + 1; j < kBodies; j++) {
            Body* q = &bodies[j];
            double dx = p->x - q->x, dy = p->y - q->y, dz = p->z - q->z;
            double d2 = dx * dx + dy * dy + dz * dz;
            double mag = dt / (d2 * sqrt(d2));
            p->vx -= dx * q->mass * mag;
            p->vy -= dy * q->mass * mag;
            p->vz -= dz * q->mass * mag;
            q->vx += dx * p->mass * mag;
            q->vy += dy * p->mass * mag;
            q->vz += dz * p->mass * mag;
        }
    }
    for (int i = 0; i < kBodies; i++) {
        bodies[i].x += dt * bodies[i].vx;
        bodies[i].y += dt * bodies[i].vy;
        bodies[i].z += dt * bodies[i].vz;
    }
}

int main(int argc, char** argv) {
    int steps = repeat_count(argc, argv, 300000);
    for (int i = 0; i < steps; i++) advance(0.001);
    uint64_t sum = 0;
    for (int i = 0; i < kBodies; i++) {
        sum = checksum_add(sum, bits_of(bodies[i].x));
        sum = checksum_add(sum, bits_of(bodies[i].vy));
    }
    print_checksum("nbody", sum);
    return 0;
}
