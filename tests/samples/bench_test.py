#!/usr/bin/env python3
"""`argent bench` on small frames. usage: bench_test.py ARGENT [unittest arguments]; only the standard library is needed. No figure of time
is judged."""

import json
import pathlib
import subprocess
import sys
import unittest

ARGENT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
SMALL = ["--megapixels", "0.1", "--rounds", "3"]


class BenchTest(unittest.TestCase):
    def run_argent(self, *arguments, status=0):
        done = subprocess.run([ARGENT, "bench", *arguments], stdin=subprocess.DEVNULL, timeout=240, text=True, capture_output=True)
        self.assertEqual(done.returncode, status, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def test_a_table_has_a_row_a_kind_of_work(self):
        lines = self.run_argent(*SMALL).stdout.splitlines()
        heads = [line for line in lines if "of copy" in line]
        self.assertEqual(len(heads), 1)
        rows = [line for line in lines if " % " in line]
        self.assertEqual(len(rows), 9)
        self.assertEqual(len({len(line) for line in rows + heads}), 1, "columns stand below each other")
        self.assertEqual(sum("GFLOP/s" in line for line in lines), 2)

    def test_json_has_an_object_a_row_and_nothing_else(self):
        done = self.run_argent(*SMALL, "--json", "--threads", "1,2", "--only", "live, RGB8")
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([row["threads"] for row in rows], [1] * 3 + [2] * 3)
        for row in rows:
            self.assertEqual((row["width"], row["height"], row["rounds"]), (366, 274, 3))
            self.assertLessEqual(row["best_ms"], row["ms"])
            self.assertGreater(row["best_ms"], 0)
            self.assertGreater(row["percent_of_copy"], 0)
        self.assertIn("GFLOP/s", done.stderr)

    def test_memory_is_told_apart_from_frame_and_picture(self):
        live, balanced = (json.loads(self.run_argent("--megapixels", "4", "--rounds", "1", "--json", "--only", only).stdout)
                          for only in ("live, linear", "balanced"))
        if live["memory_mib"] is None:
            self.skipTest("the system does not count peak memory anew")
        self.assertLess(live["memory_mib"], 16)
        self.assertGreater(balanced["memory_mib"], 4 * 12, "a linear picture of 3 floats a pixel lies between")

    def test_what_makes_no_sense_is_wrong_usage(self):
        for arguments in (["--megapixels", "0"], ["--megapixels", "1e9"], ["--megapixels", "nan"], ["--threads", "0"], ["--rounds", "0"],
                          ["--cpu", "z80"], [*SMALL, "--only", "no such row"], ["picture.dng"]):
            done = self.run_argent(*arguments, status=2)
            self.assertNotIn("ms", done.stdout.split())
            self.assertTrue(done.stderr.startswith("argent: "), done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
