#!/usr/bin/python3
"""What a calibrated profile is worth in the picture: real scenes with a chart, each developed with profiles that never saw it.

    profile_in_use.py ARGENT -o FOLDER [--data DATA]

The three 8-bit scenes of DATA/raw/chart_scenes are one sensor's. Each is developed
  none         without a profile: the camera's red, green and blue taken for the screen's
  a Pi's name  with the colors (corrections, curve of whites) of a Raspberry Pi tuning, as `argent translate` gives them: another sensor's.
               Their levels and lens shading, which are another lens's, are taken out
  one scene    with a profile that `argent calibrate` made from another scene's chart alone
  others       with one made from the two other scenes
  itself       with one made from its own chart: what this chart's best matrix leaves, no test of anything
What the lights were nobody wrote down: outdoors is labelled D65, indoors the temperature at which the outdoor scenes' profile sees its white.

Error: CIEDE2000 between the means of the chart's 24 patches in the picture (--linear, 16 bits, inner 60 % of each) and the chart as it looks
in daylight (BabelColor's reflectances under D65, which is what a picture on a screen is to show), after one factor that makes the mean
error the least: brightness is matched, color is not. As it is, and without the veil: what the lens scatters over the chart and the slope
of brightness on it are the scene's, the same for all profiles, and taken off in proportion. White balance: the chart's own white without
the veil, so that the matrix alone is judged; and auto, as a user gets it, where the profile's curve of whites counts as well.

FOLDER gets profile_in_use.png: a row per scene, a column per profile, white balance auto, the usual tone: the scene, the chart at 100 %
with the true color in the middle of each patch, as bright as the patch is. Looked at by people; decides nothing.

Needs python3-numpy and python3-opencv.
"""
import argparse
import csv
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import cv2
import numpy as np

from color_difference import SRGB_TO_XYZ, ciede2000, lab

SCENES = ('Indoor1', 'Outdoor1', 'Outdoor2')
PIS = ('imx219', 'imx296', 'imx477', 'imx500', 'imx708', 'imx708_wide', 'ov5647')
SHOWN = 'imx219'  # of them, in the sheet: the commonest
DESCRIPTION = 'size: 2592x1536\ncfa: grbg\nbits: 8\nblack: 12.5\n'
GAP = (1 - 2.5 / 2.75) / 2  # between a patch and its cell, as calibration/chart/checker_layout.h has it
BALANCES = ('the chart\'s white', 'auto')
CROP = 330  # pixels of a side


def run(*words, partial=False):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode != 0 and not (partial and done.returncode == 1):
        raise RuntimeError(f'{pathlib.Path(str(words[0])).name} {words[1]} failed ({done.returncode}): {done.stderr.strip()[-400:]}')
    return done.stdout


GRID = np.arange(380, 731, 5.0)  # nm


def spectral(path):
    """The columns of one of DATA/spectral's tables on the grid."""
    rows = csv.reader(line for line in path.read_text().splitlines() if not line.startswith('#'))
    table = np.array([[float(cell) for cell in row] for row in rows if row[0][0].isdigit()])
    return np.stack([np.interp(GRID, table[:, 0], column) for column in table.T[1:]], axis=1)


def reference(data):
    """The chart under D65, 24 x 3 linear sRGB: white surface (1, 1, 1)."""
    patches = spectral(data / 'spectral/checker/checker__DATA_BABELCOLOR_AVERAGE.csv')
    observer = spectral(data / 'spectral/observers/cmf__CIE_1931_2_Degree_Standard_Observer.csv')
    light = spectral(data / 'spectral/illuminants/illum__D65.csv')
    white = (light.T @ observer)[0]
    xyz = (patches * light).T @ observer
    # What is white under this light is exactly white in sRGB, whose matrix has D65 rounded.
    return xyz / white * SRGB_TO_XYZ.sum(axis=1) @ np.linalg.inv(SRGB_TO_XYZ).T


def patch_places(corners, size):
    """Pixel centers of each patch's inner part: 24 lists of (x, y); and their middles."""
    flat = np.float32([(GAP, GAP), (6 - GAP, GAP), (6 - GAP, 4 - GAP), (GAP, 4 - GAP)])
    to_picture = cv2.getPerspectiveTransform(flat, np.float32(corners) * np.float32(size))
    side = np.linspace(-0.3, 0.3, 25) * 2.5 / 2.75
    inner = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    middles = np.float32([(i % 6 + 0.5, i // 6 + 0.5) for i in range(24)])
    places = [cv2.perspectiveTransform(np.float32([inner + middle]), to_picture)[0].astype(int) for middle in middles]
    return places, cv2.perspectiveTransform(np.float32([middles]), to_picture)[0]


def means(linear, places):
    return np.stack([linear[p[:, 1], p[:, 0]].mean(axis=0) for p in places])


class Veil:
    """What lies over a chart in a scene, whatever the profile: light scattered in the lens, and a slope of brightness. Fitted to camera
    colors as m = (1 + s.p) C x + f for a patch of color x at p, least squares by turns (as calibration/chart/color_matrix_fit.h does)."""

    def __init__(self, seen, truth):
        self.at = np.array([(i % 6 - 2.5, i // 6 - 1.5) for i in range(24)]) / (6, 4)
        weight = 1 / (truth[:, 1:2] + 0.05)
        self.slope = np.zeros(2)
        for _ in range(30):
            known = np.hstack([truth * self.bright()[:, None], np.ones((24, 1))])
            fit = np.linalg.lstsq(weight * known, weight * seen, rcond=None)[0]
            self.flare = np.maximum(fit[3], 0)
            plain = truth @ fit[:3]
            rise = (weight * plain)[..., None] * self.at[:, None, :]
            self.slope = np.linalg.lstsq(rise.reshape(-1, 2), (weight * (seen - self.flare - plain)).ravel(), rcond=None)[0]
        self.white = np.ones(3) @ fit[:3]  # of the camera, without the flare

    def bright(self):
        return 1 + self.at @ self.slope


def errors(seen, truth):
    """CIEDE2000 of the 24 patches, at the factor that makes their mean the least."""
    wanted = lab(truth)
    at = lambda factor: ciede2000(lab(factor * seen), wanted)
    best = (truth[18:23].sum() / seen[18:23].sum()) * np.exp(np.linspace(-0.7, 0.7, 281))
    return at(min(best, key=lambda factor: at(factor).mean()))


class Camera:
    """The scenes and the profiles, in a folder."""

    def __init__(self, argent, data, folder):
        self.argent, self.folder = argent, folder
        for name in SCENES:
            codes = gzip.decompress((data / f'raw/chart_scenes/{name}_2592x1536_8bit_GRBG.raw.gz').read_bytes())
            self.raw(name).write_bytes(codes)
            pathlib.Path(f'{self.raw(name)}.yaml').write_text(DESCRIPTION)
        self.charts = {name: self.label(name, '--chart-light', 'D65') for name in SCENES}
        self.kelvin = None

    def raw(self, name):
        return self.folder / f'{name}.raw'

    def label(self, name, *words):
        said = run(self.argent, 'label', self.raw(name), '--camera', 'x', '--json', '--overwrite', '--out', self.folder / 'labels', *words)
        return json.loads(said.splitlines()[0])

    def light_of(self, scene):
        if scene.startswith('Outdoor'):
            return 'illuminant: D65'
        if self.kelvin is None:
            self.kelvin = self.label(scene, '--profile', self.calibrated(['Outdoor2']))['kelvin']
        return f'cct: {self.kelvin:.0f}'

    def calibrated(self, scenes):
        """A profile from the charts of these scenes. Two in one light by their label, but not by their white, are of two temperatures."""
        out = self.folder / ('+'.join(scenes) + '.yaml')
        if out.exists():
            return out
        folder = out.with_suffix('')
        folder.mkdir()
        labels = [self.light_of(scene) for scene in scenes]
        if labels.count('illuminant: D65') > 1:
            labels[scenes.index('Outdoor1')] = 'cct: 7000'  # the bluer of the two
        rows = ''.join(f'  - {{file: {scene}.raw, kind: chart, {label}}}\n' for scene, label in zip(scenes, labels))
        (folder / 'set.yaml').write_text('argent_calibration_set: 1\nmosaics: mosaic.yaml\ncaptures:\n' + rows)
        (folder / 'mosaic.yaml').write_text(DESCRIPTION)
        for scene in scenes:
            (folder / f'{scene}.raw').symlink_to(self.raw(scene))
        run(self.argent, 'calibrate', folder, '-o', out, partial=len(scenes) == 1)  # one capture alone makes no whole profile
        return out

    def translated(self, tuning):
        out = self.folder / f'{tuning.stem}.yaml'
        if not out.exists():
            whole = run(self.argent, 'translate', tuning, '--to', 'argent', '-o', '-')
            entries = re.split(r'(?m)^(?=\w)', whole)
            keep = ('argent_profile:', 'name:', 'corrections:', 'cct_curve:', 'transverse:')
            out.write_text(''.join(entry for entry in entries if entry.startswith(keep)))
        return out

    def developed(self, scene, profile, *words):
        out = self.folder / 'picture.png'
        profile = ['--profile', profile] if profile else []
        run(self.argent, 'develop', self.raw(scene), '-o', out, '--overwrite', '--quiet', '--no-sidecar', *profile, *words)
        return cv2.imread(str(out), cv2.IMREAD_UNCHANGED)[..., ::-1]


def profiles_for(camera, scene, data):
    """(column, profile): those it may be developed with."""
    others = [name for name in SCENES if name != scene]
    pis = [(pi, camera.translated(data / f'awb/pi_tunings/pisp/{pi}.json')) for pi in PIS]
    alone = [(name, camera.calibrated([name])) for name in others]
    return [('none', None)] + pis + alone + [('others', camera.calibrated(others)), ('itself', camera.calibrated([scene]))]


def measured(camera, data, truth):
    """Errors by white balance, whether the veil is taken off, scene and column."""
    found = {}
    for scene in SCENES:
        corners = camera.charts[scene]['chart']['corners']
        linear = ('--linear', '--bit-depth', '16', '--exposure', '-1')
        plain = camera.developed(scene, None, *linear, '--color', 'camera', '--wb', '1,1,1')
        places, _ = patch_places(corners, plain.shape[1::-1])
        raw = means(plain, places)
        veil = Veil(raw, truth)
        print(f'{scene}: flare {100 * (veil.flare / veil.white).mean():.1f} % of white, brightness changes by '
              f'{100 * veil.slope[0]:.0f} % along the chart, {100 * veil.slope[1]:.0f} % across')
        for balance in BALANCES:
            gains = 'auto' if balance == 'auto' else ','.join(f'{g:.4f}' for g in veil.white[1] / veil.white)
            for column, profile in profiles_for(camera, scene, data):
                seen = means(camera.developed(scene, profile, *linear, '--wb', gains), places)
                matrix = np.linalg.lstsq(raw, seen, rcond=None)[0]  # what the profile did to camera colors
                clear = (seen - veil.flare @ matrix) / veil.bright()[:, None]
                found[balance, 'as it is', scene, column] = errors(seen, truth)
                found[balance, 'without the veil', scene, column] = errors(clear, truth)
    return found


def print_tables(found):
    for balance in BALANCES:
        for what in ('without the veil', 'as it is'):
            print(f'\nwhite balance: {balance}; chart {what}: mean and worst CIEDE2000 of 24 patches')
            print(f'{"":12s}' + ''.join(f'{scene:>16s}' for scene in SCENES))
            for column in ('none', *PIS, *SCENES, 'others', 'itself'):
                cells = [found.get((balance, what, scene, column)) for scene in SCENES]
                print(f'{column:12s}' + ''.join('               -' if e is None else f'{e.mean():9.2f} {e.max():6.1f}' for e in cells))


def as_shown(truth, picture, places):
    """The chart's colors as bytes, as bright as the picture has its greys: so that the eye compares color."""
    code = lambda v: np.where(v <= 0.0031308, 12.92 * v, 1.055 * np.maximum(v, 1e-9)**(1 / 2.4) - 0.055)
    light = lambda v: np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055)**2.4)
    seen = means(picture, places) / 255
    luma = np.array([0.2126, 0.7152, 0.0722])
    levels = light(seen) @ luma / np.maximum(truth @ luma, 1e-6)
    return np.clip(255 * code(np.clip(truth * levels[:, None], 0, 1)), 0, 255).astype(np.uint8)


def sheet(camera, data, truth):
    rows = []
    for scene in SCENES:
        cells = []
        others = [name for name in SCENES if name != scene]
        for column, profile in profiles_for(camera, scene, data):
            if column not in ('none', SHOWN, *others, 'others', 'itself'):
                continue
            picture = np.ascontiguousarray(camera.developed(scene, profile, '--wb', 'auto'))
            corners = camera.charts[scene]['chart']['corners']
            places, middles = patch_places(corners, picture.shape[1::-1])
            colors = as_shown(truth, picture, places)
            small = cv2.resize(picture, (CROP, round(CROP * picture.shape[0] / picture.shape[1])), interpolation=cv2.INTER_AREA)
            side = int(0.16 * np.linalg.norm(middles[1] - middles[0]))
            for (x, y), color in zip(middles.astype(int), colors):
                cv2.rectangle(picture, (x - side, y - side), (x + side, y + side), color.tolist(), -1)
            x, y = (middles.mean(axis=0) - CROP / 2).astype(int)
            label = np.full((24, CROP, 3), 24, np.uint8)
            cv2.putText(label, f'{scene}: {column}', (6, 17), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (240, 240, 240), 1, cv2.LINE_AA)
            x, y = max(0, min(x, picture.shape[1] - CROP)), max(0, min(y, picture.shape[0] - CROP))
            cells += [np.vstack([label, small, picture[y:y + CROP, x:x + CROP]]), np.full((24 + small.shape[0] + CROP, 4, 3), 24, np.uint8)]
        rows.append(np.hstack(cells))
    return np.vstack(rows)


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument('argent', help='the program')
    words.add_argument('-o', '--output', type=pathlib.Path, required=True, help='folder for the sheet')
    words.add_argument('--data', type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2] / '../shared/data')
    given = words.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    truth = reference(given.data)
    with tempfile.TemporaryDirectory() as folder:
        camera = Camera(pathlib.Path(given.argent).resolve(), given.data.resolve(), pathlib.Path(folder))
        print_tables(measured(camera, given.data, truth))
        print(f'\nindoors was labelled {camera.kelvin:.0f} K')
        path = given.output / 'profile_in_use.png'
        cv2.imwrite(str(path), sheet(camera, given.data, truth)[..., ::-1])
        print(path)


if __name__ == '__main__':
    try:
        main()
    except RuntimeError as problem:
        sys.exit(str(problem))
