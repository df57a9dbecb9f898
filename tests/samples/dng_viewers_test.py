#!/usr/bin/env python3
"""A DNG that `argent live` took has the right colors in RawTherapee and darktable. usage: dng_viewers_test.py ARGENT [unittest arguments]

The simulated camera sees a ColorChecker. Both programs develop the still with neutral settings. What is compared is color at equal
brightness (how bright a file is shown is each program's choice): with the chart's published sRGB, and with `argent develop --linear`.
Exit status: 0 all is well, 1 a check failed, 77 one of the programs is missing.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import cv2
import numpy as np

ARGENT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
PROGRAMS = ("rawtherapee-cli", "darktable-cli", "exiftool", "unprocessed_raw")
SIZE = (960, 640)
GREYS = slice(19, 22)  # what is nearest to neutral in a real chart: its white is warm by 4 %, its black blueish

# Source: X-Rite's sRGB values of the ColorChecker Classic, as in Wikipedia's article on it; 8 bits, rows from dark skin to black.
PUBLISHED = np.array([
    (115, 82, 68), (194, 150, 130), (98, 122, 157), (87, 108, 67), (133, 128, 177), (103, 189, 170),
    (214, 126, 44), (80, 91, 166), (193, 90, 99), (94, 60, 108), (157, 188, 64), (224, 163, 46),
    (56, 61, 150), (70, 148, 73), (175, 54, 60), (231, 199, 31), (187, 86, 149), (8, 133, 161),
    (243, 243, 242), (200, 200, 200), (160, 160, 160), (122, 122, 121), (85, 85, 85), (52, 52, 52)])
SRGB_TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])


def linear(srgb):
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def luminance(rgb):
    return rgb @ SRGB_TO_XYZ[1]


TRUTH = linear(PUBLISHED / 255)


def color(rgb):
    """a* and b* of the 24 patches, each as bright as it is in truth."""
    rgb = rgb * (luminance(TRUTH) / luminance(rgb))[:, None]
    xyz = rgb @ SRGB_TO_XYZ.T / SRGB_TO_XYZ.sum(axis=1)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.stack([500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=-1)


def color_difference(rgb, reference):
    return np.linalg.norm(color(rgb) - color(reference), axis=1)


def hue_difference(rgb, reference):
    """Degrees, of the patches that have a hue."""
    a, b = (color(values)[:18] for values in (rgb, reference))
    difference = np.degrees(np.arctan2(a[:, 1], a[:, 0]) - np.arctan2(b[:, 1], b[:, 0]))
    return np.abs((difference + 180) % 360 - 180)


def patches(picture):
    """Means of the inner parts of the chart's 24 patches."""
    height, width = picture.shape[:2]
    cells = [(row, column) for row in range(4) for column in range(6)]
    insides = [picture[int(height * (r + 0.3) / 4):int(height * (r + 0.7) / 4), int(width * (c + 0.3) / 6):int(width * (c + 0.7) / 6)]
               for r, c in cells]
    return np.array([inside.reshape(-1, picture.shape[2]).mean(axis=0) for inside in insides])


def load(path):
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert picture is not None and picture.ndim == 3, path
    return picture[..., ::-1] / np.iinfo(picture.dtype).max


def run(*command):
    environment = os.environ | {"HOME": tempfile.gettempdir()}
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


class DngViewers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    # ---- the camera ----

    def still(self, camera, kind, *arguments):
        """One still of the settled camera."""
        captures = self.folder / f"stills-{len(list(self.folder.glob('stills-*')))}"
        run(ARGENT, "live", "--quiet", "--as-fast-as-possible", "--camera", camera, "--still", "--still-format", kind,
            "--captures", captures, *arguments)
        (path,) = captures.iterdir()
        return path

    def chart(self, cct):
        """The chart under that light, and the camera's options: white balance is what its greys say."""
        scenario = self.folder / "chart.yaml"
        scenario.write_text(f"scene: {{kind: checker}}\nlight: {{cct: {cct}, lux: 600}}\nlens: {{shading: 0, start_position: 0.5}}\n"
                            "sensor: {model: imx477, bits: 12}\n")
        settled = ["--size", f"{SIZE[0]}x{SIZE[1]}", "--frames", 45, "--after", 1]
        camera = f"sim:{scenario}"
        codes = self.codes(self.still(camera, "dng", *settled)).astype(float) - 256
        sites = np.stack([codes[0::2, 0::2], codes[0::2, 1::2], codes[1::2, 0::2], codes[1::2, 1::2]], axis=-1)
        red, *green, blue = patches(sites)[GREYS].mean(axis=0)
        self.gains = np.mean(green) / red, np.mean(green) / blue
        return camera, [*settled, *self.balance()]

    def balance(self):
        return ["--control", f"ColourGains={self.gains[0]:.6f},{self.gains[1]:.6f}"]

    # ---- the programs ----

    def codes(self, dng):
        """As LibRaw finds them."""
        run("unprocessed_raw", "-q", dng)
        return cv2.imread(f"{dng}.pgm", cv2.IMREAD_UNCHANGED)

    def rawtherapee(self, dng, profile=None):
        """Without a profile: neutral, with the matrix for D65."""
        out = dng.with_suffix(".rawtherapee.tif")
        run("rawtherapee-cli", "-q", "-Y", "-t", "-b16", *(["-p", profile] if profile else []), "-o", out, "-c", dng)
        return linear(load(out))

    def darktable(self, dng):
        """Without base curve or filmic; it knows the matrix for D65 only."""
        out = dng.with_suffix(".darktable.tif")
        settings = ["plugins/darkroom/workflow=none", "plugins/imageio/format/tiff/bpp=16"]
        run("darktable-cli", dng, out, "--core", "--library", ":memory:", "--configdir", self.folder / "config", "--cachedir",
            self.folder / "cache", *(word for setting in settings for word in ("--conf", setting)))
        return linear(load(out))

    def ours(self, dng):
        out = dng.with_suffix(".argent.tiff")
        run(ARGENT, "develop", dng, "--linear", "--quiet", "-o", out)
        return load(out)

    def expect_neutral(self, rgb, name):
        greys = rgb[GREYS] / rgb[GREYS][:, 1:2]
        self.assertLess(np.abs(greys - 1).max(), 0.02, f"{name}: {greys}")

    # ---- what is checked ----

    def test_colors_in_daylight(self):
        camera, options = self.chart(6500)
        dng = self.still(camera, "dng", *options)
        own = patches(self.ours(dng))
        for name, picture in (("RawTherapee", self.rawtherapee(dng)), ("darktable", self.darktable(dng))):
            rgb = patches(picture)
            wrong, unlike, hue = color_difference(rgb, TRUTH), color_difference(rgb, own), hue_difference(rgb, TRUTH)
            print(f"{name}: a*b* off the chart's by {wrong.mean():.2f}, at most {wrong.max():.2f}; off argent's by {unlike.mean():.2f}, "
                  f"at most {unlike.max():.2f}; hue off by {hue.mean():.1f}, at most {hue.max():.1f} degrees")
            self.assertLess(wrong.mean(), 2.5, name)
            self.assertLess(wrong.max(), 6, name)
            self.assertLess(unlike.max(), 1, name)
            self.assertLess(hue.max(), 7, name)
            self.expect_neutral(rgb, name)
            bright = luminance(rgb) / luminance(own)
            self.assertLess(np.abs(bright[18:] - 1).max(), 0.01, f"{name}: black or white level, {bright}")

    def test_hues_are_those_of_the_jpeg(self):
        camera, options = self.chart(6500)
        jpeg = linear(load(self.still(camera, "jpg", *options)))
        dng = self.still(camera, "dng", *options)
        for name, picture in (("RawTherapee", self.rawtherapee(dng)), ("darktable", self.darktable(dng))):
            hue = hue_difference(patches(picture), patches(jpeg))
            print(f"{name}: hue off the JPEG's by {hue.mean():.1f}, at most {hue.max():.1f} degrees")
            self.assertLess(hue.mean(), 4, name)  # its curve works on R, G and B alone: saturation differs by design
            self.assertLess(hue.max(), 12, name)

    def test_both_matrices_in_lamp_light(self):
        camera, options = self.chart(3000)
        dng = self.still(camera, "dng", *options)
        own = patches(self.ours(dng))
        profile = self.folder / "dual.pp3"  # the DNG as its own DCP: only so RawTherapee interpolates between the two matrices
        profile.write_text(f"[Color Management]\nInputProfile=file:{dng}\nToneCurve=false\nApplyLookTable=false\n"
                           "ApplyBaselineExposureOffset=false\nApplyHueSatMap=false\nDCPIlluminant=0\n")
        dual, single, other = (patches(picture) for picture in (self.rawtherapee(dng, profile), self.rawtherapee(dng), self.darktable(dng)))
        for name, rgb in (("both", dual), ("one", single), ("darktable", other)):
            self.expect_neutral(rgb, name)
        two, one = color_difference(dual, own), color_difference(single, own)
        print(f"RawTherapee off argent's by {two.mean():.2f} with both matrices, by {one.mean():.2f} with that for D65")
        self.assertLess(two.mean(), 2)
        self.assertLess(two.mean(), one.mean() / 2)

    def test_phases_and_orientation(self):
        camera, options = self.chart(6500)
        shot = self.folder / "shot"
        run(ARGENT, "live", "--quiet", "--as-fast-as-possible", "--camera", camera, *options, "--record", shot)
        last = sorted(shot.glob("*.raw"))[-1]
        codes = np.frombuffer(last.read_bytes(), "<u2").reshape(SIZE[::-1])
        described = pathlib.Path(f"{last}.yaml").read_text()
        turned = {0: None, 90: (6, cv2.ROTATE_90_COUNTERCLOCKWISE), 180: (3, cv2.ROTATE_180), 270: (8, cv2.ROTATE_90_CLOCKWISE)}
        for (x, y, cfa), (angle, turn) in zip(((0, 0, "rggb"), (1, 0, "grbg"), (0, 1, "gbrg"), (1, 1, "bggr")), turned.items()):
            with self.subTest(cfa=cfa, angle=angle):
                folder = self.folder / cfa
                folder.mkdir()
                width, height = SIZE[0] - 2, SIZE[1] - 2
                cut = codes[y:y + height, x:x + width]
                (folder / "frame.raw").write_bytes(cut.tobytes())
                text = described.replace("cfa: rggb", f"cfa: {cfa}").replace(f"size: {SIZE[0]}x{SIZE[1]}", f"size: {width}x{height}")
                (folder / "frame.raw.yaml").write_text(text + (f"orientation: {turn[0]}\n" if turn else ""))
                dng = self.still(folder, "dng", "--after", 0, *self.balance())
                self.assertTrue(np.array_equal(self.codes(dng), cut), "LibRaw reads other codes")
                for name, picture in (("RawTherapee", self.rawtherapee(dng)), ("darktable", self.darktable(dng))):
                    upright = cv2.rotate(picture, turn[1]) if turn else picture
                    self.assertGreater(upright.shape[1], upright.shape[0], f"{name} did not turn it")
                    wrong = color_difference(patches(upright), TRUTH)
                    self.assertLess(wrong.max(), 6, name)

    def test_tags(self):
        camera, options = self.chart(5000)
        log = self.folder / "log.jsonl"
        dng = self.still(camera, "dng", *options, "--log", log)
        (tags,) = json.loads(run("exiftool", "-j", "-n", "-a", dng))
        applied = json.loads(log.read_text().splitlines()[-1])["applied"]
        numbers = {name: [float(word) for word in str(tags[name]).split()] for name in ("AsShotNeutral", "ActiveArea", "BlackLevel")}
        np.testing.assert_allclose(numbers["AsShotNeutral"], [1 / self.gains[0], 1, 1 / self.gains[1]], rtol=1e-4)
        self.assertEqual(numbers["ActiveArea"], [0, 0, SIZE[1], SIZE[0]])
        self.assertEqual(numbers["BlackLevel"], [256] * 4)
        self.assertEqual((tags["WhiteLevel"], tags["Orientation"], tags["CFAPattern2"]), (4095, 1, "0 1 1 2"))
        self.assertEqual((tags["CalibrationIlluminant1"], tags["CalibrationIlluminant2"]), (17, 21))
        self.assertAlmostEqual(1e6 * tags["ExposureTime"], applied["exposure_us"], delta=1)
        self.assertAlmostEqual(tags["ISO"] / 100, applied["analogue_gain"], delta=0.01)
        self.assertAlmostEqual(tags["SubjectDistance"], 1 / applied["lens_position"], delta=0.01)
        measured = json.loads(run(ARGENT, "measure", "--json", dng))["camera"]
        self.assertAlmostEqual(measured["exposure_us"], applied["exposure_us"], delta=1)


if __name__ == "__main__":
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        print("skipped: not installed:", ", ".join(missing))
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
