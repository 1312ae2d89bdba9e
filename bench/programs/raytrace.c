// A ray tracer: structures of doubles by value, recursion, comparisons of doubles.
#include "bench.h"

#include <math.h>

typedef struct {
    double x, y, z;
} Vec;

typedef struct {
    Vec centre, colour;
    double radius, mirror;
} Sphere;

enum { kSpheres = 12 };
static Sphere spheres[kSpheres];

static Vec vec(double x, double y, double z) { return (Vec){x, y, z}; }
static Vec add(Vec a, Vec b) { return vec(a.x + b.x, a.y + b.y, a.z + b.z); }
static Vec sub(Vec a, Vec b) { return vec(a.x - b.x, a.y - b.y, a.z - b.z); }
static Vec scale(Vec a, double f) { return vec(a.x * f, a.y * f, a.z * f); }
static double dot(Vec a, Vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static Vec unit(Vec a) { return scale(a, 1 / sqrt(dot(a, a))); }

static NOINLINE const Sphere* nearest(Vec from, Vec way, double* distance) {
    const Sphere* hit = NULL;
    for (int i = 0; i < kSpheres; i++) {
        Vec to = sub(spheres[i].centre, from);
        double along = dot(to, way);
        double d2 = dot(to, to) - along * along, r2 = spheres[i].radius * spheres[i].radius;
        if (d2 > r2) continue;
        double half = sqrt(r2 - d2), t = along - half;
        if (t < 1e-6) t = along + half;
        if (t > 1e-6 && t < *distance) {
            *distance = t;
            hit = &spheres[i];
        }
    }
    return hit;
}

static NOINLINE Vec trace(Vec from, Vec way, int depth) {
    double distance = 1e9;
    const Sphere* s = nearest(from, way, &distance);
    if (!s) return scale(vec(0.5, 0.7, 1.0), 0.5 + 0.5 * fabs(way.y));
    Vec at = add(from, scale(way, distance));
    Vec normal = unit(sub(at, s->centre));
    Vec light = unit(sub(vec(20, 30, -20), at));
    double bright = dot(normal, light);
    double far = 1e9;
    if (bright < 0 || nearest(at, light, &far)) bright = 0;
    Vec colour = scale(s->colour, 0.15 + 0.85 * bright);
    if (depth > 0 && s->mirror > 0) {
        Vec turned = sub(way, scale(normal, 2 * dot(way, normal)));
        colour = add(scale(colour, 1 - s->mirror), scale(trace(at, turned, depth - 1), s->mirror));
    }
    return colour;
}

int main(int argc, char** argv) {
    int size = repeat_count(argc, argv, 600);
    for (int i = 0; i < kSpheres; i++) {
        spheres[i].centre = vec((i % 4) * 3.0 - 4.5, (i / 4) * 3.0 - 3.0, 8.0 + (i * 5) % 7);
        spheres[i].colour = vec(0.3 + 0.05 * i, 0.9 - 0.06 * i, 0.5);
        spheres[i].radius = 1.0 + (i % 3) * 0.35;
        spheres[i].mirror = i % 2 ? 0.5 : 0.1;
    }
    uint64_t sum = 0;
    for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
            Vec way = unit(vec((2.0 * x - size) / size, (2.0 * y - size) / size, 1.5));
            Vec c = trace(vec(0, 0, -4), way, 4);
            sum = checksum_add(sum, (uint64_t)(c.x * 255.0) << 16 | (uint64_t)(c.y * 255.0) << 8 |
                                        (uint64_t)(c.z * 255.0));
        }
    }
    print_checksum("raytrace", sum);
    return 0;
}
