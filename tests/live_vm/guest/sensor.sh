# The camera is the sensor that README.md describes: by plain V4L2, with its own stamps. PROGRAMS: where sensor_check lies.
"$PROGRAMS/sensor_check" || exit 1
if dmesg | grep -E 'WARNING:|BUG:|Oops|refcount_t'; then exit 1; fi
