#!/usr/bin/env bash
# tests/clean_room.sh bookworm|trixie [--keep]: the proof that nothing is missing. Makes a bare Debian with debootstrap, copies this checkout
# into it and runs samples/quickstart.sh and tests/run.sh there, with a clean environment. Needs root; takes half an hour and 4 GB.
set -euo pipefail

release=${1:-} keep=${2:-}
if [[ ! $release =~ ^(bookworm|trixie)$ || ! $keep =~ ^(--keep)?$ ]]; then
  echo "usage: tests/clean_room.sh bookworm|trixie [--keep]" >&2
  exit 2
fi
if [[ $(id -u) -ne 0 ]]; then
  echo "argent: debootstrap and chroot need root" >&2
  exit 1
fi

# In a mount namespace of its own: whatever happens to this script, no mount outlives it for an rm to walk through.
if [[ -z ${ARGENT_CLEAN_ROOM:-} ]] && unshare --mount true 2>/dev/null; then
  exec env ARGENT_CLEAN_ROOM=1 unshare --mount --propagation private "${BASH_SOURCE[0]}" "$@"
fi

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
shared=$(realpath "$checkout/../shared" 2>/dev/null || true)
room=$(mktemp -d "${TMPDIR:-/tmp}/argent-$release.XXXXXX")
chmod 755 "$room"  # apt downloads as its own user
started=$SECONDS

mounts_inside() { awk -v room="$room/" 'index($2, room) == 1 { print $2 }' /proc/mounts | sort -r; }

leave() {
  local mount
  while read -r mount; do
    umount "$mount" || umount --lazy "$mount" || true
  done < <(mounts_inside)
  if [[ $keep == --keep ]]; then
    echo "kept: $room"
  elif [[ -n $(mounts_inside) ]]; then
    echo "argent: still mounted, so $room is left alone:" >&2
    mounts_inside >&2
  else
    rm -rf --one-file-system "$room"
  fi
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The mirror that this machine uses, if it says so.
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head -n 1 | tr -d ' ' || true)
mirror=${mirror:-http://deb.debian.org/debian}
mirror=${mirror%/}
security=$mirror-security

if ! command -v debootstrap >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap
fi

echo "== a bare $release in $room, from $mirror"
debootstrap --variant=minbase "$release" "$room" "$mirror" >"$room.log" 2>&1 || { tail -n 20 "$room.log" >&2; exit 1; }
rm -f "$room.log"
cat >"$room/etc/apt/sources.list" <<SOURCES
deb $mirror $release main
deb $mirror $release-updates main
deb $security $release-security main
SOURCES
cp -L /etc/resolv.conf "$room/etc/resolv.conf"
cp -L /etc/hosts "$room/etc/hosts"
for variable in http_proxy https_proxy; do
  [[ -z ${!variable:-} ]] || echo "Acquire::${variable%_proxy}::Proxy \"${!variable}\";" >>"$room/etc/apt/apt.conf.d/90proxy"
done
echo "== made in $((SECONDS - started)) s: $(du -shx "$room" | cut -f 1)"

# Files git knows and files it would take; those that are deleted but not yet committed are not there to copy.
mkdir "$room/root/argent"
if git -C "$checkout" rev-parse --git-dir >/dev/null 2>&1; then
  git -C "$checkout" ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do
      if [[ -e $checkout/$file || -L $checkout/$file ]]; then printf '%s\0' "$file"; fi
    done |
    tar -C "$checkout" --null -T - -cf - | tar -C "$room/root/argent" --no-same-owner -xf -
else
  tar -C "$checkout" --exclude=./build --exclude='./build-*' -cf - . | tar -C "$room/root/argent" --no-same-owner -xf -
fi

mount -t proc proc "$room/proc"
mount -t sysfs -o ro sysfs "$room/sys"
mkdir -p "$room/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$room/dev/shm"
mkdir -p "$room/dev/pts" && mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$room/dev/pts"
ln -sf pts/ptmx "$room/dev/ptmx"
if [[ -d $shared ]]; then
  mkdir "$room/root/shared"
  mount --bind "$shared" "$room/root/shared"
  mount -o remount,bind,ro "$room/root/shared"
fi

inside() {
  local variable proxies=()
  for variable in http_proxy https_proxy no_proxy; do
    [[ -z ${!variable:-} ]] || proxies+=("$variable=${!variable}")
  done
  chroot "$room" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    "${proxies[@]}" /bin/bash -c "cd /root/argent && exec \"\$@\"" bash "$@"
}

times=() failed=0
for command in samples/quickstart.sh tests/run.sh; do
  printf '\n==== %s: %s\n' "$release" "$command"
  begun=$SECONDS verdict=green
  inside "$command" || { verdict=RED failed=1; }
  times+=("$(printf '%6d s  %-6s %s' $((SECONDS - begun)) "$verdict" "$command")")
done

printf '\n==== %s, a bare root with %d cores:\n' "$release" "$(nproc)"
printf '%s\n' "${times[@]}"
printf '%6d s  in all\n' $((SECONDS - started))
exit "$failed"
