# v4l2loopback in the guest: what is written to it comes out of it, byte for byte.
insmod "$RIG_WORK/v4l2loopback/v4l2loopback.ko" video_nr=40 card_label=argent exclusive_caps=1 || exit 1
udevadm settle
device=/dev/video40 frame=$((640 * 480 * 2))  # whole pages: v4l2-ctl takes a buffer's size, which is rounded up to them, for the frame's
head -c "$frame" /dev/urandom >/tmp/frame
for _ in 1 2 3 4; do cat /tmp/frame; done >/tmp/written
v4l2-ctl -d $device --set-fmt-video-out=width=640,height=480,pixelformat=YUYV \
  --stream-out-mmap --stream-from=/tmp/written --stream-loop >/tmp/writer 2>&1 &
writer=$!
sleep 2
v4l2-ctl -d $device --all | grep -E 'Driver name|Card type|Width/Height|Pixel Format'
v4l2-ctl -d $device --stream-mmap --stream-count=3 --stream-to=/tmp/back >/tmp/reader 2>&1
status=$?
kill $writer
head -c $((3 * frame)) /tmp/written | cmp - /tmp/back && [[ $status -eq 0 ]] && echo "ok    3 frames read back as written" && exit 0
tail -n 3 /tmp/writer /tmp/reader
echo "FAIL  read back"
exit 1
