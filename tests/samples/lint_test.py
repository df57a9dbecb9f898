#!/usr/bin/env python3
"""`argent lint` and `argent translate` on tunings of this machine and on spoilt ones. usage: lint_test.py ARGENT [unittest arguments]"""

import glob
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import numpy as np

ARGENT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
SOURCE = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("ARGENT_DATA", SOURCE / "../shared/data"))

# A whole tuning of vc4, with what two shipped files have: commas too many.
PI = """{
    "version": 2.0,
    "target": "bcm2835",
    "algorithms": [
        { "rpi.black_level": { "black_level": 4096 } },
        { "rpi.dpc": { } },
        { "rpi.lux": { "reference_shutter_speed": 27685, "reference_gain": 1.50, "reference_aperture": 1.0, "reference_lux": 998,
                       "reference_Y": 12744 } },
        { "rpi.noise": { "reference_constant": 0, "reference_slope": 3.67 } },
        { "rpi.sdn": { "deviation": 3.2, "strength": 0.75 } },
        { "rpi.awb": {
            "priors": [ { "lux": 0, "prior": [ 2000, 1.0, 3000, 0.5, 13000, 0.0 ] }, { "lux": 800, "prior": [ 2000, 0.0, 6000, 2.0, 13000, 2.0 ] }, ],
            "modes": { "auto": { "lo": 2500, "hi": 6500 }, "daylight": { "lo": 5000, "hi": 6500 } },
            "bayes": 1,
            "ct_curve": [ 2498, 0.9309, 0.3599, 2911, 0.8682, 0.4283, 3627, 0.7646, 0.5327, 6501, 0.5211, 0.7121, ],
            "sensitivity_r": 1.05, "sensitivity_b": 1.05, "transverse_pos": 0.0238, "transverse_neg": 0.04429 } },
        { "rpi.agc": {
            "metering_modes": { "matrix": { "weights": [ 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 ] } },
            "exposure_modes": { "normal": { "shutter": [ 100, 10000, 30000 ], "gain": [ 1.0, 2.0, 8.0 ] } },
            "constraint_modes": { "normal": [ { "bound": "LOWER", "q_lo": 0.98, "q_hi": 1.0, "y_target": [ 0, 0.5, 1000, 0.5 ] } ] },
            "y_target": [ 0, 0.16, 1000, 0.165 ] } },
        { "rpi.alsc": { "omega": 1.3, "luminance_strength": 0.8, "luminance_lut": [ LUMINANCE ],
            "calibrations_Cr": [ { "ct": 3000, "table": [ RED ] }, { "ct": 5000, "table": [ RED ] } ],
            "calibrations_Cb": [ { "ct": 3000, "table": [ BLUE ] }, { "ct": 5000, "table": [ BLUE ] } ] } },
        { "rpi.contrast": { "ce_enable": 1, "gamma_curve": [ 0, 0, 8192, 24000, 32768, 48000, 65535, 65535 ] } },
        { "rpi.ccm": { "ccms": [
            { "ct": 2860, "ccm": [ 2.12089, -0.52461, -0.59628, -0.85342, 2.80445, -0.95103, -0.26897, -1.14788, 2.41685 ] },
            { "ct": 5858, "ccm": [ 2.32392, -0.88421, -0.43971, -0.63821, 2.58348, -0.94527, -0.28541, -0.54112, 1.82653 ] } ] } },
        { "rpi.somebody": { "word": "5", "list": [ 1, [ 2, 3 ] ] } },
    ]
}
"""


def whole_tuning():
    y, x = np.mgrid[0:12, 0:16]
    r2 = ((x - 7.5) / 8) ** 2 + ((y - 5.5) / 6) ** 2
    table = lambda values: ", ".join(f"{v:.3f}" for v in np.asarray(values).ravel())
    text = PI.replace("LUMINANCE", table(1 + 0.9 * r2)).replace("RED", table(1.4 + 0.3 * r2 + 0.01 * x))
    return text.replace("BLUE", table(2.1 - 0.2 * r2 + 0.02 * y))


def pi_json(text):
    """libcamera's reading of it: commas too many do not matter."""
    return json.loads(re.sub(r",(\s*[\]}])", r"\1", text))


def algorithms(document):
    return {name: value for entry in document["algorithms"] for name, value in entry.items()}


def real_tunings():
    return sorted(glob.glob("/usr/share/libcamera/ipa/r*pi*/*.json")) + sorted(map(str, DATA.glob("awb/pi_tunings/*/*.json")))


def run(*arguments):
    return subprocess.run([ARGENT, *map(str, arguments)], capture_output=True, text=True, timeout=120)


def lint(*files):
    done = run("lint", "--json", *files)
    assert done.returncode in (0, 1), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class LintTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        self.addCleanup(self.temporary.cleanup)
        self.tuning = self.folder / "sensor.json"
        self.tuning.write_text(whole_tuning())

    def translate(self, source, name, *options):
        output = self.folder / name
        done = run("translate", source, "-o", output, "--overwrite", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return output, done.stderr

    def test_findings_say_file_line_and_what(self):
        done = run("lint", self.tuning)
        self.assertEqual(done.returncode, 0, done.stdout)
        lines = done.stdout.splitlines()
        self.assertIn("unknown algorithm rpi.somebody", done.stdout)
        self.assertRegex(lines[-1], r"sensor.json: 0 errors, \d warnings, 0 notes \(Raspberry Pi tuning, version 2, vc4\)")
        commas = [line for line in lines if "is not JSON" in line]
        self.assertEqual(len(commas), 3, done.stdout)
        self.assertTrue(commas[0].startswith(f"{self.tuning}:12: warning: "), commas)
        self.assertEqual(run("lint", "--strict", self.tuning).returncode, 1)

    def test_spoilt_files(self):
        for change, severity, text in (
                (('"bayes": 1', '"bayse": 1'), "warning", "did you mean bayes"),
                (("2498, 0.9309", "2998, 0.9309"), "error", "expected rising temperatures"),
                (("0.8682", "0.9682"), "warning", "R/G rises"),
                (("2.12089", "2.32089"), "error", "rows that sum to 1.2"),
                (('"black_level": 4096', '"black_level": nan'), "error", "finite"),
                (('"black_level": 4096', '"black_level": "dark"'), "error", "expected a whole number"),
                (('"reference_slope": 3.67', '"reference_slope": 0'), "warning", "no noise is expected"),
                (("8192, 24000", "8192, 64000"), "error", "falls"),
                (('"q_lo": 0.98', '"q_lo": 1.98'), "error", "expected 0 to 1"),
                (('"lo": 2500, "hi": 6500', '"lo": 7500, "hi": 6500'), "error", "expected rising kelvin"),
                (('"weights": [ 1,', '"weights": [ 1, 1,'), "error", "16 weights, expected 15"),
                (('"target": "bcm2835"', '"target": "pisp"'), "error", "expected 1024 (32x32)"),
                (('"omega": 1.3', '"omega": 1.3, "omega": 1.4'), "error", "given twice"),
                (('"rpi.awb"', '"rpi.abw"'), "warning", "did you mean rpi.awb"),
                (('"rpi.agc"', '"x.rpi.agc"'), "warning", "exposure is not controlled"),
                (("2000, 1.0, 3000", "2000, 1.0, 1000"), "error", "does not rise"),
                (('"ct": 5858', '"ct": 15858'), "warning", "far outside"),
                (('"transverse_pos": 0.0238', '"transverse_pos": 0'), "error", "positive"),
        ):
            spoilt = self.folder / "spoilt.json"
            before = self.tuning.read_text()
            self.assertIn(change[0], before)
            spoilt.write_text(before.replace(*change, 1))
            found = [(f["severity"], f["text"]) for f in lint(spoilt)[0]["findings"]]
            self.assertTrue(any(s == severity and text in t for s, t in found), (change, found))

    def test_what_is_no_tuning(self):
        whole = self.tuning.read_text()
        for name, content in (("cut.json", whole[: len(whole) // 2]), ("deep.json", "[" * 100000), ("binary.yaml", "\x00\x01\x02"), ("empty.json", ""),
                              ("other.yaml", "a: 1\n"), ("large.json", "{" + " " * 100_000_000 + "}"), ("short.dcp", "IIRC")):
            path = self.folder / name
            path.write_text(content)
            result = lint(path)[0]
            self.assertGreater(result["errors"], 0, name)
            self.assertEqual(run("lint", path).returncode, 1)
            self.assertEqual(run("translate", path, "--to", "argent", "-o", self.folder / "x.yaml").returncode, 1)
            self.assertFalse((self.folder / "x.yaml").exists())
        results = lint(self.folder / "absent.json", self.tuning)  # a good file beside a bad one
        self.assertEqual([r["errors"] for r in results], [1, 0])

    def test_raspberry_pi_to_raspberry_pi_keeps_everything(self):
        for source in [str(self.tuning)] + real_tunings():
            before = pi_json(pathlib.Path(source).read_text())
            output, _ = self.translate(source, "same.json")
            self.assertEqual(json.loads(output.read_text()), before, source)
            self.assertEqual([list(e) for e in json.loads(output.read_text())["algorithms"]], [list(e) for e in before["algorithms"]])
            other = "pi-vc4" if before.get("target") == "pisp" else "pi-pisp"
            turned, _ = self.translate(source, "turned.json", "--to", other)
            self.assertEqual(lint(turned)[0]["errors"], 0, source)
            kept = set(algorithms(json.loads(turned.read_text()))) ^ set(algorithms(before))
            self.assertLessEqual(kept, {"rpi.sdn", "rpi.denoise"}, source)

    def test_first_version_becomes_second(self):
        document = pi_json(self.tuning.read_text())
        old = self.folder / "old.json"
        old.write_text(json.dumps(algorithms(document)))
        self.assertIn("version 1", " ".join(f["text"] for f in lint(old)[0]["findings"]))
        output, _ = self.translate(old, "new.json")
        self.assertEqual(json.loads(output.read_text()), document)

    def test_profile_and_back_is_equal(self):
        for source in [str(self.tuning)] + real_tunings():
            before = algorithms(pi_json(pathlib.Path(source).read_text()))
            target = pi_json(pathlib.Path(source).read_text()).get("target", "bcm2835")
            profile, remarks = self.translate(source, "profile.yaml")
            self.assertEqual(lint(profile)[0]["errors"], 0, source)
            back, _ = self.translate(profile, "back.json", "--to", "pi-pisp" if target == "pisp" else "pi-vc4")
            self.assertEqual(lint(back)[0]["errors"], 0, source)
            self.check_same(before, algorithms(json.loads(back.read_text())), "are scaled" in remarks, source)

    def check_same(self, before, after, scaled, source):
        close = lambda a, b: np.testing.assert_allclose(np.asarray(a, float), np.asarray(b, float), rtol=2e-4, atol=2e-5, err_msg=source)
        self.assertEqual(after["rpi.black_level"], before["rpi.black_level"])
        if "rpi.lux" in before:
            for key, value in before["rpi.lux"].items():
                close(after["rpi.lux"][key], value)
        if "rpi.noise" in before:
            close(after["rpi.noise"]["reference_slope"], before["rpi.noise"]["reference_slope"])
            close(after["rpi.noise"]["reference_constant"], before["rpi.noise"]["reference_constant"])
        if "ct_curve" in before.get("rpi.awb", {}):
            old, new = before["rpi.awb"], after["rpi.awb"]
            curve = np.reshape(old["ct_curve"], (-1, 3)) / [1, old.get("sensitivity_r", 1), old.get("sensitivity_b", 1)]
            close(np.reshape(new["ct_curve"], (-1, 3)), curve)
            self.assertEqual(new["priors"], old["priors"])
            for name, mode in old["modes"].items():
                if name in new["modes"]:
                    self.assertEqual(new["modes"][name], mode, source)
        if "rpi.ccm" in before:
            for old, new in zip(before["rpi.ccm"]["ccms"], after["rpi.ccm"]["ccms"]):
                self.assertEqual(old["ct"], new["ct"])
                matrix = np.reshape(old["ccm"], (3, 3))
                np.testing.assert_allclose(np.reshape(new["ccm"], (3, 3)), matrix / matrix.sum(1, keepdims=True), atol=2e-5)
                self.assertTrue(scaled or np.allclose(matrix.sum(1), 1, atol=2.1e-3), source)
        if "calibrations_Cr" in before.get("rpi.alsc", {}):
            for old, new in zip(self.gains_of(before["rpi.alsc"]), self.gains_of(after["rpi.alsc"])):
                close(new / new.min(), old / old.min())

    @staticmethod
    def gains_of(alsc):
        """R, G, B of each temperature that both have."""
        level = 1 + alsc.get("luminance_strength", 1) * (np.array(alsc["luminance_lut"]) - 1) if "luminance_lut" in alsc else 1
        blues = {row["ct"]: row["table"] for row in alsc["calibrations_Cb"]}
        reds = [row for row in alsc["calibrations_Cr"] if row["ct"] in blues]
        return [np.stack([np.array(row["table"]) * level, np.ones(len(row["table"])) * level, np.array(blues[row["ct"]]) * level]) for row in reds]

    def test_libcamera_and_back(self):
        profile, _ = self.translate(self.tuning, "profile.yaml")
        for target in ("libcamera-simple", "libcamera-rkisp1"):
            there, remarks = self.translate(profile, "there.yaml", "--to", target)
            self.assertIn("noise: ", remarks)
            self.assertEqual(lint(there)[0]["findings"], [], target)
            home, _ = self.translate(there, "home.yaml")
            again, _ = self.translate(home, "again.yaml", "--to", target)
            self.assertEqual(again.read_text(), there.read_text(), target)
        for shipped in sorted(glob.glob("/usr/share/libcamera/ipa/rkisp1/*.yaml")):
            home, _ = self.translate(shipped, "home.yaml")
            self.assertEqual(lint(home)[0]["errors"], 0, shipped)
            there, _ = self.translate(home, "there.yaml", "--to", "libcamera-rkisp1")
            numbers = lambda text: [int(n) for n in re.findall(r"\b\d{4}\b", re.split(r"\n  - ", text.split("LensShadingCorrection:")[1])[0].split("sets:")[1])]
            if "sets:" in pathlib.Path(shipped).read_text():
                old, new = numbers(pathlib.Path(shipped).read_text()), numbers(there.read_text())
                self.assertEqual(len(old), len(new), shipped)
                self.assertLessEqual(np.abs(np.array(old) - new).max(), 4, shipped)  # the two greens are averaged

    def test_dcp_and_base(self):
        dcp, remarks = self.translate(self.tuning, "sensor.dcp")
        self.assertIn("lens shading: a DCP has no place for it; left out", remarks)
        self.assertEqual(lint(dcp)[0]["findings"], [])
        back, _ = self.translate(dcp, "back.yaml")
        self.assertEqual(lint(back)[0]["errors"], 0)
        based, _ = self.translate(back, "based.json", "--to", "pi-vc4", "--base", self.tuning)
        document = json.loads(based.read_text())
        self.assertEqual(algorithms(document)["rpi.somebody"], {"word": "5", "list": [1, [2, 3]]})
        self.assertEqual(len(algorithms(document)["rpi.ccm"]["ccms"]), 2)

    def test_command_line(self):
        self.assertEqual(run("translate", self.tuning, "-o", self.tuning).returncode, 1)  # it exists
        self.assertEqual(run("translate", self.tuning, "-o", self.folder / "x.txt").returncode, 2)
        self.assertEqual(run("translate", self.tuning, "--to", "raw", "-o", self.folder / "x.txt").returncode, 2)
        self.assertEqual(run("lint").returncode, 2)
        profile, _ = self.translate(self.tuning, "p.yaml")
        done = run("translate", profile, "-o", self.folder / "x.json")
        self.assertEqual((done.returncode, "--to pi-vc4 or" in done.stderr), (2, True), done.stderr)
        stdout = run("translate", self.tuning, "--to", "argent", "-o", "-")
        self.assertEqual(stdout.stdout, profile.read_text())
        self.assertIn("argent: rpi.agc: ", stdout.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
