#!/usr/bin/env bash
# initrd.sh MODULES-ROOT KERNEL-VERSION OUTPUT VCAM.KO: packs busybox, init.sh and the modules it takes to reach the host's root and
# the camera. MODULES-ROOT holds lib/modules/KERNEL-VERSION.
set -euo pipefail
[[ $# -eq 4 ]] || { echo "usage: initrd.sh MODULES-ROOT KERNEL-VERSION OUTPUT VCAM.KO" >&2; exit 2; }
modules_root=$1 version=$2 output=$3 vcam=$4
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

mkdir -p "$tree"/{bin,dev,proc,sys,host,host_files,modules}
cp /bin/busybox "$tree/bin/busybox"
ln -s busybox "$tree/bin/sh"
install -m 755 "$(dirname "${BASH_SOURCE[0]}")/init.sh" "$tree/init"

# In the order in which they have to be loaded; init.sh takes them by name. Debian 13 compresses its modules.
number=100
add_module() {
  local name=${1##*/}
  case $1 in
    *.ko.xz) xz -dc "$1" >"$tree/modules/$number-${name%.xz}" ;;
    *) cp "$1" "$tree/modules/$number-$name" ;;
  esac
  number=$((number + 1))
}
dependencies=$(for module in virtio_pci virtio_rng 9pnet_virtio 9p videodev videobuf2_v4l2 videobuf2_vmalloc; do
  modprobe --dirname "$modules_root" --set-version "$version" --show-depends "$module"
done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$1]++')
for module in $dependencies "$vcam"; do add_module "$module"; done
strip --strip-debug "$tree"/modules/*.ko
(cd "$tree" && find . | cpio --create --format=newc --quiet | gzip -1) >"$output"
