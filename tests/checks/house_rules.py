#!/usr/bin/env python3
"""Rules of the house that a machine can check (design.md sections 4 and 5). Prints each breach; exit status 1 if any.

A folder without source of its own (test vectors, corpora, golden cases) is explained by the README above it.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOP = ("sip_parser", "crypto_workers", "config", "dataplane", "control", "tests", "perf")
SOURCE = (".cpp", ".hpp", ".py", ".sh")
TEXT = (*SOURCE, ".md", ".toml", ".txt", ".xml", ".tsv", ".build")

# What a folder of the product may include, besides the standard library and its own files.
MAY_INCLUDE = {
    "sip_parser": (),
    "crypto_workers": ("sip_parser",),
    "config": ("crypto_workers", "sip_parser"),
    "dataplane": ("config", "crypto_workers", "sip_parser"),
    "control": ("config", "crypto_workers", "sip_parser"),
}
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
# Split, so that this file does not break its own rules.
FORBIDDEN = {
    re.compile(r"(?<![\w.])/(?:work|root|home|Users)" + r"/\w"): "a path of somebody's machine",
    re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"): "an unfinished place",
    re.compile(r"#\s*pragma\s+(?:GCC|clang)\s+" + "diagnostic"): "a warning switched off",
}


def files():
    """Every file of ours below the top folders, and those at the top."""
    for folder in TOP:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
    yield from (path for path in sorted(ROOT.iterdir()) if path.is_file())


def include_breaches(path, text):
    folder = path.relative_to(ROOT).parts[0]
    if folder not in MAY_INCLUDE:
        return
    for kind, name in _INCLUDE.findall(text):
        target = name.split("/", 1)[0]
        if kind == '"' and target in TOP and target != folder and target not in MAY_INCLUDE[folder]:
            yield f"{folder} may not include {name}"
        if name.startswith("rte_") and folder != "dataplane":
            yield f"only dataplane includes {name}"


def breaches():
    described = {path.parent for path in files() if path.name == "README.md"}
    missing = set()
    for path in files():
        name = path.relative_to(ROOT)
        if (path.suffix in SOURCE or path.name == "meson.build") and path.parent not in described:
            missing.add(path.parent)
        if path.suffix not in TEXT:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".hpp" and "#pragma once" not in text:
            yield f"{name}: no #pragma once"
        for breach in include_breaches(path, text):
            yield f"{name}: {breach}"
        for number, line in enumerate(text.splitlines(), 1):
            for pattern, what in FORBIDDEN.items():
                if pattern.search(line):
                    yield f"{name}:{number}: {what}: {line.strip()[:80]}"
    for folder in sorted(missing):
        yield f"{folder.relative_to(ROOT)}: no README.md"


def main():
    found = list(breaches())
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
