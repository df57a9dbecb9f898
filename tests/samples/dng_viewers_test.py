#!/usr/bin/env python3
"""Our DNGs in other programs: LibRaw, dcraw_emu, RawTherapee, darktable. usage: dng_viewers_test.py ARGENT [unittest arguments]

A still of `argent live`, whose simulated camera sees a ColorChecker: RawTherapee and darktable develop it with neutral settings. What is
compared is color at equal brightness (how bright a file is shown is each program's choice): with the chart's published sRGB, and with
`argent develop --linear`. A CR2 and what `argent convert` makes of it: the same codes, and with the same explicit settings the same picture.
A DNG with opcodes, converted: each program that knows them applies them to both alike.
Exit status: 0 all is well, 1 a check failed, 77 one of the programs is missing.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import cv2
import numpy as np

import opcode_dng
from color_difference import SRGB_TO_XYZ, ciede2000, lab

ARGENT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
PROGRAMS = ("rawtherapee-cli", "darktable-cli", "exiftool", "unprocessed_raw", "dcraw_emu")
CR2 = pathlib.Path(os.environ.get("ARGENT_SAMPLE_RAW") or "/usr/share/doc/rawtran/IMG_5952.CR2")
SIZE = (960, 640)
GREYS = slice(19, 22)  # what is nearest to neutral in a real chart: its white is warm by 4 %, its black blueish

# Source: X-Rite's sRGB values of the ColorChecker Classic, as in Wikipedia's article on it; 8 bits, rows from dark skin to black.
PUBLISHED = np.array([
    (115, 82, 68), (194, 150, 130), (98, 122, 157), (87, 108, 67), (133, 128, 177), (103, 189, 170),
    (214, 126, 44), (80, 91, 166), (193, 90, 99), (94, 60, 108), (157, 188, 64), (224, 163, 46),
    (56, 61, 150), (70, 148, 73), (175, 54, 60), (231, 199, 31), (187, 86, 149), (8, 133, 161),
    (243, 243, 242), (200, 200, 200), (160, 160, 160), (122, 122, 121), (85, 85, 85), (52, 52, 52)])


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


class Viewers(unittest.TestCase):
    """The other programs, each in a folder of the test's own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

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

    def darktable(self, dng, sidecar=None):
        """Without base curve or filmic; it knows the matrix for D65 only."""
        out = dng.with_suffix(".darktable.tif")
        out.unlink(missing_ok=True)
        settings = ["plugins/darkroom/workflow=none", "plugins/imageio/format/tiff/bpp=16"]
        run("darktable-cli", dng, *([sidecar] if sidecar else []), out, "--core", "--library", ":memory:", "--configdir", self.folder / "config", "--cachedir",
            self.folder / "cache", *(word for setting in settings for word in ("--conf", setting)))
        return linear(load(out))


class LiveStills(Viewers):
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


NEUTRAL = """[Exposure]
Auto=false
Compensation=0
[White Balance]
Enabled=true
Setting=Custom
Temperature=5200
Green=1
Equal=1
[Color Management]
ToneCurve=false
ApplyLookTable=false
ApplyBaselineExposureOffset=false
ApplyHueSatMap=false
WorkingProfile=ProPhoto
OutputProfile=RTv4_sRGB
[RAW]
CA=false
HotPixelFilter=false
DeadPixelFilter=false
[RAW Bayer]
Method=amaze
[LensProfile]
LcMode=none
[HLRecovery]
Enabled=false
"""
MASKED = (74, 12)  # columns and rows of the 30D's CR2 that see no light: they are not in the DNG


@unittest.skipUnless(CR2.is_file(), f"{CR2} is not there")
class Conversion(Viewers):
    def setUp(self):
        super().setUp()
        self.cr2 = self.folder / "original.CR2"
        shutil.copy(CR2, self.cr2)
        self.dng = self.folder / "converted.dng"
        run(ARGENT, "convert", self.cr2, "-o", self.dng, "--quiet")

    def expect_alike(self, name, one, other):
        self.assertEqual(one.shape, other.shape, name)
        difference = ciede2000(lab(one), lab(other))
        print(f"{name}: CIEDE2000 between CR2 and DNG {difference.mean():.5f}, at most {difference.max():.2f}")
        self.assertLess(difference.mean(), 1, name)

    def test_codes_are_those_of_the_cr2(self):
        plain = self.folder / "plain.dng"
        run(ARGENT, "convert", self.cr2, "-o", plain, "--quiet", "--compression", "none", "--no-preview")
        original = self.codes(self.cr2)[MASKED[1]:, MASKED[0]:]
        for dng in (self.dng, plain):
            self.assertTrue(np.array_equal(self.codes(dng), original), dng.name)
        sizes = [path.stat().st_size for path in (self.cr2, self.dng, plain)]
        print(f"CR2 {sizes[0]} bytes, DNG {sizes[1]} with its preview, uncompressed {sizes[2]}")

    def test_dcraw(self):
        pictures = []
        for path in (self.cr2, self.dng):
            run("dcraw_emu", "-q", 3, "-o", 1, "-r", 2, 1, 1.5, 1, "-S", 4095, "-W", "-6", "-T", path)
            pictures.append(linear(load(f"{path}.tiff")))
        self.expect_alike("dcraw_emu", *pictures)

    def test_rawtherapee(self):
        profile = self.folder / "neutral.pp3"
        profile.write_text(NEUTRAL)
        self.expect_alike("RawTherapee", self.rawtherapee(self.cr2, profile), self.rawtherapee(self.dng, profile))

    def test_darktable(self):
        """Its table knows another white level of the camera, and shows the masked border: one set of levels and one area for both."""
        def history(path):
            self.darktable(path)
            return run("exiftool", "-XMP", "-b", path.with_suffix(".darktable.tif"))

        prepared = re.compile(r'(operation="rawprepare".*?params=")([0-9a-f]+)(")', re.S)
        levels = bytearray.fromhex(prepared.search(history(self.dng))[2])
        for i, margin in enumerate(MASKED):  # the first two numbers are columns and rows that are cut off
            levels[4 * i:4 * i + 4] = (int.from_bytes(levels[4 * i:4 * i + 4], "little") + margin).to_bytes(4, "little")
        sidecar = self.folder / "explicit.xmp"
        sidecar.write_text(prepared.sub(lambda match: match[1] + levels.hex() + match[3], history(self.cr2)))
        self.expect_alike("darktable", self.darktable(self.cr2, sidecar), self.darktable(self.dng))

    def test_exif_is_carried_over(self):
        before, after = (json.loads(run("exiftool", "-j", "-n", "-EXIF:all", path))[0] for path in (self.cr2, self.dng))
        for name in ("Make", "ExposureTime", "FNumber", "ISO", "FocalLength", "DateTimeOriginal", "MeteringMode", "Flash", "ExposureProgram"):
            self.assertEqual(before[name], after[name], name)


class Mosaics(Viewers):
    """Headerless mosaics of few bits, and without color."""

    def test_they_are_read_and_shown(self):
        height, width = 640, 960
        y, x = np.mgrid[0:height, 0:width]
        codes = (300 + 2 * x + y + np.random.default_rng(1).normal(0, 8, (height, width))).clip(0, 4095)
        for name, cfa, bits, black, white in (("mono", "mono", 12, 256, 4095), ("eight", "rggb", 8, 16, 255)):
            with self.subTest(name):
                mosaic, dng = self.folder / f"{name}.raw", self.folder / f"{name}.dng"
                stored = codes.astype("<u2") if bits == 12 else (codes / 16).astype("u1")
                mosaic.write_bytes(stored.tobytes())
                run(ARGENT, "convert", mosaic, "--size", f"{width}x{height}", "--cfa", cfa, "--bits", bits, "--black", black, "--white", white,
                    "--wb", "1,1,1", "-o", dng, "--quiet")
                self.assertTrue(np.array_equal(self.codes(dng), stored))
                level = (codes[300:340, 460:500].mean() / (1 if bits == 12 else 16) - black) / (white - black)
                for program in (self.rawtherapee, self.darktable):
                    picture = program(dng)
                    self.assertAlmostEqual(picture[300:340, 460:500].mean(), level, delta=0.2 * level, msg=program.__name__)


class Opcodes(Viewers):
    """Checks of two levels, with dead pixels where a test says so. RawTherapee opens no file of less than 100 kB."""

    WIDTH, HEIGHT = 960, 640

    def mosaic(self, name, lists=None, dead=()):
        y, x = np.mgrid[0:self.HEIGHT, 0:self.WIDTH]
        codes = np.where((x // 32 + y // 32) % 2, 1456, 1056) + (x * 7 + y * 13) % 3
        for column, row in dead:
            codes[row, column] = 0
        source, converted = self.folder / f"{name}.dng", self.folder / f"{name}-converted.dng"
        opcode_dng.write(source, codes, lists)
        run(ARGENT, "convert", source, "-o", converted, "--quiet")
        return source, converted

    def expect_alike(self, one, other):
        self.assertEqual(one.shape, other.shape)
        self.assertLess(np.abs(one - other).max(), 1e-3)

    def test_gain_maps_in_darktable(self):
        grid = [[1 + ((row - 2) ** 2 + (column - 2) ** 2) / 8 for column in range(5)] for row in range(5)]
        source, converted = self.mosaic("gains", {opcode_dng.LIST2: opcode_dng.opcodes(*opcode_dng.gain_maps(grid, self.WIDTH, self.HEIGHT))})
        plain, _ = self.mosaic("plain")
        shown = self.darktable(converted)
        self.expect_alike(shown, self.darktable(source))
        gain = luminance(shown) / luminance(self.darktable(plain))
        self.assertAlmostEqual(gain[self.HEIGHT // 2 + 8, self.WIDTH // 2 + 8], 1, delta=0.03)
        self.assertAlmostEqual(np.median(gain[4:12, 4:12]), 2, delta=0.1)

    def test_bad_pixels(self):
        dead = [(x, y) for y in range(50, 600, 37) for x in range(50, 900, 41)]
        by_code = {opcode_dng.LIST1: opcode_dng.opcodes(opcode_dng.bad_pixels_constant(0))}
        by_place = {opcode_dng.LIST1: opcode_dng.opcodes(opcode_dng.bad_pixels_list(dead))}
        _, without = self.mosaic("without", dead=dead)
        for name, lists, programs in (("code", by_code, (self.rawtherapee, self.darktable)), ("place", by_place, (self.darktable,))):
            source, converted = self.mosaic(name, lists, dead)
            for program in programs:
                with self.subTest(opcode=name, program=program.__name__):
                    self.assertLess(program(without)[40:-40, 40:-40].min(), 0.05)
                    shown = program(converted)
                    self.expect_alike(shown, program(source))
                    self.assertGreater(shown[40:-40, 40:-40].min(), 0.15)


if __name__ == "__main__":
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        print("skipped: not installed:", ", ".join(missing))
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
