#!/bin/bash
# The lab: calls from a SIPp caller through two Stirline appliances (one signs, one verifies) to a SIPp callee, in four
# network namespaces of this machine; forged calls in between; a table of what became of them.
#
#   sudo ./config/lab.sh [--story] [--calls N] [--engine NAME] [--out DIR] [--build DIR] [--no-build] [--no-packages]
#
# --story: in place of the calls, how a called user's rules and what is known of callers decide, scene by scene.
# --engine NAME: what signs and verifies: auto, ifma, scalar or openssl.
# Exit status: 0 every placed call answered, every signed one verified, every forged one refused, every scene as it is
# told; 1 not so; 2 the lab could not be run; 64 wrong arguments.
set -euo pipefail

source_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$source_root/build
out=
calls=50
story=()
install=yes
make=yes

usage() {
  sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

while [[ $# -gt 0 ]]; do
  case $1 in
    --story) story=(--story) ;;
    --calls) calls=${2:?--calls needs a number}; shift ;;
    --engine)
      case ${2:-} in
        auto | ifma | scalar | openssl) export STIRLINE_ENGINE=$2 ;; # tests/net writes it into the configuration
        *) echo "lab.sh: --engine needs auto, ifma, scalar or openssl" >&2; exit 64 ;;
      esac
      shift
      ;;
    --out) out=${2:?--out needs a folder}; shift ;;
    --build) build=$(realpath -m "${2:?--build needs a folder}"); shift ;;
    --no-build) make=no; install=no ;;
    --no-packages) install=no ;;
    --help | -h) usage; exit 0 ;;
    *) echo "lab.sh: unknown argument $1" >&2; usage >&2; exit 64 ;;
  esac
  shift
done

if [[ $EUID -ne 0 ]]; then
  cat >&2 <<'NEEDS'
lab.sh needs root: for network namespaces (ip netns), packet sockets (af_packet ports, tcpdump) and apt-get.
Nothing outside its own namespaces is changed, except for the Debian packages of config/packages.txt.
Type: sudo ./config/lab.sh
NEEDS
  exit 2
fi

out=${out:-$source_root/lab-$(date +%Y%m%d-%H%M%S)}
if [[ $install == yes ]]; then
  "$source_root/config/install_packages.sh" || exit 2
fi
if [[ $make == yes ]]; then
  "$source_root/config/build.sh" "$build" || exit 2
fi

mkdir -p "$out"
out=$(realpath "$out")
cd "$source_root/tests/net"
PYTHONDONTWRITEBYTECODE=1 exec python3 -m stirline_lab --build "$build" --out "$out" --calls "$calls" "${story[@]}"
