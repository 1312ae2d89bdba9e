#!/usr/bin/env python3
"""Chooses the fused runs: which adjacent forms of the register code get a handler of their own.

Usage: choose.py [options] GROUP=RUNS... ; RUNS is an output of wasmi-fusion-collect.
  --rows N        rows in all, at most parts * 512 (default 4096)
  --pairs N       a pair must occur in so many groups (default 3)
  --longer N      a longer run must occur in so many groups (default 5)
  --out DIR       where fused_runs_0.def … go (default src/core/executor)
  --report        leave-one-out: for each group, the share of its instructions that runs chosen
                  without it would save; writes nothing

A group is a set of related modules (one project, one toolchain). Runs are chosen by how many groups
have them, never by how hot they are in some program: a profile of a few programs does not carry over
to others, occurrence in a varied corpus does (docs/RATIONALE.md). The weight of a run is the sum
over groups of its share of the group's instructions, so that large modules do not drown small ones.
"""
import argparse
import collections
import os
import sys

PARTS, ROWS_PER_PART = 8, 512


def read(path):
    """{run (tuple of form names): count} of all modules in a file."""
    runs = collections.Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            first, rest = line.rstrip("\n").split(" ", 1)
            if first != "module":
                runs[tuple(rest.split("|"))] += int(first)
    return runs


def choose(groups, options):
    """Rows [(parent row or -1, run)], parents before children."""
    weight = collections.Counter()
    seen = collections.Counter()
    for runs in groups:
        total = sum(n for run, n in runs.items() if len(run) == 2) or 1
        for run, n in runs.items():
            weight[run] += n / total * (len(run) - 1)
            seen[run] += 1
    needed = {2: options.pairs, 3: options.longer, 4: options.longer + 1}
    ranked = sorted((run for run in weight if seen[run] >= needed[len(run)]),
                    key=lambda run: (-weight[run], run))
    rows, index = [], {}
    for run in ranked:
        chain = [run[:n] for n in range(2, len(run) + 1) if run[:n] not in index]
        if len(rows) + len(chain) > options.rows:
            break
        for part in chain:
            index[part] = len(rows)
            rows.append((index.get(part[:-1], -1), part))
    return rows


def saved(runs, rows):
    """Estimate of the share of instructions that fusion saves: static, pairs before longer runs."""
    chosen = {run for _, run in rows}
    total = sum(n for run, n in runs.items() if len(run) == 2) or 1
    pairs = sum(n for run, n in runs.items() if len(run) == 2 and run in chosen)
    return pairs / total / 2  # neighbours overlap: about half of them can be taken


def write(rows, directory):
    for part in range(PARTS):
        path = os.path.join(directory, f"fused_runs_{part}.def")
        with open(path, "w", encoding="utf-8") as out:
            out.write("// Made by tools/fusion/choose.py; do not edit.\n// clang-format off\n")
            for parent, run in rows[part * ROWS_PER_PART:(part + 1) * ROWS_PER_PART]:
                forms = ", ".join(f"F({form.replace(',', ', ')})" for form in run)
                out.write(f"WASMI_RUN({parent}, {forms})\n")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rows", type=int, default=4096)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--longer", type=int, default=5)
    parser.add_argument("--out", default="src/core/executor")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("groups", nargs="+")
    options = parser.parse_args()
    groups = collections.defaultdict(collections.Counter)
    for argument in options.groups:
        name, path = argument.split("=", 1)
        groups[name].update(read(path))
    if options.report:
        for name, runs in groups.items():
            others = [r for n, r in groups.items() if n != name]
            rows = choose(others, options)
            print(f"{name:24} {saved(runs, rows):6.1%} of its pairs, {len(rows)} rows")
        return 0
    rows = choose(list(groups.values()), options)
    lengths = collections.Counter(len(run) for _, run in rows)
    print(f"{len(rows)} rows from {len(groups)} groups:",
          ", ".join(f"{n} of {length}" for length, n in sorted(lengths.items())))
    write(rows, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
