#!/usr/bin/env python3
"""Changes single bytes of modules of the corpus and runs the mutants, under sanitizers where the
build has them.

Usage: mutation_test.py WASMI_MUTATE [COUNT]     COUNT: mutants of each of the ten modules
"""
import re
import subprocess
import sys

import shared_data

MODULES = ["assemblyscript-demo", "bzip2", "cjson_test", "figlet", "icepll", "kotlin-demo", "lua",
           "lua-legacy-eh", "lz4", "picosat"]


def main():
    mutate, count = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "30"
    folder = shared_data.shared("corpus") / "modules"
    tally = shared_data.Count()
    for name in MODULES:
        process = subprocess.run([mutate, count, "1", str(folder / f"{name}.wasm")],
                                 capture_output=True, text=True, errors="replace", check=False)
        ends = re.search(r"(\d+) refused, (\d+) not linked, (\d+) ran", process.stdout)
        problem = None
        if process.returncode != 0 or ends is None:
            problem = f"exit code {process.returncode}: {process.stderr[-2000:]}"
        elif sum(map(int, ends.groups())) != int(count):
            problem = f"not all ran: {process.stdout}"
        else:
            name += f": {ends.group(0)}"
        tally.add(name, problem)
    return tally.finish(at_least=len(MODULES))


if __name__ == "__main__":
    sys.exit(main())
