#!/usr/bin/env python3
"""The soak: calls without end through both appliances, with a reload now and then; memory must stay flat.

    sudo tests/net/soak.py --build build [--minutes 30] [--rate 50] [--out DIR]

Prints the resident memory of the four daemons once a minute. Exit status: 0 no call lost, every ledger balanced, no daemon
larger at the end than after its first third by more than it may grow; 1 not so; 2 the lab could not be run.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from stirline_lab import judgement  # noqa: E402
from stirline_lab.lab import Lab, ended_by_signals  # noqa: E402
from stirline_lab.processes import LabError  # noqa: E402

BATCH_SECONDS = 20
MAY_GROW_KIB = 1_024  # allocators round, and a log buffer fills; a leak of one octet a call shows sooner or later


def resident_kib(process):
    for line in Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise LabError(f"{process.name} has no memory any more")


def daemons(lab):
    return (lab.signer.dataplane, lab.signer.control, lab.verifier.dataplane, lab.verifier.control)


def play(lab, minutes, rate):
    """Sentences about what went wrong; empty if nothing did."""
    callee, problems, samples, calls = lab.callee(), [], [], 0
    end, minute = time.monotonic() + 60 * minutes, time.monotonic()
    while time.monotonic() < end:
        each = rate * BATCH_SECONDS // 3
        caller = lab.place_calls(each, kinds="ABC", rate=rate)
        caller.wait_answered(each)
        for appliance in (lab.signer, lab.verifier):
            status, document = appliance.reload()
            if status != 0:
                problems.append(f"{appliance.role} does not reload: {document}")
        caller.finish()
        calls += 3 * each
        problems += judgement.Judgement(judgement.judge_calls(caller, callee)).problems()
        samples.append([resident_kib(process) for process in daemons(lab)])
        if time.monotonic() >= minute:
            minute += 60
            print(f"{calls} calls; " + ", ".join(f"{process.name} {kib} KiB"
                                                for process, kib in zip(daemons(lab), samples[-1])), flush=True)
    settled = samples[len(samples) // 3]
    for process, before, after in zip(daemons(lab), settled, samples[-1]):
        if after > before + MAY_GROW_KIB:
            problems.append(f"{process.name} has grown from {before} to {after} KiB")
    print(f"{calls} calls, {len(problems)} problems")
    return problems + lab.unbalanced_ledgers()


def main():
    parser = argparse.ArgumentParser(description="Stirline for a long time")
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=int, default=50, help="calls a second")
    parser.add_argument("--out", type=Path, help="folder for logs")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        print("namespaces and packet sockets need root", file=sys.stderr)
        return 2
    out = arguments.out or Path(tempfile.mkdtemp(prefix="stirline-soak-"))
    try:
        with ended_by_signals(), Lab(arguments.build.resolve(), out, capture=False) as lab:
            problems = play(lab, arguments.minutes, arguments.rate)
    except LabError as error:
        print(f"the lab could not be run: {error}; logs: {out}", file=sys.stderr)
        return 2
    for problem in problems[:20]:
        print(f"PROBLEM: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
