#!/usr/bin/env python3
"""`argent compare` beside OpenCV and numpy. usage: compare_test.py ARGENT [unittest arguments]"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import cv2
import numpy as np

ARGENT = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None


def picture(seed, size, dtype):
    """Blobs and noise, B G R as OpenCV has it."""
    random = np.random.default_rng(seed)
    smooth = cv2.GaussianBlur(random.random((size[1], size[0], 3)), (0, 0), 4)
    smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    return (np.iinfo(dtype).max * np.clip(smooth + 0.03 * random.standard_normal(smooth.shape), 0, 1)).astype(dtype)


def ssim(a, b):
    """Wang et al. 2004 by OpenCV's filters, full scale 1."""
    luma = lambda p: p @ np.array([0.114, 0.587, 0.299])
    kernel = cv2.getGaussianKernel(11, 1.5)
    blurred = lambda p: cv2.sepFilter2D(p, cv2.CV_64F, kernel, kernel)[5:-5, 5:-5]
    x, y = luma(a), luma(b)
    mx, my = blurred(x), blurred(y)
    vx, vy, cov = blurred(x * x) - mx * mx, blurred(y * y) - my * my, blurred(x * y) - mx * my
    c1, c2 = 0.01**2, 0.03**2
    return ((2 * mx * my + c1) * (2 * cov + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))).mean()


class CompareTest(unittest.TestCase):
    def test_equals_opencv(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, dtype in (("png", np.uint8), ("png", np.uint16), ("tiff", np.uint16), ("ppm", np.uint8)):
                full = np.iinfo(dtype).max
                a = picture(1, (131, 77), dtype)
                noisy = a.astype(float) + 0.02 * full * np.random.default_rng(2).standard_normal(a.shape)
                b = np.clip(noisy, 0, full).astype(dtype)
                paths = [f"{folder}/{n}.{name}" for n in "ab"]
                for path, pixels in zip(paths, (a, b)):
                    self.assertTrue(cv2.imwrite(path, pixels))
                done = subprocess.run([ARGENT, "compare", *paths, "--json"], capture_output=True, text=True, timeout=120)
                self.assertEqual(done.returncode, 0, done.stderr)
                result = json.loads(done.stdout)
                self.assertAlmostEqual(result["cpsnr"], cv2.PSNR(a, b, float(full)), delta=1e-3)
                for channel in range(3):
                    self.assertAlmostEqual(result["psnr"][channel], cv2.PSNR(a[..., 2 - channel], b[..., 2 - channel], float(full)), delta=1e-3)
                self.assertAlmostEqual(result["ssim"], ssim(a / full, b / full), delta=1e-5)

    def test_jpeg_is_decoded_as_opencv_does(self):
        with tempfile.TemporaryDirectory() as folder:
            cv2.imwrite(f"{folder}/a.jpg", picture(3, (97, 64), np.uint8))
            cv2.imwrite(f"{folder}/a.png", cv2.imread(f"{folder}/a.jpg"))
            done = subprocess.run([ARGENT, "compare", f"{folder}/a.jpg", f"{folder}/a.png", "--json"], capture_output=True, text=True, timeout=120)
            result = json.loads(done.stdout)
            self.assertTrue(result["identical"] or result["cpsnr"] > 60, result)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
