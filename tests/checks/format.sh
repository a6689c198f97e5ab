#!/bin/bash
# Every source file is as clang-format wants it. Exit status 77 (skipped) where the tool is absent.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if ! command -v clang-format-19 > /dev/null; then
  echo "clang-format-19 is not installed"
  exit 77
fi
find sip_parser crypto_workers config dataplane control tests perf -name '*.[ch]pp' -print0 |
  xargs -0 clang-format-19 --dry-run -Werror
