#!/usr/bin/env python3
"""Scans the machine code of the P-256 signing path for what could tell a secret by time.

constant_time.py P256_IFMA P256_SCALAR   the two libraries

Vector kernel. Secrets live in vector and mask registers. As long as nothing moves from there to a general register, to the
flags or to an address, no branch and no address can depend on them.

Scalar kernel and modular inverse. Secrets live where counters live, so a scan cannot prove as much. It proves that no branch
hangs on a carry, a borrow, a sign or the result of logic, from which every choice there is made; what is left are comparisons
and counters. That none of those, and no address, depends on a secret is shown by running it (tests/taint).

The one exception is `invert`: there a product over the whole batch decides, by being zero, if the batch is refused at all.
Division and gathering are forbidden everywhere. As a control, what may branch on what it sees must be found out:
verification, and the inverse of public values.
"""
import re
import subprocess
import sys

VECTOR_NEVER = re.compile(r"v?p?gather|v?p?scatter|i?div|vdiv|vp?extr|vp?movmsk|ktest|vptest\s|vu?comis")
LEAVES_VECTORS = re.compile(r"kortest|kmov[bwdq]\s+%k\d,%[er]|vmov[dq]\s+%xmm\d+,%[er]")
DIVISION = re.compile(r"i?div[bwlq]?\s")
JUMP = re.compile(r"(j[a-z]+)\s")
LEAVES_FLAGS = re.compile(r"mov|lea|push|pop|nop|prefetch|not|cmov|set|endbr|xchg|mulx|p[a-z]+\s+.*%xmm")
COUNTING = re.compile(r"(cmp|test|sub|add|dec|inc)[bwlq]?\s")
COMPARES_WITH_NUMBER = re.compile(r"cmp[bwlq]?\s+\$")


def functions(code: str):
    """(object, function, its instructions)"""
    current, function, instructions = "", "", []
    for line in code.splitlines():
        if header := re.match(r"(\S+):\s+file format", line):
            yield current, function, instructions
            current, function, instructions = header[1].rsplit("/", 1)[-1], "", []
        elif header := re.match(r"[0-9a-f]+ <(.*)>:$", line):
            yield current, function, instructions
            function, instructions = header[1], []
        elif "\t" in line:
            instructions.append(line.split("\t", 1)[1].strip())
    yield current, function, instructions


def is_inversion(function: str) -> bool:
    return "invert<" in function.split("(", 1)[0]


def vector_findings(function: str, instructions: list[str]):
    for instruction in instructions:
        leaves = LEAVES_VECTORS.match(instruction) and not is_inversion(function)
        if VECTOR_NEVER.match(instruction) or leaves:
            yield instruction


def scalar_findings(function: str, instructions: list[str]):
    flags = ""  # the instruction that has set them
    for instruction in instructions:
        if DIVISION.match(instruction):
            yield instruction
        jump = JUMP.match(instruction)
        if not jump:
            flags = flags if LEAVES_FLAGS.match(instruction) else instruction
        elif jump[1] != "jmp" and not is_inversion(function):
            equality = jump[1] in ("je", "jne")
            if not (COUNTING.match(flags) if equality else COMPARES_WITH_NUMBER.match(flags)):
                yield f"{flags}; {instruction}"


# For each library, the second one twice: how it is scanned, the objects that sign, what stands in the names of functions
# that need not be constant in time but must be found out, and the objects in which these are.
SCANS = (
    (vector_findings, {"p256_ifma_sign.cpp.o", "p256_ifma_nonce.cpp.o"}, None, "p256_ifma_verify.cpp.o"),
    (scalar_findings, {"p256_scalar_sign.cpp.o", "p256_scalar_nonce.cpp.o", "p256_scalar_table_lookup.cpp.o"},
     "cut_sign_table", "p256_scalar_verify.cpp.o"),
    (scalar_findings, {"p256_modular_inverse.cpp.o"}, "of_public", "p256_modular_inverse.cpp.o"),
)


def breaches(archive: str, find, signing: set[str], open_functions: str | None, control: str):
    code = subprocess.run(["objdump", "-d", "-C", "--no-show-raw-insn", archive], check=True, capture_output=True,
                          text=True).stdout
    seen, found_out = set(), False
    for name, function, instructions in functions(code):
        if name not in signing and name != control:
            continue
        seen.add(name)
        is_open = name not in signing or (open_functions is not None and open_functions in function)
        for finding in find(function, instructions):
            if is_open:
                found_out = found_out or name == control
            else:
                yield f"{name}: {function[:80]}: {finding}"
    for name in sorted((signing | {control}) - seen):
        yield f"not in {archive}: {name}"
    if not found_out:
        yield f"{archive}: the control found nothing: this scan is blind"


def main() -> int:
    vector, scalar = sys.argv[1:]
    archives = (vector, scalar, scalar)
    bad = [breach for archive, scan in zip(archives, SCANS, strict=True) for breach in breaches(archive, *scan)]
    print(*bad, sep="\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
