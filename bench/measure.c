// Runs one command from a small process and reports what it cost. A large parent
// (a Python interpreter) would show up in the peak memory of what it starts.
//
// usage: measure REPORT SECONDS COMMAND [ARG...]
// REPORT gets one line: status user_us sys_us wall_us peak_kib; the status is the
// exit status, 128 + the signal, or -1 if the time limit of SECONDS was reached.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t child;
static volatile sig_atomic_t late;

static void on_alarm(int signal_number) {
    (void)signal_number;
    late = 1;
    if (child > 0) kill(child, SIGKILL);
}

static long long micros(struct timeval t) { return t.tv_sec * 1000000LL + t.tv_usec; }

int main(int argc, char** argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: measure REPORT SECONDS COMMAND [ARG...]\n");
        return 2;
    }
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    child = fork();
    if (child < 0) {
        perror("measure: fork");
        return 2;
    }
    if (child == 0) {
        execvp(argv[3], argv + 3);
        perror(argv[3]);
        _exit(127);
    }
    signal(SIGALRM, on_alarm);
    alarm((unsigned)atoi(argv[2]));
    int status;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0) {
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    alarm(0);
    FILE* report = fopen(argv[1], "w");
    if (report == NULL) {
        perror(argv[1]);
        return 2;
    }
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    long long wall = (end.tv_sec - start.tv_sec) * 1000000LL + (end.tv_nsec - start.tv_nsec) / 1000;
    fprintf(report, "%d %lld %lld %lld %ld\n", late ? -1 : code, micros(usage.ru_utime),
            micros(usage.ru_stime), wall, usage.ru_maxrss);
    return fclose(report) != 0;
}
