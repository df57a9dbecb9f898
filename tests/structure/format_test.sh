#!/usr/bin/env bash
# format_test.sh: every file is as clang-format 14 writes it. Versions differ in taste: the tree follows Debian 12's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for tool in clang-format-14 clang-format; do
  if [[ $("$tool" --version 2>/dev/null) == *"version 14."* ]]; then
    find isp aaa camera models calibration halide_gen samples tests \( -name '*.h' -o -name '*.cpp' \) -print0 |
      xargs -0 "$tool" --dry-run -Werror
    exit
  fi
done
echo "no clang-format 14 here"
exit 77
