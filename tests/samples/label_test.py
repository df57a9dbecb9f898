#!/usr/bin/env python3
"""`argent label` as its users call it, on rendered captures and on Infinite-ISP's. usage: label_test.py ARGENT [unittest arguments]"""

import csv
import fcntl
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import cv2
import numpy as np

ARGENT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
DATA = pathlib.Path(os.environ.get("ARGENT_DATA") or pathlib.Path(__file__).parents[3] / "shared/data")
WIDTH, HEIGHT = 1280, 960
BLACK, WHITE = 256, 4095
MOSAIC = ["--size", f"{WIDTH}x{HEIGHT}", "--cfa", "rggb", "--bits", "12", "--black", str(BLACK), "--white", str(WHITE)]
LIGHT = np.array([0.5, 1, 0.625])
# A sensor that sees sRGB's primaries: the matrix is XYZ to linear sRGB, seen through LIGHT.
SRGB_OF_XYZ = np.array([[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]])
# The chart's colors in sRGB as X-Rite published them in 2005.
PATCHES = np.array([
    [115, 82, 68], [194, 150, 130], [98, 122, 157], [87, 108, 67], [133, 128, 177], [103, 189, 170],
    [214, 126, 44], [80, 91, 166], [193, 90, 99], [94, 60, 108], [157, 188, 64], [224, 163, 46],
    [56, 61, 150], [70, 148, 73], [175, 54, 60], [231, 199, 31], [187, 86, 149], [8, 133, 161],
    [243, 243, 242], [200, 200, 200], [160, 160, 160], [122, 122, 121], [85, 85, 85], [52, 52, 52]]) / 255.0
LINEAR = np.where(PATCHES <= 0.04045, PATCHES / 12.92, ((PATCHES + 0.055) / 1.055) ** 2.4)


def scene(chart=True, angle=10.0, seed=1):
    """Linear sRGB of a wall with some things on it, and the chart."""
    random = np.random.default_rng(seed)
    picture = np.full((HEIGHT, WIDTH, 3), 0.3) * np.linspace(0.7, 1.2, WIDTH)[None, :, None]
    for _ in range(12):
        x, y = random.integers(0, WIDTH - 200), random.integers(0, HEIGHT - 150)
        cv2.rectangle(picture, (int(x), int(y)), (int(x) + 160, int(y) + 120), random.uniform(0.05, 0.6, 3).tolist(), -1)
    if chart:
        pitch = 60
        flat = np.full((4 * pitch + 20, 6 * pitch + 20, 3), 0.03)
        for i, color in enumerate(LINEAR):
            x, y = 10 + pitch * (i % 6) + 3, 10 + pitch * (i // 6) + 3
            flat[y:y + pitch - 6, x:x + pitch - 6] = color
        turn = cv2.getRotationMatrix2D((flat.shape[1] / 2, flat.shape[0] / 2), angle, 1)
        turn[:, 2] += np.array([WIDTH / 2, HEIGHT / 2]) - np.array([flat.shape[1], flat.shape[0]]) / 2
        inside = cv2.warpAffine(np.ones(flat.shape[:2]), turn, (WIDTH, HEIGHT))
        picture = np.where(inside[..., None] > 0.5, cv2.warpAffine(flat, turn, (WIDTH, HEIGHT)), picture)
    return cv2.GaussianBlur(picture, None, 0.8)


def write_capture(path, picture, exposure=0.9):
    seen = picture * LIGHT * exposure
    codes = np.empty((HEIGHT, WIDTH))
    codes[0::2, 0::2] = seen[0::2, 0::2, 0]
    codes[0::2, 1::2] = seen[0::2, 1::2, 1]
    codes[1::2, 0::2] = seen[1::2, 0::2, 1]
    codes[1::2, 1::2] = seen[1::2, 1::2, 2]
    codes += np.random.default_rng(2).normal(0, 0.002, codes.shape)
    path.write_bytes(np.clip(np.round(BLACK + codes * (WHITE - BLACK)), 0, WHITE).astype("<u2").tobytes())
    return path


class LabelTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name)
        self.out = self.tmp / "labels"

    def label(self, *arguments, status=0):
        command = [ARGENT, "label", *map(str, arguments)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=240)
        self.assertEqual(done.returncode, status, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}")
        for line in done.stderr.splitlines():
            self.assertRegex(line, r"^argent: ", "every line on stderr says who speaks")
        return done

    def chart(self, *arguments, **options):
        return self.label(*arguments, *MOSAIC, "--camera", "toy", "--out", self.out, **options)

    def rows(self):
        with open(self.out / "labels.csv", newline="") as file:
            return list(csv.DictReader(file))

    def thumbnail(self, name):
        picture = cv2.imread(str(self.out / name), cv2.IMREAD_UNCHANGED)
        self.assertEqual(picture.dtype, np.uint16)
        return picture[..., ::-1].astype(int)

    def test_a_chart_becomes_a_label(self):
        capture = write_capture(self.tmp / "a.raw", scene())
        done = self.chart(capture, "--chart-light", "D65", "--preview", self.tmp / "looks", "--json")
        said = json.loads(done.stdout)
        self.assertEqual(said["source"], "chart")
        self.assertGreater(said["chart"]["confidence"], 0.9)
        self.assertLess(said["matrix"]["mean_delta_e"], 3)
        (row,) = self.rows()
        self.assertEqual((row["file"], row["camera"], row["source"], row["capture"]), ("a.png", "toy", "chart", "../a.raw"))
        # The published colors are neutral where the chart's print has the tint that is taken off here.
        np.testing.assert_allclose([float(row[c]) for c in "rgb"], LIGHT, rtol=0.025)
        self.assertAlmostEqual(1e6 / float(row["kelvin"]), 1e6 / 6504, delta=5)
        self.assertEqual(row["lux"], "", "nothing is known of the exposure")
        picture = self.thumbnail("a.png")
        self.assertEqual(picture.shape, (48, 64, 3))
        self.assertEqual(picture.max(), 65535)
        self.assertTrue((picture[20:28, 26:38] == 0).all(), "the chart is masked")
        self.assertTrue((picture[:10] > 0).all(), "and nothing else is")
        seen = scene()[0:20, 0:20].mean((0, 1)) * LIGHT
        np.testing.assert_allclose(picture[0, 0] / picture[0, 0].max(), seen / seen.max(), rtol=0.03)
        shown = cv2.imread(str(self.tmp / "looks/a.jpg"))
        self.assertEqual(shown.shape, (HEIGHT // 2, WIDTH // 2, 3))
        green = (shown[..., 1].astype(int) - np.maximum(shown[..., 0], shown[..., 2]) > 80).sum()
        self.assertGreater(green, 500, "the patches are drawn")

    def test_a_matrix_of_the_chart_is_the_cameras(self):
        capture = write_capture(self.tmp / "a.raw", scene(), exposure=0.8)
        self.chart(capture, "--chart-light", "D65")
        text = (self.out / "cameras.yaml").read_text()
        found = re.search(r'"toy":\s+matrices:\s+- \{illuminant: 21, matrix: \[(.*)\]\}', text)
        self.assertTrue(found, text)
        matrix = np.array([float(number) for number in found.group(1).split(",")]).reshape(3, 3)
        truth = LIGHT[:, None] * SRGB_OF_XYZ
        np.testing.assert_allclose(matrix, truth, atol=0.12)

    def test_a_capture_without_a_chart_stops_no_other(self):
        write_capture(self.tmp / "a.raw", scene())
        write_capture(self.tmp / "b.raw", scene(chart=False))
        write_capture(self.tmp / "c.raw", scene(angle=100))
        (self.tmp / "d.raw").write_bytes(b"short")
        done = self.chart(self.tmp, "--chart-light", "D65", "--preview", self.tmp / "looks", status=1)
        about = [line for line in done.stderr.splitlines() if "b.raw" in line]
        self.assertEqual(len(about), 1, done.stderr)
        self.assertIn("no ColorChecker was found", about[0])
        self.assertIn("2 of 4 labelled, 2 failed", done.stderr)
        self.assertEqual([row["file"] for row in self.rows()], ["a.png", "c.png"])
        self.assertFalse((self.out / "b.png").exists())
        self.assertTrue((self.tmp / "looks/b.jpg").exists(), "so that the corners can be read off")

    def test_the_second_run_goes_on(self):
        write_capture(self.tmp / "a.raw", scene())
        self.chart(self.tmp, "--chart-light", "D65")
        before = (self.out / "a.png").stat().st_mtime_ns
        write_capture(self.tmp / "b.raw", scene(angle=200))
        done = self.chart(self.tmp)  # the matrix is known from the first run
        self.assertIn("a.raw: has its label already", done.stderr)
        self.assertEqual([row["file"] for row in self.rows()], ["a.png", "b.png"])
        self.assertEqual((self.out / "a.png").stat().st_mtime_ns, before)
        self.chart(self.tmp / "a.raw", "--overwrite")
        self.assertEqual([row["file"] for row in self.rows()], ["a.png", "b.png"])
        self.assertNotEqual((self.out / "a.png").stat().st_mtime_ns, before)

    def test_killed_in_the_middle_nothing_is_lost(self):
        for i in range(12):
            write_capture(self.tmp / f"{i:02}.raw", scene(angle=30 * i))
        command = [ARGENT, "label", self.tmp, *MOSAIC, "--camera", "toy", "--chart-light", "D65", "--out", self.out]
        kills = 0
        while kills < 6:
            running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            running.stdout.readline()
            time.sleep(0.05 * kills)
            running.send_signal(signal.SIGKILL)
            running.communicate()
            kills += 1
            rows = self.rows()
            self.assertEqual(len(rows), len({row["file"] for row in rows}))
            self.assertGreaterEqual(len(rows), kills if len(rows) < 12 else 12)
        self.label(*command[2:])
        self.assertEqual(sorted(row["file"] for row in self.rows()), [f"{i:02}.png" for i in range(12)])
        self.assertEqual({path.name for path in self.out.iterdir()}, {"labels.csv", "cameras.yaml", *(f"{i:02}.png" for i in range(12))})

    def test_grey_and_kelvin(self):
        capture = write_capture(self.tmp / "a.raw", scene(chart=False))
        matrix = ", ".join(f"{number:.7f}" for number in (LIGHT[:, None] * SRGB_OF_XYZ).ravel())
        (self.tmp / "a.raw.yaml").write_text(f"matrices: [{{illuminant: D65, xyz_to_camera: [{matrix}]}}]\niso: 100\nexposure_us: 10000\nf_number: 2\n")
        self.chart(capture, "--kelvin", "6504")
        (row,) = self.rows()
        np.testing.assert_allclose([float(row[c]) for c in "rgb"], LIGHT, rtol=0.01)
        self.assertEqual((row["source"], row["kelvin"], row["deviation"]), ("kelvin", "6504", ""))
        self.assertGreater(float(row["lux"]), 1)
        picture = scene(chart=False)
        picture[400:560, 500:700] = 0.4
        capture = write_capture(self.tmp / "b.raw", picture)
        self.chart(capture, "--sidecar", self.tmp / "a.raw.yaml", "--grey", f"{510 / WIDTH},{410 / HEIGHT},{180 / WIDTH},{140 / HEIGHT}")
        row = self.rows()[1]
        np.testing.assert_allclose([float(row[c]) for c in "rgb"], LIGHT, rtol=0.01)
        self.assertEqual(row["source"], "grey")
        self.assertTrue((self.thumbnail("b.png")[21:27, 26:34] == 0).all(), "the grey patch is masked")

    def test_the_lens_is_taken_off(self):
        gain = 1 + np.linspace(0, 0.8, WIDTH)[None, :]  # of red in daylight, and of nothing under a lamp
        picture = scene()
        picture[..., 0] /= gain
        capture = write_capture(self.tmp / "a.raw", picture)
        matrix = ", ".join(f"{number:.7f}" for number in (LIGHT[:, None] * SRGB_OF_XYZ).ravel())
        (self.tmp / "camera.yaml").write_text(f"""argent_profile: 1
matrices: [{{illuminant: D65, xyz_to_camera: [{matrix}]}}]
shading:
- {{cct: 2850, columns: 2, rows: 1, red: [1, 1], green: [1, 1], blue: [1, 1]}}
- {{cct: 6504, columns: 2, rows: 1, red: [1, 1.8], green: [1, 1], blue: [1, 1]}}
""")
        self.chart(capture, "--profile", self.tmp / "camera.yaml")
        (row,) = self.rows()
        np.testing.assert_allclose([float(row[c]) for c in "rgb"], LIGHT, rtol=0.025)
        picture = self.thumbnail("a.png")
        truth = scene()[::20, ::20] * LIGHT
        for x in (1, 62):
            ratios = picture[:, x, 0] / picture[:, x, 1]
            np.testing.assert_allclose(np.median(ratios), np.median(truth[:, x, 0] / truth[:, x, 1]), rtol=0.04)

    def test_placed_by_hand(self):
        capture = write_capture(self.tmp / "a.raw", scene(angle=0))
        x, y = (WIDTH - 380) / 2 + 13, (HEIGHT - 260) / 2 + 13
        corners = [(x, y), (x + 354, y), (x + 354, y + 234), (x, y + 234)]
        text = ",".join(f"{cx / WIDTH:.5f},{cy / HEIGHT:.5f}" for cx, cy in corners)
        self.chart(capture, "--chart", text, "--chart-light", "D65")
        (row,) = self.rows()
        np.testing.assert_allclose([float(row[c]) for c in "rgb"], LIGHT, rtol=0.025)

    def test_what_is_not_known_is_said(self):
        capture = write_capture(self.tmp / "a.raw", scene())
        done = self.label(capture, *MOSAIC, "--out", self.out, "--chart-light", "D65", status=1)
        self.assertIn("give --camera", done.stderr)
        done = self.chart(capture, status=1)
        self.assertIn("no color matrix of its camera is known", done.stderr)
        done = self.chart(capture, "--kelvin", 5000, status=1)
        self.assertIn("nothing is known of its camera", done.stderr)
        self.assertFalse((self.out / "a.png").exists())
        self.assertFalse((self.out / "labels.csv").exists())

    def test_wrong_command_lines(self):
        capture = write_capture(self.tmp / "a.raw", scene(chart=False))
        other = write_capture(self.tmp / "b.raw", scene(chart=False))
        for arguments in (["--grey", "0.1,0.1,0.1,0.1", "--kelvin", "5000"], ["--grey", "0.1,0.1,0.1"], ["--grey", "0.9,0.9,0.2,0.2"],
                          ["--kelvin", "0"], ["--kelvin", "5000", "--chart-light", "D65"], ["--chart-light", "D64"], ["--chart", "0,0,1,0"],
                          [other, "--grey", "0.1,0.1,0.1,0.1"], ["--grey", "0.1,0.1,0.1,0.1", "--chart", "0,0,1,0,1,1,0,1"], ["--unknown"]):
            done = self.chart(capture, *arguments, status=2)
            self.assertIn("see argent label --help", done.stderr)
        self.label(capture, *MOSAIC, status=2)  # no --out
        self.assertFalse(self.out.exists(), "nothing was begun")
        self.assertIn("Examples:", self.label("--help").stdout)

    def test_tables_and_pictures_of_others_stay(self):
        capture = write_capture(self.tmp / "a.raw", scene())
        self.out.mkdir()
        (self.out / "labels.csv").write_text("name,light\n")
        self.assertIn("labels.csv:1", self.chart(capture, "--chart-light", "D65", status=1).stderr)
        self.assertEqual((self.out / "labels.csv").read_text(), "name,light\n")
        (self.out / "labels.csv").unlink()
        (self.out / "a.png").write_text("mine")
        self.assertIn("is there already", self.chart(capture, "--chart-light", "D65", status=1).stderr)
        self.assertEqual((self.out / "a.png").read_text(), "mine")
        (self.out / "a.png").unlink()
        (self.tmp / "looks").mkdir()
        (self.tmp / "looks/a.jpg").write_text("mine")
        self.chart(capture, "--chart-light", "D65", "--preview", self.tmp / "looks", status=1)
        self.assertEqual((self.tmp / "looks/a.jpg").read_text(), "mine")
        (self.tmp / "a").mkdir()
        self.chart(capture, "--chart-light", "D65")
        again = write_capture(self.tmp / "a/a.raw", scene())
        self.assertIn("a capture of the same name", self.chart(again, "--chart-light", "D65", status=1).stderr)

    def test_one_at_a_time(self):
        capture = write_capture(self.tmp / "a.raw", scene())
        self.out.mkdir()
        folder = os.open(self.out, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        fcntl.flock(folder, fcntl.LOCK_EX)
        self.assertIn("another argent label", self.chart(capture, "--chart-light", "D65", status=1).stderr)

    def test_chart_scenes(self):
        scenes = DATA / "raw/chart_scenes"
        if not scenes.exists():
            self.skipTest(f"{scenes} is absent")
        stated = {"Outdoor1": (0.459, 0.603), "Outdoor2": (0.491, 0.634), "Indoor1": (0.759, 0.323)}
        mosaic = ["--size", "2592x1536", "--cfa", "grbg", "--bits", "8", "--black", "12.5", "--white", "255", "--camera", "infinite"]
        self.label(*(scenes / f"{name}_2592x1536_8bit_GRBG.raw.gz" for name in stated), *mosaic, "--chart-light", "D65", "--out", self.out)
        rows = {row["file"].split("_")[0]: row for row in self.rows()}
        for name, (red, blue) in stated.items():
            self.assertAlmostEqual(float(rows[name]["r"]) / red, 1, delta=0.02)
            self.assertAlmostEqual(float(rows[name]["b"]) / blue, 1, delta=0.02)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
