# Every frame's settings are what the sensor's stamp says, over sizes, packings, long exposures, brackets, broken frames, gaps and slow
# callers. ROUNDS multiplies the frames (100 a row), SIZES are the sizes. UNSURE: percent of a row's frames that may be unknown or of two
# decisions (0), for runs in real time: what a busy host writes too late is known to be late, not put right.
frames=$((100 * ${ROUNDS:-1})) failed=0 rows=0
parameters=/sys/module/vcam/parameters
export LIBCAMERA_LOG_LEVELS='*:ERROR'

row() {
  rows=$((rows + 1))
  if "$PROGRAMS/stamp_check" "$@" "seed=$rows" "unsure=${UNSURE:-0}" >/tmp/log 2>&1; then
    echo "ok    $*: $(tail -n 1 /tmp/log)"
  else
    echo "FAIL  $*"
    tail -n 20 /tmp/log
    failed=1
  fi
}

for size in ${SIZES:-640x480 1280x720}; do
  for format in SRGGB10 SRGGB10_CSI2P SRGGB12 SRGGB12_CSI2P; do row "$size" "$format" "$frames"; done
done
row 640x480 SRGGB10 "$frames" longest_ms=80  # long exposures: VBLANK moves
row 640x480 SRGGB10 "$frames" every=5
row 640x480 SRGGB12_CSI2P "$frames" bracket=12
row 640x480 SRGGB10_CSI2P "$frames" work_ms=120  # too slow a caller: no buffer for some frames, gaps
echo 3 >$parameters/error_every
row 640x480 SRGGB10 "$frames"
row 640x480 SRGGB10 "$frames" bracket=12
echo 0 >$parameters/error_every
echo 0 >$parameters/slip  # a late sensor leaves numbers out
row 640x480 SRGGB10 "$frames" work_ms=50
echo 1 >$parameters/slip
exit $failed
