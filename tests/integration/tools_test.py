#!/usr/bin/env python3
"""Tests of the checking scripts in tools/: each of them must fail on what it is there to find."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
sys.dont_write_bytecode = True

import check_doc_links  # noqa: E402
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
