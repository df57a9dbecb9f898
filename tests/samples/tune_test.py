#!/usr/bin/env python3
"""`argent tune` as its users call it. usage: tune_test.py ARGENT [unittest arguments]; only the standard library is needed."""

import csv
import gzip
import json
import math
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ARGENT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
SHORT = ["--evaluations", "8", "--runs", "2"]


def scenario(name, lux, later):
    return (f"name: {name}\nframes: 45\nlight: {{lux: {lux}, events: [{{time: 0.7, lux: {later}}}]}}\n"
            "sensor: {model: imx219, zone_noise: 0.02, exposure_us: 8000}\nvary:\n  scene.contrast: [0.3, 1]\n")


class TuneTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = pathlib.Path(folder.name)

    def tune(self, *arguments, status=0):
        done = subprocess.run([ARGENT, "tune", *map(str, arguments)], stdin=subprocess.DEVNULL, timeout=120, text=True, capture_output=True)
        self.assertEqual(done.returncode, status, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def refused(self, *arguments, status=2):
        done = self.tune(*arguments, status=status)
        self.assertTrue(done.stderr.startswith("argent: "), done.stderr)
        return done.stderr.splitlines()[0].removeprefix("argent: ")

    def scenarios(self, count=4):
        folder = self.tmp / "scenarios"
        folder.mkdir(exist_ok=True)
        for i in range(count):
            (folder / f"s{i}.yaml").write_text(scenario(f"step_{i}", 300 * (i + 1), 1500 / (i + 1)))
        return folder

    def rated(self, wanted=0.8):
        """Frames of scenarios, all wanted so much brighter than Argent has them: what a doubled target is for."""
        folder = self.tmp / "rated"
        folder.mkdir(exist_ok=True)
        rows = ["file,ev,weight,rater"]
        for i in range(6):
            # A frame of 10 ms at gain 1 of a scene at its right exposure of about 320 lux.
            (folder / f"f{i}.yaml").write_text(f"seed: {i}\nlight: {{lux: {320 * 2 ** (i % 3 - 1)}}}\nscene: {{contrast: 0.3}}\n"
                                               "sensor: {model: imx219}\n")
            rows.append(f"f{i}.yaml,{self.metered(folder / f'f{i}.yaml') + wanted:.3f},,")
        (folder / "ratings.csv").write_text("\n".join(rows) + "\n")
        return folder / "ratings.csv"

    def metered(self, file):
        log = self.tmp / "log.jsonl"
        log.unlink(missing_ok=True)
        subprocess.run([ARGENT, "simulate", file, "--set", "frames=1", "--log", log], check=True, capture_output=True)
        frame = json.loads(log.read_text())
        return math.log2(frame["exposure"]["wanted_total"] / frame["applied"]["exposure_us"] / frame["applied"]["analogue_gain"])

    def sweeps(self, curves=6):
        rows = ["seq,pos_peak_idx,pos_idx,_3_3_SCHARR"]
        for curve in range(curves):
            peak = 20 + 10 * curve
            rows += [f"{curve},{peak},{at},{1000 / (1 + 0.05 * (at - peak) ** 2):.4f}" for at in range(100)]
        path = self.tmp / "curves.csv.gz"
        path.write_bytes(gzip.compress("\n".join(rows).encode()))
        return path

    def test_scenarios_to_profile_front_and_report(self):
        out, page, front = self.tmp / "tuned.yaml", self.tmp / "tuned.html", self.tmp / "front.csv"
        done = self.tune(self.scenarios(), "--objective", "ae=response", *SHORT, "--weightings", 3, "-o", out, "--report", page, "--front", front)
        self.assertRegex(done.stdout, r"(?m)^  score +1 +[0-9.]+ ")
        self.assertRegex(done.stdout, r"(?m)^  (taken|the start stays): candidate \d")
        self.assertRegex(done.stderr, r"\d+ updates of the controllers in [0-9.]+ s: \d+ a second")
        text = out.read_text()
        self.assertIn("argent_profile: 1", text)
        self.assertNotIn("centre_weight", text)
        html = page.read_text()
        for part in ("<svg class=\"front\"", "step_0: Brightness", "Candidates", "averaging_frames", "Held out".lower()):
            self.assertIn(part, html)
        rows = list(csv.DictReader(front.read_text().splitlines()))
        self.assertEqual({row["candidate"] for row in rows}, {"0", "1", "2"})
        self.assertEqual(len([row for row in rows if row["kind"] == "value"]), 3 * 4)
        # What it wrote is a profile to start from; it overwrites nothing.
        self.tune(self.scenarios(), "--objective", "ae=response", "--evaluations", 1, "--start", out, "-o", self.tmp / "again.yaml")
        self.assertIn("exists", self.refused(self.scenarios(), "--objective", "ae=response", *SHORT, "-o", out, status=1))

    def test_killed_and_resumed_and_any_number_of_threads_make_the_same_bytes(self):
        folder = self.scenarios()
        made = {}
        for threads in (1, 3):
            out, page = self.tmp / f"{threads}.yaml", self.tmp / f"{threads}.html"
            done = self.tune(folder, "--objective", "ae=response", *SHORT, "--threads", threads, "-o", out, "--report", page)
            made[threads] = (done.stdout, out.read_bytes(), page.read_bytes())
        self.assertEqual(made[1], made[3])
        out, page, state = self.tmp / "k.yaml", self.tmp / "k.html", self.tmp / "k.journal"
        command = [ARGENT, "tune", folder, "--objective", "ae=response", *SHORT, "--state", state, "-o", out, "--report", page]
        killed = subprocess.Popen([*map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while killed.poll() is None and not (state.exists() and state.stat().st_size > 1500):
            time.sleep(0.005)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        self.assertFalse(out.exists())
        lines = len(state.read_bytes().splitlines())
        self.assertGreater(lines, 2)
        done = self.tune(*command[2:])
        self.assertEqual((done.stdout, out.read_bytes(), page.read_bytes()), made[1])
        self.assertIn("made for other cases", self.refused(*command[2:], "--seed", 2, "--overwrite", status=1))

    def test_a_preference_in_ratings_is_found(self):
        table, out = self.rated(), self.tmp / "rated.yaml"
        self.tune(table, "--objective", "ae=ratings", "--tune", "aaa.ae.target", "--evaluations", 40, "-o", out)
        target = float(out.read_text().split("target: ")[1].split()[0])
        self.assertAlmostEqual(target, 0.0757 * 2 ** 0.8, delta=0.006)
        # The same frames, rated as they are metered: nothing to gain, and it says so.
        self.rated(wanted=0)
        done = self.tune(table, "--objective", "ae=ratings", "--tune", "aaa.ae.target", "--evaluations", 40, "-o", out, "--overwrite")
        self.assertIn("the start stays", done.stdout)
        self.assertNotIn("target:", out.read_text())

    def test_sweeps_and_a_bad_file_beside_them(self):
        out = self.tmp / "af.yaml"
        bad = self.tmp / "bad.yaml"
        bad.write_text("light: {luks: 3}\n")
        done = self.tune(self.sweeps(), bad, self.tmp / "none.yaml", "--objective", "af", "--evaluations", 8, "-o", out, status=1)
        self.assertIn("af=sweeps (18 cases)", done.stdout)
        self.assertIn("did you mean", done.stderr)
        self.assertIn("there is no such file", done.stderr)
        self.assertTrue(out.exists())

    def test_what_makes_no_sense_is_said(self):
        folder, out = self.scenarios(2), ["-o", self.tmp / "x.yaml"]
        self.assertIn("expected ae, ae=response", self.refused(folder, "--objective", "tone", *out))
        self.assertIn("is judged by a labelled scene, and there is none", self.refused(folder, "--objective", "awb", *out))
        self.assertIn("there is nothing to judge it by", self.refused(folder, "--objective", "af", *out))
        self.assertIn("is there twice", self.refused(folder, "--objective", "ae=response", "--objective", "ae", *out))
        self.assertIn("of a controller that no --objective is of", self.refused(folder, "--objective", "ae", "--tune", "aaa.af.timeout", *out))
        self.assertIn("did you mean aaa.ae.target", self.refused(folder, "--objective", "ae", "--tune", "aaa.ae.targt", *out))
        self.assertIn("expected knee or the index", self.refused(folder, "--objective", "ae", "--pick", "best", *out))
        self.assertIn("there are candidates 0 to 0", self.refused(folder, "--objective", "ae", *SHORT, "--pick", 3, *out, status=1))
        one = self.refused(folder / "s0.yaml", "--objective", "ae", *SHORT, *out, status=1)
        self.assertIn("one group of cases only (step_0)", one)
        self.tune(folder / "s0.yaml", "--objective", "ae", "--split", "runs", *SHORT, *out)
        table = self.tmp / "ratings.csv"
        table.write_text("file,ev\nnone.dng,1\ns0,nan\n")
        done = self.tune(table, "--objective", "ae=ratings", "-o", self.tmp / "y.yaml", status=2)
        self.assertIn("ratings.csv:2: there is no file", done.stderr)
        self.assertIn("ratings.csv:3: ev is \"nan\"", done.stderr)
        self.assertIn("there is none among SET", done.stderr)
        self.assertFalse((self.tmp / "y.yaml").exists())
        self.assertIn("Examples:", self.tune("--help").stdout)


if __name__ == "__main__":
    if ARGENT is None:
        sys.exit(__doc__)
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
