#!/usr/bin/env python3
"""Runs every libFuzzer target of a build for some seconds: fuzz_all.py BUILD SECONDS; the count goes out as JSON.

A target starts from its stored corpus (tests/fuzz/corpus/NAME for fuzz_NAME), which is not changed; what it finds lies in
BUILD/findings.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

CORPORA = Path(__file__).resolve().parent / "fuzz" / "corpus"


def targets(build):
    return sorted(path for path in (build / "tests").rglob("fuzz_*") if path.is_file() and os.access(path, os.X_OK))


def fuzz(target, seconds, findings):
    """True if the target found nothing."""
    findings.mkdir(parents=True, exist_ok=True)
    stored = CORPORA / target.name.removeprefix("fuzz_")
    with tempfile.TemporaryDirectory() as fresh:
        argv = [target, fresh, *([stored] if stored.is_dir() else []), f"-max_total_time={seconds}", "-timeout=10",
                "-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={findings}/{target.name}-"]
        return subprocess.run([str(word) for word in argv], stdout=sys.stderr, check=False).returncode == 0


def main():
    build, seconds = Path(sys.argv[1]), int(sys.argv[2])
    results = {target.name: fuzz(target, seconds, build / "findings") for target in targets(build)}
    for name, good in results.items():
        print(f"{'ok' if good else 'FAIL'} {name}", file=sys.stderr)
    if not results:
        print(f"FAIL no fuzzers in {build}", file=sys.stderr)
    print(json.dumps({"passed": sum(results.values()), "failed": sum(not good for good in results.values()) or
                      int(not results), "skipped": 0}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
