#!/usr/bin/env python3
"""sinks.py pictures Y4M YUYV | decisions LOG LOG | bracket FOLDER: whether two of a live camera's sinks tell the same."""
import json
import pathlib
import subprocess
import sys

WIDTH, HEIGHT = 640, 480


def y4m_pictures(path):
    data = pathlib.Path(path).read_bytes()
    start, size = data.index(b"\n") + 1, WIDTH * HEIGHT * 3 // 2
    while start < len(data):
        assert data[start:start + 5] == b"FRAME", "no frame where one should be"
        start = data.index(b"\n", start) + 1
        yield data[start:start + size]
        start += size


def yuyv(picture):
    """A picture in 4:2:0 as the device shows it: chroma of two rows is one."""
    pixels, chroma = WIDTH * HEIGHT, WIDTH * HEIGHT // 4
    red, blue = picture[pixels + chroma:], picture[pixels:pixels + chroma]
    out = bytearray(2 * pixels)
    out[0::2] = picture[:pixels]
    for y in range(HEIGHT):
        row, half = slice(2 * WIDTH * y, 2 * WIDTH * (y + 1)), slice(WIDTH // 2 * (y // 2), WIDTH // 2 * (y // 2 + 1))
        line = out[row]
        line[1::4], line[3::4] = blue[half], red[half]
        out[row] = line
    return bytes(out)


def pictures(y4m, back):
    written = {yuyv(picture) for picture in y4m_pictures(y4m)}
    data, size = pathlib.Path(back).read_bytes(), 2 * WIDTH * HEIGHT
    read = [data[start:start + size] for start in range(0, len(data), size)]
    print(f"{len(read)} read, {len(written)} written, {sum(frame in written for frame in read)} alike")
    return len(read) == 4 and all(frame in written for frame in read)


def decisions(first, again):
    lines = [[json.loads(line) for line in pathlib.Path(path).read_text(encoding="ascii").splitlines()] for path in (first, again)]
    for log in lines:
        for line in log:
            del line["seconds"]  # a recording's begin at 0
    return len(lines[0]) == 12 and lines[0] == lines[1]


def bracket(folder):
    """Each is what was asked, less at most a line and a code of gain."""
    files = sorted(pathlib.Path(folder).glob("*.dng"))
    tags = subprocess.run(["exiftool", "-j", "-n", "-ExposureTime", "-ISO", *files], check=True, capture_output=True, text=True).stdout
    totals = [1e6 * tag["ExposureTime"] * tag["ISO"] / 100 for tag in json.loads(tags)]
    print("exposures of", totals, "us x gain")
    middle, line, code = totals[1], 1e6 / 30 / 1000, 1 / 16
    return len(totals) == 3 and all(total <= factor * (middle + line) and total >= (factor * middle - line) / (1 + code)
                                    for total, factor in zip(totals, (0.25, 1, 4)))


if __name__ == "__main__":
    sys.exit(0 if {"pictures": pictures, "decisions": decisions, "bracket": bracket}[sys.argv[1]](*sys.argv[2:]) else 1)
