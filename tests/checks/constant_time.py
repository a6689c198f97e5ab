#!/usr/bin/env python3
"""Scans the machine code of the P-256 signing path for what could tell a secret by time.

constant_time.py ARCHIVE   the library p256_ifma

Secrets live in vector and mask registers. As long as nothing moves from there to a general register, to the flags or to an
address, no branch and no address can depend on them. The one exception is `invert`: there a product over the whole batch
goes to the scalar, constant-time inversion, and whether it is zero decides if the batch is refused at all.
Division and gathering are forbidden everywhere. As a control, verification, which may branch on what it sees, must be
found out.
"""
import re
import subprocess
import sys

SIGNING = {"p256_ifma_sign.cpp.o", "p256_ifma_nonce.cpp.o"}
CONTROL = "p256_ifma_verify.cpp.o"
NEVER = re.compile(r"v?p?gather|v?p?scatter|i?div|vdiv|vp?extr|vp?movmsk|ktest|vptest\s|vu?comis")
LEAVES_VECTORS = re.compile(r"kortest|kmov[bwdq]\s+%k\d,%[er]|vmov[dq]\s+%xmm\d+,%[er]")


def findings(code: str):
    """(object, function, instruction) of everything suspicious."""
    objects: dict[str, list[tuple[str, str]]] = {}
    current = function = ""
    for line in code.splitlines():
        if header := re.match(r"(\S+):\s+file format", line):
            current = header[1].rsplit("/", 1)[-1]
            objects[current] = []
        elif header := re.match(r"[0-9a-f]+ <(.*)>:$", line):
            function = header[1]
        elif "\t" in line:
            instruction = line.split("\t", 1)[1].strip()
            inverting = "invert<" in function.split("(", 1)[0]
            if NEVER.match(instruction) or (LEAVES_VECTORS.match(instruction) and not inverting):
                objects[current].append((function[:80], instruction))
    return objects


def main() -> int:
    code = subprocess.run(["objdump", "-d", "-C", "--no-show-raw-insn", sys.argv[1]], check=True, capture_output=True,
                          text=True).stdout
    objects = findings(code)
    missing = (SIGNING | {CONTROL}) - objects.keys()
    if missing:
        print(f"not in {sys.argv[1]}: {', '.join(sorted(missing))}")
        return 1
    bad = [(name, *finding) for name in sorted(SIGNING) for finding in objects[name]]
    for name, function, instruction in bad:
        print(f"{name}: {function}: {instruction}")
    if not objects[CONTROL]:
        print("the control found nothing: this scan is blind")
        return 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
