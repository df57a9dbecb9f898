# What `argent live` makes of the camera's frames is what they were: a v4l2loopback device shows the pictures of its y4m file, a recording
# played back decides the same, a bracket has its exposures to the line.
. "$RIG_ROOT/tests/live_vm/guest/checks.sh"
same() { /usr/bin/python3 -B "$RIG_ROOT/tests/live_vm/guest/sinks.py" "$@"; }
live() { "$LIVE" --size 640x480 "$@" >/tmp/log 2>&1 || { cat /tmp/log; false; }; }

insmod "$RIG_WORK/v4l2loopback/v4l2loopback.ko" video_nr=40 card_label=argent exclusive_caps=1 && udevadm settle
"$LIVE" --camera auto --size 640x480 --y4m /tmp/seen.y4m --v4l2 /dev/video40 >/tmp/log 2>&1 &
program=$!
check "the loopback device has a writer" said ' fps '
read_back() { v4l2-ctl -d /dev/video40 --stream-mmap --stream-count=4 --stream-to=/tmp/back >/tmp/reader 2>&1 || { cat /tmp/reader; false; }; }
check "and a reader beside it" read_back
kill -INT $program
check "and ends well" ended_well
check "what was read is what the y4m file holds" same pictures /tmp/seen.y4m /tmp/back

check "a recording" live --camera auto --frames 12 --record /tmp/shot --log /tmp/first.jsonl
replayed() { "$LIVE" --camera /tmp/shot --replay-requests --as-fast-as-possible --log /tmp/again.jsonl >/tmp/log 2>&1 || { cat /tmp/log; false; }; }
check "played back" replayed
check "decides the same" same decisions /tmp/first.jsonl /tmp/again.jsonl

mkdir /tmp/stills
check "a bracket of DNGs" live --camera auto --frames 40 --captures /tmp/stills --still-format dng --bracket=-2,0,2 --after 0.3
check "each with its exposure" same bracket /tmp/stills
exit $failed
