#!/usr/bin/env python3
"""Chooses the fused runs: which adjacent forms of the register code get a handler of their own.

Usage: choose.py [options] GROUP=RUNS... ; RUNS is an output of wasmi-fusion-collect.
  --rows N        rows in all, at most the parts hold (default 8192)
  --pairs N       a pair must occur in so many groups (default 3)
  --longer N      a longer run must occur in so many groups (default 5)
  --out DIR       where fused_runs_0.def … go (default src/core/executor)
  --report        leave-one-out: for each group, the share of its instructions that runs chosen
                  without it would save; writes nothing

A group is a set of related modules (one project, one toolchain). Runs are chosen by how many groups
have them, never by how hot they are in some program: a profile of a few programs does not carry over
to others, occurrence in a varied corpus does (docs/RATIONALE.md). The weight of a run is the sum
over groups of its share of the group's instructions, so that large modules do not drown small ones;
what stands in loops counts more, longer runs count less, because their parts would be fused without
them (measured on programs left out: the dispatches are least with about these factors).
"""
import argparse
import collections
import itertools
import os
import sys

PARTS, ROWS_PER_PART = 8, 1024
FACTOR = {2: 1.0, 3: 0.5, 4: 0.3}
BY_DEPTH = (1, 2, 4, 8)  # outside of loops, in one loop, in two, in three or more


KNOWN = {}  # each run once, however many groups have it: a large corpus has tens of millions


def read(path):
    """{run (tuple of form names): weighted count} of all modules in a file."""
    runs = collections.Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            first, rest = line.rstrip("\n").split(" ", 1)
            if first != "module":
                counts = first.split(",")
                weight = sum(int(n) * by for n, by in zip(counts, BY_DEPTH))
                run = tuple(map(sys.intern, rest.split("|")))
                runs[KNOWN.setdefault(run, run)] += weight
    return runs


SOURCES, RESULTS = ("S", "R", "P0", "P1"), ("R", "RS", "P0", "P1")


def ordered(a, b):
    """Operands of an operation that commutes, as the emitter puts them."""
    return (a, b) if SOURCES.index(a) <= SOURCES.index(b) else (b, a)


def form(op, a, b, result):
    return f"{op},{a},{b},N,{result}"


def idioms():
    """Pairs that kernels are made of and large programs have few of, in all operand classes: a shift
    and what combines it with a local (hashes, ciphers, addresses), a sum and its rotation, a
    multiplication and a sum."""
    both = list(itertools.combinations_with_replacement(SOURCES, 2))
    for (a, b), op, ty, result in itertools.product(both, ("add", "xor"), ("i32", "i64"), RESULTS):
        yield form(f"{ty}_{op}", a, b, "R"), form(f"{ty}_rotl", "R", "K", result)
    others = [source for source in SOURCES if source != "R"]
    for other in others:
        for result in RESULTS:
            for ty in ("i32", "i64"):
                for shift in ("shl", "shr_u"):
                    for source in SOURCES:
                        first = form(f"{ty}_{shift}", source, "K", "R")
                        for op in ("xor", "or", "add"):
                            yield first, form(f"{ty}_{op}", *ordered("R", other), result)
                mixed = form(f"{ty}_xor", *ordered("R", other), "R")
                yield mixed, form(f"{ty}_mul", "R", "K", result)
            mixed = form("i64_xor", *ordered("R", other), "R")
            yield mixed, form("i64_mul_k64", "R", "K", result)
            for a, b in both:
                for ty in ("f32", "f64"):
                    product = form(f"{ty}_mul", a, b, "R")
                    yield product, form(f"{ty}_add", *ordered("R", other), result)
                product = form("f64_mul", a, b, "R")
                yield product, form("f64_sub", other, "R", result)
                yield product, form("f64_sub", "R", other, result)


class Corpus:
    """The runs of all groups, and over them the weight of each and how many groups have it."""

    def __init__(self, groups, options):
        self.needed = {2: options.pairs, 3: options.longer, 4: options.longer + 1}
        self.weight, self.seen, self.pairs = collections.Counter(), collections.Counter(), {}
        for runs in groups.values():
            self.seen.update(runs.keys())
        # What too few groups have is never chosen: most of the runs.
        fewest = min(self.needed.values())
        self.groups = {}
        for name, runs in groups.items():
            self.pairs[name] = sum(n for run, n in runs.items() if len(run) == 2) or 1
            self.groups[name] = {r: n for r, n in runs.items() if self.seen[r] >= fewest}
            for run in self.groups[name]:
                self.weight[run] += self.weight_in(name, run)

    def weight_in(self, name, run):
        return self.groups[name].get(run, 0) / self.pairs[name] * FACTOR[len(run)]

    def ranked(self, without=None):
        """The idioms, then the runs that enough groups have, the weightiest first, as if `without`
        were not there."""
        found = []
        for run, weight in self.weight.items():
            own = without is not None and run in self.groups[without]
            if self.seen[run] - own >= self.needed[len(run)]:
                found.append((-(weight - self.weight_in(without, run) if own else weight), run))
        return list(idioms()) + [run for _, run in sorted(found)]

    def covered(self, name, rows):
        """The share of the group's pairs that have a handler. Static."""
        chosen = {run for _, run in rows}
        pairs = sum(n for run, n in self.groups[name].items() if len(run) == 2 and run in chosen)
        return pairs / self.pairs[name]


def choose(ranked, options):
    """Rows [(parent row or -1, run)], parents before children."""
    rows, index = [], {}
    for run in ranked:
        chain = [run[:n] for n in range(2, len(run) + 1) if run[:n] not in index]
        if len(rows) + len(chain) > options.rows:
            break
        for part in chain:
            index[part] = len(rows)
            rows.append((index.get(part[:-1], -1), part))
    return rows


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
    parser.add_argument("--rows", type=int, default=PARTS * ROWS_PER_PART)
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
    corpus = Corpus(groups, options)
    if options.report:
        for name in groups:
            rows = choose(corpus.ranked(without=name), options)
            print(f"{name:24} {corpus.covered(name, rows):6.1%} of its pairs, {len(rows)} rows")
        return 0
    rows = choose(corpus.ranked(), options)
    lengths = collections.Counter(len(run) for _, run in rows)
    print(f"{len(rows)} rows from {len(groups)} groups:",
          ", ".join(f"{n} of {length}" for length, n in sorted(lengths.items())))
    write(rows, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
