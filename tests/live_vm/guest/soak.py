#!/usr/bin/env python3
"""soak.py FRAMES: see soak.sh."""
import os
import pathlib
import re
import signal
import sys

from live_log import Checks, LiveLog, set_parameters

WARM_FRAMES, MOST_GROWTH_KB = 1500, 1024
STILL_EVERY, LIGHT_EVERY = 1000, 300  # frames
AT_START = ("No static properties", "Please consider updating")  # what libcamera says of a sensor that it does not know


def private_memory(process):
    """kB that nobody else has: no files, no camera's buffers."""
    status = pathlib.Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(re.search(r"RssAnon:\s+(\d+)", status)[1])


def open_files(process):
    return len(os.listdir(f"/proc/{process}/fd"))


def main():
    frames = int(sys.argv[1])
    check = Checks()
    os.mkdir("/tmp/stills")
    with open("/tmp/complaints", "w", encoding="utf-8") as complaints:
        log = LiveLog(frames, "--captures", "/tmp/stills", stderr=complaints)
        seen, before, files, after, files_after, gaps, last = 0, 0, 0, 0, 0, 0, None
        for frame in log:
            seen += 1
            gaps += frame["sequence"] - last - 1 if last is not None else 0
            last = frame["sequence"]
            if seen % STILL_EVERY == 0 and seen < frames - 100:
                log.process.send_signal(signal.SIGUSR1)
            if seen % LIGHT_EVERY == 0:
                set_parameters(light=256 if seen // LIGHT_EVERY % 2 else 1024)
            if seen == WARM_FRAMES:
                before, files = private_memory(log.process.pid), open_files(log.process.pid)
            if seen == frames - 50:
                after, files_after = private_memory(log.process.pid), open_files(log.process.pid)
            if seen % 3000 == 0:
                print(f"      {seen} frames, {gaps} lost, {private_memory(log.process.pid)} kB", flush=True)
    said = [line for line in pathlib.Path("/tmp/complaints").read_text(encoding="utf-8").splitlines() if not any(text in line for text in AT_START)]
    check("frames", seen == frames, f"{seen}, {gaps} lost between them")
    check("memory", 0 < after <= before + MOST_GROWTH_KB, f"{before} kB after {WARM_FRAMES} frames, {after} kB at the end")
    check("open files", files == files_after, f"{files}, {files_after} at the end")
    stills = len(list(pathlib.Path("/tmp/stills").iterdir()))
    check("stills", stills == (frames - 101) // STILL_EVERY, str(stills))
    check("nothing to complain about", not [line for line in said if re.search("WARN|ERROR|FATAL", line)], str(said[:3]))
    return check.failed


if __name__ == "__main__":
    sys.exit(main())
