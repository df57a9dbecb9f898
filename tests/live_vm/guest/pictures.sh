# A processor without AVX2 (CPU=Nehalem) makes of the frames in $SHOT the pictures that this machine's own makes, and decides the same.
# SHOT: recording, host.y4m and host.jsonl, made before the guest started.
set -e
grep -qw avx2 /proc/cpuinfo && { echo "FAIL  this processor has AVX2"; exit 1; }
"$LIVE" --camera "$SHOT/recording" --replay-requests --as-fast-as-possible --y4m /tmp/guest.y4m --log /tmp/guest.jsonl --quiet
exec /usr/bin/python3 -B "$RIG_ROOT/tests/live_vm/guest/pictures.py" "$SHOT" /tmp
