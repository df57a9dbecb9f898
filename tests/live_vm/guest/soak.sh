# FRAMES (18,000) of `argent live` and a still now and then, in real time: memory and open files do not grow, and libcamera has nothing
# to complain about at the end. No sink asks for a picture of each frame: an emulated processor would take over an hour for them.
export LIBCAMERA_LOG_LEVELS='*:WARN'
exec /usr/bin/python3 -B "$RIG_ROOT/tests/live_vm/guest/soak.py" "${FRAMES:-18000}"
