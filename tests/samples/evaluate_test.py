#!/usr/bin/env python3
"""`argent evaluate awb` on folders of labelled thumbnails as people and strangers make them. usage: evaluate_test.py ARGENT [unittest
arguments]; only the standard library is needed."""

import csv
import json
import math
import os
import pathlib
import resource
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

ARGENT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
DATA = pathlib.Path(os.environ.get("ARGENT_DATA") or pathlib.Path(__file__).parents[3] / "shared/data") / "awb"
MATRICES = """{matrices: [{illuminant: 17, matrix: [0.9, -0.3, -0.1, -0.4, 1.2, 0.2, -0.05, 0.15, 0.6]},
                 {illuminant: 21, matrix: [0.8, -0.2, -0.1, -0.4, 1.2, 0.2, -0.05, 0.15, 0.7]}]}"""
LEARNED = ("learned_colors", "learned_zones", "fused")
CLASSICAL = ("grey_world", "shades_of_grey", "white_patch", "grey_edge", "grey_edge_second", "grey_pixel")


def write_png(path, width, height, at, lie=None):
    """16-bit RGB of at(x, y) in 0..1; `lie`: the size that the head tells."""
    rows = b"".join(b"\0" + b"".join(struct.pack(">3H", *(round(65535 * v) for v in at(x, y))) for x in range(width)) for y in range(height))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", *(lie or (width, height)), 16, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks))


def write_npy(path, width, height, at, kind="<f4"):
    code = {"<f4": "f", "<u2": "H"}[kind]
    values = [v if code == "f" else round(65535 * v) for y in range(height) for x in range(width) for v in at(x, y)]
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({height}, {width}, 3), }}".encode()
    head += b" " * (63 - (10 + len(head)) % 64) + b"\n"
    path.write_bytes(b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head + struct.pack(f"<{len(values)}{code}", *values))


def scene(light, seed):
    """Paints whose mean is grey, in pairs about it, under a light; the brightest is 1."""
    state = seed

    def noise():
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) / 2**31

    paints = {}
    for y in range(0, 24):
        for x in range(0, 32, 2):
            paint = [0.4 + 0.3 * (noise() - 0.5) for _ in range(3)]
            paints[x, y], paints[x + 1, y] = paint, [0.8 - p for p in paint]
    most = max(paint[c] * light[c] for paint in paints.values() for c in range(3))
    return lambda x, y: [paints[x, y][c] * light[c] / most for c in range(3)]


class EvaluateTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name)

    def run_argent(self, *arguments, status=0, **options):
        done = subprocess.run([ARGENT, "evaluate", "awb", *map(str, arguments)], stdin=subprocess.DEVNULL, timeout=120, text=True,
                              errors="replace", capture_output=True, **options)
        self.assertEqual(done.returncode, status, f"{arguments}\n{done.stdout}\n{done.stderr}")
        if status != 2:
            for line in done.stderr.splitlines():
                self.assertRegex(line, r"^argent: ")
        return done

    def lines(self, *arguments, **options):
        return [json.loads(line) for line in self.run_argent(*arguments, "--json", **options).stdout.splitlines()]

    def folder(self, name, cameras=("one", "two"), pictures=8, off=0.0):
        """Grey worlds whose labels are `off` (log R/G) from the light that is in them."""
        folder = self.tmp / name
        folder.mkdir()
        (folder / "cameras.yaml").write_text("cameras:\n" + "".join(f"  {camera}: {MATRICES}\n" for camera in cameras))
        rows = ["file,camera,r,g,b,kelvin,lux"]
        for i in range(pictures):
            light = (0.4 + 0.05 * (i % 5), 1, 0.7 - 0.04 * (i % 7))
            file = f"{i}.png" if i % 3 == 0 else f"{i}.npy"
            at = scene(light, i)
            write_png(folder / file, 32, 24, at) if i % 3 == 0 else write_npy(folder / file, 32, 24, at, "<f4" if i % 3 == 1 else "<u2")
            rows.append(f"{file},{cameras[i % len(cameras)]},{light[0] * math.exp(off)},1,{light[2]},{5000 if i == 0 else ''},{100 * i}")
        (folder / "labels.csv").write_text("\n".join(rows) + "\n")
        return folder

    def test_a_grey_world_is_known_to_grey_world(self):
        folder = self.folder("grey")
        lines = self.lines(folder, "--csv", self.tmp / "a.csv")
        rows = {(line["sensor"], line["estimator"]): line for line in lines if "sensor" in line}
        self.assertEqual({sensor for sensor, _ in rows}, {"all", "one", "two"})
        grey = rows["all", "grey_world"]
        self.assertEqual((grey["images"], grey["abstained"], grey["score"]), (8, 0, "degrees"))
        self.assertLess(grey["degrees"]["worst_quarter"], 0.01)
        self.assertNotIn(("all", "camera"), rows, "nobody knows what these cameras would have said")
        best = min(rows["all", name]["degrees"]["mean"] for name in CLASSICAL)
        for sensor in ("all", "one", "two"):
            for name in CLASSICAL + ("bayes",):
                row = rows[sensor, name]
                self.assertAlmostEqual(row["ratio_to_grey_edge"], row["degrees"]["mean"] / rows[sensor, "grey_edge"]["degrees"]["mean"], places=9)
                if sensor == "all":
                    self.assertAlmostEqual(row["ratio_to_best_classical"], row["degrees"]["mean"] / best, places=9)
        with open(self.tmp / "a.csv") as file:
            scores = list(csv.DictReader(file))
        self.assertEqual(len(scores), 8 * (len(CLASSICAL + LEARNED) + 2))
        self.assertEqual(sorted({row["file"] for row in scores if row["error_mired"]}), ["0.png"], "whose kelvin is known")
        self.assertTrue(all(row["set"] == str(folder) for row in scores))

    def test_labels_that_are_off_cost_what_they_are_off(self):
        folder = self.folder("off", pictures=6, off=0.1)
        with_error = [line for line in self.lines(folder) if line.get("sensor") == "all" and line["estimator"] == "grey_world"][0]
        angles = []
        for i in range(6):
            a = (0.4 + 0.05 * (i % 5), 1, 0.7 - 0.04 * (i % 7))
            b = (a[0] * math.exp(0.1), 1, a[2])
            angles.append(math.degrees(math.acos(sum(x * y for x, y in zip(a, b)) / math.hypot(*a) / math.hypot(*b))))
        self.assertAlmostEqual(with_error["degrees"]["mean"], sum(angles) / 6, places=2)

    def test_confidence_and_comparison(self):
        folder = self.folder("grey", pictures=12)
        lines = self.lines(folder, "--compare", "grey_world,grey_edge", "--compare", "bayes,grey_world")
        claims = {line["reliability"]: line for line in lines if "reliability" in line}
        self.assertEqual(claims["grey_world"]["unit"], "degrees")
        self.assertEqual(claims["grey_world"]["within_68"], 1, "it was never wrong")
        for line in claims.values():
            self.assertLessEqual(line["within_68"], line["within_95"])
            self.assertGreaterEqual(line["confident_half"], 0)
        pairs = [line for line in lines if "compare" in line]
        self.assertEqual([pair["compare"] for pair in pairs], [["grey_world", "grey_edge"], ["bayes", "grey_world"]])
        for pair in pairs:
            self.assertEqual(pair["pictures"], 12)
            self.assertLess(pair["low"], pair["difference"])
            self.assertLess(pair["difference"], pair["high"])
        self.assertLess(pairs[0]["high"], 0, "grey_world is right here")
        self.assertEqual(pairs, [line for line in self.lines(folder, "--compare", "grey_world,grey_edge", "--compare", "bayes,grey_world")
                                 if "compare" in line], "the same draws")
        self.assertIn("grey_world 0.00, grey_edge", self.run_argent(folder, "--compare", "grey_world,grey_edge").stdout)
        for wrong in ("grey_world", "grey_world,graey_edge", ",", "a,b,c"):
            self.run_argent(folder, "--compare", wrong, status=2)
        self.assertIn("no folder has both", self.run_argent(folder, "--compare", "camera,grey_edge", status=1).stderr)

    def test_a_hostile_folder_does_not_hide_what_is_good(self):
        folder = self.folder("hostile", pictures=4)
        write_png(folder / "huge.png", 16, 12, lambda x, y: (1, 1, 1), lie=(65535, 65535))
        write_png(folder / "black.png", 16, 12, lambda x, y: (0, 0, 0))
        write_npy(folder / "nan.npy", 16, 12, lambda x, y: (math.nan, 1, 1))
        write_npy(folder / "long.npy", 70, 12, lambda x, y: (1, 1, 1))
        os.mkfifo(folder / "pipe.png")
        bad = ["huge.png,one,1,1,1,,", "black.png,one,1,1,1,,", "nan.npy,one,1,1,1,,", "long.npy,one,1,1,1,,", "none.png,one,1,1,1,,",
               "pipe.png,one,1,1,1,,", "0.png,one,1,1,1,,", "a.png,one,nan,1,1,,", "a.png,one,0,1,1,,", "a.png,one,-1,1,1,,",
               "../hostile/0.png,one,1,1,1,,", "/etc/passwd,one,1,1,1,,", "a.png,one,1,1", "\x1b[2Ja.png,one,x,1,1,,", ""]
        labels = folder / "labels.csv"
        with open(labels, "a") as file:
            file.write("\n".join(bad[:-1]) + "\n" + 'a' * 200_000_000 + "\n")
        (folder / "cameras.yaml").write_text((folder / "cameras.yaml").read_text() + "  bare: {matrices: []}\n")
        with open(labels, "a") as file:
            file.write("b.png,bare,1,1,1,,\nc.png,bare,1,1,1,,\nd.png,stranger,1,1,1,,\n")
        limit = 1_000_000_000
        done = self.run_argent(folder, "--json", status=1, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        told = done.stderr.splitlines()
        for i, row in enumerate(bad):
            self.assertEqual(sum(f"labels.csv:{6 + i}: " in line for line in told), 1, f"{row}\n{done.stderr}")
        self.assertEqual(len(told), len(bad) + 3, "and the two cameras")
        self.assertNotIn("\x1b", done.stderr)
        self.assertEqual(sum('"bare"' in line for line in told), 1)
        self.assertEqual(sum('"stranger"' in line for line in told), 1)
        self.assertIn("cameras.yaml:6: 0 matrices", done.stderr)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        grey = [row for row in rows if row.get("sensor") == "all" and row["estimator"] == "grey_world"]
        self.assertEqual(grey[0]["images"], 4)
        self.assertLess(grey[0]["degrees"]["mean"], 0.01)

    def test_folders_that_cannot_be_used_are_named_and_the_others_done(self):
        good, bare, headless = self.folder("good"), self.folder("bare"), self.folder("headless")
        (bare / "cameras.yaml").unlink()
        (headless / "labels.csv").write_text("file,camera,g,b\n0.png,one,1,1\n")
        done = self.run_argent(bare, good, headless, self.tmp / "missing", status=1)
        self.assertEqual(len(done.stderr.splitlines()), 3, done.stderr)
        for told in ("cameras.yaml", "labels.csv:1: no column r", "missing: has no labels.csv"):
            self.assertIn(told, done.stderr)
        self.assertIn(f"{good}: 8 pictures, measured lights", done.stdout)
        page = self.tmp / "page.html"
        done = self.run_argent(bare, "--report", page, status=1)
        self.assertEqual(done.stdout, "")
        self.assertFalse(page.exists(), "nothing was scored")
        self.assertIn("is given twice", self.run_argent(good, f"{good}/", status=2).stderr)
        self.assertIn("2 times for 1 folders", self.run_argent(good, self.tmp, "--tunings", bare, "--tunings", bare, status=2).stderr)

    def test_sets_are_apart_and_together(self):
        a, b = self.folder("a", pictures=4), self.folder("b", pictures=6, off=0.2)
        rows = {(line["set"], line["sensor"], line["estimator"]): line for line in self.lines(a, b) if "sensor" in line}
        mean = lambda name: rows[name, "all", "grey_world"]["degrees"]["mean"]
        self.assertEqual(rows["all sets", "all", "grey_world"]["images"], 10)
        self.assertAlmostEqual(mean("all sets"), (4 * mean(str(a)) + 6 * mean(str(b))) / 10, places=6)
        self.assertEqual(rows["all sets", "one", "bayes"]["images"], 5)

    def test_both_layouts_in_one_call(self):
        if not (DATA / "pi_scenes/folds.csv").exists():
            self.skipTest(f"{DATA} is not here")
        folder, page, table = self.folder("grey"), self.tmp / "page.html", self.tmp / "scores.csv"
        pi = DATA / "pi_scenes/vc4"
        call = [folder, pi, "--tunings", DATA / "pi_tunings/vc4", "--folds", DATA / "pi_scenes/folds.csv"]
        lines = self.lines(*call, "--csv", table)
        rows = {(line["set"], line["estimator"]): line for line in lines if line.get("sensor") == "all"}
        self.assertEqual(rows[str(pi), "grey_world"]["score"], "mired")
        self.assertEqual(rows[str(folder), "grey_world"]["score"], "degrees")
        self.assertIn((str(pi), "bayes_folds"), rows)
        self.assertNotIn((str(folder), "bayes_folds"), rows)
        self.assertNotIn("all sets", {line["set"] for line in lines}, "a temperature and a measured light aren't mixed")
        self.assertEqual(len(table.read_text().splitlines()),
                         1 + sum(row["images"] for row in rows.values()))
        alone = {line["estimator"]: line for line in self.lines(pi, *call[2:]) if line.get("sensor") == "all"}
        for name, row in alone.items():
            self.assertEqual(row, rows[str(pi), name], "what stands beside it changes nothing")
        if not pathlib.Path("/usr/share/javascript/dygraphs/dygraph.min.js").exists():
            self.skipTest("libjs-dygraphs is not installed")
        self.run_argent(*call, "--report", page)
        text = page.read_text()
        for name in ("grey_world", "bayes"):
            self.assertIn(f'<h3 id="{name}">', text)
            self.assertIn(f'<h3 id="s1_{name}">', text)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
