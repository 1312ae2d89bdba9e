// C strings: strlen, strcpy, strcat, strcmp, strstr, strtok, snprintf, strtol, reversal.
#include "bench.h"

static NOINLINE void reverse(char* s) {
    for (char* e = s + strlen(s) - 1; s < e; s++, e--) {
        char t = *s;
        *s = *e;
        *e = t;
    }
}

static NOINLINE int is_palindrome(const char* s) {
    size_t n = strlen(s);
    for (size_t i = 0; i < n / 2; i++)
        if (s[i] != s[n - 1 - i]) return 0;
    return 1;
}

static NOINLINE int distance(const char* a, const char* b) {
    int row[64];
    int n = (int)strlen(b);
    for (int j = 0; j <= n; j++) row[j] = j;
    for (int i = 1; a[i - 1]; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= n; j++) {
            int best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[n];
}

int main(int argc, char** argv) {
    int rounds = repeat_count(argc, argv, 120);
    uint64_t sum = 0;
    enum { kWords = 600 };
    char *text = must_alloc(12 * kWords + 1), *all = must_alloc(40 * kWords);
    for (int r = 0; r < rounds; r++) {
        char line[128], last[64] = "";
        make_text(text, kWords);
        all[0] = 0;
        char* end = all;
        int i = 0;
        for (char* w = strtok(text, " \n.,"); w; w = strtok(NULL, " \n.,"), i++) {
            strcpy(line, w);
            strcat(line, i % 3 ? "-" : "/");
            strcat(line, last);
            reverse(line);
            sum = checksum_add(sum, (uint64_t)is_palindrome(line) + (uint64_t)distance(w, last));
            snprintf(line + strlen(line), 40, "%d:%x,%s;", i * r, i * 77, w);
            strcpy(end, line);
            end += strlen(end);
            strcpy(last, w);
            if (strcmp(w, "re") < 0) sum++;
        }
        for (const char* p = all; (p = strstr(p, "ba")) != NULL; p += 2) sum = checksum_add(sum, 1);
        for (const char* p = all; (p = strchr(p, ':')) != NULL; p++)
            sum = checksum_add(sum, (uint64_t)strtol(p + 1, NULL, 16));
    }
    print_checksum("strings", checksum_add(sum, checksum_bytes(all, strlen(all))));
    return 0;
}
