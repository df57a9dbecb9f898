#!/usr/bin/env python3
"""The dashboard in a real browser: argent-live with the simulated camera, headless Chromium driven by selenium.

usage: dashboard_browser_test.py ARGENT_LIVE [--screenshots DIR]
Exit status: 0 all is well, 1 a check failed, 77 Chromium or its driver is missing.
"""
import argparse
import contextlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import Select
except ImportError:
    webdriver = None

PATIENCE = 60  # seconds until something has to have happened, on a machine under load
OPTIONS = argparse.Namespace()


@contextlib.contextmanager
def live(*arguments):
    """A running argent-live and the address of its dashboard."""
    with tempfile.TemporaryDirectory() as folder:
        command = [OPTIONS.argent_live, "--camera", "sim", "--quiet", "--http", ":0", *arguments]
        process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
        try:
            line = process.stderr.readline()
            found = re.search(r"http://\S+", line)
            if not found:
                raise AssertionError(f"no address in {line!r}")
            yield found.group(), pathlib.Path(folder)
        finally:
            process.terminate()
            rest = process.communicate(timeout=PATIENCE)[1]
        if process.returncode != 0:
            raise AssertionError(f"argent-live ended with {process.returncode}: {rest}")


def open_browser(width, height):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--window-size={width},{height}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


class DashboardTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = open_browser(1400, 1000)

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()

    def tearDown(self):
        severe = [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]
        severe = [message for message in severe if "/frame.jpg" not in message and "/state.json" not in message]  # the program has ended
        self.assertEqual(severe, [], "the browser complains")

    def wait_for(self, what, condition):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            value = condition()
            if value:
                return value
            time.sleep(0.1)
        self.fail(f"waited {PATIENCE} s for: {what}")

    def element(self, name):
        return self.browser.find_element(By.ID, name)

    def script(self, text):
        return self.browser.execute_script(text)

    def picture(self):
        """Frame number and pixels of the canvas, as a number that changes with them."""
        return self.script("""
            const canvas = document.getElementById('picture');
            const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            let sum = 0;
            for (let i = 0; i < pixels.length; i += 4) sum = (sum * 31 + pixels[i]) % 1000000007;
            return [Number(canvas.dataset.frame ?? -1), sum];""")

    def state(self, address):
        with urllib.request.urlopen(address + "state.json", timeout=PATIENCE) as answer:
            return json.load(answer)

    def open(self, address):
        self.browser.get(address)
        self.wait_for("a first picture", lambda: self.picture()[0] >= 0)
        self.wait_for("a first state", lambda: self.script("return document.body.dataset.frame"))

    def slide(self, name, value):
        """As a finger would: the slider's own position, then its event."""
        self.script(f"""
            const slider = document.getElementById('{name}');
            slider.value = {value};
            slider.dispatchEvent(new Event('input', {{bubbles: true}}));""")

    def test_shows_frames(self):
        with live() as (address, _):
            self.open(address)
            first = self.picture()
            self.wait_for("ten more pictures", lambda: self.picture()[0] > first[0] + 10)
            self.assertNotEqual(self.picture()[1], first[1], "the noise of another frame is the same")
            explanation = self.element("explanation").text
            for word in ("Frame", "Exposure", "White", "Focus"):
                self.assertIn(word, explanation)
            self.assertNotIn("Truth", explanation)
            self.wait_for("plots", lambda: self.script("return document.querySelectorAll('.plot canvas').length") >= 12)
            bright = self.script("""
                const canvas = document.getElementById('waveform');
                const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                return pixels.filter((v, i) => i % 4 < 3 && v > 0).length;""")
            self.assertGreater(bright, 1000, "the waveform is black")

    def test_only_shows_without_control(self):
        with live() as (address, _):
            self.open(address)
            self.wait_for("disabled controls", lambda: not self.element("ExposureValue").is_enabled())
            self.assertFalse(self.element("still-jpeg").is_enabled())
            self.assertIn("only", self.element("facts").text)

    def test_slider_changes_exposure(self):
        with live("--http-control") as (address, _):
            self.open(address)
            self.wait_for("converged", lambda: self.state(address)["states"]["ae"] == "converged")
            before = self.state(address)["applied"]
            self.slide("ExposureValue", 2)
            self.wait_for("the request", lambda: self.state(address)["request"]["ExposureValue"] == "2")

            def brighter():
                now = self.state(address)["applied"]
                total = now["exposure_us"] * now["analogue_gain"]
                return total > 2.5 * before["exposure_us"] * before["analogue_gain"]

            self.wait_for("four times the exposure", brighter)
            self.slide("ExposureValue", 0)
            self.slide("ExposureTime", 8.5)  # its logarithm
            asked = float(self.wait_for("a manual time", lambda: (t := self.state(address)["request"]["ExposureTime"]) != "auto" and t))
            self.assertAlmostEqual(asked, 4915, delta=100)
            self.wait_for("it landed", lambda: abs(self.state(address)["applied"]["exposure_us"] - asked) < 50)
            self.wait_for("its words", lambda: "µs" in self.element("ExposureTime").get_attribute("aria-valuetext"))

    def test_drag_sets_af_window(self):
        with live("--http-control", "--control", "AfMode=auto") as (address, folder):
            self.open(address)
            self.wait_for("controls", lambda: self.element("draw").is_enabled())
            Select(self.element("draw")).select_by_value("AfWindows")
            overlay = self.element("overlay")
            width, height = overlay.size["width"], overlay.size["height"]
            (ActionChains(self.browser).move_to_element_with_offset(overlay, -width // 4, -height // 4).click_and_hold()
             .move_by_offset(width // 4, height // 2).release().perform())
            text = self.wait_for("a window", lambda: (w := self.state(address)["request"]["AfWindows"]) != "none" and w)
            found = [float(part) for part in text.split(",")]
            for value, expected in zip(found, (0.25, 0.25, 0.25, 0.5)):
                self.assertAlmostEqual(value, expected, delta=0.02, msg=text)

            overlay.send_keys(Keys.ARROW_RIGHT * 5)  # faster than frames: each counts
            self.wait_for("the window moved by keys",
                          lambda: abs(float(self.state(address)["request"]["AfWindows"].split(",")[0]) - found[0] - 0.1) < 0.005)
            overlay.send_keys(Keys.DELETE)
            self.wait_for("no window", lambda: self.state(address)["request"]["AfWindows"] == "none")

            self.element("AfTrigger-start").click()
            self.wait_for("focus", lambda: self.state(address)["states"]["af"] in ("scanning", "focused"))
            self.element("AeLocked").click()
            self.wait_for("a lock", lambda: self.state(address)["request"]["AeLocked"] == "true")
            self.element("still-jpeg").click()
            self.wait_for("a still", lambda: list(folder.glob("**/*.jpg")))
            self.element("still-dng").click()
            self.wait_for("a DNG", lambda: list(folder.glob("**/*.dng")))

    def test_fits_a_phone(self):
        with live("--http-control", "--control", "AfMode=continuous") as (address, _):
            for width, height, name in ((1400, 1000, "desktop"), (390, 844, "phone")):
                self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                             {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 800})
                self.open(address)
                Select(self.element("zones")).select_by_value("focus")
                self.wait_for("half a minute of history or some", lambda: int(self.script("return document.body.dataset.frame")) > 60)
                wide = self.script("return document.documentElement.scrollWidth")
                self.assertLessEqual(wide, width, f"{name}: the page is wider than the screen")
                if name == "phone":
                    self.expect_picture_beside_slider()
                if OPTIONS.screenshots:
                    self.screenshot(name, width)
            self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    def expect_picture_beside_slider(self):
        """Whoever moves a slider far down the page sees the picture, and the windows drawn on it lie where they should."""
        self.script("document.getElementById('LensPosition').scrollIntoView({block: 'center'})")
        boxes = self.script("""
            return ['picture', 'overlay', 'LensPosition'].map(name => {
              const box = document.getElementById(name).getBoundingClientRect();
              return [box.left, box.top, box.right, box.bottom];
            });""")
        picture, overlay, slider = boxes
        self.assertEqual(picture, overlay)
        self.assertGreaterEqual(picture[1], 0)
        self.assertLess(picture[3], slider[1])
        self.assertGreater(slider[2] - slider[0], 150, "the slider is too short for a finger")
        if OPTIONS.screenshots:
            self.browser.save_screenshot(str(pathlib.Path(OPTIONS.screenshots) / "dashboard_phone_scrolled.png"))
        self.script("window.scrollTo(0, 0)")

    def screenshot(self, name, width):
        tall = self.script("return document.documentElement.scrollHeight")
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                     {"width": width, "height": tall, "deviceScaleFactor": 1, "mobile": width < 800})
        time.sleep(1.5)
        self.browser.save_screenshot(str(pathlib.Path(OPTIONS.screenshots) / f"dashboard_{name}.png"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("argent_live")
    parser.add_argument("--screenshots", help="a folder for them")
    parser.parse_args(namespace=OPTIONS)
    OPTIONS.argent_live = str(pathlib.Path(OPTIONS.argent_live).resolve())
    missing = [name for name in ("chromium", "chromedriver") if not shutil.which(name)] + ([] if webdriver else ["python3-selenium"])
    if missing:
        print("skipped: no", ", ".join(missing), "here")
        return 77
    result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(DashboardTest))
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
