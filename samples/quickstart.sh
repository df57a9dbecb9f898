#!/usr/bin/env bash
# Installs what is missing (apt only), builds a release, develops a real RAW file and says where the picture is, how long each step took
# and what auto exposure and white balance saw. Run it again at will.
set -euo pipefail
# shellcheck source=samples/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

picture=$root/build/quickstart/IMG_5952.png

develop() {
  local raw
  raw=$(sample_raw) || { echo "argent: rawtran-doc's IMG_5952.CR2 is neither installed nor to be had from apt" >&2; return 1; }
  mkdir -p "$(dirname "$picture")" &&
    "$release_tree/bin/argent" develop "$raw" -o "$picture" --overwrite --verbose
}

step "packages" install_missing "${build_packages[@]}"
step "configure" configure_release
step "build (about 2 minutes on 2 cores the first time)" build_tree "$release_tree" argent_program
step "develop" develop
summary

printf '\nThe picture: %s\n' "$picture"
printf 'The program: %s --help\n' "$release_tree/bin/argent"
