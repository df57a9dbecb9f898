#!/usr/bin/env bash
# shared_library_test.sh: the same as consumer_test.sh for -DBUILD_SHARED_LIBS=ON. Builds the library once more: slow.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake -S "$here/../.." -B "$work/tree" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON -DARGENT_TESTS=OFF >"$work/log" || { cat "$work/log"; exit 1; }
cmake --build "$work/tree" >"$work/log" || { cat "$work/log"; exit 1; }
"$here/consumer_test.sh" "$work/tree" shared
