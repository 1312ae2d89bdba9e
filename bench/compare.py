#!/usr/bin/env python3
# Runs the same programs on several WebAssembly engines and compares what they cost.
"""usage: compare.py [options]

Runs programs on every engine found on PATH, in turns, as whole processes;
checks that the outputs are right and agree; prints tables.

Programs: bench/programs (compiled here when out of date), the cases of
bench/cases.json, and some of a program corpus (../shared/corpus if it exists).
Engines looked for: wasmi-run (build/release/bin first), wasm3, iwasm, wasmi_cli,
wasmtime, wizeng, toywasm, node twice (liftoff, turbofan), and native. An engine
that cannot run a program gets '-'; the reasons are listed at the end.

options:
  --programs PATTERNS  comma-separated names with * and ?; !PATTERN leaves out
  --all                every case of the corpus as well
  --list               list the programs and stop
  --engine NAME[=CMD]  use these engines only (repeat); CMD may contain {module},
                       {args}, {dirs} and {envs}; a NAME that begins with the name
                       of a known engine takes its options
  --without NAMES      comma-separated engines that are left out
  --rounds N           default 3
  --timeout SECONDS    for one run; default 60
  --subject NAME       the engine that is compared with all others (default: the first)
  --baseline NAME      the engine that times are divided by (default: wasm3)
  --wall               compare wall time instead of user + system CPU time
  --cpu N              run on that CPU only
  --startup            compare start-up instead: nearly empty programs, milliseconds
  --fail-above X       exit status 1 if the geometric mean of subject / baseline is above X
  --json FILE          all measurements
  --html FILE          one page with charts
  --corpus DIR         a folder with case/ and modules/
  --modules DIR        a further folder with modules for cases.json (repeat)
  --out DIR            compiled programs (default build/bench-programs)
Exit status: 1 if an output of the subject was wrong, 2 on wrong usage.
"""

import hashlib
import json
import os
import platform
import shutil
import stat
import sys
import tempfile

sys.dont_write_bytecode = True

import build_programs
import cases
import engines
import report
import runner
import startup


class Options:
    def __init__(self):
        self.programs = ""
        self.all = self.list = self.wall = self.startup = False
        self.engines, self.without = [], []
        self.rounds, self.timeout, self.cpu, self.fail_above = 3, 60.0, None, None
        self.subject = self.baseline = self.json = self.html = None
        self.corpus = cases.DEFAULT_CORPUS if os.path.isdir(cases.DEFAULT_CORPUS) else None
        self.modules = []
        self.out = build_programs.DEFAULT_OUT


class UsageError(Exception):
    pass


def parse(argv):
    o = Options()
    args = list(argv)
    switches = {"--all": "all", "--list": "list", "--wall": "wall", "--startup": "startup"}
    texts = {"--programs": "programs", "--subject": "subject", "--baseline": "baseline",
             "--json": "json", "--html": "html", "--corpus": "corpus", "--out": "out"}
    lists = {"--engine": "engines", "--modules": "modules"}
    numbers = {"--rounds": ("rounds", int), "--timeout": ("timeout", float), "--cpu": ("cpu", int),
               "--fail-above": ("fail_above", float)}
    while args:
        a = args.pop(0)
        name, sign, value = a.partition("=")
        if name in switches and not sign:
            setattr(o, switches[name], True)
            continue
        if name not in texts and name not in lists and name not in numbers and name != "--without":
            raise UsageError("unknown option %s" % a)
        if not sign:
            if not args:
                raise UsageError("%s needs a value" % a)
            value = args.pop(0)
        if name in ("--corpus", "--modules", "--out"):  # programs run in folders of their own
            value = os.path.abspath(value)
        if name in texts:
            setattr(o, texts[name], value)
        elif name in lists:
            getattr(o, lists[name]).append(value)
        elif name == "--without":
            o.without += value.split(",")
        else:
            try:
                setattr(o, numbers[name][0], numbers[name][1](value))
            except ValueError:
                raise UsageError("%s needs a number, not '%s'" % (name, value)) from None
    if o.rounds < 1 or o.timeout <= 0:
        raise UsageError("--rounds and --timeout are at least 1")
    return o


def remove_tree(path):
    def again(function, name, _):
        os.chmod(os.path.dirname(name), stat.S_IRWXU)
        function(name)

    shutil.rmtree(path, onerror=again)


def choose_engines(o):
    found = [engines.parse_engine(e) for e in o.engines] if o.engines else engines.find_all()
    found = [e for e in found if e.name not in o.without]
    if len({e.name for e in found}) != len(found):
        raise UsageError("two engines have the same name")
    for engine in found:
        engine.version = engines.ask_version(engine)
    return found


def complaint(stderr, stdout):
    """The line of an engine's messages that says most."""
    for path in (stderr, stdout):
        with open(path, "rb") as f:
            lines = f.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        telling = [w for w in lines if "rror" in w or "xception" in w] or lines[-1:]
        if telling:
            return telling[0].strip()[:110]
    return ""


class Measurer:
    """Runs cases in a scratch folder and keeps what came out."""

    def __init__(self, o, results, scratch):
        self.o = o
        self.results = results
        self.scratch = scratch
        self.measure = runner.build_measure(o.out)
        self.digests = {}  # (case name, engine name) -> digest of the output without times

    def run(self, case, engine):
        """One run; failures take the engine out of this program."""
        key = (case.name, engine.name)
        if key in self.results.failures:
            return
        folder = os.path.join(self.scratch, "run")
        prepared = cases.Prepared(case, folder)
        words = engine.command_line(prepared)
        if words is None:
            self.results.failures[key] = report.NO_PROGRAM
            remove_tree(folder)
            return
        stdout, stderr = os.path.join(folder, "stdout"), os.path.join(folder, "stderr")
        cost = runner.run(words, self.measure, prepared.stdin, stdout, stderr, prepared.root,
                          self.o.timeout, os.path.join(folder, "report"))
        output = cases.read_bytes(stdout)
        if cost.status == -1:
            why = "time limit of %g s" % self.o.timeout
        else:
            why = cases.check(case, prepared, cost.status, output)
            if why:
                why = ("%s; %s" % (why, complaint(stderr, stdout))).rstrip("; ")
        if why:
            self.results.failures[key] = why
        else:
            self.results.costs.setdefault(key, []).append(cost)
            self.digests[key] = hashlib.sha256(cases.without_times(output)).hexdigest()
        remove_tree(folder)

    def check_agreement(self, case, names):
        """Where the right output is not known, the first engine that ran decides."""
        digests = [(n, self.digests[(case.name, n)]) for n in names
                   if (case.name, n) in self.digests]
        for name, digest in digests[1:]:
            if digest != digests[0][1]:
                self.results.failures[(case.name, name)] = (
                    "wrong output: differs from that of %s" % digests[0][0])


def measure_all(o, chosen, used):
    results = report.Results([e.name for e in used], "wall" if o.wall else "cpu")
    for case in chosen:
        results.add_program(case.name, case.group, case.held_out)
    scratch = tempfile.mkdtemp(prefix="wasmi-bench-")
    try:
        m = Measurer(o, results, scratch)
        for r in range(o.rounds):
            for i, case in enumerate(chosen):
                if sys.stderr.isatty():
                    print("\rround %d of %d: %-30s" % (r + 1, o.rounds, case.name), end="",
                          file=sys.stderr, flush=True)
                # Another engine begins each time, so that none always runs on a warm machine.
                turn = (r + i) % len(used)
                for engine in used[turn:] + used[:turn]:
                    m.run(case, engine)
        for case in chosen:
            m.check_agreement(case, results.engines)
        if sys.stderr.isatty():
            print("\r%60s\r" % "", end="", file=sys.stderr)
    finally:
        remove_tree(scratch)
    return results


def machine():
    model = platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as f:
            model = next((line.split(":", 1)[1].strip() for line in f
                          if line.startswith("model name")), model)
    except OSError:
        pass
    return "%s, %d CPUs, %s %s" % (model, os.cpu_count() or 1, platform.system(),
                                   platform.release())


def print_results(o, results, baseline, subject):
    def show(lines):
        print("\n".join(lines), end="\n\n")

    show(results.times_table())
    show(results.ratio_table(baseline))
    show(results.against_table(subject))
    show(results.memory_table())
    spread = results.spread()
    if spread and o.rounds > 1:
        print("largest median - min: %.1f %% (%s, %s)"
              % (spread[0] * 100, spread[1], spread[2]))
    for line in results.failure_lines():
        print(line)


def compare(o):
    try:
        used = choose_engines(o)
    except ValueError as e:
        raise UsageError(str(e)) from None
    if not used:
        raise UsageError("no engine found: give one by --engine NAME=COMMAND")
    names = [e.name for e in used]
    subject = o.subject or names[0]
    fallback = next((n for n in names if n != subject), subject)
    baseline = o.baseline or ("wasm3" if "wasm3" in names else fallback)
    for name in (subject, baseline):
        if name not in names:
            raise UsageError("engine %s is not among %s" % (name, ", ".join(names)))
    if o.cpu is not None:
        os.sched_setaffinity(0, {o.cpu})
    if o.startup:
        return startup.compare(o, used, subject, machine())

    notes = []
    own = [p[0] for p in build_programs.programs()
           if not o.programs or cases.matches(p[0], o.programs)]
    try:
        if own and not o.list:
            build_programs.build(o.out, names=own, native="native" in names, quiet=True)
    except OSError as e:
        notes.append("bench/programs: %s" % e)
    folders = o.modules + [os.path.join(build_programs.DEFAULT_OUT, "modules")]
    folders += [os.path.join(o.corpus, "modules")] if o.corpus else []
    patterns = o.programs or ("*" if o.all else "")
    chosen, missing = cases.collect(o.out, o.corpus, folders, patterns)
    if o.list:
        for c in chosen:
            print("%-24s %-7s%s" % (c.name, c.group, " left out" if c.held_out else ""))
        return 0
    chosen = [c for c in chosen if os.path.exists(c.module)]
    for note in notes + missing:
        print("left out: %s" % note, file=sys.stderr)
    if not chosen:
        raise UsageError("there is no program to run")

    results = measure_all(o, chosen, used)
    facts = [machine(), "%d rounds" % o.rounds]
    facts += ["%s: %s" % (e.name, e.version) for e in used if e.version]
    for fact in facts:
        print(fact)
    print()
    print_results(o, results, baseline, subject)
    if o.json:
        with open(o.json, "w", encoding="utf-8") as f:
            data = {"machine": machine(), "rounds": o.rounds, "subject": subject,
                    "baseline": baseline, "versions": {e.name: e.version for e in used}}
            data.update(results.as_json())
            json.dump(data, f, indent=1)
            f.write("\n")
    if o.html:
        with open(o.html, "w", encoding="utf-8") as f:
            f.write(report.page(results, baseline, subject, facts))
    mean = report.geometric_mean(results.ratios(subject, baseline))
    wrong = [k for k, why in results.failures.items()
             if k[1] == subject and ("wrong" in why or "output lacks" in why)]
    too_slow = o.fail_above is not None and (mean is None or mean > o.fail_above)
    return 1 if wrong or too_slow else 0


def main(argv):
    if "-h" in argv or "--help" in argv:
        print(__doc__, end="")
        return 0
    try:
        return compare(parse(argv))
    except UsageError as e:
        print("compare: %s (--help lists the options)" % e, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
