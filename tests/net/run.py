#!/usr/bin/env python3
"""Network tests: real SIPp peers, two appliances, four namespaces.

    sudo tests/net/run.py --build build [--only NAME]… [--out DIR] [--result FILE]

Prints `ok NAME`, `FAIL NAME: why` or `skip NAME: why` for each test, then `net: N passed, N failed, N skipped`.
Without root every test is skipped and said so. Exit status 1 if a test failed.
"""

import argparse
import json
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from stirline_lab.lab import ended_by_signals  # noqa: E402
from stirline_lab.processes import LabError  # noqa: E402
from net_tests import bypass, calls, cold, faults, privilege, rules, shutdown, story, transactions, watching  # noqa: E402


def all_tests():
    """{name: function of (build folder, folder for logs)}"""
    return {name.removeprefix("test_"): function
            for module in (calls, transactions, cold, bypass, faults, privilege, rules, story, watching, shutdown)
            for name, function in vars(module).items() if name.startswith("test_")}


def run_one(function, build, out):
    """("ok" or "FAIL", why)"""
    try:
        function(build, out)
        return "ok", ""
    except (AssertionError, LabError) as error:
        return "FAIL", str(error) or f"line {traceback.extract_tb(error.__traceback__)[-1].lineno}"
    except Exception:  # a test that breaks has failed; the others still run
        return "FAIL", traceback.format_exc().strip()


def main():
    parser = argparse.ArgumentParser(description="Stirline's network tests")
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="folder for logs and captures; kept if a test fails")
    parser.add_argument("--only", action="append", default=[], help="name of a test; may be given several times")
    parser.add_argument("--result", type=Path, help="write {passed, failed, skipped} here as JSON")
    parser.add_argument("--list", action="store_true", help="print the names of the tests")
    arguments = parser.parse_args()
    tests = all_tests()
    if arguments.list:
        print(*tests, sep="\n")
        return 0
    if unknown := [name for name in arguments.only if name not in tests]:
        parser.error(f"no such test: {', '.join(unknown)}")
    wanted = {name: function for name, function in tests.items() if not arguments.only or name in arguments.only}

    count = {"passed": 0, "failed": 0, "skipped": 0}
    if os.geteuid() != 0:
        for name in wanted:
            print(f"skip {name}: needs root (network namespaces)")
        count["skipped"] = len(wanted)
    else:
        out = arguments.out or Path(tempfile.mkdtemp(prefix="stirline-net-"))
        with ended_by_signals():
            for name, function in wanted.items():
                begin = time.monotonic()
                verdict, why = run_one(function, arguments.build.resolve(), out / name)
                count["passed" if verdict == "ok" else "failed"] += 1
                print(f"{verdict} {name}" + (f": {why}" if why else f" ({time.monotonic() - begin:.1f} s)"), flush=True)
        if count["failed"]:
            print(f"logs and captures: {out}")
    print("net: {passed} passed, {failed} failed, {skipped} skipped".format(**count))
    if arguments.result:
        arguments.result.write_text(json.dumps(count), encoding="ascii")
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
