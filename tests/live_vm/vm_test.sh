#!/usr/bin/env bash
# vm_test.sh NAME [vcam.PARAMETER=VALUE | NAME=VALUE]...: guest/NAME.sh as a test. Guest time is instructions executed, unless REAL_TIME is
# set, so that the result does not depend on this machine's load. Exit status 77 (skipped) where setup.sh could not install qemu.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export RIG_WORK=${RIG_WORK:-$here/../../build/live_vm}
name=$1
shift
if ! command -v qemu-system-x86_64 >/dev/null; then
  echo "skipped: qemu can't be installed here"
  exit 77
fi
[[ -n ${REAL_TIME:-} ]] || export ICOUNT=0
SHARE=${SHARE:-$RIG_WORK/share-$name} exec "$here/vmrun.sh" "$here/guest/$name.sh" "$@"
