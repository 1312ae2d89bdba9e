// A JSON parser and printer over a generated document.
#include "bench.h"

typedef enum { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject } Kind;

typedef struct Value {
    Kind kind;
    struct Value* next;  // the next element or member
    char* name;          // of a member
    union {
        double number;
        char* text;
        struct Value* first;
    } u;
} Value;

// Everything that a document owns comes from one arena.
static char* arena;
static size_t arena_used, arena_size;
static int values;  // parsed so far

static void* arena_get(size_t size) {
    size = (size + 7) & ~(size_t)7;
    if (arena_used + size > arena_size) {
        puts("arena is full");
        exit(1);
    }
    void* p = arena + arena_used;
    arena_used += size;
    return p;
}

static const char* at;

static void fail(const char* what) {
    printf("json: %s near '%.20s'\n", what, at);
    exit(1);
}

static void skip_space(void) {
    while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r') at++;
}

static int hex4(void) {
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char c = *at++;
        if (c >= '0' && c <= '9')
            v = v * 16 + c - '0';
        else if (c >= 'a' && c <= 'f')
            v = v * 16 + c - 'a' + 10;
        else
            fail("bad escape");
    }
    return v;
}

static char* parse_text(void) {
    size_t longest = 0;
    for (const char* p = ++at; *p && *p != '"'; p++, longest++)
        if (*p == '\\') p++, longest++;
    char *text = arena_get(longest + 1), *out = text;
    while (*at != '"') {
        char c = *at++;
        if (c == 0) fail("text without end");
        if (c != '\\') {
            *out++ = c;
            continue;
        }
        switch (c = *at++) {
            case 'n':
                *out++ = '\n';
                break;
            case 't':
                *out++ = '\t';
                break;
            case 'u': {
                int code = hex4();
                if (code < 0x80) {
                    *out++ = (char)code;
                } else if (code < 0x800) {
                    *out++ = (char)(0xc0 | code >> 6);
                    *out++ = (char)(0x80 | (code & 63));
                } else {
                    *out++ = (char)(0xe0 | code >> 12);
                    *out++ = (char)(0x80 | (code >> 6 & 63));
                    *out++ = (char)(0x80 | (code & 63));
                }
                break;
            }
            default:
                *out++ = c;
        }
    }
    at++;
    *out = 0;
    return text;
}

static double parse_number(void) {
    int negative = *at == '-';
    if (negative) at++;
    if (*at < '0' || *at > '9') fail("bad number");
    double v = 0, scale = 1;
    while (*at >= '0' && *at <= '9') v = v * 10 + (*at++ - '0');
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9'; at++) {
            scale *= 10;
            v = v * 10 + (*at - '0');
        }
    return negative ? -v / scale : v / scale;
}

static Value* parse_value(int depth) {
    if (depth > 100) fail("too deep");
    Value* v = arena_get(sizeof *v);
    values++;
    v->next = NULL;
    v->name = NULL;
    skip_space();
    switch (*at) {
        case '{':
        case '[': {
            char close = *at == '{' ? '}' : ']';
            v->kind = *at++ == '{' ? kObject : kArray;
            Value** last = &v->u.first;
            *last = NULL;
            skip_space();
            if (*at == close) {
                at++;
                return v;
            }
            for (;;) {
                char* name = NULL;
                skip_space();
                if (v->kind == kObject) {
                    if (*at != '"') fail("name expected");
                    name = parse_text();
                    skip_space();
                    if (*at++ != ':') fail("colon expected");
                }
                Value* item = parse_value(depth + 1);
                item->name = name;
                *last = item;
                last = &item->next;
                skip_space();
                if (*at == ',') {
                    at++;
                    continue;
                }
                if (*at++ != close) fail("end expected");
                return v;
            }
        }
        case '"':
            v->kind = kString;
            v->u.text = parse_text();
            return v;
        case 't':
            at += 4;
            v->kind = kTrue;
            return v;
        case 'f':
            at += 5;
            v->kind = kFalse;
            return v;
        case 'n':
            at += 4;
            v->kind = kNull;
            return v;
        default:
            v->kind = kNumber;
            v->u.number = parse_number();
            return v;
    }
}

static char* out;

static void put_text(const char* s) {
    *out++ = '"';
    for (; *s; s++) {
        if (*s == '"' || *s == '\\') *out++ = '\\';
        if (*s == '\n') {
            *out++ = '\\';
            *out++ = 'n';
        } else {
            *out++ = *s;
        }
    }
    *out++ = '"';
}

static void put_number(double x) {
    // Two digits after the point are what the documents have.
    if (x < 0) {
        *out++ = '-';
        x = -x;
    }
    uint64_t v = (uint64_t)(x * 100 + 0.5);
    char digits[24];
    int n = 0;
    for (uint64_t whole = v / 100; whole || n == 0; whole /= 10)
        digits[n++] = (char)('0' + whole % 10);
    while (n) *out++ = digits[--n];
    if (v % 100) {
        *out++ = '.';
        *out++ = (char)('0' + v / 10 % 10);
        if (v % 10) *out++ = (char)('0' + v % 10);
    }
}

static void put_value(const Value* v) {
    switch (v->kind) {
        case kNull:
            memcpy(out, "null", 4);
            out += 4;
            break;
        case kFalse:
            memcpy(out, "false", 5);
            out += 5;
            break;
        case kTrue:
            memcpy(out, "true", 4);
            out += 4;
            break;
        case kNumber:
            put_number(v->u.number);
            break;
        case kString:
            put_text(v->u.text);
            break;
        case kArray:
        case kObject:
            *out++ = v->kind == kObject ? '{' : '[';
            for (const Value* i = v->u.first; i; i = i->next) {
                if (v->kind == kObject) {
                    put_text(i->name);
                    *out++ = ':';
                }
                put_value(i);
                if (i->next) *out++ = ',';
            }
            *out++ = v->kind == kObject ? '}' : ']';
    }
}

// A list of people, written with spaces and escapes so that the parser has work.
static void generate(char* p, int people) {
    char words[12 * 40 + 1];
    p += sprintf(p, "[\n");
    for (int i = 0; i < people; i++) {
        p += sprintf(p, "%s  { \"id\" : %d, \"score\": %s%d.%02d,\n", i ? ",\n" : "", i * 37,
                     i % 3 ? "" : "-", (int)random_below(5000), (int)random_below(100));
        p += sprintf(p, "    \"active\": %s, \"parent\": null, \"tags\": [",
                     i & 1 ? "true" : "false");
        for (int k = 0; k < i % 5; k++) p += sprintf(p, "%s\"tag%d\"", k ? ", " : "", k * i);
        make_text(words, 1 + i % 12);
        for (char* w = words; *w; w++)
            if (*w == '\n') *w = ';';
        p += sprintf(p, "], \"place\": {\"x\": %d, \"y\": %d, \"deep\": [[%d], [[]], {}]},\n", i,
                     i * i % 1000, i);
        p += sprintf(p, "    \"note\": \"%s\\n \\\"quoted\\\" \\u00e9\\u20ac\" }", words);
    }
    sprintf(p, "\n]\n");
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 60);
    enum { kPeople = 1000 };
    char *text = must_alloc(kPeople * 1000), *printed = must_alloc(kPeople * 1000);
    arena_size = kPeople * 4000;
    arena = must_alloc(arena_size);
    generate(text, kPeople);
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        arena_used = 0;
        at = r & 1 ? printed : text;  // the second time it reads its own output
        Value* v = parse_value(0);
        out = printed;
        if (r & 1) out = text;
        put_value(v);
        *out = 0;
        sum = checksum_add(sum, (uint64_t)values + (uint64_t)(out - (r & 1 ? text : printed)));
    }
    char* last = rounds & 1 ? printed : text;
    print_checksum("json", checksum_add(sum, checksum_bytes(last, strlen(last))));
    return 0;
}
