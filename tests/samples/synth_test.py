#!/usr/bin/env python3
"""`argent synth` as people use it. usage: synth_test.py ARGENT [unittest arguments]; only the standard library is needed."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ARGENT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
SMALL = ["--size", "128x96", "--illuminant", "A,D65", "--gains", "1,4"]


class SynthTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name)

    def synth(self, *arguments, status=0):
        environment = {name: value for name, value in os.environ.items() if name != "ARGENT_DATA"}
        done = subprocess.run([ARGENT, "synth", *map(str, arguments)], stdin=subprocess.DEVNULL, timeout=240, text=True,
                              errors="replace", capture_output=True, env=environment)
        self.assertEqual(done.returncode, status, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def names(self, folder):
        return sorted(path.name for path in folder.iterdir())

    def test_a_set_has_its_files(self):
        done = self.synth("-o", self.tmp / "set", *SMALL)
        self.assertIn("176 captures of analytic (synthetic)", done.stdout)
        labels = (self.tmp / "set/set.yaml").read_text()
        listed = re.findall(r'file: "([^"]+)"', labels)
        self.assertEqual(sorted(listed + ["set.yaml", "truth.yaml"]), self.names(self.tmp / "set"))
        self.assertIn("argent_calibration_truth: 1", (self.tmp / "set/truth.yaml").read_text())

    def test_argent_reads_what_it_made(self):
        self.synth("-o", self.tmp / "set", *SMALL, "--captures", "charts", "--bits", 14, "--cfa", "gbrg")
        measured = subprocess.run([ARGENT, "measure", "--json", self.tmp / "set/chart_d65_6504k_800l.dng"], capture_output=True, text=True,
                                  timeout=60)
        self.assertEqual(measured.returncode, 0, measured.stderr)
        self.assertIn("128", measured.stdout)

    def test_the_same_bytes_for_the_same_seed(self):
        for folder, threads in (("one", 1), ("two", 3)):
            self.synth("-o", self.tmp / folder, *SMALL, "--captures", "charts,darks", "--threads", threads)
        self.synth("-o", self.tmp / "other", *SMALL, "--captures", "charts,darks", "--seed", 2)
        for name in self.names(self.tmp / "one"):
            self.assertEqual((self.tmp / "one" / name).read_bytes(), (self.tmp / "two" / name).read_bytes(), name)
            if name.endswith(".dng"):
                self.assertNotEqual((self.tmp / "one" / name).read_bytes(), (self.tmp / "other" / name).read_bytes(), name)

    def test_nothing_is_overwritten_unless_told_to(self):
        arguments = ["-o", self.tmp / "set", *SMALL, "--captures", "dots"]
        self.synth(*arguments)
        again = self.synth(*arguments, status=1)
        self.assertRegex(again.stderr, r"^argent: .*cac_0\.dng: exists already\n$")
        self.synth(*arguments, "--overwrite")

    def test_a_good_camera_beside_a_bad_one(self):
        (self.tmp / "bad.json").write_text("{}")
        done = self.synth("-o", self.tmp / "sets", *SMALL, "--captures", "charts", "--camera", f"{self.tmp}/bad.json,analytic", status=1)
        self.assertRegex(done.stderr, r"^argent: .*bad\.json: no spectral_data")
        self.assertEqual(self.names(self.tmp / "sets"), ["analytic"])
        self.assertIn("set.yaml", self.names(self.tmp / "sets/analytic"))

    def test_a_camera_from_a_file_and_all_of_a_folder(self):
        rows = ", ".join(f'"{nm}": [{1 + (nm > 560)}, {1 + (500 < nm < 600)}, {1 + (nm < 500)}]' for nm in range(380, 785, 5))
        cameras = self.tmp / "spectra/cameras"
        cameras.mkdir(parents=True)
        for name in ("Maker_One_380_780_5", "Maker_Two"):
            (cameras / f"{name}.json").write_text('{"spectral_data": {"data": {"main": {' + rows + "}}}}")
        one = self.synth("-o", self.tmp / "one", *SMALL, "--captures", "edge", "--camera", cameras / "Maker_One_380_780_5.json")
        self.assertIn("Maker One (synthetic)", one.stdout)
        self.synth("-o", self.tmp / "all", *SMALL, "--captures", "edge", "--camera", "all", "--spectra", self.tmp / "spectra")
        self.assertEqual(self.names(self.tmp / "all"), ["Maker_One", "Maker_Two"])

    def test_preview(self):
        self.synth("-o", self.tmp / "set", *SMALL, "--captures", "charts,darks", "--preview")
        pictures = [name for name in self.names(self.tmp / "set") if name.endswith(".png")]
        self.assertEqual(pictures, ["chart_a_2856k_800l.png", "chart_d65_6504k_800l.png"])

    def test_every_fault_can_be_made(self):
        for fault in ("missing", "clipped", "blurred", "two-charts", "dark", "rotated-90", "rotated-180", "wrong-chart", "nan-tag",
                      "duplicate", "contradictory", "single"):
            self.synth("-o", self.tmp / fault, *SMALL, "--captures", "charts", "--break", fault)
            self.assertIn(f"fault: {fault}\n", (self.tmp / fault / "truth.yaml").read_text())

    def test_settings_reach_the_truth(self):
        self.synth("-o", self.tmp / "set", *SMALL, "--captures", "darks", "--set", "sensor.read_electrons=7", "--set", "lens.red=1.01,0")
        truth = (self.tmp / "set/truth.yaml").read_text()
        self.assertIn("read_electrons: 7 ", truth)
        self.assertIn("red: [1.01, 0]", truth)
        self.assertIn("sensor.read_electrons", self.synth("--list-settings").stdout)

    def test_wrong_usage(self):
        for arguments, message in ((["-o", "x", "--break", "all"], "expected one of missing"),
                                   (["-o", "x", "--captures", "chart"], "expected one of charts"),
                                   (["-o", "x", "--illuminant", "D66"], "illuminant D66 is not known"),
                                   (["-o", "x", "--size", "10x10"], "sensor.size"),
                                   (["-o", "x", "--size", "1281x961"], "even sides"),
                                   (["-o", "x", "--set", "sensor.red_electrons=3"], "did you mean sensor.read_electrons"),
                                   (["-o", "x", "--set", "sensor.read_electrons=nan"], "read_electrons"),
                                   (["-o", "x", "--defects", "1000000"], "defects"),
                                   (["-o", "x", "--bits", "11"], "--bits"),
                                   (["-o", "x", "--tilt", "nan"], "tilt"),
                                   (["-o", "x", "--captures", "darks", "--break", "missing"], "without charts"),
                                   ([], "-o FOLDER is required")):
            done = self.synth(*[self.tmp / "x" if word == "x" else word for word in arguments], status=2)
            self.assertIn(message, done.stderr, arguments)
            self.assertTrue(done.stderr.startswith("argent: "), done.stderr)
            self.assertFalse((self.tmp / "x").exists(), arguments)

    def test_a_folder_that_cannot_be_made(self):
        self.synth("-o", self.tmp / "no/such", *SMALL, "--captures", "dots", status=1)
        (self.tmp / "file").write_text("")
        done = self.synth("-o", self.tmp / "file", *SMALL, "--captures", "dots", status=1)
        self.assertTrue(done.stderr.startswith("argent: "), done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
