# FRAMES (18,000) of `argent live` with video and a still now and then, in real time: memory and open files do not grow, and libcamera has
# nothing to complain about at the end.
export LIBCAMERA_LOG_LEVELS='*:WARN'
exec /usr/bin/python3 -B "$RIG_ROOT/tests/live_vm/guest/soak.py" "${FRAMES:-18000}"
