#!/usr/bin/env python3
"""Tests wasmi-fusion-collect and wasmi-fusion-choose on modules and blocks of its own.

    fusion_choose_test.py COLLECT CHOOSE WASMI_RUN
"""
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest

COLLECT, CHOOSE, WASMI_RUN = sys.argv[1:4]
PARTS = 7
LONGEST = 4

# Nothing here is like an idiom of the chooser: what is chosen is chosen for its uses.
PAIR = """(module (func (export "f") (param f64 f64 f64) (result f64)
  (f64.copysign (f64.ceil (local.get 0)) (local.get 2))))"""
# Three in a row, and what follows cannot be a part of a run.
LOOP = """(module (memory 1) (func (export "f") (param i32 i32 f64) (result i32)
  (loop $next
    (f64.store (local.get 1) (f64.floor (f64.trunc (f64.load (local.get 0)))))
    (if (i32.rem_u (local.get 0) (i32.const 3))
      (then (local.set 0 (i32.rotr (local.get 0) (i32.const 5)))))
    (br_if $next (local.tee 1 (i32.sub (local.get 1) (i32.const 1)))))
  (memory.grow (i32.popcnt (i32.clz (i32.ctz (local.get 1)))))))"""
THREE = ("i32_ctz", "i32_clz", "i32_popcnt")


def run(*command, **more):
    return subprocess.run(command, capture_output=True, check=False, timeout=300, **more)


class Row:
    def __init__(self, parent, forms):
        self.parent = parent
        self.forms = forms


class ChooseTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.fingerprint = run(COLLECT).stdout

    def collect(self, name, text):
        source, module = self.folder / f"{name}.wat", self.folder / f"{name}.wasm"
        source.write_text(text, encoding="utf-8")
        made = run(WASMI_RUN, "wasm", source, "-o", module)
        self.assertEqual(made.returncode, 0, made.stderr)
        collected = run(COLLECT, module)
        self.assertEqual(collected.returncode, 0, collected.stderr)
        group = self.folder / f"{name}.bin"
        group.write_bytes(collected.stdout)
        return group

    def copies(self, group, count):
        groups = [self.folder / f"{group.stem}-{i}.bin" for i in range(count)]
        for copy in groups:
            copy.write_bytes(group.read_bytes())
        return groups

    def choose(self, groups, *options):
        chosen = run(CHOOSE, "--out", self.folder, *options, *groups)
        self.assertEqual(chosen.returncode, 0, chosen.stderr)
        self.parts = [(self.folder / f"fused_runs_{i}.def").read_text(encoding="utf-8")
                      for i in range(PARTS)]
        rows = [Row(int(parent), re.findall(r"F\(([^)]*)\)", forms))
                for part in self.parts
                for parent, forms in re.findall(r"^WASMI_RUN\((-?\d+), (.*)\)$", part, re.M)]
        self.assertIn(f"{len(rows)} runs from {len(groups)} groups:", chosen.stdout.decode())
        return rows

    def has(self, rows, *ops):
        return any(tuple(form.split(",")[0] for form in row.forms) == ops for row in rows)

    def test_blocks_tell_their_loops_and_forms(self):
        data = self.collect("loop", LOOP).read_bytes()
        self.assertEqual(data[:8], self.fingerprint)
        at, depths = 8, []
        while at < len(data):
            depth, count = struct.unpack_from("<II", data, at)
            at += 8 + 2 * count
            depths.append(depth)
        self.assertEqual(at, len(data))
        self.assertEqual(set(depths), {0, 1})

    def test_every_row_continues_an_earlier_one(self):
        rows = self.choose(self.copies(self.collect("loop", LOOP), 5))
        self.assertTrue(self.has(rows, *THREE))
        seen = set()
        for number, row in enumerate(rows):
            self.assertIn(len(row.forms), range(2, LONGEST + 1))
            self.assertNotIn(tuple(row.forms), seen)
            seen.add(tuple(row.forms))
            if row.parent < 0:
                self.assertEqual((row.parent, len(row.forms)), (-1, 2))
            else:
                self.assertLess(row.parent, number)
                self.assertEqual(rows[row.parent].forms, row.forms[:-1])

    def test_nothing_follows_what_ends_a_run(self):
        for row in self.choose(self.copies(self.collect("loop", LOOP), 5)):
            ops = [form.split(",")[0] for form in row.forms]
            self.assertFalse([op for op in ops if op.startswith("slow_")], ops)
            for op in ops[:-1]:
                self.assertNotRegex(op, r"^(br|loop_br|br_table|unreachable|v?f?ret.*|call.*)$")

    def test_what_few_groups_have_is_not_chosen(self):
        pair = self.collect("pair", PAIR)
        self.assertFalse(self.has(self.choose(self.copies(pair, 2)), "f64_ceil", "f64_copysign"))
        self.assertTrue(self.has(self.choose(self.copies(pair, 3)), "f64_ceil", "f64_copysign"))
        self.assertTrue(self.has(self.choose([pair], "--groups", "1"),
                                 "f64_ceil", "f64_copysign"))

    def test_longer_runs_need_more_groups(self):
        loop = self.collect("loop", LOOP)
        self.assertTrue(self.has(self.choose(self.copies(loop, 4)), *THREE[:2]))
        self.assertFalse(self.has(self.choose(self.copies(loop, 4)), *THREE))

    def test_there_are_as_many_rows_as_allowed(self):
        groups = self.copies(self.collect("loop", LOOP), 5)
        for most in (1, 10, 100):  # there is more to choose from, in builds with fewer pins too
            self.assertEqual(len(self.choose(groups, "--rows", str(most))), most)
            for part in self.parts[1:]:
                self.assertNotIn("WASMI_RUN", part)
        self.assertLessEqual(len(self.choose(groups, "--rows", "1025")), 1025)
        self.assertNotEqual(run(CHOOSE, "--rows", str(PARTS * 1024 + 1), *groups).returncode, 0)

    def test_the_same_input_gives_the_same_rows(self):
        groups = self.copies(self.collect("loop", LOOP), 5)
        self.choose(groups)
        first = self.parts
        self.choose(groups)
        self.assertEqual(self.parts, first)

    def test_blocks_of_other_forms_and_broken_files_are_refused(self):
        good = self.collect("pair", PAIR).read_bytes()
        wrong = self.folder / "wrong.bin"
        for data in (b"", good[:7], bytes([good[0] ^ 1]) + good[1:], good[:-1]):
            wrong.write_bytes(data)
            refused = run(CHOOSE, "--out", self.folder, wrong)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(b"wrong.bin: not made by a collector with these forms", refused.stderr)
            self.assertFalse(list(self.folder.glob("*.def")))
        self.assertEqual(run(CHOOSE, self.folder / "absent.bin").returncode, 1)

    def test_a_report_writes_nothing(self):
        groups = self.copies(self.collect("loop", LOOP), 12)
        reported = run(CHOOSE, "--report", "--out", self.folder, *groups)
        self.assertEqual(reported.returncode, 0, reported.stderr)
        self.assertRegex(reported.stdout.decode(),
                         r"mean of 12 groups: [\d.]+ % left out, [\d.]+ % taken in\n$")
        self.assertFalse(list(self.folder.glob("*.def")))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
