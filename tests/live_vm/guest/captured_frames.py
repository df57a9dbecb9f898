#!/usr/bin/env python3
"""captured_frames.py BITS EXPOSURE GAIN FOCUS: checks the frames that `cam` left in /tmp as SRGGBn-*.bin and SRGGBn_CSI2P-*.bin.

Each must be stamped with its own sequence number (the last digits of its name) and with these settings; and a packed frame must hold what
the unpacked one of the same number holds. Rows may be padded.
"""
import pathlib
import sys

WIDTH, HEIGHT = 640, 480


def rows(data):
    stride = len(data) // HEIGHT
    return [data[y * stride:(y + 1) * stride] for y in range(HEIGHT)]


def unpacked(row):
    return [row[2 * x] | row[2 * x + 1] << 8 for x in range(WIDTH)]


def unpacked_csi2(row, bits):
    group = 4 if bits == 10 else 2
    codes, low_bits = [], bits - 8
    for start in range(0, WIDTH * bits // 8, group + 1):
        low = row[start + group]
        codes += [row[start + i] << low_bits | low >> low_bits * i & (1 << low_bits) - 1 for i in range(group)]
    return codes


def stamp(codes):
    return [codes[2 * i] | codes[2 * i + 1] << 8 for i in range(5)]


def main():
    bits, exposure, gain, focus = map(int, sys.argv[1:])
    plain = {path.stem[-6:]: path for path in pathlib.Path("/tmp").glob(f"SRGGB{bits}-*.bin")}
    packed = {path.stem[-6:]: path for path in pathlib.Path("/tmp").glob(f"SRGGB{bits}_CSI2P-*.bin")}
    assert len(plain) == 4 and plain.keys() == packed.keys(), f"frames {sorted(plain)} and {sorted(packed)}"
    for number in plain:
        one, other = rows(plain[number].read_bytes()), rows(packed[number].read_bytes())
        expected = [int(number), exposure, gain, 256, focus]
        assert stamp(unpacked(one[0])) == expected, f"frame {number}: stamp {stamp(unpacked(one[0]))}, expected {expected}"
        for y in range(0, HEIGHT, 37):
            assert unpacked(one[y]) == unpacked_csi2(other[y], bits), f"frame {number}: row {y} differs when packed"


main()
