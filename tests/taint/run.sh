#!/bin/bash
# Does time tell a secret? Builds the signing path with MemorySanitizer and runs it with tainted keys and nonces (see
# README.md here). Usage: run.sh. Exit status 77 (skipped) without clang 19 and its runtime library, or without a processor
# for any kernel.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

compiler=clang++-19
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
arguments=(-std=c++23 -O1 -g1 -I. -fsanitize=memory -DSTIRLINE_TAINT_CHECK)
vector=(-mavx512f -mavx512dq -mavx512bw -mavx512vl -mavx512ifma -mavx512vbmi -mavx512vbmi2
  -include tests/taint/wide_taint.hpp)

if ! command -v "$compiler" > /dev/null; then
  echo "$compiler is not installed"
  exit 77
fi
echo 'int main() {}' > "$work/nothing.cpp"
if ! "$compiler" -fsanitize=memory "$work/nothing.cpp" -o "$work/nothing" 2> /dev/null; then
  echo "the runtime library of MemorySanitizer (libclang-rt-19-dev) is not installed"
  exit 77
fi

# SOURCE [arguments]
compile() {
  "$compiler" "${arguments[@]}" "${@:2}" -c "$1" -o "$work/$(tr / _ <<< "$1").o"
}

# Everything that sees a secret: the kernels, each with its flags, and what they share.
for source in crypto_workers/p256/ifma/*.cpp; do
  compile "$source" "${vector[@]}"
done
compile crypto_workers/p256/modular_inverse.cpp
compile crypto_workers/p256/cpu_features.cpp
compile tests/taint/wide_taint.cpp "${vector[@]}"
compile tests/taint/signing_taint.cpp
"$compiler" -fsanitize=memory "$work"/*.o -o "$work/signing_taint"

export MSAN_OPTIONS=exit_code=86:print_stats=0
status=0
"$work/signing_taint" || status=$?
[[ $status -eq 0 ]] || exit "$status"
for control in branch table kernel; do
  status=0
  "$work/signing_taint" "$control" > "$work/report" 2>&1 || status=$?
  if [[ $status -ne 86 ]] || ! grep -q use-of-uninitialized-value "$work/report"; then
    cat "$work/report"
    echo "the control '$control' is not reported: this check is blind"
    exit 1
  fi
  echo "control '$control': reported, as it must be"
done
