// Shortest paths over a random graph with a binary heap, and connected parts by union-find.
#include "bench.h"

enum { kNodes = 20000, kEdges = 80000 };
typedef struct {
    int to, next;
    int weight;
} Edge;
typedef struct {
    int64_t distance;
    int node;
} Item;

static Edge edges[kEdges * 2];
static int first[kNodes], parent[kNodes], edge_count;
static int64_t distance[kNodes];
static Item heap[kEdges * 2 + 1];
static int heap_size;

static void add_edge(int from, int to, int weight) {
    edges[edge_count] = (Edge){to, first[from], weight};
    first[from] = edge_count++;
}

static NOINLINE void push(Item item) {
    int i = heap_size++;
    while (i > 0 && heap[(i - 1) / 2].distance > item.distance) {
        heap[i] = heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap[i] = item;
}

static NOINLINE Item pop(void) {
    Item top = heap[0], item = heap[--heap_size];
    int i = 0;
    for (;;) {
        int child = 2 * i + 1;
        if (child >= heap_size) break;
        if (child + 1 < heap_size && heap[child + 1].distance < heap[child].distance) child++;
        if (heap[child].distance >= item.distance) break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = item;
    return top;
}

static NOINLINE uint64_t shortest(int start) {
    for (int i = 0; i < kNodes; i++) distance[i] = INT64_MAX;
    distance[start] = 0;
    push((Item){0, start});
    uint64_t sum = 0;
    while (heap_size) {
        Item item = pop();
        if (item.distance != distance[item.node]) continue;
        sum += (uint64_t)item.distance;
        for (int e = first[item.node]; e >= 0; e = edges[e].next) {
            int64_t d = item.distance + edges[e].weight;
            if (d < distance[edges[e].to]) {
                distance[edges[e].to] = d;
                push((Item){d, edges[e].to});
            }
        }
    }
    return sum;
}

static int root_of(int i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 11);
    uint64_t sum = 0;
    for (int i = 0; i < kNodes; i++) first[i] = -1, parent[i] = i;
    int parts = kNodes;
    for (int i = 0; i < kEdges; i++) {
        int a = (int)random_below(kNodes), b = (int)random_below(kNodes);
        int w = 1 + (int)random_below(1000);
        add_edge(a, b, w);
        add_edge(b, a, w);
        int ra = root_of(a), rb = root_of(b);
        if (ra != rb) parent[ra] = rb, parts--;
    }
    for (int r = 0; r < rounds; r++) sum = checksum_add(sum, shortest((int)random_below(kNodes)));
    print_checksum("dijkstra", checksum_add(sum, (uint64_t)parts));
    return 0;
}
