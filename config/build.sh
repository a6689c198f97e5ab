#!/bin/bash
# Configures (once) and builds a build folder. Usage: config/build.sh FOLDER [meson options for the first time]
# STIRLINE_TARGETS: what to build, if not everything.
# As root it builds as the owner of the source tree, so that nothing in there becomes root's.
set -euo pipefail

source_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${1:?usage: config/build.sh FOLDER [meson options]}
shift

as_owner=()
owner=$(stat -c %U "$source_root")
if [[ $EUID -eq 0 && $owner != root && $owner != UNKNOWN ]]; then
  as_owner=(runuser -u "$owner" --)
fi

cd "$source_root"
if [[ ! -f $build/build.ninja ]]; then
  "${as_owner[@]}" meson setup "$build" "$@"
fi
"${as_owner[@]}" ninja -C "$build" ${STIRLINE_TARGETS:-} # several are several words
