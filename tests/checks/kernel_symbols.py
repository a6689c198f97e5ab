#!/usr/bin/env python3
"""Code that is compiled for special processors must not be taken for that of the rest.

kernel_symbols.py TYPE ARCHIVE   a kernel's library, and the type whose name marks what is its own

An inline function compiled in several places is one function to the linker, which takes any of them. So whatever a
kernel's library defines and offers to others must carry the kernel's type in its name, apart from the one entry.
"""
import re
import subprocess
import sys


def main() -> int:
    mark, archive = sys.argv[1:]
    symbols = subprocess.run(["nm", "-C", "--defined-only", archive], check=True, capture_output=True,
                             text=True).stdout
    code = [match[1] for match in re.finditer(r"^[0-9a-f]+ [TWi] (.+)$", symbols, re.MULTILINE)]
    entries = [name for name in code if re.match(r"stirline::sip::detail::read_message_\w+\(", name)]
    foreign = [name for name in code if mark not in name and name not in entries]
    for name in foreign:
        print(f"{archive}: shared with the rest of the program: {name}")
    if len(entries) != 1:
        print(f"{archive}: expected one entry, found {len(entries)}: this scan is blind")
        return 1
    return 1 if foreign else 0


if __name__ == "__main__":
    sys.exit(main())
