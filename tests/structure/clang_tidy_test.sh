#!/usr/bin/env bash
# clang_tidy_test.sh BUILD-TREE: no remark on the library and the programs. Minutes long, so labelled slow.
set -euo pipefail
tree=$1
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# clang 14 cannot read libstdc++ 12's <ranges>.
tool=$(command -v clang-tidy-19 || command -v clang-tidy || true)
if [[ -z $tool ]]; then
  echo "skipped: no clang-tidy here (apt-get install clang-tidy-19)"
  exit 77
fi
# The tree may be gcc's, with options that clang does not know.
find isp aaa camera calibration models samples -name '*.cpp' -print0 |
  xargs -0 -r -P "$(nproc)" -n 1 "$tool" -p "$tree" --quiet --extra-arg=-Wno-unknown-warning-option
