#!/usr/bin/env python3
"""Checks the machine code of executor handlers (x86-64, tail dispatch) by disassembling objects.

A hot handler is straight code that ends in an indirect jump to the next one. It has no push, no
call and no use of the stack pointer at all (so neither a prologue nor a spill), and one indirect
jump on each of its ways (a conditional branch has one for each direction; a call that leaves the
instance goes on by a direct jump).

Usage: check_handlers.py [--hot REGEX] [--cold REGEX] [--many-jumps] [--may-spill REGEX]
                         [--spill-share X] OBJECT...

The patterns are matched against the demangled qualified name without template arguments and
parameters, such as `wasmi::core::handlers::run`. A function is checked if it matches --hot and not
--cold. It is an error if nothing is checked. --many-jumps is for GCC, which duplicates or shares
dispatches as it likes. --may-spill names handlers that may save registers (but not call): GCC has
none to spare for divisions and the like. --spill-share is the share of all others that may: a
register allocator without musttail now and then saves a register on a way out of bounds.
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


SPILLS = ("push", "uses the stack")


def faults(body, many_jumps, may_spill):
    """Yields what is wrong with the instructions of one hot handler."""
    jumps = branches = 0
    for mnemonic, operands, line in body:
        if mnemonic.startswith("call"):
            yield f"call: {line}"
        elif mnemonic.startswith(("push", "enter")):
            if not may_spill:
                yield f"push: {line}"
        elif STACK_POINTER.search(operands) or mnemonic.startswith(("pop", "leave")) and (
                not mnemonic.startswith("popcnt")):
            if not may_spill:
                yield f"uses the stack: {line}"
        elif mnemonic.startswith("jmp") and operands.startswith("*"):
            jumps += 1
        elif mnemonic.startswith("j") and not mnemonic.startswith("jmp"):
            branches += 1
    if jumps == 0 and not (body and body[-1][0] == "jmp"):  # calls of imports leave by a direct one
        yield "no jump to the next handler"
    elif not many_jumps and jumps > branches + 1:
        yield f"{jumps} indirect jumps for {branches} conditional branches"


def check(lines, hot, cold, many_jumps=False, spill=None):
    """Returns (number of functions checked, [(name, faults)]) of a listing."""
    checked, wrong = 0, []
    for demangled, body in functions(lines):
        name = own_name(demangled)
        if not re.search(hot, name) or re.search(cold, name):
            continue
        checked += 1
        found = list(faults(body, many_jumps, spill is not None and re.search(spill, name)))
        if found:
            wrong.append((demangled, found))
    return checked, wrong


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--hot", default=HOT)
    parser.add_argument("--cold", default=COLD)
    parser.add_argument("--many-jumps", action="store_true")
    parser.add_argument("--may-spill")
    parser.add_argument("--spill-share", type=float, default=0.0)
    parser.add_argument("--objdump", default="objdump")
    parser.add_argument("objects", nargs="+")
    options = parser.parse_args(arguments)

    checked, wrong = 0, []
    for path in options.objects:
        listing = subprocess.run([options.objdump, "-dCw", "--no-show-raw-insn", path],
                                 capture_output=True, text=True, check=True).stdout
        count, found = check(listing.splitlines(), options.hot, options.cold,
                              options.many_jumps, options.may_spill)
        checked += count
        wrong.extend((path, name, what) for name, what in found)

    spilling = [w for w in wrong if all(f.startswith(SPILLS) for f in w[2])]
    if len(spilling) <= options.spill_share * checked:
        wrong = [w for w in wrong if w not in spilling]

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
