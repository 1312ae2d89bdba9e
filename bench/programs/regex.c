// A regular expression engine: compiler to instructions, run by a backtracking
// matcher and by a simulation of all threads at once.
#include "bench.h"

enum { kChar, kAny, kSet, kSplit, kJmp, kMatch };

typedef struct {
    int op, x, y;
} Inst;

typedef struct {
    Inst code[128];
    uint8_t sets[8][32];
    int length, set_count;
} Program;

static const char* src;
static Program* prog;

static int emit(int op, int x, int y) {
    prog->code[prog->length] = (Inst){op, x, y};
    return prog->length++;
}

static void insert(int where, int op) {
    memmove(&prog->code[where + 1], &prog->code[where],
            (size_t)(prog->length - where) * sizeof(Inst));
    prog->length++;
    for (int i = where + 1; i < prog->length; i++) {
        Inst* in = &prog->code[i];
        if (in->op == kSplit || in->op == kJmp) {
            if (in->x >= where) in->x++;
            if (in->op == kSplit && in->y >= where) in->y++;
        }
    }
    prog->code[where].op = op;
}

static void parse_alternatives(void);

static void parse_atom(void) {
    char c = *src++;
    if (c == '(') {
        parse_alternatives();
        src++;
    } else if (c == '.') {
        emit(kAny, 0, 0);
    } else if (c == '[') {
        int set = prog->set_count++;
        uint8_t* bits = prog->sets[set];
        memset(bits, 0, 32);
        int negate = *src == '^';
        if (negate) src++;
        while (*src != ']') {
            int lo = (uint8_t)*src++, hi = lo;
            if (*src == '-') {
                hi = (uint8_t)src[1];
                src += 2;
            }
            for (int i = lo; i <= hi; i++) bits[i >> 3] |= (uint8_t)(1 << (i & 7));
        }
        src++;
        if (negate)
            for (int i = 0; i < 32; i++) bits[i] = (uint8_t)~bits[i];
        emit(kSet, set, 0);
    } else {
        if (c == '\\') c = *src++;
        emit(kChar, (uint8_t)c, 0);
    }
}

static void parse_sequence(void) {
    while (*src && *src != '|' && *src != ')') {
        int start = prog->length;
        parse_atom();
        if (*src == '*') {
            src++;
            insert(start, kSplit);
            emit(kJmp, start, 0);
            prog->code[start].x = start + 1;
            prog->code[start].y = prog->length;
        } else if (*src == '+') {
            src++;
            emit(kSplit, start, prog->length + 1);
        } else if (*src == '?') {
            src++;
            insert(start, kSplit);
            prog->code[start].x = start + 1;
            prog->code[start].y = prog->length;
        }
    }
}

static void parse_alternatives(void) {
    int start = prog->length;
    parse_sequence();
    if (*src != '|') return;
    src++;
    insert(start, kSplit);
    int jump = emit(kJmp, 0, 0);
    prog->code[start].x = start + 1;
    prog->code[start].y = prog->length;
    parse_alternatives();
    prog->code[jump].x = prog->length;
}

static void compile(Program* p, const char* pattern) {
    prog = p;
    src = pattern;
    p->length = p->set_count = 0;
    parse_alternatives();
    emit(kMatch, 0, 0);
}

static int in_set(const Program* p, int set, uint8_t c) {
    return p->sets[set][c >> 3] >> (c & 7) & 1;
}

// The length of the match at `text`, or -1.
static NOINLINE int backtrack(const Program* p, const char* text, const char* end, int pc) {
    const char* s = text;
    for (;;) {
        const Inst* in = &p->code[pc];
        switch (in->op) {
            case kChar:
                if (s == end || (uint8_t)*s != in->x) return -1;
                s++, pc++;
                break;
            case kAny:
                if (s == end || *s == '\n') return -1;
                s++, pc++;
                break;
            case kSet:
                if (s == end || !in_set(p, in->x, (uint8_t)*s)) return -1;
                s++, pc++;
                break;
            case kJmp:
                pc = in->x;
                break;
            case kSplit: {
                int n = backtrack(p, s, end, in->x);
                if (n >= 0) return (int)(s - text) + n;
                pc = in->y;
                break;
            }
            default:
                return (int)(s - text);
        }
    }
}

typedef struct {
    int pcs[128], count;
} Threads;
static uint32_t seen[128], generation;

static void add_thread(const Program* p, Threads* t, int pc) {
    if (seen[pc] == generation) return;
    seen[pc] = generation;
    const Inst* in = &p->code[pc];
    if (in->op == kJmp) {
        add_thread(p, t, in->x);
    } else if (in->op == kSplit) {
        add_thread(p, t, in->x);
        add_thread(p, t, in->y);
    } else {
        t->pcs[t->count++] = pc;
    }
}

// How many positions of the text end a match, all threads in step.
static NOINLINE int simulate(const Program* p, const char* text, const char* end) {
    static Threads a, b;
    Threads *now = &a, *next = &b;
    int matches = 0;
    now->count = 0;
    generation++;
    for (const char* s = text; s <= end; s++) {
        add_thread(p, now, 0);
        next->count = 0;
        generation++;
        int matched = 0;
        for (int i = 0; i < now->count; i++) {
            const Inst* in = &p->code[now->pcs[i]];
            uint8_t c = (uint8_t)*s;
            if (in->op == kMatch)
                matched = 1;
            else if (s < end && ((in->op == kChar && c == in->x) || (in->op == kAny && c != '\n') ||
                                 (in->op == kSet && in_set(p, in->x, c))))
                add_thread(p, next, now->pcs[i] + 1);
        }
        matches += matched;
        Threads* t = now;
        now = next;
        next = t;
    }
    return matches;
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 5);
    static const char* const patterns[] = {
        "venset|dorqua|tomi",       "[a-m]+ba[.,]", "(re|to|mi)+ (sul|ka)", "a[^ ]*t .*qua",
        "(ba|an)?(est|in)+[.] *\n", "l.*o.*r.*e",
    };
    char* text = must_alloc(12 * 5000 + 1);
    size_t size = make_text(text, 5000);
    uint64_t sum = 0;
    Program p;
    for (int r = 0; r < rounds; r++) {
        for (size_t k = 0; k < sizeof patterns / sizeof patterns[0]; k++) {
            compile(&p, patterns[k]);
            int found = 0, length = 0;
            for (const char* s = text; s < text + size; s++) {
                int n = backtrack(&p, s, text + size, 0);
                if (n > 0) found++, length += n;
            }
            sum = checksum_add(sum, (uint64_t)found << 32 | (uint32_t)length);
            sum = checksum_add(sum, (uint64_t)simulate(&p, text, text + size));
        }
    }
    print_checksum("regex", sum);
    return 0;
}
