#!/usr/bin/env python3
"""Tests the parts of bench/ that do not measure: means, tables, output checks, command lines."""
import contextlib
import io
import json
import os
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench"))
sys.dont_write_bytecode = True

import build_programs  # noqa: E402
import cases  # noqa: E402
import compare  # noqa: E402
import engines  # noqa: E402
import report  # noqa: E402
import runner  # noqa: E402
import startup  # noqa: E402


def cost(cpu, wall=1.0, peak=1024):
    return runner.Cost(0, cpu, wall, peak)


def sample_results():
    results = report.Results(["ours", "other"])
    results.add_program("a", "own", False)
    results.add_program("b", "own", True)
    results.costs = {
        ("a", "ours"): [cost(2.0), cost(1.0)],
        ("a", "other"): [cost(4.0), cost(5.0)],
        ("b", "ours"): [cost(3.0)],
        ("b", "other"): [cost(3.0)],
    }
    return results


class ReportTest(unittest.TestCase):
    def test_geometric_mean_is_the_root_of_the_product(self):
        self.assertAlmostEqual(report.geometric_mean([0.25, 1.0, 4.0]), 1.0)
        self.assertAlmostEqual(report.geometric_mean([0.5, 0.125]), 0.25)
        self.assertIsNone(report.geometric_mean([]))

    def test_table_columns_are_aligned(self):
        lines = report.table(["name", "x"], [["a", "1.0"], None, ["long name", "10.0"]])
        self.assertEqual(lines, ["name          x", "---------  ----", "a           1.0",
                                 "---------  ----", "long name  10.0"])

    def test_ratios_use_the_least_time_of_each_engine(self):
        results = sample_results()
        self.assertAlmostEqual(results.ratio("a", "ours", "other"), 0.25)
        self.assertEqual(results.ratios("ours", "other"), [0.25, 1.0])
        self.assertAlmostEqual(results.middle("a", "ours"), 1.5)

    def test_mean_counts_only_programs_that_both_ran(self):
        results = sample_results()
        results.failures[("a", "other")] = "exit status 1"
        self.assertEqual(results.ratios("ours", "other"), [1.0])
        self.assertIn("-", results.times_table()[2].split())

    def test_left_out_programs_have_their_own_mean(self):
        lines = sample_results().ratio_table("other")
        self.assertIn("0.500 (2)", lines[-2])
        self.assertIn("1.000 (1)", lines[-1])
        self.assertTrue(any(line.startswith("b*") for line in lines))

    def test_comparison_names_best_and_worst_program(self):
        line = sample_results().against_table("ours")[-1]
        self.assertRegex(line, r"^other +0\.500 +2 +1 +0\.25 a +1\.00 b$")

    def test_failures_of_one_kind_share_a_line(self):
        results = sample_results()
        results.failures = {("a", "other"): "no", ("b", "other"): "no",
                            ("a", "ours"): report.NO_PROGRAM}
        self.assertEqual(results.failure_lines(), ["- other: a, b: no"])

    def test_json_keeps_every_round(self):
        data = json.loads(json.dumps(sample_results().as_json()))
        entry = data["programs"]["a"]["engines"]["ours"]
        self.assertEqual((entry["cpu"], entry["cpu_min"], entry["peak_kib"]), ([2.0, 1.0], 1.0, 1024))

    def test_page_is_self_contained_and_escaped(self):
        results = sample_results()
        results.failures[("a", "other")] = "<script>"
        text = report.page(results, "other", "ours", ["a <b> machine"])
        self.assertIn("<svg", text)
        self.assertNotIn("<script", text)
        self.assertNotIn("http", text)
        self.assertIn("a &lt;b&gt; machine", text)


class CasesTest(unittest.TestCase):
    def test_patterns_choose_and_take_away(self):
        self.assertTrue(cases.matches("lua-eh", "fib,lua*"))
        self.assertFalse(cases.matches("lua-eh", "lua*,!*-eh"))
        self.assertFalse(cases.matches("lua", "lu"))
        self.assertTrue(cases.matches("fib", "!lua*"))
        self.assertFalse(cases.matches("lua", "!lua*"))

    def test_times_are_taken_out_of_outputs(self):
        a = cases.without_times(b"100 - insert ....  0.123s\nTOTAL 1.5 ms in 12 ms, 5 rows")
        b = cases.without_times(b"100 - insert ....  9.876s\nTOTAL 2.5 ms in 99 ms, 5 rows")
        c = cases.without_times(b"100 - insert ....  9.876s\nTOTAL 2.5 ms in 99 ms, 6 rows")
        self.assertEqual(a, b)
        self.assertNotEqual(b, c)

    def test_check_sees_status_output_words_and_files(self):
        with tempfile.TemporaryDirectory() as tmp:
            case = cases.Case("x", "corpus", "x.wasm", [])
            case.preopens = [("", "/d", True)]
            case.stdout = b"right"
            case.stdout_words = [b"igh"]
            case.files = {"/d/out": cases.hashlib.sha256(b"data").hexdigest(), "/d/gone": None}
            prepared = cases.Prepared(case, os.path.join(tmp, "run"))
            out = pathlib.Path(prepared.dirs[0][0], "out")
            self.assertIn("did not write", cases.check(case, prepared, 0, b"right"))
            out.write_bytes(b"data")
            self.assertEqual(cases.check(case, prepared, 0, b"right"), "")
            self.assertEqual(cases.check(case, prepared, 3, b"right"), "exit status 3")
            self.assertEqual(cases.check(case, prepared, 0, b"wrong"), "wrong output")
            case.stdout = None
            self.assertIn("lacks", cases.check(case, prepared, 0, b"wrong"))
            out.write_bytes(b"other")
            self.assertIn("wrong file", cases.check(case, prepared, 0, b"right"))
            out.write_bytes(b"data")
            out.with_name("gone").touch()
            self.assertIn("left the file", cases.check(case, prepared, 0, b"right"))

    def test_every_program_has_an_expected_output(self):
        with open(build_programs.EXPECTED, encoding="ascii") as f:
            expected = json.load(f)
        names = [name for name, _, _ in build_programs.programs()]
        self.assertEqual(sorted(expected), sorted(names))
        self.assertGreaterEqual(len(names), 25)

    def test_every_described_name_exists(self):
        described = json.loads((ROOT / "bench" / "cases.json").read_text(encoding="utf-8"))
        known = {name for name, _, _ in build_programs.programs()}
        known |= set(described["cases"]) | set(described["corpus"])
        self.assertEqual(set(described["held_out"]) - known, set())


class EnginesTest(unittest.TestCase):
    def program(self, folder):
        case = cases.Case("x", "corpus", "/m/x.wasm", ["-a", "b"])
        case.env = ["K=V"]
        case.preopens = [("", "/d", True), ("", ".", True)]
        return cases.Prepared(case, folder)

    def test_styles_follow_the_name_then_the_command(self):
        self.assertEqual(engines.style_for("wasmi-run-fuel", ["/b/wasmi-run", "--fuel"]), "common")
        self.assertEqual(engines.style_for("wasmi_cli", ["/b/x"]), "wasmi")
        self.assertEqual(engines.style_for("old", ["/b/wasm3"]), "wasm3")
        self.assertEqual(engines.style_for("mine", ["/b/mine"]), "common")
        self.assertEqual(engines.style_for("wasm3", ["x", "{module}"]), "template")

    def test_command_lines_name_folders_as_each_engine_does(self):
        with tempfile.TemporaryDirectory() as tmp:
            p = self.program(os.path.join(tmp, "run"))
            d = os.path.join(p.root, "d")

            def words(style):
                return engines.Engine("e", ["e"], style).command_line(p)

            self.assertEqual(words("common"), ["e", "--dir", d + "::/d", "--dir", p.root + "::.",
                                               "--env", "K=V", "/m/x.wasm", "-a", "b"])
            self.assertIn("--map-dir=/d::" + d, words("iwasm"))
            self.assertEqual(words("wasmi")[1:5], ["--dir", "d", "--dir", "."])
            self.assertEqual(words("wasm3")[-3:], ["/m/x.wasm", "-a", "b"])
            self.assertIsNone(words("native"))
            self.assertTrue(os.path.isdir(d))

    def test_templates_are_filled(self):
        with tempfile.TemporaryDirectory() as tmp:
            p = self.program(os.path.join(tmp, "run"))
            words = ["e", "--x={module}", "{envs}", "{args}"]
            self.assertEqual(engines.Engine("e", words, "template").command_line(p),
                             ["e", "--x=/m/x.wasm", "--env", "K=V", "-a", "b"])

    def test_unknown_commands_are_refused(self):
        for text in ("x=no-such-command-here", "=sh", "x="):
            with self.assertRaises(ValueError):
                engines.parse_engine(text)


class StartupTest(unittest.TestCase):
    def test_empty_module_has_the_bytes_of_the_specification(self):
        self.assertEqual(
            startup.empty_module().hex(),
            "0061736d01000000" "010401600000" "03020100" "0503010001"
            "071302065f73746172740000066d656d6f72790200" "0a040102000b")

    def test_numbers_are_leb128(self):
        self.assertEqual([startup.leb(n).hex() for n in (0, 127, 128, 624485)],
                         ["00", "7f", "8001", "e58e26"])


class CompareTest(unittest.TestCase):
    """The whole command with shell scripts as engines."""

    def run_compare(self, tmp, engine_outputs, *further):
        corpus = pathlib.Path(tmp, "corpus")
        case = corpus / "case" / "greet"
        if not case.exists():
            case.mkdir(parents=True)
            (case / "m.wasm").write_bytes(startup.empty_module())
            (case / "in").write_bytes(b"input")
            (case / "expected_stdout").write_bytes(b"hello input")
            (case / "cmd.json").write_text(json.dumps(
                {"module": "m.wasm", "args": ["x"], "stdin": "in", "expected_exit": 3}),
                encoding="utf-8")
        args = ["--corpus", str(corpus), "--out", tmp, "--programs", "greet", "--rounds", "2"]
        for name, script in engine_outputs.items():
            path = pathlib.Path(tmp, name + ".sh")
            path.write_text(script, encoding="utf-8")
            args += ["--engine", "%s=sh %s" % (name, path)]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = compare.main(args + list(further))
        return status, out.getvalue(), err.getvalue()

    GOOD = 'printf "hello "; cat; exit 3\n'
    BAD = 'printf "bye "; cat; exit 3\n'

    def test_engines_are_measured_and_wrong_outputs_found(self):
        with tempfile.TemporaryDirectory() as tmp:
            status, out, err = self.run_compare(
                tmp, {"good": self.GOOD, "bad": self.BAD, "stuck": "exec sleep 20\n"},
                "--json", tmp + "/r.json", "--html", tmp + "/r.html", "--timeout", "1")
            self.assertEqual((status, err), (0, ""))
            self.assertIn("- bad: greet: wrong output", out)
            self.assertIn("- stuck: greet: time limit of 1 s", out)
            entry = json.loads(pathlib.Path(tmp, "r.json").read_text(encoding="utf-8"))
            entry = entry["programs"]["greet"]["engines"]
            self.assertEqual(len(entry["good"]["cpu"]), 2)
            self.assertIn("failure", entry["bad"])
            self.assertIn("<svg", pathlib.Path(tmp, "r.html").read_text(encoding="utf-8"))

    def test_a_wrong_output_of_the_subject_fails(self):
        with tempfile.TemporaryDirectory() as tmp:
            status, _, _ = self.run_compare(tmp, {"bad": self.BAD, "good": self.GOOD})
            self.assertEqual(status, 1)

    def test_wrong_usage_is_one_line_and_status_2(self):
        with tempfile.TemporaryDirectory() as tmp:
            for extra in (["--rounds", "x"], ["--rounds", "0"], ["--nonsense"], ["--json"],
                          ["--subject", "nobody"], ["--engine", "x=no-such-command-here"]):
                status, out, err = self.run_compare(tmp, {"good": self.GOOD}, *extra)
                self.assertEqual((status, out, err.count("\n")), (2, "", 1), extra)


if __name__ == "__main__":
    unittest.main()
