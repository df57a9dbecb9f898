#!/usr/bin/python3
"""One contact sheet per capture: Argent's presets beside dcraw_emu, RawTherapee and darktable, the same places at 100 %.

    contact_sheet.py ARGENT -o FOLDER [--data DATA] [CAPTURE...]

Captures are RAW files; without any, the Canon 30D sample of package rawtran-doc and the mosaics of DATA/raw, which `argent convert` writes
as DNG first, so that all programs read the same file with the same levels and white balance. Every program runs with what it does by
default to a RAW file: this shows what a user gets, and no more. Looked at by people; decides nothing. Programs that are missing leave
their column out and are named.

Needs python3-numpy, python3-opencv, and of Debian's packages libraw-bin, rawtherapee, darktable what is to be compared with.
"""
import argparse
import gzip
import pathlib
import shutil
import subprocess
import sys
import tempfile

import cv2
import numpy as np

SAMPLE = pathlib.Path('/usr/share/doc/rawtran/IMG_5952.CR2')
# Of the data's README: sizes (less than what is stored where the last columns are garbage), bits, black levels, and gains of the light (R/G and B/G of the greys, inverted).
MOSAICS = {
    'raw/chart_scenes/ColorCheckerRAW_1920x1080_12bit_BGGR.raw.gz':
        ('1918x1080', ['--bits', '12', '--cfa', 'bggr', '--black', '0'], None),
    'raw/chart_scenes/Indoor1_2592x1536_8bit_GRBG.raw.gz': ('2592x1536', ['--bits', '8', '--cfa', 'grbg', '--black', '12.5'], (.759, .323)),
    'raw/chart_scenes/Outdoor1_2592x1536_8bit_GRBG.raw.gz': ('2592x1536', ['--bits', '8', '--cfa', 'grbg', '--black', '12.5'], (.459, .603)),
    'raw/chart_scenes/Outdoor2_2592x1536_8bit_GRBG.raw.gz': ('2592x1536', ['--bits', '8', '--cfa', 'grbg', '--black', '12.5'], (.491, .634)),
    'raw/cfa_orders/DSC_1339_768x512_rggb.raw.gz':
        ('768x512', ['--bits', '14', '--cfa', 'rggb', '--black', '600', '--white', '15520'], (1 / 1.949, 1 / 1.344)),
    'raw/oecf/openisp_1920x1080_10bit_RGGB.raw.gz': ('1920x1080', ['--bits', '10', '--cfa', 'rggb', '--black', '0'], None),
}
CROP = 320  # pixels of a side


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f'{command[0]} failed ({done.returncode}): {(done.stderr or done.stdout).strip()[-300:]}')


def argent_of(program, preset):
    def develop(raw, out):
        run([program, 'develop', raw, '-o', out, '--preset', preset, '--overwrite'])
    return develop


def dcraw(raw, out):
    tiff = out.with_suffix('.tiff')
    run(['dcraw_emu', '-w', '-T', '-Z', tiff, raw])
    cv2.imwrite(str(out), cv2.imread(str(tiff)))


def rawtherapee(raw, out):
    run(['rawtherapee-cli', '-q', '-d', '-b8', '-n', '-Y', '-o', out, '-c', raw])


def darktable(raw, out):
    home = out.parent / 'darktable'
    run(['darktable-cli', raw, out, '--core', '--configdir', home, '--library', ':memory:', '--conf', 'plugins/imageio/format/png/bpp=8'])


def converted(argent, data, name, folder):
    """A DNG of a headerless mosaic."""
    size, words, light = MOSAICS[name]
    source = data / name
    mosaic = folder / source.name.removesuffix('.gz')
    width, height = (int(n) for n in size.split('x'))
    codes = np.frombuffer(gzip.decompress(source.read_bytes()), np.uint8 if words[1] == '8' else np.uint16).reshape(height, -1)
    mosaic.write_bytes(np.ascontiguousarray(codes[:, :width]).tobytes())
    dng = mosaic.with_suffix('.dng')
    balance = ['--wb', f'{1 / light[0]:.4f},1,{1 / light[1]:.4f}'] if light else ['--wb', 'auto']
    run([argent, 'convert', mosaic, '-o', dng, '--size', size, *words, *balance])
    return dng


def aligned(picture, reference):
    """The picture's part that shows what `reference` shows: programs crop borders differently."""
    grey = [cv2.cvtColor(p, cv2.COLOR_BGR2GRAY).astype(np.float32) for p in (picture, reference)]
    height, width = (min(a.shape[i] for a in grey) for i in (0, 1))
    height, width = height // 2 * 2, width // 2 * 2
    middle = [g[(g.shape[0] - height) // 2:, (g.shape[1] - width) // 2:][:height, :width] for g in grey]
    edges = [cv2.Laplacian(cv2.GaussianBlur(m, (0, 0), 1.5), cv2.CV_32F) for m in middle]
    (dx, dy), _ = cv2.phaseCorrelate(edges[1], edges[0], cv2.createHanningWindow((width, height), cv2.CV_32F))
    left = round((picture.shape[1] - width) / 2 + dx) - (reference.shape[1] - width) // 2
    top = round((picture.shape[0] - height) / 2 + dy) - (reference.shape[0] - height) // 2
    moved = np.float32([[1, 0, -left], [0, 1, -top]])
    return cv2.warpAffine(picture, moved, (reference.shape[1], reference.shape[0]), flags=cv2.INTER_NEAREST)


def places(reference):
    """Upper left corners of the crops: the finest detail, a dark part, a bright part, apart from each other."""
    grey = cv2.cvtColor(reference, cv2.COLOR_BGR2GRAY).astype(np.float32)
    box = lambda p: cv2.boxFilter(p, -1, (CROP, CROP))[CROP // 2:-CROP // 2, CROP // 2:-CROP // 2]
    detail = box(np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 1), cv2.CV_32F)))
    scores = [detail, box(np.exp(-grey / 16)) * np.sqrt(detail), box(np.exp((grey - 255) / 16)) * np.sqrt(detail)]
    taken = np.ones_like(detail)
    found = []
    for score in scores:
        y, x = np.unravel_index(np.argmax(score * taken), score.shape)
        found.append((x, y))
        taken[max(0, y - CROP):y + CROP, max(0, x - CROP):x + CROP] = 0
    return found


def sheet(pictures, reference):
    """Columns are programs; the first row whole pictures, the others crops at 100 %."""
    corners = places(reference)
    columns = []
    for name, picture in pictures:
        height = round(CROP * picture.shape[0] / picture.shape[1])
        cells = [cv2.resize(picture, (CROP, height), interpolation=cv2.INTER_AREA)]
        cells += [picture[y:y + CROP, x:x + CROP] for x, y in corners]
        label = np.full((26, CROP, 3), 24, np.uint8)
        cv2.putText(label, name, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (240, 240, 240), 1, cv2.LINE_AA)
        gap = np.full((4, CROP, 3), 24, np.uint8)
        columns.append(np.vstack([label] + [part for cell in cells for part in (cell, gap)]))
        columns.append(np.full((columns[-1].shape[0], 4, 3), 24, np.uint8))
    return np.hstack(columns[:-1])


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument('argent', help='the program')
    words.add_argument('-o', '--output', type=pathlib.Path, required=True, help='folder for the sheets')
    words.add_argument('--data', type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2] / '../shared/data')
    words.add_argument('captures', nargs='*', type=pathlib.Path)
    given = words.parse_intermixed_args()
    programs = [('argent live', argent_of(given.argent, 'live')), ('argent best', argent_of(given.argent, 'best'))]
    for name, command, develop in (('dcraw_emu', 'dcraw_emu', dcraw), ('RawTherapee', 'rawtherapee-cli', rawtherapee),
                                   ('darktable', 'darktable-cli', darktable)):
        if shutil.which(command):
            programs.append((name, develop))
        else:
            print(f'{command} is not here: no column of it')
    given.output.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        captures = given.captures or [SAMPLE] * SAMPLE.exists() + [given.data / name for name in MOSAICS if (given.data / name).exists()]
        for capture in captures:
            named = next((name for name in MOSAICS if capture == given.data / name), None)
            raw = converted(given.argent, given.data, named, folder) if named else capture
            pictures = []
            for name, develop in programs:
                out = folder / f'{len(pictures)}.png'
                out.unlink(missing_ok=True)
                try:
                    develop(raw, out)
                    pictures.append((name, cv2.imread(str(out))))
                except RuntimeError as error:
                    print(f'{capture.name}: {error}', file=sys.stderr)
                    failed = 1
            reference = pictures[0][1]
            pictures = [(name, picture if picture.shape == reference.shape and i < 2 else aligned(picture, reference))
                        for i, (name, picture) in enumerate(pictures)]
            path = given.output / (raw.stem + '.png')
            cv2.imwrite(str(path), sheet(pictures, reference))
            print(path, flush=True)
    return failed


if __name__ == '__main__':
    sys.exit(main())
