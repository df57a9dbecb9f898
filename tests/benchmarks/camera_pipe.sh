#!/usr/bin/env bash
# tests/benchmarks/camera_pipe.sh FOLDER: fetches the source of Halide's camera pipe, Debian's package of the release that is installed, into
# FOLDER and prints what to tell CMake; speed_benchmark then has it as a peer. Nothing of it becomes part of Argent.
set -euo pipefail

folder=$(realpath -m "${1:?"usage: tests/benchmarks/camera_pipe.sh FOLDER"}")
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head -n 1 | tr -d ' ' || true)
mirror=${mirror:-http://deb.debian.org/debian}
mkdir -p "$folder/lists/partial"
cd "$folder"
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror%/} $codename main" >source.list
apt=(-q -o "Dir::Etc::SourceList=$folder/source.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$folder/lists" -o APT::Sandbox::User=root)
apt-get "${apt[@]}" update >/dev/null
apt-get "${apt[@]}" source --download-only halide >/dev/null
tar -xf halide_*.orig.tar.* --wildcards '*/apps/camera_pipe/*' --strip-components 1
echo "cmake --preset release -DARGENT_CAMERA_PIPE=$folder/apps/camera_pipe && cmake --build --preset release --target speed_benchmark"
