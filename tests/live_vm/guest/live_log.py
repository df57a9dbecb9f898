"""Runs `argent live` in the guest and follows its log, a line a frame, so that the sensor's world can change at a frame."""
import json
import os
import subprocess

PARAMETERS = "/sys/module/vcam/parameters/"


def set_parameters(**values):
    for name, value in values.items():
        with open(PARAMETERS + name, "w", encoding="ascii") as file:
            file.write(str(value))


class LiveLog:
    """Iterates over the log's frames; raises where the program fails."""

    def __init__(self, frames, *options, size="640x480", stderr=None):
        command = [os.environ["LIVE"], "--camera", "auto", "--size", size, "--frames", str(frames), "--log", "-", "--quiet"]
        self.process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=stderr, text=True)

    def __iter__(self):
        for line in self.process.stdout:
            yield json.loads(line)
        if self.process.wait() != 0:
            raise RuntimeError(f"argent live ended with {self.process.returncode}")


class Checks:
    """Prints "ok" or "FAIL" and what was measured."""

    def __init__(self):
        self.failed = 0

    def __call__(self, what, holds, measured):
        print(("ok    " if holds else "FAIL  ") + what + ": " + measured, flush=True)
        self.failed += not holds
