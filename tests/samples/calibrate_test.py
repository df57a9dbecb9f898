#!/usr/bin/env python3
"""argent calibrate as a user calls it: from a synthetic set to a profile that other commands use, and sets that are wrong."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]


def run(*arguments, **more):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False, **more)


class Calibrate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = pathlib.Path(cls.folder.name)
        made = run("synth", "-o", cls.path / "set", "--size", "640x480", "--illuminant", "A,D65", "--gains", "1,4")
        assert made.returncode == 0, made.stderr
        cls.profile = cls.path / "camera.yaml"
        cls.done = run("calibrate", cls.path / "set", "-o", cls.profile, "--report", cls.path / "camera.html")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_everything_is_measured(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        for what in ("black level", "read noise", "noise", "linearity", "defects", "shading", "color", "cct curve", "sharpness", "lateral color", "focus",
                     "delays", "lux"):
            self.assertRegex(self.done.stdout, rf"(?m)^{what} ")
        self.assertRegex(self.done.stdout, r"delays +exposure 2, gain 1 frames; gains 1 = 1\.000 2 = 1\.9[5-7]\d* 4 = 3\.8[5-7]\d* 8 = 7\.(59|60|61)")
        text = self.profile.read_text()
        for key in ("black:", "matrices:", "corrections:", "cct_curve:", "noise:", "shading:", "bad_pixels:", "lens_map:", "delays:", "gain_table:", "lux_reference:"):
            self.assertRegex(text, rf"(?m)^{key}")
        self.assertNotRegex(text.lower(), r"\bnan\b|\binf\b")
        self.assertNotIn("PARTIAL", text)

    def test_the_map_of_focus(self):
        points = [tuple(map(float, found)) for found in re.findall(r"\{dioptres: ([\d.]+), code: ([\d.]+)\}", self.profile.read_text())]
        self.assertGreater(len(points), 1)
        for dioptres, code in ((2.5, 285), (4, 360), (1 / 0.15, 506.7)):  # the synthetic lens's
            left = max((p for p in points if p[0] <= dioptres), default=points[0])
            right = next(p for p in points if p[0] > left[0])
            found = left[1] + (dioptres - left[0]) / (right[0] - left[0]) * (right[1] - left[1])
            self.assertLess(abs(found - code), 0.02 * 520, (dioptres, found, points))

    def test_the_report_stands_alone(self):
        page = (self.path / "camera.html").read_text()
        for part in ("<h2>Color</h2>", "<h2>Whites</h2>", "<h2>Sensor</h2>", "<h2>Lens shading</h2>", "<h2>Lens</h2>", "Complete", "<svg"):
            self.assertTrue(part in page, part)
        self.assertIsNone(re.search(r"(src|href)=|\bnan\b|\binf\b", page))

    def test_other_commands_take_the_profile(self):
        lint = run("lint", self.profile)
        self.assertEqual(lint.returncode, 0, lint.stdout + lint.stderr)
        chart = next((self.path / "set").glob("chart_d65*"), None) or next((self.path / "set").glob("*d65*l.dng"))
        picture = self.path / "chart.png"
        developed = run("develop", chart, "--profile", self.profile, "-o", picture)
        self.assertEqual(developed.returncode, 0, developed.stderr)
        self.assertGreater(picture.stat().st_size, 10_000)
        for form, name in (("pi-pisp", "pisp.json"), ("pi-vc4", "vc4.json"), ("libcamera-simple", "simple.yaml"), ("libcamera-rkisp1", "rkisp1.yaml"), ("dcp", "camera.dcp")):
            out = self.path / name
            there = run("translate", self.profile, "--to", form, "-o", out)
            self.assertEqual(there.returncode, 0, form + there.stderr)
            back = run("translate", out, "--to", "argent", "-o", self.path / (name + ".back.yaml"))
            self.assertEqual(back.returncode, 0, form + back.stderr)
            self.assertEqual(run("lint", out).returncode, 0, form)

    def test_nothing_is_overwritten(self):
        before = self.profile.read_bytes()
        again = run("calibrate", self.path / "set", "-o", self.profile)
        self.assertEqual(again.returncode, 1)
        self.assertIn("--overwrite", again.stderr)
        self.assertEqual(self.profile.read_bytes(), before)

    def test_a_broken_capture_costs_the_exit_status_and_nothing_else(self):
        for kind, words in (("missing", "no ColorChecker"), ("duplicate", "the same pixels as"), ("contradictory", "contradict")):
            folder, out = self.path / kind, self.path / f"{kind}.yaml"
            self.assertEqual(run("synth", "-o", folder, "--size", "640x480", "--illuminant", "A,D65", "--captures", "charts,darks", "--gains", "1", "--break", kind).returncode, 0)
            done = run("calibrate", folder, "-o", out)
            self.assertEqual(done.returncode, 1, kind)
            self.assertIn(words, done.stderr, kind)
            self.assertIn("# PARTIAL", out.read_text())
            self.assertEqual(run("lint", out).returncode, 0, kind)

    def test_no_set(self):
        (self.path / "empty").mkdir()
        for folder, words in ((self.path / "empty", "no captures"), (self.path / "none", "no folder")):
            done = run("calibrate", folder, "-o", self.path / "x.yaml")
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr)
            self.assertFalse((self.path / "x.yaml").exists())

    def test_the_command_line(self):
        self.assertEqual(run("calibrate").returncode, 2)
        self.assertEqual(run("calibrate", self.path / "set", "-o", "x", "--nonsense").returncode, 2)
        self.assertIn("Examples", run("calibrate", "--help").stdout)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
