#!/bin/sh
# Installs those packages of packages.txt that are missing. Does nothing, and needs no root, when all are there.
set -eu

list="$(dirname "$0")/packages.txt"

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

missing=""
while read -r package; do
  case "$package" in
    '' | '#'*) continue ;;
  esac
  is_installed "$package" || missing="$missing $package"
done <"$list"

if [ -z "$missing" ]; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "install_packages.sh: missing packages:$missing" >&2
  echo "install_packages.sh: run it as root to install them: sudo $0" >&2
  exit 1
fi

echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # the names are words on purpose
apt-get install -y -qq --no-install-recommends $missing
