#!/usr/bin/env python3
"""`argent train awb` on small folders of labelled thumbnails. usage: train_test.py ARGENT [unittest arguments]; only the standard library
is needed."""

import os
import pathlib
import random
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ARGENT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
STEPS = ["--color-steps", "10", "--plane-steps", "5"]
MATRICES = """{matrices: [{illuminant: 17, matrix: [0.9, -0.3, -0.1, -0.4, 1.2, 0.2, -0.05, 0.15, 0.6]},
                 {illuminant: 21, matrix: [0.8, -0.2, -0.1, -0.4, 1.2, 0.2, -0.05, 0.15, 0.7]}]}"""


def write_npy(path, width, height, values):
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({height}, {width}, 3), }}".encode()
    head += b" " * (63 - (10 + len(head)) % 64) + b"\n"
    path.write_bytes(b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head + struct.pack(f"<{len(values)}f", *values))


class TrainTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name)

    def run_argent(self, *arguments, status=0):
        done = subprocess.run([ARGENT, *map(str, arguments)], stdin=subprocess.DEVNULL, timeout=240, text=True, errors="replace",
                              capture_output=True)
        self.assertEqual(done.returncode, status, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def folder(self, name="set", pictures=24):
        folder = self.tmp / name
        folder.mkdir()
        (folder / "cameras.yaml").write_text(f"cameras:\n  one: {MATRICES}\n  two: {MATRICES}\n")
        rows = ["file,camera,r,g,b,kelvin,lux"]
        numbers = random.Random(5)
        for i in range(pictures):
            light = (0.45 + 0.02 * (i % 9), 1, 0.75 - 0.03 * (i % 9))
            paints = [[0.2 + 0.6 * numbers.random() for _ in range(3)] for _ in range(16 * 12)]
            write_npy(folder / f"{i}.npy", 16, 12, [0.9 * paint[c] * light[c] for paint in paints for c in range(3)])
            rows.append(f"{i}.npy,{'one' if i % 2 else 'two'},{light[0]},1,{light[2]},,{100 * (i % 3)}")
        (folder / "labels.csv").write_text("\n".join(rows) + "\n")
        return folder

    def test_the_same_bytes_for_any_number_of_threads(self):
        data = self.folder()
        for threads in (1, 2):
            self.run_argent("train", "awb", data, *STEPS, "--threads", threads, "--out", self.tmp / f"w{threads}.safetensors")
        self.assertEqual((self.tmp / "w1.safetensors").read_bytes(), (self.tmp / "w2.safetensors").read_bytes())
        self.assertLess((self.tmp / "w1.safetensors").stat().st_size, 300_000)
        self.run_argent("train", "awb", data, *STEPS, "--seed", 2, "--out", self.tmp / "other.safetensors")
        self.assertNotEqual((self.tmp / "w1.safetensors").read_bytes(), (self.tmp / "other.safetensors").read_bytes())

    def test_losses_agree_on_every_processor(self):
        data = self.folder()
        losses = {}
        for target in ("baseline", "avx2", "avx512"):
            out = self.tmp / f"{target}.safetensors"
            done = subprocess.run([ARGENT, "train", "awb", data, "--color-steps", "20", "--plane-steps", "20", "--out", out],
                                  env={**os.environ, "ARGENT_CPU": target}, capture_output=True, text=True)
            if done.returncode != 0 and target in done.stderr:
                continue  # not on this machine
            self.assertEqual(done.returncode, 0, done.stderr)
            losses[target] = [float(x) for x in re.findall(r"(?:colors|planes) \d ([0-9]+[.][0-9]+)", out.with_suffix(".md").read_text())]
            self.assertEqual(len(losses[target]), 3)
        self.assertIn("baseline", losses)
        for target, values in losses.items():
            for value, plain in zip(values, losses["baseline"]):
                self.assertAlmostEqual(value, plain, delta=1e-4 * plain, msg=target)

    def test_goes_on_after_it_was_killed(self):
        data = self.folder()
        steps = ["--color-steps", "20", "--plane-steps", "60"]
        self.run_argent("train", "awb", data, *steps, "--out", self.tmp / "whole.safetensors")
        out = self.tmp / "killed.safetensors"
        with subprocess.Popen([ARGENT, "train", "awb", data, *steps, "--out", out], stderr=subprocess.PIPE) as program:
            program.stderr.readline()  # it has begun
            time.sleep(0.3)
            program.send_signal(signal.SIGKILL)
        self.assertFalse(out.exists())
        self.run_argent("train", "awb", data, *steps, "--out", out)
        self.assertEqual(out.read_bytes(), (self.tmp / "whole.safetensors").read_bytes())
        self.assertFalse((self.tmp / "killed.safetensors.training").exists(), "what was half done lies about")

    def test_what_another_training_left_is_not_gone_on_with(self):
        data = self.folder()
        steps = ["--color-steps", "20", "--plane-steps", "300"]
        out = self.tmp / "w.safetensors"
        with subprocess.Popen([ARGENT, "train", "awb", data, *steps, "--out", out], stderr=subprocess.PIPE) as program:
            program.stderr.readline()
            program.send_signal(signal.SIGKILL)
        done = self.run_argent("train", "awb", data, *steps, "--seed", 2, "--out", out, status=1)
        self.assertIn("another training", done.stderr)

    def test_names_in_the_data_are_no_file_names(self):
        data = self.folder(pictures=104)
        for name in ("cameras.yaml", "labels.csv"):
            text = (data / name).read_text().replace("one", "../../escaped")
            (data / name).write_text(text)
        before = set(self.tmp.rglob("*"))
        self.run_argent("train", "awb", data, *STEPS, "--validate", "sensors", "--out", self.tmp / "deep" / "w.safetensors", status=1)
        (self.tmp / "deep").mkdir(exist_ok=True)
        self.run_argent("train", "awb", data, *STEPS, "--validate", "sensors", "--out", self.tmp / "deep" / "w.safetensors")
        made = {path.name for path in set(self.tmp.rglob("*")) - before}
        self.assertEqual(made, {"deep", "w.safetensors", "w.md"})

    def test_card_plot_and_scores_of_the_weights(self):
        data = self.folder()
        out = self.tmp / "w.safetensors"
        self.run_argent("train", "awb", data, *STEPS, "--out", out, "--plot", self.tmp / "loss.svg")
        card = (self.tmp / "w.md").read_text()
        for expected in ("24 used of 24", "one 12 two 12", "Seed 1", "10 steps over colors", str(out.stat().st_size)):
            self.assertIn(expected, card)
        self.assertIn("<polyline", (self.tmp / "loss.svg").read_text())
        table = self.run_argent("evaluate", "awb", data, "--weights", out, "--compare", "fused,grey_world").stdout
        built_in = self.run_argent("evaluate", "awb", data).stdout
        for name in ("learned_colors", "learned_zones", "fused"):
            rows = [re.findall(rf"(?m)^all +{name} .*$", text) for text in (table, built_in)]
            self.assertEqual([len(row) for row in rows], [1, 1], name)
            self.assertNotEqual(*rows, f"{name} has the weights of the command line")
        self.run_argent("train", "awb", data, *STEPS, "--out", out, status=1)  # is there already
        self.run_argent("train", "awb", data, *STEPS, "--out", out, "--overwrite", "--start", out)

    def test_sensors_that_are_left_out_judge(self):
        data = self.folder(pictures=104)
        out = self.run_argent("train", "awb", data, *STEPS, "--validate", "sensors", "--out", self.tmp / "w.safetensors").stdout
        self.assertIn("Judged by pictures kept back: sensors", out)
        for sensor in ("one", "two"):
            self.assertRegex(out, rf"(?m)^{sensor} +fused +52 ")
        self.assertIn("Judged by pictures kept back: sensors", (self.tmp / "w.md").read_text())

    def test_what_is_wrong_is_said_in_one_line(self):
        data = self.folder()
        broken = self.tmp / "broken.safetensors"
        broken.write_bytes(b"\xff" * 100)
        empty = self.tmp / "empty"
        empty.mkdir()
        (empty / "labels.csv").write_text("file,camera,r,g,b\n")
        (empty / "cameras.yaml").write_text(f"cameras: {{one: {MATRICES}}}\n")
        out = self.tmp / "w.safetensors"
        for arguments, status, expected in (
                ([data, "--start", broken], 1, "broken.safetensors"), ([self.tmp / "none"], None, "none"), ([empty], 1, "no picture"),
                ([data, "--validate", "folds"], 1, "--validate folds"), ([data, "--validate", "moons"], 2, "moons"), ([], 2, "--spectral"),
                ([data, "--color-steps", "0"], 2, "--color-steps")):
            done = subprocess.run([ARGENT, "train", "awb", *map(str, arguments), "--out", out], timeout=120, text=True,
                                  capture_output=True)
            self.assertNotEqual(done.returncode, 0, arguments)
            if status is not None:
                self.assertEqual(done.returncode, status, f"{arguments} {done.stderr}")
            self.assertIn(expected, done.stderr)
            self.assertFalse(out.exists())

    def test_a_bad_picture_does_not_stop_the_others(self):
        data = self.folder()
        (data / "3.npy").write_bytes(b"no array")
        done = self.run_argent("train", "awb", data, *STEPS, "--out", self.tmp / "w.safetensors", status=1)
        self.assertIn("3.npy", done.stderr)
        self.assertTrue((self.tmp / "w.safetensors").exists())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
