# 3A of `argent live` on the virtual sensor, against what is true there.
export LIBCAMERA_LOG_LEVELS='*:ERROR'
exec /usr/bin/python3 -B "$RIG_ROOT/tests/live_vm/guest/convergence.py"
