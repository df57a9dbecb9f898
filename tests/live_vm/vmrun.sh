#!/usr/bin/env bash
# vmrun.sh SCRIPT [vcam.PARAMETER=VALUE | NAME=VALUE]...: runs SCRIPT (bash) as root in a guest with a virtual RAW camera.
#
# The guest's / is this machine's, read-only, so that what is built here runs there; /tmp, /run, /dev, /proc, /sys are its own; /mnt is
# $SHARE, read-write. The checkout (also one under /tmp), $RIG_WORK and $RIG_SHOW are where they are here. vcam.* are the camera's
# parameters; any other NAME is set in the script's environment, beside RIG_ROOT (the checkout) and RIG_WORK.
#
# Exit status: the script's; 124: time-out; 125: the guest gave none, or the rig is not set up.
# Environment: SHARE (build/live_vm/share; one for each run at a time), TIMEOUT (300 s), SMP (2), MEMORY (2048 MiB), CPU (max; Nehalem has
# no AVX2), ICOUNT (0: guest time is instructions executed, so that a run is the same whatever this machine's load; one processor),
# RIG_WORK (build/live_vm), KVM=1 (aborts or hangs on some nested hosts).
set -euo pipefail

fail() { echo "vmrun: $*" >&2; exit 125; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${RIG_WORK:-$root/build/live_vm}
share=${SHARE:-$work/share}
script=${1:-}
[[ -n $script ]] || { sed -n '2,/^set/{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 125; }
[[ -f $script ]] || fail "$script: no such script"
shift
command -v qemu-system-x86_64 >/dev/null || fail "no qemu-system-x86_64; tests/live_vm/setup.sh installs it"
[[ -f $work/vmlinuz && -f $work/initrd.gz ]] || fail "no kernel in $work; tests/live_vm/setup.sh makes it"

mkdir -p "$share"
work=$(realpath "$work") share=$(realpath "$share")
exec 9>"$share/lock"
flock --nonblock 9 || fail "another run uses $share; set SHARE to a folder of this one's own"
rm -f "$share/status"  # never an old one
cp -f "$script" "$share/script.sh"

parameters=()
{
  printf 'export %s=%q\n' RIG_ROOT "$root" RIG_WORK "$work" RIG_SHOW "${RIG_SHOW:-}" LIBCAMERA_LOG_NO_COLOR 1 \
    PATH /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME /tmp LANG C.UTF-8
  for setting in "$@"; do
    case $setting in
      vcam.*=*) parameters+=("$setting") ;;
      [A-Za-z_]*=*) printf 'export %s=%q\n' "${setting%%=*}" "${setting#*=}" ;;
      *) fail "$setting: neither vcam.PARAMETER=VALUE nor NAME=VALUE" ;;
    esac
  done
} >"$share/environment"

processors=${SMP:-2}
accelerator=(-accel "tcg,thread=multi" -cpu "${CPU:-max}")  # emulated even where there is /dev/kvm
if [[ ${KVM:-} == 1 ]]; then accelerator=(-accel kvm -cpu "${CPU:-host}"); fi
if [[ -n ${ICOUNT:-} ]]; then
  accelerator=(-accel "tcg,thread=single" -icount "shift=$ICOUNT,sleep=off" -cpu "${CPU:-max}")
  processors=1
fi

plan9() {
  printf -- '-fsdev\nlocal,id=%s,path=%s,security_model=none%s\n' "$1" "$2" "$3"
  printf -- '-device\nvirtio-9p-pci,fsdev=%s,mount_tag=%s\n' "$1" "$1"
}
mapfile -t folders < <(plan9 host / ",readonly=on,multidevs=remap" && plan9 share "$share" ",multidevs=remap")
status=0
timeout --foreground "${TIMEOUT:-300}" qemu-system-x86_64 "${accelerator[@]}" -M q35 -smp "$processors" -m "${MEMORY:-2048}" \
  -nodefaults -no-user-config -display none -serial stdio -no-reboot -kernel "$work/vmlinuz" -initrd "$work/initrd.gz" \
  -append "console=ttyS0 quiet panic=-1 mitigations=off tsc=reliable no_timer_check ${parameters[*]}" \
  "${folders[@]}" -device virtio-rng-pci </dev/null || status=$?

[[ $status -ne 124 ]] || { echo "vmrun: no end after ${TIMEOUT:-300} s" >&2; exit 124; }
[[ -f $share/status ]] || fail "the guest ended without a result (qemu: $status)"
exit "$(<"$share/status")"
