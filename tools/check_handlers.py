#!/usr/bin/env python3
"""Checks the machine code of executor handlers (x86-64, tail dispatch) by disassembling objects.

A hot handler is straight code that ends in an indirect jump to the next one. It has no push, no
call and no use of the stack pointer at all (so neither a prologue nor a spill), and at least one
and at most --max-jumps indirect jumps (a conditional branch has one for each direction).

Usage: check_handlers.py [--hot REGEX] [--cold REGEX] [--max-jumps N | --many-jumps] OBJECT...

The patterns are matched against the demangled qualified name without template arguments and
parameters, such as `wasmi::core::handlers::run`. A function is checked if it matches --hot and not
--cold. It is an error if nothing is checked. --many-jumps is for GCC, which duplicates or shares
dispatches as it likes.
"""
import argparse
import re
import subprocess
import sys

HOT = r"wasmi::core::handlers::(\w+::)*run$"
COLD = r"cold|slow"
SHOWN = 20

SYMBOL = re.compile(r"^[0-9a-f]+ <(.*)>:$")
INSTRUCTION = re.compile(r"^\s*[0-9a-f]+:\s+(?:(?:notrack|bnd|rep[a-z]*|lock|data16|cs|ds)\s+)*(\S+)\s*(.*)$")
STACK_POINTER = re.compile(r"%(rsp|esp|sp|spl)\b")


def own_name(demangled):
    """The qualified name of a function without return type, template arguments and parameters.

    >>> own_name("void wasmi::core::handlers::run<A<1>, &B::slow>(unsigned long, X)")
    'wasmi::core::handlers::run'
    """
    clone = " [clone" + demangled.split(" [clone", 1)[1] if " [clone" in demangled else ""
    text = demangled.split(" [clone", 1)[0].replace("(anonymous namespace)", "{anonymous}")
    name = re.split(r"[<(]", text, maxsplit=1)[0].split(" ")[-1]
    return name + clone


def functions(lines):
    """Yields (demangled name, [(mnemonic, operands, line)]) of an objdump listing."""
    name, body = None, []
    for line in lines:
        symbol = SYMBOL.match(line)
        if symbol:
            if name is not None:
                yield name, body
            name, body = symbol.group(1), []
            continue
        instruction = INSTRUCTION.match(line)
        if instruction and name is not None:
            body.append((instruction.group(1), instruction.group(2), line.strip()))
    if name is not None:
        yield name, body


def faults(body, max_jumps):
    """Yields what is wrong with the instructions of one hot handler."""
    jumps = 0
    for mnemonic, operands, line in body:
        if mnemonic.startswith("call"):
            yield f"call: {line}"
        elif mnemonic.startswith(("push", "enter")):
            yield f"push: {line}"
        elif STACK_POINTER.search(operands) or mnemonic.startswith(("pop", "leave")) and (
                not mnemonic.startswith("popcnt")):
            yield f"uses the stack: {line}"
        elif mnemonic.startswith("jmp") and operands.startswith("*"):
            jumps += 1
    if jumps == 0:
        yield "no indirect jump"
    elif max_jumps is not None and jumps > max_jumps:
        yield f"{jumps} indirect jumps, at most {max_jumps} allowed"


def check(lines, hot, cold, max_jumps):
    """Returns (number of functions checked, [(name, faults)]) of a listing."""
    checked, wrong = 0, []
    for demangled, body in functions(lines):
        name = own_name(demangled)
        if not re.search(hot, name) or re.search(cold, name):
            continue
        checked += 1
        found = list(faults(body, max_jumps))
        if found:
            wrong.append((demangled, found))
    return checked, wrong


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--hot", default=HOT)
    parser.add_argument("--cold", default=COLD)
    parser.add_argument("--max-jumps", type=int, default=2)
    parser.add_argument("--many-jumps", action="store_true")
    parser.add_argument("--objdump", default="objdump")
    parser.add_argument("objects", nargs="+")
    options = parser.parse_args(arguments)
    max_jumps = None if options.many_jumps else options.max_jumps

    checked, wrong = 0, []
    for path in options.objects:
        listing = subprocess.run([options.objdump, "-dCw", "--no-show-raw-insn", path],
                                 capture_output=True, text=True, check=True).stdout
        count, found = check(listing.splitlines(), options.hot, options.cold, max_jumps)
        checked += count
        wrong.extend((path, name, what) for name, what in found)

    for path, name, what in wrong[:SHOWN]:
        print(f"{path}: {name}")
        for fault in what[:3]:
            print(f"    {fault}")
    if len(wrong) > SHOWN:
        print(f"... and {len(wrong) - SHOWN} more")
    print(f"{checked} hot handlers checked, {len(wrong)} wrong")
    if checked == 0:
        print("no hot handler found: do the name patterns still fit?")
    return 1 if wrong or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
