// An interpreter of a small Lisp: reader, environments, tail calls, and a
// mark-and-sweep collector. It runs programs that are texts below.
#include "bench.h"

typedef enum { kFree, kInt, kSymbol, kPair, kClosure, kBuiltin } Tag;

typedef struct Obj {
    uint8_t tag, mark;
    union {
        int64_t number;
        const char* name;
        struct {
            struct Obj *car, *cdr;
        } p;
        struct {
            struct Obj *code, *env;  // code: (parameters body)
        } c;
        struct Obj* (*builtin)(struct Obj*);
    } u;
} Obj;

enum { kHeap = 60000, kRoots = 100000 };
static Obj heap[kHeap], *free_list;
static Obj* roots[kRoots];
static int root_count, collections;
static Obj *symbols, *globals, *nil, *truth, *s_quote, *s_if, *s_lambda, *s_define, *s_begin;

static Obj* keep(Obj* o) {
    if (root_count == kRoots) {
        puts("lisp: too deep");
        exit(1);
    }
    return roots[root_count++] = o;
}

static void mark(Obj* o) {
    while (o && !o->mark) {
        o->mark = 1;
        if (o->tag != kPair && o->tag != kClosure) return;
        mark(o->u.p.car);  // a closure has the same shape
        o = o->u.p.cdr;
    }
}

static NOINLINE void collect(void) {
    collections++;
    free_list = NULL;
    mark(symbols);
    mark(globals);
    for (int i = 0; i < root_count; i++) mark(roots[i]);
    for (int i = 0; i < kHeap; i++) {
        if (heap[i].mark) {
            heap[i].mark = 0;
        } else {
            heap[i].tag = kFree;
            heap[i].u.p.cdr = free_list;
            free_list = &heap[i];
        }
    }
}

static Obj* new_obj(Tag tag, Obj* a, Obj* b) {
    if (!free_list) {
        keep(a);
        keep(b);
        collect();
        root_count -= 2;
        if (!free_list) {
            puts("lisp: heap is full");
            exit(1);
        }
    }
    Obj* o = free_list;
    free_list = o->u.p.cdr;
    o->tag = (uint8_t)tag;
    o->u.p.car = a;
    o->u.p.cdr = b;
    return o;
}

static Obj* cons(Obj* a, Obj* b) { return new_obj(kPair, a, b); }

static Obj* make_int(int64_t v) {
    Obj* o = new_obj(kInt, NULL, NULL);
    o->u.number = v;
    return o;
}

static Obj* intern(const char* name) {
    for (Obj* s = symbols; s; s = s->u.p.cdr)
        if (strcmp(s->u.p.car->u.name, name) == 0) return s->u.p.car;
    Obj* o = keep(new_obj(kSymbol, NULL, NULL));
    char* copy = must_alloc(strlen(name) + 1);
    strcpy(copy, name);
    o->u.name = copy;
    symbols = cons(o, symbols);
    root_count--;
    return o;
}

static const char* at;

static Obj* read_list(void);

static Obj* read_obj(void) {
    while (*at == ' ' || *at == '\n') at++;
    if (*at == '(') {
        at++;
        return read_list();
    }
    if (*at == '\'') {
        at++;
        Obj* o = keep(cons(read_obj(), nil));
        o = cons(s_quote, o);
        root_count--;
        return o;
    }
    char name[32];
    int n = 0;
    while (*at && *at != ' ' && *at != '\n' && *at != '(' && *at != ')' && n < 31)
        name[n++] = *at++;
    name[n] = 0;
    if ((name[0] >= '0' && name[0] <= '9') || (name[0] == '-' && n > 1))
        return make_int(atoi(name));
    return intern(name);
}

static Obj* read_list(void) {
    while (*at == ' ' || *at == '\n') at++;
    if (*at == ')') {
        at++;
        return nil;
    }
    Obj* head = keep(read_obj());
    Obj* rest = keep(read_list());
    Obj* o = cons(head, rest);
    root_count -= 2;
    return o;
}

static Obj* lookup(Obj* env, Obj* name) {
    for (Obj* e = env; e != nil; e = e->u.p.cdr)
        if (e->u.p.car->u.p.car == name) return e->u.p.car->u.p.cdr;
    for (Obj* e = globals; e != nil; e = e->u.p.cdr)
        if (e->u.p.car->u.p.car == name) return e->u.p.car->u.p.cdr;
    printf("lisp: %s is not defined\n", name->u.name);
    exit(1);
}

static void define(Obj* name, Obj* value) {
    Obj* binding = keep(cons(name, value));
    globals = cons(binding, globals);
    root_count--;
}

static NOINLINE Obj* eval(Obj* x, Obj* env) {
    int base = root_count;
    for (;;) {
        if (x->tag == kSymbol) {
            root_count = base;
            return x == nil || x == truth ? x : lookup(env, x);
        }
        if (x->tag != kPair) {
            root_count = base;
            return x;
        }
        Obj *head = x->u.p.car, *rest = x->u.p.cdr;
        root_count = base;
        keep(x);
        keep(env);
        if (head == s_quote) {
            root_count = base;
            return rest->u.p.car;
        }
        if (head == s_if) {
            Obj* test = eval(rest->u.p.car, env);
            rest = rest->u.p.cdr;
            x = test != nil ? rest->u.p.car : rest->u.p.cdr->u.p.car;
            continue;
        }
        if (head == s_lambda) {
            Obj* o = new_obj(kClosure, rest, env);
            root_count = base;
            return o;
        }
        if (head == s_define) {
            Obj* value = keep(eval(rest->u.p.cdr->u.p.car, env));
            define(rest->u.p.car, value);
            root_count = base;
            return value;
        }
        if (head == s_begin) {
            for (; rest->u.p.cdr != nil; rest = rest->u.p.cdr) eval(rest->u.p.car, env);
            x = rest->u.p.car;
            continue;
        }
        Obj* f = keep(eval(head, env));
        Obj *arguments = keep(nil), *last = NULL;
        for (; rest != nil; rest = rest->u.p.cdr) {
            Obj* value = keep(eval(rest->u.p.car, env));
            Obj* cell = cons(value, nil);
            root_count--;
            if (last)
                last->u.p.cdr = cell;
            else
                arguments = roots[root_count - 1] = cell;
            last = cell;
        }
        if (f->tag == kBuiltin) {
            Obj* o = f->u.builtin(arguments);
            root_count = base;
            return o;
        }
        if (f->tag != kClosure) {
            puts("lisp: not a function");
            exit(1);
        }
        Obj* inner = f->u.c.env;
        keep(inner);
        for (Obj* p = f->u.c.code->u.p.car; p != nil;
             p = p->u.p.cdr, arguments = arguments->u.p.cdr) {
            Obj* binding = keep(cons(p->u.p.car, arguments->u.p.car));
            inner = cons(binding, inner);
            root_count--;
            roots[root_count - 1] = inner;
        }
        x = f->u.c.code->u.p.cdr->u.p.car;
        env = inner;
    }
}

static int64_t number_1(Obj* a) { return a->u.p.car->u.number; }
static int64_t number_2(Obj* a) { return a->u.p.cdr->u.p.car->u.number; }
static Obj* do_add(Obj* a) { return make_int(number_1(a) + number_2(a)); }
static Obj* do_sub(Obj* a) { return make_int(number_1(a) - number_2(a)); }
static Obj* do_mul(Obj* a) {
    return make_int((int64_t)((uint64_t)number_1(a) * (uint64_t)number_2(a)));
}
static Obj* do_rem(Obj* a) { return make_int(number_1(a) % number_2(a)); }
static Obj* do_less(Obj* a) { return number_1(a) < number_2(a) ? truth : nil; }
static Obj* do_same(Obj* a) { return number_1(a) == number_2(a) ? truth : nil; }
static Obj* do_cons(Obj* a) { return cons(a->u.p.car, a->u.p.cdr->u.p.car); }
static Obj* do_car(Obj* a) { return a->u.p.car->u.p.car; }
static Obj* do_cdr(Obj* a) { return a->u.p.car->u.p.cdr; }
static Obj* do_null(Obj* a) { return a->u.p.car == nil ? truth : nil; }

static void builtin(const char* name, Obj* (*f)(Obj*)) {
    Obj* o = keep(new_obj(kBuiltin, NULL, NULL));
    o->u.builtin = f;
    define(intern(name), o);
    root_count--;
}

static const char* const program =
    "(begin"
    " (define fib (lambda (n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))))"
    " (define range (lambda (a b) (if (< a b) (cons a (range (+ a 1) b)) '())))"
    " (define map (lambda (f l) (if (null l) '() (cons (f (car l)) (map f (cdr l))))))"
    " (define fold (lambda (f a l) (if (null l) a (fold f (f a (car l)) (cdr l)))))"
    " (define filter (lambda (f l) (if (null l) '()"
    "   (if (f (car l)) (cons (car l) (filter f (cdr l))) (filter f (cdr l))))))"
    " (define append (lambda (a b) (if (null a) b (cons (car a) (append (cdr a) b)))))"
    " (define sort (lambda (l) (if (null l) '() ((lambda (p r)"
    "   (append (sort (filter (lambda (x) (< x p)) r))"
    "     (cons p (sort (filter (lambda (x) (if (< x p) '() t)) r))))) (car l) (cdr l)))))"
    " (define tak (lambda (x y z) (if (< y x) (tak (tak (- x 1) y z) (tak (- y 1) z x)"
    "   (tak (- z 1) x y)) z)))"
    " (define loop (lambda (n a) (if (= n 0) a (loop (- n 1) (rem (+ (* a 31) n) 1000003)))))"
    " (define run (lambda (k) (fold + 0 (cons (fib 14) (cons (tak 9 6 3) (cons (loop 2000 k)"
    "   (sort (map (lambda (x) (rem (* x (+ k 7919)) 997)) (range 1 90)))))))))"
    " t)";

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 18);
    collect();
    nil = intern("nil");
    truth = intern("t");
    globals = nil;
    s_quote = intern("quote");
    s_if = intern("if");
    s_lambda = intern("lambda");
    s_define = intern("define");
    s_begin = intern("begin");
    builtin("+", do_add);
    builtin("-", do_sub);
    builtin("*", do_mul);
    builtin("rem", do_rem);
    builtin("<", do_less);
    builtin("=", do_same);
    builtin("cons", do_cons);
    builtin("car", do_car);
    builtin("cdr", do_cdr);
    builtin("null", do_null);
    at = program;
    eval(keep(read_obj()), nil);
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        char call[32];
        snprintf(call, sizeof call, "(run %d)", r);
        at = call;
        root_count = 1;
        sum = checksum_add(sum, (uint64_t)eval(keep(read_obj()), nil)->u.number);
    }
    printf("%d collections\n", collections);
    print_checksum("lisp", sum);
    return 0;
}
