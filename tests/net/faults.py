#!/usr/bin/env python3
"""The fault script: each fault many times, with calls running, and a table of what became of them.

    sudo tests/net/faults.py --build build [--times 20] [--only NAME]… [--out DIR]

Exit status: 0 every fault survived every time, 1 not so, 2 the lab could not be run. A short form of it is the network
test `faults`.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from stirline_lab import faults  # noqa: E402
from stirline_lab.lab import Lab, ended_by_signals  # noqa: E402
from stirline_lab.processes import LabError  # noqa: E402


def main():
    names = [fault.name for fault in faults.FAULTS]
    parser = argparse.ArgumentParser(description="Stirline under faults")
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--times", type=int, default=20, help="how often each fault is inflicted")
    parser.add_argument("--only", action="append", default=[], choices=names, help="may be given several times")
    parser.add_argument("--out", type=Path, help="folder for logs")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        print("namespaces and packet sockets need root", file=sys.stderr)
        return 2
    out = arguments.out or Path(tempfile.mkdtemp(prefix="stirline-faults-"))
    tallies = []
    try:
        with ended_by_signals():
            for number, fault in enumerate(faults.FAULTS):
                if arguments.only and fault.name not in arguments.only:
                    continue
                tallies.append(faults.Tally(fault))
                with Lab(arguments.build.resolve(), out / str(number), capture=False) as lab:
                    for _ in range(arguments.times):
                        faults.play_round(lab, fault, tallies[-1])
                print(f"{fault.name}: {tallies[-1].survived} of {tallies[-1].rounds}", flush=True)
    except LabError as error:
        print(f"the lab could not be run: {error}; logs: {out}", file=sys.stderr)
        return 2
    print()
    print("\n".join(faults.table(tallies)))
    for tally in tallies:
        for problem in tally.problems:
            print(f"PROBLEM: {tally.fault.name}: {problem}")
    return 0 if all(tally.survived == tally.rounds for tally in tallies) else 1


if __name__ == "__main__":
    sys.exit(main())
