# A camera that is unplugged while it streams is waited for and opened again: stamp_check's frames are right after it, too, and
# `argent live` says both. LIVE: the program argent-live, if it was built.
. "$RIG_ROOT/tests/live_vm/guest/checks.sh"
driver=/sys/bus/platform/drivers/vcam
export LIBCAMERA_LOG_LEVELS='*:FATAL'  # it complains about a device that went away, as it should

unplug() { echo vcam >$driver/unbind && udevadm settle --timeout=100000; }
plug() { echo vcam >$driver/bind && udevadm settle --timeout=100000; }

"$PROGRAMS/stamp_check" 640x480 SRGGB10 90 reopen=1 >/tmp/log 2>&1 &
program=$!
check "it streams" said 'SRGGB10 stride'
sleep 1
unplug
check "it is seen to be gone" said 'gone:'
plug
check "it is back" said 'back after'
check "every frame's settings are known" ended_well

if [[ -n ${LIVE:-} ]]; then
  "$LIVE" --camera auto --size 640x480 --log /tmp/live.jsonl --frames 120 >/tmp/log 2>&1 &
  program=$!
  check "argent live shows frames" said ' fps '
  unplug
  check "and says that the camera is gone" said '^argent: the camera is gone: .*; waiting for it to come back$'
  plug
  check "and that it is back" said '^argent: the camera is back$'
  check "and ends well" ended_well
  check "and logged frames" test -s /tmp/live.jsonl
fi
exit $failed
