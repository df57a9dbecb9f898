# The camera of camera/live: every frame's settings are what the sensor's stamp says, whatever the format, also between error frames and with gaps in the
# sequence; an ordinary user needs group video, and is told so.
. "$RIG_ROOT/tests/live_vm/guest/checks.sh"
parameters=/sys/module/vcam/parameters
export LIBCAMERA_LOG_LEVELS='*:ERROR'
stamps() { "$PROGRAMS/stamp_check" "$@" >/tmp/log 2>&1 || { cat /tmp/log; false; }; }

for format in SRGGB10 SRGGB10_CSI2P SRGGB12 SRGGB12_CSI2P; do check "100 frames of $format" stamps 640x480 "$format" 100; done
check "frames of up to 60 ms" stamps 640x480 SRGGB10 60 longest_ms=60
echo 5 >$parameters/error_every
check "between error frames" stamps 640x480 SRGGB10 60
echo 0 >$parameters/error_every

chgrp video /dev/media* /dev/video* /dev/v4l-subdev*
chmod 660 /dev/media* /dev/video* /dev/v4l-subdev*
video=$(getent group video | cut -d: -f3)
as_user() { setpriv --reuid 1000 --regid 1000 "$@"; }
check "an ordinary user in group video" as_user --groups "$video" "$PROGRAMS/stamp_check" 640x480 SRGGB10 20
told() { ! as_user --clear-groups "$PROGRAMS/stamp_check" 640x480 SRGGB10 20 >/tmp/told 2>&1 && grep -q 'group video' /tmp/told || { cat /tmp/told; false; }; }
check "and one who isn't is told what to do" told
exit $failed
