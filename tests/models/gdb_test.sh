#!/usr/bin/env bash
# gdb_test.sh PROGRAM: stops in gdb_example.cpp's program and prints its tensors with models/gdb_printers.py.
set -euo pipefail
if ! command -v gdb >/dev/null; then
  echo "gdb is missing"
  exit 1
fi
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
shown=$(gdb -batch -nx -iex 'set debuginfod enabled off' -ex "source $root/models/gdb_printers.py" -ex 'break look' -ex run -ex up \
  -ex 'print x' -ex 'print columns' -ex 'print shorts' -ex 'print many' -ex 'print nothing' -ex 'print shape' "$1" 2>&1)
for expected in '= f32 2x3 [0, 0.5, 1, 1.5, 2, 2.5]' '= f32 3x2 [0, 1.5, 0.5, 2, 1, 2.5]' '= bf16 2 [1.5, -2]' \
  '= i64 100 [0, 1, 2,' '63, ...]' '= undefined' '= 2x3'; do
  if ! grep -qF "$expected" <<<"$shown"; then
    echo "gdb does not show: $expected"
    echo "$shown"
    exit 1
  fi
done
