#!/usr/bin/env bash
# pictures_test.sh NAME=VALUE...: guest/pictures.sh in a guest without AVX2, with what this machine made of the same frames. LIVE is among them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for setting in "$@"; do [[ $setting != LIVE=* ]] || live=${setting#LIVE=}; done
work=${RIG_WORK:-$here/../../build/live_vm}
shot=$work/pictures
rm -rf "$shot"
mkdir -p "$shot"
"$live" --camera sim --size 320x240 --frames 6 --as-fast-as-possible --record "$shot/recording" --quiet
"$live" --camera "$shot/recording" --replay-requests --as-fast-as-possible --y4m "$shot/host.y4m" --log "$shot/host.jsonl" --quiet
CPU=Nehalem exec "$here/vm_test.sh" pictures "$@" SHOT="$shot"
