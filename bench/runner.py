# Starts one process and says what it cost: CPU time, wall time, peak memory.
import os
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Cost:
    def __init__(self, status, cpu, wall, peak_kib):
        self.status = status  # -1: the time limit was reached
        self.cpu = cpu  # user and system, seconds
        self.wall = wall
        self.peak_kib = peak_kib


def build_measure(folder):
    """Compiles measure.c; None when there is no C compiler."""
    source, target = os.path.join(HERE, "measure.c"), os.path.join(folder, "measure")
    if os.path.exists(target) and os.path.getmtime(target) >= os.path.getmtime(source):
        return target
    os.makedirs(folder, exist_ok=True)
    for cc in ("clang-19", "clang", "gcc", "cc"):
        if shutil.which(cc):
            r = subprocess.run([cc, "-O2", source, "-o", target], check=False)
            if r.returncode == 0:
                return target
    print("no C compiler: peak memory below that of this script is not seen", file=sys.stderr)
    return None


def run(words, measure, stdin, stdout, stderr, folder, seconds, report):
    """Runs `words` in `folder` with the three files; `report` is a scratch file."""
    with open(stdin, "rb") as fi, open(stdout, "wb") as fo, open(stderr, "wb") as fe:
        if measure:
            if os.path.exists(report):
                os.remove(report)
            command = [measure, report, str(max(1, int(seconds)))] + words
            subprocess.run(command, stdin=fi, stdout=fo, stderr=fe, cwd=folder, check=False)
            with open(report) as f:
                status, user, system, wall, peak = (int(w) for w in f.read().split())
            return Cost(status, (user + system) / 1e6, wall / 1e6, peak)
        start = time.monotonic()
        child = subprocess.Popen(words, stdin=fi, stdout=fo, stderr=fe, cwd=folder)
        previous = signal.signal(signal.SIGALRM, lambda *_: child.kill())
        signal.alarm(max(1, int(seconds)))
        _, status, usage = os.wait4(child.pid, 0)
        late = signal.alarm(0) == 0
        signal.signal(signal.SIGALRM, previous)
        wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        code = child.returncode if child.returncode >= 0 else 128 - child.returncode
        return Cost(-1 if late else code, usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss)
