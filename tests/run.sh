#!/bin/bash
# Builds and tests everything: unit, ring, golden and replay tests, the same under ASan and UBSan, and, as root, the
# network tests. The last line is `N passed, N failed, N skipped`; the exit status is 0 if nothing failed.
#
#   sudo ./tests/run.sh [--no-asan] [--no-net] [--no-packages] [--only NAME] [--engine NAME]
#   ./tests/run.sh --lint            clang-tidy over our sources, nothing else
#   ./tests/run.sh --fuzz SECONDS    every fuzzer for so long, nothing else
#   ./tests/run.sh --full            the proofs of batched P-256 at full size (some minutes), nothing else
#   ./tests/run.sh --overload [SECONDS]  2 and 10 times more calls than crypto cores sign, for 60 s each, nothing else
#   ./tests/run.sh --tsan            the ring tests under ThreadSanitizer, nothing else
#
# --only NAME: of the network tests, only this one (may be repeated). --engine NAME: the appliances of ring, golden and
# network tests sign and verify with this engine (auto, ifma, scalar, openssl). Build folders: build, build-asan, build-fuzz,
# build-tsan, build-lint.
set -uo pipefail

source_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$source_root" || exit 1

asan=yes net=yes packages=yes what=tests fuzz_seconds= overload_seconds=60
net_arguments=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --no-asan) asan=no ;;
    --no-net) net=no ;;
    --no-packages) packages=no ;;
    --only) net_arguments+=(--only "${2:?--only needs the name of a network test}"); shift ;;
    --engine)
      case ${2:-} in
        auto | ifma | scalar | openssl) export STIRLINE_ENGINE=$2 ;;
        *) echo "run.sh: --engine needs auto, ifma, scalar or openssl" >&2; exit 64 ;;
      esac
      shift
      ;;
    --lint) what=lint ;;
    --full) what=full ;;
    --tsan) what=tsan ;;
    --overload)
      what=overload
      if [[ ${2:-} =~ ^[0-9]+$ ]]; then
        overload_seconds=$2
        shift
      fi
      ;;
    --fuzz) what=fuzz; fuzz_seconds=${2:?--fuzz needs seconds}; shift ;;
    --help | -h) sed -n '2,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "run.sh: unknown argument $1" >&2; exit 64 ;;
  esac
  shift
done

results=$(mktemp -d)
chmod 777 "$results" # tests may run as the owner of the source tree
trap 'kill $(jobs -p) 2> /dev/null; rm -rf "$results"' EXIT
export PYTHONDONTWRITEBYTECODE=1

say() {
  printf '\n== %s\n' "$*"
}

# A stage has failed as a whole if it left no count of its own.
fail_stage() {
  [[ -s $results/$1.json ]] || echo '{"passed": 0, "failed": 1, "skipped": 0}' > "$results/$1.json"
  echo "FAIL $1: $2"
}

# NAME passed|failed: a stage that is one test.
count_one() {
  if [[ $2 == passed ]]; then
    echo '{"passed": 1, "failed": 0, "skipped": 0}' > "$results/$1.json"
  else
    fail_stage "$1" "see above"
  fi
}

build() {
  local folder=$1
  shift
  say "building $folder"
  config/build.sh "$folder" "$@"
}

# NAME FOLDER [arguments of meson test]
meson_tests() {
  local name=$1 folder=$2
  shift 2
  say "testing $folder"
  rm -f "$folder"/*.xml "$folder/meson-logs/testlog.json" # what is counted was written by this run
  meson test -C "$folder" --no-rebuild --print-errorlogs "$@" || true # the log is counted, not the status
  python3 tests/count.py meson "$folder" > "$results/$name.json" || fail_stage "$name" "tests of $folder cannot be counted"
}

# FOLDER [meson options]. Its own linker takes a seventh of the time.
build_with_clang() {
  CC=clang-19 CXX=clang++-19 CXX_LD=lld-19 build "$@"
}

# The second compiler, so that both are tried. What it would take to make the code faster, and to build the benchmarks, is
# more than what the tests gain.
build_asan() {
  build_with_clang build-asan -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=0 \
    -Dbenchmarks=false
}

test_asan() {
  export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
  export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
  meson_tests asan build-asan --no-suite checks --timeout-multiplier 5
}

run_tests() {
  local asan_build=
  if build build; then
    # Tests wait for peers and deadlines most of their time. The second build takes what they leave, and no more.
    if [[ $asan == yes ]]; then
      (renice -n 19 -p "$BASHPID" > "$results/build-asan.log"; build_asan >> "$results/build-asan.log" 2>&1) &
      asan_build=$!
    fi
    meson_tests tests build
    if [[ $net == yes ]]; then
      say "network tests"
      python3 tests/net/run.py --build build --result "$results/net.json" "${net_arguments[@]}" || fail_stage net "network tests"
    fi
  else
    fail_stage build "the build has failed"
  fi
  if [[ -n $asan_build ]]; then
    say "waiting for build-asan"
    local status=0
    wait "$asan_build" || status=$?
    if [[ $status -eq 0 ]]; then
      test_asan
    else
      cat "$results/build-asan.log"
      fail_stage build-asan "the build with ASan and UBSan has failed"
    fi
  fi
}

run_full() {
  if build build; then
    STIRLINE_P256_FULL=1 meson_tests full build --timeout-multiplier 10 unit_p256 signing_taint constant_time
  else
    fail_stage full "the build has failed"
  fi
}

run_overload() {
  if build build; then
    say "overload"
    local status=passed
    STIRLINE_OVERLOAD_SECONDS=$overload_seconds build/tests/ring/ring_tests --gtest_filter=Overload.ByTheClock || status=failed
    count_one overload "$status"
  else
    fail_stage overload "the build has failed"
  fi
}

# Builds only what the ring tests need. Nothing is suppressed: see tests/support/thread_sanitizer.cpp.
run_tsan() {
  if STIRLINE_TARGETS=tests/ring/ring_tests build_with_clang build-tsan -Db_sanitize=thread -Db_lundef=false -Doptimization=1; then
    say "ring tests under ThreadSanitizer"
    local status=passed
    STIRLINE_SOURCE=$source_root TSAN_OPTIONS=halt_on_error=0:history_size=7 build-tsan/tests/ring/ring_tests || status=failed
    count_one tsan "$status"
  else
    fail_stage tsan "the build with ThreadSanitizer has failed"
  fi
}

run_lint() {
  if ! build build-lint -Djoined_sources=false; then
    fail_stage lint "the build has failed"
    return
  fi
  say "clang-tidy"
  if run-clang-tidy-19 -quiet -p build-lint "$source_root/(sip_parser|crypto_workers|config|dataplane|control|tests|perf)/.*"; then
    echo '{"passed": 1, "failed": 0, "skipped": 0}' > "$results/lint.json"
  else
    fail_stage lint "clang-tidy has complaints"
  fi
}

run_fuzzers() {
  if ! build_with_clang build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false; then
    fail_stage fuzz "the build has failed"
    return
  fi
  say "fuzzing, $fuzz_seconds s each"
  python3 tests/fuzz_all.py build-fuzz "$fuzz_seconds" > "$results/fuzz.json" || fail_stage fuzz "fuzzers"
}

if [[ $packages == yes && $EUID -eq 0 ]]; then
  config/install_packages.sh || fail_stage packages "Debian packages cannot be installed"
fi
case $what in
  tests) run_tests ;;
  lint) run_lint ;;
  full) run_full ;;
  overload) run_overload ;;
  tsan) run_tsan ;;
  fuzz) run_fuzzers ;;
esac
echo
python3 tests/count.py total "$results"
