#!/usr/bin/env python3
"""Tests of wasmi-run verify, and of --features of all commands.

Usage: verify_command_test.py WASMI_RUN
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ENGINE = ""
GOOD = """(module $m (import "env" "f" (func (param i32)))
  (memory (export "memory") 1 2) (table 3 funcref) (global $g i32 (i32.const 1))
  (func $main (export "add") (result i32) (i32.const 1)) (func $go) (start $go)
  (data (i32.const 0) "hello") (@custom "producers" "\\01\\08language\\01\\01C\\0299"))"""
BAD = """(module (memory 2 1)
  (func $a (result i32))
  (func $fine (result i32) i32.const 1)
  (func $b (i32.add (i32.const 1)) unreachable))"""
SIMD = """(module (func (export "_start")
  (drop (i32x4.add (v128.const i64x2 0 0) (v128.const i64x2 0 0)))))"""


def leb(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def section(number, count, content):
    content = leb(count) + content
    return bytes([number]) + leb(len(content)) + content


class Verify(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)

    def file(self, name, content):
        path = self.root / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def run_tool(self, *args, stdin=b""):
        done = subprocess.run([ENGINE, *args], input=stdin, capture_output=True, timeout=60)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def verify_json(self, *args):
        code, out, err = self.run_tool("verify", "--json", *args)
        self.assertEqual(err, "")
        return code, json.loads(out)

    def test_a_verdict_for_each_file(self):
        good = self.file("good.wat", GOOD)
        binary = str(self.root / "good.wasm")
        self.assertEqual(self.run_tool("wasm", good, "-o", binary)[0], 0)
        for command in ("verify", "validate"):
            self.assertEqual(self.run_tool(command, good, binary),
                             (0, f"{good}: valid\n{binary}: valid\n", ""))
        code, out, _ = self.run_tool("verify", "-", stdin=pathlib.Path(binary).read_bytes())
        self.assertEqual((code, out), (0, "-: valid\n"))

    def test_all_errors_are_listed_with_their_places(self):
        bad = self.file("bad.wat", BAD)
        code, out, err = self.run_tool("verify", bad)
        self.assertEqual((code, out), (65, f"{bad}: invalid, 3 errors\n"))
        lines = err.splitlines()
        self.assertEqual(len(lines), 3, err)
        self.assertRegex(lines[0], r"^error: invalid: .*bad.wat: memory section \(\+0x[0-9a-f]+\): "
                                   r"size minimum must not be greater than maximum")
        self.assertRegex(lines[1], r'func 0 "a" \(\+0x[0-9a-f]+\): type mismatch: .*\[i32\]')
        self.assertRegex(lines[2], r'func 2 "b" \(\+0x[0-9a-f]+\): type mismatch: .*i32\.add')
        code, out, err = self.run_tool("verify", "--max-errors", "2", bad)
        self.assertEqual((code, out), (65, f"{bad}: invalid, 2 errors; the rest was not checked\n"))
        self.assertEqual(len(err.splitlines()), 2)

    def test_exit_codes(self):
        good = self.file("good.wat", GOOD)
        missing = str(self.root / "missing.wasm")
        for args, expected in (((missing,), 66), ((str(self.root),), 66), ((), 64),
                               (("--nonsense", good), 64), (("--max-errors", "0", good), 64),
                               (("--max-errors", "1001", good), 64),
                               (("--max-errors", "x", good), 64),
                               (("--features", "nonsense", good), 64),
                               ((self.file("cut.wasm", b"\0asm\1\0\0\0\1"),), 65),
                               ((self.file("empty.wasm", b""),), 65),
                               ((self.file("bad.wat", "(module (func (i33.add)))"),), 65),
                               ((good, missing, str(self.root / "bad.wat")), 66),
                               ((self.file("many.wat", "(func (local" + " i32" * 60000 + "))"),),
                                137)):
            self.assertEqual(self.run_tool("verify", *args)[0], expected, args)
        code, out, _ = self.run_tool("verify", "--help")
        self.assertEqual(code, 0)
        for word in ("usage:", "--detailed", "--json", "--max-errors", "--features", "exit codes"):
            self.assertIn(word, out)
        self.assertIn("verify", self.run_tool("--help")[1])

    def test_details_as_text(self):
        code, out, err = self.run_tool("verify", "--detailed", self.file("good.wat", GOOD))
        self.assertEqual((code, err), (0, ""))
        for words in ('"env" "f": func (i32) -> ()', '"memory": memory 1 2', "name: m",
                      "memory 0: pages: min 1, max 2", "table 0: funcref, elements: min 3, max none",
                      'start: func 2 "go"', "language: C 99", 'custom "producers"',
                      "features needed (0)"):
            self.assertIn(words, out)
        _, out, _ = self.run_tool("verify", "-d", self.file("simd.wat", SIMD))
        self.assertRegex(out, r"features needed \(1\)\n +simd +first: v128.const, func 0 ")

    def test_details_as_json(self):
        code, document = self.verify_json("--detailed", self.file("good.wat", GOOD))
        self.assertEqual((code, document["valid"], len(document["modules"])), (0, True, 1))
        module = document["modules"][0]
        self.assertEqual(list(module), [
            "file", "valid", "complete", "errors", "size", "decoded", "name", "sections", "imports",
            "exports", "tables", "memories", "start", "counts", "features", "producers"])
        self.assertEqual(module["imports"], [
            {"module": "env", "name": "f", "kind": "func", "type": "func (i32) -> ()"}])
        self.assertEqual(module["exports"][0],
                         {"name": "memory", "kind": "memory", "type": "memory 1 2"})
        self.assertEqual(module["tables"], [
            {"element": "funcref", "min": 3, "max": None, "address_bits": 32}])
        self.assertEqual(module["memories"], [
            {"min": 1, "max": 2, "address_bits": 32, "shared": False, "page_size": 65536}])
        self.assertEqual(module["start"], {"function": {"index": 2, "name": "go"}})
        self.assertEqual(module["counts"]["functions"], 3)
        self.assertEqual(module["counts"]["imported_functions"], 1)
        self.assertEqual(module["counts"]["data_bytes"], 5)
        self.assertEqual(module["producers"], [
            {"field": "language", "name": "C", "version": "99"}])
        self.assertEqual(module["sections"][0]["name"], "type")
        last = module["sections"][-1]
        self.assertEqual(last["offset"] + last["size"], module["size"])

    def test_errors_as_json(self):
        code, document = self.verify_json("--features=-simd", self.file("bad.wat", BAD),
                                          self.file("simd.wat", SIMD), str(self.root / "none"))
        self.assertEqual((code, document["valid"]), (65, False))
        bad, simd, none = document["modules"]
        self.assertEqual([len(m["errors"]) for m in (bad, simd, none)], [3, 1, 1])
        self.assertEqual(list(bad["errors"][0]),
                         ["kind", "message", "offset", "section", "function", "feature"])
        self.assertEqual((bad["errors"][0]["section"], bad["errors"][0]["function"]),
                         ("memory", None))
        self.assertEqual(bad["errors"][1]["function"], {"index": 0, "name": "a"})
        self.assertEqual((simd["errors"][0]["kind"], simd["errors"][0]["feature"]),
                         ("unsupported", "simd"))
        self.assertGreater(simd["errors"][0]["offset"], 0)
        self.assertEqual((none["errors"][0]["kind"], none["errors"][0]["offset"]), ("io", None))
        self.assertNotIn("sections", bad)

    def test_hostile_names_stay_inside_their_strings(self):
        name = 'a"b\\c\n\x1b[31m\x7f\0ü'
        escaped = "".join(f"\\{byte:02x}" for byte in name.encode())
        wat = self.file("names.wat", f'(module (memory (export "{escaped}") 1))')
        _, document = self.verify_json("-d", wat)
        self.assertEqual(document["modules"][0]["exports"][0]["name"], name)
        _, out, _ = self.run_tool("verify", "-d", wat)
        self.assertNotIn("\x1b", out)
        # Names of files need not be UTF-8.
        done = subprocess.run([ENGINE.encode(), b"verify", b"--json", b"/\xff.wasm"],
                              capture_output=True, timeout=60)
        self.assertEqual(json.loads(done.stdout)["modules"][0]["file"], "/\ufffd.wasm")

    def test_a_million_wrong_functions_are_bounded(self):
        count = 1_000_000
        bodies = b"\2\0\x0b" * count
        module = (b"\0asm\1\0\0\0" + section(1, 1, b"\x60\0\1\x7f") + section(3, count, b"\0" * count)
                  + section(10, count, bodies))
        path = self.file("many.wasm", module)
        code, document = self.verify_json("-d", path)
        self.assertEqual((code, len(document["modules"][0]["errors"])), (65, 20))
        self.assertFalse(document["modules"][0]["complete"])
        self.assertEqual(len(self.verify_json("--max-errors=1000", path)[1]["modules"][0]["errors"]),
                         1000)

    def test_features_are_sets_and_changes(self):
        simd = self.file("simd.wat", SIMD)
        for features, code in (("simd", 0), ("-simd", 65), ("+simd", 0), ("mvp", 65), ("1.0", 65),
                               ("2.0", 0), ("3.0", 0), ("all", 0), ("all,-simd", 65),
                               ("mvp,simd", 0), ("-simd,default", 0), ("-simd128", 65),
                               ("none", 65), ("-mvp", 64), ("simdx", 64)):
            self.assertEqual(self.run_tool("verify", f"--features={features}", simd)[0], code,
                             features)

    def test_every_command_says_which_feature_is_off(self):
        simd = self.file("simd.wat", SIMD)
        message = "needs the feature simd, which is switched off"
        out = str(self.root / "out.wasm")
        for command in (("run", "--features=-simd", simd), ("verify", "--features=-simd", simd),
                        ("wasm", "--features=-simd", simd, "-o", out)):
            code, _, err = self.run_tool(*command)
            self.assertEqual(code, 65, command)
            self.assertRegex(err, r'error: unsupported: .*func 0 "_start" \(\+0x[0-9a-f]+\): '
                                  r"v128\.const " + message)
        self.assertFalse(pathlib.Path(out).exists())
        script = self.file("simd.wast", SIMD)
        code, text, _ = self.run_tool("wast", "--features=-simd", script)
        self.assertEqual(code, 1)
        self.assertIn(message, text)


if __name__ == "__main__":
    ENGINE = sys.argv.pop(1)
    unittest.main()
