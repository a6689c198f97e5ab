#!/bin/bash
# Does time tell a secret? Builds the signing path with MemorySanitizer and with DataFlowSanitizer and runs it with tainted
# keys and nonces (see README.md here). Usage: run.sh. Exit status 77 (skipped) without clang 19 and its runtime library, or
# without a processor for any kernel.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

compiler=clang++-19
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
common=(-std=c++23 -g1 -fno-omit-frame-pointer -I. -DSTIRLINE_TAINT_CHECK)
memory=(-O1 -fsanitize=memory)
dataflow=(-O2 -fsanitize=dataflow -mllvm -dfsan-conditional-callbacks=1 -mllvm -dfsan-event-callbacks=1)
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

# PROGRAM SOURCE [arguments]
compile() {
  mkdir -p "$work/$1.o"
  "$compiler" "${common[@]}" "${@:3}" -c "$2" -o "$work/$1.o/$(tr / _ <<< "$2").o"
}

# PROGRAM CONTROL MESSAGE: must end with a report.
control() {
  local status=0
  "$work/$1" "$2" > "$work/report" 2>&1 || status=$?
  if [[ $status -ne 86 ]] || ! grep -q "$3" "$work/report"; then
    cat "$work/report"
    echo "$1: the control '$2' is not reported: this check is blind"
    exit 1
  fi
  echo "$1: the control '$2' is reported, as it must be"
}

for source in crypto_workers/p256/scalar/*.cpp crypto_workers/p256/modular_inverse.cpp crypto_workers/p256/cpu_features.cpp \
  tests/taint/signing_path.cpp tests/taint/word_taint.cpp; do
  compile word_taint "$source" "${dataflow[@]}"
done
compile word_taint tests/taint/word_reports.cpp
"$compiler" -fsanitize=dataflow "$work"/word_taint.o/*.o -o "$work/word_taint"
"$work/word_taint"
control word_taint branch "tainted condition"
control word_taint inverse "tainted condition"
control word_taint table "tainted address"

# Everything that sees a secret: the kernels, each with its flags, and what they share.
for source in crypto_workers/p256/ifma/*.cpp tests/taint/wide_taint.cpp; do
  compile signing_taint "$source" "${memory[@]}" "${vector[@]}"
done
for source in crypto_workers/p256/scalar/*.cpp crypto_workers/p256/modular_inverse.cpp crypto_workers/p256/cpu_features.cpp \
  tests/taint/signing_path.cpp tests/taint/signing_taint.cpp; do
  compile signing_taint "$source" "${memory[@]}"
done
"$compiler" -fsanitize=memory "$work"/signing_taint.o/*.o -o "$work/signing_taint"
export MSAN_OPTIONS=exit_code=86
status=0
"$work/signing_taint" || status=$?
[[ $status -eq 0 ]] || exit "$status"
for which in branch table kernel; do
  control signing_taint "$which" use-of-uninitialized-value
done
