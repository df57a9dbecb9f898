#!/bin/bash
# stamp_matrix.sh - runs in the guest: stamp_check over sizes, packings, broken frames, gaps, slow callers, brackets. STAMP_CHECK is the program;
# ROUNDS multiplies the frames (100 a row).
check=${STAMP_CHECK:-/mnt/stamp_check}
frames=$((100 * ${ROUNDS:-1}))
parameters=/sys/module/vcam/parameters
export LIBCAMERA_LOG_LEVELS='*:ERROR'
failed=0

row() {
  echo "== $*"
  "$check" "$@" || failed=$((failed + 1))
}

for size in ${SIZES:-640x480 1280x720}; do
  for format in SRGGB10 SRGGB10_CSI2P SRGGB12 SRGGB12_CSI2P; do
    row "$size" "$format" "$frames" seed=$((RANDOM))
  done
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
echo "rows failed: $failed"
[ "$failed" -eq 0 ]
