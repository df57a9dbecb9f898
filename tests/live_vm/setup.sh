#!/usr/bin/env bash
# setup.sh: what vmrun.sh needs, in $RIG_WORK (build/live_vm): packages if any is missing (as root), Debian's kernel (only unpacked, never
# installed), the camera's module and v4l2loopback's built for it, an initrd. Again at will: makes only what changed.
#
# A step runs with `set -e` off, as the left side of an ||: its commands say by && or || fail what follows.
#
# Exit status: 0; 77: qemu is not here and can't be installed; anything else: a failure.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=samples/setup.sh
source "$here/../../samples/setup.sh"
work=${RIG_WORK:-$root/build/live_vm}
fail() { echo "live_vm: $*" >&2; exit 1; }

packages() {
  if ! install_packages "${vm_packages[@]}" && ! command -v qemu-system-x86_64 >/dev/null; then
    echo "live_vm: skipped: qemu can't be installed here" >&2
    exit 77
  fi
}

# deb_file PACKAGE: the package's file, downloaded into $work if it is not there yet.
deb_file() {
  local found
  found=$(compgen -G "$work/$1_*.deb" || true)
  if [[ -z $found ]]; then
    (cd "$work" && { apt-get download -qq "$1" || { as_root apt-get update -qq && apt-get download -qq "$1"; }; }) \
      >"$log" 2>&1 || { cat "$log" >&2; fail "apt-get has no $1"; }
    found=$(compgen -G "$work/$1_*.deb")
  fi
  echo "$found"
}

# Debian 13 installs the kernel with its headers; else it is unpacked from its package, and of its modules only those that are used.
kernel() {
  local deb modules=./lib/modules/$version drivers=./lib/modules/$version/kernel/drivers
  if [[ -f /boot/vmlinuz-$version && -d /lib/modules/$version/kernel ]]; then
    modules_root=/
    cp "/boot/vmlinuz-$version" "$work/vmlinuz"
    return  # its status
  fi
  modules_root=$work/kernel
  [[ -f $work/vmlinuz && -d $modules_root/lib/modules/$version ]] && return
  deb=$(deb_file "linux-image-$version") || return 1
  rm -rf "$modules_root" && mkdir -p "$modules_root"
  dpkg --fsys-tarfile "$deb" | tar -x -C "$modules_root" --wildcards "./boot/vmlinuz-$version" "$modules/modules.order" \
    "$modules/modules.builtin*" "$drivers/virtio*" "$drivers/char/hw_random*" "$modules/kernel/net/9p*" "$modules/kernel/fs/9p*" \
    "$modules/kernel/fs/netfs*" "$modules/kernel/fs/fscache*" "$drivers/media/mc*" "$drivers/media/v4l2-core*" \
    "$drivers/media/common/videobuf2*" &&
    depmod --basedir "$modules_root" "$version" &&
    cp "$modules_root/boot/vmlinuz-$version" "$work/vmlinuz"
}

# build_module NAME SOURCES: $work/NAME/NAME.ko, in a copy of SOURCES.
build_module() {
  local name=$1 sources=$2 folder=$work/$1
  mkdir -p "$folder"
  cp -u "$sources"/* "$folder/" || return 1
  make -s -C "/usr/src/linux-headers-$version" M="$folder" modules >"$log" 2>&1 ||
    { cat "$log" >&2; fail "$name does not build for $version"; }
  if grep -E 'warning:' "$log" >&2; then fail "$name builds with warnings"; fi
  say "$name.ko for $version"
}

loopback() {
  local tree=$work/v4l2loopback-dkms deb
  if [[ ! -d $tree ]]; then
    deb=$(deb_file v4l2loopback-dkms) || return 1
    dpkg-deb -x "$deb" "$tree.new" && mv "$tree.new" "$tree" || return 1
  fi
  local sources=("$tree"/usr/src/v4l2loopback-*)
  build_module v4l2loopback "${sources[0]}"
}

mkdir -p "$work"
exec 8>"$work/lock"
flock 8
step "packages" packages
# The kernel whose headers are installed: Debian's newest when linux-headers-amd64 was.
version=$(dpkg-query -W -f '${Depends}' linux-headers-amd64 | sed -n 's/.*linux-headers-\([^ ,]*\).*/\1/p')
[[ -d /usr/src/linux-headers-$version ]] || fail "no headers of a kernel: apt-get install linux-headers-amd64"
if [[ $(cat "$work/version" 2>/dev/null) != "$version" ]]; then rm -rf "$work"/{vmlinuz,initrd.gz,kernel,vcam,v4l2loopback}; fi
step "kernel $version" kernel || exit 1
step "camera's module" build_module vcam "$here/module" || exit 1
step "v4l2loopback's module" loopback || exit 1
step "initrd" "$here/initrd.sh" "$modules_root" "$version" "$work/initrd.gz" "$work/vcam/vcam.ko" || exit 1
echo "$version" >"$work/version"
summary
