// Backtracking: n queens by bit masks and by arrays, and a Sudoku solver.
#include "bench.h"

static NOINLINE int queens_bits(uint32_t all, uint32_t columns, uint32_t left, uint32_t right) {
    if (columns == all) return 1;
    int found = 0;
    for (uint32_t free = all & ~(columns | left | right); free; free &= free - 1) {
        uint32_t bit = free & -free;
        found += queens_bits(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return found;
}

static int row_of[16];

static NOINLINE int queens_array(int n, int column) {
    if (column == n) return 1;
    int found = 0;
    for (int row = 0; row < n; row++) {
        int ok = 1;
        for (int c = 0; c < column && ok; c++) {
            int d = row_of[c] - row;
            ok = d != 0 && d != column - c && d != c - column;
        }
        if (ok) {
            row_of[column] = row;
            found += queens_array(n, column + 1);
        }
    }
    return found;
}

static uint16_t used_row[9], used_column[9], used_box[9];
static int tried;

static NOINLINE int solve(char* board) {
    int best = -1, best_count = 10;
    uint32_t best_mask = 0;
    for (int i = 0; i < 81 && best_count > 1; i++) {
        if (board[i] != '.') continue;
        int r = i / 9, c = i % 9;
        uint32_t mask =
            0x1ffu & ~(uint32_t)(used_row[r] | used_column[c] | used_box[r / 3 * 3 + c / 3]);
        int count = __builtin_popcount(mask);
        if (count < best_count) best = i, best_count = count, best_mask = mask;
    }
    if (best < 0) return 1;
    int r = best / 9, c = best % 9, b = r / 3 * 3 + c / 3;
    for (int d = 0; d < 9; d++) {
        if (!(best_mask >> d & 1)) continue;
        uint16_t bit = (uint16_t)(1 << d);
        tried++;
        board[best] = (char)('1' + d);
        used_row[r] |= bit, used_column[c] |= bit, used_box[b] |= bit;
        if (solve(board)) return 1;
        used_row[r] ^= bit, used_column[c] ^= bit, used_box[b] ^= bit;
    }
    board[best] = '.';
    return 0;
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 60);
    static const char puzzle[] =
        "..............3.85..1.2.......5.7.....4...1...9.......5......73..2.1........4...9";
    uint64_t sum = 0;
    for (int r = 0; r < rounds; r++) {
        sum = checksum_add(sum, (uint64_t)queens_bits((1u << 10) - 1, 0, 0, 0));
        sum = checksum_add(sum, (uint64_t)queens_array(8, 0));
        char board[82];
        memcpy(board, puzzle, sizeof board);
        memset(used_row, 0, sizeof used_row);
        memset(used_column, 0, sizeof used_column);
        memset(used_box, 0, sizeof used_box);
        for (int i = 0; i < 81; i++) {
            if (board[i] == '.') continue;
            uint16_t bit = (uint16_t)(1 << (board[i] - '1'));
            used_row[i / 9] |= bit;
            used_column[i % 9] |= bit;
            used_box[i / 27 * 3 + i % 9 / 3] |= bit;
        }
        // The search for this puzzle is long: it stops at the first solution of a part of it.
        board[0] = '9';
        used_row[0] |= 256, used_column[0] |= 256, used_box[0] |= 256;
        sum = checksum_add(sum, (uint64_t)solve(board));
        if (r == 0) printf("%s\n", board);
    }
    print_checksum("queens", checksum_add(sum, (uint64_t)tried));
    return 0;
}
