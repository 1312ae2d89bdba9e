# Start-up: what a process costs that has nearly nothing to do. Part of bench/compare.py.
import json
import os
import tempfile

import cases
import report
import runner


def leb(value):
    """Unsigned LEB128."""
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def section(number, content):
    return bytes([number]) + leb(len(content)) + content


def name_bytes(text):
    return leb(len(text)) + text.encode("ascii")


def empty_module():
    """A command whose _start does nothing; it exports a memory of one page as WASI asks."""
    return (
        b"\0asm\1\0\0\0"
        + section(1, b"\1\x60\0\0")  # () -> ()
        + section(3, b"\1\0")
        + section(5, b"\1\0\1")
        + section(7, b"\2" + name_bytes("_start") + b"\0\0" + name_bytes("memory") + b"\2\0")
        + section(10, b"\1\2\0\x0b")
    )


def startup_cases(folder, corpus):
    path = os.path.join(folder, "empty.wasm")
    with open(path, "wb") as f:
        f.write(empty_module())
    found = [cases.Case("empty", "startup", path, [])]
    found[0].stdout = b""
    for name, module, args in (("cmark --version", "cmark.wasm", ["--version"]),
                               ("sqlite -version", "sqlite3.wasm", ["-version"]),
                               ("rg --version", "rg.wasm", ["--version"])):
        module = os.path.join(corpus or "", "modules", module)
        if os.path.exists(module):
            found.append(cases.Case(name, "startup", module, args))
    return found


def compare(o, used, subject, machine):
    """Milliseconds of CPU and wall time and peak memory, beside a native `true`."""
    rounds = max(o.rounds, 20)
    used = [e for e in used if e.style != "native"]
    results = report.Results([e.name for e in used])
    with tempfile.TemporaryDirectory(prefix="wasmi-bench-") as scratch:
        measure = runner.build_measure(o.out)
        report_file = os.path.join(scratch, "report")
        stdout, stderr = os.path.join(scratch, "stdout"), os.path.join(scratch, "stderr")

        def run(words, stdin, folder):
            return runner.run(words, measure, stdin, stdout, stderr, folder, o.timeout,
                              report_file)

        chosen = startup_cases(scratch, o.corpus)
        prepared = {}
        for case in chosen:
            results.add_program(case.name, case.group, False)
            prepared[case.name] = cases.Prepared(case, os.path.join(scratch, case.name))
        true_costs = []
        for r in range(rounds):
            true_costs.append(run(["true"], os.devnull, scratch))
            for case in chosen:
                p = prepared[case.name]
                turn = r % len(used)
                for engine in used[turn:] + used[:turn]:
                    key = (case.name, engine.name)
                    if key in results.failures:
                        continue
                    cost = run(engine.command_line(p), p.stdin, p.root)
                    why = cases.check(case, p, cost.status, cases.read_bytes(stdout))
                    if why or cost.status == -1:
                        results.failures[key] = why or "time limit"
                    else:
                        results.costs.setdefault(key, []).append(cost)

    def texts(costs):
        cpu = [c.cpu * 1000 for c in costs]
        wall = [c.wall * 1000 for c in costs]
        return ["%.2f" % min(cpu), "%.2f" % report.median(cpu), "%.2f" % min(wall),
                "%.2f" % report.median(wall), "%.1f" % (max(c.peak_kib for c in costs) / 1024)]

    print("%s, %d rounds\n" % (machine, rounds))
    header = ["start-up", "engine", "CPU ms min", "median", "wall ms min", "median", "peak MiB"]
    rows = [["(native)", "true"] + texts(true_costs)]
    for case in chosen:
        rows.append(None)
        for e in used:
            costs = results.costs.get((case.name, e.name))
            failed = (case.name, e.name) in results.failures or not costs
            rows.append([case.name, e.name] + (["-"] * 5 if failed else texts(costs)))
    print("\n".join(report.table(header, rows)))
    for line in results.failure_lines():
        print(line)
    if o.json:
        with open(o.json, "w", encoding="utf-8") as f:
            data = {"machine": machine, "rounds": rounds, "subject": subject,
                    "true_cpu": [c.cpu for c in true_costs]}
            data.update(results.as_json())
            json.dump(data, f, indent=1)
            f.write("\n")
    return 1 if any(e == subject for _, e in results.failures) else 0
