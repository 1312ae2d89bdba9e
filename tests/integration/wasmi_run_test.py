#!/usr/bin/env python3
"""Tests of the command line of wasmi-run: options, exit codes, messages.

Usage: wasmi_run_test.py WASMI_RUN
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ENGINE = ""

WASI = "wasi_snapshot_preview1"
# Writes its arguments (zero bytes as they are) to standard output.
PRINT_ARGS = f"""(module
  (import "{WASI}" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "{WASI}" "args_get" (func $get (param i32 i32) (result i32)))
  (import "{WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 12)))
    (drop (call $get (i32.const 1024) (i32.const 4096)))
    (i32.store (i32.const 8) (i32.const 4096))
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))"""
PRINT_ENV = PRINT_ARGS.replace("args_", "environ_")
NUMBERS = """(module $numbers
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "swap") (param i64 f64) (result f64 i64) (local.get 1) (local.get 0))
  (func (export "f32") (param f32) (result f32) (local.get 0))
  (func (export "is_null") (param externref) (result i32) (ref.is_null (local.get 0)))
  (func (export "null") (result funcref) (ref.null func))
  (func (export "nothing"))
  (func $inner unreachable)
  (func $outer call $inner)
  (func (export "trap") call $outer)
  (func (export "divide") (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
  (func $forever (export "forever") (loop (br 0)))
  (func $deep (export "deep") (call $deep)))"""


class Run(unittest.TestCase):
    """Each test has a scratch directory for its modules."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name).resolve()

    def file(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text, encoding="utf-8")
        return str(path)

    def run_tool(self, *args, stdin=b"", env=None):
        environment = dict(os.environ, **(env or {}))
        return subprocess.run([ENGINE, *map(str, args)], input=stdin, capture_output=True,
                              timeout=60, check=False, env=environment, cwd=self.root)

    def check(self, process, code, stdout=None, stderr=None):
        message = f"stdout {process.stdout!r}, stderr {process.stderr!r}"
        self.assertEqual(process.returncode, code, message)
        if stdout is not None:
            self.assertEqual(process.stdout.decode(), stdout, message)
        if stderr is not None:
            self.assertIn(stderr, process.stderr.decode(), message)
        return process

    def check_error(self, process, code, text):
        """One line of error, nothing on standard output."""
        self.check(process, code, "", text)
        first = process.stderr.decode().splitlines()[0]
        self.assertRegex(first, r"^error: [a-z_]+: ")
        self.assertIn(text, first)


class Arguments(Run):
    def test_everything_after_the_file_belongs_to_the_guest(self):
        module = self.file("m.wat", PRINT_ARGS)
        self.check(self.run_tool(module, "--dir", "-x", "--", "a b", ""), 0,
                   f"{module}\0--dir\0-x\0--\0a b\0\0")
        self.check(self.run_tool("run", module, "run"), 0, f"{module}\0run\0")

    def test_the_guest_sees_the_file_or_argv0_as_its_name(self):
        self.file("m.wat", PRINT_ARGS)
        self.check(self.run_tool("m.wat"), 0, "m.wat\0")
        self.check(self.run_tool("--argv0", "other", "m.wat", "x"), 0, "other\0x\0")

    def test_variables_are_given_one_by_one_or_all(self):
        module = self.file("m.wat", PRINT_ENV)
        env = {"INHERITED": "from host", "OTHER": "x"}
        self.check(self.run_tool(module, env=env), 0, "")
        self.check(self.run_tool("--env", "A=1", "--env", "B=x=y", "--env", "C=", module, env=env),
                   0, "A=1\0B=x=y\0C=\0")
        self.check(self.run_tool("--env", "INHERITED", "--env", "NOT_THERE", module, env=env), 0,
                   "INHERITED=from host\0")
        everything = self.check(self.run_tool("--env-inherit", "--env", "OTHER=y", module,
                                              env=env), 0).stdout.decode()
        self.assertIn("INHERITED=from host\0", everything)
        self.assertIn("OTHER=y\0", everything)
        self.assertNotIn("OTHER=x", everything)
        self.check_error(self.run_tool("--env", "=x", module), 64, "NAME[=VALUE]")

    def test_bad_options_are_usage_errors(self):
        module = self.file("m.wat", PRINT_ARGS)
        self.check_error(self.run_tool(), 64, "no FILE")
        self.check_error(self.run_tool("--bogus", module), 64, "--bogus")
        self.check_error(self.run_tool("--fuel", "many", module), 64, "--fuel")
        self.check_error(self.run_tool("--fuel", "-1", module), 64, "fuel")
        self.check_error(self.run_tool("--fuel", "99999999999999999999", module), 64, "--fuel")
        self.check_error(self.run_tool("--timeout", "soon", module), 64, "--timeout")
        self.check_error(self.run_tool("--timeout", "-1s", module), 64, "timeout")
        self.check_error(self.run_tool("--max-memory", "64X", module), 64, "--max-memory")
        self.check_error(self.run_tool("--max-stack", "99999999T", module), 64, "--max-stack")
        self.check_error(self.run_tool("--preload", "x", module), 64, "NAME=FILE")
        self.check_error(self.run_tool("--stats=xml", module), 64, "--stats")
        self.check_error(self.run_tool("--features", "nonsense", module), 64, "nonsense")
        self.check_error(self.run_tool("--dir", "::/x", module), 64, "HOST[::GUEST]")
        self.check_error(self.run_tool("--dir"), 64, "--dir")

    def test_help_and_version(self):
        text = self.check(self.run_tool("--help"), 0).stdout.decode()
        for word in ("--dir", "--env", "--invoke", "--preload", "--fuel", "--timeout",
                     "--max-memory", "--stats", "exit codes", "134", "152"):
            self.assertIn(word, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 100)
        self.assertRegex(self.check(self.run_tool("--version"), 0).stdout.decode(),
                         r"^wasmi-run \d+\.\d+\.\d+\n$")


class Invoke(Run):
    def test_results_are_printed_one_a_line(self):
        module = self.file("m.wat", NUMBERS)
        self.check(self.run_tool("--invoke", "add", module, "2", "3"), 0, "5\n")
        self.check(self.run_tool("--invoke", "swap", module, "-7", "1.5"), 0, "1.5\n-7\n")
        self.check(self.run_tool("--invoke", "nothing", module), 0, "")

    def test_integers_in_both_ranges_and_hexadecimal(self):
        module = self.file("m.wat", NUMBERS)
        for text, value in (("4294967295", -1), ("-2147483648", -2147483648), ("0xff", 255),
                            ("-0x80000000", -2147483648), ("+5", 5), ("0XFFFFFFFF", -1)):
            self.check(self.run_tool("--invoke", "add", module, text, "0"), 0, f"{value}\n")
        self.check(self.run_tool("--invoke", "swap", module, "0xffffffffffffffff", "0"), 0,
                   "0\n-1\n")
        for text in ("4294967296", "-2147483649", "", "x", "1x", "0x", "--1", "1.5", " 1", "-"):
            self.check_error(self.run_tool("--invoke", "add", module, text, "0"), 64,
                             f'argument 1 of "add": "{text}" is no i32')

    def test_floats_read_back_as_they_were(self):
        module = self.file("m.wat", NUMBERS)
        for text, printed in (("0.1", "0.1"), ("-0", "-0"), ("inf", "inf"), ("-inf", "-inf"),
                              ("nan", "nan"), ("-nan", "-nan"), ("nan:0x1", "nan:0x1"),
                              ("0x1p-3", "0.125"), ("1e30", "1e+30"), ("16777217", "16777216"),
                              ("0x1.8p1", "3"), ("nan:canonical", "nan")):
            self.check(self.run_tool("--invoke", "f32", module, text), 0, f"{printed}\n")
        for text in ("", "1e99", "nan:0x0", "nan:0x800000", "0x", "1f", "nan:"):
            self.check_error(self.run_tool("--invoke", "f32", module, text), 64, "is no f32")

    def test_references(self):
        module = self.file("m.wat", NUMBERS)
        self.check(self.run_tool("--invoke", "is_null", module, "null"), 0, "1\n")
        self.check(self.run_tool("--invoke", "null", module), 0, "null\n")
        self.check_error(self.run_tool("--invoke", "is_null", module, "7"), 64, "externref")

    def test_a_wrong_name_lists_the_exports(self):
        module = self.file("m.wat", NUMBERS)
        process = self.run_tool("--invoke", "sub", module)
        self.check_error(process, 64, "add (i32, i32) -> (i32)")
        self.check_error(self.run_tool("--invoke", "add", module, "1"), 64, "takes 2 arguments")
        self.check_error(self.run_tool("--invoke", "add", module, "1", "2", "3"), 64, "not 3")

    def test_a_module_without_start_lists_its_exports(self):
        module = self.file("m.wat", NUMBERS)
        self.check_error(self.run_tool(module), 64, "--invoke: add (i32, i32) -> (i32)")
        self.check_error(self.run_tool(self.file("e.wat", "(module)")), 64, "no functions")

    def test_a_reactor_is_initialized_first(self):
        module = self.file("m.wat", """(module (global $g (mut i32) (i32.const 1))
          (func (export "_initialize") (global.set $g (i32.const 42)))
          (func (export "get") (result i32) (global.get $g)))""")
        self.check(self.run_tool("--invoke", "get", module), 0, "42\n")


class Ends(Run):
    def exit_module(self, code):
        return self.file("exit.wat", f"""(module
          (import "{WASI}" "proc_exit" (func $exit (param i32))) (memory (export "memory") 1)
          (func (export "_start") (call $exit (i32.const {code})) unreachable))""")

    def test_exit_codes_are_the_guests(self):
        for code in (0, 1, 42, 255):
            self.check(self.run_tool(self.exit_module(code)), code, "", "")
        process = self.check(self.run_tool(self.exit_module(258)), 2, "", "note: exit code 258")
        self.assertEqual(len(process.stderr.splitlines()), 1)

    def test_exit_in_the_start_function(self):
        module = self.file("m.wat", f"""(module
          (import "{WASI}" "proc_exit" (func $exit (param i32))) (memory (export "memory") 1)
          (func $s (call $exit (i32.const 9))) (start $s) (func (export "_start")))""")
        self.check(self.run_tool(module), 9, "", "")

    def test_a_trap_has_a_backtrace(self):
        module = self.file("m.wat", NUMBERS)
        process = self.run_tool("--invoke", "trap", module)
        self.check_error(process, 134, "error: trap: unreachable")
        lines = process.stderr.decode().splitlines()
        self.assertRegex(lines[1], r"^  at inner \(func \d+\) \+0x[0-9a-f]+ \[numbers\]$")
        self.assertRegex(lines[2], r"^  at outer \(func \d+\) \+0x[0-9a-f]+ \[numbers\]$")
        self.assertEqual(len(lines), 4)
        self.check_error(self.run_tool("--invoke", "divide", module, "0"), 134,
                         "integer divide by zero")

    def test_endless_recursion_is_a_trap(self):
        module = self.file("m.wat", NUMBERS)
        process = self.run_tool("--invoke", "deep", module)
        self.check_error(process, 134, "call stack exhausted")
        self.assertLess(len(process.stderr.splitlines()), 60)
        self.check_error(self.run_tool("--max-stack", "64K", "--invoke", "deep", module), 134,
                         "call stack exhausted")

    def test_fuel_and_timeout_end_a_loop(self):
        module = self.file("m.wat", NUMBERS)
        self.check_error(self.run_tool("--fuel", "100000", "--invoke", "forever", module), 152,
                         "out_of_fuel")
        begin = time.monotonic()
        self.check_error(self.run_tool("--timeout", "100ms", "--invoke", "forever", module), 124,
                         "deadline")
        self.assertGreaterEqual(time.monotonic() - begin, 0.1)
        self.check_error(self.run_tool("--timeout", "0.05", "--invoke", "forever", module), 124,
                         "deadline")

    def test_timeout_ends_a_start_function_and_a_sleep(self):
        module = self.file("m.wat", "(module (func $s (loop (br 0))) (start $s))")
        self.check_error(self.run_tool("--timeout", "50ms", module), 124, "deadline")
        module = self.file("sleep.wat", f"""(module
          (import "{WASI}" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 16) "\\01") (data (i32.const 24) "\\00\\00\\00\\00\\00\\00\\00\\10")
          (func (export "_start")
            (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))""")
        self.check_error(self.run_tool("--timeout", "50ms", module), 124, "deadline")

    def test_timeout_ends_a_read_of_standard_input(self):
        module = self.file("m.wat", f"""(module
          (import "{WASI}" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1) (data (i32.const 4) "\\10")
          (func (export "_start")
            (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 64)))))""")
        with subprocess.Popen([ENGINE, "--timeout", "100ms", module], stdin=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            self.assertEqual(process.wait(timeout=60), 124)

    def test_memory_is_limited(self):
        big = self.file("big.wat", '(module (memory 1000) (func (export "_start")))')
        self.check_error(self.run_tool("--max-memory", "1M", big), 137, "limit")
        self.check(self.run_tool("--max-memory", "1G", big), 0)
        grow = self.file("grow.wat", """(module (memory 1)
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))""")
        self.check(self.run_tool("--max-memory", "1M", "--invoke", "grow", grow, "100"), 0, "-1\n")
        self.check(self.run_tool("--max-memory", "1M", "--invoke", "grow", grow, "2"), 0, "1\n")
        self.check(self.run_tool("--max-memory", "1M", "--invoke", "grow", grow, "65535"), 0,
                   "-1\n")

    def test_bad_files(self):
        self.check_error(self.run_tool("none.wasm"), 66, "none.wasm")
        self.check_error(self.run_tool(self.root), 66, str(self.root))
        self.check_error(self.run_tool(self.file("m", b"")), 65, "malformed")
        self.check_error(self.run_tool(self.file("m", b"\0asm\2\0\0\0")), 65, "malformed")
        self.check_error(self.run_tool(self.file("m", b"\0asm\1\0\0\0\1\5\1")), 65, "malformed")
        self.check_error(self.run_tool(self.file("m", b"\x7fELF")), 65, "malformed")
        self.check_error(self.run_tool(self.file("m.wat", "(module (func (i32.const 1)))")), 65,
                         "invalid")
        self.check_error(self.run_tool(self.file("m.wat", "(module (func (foo)))")), 65,
                         "malformed")

    def test_missing_imports_are_listed_at_once(self):
        module = self.file("m.wat", """(module (import "env" "one" (func (param i32)))
          (import "env" "two" (global i64)) (func (export "_start")))""")
        process = self.run_tool(module)
        self.check(process, 69, "")
        text = process.stderr.decode()
        self.assertIn("one", text)
        self.assertIn("two", text)
        wrong = self.file("m.wat", f"""(module
          (import "{WASI}" "fd_close" (func (param i64))) (func (export "_start")))""")
        self.check_error(self.run_tool(wrong), 69, "fd_close")

    def test_control_characters_in_names_do_not_reach_the_terminal(self):
        module = self.file("m.wat", """(module (func (export "a\\1b[31m\\0ab") unreachable))""")
        process = self.run_tool("--invoke", "x", module)
        self.check_error(process, 64, "a\\1b[31m\\0ab")

    def test_a_closed_output_ends_the_tool_as_any_program(self):
        module = self.file("m.wat", f"""(module
          (import "{WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1) (data (i32.const 4) "\\00\\10")
          (func (export "_start")
            (loop (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
              (br 0))))""")
        with subprocess.Popen([ENGINE, module], stdout=subprocess.PIPE) as process:
            process.stdout.read(1)
            process.stdout.close()
            self.assertEqual(process.wait(timeout=60), -signal.SIGPIPE)


class Links(Run):
    def test_preloads_are_linked_in_order(self):
        base = self.file("base.wat", '(module (func (export "seven") (result i32) i32.const 7))')
        middle = self.file("middle.wat", """(module (import "base" "seven" (func $f (result i32)))
          (func (export "double") (result i32) (i32.add (call $f) (call $f))))""")
        main = self.file("main.wat", """(module (import "mid" "double" (func $f (result i32)))
          (func (export "get") (result i32) (call $f)))""")
        self.check(self.run_tool("--preload", f"base={base}", "--preload", f"mid={middle}",
                                 "--invoke", "get", main), 0, "14\n")
        self.check_error(self.run_tool("--preload", f"mid={middle}", "--preload", f"base={base}",
                                       "--invoke", "get", main), 69, "seven")
        self.check_error(self.run_tool("--preload", "mid=none.wasm", main), 66, "none.wasm")

    def test_features_are_switched(self):
        module = self.file("m.wat", """(module (memory 1) (func (export "_start")
          (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))""")
        self.check(self.run_tool("--features", "all", module), 0)
        self.check(self.run_tool("--features", "-gc,-simd", module), 0)
        self.check(self.run_tool("--features", "-bulk-memory", module), 65, "")

    def test_tuning_changes_no_result(self):
        module = self.file("m.wat", NUMBERS)
        for option in ("--no-fuse", "--no-pins", "--no-accumulators"):
            self.check(self.run_tool(option, "--invoke", "add", module, "2", "3"), 0, "5\n")


class Directories(Run):
    # Creates the file named by the first argument below the first preopen; exits with the errno.
    CREATE = f"""(module
      (import "{WASI}" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
      (import "{WASI}" "fd_prestat_dir_name" (func $name (param i32 i32 i32) (result i32)))
      (import "{WASI}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (import "{WASI}" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1) (data (i32.const 100) "made")
      (func (export "_start")
        (drop (call $name (i32.const 3) (i32.const 200) (i32.const 5)))
        (i32.store (i32.const 0) (i32.const 200)) (i32.store (i32.const 4) (i32.const 5))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
        (call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 4)
          (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 64)))))"""

    def test_a_directory_is_given_under_a_name(self):
        module = self.file("m.wat", self.CREATE)
        (self.root / "host").mkdir()
        self.check(self.run_tool("--dir", f"{self.root}/host::/data", module), 0, "/data")
        self.assertTrue((self.root / "host/made").exists())
        self.check(self.run_tool("--dir", "host", module), 0, "host\0")

    def test_a_read_only_directory_stays_as_it_is(self):
        module = self.file("m.wat", self.CREATE)
        (self.root / "host").mkdir()
        self.check(self.run_tool("--dir", "host::/data:ro", module), 69, "/data")  # errno rofs
        self.check(self.run_tool("--dir", "host:ro", module), 69, "host\0")
        self.assertFalse((self.root / "host/made").exists())

    def test_without_a_directory_there_is_none(self):
        self.check(self.run_tool(self.file("m.wat", self.CREATE)), 8)  # errno badf

    def test_a_missing_directory_is_an_error(self):
        module = self.file("m.wat", self.CREATE)
        self.check_error(self.run_tool("--dir", "none", module), 66, "no such directory")
        self.check(self.run_tool("--dir", ".:/data", module), 66, "", "two colons")

    def test_closed_standard_streams_are_not_taken_for_files(self):
        module = self.file("m.wat", self.CREATE)
        process = subprocess.run(["sh", "-c", '"$0" --dir "$1::/data" "$2" <&- >&- 2>&-', ENGINE,
                                  self.root, module], check=False, timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertEqual((self.root / "made").read_bytes(), b"")


class Statistics(Run):
    def test_as_text_and_as_json(self):
        module = self.file("m.wat", NUMBERS)
        text = self.check(self.run_tool("--stats", "--invoke", "add", module, "1", "2"), 0,
                          "3\n").stderr.decode()
        for word in ("load", "instantiate", "run", "fuel", "memory", "peak"):
            self.assertIn(word, text)
        numbers = json.loads(self.check(self.run_tool("--stats=json", "--invoke", "add", module,
                                                      "1", "2"), 0, "3\n").stderr)
        self.assertEqual(numbers["fuel"] > 0, True)
        self.assertEqual(numbers["memory_bytes"], 0)
        self.assertGreater(numbers["peak_rss_bytes"], 0)
        self.assertEqual(numbers["translated_functions"], 1)
        self.assertGreater(numbers["register_code_bytes"], numbers["translated_body_bytes"])
        self.assertGreaterEqual(numbers["load_ms"], 0)

    def test_also_after_a_trap(self):
        module = self.file("m.wat", NUMBERS)
        process = self.check(self.run_tool("--stats=json", "--invoke", "trap", module), 134, "")
        self.assertIn('"fuel":', process.stderr.decode().splitlines()[-1])


if __name__ == "__main__":
    ENGINE = os.path.abspath(sys.argv.pop(1))
    unittest.main()
