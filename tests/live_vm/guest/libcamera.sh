# libcamera takes the camera for real: list, every format with the stamps of its frames, error frames, ordinary users.
. "$RIG_ROOT/tests/live_vm/guest/checks.sh"
parameters=/sys/module/vcam/parameters
export LIBCAMERA_LOG_LEVELS='*:ERROR'

listed() { cam --list | grep -q vsensor; }
not_listed() { ! "$@"; }
as_user() { setpriv --reuid 1000 --regid 1000 "$@"; }
listed_for() { as_user "$@" cam --list | grep -q vsensor; }
check "listed" listed
check "listed for an ordinary user in group video" listed_for --groups "$(getent group video | cut -d: -f3)"
check "not listed for one who isn't" not_listed listed_for --clear-groups

capture() { cam -c1 -s "role=raw,width=640,height=480,pixelformat=$1" "--capture=$2" "${@:3}"; }
captured() { capture "$1" 4 "--file=/tmp/$1-#.bin" >/tmp/log 2>&1 || { cat /tmp/log; false; }; }
compared() { /usr/bin/python3 -B "$RIG_ROOT/tests/live_vm/guest/captured_frames.py" "$1" 400 20 410; }
echo 0 >$parameters/noise
v4l2-ctl -d /dev/v4l-subdev0 --set-ctrl exposure=400,analogue_gain=20
v4l2-ctl -d /dev/v4l-subdev1 --set-ctrl focus_absolute=410
for bits in 10 12; do
  check "SRGGB$bits" captured "SRGGB$bits"
  check "SRGGB${bits}_CSI2P" captured "SRGGB${bits}_CSI2P"
  check "stamps, and the packed picture is the unpacked one" compared "$bits"
done

with_errors() { capture SRGGB10 9 >/tmp/log 2>&1 && [[ $(grep -c 'seq:' /tmp/log) == 9 ]] || { cat /tmp/log; false; }; }
echo 3 >$parameters/error_every
check "9 frames with error frames between them" with_errors
echo 0 >$parameters/error_every

echo vcam >/sys/bus/platform/drivers/vcam/unbind && udevadm settle --timeout=100000
check "not listed while it is unplugged" not_listed listed
echo vcam >/sys/bus/platform/drivers/vcam/bind && udevadm settle --timeout=100000
check "listed again" listed
exit $failed
