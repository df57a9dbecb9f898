#!/usr/bin/env python3
"""The program `argent` as its users call it. usage: cli_test.py ARGENT [unittest arguments]; only the standard library is needed."""

import json
import math
import os
import pathlib
import pty
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
import zlib

ARGENT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
DATA = pathlib.Path(os.environ.get("ARGENT_DATA") or pathlib.Path(__file__).parents[3] / "shared/data")
WIDTH, HEIGHT = 64, 48
MOSAIC = ["--size", f"{WIDTH}x{HEIGHT}", "--cfa", "rggb", "--bits", "12", "--black", "256", "--white", "4095"]
SHADING_PROFILE = """argent_profile: 1
name: test
shading:
  - {cct: 4000, columns: 2, rows: 2, red: [1, 1.5, 2, 2.5], green: [1, 1, 1, 1], blue: [3, 1, 1, 1]}
"""
GREY_CODES = (256 + 400, 256 + 800, 256 + 800, 256 + 500)  # R, G, G, B: neutral after gains 2, 1, 1.6


def scene(x, y):
    """A mosaic's code: something different in each corner, so that no turn of the picture looks like another."""
    level = 300 + 40 * (x // 8) + 25 * (y // 8) + (1500 if x < 20 and y < 12 else 0)
    return level if (x % 2, y % 2) != (0, 0) else level + 200


def grey(x, y):
    return GREY_CODES[2 * (y % 2) + x % 2]


def xtrans_grey(x, y):
    """The same of an X-Trans mosaic of phase 2, 5."""
    color = ("GBGGRG", "RGRBGB", "GBGGRG", "GRGGBG", "BGBRGR", "GRGGBG")[(y + 5) % 6][(x + 2) % 6]
    return GREY_CODES[{"R": 0, "G": 1, "B": 3}[color]]


def write_mosaic(path, code=scene):
    path.write_bytes(struct.pack(f"<{WIDTH * HEIGHT}H", *(code(x, y) for y in range(HEIGHT) for x in range(WIDTH))))
    return path


def read_png(path):
    """Rows of pixels (tuples of samples)."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        chunk = data[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack(">IIBB", chunk[:10])
            assert color == 2, "expected RGB"
        elif kind == b"IDAT":
            packed += chunk
        at += 12 + size
    raw, step = zlib.decompress(packed), 3 * depth // 8
    rows, previous = [], bytearray(width * step)
    for y in range(height):
        kind = raw[y * (width * step + 1)]
        line = bytearray(raw[y * (width * step + 1) + 1 : (y + 1) * (width * step + 1)])
        for i in range(len(line)):
            left = line[i - step] if i >= step else 0
            up, corner = previous[i], previous[i - step] if i >= step else 0
            if kind == 4:
                p = left + up - corner
                guess = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))[2]
            else:
                guess = (0, left, up, (left + up) // 2)[kind]
            line[i] = (line[i] + guess) & 255
        previous = line
        samples = struct.unpack(f">{3 * width}{'H' if depth == 16 else 'B'}", line)
        rows.append([samples[3 * x : 3 * x + 3] for x in range(width)])
    return rows


class CliTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.tmp = pathlib.Path(self._folder.name)
        self.raw = write_mosaic(self.tmp / "a.raw")

    def run_argent(self, *arguments, status=0, **options):
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        done = subprocess.run([ARGENT, *map(str, arguments)], stdin=subprocess.DEVNULL, timeout=120, text=True, errors="replace", **options)
        self.assertEqual(done.returncode, status, f"argent {' '.join(map(str, arguments))}\n{done.stdout}\n{done.stderr}")
        for line in (done.stderr or "").splitlines():
            self.assertRegex(line, r"^argent: ", "every line on stderr says who speaks")
        return done

    def develop(self, *arguments, **options):
        return self.run_argent("develop", *arguments, *MOSAIC, **options)

    def pictures(self, folder=None):
        return sorted(p.name for p in (folder or self.tmp).iterdir() if p.suffix in (".png", ".tiff", ".jpg"))

    def assert_nothing_left_behind(self, folder, expected):
        self.assertEqual(sorted(p.name for p in folder.iterdir()), sorted(expected))


class HelpTest(CliTest):
    def test_help_names_commands_and_examples(self):
        text = self.run_argent("--help").stdout
        for word in ("develop", "convert", "measure", "--version", "Examples:", "ARGENT_CPU"):
            self.assertIn(word, text)

    def test_each_command_has_help_with_examples(self):
        develop = self.run_argent("develop", "--help").stdout
        for word in ("--wb", "--exposure", "--color", "--linear", "--resize", "--half", "--profile", "--preset", "--threads", "--json", "--size",
                     "--cfa", "--bits", "--black", "--white", "--sidecar", "--overwrite", "--crop", "--recursive", "--set", "--bit-depth",
                     "--quality", "--format", "--tint", "--wb-box", "--rotate", "--flip", "--lens", "--focal", "--settings", "--no-sidecar", "--write-sidecar", "--dump-stages", "Examples:", "(sensor - black) / (white - black) x gains", "tone.contrast"):
            self.assertIn(word, develop)
        measure = self.run_argent("measure", "--help").stdout
        for word in ("--json", "--save", "--verbose", "Examples:", "stops" if "stops" in measure else "error EV"):
            self.assertIn(word, measure)

    def test_dcraw_vocabulary_is_translated(self):
        text = self.run_argent("develop", "--help").stdout
        dcraw = text[text.index("Coming from dcraw") :]
        for option in ("-w ", "-a ", "-r R G B G", "-o ", "-q N", "-H N", "-6 ", "-4 ", "-T "):
            self.assertIn("\n  " + option, dcraw)
        self.assertIn("here it names the output", dcraw)

    def test_version_names_libraries_and_cpu(self):
        text = self.run_argent("--version").stdout
        for word in ("argent ", "LibRaw 0", "libtiff 4", "libpng 1", "libjpeg-turbo ", "Halide ", "CPU target: "):
            self.assertIn(word, text)
        baseline = self.run_argent("--version", env={**os.environ, "ARGENT_CPU": "baseline"}).stdout
        self.assertIn("CPU target: baseline", baseline)
        self.assertIn("sse9", self.run_argent("--version", env={**os.environ, "ARGENT_CPU": "sse9"}, status=2).stderr)


class UsageTest(CliTest):
    def test_wrong_usage_is_status_2_and_points_to_help(self):
        for arguments in (
            ["develop"],
            ["develop", self.raw, "--no-such-option"],
            ["develop", self.raw, "--wb", "warm"],
            ["develop", self.raw, "--wb", "2,1"],
            ["develop", self.raw, "--wb", "2,0,1"],
            ["develop", self.raw, "--exposure", "bright"],
            ["develop", self.raw, "--size", "0x0"],
            ["develop", self.raw, "--cfa", "rgbg"],
            ["develop", self.raw, "--bits", "17"],
            ["develop", self.raw, "--preset", "slowest"],
            ["develop", self.raw, "--resize", "0%"],
            ["develop", self.raw, "--half", "--resize", "20%"],
            ["develop", self.raw, "--threads", "0"],
            ["develop", self.raw, "--set", "tone.contrst=1.3"],
            ["develop", self.raw, "--set", "tone.contrast=99"],
            ["develop", self.raw, "-o", self.tmp / "x.webp"],
            ["develop", self.raw, "-o", self.tmp / "x.jpg", "--bit-depth", "16"],
            ["develop", self.raw, self.tmp / "b.raw", "-o", self.tmp / "x.png"],
            ["develop", self.raw, self.tmp / "b.raw", "--dump-stages", self.tmp / "stages"],
            ["measure", self.raw, "--wb", "auto"],
        ):
            done = self.run_argent(*arguments, status=2)
            self.assertEqual(done.stdout, "")
            self.assertIn("--help", done.stderr)
        self.assertEqual(self.pictures(), [])

    def test_nothing_to_do_shows_help(self):
        done = subprocess.run([ARGENT], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn("develop", done.stderr)

    def test_unknown_names_are_answered_with_the_nearest(self):
        self.assertIn("did you mean develop", self.run_argent("devlop", status=2).stderr)
        self.assertIn("did you mean tone.contrast", self.develop(self.raw, "--set", "tone.contrst=1", status=2).stderr)

    def test_unknown_command_that_is_a_program_is_run(self):
        program = self.tmp / "argent-hello"
        program.write_text('#!/bin/sh\necho "hello $1"\nexit 7\n')
        program.chmod(0o755)
        done = self.run_argent("hello", "you", status=7, env={**os.environ, "PATH": f"{self.tmp}:{os.environ['PATH']}"})
        self.assertEqual(done.stdout, "hello you\n")


class OutputTest(CliTest):
    def test_picture_is_beside_the_input_by_default(self):
        self.assertEqual(self.develop(self.raw).stdout, f"{self.tmp}/a.png\n")
        self.assertEqual((len(read_png(self.tmp / "a.png")), len(read_png(self.tmp / "a.png")[0])), (HEIGHT, WIDTH))

    def test_formats(self):
        for name, magic in (("a.png", b"\x89PNG"), ("a.tiff", b"II*\0"), ("a.jpg", b"\xff\xd8\xff")):
            self.develop(self.raw, "-o", self.tmp / name)
            self.assertTrue((self.tmp / name).read_bytes().startswith(magic), name)

    def test_folder_is_made_and_format_applies(self):
        self.develop(self.raw, "-o", f"{self.tmp}/new/deep/", "--format", "jpeg")
        self.assertEqual(self.pictures(self.tmp / "new/deep"), ["a.jpg"])

    def test_existing_picture_is_kept_without_overwrite(self):
        target = self.tmp / "a.png"
        target.write_bytes(b"precious")
        self.assertIn("--overwrite", self.develop(self.raw, status=1).stderr)
        self.assertEqual(target.read_bytes(), b"precious")
        self.develop(self.raw, "--overwrite")
        self.assertTrue(target.read_bytes().startswith(b"\x89PNG"))

    def test_input_is_never_replaced(self):
        odd = write_mosaic(self.tmp / "input.tiff")
        before = odd.read_bytes()
        self.assertIn("would replace the input", self.develop(odd, "-o", odd, "--overwrite", status=1).stderr)
        self.assertEqual(odd.read_bytes(), before)

    def test_two_inputs_with_one_picture(self):
        write_mosaic(self.tmp / "a.bin", grey)
        done = self.develop(self.tmp / "a.raw", self.tmp / "a.bin", status=1)
        self.assertIn("is already that of", done.stderr)
        self.assertIn("1 of 2 developed, 1 failed", done.stderr)
        self.assertEqual(self.pictures(), ["a.png"])

    def test_sizes(self):
        for options, size in ((["--half"], (32, 24)), (["--resize", "25%"], (16, 12)), (["--resize", "20x20"], (20, 15))):
            self.develop(self.raw, "-o", self.tmp / "s.png", "--overwrite", *options)
            rows = read_png(self.tmp / "s.png")
            self.assertEqual((len(rows[0]), len(rows)), size, options)

    def test_stages_are_kept_beside_the_same_picture(self):
        self.develop(self.raw, "-o", self.tmp / "plain.png", "--preset", "balanced")
        self.develop(self.raw, "-o", self.tmp / "dumped.png", "--preset", "balanced", "--dump-stages", self.tmp / "stages")
        self.assertEqual(read_png(self.tmp / "plain.png"), read_png(self.tmp / "dumped.png"))
        names = sorted(p.name for p in (self.tmp / "stages").iterdir())
        for name in ("03_balanced_linear_camera_shown_srgb.png", "10_local_tone_linear_camera_shown_srgb.png", "stages.txt"):
            self.assertIn(name, names)
        self.assertTrue(names[0].startswith("01_mosaic_codes_x"), names)
        for name in names[:-1]:
            rows = read_png(self.tmp / "stages" / name)
            self.assertEqual((len(rows[0]), len(rows)), (WIDTH, HEIGHT), name)
        self.assertIn("tone.black is 0", (self.tmp / "stages/stages.txt").read_text())
        again = self.develop(self.raw, "-o", self.tmp / "x.png", "--dump-stages", self.tmp / "stages", status=1)
        self.assertIn("new or empty folder", again.stderr)
        self.assertFalse((self.tmp / "x.png").exists())

    def test_bit_depth(self):
        self.develop(self.raw, "-o", self.tmp / "d.png", "--bit-depth", "16")
        self.assertGreater(max(max(p) for row in read_png(self.tmp / "d.png") for p in row), 255)


class ConvertTest(CliTest):
    """What stands in a DNG is tested in tests/isp/dng_writer_test.cpp; here, that the command does what was asked."""

    def convert(self, *arguments, status=0):
        return self.run_argent("convert", *arguments, *MOSAIC, status=status)

    def tags(self, path, directory=None):
        """Of one directory: tag -> (type, count, the four bytes of value or offset)."""
        data = path.read_bytes()
        at = struct.unpack_from("<I", data, 4)[0] if directory is None else directory
        (count,) = struct.unpack_from("<H", data, at)
        fields = (struct.unpack_from("<HHI4s", data, at + 2 + 12 * i) for i in range(count))
        return {tag: (kind, number, value) for tag, kind, number, value in fields}

    def test_dng_is_beside_the_input_and_develops_alike(self):
        self.assertEqual(self.convert(self.raw).stdout, f"{self.tmp}/a.dng\n")
        picture = ["--wb", "2,1,1.6", "--exposure", "0", "--color", "camera", "--quiet"]
        self.run_argent("develop", self.raw, *MOSAIC, *picture, "-o", self.tmp / "raw.png")
        self.run_argent("develop", self.tmp / "a.dng", *picture, "-o", self.tmp / "dng.png")
        self.assertEqual(read_png(self.tmp / "raw.png"), read_png(self.tmp / "dng.png"))

    def test_compression_and_preview(self):
        for options, compression in ((["--no-preview"], 7), (["--no-preview", "--compression", "none"], 1)):
            self.convert(self.raw, "-o", self.tmp / "x.dng", "--overwrite", *options)
            self.assertEqual(struct.unpack("<H2x", self.tags(self.tmp / "x.dng")[259][2]), (compression,))
        self.convert(self.raw, "-o", self.tmp / "p.dng")
        front = self.tags(self.tmp / "p.dng")
        self.assertEqual(struct.unpack("<I", front[254][2]), (1,))  # a reduced picture
        codes = self.tags(self.tmp / "p.dng", struct.unpack("<I", front[330][2])[0])
        self.assertEqual(struct.unpack("<I", codes[256][2]), (WIDTH,))

    def test_white_balance(self):
        def neutral(*options):
            done = self.convert(self.raw, "-o", self.tmp / "w.dng", "--overwrite", *options)
            data = (self.tmp / "w.dng").read_bytes()
            at = struct.unpack("<I", self.tags(self.tmp / "w.dng")[50728][2])[0]
            numbers = struct.unpack_from("<6I", data, at)
            return done, [numbers[0] / numbers[1], numbers[2] / numbers[3], numbers[4] / numbers[5]]

        self.assertEqual(neutral("--wb", "2,1,1.6")[1], [0.5, 1, 0.625])
        write_mosaic(self.raw, grey)
        done, found = neutral()
        self.assertIn("using --wb auto", done.stderr)
        self.assertAlmostEqual(found[0], 0.5, delta=0.1)

    def test_a_profiles_shading_becomes_gain_maps(self):
        self.assertNotIn(51009, self.tags_of_codes())
        profile = self.tmp / "profile.yaml"
        profile.write_text(SHADING_PROFILE)
        kind, count, _ = self.tags_of_codes("--profile", profile)[51009]
        self.assertEqual((kind, count), (7, 4 + 4 * (16 + 76 + 4 * 4)))  # four maps of 2 x 2 nodes

    def tags_of_codes(self, *options):
        self.convert(self.raw, "-o", self.tmp / "g.dng", "--overwrite", "--no-preview", *options)
        return self.tags(self.tmp / "g.dng")

    def test_what_exists_is_kept(self):
        (self.tmp / "a.dng").write_bytes(b"precious")
        self.assertIn("--overwrite", self.convert(self.raw, status=1).stderr)
        self.assertEqual((self.tmp / "a.dng").read_bytes(), b"precious")
        self.convert(self.raw, "--overwrite", "--quiet")
        before = (self.tmp / "a.dng").read_bytes()
        self.assertIn("would replace the input", self.run_argent("convert", self.tmp / "a.dng", "--overwrite", status=1).stderr)
        self.assertEqual((self.tmp / "a.dng").read_bytes(), before)

    def test_one_bad_file_in_a_folder(self):
        folder = self.tmp / "in"
        folder.mkdir()
        write_mosaic(folder / "1.raw")
        (folder / "2.raw").write_bytes(b"too short")
        done = self.convert(folder, "-o", f"{self.tmp}/out", status=1)
        self.assertEqual(done.stdout, f"{self.tmp}/out/1.dng\n")
        self.assertTrue(done.stderr.endswith("argent: 1 of 2 converted, 1 failed\n"), done.stderr)
        self.assert_nothing_left_behind(self.tmp / "out", ["1.dng"])

    def test_wrong_usage(self):
        for arguments in ([self.raw, "-o", self.tmp / "a.png"], [self.raw, "--compression", "zip"], []):
            self.run_argent("convert", *arguments, status=2)


class InputTest(CliTest):
    def test_one_bad_file_in_a_folder(self):
        folder = self.tmp / "in"
        folder.mkdir()
        write_mosaic(folder / "1.raw")
        (folder / "2.raw").write_bytes(b"too short")
        write_mosaic(folder / "3.raw", grey)
        (folder / "notes.txt").write_text("not an input")
        done = self.develop(folder, "-o", f"{self.tmp}/out", status=1)
        self.assertEqual(done.stdout, f"{self.tmp}/out/1.png\n{self.tmp}/out/3.png\n")
        self.assertEqual(len([line for line in done.stderr.splitlines() if "2.raw" in line]), 1)
        self.assertTrue(done.stderr.endswith("argent: 2 of 3 developed, 1 failed\n"), done.stderr)
        self.assert_nothing_left_behind(self.tmp / "out", ["1.png", "3.png"])

    def test_hopeless_inputs(self):
        (self.tmp / "empty.CR2").write_bytes(b"")
        (self.tmp / "zeros.CR2").write_bytes(bytes(100000))
        (self.tmp / "text.txt").write_text("hello")
        (self.tmp / "folder").mkdir()
        for name in ("empty.CR2", "zeros.CR2", "text.txt", "folder", "missing.CR2", "*.nef"):
            done = self.run_argent("develop", self.tmp / name, "-o", f"{self.tmp}/out/", status=1)
            self.assertIn(name, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertEqual(list((self.tmp / "out").iterdir()), [])

    def test_mosaics_that_lie(self):
        for size in ("100000x100000", "2000000000x2000000000", "65x48"):
            done = self.run_argent("develop", self.raw, "--size", size, "--cfa", "rggb", "--bits", "12", status=1)
            self.assertIn("a.raw", done.stderr)
        self.run_argent("develop", self.raw, *MOSAIC, "--black", "4095", status=2)
        self.assertEqual(self.pictures(), [])

    def test_xtrans(self):
        write_mosaic(self.raw, xtrans_grey)
        options = ["xtrans" if word == "rggb" else word for word in MOSAIC]
        linear = ["--wb", "2,1,1.6", "--color", "camera", "--linear", "--overwrite"]
        spread = lambda: max(max(pixel) - min(pixel) for row in read_png(self.tmp / "a.png") for pixel in row)
        self.run_argent("develop", self.raw, *options, "--cfa-phase", "2,5", *linear)
        self.assertLessEqual(spread(), 1)
        self.run_argent("develop", self.raw, *options, *linear)
        self.assertGreater(spread(), 20, "another phase takes the colors for others")
        self.run_argent("develop", self.raw, *options, "--cfa-phase", "2,5", "--wb", "auto", "--overwrite")
        self.run_argent("measure", self.raw, *options, "--cfa-phase", "2,5", "--json")
        for phase in ("6,0", "1", "1,2,3", "-1,0"):
            self.assertIn("phase", self.run_argent("develop", self.raw, *options, f"--cfa-phase={phase}", status=2).stderr)

    def test_mosaic_without_description_says_what_is_missing(self):
        self.assertIn("size", self.run_argent("develop", self.raw, status=1).stderr)

    def test_pattern_recursion_and_order(self):
        (self.tmp / "in/deep").mkdir(parents=True)
        for name in ("in/b.raw", "in/a.raw", "in/deep/c.raw"):
            write_mosaic(self.tmp / name)
        names = lambda done: [pathlib.Path(json.loads(line)["file"]).name for line in done.stdout.splitlines()]
        measure = lambda *arguments: names(self.run_argent("measure", *arguments, "--json", *MOSAIC))
        self.assertEqual(measure(self.tmp / "in/*.raw"), ["a.raw", "b.raw"])
        self.assertEqual(measure(self.tmp / "in"), ["a.raw", "b.raw"])
        self.assertEqual(measure(self.tmp / "in", "--recursive"), ["a.raw", "b.raw", "c.raw"])

    def test_sidecar_beside_in_a_folder_and_overruled(self):
        text = f"size: {WIDTH}x{HEIGHT}\ncfa: rggb\nbits: 12\nblack: 256\nwhite: 4095\n"
        (self.tmp / "cars").mkdir()
        for sidecar, options in (("a.raw.yaml", []), ("cars/a.yaml", ["--sidecar", self.tmp / "cars"]), ("s.yaml", ["--sidecar", self.tmp / "s.yaml"])):
            (self.tmp / sidecar).write_text(text)
            self.run_argent("develop", self.raw, "--overwrite", *options)
            picture = (self.tmp / "a.png").read_bytes()
            self.run_argent("develop", self.raw, "--overwrite", "--black", "0", *options)
            self.assertNotEqual((self.tmp / "a.png").read_bytes(), picture, "the command line wins")
            (self.tmp / sidecar).unlink()


class FailureTest(CliTest):
    def test_file_where_a_folder_is_expected(self):
        (self.tmp / "file").write_text("in the way")
        self.assertIn("file/out", self.develop(self.raw, "-o", f"{self.tmp}/file/out/", status=1).stderr)
        self.assertIn("file", self.develop(self.raw, "-o", f"{self.tmp}/file/x.png", status=1).stderr)

    def test_disk_that_is_full_leaves_nothing(self):
        out = self.tmp / "disk"
        out.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", out], capture_output=True).returncode == 0 if os.geteuid() == 0 else False
        if not mounted:
            self.skipTest("cannot mount a small tmpfs here")
        try:
            done = self.develop(self.raw, "-o", out / "x.tiff", status=1)
            self.assertIn("x.tiff", done.stderr)
            self.assert_nothing_left_behind(out, [])
        finally:
            subprocess.run(["umount", out], check=True)

    def test_file_that_cannot_grow_leaves_nothing(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

        out = self.tmp / "out"
        out.mkdir()
        for name in ("x.png", "x.tiff", "x.jpg"):
            self.assertIn(name, self.develop(self.raw, "-o", out / name, status=1, preexec_fn=limit).stderr)
            self.assert_nothing_left_behind(out, [])

    def test_stdout_that_is_full_is_an_error(self):
        with open("/dev/full", "w") as full:
            self.assertIn("stdout", self.run_argent("measure", self.raw, *MOSAIC, stdout=full, status=1).stderr)


class ReportTest(CliTest):
    def test_json_of_develop(self):
        done = self.develop(self.raw, "--json", "--wb", "2,1,1.5")
        result = json.loads(done.stdout)
        self.assertEqual(result["file"], str(self.raw))
        self.assertEqual(result["output"], f"{self.tmp}/a.png")
        self.assertEqual((result["width"], result["height"]), (WIDTH, HEIGHT))
        self.assertEqual(result["settings"]["gains"], [2, 1, 1.5])
        self.assertEqual(result["settings"]["color"], "camera")
        self.assertEqual(set(result["times_ms"]), {"decode", "measure", "decide", "render", "encode"})
        self.assertTrue(result["white_balance"]["opinions"])

    def test_json_has_a_line_for_each_file_in_order_failures_too(self):
        write_mosaic(self.tmp / "c.raw")
        (self.tmp / "b.raw").write_bytes(b"short")
        done = self.run_argent("measure", self.tmp / "a.raw", self.tmp / "b.raw", self.tmp / "c.raw", "--json", *MOSAIC, status=1)
        results = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([pathlib.Path(r["file"]).name for r in results], ["a.raw", "b.raw", "c.raw"])
        self.assertEqual(["error" in r for r in results], [False, True, False])

    def test_measure_sees_what_is_there(self):
        write_mosaic(self.raw, grey)
        result = json.loads(self.run_argent("measure", self.raw, "--json", *MOSAIC).stdout)
        for got, code in zip(result["statistics"]["mean"], (GREY_CODES[0], GREY_CODES[1], GREY_CODES[3])):
            self.assertAlmostEqual(got, (code - 256) / (4095 - 256), delta=1e-3)
        self.assertEqual(result["statistics"]["clipped"], 0)
        for got, gain in zip(result["white_balance"]["gains"], (2, 1, 1.6)):
            self.assertAlmostEqual(got, gain, delta=0.02)
        for opinion in result["white_balance"]["opinions"]:
            self.assertLessEqual({"estimator", "u", "v", "gains", "evidence"}, set(opinion))
        self.assertIsInstance(result["exposure"]["error_ev"], float)
        self.assertEqual(len(result["focus"]["score"]), 2)

    def test_table_has_a_row_for_each_file(self):
        files = [write_mosaic(self.tmp / f"m{i:03}.raw") for i in range(100)]
        done = self.run_argent("measure", *files, *MOSAIC)
        lines = done.stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines[1:]], [str(f) for f in files])
        self.assertEqual(len({len(line) for line in lines}), 1, "columns are aligned")

    def test_saved_statistics(self):
        target = self.tmp / "all.argentst"
        self.run_argent("measure", self.raw, write_mosaic(self.tmp / "b.raw"), "--save", target, *MOSAIC)
        self.assertTrue(target.read_bytes().startswith(b"argentst"))
        self.assertIn("--overwrite", self.run_argent("measure", self.raw, "--save", target, *MOSAIC, status=1).stderr)

    def test_verbose_tells_steps_and_3a(self):
        text = self.develop(self.raw, "-v").stdout
        for word in ("decode", "measure", "decide", "render", "encode", "lux", "confidence", "clipped", "a.png"):
            self.assertIn(word, text)

    def test_quiet_is_silent(self):
        done = self.develop(self.raw, write_mosaic(self.tmp / "b.raw"), "--quiet")
        self.assertEqual((done.stdout, done.stderr), ("", ""))

    def test_progress_only_on_a_terminal(self):
        files = [write_mosaic(self.tmp / f"p{i}.raw") for i in range(5)]
        self.assertNotIn("\r", self.develop(*files).stderr)
        try:
            ours, theirs = pty.openpty()
        except OSError as error:
            self.skipTest(f"no terminal can be made here: {error}")
        process = subprocess.Popen([ARGENT, "develop", *files, *MOSAIC, "--overwrite"], stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
        os.close(ours)
        self.assertEqual(process.wait(timeout=60), 0)
        self.assertIn(b"\r[", shown)
        self.assertIn(b"0/5", shown)
        self.assertIn(b"5 of 5 developed", shown)


class PictureTest(CliTest):
    def test_every_color_space_and_what_it_needs(self):
        profile = self.tmp / "p.yaml"
        profile.write_text("argent_profile: 1\nmatrices:\n  - {cct: 5500, xyz_to_camera: [0.8, -0.3, -0.1, -0.45, 1.25, 0.2, -0.1, 0.25, 0.6]}\n")
        for color in ("srgb", "p3", "rec2020", "rec2100-pq"):
            target = self.tmp / f"{color}.png"
            done = self.develop(self.raw, "-o", target, "--color", color, "--bit-depth", "16", "--profile", profile, "--json")
            self.assertEqual(json.loads(done.stdout)["settings"]["color"], color)
            data = target.read_bytes()
            self.assertEqual(b"iCCP" in data, color != "srgb")
            self.assertEqual(b"cICP" in data, color == "rec2100-pq")
        for wrong in (("--color", "rec2100-pq"), ("--color", "rec2100-pq", "--bit-depth", "16", "--linear")):
            done = self.develop(self.raw, "-o", self.tmp / "x.png", *wrong, "--profile", profile, status=1)
            self.assertIn("rec2100-pq is rendered with 16 bits", done.stderr)
        self.develop(self.raw, "-o", self.tmp / "x.png", "--color", "adobe", status=2)

    def test_a_lut_and_a_dcp(self):
        plain, graded, cube = self.tmp / "plain.png", self.tmp / "graded.png", self.tmp / "x.cube"
        nodes = [(r, g, b) for b in (0, 1) for g in (0, 1) for r in (0, 1)]
        text = lambda map: "LUT_3D_SIZE 2\n" + "".join("{} {} {}\n".format(*map(n)) for n in nodes)
        self.develop(self.raw, "-o", plain, "--bit-depth", "16")
        cube.write_text(text(lambda n: n))
        self.develop(self.raw, "-o", graded, "--bit-depth", "16", "--lut", cube)
        for a, b in zip(sum(read_png(plain), []), sum(read_png(graded), [])):
            for one, other in zip(a, b):
                self.assertAlmostEqual(one, other, delta=24)  # the one pass and the last pass have different tables
        cube.write_text(text(lambda n: (1 - n[0], n[1], n[2])))
        self.develop(self.raw, "-o", graded, "--overwrite", "--bit-depth", "16", "--lut", cube)
        self.assertAlmostEqual(read_png(graded)[3][5][0], 65535 - read_png(plain)[3][5][0], delta=24)
        cube.write_text("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n")
        wrong = self.develop(self.raw, "-o", self.tmp / "x.png", "--lut", cube, status=1)
        self.assertIn("is a one-dimensional table", wrong.stderr)
        wrong = self.develop(self.raw, "-o", self.tmp / "x.png", "--dcp", cube, status=1)
        self.assertIn("is no DNG camera profile", wrong.stderr)

    def linear(self, *options):
        target = self.tmp / "linear.png"
        done = self.develop(self.raw, "-o", target, "--overwrite", "--linear", "--color", "camera", "--bit-depth", "16", *options)
        return read_png(target), done

    def test_linear_is_the_formula_and_nothing_else(self):
        write_mosaic(self.raw, grey)
        for gains in ((2, 1, 1.6), (1, 1, 1), (3, 2, 2)):
            rows, done = self.linear("--wb", ",".join(map(str, gains)))
            self.assertEqual(done.stderr, "")
            for got, gain, code in zip(rows[HEIGHT // 2][WIDTH // 2], gains, (GREY_CODES[0], GREY_CODES[1], GREY_CODES[3])):
                self.assertAlmostEqual(got, 65535 * gain * (code - 256) / (4095 - 256), delta=16)

    def test_linear_with_exposure_is_multiplied(self):
        write_mosaic(self.raw, grey)
        rows, _ = self.linear("--wb", "2,1,1.6", "--exposure", "1")
        self.assertAlmostEqual(rows[HEIGHT // 2][WIDTH // 2][1], 2 * 65535 * 800 / (4095 - 256), delta=16)

    def test_linear_clips_at_1(self):
        write_mosaic(self.raw, grey)
        rows, _ = self.linear("--wb", "30,30,30")
        self.assertEqual(rows[HEIGHT // 2][WIDTH // 2], (65535, 65535, 65535))

    def test_white_balance_forms(self):
        write_mosaic(self.raw, grey)
        neutral = lambda rows: max(rows[20][20]) - min(rows[20][20])
        notes = self.develop(self.raw, "-o", self.tmp / "w.png").stderr
        for word in ("--wb auto", "--color camera", "--exposure auto"):
            self.assertEqual(len([line for line in notes.splitlines() if word in line]), 1, notes)
        self.assertLessEqual(neutral(read_png(self.tmp / "w.png")), 3)
        for form, is_neutral in (("2,1,1.6", True), ("auto", True), ("1,1,1", False)):
            self.develop(self.raw, "-o", self.tmp / "w.png", "--overwrite", "--wb", form)
            self.assertEqual(neutral(read_png(self.tmp / "w.png")) <= 3, is_neutral, form)
        self.assertIn("kelvin", self.develop(self.raw, "-o", self.tmp / "k.png", "--wb", "5500", status=1).stderr)

    def test_kelvin_with_a_matrix(self):
        self.tmp.joinpath("a.raw.yaml").write_text(
            f"size: {WIDTH}x{HEIGHT}\ncfa: rggb\nbits: 12\nblack: 256\nwhite: 4095\n"
            "matrices:\n  - illuminant: D65\n    xyz_to_camera: [0.6257, -0.0303, -0.1, -0.788, 1.5621, 0.2396, -0.1714, 0.1904, 0.7046]\n")
        gains = {}
        for kelvin in (3000, 7000):
            done = self.run_argent("develop", self.raw, "-o", self.tmp / "k.png", "--overwrite", "--wb", kelvin, "--json")
            settings = json.loads(done.stdout)["settings"]
            self.assertEqual((settings["wb"], settings["cct"], settings["color"]), ("kelvin", kelvin, "srgb"))
            gains[kelvin] = settings["gains"]
        self.assertGreater(gains[7000][0], gains[3000][0], "a blue light needs more red")
        self.assertLess(gains[7000][2], gains[3000][2])

    def test_exposure_changes_brightness(self):
        mean = lambda rows: sum(sum(p) for row in rows for p in row)
        levels = []
        for ev in ("-2", "0", "1.5"):
            self.develop(self.raw, "-o", self.tmp / "e.png", "--overwrite", "--exposure", ev)
            levels.append(mean(read_png(self.tmp / "e.png")))
        self.assertEqual(levels, sorted(set(levels)))

    def test_set_changes_the_picture(self):
        self.develop(self.raw, "-o", self.tmp / "1.png")
        self.develop(self.raw, "-o", self.tmp / "2.png", "--set", "tone.contrast=1.8")
        self.assertNotEqual((self.tmp / "1.png").read_bytes(), (self.tmp / "2.png").read_bytes())

    def test_same_bytes_again_and_for_any_number_of_threads(self):
        pictures = set()
        for name, threads in (("1", 1), ("2", 2), ("3", 2), ("4", 7)):
            for extension in ("png", "tiff", "jpg"):
                self.develop(self.raw, "-o", self.tmp / f"{name}.{extension}", "--threads", threads)
            pictures.add(tuple((self.tmp / f"{name}.{extension}").read_bytes() for extension in ("png", "tiff", "jpg")))
        self.assertEqual(len(pictures), 1)

    def test_eight_orientations_come_out_alike(self):
        w, h = WIDTH, HEIGHT
        turned = {  # pixel (x, y) of the upright picture, from the stored one; EXIF 2.32, tag 0x0112
            1: lambda p, x, y: p[y][x],
            2: lambda p, x, y: p[y][w - 1 - x],
            3: lambda p, x, y: p[h - 1 - y][w - 1 - x],
            4: lambda p, x, y: p[h - 1 - y][x],
            5: lambda p, x, y: p[x][y],
            6: lambda p, x, y: p[h - 1 - x][y],
            7: lambda p, x, y: p[h - 1 - x][w - 1 - y],
            8: lambda p, x, y: p[x][w - 1 - y],
        }
        stored = None
        for orientation, pixel in turned.items():
            (self.tmp / "a.raw.yaml").write_text(f"orientation: {orientation}\n")
            self.develop(self.raw, "-o", self.tmp / f"{orientation}.png", "--wb", "2,1,1.6", "--exposure", "0")
            rows = read_png(self.tmp / f"{orientation}.png")
            stored = stored or rows
            size = (w, h) if orientation < 5 else (h, w)
            self.assertEqual((len(rows[0]), len(rows)), size)
            expected = [[pixel(stored, x, y) for x in range(size[0])] for y in range(size[1])]
            self.assertEqual(rows, expected, f"orientation {orientation}")


STEP = """
name: step
frames: 60
light: {lux: 400, events: [{time: 1, lux: 100}]}
sensor: {model: imx219, exposure_latency: 2, gain_latency: 2}
"""


class SimulateTest(CliTest):
    def setUp(self):
        super().setUp()
        self.step = self.tmp / "step.yaml"
        self.step.write_text(STEP)

    def test_table_has_a_row_for_each_contestant(self):
        text = self.run_argent("simulate", self.step, "--contestants", "argent,raspberrypi,softisp", "--runs", "3").stdout
        self.assertIn("step, 3 runs of 60 frames", text)
        for name in ("argent ", "raspberrypi ", "softisp "):
            self.assertIn("\n" + name, text)

    def test_json_is_a_line_a_run_and_repeats(self):
        once = self.run_argent("simulate", self.step, "--runs", "4", "--json", "--threads", "1").stdout
        self.assertEqual(once, self.run_argent("simulate", self.step, "--runs", "4", "--json", "--threads", "2").stdout)
        runs = [json.loads(line) for line in once.splitlines()]
        self.assertEqual([run["scenario"] for run in runs], ["step"] * 4)
        self.assertEqual(len({run["seed"] for run in runs}), 4)
        for run in runs:
            self.assertLessEqual(run["steps"][0]["settled"], 9)

    def test_log_is_explained(self):
        log = self.tmp / "step.jsonl"
        self.run_argent("simulate", self.step, "--log", log)
        self.assertEqual(len(log.read_text().splitlines()), 60)
        text = self.run_argent("explain", log, "--frame", "31").stdout
        for word in ("Frame 31 at ", "Exposure", "EV too dark", "White", "Focus", "Truth"):
            self.assertIn(word, text)
        self.assertIn("it has 0 to 59", self.run_argent("explain", log, "--frame", "60", status=1).stderr)
        self.assertIn("exists", self.run_argent("simulate", self.step, "--log", log, status=1).stderr)
        log.write_text("nonsense\n")
        self.assertIn(":1: is no line of a log", self.run_argent("explain", log, status=1).stderr)

    def test_report_stands_alone(self):
        if not pathlib.Path("/usr/share/javascript/dygraphs/dygraph.min.js").exists():
            self.skipTest("libjs-dygraphs is not installed")
        page = self.tmp / "step.html"
        self.run_argent("simulate", self.step, "--report", page)
        text = page.read_text()
        self.assertEqual(text.count("<script>plot("), 9)
        for title in ("Exposure error", "Luma", "Exposure time", "Gains", "Color temperature", "Lens position", "Focus score"):
            self.assertIn(f"<figcaption>{title}", text)
        for picture in ("frame 0: first", "frame 30: new light", "frame 59: last"):
            self.assertIn(f'<img alt="{picture}" src="data:image/jpeg;base64,/9j/', text)
        for outside in ("<script src", "<link", "@import"):
            self.assertNotIn(outside, text)

    def test_a_bad_scenario_is_one_line_and_the_next_is_played(self):
        bad = self.tmp / "bad.yaml"
        bad.write_text("light: {luxx: 3}\n")
        done = self.run_argent("simulate", bad, self.step, status=1)
        self.assertIn("light.lux", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn("step, 1 run of 60 frames", done.stdout)

    def test_measured_sensors_need_their_folder(self):
        self.step.write_text("sensor: {model: Nikon_D5100}\nframes: 2\n")
        self.assertIn("no folder of spectra", self.run_argent("simulate", self.step, status=1).stderr)
        spectra = pathlib.Path(os.environ.get("ARGENT_DATA", pathlib.Path(__file__).resolve().parents[3] / "shared/data")) / "spectral"
        if not spectra.is_dir():
            self.skipTest(f"no {spectra}")
        self.run_argent("simulate", self.step, "--spectra", spectra)

    def test_wrong_usage(self):
        self.run_argent("simulate", status=2)
        self.run_argent("simulate", self.step, "--runs", "0", status=2)
        self.assertIn("raspberrypi", self.run_argent("simulate", self.step, "--contestants", "nobody", status=1).stderr)

    def test_a_wrong_set_is_a_wrong_command_line(self):
        for settings, told in (
            (["light.luxx=3"], "did you mean light.lux"),
            (["light.lux=-1"], "light.lux"),
            (["light.lux"], "light.lux"),
            (["lens.min_position=5", "lens.max_position=1"], "lens.min_position passes lens.max_position"),
            (["sensor.width=16", "sensor.height=16"], "more zones than quads of pixels"),
            (["scene.kind=grey", "scene.panorama=room.exr"], "go together"),
            (["scene.kind=gray"], "grey"),
        ):
            arguments = [part for setting in settings for part in ("--set", setting)]
            done = self.run_argent("simulate", self.step, "--runs", "2", *arguments, status=2)
            self.assertIn(told, done.stderr, settings)
            self.assertIn("--set", done.stderr)
            self.assertEqual(done.stdout, "", "nothing is played")
        self.run_argent("simulate", self.step, "--set", "lens.min_position=5", "--set", "lens.max_position=6")


MATRIX = "[0.6257, -0.0303, -0.1, -0.788, 1.5621, 0.2396, -0.1714, 0.1904, 0.7046]"


class PhotographersTest(CliTest):
    """Turns, crops, balance by a box, tint."""

    def pixels(self, *options, name="p.png"):
        self.develop(self.raw, "-o", self.tmp / name, "--overwrite", "--wb", "2,1,1.6", "--exposure", "0", *options)
        return read_png(self.tmp / name)

    def test_turns_and_flips(self):
        w, h, plain = WIDTH, HEIGHT, self.pixels()
        for options, size, source in (
            (("--rotate", 90), (h, w), lambda x, y: plain[h - 1 - x][y]),
            (("--rotate", 180), (w, h), lambda x, y: plain[h - 1 - y][w - 1 - x]),
            (("--rotate", 270), (h, w), lambda x, y: plain[x][w - 1 - y]),
            (("--flip", "horizontal"), (w, h), lambda x, y: plain[y][w - 1 - x]),
            (("--flip", "vertical"), (w, h), lambda x, y: plain[h - 1 - y][x]),
            (("--rotate", 90, "--flip", "horizontal"), (h, w), lambda x, y: plain[h - 1 - (h - 1 - x)][y]),
        ):
            turned = self.pixels(*options)
            self.assertEqual((len(turned[0]), len(turned)), size, options)
            self.assertEqual(turned, [[source(x, y) for x in range(size[0])] for y in range(size[1])], options)

    def test_any_angle(self):
        plain, tilted, both = self.pixels(), self.pixels("--rotate", 5), self.pixels("--rotate", 95)
        self.assertLess(len(tilted[0]), len(plain[0]))
        self.assertEqual((len(both), len(both[0])), (len(tilted[0]), len(tilted)), "a quarter turn more")
        self.assertEqual(self.pixels("--set", "geometry.rotate=5"), tilted)
        self.assertEqual(self.pixels("--rotate", 3, "--set", "geometry.rotate=2"), tilted)
        for angle in ("400", "flat"):
            self.develop(self.raw, "--rotate", angle, status=2)

    def test_lens_by_name_needs_a_camera_that_lensfun_knows(self):
        self.assertEqual(self.pixels("--lens", "auto"), self.pixels("--lens", "off"))
        done = self.develop(self.raw, "-o", self.tmp / "l.png", "--wb", "auto", "--lens", "EF50mm f/1.8", status=1)
        self.assertIn("is not in lensfun's database", done.stderr)
        self.develop(self.raw, "--lens", "", status=2)
        self.develop(self.raw, "--focal", "-1", status=2)

    def test_crop_is_of_the_picture_as_it_is_turned(self):
        plain, turned = self.pixels(), self.pixels("--rotate", 90)
        self.assertEqual(self.pixels("--crop", "5,7,20,11"), [row[5:25] for row in plain[7:18]])
        self.assertEqual(self.pixels("--rotate", 90, "--crop", "20x11+5+7"), [row[5:25] for row in turned[7:18]])
        half = self.pixels("--crop", "4,4,20,12", "--half")
        self.assertEqual((len(half[0]), len(half)), (10, 6))
        self.assertIn("outside of the picture", self.develop(self.raw, "--crop", "60,40,20,20", "--wb", "auto", "-o", self.tmp / "c.png", status=1).stderr)
        for crop in ("1,2,3", "1,2,0,4", "half", "-1,0,4,4"):
            self.develop(self.raw, "--crop", crop, status=2)

    def test_box_comes_out_grey(self):
        write_mosaic(self.raw, lambda x, y: grey(x, y) if 20 <= x < 40 and 10 <= y < 30 else 4000 + (x + y) % 90)
        done = self.develop(self.raw, "-o", self.tmp / "b.png", "--wb-box", "22,12,16,16", "--json")
        settings = json.loads(done.stdout)["settings"]
        self.assertEqual(settings["wb"], "box")
        for got, gain in zip(settings["gains"], (2, 1, 1.6)):
            self.assertAlmostEqual(got, gain, delta=0.01)
        # In a turned picture the box lies elsewhere: 48 high becomes 48 wide.
        done = self.develop(self.raw, "-o", self.tmp / "t.png", "--rotate", 90, "--wb-box", f"{HEIGHT - 28},22,16,16", "--json")
        self.assertAlmostEqual(json.loads(done.stdout)["settings"]["gains"][0], 2, delta=0.01)
        self.assertIn("unclipped", self.develop(self.raw, "-o", self.tmp / "c.png", "--wb-box", "0,0,8,8", status=1).stderr)
        self.assertIn("outside", self.develop(self.raw, "-o", self.tmp / "d.png", "--wb-box", "60,0,8,8", status=1).stderr)
        self.develop(self.raw, "--wb-box", "0,0,8,8", "--wb", "auto", status=2)

    def test_tint_is_magenta_and_needs_a_matrix(self):
        self.assertIn("color matrix", self.develop(self.raw, "-o", self.tmp / "t.png", "--wb", "2,1,1.6", "--tint", 10, status=1).stderr)
        self.tmp.joinpath("a.raw.yaml").write_text(f"matrices:\n  - illuminant: D65\n    xyz_to_camera: {MATRIX}\n")
        balance = lambda tint: json.loads(self.develop(self.raw, "-o", self.tmp / "t.png", "--overwrite", "--wb", 5000, "--tint", tint, "--json").stdout)["settings"]["gains"]
        self.assertLess(balance(-20)[0], balance(0)[0])
        self.assertLess(balance(0)[0], balance(20)[0])
        self.develop(self.raw, "--tint", 200, status=2)


class SettingsTest(CliTest):
    def test_files_sidecars_and_options_in_their_order(self):
        def contrast(*options):
            self.develop(self.raw, "-o", self.tmp / "o.png", "--overwrite", "--wb", "2,1,1.6", "--save-settings", self.tmp / "s.yaml", *options)
            text = (self.tmp / "s.yaml").read_text()
            return float(text[text.index("contrast: ") + 10 :].split()[0])

        for name, value in (("1.yaml", 1.1), ("2.yaml", 1.2)):
            (self.tmp / name).write_text(f"tone: {{contrast: {value}}}\n")
        one, two = self.tmp / "1.yaml", self.tmp / "2.yaml"
        self.assertEqual(contrast("-p", one), 1.1)
        self.assertEqual(contrast("-p", one, "-p", two), 1.2)
        self.assertEqual(contrast("-p", two, "-p", one, "--set", "tone.contrast=1.3"), 1.3)
        (self.tmp / "a.raw.argent.yaml").write_text("tone: {contrast: 1.4}\n")
        self.assertEqual(contrast("-p", one), 1.4)
        self.assertEqual(contrast("-p", one, "--no-sidecar"), 1.1)
        self.assertEqual(contrast("--set", "tone.contrast=1.5"), 1.5)

    def test_written_sidecar_gives_the_same_bytes(self):
        options = ["--wb", "2,1,1.6", "--exposure", "0.5", "--crop", "5,7,30,21", "--rotate", "90", "--set", "tone.contrast=1.23"]
        self.develop(self.raw, "-o", self.tmp / "1.png", "--write-sidecar", *options)
        sidecar = self.tmp / "a.raw.argent.yaml"
        text = sidecar.read_text()
        for part in ("wb: \"2,1,1.6\"", "crop: \"5,7,30,21\"", "contrast: 1.23", "rotate: 90"):
            self.assertIn(part, text)
        self.develop(self.raw, "-o", self.tmp / "2.png")
        self.assertEqual((self.tmp / "1.png").read_bytes(), (self.tmp / "2.png").read_bytes())
        self.assertIn("--overwrite", self.develop(self.raw, "-o", self.tmp / "3.png", "--write-sidecar", status=1).stderr)
        self.assertEqual(sidecar.read_text(), text)
        sidecar.write_text(text.replace("exposure: \"0.5\"", "exposure: \"1.5\""))
        self.develop(self.raw, "-o", self.tmp / "4.png")
        self.assertNotEqual((self.tmp / "1.png").read_bytes(), (self.tmp / "4.png").read_bytes())

    def test_each_photo_has_its_own(self):
        write_mosaic(self.tmp / "b.raw")
        (self.tmp / "b.argent.yaml").write_text("develop: {resize: 50%}\n")
        self.develop(self.tmp / "a.raw", self.tmp / "b.raw", "-o", f"{self.tmp}/out/")
        self.assertEqual([len(read_png(self.tmp / f"out/{n}.png")) for n in "ab"], [HEIGHT, HEIGHT // 2])
        (self.tmp / "b.argent.yaml").write_text("develop: {resiz: 50%}\n")
        done = self.develop(self.tmp / "a.raw", self.tmp / "b.raw", "-o", f"{self.tmp}/out/", "--overwrite", status=1)
        self.assertIn("b.argent.yaml:1: unknown key develop.resiz, did you mean develop.resize", done.stderr)
        self.assertIn("1 of 2 developed", done.stderr)

    def test_wrong_settings(self):
        bad = self.tmp / "bad.yaml"
        bad.write_text("tone: {contrst: 1}\n")
        self.assertIn("bad.yaml:1: unknown key tone.contrst, did you mean tone.contrast", self.develop(self.raw, "-p", bad, status=1).stderr)
        self.develop(self.raw, "--set", "develop.wb=warm", status=2)
        self.develop(self.raw, write_mosaic(self.tmp / "b.raw"), "--save-settings", self.tmp / "s.yaml", status=2)
        self.assertEqual(self.pictures(), [])

    def test_measure_reads_them_too(self):
        (self.tmp / "s.yaml").write_text("statistics: {rows: 5, columns: 4}\n")
        result = json.loads(self.run_argent("measure", self.raw, "-p", self.tmp / "s.yaml", "--json", *MOSAIC).stdout)
        self.assertEqual((result["statistics"]["rows"], result["statistics"]["columns"]), (5, 4))


class FormatTest(CliTest):
    def test_exr_holds_light_above_1(self):
        self.develop(self.raw, "-o", self.tmp / "a.exr", "--wb", "4,4,4", "--exposure", "2")
        self.develop(self.raw, "-o", self.tmp / "b.exr", "--wb", "4,4,4", "--exposure", "2", "--bit-depth", "32")
        self.assertLess((self.tmp / "a.exr").stat().st_size, (self.tmp / "b.exr").stat().st_size)
        self.assertGreater(json.loads(self.run_argent("compare", self.tmp / "a.exr", self.tmp / "b.exr", "--json").stdout)["cpsnr"], 50)
        for arguments in (["a.exr", "--bit-depth", "8"], ["a.png", "--bit-depth", "32"], ["a.y4m", "--bit-depth", "16"]):
            self.develop(self.raw, "-o", self.tmp / arguments[0], "--overwrite", *arguments[1:], status=2)

    def test_y4m_to_a_file_and_to_stdout(self):
        self.develop(self.raw, "-o", self.tmp / "a.y4m", "--matrix", "bt2020", "--range", "full", "--quiet")
        whole = (self.tmp / "a.y4m").read_bytes()
        self.assertTrue(whole.startswith(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F1:1 Ip C420jpeg XCOLORRANGE=FULL XBT2020\nFRAME\n".encode()))
        done = subprocess.run([ARGENT, "develop", self.raw, "-o", "-", "--matrix", "bt2020", "--range", "full", *MOSAIC], capture_output=True, timeout=60)
        self.assertEqual(done.stdout, whole)
        self.develop(self.raw, "-o", "-", "--json", status=2)
        self.develop(self.raw, "-o", "-", "--format", "png", status=2)

    def test_xmp_says_what_was_done(self):
        for name in ("x.png", "x.tiff", "x.jpg"):
            self.develop(self.raw, "-o", self.tmp / name, "--wb", "2,1,1.6", "--set", "tone.contrast=1.25")
            data = (self.tmp / name).read_bytes()
            packet = data[data.index(b"<?xpacket begin") : data.index(b"<?xpacket end")].decode()
            tree = xml.etree.ElementTree.fromstring(packet)
            text = " ".join(tree.itertext())
            for part in ("tone.contrast=1.25", "develop.wb=2,1,1.6", "a.raw", "Argent 0."):
                self.assertIn(part, text, name)


class CompareTest(CliTest):
    def ppm(self, name, *pixels, size=(2, 1)):
        path = self.tmp / name
        path.write_bytes(b"P6 %d %d 255\n" % size + bytes(v for p in pixels for v in p))
        return path

    def test_numbers_by_hand(self):
        a, b = self.ppm("a.ppm", (100, 100, 100), (50, 50, 50)), self.ppm("b.ppm", (110, 100, 100), (50, 50, 50))
        result = json.loads(self.run_argent("compare", a, b, "--json").stdout)
        self.assertAlmostEqual(result["psnr"][0], 10 * math.log10(255**2 / 50), places=3)
        self.assertIsNone(result["psnr"][1])
        self.assertAlmostEqual(result["cpsnr"], 10 * math.log10(255**2 / (50 / 3)), places=3)
        self.assertIsNone(result["ssim"], "too small")
        self.assertFalse(result["identical"])
        text = self.run_argent("compare", a, b).stdout
        for word in ("PSNR dB", "SSIM", "CIEDE2000", "sRGB", "2x1"):
            self.assertIn(word, text)
        same = json.loads(self.run_argent("compare", a, a, "--json").stdout)
        self.assertTrue(same["identical"])
        self.assertEqual(same["ciede2000"], {"mean": 0, "p95": 0, "max": 0})

    def test_crop_difference_picture_and_status(self):
        a = self.ppm("a.ppm", *[(100, 100, 100)] * 16, size=(4, 4))
        b = self.ppm("b.ppm", *([(100, 100, 100)] * 15 + [(120, 100, 80)]), size=(4, 4))
        self.run_argent("compare", a, b, "-o", self.tmp / "d.png", "--gain", 2)
        rows = read_png(self.tmp / "d.png")
        self.assertEqual(rows[0][0], (128, 128, 128))
        self.assertEqual(rows[3][3], (168, 128, 88))
        self.run_argent("compare", a, b, "-o", self.tmp / "d.png", "--side-by-side", "--overwrite")
        self.assertEqual(len(read_png(self.tmp / "d.png")[0]), 12)
        self.assertIn("--overwrite", self.run_argent("compare", a, b, "-o", self.tmp / "d.png", status=1).stderr)
        self.assertIn("inf", self.run_argent("compare", a, b, "--crop", "3x3+0+0", "--fail-under", 90).stdout)
        self.assertIn("is under 60 dB", self.run_argent("compare", a, b, "--fail-under", 60, status=1).stderr)
        self.run_argent("compare", a, b, "--fail-under", 20)

    def test_what_cannot_be_compared(self):
        a, b = self.ppm("a.ppm", (1, 2, 3), (4, 5, 6)), self.ppm("b.ppm", (1, 2, 3), size=(1, 1))
        self.assertIn("sizes differ", self.run_argent("compare", a, b, status=1).stderr)
        self.run_argent("compare", a, b, "--crop", "1x1+0+0")
        self.assertIn("no such file", self.run_argent("compare", a, self.tmp / "none.png", status=1).stderr)
        self.assertIn("outside", self.run_argent("compare", a, a, "--crop", "5x5+0+0", status=1).stderr)
        for arguments in (["compare"], ["compare", a], ["compare", a, b, "--crop", "x"], ["compare", a, a, "-o", self.tmp / "d.webp"]):
            self.run_argent(*arguments, status=2)


class EvaluateTest(CliTest):
    def setUp(self):
        super().setUp()
        self.data = DATA / "awb"

    def test_what_exists_is_kept_and_said_before_the_work(self):
        page = self.tmp / "awb.html"
        page.write_text("precious")
        for option in ("--report", "--csv", "--write-prior"):
            done = self.run_argent("evaluate", "awb", self.tmp, "--tunings", self.tmp, option, page, status=1)
            self.assertIn("awb.html: exists already (--overwrite replaces it)", done.stderr)
        self.assertEqual(page.read_text(), "precious")
        done = self.run_argent("evaluate", "awb", self.tmp, "--tunings", self.tmp, "--report", page, "--overwrite", status=1)
        self.assertIn("no tunings", done.stderr)
        self.assertEqual(page.read_text(), "precious", "nothing was made, so nothing is replaced")

    def test_report_table_and_json_agree(self):
        if not (self.data / "pi_scenes/folds.csv").exists():
            self.skipTest(f"{self.data} is not here")
        page, csv = self.tmp / "awb.html", self.tmp / "awb.csv"
        call = ["evaluate", "awb", self.data / "pi_scenes/vc4", "--tunings", self.data / "pi_tunings/vc4"]
        lines = [json.loads(line) for line in self.run_argent(*call, "--json", "--csv", csv).stdout.splitlines()]
        rows = {line["estimator"]: line for line in lines if line.get("sensor") == "all"}
        self.assertIn("rpi_bayes", rows)
        pictures = len(list((self.data / "pi_scenes/vc4").glob("*.png")))
        for row in rows.values():
            self.assertEqual(row["images"], pictures)
            self.assertEqual(row["answered"]["images"] + row["stand_in"]["images"], pictures)
        self.assertEqual(len(csv.read_text().splitlines()), 1 + len(rows) * pictures)
        self.assertIn(f"{rows['camera']['mired']['mean']:.1f}", self.run_argent(*call).stdout)
        if not pathlib.Path("/usr/share/javascript/dygraphs/dygraph.min.js").exists():
            self.skipTest("libjs-dygraphs is not installed")
        self.run_argent(*call, "--report", page)
        text = page.read_text()
        for name, row in rows.items():
            self.assertIn(f'<h3 id="{name}">', text)
            self.assertIn(f"{row['degrees']['mean']:.2f}</td>", text)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
