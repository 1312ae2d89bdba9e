#!/usr/bin/env python3
"""Tests of the text commands of wasmi-run: wat, wasm and wast.

Usage: text_commands_test.py WASMI_RUN
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ENGINE = ""
SOURCE = """(module $m (func $add (export "add") (param $a i32) (param $b i32) (result i32)
  (i32.add (local.get $a) (local.get $b))))"""


class TextCommands(unittest.TestCase):
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
        return done.returncode, done.stdout, done.stderr.decode()

    def test_a_text_becomes_a_binary_and_text_again(self):
        wat = self.file("m.wat", SOURCE)
        out = str(self.root / "m.wasm")
        self.assertEqual(self.run_tool("wasm", wat, "-o", out), (0, b"", ""))
        binary = pathlib.Path(out).read_bytes()
        self.assertEqual(binary[:8], b"\0asm\1\0\0\0")
        code, flat, _ = self.run_tool("wat", out)
        self.assertEqual(code, 0)
        self.assertIn(b"local.get $a\n", flat)
        code, folded, _ = self.run_tool("wat", "--folded", "--no-notes", out)
        self.assertEqual(code, 0)
        self.assertIn(b"(i32.add (local.get $a) (local.get $b))", folded)
        self.assertNotIn(b"(;", folded)
        self.assertNotIn(b"$", self.run_tool("wat", "--no-names", out)[1])
        for text in (flat, folded):
            again = self.run_tool("wasm", "-", "-o", "-", stdin=text)
            self.assertEqual(again, (0, binary, ""))

    def test_wat_lays_a_text_out_anew(self):
        code, text, _ = self.run_tool("wat", self.file("m.wat", "(func)"))
        self.assertEqual((code, text.startswith(b"(module\n  (type (;0;) (func))")), (0, True))

    def test_texts_run_directly(self):
        wat = self.file("m.wat", SOURCE)
        self.assertEqual(self.run_tool("--invoke", "add", wat, "2", "3")[1], b"5\n")

    def test_errors_name_file_line_and_column(self):
        wat = self.file("bad.wat", "(module\n  (func (i33.add)))")
        for command in (("wasm", wat, "-o", "-"), ("wat", wat), ("run", wat)):
            code, out, err = self.run_tool(*command)
            self.assertEqual((code, out), (65, b""), command)
            self.assertIn("bad.wat: unknown operator i33.add", err)
            self.assertIn("at 2:10", err)

    def test_invalid_modules_are_written_by_force_only(self):
        wat = self.file("invalid.wat", "(func (result i32))")
        out = self.root / "invalid.wasm"
        self.assertEqual(self.run_tool("wasm", wat, "-o", str(out))[0], 65)
        self.assertFalse(out.exists())
        self.assertEqual(self.run_tool("wasm", "--force", wat, "-o", str(out))[0], 0)
        self.assertTrue(out.exists())

    def test_bad_usage_and_files(self):
        self.assertEqual(self.run_tool("wasm", self.file("m.wat", SOURCE))[0], 64)
        self.assertEqual(self.run_tool("wat")[0], 64)
        self.assertEqual(self.run_tool("wat", "--nonsense", "x")[0], 64)
        self.assertEqual(self.run_tool("wat", str(self.root / "missing.wasm"))[0], 66)
        self.assertEqual(self.run_tool("wat", str(self.root))[0], 66)
        self.assertEqual(self.run_tool("wasm", self.file("n.wat", SOURCE), "-o",
                                       str(self.root / "no" / "such"))[0], 66)
        self.assertEqual(self.run_tool("wat", self.file("cut.wasm", b"\0asm\1\0\0\0\1"))[0], 65)
        for command in ("wat", "wasm", "wast"):
            code, out, _ = self.run_tool(command, "--help")
            self.assertEqual((code, b"usage:" in out), (0, True))

    def test_wast_counts_and_names_failures(self):
        good = self.file("good.wast", SOURCE + '(assert_return (invoke "add" (i32.const 1) '
                         "(i32.const 2)) (i32.const 3))")
        bad = self.file("bad.wast", SOURCE + '\n(assert_return (invoke "add" (i32.const 1) '
                        "(i32.const 2)) (i32.const 4))")
        code, out, _ = self.run_tool("wast", good)
        self.assertEqual((code, out), (0, b"1 passed, 0 failed\n"))
        code, out, _ = self.run_tool("wast", "-v", str(self.root))
        self.assertEqual(code, 1)
        lines = out.decode().splitlines()
        self.assertTrue(any(line.startswith(bad + ":3: assert_return: expected [ i32:4 ]")
                            for line in lines), lines)
        self.assertEqual(lines[-1], "1 passed, 1 failed")
        for form in ("flat", "folded"):
            self.assertEqual(self.run_tool("wast", "--round-trip", form, good)[1],
                             b"1 passed, 0 failed\n")
        self.assertEqual(self.run_tool("wast", "--features", "nonsense", good)[0], 64)


if __name__ == "__main__":
    ENGINE = sys.argv.pop(1)
    unittest.main()
