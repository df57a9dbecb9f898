#!/usr/bin/env python3
"""`argent live` as its users call it, on the simulated camera. usage: live_test.py ARGENT [unittest arguments]

ffmpeg, ffprobe, Xvfb: what is not there is skipped and said.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import cv2
import numpy as np

ARGENT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
SMALL = ["--size", "64x48", "--quiet"]
FAST = SMALL + ["--as-fast-as-possible"]
PATIENCE = 60  # seconds until something has to have happened, on a machine under load


def ffprobe(path):
    if shutil.which("ffprobe") is None:
        raise unittest.SkipTest("ffprobe is not installed")
    fields = "stream=codec_name,width,height,r_frame_rate,nb_read_frames,color_range"
    command = ["ffprobe", "-v", "error", "-count_frames", "-show_entries", fields, "-of", "json", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == "", done.stderr
    return json.loads(done.stdout)["streams"][0]


def decoded(path):
    """The frames as ffmpeg decodes them: frames x height x width x R, G, B."""
    if shutil.which("ffmpeg") is None:
        raise unittest.SkipTest("ffmpeg is not installed")
    pixels = ["-vf", "scale=in_color_matrix=bt709,format=rgb24"] if str(path).endswith(".y4m") else ["-pix_fmt", "rgb24"]
    command = ["ffmpeg", "-v", "error", "-i", str(path), *pixels, "-f", "rawvideo", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b"", done.stderr
    stream = ffprobe(path)
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, stream["height"], stream["width"], 3)


def screen(path):
    """R, G, B of an Xvfb frame buffer. Source: X11/XWDFile.h: a header of big-endian words, a table of colors, rows of B, G, R, unused."""
    data = path.read_bytes()
    words = struct.unpack(">25I", data[:100])
    header, width, height, row, colors = words[0], words[4], words[5], words[12], words[19]
    rows = np.frombuffer(data, np.uint8, row * height, header + 12 * colors).reshape(height, row)
    return rows[:, :4 * width].reshape(height, width, 4)[..., 2::-1]


def patches_of(chart):
    """R, G, B of the middles of a ColorChecker's 24 patches."""
    height, width = (size // unit for size, unit in zip(chart.shape, (4, 6)))
    cells = chart[:4 * height, :6 * width].reshape(4, height, 6, width, 3)
    return cells[:, height // 3:2 * height // 3, :, width // 3:2 * width // 3].astype(float).mean(axis=(1, 3)).reshape(24, 3)


def resident_kilobytes(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def caught_signals(pid):
    return int(re.search(r"SigCgt:\s+(\w+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1], 16)


class Live(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, *arguments, **options):
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        process = subprocess.Popen([ARGENT, "live", *map(str, arguments)], cwd=self.folder, **options)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def live(self, *arguments, status=0):
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, status, err.decode())
        return out, err.decode()

    def wait_for(self, what, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, f"waited {PATIENCE} s for: {what}")
            time.sleep(0.02)

    def wait_for_file(self, name):
        self.wait_for(name, (self.folder / name).exists)

    def names(self, folder="."):
        return sorted(path.name for path in (self.folder / folder).iterdir())

    # ---- sinks ----

    def test_avi(self):
        self.live(*FAST, "--frames", 45, "--avi", "a.avi")
        stream = ffprobe(self.folder / "a.avi")
        self.assertEqual((stream["codec_name"], stream["width"], stream["height"]), ("mjpeg", 64, 48))
        self.assertEqual((stream["nb_read_frames"], stream["r_frame_rate"]), ("45", "30/1"))

    def test_presets_make_pictures_of_the_same_size_that_are_not_the_same(self):
        for preset in ("live", "balanced", "best"):
            self.live(*FAST, "--frames", 3, "--preset", preset, "--y4m", f"{preset}.y4m")
        self.live(*FAST, "--frames", 3, "--y4m", "default.y4m")
        live, balanced, best, default = ((self.folder / f"{name}.y4m").read_bytes() for name in ("live", "balanced", "best", "default"))
        self.assertEqual(live, default)
        self.assertEqual({len(live)}, {len(balanced), len(best)})
        self.assertEqual(len({live, balanced, best}), 3)

    def test_y4m_file_and_stdout(self):
        self.live(*FAST, "--frames", 20, "--y4m", "a.y4m", "--fps", 60)
        out, _ = self.live(*FAST, "--frames", 20, "--y4m", "-", "--fps", 60)
        self.assertEqual(out, (self.folder / "a.y4m").read_bytes())
        stream = ffprobe(self.folder / "a.y4m")
        self.assertEqual((stream["nb_read_frames"], stream["r_frame_rate"], stream["color_range"]), ("20", "60/1", "tv"))

    def test_a_reader_of_stdout_that_goes_away_ends_it(self):
        process = self.start(*SMALL, "--y4m", "-", "--avi", "a.avi")
        process.stdout.read(10_000)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=20), 0)
        self.assertIn("a.avi", self.names())

    def test_videos_show_what_a_still_shows(self):
        (self.folder / "chart.yaml").write_text("scene: {kind: checker}\nlens: {start_position: 0.5}\n")
        shot = ["--quiet", "--as-fast-as-possible", "--camera", "sim:chart.yaml", "--size", "192x128", "--frames", 32]
        self.live(*shot, "--avi", "a.avi", "--y4m", "a.y4m", "--still", "--after", 1)
        still = patches_of(cv2.imread(str(self.folder / "still-001.jpg"))[..., ::-1])
        for name in ("a.avi", "a.y4m"):
            frames = decoded(self.folder / name)
            self.assertEqual(len(frames), 32)
            difference = np.abs(patches_of(frames[30]) - still)  # the still is of frame 30, a second after the first
            self.assertLess(difference.max(), 4, name)  # of 255: JPEG and 4:2:0

    def test_fit(self):
        self.live(*FAST, "--frames", 3, "--fit", "32x32", "--y4m", "a.y4m")
        self.assertTrue((self.folder / "a.y4m").read_bytes().startswith(b"YUV4MPEG2 W32 H24 "))

    def test_log_and_statistics(self):
        self.live(*FAST, "--frames", 12, "--log", "a.jsonl", "--statistics", "a.argentst")
        lines = [json.loads(line) for line in (self.folder / "a.jsonl").read_text().splitlines()]
        self.assertEqual([line["frame"] for line in lines], list(range(12)))
        self.assertNotIn("truth", lines[0])
        explained = subprocess.run([ARGENT, "explain", "a.jsonl", "--frame", "5"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(explained.returncode, 0, explained.stderr)
        self.assertTrue(explained.stdout.startswith("Frame 5 "))
        self.assertEqual((self.folder / "a.argentst").read_bytes()[:8], b"argentst")
        self.assertEqual(int.from_bytes((self.folder / "a.argentst").read_bytes()[16:24], "little"), 12)

    def test_stills_burst_and_bracket(self):
        captures = ["--still", "--burst", 2, "--bracket=-2,0,2", "--still-format", "dng", "--captures", "c"]
        self.live(*FAST, "--frames", 40, "--after", 0.3, *captures)
        expected = ["bracket-003-1.dng", "bracket-003-2.dng", "bracket-003-3.dng", "burst-002-01.dng", "burst-002-02.dng", "still-001.dng"]
        self.assertEqual(self.names("c"), expected)
        measured = subprocess.run([ARGENT, "measure", "--json", *expected[:3]], cwd=self.folder / "c", capture_output=True, text=True)
        self.assertEqual(measured.returncode, 0, measured.stderr)
        totals = []
        for line in measured.stdout.splitlines():
            camera = json.loads(line)["camera"]
            totals.append(camera["exposure_us"] * camera["analogue_gain"])
        self.assertAlmostEqual(totals[1] / totals[0], 4, delta=0.1)
        self.assertAlmostEqual(totals[2] / totals[1], 4, delta=0.1)

    def test_a_burst_is_frames_in_a_row(self):
        self.live(*FAST, "--frames", 20, "--record", "r", "--burst", 4, "--after", 0.2, "--still-format", "dng", "--captures", "c")
        frames = [path.read_bytes() for path in sorted((self.folder / "r").glob("*.raw"))]
        plain = subprocess.run([ARGENT, "convert", "c", "-o", "plain/", "--compression", "none"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(plain.returncode, 0, plain.stderr)
        shots = [path.read_bytes() for path in sorted((self.folder / "plain").iterdir())]
        found = [[number for number, codes in enumerate(frames) if codes in shot] for shot in shots]  # a small DNG has them in one piece
        first = found[0][0]
        self.assertEqual(found, [[first + i] for i in range(4)])

    def test_a_signal_takes_a_still(self):
        process = self.start(*SMALL, "--record", "r")
        self.wait_for_file("r/frame-00000000.raw")
        process.send_signal(signal.SIGUSR1)
        self.wait_for_file("still-001.jpg")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=PATIENCE), 0)

    def test_recording_and_replay_decide_the_same(self):
        wishes = ["--control", "ExposureValue=0.5", "--control", "AfMode=auto", "--control", "AfTrigger=start"]
        self.live(*FAST, *wishes, "--frames", 50, "--record", "r", "--log", "a.jsonl")
        self.live("--quiet", "--as-fast-as-possible", "--camera", "r", "--replay-requests", "--log", "b.jsonl")
        self.live("--quiet", "--as-fast-as-possible", "--camera", "r", "--log", "c.jsonl")
        first = (self.folder / "a.jsonl").read_text()
        self.assertEqual(first, (self.folder / "b.jsonl").read_text())
        self.assertNotEqual(first, (self.folder / "c.jsonl").read_text())  # without its requests it is another film

    def display(self, size):
        """An X server without a screen: its name for DISPLAY, and the file that is its frame buffer."""
        if shutil.which("Xvfb") is None:
            self.skipTest("Xvfb is not installed")
        read_end, write_end = os.pipe()
        command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", size + "x24", "-fbdir", str(self.folder)]
        server = subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL)
        os.close(write_end)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        with os.fdopen(read_end) as pipe:
            return f":{pipe.readline().strip()}", self.folder / "Xvfb_screen0"

    def test_window_shows_the_picture(self):
        display, buffer = self.display("400x300")
        (self.folder / "chart.yaml").write_text("scene: {kind: checker}\nlens: {start_position: 0.5}\n")
        shot = ["--camera", "sim:chart.yaml", "--size", "240x160"]
        process = self.start("--quiet", *shot, "--window", "--still", env=os.environ | {"DISPLAY": display})
        end = time.monotonic() + PATIENCE
        while not (self.folder / "still-001.jpg").exists():
            if process.poll() is not None and b"built without OpenCV" in process.stderr.read():
                self.skipTest("built without OpenCV")
            self.assertIsNone(process.poll())
            self.assertLess(time.monotonic(), end, "no still")
            time.sleep(0.05)
        still = cv2.imread(str(self.folder / "still-001.jpg"))[..., ::-1]

        def shown():
            """The still is found on the screen, in its size, with its colors."""
            now = screen(buffer)
            match = cv2.matchTemplate(now, np.ascontiguousarray(still), cv2.TM_CCOEFF_NORMED)
            _, likeness, _, (x, y) = cv2.minMaxLoc(match)
            window = now[y:y + still.shape[0], x:x + still.shape[1]]
            return likeness > 0.9 and np.abs(patches_of(window) - patches_of(still)).max() < 6  # of 255: JPEG, noise

        self.wait_for("the picture on the screen", shown)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0, err.decode())

    # ---- the loop ----

    def test_an_interrupt_finishes_all_files(self):
        process = self.start(*FAST, "--avi", "a.avi", "--y4m", "a.y4m", "--log", "a.jsonl", "--record", "r", "--statistics", "a.argentst")
        self.wait_for_file("r/frame-00000020.raw")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=PATIENCE), 0)
        self.assertEqual(self.names(), ["a.argentst", "a.avi", "a.jsonl", "a.y4m", "r"])
        self.assertGreater(int(ffprobe(self.folder / "a.avi")["nb_read_frames"]), 20)

    def test_a_second_interrupt_ends_it_at_once(self):
        process = self.start("--quiet", "--size", "640x480", "--y4m", "-")  # a frame is more than the pipe takes, and nobody reads
        process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        self.wait_for("the first interrupt", lambda: not caught_signals(process.pid) >> signal.SIGINT - 1 & 1)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=PATIENCE), -signal.SIGINT)

    def test_real_time(self):
        begin = time.monotonic()
        _, err = self.live("--size", "64x48", "--seconds", 3)
        self.assertGreater(time.monotonic() - begin, 2.9)
        self.assertRegex(err, r"\d+\.\d fps  ae \w+ [\d.]+ ms  gain [\d.]+  awb \d+ K  af \w+ [\d.]+ D  lost \d+  dropped \d+")

    def test_too_little_time_loses_frames_instead_of_falling_behind(self):
        begin = time.monotonic()
        self.live("--quiet", "--size", "1920x1080", "--fps", 500, "--seconds", 2, "--log", "a.jsonl", "--fit", "640x480", "--y4m", "a.y4m")
        took = time.monotonic() - begin
        sequences = [json.loads(line)["sequence"] for line in (self.folder / "a.jsonl").read_text().splitlines()]
        self.assertLess(len(sequences), sequences[-1] + 1)
        self.assertLess(took, 8)

    def test_a_ring_goes_on_and_times_are_told(self):
        self.live(*FAST, "--frames", 5, "--record", "r")
        sinks = ["--log", "a.jsonl", "--y4m", "a.y4m"]
        _, err = self.live("--quiet", "--as-fast-as-possible", "--camera", "ring:r", "--frames", 23, *sinks, "--times")
        sequences = [json.loads(line)["sequence"] for line in (self.folder / "a.jsonl").read_text().splitlines()]
        self.assertEqual(sequences, list(range(23)))
        rows = [line.split()[0] for line in err.splitlines()]
        self.assertEqual(rows, ["stage,", "wait", "measure", "decide", "render", "sinks", "latency", "23"], err)

    def test_controls(self):
        wishes = ["ExposureTime=5000", "AnalogueGain=2", "ColourGains=1.5,2.5", "LensPosition=4"]
        self.live(*FAST, *(word for wish in wishes for word in ("--control", wish)), "--frames", 12, "--log", "a.jsonl")
        last = json.loads((self.folder / "a.jsonl").read_text().splitlines()[-1])
        self.assertAlmostEqual(last["applied"]["exposure_us"], 5000, delta=40)
        self.assertAlmostEqual(last["applied"]["analogue_gain"], 2, delta=0.05)
        self.assertAlmostEqual(last["applied"]["lens_position"], 4, delta=0.01)
        self.assertEqual(last["white_balance"]["gains"], [1.5, 1, 2.5])

    def test_memory_stays_over_ten_thousand_frames(self):
        process = self.start(*FAST, "--frames", 10_000, "--avi", "a.avi", "--log", "a.jsonl", "--y4m", "a.y4m", "--fit", "32x24")
        seen = []
        while process.poll() is None:
            try:
                lines = (self.folder / "a.jsonl").stat().st_size if (self.folder / "a.jsonl").exists() else 0
                seen.append((lines, resident_kilobytes(process.pid)))
            except (FileNotFoundError, ProcessLookupError, TypeError):
                break  # it has just ended
            time.sleep(0.05)
        self.assertEqual(process.wait(), 0, process.stderr.read())
        self.assertGreater(len(seen), 8)
        early, late = seen[len(seen) // 4][1], max(size for _, size in seen[len(seen) // 2 :])
        self.assertLess(late, early + 4096, seen)
        self.assertEqual(len((self.folder / "a.jsonl").read_text().splitlines()), 10_000)

    # ---- what is wrong is said ----

    def refused(self, *arguments, status=1):
        _, err = self.live("--quiet", "--frames", 2, "--as-fast-as-possible", *arguments, status=status)
        self.assertTrue(err.startswith("argent: "), err)
        return err

    def test_wrong_usage(self):
        self.assertIn("did you mean ExposureValue", self.refused("--control", "ExposureValu=1", status=2))
        self.assertIn("outside of", self.refused("--control", "ExposureValue=100", status=2))
        self.refused("--size", "64", status=2)
        self.refused("--fps", "0", status=2)
        self.refused("--preset", "worst", status=2)
        self.refused("--frobnicate", status=2)

    def test_errors(self):
        (self.folder / "there.avi").write_text("mine")
        self.assertIn("exists already", self.refused("--avi", "there.avi"))
        self.assertEqual((self.folder / "there.avi").read_text(), "mine")
        self.assertRegex(self.refused("--camera", "nonsense").splitlines()[0], "camera")
        self.assertIn("no mosaic", self.refused("--camera", "."))
        self.assertIn("no_such.yaml", self.refused("--camera", "sim:no_such.yaml"))
        self.assertIn("no_such.json", self.refused("--tuning", "no_such.json"))
        self.assertIn("/dev/null: takes no pictures", self.refused("--v4l2", "/dev/null"))
        self.assertIn("no_such", self.refused("--v4l2", "no_such"))
        self.assertIn("holds something already", self.refused("--record", "."))
        self.refused("--log", "no/such/folder.jsonl")
        self.refused("--camera", "sim", "--replay-requests")
        (self.folder / "bad.yaml").write_text("sensor: {siz: 1}")
        self.assertIn("did you mean", self.refused("--camera", "sim:bad.yaml"))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
