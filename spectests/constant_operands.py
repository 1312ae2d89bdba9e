#!/usr/bin/env python3
"""Constants at the edges of what an instruction of the register code holds.

Usage: constant_operands.py WASMI_WAST [options of it]
Writes a script and runs it: comparisons and arithmetic with constants on either side, branches on
them and on their opposites, and accesses to memory whose offset is near 2^32. What must come out
is computed here. Spec: exec/numerics, exec/instructions (memory instructions).
"""
import os
import subprocess
import sys
import tempfile

WIDTHS = {"i32": 32, "i64": 64}


def signed(x, bits):
    x &= (1 << bits) - 1
    return x - (1 << bits) if x >> (bits - 1) else x


def constants(bits):
    edges = [0, 2**31, 2**32, -2**31] + [2**63] * (bits == 64)
    return sorted({signed(edge + by, bits) for edge in edges for by in (-2, -1, 0, 1)})


COMPARISONS = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b, "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b,
}
ARITHMETIC = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
    "and": lambda a, b: a & b, "or": lambda a, b: a | b, "xor": lambda a, b: a ^ b,
}


def comparison_tests(ty, bits):
    """Each function returns bits: the value, whether a branch on it is taken, one on its opposite."""
    functions, asserts = [], []
    for name, holds in COMPARISONS.items():
        for sign in ("",) if name in ("eq", "ne") else ("_s", "_u"):
            for k in constants(bits):
                for order in ("x k", "k x"):
                    operands = {"x": "(local.get $x)", "k": f"({ty}.const {k})"}
                    first, second = (operands[o] for o in order.split())
                    test = f"({ty}.{name}{sign} {first} {second})"
                    export = f"{ty}.{name}{sign} {order} {k}"
                    functions.append(
                        f'(func (export "{export}") (param $x {ty}) (result i32) (local $r i32)\n'
                        f"  (local.set $r {test})\n"
                        f"  (block $no (br_if $no (i32.eqz {test}))\n"
                        f"    (local.set $r (i32.or (local.get $r) (i32.const 2))))\n"
                        f"  (block $yes (br_if $yes {test})\n"
                        f"    (local.set $r (i32.or (local.get $r) (i32.const 4))))\n"
                        f"  (local.get $r))")
                    for x in constants(bits):
                        a, b = (x, k) if order == "x k" else (k, x)
                        if sign == "_u":
                            a, b = a % 2**bits, b % 2**bits
                        asserts.append(f'(assert_return (invoke "{export}" ({ty}.const {x})) '
                                       f"(i32.const {3 if holds(a, b) else 4}))")
    return functions, asserts


def arithmetic_tests(ty, bits):
    functions, asserts = [], []
    for name, result in ARITHMETIC.items():
        for k in constants(bits):
            export = f"{ty}.{name} {k}"
            functions.append(
                f'(func (export "{export}") (param $x {ty}) (result {ty} {ty})\n'
                f"  ({ty}.{name} (local.get $x) ({ty}.const {k}))\n"
                f"  (local.set $x ({ty}.{name} ({ty}.const {k}) (local.get $x))) (local.get $x))")
            for x in (3, -7, constants(bits)[0], constants(bits)[-1]):
                asserts.append(f'(assert_return (invoke "{export}" ({ty}.const {x})) '
                               f"({ty}.const {signed(result(x, k), bits)}) "
                               f"({ty}.const {signed(result(k, x), bits)}))")
    return functions, asserts


def offset_tests():
    """None of these is in bounds, and no sum may wrap around."""
    functions, asserts = ["(memory 1)"], []
    for offset in (0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFF8, 0xFFFFFFF0, 0xFFFFFFEF, 0xFFFFFFEE):
        for ty, access in (("i32", "load8_u"), ("i32", "load16_s"), ("i32", "load"),
                           ("i64", "load32_s"), ("i64", "load"), ("f32", "load"), ("f64", "load"),
                           ("v128", "load"), ("v128", "load8_splat"), ("v128", "load64_zero")):
            export = f"{ty}.{access} {offset}"
            functions.append(f'(func (export "{export}") (param i32) '
                             f"(drop ({ty}.{access} offset={offset} (local.get 0))))")
            asserts.append(export)
        for ty, access in (("i32", "store8"), ("i32", "store"), ("i64", "store"), ("f64", "store")):
            export = f"{ty}.{access} {offset}"
            functions.append(f'(func (export "{export}") (param i32) '
                             f"({ty}.{access} offset={offset} (local.get 0) ({ty}.const 1)))")
            asserts.append(export)
    return functions, [f'(assert_trap (invoke "{export}" (i32.const {x})) '
                       f'"out of bounds memory access")' for export in asserts for x in (0, 16, -1)]


def last_bytes_tests():
    functions = ["(memory 1)", '(data (i32.const 65528) "\\01\\02\\03\\04\\05\\06\\07\\08")',
                 '(func (export "offset") (param i32) (result i64) '
                 "(i64.load offset=65528 (local.get 0)))",
                 '(func (export "sum") (param i32 i32) (result i64) '
                 "(i64.load (i32.add (local.get 0) (local.get 1))))"]
    found = "(i64.const 0x0807060504030201)"
    trap = '"out of bounds memory access"'
    return functions, [
        f'(assert_return (invoke "offset" (i32.const 0)) {found})',
        f'(assert_trap (invoke "offset" (i32.const 1)) {trap})',
        f'(assert_trap (invoke "offset" (i32.const -65528)) {trap})',
        f'(assert_return (invoke "sum" (i32.const 65520) (i32.const 8)) {found})',
        f'(assert_return (invoke "sum" (i32.const -8) (i32.const 65536)) {found})',
        f'(assert_trap (invoke "sum" (i32.const 65521) (i32.const 8)) {trap})',
    ]


def main():
    groups = [make(ty, bits) for ty, bits in WIDTHS.items()
              for make in (comparison_tests, arithmetic_tests)]
    groups += [offset_tests(), last_bytes_tests()]
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "constant_operands.wast")
        with open(script, "w", encoding="utf-8") as out:
            for functions, asserts in groups:
                out.write("(module\n" + "\n".join(functions) + ")\n" + "\n".join(asserts) + "\n")
        return subprocess.run([*sys.argv[1:], script], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
