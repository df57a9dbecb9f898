#!/usr/bin/env python3
"""live_benchmark.py PATH_OF_argent [SECONDS] [OPTION of `argent live`]...: a live camera of 1080p at 60 frames a second, or
as many as the environment's FPS says.

Packed RAW frames of 10 bits come out of memory (a ring of 64), 3A runs on each, the dashboard is read by one browser's worth of MJPEG
(previews of 640 pixels' width, 15 a second). Prints where a frame's time goes, how many were lost, and the largest memory in use.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

FPS, RING, PORT = int(os.environ.get("FPS", "60")), 64, 18080


def record(argent, folder):
    subprocess.run([argent, "live", "--camera", "sim", "--size", "1920x1080", "--format", "SRGGB10_CSI2P", "--fps", str(FPS), "--frames",
                    str(RING), "--as-fast-as-possible", "--record", folder, "--quiet"], check=True)


class Reader(threading.Thread):
    """Counts the previews of the dashboard's stream."""

    def __init__(self):
        super().__init__()
        self.previews, self.bytes, self.first, self.last = 0, 0, 0.0, 0.0

    def run(self):
        while True:
            try:
                stream = urllib.request.urlopen(f"http://127.0.0.1:{PORT}/stream.mjpg", timeout=10)
                break
            except OSError:
                time.sleep(0.05)
        try:
            while line := stream.readline():
                if line.lower().startswith(b"content-length:"):
                    size = int(line.split(b":")[1])
                    stream.readline()
                    self.bytes += len(stream.read(size))
                    self.last = time.monotonic()
                    self.first = self.first or self.last
                    self.previews += 1
        except OSError:
            pass  # the end


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    argent, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 60
    with tempfile.TemporaryDirectory() as folder:
        ring = str(pathlib.Path(folder) / "ring")
        record(argent, ring)
        reader = Reader()
        reader.daemon = True
        reader.start()
        began = time.monotonic()
        program = subprocess.Popen([argent, "live", "--camera", "ring:" + ring, "--fps", str(FPS), "--frames", str(FPS * seconds), "--http",
                                    str(PORT), "--times", "--quiet", *sys.argv[3:]])
        _, status, usage = os.wait4(program.pid, 0)
        took = time.monotonic() - began
        reader.join(timeout=5)
    shown = max(reader.last - reader.first, 1e-9)
    print(f"{took:.1f} s, {100 * (usage.ru_utime + usage.ru_stime) / took:.0f} % of a core, {usage.ru_maxrss / 1024:.0f} MB at most "
          f"(the ring: {RING * 1920 * 1080 * 10 / 8 / 1e6:.0f})")
    print(f"{reader.previews} previews, {(reader.previews - 1) / shown:.1f} a second, {reader.bytes / max(reader.previews, 1) / 1e3:.0f} kB each")
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
