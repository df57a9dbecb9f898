#!/bin/sh
# Process 1 of the guest, under busybox: reaches the host's root by 9p, starts udev, plugs the camera in, runs the script in the
# host's root, writes its exit status beside it, and switches off.
export PATH=/bin
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s /bin
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
stty -onlcr </dev/console
uptime_is() { echo "rig: $1 at $(cut -d' ' -f1 /proc/uptime) s"; }
give_up() { echo "rig: $1"; poweroff -f; }
uptime_is "kernel up"

for module in /modules/*.ko; do
  case $module in *vcam.ko) ;; *) insmod "$module" || echo "rig: cannot load $module" ;; esac
done
plan9=trans=virtio,version=9p2000.L,msize=512000
mount -t 9p -o $plan9,cache=loose,ro host /host || give_up "no root of the host"
mount --bind /host /host_files
mount -t proc proc /host/proc
mount -t sysfs sys /host/sys
mount --bind /dev /host/dev
mkdir -p /dev/shm /dev/pts
mount -t devpts devpts /host/dev/pts
mount -t tmpfs shm /host/dev/shm
mount -t tmpfs tmp /host/tmp
mount -t tmpfs run /host/run
mount -t 9p -o $plan9,cache=none,rw share /host/mnt || give_up "no folder to share"
ip link set lo up

# The folders that the script wants and that the mounts above hide.
. /host/mnt/environment
PATH=/bin  # busybox's own
for folder in "$RIG_ROOT" "$RIG_WORK" ${RIG_SHOW:+"$RIG_SHOW"}; do
  case $folder in
    /tmp/* | /run/*) mkdir -p "/host$folder" && mount --bind "/host_files$folder" "/host$folder" || give_up "cannot show $folder" ;;
  esac
done

# libcamera takes only devices that udev has seen, and hears of plugging and unplugging from udev alone.
export SYSTEMD_IGNORE_CHROOT=1
# No time-outs: where guest time is instructions executed, waiting for the host's files takes hours.
chroot /host /lib/systemd/systemd-udevd --daemon --resolve-names=early --event-timeout=100000 2>/dev/null || give_up "no udev"
for word in $(cat /proc/cmdline); do
  case $word in vcam.*) parameters="$parameters ${word#vcam.}" ;; esac
done
insmod /modules/*vcam.ko $parameters || give_up "cannot load the camera"
chroot /host /usr/bin/udevadm settle --timeout=100000
uptime_is "ready"

chroot /host /bin/bash -c '. /mnt/environment && cd /tmp && exec /bin/bash /mnt/script.sh'
status=$?
echo $status >/host/mnt/status
uptime_is "status $status"
sync
poweroff -f
