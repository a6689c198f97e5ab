#!/usr/bin/env python3
"""Checks the conformance table and renders it as a page.

    render.py check          exit status 1, with reasons, if the table names a file or test that does not exist, or
                             claims what it gives no test for
    render.py counts [SECTION ...]
                             likewise, and prints how many requirements are in which state, by section ("STIR-VS") and
                             level, and every MUST that no test shows
    render.py page [FILE]    the page in Markdown, to FILE or standard output

The table is requirements.tsv beside this file; README.md explains its columns.
"""

import csv
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TABLE = HERE / "requirements.tsv"
STATES = ("done", "part", "open")
LEVELS = {"M": "MUST", "S": "SHOULD", "O": "OPTIONAL"}
_NUMBER = re.compile(r"^(?:STIR|SPIT|INL)-[A-Z]+-\d{2}$")
_GTEST = re.compile(r"^\s*TYPED_TEST\w*\s*\(\s*(\w+)\s*,\s*(\w+)|^\s*TEST(?:_[FP])?\s*\(\s*(\w+)\s*,\s*(\w+)", re.MULTILINE)
_NET_TEST = re.compile(r"^def test_(\w+)\(", re.MULTILINE)
_MESON_TEST = re.compile(r"\btest\(\s*'([\w-]+)'")


@dataclass(frozen=True)
class Row:
    number: str
    level: str
    title: str
    state: str
    where: tuple
    tests: tuple
    note: str


def _list(text):
    return tuple(part.strip() for part in text.split(";") if part.strip())


def read_table(path):
    with open(path, encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Row(line["requirement"], line["level"], line["title"], line["state"], _list(line["where"]), _list(line["tests"]),
                      line["note"] or "")


def _named_in(folder, pattern, expression):
    for path in sorted(folder.rglob(pattern)):
        for groups in expression.findall(path.read_text(encoding="utf-8")):
            yield groups if isinstance(groups, str) else ".".join(part for part in groups if part)


def existing_tests():
    """Names of all tests: `Suite.Case`, `net:NAME`, `meson:NAME`."""
    tests = ROOT / "tests"
    return {*_named_in(tests, "*.cpp", _GTEST),
            *("net:" + name for name in _named_in(tests / "net" / "net_tests", "*.py", _NET_TEST)),
            *("meson:" + name for name in _named_in(tests, "meson.build", _MESON_TEST))}


def _test_exists(name, tests):
    if name.startswith("file:"):
        return (ROOT / name.removeprefix("file:")).is_file()
    if name.endswith(".*"):
        return any(test.startswith(name[:-1]) for test in tests)
    return name in tests


def problems(rows, tests):
    for number, count in Counter(row.number for row in rows).items():
        if count > 1:
            yield f"{number}: {count} rows"
    for row in rows:
        if not _NUMBER.match(row.number):
            yield f"{row.number}: not a requirement number"
        if row.state not in STATES:
            yield f"{row.number}: state {row.state!r} is none of {', '.join(STATES)}"
        if row.level not in LEVELS:
            yield f"{row.number}: level {row.level!r} is none of {', '.join(LEVELS)}"
        if not row.title:
            yield f"{row.number}: no title"
        if row.state == "open" and row.tests:
            yield f"{row.number}: open, but with tests"
        if row.state != "open" and not (row.where and row.tests):
            yield f"{row.number}: {row.state}, but without a place or without a test"
        if row.state == "part" and not row.note:
            yield f"{row.number}: part, but the note does not say what is missing"
        for path in row.where:
            if not (ROOT / path).exists():
                yield f"{row.number}: {path} does not exist"
        for test in row.tests:
            if not _test_exists(test, tests):
                yield f"{row.number}: no test {test}"


def counts(rows):
    """Lines: how many requirements of each section and level are in each state; then every MUST that no test shows."""
    table = Counter((row.number.rsplit("-", 1)[0], row.level, row.state) for row in rows)
    yield f"{'section':<10} {'level':<9}" + "".join(f"{state:>6}" for state in STATES)
    for section, level in dict.fromkeys((section, level) for section, level, _ in sorted(
            table, key=lambda key: (key[0], list(LEVELS).index(key[1])))):
        yield f"{section:<10} {LEVELS[level]:<9}" + "".join(f"{table[section, level, state]:>6}" for state in STATES)
    total = Counter(row.state for row in rows)
    yield f"{'all':<20}" + "".join(f"{total[state]:>6}" for state in STATES)
    untested = [row for row in rows if row.level == "M" and row.state == "open"]
    yield f"MUSTs that no test shows: {len(untested)}"
    for row in untested:
        yield f"  {row.number}: {row.title}" + (f" ({row.note})" if row.note else "")


def page(rows):
    states = Counter(row.state for row in rows)
    yield "# Conformance"
    yield ""
    yield ("What of the requirements Stirline meets, where, and which test shows it. `STIR` is signing and verifying "
           "(RFC 8224, RFC 8225, RFC 8226, RFC 8588 and the profiles around them), `INL` is what being inline demands. "
           "A requirement without a test is listed as open.")
    yield ""
    yield f"{states['done']} done, {states['part']} in part, {states['open']} open."
    for state, heading in zip(STATES, ("Done", "In part", "Open")):
        chosen = [row for row in rows if row.state == state]
        if not chosen:
            continue
        yield ""
        yield f"## {heading}"
        yield ""
        yield "| requirement | level | what | where | shown by | note |"
        yield "|---|---|---|---|---|---|"
        for row in sorted(chosen, key=lambda row: row.number):
            where = "<br>".join(f"`{path}`" for path in row.where)
            tests = "<br>".join(f"`{test}`" for test in row.tests)
            yield f"| {row.number} | {LEVELS[row.level]} | {row.title} | {where} | {tests} | {row.note} |"


def main():
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    if verb not in ("check", "counts", "page"):
        print(__doc__, file=sys.stderr)
        return 64
    rows = list(read_table(TABLE))
    if verb == "page":
        text = "\n".join(page(rows)) + "\n"
        if len(sys.argv) > 2:
            Path(sys.argv[2]).write_text(text, encoding="utf-8")
        else:
            print(text, end="")
        return 0
    found = list(problems(rows, existing_tests()))
    if verb == "counts":
        wanted = tuple(f"{section}-" for section in sys.argv[2:])
        print(*counts([row for row in rows if not wanted or row.number.startswith(wanted)]), sep="\n")
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
