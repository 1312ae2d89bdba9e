// A stack machine with a switch over its opcodes: br_table and its mispredictions.
#include "bench.h"

enum {
    kPush,
    kLoad,
    kStore,
    kAdd,
    kSub,
    kMul,
    kAnd,
    kXor,
    kShr,
    kLess,
    kJump,
    kJumpZero,
    kDup,
    kSwap,
    kDrop,
    kGet,
    kPut,
    kCall,
    kReturn,
    kHalt
};

static int32_t array[1024];

static NOINLINE int32_t run(const int32_t* code) {
    int32_t stack[64], vars[16] = {0};
    int sp = 0, pc = 0;
    for (;;) {
        switch (code[pc++]) {
            case kPush:
                stack[sp++] = code[pc++];
                break;
            case kLoad:
                stack[sp++] = vars[code[pc++]];
                break;
            case kStore:
                vars[code[pc++]] = stack[--sp];
                break;
            case kAdd:
                sp--;
                stack[sp - 1] = (int32_t)((uint32_t)stack[sp - 1] + (uint32_t)stack[sp]);
                break;
            case kSub:
                sp--;
                stack[sp - 1] = (int32_t)((uint32_t)stack[sp - 1] - (uint32_t)stack[sp]);
                break;
            case kMul:
                sp--;
                stack[sp - 1] = (int32_t)((uint32_t)stack[sp - 1] * (uint32_t)stack[sp]);
                break;
            case kAnd:
                sp--;
                stack[sp - 1] &= stack[sp];
                break;
            case kXor:
                sp--;
                stack[sp - 1] ^= stack[sp];
                break;
            case kShr:
                sp--;
                stack[sp - 1] = (int32_t)((uint32_t)stack[sp - 1] >> (stack[sp] & 31));
                break;
            case kLess:
                sp--;
                stack[sp - 1] = stack[sp - 1] < stack[sp];
                break;
            case kJump:
                pc = code[pc];
                break;
            case kJumpZero:
                pc = stack[--sp] ? pc + 1 : code[pc];
                break;
            case kDup:
                stack[sp] = stack[sp - 1];
                sp++;
                break;
            case kSwap: {
                int32_t t = stack[sp - 1];
                stack[sp - 1] = stack[sp - 2];
                stack[sp - 2] = t;
                break;
            }
            case kDrop:
                sp--;
                break;
            case kGet:
                stack[sp - 1] = array[stack[sp - 1] & 1023];
                break;
            case kPut:
                sp -= 2;
                array[stack[sp] & 1023] = stack[sp + 1];
                break;
            case kCall:
                stack[sp++] = pc + 1;
                pc = code[pc];
                break;
            case kReturn:
                // ( address result -- result )
                pc = stack[sp - 2];
                stack[sp - 2] = stack[sp - 1];
                sp--;
                break;
            case kHalt:
                return vars[1];
            default:
                return -1;
        }
    }
}

static int32_t code[256];
static int here;

static void op(int32_t opcode) { code[here++] = opcode; }

static void op1(int32_t opcode, int32_t operand) {
    op(opcode);
    code[here++] = operand;
}

// Emits a jump forward and returns where its target has to be written.
static int forward(int32_t opcode) {
    op1(opcode, 0);
    return here - 1;
}

int main(int argc, char** argv) {
    int steps = repeat_count(argc, argv, 700000);
    op1(kPush, 12345);
    op1(kStore, 2);
    int skip = forward(kJump);
    int next_random = here;  // v2 = v2 * 1103515245 + 12345, result v2 >> 16
    op1(kLoad, 2);
    op1(kPush, 1103515245);
    op(kMul);
    op1(kPush, 12345);
    op(kAdd);
    op(kDup);
    op1(kStore, 2);
    op1(kPush, 16);
    op(kShr);
    op(kReturn);
    code[skip] = here;
    int loop = here;  // while (v0 < steps)
    op1(kLoad, 0);
    op1(kPush, steps);
    op(kLess);
    int done = forward(kJumpZero);
    op1(kCall, next_random);
    op(kDup);
    op1(kStore, 3);
    op1(kPush, 1);
    op(kAnd);
    int other = forward(kJumpZero);
    op1(kLoad, 1);  // v1 = v1 * 3 + array[v3]
    op1(kPush, 3);
    op(kMul);
    op1(kLoad, 3);
    op(kGet);
    op(kAdd);
    op1(kStore, 1);
    int both = forward(kJump);
    code[other] = here;
    op1(kLoad, 1);  // array[v0] = v0 ^ v1 - v3
    op1(kLoad, 3);
    op(kSub);
    op1(kLoad, 0);
    op(kSwap);
    op1(kLoad, 0);
    op(kXor);
    op(kPut);
    code[both] = here;
    op1(kLoad, 0);
    op1(kPush, 1);
    op(kAdd);
    op1(kStore, 0);
    op1(kJump, loop);
    code[done] = here;
    op(kHalt);
    int32_t result = run(code);
    print_checksum("vm", checksum_add((uint32_t)result, checksum_bytes(array, sizeof array)));
    return 0;
}
