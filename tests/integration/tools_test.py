#!/usr/bin/env python3
"""Tests of the checking scripts in tools/: each of them must fail on what it is there to find."""
import contextlib
import io
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
sys.dont_write_bytecode = True

import check_doc_code  # noqa: E402
import check_doc_links  # noqa: E402
import check_handlers  # noqa: E402
import check_headers  # noqa: E402
import check_layers  # noqa: E402
import sum_tests  # noqa: E402


class Tree(unittest.TestCase):
    """A scratch directory to write files into."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name).resolve()

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


class Layers(Tree):
    def problems(self, name, text):
        self.write(name, text)
        return check_layers.check(self.root)

    def test_downward_and_own_includes_pass(self):
        self.assertEqual([], self.problems(
            "src/core/executor/a.cpp",
            '#include "core/executor/a.hpp"\n#include <wasmi/error.hpp>\n'
            '#include "core/types/instr.hpp"\n#include <vector>\n'))

    def test_upward_include_fails(self):
        found = self.problems("src/core/types/a.hpp", '\n#include "core/decoder/b.hpp"\n')
        self.assertEqual(1, len(found))
        self.assertTrue(found[0].startswith("src/core/types/a.hpp:2:"), found)

    def test_core_must_not_see_handles(self):
        self.assertEqual(1, len(self.problems("src/core/linker/a.cpp", "#include <wasmi/store.hpp>\n")))
        self.assertEqual([], self.problems("src/core/linker/a.cpp", "#include <wasmi/types.hpp>\n"))

    def test_wasi_and_tools_use_public_headers_only(self):
        self.assertEqual(1, len(self.problems("src/wasi/a.cpp", '#include "core/types/a.hpp"\n')))
        self.write("src/wasi/a.cpp", '#include <wasmi/store.hpp>\n#include "wasi/vfs/fd.hpp"\n')
        self.assertEqual(1, len(self.problems("tools/x/main.cpp", '#include "api/impl.hpp"\n')))

    def test_reference_interpreter_shares_next_to_nothing(self):
        self.assertEqual([], self.problems(
            "tests/reference/a.cpp", '#include "core/decoder/a.hpp"\n#include <wasmi/types.hpp>\n'))
        for name in ('"core/executor/numeric.hpp"', '"core/memory/memory.hpp"', "<wasmi/store.hpp>"):
            self.assertEqual(1, len(self.problems("tests/reference/a.cpp", f"#include {name}\n")))

    def test_public_header_must_not_include_private_ones(self):
        self.assertEqual(1, len(self.problems("include/wasmi/a.hpp", '#include "core/types/a.hpp"\n')))

    def test_loop_within_a_floor_fails(self):
        self.write("src/core/text/a.hpp", '#include "core/decoder/b.hpp"\n')
        self.assertEqual([], check_layers.check(self.root))
        self.assertEqual(1, len(self.problems("src/core/decoder/b.hpp", '#include "core/text/a.hpp"\n')))

    def test_relative_and_unknown_folders_fail(self):
        self.assertEqual(1, len(self.problems("src/core/types/a.cpp", '#include "b.hpp"\n')))
        self.write("src/core/types/a.cpp", "")
        self.assertEqual(1, len(self.problems("src/core/jit/a.cpp", "")))


class DocLinks(Tree):
    def test_missing_file_and_heading_fail(self):
        self.write("docs/B.md", "# One `two` heading?\n```\n# not a heading\n[x](none.md)\n```\n")
        self.write("A.md", "[b](docs/B.md) [h](docs/B.md#one-two-heading) [web](https://a.b/c)\n")
        self.assertEqual([], check_doc_links.check(self.root))
        self.write("A.md", "[b](docs/C.md)\n[h](docs/B.md#not-a-heading) [own](#gone)\n")
        self.assertEqual(3, len(check_doc_links.check(self.root)))


class DocCode(Tree):
    def test_blocks_that_differ_from_their_file_fail(self):
        self.write("examples/a.cpp", "one\ntwo\nthree\n")
        self.write("A.md", "<!-- from examples/a.cpp -->\n```cpp\ntwo\nthree\n```\n")
        self.assertEqual([], check_doc_code.check(self.root))
        self.write("A.md", "<!-- from examples/a.cpp -->\n```cpp\nwo\nthree\n```\n"
                           "<!-- from examples/b.cpp -->\n```cpp\n```\n"
                           "<!-- from examples/a.cpp -->\nno block\n")
        self.assertEqual(3, len(check_doc_code.check(self.root)))


class Headers(Tree):
    def problems(self, text, listed=True):
        path = self.write("wasmi/a.hpp", text)
        return list(check_headers.check(self.root, {path} if listed else set()))

    def test_standard_includes_and_prefixed_macros_pass(self):
        self.assertEqual([], self.problems("#include <vector>\n#include <wasmi/a.hpp>\n"
                                           "#define WASMI_X 1\n"))

    def test_everything_else_fails(self):
        self.assertEqual(1, len(self.problems("#include <fmt/core.h>\n")))
        self.assertEqual(1, len(self.problems('#include "a.hpp"\n')))
        self.assertEqual(1, len(self.problems("#define PAGE 1\n")))
        self.assertEqual(1, len(self.problems("", listed=False)))


GOOD_HANDLER = """
    addq 8(%r12), %rsi
    popcnt %rsi, %rsi
    addq $16, %r12
    jmp *(%r12)
"""


@unittest.skipUnless(platform.machine() == "x86_64" and shutil.which("as") and shutil.which("objdump"),
                     "needs the binutils of x86-64")
class Handlers(Tree):
    """Runs the check on assembled samples, so that objdump's real output is what is parsed."""

    RUN = "_ZN5wasmi4core8handlers3runINS1_3AddELi0EEEvPKm"  # void wasmi::core::handlers::run<Add, 0>
    SLOW = "_ZN5wasmi4core8handlers8slow_runINS1_3AddELi0EEEvPKm"

    def check(self, *functions, options=()):
        text = "".join(f".type {name}, @function\n{name}:\n{body}\n" for name, body in functions)
        source = self.write("a.s", ".text\n" + text)
        subprocess.run(["as", "-o", str(self.root / "a.o"), str(source)], check=True)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = check_handlers.main([*options, str(self.root / "a.o")])
        return code, out.getvalue()

    def fails_with(self, body, what):
        code, out = self.check((self.RUN, body))
        self.assertEqual(1, code)
        self.assertIn(what, out)

    def test_straight_code_with_one_indirect_jump_passes(self):
        code, out = self.check((self.RUN, GOOD_HANDLER))
        self.assertEqual(0, code, out)
        self.assertIn("1 hot handlers checked, 0 wrong", out)

    def test_a_branch_has_a_jump_for_each_direction(self):
        branch = "test %rsi, %rsi\n je 1f\n jmp *(%r12)\n 1: jmp *%rax\n"
        self.assertEqual(0, self.check((self.RUN, branch))[0])
        self.assertEqual(1, self.check((self.RUN, branch + "jmp *%rcx\n"))[0])
        self.assertEqual(0, self.check((self.RUN, branch + "jmp *%rcx\n"), options=["--many-jumps"])[0])

    def test_push_call_stack_use_and_missing_jump_fail(self):
        self.fails_with("push %rax\n" + GOOD_HANDLER, "push")
        self.fails_with("call sink\n" + GOOD_HANDLER, "call")
        self.fails_with("call *%rax\n" + GOOD_HANDLER, "call")
        self.fails_with("sub $8, %rsp\n" + GOOD_HANDLER, "uses the stack")
        self.fails_with("movq %rsi, -8(%rsp)\n" + GOOD_HANDLER, "uses the stack")
        self.fails_with("pop %rax\n" + GOOD_HANDLER, "uses the stack")
        self.fails_with("ret\n", "no jump to the next handler")

    def test_slow_handlers_are_exempt_and_nothing_to_check_fails(self):
        good = (self.RUN, GOOD_HANDLER)
        self.assertEqual(0, self.check(good, (self.SLOW, "push %rax\ncall sink\n"))[0])
        code, out = self.check((self.SLOW, GOOD_HANDLER))
        self.assertEqual(1, code)
        self.assertIn("no hot handler found", out)

    def test_template_arguments_do_not_make_a_handler_cold(self):
        name = "_ZN5wasmi4core8handlers3runINS1_4slowELi0EEEvPKm"  # run<slow, 0>
        self.assertEqual(1, self.check((name, "call sink\n" + GOOD_HANDLER))[0])


class SumTests(Tree):
    def run_on(self, *cases):
        self.write("r.xml", "<testsuite>" + "".join(cases) + "</testsuite>")
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = sum_tests.main([f"a={self.root}/r.xml"])
        return code, out.getvalue().splitlines()[-1]

    PASS = '<testcase name="p" status="run"/>'
    FAIL = '<testcase name="f" status="fail"><failure message=""/></testcase>'
    SKIP = '<testcase name="s" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/></testcase>'
    LOST = '<testcase name="l" status="notrun"><skipped message="Unable to find executable"/></testcase>'

    def test_all_kinds_of_end(self):
        self.assertEqual((0, "2 passed, 0 failed"), self.run_on(self.PASS, self.PASS, self.SKIP))
        self.assertEqual((1, "1 passed, 1 failed"), self.run_on(self.PASS, self.FAIL))
        self.assertEqual((1, "1 passed, 1 failed"), self.run_on(self.PASS, self.LOST))

    def test_nothing_ran_is_a_failure(self):
        self.assertEqual((1, "0 passed, 1 failed"), self.run_on())
        self.assertEqual((1, "0 passed, 1 failed"), self.run_on(self.SKIP))

    def test_missing_report_is_a_failure(self):
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(1, sum_tests.main([f"a={self.root}/none.xml"]))


if __name__ == "__main__":
    unittest.main()
