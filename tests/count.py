#!/usr/bin/env python3
"""Counts tests truthfully: single cases where a test executable tells them, whole executables where it does not.

    count.py meson BUILD    of the last `meson test` in BUILD, as JSON; failures are named on standard error
    count.py total FOLDER   sum of the JSON files in FOLDER: prints `N passed, N failed, N skipped`, exit status 1 if
                            anything failed or nothing passed
"""

import json
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
_RESULTS = {"OK": PASSED, "EXPECTEDFAIL": PASSED, "SKIP": SKIPPED}


def _cases(xml):
    """[(name, verdict, why)] of a GoogleTest report; None if it is none."""
    try:
        root = ElementTree.parse(xml).getroot()
    except (FileNotFoundError, ElementTree.ParseError):
        return None
    cases = []
    for case in root.iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if (failure := case.find("failure")) is not None:
            cases.append((name, FAILED, failure.get("message", "")))
        elif case.get("status") == "notrun" or case.get("result") == "skipped" or case.find("skipped") is not None:
            cases.append((name, SKIPPED, ""))
        else:
            cases.append((name, PASSED, ""))
    return cases


def count_meson(build):
    """Counts the last run. An executable that ended badly counts as failed even if none of its cases says so."""
    count = Counter({PASSED: 0, FAILED: 0, SKIPPED: 0})
    log = build / "meson-logs" / "testlog.json"
    for line in log.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        name = entry["name"].split(" / ")[-1]
        verdict = _RESULTS.get(entry["result"], FAILED)
        cases = _cases(build / f"{name}.xml")
        if cases is None:
            count[verdict] += 1
            if verdict == FAILED:
                print(f"FAIL {name}: {entry['result']}, exit status {entry.get('returncode')}", file=sys.stderr)
            continue
        found = Counter(case[1] for case in cases)
        if verdict == FAILED and not found[FAILED]:
            found[FAILED] += 1
            print(f"FAIL {name}: {entry['result']}, exit status {entry.get('returncode')}, although no case failed",
                  file=sys.stderr)
        for case, _, why in (case for case in cases if case[1] == FAILED):
            print(f"FAIL {case}: {why.splitlines()[0] if why else ''}", file=sys.stderr)
        count += found
    return {key: count[key] for key in (PASSED, FAILED, SKIPPED)}


def total(folder):
    count = Counter({PASSED: 0, FAILED: 0, SKIPPED: 0})
    for file in sorted(folder.glob("*.json")):
        one = json.loads(file.read_text(encoding="ascii"))
        print("{:<12} {} passed, {} failed, {} skipped".format(file.stem, one[PASSED], one[FAILED], one[SKIPPED]))
        count.update(one)
    print(f"{count[PASSED]} passed, {count[FAILED]} failed, {count[SKIPPED]} skipped")
    return 1 if count[FAILED] or not count[PASSED] else 0


def main():
    verb, where = sys.argv[1], Path(sys.argv[2])
    if verb == "total":
        return total(where)
    print(json.dumps(count_meson(where)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
